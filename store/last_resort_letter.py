"""Has a settlement told to the customer: the case wakes, and the letter goes the way of every follow-up. Sends nothing itself.

The letter goes back to what the customer wrote, best of all to their offer. Where they never wrote, it is the first of a conversation
of ours, or goes on in the one that our reminders began. What only a person may answer keeps it back: then a person tells them.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store import followups
from store.aftermath import FollowupKind
from store.cases import customer_facts
from store.last_resort import open_of
from store.last_resort_deciding import carry_out
from store.last_resort_tables import LastResortRow
from store.last_resort_words import Standing
from store.outreach_occasion import wake_on_note
from store.outreach_words import LastResort
from store.tables import Effect, ProposalRow
from store.vocabulary import ProposalStatus, Reason

#: What the customer wrote is a person's to answer, whatever was agreed.
_NEVER = frozenset({Reason.PAYMENT_FRAUD_RISK, Reason.INSOLVENCY, Reason.LEGAL_THREAT, Reason.STOP_CONTACT})
#: So many acts back is far enough.
_FAR = 50


def wake_for_letter(session: Session, row: LastResortRow, *, mailbox: str, now: datetime) -> bool:
    """Wake the case in which an approved settlement is told; False where a person has to tell it.

    `mailbox`: from which we write first; "" where none is named.
    """
    effect_id = _origin(session, row.customer_id)
    if row.id is None or (effect_id is None and (not mailbox or _barred(session, row.customer_id))):
        return False
    today = customer_facts(session, row.customer_id, now=now).today
    kind = FollowupKind.SETTLEMENT
    if effect_id is None:
        return wake_on_note(
            session, row.customer_id, kind=kind, subject_id=row.id, due_on=today, mailbox=mailbox, now=now
        )
    return followups.wake(session, kind=kind, subject_id=row.id, effect_id=effect_id, due_on=today, now=now)


def told_by_letter(session: Session, customer_id: str, *, actor: str, now: datetime) -> None:
    """Note that the letter of a customer's settlement left. One that was told by a person meanwhile, or ended, stays as it is."""
    row = open_of(session, customer_id, LastResort.SETTLEMENT)
    if row is not None and row.id is not None and row.status == Standing.APPROVED:
        carry_out(session, row.id, actor=actor, now=now)


def _origin(session: Session, customer_id: str) -> int | None:
    """Give the act that a letter follows: the last one upon an offer of a settlement, else the last upon anything they wrote."""
    rows = session.exec(
        select(Effect, ProposalRow)
        .join(ProposalRow, col(ProposalRow.id) == col(Effect.proposal_id))
        .where(ProposalRow.customer_id == customer_id, col(ProposalRow.followup_id).is_(None))
        .order_by(col(Effect.id).desc())
        .limit(_FAR)
    ).all()
    found: int | None = None
    for effect, proposal in rows:
        action = proposal.content["actions"][effect.position]
        reasons = {proposal.content["claims"][place]["reason"] for place in action["claims"][:1]}
        if not reasons or reasons & _NEVER:
            continue
        if Reason.SETTLEMENT_OFFER in reasons:
            return effect.id
        found = found if found is not None else effect.id
    return found


def _barred(session: Session, customer_id: str) -> bool:
    """Say whether they ever wrote what only a person may answer, carried out or not: whoever sees to it by hand leaves no act behind."""
    rows = select(ProposalRow.content).where(
        ProposalRow.customer_id == customer_id, ProposalRow.status != ProposalStatus.VOID
    )
    return any(claim.get("reason") in _NEVER for content in session.exec(rows) for claim in content.get("claims", ()))
