"""Reads the records of a list one by one: one that cannot be read is named with its place, and the others are read all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ledger.connectors import values
from ledger.connectors.paging import Record
from ledger.connectors.remote import Page
from store.ledger_faults import Fault


def read_each(
    system: str, kind: str, records: Iterable[Record], read: Callable[[Record, str, Page], None], *, key: str
) -> Page:
    """Read records into a page; what is wrong with one becomes a fault that names it."""
    page = Page()
    for record in records:
        place = f"{system} {kind} {values.text(record, key)}"
        try:
            read(record, place, page)
        except values.Unreadable as error:
            page.faults.append(Fault(place, 0, error.field, str(error)))
        except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
            page.faults.append(
                Fault(place, 0, "", f"has a shape that its documentation does not know ({type(error).__name__})")
            )
    return page
