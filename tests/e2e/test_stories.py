"""Whole stories over real mail with a moved clock: what was said, what came of it, and what was written then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from review.desk import RejectReason
from store.aftermath import DisputeStatus, InstalmentStatus, PlanStatus, PromiseStatus
from store.tables import Contact, Dispute, Hold, Instalment, Invoice, Plan, Promise, Resubmission
from store.vocabulary import ContactStatus
from tests.e2e.moving import Story, told
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import SmtpServer, smtp_server

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]

#: A Tuesday, in office hours of the customer's zone.
START = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[SmtpServer]:
    with smtp_server(tmp_path) as server:
        yield server


@pytest.fixture
def story(dovecot: Dovecot, smtp: SmtpServer, tmp_path: Path) -> Iterator[Story]:
    with told(dovecot, smtp, tmp_path, start=START) as begun:
        yield begun


def balances(story: Story) -> dict[str, Decimal]:
    return {invoice.number: invoice.balance for invoice in story.rows(Invoice)}


def test_a_promise_is_broken_and_the_case_wakes(story: Story) -> None:
    before = balances(story)
    story.writes("Morning,\n\nF-5501 will be paid in full on 20 April 2026.\n\nMoira\n")
    noted = story.answered()
    assert "20 April 2026" in story.text(noted)
    (promise,) = story.rows(Promise)
    assert (promise.status, promise.due) == (PromiseStatus.OPEN, date(2026, 4, 20))
    story.to(datetime(2026, 4, 21, 9, 30, tzinfo=UTC))
    story.round()
    assert story.desk.held() == [], "a promise has its days of grace"
    story.to(datetime(2026, 4, 29, 9, 30, tzinfo=UTC))
    story.round()
    assert story.desk.held() == [], "the ledger is older than the promise's last day: nobody knows yet"
    story.erp()
    story.round()
    (promise,) = story.rows(Promise)
    assert promise.status == PromiseStatus.BROKEN
    assert story.tools() == ["follow_up"]
    item = story.one()
    assert item.proposal.draft is not None
    assert "1 broken promise" in item.proposal.tone.reasons
    story.approve(item)
    story.round()
    asked = story.mails[-1]
    assert len(story.mails) == 2
    assert "20 April 2026" in story.text(asked)
    assert "1,800.00" in story.text(asked)
    assert str(noted["Message-ID"]) in str(asked["References"]) or asked["In-Reply-To"]
    story.days(1)
    story.round()
    assert story.desk.held() == [], "it wakes once"
    assert balances(story) == before


def test_a_promise_kept_in_part_says_what_is_missing(story: Story) -> None:
    story.writes("We will pay 1,000.00 GBP on F-5501 on 20 April 2026. Moira")
    story.answered()
    story.to(datetime(2026, 4, 20, 14, 0, tzinfo=UTC))
    story.pays("F-5501", "990.00", balance="810.00")
    story.to(datetime(2026, 4, 29, 9, 30, tzinfo=UTC))
    story.erp()
    story.round()
    item = story.one()
    assert item.proposal.draft is not None
    assert "Of that, £10.00 has not reached us" in item.proposal.draft.rendered.replace("GBP ", "£")


def test_a_promise_is_kept_and_nobody_is_bothered(story: Story) -> None:
    story.writes("F-5501 will be paid in full on 20 April 2026. Moira")
    story.answered()
    story.to(datetime(2026, 4, 20, 14, 0, tzinfo=UTC))
    story.pays("F-5501", "1800.00", balance="0.00")
    story.to(datetime(2026, 4, 29, 9, 30, tzinfo=UTC))
    story.round()
    (promise,) = story.rows(Promise)
    assert promise.status == PromiseStatus.KEPT
    assert story.desk.held() == []
    assert len(story.mails) == 1


def test_a_plan_is_accepted_kept_once_and_broken_at_the_second_instalment(story: Story) -> None:
    story.writes(
        "Dear Fernhill,\n\nbusiness is very slow and we cannot pay F-5501 at once. Could we pay it in three monthly "
        "instalments?\n\nMoira\n"
    )
    offer = story.answered()
    (plan,) = story.rows(Plan)
    assert plan.status == PlanStatus.PROPOSED
    parts = sorted(story.rows(Instalment), key=lambda part: part.position)
    assert sum(part.amount for part in parts) == Decimal("1800.00")
    assert [part.amount for part in parts] == [Decimal("600.00")] * 3
    assert "600.00" in story.text(offer)

    story.days(1)
    story.erp()
    story.writes("Thank you, we agree to that plan.\n\nMoira\n", answering=offer)
    agreed = story.answered()
    (plan,) = story.rows(Plan)
    assert plan.status == PlanStatus.AGREED
    assert "600.00" in story.text(agreed)

    first, second = parts[0].due, parts[1].due
    story.to(datetime(first.year, first.month, first.day, 9, 30, tzinfo=UTC))
    story.round()
    for item in story.desk.held():  # the friendly reminder of the first instalment
        story.desk.reject(
            item.row.id or 0, version=item.row.version, actor="ines", reason=RejectReason.NO_ANSWER_NEEDED, note=""
        )
    story.pays("F-5501", "600.00", balance="1200.00")
    story.round()
    parts = sorted(story.rows(Instalment), key=lambda part: part.position)
    assert parts[0].status == InstalmentStatus.PAID
    (plan,) = story.rows(Plan)
    assert plan.status == PlanStatus.AGREED

    story.to(datetime(second.year, second.month, second.day, 9, 30, tzinfo=UTC))
    story.round()
    for item in story.desk.held():
        story.desk.reject(
            item.row.id or 0, version=item.row.version, actor="ines", reason=RejectReason.NO_ANSWER_NEEDED, note=""
        )
    sent = len(story.mails)
    story.days(13)
    story.erp()
    story.round()
    (plan,) = story.rows(Plan)
    parts = sorted(story.rows(Instalment), key=lambda part: part.position)
    assert plan.status == PlanStatus.BROKEN
    assert [part.status for part in parts] == [
        InstalmentStatus.PAID,
        InstalmentStatus.MISSED,
        InstalmentStatus.OPEN,
    ]
    assert all(hold.released_at is not None for hold in story.rows(Hold)), "outreach is open again"
    item = story.one()
    assert [action.tool for action in item.proposal.actions] == ["follow_up"]
    story.approve(item)
    story.round()
    assert len(story.mails) == sent + 1
    assert "600.00" in story.text(story.mails[-1])
    assert balances(story)["F-5501"] == Decimal("1200.00")


def test_a_dispute_is_resolved_by_a_credit(story: Story) -> None:
    story.writes(
        "Hello, we dispute F-5501: four of the router cutters arrived damaged, so we hold back 300.00 GBP of it.\n\nMoira"
    )
    opened = story.answered()
    assert "1,800.00" not in story.text(opened), "no demand where money is contested"
    (dispute,) = story.rows(Dispute)
    assert dispute.status == DisputeStatus.OPEN
    story.days(3)
    credit = Decimal("300.00")
    story.desk.end_dispute(
        dispute.id, status=DisputeStatus.CREDITED, actor="bea", reason="Four cutters came back chipped", credit=credit
    )
    story.erp(
        invoices=story.files["invoices"].replace(
            "F-5501,K1,2026-01-20,2026-02-19,GBP,1800.00,1800.00", "F-5501,K1,2026-01-20,2026-02-19,GBP,1800.00,1500.00"
        )
    )
    story.round()
    assert story.tools() == ["follow_up"]
    story.approve(story.one())
    story.round()
    told_of = story.text(story.mails[-1])
    assert "300.00" in told_of
    assert "1,500.00" in told_of
    (dispute,) = story.rows(Dispute)
    assert (dispute.status, dispute.credit, dispute.ended_by) == (DisputeStatus.CREDITED, credit, "bea")


def test_a_po_mismatch_is_resubmitted_and_paid(story: Story) -> None:
    story.writes("F-5501 was rejected: the purchase order on it is wrong. Please reissue it with PO-9944.\n\nMoira")
    story.round()
    assert story.tools() == ["resubmit_invoice"]
    story.approve(story.one())
    story.round()
    assert "PO-9944" in story.text(story.mails[-1])
    (again,) = story.rows(Resubmission)
    assert (again.invoice_number, again.po_number, again.status) == ("F-5501", "PO-9944", "open")
    story.days(5)
    story.pays("F-5501", "1800.00", balance="0.00")
    story.days(20)
    story.round()
    (again,) = story.rows(Resubmission)
    assert again.status == "paid"
    assert story.desk.held() == []


def test_an_unanswered_resubmission_wakes_the_case(story: Story) -> None:
    story.writes("We never received F-5501, please send us a copy.\n\nMoira")
    copy = story.answered()
    assert [part.get_filename() for part in copy.iter_attachments()] == ["F-5501.pdf"]
    story.days(14)
    story.round()
    assert story.tools() == ["follow_up"]
    story.approve(story.one())
    story.round()
    assert "F-5501" in story.text(story.mails[-1])


def test_a_wrong_contact_is_replaced(story: Story) -> None:
    story.writes(
        "Hi, I no longer handle invoices here. For F-5501 please write to Owen Pryce, owen.pryce@bracken.example.\n\nMoira"
    )
    story.answered()
    (named,) = [c for c in story.rows(Contact) if c.email == "owen.pryce@bracken.example"]
    assert named.status == ContactStatus.TO_VERIFY
    story.days(1)
    story.desk.verify_contact(named.id, actor="bea", note="Called Bracken's switchboard on the contract's number")
    story.round()
    assert story.tools() == ["follow_up"]
    # Verified a moment ago: a manager would have to look, or a day passes. The ledger comes in every night.
    story.days(2)
    story.erp()
    story.approve(story.one())
    story.round()
    assert story.smtp.sink.taken[-1].recipients == ["owen.pryce@bracken.example"]
    assert "Owen Pryce" in story.text(story.mails[-1])
    old = next(c for c in story.rows(Contact) if c.email == "moira@bracken.example")
    assert old.status == ContactStatus.INVALID
