"""Ways to pay (R-PRO-01, R-PRO-02): ours reach customers on the invoice alone; none stands in a mail, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator

from agent.rules.base import Outbound, block
from agent.textual import bank_detail_in
from store.proposed import Finding


def no_bank_details(out: Outbound) -> Iterator[Finding]:
    """R-PRO-01: no account number and no word that announces one in written text or subject."""
    for text in (out.literal, out.draft.subject):
        found = bank_detail_in(text)
        if found:
            yield block("R-PRO-01", f"Bank details stand in the text: {found[:12]!r}…")


def no_bank_details_filled_in(out: Outbound) -> Iterator[Finding]:
    """R-PRO-02: no value brings bank details in. No bank block is configured, so none can equal it."""
    for value in out.draft.slots:
        found = bank_detail_in(value.text)
        if found:
            yield block("R-PRO-02", f"{value.slot} brings bank details into the mail: {found[:12]!r}…")
    if out.wire is not None and bank_detail_in(out.wire.body) and not bank_detail_in(out.draft.rendered):
        yield block("R-PRO-02", "The mail holds bank details that the draft does not.")
