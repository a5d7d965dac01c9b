"""The ground of a scene: customers of seven languages, their invoices, and the two kinds of scene. Values only, all of them made up.

A scene is an answer to a mail (`answer`), or a case that woke by itself (`waking`). Its actions are those that the policy
and the tools themselves propose; a scene whose tool is not the one it names is a fault.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from store.aftermath import FollowupKind
from store.company import CompanyProfile
from store.facts import CaseFacts, ContactFacts, CustomerFacts, FollowupFacts, InvoiceFacts, PastMail
from store.proposed import Claim, Slots
from store.vocabulary import ContactStatus, IdentityLevel, MissingPiece, Reason
from tools.windows import Written

NOW = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
TODAY = date(2026, 4, 14)
COMPANY = CompanyProfile(
    name="Nordholt Industrial Supply B.V.",
    address="Kadeweg 14\n3089 Havenstad\nThe Netherlands",
    team="Accounts Receivable",
    email="ar@nordholt-supply.example",
    privacy_url="https://nordholt-supply.example/privacy",
)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, the person who writes for them, and the collector in charge of them."""

    name: str
    language: str
    currency: str
    timezone: str
    tier: str
    contact: str
    domain: str
    owner: str

    @property
    def email(self) -> str:
        """Where the contact is written to."""
        plain = unicodedata.normalize("NFKD", self.contact.split()[0]).encode("ascii", "ignore").decode()
        return f"{plain.lower()}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Scene:
    """One situation: what happened, the facts of it, and the tools that must come out of it.

    `told`: the customer's own words. `only_person`: no model ever words this letter.
    """

    name: str
    customer: Customer
    told: str
    facts: CaseFacts
    claims: tuple[Claim, ...]
    tools: tuple[str, ...]
    subject: str
    written: tuple[Written, ...] = field(default=())
    only_person: bool = False

    @property
    def language(self) -> str:
        """The language of the mail."""
        return self.customer.language


def days(number: int) -> date:
    """Give the day so many days from today; negative for the past."""
    return TODAY + timedelta(days=number)


def invoice(number: str, balance: str, overdue: int, **fields: object) -> InvoiceFacts:
    """Make an open invoice, so many days past due, of thirty days' terms, with its PDF stored."""
    values: dict[str, object] = {
        "number": number,
        "issue_date": days(-overdue - 30),
        "due_date": days(-overdue),
        "currency": "EUR",
        "amount": Decimal(balance),
        "balance": Decimal(balance),
        "po_number": "",
        "description": "Ball bearings, sealed",
        "document_sha256": "a" * 64,
    }
    return InvoiceFacts.model_validate(values | fields)


def said(reason: Reason, evidence: str, *invoices: str, **slots: Any) -> Claim:
    """Make a claim as a sure reading gives it."""
    return Claim(
        reason=reason, invoices=invoices, evidence=evidence, confidence=0.92, slots=Slots.model_validate(slots)
    )


def answer(
    name: str,
    customer: Customer,
    invoices: Sequence[InvoiceFacts],
    claims: Sequence[Claim],
    tool: str | tuple[str, ...],
    *,
    only_person: bool = False,
    received_on: date = TODAY,
    **facts: object,
) -> Scene:
    """Make a scene in which the customer answered a reminder of nine days ago."""
    told = " ".join(claim.evidence for claim in claims)
    return Scene(
        name=name,
        customer=customer,
        told=told,
        facts=_facts(customer, invoices, received_on=received_on, **facts),
        claims=tuple(claims),
        tools=(tool,) if isinstance(tool, str) else tool,
        subject=_SUBJECTS[customer.language].format(invoices[0].number),
        written=(Written(at=NOW - timedelta(days=9), case_id=1),),
        only_person=only_person,
    )


def waking(
    name: str,
    customer: Customer,
    invoices: Sequence[InvoiceFacts],
    claim: Claim,
    kind: FollowupKind,
    *,
    day: date,
    since: date,
    amount: str | None = None,
    question: MissingPiece | None = None,
    contact_id: int | None = None,
    only_person: bool = False,
    **facts: object,
) -> Scene:
    """Make a scene in which a day brought nothing (or a dispute ended): the customer wrote on `since`, which we answered."""
    about = claim.invoices or tuple(i.number for i in invoices)
    woken = FollowupFacts(
        kind=kind,
        subject_id=1,
        invoices=about,
        claim=claim,
        day=day,
        since=since,
        amount=Decimal(amount) if amount else None,
        currency=customer.currency,
        contact_id=contact_id,
        question=question,
        id=1,
    )
    noon = timedelta(hours=12)
    spoke = datetime(since.year, since.month, since.day, tzinfo=UTC) + noon
    history = (
        PastMail(direction="out", at=spoke - timedelta(days=6), invoices=about),
        PastMail(direction="in", at=spoke, reasons=(claim.reason.value,), invoices=about),
        PastMail(direction="out", at=spoke + timedelta(hours=2), reasons=(claim.reason.value,), invoices=about),
    )
    return Scene(
        name=name,
        customer=customer,
        told=claim.evidence,
        facts=_facts(customer, invoices, **({"received_on": since, "history": history, "followup": woken} | facts)),
        claims=(claim,),
        tools=("follow_up",),
        subject=_SUBJECTS[customer.language].format(invoices[0].number),
        written=(Written(at=spoke + timedelta(hours=2), case_id=1, answer=True),),
        only_person=only_person,
    )


def contact_of(customer: Customer, **fields: object) -> ContactFacts:
    """Make the contact who writes for a customer, verified long ago."""
    values: dict[str, object] = {
        "id": 1,
        "name": customer.contact,
        "email": customer.email,
        "role": "ap",
        "status": ContactStatus.VERIFIED,
    }
    return ContactFacts.model_validate(values | fields)


def _facts(customer: Customer, invoices: Sequence[InvoiceFacts], **fields: object) -> CaseFacts:
    reminded = PastMail(direction="out", at=NOW - timedelta(days=9), invoices=tuple(i.number for i in invoices))
    values: dict[str, object] = {
        "case_id": 1,
        "customer": CustomerFacts(
            id="C1",
            name=customer.name,
            currency=customer.currency,
            language=customer.language,
            timezone=customer.timezone,
            tier=customer.tier,
            owner=customer.owner,
        ),
        "as_of": NOW,
        "today": TODAY,
        "received_on": TODAY,
        "identity": IdentityLevel.A,
        "sender_contact": 1,
        "newest_message": 1,
        "contacts": (contact_of(customer),),
        "invoices": tuple(i.model_copy(update={"currency": customer.currency}) for i in invoices),
        "history": (reminded,),
        "mentioned": (invoices[0].number,),
    }
    return CaseFacts.model_validate(values | fields)


_SUBJECTS = {
    "en": "Re: Invoice {}",
    "de": "AW: Rechnung {}",
    "fr": "RE: Facture {}",
    "es": "RE: Factura {}",
    "nl": "RE: Factuur {}",
    "it": "R: Fattura {}",
    "pt": "RE: Fatura {}",
}
