"""The one way that figures get into a draft: slots such as `{{ inv["INV-20419"].balance }}`, filled by code.

A draft is plain text with slots. Only names of a closed table can be looked up; a slot that is unknown or has no
value is a fault and stays visible in the text. Nothing here raises for any draft, nothing evaluates anything.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from prompts.scope import Instalment, PlanTerms, PromiseTerms, SlotScope
from prompts.slot_syntax import canonical, pieces, slot
from prompts.slot_values import INVOICE_FIELDS, SLOT_NAMES, Unresolved, resolve
from store.proposed import SlotValue

__all__ = [
    "FREE_OF_LEDGER",
    "INVOICE_FIELDS",
    "SLOT_NAMES",
    "Filled",
    "Instalment",
    "PlanTerms",
    "PromiseTerms",
    "SlotScope",
    "fill",
    "invoice_slot",
    "ledger_slots",
    "literal_text",
    "slots_in",
]

#: The only slots that a mail to an unproven sender may hold (rule R-RCP-02): they say who we are and nothing else.
FREE_OF_LEDGER: frozenset[str] = frozenset(
    {"company.name", "company.team", "company.address", "company.email", "company.notices", "sender.name"}
)


class Filled(BaseModel):
    """A draft with its slots filled. With `faults` it may not go out: a faulty slot is still there as written."""

    model_config = ConfigDict(frozen=True)

    text: str
    values: tuple[SlotValue, ...] = ()
    faults: tuple[str, ...] = ()


def fill(body: str, scope: SlotScope) -> Filled:
    """Fill every slot of a draft once; what a value holds is never read for slots again. Never raises."""
    text: list[str] = []
    values: dict[str, SlotValue] = {}
    faults: dict[str, None] = {}
    for piece in pieces(body):
        if piece.fault:
            faults[piece.fault] = None
        if piece.path is None:
            text.append(piece.text)
            continue
        name = canonical(piece.path)
        try:
            value = resolve(piece.path, scope)
        except Unresolved as missing:
            faults[f"slot {{{{ {name} }}}}: {missing}"] = None
            text.append(piece.text)
            continue
        values[name] = SlotValue(slot=name, text=value.text, source=value.source)
        text.append(value.text)
    return Filled(text="".join(text), values=tuple(values.values()), faults=tuple(faults))


def slots_in(body: str) -> list[str]:
    """List the slots of a draft in order, each written as in `inv["INV-20419"].balance`; known or not."""
    return [canonical(piece.path) for piece in pieces(body) if piece.path is not None]


def ledger_slots(body: str) -> list[str]:
    """List the slots that tell something about a customer: none of them may go to an unproven sender."""
    return [name for name in slots_in(body) if name not in FREE_OF_LEDGER]


def literal_text(body: str) -> str:
    """Give what a model or a person wrote: the draft with a space for every slot. Refused slots count as text."""
    return "".join(" " if piece.path is not None else piece.text for piece in pieces(body))


def invoice_slot(number: str, field: str) -> str:
    """Write the slot for a field of an invoice, for instance `{{ inv["INV-20419"].balance }}`."""
    return slot("inv", number, field)
