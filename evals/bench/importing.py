"""How many rows of somebody else's file go into the ledger a second, against reading the CSV and inserting the rows bare."""

from __future__ import annotations

import csv
import sqlite3
import tempfile
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from evals.bench.house import NOW
from evals.bench.messy import write
from evals.bench.racing import Benchmark, Contender, at_most_ms
from ledger.mapping_guess import guess
from ledger.mapping_people import Names
from ledger.mapping_profile import Defaults
from ledger.mapping_rows import apply
from ledger.mapping_sheet import read_sheet
from ledger.mapping_taking import take
from store.engine import migrate, open_engine, unit_of_work
from store.ledger import import_ledger
from store.ledger_known import known_to, names_known

_ROWS = 20_000
OURS, AGAIN = "dunwell import --set-aside", "the same file again"


def benchmark(size: int = _ROWS) -> Benchmark:
    """Compare: bare; a messy file into an empty ledger; the same file again, which changes nothing."""
    stack = ExitStack()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dunwell-bench-")))
    file, numbers = folder / "open-items.csv", count(1)
    made = write(file, rows=size)
    again = folder / "again.db"
    migrate(open_engine(f"sqlite:///{again}"))

    def bare() -> int:
        connection = sqlite3.connect(folder / f"bare-{next(numbers)}.db", isolation_level=None)
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        columns = ", ".join(f"c{n} text" for n in range(10))
        connection.execute(f"create table item ({columns})")
        with file.open(encoding="cp1252", newline="") as lines:
            rows = [row for row in csv.reader(lines, delimiter=";") if len(row) == 10]
        connection.execute("begin immediate")
        connection.executemany(f"insert into item values ({', '.join('?' * 10)})", rows)
        connection.execute("commit")
        connection.close()
        return made.rows

    def taken_in() -> int:
        path = folder / f"round-{next(numbers)}.db"
        migrate(open_engine(f"sqlite:///{path}"))
        return _import(file, f"sqlite:///{path}")

    return Benchmark(
        name="import",
        about=f"{made.rows:,} messy invoices of {len(made.customers):,} customers, all guessed, read, checked and put into SQLite (FULL); processor time",
        unit="row",
        contenders=(
            Contender("bare CSV reading and bare inserts", bare),
            Contender(OURS, taken_in),
            Contender(AGAIN, lambda: _import(file, f"sqlite:///{again}")),
        ),
        aims={OURS: at_most_ms(0.6, what="ms of processor time (100,000 rows in a minute)")},
        clock=time.process_time,
        close=stack.close,
        most_rounds=3,
        warm=False,
    )


def _import(file: Path, url: str) -> int:
    engine = open_engine(url)
    sheet = read_sheet(file)
    found = guess(sheet, defaults=Defaults(language="de", timezone="Europe/Berlin"))
    assert found.certain, [*found.missing, *found.questions]
    with unit_of_work(engine) as session:
        known, names = known_to(session), Names.of(names_known(session))
    taken = take([apply(sheet, found.settled({}), names=names)], source=file.name, known=known, set_aside=True)
    with unit_of_work(engine) as session:
        import_ledger(session, taken.ledger, actor="bench", now=NOW)
    engine.dispose()
    return len(taken.ledger.invoices) + taken.refused_rows
