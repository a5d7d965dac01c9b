"""Where a mail belongs and how sure we are who wrote, with a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from mail.thread import Match, assign, match
from store import audit, messages, proposals
from store.candidates import Hint
from store.cases import facts_for, open_case
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from store.inbound import Bounce, InboundEmail, SenderAuth
from store.proposed import Proposal
from store.tables import Case, Contact, Customer, Invoice, Message, Outgoing, ProposalRow
from store.vocabulary import ContactStatus, IdentityLevel, MessageKind, MessageState, ProposalStatus, Verdict

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
COMPANY = CompanyProfile(name="Nordholt Supply", email="ar@nordholt.example", own_domains=("nordholt-group.example",))
OURS = "<dw.0123@nordholt.example>"
PRIYA = "p.kershaw@harrowfinch.example"
PASS = SenderAuth(dmarc="pass", dkim="pass", dkim_domain="harrowfinch.example", spf="pass")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path / 'dunwell.db'}")
    migrate(engine)
    with unit_of_work(engine) as opened:
        for customer, contacts, invoices in (
            ("C1", [PRIYA, "shared@service.example"], ["INV-20413", "INV-20421"]),
            ("C2", ["j.b@kessler.example", "shared@service.example"], ["INV-30001"]),
        ):
            opened.add(
                Customer(id=customer, name=customer, currency="EUR", language="en", timezone="UTC", tier="A", owner="a")
            )
            opened.flush()
            for email in contacts:
                opened.add(Contact(customer_id=customer, name="", email=email, role="ap", created_at=NOW))
            for number in invoices:
                opened.add(
                    Invoice(
                        number=number, customer_id=customer, issue_date=date(2026, 1, 1), due_date=date(2026, 2, 1), currency="EUR",
                        amount=Decimal(10), balance=Decimal(10), po_number="", description="",
                    )
                )  # fmt: skip
        opened.flush()
        yield opened
    engine.dispose()


def email(**values: Any) -> InboundEmail:
    return InboundEmail(**{"kind": MessageKind.REPLY, "from_address": PRIYA, **values})


def found(session: Session, **values: Any) -> Match:
    return match(session, email(**values), company=COMPANY, now=NOW)


def record(session: Session, mail: InboundEmail, number: int = 1) -> int:
    return messages.record(
        session,
        mailbox="ar",
        folder="INBOX",
        uidvalidity=1,
        uid=number,
        raw=str(number).encode(),
        email=mail,
        received_at=NOW,
    ).message_id


def take_in(session: Session, number: int, **values: Any) -> tuple[int, int | None]:
    mail = email(**values)
    message_id = record(session, mail, number)
    return message_id, assign(session, message_id, match(session, mail, company=COMPANY, now=NOW), NOW)


def we_wrote(session: Session, customer: str = "C1", header: str = OURS) -> int:
    """Leave behind a mail of ours; give its case."""
    case_id = open_case(session, customer, now=NOW)
    message_id = record(session, email(new_text=header), number=abs(hash(header)) % 10**6 + 1000)
    proposal = ProposalRow(
        message_id=message_id, case_id=case_id, newest_message=message_id, created_at=NOW, status="sent"
    )
    session.add(proposal)
    session.flush()
    session.add(
        Outgoing(
            proposal_id=proposal.id or 0, case_id=case_id, customer_id=customer, mailbox="ar", message_id_header=header, sender="ar@nordholt.example",
            mime=b"", mime_sha256="", ledger_digest="", newest_message=message_id, next_attempt_at=NOW, created_at=NOW, state="filed",
        )
    )  # fmt: skip
    session.flush()
    return case_id


# --- where it belongs -----------------------------------------------------------------------------------------


def test_a_known_contact(session: Session) -> None:
    result = found(session, subject="Question", new_text="about inv 20413 and 30001")
    assert (result.customer_id, result.case_id, result.invoices, result.flags) == ("C1", None, ["INV-20413"], [])


def test_a_contact_is_known_in_any_case_of_letters(session: Session) -> None:
    session.exec(select(Contact).where(Contact.email == PRIYA)).one().email = "P.Kershaw@HarrowFinch.example"
    session.flush()
    assert found(session).customer_id == "C1"


def test_a_contact_to_verify_is_not_known(session: Session) -> None:
    session.exec(select(Contact).where(Contact.email == PRIYA)).one().status = ContactStatus.TO_VERIFY
    session.flush()
    assert (found(session).customer_id, found(session).identity) == (None, IdentityLevel.C)


@pytest.mark.parametrize(
    "chain",
    [
        {"in_reply_to": OURS},
        {"in_reply_to": OURS.strip("<>")},
        {"references": ("<x@y.example>", OURS, "<z@y.example>")},
        {"in_reply_to": "<other@y.example>", "references": (OURS,)},
    ],
)
def test_our_message_id_gives_case_and_customer(session: Session, chain: dict[str, Any]) -> None:
    case_id = we_wrote(session)
    result = found(session, **chain)
    assert (result.customer_id, result.case_id, result.flags) == ("C1", case_id, [])


def test_the_newest_of_our_mails_in_the_chain_decides(session: Session) -> None:
    we_wrote(session, "C2", "<dw.old@nordholt.example>")
    case_id = we_wrote(session)
    result = found(session, references=("<dw.old@nordholt.example>", OURS))
    assert (result.customer_id, result.case_id) == ("C1", case_id)


def test_our_message_id_does_not_make_a_stranger_known(session: Session) -> None:
    case_id = we_wrote(session)
    for stranger in ("eve@elsewhere.example", "j.b@kessler.example"):
        result = found(session, from_address=stranger, in_reply_to=OURS, auth=SenderAuth(dmarc="pass"))
        assert (result.customer_id, result.case_id) == ("C1", case_id)
        assert (result.identity, result.flags) == (IdentityLevel.C, ["foreign_sender"])


@pytest.mark.parametrize(
    ("text", "customer", "flags"),
    [
        ("invoice 30001", "C2", []),
        ("INV-20413", "C1", []),
        ("INV-20413 and INV-30001", None, ["shared_address", "several_customers"]),
        ("hello", None, ["shared_address"]),
    ],
)
def test_a_shared_address_is_told_apart_by_invoice_or_not_at_all(
    session: Session, text: str, customer: str | None, flags: list[str]
) -> None:
    result = found(session, from_address="shared@service.example", new_text=text)
    assert (result.customer_id, result.flags) == (customer, flags)
    assert {c.customer_id for c in result.candidates} == (set() if customer else {"C1", "C2"})


def test_a_shared_address_in_a_thread_is_of_that_thread(session: Session) -> None:
    case_id = we_wrote(session, "C2")
    for text in ("INV-30001 is paid", "we look into it"):
        result = found(session, from_address="shared@service.example", in_reply_to=OURS, new_text=text)
        assert (result.customer_id, result.case_id, result.identity) == ("C2", case_id, IdentityLevel.B)


@pytest.mark.parametrize("text", ["INV-20413", "INV-20413 and INV-30001 are paid"])
def test_a_shared_address_that_mixes_its_customers_in_a_thread_goes_to_a_person(session: Session, text: str) -> None:
    we_wrote(session, "C2")
    result = found(session, from_address="shared@service.example", in_reply_to=OURS, new_text=text)
    assert (result.customer_id, result.flags) == (None, ["several_customers"])
    assert [(c.customer_id, c.why) for c in result.candidates] == [("C2", Hint.OUR_MAIL), ("C1", Hint.INVOICE)]


@pytest.mark.parametrize("where", ["new_text", "quoted_text"])
def test_a_stranger_with_an_invoice_number(session: Session, where: str) -> None:
    result = found(session, from_address="eve@elsewhere.example", **{where: "your invoice no. 30001"})
    assert (result.customer_id, result.invoices) == ("C2", ["INV-30001"])
    assert (result.identity, result.flags) == (IdentityLevel.C, ["foreign_sender"])


def test_a_stranger_with_numbers_of_two_customers_is_left_to_a_person(session: Session) -> None:
    result = found(session, from_address="eve@elsewhere.example", new_text="INV-20413, INV-30001")
    assert (result.customer_id, result.flags) == (None, ["several_customers"])


def test_a_stranger_without_anything_is_unmatched(session: Session) -> None:
    result = found(session, from_address="eve@elsewhere.example", new_text="Buy paper clips, 500 for 12.99")
    assert (result.customer_id, result.case_id, result.identity, result.flags) == (None, None, IdentityLevel.C, [])


@pytest.mark.parametrize("sender", ["ar@nordholt.example", "boss@NORDHOLT-group.example"])
def test_own_mail(session: Session, sender: str) -> None:
    result = found(session, from_address=sender, new_text="INV-20413")
    assert (result.own_mail, result.customer_id, result.flags) == (True, None, ["own_mail"])
    case_id = we_wrote(session)
    in_thread = found(session, from_address=sender, in_reply_to=OURS)
    assert (in_thread.own_mail, in_thread.case_id, in_thread.flags) == (True, case_id, ["own_mail"])


def test_a_bounce_belongs_where_the_returned_mail_does(session: Session) -> None:
    case_id = we_wrote(session)
    bounce = {"kind": MessageKind.BOUNCE, "from_address": "mailer-daemon@nordholt.example", "subject": "INV-30001"}
    result = found(session, **bounce, bounce=Bounce(original_message_id=OURS))
    assert (result.customer_id, result.case_id, result.own_mail) == ("C1", case_id, False)


def test_a_bounce_is_matched_by_our_message_id_alone(session: Session) -> None:
    case_id = we_wrote(session)
    for bounce in (None, Bounce(), Bounce(original_message_id="<x@y.example>"), Bounce(recipient=PRIYA, hard=True)):
        result = found(session, kind=MessageKind.BOUNCE, subject="INV-20413", bounce=bounce)
        assert (result.customer_id, result.case_id) == (None, None)
        # Exchange names it in the header of its report instead of the returned copy.
        result = found(session, kind=MessageKind.BOUNCE, in_reply_to=OURS, bounce=bounce)
        assert (result.customer_id, result.case_id) == ("C1", case_id)


def test_a_hostile_chain_is_cut(session: Session) -> None:
    we_wrote(session)
    ids = tuple(f"<x{i}@y.example>" for i in range(2000))
    assert found(session, from_address="eve@elsewhere.example", references=(OURS, *ids)).customer_id is None


# --- who wrote ------------------------------------------------------------------------------------------------

A, B, C, D = IdentityLevel


@pytest.mark.parametrize(
    ("auth", "level"),
    [
        (PASS, A),
        (SenderAuth(dmarc="pass"), A),
        (SenderAuth(dkim="pass", dkim_domain="harrowfinch.example"), A),
        (SenderAuth(dkim="pass", dkim_domain="mail.harrowfinch.example", dmarc="none"), A),
        (SenderAuth(dkim="fail", dmarc="pass"), A),
        (SenderAuth(), B),
        (SenderAuth(dmarc="none", dkim="none", spf="none"), B),
        (SenderAuth(dmarc="none", dkim="none", spf="neutral"), B),
        (SenderAuth(dmarc="temperror"), B),
        (SenderAuth(spf="pass", spf_domain="mail.harrowfinch.example"), B),
        (SenderAuth(dmarc="none", dkim="fail", spf="pass", spf_domain="harrowfinch.example"), B),
        (SenderAuth(spf="pass"), C),
        (SenderAuth(spf="pass", spf_domain="elsewhere.example"), C),
        (SenderAuth(dmarc="none", dkim="none", spf="softfail"), C),
        (SenderAuth(dkim="pass", dkim_domain="elsewhere.example"), C),
        (SenderAuth(dmarc="none", dkim="pass", spf="none"), C),
        (SenderAuth(dmarc="fail"), D),
        (SenderAuth(dmarc="fail", dkim="pass", dkim_domain="harrowfinch.example"), D),
        (SenderAuth(dkim="fail"), D),
        (SenderAuth(dmarc="none", dkim="fail", spf="pass"), D),
        (SenderAuth(spf="fail"), D),
    ],
)
def test_levels_of_a_contact_in_a_thread(session: Session, auth: SenderAuth, level: IdentityLevel) -> None:
    we_wrote(session)
    result = found(session, in_reply_to=OURS, auth=auth)
    assert result.identity is level
    assert ("auth_failed" in result.flags) == (level is D)
    assert ("auth_doubtful" in result.flags) == (level is C)
    assert result.customer_id == "C1"


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({"in_reply_to": "<reminder-20413@nordholt.example>"}, A),
        ({"in_reply_to": "<1@erp.example>", "to": ("ar@nordholt.example",)}, A),
        ({"to": ("ar@nordholt.example",)}, B),
        ({"in_reply_to": "<1@erp.example>"}, B),
    ],
)
def test_a_is_for_answers_to_us(session: Session, values: dict[str, Any], level: IdentityLevel) -> None:
    assert found(session, auth=PASS, **values).identity is level


def test_a_stranger_is_never_above_c(session: Session) -> None:
    we_wrote(session)
    auth = SenderAuth(dmarc="pass", dkim="pass", dkim_domain="elsewhere.example")
    assert found(session, from_address="eve@elsewhere.example", in_reply_to=OURS, auth=auth).identity is C
    assert found(session, from_address="new@harrowfinch.example", auth=PASS).identity is C


@pytest.mark.parametrize(
    "domain",
    [
        "harr0wfinch.example",
        "harrowfinch.test",
        "harowfinch.example",
        "harrowfinch-ap.example",
        "n0rdholt.example",
        "nordholtgroup.example",
    ],
)
def test_a_look_alike_is_d(session: Session, domain: str) -> None:
    we_wrote(session)
    result = found(session, from_address=f"p.kershaw@{domain}", in_reply_to=OURS, auth=SenderAuth(dmarc="pass"))
    assert (result.identity, "look_alike" in result.flags) == (D, True)


def test_a_malformed_from_is_d(session: Session) -> None:
    we_wrote(session)
    result = found(session, from_address=None, from_raw="a@b.example, c@d.example", in_reply_to=OURS, auth=PASS)
    assert (result.identity, result.flags) == (D, ["foreign_sender", "malformed_from"])
    assert result.customer_id == "C1"


def test_reply_to_elsewhere_is_flagged(session: Session) -> None:
    assert "reply_to_elsewhere" in found(session, reply_to="eve@elsewhere.example").flags
    assert found(session, reply_to="desk@mail.harrowfinch.example").flags == []


# --- writing it down ------------------------------------------------------------------------------------------


def test_assign_writes_the_match_and_opens_one_case(session: Session) -> None:
    first, case_id = take_in(session, 1, new_text="INV-20413 is wrong")
    second, same = take_in(session, 2, new_text="and so is 20421", auth=SenderAuth(dmarc="fail"))
    assert case_id is not None
    assert case_id == same
    assert len(session.exec(select(Case)).all()) == 1
    row = session.get_one(Message, second)
    assert (row.customer_id, row.invoices, row.identity, row.match_flags) == ("C1", ["INV-20421"], D, ["auth_failed"])
    assert row.state == MessageState.STORED
    facts = facts_for(session, first, now=NOW)
    assert (facts.case_id, facts.newest_message, facts.mentioned) == (case_id, second, ("INV-20413",))
    assert audit.verify(session)[1] is None


def test_assign_leaves_the_unmatched_to_a_person_and_can_be_repeated(session: Session) -> None:
    message_id, case_id = take_in(session, 1, from_address="eve@elsewhere.example")
    row = session.get_one(Message, message_id)
    assert (case_id, row.state) == (None, MessageState.UNMATCHED)
    assign(session, message_id, Match("C1", None), NOW)
    assert (row.state, row.customer_id) == (MessageState.STORED, "C1")


def test_own_mail_does_not_wait_for_a_person(session: Session) -> None:
    message_id, _ = take_in(session, 1, from_address="ar@nordholt.example")
    assert session.get_one(Message, message_id).state == MessageState.STORED


def test_an_unreadable_mail_stays_unreadable_but_knows_its_case(session: Session) -> None:
    message_id, case_id = take_in(session, 1, kind=MessageKind.UNREADABLE, unreadable_reason="too deep")
    row = session.get_one(Message, message_id)
    assert (row.state, row.case_id) == (MessageState.UNREADABLE, case_id)
    other, _ = take_in(session, 2, kind=MessageKind.UNREADABLE, from_address=None)
    assert session.get_one(Message, other).state == MessageState.UNREADABLE


def test_a_new_mail_voids_what_was_proposed_before(session: Session) -> None:
    first, _ = take_in(session, 1, new_text="one")
    held = proposals.hold(
        session, Proposal(message_id=first, verdict=Verdict.REPLY, identity=B), newest_message=first, now=NOW
    )
    take_in(session, 2, from_address="j.b@kessler.example")
    assert held is not None
    assert session.get_one(ProposalRow, held).status == ProposalStatus.HELD
    take_in(session, 3, new_text="two")
    session.expire_all()
    assert session.get_one(ProposalRow, held).status == ProposalStatus.VOID


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("smallfirm@gmail.com", True),
        ("SmallFirm+ar@gmail.com", True),
        ("customer@gmail.com", False),
        ("x@fern.example", True),
    ],
)
def test_at_a_public_provider_only_our_very_address_is_ours(address: str, ours: bool) -> None:
    company = CompanyProfile(name="Small Firm", email="smallfirm@gmail.com", own_domains=("fern.example", "gmail.com"))
    assert company.owns(address) is ours
