"""Whatever a draft states as a fact comes from the ledger (R-GND). A model writes no figure; a person's are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from agent.rules.base import Outbound, block
from prompts.slots import SLOT_NAMES, fill, invoice_slot
from store.proposed import Finding

_CURRENCY = re.compile(r"[$€£¥₹]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CAD|AUD|NZD|SGD|INR|MXN|BRL|ZAR)\b")
_FIGURE = re.compile(r"\d[\d.,'’\u00a0\u202f /:-]*\d|\d")
_LEDGER_FIELDS = (
    "number",
    "balance",
    "amount",
    "due_date",
    "issue_date",
    "po_number",
    "days_overdue",
    "term_days",
    "new_po",
    "description",
)


def slots_resolve(out: Outbound) -> Iterator[Finding]:
    """R-GND-02, R-GND-05: every slot is known and has a value for this customer."""
    for fault in fill(out.draft.body, out.scope).faults:
        yield block("R-GND-05", f"Cannot be filled: {fault}.")


def no_figures_by_model(out: Outbound) -> Iterator[Finding]:
    """R-GND-05: outside of slots a model or a template writes no digit, no currency and no per cent sign."""
    if out.by_hand:
        return
    literal = unicodedata.normalize("NFKC", out.literal)
    if any(unicodedata.category(letter) in ("Nd", "Nl", "No") for letter in out.literal) or "%" in literal:
        yield block("R-GND-05", "A figure stands in the text: figures come from slots only.")
    if _CURRENCY.search(literal):
        yield block("R-GND-05", "A currency stands in the text: amounts come from slots only.")


def hand_written_figures(out: Outbound) -> Iterator[Finding]:
    """R-GND-01, R-GND-03: a figure that a person typed must be one that a slot of this answer would give."""
    if not out.by_hand:
        return
    told = _told(out) if out.proven else []
    known = {_plain(figure) for text in told for figure in _FIGURE.findall(text)}
    for figure in dict.fromkeys(_FIGURE.findall(out.literal)):
        if _plain(figure) not in known:
            yield block(
                "R-GND-01", f"{figure.strip()} is not in the ledger for this answer: use a slot, or leave it out."
            )


def _told(out: Outbound) -> list[str]:
    bodies = ["{{ " + name + " }}" for name in SLOT_NAMES]
    bodies += [invoice_slot(i.number, f) for i in out.scope.facts.invoices for f in _LEDGER_FIELDS]
    return [value.text for body in bodies for value in fill(body, out.scope).values]


def _plain(figure: str) -> str:
    return re.sub(r"[^\d.,]", "", figure).strip(".,")
