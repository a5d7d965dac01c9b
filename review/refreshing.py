"""Asks of a held proposal whether it still stands, and has it made anew where it does not. Decides nothing about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from review.approving import Approving, Decision
from review.item import Item
from review.overtaking import overtaken_by
from store import proposals
from store.clock import Clock
from store.engine import unit_of_work
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus
from tools.limits import Policy

#: The name in whose place a draft is judged before it is filed: nobody's, so no more than a collector's.
DRAFTS = "drafts folder"


class Refreshing:
    """The part of the desk that looks whether what is held is still true."""

    engine: Engine
    policy: Policy
    clock: Clock
    _item: Callable[[Session, ProposalRow], Item]
    _approving: Callable[[Item], Approving]
    _moved_on: Callable[[Item], bool]
    _sender_of: Callable[[str], str]
    _fill_anew: Callable[..., None]

    def item_of(self, session: Session, row: ProposalRow) -> Item:
        """Give the item of a row in the caller's transaction."""
        return self._item(session, row)

    def sender_of(self, mailbox: str) -> str:
        """Give the address that a mailbox's answers go out from."""
        return self._sender_of(mailbox)

    def stands(self, item: Item) -> bool:
        """Say whether a held item could be approved as it was made: nothing overtook it, and no value moved on."""
        return overtaken_by(item, policy=self.policy) is None and not self._moved_on(item)

    def judged_as_collector(self, session: Session, item: Item, *, now: datetime) -> Decision:
        """Judge an item as the approval of a collector who acknowledges nothing. Writes nothing. Raises Blocked."""
        return self._approving(item).decide(session, actor=DRAFTS, acknowledged={}, now=now)

    def refresh(self, proposal_id: int) -> bool:
        """Have a held proposal made anew where it no longer stands; say whether it did. Raises Stale when somebody is faster.

        What a person worded stays as it is until they decide: their work is not taken from under their hands.
        """
        now = self.clock()
        with unit_of_work(self.engine) as session:
            row = session.get_one(ProposalRow, proposal_id)
            if row.status != ProposalStatus.HELD:
                return True
            item = self._item(session, row)
            overtaken = overtaken_by(item, policy=self.policy)
            if row.edited_by is not None:
                return overtaken is None and not self._moved_on(item)
            if overtaken is not None:
                proposals.void(session, proposal_id, reason=overtaken, now=now)
                return False
            if self._moved_on(item):
                self._fill_anew(session, item, actor="daemon", now=now)
                return False
            return True
