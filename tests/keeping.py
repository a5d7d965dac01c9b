"""Accounts for tests of `store.keeping`: small ones by hand, and any at all by hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from store.aftermath import InstalmentStatus, PaymentMethod, PlanStatus, PromiseStatus
from store.facts import PaymentFacts
from store.keeping_facts import (
    Account,
    CheckRecord,
    CustomerMail,
    HoldRecord,
    InstalmentRecord,
    OpenInvoice,
    Origin,
    PlanRecord,
    PromiseRecord,
    QuestionRecord,
    ResubmissionRecord,
)
from store.keeping_verdicts import Matter, Verdict

#: A Monday. Everything in these accounts was noted on it, at noon.
START = date(2026, 3, 9)
NUMBERS = ("F-1", "F-2", "F-3")


def day(after: int) -> date:
    """Give a day counted from the start."""
    return START + timedelta(days=after)


def origin(effect: int = 1, *, on: int = 0, case_id: int = 1) -> Origin:
    """Say that something was noted so many days after the start."""
    return Origin(effect, case_id, datetime(2026, 3, 9, 12, tzinfo=UTC) + timedelta(days=on), day(on))


def money(
    amount: str, on: int, *, invoice: str | None = "F-1", number: str = "P1", currency: str = "EUR"
) -> PaymentFacts:
    """Let money arrive so many days after the start."""
    return PaymentFacts(
        id=number,
        invoice_number=invoice,
        received_on=day(on),
        currency=currency,
        amount=Decimal(amount),
        reference="",
    )


def promise(due: int = 4, amount: str | None = None, **fields: Any) -> PromiseRecord:
    """Make a promise for F-1, noted at the start."""
    values: dict[str, Any] = {"id": 1, "origin": origin(), "invoices": ("F-1",), "currency": "EUR"}
    return PromiseRecord(**values | {"due": day(due), "amount": Decimal(amount) if amount else None} | fields)


def plan(*parts: tuple[int, str], status: PlanStatus = PlanStatus.AGREED, **fields: Any) -> PlanRecord:
    """Make a plan over F-1, noted at the start."""
    instalments = tuple(InstalmentRecord(n, day(due), Decimal(amount)) for n, (due, amount) in enumerate(parts, 11))
    values: dict[str, Any] = {"id": 1, "origin": origin(), "invoices": ("F-1",), "currency": "EUR"}
    whole = sum((p.amount for p in instalments), Decimal(0))
    return PlanRecord(**values | {"total": whole, "status": status, "instalments": instalments} | fields)


def account(today: int, balances: Mapping[str, str] | None = None, **fields: Any) -> Account:
    """Make an account so many days after the start, with a ledger of the same day."""
    given = balances if balances is not None else {"F-1": "900.00"}
    values: dict[str, Any] = {
        "today": day(today),
        "ledger_of": day(today),
        "stopped": False,
        "invoices": {n: OpenInvoice(Decimal(amount)) for n, amount in given.items()},
    }
    return Account(**values | fields)


def after(before: Account, verdict: Verdict) -> Account:
    """Give the account as it stands when a verdict was written."""
    new = {(c.matter, c.id): c.new for c in verdict.changes}

    def at(matter: Matter, record: Any) -> Any:
        status = new.get((matter, record.id))
        return record if status is None else replace(record, status=type(record.status)(status))

    return replace(
        before,
        promises=tuple(at(Matter.PROMISE, p) for p in before.promises),
        plans=tuple(
            replace(at(Matter.PLAN, p), instalments=tuple(at(Matter.INSTALMENT, i) for i in p.instalments))
            for p in before.plans
        ),
        resubmissions=tuple(r for r in before.resubmissions if (Matter.RESUBMISSION, r.id) not in new),
        checks=tuple(c for c in before.checks if (Matter.CHECK, c.id) not in new),
        holds=tuple(h for h in before.holds if h.id not in verdict.released),
    )


# --- any account at all ---------------------------------------------------------------------------------------

cents = st.integers(0, 300_000).map(lambda n: Decimal(n) / 100)
some = st.integers(1, 300_000).map(lambda n: Decimal(n) / 100)
days_after = st.integers(-10, 60)
several = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3, unique=True).map(tuple)
origins = st.builds(origin, st.integers(1, 6), on=st.integers(0, 10), case_id=st.integers(1, 2))


def _numbered(records: list[Any]) -> tuple[Any, ...]:
    return tuple(replace(record, id=n) for n, record in enumerate(records, 1))


def many(record: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[Any]:
    """Give some of them, each with a key of its own."""
    return st.lists(record, max_size=most).map(_numbered)


payments = st.lists(
    st.builds(
        PaymentFacts,
        id=st.uuids().map(str),
        invoice_number=st.sampled_from([*NUMBERS, None]),
        received_on=days_after.map(day),
        currency=st.sampled_from(["EUR", "GBP"]),
        amount=cents,
        reference=st.just(""),
    ),
    max_size=6,
).map(tuple)

promises = many(
    st.builds(
        PromiseRecord,
        id=st.just(0),
        origin=origins,
        invoices=several,
        due=st.integers(0, 40).map(day),
        amount=st.none() | some,
        currency=st.just("EUR"),
        status=st.sampled_from(PromiseStatus),
        method=st.sampled_from(PaymentMethod),
    )
)


@st.composite
def _plan(draw: st.DrawFn) -> PlanRecord:
    dues = sorted(draw(st.lists(st.integers(1, 50), min_size=1, max_size=4, unique=True)))
    amounts = draw(st.lists(some, min_size=len(dues), max_size=len(dues)))
    status = draw(st.sampled_from(PlanStatus))
    paid = draw(st.integers(0, len(dues))) if status is PlanStatus.AGREED else 0
    parts = tuple(
        InstalmentRecord(0, day(due), amount, InstalmentStatus.PAID if n < paid else InstalmentStatus.OPEN)
        for n, (due, amount) in enumerate(zip(dues, amounts, strict=True))
    )
    total = sum(amounts, Decimal(0))
    answer = draw(st.none() | st.integers(1, 20).map(day))
    return PlanRecord(0, draw(origins), draw(several), total, "EUR", status, parts, answer)


def _parts_numbered(plans: tuple[PlanRecord, ...]) -> tuple[PlanRecord, ...]:
    return tuple(
        replace(p, instalments=tuple(replace(i, id=p.id * 10 + n) for n, i in enumerate(p.instalments))) for p in plans
    )


kinds = st.sampled_from(["promise", "plan", "payment_in_process", "awaiting_approval", "acknowledgement", "dispute"])
accounts = st.builds(
    Account,
    today=st.integers(0, 60).map(day),
    ledger_of=st.none() | st.integers(0, 60).map(day),
    stopped=st.booleans(),
    invoices=st.fixed_dictionaries({n: st.builds(OpenInvoice, cents, st.just(Decimal(0)) | cents) for n in NUMBERS}),
    payments=payments,
    promises=promises,
    plans=many(_plan()).map(_parts_numbered),
    resubmissions=many(
        st.builds(
            ResubmissionRecord,
            id=st.just(0),
            origin=origins,
            invoice=st.sampled_from(NUMBERS),
            answer_due=st.none() | st.integers(1, 20).map(day),
        )
    ),
    checks=many(
        st.builds(
            CheckRecord,
            id=st.just(0),
            origin=origins,
            invoices=several,
            payments=st.just(()),
            pause_until=st.none() | st.integers(1, 20).map(day),
        )
    ),
    holds=many(
        st.builds(
            HoldRecord,
            id=st.just(0),
            origin=origins,
            kind=kinds,
            invoice=st.sampled_from([*NUMBERS, None]),
            until=st.none() | st.integers(0, 40).map(day),
        ),
        6,
    ),
    questions=st.lists(st.builds(QuestionRecord, origin=origins, invoices=several | st.just(())), max_size=2).map(
        tuple
    ),
    mails=st.lists(
        st.builds(
            CustomerMail,
            case_id=st.integers(1, 2),
            at=st.integers(0, 50).map(lambda n: datetime(2026, 3, 9, 15, tzinfo=UTC) + timedelta(days=n)),
            invoices=several | st.just(()),
            waiting=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
)
