"""Open a work item for a person: an invoice that must go through the customer's own portal, with all that the portal asks for.

Nothing is ever submitted by code, and no amount is changed: a person enters the invoice and marks the item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from store.aftermath import Portal, PortalStatus
from store.facts import CaseFacts, CustomerFacts, InvoiceFacts, PortalFacts
from store.portal_names import TITLES, title_of
from store.portals import OPEN, latest, move, open_item
from store.tables import Customer, Invoice
from store.terms import Term
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed, money
from tools.portal_choice import portal_meant, portal_written
from tools.portal_sheet import MISSING_WORDS, Piece, lacking, must_ask, sheet

MOST_INVOICES = 20
#: So many invoices are shown with all their fields before approval.
_SHOWN = 3
#: What a rejection can follow.
_THERE = (PortalStatus.SUBMITTED, PortalStatus.APPROVED)
#: A customer says that what we submitted did not pass, in seven languages. Only ever makes the item more careful.
_REJECTED = re.compile(
    r"\b(?:reject|disput|declin|refus|bounced|failed|did(?: not|n't) (?:pass|go through)|abgelehnt|abgewiesen|zurückgewiesen"
    r"|beanstandet|rejet|recha[zc]|devuelt|afgekeurd|afgewezen|geweigerd|rifiut|respint|scartat|rejeitad|recusad|devolvid)",
    re.IGNORECASE,
)


class SubmitToPortalArguments(Arguments):
    """Which invoices go into which portal.

    `portal_name`: how the customer or the ledger calls it. `asks`: the one piece that the customer is asked for. `done`: they
    were submitted already, and no item is opened. `rejected`: the customer says that what we submitted was rejected there.
    """

    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    portal: Portal
    portal_name: str = Field(default="", max_length=60)
    po_number: str | None = Field(default=None, max_length=60)
    asks: Piece | None = None
    done: bool = False
    rejected: bool = False


class SubmitToPortal(Tool[SubmitToPortalArguments]):
    """Have a colleague enter the invoice in the customer's own portal (Coupa, Ariba, Tungsten, Basware or another)."""

    name: ClassVar[str] = "submit_to_portal"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.PORTAL_SUBMISSION})
    arguments = SubmitToPortalArguments

    def refusal(self, ask: Ask) -> str | None:
        """Need an open invoice, a portal that is named, and no item that still waits to be submitted."""
        if not ask.invoices:
            return "no open invoice of this customer is meant"
        if len(ask.invoices) > MOST_INVOICES:
            return f"more than {MOST_INVOICES} invoices are meant"
        if portal_meant(ask) is None:
            named = ask.first.slots.contact_email
            return (
                "the customer names an address, not a portal"
                if named
                else "neither the customer nor the ledger names a portal"
            )
        waiting = [i.number for i in ask.invoices if _status(ask.facts, i.number) is PortalStatus.TO_SUBMIT]
        if waiting and len(waiting) == len(ask.invoices):
            items = ", ".join(str(item.id) for n in waiting if (item := _newest(ask.facts, n)) is not None)
            return f"{listed(waiting)} waits to be submitted already (portal item {items})"
        return None

    def fill(self, ask: Ask) -> SubmitToPortalArguments:
        """Take the invoices that are in no portal yet; with none left, those that were submitted before."""
        refused = self.refusal(ask)
        portal = portal_meant(ask)
        if refused or portal is None:
            raise NotAllowed(refused or "no portal is named")
        said_rejected = _REJECTED.search(ask.first.evidence) is not None
        back = tuple(i for i in ask.invoices if said_rejected and _status(ask.facts, i.number) in _THERE)
        new = tuple(i for i in ask.invoices if _status(ask.facts, i.number) not in OPEN)
        there = tuple(i for i in ask.invoices if _status(ask.facts, i.number) in OPEN - {PortalStatus.TO_SUBMIT})
        chosen = back or new or there
        name = portal_written(ask)
        po_number = ask.first.slots.po_number if chosen == new and len(new) == 1 else None
        return SubmitToPortalArguments(
            invoices=tuple(i.number for i in chosen),
            portal=portal,
            portal_name=name,
            po_number=po_number,
            asks=_asked(chosen, portal, ask.facts, po_number) if new and not back else None,
            done=not back and not new,
            rejected=bool(back),
        )

    def check(self, arguments: SubmitToPortalArguments, ask: Ask) -> None:
        """Exactly what the ledger, the items and the claim say; nothing of it may be chosen."""
        if arguments != self.fill(ask):
            raise NotAllowed("the portal submission differs from what the customer wrote and the ledger knows")

    def preview(self, arguments: SubmitToPortalArguments, facts: CaseFacts) -> str:
        """Say what opens, and what the portal will ask for that we do not have."""
        portal, numbers = title_of(arguments.portal, written=arguments.portal_name), listed(arguments.invoices)
        if arguments.rejected:
            return f"Marks {numbers} as rejected in {portal}, as the customer says; a colleague corrects it and submits it again."
        if arguments.done:
            return f"Tells the customer that {numbers} was submitted in {portal} already; opens nothing."
        if facts.customer is None:
            return f"Opens a work item to submit {numbers} in {portal}."
        known = [i for number in arguments.invoices if (i := facts.invoice(number)) is not None]
        opens = f"Opens a work item to submit {numbers} in {portal}; a colleague enters it and marks it."
        told = [" ".join((opens, *_missing(arguments, known, facts)))]
        told += [_form(arguments, invoice, facts) for invoice in known[:_SHOWN]]
        if len(known) > _SHOWN:
            told.append(f"And {len(known) - _SHOWN} more in the same way: `dunwell portal show` lists their fields.")
        return "\n".join(told)

    def apply(self, arguments: SubmitToPortalArguments, application: Application) -> str:
        """Open one item an invoice with the portal's fields filled; or mark as rejected what the customer says was."""
        portal = title_of(arguments.portal, written=arguments.portal_name)
        if arguments.done:
            return f"{listed(arguments.invoices)} stays as it is in {portal}."
        if arguments.rejected:
            _mark_rejected(arguments, application)
            return f"{listed(arguments.invoices)} marked as rejected in {portal}."
        opened = [number for number in arguments.invoices if _open(number, arguments, application)]
        return (
            f"Work item opened: submit {listed(opened)} in {portal}."
            if opened
            else "Every invoice has its item already."
        )

    def variant(self, arguments: SubmitToPortalArguments) -> str:
        """Tell a promise to submit from a question, and from what was done before."""
        if arguments.rejected:
            return "rejected_there"
        if arguments.done:
            return "already_submitted"
        if arguments.asks is Piece.SUPPLIER_NUMBER:
            return "needs_supplier_number"
        return "needs_po" if arguments.asks is Piece.PO_NUMBER else "will_submit"

    def says(self, arguments: SubmitToPortalArguments) -> str:
        """Tell what the letter says of it."""
        if arguments.rejected:
            return "we correct what the portal rejected, submit it again and come back by {{ deadline.date }}"
        if arguments.done:
            return "we submitted the invoice in the customer's portal already and ask when we may expect the payment"
        if arguments.asks is not None:
            piece = arguments.asks.value.replace("_", " ")
            return f"we submit the invoice in the customer's portal and need one thing for it: the {piece}, by {{{{ deadline.date }}}}"
        return "we submit the invoice in the customer's portal and come back by {{ deadline.date }}"

    def terms(self, arguments: SubmitToPortalArguments, facts: CaseFacts) -> dict[str, Term]:
        """Name the portal where the name is ours or the ledger's: a name from a mail never goes out as our words."""
        if arguments.portal in TITLES:
            return {"portal.name": TITLES[arguments.portal]}
        ledger = facts.customer.portal.strip() if facts.customer else ""
        return {"portal.name": ledger} if ledger and ledger == arguments.portal_name else {}


def _newest(facts: CaseFacts, number: str) -> PortalFacts | None:
    return max((p for p in facts.portal_items if p.invoice_number == number), key=lambda p: p.id, default=None)


def _status(facts: CaseFacts, number: str) -> PortalStatus | None:
    item = _newest(facts, number)
    return item.status if item is not None else None


def _asked(invoices: tuple[InvoiceFacts, ...], portal: Portal, facts: CaseFacts, po_number: str | None) -> Piece | None:
    """Give the one thing to ask for: the first that all of the invoices lack and cannot be submitted without."""
    if facts.customer is None:
        return None
    pieces = [set(lacking(portal, i, facts.customer, po_number=po_number)) for i in invoices]
    return must_ask(portal, tuple(p for p in Piece if all(p in lacked for lacked in pieces)))


def _form(arguments: SubmitToPortalArguments, invoice: InvoiceFacts, facts: CaseFacts) -> str:
    """Put the fields of one invoice into a line."""
    assert facts.customer is not None
    values = sheet(
        arguments.portal, invoice, facts.customer, portal_name=arguments.portal_name, po_number=arguments.po_number
    )
    known = "; ".join(f"{name}: {value}" for name, value in values.items() if value)
    return f"{invoice.number} ({money(invoice.amount, invoice.currency)}): {known}."


def _missing(arguments: SubmitToPortalArguments, invoices: Sequence[InvoiceFacts], facts: CaseFacts) -> Iterator[str]:
    """Say what the portal asks for and we do not have."""
    assert facts.customer is not None
    pieces = {
        MISSING_WORDS[piece]: None
        for invoice in invoices
        for piece in lacking(arguments.portal, invoice, facts.customer, po_number=arguments.po_number)
    }
    if pieces:
        yield f"Missing: {', '.join(pieces)}."


def _mark_rejected(arguments: SubmitToPortalArguments, application: Application) -> None:
    """Move what stands as submitted. The case is not woken: this very answer speaks of it."""
    for number in arguments.invoices:
        item = latest(application.session, number)
        if item is not None and item.id is not None and item.status in _THERE:
            move(
                application.session,
                item.id,
                PortalStatus.REJECTED,
                actor=application.approved_by,
                now=application.now,
                why="the customer says that the portal rejected it",
            )


def _open(number: str, arguments: SubmitToPortalArguments, application: Application) -> bool:
    """Open the item of one invoice with the portal's fields filled; False where it has one by now."""
    session = application.session
    standing = latest(session, number)
    if standing is not None and standing.status in OPEN:
        return False
    invoice = InvoiceFacts(**session.get_one(Invoice, number).model_dump(exclude={"customer_id"}))
    row = session.get_one(Customer, application.customer_id)
    customer = CustomerFacts(**row.model_dump(exclude={"stopped_reason"}))
    portal, po_number = arguments.portal, arguments.po_number
    open_item(
        session,
        customer_id=application.customer_id,
        invoice_number=number,
        portal=portal,
        fields=sheet(portal, invoice, customer, portal_name=arguments.portal_name, po_number=po_number),
        missing=[p.value for p in lacking(portal, invoice, customer, po_number=po_number)],
        effect_id=application.effect_id,
        actor=application.approved_by,
        now=application.now,
    )
    return True
