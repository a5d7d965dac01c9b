"""Scores every open invoice as it stands today, finds who slips, and writes both. Judges with what is known before today alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session

from risk.bills import Bill, Book
from risk.features import Features
from risk.ledger_book import book_of
from risk.model import Model, model_from
from risk.prior import Prior
from risk.reasons import Seen, reasons
from risk.settings import RiskSettings
from risk.slipping import slips
from risk.spread import Outlook
from risk.trees import Damaged
from store import risks
from store.clock import day_in
from store.engine import unit_of_work
from store.risks import Scored, Slipping

#: At which levels the days late of an invoice are stored.
STORED = (np.arange(21) + 0.5) / 21


@dataclass(frozen=True, slots=True)
class Score:
    """One open invoice. `days`: days late at equally likely levels, all of them after today."""

    bill: Bill
    late_probability: float
    expected_days_late: float
    days: tuple[int, ...]
    reasons: tuple[str, ...]


def score_now(engine: Engine, *, now: datetime, settings: RiskSettings) -> Scored:
    """Score the whole house and write it, in one transaction. A model that cannot be read is a fault; nothing is written then."""
    with unit_of_work(engine) as session:
        model, digest = model_of(session)
        book, today = book_of(session, now=now), day_in("UTC", now)
        found = score(book, model, today=today, min_settled=settings.min_settled)
        slipping = slips(book, today=today, settings=settings)
        rows = [_row(one, today, digest) for one in found]
        warned = [
            Slipping(
                customer_id=s.customer,
                since=today,
                as_of=today,
                usual_days=s.usual_days,
                lately_days=s.lately_days,
                reasons=list(s.reasons),
            )
            for s in slipping
        ]
        return risks.put_scores(session, rows, warned, model_digest=digest, now=now)


def model_of(session: Session) -> tuple[Model | Prior, str]:
    """Give the model in use and its digest; the shipped assumptions where there is none. Raises Damaged."""
    row = risks.model_in_use(session)
    if row is None:
        return Prior(), Prior.NAME
    try:
        return model_from(row.content), row.digest
    except Damaged as error:
        raise Damaged(f"the risk model {row.digest[:12]} cannot be used: {error}") from None


def score(book: Book, model: Model | Prior, *, today: date, min_settled: int) -> list[Score]:
    """Score what is open, by number. With too few settled invoices the shipped assumptions judge, whatever model there is."""
    if sum(b.days_late is not None for b in book.bills) < min_settled:
        model = Prior()
    bills = sorted((b for b in book.bills if not b.unknown and b.settled >= today), key=lambda b: b.number)
    if not bills:
        return []
    features = Features(book)
    rows = features.matrix(bills, [today] * len(bills))
    late, middles = model.probabilities(rows), model.middles(rows)
    moved = model.moves(rows) if isinstance(model, Model) else None
    return [
        _score(bill, features, model, float(late[n]), float(middles[n]), moved[n] if moved is not None else None, today)
        for n, bill in enumerate(bills)
    ]


def _score(
    bill: Bill, features: Features, model: Model | Prior, late: float, middle: float, moved: Any, today: date
) -> Score:
    # What is known ends with yesterday: on that day it was open, and it may be paid today.
    waited = (today - bill.due).days - 1
    outlook = model.spread.outlook(middle=middle, late=late, waited=waited)
    seen = Seen(bill, today, features.past(bill, today), features.above(bill, today))
    return Score(
        bill=bill,
        late_probability=outlook.late,
        expected_days_late=max(outlook.expected, float(waited + 1)),
        days=stored_days(outlook, least=waited + 1),
        reasons=tuple(reasons(seen, moved)),
    )


def stored_days(outlook: Outlook, *, least: int) -> tuple[int, ...]:
    """Give whole days at equally likely levels, none before `least`."""
    order = np.argsort(outlook.days, kind="stable")
    reached = np.cumsum(outlook.weights[order])
    places = np.minimum(np.searchsorted(reached, STORED - 1e-12), len(order) - 1)
    return tuple(max(least, math.ceil(outlook.days[order][place])) for place in places)


def _row(one: Score, today: date, digest: str) -> dict[str, Any]:
    return {
        "invoice_number": one.bill.number,
        "customer_id": one.bill.customer,
        "as_of": today,
        "late_probability": round(one.late_probability, 4),
        "expected_days_late": round(one.expected_days_late, 1),
        "days": list(one.days),
        "reasons": list(one.reasons),
        "model_digest": digest,
    }
