"""How long mails are kept, as settings state it. Values only; `store.retention` acts on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How long a mail is kept goes by this: what customers and we write, what machines write, what is nobody's."""

    CORRESPONDENCE = "correspondence"
    MACHINE = "machine"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Rules:
    """For how many days each kind is kept (one that is missing: for ever), and whose mails are under a legal hold."""

    days: Mapping[Kind, int]
    legal_hold: frozenset[str] = frozenset()
