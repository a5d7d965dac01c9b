"""The JSON API of the worklist, and of one account's risk: the twin of the pages. Reads only."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import Field, StringConstraints

from review.api_models import Answer, CustomerRef, Money
from review.api_problems import RESPONSES
from review.desk import Desk
from review.worklistpages import PAGE
from risk.acts import Act
from risk.priority import Ranked, in_words
from store.risks import Slipping

_Word = Annotated[str, Query(max_length=200), StringConstraints(pattern=r"^[^\x00]*$")]
_Currency = Annotated[str, Query(description="ISO 4217"), StringConstraints(pattern=r"^([A-Z]{3})?$")]


class WorklistRow(Answer):
    """An account, in one currency. `gain`: what acting now is likely to add; `asked`: what may be asked for."""

    customer: CustomerRef
    tier: str
    owner: str
    gain: Money
    asked: Money
    overdue_days: int
    chance: float = Field(description="the share of `asked` that is still collected in the end")
    comes_anyway: float = Field(description="the share of that which comes by itself within the policy's days")
    act: Act
    act_in_words: str
    link: str = Field(description="the page on which it is done")
    invoices: list[str]
    reasons: list[str]


class WarningOut(Answer):
    """A customer who used to pay in time and does not any more."""

    customer: CustomerRef
    since: date
    usual_days: float
    lately_days: float
    reasons: list[str]


class WorklistOut(Answer):
    """A page of the list, and all early warnings."""

    total: int
    rows: list[WorklistRow]
    warnings: list[WarningOut]


class InvoiceRisk(Answer):
    """How likely an open invoice is paid late, and how many days, as of a day."""

    invoice: str
    as_of: date
    late_probability: float
    expected_days_late: float
    reasons: list[str]
    model: str = Field(description="the digest of the model that said it, or `prior`")


class AccountRiskOut(Answer):
    """How one account stands."""

    customer: CustomerRef
    rows: list[WorklistRow]
    invoices: list[InvoiceRisk]
    warning: WarningOut | None


def worklist_api_routes(desk: Desk) -> APIRouter:
    """Make the routes."""
    api = APIRouter(prefix="/api/v1", tags=["worklist"], responses=RESPONSES)

    @api.get("/worklist", operation_id="get_worklist")
    def get_worklist(
        owner: _Word = "", currency: _Currency = "", page: Annotated[int, Query(ge=1, le=100_000)] = 1
    ) -> WorklistOut:
        """List whom to see to first, the largest gain first; of one person, in one currency."""
        rows = desk.worklist(owner=owner, currency=currency)
        return WorklistOut(
            total=len(rows),
            rows=[_row(row) for row in rows[(page - 1) * PAGE : page * PAGE]],
            warnings=[_warning(warning, name) for warning, name in desk.early_warnings()],
        )

    @api.get("/worklist/{customer_id}", operation_id="get_account_risk")
    def get_account_risk(customer_id: str) -> AccountRiskOut:
        """Say how one account stands: what to do next, and how risky its open invoices are."""
        found = desk.account_risk(customer_id)
        if found is None:
            raise HTTPException(404, "There is no such customer.")
        return AccountRiskOut(
            customer=CustomerRef(id=found.customer, name=found.name),
            rows=[_row(row) for row in found.rows],
            invoices=[
                InvoiceRisk(
                    invoice=risk.invoice_number,
                    as_of=risk.as_of,
                    late_probability=risk.late_probability,
                    expected_days_late=risk.expected_days_late,
                    reasons=risk.reasons,
                    model=risk.model_digest,
                )
                for risk in found.risks
            ],
            warning=_warning(found.warning, found.name) if found.warning else None,
        )

    return api


def _row(row: Ranked) -> WorklistRow:
    return WorklistRow(
        customer=CustomerRef(id=row.customer, name=row.name),
        tier=row.tier,
        owner=row.owner,
        gain=Money(amount=row.gain, currency=row.currency),
        asked=Money(amount=row.asked, currency=row.currency),
        overdue_days=row.overdue_days,
        chance=round(row.chance, 4),
        comes_anyway=round(row.anyway, 4),
        act=row.act,
        act_in_words=in_words(row.act),
        link=row.link,
        invoices=list(row.invoices),
        reasons=list(row.reasons),
    )


def _warning(row: Slipping, name: str) -> WarningOut:
    return WarningOut(
        customer=CustomerRef(id=row.customer_id, name=name),
        since=row.since,
        usual_days=row.usual_days,
        lately_days=row.lately_days,
        reasons=row.reasons,
    )
