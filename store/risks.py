"""How risky each open invoice is, which reliable payers slip, and the trained models. Numbers and our own words; nobody's mail.

The tables stand beside their queries. What is written here is worked out anew at every scoring; only models are kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, LargeBinary, delete, insert, update
from sqlmodel import Field, Session, SQLModel, col, select

from store import audit
from store.columns import JsonColumn, Moment
from store.conditional import changed
from store.scoping import whole_house
from store.tables import AuditEntry

#: The event of the log that says when a scoring run was.
SCORED = "risk.scored"


class Risk(SQLModel, table=True):
    """One open invoice: how likely it is paid late, and how many days, as of a day.

    `expected_days_late`: the middle of what is likely; negative, before its day. `days`: days late at equally likely levels,
    rising, for forecasts. `reasons`: in words, the weightiest first. `model_digest`: which model said it, or "prior".
    """

    __tablename__ = "risk"
    invoice_number: str = Field(foreign_key="invoice.number", primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    as_of: dt.date
    late_probability: float
    expected_days_late: float
    days: list[int] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    reasons: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    model_digest: str


class Slipping(SQLModel, table=True):
    """An early warning: a customer who used to pay in time and does not any more. `since`: the day on which it was first seen."""

    __tablename__ = "slipping"
    customer_id: str = Field(foreign_key="customer.id", primary_key=True)
    since: dt.date
    as_of: dt.date
    usual_days: float
    lately_days: float
    reasons: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))


class RiskModel(SQLModel, table=True):
    """A trained model as data (`risk.model`), with its card. At most one is in use. It names no customer and no invoice."""

    __tablename__ = "risk_model"
    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    made_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    made_by: str
    trained_on: dt.date
    card: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JsonColumn, nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scoring run came to: how many invoices, how many warnings stand, and how many of them are new."""

    invoices: int
    warnings: int
    new_warnings: int
    model_digest: str


def of_customer(session: Session, customer_id: str) -> list[Risk]:
    """List the risk of a customer's open invoices, by number."""
    query = select(Risk).where(Risk.customer_id == customer_id).order_by(Risk.invoice_number)
    return list(session.exec(query))


def of_everybody(session: Session) -> dict[str, Risk]:
    """Give the risk of every open invoice, by number."""
    whole_house(session)
    return {risk.invoice_number: risk for risk in session.exec(select(Risk))}


def warning_of(session: Session, customer_id: str) -> Slipping | None:
    """Give the early warning of a customer, where there is one."""
    return session.exec(select(Slipping).where(Slipping.customer_id == customer_id)).first()


def warnings(session: Session) -> list[Slipping]:
    """List all early warnings, the newest first."""
    whole_house(session)
    return list(session.exec(select(Slipping).order_by(col(Slipping.since).desc(), col(Slipping.customer_id))))


def scored_at(session: Session) -> dt.datetime | None:
    """Give the moment of the last scoring run."""
    query = select(AuditEntry.at).where(AuditEntry.event == SCORED)
    return session.exec(query.order_by(col(AuditEntry.seq).desc()).limit(1)).first()


def put_scores(
    session: Session,
    risks: Sequence[dict[str, Any]],
    slipping: Sequence[Slipping],
    *,
    model_digest: str,
    now: dt.datetime,
) -> Scored:
    """Write a scoring run in place of the one before; who was warned of already keeps the day. Logged in numbers alone."""
    whole_house(session)
    audit.take_turn(session)
    since = {row.customer_id: row.since for row in session.exec(select(Slipping))}
    session.execute(delete(Risk))
    session.execute(delete(Slipping))
    session.expire_all()
    if risks:
        session.execute(insert(Risk), list(risks))
    if slipping:
        rows = [row.model_dump() | {"since": since.get(row.customer_id, row.since)} for row in slipping]
        session.execute(insert(Slipping), rows)
    new = sum(row.customer_id not in since for row in slipping)
    scored = Scored(len(risks), len(slipping), new, model_digest)
    payload = {"invoices": scored.invoices, "warnings": scored.warnings, "new": new, "model": model_digest}
    audit.append(session, at=now, actor="risk", event=SCORED, subject="risk", payload=payload)
    return scored


def model_in_use(session: Session) -> RiskModel | None:
    """Give the model that scores, with its content and card; None while the shipped assumptions do."""
    return session.exec(select(RiskModel).where(col(RiskModel.in_use).is_(True))).first()


def use_model(
    session: Session,
    *,
    content: bytes,
    digest: str,
    card: dict[str, Any],
    trained_on: dt.date,
    actor: str,
    now: dt.datetime,
) -> None:
    """Store a model and put it in use; the one before stays stored. Logged with its digest and its figures."""
    whole_house(session)
    audit.take_turn(session)
    changed(session, update(RiskModel).where(col(RiskModel.in_use).is_(True)).values(in_use=False))
    known = session.exec(select(RiskModel).where(RiskModel.digest == digest)).first()
    if known is None:
        known = RiskModel(digest=digest, made_at=now, made_by=actor, trained_on=trained_on, card=card, content=content)
    known.card, known.in_use = card, True
    session.add(known)
    session.flush()
    figures = {"model": digest, "late": card["late"]["model"], "days": card["days"]["model"]}
    audit.append(session, at=now, actor=actor, event="risk.trained", subject="risk", payload=figures)
