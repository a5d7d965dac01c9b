"""What the queue is ordered, filtered and searched by, and the line it shows: derived from a proposal, and kept beside it.

Written when a proposal is held and whenever its content or the account changes. Nothing here decides; what is decided about
is the proposal itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from store.engine import unit_of_work
from store.matters import Followup
from store.proposed import Proposal
from store.queue_rank import most_urgent, rank
from store.queue_safe import flags_of, plain
from store.queue_words import kept
from store.tables import Customer, Invoice, Message, ProposalRow
from store.vocabulary import ProposalStatus, Verdict

log = logging.getLogger(__name__)

#: So many rows are filled in one transaction, so that nobody waits long for the database.
_AT_ONCE = 200


def keys_of(session: Session, proposal: Proposal, *, now: datetime) -> dict[str, Any]:
    """Derive the columns. `now`: when the proposal was made; a follow-up has come then, an answer with its mail."""
    message = session.get_one(Message, proposal.message_id)
    customer = session.get(Customer, message.customer_id) if message.customer_id is not None else None
    waking = session.get(Followup, proposal.followup_id) if proposal.followup_id is not None else None
    concerned = _concerned(session, proposal, message)
    stake, currency = _stake(concerned, home=customer.currency if customer else "")
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


def fill(session: Session, rows: Sequence[ProposalRow]) -> None:
    """Derive the columns of rows anew, as the account is now."""
    for row in rows:
        try:
            keys = keys_of(session, Proposal.model_validate(row.content), now=row.created_at)
        except ValidationError:
            # One row that cannot be read must not keep the whole installation from opening: it stands last in the queue.
            log.error(
                "proposal %s: its content cannot be read, so the queue shows it without reason and amount", row.id
            )
            keys = {"came_at": row.created_at}
        for name, value in keys.items():
            setattr(row, name, value)
        session.add(row)
    session.flush()


def fill_missing(session: Session) -> int:
    """Fill some held rows that have no keys yet (they are older than the keys); give how many. Call until it gives 0."""
    missing = select(ProposalRow).where(ProposalRow.status == ProposalStatus.HELD, col(ProposalRow.came_at).is_(None))
    rows = session.exec(missing.order_by(col(ProposalRow.id)).limit(_AT_ONCE)).all()
    fill(session, rows)
    return len(rows)


def refresh(session: Session, *, after: int = 0) -> int | None:
    """Derive the keys of some held rows anew, as after an import; give the number to go on after, None at the end."""
    held = select(ProposalRow).where(ProposalRow.status == ProposalStatus.HELD, col(ProposalRow.id) > after)
    rows = session.exec(held.order_by(col(ProposalRow.id)).limit(_AT_ONCE)).all()
    fill(session, rows)
    return rows[-1].id if rows else None


def refresh_all(engine: Engine) -> None:
    """Derive the keys of all that waits anew: amounts, owners and tiers are others after an import."""
    after: int | None = 0
    while after is not None:
        with unit_of_work(engine) as session:
            after = refresh(session, after=after)


def _reason(proposal: Proposal) -> str:
    main = most_urgent([claim.reason for claim in proposal.claims])
    return main.value if main is not None and proposal.verdict is Verdict.REPLY else proposal.verdict.value


def _concerned(session: Session, proposal: Proposal, message: Message) -> list[Invoice]:
    """List the open invoices that it is about: those of the claims, else those of the mail, else all of the account."""
    if message.customer_id is None:
        return []
    rows = session.exec(select(Invoice).where(Invoice.customer_id == message.customer_id)).all()
    still_open = [invoice for invoice in rows if invoice.balance > 0]
    named = {number for claim in proposal.claims for number in claim.invoices} or set(message.invoices)
    return [invoice for invoice in still_open if invoice.number in named] or still_open


def _stake(invoices: Sequence[Invoice], *, home: str) -> tuple[int, str]:
    """Give what is open, in hundredths; of several currencies the largest sum."""
    sums: dict[str, Decimal] = {}
    for invoice in invoices:
        sums[invoice.currency] = sums.get(invoice.currency, Decimal(0)) + invoice.balance
    currency, amount = max(sums.items(), key=lambda entry: entry[1], default=(home, Decimal(0)))
    return int(amount * 100), currency


def _due(proposal: Proposal, invoices: Sequence[Invoice]) -> date | None:
    days = [claim.slots.date for claim in proposal.claims if claim.slots.date is not None]
    return min([*days, *(invoice.due_date for invoice in invoices)], default=None)


def _line(proposal: Proposal, message: Message, waking: Followup | None) -> dict[str, Any]:
    """Give what a list shows of it, so that a list reads neither mail nor proposal."""
    return {
        "subject": str(message.parsed.get("subject") or "")[:300],
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
    draft = proposal.draft.rendered if proposal.draft is not None else ""
    whose = (customer.name, customer.id) if customer is not None else ()
    return kept((*whose, *numbers, *map(str, mail), draft), numbers=numbers)
