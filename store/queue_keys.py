"""What the queue is ordered, filtered and searched by, and the line it shows: derived from a proposal, and kept beside it.

Written when a proposal is held and whenever its content changes (`store.queue_filling`: or the account). Nothing here decides;
what is decided about is the proposal itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from store.balances import among, largest
from store.matters import Followup
from store.own_notes import is_note
from store.proposed import Proposal
from store.queue_rank import most_urgent, rank
from store.queue_safe import flags_of, plain
from store.queue_words import kept
from store.tables import Customer, Invoice, Message
from store.vocabulary import Verdict


@dataclass(frozen=True, slots=True)
class Books:
    """What the keys of some proposals are derived from: their mails, and the accounts as they are now."""

    messages: Mapping[int, Message]
    customers: Mapping[str, Customer]
    invoices: Mapping[str, Sequence[Invoice]]
    wakings: Mapping[int, Followup]


def books_of(session: Session, messages: Collection[int], wakings: Collection[int]) -> Books:
    """Read the mails, wakings and accounts of many proposals, in a fixed number of questions."""
    mails = {m.id: m for m in session.exec(select(Message).where(col(Message.id).in_(messages))) if m.id is not None}
    whose = {mail.customer_id for mail in mails.values() if mail.customer_id is not None}
    invoices: dict[str, list[Invoice]] = {customer: [] for customer in whose}
    for invoice in session.exec(
        select(Invoice).where(col(Invoice.customer_id).in_(whose)).order_by(col(Invoice.number))
    ):
        invoices[invoice.customer_id].append(invoice)
    woke = session.exec(select(Followup).where(col(Followup.id).in_(wakings))) if wakings else ()
    return Books(
        messages=mails,
        customers={c.id: c for c in session.exec(select(Customer).where(col(Customer.id).in_(whose)))},
        invoices=invoices,
        wakings={each.id: each for each in woke if each.id is not None},
    )


def keys_of(session: Session, proposal: Proposal, *, now: datetime) -> dict[str, Any]:
    """Derive the columns. `now`: when the proposal was made; a follow-up has come then, an answer with its mail."""
    wakings = [proposal.followup_id] if proposal.followup_id is not None else []
    return derived(proposal, books_of(session, [proposal.message_id], wakings), now=now)


def derived(proposal: Proposal, books: Books, *, now: datetime) -> dict[str, Any]:
    """Derive the columns of one proposal from what was read for many."""
    message = books.messages[proposal.message_id]
    customer = books.customers[message.customer_id] if message.customer_id is not None else None
    waking = books.wakings.get(proposal.followup_id) if proposal.followup_id is not None else None
    concerned = _concerned(proposal, message, books.invoices[customer.id] if customer is not None else ())
    amount, currency = largest(concerned, home=customer.currency if customer else "")
    stake = int(amount * 100)
    came_at = message.received_at if waking is None else now
    due = _due(proposal, concerned)
    reason = _reason(proposal)
    flags = flags_of(proposal)
    return {
        "reason": reason,
        "language": proposal.draft.language if proposal.draft else (customer.language if customer else ""),
        "tier": customer.tier if customer else "",
        "owner": customer.owner if customer else "",
        "currency": currency,
        "stake": stake,
        "due_on": due,
        "flagged": bool(flags),
        "flags": f" {' '.join(flags)} " if flags else "",
        "safe": customer is not None and plain(proposal),
        "rank": rank(reason=reason, stake=stake, currency=currency, came_at=came_at, due=due),
        "came_at": came_at,
        "line": _line(proposal, message, waking),
        "words": _words(proposal, message, customer),
    }


def _reason(proposal: Proposal) -> str:
    main = most_urgent([claim.reason for claim in proposal.claims])
    return main.value if main is not None and proposal.verdict is Verdict.REPLY else proposal.verdict.value


def _concerned(proposal: Proposal, message: Message, invoices: Sequence[Invoice]) -> list[Invoice]:
    """List the open invoices that it is about: those of the claims, else those of the mail, else all of the account."""
    still_open = [invoice for invoice in invoices if invoice.balance > 0]
    named = {number for claim in proposal.claims for number in claim.invoices} or set(message.invoices)
    if is_note(message):
        named = {number for action in proposal.actions for number in action.arguments.get("invoices", ())}
    return among(still_open, named)


def _due(proposal: Proposal, invoices: Sequence[Invoice]) -> date | None:
    days = [claim.slots.date for claim in proposal.claims if claim.slots.date is not None]
    return min([*days, *(invoice.due_date for invoice in invoices)], default=None)


def _line(proposal: Proposal, message: Message, waking: Followup | None) -> dict[str, Any]:
    """Give what a list shows of it, so that a list reads neither mail nor proposal."""
    return {
        "subject": str(message.parsed.get("subject") or "")[:300],
        "ours": proposal.draft.subject[:300] if is_note(message) and proposal.draft is not None else "",
        "sender": str(message.parsed.get("from_address") or "")[:320],
        "verdict": proposal.verdict.value,
        "reasons": [[claim.reason.value, claim.confidence] for claim in proposal.claims],
        "acts": [action.preview[:400] for action in proposal.actions if not action.declined],
        "needs": proposal.needs_person,
        "blocked": proposal.blocked,
        "waking": waking.kind if waking is not None else None,
    }


def _words(proposal: Proposal, message: Message, customer: Customer | None) -> str:
    parsed = message.parsed
    mail = (parsed.get(name) or "" for name in ("subject", "from_name", "from_address", "new_text"))
    numbers = [*message.invoices, *(number for claim in proposal.claims for number in claim.invoices)]
    if is_note(message):
        numbers += [number for action in proposal.actions for number in action.arguments.get("invoices", ())]
    draft = proposal.draft.rendered if proposal.draft is not None else ""
    whose = (customer.name, customer.id) if customer is not None else ()
    return kept((*whose, *numbers, *map(str, mail), draft), numbers=numbers)
