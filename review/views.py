"""What the pages show of an item, worked out beforehand: claims, actions, the draft, the account. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from review import words
from review.desk import Item
from review.enclosing import file_names
from review.marking import SlotSpan, Span, highlight, located, mark_slots
from store.balances import by_currency
from store.facts import CaseFacts, InvoiceFacts
from store.proposed import Claim, Draft, Finding, ProposedAction
from store.vocabulary import Severity
from tools.base import money

#: How many colours tell claims apart before they begin again.
COLOURS = 6
_AGES = ((30, "due"), (60, "late"), (90, "later"))


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with its number and colour. `located` says whether its evidence is marked in the mail."""

    number: int
    colour: int
    reason: str
    confidence: str
    invoices: tuple[str, ...]
    evidence: str
    facts: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    located: bool


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action: what approving will do, for which claims, and what else was possible or refused.

    `others`: the tools that may be chosen in its place, each with its name in words. `details`: what `preview` goes into.
    """

    tool: str
    preview: str
    details: tuple[str, ...]
    claims: tuple[int, ...]
    alternatives: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    declined: bool
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An open invoice with its age. `age` is a class of the style sheet; `meant` says that a claim is about it."""

    number: str
    due: date
    days: int
    age: str
    balance: str
    disputed: str
    held_until: date | None
    meant: bool
    description: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as it would go out, with its findings. `seen` stands for exactly these words: it comes back with an approval."""

    spans: list[SlotSpan]
    blocking: tuple[Finding, ...]
    other: tuple[Finding, ...]
    changed: bool
    seen: str
    files: tuple[str, ...]


def claim_views(item: Item) -> list[ClaimView]:
    """Give the claims in the order of the reading."""
    text = item.message.email.new_text
    return [
        ClaimView(
            number=number,
            colour=colour(number),
            reason=words.reason_words(claim.reason),
            confidence=per_cent(claim.confidence),
            invoices=claim.invoices,
            evidence=claim.evidence,
            facts=_claim_facts(claim),
            flags=tuple(words.flag_words(flag) for flag in claim.flags),
            located=located(text, claim.evidence),
        )
        for number, claim in enumerate(item.proposal.claims, start=1)
    ]


def mail_spans(item: Item) -> list[Span]:
    """Give the mail's new text with its evidence marked."""
    return highlight(item.message.email.new_text, [c.evidence for c in item.proposal.claims])


def action_view(action: ProposedAction) -> ActionView:
    """Give an action."""
    refused = [entry.partition(": ") for entry in action.why.split("; ") if ": " in entry]
    preview, *details = action.preview.splitlines() or [""]
    return ActionView(
        tool=words.tool_words(action.tool),
        preview=preview,
        details=tuple(details),
        claims=tuple(index + 1 for index in action.claims),
        alternatives=tuple(words.tool_words(name) for name in action.allowed if name != action.tool),
        refused=tuple((words.tool_words(name), why) for name, _, why in refused),
        declined=action.declined,
        others=tuple((name, words.tool_words(name)) for name in action.allowed if name != action.tool)
        if action.claims
        else (),
    )


def draft_view(draft: Draft, findings: Sequence[Finding], *, changed: bool) -> DraftView:
    """Give a draft for reading."""
    return DraftView(
        spans=mark_slots(draft),
        blocking=tuple(f for f in findings if f.severity is Severity.BLOCK),
        other=tuple(f for f in findings if f.severity is not Severity.BLOCK),
        changed=changed,
        seen=seen(draft),
        files=tuple(file_names(draft)),
    )


def seen(draft: Draft) -> str:
    """Hash what a person is shown of a draft: the words, who gets them, and what goes along."""
    papers = [paper.model_dump_json() for paper in draft.papers]
    shown = "\x1f".join((draft.rendered, draft.subject, *draft.recipients, "\x1e", *draft.attachments, "\x1e", *papers))
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()


def invoice_views(item: Item) -> list[InvoiceView]:
    """Give the open invoices, oldest first."""
    return [_invoice(invoice, today=item.facts.today, meant=item.named) for invoice in item.facts.open_invoices]


def totals(facts: CaseFacts) -> list[tuple[str, str, str]]:
    """Give, for each currency, what is open and what of it is overdue."""
    late = by_currency(facts.open_invoices, lambda i: i.balance if i.days_overdue(facts.today) else Decimal(0))
    every = by_currency(facts.open_invoices)
    return [(code, money(amount, code), money(late[code], code)) for code, amount in every.items()]


def age(now: datetime, then: datetime) -> str:
    """Say how long ago something was, in its largest unit."""
    minutes = max(0, int((now - then).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def per_cent(share: float) -> str:
    """Write a confidence; never 100 %, as none is certain."""
    return f"{min(99, round(share * 100))} %" if share < 1 else ""


def colour(number: int) -> int:
    """Give the colour of a claim."""
    return (number - 1) % COLOURS + 1


def is_alarming(flag: str) -> bool:
    """Say whether a flag is a warning rather than a note."""
    return flag.partition(":")[0] in words.ALARMING


def _claim_facts(claim: Claim) -> tuple[tuple[str, str], ...]:
    slots = claim.slots
    named = [
        ("date", f"{slots.date:%d %b %Y}" if slots.date else None),
        ("amount", money(slots.amount, slots.currency or "").strip() if slots.amount is not None else None),
        ("reference", slots.reference),
        ("dispute", words.plain(slots.dispute_kind) if slots.dispute_kind else None),
        ("order number", slots.po_number),
        ("contact", " ".join(p for p in (slots.contact_name, slots.contact_email) if p) or None),
        ("portal", slots.portal),
        ("document", words.plain(slots.document) if slots.document else None),
        ("asks for", words.plain(slots.topic) if slots.topic else None),
        ("instalments", str(slots.instalments) if slots.instalments else None),
        ("down payment", money(slots.down_payment, slots.currency or "").strip() if slots.down_payment else None),
        ("rhythm", words.plain(slots.rhythm).lower() if slots.rhythm else None),
        ("pays on", _pay_day(slots.pay_day) if slots.pay_day else None),
        ("to our plan", words.STANCE[slots.stance] if slots.stance else None),
    ]
    return tuple((name, value) for name, value in named if value)


def _pay_day(day: int) -> str:
    return "the end of the month" if day == 31 else f"day {day} of the month"


def _invoice(invoice: InvoiceFacts, *, today: date, meant: Collection[str]) -> InvoiceView:
    days = (today - invoice.due_date).days
    late = next((name for limit, name in _AGES if days <= limit), "latest") if days > 0 else "current"
    return InvoiceView(
        number=invoice.number,
        due=invoice.due_date,
        days=days,
        age=late,
        balance=money(invoice.balance, invoice.currency),
        disputed=money(invoice.disputed, invoice.currency) if invoice.disputed else "",
        held_until=invoice.held_until,
        meant=invoice.number in meant,
        description=invoice.description,
    )
