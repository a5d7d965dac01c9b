"""Threats T-20 to T-27: whoever poses as a contact is never taken for one, and nothing that they write moves money or contacts."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from mail import headers
from mail.authentication import NAMELESS
from mail.parse import parse
from mail.thread import Match, match
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from store.inbound import InboundEmail
from store.tables import Contact, Customer, Invoice, Message
from store.vocabulary import ContactStatus, IdentityLevel
from tests.factories import open_house
from tests.unit.espoofer import CLIENT, FROM, MX, SERVER, VARIANTS, VICTIM, Attack

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
COMPANY = CompanyProfile(name="Nordholt Supply", email="ar@nordholt.example")
GOOD = (
    "dkim=pass header.d=legit.example; spf=pass smtp.mailfrom=ann@legit.example; dmarc=pass header.from=legit.example"
)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('identity') / 'dunwell.db'}")
    migrate(engine)
    with unit_of_work(engine) as opened:
        opened.add(
            Customer(id="C1", name="Legit Ltd", currency="EUR", language="en", timezone="UTC", tier="A", owner="a")
        )
        opened.flush()
        for address in (VICTIM, "bob@legit.example"):
            opened.add(Contact(customer_id="C1", name="", email=address, role="ap", created_at=NOW))
        opened.add(
            Invoice(
                number="INV-20413", customer_id="C1", issue_date=date(2026, 1, 1), due_date=date(2026, 2, 1), currency="EUR",
                amount=Decimal(10), balance=Decimal(10), po_number="", description="",
            )
        )  # fmt: skip
        opened.flush()
        yield opened
    engine.dispose()


def read(raw: bytes, ids: tuple[str, ...] = (MX,)) -> InboundEmail:
    return parse(raw, received_at=NOW, authserv_ids=ids)


def judged(session: Session, raw: bytes, ids: tuple[str, ...] = (MX,)) -> Match:
    return match(session, read(raw, ids), company=COMPANY, now=NOW)


# --- T-20 -----------------------------------------------------------------------------------------------------------


def test_the_honest_mail_that_the_attacks_imitate_is_believed(session: Session) -> None:
    for results in (GOOD, "dmarc=pass header.from=legit.example", "dkim=pass header.d=legit.example"):
        honest = Attack("honest", results, FROM + b"In-Reply-To: <reminder@nordholt.example>\r\n")
        assert judged(session, honest.raw).identity is IdentityLevel.A


@pytest.mark.parametrize("attack", [*SERVER, *CLIENT, *VARIANTS], ids=lambda a: a.name)
def test_no_attack_is_taken_for_the_contact(session: Session, attack: Attack) -> None:
    for chain in (b"", b"In-Reply-To: <reminder@nordholt.example>\r\n"):
        made = Attack(attack.name, attack.results, attack.headers + chain)
        got = judged(session, made.raw)
        assert got.identity >= attack.level, (got.identity, got.flags)
        assert got.identity not in (IdentityLevel.A, IdentityLevel.B)
        assert got.flags, "a person is told what is odd"


def test_the_list_of_attacks_is_whole() -> None:
    assert (len(SERVER), len(CLIENT)) == (19, 3)
    assert {attack.name.split()[0] for attack in SERVER} == {f"a{n}" for n in range(1, 20)}


@pytest.mark.parametrize(
    ("results", "level", "flag"),
    [
        ([f"{MX}; dmarc=fail header.from=legit.example", f"{MX}; {GOOD}"], "D", "auth_failed"),
        ([f"{MX}; none", f"{MX}; {GOOD}"], "B", None),
        ([f"mx.evil.example; {GOOD}", f"{MX}; {GOOD}"], "D", "auth_untrusted"),
        ([f"mx.evil.example; {GOOD}"], "D", "auth_untrusted"),
        ([f"{MX}.evil.example; {GOOD}"], "D", "auth_untrusted"),
        ([GOOD], "D", "auth_untrusted"),
        ([], "B", None),
    ],
)
def test_only_the_topmost_results_of_our_own_server_count(
    session: Session, results: list[str], level: str, flag: str | None
) -> None:
    top = "".join(f"Authentication-Results: {line}\r\n" for line in results).encode()
    got = judged(session, top + FROM + b"Subject: x\r\n\r\nHello\r\n")
    assert got.identity == level
    assert flag is None or flag in (*got.flags, *read(top + FROM + b"\r\nx").flags)


def test_without_a_trusted_server_nothing_is_believed_and_nothing_held_against_anybody(session: Session) -> None:
    raw = f"Authentication-Results: mx.evil.example; {GOOD}\r\n".encode() + FROM + b"\r\nHello\r\n"
    assert judged(session, raw, ids=()).identity is IdentityLevel.B


MICROSOFT = (
    "spf=pass (sender IP is 203.0.113.9) smtp.mailfrom=legit.example; dkim=pass (signature was verified) "
    "header.d=legit.example;dmarc=pass action=none header.from=legit.example;compauth=pass reason=100"
)


@pytest.mark.parametrize(
    ("results", "ids", "level"),
    [
        (MICROSOFT, (NAMELESS,), "A"),
        (MICROSOFT, (MX, NAMELESS), "A"),
        (MICROSOFT, (MX,), "D"),
        (MICROSOFT.replace("dmarc=pass action=none", "dmarc=fail action=oreject"), (NAMELESS,), "D"),
        ("spf=none smtp.mailfrom=legit.example; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=legit.example;", (NAMELESS,), "B"),
        (f"evil.example; {MICROSOFT}", (NAMELESS,), "D"),
    ],
)  # fmt: skip
def test_microsofts_results_without_a_name_count_where_the_settings_say_so(
    session: Session, results: str, ids: tuple[str, ...], level: str
) -> None:
    raw = (
        f"Authentication-Results: {results}\r\n".encode() + FROM + b"In-Reply-To: <r@nordholt.example>\r\n\r\nHello\r\n"
    )
    assert judged(session, raw, ids).identity == level


# --- T-21 -----------------------------------------------------------------------------------------------------------

STRINGS = [
    "ann@legit.example <evil@evil.example>",
    "<ann@legit.example>evil@evil.example",
    "ann@legit.example, evil@evil.example",
    "ann@legit.example(<evil@evil.example>)",
    "ann@legit.example\x00 <evil@evil.example>",
    "ann@legit.example\r\nFrom: evil@evil.example",
    "<ann@legit.example> <evil@evil.example>",
]


@pytest.mark.parametrize("value", STRINGS)
def test_the_addresses_that_parsers_disagree_on_name_nobody(session: Session, value: str) -> None:
    raw = f"From: {value}\r\nSubject: x\r\n\r\nHello\r\n".encode()
    assert read(raw).from_address is None
    assert judged(session, raw).identity is IdentityLevel.D


def test_a_display_name_that_lies_is_flagged_and_the_real_address_stands(session: Session) -> None:
    email = read(b'From: "ann@legit.example" <evil@evil.example>\r\nSubject: x\r\n\r\nHello\r\n')
    assert email.from_address == "evil@evil.example"
    assert "misleading_name" in email.flags


def plainly_one(value: str) -> str | None:
    """Read `[phrase] <addr>` or `addr`, as strictly and simply as can be: the reference for what may name a contact."""
    value = value.strip(" \t")
    phrase, address = "", value
    if value.endswith(">"):
        phrase, _, address = value[:-1].rpartition("<")
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", phrase)
    if any(c in bare for c in '<>@,;:()[]"\\') or any(ord(c) < 32 or ord(c) == 127 for c in phrase.replace("\t", "")):
        return None
    return address.lower() if re.fullmatch(r"[A-Za-z0-9.']+@[A-Za-z0-9.]+", address) else None


_PIECES = st.sampled_from(
    [VICTIM, "evil@evil.example", "<", ">", '"', "\\", "(", ")", ",", ";", ":", " ", "\t", "Ann", "@", "\x00", "\u200b", "\u0430",
     "=?utf-8?Q?ann=40legit.example?=", "\r\n ", "'", "[", "]", "<ann@legit.example>", "<evil@evil.example>", "ann", "legit.example", "\u202e"]
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(_PIECES, max_size=7).map("".join))
@example("Ann <ann@legit.example>")
@example("ann@legit.example")
@example('"A, B" <ANN@Legit.Example>')
def test_a_from_names_the_contact_only_where_it_is_plainly_one_mailbox(value: str) -> None:
    found = headers.sender(message_from_bytes(f"From: {value}\r\nSubject: x\r\n\r\nHello\r\n".encode()))
    if found.address is not None:
        assert found.address == plainly_one(value.replace("\r\n ", " "))


# --- T-22: tests/unit/test_reply_token.py; T-23: below; T-24 ---------------------------------------------------------

_LETTERS = string.ascii_lowercase
_TWINS = {"a": "а", "e": "е", "o": "о", "c": "с", "i": "і", "p": "р", "k": "к", "s": "ѕ", "h": "һ", "y": "у", "x": "х"}
_KNOWN = ["harrowfinch.example", "kessler-anlagenbau.example", "greenmantle-foods.example"]


def variants(name: str) -> Iterator[str]:
    """Change a name in the ways of those who register such names: the operations of dnstwist, written anew."""
    label, _, suffix = name.partition(".")
    for i, letter in enumerate(label):
        yield f"{label[:i]}{label[i + 1 :]}.{suffix}"  # left out
        yield f"{label[:i]}{letter}{label[i:]}.{suffix}"  # doubled
        yield f"{label[:i]}{_LETTERS[(_LETTERS.find(letter) + 1) % 26]}{label[i + 1 :]}.{suffix}"  # replaced
        yield f"{label[:i]}e{label[i:]}.{suffix}"  # put in
        if i and label[i - 1] != letter:
            yield f"{label[: i - 1]}{letter}{label[i - 1]}{label[i + 1 :]}.{suffix}"  # swapped
        if letter in _TWINS:
            twin = label[:i] + _TWINS[letter] + label[i + 1 :]
            yield f"xn--{twin.encode('punycode').decode()}.{suffix}"  # a letter of another script
        if letter.isalpha():
            flipped = chr(ord(letter) ^ 1)
            if flipped.isalpha():
                yield f"{label[:i]}{flipped}{label[i + 1 :]}.{suffix}"  # one bit
        if 0 < i < len(label) - 1 and "-" not in label[i - 1 : i + 1]:
            yield f"{label[:i]}-{label[i:]}.{suffix}"  # hyphen
    for old, new in (
        ("rr", "r"),
        ("m", "rn"),
        ("w", "vv"),
        ("o", "0"),
        ("l", "1"),
        ("i", "1"),
        ("e", "3"),
        ("-", ""),
        ("d", "cl"),
    ):
        if old in label:
            yield f"{label.replace(old, new)}.{suffix}"
    for word in ("-ap", "-pay", "-invoices", "-group", "s", "hq", "mail", "online"):
        yield f"{label}{word}.{suffix}"
    for word in ("my", "the-", "pay-", "secure-"):
        yield f"{word}{label}.{suffix}"
    for ending in ("test", "co.uk", "invalid", "net.test"):
        yield f"{label}.{ending}"
    yield f"{label}.{suffix}.evil.test"
    yield f"{label}.secure-login.test"


def test_every_look_alike_is_told(session: Session) -> None:
    from mail.address import registrable
    from mail.lookalike import looks_like

    made = {v for known in _KNOWN for v in variants(known) if registrable(v) != registrable(known)}
    assert len(made) >= 300
    assert sorted(v for v in made if looks_like(v, _KNOWN) is None) == []


def test_unrelated_companies_are_not_called_look_alikes() -> None:
    from mail.lookalike import looks_like

    first = ["alpine", "baltic", "cedar", "delta", "eastern", "falcon", "granite", "harbour", "iron", "juniper", "kestrel", "lakeside",
             "meridian", "northern", "oak", "pioneer", "quarry", "river", "silver", "tundra", "union", "valley", "western", "yellow", "zenith"]  # fmt: skip
    second = ["steel", "foods", "logistics", "machinery", "packaging", "print", "paper", "glass", "tools", "timber", "textiles", "dairy",
              "motors", "plastics", "chemicals", "bakery", "electric", "optics", "paints", "freight"]  # fmt: skip
    names = [f"{a}{joint}{b}.example" for a in first for b in second for joint in ("", "-")]
    assert len(names) == 1000
    flagged = [name for name in names if looks_like(name, _KNOWN)]
    assert len(flagged) <= 10, flagged


def test_a_look_alike_of_a_contact_is_d_whatever_its_own_checks_say(session: Session) -> None:
    results = "dkim=pass header.d=1egit.example; dmarc=pass header.from=1egit.example"
    raw = f"Authentication-Results: {MX}; {results}\r\nFrom: Ann <ann@1egit.example>\r\n\r\nHello\r\n".encode()
    got = judged(session, raw)
    assert (got.identity, got.customer_id) == (IdentityLevel.D, None)
    assert "look_alike" in got.flags


def _reply_to(chance: random.Random) -> str:
    bits = ["evil@evil.example", "Ann <ann@legit.example>", "<x@y.example>", "a@b.example, c@d.example", '"ann@legit.example" <e@evil.example>',
            "\u200b", "(comment)", ";", ":", "group: a@b.example;", "=?utf-8?Q?e=40evil.example?=", "\x00", "@", " "]  # fmt: skip
    return "".join(chance.choice(bits) for _ in range(chance.randint(0, 4)))


def test_whatever_reply_to_says_only_verified_contacts_are_written_to() -> None:
    """T-24: ten thousand headers through reading and drafting."""
    from agent.letter import draft_of, scope_of
    from store.vocabulary import ContactStatus
    from tests.cases import facts
    from tools.limits import Policy

    chance = random.Random(24)
    case = facts()
    waits = case.contacts[0].model_copy(
        update={"id": 2, "email": "evil@evil.example", "status": ContactStatus.TO_VERIFY}
    )
    case = case.model_copy(update={"contacts": (*case.contacts, waits)})
    scope = scope_of(facts=case, claims=(), actions=(), company=COMPANY, policy=Policy(), language="en")
    verified = {c.email for c in case.contacts if c.status is ContactStatus.VERIFIED}
    flagged = 0
    for _ in range(10_000):
        top = message_from_bytes(f"From: moira@bracken.example\nReply-To: {_reply_to(chance)}\n\nx".encode())
        address, elsewhere = headers.reply_to(top, "moira@bracken.example")
        draft = draft_of("Dear Sir", scope=scope, actions=(), subject=f"Re: {address}", written_by="template")
        assert draft.recipients
        assert set(draft.recipients) <= verified
        flagged += elsewhere
    assert flagged > 5000


def test_a_reply_to_of_another_organisation_is_flagged(session: Session) -> None:
    raw = f"Authentication-Results: {MX}; {GOOD}\r\n".encode() + FROM + b"Reply-To: <x@evil.example>\r\n\r\nHello\r\n"
    assert "reply_to_elsewhere" in judged(session, raw).flags


def test_the_contacts_of_the_fixture_are_only_those_that_were_put_there(session: Session) -> None:
    """T-27, and the end of this module: two hundred hostile mails later nobody was added and nobody verified."""
    found = session.exec(select(Contact)).all()
    assert {c.email for c in found} == {VICTIM, "bob@legit.example"}


def test_an_address_that_a_mail_named_does_not_make_its_look_alike_domain_known(tmp_path: Path) -> None:
    """T-23 and T-27: whoever has had a contact noted from a look-alike domain is still told apart from the customer."""
    house = open_house(tmp_path)
    with unit_of_work(house.engine) as session:
        named: dict[str, Any] = {
            "email": "ap@harrowf1nch.example",
            "status": ContactStatus.TO_VERIFY,
            "created_at": house.now,
        }
        session.add(Contact(customer_id="C1001", name="", role="ap", **named))
    message = house.receive("What is open on INV-20421?", sender="p.kershaw@harrowf1nch.example")
    with unit_of_work(house.engine) as session:
        row = session.get_one(Message, message)
        assert (row.identity, row.match_flags) == ("D", ["foreign_sender", "look_alike"])
    house.engine.dispose()
