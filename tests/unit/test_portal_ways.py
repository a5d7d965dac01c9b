"""The whole way of an invoice that must go through a portal: asked, approved, entered, rejected by the portal's own mail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from agent.deps import Deps
from agent.effects import apply_effects
from agent.embedded.reader import EmbeddedReader
from agent.graph import propose
from mail.thread import Match, assign, match
from store import audit, messages, proposals
from store.aftermath import FollowupKind, PortalStatus
from store.cases import facts_for
from store.engine import unit_of_work
from store.inbound import InboundEmail
from store.matters import Followup, PortalItem
from store.portal_hearing import advance
from store.proposed import Proposal
from store.tables import Customer, Invoice, Message, ProposalRow
from store.vocabulary import IdentityLevel, MessageState, ProposalStatus, Reason, Verdict
from tests.factories import House, claim, open_house
from tests.portal_mails import WITH_PORTALS, parsed, raw_mail

COUPA = "Harrow & Finch <do_not_reply@supplier.coupa-mail.test>"
REJECTION = "Harrow & Finch has disputed invoice #INV-20413.\n\nDispute reason: Incorrect PO number\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An installation that knows the portals' domains."""
    return open_house(tmp_path)


def arrives(house: House, email: InboundEmail) -> tuple[int, Match]:
    """Record and match a mail as the daemon does."""
    number = next(house._uids)
    with unit_of_work(house.engine) as session:
        recorded = messages.record(
            session,
            mailbox="ar",
            folder="INBOX",
            uidvalidity=1,
            uid=number,
            raw=f"mail {number}".encode(),
            email=email,
            received_at=house.now,
        )
        found = match(session, email, company=WITH_PORTALS, now=house.now)
        assign(session, recorded.message_id, found, house.now)
    return recorded.message_id, found


def notice(house: House, subject: str, text: str, **changes: Any) -> tuple[int, Match]:
    given: dict[str, Any] = {"sender": COUPA, "subject": subject, "text": text, "sent_at": house.now}
    return arrives(house, parsed(raw_mail(**given | changes)))


def thought(house: House, message_id: int) -> Proposal:
    """Let the agent think about a recorded mail, without a language model."""
    deps = Deps(company=WITH_PORTALS, policy=house.policy, embedded=EmbeddedReader())
    with unit_of_work(house.engine) as session:
        message, facts = messages.load(session, message_id), facts_for(session, message_id, now=house.now)
    return propose(message, facts, deps)


def submitted_item(house: House, *, number: str = "INV-20413") -> int:
    """A reply asks for Coupa, the proposal is approved, and a person marks the item as submitted."""
    words = f"Please upload invoice {number} to Coupa, we cannot take it by mail."
    message = house.receive(words)
    proposal = house.hold(message, claim(Reason.PORTAL_SUBMISSION, words, invoices=[number], portal="Coupa"))
    house.desk.approve(proposal, version=1, actor="anna")
    sent(house, proposal)
    with unit_of_work(house.engine) as session:
        item = the_item(session, number)
        assert item.id is not None
        advance(session, item.id, PortalStatus.SUBMITTED, actor="anna", now=house.now)
        house.now += timedelta(hours=3)
        return item.id


def sent(house: House, proposal_id: int) -> None:
    """Carry out what was approved, as the sender does when the mail has gone."""
    with unit_of_work(house.engine) as session:
        apply_effects(session, proposal_id, house.now)
        proposals.close(session, proposal_id, status=ProposalStatus.SENT, actor="daemon", now=house.now)


def the_item(session: Session, number: str = "INV-20413") -> PortalItem:
    return session.exec(select(PortalItem).where(PortalItem.invoice_number == number)).one()


def status_of(house: House, number: str = "INV-20413") -> str:
    with unit_of_work(house.engine) as session:
        return the_item(session, number).status


def wakings(house: House) -> int:
    with unit_of_work(house.engine) as session:
        return len(session.exec(select(Followup).where(Followup.kind == FollowupKind.PORTAL_REJECTED)).all())


# --- from the reply to the item -------------------------------------------------------------------------------------


def test_a_reply_that_asks_for_coupa_becomes_an_item_once_it_is_approved(house: House) -> None:
    words = "Please upload invoice INV-20413 to Coupa, we cannot take it by mail."
    message = house.receive(words)
    proposal = house.hold(message, claim(Reason.PORTAL_SUBMISSION, words, invoices=["INV-20413"], portal="Coupa"))
    shown = house.desk.show(proposal)
    assert shown is not None
    (action,) = shown.proposal.actions
    assert action.tool == "submit_to_portal"
    for piece in ("Invoice #: INV-20413", "PO #: HF-77041", "Total: 11482.50", "INV-20413.pdf (sha256 "):
        assert piece in action.preview
    assert "INV-20413 must go through Coupa" in (shown.proposal.draft.rendered if shown.proposal.draft else "")
    assert not shown.proposal.blocked
    with unit_of_work(house.engine) as session:
        assert session.exec(select(PortalItem)).all() == []
    house.desk.approve(proposal, version=1, actor="anna")
    sent(house, proposal)
    with unit_of_work(house.engine) as session:
        item = the_item(session)
        assert (item.status, item.portal, item.customer_id) == ("to_submit", "coupa", "C1001")
        assert item.fields["Total"] == "11482.50"
        assert item.missing == ["supplier_number"]
        assert [move["by"] for move in item.moves] == ["anna"]


def test_the_agent_itself_proposes_it(house: House) -> None:
    message = house.receive("Invoices must be submitted through our Coupa portal. Please submit INV-20413 there.")
    proposal = thought(house, message)
    assert "submit_to_portal" in {action.tool for action in proposal.actions}


# --- the portal's own mails -----------------------------------------------------------------------------------------


def test_coupas_rejection_moves_the_item_wakes_the_case_and_is_never_answered(house: House) -> None:
    item_id = submitted_item(house)
    message, found = notice(house, "Action required: your invoice #INV-20413 is disputed", REJECTION)
    assert (found.customer_id, found.identity) == ("C1001", IdentityLevel.C)
    with unit_of_work(house.engine) as session:
        item = session.get_one(PortalItem, item_id)
        assert (item.status, item.moves[-1]["why"], item.moves[-1]["by"]) == (
            "rejected",
            "Incorrect PO number",
            "portal",
        )
        row = session.get_one(Message, message)
        assert (row.from_customer, row.state) == (False, MessageState.STORED)
        assert "portal_rejected:INV-20413" in row.match_flags
        assert audit.verify(session)[1] is None
    assert wakings(house) == 1
    proposal = thought(house, message)
    assert (proposal.verdict, proposal.draft) == (Verdict.PORTAL_NOTICE, None)
    assert [action.tool for action in proposal.actions] == ["no_reply"]
    assert proposal.needs_person == f"Coupa rejected INV-20413: portal item {item_id} holds the reason"


@pytest.mark.parametrize(
    ("subject", "status"),
    [
        ("Invoice INV-20413 has been approved", "approved"),
        ("Invoice INV-20413 has been paid", "paid"),
        ("Payment scheduled for invoice INV-20413", "approved"),
    ],
)
def test_good_news_is_noted_and_the_ledger_stays(house: House, subject: str, status: str) -> None:
    submitted_item(house)
    with unit_of_work(house.engine) as session:
        before = session.get_one(Invoice, "INV-20413").model_dump()
    message, _ = notice(house, subject, "See the portal for details.")
    assert status_of(house) == status
    assert wakings(house) == 0
    with unit_of_work(house.engine) as session:
        assert session.get_one(Invoice, "INV-20413").model_dump() == before
    proposal = thought(house, message)
    assert (proposal.verdict, proposal.draft, proposal.needs_person) == (Verdict.PORTAL_NOTICE, None, None)


def test_a_portals_mail_overtakes_no_proposal(house: House) -> None:
    submitted_item(house)
    words = "We will pay INV-20413 on 20 March."
    held = house.hold(house.receive(words), claim(Reason.ACKNOWLEDGEMENT, words))
    notice(house, "Invoice INV-20413 has been approved", "Approved.")
    with unit_of_work(house.engine) as session:
        assert session.get_one(ProposalRow, held).status == ProposalStatus.HELD


@pytest.mark.parametrize(
    "changes",
    [
        {"results": None},
        {"results": "fail"},
        {"sender": "Coupa <do_not_reply@c0upa-mail.test>"},
        {"sender": "Coupa Supplier Portal <billing@pay-now.example>"},
        {"sender": "Coupa <x@coupa-mail.test.pay-now.example>"},
    ],
)
def test_an_unproven_mail_moves_nothing_and_is_flagged(house: House, changes: dict[str, Any]) -> None:
    submitted_item(house)
    message, found = notice(house, "Your invoice #INV-20413 is disputed", REJECTION, **changes)
    assert status_of(house) == "submitted"
    assert wakings(house) == 0
    assert "portal_unproven" in found.flags
    assert found.customer_id is None
    assert [c.customer_id for c in found.candidates] == ["C1001"]
    proposal = thought(house, message)
    assert (proposal.verdict, proposal.draft) == (Verdict.PORTAL_NOTICE, None)
    assert "not proven" in (proposal.needs_person or "")


def test_a_contact_who_bears_a_portals_name_is_still_a_contact(house: House) -> None:
    submitted_item(house)
    message = house.receive("Your invoice INV-20413 was rejected in Coupa.", from_name="Pat Kershaw (Coupa helpdesk)")
    with unit_of_work(house.engine) as session:
        row = session.get_one(Message, message)
        assert (row.customer_id, row.from_customer) == ("C1001", True)
        assert "portal_unproven" not in row.match_flags
    assert status_of(house) == "submitted"


def test_a_mail_of_a_portal_that_the_customer_does_not_use_moves_nothing(house: House) -> None:
    submitted_item(house)
    message, found = notice(
        house, "Invoice INV-20413 was rejected", "Reason: none", sender="SAP <x@ansmtp.ariba-mail.test>"
    )
    assert status_of(house) == "submitted"
    assert (found.customer_id, found.flags[0]) == (None, "portal_mail")
    told = "a portal's mail that belongs to no customer: assign it, or close it"
    assert thought(house, message).needs_person == told


def test_a_rejection_without_an_item_is_shown_to_a_person(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.get_one(Customer, "C1001").portal = "Coupa"
    message, found = notice(house, "Your invoice #INV-20413 is disputed", REJECTION)
    assert found.customer_id == "C1001"
    proposal = thought(house, message)
    assert proposal.needs_person == "the portal rejected INV-20413; no work item of it is open here"
    assert wakings(house) == 0


def test_a_mail_about_invoices_of_two_customers_is_for_a_person(house: House) -> None:
    submitted_item(house)
    text = "INV-20413   Rejected\nINV-20418   Approved\n"
    _, found = notice(house, "Daily status report", text)
    assert (found.customer_id, status_of(house)) == (None, "submitted")
    assert "several_customers" in found.flags
    assert {c.customer_id for c in found.candidates} == {"C1001", "C1006"}


def test_a_comment_of_a_portal_is_placed_and_read_by_a_person(house: House) -> None:
    message, found = notice(house, "New comment on invoice INV-20413", "Who ordered invoice INV-20413?")
    assert found.customer_id == "C1001"
    assert thought(house, message).needs_person == "a portal's mail that tells of no invoice's standing: read it"


def test_the_same_mail_twice_moves_once(house: House) -> None:
    item_id = submitted_item(house)
    notice(house, "Your invoice #INV-20413 is disputed", REJECTION)
    notice(house, "Your invoice #INV-20413 is disputed", REJECTION + "\nSecond copy.")
    with unit_of_work(house.engine) as session:
        moves = [m["to"] for m in session.get_one(PortalItem, item_id).moves]
    assert moves == ["to_submit", "submitted", "rejected"]
    assert wakings(house) == 1


def test_a_customer_who_asks_again_is_told_and_nothing_is_opened_twice(house: House) -> None:
    submitted_item(house)
    words = "Please upload INV-20413 to Coupa."
    proposal = house.hold(
        house.receive(words), claim(Reason.PORTAL_SUBMISSION, words, invoices=["INV-20413"], portal="Coupa")
    )
    shown = house.desk.show(proposal)
    assert shown is not None
    assert shown.proposal.draft is not None
    assert "already submitted invoice INV-20413 in Coupa" in shown.proposal.draft.rendered
    house.desk.approve(proposal, version=1, actor="anna")
    sent(house, proposal)
    assert status_of(house) == "submitted"


def test_a_rejection_that_the_customer_tells_is_marked_when_a_person_approves(house: House) -> None:
    item_id = submitted_item(house)
    words = "INV-20413 was rejected in Coupa, the PO is closed."
    proposal = house.hold(
        house.receive(words), claim(Reason.PORTAL_SUBMISSION, words, invoices=["INV-20413"], portal="Coupa")
    )
    assert status_of(house) == "submitted"
    house.desk.approve(proposal, version=1, actor="anna")
    sent(house, proposal)
    with unit_of_work(house.engine) as session:
        item = session.get_one(PortalItem, item_id)
        assert (item.status, item.moves[-1]["by"]) == ("rejected", "anna")
    assert wakings(house) == 0  # the answer itself speaks of it
