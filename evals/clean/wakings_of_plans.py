"""Scenes in which an instalment of an agreed plan comes near, or did not come."""

from __future__ import annotations

from decimal import Decimal

from evals.clean.ground import Scene, days, invoice, said, waking
from evals.clean.people import ALBERCA, ORSENIGO
from store.aftermath import FollowupKind, InstalmentStatus
from store.matter_facts import (
    InstalmentFacts,
    PlanFacts,
)
from store.vocabulary import Reason


def plan_wakings() -> tuple[Scene, ...]:
    """List them."""
    return (_instalment_missed(), _instalment_due())


def _plan(number: str, currency: str, *parts: tuple[int, str, InstalmentStatus], status: str) -> PlanFacts:
    instalments = tuple(
        InstalmentFacts(id=n, due=days(day), amount=Decimal(amount), status=state)
        for n, (day, amount, state) in enumerate(parts, start=1)
    )
    return PlanFacts(
        id=1,
        invoices=(number,),
        total=sum((part.amount for part in instalments), Decimal(0)),
        currency=currency,
        status=status,
        instalments=instalments,
        offered_on=days(-50),
    )


def _instalment_missed() -> Scene:
    words = "¿Podríamos pagar la ES-50230 en tres plazos?"
    plan = _plan(
        "ES-50230",
        "EUR",
        (-9, "900.00", InstalmentStatus.MISSED),
        (21, "900.00", InstalmentStatus.OPEN),
        (51, "900.00", InstalmentStatus.OPEN),
        status="broken",
    )
    return waking(
        "es_instalment_missed",
        ALBERCA,
        [invoice("ES-50230", "2700.00", 88)],
        said(Reason.PLAN_REQUEST, words, "ES-50230"),
        FollowupKind.INSTALMENT_MISSED,
        day=days(-9),
        since=days(-50),
        amount="900.00",
        plans=(plan.model_copy(update={"ended_on": days(-4)}),),
    )


def _instalment_due() -> Scene:
    words = "Possiamo dividere la IT-70170 in tre rate? In questo momento la liquidità è poca."
    plan = _plan(
        "IT-70170",
        "EUR",
        (3, "1100.00", InstalmentStatus.OPEN),
        (33, "1100.00", InstalmentStatus.OPEN),
        (64, "1100.00", InstalmentStatus.OPEN),
        status="agreed",
    )
    return waking(
        "it_instalment_due",
        ORSENIGO,
        [invoice("IT-70170", "3300.00", 61)],
        said(Reason.PLAN_REQUEST, words, "IT-70170"),
        FollowupKind.INSTALMENT_DUE,
        day=days(3),
        since=days(-50),
        amount="1100.00",
        plans=(plan,),
    )
