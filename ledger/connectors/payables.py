"""Tells who of a customer's people in a CRM deals with our invoices. The others are not written to: most people in a CRM buy or decide."""

from __future__ import annotations

import re

from ledger.connectors import values
from ledger.connectors.paging import Record

_TITLES = re.compile(
    r"(?i)\b(accounts? payable|a/?p|payables?|billing|invoices?|invoicing|accounting|accountants?|accounts|bookkeep\w*|finance|financial|"
    r"treasur\w*|controll\w*|cfo|buchhalt\w*|finanz\w*|rechnung\w*|comptab\w*|administrati\w*|boekhoud\w*|financi\w*|contab\w*|"
    r"tesorer\w*|contabil\w*)\b"
)


def is_for_invoices(record: Record, *, title: str, mark: str) -> bool:
    """Say whether a person deals with invoices: by the field `mark` of theirs where one is named, else by their title."""
    if mark:
        return mark in record and (
            record[mark] is True or values.text(record, mark).lower() in ("true", "yes", "1", "y")
        )
    return _TITLES.search(title) is not None
