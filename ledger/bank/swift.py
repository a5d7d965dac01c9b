"""Reads MT940 statements with the library `mt940`, and makes of its fields what we know of a line.

The library skips what it does not understand; that nothing was skipped is seen by the balances (`ledger.bank.reading`).
"""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import mt940

from ledger.bank.accounts import plain_account
from ledger.bank.camt_entry import _NO_REFERENCE
from ledger.bank.swift_details import Details, details_of
from store.bank_words import BankFault, ReadLine, ReadStatement

#: One statement of a bank has a few thousand lines; a longer file is many statements, and as many as fit into its size.
_ENVELOPE = re.compile(r"(?m)^\{4:[ \t]*(?=:20:)")
_UNKNOWN = "cannot be understood as MT940"


def read_swift(content: bytes, *, name: str) -> list[ReadStatement]:
    """Read all statements of a file. Raises BankFault."""
    text = _decoded(content)
    text = _ENVELOPE.sub("{4:\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    try:
        # A handle: of a string the library would first ask whether a file has that name.
        read = mt940.parse_statements(io.StringIO(text), options=mt940.Options.all())
    except (
        Exception
    ) as error:  # the library raises what its depths raise: RuntimeError, ValueError, KeyError, decimal's errors
        raise BankFault(f"{name}: {_UNKNOWN}: {_short(error)}") from None
    lines_there = len(re.findall(r"(?m)^:61:", text))
    statements = [_statement(each, name=name) for each in read]
    taken = sum(len(each.lines) for each in statements)
    if lines_there != taken:
        raise BankFault(f"{name}: {_UNKNOWN}: it has {lines_there} lines (:61:), and {taken} could be read")
    return _joined(statements)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _short(error: Exception) -> str:
    line = " ".join(str(error).split())
    return line[:120] or type(error).__name__


def _statement(read: Any, *, name: str) -> ReadStatement:
    data = read.data
    opening = data.get("final_opening_balance") or data.get("intermediate_opening_balance")
    closing = data.get("final_closing_balance") or data.get("intermediate_closing_balance")
    currency = str(opening.amount.currency) if opening is not None else ""
    try:
        lines = tuple(_line(each.data, currency) for each in read.transactions if each.data.get("amount") is not None)
    except (KeyError, AttributeError, ValueError, ArithmeticError) as error:
        raise BankFault(f"{name}: {_UNKNOWN}: {_short(error)}") from None
    number = "/".join(str(data[key]) for key in ("statement_number", "sequence_number") if data.get(key))
    return ReadStatement(
        account=plain_account(str(data.get("account_identification") or "").rpartition("/")[2]),
        currency=currency or (lines[0].currency if lines else ""),
        form="mt940",
        statement_id=str(data.get("transaction_reference") or "").strip(),
        number=number,
        opened_on=_day(opening.date) if opening is not None else None,
        closed_on=_day(closing.date) if closing is not None else None,
        opening=_cents(opening.amount.amount) if opening is not None else None,
        closing=_cents(closing.amount.amount) if closing is not None else None,
        lines=lines,
    )


def _line(data: dict[str, Any], currency: str) -> ReadLine:
    status = str(data.get("status") or "").upper()
    found = details_of(data)
    end_to_end = found.end_to_end or str(data.get("customer_reference") or "").strip()
    value = _day(data["date"])
    return ReadLine(
        booked_on=_day(data.get("entry_date")) or value or date.min,
        value_on=value,
        amount=_cents(data["amount"].amount),
        currency=str(data.get("currency") or currency),
        reversal=status in ("RC", "RD"),
        bank_reference=str(data.get("bank_reference") or "").strip(),
        end_to_end="" if end_to_end.upper() in _NO_REFERENCE else end_to_end,
        structured=found.structured,
        remittance=_remittance(data, found),
        payer_name=found.name[:300],
        payer_iban=plain_account(found.account),
        payer_bic=found.bank,
        charges=Decimal(0),
    )


def _remittance(data: dict[str, Any], found: Details) -> str:
    extra = " ".join(str(data.get("extra_details") or "").split())
    return " / ".join(part for part in (found.text, extra if extra not in found.text else "") if part)[:4000]


def _cents(amount: Decimal) -> Decimal:
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise ValueError(f"{amount} has more than two decimals")
    return cents


def _day(value: Any) -> date | None:
    return date(value.year, value.month, value.day) if isinstance(value, date) else None


def _joined(statements: list[ReadStatement]) -> list[ReadStatement]:
    """Give each account's messages as they are: a page that ends with an interim balance is a statement of its own."""
    return [s for s in statements if s.lines or s.opening is not None or s.closing is not None]
