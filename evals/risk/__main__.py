"""`python -m evals.risk FILE... [--company] [--invoices N] [--test-share S]`: prints how good risk and forecast are, as tables or JSON."""

from __future__ import annotations

import argparse
import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from evals.risk.backtest import backtest
from evals.risk.company import DAYS, FIRST, Company, company
from evals.risk.settled_files import book_of_files
from risk import metrics
from risk.bills import Book
from risk.settings import RiskSettings
from risk.training import Trained, train


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m evals.risk", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="files of settled invoices (evals/risk/settled_files.py)")
    parser.add_argument("--company", action="store_true", help="the made-up company")
    parser.add_argument("--invoices", type=int, default=40_000, help="how many the made-up company has")
    asked = parser.parse_args()
    found: dict[str, Any] = {}
    if asked.files:
        found["files"] = of_book(book_of_files(asked.files))
    if asked.company:
        found["company"] = of_company(company(invoices=asked.invoices, customers=max(20, asked.invoices // 66)))
    if not found:
        parser.error("name files, or --company")
    print(json.dumps(found, indent=1))


def of_book(book: Book) -> dict[str, Any]:
    """Measure a book that is settled: the card of a chronological split, and the forecast of the weeks after it."""
    today = max(b.settled for b in book.bills) + timedelta(days=1)
    started = time.perf_counter()
    made = train(book, today=today, least=50)
    return {
        "invoices": len(book.bills),
        "seconds": round(time.perf_counter() - started, 1),
        "card": made.card,
        "forecast": _forecast(book, made),
    }


def of_company(made_up: Company) -> dict[str, Any]:
    """Measure the made-up company, beside what nobody could do better."""
    today = FIRST + timedelta(days=DAYS)
    started = time.perf_counter()
    made = train(made_up.book, today=today, least=50)
    seconds = time.perf_counter() - started
    bills = made.on.bills
    late = np.array([float(b.late) for b in bills])
    chance = np.array([made_up.late[b.number] for b in bills])
    middle = np.array([made_up.middle[b.number] for b in bills])
    ended = np.array([b.settled < today for b in bills])
    days = np.array([float(b.days_late or 0) for b in bills])
    best = {
        "auc": round(metrics.auc(late, chance) or 0.0, 4),
        "brier": round(metrics.brier(late, chance), 4),
        "log_loss": round(metrics.log_loss(late, np.clip(chance, 0.005, 0.995)), 4),
        "mae": round(metrics.mean_absolute(days[ended], middle[ended]), 3),
    }
    return {
        "invoices": len(made_up.book.bills),
        "seconds": round(seconds, 1),
        "card": made.card,
        "irreducible": best,
        "forecast": _forecast(made_up.book, made),
    }


def _forecast(book: Book, made: Trained) -> list[dict[str, float]]:
    """Forecast from six days after the split, four weeks each, with the model that knows nothing of them."""
    first = date.fromisoformat(made.card["tested"]["from"])
    last = date.fromisoformat(made.card["tested"]["to"]) - timedelta(days=28)
    step = max(1, (last - first).days // 5)
    days = [first + timedelta(days=n * step) for n in range(6)]
    errors = backtest(book, made.tested, days=days, settings=RiskSettings(forecast_draws=1000))
    return [
        {
            "week": e.week,
            "error": round(e.error, 4),
            "error_by_due_date": round(e.by_due_date, 4),
            "within_low_and_high": round(e.within, 3),
        }
        for e in errors
    ]


if __name__ == "__main__":
    main()
