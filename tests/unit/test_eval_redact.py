"""Replacing in captured mails: no known value survives anywhere in it, links hold, what the logic needs stays, and the mail is still a mail."""

from __future__ import annotations

import email
import random
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum import iban
from stdnum.eu import vat

from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from evals.capturing.accounts import new_iban, new_vat
from evals.capturing.conversation import Known, known_of, redact, tell
from evals.capturing.leaks import forbidden, leaks
from evals.capturing.mails import Way, decoded_parts, listen, rewrite
from evals.capturing.redactor import Creditor, Redactor
from evals.capturing.salted import Salted
from evals.conversations.format import Conversation, Expected, LedgerFile, Mail
from evals.conversations.loading import folders, load
from evals.conversations.playing import play
from evals.conversations.world import AUTHSERV_ID, COMPANY, standing
from mail.lookalike import looks_like
from mail.parse import parse
from store.company import CompanyProfile
from store.engine import migrate, open_engine
from store.numbers import find_invoices

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SALT = b"a secret of the tests, no other"
WAS = CompanyProfile(
    name="Brennwald Antriebe GmbH",
    address="Lindenstraße 8, 70999 Tannhausen",
    email="mahnwesen@brennwald-antriebe.example",
)
WAY = Way(("mx.brennwald-antriebe.example",), AUTHSERV_ID)
KNOWN = Known(
    firms=("Gießerei Öttl & Söhne GmbH & Co. KG",),
    persons=("Jörg Öttl", "Marlies van der Zwaan", "Kreditorenbuchhaltung", "Svenja Trautwein"),
    addresses=("j.oettl@giesserei-oettl.example", "kreditoren@giesserei-oettl.example"),
    numbers=("INV-2024-0815", "BA-77120", "4500018466", "K-10442", "Z-99812"),
)


def redactor(known: Known = KNOWN, *, language: str = "de") -> Redactor:
    made = Redactor(SALT, Creditor(WAS, COMPANY))
    tell(made, known, language=language)
    return made


def raw(
    text: str, *, html: str | None = None, charset: str = "utf-8", cte: str | None = None, subject: str = "Re: BA-77120"
) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Jörg Öttl <j.oettl@giesserei-oettl.example>"
    mail["To"] = "Svenja Trautwein <mahnwesen@brennwald-antriebe.example>"
    mail["Subject"] = subject
    mail["Date"] = "Tue, 10 Mar 2026 09:12:00 +0100"
    mail["Message-ID"] = "<A1.2b.77120@mail.giesserei-oettl.example>"
    mail["In-Reply-To"] = "<rem-77120@brennwald-antriebe.example>"
    mail["References"] = "<rem-77120@brennwald-antriebe.example>"
    mail["Received"] = "from ws-oettl-17 (10.1.2.3) by mail.giesserei-oettl.example"
    mail["X-Originating-IP"] = "[10.1.2.3]"
    mail["DKIM-Signature"] = "v=1; d=giesserei-oettl.example; s=oettl; b=abc="
    mail["Authentication-Results"] = (
        "mx.brennwald-antriebe.example; dkim=pass (oettl key) header.d=giesserei-oettl.example header.i=@giesserei-oettl.example; "
        "spf=pass smtp.mailfrom=j.oettl@giesserei-oettl.example; dmarc=pass header.from=giesserei-oettl.example"
    )
    mail.set_content(text, charset=charset, cte=cte)
    if html is not None:
        mail.add_alternative(html, subtype="html", charset=charset)
        mail.add_attachment(
            b"%PDF-1.4 oettl", maintype="application", subtype="pdf", filename="Öttl Zahlungsavis BA-77120.pdf"
        )
        mail.add_attachment("Öttl;BA-77120;4.711,00", subtype="csv", filename="BA-77120.csv")
    return mail.as_bytes()


def done(*mails: bytes, by: Redactor | None = None) -> list[bytes]:
    made = by or redactor()
    listen(made, mails)
    return [rewrite(one, made, WAY, where="001-in.eml").raw for one in mails]


def left(*mails: bytes) -> list[Any]:
    return leaks({f"{n}": one for n, one in enumerate(mails)}, [], forbidden(KNOWN, becomes=COMPANY))


TEXT = """Sehr geehrte Frau Trautwein,

die Rechnung BA-77120 (auch 77120 oder BA 77120) zu unserer Bestellung 4500018466 zahlen wir am 20.03.2026: 4.711,00 EUR.
Herr Öttl, OETTL und Öttls Büro wissen Bescheid. Rückfragen an Frau van der Zwaan, Tel. +49 7031 555 0199.
Unsere IBAN: DE89 3704 0044 0532 0130 00, USt-IdNr. DE136695976.

Mit freundlichen Grüßen
Roswitha Hahnemann
Gießerei Öttl & Söhne GmbH & Co. KG
Hüttenweg 12, 72999 Erzgrub
https://portal.giesserei-oettl.example/belege/77120?u=oettl

> Am 02.03.2026 schrieb Svenja Trautwein <mahnwesen@brennwald-antriebe.example>:
> Die Rechnung BA-77120 ist offen.
"""
HTML = "<html><body><p>Herr <b>&Ouml;</b>ttl zahlt BA-<i>77120</i> am 20.03.2026.</p><a href='mailto:j.oettl@giesserei-oettl.example'>J&#246;rg &#214;ttl</a><img src='cid:logo@oettl' alt='Gie&szlig;erei &Ouml;ttl'></body></html>"


@pytest.mark.parametrize(
    ("charset", "cte"),
    [
        ("utf-8", "base64"),
        ("utf-8", "quoted-printable"),
        ("utf-8", "8bit"),
        ("iso-8859-1", "quoted-printable"),
        ("windows-1252", "8bit"),
    ],
)
def test_nothing_known_survives_and_the_mail_stays_one(charset: str, cte: str) -> None:
    assert left(raw(TEXT, html=HTML, charset=charset, cte=cte)), "the check must see what it is to see"
    (new,) = done(raw(TEXT, html=HTML, charset=charset, cte=cte))
    assert left(new) == []
    whole = "\n".join(text for _, text in decoded_parts(new))
    for gone in (
        "Hahnemann",
        "Hüttenweg",
        "Erzgrub",
        "72999",
        "555 0199",
        "3704 0044",
        "136695976",
        "10.1.2.3",
        "Brennwald",
        "Trautwein",
    ):
        assert gone not in whole, gone
    for kept in ("20.03.2026", "02.03.2026", "4.711,00 EUR", "Mit freundlichen Grüßen"):
        assert kept in whole, kept
    top = email.message_from_bytes(new)
    assert [part.get_content_type() for part in top.walk()] == [
        part.get_content_type()
        for part in email.message_from_bytes(raw(TEXT, html=HTML, charset=charset, cte=cte)).walk()
    ]
    assert top["Received"] is None
    assert top["DKIM-Signature"] is None
    body = next(part for part in top.walk() if part.get_content_type() == "text/plain")
    assert body.get_content_charset() == charset
    assert str(body["content-transfer-encoding"]) == cte


def test_production_reads_the_replaced_mail_as_it_read_the_original() -> None:
    first, made = raw(TEXT, html=HTML), redactor()
    (new,) = done(first, by=made)
    old = parse(first, received_at=NOON, authserv_ids=WAY.authserv_ids)
    now = parse(new, received_at=NOON, authserv_ids=[AUTHSERV_ID])
    number = made.numbers.number("BA-77120")
    assert find_invoices(old.new_text, ["BA-77120"]) == ["BA-77120"]
    assert find_invoices(now.new_text, [number]) == [number]
    assert (
        (now.auth.dmarc, now.auth.dkim, now.auth.spf) == (old.auth.dmarc, old.auth.dkim, old.auth.spf) == ("pass",) * 3
    )
    assert now.auth.dkim_domain == (now.from_address or "").rpartition("@")[2]
    assert now.flags == old.flags
    assert len(now.quoted_text.splitlines()) == len(old.quoted_text.splitlines())
    assert now.to == (COMPANY.email,)
    assert [a.filename.rpartition(".")[2] for a in now.attachments] == ["pdf", "csv"]
    assert number in now.attachments[0].filename


def test_links_between_mails_hold() -> None:
    reminder = b"From: mahnwesen@brennwald-antriebe.example\nTo: j.oettl@giesserei-oettl.example\nSubject: BA-77120\nDate: Mon, 2 Mar 2026 09:00:00 +0100\nMessage-ID: <rem-77120@brennwald-antriebe.example>\n\nBA-77120\n"
    bounce = b"From: j.oettl@giesserei-oettl.example\nSubject: x\nDate: Mon, 2 Mar 2026 10:00:00 +0100\nMessage-ID: <b@giesserei-oettl.example>\n\nYour mail <rem-77120@brennwald-antriebe.example> was read.\n"
    out, answer, quoted = (email.message_from_bytes(one) for one in done(reminder, raw(TEXT), bounce))
    assert answer["In-Reply-To"] == out["Message-ID"] == answer["References"]
    assert str(out["Message-ID"]) in str(quoted.get_payload())
    assert str(out["Message-ID"]).endswith("@halden-works.example>")
    assert str(answer["From"]).partition("<")[2].strip("> ") == str(out["To"])


def test_a_name_with_a_comma_in_an_encoded_word_stays_one_mailbox() -> None:
    head = b"From: =?iso-8859-1?Q?=D6ttl=2C_J=F6rg?= <j.oettl@giesserei-oettl.example>\nTo: mahnwesen@brennwald-antriebe.example\nSubject: =?utf-8?B?w5Z0dGwgQkEtNzcxMjA=?=\nDate: Mon, 2 Mar 2026 10:00:00 +0100\n\nja\n"
    (new,) = done(head)
    read = parse(new, received_at=NOON)
    assert read.from_address is not None
    assert read.from_name.count(",") == 1
    assert left(new) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30), max_size=6),
    st.integers(0, 6),
)
def test_known_values_never_survive_wherever_they_stand(around: list[str], place: int) -> None:
    values = [
        "Öttl",
        "BA-77120",
        "4500018466",
        "j.oettl@giesserei-oettl.example",
        "Jörg Öttl",
        "OETTL",
        "ba 77120",
        "Zwaan",
    ]
    text = "\n".join([*around[:place], f"Wir: {' / '.join(values)}.", *around[place:]])
    (new,) = done(raw(text, cte="base64"))
    body = next(text for where, text in decoded_parts(new) if where == "part 0")
    for gone in ("ttl", "OETTL", "77120", "4500018466", "Zwaan"):
        if gone not in "".join(around):
            assert gone not in body


NUMBER = st.from_regex(r"[A-Z]{1,3}-?(?:20[0-9]{2}-)?[0-9]{3,8}", fullmatch=True)


@given(NUMBER, NUMBER)
def test_same_in_same_out_and_different_in_different_out(one: str, other: str) -> None:
    made = redactor()
    assert made.numbers.number(one) == made.numbers.number(one)
    assert len(made.numbers.number(one)) == len(one)
    assume(one != other)
    assert made.numbers.number(one) != made.numbers.number(other)


@given(st.text(min_size=1, max_size=40))
def test_shapes_hold(value: str) -> None:
    assume(any(char.isalnum() and char.isascii() for char in value))
    try:
        new = Salted(SALT).shaped("x", value)
    except ValueError:
        return  # a single letter of a script without case has no other of its shape
    assert len(new) == len(value)
    assert [c.isdigit() for c in new] == [c.isdigit() for c in value]


@pytest.mark.parametrize(
    "number",
    [
        "DE89370400440532013000",
        "NL91ABNA0417164300",
        "FR1420041010050500013M02606",
        "BE71096123456769",
        "GB29NWBK60161331926819",
    ],
)
def test_an_account_becomes_another_valid_one(number: str) -> None:
    new = new_iban(number, Salted(SALT))
    assert new != number
    assert new[:2] == number[:2]
    assert iban.is_valid(new)


def test_an_account_that_is_none_becomes_none() -> None:
    assert not iban.is_valid(new_iban("LT990000000771002026", Salted(SALT)))


@pytest.mark.parametrize("number", ["DE136695976", "NL004495445B01", "ATU13585627", "FR83404833048"])
def test_a_tax_number_becomes_another_valid_one(number: str) -> None:
    assert vat.is_valid(number)
    new = new_vat(number, Salted(SALT))
    assert new != number
    assert vat.is_valid(new)


def test_a_domain_that_imitates_goes_on_imitating() -> None:
    made = redactor()
    real = made.addresses.domain("giesserei-oettl.example")
    for trick in ("giesserei-oett1.example", "giesserei-oettl-rechnung.example", "giesserei-oetll.com"):
        false = made.addresses.domain(trick)
        assert false != real
        assert looks_like(false, [real]) == real, trick
    assert made.addresses.domain("mail.giesserei-oettl.example") == f"mail.{real}"
    assert made.addresses.address("noreply@giesserei-oettl.example") == f"noreply@{real}"
    assert made.addresses.domain("gmail.com").endswith(".example")


def test_declined_names_and_names_in_capitals_follow() -> None:
    made = redactor()
    listen(made, [raw("Sehr geehrte Frau Trautwein,\n\nja\n")])
    text = made.text("Öttls Lager, ÖTTL, Oettl und öttl; Frau TRAUTWEIN. Gießereien gibt es viele.")
    name = made.names.known("Öttl")
    assert name is not None
    assert text.startswith(f"{name}s Lager, {name.upper()}, {name} und {name.lower()}; Frau ")
    assert "TRAUTWEIN" not in text
    assert "gibt es viele" in text


def test_a_short_form_below_a_letter_follows_its_name() -> None:
    made = redactor(Known(persons=("Dominic Sayle",)), language="en")
    name = made.names.known("Dominic")
    assert name is not None
    assert made.text("nothing more is open.\n\nDom\n\nDominic Sayle").splitlines()[2] == name[:3]
    assert made.text("the Dom of the town") == "the Dom of the town"


@pytest.mark.parametrize(
    "kept",
    [
        "am 20.03.2026 um 14:30",
        "on 3 May 2026",
        "EUR 12,500.00",
        "1.234,56 €",
        "50 %",
        "GBP 3k",
        "04/22",
        "2026-04-22",
        "10 Tage",
        "12 500,00 EUR",
        "z.B. morgen",
        "616.0pt",
    ],
)
def test_what_the_logic_needs_stays(kept: str) -> None:
    assert redactor().text(f"Das sagen wir: {kept}. Danke") == f"Das sagen wir: {kept}. Danke"


def test_an_amount_of_the_books_is_no_reference() -> None:
    made = redactor()
    made.numbers.keep([str(int(Decimal("12500.00")))])
    assert made.text("we pay 12500 today, ref 881234").startswith("we pay 12500 today, ref ")
    assert "881234" not in made.text("we pay 12500 today, ref 881234")


def test_what_may_be_a_name_is_told_with_its_replaced_line() -> None:
    made = redactor(language="en")
    (new,) = [
        rewrite(raw("Hello,\n\nplease ask Quillfeather about BA-77120, he knows.\n"), made, WAY, where="001-in.eml").raw
    ]
    (doubt,) = [d for d in made.told.doubts if d[2] == "Quillfeather"]
    assert doubt[:2] == ("001-in.eml", 3)
    assert "BA-77120" not in doubt[3]
    assert made.numbers.number("BA-77120") in doubt[3]
    assert b"Quillfeather" in new


def test_two_captures_share_nothing() -> None:
    one, other = (Redactor(salt * 16, Creditor(WAS, COMPANY)) for salt in (b"1", b"2"))
    numbers = [f"BA-{n}" for n in range(77100, 77120)]
    assert [one.numbers.number(n) for n in numbers] != [other.numbers.number(n) for n in numbers]
    with pytest.raises(ValueError, match="too short"):
        Redactor(b"short", Creditor(WAS, COMPANY))


def redacted(conversation: Conversation) -> tuple[Conversation, Redactor, list[Any]]:
    made, known = Redactor(SALT, Creditor(COMPANY, COMPANY)), known_of(conversation.ledger)
    new = redact(
        made,
        mails={mail.file: mail.raw for mail in conversation.thread},
        ledger=conversation.ledger,
        expected=conversation.expected,
        known=known,
        language=conversation.case.language,
        way=Way((AUTHSERV_ID,), AUTHSERV_ID),
    )
    found = leaks(
        new.mails,
        [("ledger", new.ledger.model_dump_json()), ("expected", new.expected.model_dump_json())],
        forbidden(known, becomes=COMPANY),
    )
    thread = tuple(Mail(file=mail.file, raw=new.mails[mail.file], at=mail.at) for mail in conversation.thread)
    changed = {
        "ledger": LedgerFile.model_validate(new.ledger),
        "expected": Expected.model_validate(new.expected),
        "thread": thread,
    }
    return conversation.model_copy(update=changed), made, found


def test_conversations_of_the_suite_live_and_are_read_as_before(tmp_path: Path) -> None:
    """A small sample of what docs/evals.md measures on forty."""
    template = tmp_path / "empty.db"
    engine = open_engine(f"sqlite:///{template}")
    migrate(engine)
    engine.dispose()
    reader, same, turns = EmbeddedReader(), Counter[str](), 0
    for folder in random.Random(11).sample(folders(Path("evals/suites/core")), 8):
        conversation = load(folder)
        new, made, found = redacted(conversation)
        assert found == [], conversation.id
        for before, after in zip(conversation.expected.turns, new.expected.turns, strict=True):
            seen = []
            for where, turn in ((conversation, before), (new, after)):
                with standing(where, turn, template=template) as there:
                    played = play(there, Deps(company=COMPANY, policy=there.policy, embedded=reader, client=None))
                seen.append((there.facts, {claim.reason for claim in played.proposal.claims}))
            (old, was), (now, reads) = seen
            turns += 1
            assert [made.numbers.number(number) for number in old.mentioned] == list(now.mentioned)
            assert old.identity == now.identity
            assert old.flags == now.flags
            same["reasons"] += was == reads
    assert turns >= 8
    assert same["reasons"] >= 0.8 * turns


def test_a_name_with_its_accents_beside_it_is_the_same_name() -> None:
    (new,) = done(raw(unicodedata.normalize("NFD", TEXT)))
    assert "öttl" not in unicodedata.normalize("NFC", "\n".join(t for _, t in decoded_parts(new))).casefold()
    assert left(raw(unicodedata.normalize("NFD", "Herr Öttl zahlt.")).replace(b"oettl", b"x")), "the check sees it too"


def test_the_check_sees_a_name_without_its_umlaut() -> None:
    mail = b"From: a@b.example\nSubject: Herr Oettl\n\nzahlt\n"
    assert [leak.kind for leak in left(mail)] == ["name", "name"]


@pytest.mark.parametrize(
    ("filename", "name"), [("BelegOettl2026.pdf", "x.pdf"), ("belegoettl.pdf", "x.pdf"), ("", "Oettl.pdf")]
)
def test_a_name_in_a_file_name_is_found_glued_and_behind_an_empty_one(filename: str, name: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["Date"] = "a@b.example", "Tue, 10 Mar 2026 09:12:00 +0100"
    mail.set_content("anbei")
    mail.add_attachment(b"x", maintype="application", subtype="pdf", filename="F1", params={"name": "N1"})
    given_ = mail.as_bytes().replace(b"F1", filename.encode()).replace(b"N1", name.encode())
    (new,) = done(given_)
    assert b"oettl" in given_.lower()
    assert b"oettl" not in new.lower()


def test_a_name_of_everyday_words_is_found_as_address_books_write_it() -> None:
    by = redactor(Known(persons=("Will May",)))
    assert "May, Will" not in by.text("I will pay in May. Ask May, Will.")
    assert by.text("I will pay in May.") == "I will pay in May."
