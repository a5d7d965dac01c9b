"""The reply token: made where the mailbox allows it, found wherever a server writes it, and worth nothing to a thief (T-22)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlmodel import select

from mail.parse import parse
from mail.reply_token import address_with, new_token, token_in
from mail.settings import MailboxSettings
from mail.thread import Match, match
from store.candidates import Hint
from store.engine import unit_of_work
from store.inbound import InboundEmail, SenderAuth
from store.tables import Message, Outgoing
from store.vocabulary import IdentityLevel, MessageKind, Reason
from tests.factories import COMPANY, House, claim, open_house
from tests.posting import post

PRIYA = "p.kershaw@harrowfinch.example"


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = open_house(tmp_path)
    made.plus_addressing = True
    return made


def sent_to(address: str, *, house: House, **values: Any) -> Match:
    """Match a mail that came to this address and names nothing else of ours."""
    given = {"kind": MessageKind.REPLY, "from_address": PRIYA, "to": (address,), "auth": SenderAuth(dmarc="pass")}
    with unit_of_work(house.engine) as session:
        return match(session, InboundEmail(**(given | values)), company=COMPANY, now=house.now)


def test_an_answer_carries_a_token_of_its_own_and_keeps_it(house: House) -> None:
    one, two = post(house), post(house, number="INV-20413")
    assert one.token != two.token
    assert one.token is not None
    assert re.fullmatch("[0-9a-f]{32}", one.token)
    assert one.mail["Reply-To"] == f"ar+{one.token}@nordholt-supply.example"
    assert one.mail["From"].addresses[0].addr_spec == "ar@nordholt-supply.example"
    assert one.mail["To"] == PRIYA


def test_without_plus_addressing_there_is_no_reply_to(house: House) -> None:
    house.plus_addressing = False
    ours = post(house)
    assert (ours.token, ours.mail["Reply-To"]) == (None, None)


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_token_is_found_wherever_the_address_stands(house: House, header: str) -> None:
    token = post(house).token or ""
    address = address_with(token, "AR@Nordholt-Supply.example")
    raw = f"From: {PRIYA}\r\n{header}: {address}\r\nSubject: hello\r\n\r\nNothing is quoted.\r\n".encode()
    email = parse(raw, received_at=house.now)
    with unit_of_work(house.engine) as session:
        got = match(session, email, company=COMPANY, now=house.now)
        (row,) = session.exec(select(Outgoing)).all()
    assert (got.customer_id, got.case_id, got.identity) == ("C1001", row.case_id, IdentityLevel.B)


def test_an_answer_to_the_token_is_an_answer_to_us(house: House) -> None:
    token = post(house).token or ""
    assert sent_to(address_with(token, COMPANY.email), house=house).identity is IdentityLevel.A
    assert sent_to(COMPANY.email, house=house).identity is IdentityLevel.B


@pytest.mark.parametrize("where", ["another domain", "one digit wrong", "upper case", "more behind"])
def test_only_our_own_addresses_carry_tokens(house: House, where: str) -> None:
    token = post(house).token or ""
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    address = {
        "another domain": f"ar+{token}@evil.example",
        "one digit wrong": f"ar+{wrong}@nordholt-supply.example",
        "upper case": f"ar+{token.upper()}@nordholt-supply.example",
        "more behind": f"ar+{token}0@nordholt-supply.example",
    }[where]
    got = sent_to(address, house=house, from_address="eve@elsewhere.example")
    assert (got.customer_id is not None) == (where == "upper case")


def test_a_stolen_token_gives_a_stranger_the_place_but_no_figures(house: House) -> None:
    """T-22."""
    token = post(house).token or ""
    message = house.receive(
        "Please send us the open balance and a copy of INV-20413.",
        sender="eve@elsewhere.example",
        to=(address_with(token, COMPANY.email),),
        in_reply_to=None,
        auth=SenderAuth(dmarc="pass", dkim="pass", dkim_domain="elsewhere.example"),
    )
    with unit_of_work(house.engine) as session:
        row = session.get_one(Message, message)
        assert (row.customer_id, row.identity, row.match_flags) == ("C1001", "C", ["foreign_sender"])
    words = "Please send us the open balance and a copy of INV-20413."
    number = house.hold(message, claim(Reason.DOCUMENT_REQUEST, words, invoices=["INV-20413"]))
    item = house.desk.show(number)
    assert item is not None
    assert "foreign_sender" in item.proposal.flags
    draft = item.proposal.draft
    assert draft is not None
    assert draft.recipients == (PRIYA,), "and it goes to the known contact, not to the stranger"
    assert draft.attachments == ()
    assert {value.slot.split(".")[0] for value in draft.slots} <= {"contact", "company", "sender", "deadline"}
    for invoice in item.facts.invoices:
        assert invoice.number not in draft.rendered
        assert f"{invoice.balance:,.2f}" not in draft.rendered or not invoice.balance


def test_the_message_id_goes_before_the_token_and_both_must_agree(house: House) -> None:
    ours = post(house)
    theirs = post(house, sender="books@redstonequarry.example", number="INV-20417")
    address = address_with(theirs.token or "", COMPANY.email)
    got = sent_to(address, house=house, in_reply_to=ours.message_id)
    assert (got.customer_id, got.flags) == (None, ["several_customers"])
    assert {(c.customer_id, c.why) for c in got.candidates} == {("C1001", Hint.OUR_MAIL), ("C1010", Hint.OUR_MAIL)}
    same = sent_to(address_with(ours.token or "", COMPANY.email), house=house, in_reply_to=ours.message_id)
    assert (same.customer_id, same.identity, same.flags) == ("C1001", IdentityLevel.A, [])


# --- the parts ------------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**128 - 1))
def test_a_token_comes_back_from_its_address(number: int) -> None:
    token = f"{number:032x}"
    assert token_in(address_with(token, "ar@company.example")) == token


def test_tokens_are_random() -> None:
    made = [new_token() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(token_in(f"a+{token}@b.example") == token for token in made)
    # Every one of the 128 bits takes both values.
    ones = [sum(int(token, 16) >> bit & 1 for token in made) for bit in range(128)]
    assert min(ones) > 350
    assert max(ones) < 650


@pytest.mark.parametrize(
    ("token", "mailbox"),
    [("0" * 31, "ar@x.example"), ("G" * 32, "ar@x.example"), ("0" * 32, "ar+x@x.example"), ("0" * 32, "a" * 32 + "@x.example"), ("0" * 32, "no address")],
)  # fmt: skip
def test_what_is_no_address_with_a_token_is_refused(token: str, mailbox: str) -> None:
    with pytest.raises(ValueError, match="reply token"):
        address_with(token, mailbox)


def settings(**values: Any) -> MailboxSettings:
    given = {"name": "ar", "address": "ar@company.example", "host": "imap.company.example", "user": "ar"}
    return MailboxSettings.model_validate(given | values)


def test_plus_addressing_and_nameless_results_are_off_by_default() -> None:
    plain = settings(authserv_id=("mx.company.example",))
    assert (plain.plus_addressing, plain.trust_nameless_results) == (False, False)
    assert plain.trusted_results == ("mx.company.example",)


@pytest.mark.parametrize("address", ["ar+in@company.example", "a" * 32 + "@company.example"])
def test_an_address_that_has_no_room_for_a_token_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="plus_addressing"):
        settings(address=address, plus_addressing=True)


@pytest.mark.parametrize("host", ["outlook.office365.com", "OUTLOOK.office365.com", "127.0.0.1"])
def test_nameless_results_are_for_microsoft(host: str) -> None:
    assert settings(host=host, trust_nameless_results=True).trusted_results == ("",)


@pytest.mark.parametrize(
    "values", [{"host": "imap.company.example"}, {"host": "evil-office365.com"}, {"kind": "maildir", "path": "/x"}]
)
def test_nameless_results_are_for_nobody_else(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="trust_nameless_results: only for mailboxes at Microsoft 365"):
        settings(trust_nameless_results=True, **values)


def test_an_empty_name_does_not_come_in_by_another_door() -> None:
    with pytest.raises(ValidationError, match="a name is empty"):
        settings(authserv_id=("mx.company.example", " "))
