"""A small but real scope for letters: two invoices of one customer, a plan, a promise, a new contact."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from prompts.slots import Instalment, PlanTerms, PromiseTerms, SlotScope
from store.company import CompanyProfile
from store.facts import CaseFacts, ContactFacts, CustomerFacts, InvoiceFacts
from store.terms import Cash
from store.vocabulary import ContactStatus, IdentityLevel

ONE = ("INV-20419",)
BOTH = ("DE-70311", "INV-20419")
COMPANY = CompanyProfile(
    name="Nordholt Industrial Supply Ltd", address="Quay Road\nBristol", email="ar@nordholt-supply.example"
)


def invoice(number: str, balance: str, due: date, *, currency: str = "EUR", po: str = "") -> InvoiceFacts:
    return InvoiceFacts(
        number=number,
        issue_date=date(2026, 1, 8),
        due_date=due,
        currency=currency,
        amount=Decimal("12000.00"),
        balance=Decimal(balance),
        po_number=po,
        description="Ball bearings, sealed",
    )


def letter_scope(language: str = "en", **changes: object) -> SlotScope:
    contact = ContactFacts(
        id=1, name="Maike Brandt", email="m.brandt@kessler.example", role="ap", status=ContactStatus.VERIFIED
    )
    facts = CaseFacts(
        case_id=1,
        customer=CustomerFacts(
            id="C1",
            name="Kessler Anlagenbau GmbH",
            currency="EUR",
            language=language,
            timezone="Europe/Berlin",
            tier="key",
            owner="Maren Vos",
        ),
        as_of=datetime(2026, 3, 10, 9, tzinfo=UTC),
        today=date(2026, 3, 10),
        received_on=date(2026, 3, 9),
        identity=IdentityLevel.A,
        contacts=(contact,),
        invoices=(
            invoice("INV-20419", "11234.50", date(2026, 2, 1), po="HF-77041"),
            invoice("DE-70311", "672.00", date(2026, 2, 8)),
        ),
    )
    scope = SlotScope(
        facts=facts,
        company=COMPANY,
        language=language,
        contact=contact,
        sender_name="Maren Vos",
        plan=PlanTerms(
            instalments=(
                Instalment(due=date(2026, 3, 31), amount=Decimal("6000.00")),
                Instalment(due=date(2026, 4, 30), amount=Decimal("5906.50")),
            ),
            currency="EUR",
        ),
        promise=PromiseTerms(date=date(2026, 3, 20), amount=Decimal("11234.50"), currency="EUR"),
        purchase_orders={"INV-20419": "HF-77120", "DE-70311": "HF-77121"},
        new_contact_name="Karin Åhlgren",
        deadline=date(2026, 3, 24),
        hold_until=date(2026, 3, 17),
        covered=BOTH,
        notices=("objection",),
        terms={
            "said.date": date(2026, 3, 2),
            "missed.date": date(2026, 3, 9),
            "missed.amount": Cash(Decimal("2000.00"), "EUR"),
            "missing.amount": Cash(Decimal("750.00"), "EUR"),
            "next_due.date": date(2026, 3, 30),
            "next_due.amount": Cash(Decimal("1500.00"), "EUR"),
            "sent_again.date": date(2026, 3, 3),
            "offered.date": date(2026, 3, 4),
            "payment.date": date(2026, 3, 5),
            "payment.amount": Cash(Decimal("672.00"), "EUR"),
            "payment.reference": "RE DE-70311",
            "dispute.credit": Cash(Decimal("765.50"), "EUR"),
            "dispute.due": date(2026, 3, 25),
            "settlement.amount": Cash(Decimal("9000.00"), "EUR"),
            "settlement.date": date(2026, 3, 27),
            "undisputed.balance": Cash(Decimal("11234.50"), "EUR"),
            "asked.amount": Cash(Decimal("8000.00"), "EUR"),
            "credit.amount": Cash(Decimal("310.00"), "EUR"),
            "reminded.date": date(2026, 2, 20),
            "due.date": date(2026, 2, 1),
            "portal.name": "Coupa",
        },
    )
    return scope.model_copy(update=changes)
