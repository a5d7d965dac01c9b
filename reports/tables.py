"""The figures as tables: one heading and rows each, for the terminal, CSV, JSON and pages alike. Words and numbers only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.ageing import Aged, Bucket
from reports.gathering import Gathered


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its name. Amounts are Decimals, shares floats between 0 and 1, what is not known None."""

    name: str
    title: str
    heading: Sequence[str]
    rows: Sequence[Sequence[object]]

    def documents(self) -> list[dict[str, object]]:
        """Give the rows as JSON documents."""
        return [dict(zip(self.heading, row, strict=True)) for row in self.rows]


_AGES = tuple(bucket.value.replace(" ", "_").replace("-", "_to_") for bucket in Bucket)


def _ageing(found: Gathered) -> Table:
    rows = [_aged(aged) for aged in found.aged]
    return Table(
        "ageing",
        f"Open on {found.until}, by days past due{_later(found)}",
        ("currency", *_AGES, "all", "contested", "invoices"),
        rows,
    )


def _customers(found: Gathered) -> Table:
    rows = [(aged.customer, *_aged(aged)) for aged in found.customers]
    heading = ("customer", "currency", *_AGES, "all", "contested", "invoices")
    return Table("customers", f"Open on {found.until}, by customer{_later(found)}", heading, rows)


def _later(found: Gathered) -> str:
    """Say what the books hold beside it, so that nobody looks for it: an invoice that is dated later is not billed yet."""
    parts = [f"{currency} {money:,.2f}" for currency, money in found.later.items()]
    return f" (without {', '.join(parts)} that is dated later)" if parts else ""


def _aged(aged: Aged) -> tuple[object, ...]:
    return (aged.currency, *aged.buckets.values(), aged.total, aged.disputed, aged.invoices)


def _trend(found: Gathered) -> Table:
    heading = (
        "currency",
        "month",
        "billed",
        "received",
        "open",
        "overdue",
        "dso",
        "best_dso",
        "delinquent_days",
        "cei",
    )
    rows = [
        (
            m.currency,
            str(m.month),
            m.billed,
            m.came,
            m.open_end,
            m.overdue_end,
            m.dso,
            m.best_dso,
            m.delinquent_days,
            m.cei,
        )
        for months in found.trend.values()
        for m in months
    ]
    return Table("trend", "Days sales outstanding and collection effectiveness, by month", heading, rows)


def _promises(found: Gathered) -> Table:
    kept = found.kept
    rows: list[Sequence[object]] = [
        ("promises kept", kept.share.some, kept.share.all, kept.share.value),
        ("settled without asking a person", found.resolved.some, found.resolved.all, found.resolved.value),
    ]
    return Table(
        "promises", f"Kept and resolved, {found.since} to {found.until}", ("what", "some", "all", "share"), rows
    )


def _answers(found: Gathered) -> Table:
    rows = [
        (by, line.key, line.share.all, line.share.some, line.share.value, _hours(line.usual))
        for by, lines in found.answers.items()
        for line in lines
    ]
    heading = ("by", "which", "written", "answered", "share", "usual_hours")
    return Table("answers", f"How often customers answer, {found.since} to {found.until}", heading, rows)


def _hours(usual: object) -> float | None:
    seconds = getattr(usual, "total_seconds", None)
    return None if seconds is None else round(seconds() / 3600, 1)


def _saved(found: Gathered) -> Table:
    worked = found.hours
    rows: list[Sequence[object]] = [
        ("decisions measured", worked.decisions),
        ("answers that nobody had to see", worked.alone),
        ("decisions not measured", worked.unmeasured),
        ("answers by hand measured", worked.by_hand),
        ("usual seconds a decision", worked.usual_with_us),
        ("usual seconds an answer by hand", worked.usual_by_hand),
        ("hours saved", None if worked.saved is None else round(worked.saved, 1)),
        ("hours saved, low", None if worked.low is None else round(worked.low, 1)),
        ("hours saved, high", None if worked.high is None else round(worked.high, 1)),
    ]
    rows += [("why no hours are named", worked.why_not)] if worked.why_not else []
    return Table("hours", f"Hours saved, measured, {found.since} to {found.until}", ("what", "value"), rows)


#: Every table by its name.
TABLES: dict[str, Callable[[Gathered], Table]] = {
    "ageing": _ageing,
    "customers": _customers,
    "trend": _trend,
    "promises": _promises,
    "answers": _answers,
    "hours": _saved,
}
