"""A mail that has to wait for others names a day that is counted from when it leaves, and can be approved: nobody is left without an answer."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from agent.rules.timing import LEAST_DAYS
from review.desk import Item
from store.engine import unit_of_work
from store.outreach_words import OutreachStep
from store.proposals import Stale
from store.tables import Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, SendState
from tests.factories import House
from tests.outreach_house import TODAY, bill, day, empty_books, held, internally, outgoing, quiet_house, reminded, words


@pytest.fixture
def house(tmp_path: Path) -> House:
    return quiet_house(tmp_path, empty_books(tmp_path))


def _three_left(house: House, item: Item) -> None:
    """Let three mails about other matters have gone to this customer yesterday: the next one waits until tomorrow."""
    with unit_of_work(house.engine) as session:
        row = session.get_one(ProposalRow, item.row.id)
        for number in range(3):
            at = house.now - timedelta(days=1, minutes=number)
            own = {"id": None, "status": ProposalStatus.SENT, "followup_id": 900 + number, "case_id": None}
            other = ProposalRow.model_validate(row.model_dump() | own)
            session.add(other)
            session.flush()
            session.add(
                Outgoing(
                    proposal_id=other.id or 0,
                    customer_id=row.customer_id or "",
                    case_id=None,
                    mailbox="ar",
                    message_id_header=f"<other-{number}@x.example>",
                    sender="ar@x.example",
                    recipients=["ap@x.example"],
                    mime=b"",
                    mime_sha256="",
                    state=SendState.SENT,
                    ledger_digest="",
                    newest_message=0,
                    created_at=at,
                    sent_at=at,
                    next_attempt_at=at,
                )
            )


def test_a_final_notice_that_waits_for_the_caps_gives_all_the_days_from_when_it_leaves(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=36))
    reminded(house, OutreachStep.STILL_OPEN, "F-1", days=10)
    internally(house, OutreachStep.REVIEW, "F-1", days=5)
    day(house)
    item = held(house)
    _three_left(house, item)
    with pytest.raises(Stale, match="filled in anew"):
        house.desk.approve(item.row.id or 0, version=item.row.version, actor="ines")
    again = house.desk.show(item.row.id or 0)
    assert again is not None
    assert again.leaves is not None
    assert again.leaves.date() == house.now.date() + timedelta(days=1), "two days after those of yesterday"
    assert house.desk.approve(item.row.id or 0, version=again.row.version, actor="ines")
    (row,) = (mail for mail in outgoing(house) if mail.proposal_id == item.row.id)
    assert row.next_attempt_at == again.leaves
    assert again.proposal.draft is not None
    (told,) = {slot.text for slot in again.proposal.draft.slots if slot.slot == "deadline.date"}
    assert f"Please let us know by {told}" in words(
        message_from_bytes(row.mime, _class=EmailMessage, policy=policy.SMTP)
    )
    leaves = row.next_attempt_at.date()
    within = [leaves + timedelta(days=more) for more in range(LEAST_DAYS, LEAST_DAYS + 4)]
    assert told in {f"{one.day} {one:%B %Y}" for one in within}
