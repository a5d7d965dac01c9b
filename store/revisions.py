"""How a proposal came to be what it is: every content that it ever had, with who made it and when. Only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from store.proposed import Proposal
from store.reviewing import Change, Revision
from store.tables import ProposalRow

_BY_HAND = (Change.EDITED, Change.REDECIDED, Change.REDRAFTED)


@dataclass(frozen=True, slots=True)
class Made:
    """One state of a proposal."""

    version: int
    change: Change
    actor: str
    at: datetime
    proposal: Proposal


def keep(
    session: Session, proposal_id: int, proposal: Proposal, *, version: int, change: Change, actor: str, now: datetime
) -> Proposal:
    """Keep the content that takes the place of `version`; give the one that was proposed at first. Before the row changes."""
    row = session.get_one(ProposalRow, proposal_id, populate_existing=True)
    first = session.get(Revision, (proposal_id, 1))
    if first is None:
        first = Revision(
            proposal_id=proposal_id,
            version=1,
            change=Change.PROPOSED,
            actor="dunwell",
            at=row.created_at,
            content=dict(row.content),
        )
        session.add(first)
    session.add(
        Revision(
            proposal_id=proposal_id,
            version=version + 1,
            change=change,
            actor=actor,
            at=now,
            content=proposal.model_dump(mode="json", exclude={"calls"}),
        )
    )
    session.flush()
    return Proposal.model_validate(first.content)


def history(session: Session, proposal_id: int) -> list[Made]:
    """List every state of a proposal, oldest first; empty where nothing was ever changed."""
    rows = session.exec(
        select(Revision).where(Revision.proposal_id == proposal_id).order_by(col(Revision.version))
    ).all()
    return [
        Made(
            version=row.version,
            change=Change(row.change),
            actor=row.actor,
            at=row.at,
            proposal=Proposal.model_validate(row.content),
        )
        for row in rows
    ]


def first_of(session: Session, row: ProposalRow) -> Proposal:
    """Give what was proposed at first, before anybody changed it."""
    first = session.get(Revision, (row.id, 1))
    return Proposal.model_validate(first.content if first is not None else row.content)


def writers(session: Session, proposal_id: int) -> tuple[str, ...]:
    """List everybody who ever chose words or acts of a proposal: another hand after theirs does not make it another's."""
    query = select(Revision.actor).where(
        Revision.proposal_id == proposal_id, col(Revision.change).in_([change.value for change in _BY_HAND])
    )
    return tuple(session.exec(query.distinct()).all())


def reworded(first: Proposal, now: Proposal) -> bool:
    """Say whether the words, the acts or the reading are others than those proposed: blanks and line ends are no words."""
    return _words(first) != _words(now) or _acts(first) != _acts(now) or _reading(first) != _reading(now)


def _reading(proposal: Proposal) -> list[str]:
    return [claim.reason.value for claim in proposal.claims]


def _words(proposal: Proposal) -> list[str]:
    return proposal.draft.body.split() if proposal.draft is not None else []


def _acts(proposal: Proposal) -> list[tuple[str, tuple[int, ...], dict[str, Any]]]:
    return [(action.tool, action.claims, action.arguments) for action in proposal.actions if not action.declined]
