"""Puts what was decided for one customer into the books: the step and its waking, or the last step that people of ours decide on."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from outreach.deciding import Decision, Internal
from store.last_resort import propose_last_resort
from store.last_resort_words import Ground
from store.outreach_around import Around
from store.outreach_occasion import begin, note_internal
from store.outreach_words import LastResort, OutreachStep
from tools.remind import ACTOR

_PROPOSES = {OutreachStep.REVIEW: LastResort.REVIEW, OutreachStep.HAND_OFF: LastResort.HAND_OFF}


def put(session: Session, decision: Decision, beside: Around, *, mailbox: str, now: datetime) -> None:
    """Begin what writes to the customer, and propose what is for people of ours."""
    if (outward := decision.outward) is not None:
        begin(
            session,
            decision.customer_id,
            step=outward.step,
            channel=outward.channel,
            day=decision.day,
            invoices=outward.invoices,
            taken=outward.taken,
            why=outward.why,
            mailbox=mailbox,
            newest_message=beside.newest_message,
            now=now,
        )
    if decision.internal is not None:
        _propose(session, decision, decision.internal, now=now)


def _propose(session: Session, decision: Decision, internal: Internal, *, now: datetime) -> None:
    noted = note_internal(
        session,
        decision.customer_id,
        step=internal.step,
        day=decision.day,
        taken=internal.taken,
        why={},
        now=now,
    )
    if noted is not None:
        propose_last_resort(
            session,
            kind=_PROPOSES[internal.step],
            customer_id=decision.customer_id,
            invoices=tuple(internal.taken),
            why=Ground.CADENCE,
            actor=ACTOR,
            now=now,
        )
