"""Puts what waits outside the queue into the words of the JSON API. Pure functions."""

from __future__ import annotations

from review.api_accounts import AttentionOut, ContactOut, EscalationOut, UndeliveredOut, WakingOut
from review.api_models import CustomerRef
from review.api_views import outgoing_out, stranded_out
from review.lookups import Attention
from store.tables import Contact, Outgoing


def attention_out(found: Attention) -> AttentionOut:
    """Give everything that waits for a person outside the queue."""

    def who(customer_id: str) -> CustomerRef:
        return CustomerRef(id=customer_id, name=found.name(customer_id))

    def undelivered(row: Outgoing) -> UndeliveredOut:
        return UndeliveredOut(item_id=row.proposal_id, customer=who(row.customer_id), outgoing=outgoing_out(row))

    return AttentionOut(
        wakings=[
            WakingOut(id=w.id or 0, customer=who(w.customer_id), kind=w.kind, due_on=w.due_on, error=w.last_error)
            for w in found.wakings
        ],
        stranded=[stranded_out(mail) for mail in found.stranded],
        uncertain=[undelivered(row) for row in found.uncertain],
        failed=[undelivered(row) for row in found.failed],
        escalations=[
            EscalationOut(
                id=e.id or 0,
                customer=who(e.customer_id),
                role=e.role,
                urgency=e.urgency,
                reason=e.reason,
                summary=e.summary,
                status=e.status,
            )
            for e in found.escalations
        ],
        contacts_to_verify=[_contact(c) for c in found.contacts],
        unreachable=[_contact(c) for c in found.unreachable],
    )


def _contact(row: Contact) -> ContactOut:
    return ContactOut(
        id=row.id or 0,
        customer_id=row.customer_id,
        name=row.name,
        email=row.email,
        role=row.role,
        status=row.status,
        delivery=row.delivery,
        delivery_note=row.delivery_note,
    )
