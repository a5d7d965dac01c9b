"""Makes rows of the ledger of a file's rows, by a settled mapping. What cannot be read is refused with its line and the reason.

No amount is corrected and nothing is left out without a word: lines of sums, rows that stand twice and rows that contradict each
other are counted and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from pydantic import ValidationError

from ledger.mapping_cells import Reader
from ledger.mapping_drafts import Applied, Draft
from ledger.mapping_fields import Kind
from ledger.mapping_invoices import read_invoice
from ledger.mapping_lines import alone, heads_a_group, sums_up
from ledger.mapping_names import begins_a_sum
from ledger.mapping_people import Names, contacts_of, customer_of, read_people
from ledger.mapping_profile import Mapping as Settled
from ledger.mapping_sheet import Sheet
from ledger.mapping_twice import only_once
from store.ledger_faults import Fault
from store.ledger_rows import PaymentRow

_TEN_YEARS, _TWO_YEARS = timedelta(days=3653), timedelta(days=731)
#: What names a row, in files whose rows are added up.
_NUMBERS = {Kind.INVOICES: "invoice_number", Kind.PAYMENTS: "payment_id"}


def apply(sheet: Sheet, mapping: Settled, *, names: Names | None = None, last_wins: bool = False) -> Applied:
    """Read all rows. `names`: customers that are stored, by name; `last_wins`: of rows with one number the last counts.

    Raises ValueError where the file's columns or formats are not those of the mapping.
    """
    reader, names = Reader(sheet, mapping), names or Names()
    _must_fit(reader)
    done = Applied(sheet, mapping, notes=[*sheet.notes])
    width, groups = len(sheet.headings), list[str]()
    number_at = reader.at.get(_NUMBERS.get(mapping.kind, ""))
    for line, cells in sheet.rows:
        reader.begin(cells)
        if (at := alone(cells)) is not None and heads_a_group(cells[at], names_rows=at == number_at):
            groups.append(f"line {line} {cells[at].strip()[:40]!r}")
            continue
        if _is_sum(reader, cells):
            done.sums.append((line, _sum_of(reader)))
            continue
        if len(cells) > width:
            reader.faults.append(
                ("", f"the row has {len(cells)} cells and the heading {width}: is a cell without its quotes?")
            )
        draft = Draft(line)
        if not reader.faults:
            try:
                _read(reader, names, draft)
            except ValidationError as error:
                _note(reader, error)
        if reader.faults:
            done.refused[line] = [Fault(sheet.file, line, column, text) for column, text in reader.faults]
        else:
            done.drafts.append(draft)
            done.left_out += [(line, *each) for each in reader.left_out]
    if groups:
        lines = "line" if len(groups) == 1 else f"{len(groups):,} lines"
        more = ", …" if len(groups) > 3 else ""
        done.notes.append(f"{sheet.file}: {lines} with one cell alone left out: {', '.join(groups[:3])}{more}")
    only_once(done, last_wins=last_wins)
    _compare_sums(done)
    _tell_odd_years(done)
    done.tell_left_out()
    return done


def _read(reader: Reader, names: Names, draft: Draft) -> None:
    kind = reader.mapping.kind
    if kind is Kind.CUSTOMERS:
        draft.customer, draft.contacts = read_people(reader, names)
        return
    customer_id = customer_of(reader, names)
    if kind is Kind.CONTACTS:
        draft.contacts = contacts_of(reader, customer_id, needed=True)
    elif kind is Kind.PAYMENTS:
        draft.payment = _payment(reader, customer_id)
    else:
        draft.invoice, draft.payment = read_invoice(reader, customer_id)
    if kind is Kind.INVOICES and not reader.faults:
        draft.customer = names.customer(reader, customer_id) if reader.has("customer_name") else None
        draft.contacts = names.contacts(reader, customer_id)


def _payment(reader: Reader, customer_id: str) -> PaymentRow | None:
    number, day, amount = reader.number("payment_id"), reader.date("received_on"), reader.amount("amount")
    invoice, currency = reader.number("invoice_number"), reader.currency()
    for name, value in (("payment_id", number), ("received_on", day), ("amount", amount)):
        if value in (None, "") and not any(f"({name})" in column or column == name for column, _ in reader.faults):
            reader.fault(name, "is empty")
    if reader.faults:
        return None
    return PaymentRow.model_validate(
        {
            "payment_id": number,
            "customer_id": customer_id,
            "invoice_number": invoice,
            "received_on": day,
            "currency": currency,
            "amount": amount,
            "reference": reader.text("reference"),
        }
    )


def _note(reader: Reader, error: ValidationError) -> None:
    for detail in error.errors():
        column = str(detail["loc"][0]) if detail["loc"] else ""
        message = detail["msg"].removeprefix("Value error, ")
        reader.fault(column, f"{str(detail.get('input', ''))!r}: {message}")


def _must_fit(reader: Reader) -> None:
    for name in reader.formatted():
        share = reader.readable(name)
        if share < 0.5:
            heading = reader.mapping.columns[name]
            written = reader.mapping.dates.get(name) or [reader.mapping.numbers.get(name, "plain")]
            example = next((c.strip() for c in reader.column(name) if c.strip()), "")
            raise ValueError(
                f"{reader.sheet.file}: {heading!r} ({name}) is not written as {', '.join(written)}: {share:.0%} of its cells can "
                f"be read; the first is {example!r}"
            )


def _is_sum(reader: Reader, cells: Sequence[str]) -> bool:
    """Say whether a line adds others up: it begins like one and has neither a number nor a day of its own."""
    number = _NUMBERS.get(reader.mapping.kind)
    if number is None or not sums_up(cells):
        return False
    own = (reader.text(name) for name in (number, "issue_date", "due_date", "received_on"))
    return all(not cell or begins_a_sum(cell) for cell in own)


def _sum_of(reader: Reader) -> Decimal | None:
    name = "balance" if reader.has("balance") else "amount"
    found = reader.amount(name) if reader.has(name) else None
    reader.faults.clear()
    return found


def _tell_odd_years(done: Applied) -> None:
    """Tell days that are far from all others of the file: a year that was mistyped would never be reminded of, or at once."""
    rows = [(draft.line, draft.invoice) for draft in done.drafts if draft.invoice is not None]
    if not rows:
        return
    usual = sorted(row.issue_date for _, row in rows)[len(rows) // 2]
    odd = [
        f"line {line} ({row.issue_date}, due {row.due_date})"
        for line, row in rows
        if abs(row.issue_date - usual) > _TEN_YEARS or row.due_date - row.issue_date > _TWO_YEARS
    ]
    if odd:
        told = ", ".join(odd[:3]) + (f" and {len(odd) - 3:,} more" if len(odd) > 3 else "")
        done.notes.append(f"{done.sheet.file}: {told}: is the year right?")


def _compare_sums(done: Applied) -> None:
    """Compare the file's own last sum with its rows, where none was refused."""
    stated = done.sums[-1][1] if done.sums else None
    if stated is None or done.refused or done.mapping.kind is not Kind.INVOICES:
        return
    by_balance = "balance" in done.mapping.columns
    rows = [d.invoice.balance if by_balance else d.invoice.amount for d in done.drafts if d.invoice is not None]
    came = sum(rows, Decimal(0)) - sum((d.payment.amount for d in done.drafts if d.payment is not None), Decimal(0))
    where = f"{done.sheet.file}:{done.sums[-1][0]}"
    if stated == came:
        done.notes.append(f"{where}: the file's own total {stated:,.2f} is what its rows come to")
    else:
        done.notes.append(
            f"{where}: the file's own total is {stated:,.2f}, its rows come to {came:,.2f}: is a part of the file missing?"
        )
