"""A gentle SMS, with every cell of the autonomy table open and proven: a person approves it all the same."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from agent.autonomy import counted_as
from review.item import Blocked
from store import decisions
from store.channel_tasks import ChannelTask
from store.decisions import AUTONOMY, Decided
from store.engine import unit_of_work
from store.measured import Outcome
from store.outreach_words import Channel
from store.vocabulary import ProposalStatus
from tests.channel_house import reachable_house, waiting
from tests.outreach_house import empty_books, outgoing
from tools.autonomy import TEMPLATE_REASONS, Band
from tools.jurisdiction import STRICT
from tools.limits import Policy


def test_no_record_sends_a_text_without_a_person(tmp_path: Path) -> None:
    house = reachable_house(tmp_path, empty_books(tmp_path))
    given = house.policy.model_dump()
    given["jurisdictions"][STRICT]["notices"]["ai"] = "always"
    given["autonomy"]["open"] = [
        {"reason": reason, "band": band, "tier": "standard"}
        for reason in TEMPLATE_REASONS
        for band in (Band.SMALL, Band.MEDIUM)
    ]
    house.policy = Policy.model_validate(given)
    desk = house.desk
    desk.texts = True
    item = waiting(house, tmp_path, Channel.SMS)
    number, mine = item.row.id or 0, counted_as(item.proposal)
    assert mine == ("remind_overdue_by_sms",)
    for reasons in (("remind_overdue",), mine):
        about = Decided(reasons, "standard", Decimal("2040.50"), "rules", "template")
        with unit_of_work(house.engine) as session:
            for _ in range(60):
                decisions.note(session, number, about, outcome=Outcome.UNEDITED, actor="ines", now=house.now)
    assert "always a person's" in str(desk.answer_alone(number))
    with pytest.raises(Blocked, match="never approved without a person"):
        desk.approve(number, version=item.row.version, actor=AUTONOMY)
    assert outgoing(house) == []
    with unit_of_work(house.engine) as session:
        assert session.exec(select(ChannelTask)).all() == []
    shown = desk.show(number)
    assert shown is not None
    assert shown.row.status == ProposalStatus.HELD
    desk.approve(number, version=shown.row.version, actor="ines", opened=True)
    with unit_of_work(house.engine) as session:
        assert [task.approved_by for task in session.exec(select(ChannelTask))] == ["ines"]
