"""Which portal a claim means: the one that the customer names, else the one that the ledger has for them. Never a guess."""

from __future__ import annotations

import re

from store.aftermath import Portal
from store.portal_names import portal_named
from store.proposed import Slots
from tools.base import Ask

#: A portal that the words do not name ("our supplier portal"): the ledger's entry says which, if any does.
_NAMELESS = "supplier portal"
_BAD_NAME = re.compile(r"[^\w .&'()/+-]")


def portal_meant(ask: Ask) -> Portal | None:
    """Tell the portal by the customer's words, else by the ledger; None where neither names one, or an address is named."""
    said, ledger = _named(ask.first.slots), _ledger_name(ask)
    if said:
        return portal_named(said)
    if ask.first.slots.contact_email and not ask.first.slots.portal:
        return None
    return portal_named(ledger) or (Portal.OTHER if ask.first.slots.portal else None)


def portal_written(ask: Ask) -> str:
    """Give the portal's name as it is written, free of anything but words."""
    name = _named(ask.first.slots) or _ledger_name(ask)
    return " ".join(_BAD_NAME.sub(" ", name).split())[:60].strip()


def _named(slots: Slots) -> str:
    said = (slots.portal or "").strip()
    return "" if said.casefold() == _NAMELESS else said


def _ledger_name(ask: Ask) -> str:
    return ask.facts.customer.portal.strip() if ask.facts.customer else ""
