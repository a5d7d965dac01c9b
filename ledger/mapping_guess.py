"""Guesses which column of a file is which of ours, and says how sure it is; what it is not sure of, a person settles.

Known words come first, then words that are nearly them, then what the cells look like. Nothing is imported here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ledger import mapping_dates, mapping_numbers
from ledger.mapping_content import Content, content_of
from ledger.mapping_date_pairs import doubt_where_mixed, settle_together, take_over
from ledger.mapping_dates import Dates
from ledger.mapping_fields import ASIDE, COLUMNS, NEEDED, Cell, Column, Kind, columns_of
from ledger.mapping_guessed import SURE, Guess, Guessed, Said
from ledger.mapping_lines import alone, sums_up, without_a_day
from ledger.mapping_names import is_ignored, likeness
from ledger.mapping_numbers import Numbers
from ledger.mapping_profile import Defaults
from ledger.mapping_questions import ask
from ledger.mapping_sheet import Sheet

#: How much of a column must look like what it is taken for.
_LEAST = {
    Cell.DATE: 0.6,
    Cell.AMOUNT: 0.6,
    Cell.EMAIL: 0.5,
    Cell.CURRENCY: 0.8,
    Cell.LANGUAGE: 0.8,
    Cell.ZONE: 0.5,
    Cell.DAYS: 0.5,
    Cell.DOCUMENT: 0.3,
    Cell.NUMBER: 0.7,
    Cell.TEXT: 0.5,
}


def guess(sheet: Sheet, *, said: Said | None = None, defaults: Defaults | None = None) -> Guess:
    """Guess a file's columns. Raises ValueError where a person named a heading or a column that is not there."""
    said, defaults = said or Said(), defaults or Defaults()
    for name, heading in said.columns.items():
        if name not in COLUMNS:
            raise ValueError(f"{name!r} is no column of ours; there are {', '.join(COLUMNS)}")
        if heading not in sheet.headings:
            raise ValueError(f"{sheet.file} has no column {heading!r}; there are {', '.join(sheet.headings)}")
    rows = [c for _, c in sheet.rows if alone(c) is None and not (sums_up(c) and without_a_day(c))]
    cells = {heading: [row[at] for row in rows] for at, heading in enumerate(sheet.headings)}
    contents = {heading: content_of(column) for heading, column in cells.items()}
    kinds = [said.kind] if said.kind else list(Kind)
    best = max((_assigned(sheet.headings, contents, kind, said) for kind in kinds), key=lambda found: found[0])
    found = Guess(sheet, best[1], best[2], defaults=defaults)
    _study(found, cells, said)
    _check(found, cells)
    ask(found, said)
    return found


def _assigned(
    headings: Sequence[str], contents: Mapping[str, Content], kind: Kind, said: Said
) -> tuple[tuple[float, ...], Kind, list[Guessed]]:
    columns = {heading: Guessed(heading, contents[heading]) for heading in headings}
    for heading in said.ignored & columns.keys():
        columns[heading].why = "you said so"
    for heading in filter(is_ignored, headings):
        columns[heading].why = "is counted, and not kept"
    taken: set[str] = set()
    for name, heading in said.columns.items():
        if columns[heading].name is None:
            columns[heading].name, columns[heading].sure, columns[heading].why = name, 1.0, "you said so"
        taken.add(name)
    scored = sorted(_scores(columns, kind), key=lambda s: (-s[0], s[2].name))
    for score, why, column, heading in scored:
        mine = columns[heading]
        if mine.name is None and column.name not in taken:
            rival = [s for s in scored if s[2] is column and s[3] != heading and s[0] >= score - 0.03]
            open_rival = [s for s in rival if columns[s[3]].name is None]
            mine.name, mine.sure, mine.why = column.name, score, why
            if open_rival and score < 1.0 and column.name not in ASIDE:
                mine.sure, mine.why = min(score, 0.6), f"{why}; it could be {open_rival[0][3]!r} as well"
            taken.add(column.name)
    _only_ones_left(columns, kind, taken)
    _unlike(columns, kind, taken)
    needed = NEEDED[kind]
    met = sum(any(name in taken for name in group) for group in needed) / len(needed)
    people = kind is Kind.CONTACTS and {"email", "role"} <= taken and "customer_name" not in taken
    weight = sum(c.sure for c in columns.values() if c.name not in ASIDE) + (0.5 if people else 0)
    return (round(met, 3), round(weight, 3), -list(Kind).index(kind)), kind, list(columns.values())


def _scores(columns: Mapping[str, Guessed], kind: Kind) -> Iterator[tuple[float, str, Column, str]]:
    for heading, mine in columns.items():
        if mine.name is not None or mine.why:
            continue
        for column in columns_of(kind):
            fits = mine.content.fits(column.cell)
            if fits < _LEAST[column.cell]:
                continue
            alike = likeness(heading, column.name, kind)
            if column.name in ASIDE and alike * (0.75 + 0.25 * fits) < SURE:
                continue
            if alike >= 0.75:
                why = "the heading" if alike >= 0.97 else "nearly the heading"
                yield alike * (0.75 + 0.25 * fits), why, column, heading
            elif alike:
                yield alike * 0.9 * fits, "part of the heading", column, heading
            elif column.cell is Cell.EMAIL and mine.content.filled and fits >= 0.9:
                yield 0.85, "its cells are mail addresses", column, heading
            elif column.cell is Cell.CURRENCY and mine.content.filled and fits == 1 and mine.content.distinct < 0.2:
                yield 0.8, "its cells are currency codes", column, heading


def _only_ones_left(columns: Mapping[str, Guessed], kind: Kind, taken: set[str]) -> None:
    """Suggest the one column that looks right for something that is needed; a person confirms it."""
    for group in NEEDED[kind]:
        for name in group:
            cell = COLUMNS[name].cell
            if name in taken or cell not in (Cell.DATE, Cell.AMOUNT):
                continue
            left = [
                c
                for c in columns.values()
                if c.name is None and not c.why and c.content.filled and c.content.fits(cell) >= 0.9
            ]
            if len(left) == 1 and left[0].content.fits(cell) > 0.9:
                left[0].name, left[0].sure = name, 0.5
                left[0].why = f"the only column left that looks like {cell}s"
                taken.add(name)


def _unlike(columns: Mapping[str, Guessed], kind: Kind, taken: set[str]) -> None:
    """Note where a heading says what the cells do not look like: nobody is left to find out that it was passed over."""
    for heading, mine in columns.items():
        if mine.name is None and not mine.why:
            said = next(
                (
                    c
                    for c in columns_of(kind)
                    if c.name not in taken | ASIDE and likeness(heading, c.name, kind) >= 0.97
                ),
                None,
            )
            if said is not None and mine.content.filled:
                mine.why = f"reads like the {said.name}, but its cells do not look like {said.cell}"


def _study(found: Guess, cells: Mapping[str, Sequence[str]], said: Said) -> None:
    """Settle how dates and amounts are written: by the column, by what was said, by the rest of the file."""
    ours = {column.heading: [column.name] for column in found.columns if column.name}
    for name, heading in said.columns.items():
        ours.setdefault(heading, []).append(name)
    dates: list[tuple[str, Dates]] = []
    numbers: list[tuple[str, Numbers]] = []
    for column in found.columns:
        names = [name for name in ours.get(column.heading, []) if name]
        kinds = {COLUMNS[name].cell for name in names}
        if Cell.DATE in kinds:
            column.dates = mapping_dates.study(cells[column.heading])
            _said_dates(column.dates, names, said)
            dates.append((column.heading, column.dates))
        if Cell.AMOUNT in kinds:
            column.numbers = mapping_numbers.study(cells[column.heading])
            for name in (*names, ""):
                if name in said.numbers:
                    column.numbers.mark, column.numbers.open = said.numbers[name], ""
                    column.numbers.mixed, column.numbers.why = False, "you said so"
                    break
            numbers.append((column.heading, column.numbers))
    issue, due = found.of("issue_date"), found.of("due_date")
    if issue and due and issue.dates and due.dates:
        first, second = cells[issue.heading], cells[due.heading]
        settle_together(issue.dates, due.dates, lambda: zip(first[:5000], second[:5000], strict=True))
    take_over(dates)
    doubt_where_mixed(dates)
    mapping_numbers.take_over(numbers)


def _said_dates(dates: Dates, names: Sequence[str], said: Said) -> None:
    for name in (*names, ""):
        for text in said.dates.get(name, ()):
            shape, order = mapping_dates.known_format(text)
            mapping_dates.take(dates, shape, order, why="you said so")


def _check(found: Guess, cells: Mapping[str, Sequence[str]]) -> None:
    """Be less sure where the cells contradict: more open than there ever was, due before issued."""
    amount, balance = found.of("amount"), found.of("balance")
    if amount and balance and amount.numbers and balance.numbers and amount is not balance:
        whole, rest = amount.numbers, balance.numbers
        pairs = [
            (whole.read(a), rest.read(b))
            for a, b in zip(cells[amount.heading][:2000], cells[balance.heading][:2000], strict=True)
        ]
        both = [(a, b) for a, b in pairs if a is not None and b is not None and a > 0]
        _doubt(balance, sum(b > a for a, b in both), len(both), "is more than the amount")
    issue, due = found.of("issue_date"), found.of("due_date")
    if issue and due and issue.dates and due.dates and issue.dates.settled and due.dates.settled:
        days = [
            (issue.dates.read(a), due.dates.read(b))
            for a, b in zip(cells[issue.heading][:2000], cells[due.heading][:2000], strict=True)
        ]
        known = [(a, b) for a, b in days if a and b]
        _doubt(due, sum(b < a for a, b in known), len(known), "is before the issue date")


def _doubt(column: Guessed, wrong: int, of: int, what: str) -> None:
    if of and wrong / of > 0.2 and column.why != "you said so":
        column.sure, column.why = 0.4, f"{column.why}, but in {wrong} of {of} rows it {what}"
