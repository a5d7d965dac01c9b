"""What the slots of one mail may draw on: one customer's snapshot, our own profile and the terms of this answer.

Values only. `purchase_orders`, `promise` and `new_contact_name` are the customer's own words, read by code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from store.company import CompanyProfile
from store.facts import CaseFacts, ContactFacts
from store.terms import Term


class _Terms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Instalment(_Terms):
    """One payment of a plan."""

    due: date
    amount: Decimal


class PlanTerms(_Terms):
    """A payment plan as code computed it, earliest instalment first, all in `currency`."""

    instalments: tuple[Instalment, ...]
    currency: str


class PromiseTerms(_Terms):
    """What the customer undertook to pay, and when. `amount` None means what is open."""

    date: date
    amount: Decimal | None
    currency: str


class SlotScope(_Terms):
    """Everything that a slot may name.

    `covered` holds the numbers of the invoices that the mail is about, `terms` what only this answer has (`prompts.terms`).
    `asked`: by number, what we ask for of an invoice where that is less than its balance.
    `notices` names the lines under the mail (`prompts.notices`), `first_notice` the words that the law prescribes.
    """

    facts: CaseFacts
    company: CompanyProfile
    language: str
    contact: ContactFacts | None = None
    sender_name: str = ""
    plan: PlanTerms | None = None
    promise: PromiseTerms | None = None
    purchase_orders: Mapping[str, str] = {}
    new_contact_name: str | None = None
    deadline: date | None = None
    hold_until: date | None = None
    covered: tuple[str, ...] = ()
    terms: Mapping[str, Term] = {}
    asked: Mapping[str, Decimal] = {}
    notices: tuple[str, ...] = ()
    first_notice: str = ""
