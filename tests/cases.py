"""Snapshots of cases for tests that need no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from store.facts import CaseFacts, ContactFacts, CustomerFacts, InvoiceFacts
from store.proposed import Claim, Slots
from store.vocabulary import ContactStatus, IdentityLevel, Reason
from tools.base import Ask
from tools.limits import Policy

NOW = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
TODAY = date(2026, 4, 14)


def invoice(number: str = "F-5501", balance: str = "1800.00", **fields: object) -> InvoiceFacts:
    """Make an open invoice, 40 days overdue."""
    values: dict[str, object] = {
        "number": number,
        "issue_date": TODAY - timedelta(days=70),
        "due_date": TODAY - timedelta(days=40),
        "currency": "GBP",
        "amount": Decimal(balance),
        "balance": Decimal(balance),
        "po_number": "PO-311",
        "description": "Router cutters",
        "document_sha256": "a" * 64,
    }
    return InvoiceFacts.model_validate(values | fields)


def facts(*invoices: InvoiceFacts, **fields: object) -> CaseFacts:
    """Make the case of Bracken Joinery with one verified contact, whom the mail is from."""
    values: dict[str, object] = {
        "case_id": 1,
        "customer": CustomerFacts(
            id="K1",
            name="Bracken Joinery Ltd",
            currency="GBP",
            language="en",
            timezone="Europe/London",
            tier="standard",
            owner="Ines Roth",
        ),
        "as_of": NOW,
        "today": TODAY,
        "received_on": TODAY,
        "identity": IdentityLevel.A,
        "sender_contact": 1,
        "newest_message": 1,
        "contacts": (
            ContactFacts(
                id=1, name="Moira Tate", email="moira@bracken.example", role="ap", status=ContactStatus.VERIFIED
            ),
        ),
        "invoices": invoices or (invoice(),),
    }
    return CaseFacts.model_validate(values | fields)


def claim(reason: Reason, evidence: str = "as they wrote it", *, invoices: tuple[str, ...] = (), **slots: Any) -> Claim:
    """Make a claim."""
    return Claim(reason=reason, invoices=invoices, evidence=evidence, confidence=0.9, slots=Slots.model_validate(slots))


def ask(*claims: Claim, case: CaseFacts | None = None, policy: Policy | None = None) -> Ask:
    """Ask a tool about claims."""
    return Ask(facts=case or facts(), claims=claims, policy=policy or Policy())
