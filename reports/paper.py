"""The report of a month as a PDF, for whoever answers for the cash: key figures, plots, ageing, customers, causes. Draws only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from prompts.lettering import lettering_for
from prompts.sheet import Sheet
from prompts.wording import long_date, money
from reports.ageing import Aged, Bucket
from reports.collecting import MonthFigures
from reports.gathering import Gathered
from reports.plots import ageing_plot, dso_plot, money_plot
from store.company import CompanyProfile

_LANGUAGE = "en"
MOST_CUSTOMERS = 15


def monthly_pdf(found: Gathered, *, company: CompanyProfile, names: dict[str, str]) -> bytes:
    """Set the report. `names`: of customers, by their number; one without a name shows its number."""
    sheet = Sheet(lettering_for(company.name, *names.values()), language=_LANGUAGE, company=company)
    sheet.say("Receivables and collection", size=17, bold=True, after=3)
    period = f"{long_date(found.since, language=_LANGUAGE)} to {long_date(found.until, language=_LANGUAGE)}"
    sheet.say(period, soft=True, after=12)
    _key_figures(sheet, found)
    for aged in found.aged:
        _currency(sheet, aged, found.trend.get(aged.currency, []))
    _customers(sheet, found, names)
    _causes(sheet, found)
    _answers(sheet, found)
    sheet.gap(10)
    sheet.say(_NOTE, size=7.5, soft=True)
    return sheet.draw(f"Receivables {found.until:%Y-%m}")


def _key_figures(sheet: Sheet, found: Gathered) -> None:
    kept, worked = found.kept, found.hours
    hours = (
        f"{worked.saved:,.1f} ({worked.low:,.1f} to {worked.high:,.1f})" if worked.saved is not None else worked.why_not
    )
    rows = [
        ("Promises kept", f"{kept.share}; {kept.open} still open"),
        ("Settled without asking a person", str(found.resolved)),
        ("Hours saved, measured", hours),
    ]
    sheet.table([[what, sheet.cell(told)] for what, told in rows], (180, 315), right_from=2, heading=False)


def _currency(sheet: Sheet, aged: Aged, trend: Sequence[MonthFigures]) -> None:
    sheet.gap(14)
    mark = sheet.mark()
    sheet.say(f"Open in {aged.currency}: {_money(aged.total, aged.currency)}", size=12, bold=True, after=5)
    heading = ["", *(bucket.value for bucket in Bucket), "all", "contested"]
    sums = [_plain(aged.buckets[bucket]) for bucket in Bucket]
    sheet.table([heading, ["open", *sums, _plain(aged.total), _plain(aged.disputed)]], (40, *[65] * 7), right_from=1)
    sheet.gap(6)
    sheet.plot(ageing_plot(aged))
    sheet.keep_together(mark)
    if any(month.billed or month.open_end for month in trend):
        mark = sheet.mark()
        sheet.plot(money_plot(trend))
        sheet.plot(dso_plot(trend))
        sheet.keep_together(mark)
        _trend(sheet, trend)


def _trend(sheet: Sheet, trend: Sequence[MonthFigures]) -> None:
    heading = ["month", "billed", "received", "open", "overdue", "DSO", "best", "delinquent", "CEI %"]
    rows = [
        [
            str(m.month),
            *(_plain(value) for value in (m.billed, m.came, m.open_end, m.overdue_end)),
            *("" if value is None else f"{value}" for value in (m.dso, m.best_dso, m.delinquent_days, m.cei)),
        ]
        for m in trend
    ]
    sheet.gap(4)
    sheet.table([heading, *rows], (47, 70, 70, 70, 70, 42, 42, 50, 34), right_from=1)


def _customers(sheet: Sheet, found: Gathered, names: dict[str, str]) -> None:
    owing = [aged for aged in found.customers if aged.overdue > 0][:MOST_CUSTOMERS]
    if not owing:
        return
    sheet.gap(16)
    sheet.say("Who owes most that is overdue", size=12, bold=True, after=5)
    rows = [
        [
            sheet.cell(f"{sheet.lettering.write(names.get(a.customer, ''), instead=a.customer)} ({a.customer})"),
            _money(a.overdue, a.currency),
            _money(a.total, a.currency),
            f"{a.oldest_share:.0%}" if a.oldest_share is not None else "",
        ]
        for a in owing
    ]
    sheet.table([["customer", "overdue", "open", "over 90 days"], *rows], (215, 105, 105, 70), right_from=1)


def _causes(sheet: Sheet, found: Gathered) -> None:
    if not found.causes:
        return
    sheet.gap(16)
    sheet.say("Why settled invoices had aged", size=12, bold=True, after=5)
    rows = [
        [line.cause.value.replace("_", " "), str(line.invoices), _money(line.money, line.currency), f"{line.days}"]
        for line in found.causes[:20]
    ]
    sheet.table([["cause", "invoices", "money", "days late"], *rows], (215, 70, 140, 70), right_from=1)


def _answers(sheet: Sheet, found: Gathered) -> None:
    for name, lines in found.answers.items():
        if not lines:
            continue
        sheet.gap(14)
        mark = sheet.mark()
        sheet.say(f"How often customers answer, by {name}", size=11, bold=True, after=5)
        rows = [
            [line.key.replace("_", " "), f"{line.share.all:,}", str(line.share), _time(line.usual)]
            for line in lines[:15]
        ]
        sheet.table([["", "written", "answered", "usually after"], *rows], (215, 70, 110, 100), right_from=1)
        sheet.keep_together(mark)


def _time(usual: timedelta | None) -> str:
    if usual is None:
        return ""
    hours = usual.total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.1f} days"


def _money(amount: Decimal, currency: str) -> str:
    return money(amount, currency, language=_LANGUAGE)


def _plain(amount: Decimal) -> str:
    return f"{amount:,.0f}"


_NOTE = (
    "Currencies are never added up. DSO: open at the end of the month / billed in the 90 days before it x 90; best: the same "
    "with what was not yet due; CEI: what came of what was due to come. What came off an invoice without a payment (a credit "
    "note, a write-off in the accounting system) counts from the day on which the invoice was closed. An answer counts within "
    "fourteen days and before our next mail."
)
