"""Looks things up in a CAMT.053 tree by their names, whatever the version's namespace is. Reads only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from store.bank_words import BankFault

#: So many letters of a text are kept: a bank's fields have 140, an advice of a thousand lines may be longer.
MAX_TEXT = 4000


class Node:
    """An element, whose children are named without the namespace."""

    __slots__ = ("_element", "_space")

    def __init__(self, element: Any) -> None:
        self._element = element
        self._space = f"{{{etree.QName(element).namespace}}}"

    def _path(self, path: str) -> str:
        return "/".join(f"{self._space}{part}" for part in path.split("/"))

    def text(self, path: str) -> str:
        """Give the text at a path, in one line; empty where there is none."""
        found = self._element.findtext(self._path(path))
        return " ".join(found.split())[:MAX_TEXT] if found else ""

    def texts(self, path: str) -> list[str]:
        """Give all texts at a path."""
        found = (" ".join((e.text or "").split())[:MAX_TEXT] for e in self._element.iterfind(self._path(path)))
        return [text for text in found if text]

    def all(self, path: str) -> list[Node]:
        """Give all elements at a path."""
        return [Node(each) for each in self._element.iterfind(self._path(path))]

    def get(self, path: str) -> Node | None:
        """Give the first element at a path."""
        found = self._element.find(self._path(path))
        return Node(found) if found is not None else None

    @property
    def attributes(self) -> Any:
        """The element's attributes."""
        return self._element.attrib

    @property
    def value(self) -> str:
        """The element's own text."""
        return (self._element.text or "").strip()


def money_of(node: Node, path: str) -> tuple[Decimal, str] | None:
    """Give an amount above or equal to zero with its currency; None where there is none. Raises BankFault."""
    found = node.get(path)
    if found is None or not found.value:
        return None
    try:
        amount = Decimal(found.value)
    except InvalidOperation:
        raise BankFault(f"{found.value[:40]!r} is no amount") from None
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 14:
        raise BankFault(f"{found.value[:40]!r} is no amount of a statement")
    if amount != amount.quantize(Decimal("0.01")):
        raise BankFault(f"{found.value[:40]!r} has more than two decimals")
    return amount.quantize(Decimal("0.01")), str(found.attributes.get("Ccy", ""))


def signed(node: Node) -> tuple[Decimal, str]:
    """Give the amount of a balance or an entry: above zero for a credit. Raises BankFault."""
    found = money_of(node, "Amt")
    mark = node.text("CdtDbtInd")
    if found is None or mark not in ("CRDT", "DBIT"):
        raise BankFault("an amount without its sign (CdtDbtInd) cannot be understood")
    return (found[0] if mark == "CRDT" else -found[0]), found[1]


def day_of(node: Node, path: str) -> date | None:
    """Give a day that stands as a date or as a moment. Raises BankFault."""
    text = node.text(f"{path}/Dt") or node.text(f"{path}/DtTm")
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BankFault(f"{text[:40]!r} is no date") from None
