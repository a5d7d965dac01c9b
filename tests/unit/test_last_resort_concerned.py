"""Whose last steps are judged: never is one passed over that the judge would have done something about."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from store import last_resort_deciding as deciding
from store.engine import open_engine, unit_of_work
from store.keeping_days import KeepingDays
from store.last_resort import propose_last_resort
from store.last_resort_concerned import to_judge
from store.last_resort_keeping import Swept, _keep
from store.last_resort_tables import LastResortRow
from store.last_resort_words import Ground
from store.outreach_words import LastResort
from store.tables import Invoice, Plan
from tests.ledgers import NOW, load_ledger
from tests.outreach_house import empty_books

_STANDS = (LastResort.HOLD, LastResort.REVIEW, LastResort.HAND_OFF)
_DAYS = KeepingDays()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("steps")
    engine = open_engine(f"sqlite:///{empty_books(folder)}")
    with unit_of_work(engine) as session:
        load_ledger(session, folder / "ledger")
        number = propose_last_resort(
            session,
            kind=LastResort.HOLD,
            customer_id="K1",
            invoices=("F-5501",),
            why=Ground.NO_ANSWER,
            actor="ines",
            now=NOW,
        )
        deciding.approve(session, number or 0, version=1, actor="mara", now=NOW, second_person=False)
    return engine


def _change(session: Session, kind: LastResort, *, paid: bool, planned: str, ending: bool) -> None:
    step = session.exec(select(LastResortRow)).one()
    step.kind, step.end_proposed_at = kind.value, NOW if ending else None
    step.amount, step.pay_by, step.cause = Decimal(900), NOW.date() + timedelta(days=5), "unwilling"
    if paid:
        session.get_one(Invoice, "F-5501").balance = Decimal(0)
    if planned:
        session.add(
            Plan(
                customer_id="K1",
                effect_id=1,
                invoices=["F-5501"],
                total=Decimal(900),
                currency="GBP",
                status=planned,
            )
        )
    session.flush()


@pytest.mark.parametrize("kind", [*_STANDS, LastResort.SETTLEMENT, LastResort.WRITE_OFF])
def test_whom_it_passes_over_nothing_would_have_come_of(engine: Engine, kind: LastResort) -> None:
    for paid, planned, ending in product((False, True), ("", "proposed", "agreed"), (False, True)):
        with Session(engine) as session:
            # Nothing of this is kept: what only has to point somewhere need not.
            session.execute(text("PRAGMA defer_foreign_keys = on"))
            _change(session, kind, paid=paid, planned=planned, ending=ending)
            named, swept = to_judge(session), _keep(session, "K1", now=NOW + timedelta(days=1), days=_DAYS)
            session.rollback()
        assert named in ([], ["K1"])
        assert named == ["K1"] or swept == Swept(), (kind, paid, planned, ending)
        assert named or kind in _STANDS
        if kind in _STANDS and not paid and not planned:
            assert named == [], "it stands: most do, for months"
