"""Reads a bank's CSV export: columns by their names, or as the command line says; days and amounts as the whole column writes them.

Refused as a whole where a row cannot be understood: a table of which a row is left out would not add up, and nobody would see it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.bank.accounts import plain_account
from ledger.bank.csv_cells import day_in, days_of, decimal_mark
from ledger.bank.csv_heading import NAMES, folded, guessed, is_heading
from ledger.bank.csv_table import MAX_CELL, Table, amount_of, balances_of
from ledger.bank.swift_details import structured_in
from ledger.mapping_dates import Dates
from ledger.quoting import OpenQuote, records
from store.bank_words import BankFault, ReadLine, ReadStatement

#: Banks write a preamble of so many lines at most.
_PREAMBLE = 40
#: Words of a status whose money has not come, or not stayed; "Paid in" has come.
_PENDING = ("pending", "vorgemerkt", "reserviert", "reservation", "authorised", "authorized", "in behandeling", "en attente", "pendiente", "waiting", "reverted", "declined", "failed")  # fmt: skip


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a table is laid out, where it does not say so itself. `columns`: our names of columns -> theirs, or their places from 1."""

    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ""
    decimal: str = ""
    date_format: str = ""
    encoding: str = ""
    account: str = ""
    currency: str = ""


def read_csv(content: bytes, *, name: str, form: CsvForm) -> ReadStatement:
    """Read a table as one statement. Raises BankFault."""
    text = _decoded(content, form.encoding, name=name)
    try:
        table = _table(text, form)
        return _statement(table, form)
    except BankFault as fault:
        raise BankFault(f"{name}: {fault}") from None
    except OpenQuote as error:
        raise BankFault(f"{name}: line {error.line}: {error}") from None
    except csv.Error as error:
        raise BankFault(f"{name}: is not CSV: {error}") from None


def _decoded(content: bytes, stated: str, *, name: str) -> str:
    if stated:
        try:
            return content.decode(stated)
        except (UnicodeDecodeError, LookupError):
            raise BankFault(f"{name}: is not in the encoding {stated}") from None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    if b"\x00" in content[:10_000]:
        raise BankFault(f"{name}: is no text, so no CAMT.053, MT940 or CSV")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _table(text: str, form: CsvForm) -> Table:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter = form.delimiter or _delimiter(lines)
    rows = [(n, row) for n, row in records("\n".join(lines), delimiter) if any(cell.strip() for cell in row)]
    top = next((n for n, (_, row) in enumerate(rows[:_PREAMBLE]) if is_heading(row)), None)
    if form.columns and all(named.isdigit() for named in form.columns.values()):
        top = -1 if top is None else top
    elif top is None and form.columns:
        top = next((n for n, (_, row) in enumerate(rows[:_PREAMBLE]) if _names_all(row, form.columns)), None)
    if top is None:
        raise BankFault(
            "no heading with a date and an amount is found: name the columns, such as --columns booked=Datum,amount=Betrag,text=Zweck"
        )
    heading = rows[top][1] if top >= 0 else []
    places = guessed(heading) | _stated(heading, form.columns)
    body = tuple((n, row) for n, row in rows[top + 1 :] if not is_heading(row))
    preamble = "\n".join(" ".join(row) for _, row in rows[: max(top, 0)])
    table = Table(places, _texts(heading, places), body, preamble)
    # "Valuta" is the value date in one language and the currency in another: the cells say which.
    cells = table.column("value")
    if cells and all(re.fullmatch(r"[A-Z]{3}", cell) for cell in cells):
        places = {("currency" if what == "value" else what): place for what, place in places.items()}
        table = Table(places, table.texts, body, preamble)
    return table


def _delimiter(lines: Sequence[str]) -> str:
    """Choose the one under which most of the first lines have the same number of cells."""

    def regular(mark: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines[: _PREAMBLE + 20], delimiter=mark) if len(row) > 1]
        common = max(set(counts), key=counts.count, default=0)
        return counts.count(common), common

    return max(";,\t|", key=regular)


def _names_all(row: Sequence[str], columns: Mapping[str, str]) -> bool:
    cells = {folded(cell) for cell in row}
    return all(name.isdigit() or folded(name) in cells for name in columns.values())


def _stated(heading: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    cells = [folded(cell) for cell in heading]
    found = {}
    for what, named in columns.items():
        if what not in NAMES:
            raise BankFault(f"--columns: {what!r} is none of {', '.join(NAMES)}")
        if named.isdigit():
            found[what] = int(named) - 1
        elif folded(named) in cells:
            found[what] = cells.index(folded(named))
        else:
            raise BankFault(f"--columns: there is no column {named!r}")
    return found


def _texts(heading: Sequence[str], places: Mapping[str, int]) -> tuple[int, ...]:
    taken = {place for what, place in places.items() if what != "text"}
    words = set(NAMES["text"])
    named = [
        n
        for n, cell in enumerate(heading)
        if folded(cell) in words or folded(cell).startswith(("omschrijving", "verwendungszweck"))
    ]
    return tuple(n for n in dict.fromkeys([*named, *([places["text"]] if "text" in places else [])]) if n not in taken)


def _statement(table: Table, form: CsvForm) -> ReadStatement:
    if not table.rows:
        raise BankFault("the table has no rows")
    sides = [what for what in ("amount", "credit", "debit") if what in table.places]
    if "booked" not in table.places or not sides:
        raise BankFault("the table has no day or no amount: name them with --columns booked=...,amount=...")
    cells = [cell for what in (*sides, "balance") for cell in table.column(what)]
    mark = form.decimal or decimal_mark(cells)
    how, valued = days_of(table.column("booked"), table.column("value"), stated=form.date_format)
    currency = form.currency or _only(table, "currency")
    rows = [(n, row) for n, row in table.rows if not _is_pending(folded(table.cell(row, "status")))]
    lines = [_line(table, n, row, how=how, valued=valued, mark=mark, currency=currency) for n, row in rows]
    opening, closing, ordered = balances_of(table, rows, lines, mark=mark)
    return ReadStatement(
        account=plain_account(form.account or _only(table, "account")) or _in_preamble(table.preamble),
        currency=currency or lines[0].currency if lines else currency,
        form="csv",
        statement_id="",
        opened_on=min((line.booked_on for line in ordered), default=None),
        closed_on=max((line.booked_on for line in ordered), default=None),
        opening=opening,
        closing=closing,
        lines=tuple(ordered),
    )


def _is_pending(status: str) -> bool:
    return any(f" {words} " in f" {status} " for words in _PENDING)


def _only(table: Table, what: str) -> str:
    found = sorted({plain_account(cell) if what == "account" else cell.upper() for cell in table.column(what)})
    if len(found) > 1:
        raise BankFault(f"holds lines of several of {what}: {', '.join(found[:3])}: export each {what} by itself")
    return found[0] if found else ""


def _in_preamble(text: str) -> str:
    found = re.search(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b", text)
    return plain_account(found.group(0)) if found else ""


def _line(
    table: Table, number: int, row: list[str], *, how: Dates, valued: Dates, mark: str, currency: str
) -> ReadLine:
    def cell(what: str) -> str:
        return table.cell(row, what)

    text = " / ".join(" ".join(row[n].split()) for n in table.texts if n < len(row) and row[n].strip())[:MAX_CELL]
    own = currency or cell("currency").upper()
    if not re.fullmatch(r"[A-Z]{3}", own):
        raise BankFault(f"line {number}: the currency is not known: say it with --currency")
    return ReadLine(
        booked_on=day_in(cell("booked"), how, line=number),
        value_on=valued.read(cell("value")),
        amount=amount_of(table, row, mark, number),
        currency=own,
        bank_reference=cell("bank_reference"),
        end_to_end=cell("end_to_end"),
        structured=cell("structured") or structured_in(text),
        remittance=text,
        payer_name=" ".join(cell("name").split())[:300],
        payer_iban=plain_account(cell("iban")) if any(c.isdigit() for c in cell("iban")) else "",
        payer_bic=cell("bic"),
    )
