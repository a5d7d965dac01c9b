"""Whose mail an unmatched one could be, for the person who assigns it. A suggestion only: nothing follows from one by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class Hint(StrEnum):
    """Why a mail could be a customer's, the weightiest first."""

    OUR_MAIL = "our_mail"
    INVOICE = "invoice"
    RETURNED_MAIL = "returned_mail"
    SHARED_ADDRESS = "shared_address"
    SUBJECT = "subject"
    ATTACHMENT = "attachment"
    DIGITS = "digits"
    DOMAIN = "domain"


class Candidate(BaseModel):
    """One customer whose mail it could be, the invoices of theirs that it seems to name, and why."""

    model_config = ConfigDict(frozen=True)

    customer_id: str
    invoices: tuple[str, ...] = ()
    why: Hint

    def stored(self) -> dict[str, Any]:
        """Give it as it is kept with the message."""
        return self.model_dump(mode="json")


def ranked(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Put the most likely first, each customer once with its weightiest reason."""
    order = list(Hint)
    chosen: dict[str, Candidate] = {}
    for candidate in sorted(found, key=lambda c: (order.index(c.why), not c.invoices, c.customer_id)):
        chosen.setdefault(candidate.customer_id, candidate)
    return tuple(chosen.values())


def read(rows: Sequence[Mapping[str, Any]]) -> tuple[Candidate, ...]:
    """Read what is kept with a message."""
    return tuple(Candidate.model_validate(row) for row in rows)
