"""Reads a file of a bank, whatever its format: CAMT.053, MT940 or CSV. Gives statements, or refuses the whole file in one line.

Nothing of a file is taken before all of it was read and added up: opening balance and lines must give the closing one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ledger.bank.accounts import is_iban, masked, plain_account, same_account
from ledger.bank.camt import read_camt
from ledger.bank.csv_statement import CsvForm, read_csv
from ledger.bank.swift import read_swift
from store.bank_words import BankFault, ReadStatement

#: Larger files are refused: a bank's month is a hundredth of it, and XML takes eight times its size in memory.
MAX_BYTES = 40_000_000
_SWIFT = re.compile(rb"(?:^|[\r\n])\s*:20:")
_ARCHIVES = {b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "a gzip archive", b"%PDF": "a PDF"}


def read_statements(content: bytes, *, name: str, form: CsvForm | None = None) -> list[ReadStatement]:
    """Read all statements of a file. `form`: how a CSV file is laid out, where its heading does not say. Raises BankFault."""
    if len(content) > MAX_BYTES:
        raise BankFault(f"{name}: is larger than {MAX_BYTES // 1_000_000} MB: export fewer days at a time")
    if not content.strip():
        raise BankFault(f"{name}: is empty")
    for start, kind in _ARCHIVES.items():
        if content.startswith(start):
            raise BankFault(f"{name}: is {kind}: bring the statement itself (CAMT.053, MT940 or CSV)")
    read = _reader(content, name=name, form=form)
    if not read:
        raise BankFault(f"{name}: there is no statement in it")
    for statement in read:
        check_sum(statement, name=name)
    return read


def _reader(content: bytes, *, name: str, form: CsvForm | None) -> list[ReadStatement]:
    head = content[:4000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<") or head.replace(b"\x00", b"")[:3].endswith(b"<"):
        return read_camt(content, name=name)
    if form is None and _SWIFT.search(content[:20_000].replace(b"\x00", b"")):
        return read_swift(content, name=name)
    return [read_csv(content, name=name, form=form or CsvForm())]


def check_sum(statement: ReadStatement, *, name: str) -> None:
    """See that the lines lead from the opening to the closing balance. Raises BankFault."""
    if statement.opening is None or statement.closing is None:
        return
    moved = sum((line.amount for line in statement.lines), Decimal(0))
    if statement.opening + moved != statement.closing:
        raise BankFault(
            f"{name}: statement {statement.statement_id or statement.number}: opening balance {statement.opening:,.2f} and its "
            f"{len(statement.lines)} lines come to {statement.opening + moved:,.2f}, not to the closing balance "
            f"{statement.closing:,.2f}: a part of the file is missing or was changed; fetch it from the bank again"
        )


def of_ours(statements: Sequence[ReadStatement], *, accounts: Sequence[str], name: str) -> list[ReadStatement]:
    """Give the statements under our own way of writing their account. Raises BankFault for an account that is not ours."""
    if not accounts:
        raise BankFault(f"{name}: no account of yours is known: add its IBAN to [bank] accounts in dunwell.toml")
    found = []
    for statement in statements:
        stated = statement.account
        if not stated and len(accounts) > 1:
            raise BankFault(f"{name}: does not say of which account it is: name it with --account")
        own = [a for a in accounts if same_account(a, stated)] if stated else list(accounts)
        if len(own) != 1:
            shown = masked(stated) if is_iban(plain_account(stated)) else f"… {plain_account(stated)[-4:]}"
            told = "could be several of yours" if own else "is none of yours"
            raise BankFault(f"{name}: is of account {shown}, which {told}: correct the file, or [bank] accounts")
        found.append(replace(statement, account=plain_account(own[0])))
    return found
