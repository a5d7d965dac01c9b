"""Puts items and mails into the words of the JSON API. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from agent.rules.flags import high_flags
from review.api_mail_models import StrandedOut, SuggestionOut, UnmatchedOut
from review.api_models import (
    ActionOut,
    Attachment,
    ClaimOut,
    CustomerRef,
    DraftOut,
    EffectOut,
    FindingOut,
    FirstOut,
    InvoiceOut,
    ItemOut,
    ItemSummary,
    MailOut,
    Money,
    OutgoingOut,
    SlotOut,
)
from review.enclosing import file_names
from review.item import Item
from review.lookups import StrandedMail
from review.unmatched import Suggestion, UnmatchedMail
from review.woken import first_words
from store.balances import by_currency
from store.facts import CaseFacts, InvoiceFacts
from store.inbound import StoredMessage
from store.proposed import Claim, Draft, Finding
from store.tables import Effect, Outgoing
from store.vocabulary import ProposalStatus, SendState


def item_summary(item: Item) -> ItemSummary:
    """Give an item as a line of the queue."""
    return ItemSummary.model_validate(_summary(item))


def item_out(item: Item, *, outgoing: Outgoing | None, effects: Sequence[Effect]) -> ItemOut:
    """Give an item with all that is known of it."""
    proposal, row = item.proposal, item.row
    return ItemOut(
        **_summary(item),
        verdict=proposal.verdict,
        identity=proposal.identity,
        mail=mail_out(item.message),
        first=_first(item),
        claims=[_claim(claim) for claim in proposal.claims],
        actions=[
            ActionOut(
                position=position,
                tool=action.tool,
                preview=action.preview,
                claims=list(action.claims),
                allowed=list(action.allowed),
                why=action.why,
                declined=action.declined,
            )
            for position, action in enumerate(proposal.actions)
        ],
        tone=proposal.tone.register_,
        tone_reasons=list(proposal.tone.reasons),
        draft=draft_out(proposal.draft) if proposal.draft else None,
        findings=findings_out(proposal.findings),
        to_acknowledge=list(high_flags(proposal.flags)) if row.status == ProposalStatus.HELD else [],
        invoices=invoices_out(item.facts),
        reader=proposal.reader,
        writer=proposal.writer,
        decision=row.decision,
        void_reason=row.void_reason,
        outgoing=outgoing_out(outgoing) if outgoing else None,
        effects=[EffectOut(position=e.position, tool=e.tool, text=e.text, applied_at=e.applied_at) for e in effects],
    )


def draft_out(draft: Draft) -> DraftOut:
    """Give a draft."""
    return DraftOut(
        language=draft.language,
        subject=draft.subject,
        body=draft.body,
        rendered=draft.rendered,
        slots=[SlotOut(slot=s.slot, text=s.text, source=s.source) for s in draft.slots],
        recipients=list(draft.recipients),
        files=file_names(draft),
        written_by=draft.written_by,
    )


def findings_out(findings: Iterable[Finding]) -> list[FindingOut]:
    """Give findings."""
    return [FindingOut(rule=f.rule, severity=f.severity, text=f.text) for f in findings]


def mail_out(message: StoredMessage) -> MailOut:
    """Give a stored mail. What it hides from the eye is left out, as for the reader."""
    email = message.email
    return MailOut(
        id=message.id,
        mailbox=message.mailbox,
        received_at=message.received_at,
        from_address=email.from_address,
        from_name=email.from_name,
        to=list(email.to),
        subject=email.subject,
        text=email.new_text,
        quoted=email.quoted_text,
        signature=email.signature,
        kind=email.kind,
        flags=list(email.flags),
        attachments=[
            Attachment(filename=a.filename, content_type=a.content_type, size=a.size) for a in email.attachments
        ],
    )


def outgoing_out(row: Outgoing) -> OutgoingOut:
    """Give where a mail of ours stands."""
    assert row.id is not None
    return OutgoingOut(
        id=row.id,
        state=SendState(row.state),
        recipients=list(row.recipients),
        message_id=row.message_id_header,
        next_attempt_at=row.next_attempt_at if row.state == SendState.QUEUED else None,
        error=row.last_error,
        sent_at=row.sent_at,
    )


def stranded_out(mail: StrandedMail) -> StrandedOut:
    """Give a mail that found no way."""
    return StrandedOut(mail=mail_out(mail.message), state=mail.state, error=mail.error, item_id=mail.proposal_id)


def unmatched_out(mail: UnmatchedMail) -> UnmatchedOut:
    """Give a mail that belongs to nobody yet."""
    return UnmatchedOut(
        mail=mail_out(mail.message),
        item_id=mail.proposal_id,
        reports=mail.reports,
        suggestions=suggestions_out(mail.suggestions),
    )


def suggestions_out(suggestions: Iterable[Suggestion]) -> list[SuggestionOut]:
    """Give whose mail it could be."""
    return [
        SuggestionOut(customer=CustomerRef(id=s.customer_id, name=s.name), invoices=list(s.invoices), why=s.why)
        for s in suggestions
    ]


def invoices_out(facts: CaseFacts) -> list[InvoiceOut]:
    """Give the open invoices, oldest first."""
    return [_invoice(invoice, facts) for invoice in facts.open_invoices]


def sums(invoices: Iterable[InvoiceFacts]) -> list[Money]:
    """Add up what is open, by currency."""
    return [Money(amount=amount, currency=currency) for currency, amount in by_currency(invoices).items()]


def _summary(item: Item) -> dict[str, object]:
    proposal, row, customer = item.proposal, item.row, item.facts.customer
    return {
        "id": row.id,
        "version": row.version,
        "status": ProposalStatus(row.status),
        "customer": CustomerRef(id=customer.id, name=customer.name) if customer else None,
        "subject": item.subject,
        "received_at": item.message.received_at,
        "created_at": row.created_at,
        "reasons": [claim.reason.value for claim in proposal.claims],
        "flags": list(proposal.flags),
        "proposed": [action.preview for action in proposal.actions if not action.declined],
        "open": sums(item.concerned),
        "blocked": proposal.blocked,
        "needs_person": proposal.needs_person,
        "approved_first_by": row.approved_first_by if row.approved_first_version == row.version else None,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
    }


def _first(item: Item) -> FirstOut | None:
    """Give the step of a cadence, where we write first."""
    step = item.first
    if step is None:
        return None
    return FirstOut(
        step=step.step, channel=step.channel, day=step.day, invoices=list(step.invoices), why=first_words(step)
    )


def _claim(claim: Claim) -> ClaimOut:
    slots = claim.slots.model_dump(mode="json", exclude_none=True)
    return ClaimOut(
        reason=claim.reason,
        invoices=list(claim.invoices),
        evidence=claim.evidence,
        confidence=claim.confidence,
        slots={name: str(value) for name, value in slots.items()},
        flags=list(claim.flags),
    )


def _invoice(invoice: InvoiceFacts, facts: CaseFacts) -> InvoiceOut:
    def sum_of(amount: Decimal) -> Money:
        return Money(amount=amount, currency=invoice.currency)

    return InvoiceOut(
        number=invoice.number,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        days_overdue=invoice.days_overdue(facts.today),
        amount=sum_of(invoice.amount),
        balance=sum_of(invoice.balance),
        disputed=sum_of(invoice.disputed),
        po_number=invoice.po_number,
        held_until=invoice.held_until,
    )
