"""Automatic answers, on our own samples: which are found, that no person is taken for one, and why."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.caps import read_tree
from mail.parse import parse
from mail.robot_concepts import CONCEPTS, concept
from mail.robot_fold import fold, sentences
from mail.robot_headers import machine_flags
from mail.robot_moves import MOVES, moves
from mail.robot_words import FAMILIES, family
from mail.robots import DECISIVE, SIGNS, THRESHOLD, judge
from store.no_reply import is_no_reply
from store.vocabulary import MessageKind

HERE = Path(__file__).parent
DAY = date(2026, 7, 8)


def samples(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((HERE / f"{name}_dev.yaml").read_text("utf-8"))
    return found


def written(sample: dict[str, Any]) -> bytes:
    mail = EmailMessage()
    mail["From"] = sample.get("from", "Moira Tate <moira@bracken.example>")
    mail["To"] = "ar@fernhill.example"
    mail["Subject"] = sample.get("subject", "INV-1")
    for name, value in sample.get("headers", {}).items():
        mail[name] = value
    mail.set_content(sample["body"])
    return mail.as_bytes()


def kind_of(sample: dict[str, Any]) -> MessageKind:
    day = sample.get("received", DAY)
    return parse(written(sample), received_at=datetime(day.year, day.month, day.day, 10, tzinfo=UTC)).kind


def test_most_robots_of_ours_are_found() -> None:
    every = samples("robots")
    missed = [s["body"][:80] for s in every if kind_of(s) is not MessageKind.AUTO_REPLY]
    print(f"robots found: {len(every) - len(missed)} of {len(every)}")
    assert len(every) >= 270
    assert len(missed) <= len(every) * 0.05, missed


def test_no_person_of_ours_is_taken_for_a_robot() -> None:
    every = samples("humans")
    taken = [s["body"][:80] for s in every if kind_of(s) is not MessageKind.REPLY]
    print(f"people taken for robots: {len(taken)} of {len(every)}")
    assert len(every) >= 290
    assert not taken


def test_until_and_substitute_are_read_from_our_samples() -> None:
    wrong = []
    for sample in samples("robots"):
        day = sample.get("received", DAY)
        parsed = parse(written(sample), received_at=datetime(day.year, day.month, day.day, 10, tzinfo=UTC))
        found = parsed.auto_reply
        wanted = (sample.get("until"), sample.get("contact"), sample.get("name"))
        if found is not None and (found.until, found.contact, found.contact_name) != wanted:
            wrong.append((found, wanted))
    assert len(wrong) <= 2, wrong


def mail(body: str = "INV-1 is paid.", subject: str = "INV-1", **headers: str) -> Any:
    return read_tree(written({"body": body, "subject": subject, "headers": headers}))


def test_a_verdict_tells_its_signs_and_their_weight() -> None:
    judged = judge(mail(), subject="INV-1", new_text="I'm on leave till Monday.")
    assert judged.robot
    assert judged.weight == sum(SIGNS[name][0] for name in judged.signs)
    assert "its writer is away" in judged.reasons


def test_every_sign_of_the_table_is_used_and_every_family_has_its_sign() -> None:
    source = "".join(
        (HERE.parent.parent / "mail" / f"{name}.py").read_text("utf-8")
        for name in ("robots", "robot_text", "robot_headers", "robot_against", "robot_owner", "robot_moves")
    )
    unused = [
        name for name in SIGNS if name not in FAMILIES and source.count(f'"{name}"') < 1 + (f'"{name}": (' in source)
    ]
    assert not unused
    assert set(FAMILIES) - {"receipt"} <= set(SIGNS)
    assert all(weight for name, (weight, _) in SIGNS.items() if name != "no_thread")
    assert DECISIVE > THRESHOLD


@pytest.mark.parametrize("value", ["auto-replied", "Auto-Replied (vacation)", "auto-notified; owner-email=x"])
def test_rfc_3834_decides_whatever_the_words(value: str) -> None:
    judged = judge(mail(**{"Auto-Submitted": value}), subject="Re: INV-1", new_text="Hi Tom, INV-1 was paid on Friday.")
    assert judged.robot


def test_a_person_who_writes_through_a_ticket_system_is_no_robot() -> None:
    headers = {"Auto-Submitted": "auto-generated", "X-Mailer": "Zendesk Mailer", "X-Auto-Response-Suppress": "All"}
    words = "Hi Ines, I looked into INV-20419 and booked it: it is paid on Friday. Regards, Lena"
    found = judge(mail(words, **headers), subject="Re: INV-1", new_text=words)
    assert not found.robot
    assert "machine_made" in machine_flags(mail(words, **headers))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Auto-Submitted": "no"}, set()),
        ({"Auto-Submitted": "auto-generated"}, {"machine_made"}),
        ({"X-AI-Generated": "draft; reviewed=human"}, {"machine_made"}),
        ({"Return-Path": "<>"}, {"machine_made"}),
        ({"X-Autoreply": "yes"}, {"machine_made"}),
        ({"Precedence": "bulk"}, set()),
        ({"X-Auto-Response-Suppress": "All"}, set()),
    ],
)
def test_what_counts_as_machine_made(headers: dict[str, str], expected: set[str]) -> None:
    assert machine_flags(mail(**headers)) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("noreply@a.example", True),
        ("no-reply@a.example", True),
        ("do_not_reply@a.example", True),
        ("invoices-noreply@a.example", True),
        ("mailer-daemon@a.example", True),
        ("nicht-antworten@a.example", True),
        ("ar@a.example", False),
        ("norman.reply@a.example", False),
        ("juno@replyco.example", False),
        ("dorespond@a.example", True),
    ],
)
def test_addresses_that_take_no_answers(address: str, expected: bool) -> None:
    assert is_no_reply(address) is expected


def test_a_robots_note_inside_a_forwarded_mail_is_not_the_writers() -> None:
    text = (
        "Tom, see below: Ana is away. Please send the invoice to me instead, I will pay it.\n\n"
        "From: Ana Soto\nSent: Monday\nTo: Petra\nSubject: Automatic reply: Invoice\n\n"
        "I am out of the office until 20 July. For urgent matters please contact Petra."
    )
    assert not judge(mail(text), subject="Fw: Automatic reply: Invoice", new_text=text).robot


def test_what_a_robot_says_of_our_invoice_stays_to_be_read() -> None:
    words = "INV-1 was rejected: the order number is missing. This message was generated automatically."
    parsed = parse(
        written({"body": words, "headers": {"Auto-Submitted": "auto-generated"}}), received_at=datetime.now(UTC)
    )
    assert parsed.kind is MessageKind.AUTO_REPLY
    assert parsed.new_text == words


@settings(deadline=None)  # the first call compiles the phrases
@given(st.text(max_size=600))
def test_any_text_is_judged(text: str) -> None:
    found = judge(mail(), subject=text[:80], new_text=text)
    assert found.robot or found.weight < THRESHOLD


@settings(deadline=None)
@given(st.text(max_size=200))
def test_cutting_into_sentences_keeps_every_word(text: str) -> None:
    assert "".join(" ".join(sentences(text)).split()) == "".join(text.split())


HOSTILE = [
    "a" * 200_000,
    "I am " * 40_000,
    "bin " * 50_000,
    "please contact " * 15_000,
    "your request " * 15_000,
    "12. " * 50_000,
    "From: x\n" * 25_000,
    "until Monday, the " * 10_000,
    "Ana Soto " * 20_000,
    "a@" * 100_000,
    "((((" * 50_000,
    "\n" * 200_000,
    "[x] " * 50_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:12] for text in HOSTILE])
def test_hostile_text_costs_little(text: str) -> None:
    from mail.absence import read_absence

    for name in FAMILIES:
        family(name)
    read_absence("until Monday", received_on=DAY, from_address=None)
    start = time.process_time()
    judge(mail(), subject=text[:1000], new_text=text)
    read_absence(text, received_on=DAY, from_address=None)
    assert time.process_time() - start < 10.0


def test_folding_meets_every_spelling() -> None:
    assert fold("Réponse AUTOMATIQUE – ß ø ł’s") == "reponse automatique - ss o l's"


def test_every_idea_is_used_and_every_move_names_a_sign_and_ideas_that_exist() -> None:
    source = "".join(file.read_text("utf-8") for file in (HERE.parent.parent / "mail").glob("robot_*.py"))
    named = {name for move in MOVES for name in (*move.needs, *move.lacks, *move.not_before)}
    assert named <= CONCEPTS.keys()
    assert {move.sign for move in MOVES} <= SIGNS.keys()
    unused = {name for name in CONCEPTS if name not in named and f'concept("{name}")' not in source}
    assert not unused


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("I shall be sailing round Mull and have hardly any signal for my mail.", {"unread"}),
        ("Nobody will be in before the 3rd.", {"closed"}),
        ("My working days are Monday and Thursday.", {"part_time"}),
        ("Ihr Anliegen trägt die Nummer 77-120.", {"ticket"}),
        ("Votre message a bien été reçu.", {"received"}),
        ("Ya no trabajo en la empresa.", {"left"}),
        ("Le fatture senza numero d'ordine vengono respinte.", {"house_rules"}),
        ("Jag är föräldraledig.", {"away"}),
        ("My boss is on holiday.", set()),
        ("I was on holiday last week.", set()),
        ("Your invoice was registered yesterday.", set()),
        ("Are you out of the office?", {"away"}),
    ],
)
def test_moves_are_made_of_ideas_not_of_phrases(sentence: str, expected: set[str]) -> None:
    assert moves(fold(sentence)) >= expected
    assert expected or not moves(fold(sentence))


@pytest.mark.parametrize(
    "words",
    [
        "We received your message and I am checking with the warehouse.",
        "Your request was logged; the invoice will be paid on Friday.",
        "I am on leave but have asked Priya to release it.",
        "Ihre Nachricht ist eingegangen. Bitte korrigieren Sie die Menge auf Position 3.",
        "Nous avons bien reçu votre message, le virement part vendredi.",
        "Our company is in liquidation. Please contact the administrator at office@larch.example.",
        "Are you out of office this week?",
    ],
)
def test_an_answer_that_takes_up_the_matter_is_a_persons_whatever_stock_words_are_in_it(words: str) -> None:
    assert not judge(mail(words), subject="Re: INV-1", new_text=words).robot


def test_a_ticket_systems_form_is_a_robots_until_a_person_fills_it_in() -> None:
    form = "##- Please type your reply above this line -##"
    made = "Your request (88120) has been received and is being reviewed.\n\nPriority: Low\nView request: https://a.example/8"
    person = "Hello, items 3 and 7 were paid on 2 July, item 5 has no order behind it.\n\nPriority: Low"
    assert judge(mail(made), subject="INV-1", new_text=made, quoted_text=form).robot
    assert not judge(mail(person), subject="INV-1", new_text=person, quoted_text=form).robot


@pytest.mark.parametrize("unit", ["a", " ", "i ", "1 ", "am ", "no longer ", "was ", "for ", "@", "der ", "-", "mo-"])
def test_no_idea_and_no_phrase_can_be_made_slow(unit: str) -> None:
    """They are compiled when first used, so the test of all patterns does not see them; texts are cut before they come here."""
    text = (unit * 20_000)[:20_000]
    for pattern in [concept(name) for name in CONCEPTS] + [family(name) for name in FAMILIES]:
        start = time.process_time()
        for _ in pattern.finditer(text):
            pass
        assert time.process_time() - start < 8.0, pattern.pattern[:60]
