"""Why an invoice aged: one cause, from what was said and done about it, with the reason in words. Pure; guesses nothing.

The first rule that holds decides. The order goes upstream: what made the payment impossible comes before what only made it
late. A claim counts where a person approved what was made of it; where nothing was said the cause is UNKNOWN.

1. fraud, insolvency: they stop everything    2. the money was here, unapplied    3. a dispute that ended with a credit
4. what the invoice lacked: order number, the right debtor, the portal, the right contact, the invoice itself, papers
5. a dispute that ended otherwise, or is open    6. what the customer could not, or would not, do: hardship, approval,
refusal, the payment run    7. mail that did not arrive    8. an invoice that left the customer far less time than usual
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from store.aftermath import Cause, DisputeStatus
from store.vocabulary import DisputeKind, DocumentKind, Reason

#: An invoice was late when its term is less than half of the customer's usual one, and shorter by so many days.
_LATE_BY_DAYS = 10


@dataclass(frozen=True, slots=True)
class Heard:
    """One approved claim about the invoice."""

    reason: Reason
    dispute_kind: DisputeKind | None = None
    document: DocumentKind | None = None


@dataclass(frozen=True, slots=True)
class Contested:
    """One dispute about the invoice, and how it stands."""

    kind: DisputeKind
    status: DisputeStatus


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of one invoice between its issue and its payment.

    `usual_term`: days that this customer is given as a rule, None where that cannot be told.
    """

    issue_date: date
    due_date: date
    heard: tuple[Heard, ...] = ()
    disputes: tuple[Contested, ...] = ()
    new_po: bool = False
    sent_again: bool = False
    in_portal: bool = False
    cash_found: bool = False
    planned: bool = False
    bounced: bool = False
    usual_term: int | None = None

    @property
    def touched(self) -> bool:
        """Say whether anything was said or done about it."""
        done = self.new_po or self.sent_again or self.in_portal or self.cash_found or self.planned
        return bool(self.heard or self.disputes) or done

    def said(self, *reasons: Reason) -> bool:
        """Say whether one of these was claimed."""
        return any(h.reason in reasons for h in self.heard)


_BY_KIND: dict[DisputeKind, Cause] = {
    DisputeKind.PRICING: Cause.PRICE_MISMATCH,
    DisputeKind.QUALITY: Cause.QUANTITY_OR_QUALITY,
    DisputeKind.QUANTITY: Cause.QUANTITY_OR_QUALITY,
    DisputeKind.NOT_RECEIVED: Cause.DELIVERY_PROOF_MISSING,
    DisputeKind.DUPLICATE: Cause.DUPLICATE_OR_WRONG_INVOICE,
    DisputeKind.TERMS: Cause.TERMS_OR_TAX,
    DisputeKind.TAX: Cause.TERMS_OR_TAX,
    DisputeKind.NOT_OURS: Cause.WRONG_BILL_TO,
}

Found = tuple[Cause, str]


def cause_of(life: Life) -> Found:
    """Give the cause and why, in words for a report."""
    nothing = "what was said names no cause" if life.touched else "nothing was said about it"
    return next((found for rule in _RULES if (found := rule(life))), (Cause.UNKNOWN, nothing))


def _stopping(life: Life) -> Found | None:
    if life.said(Reason.PAYMENT_FRAUD_RISK):
        return Cause.FRAUD_ATTEMPT, "somebody tried to lead the payment astray"
    if life.said(Reason.INSOLVENCY):
        return Cause.INSOLVENCY, "the customer is insolvent"
    return None


def _cash(life: Life) -> Found | None:
    return (Cause.CASH_NOT_APPLIED, "the payment was here and not applied") if life.cash_found else None


def _credited(life: Life) -> Found | None:
    return _contested(d for d in life.disputes if d.status is DisputeStatus.CREDITED)


def _lacking(life: Life) -> Found | None:
    kinds = {h.dispute_kind for h in life.heard if h.reason in (Reason.DISPUTE, Reason.DEDUCTION)}
    papers = {h.document for h in life.heard if h.reason is Reason.DOCUMENT_REQUEST}
    if life.said(Reason.PO_MISMATCH) or life.new_po:
        again = ", and the invoice was issued again with it" if life.new_po else ""
        return Cause.PO_MISSING, f"the order number was missing or wrong{again}"
    if DisputeKind.NOT_OURS in kinds:
        return Cause.WRONG_BILL_TO, "it was made out to the wrong company"
    if life.said(Reason.PORTAL_SUBMISSION) or life.in_portal:
        return Cause.PORTAL_NOT_USED, "it had to go through the customer's portal"
    if life.said(Reason.WRONG_CONTACT):
        return Cause.CONTACT_OUTDATED, "it was sent to the wrong contact"
    if life.said(Reason.INVOICE_MISSING):
        return Cause.INVOICE_NOT_DELIVERED, "the customer had not received it"
    if DocumentKind.PROOF_OF_DELIVERY in papers:
        return Cause.DELIVERY_PROOF_MISSING, "the proof of delivery was asked for"
    if papers:
        return Cause.DOCUMENT_MISSING, "a document was asked for"
    return None


def _disputed(life: Life) -> Found | None:
    return _contested((*life.disputes, *_claimed(life)))


def _claimed(life: Life) -> Iterator[Contested]:
    for heard in life.heard:
        if heard.reason in (Reason.DISPUTE, Reason.DEDUCTION):
            yield Contested(heard.dispute_kind or DisputeKind.OTHER, DisputeStatus.OPEN)


def _contested(disputes: Iterable[Contested]) -> Found | None:
    for dispute in disputes:
        cause = _BY_KIND.get(dispute.kind)
        if cause is not None:
            ended = {DisputeStatus.OPEN: "contested"}.get(dispute.status, f"a dispute, {dispute.status.value}")
            return cause, f"{ended}: {dispute.kind.value.replace('_', ' ')}"
    return None


def _able_or_willing(life: Life) -> Found | None:
    if life.said(Reason.HARDSHIP, Reason.PLAN_REQUEST) or life.planned:
        return Cause.HARDSHIP, "the customer could not pay at once"
    if life.said(Reason.AWAITING_APPROVAL):
        return Cause.APPROVAL_CHAIN, "it waited for the customer's approval"
    if life.said(Reason.REFUSAL, Reason.LEGAL_THREAT, Reason.SETTLEMENT_OFFER):
        return Cause.UNWILLING, "the customer did not want to pay it, or not all of it"
    if life.said(Reason.PROMISE_TO_PAY, Reason.PAYMENT_IN_PROCESS):
        return Cause.PAYMENT_RUN, "it waited for the customer's payment run"
    return None


def _unheard(life: Life) -> Found | None:
    if life.bounced:
        return Cause.CONTACT_OUTDATED, "mail to a contact of the customer came back"
    if life.sent_again:
        return Cause.INVOICE_NOT_DELIVERED, "it was sent again"
    term, usual = (life.due_date - life.issue_date).days, life.usual_term
    if usual is not None and term * 2 < usual and usual - term >= _LATE_BY_DAYS:
        return Cause.LATE_INVOICING, f"it left the customer {term} days to pay instead of {usual}"
    return None


_RULES: tuple[Callable[[Life], Found | None], ...] = (
    _stopping,
    _cash,
    _credited,
    _lacking,
    _disputed,
    _able_or_willing,
    _unheard,
)
