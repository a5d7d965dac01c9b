"""Reads CAMT.053 (ISO 20022 bank-to-customer statement, camt.053.001.02 to .13). Booked entries alone; pending ones are left out.

The parser resolves no entity, loads no document type and opens no network; a file that brings a document type is refused.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from ledger.bank.camt_entry import lines_of
from ledger.bank.camt_tree import Node, day_of, signed
from store.bank_words import BankFault, ReadStatement

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.(\d{3})\.001\.(\d{2})")
_OTHERS = {"052": "an intraday report, whose entries may still change", "054": "a notification, without balances"}
_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), ("CLBD",), "ITBD"


def read_camt(content: bytes, *, name: str) -> list[ReadStatement]:
    """Read all statements of a file. Raises BankFault."""
    root = _parsed(content, name=name)
    found = _NAMESPACE.fullmatch(etree.QName(root).namespace or "")
    if found is None:
        raise BankFault(f"{name}: is XML, but no bank statement of ISO 20022 (camt.053)")
    kind, version = found.groups()
    if kind != "053":
        what = _OTHERS.get(kind, "no statement")
        raise BankFault(f"{name}: is camt.{kind}, {what}: fetch the statement, camt.053")
    if not "02" <= version <= "13":
        raise BankFault(f"{name}: is camt.053.001.{version}: versions 02 to 13 can be read")
    document = Node(root)
    statements = document.all("BkToCstmrStmt/Stmt")
    try:
        return [_statement(each) for each in statements]
    except (ValueError, InvalidOperation, ArithmeticError) as error:
        if isinstance(error, BankFault):
            raise BankFault(f"{name}: {error}") from None
        raise BankFault(f"{name}: an entry cannot be understood: {error}") from None


def _parsed(content: bytes, *, name: str) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise BankFault(f"{name}: is not XML that can be read{where}: fetch it from the bank again") from None
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise BankFault(f"{name}: brings a document type of its own, which no bank's statement does: it is not read")
    return root


def _statement(node: Node) -> ReadStatement:
    account = node.text("Acct/Id/IBAN") or node.text("Acct/Id/Othr/Id")
    balances = [_balance(each) for each in node.all("Bal")]
    opening = _first(balances, _OPENING)
    closing = _first(balances, _CLOSING)
    # A statement that the bank cut into pages has interim balances at the cut.
    interim = [b for b in balances if b[0] == _INTERIM]
    if opening is None and interim:
        opening = interim.pop(0)
    if closing is None and interim:
        closing = interim.pop()
    currency = node.text("Acct/Ccy") or next((b[2] for b in balances), "")
    lines = tuple(line for entry in node.all("Ntry") for line in lines_of(entry))
    if not currency:
        currency = lines[0].currency if lines else ""
    if strange := next((line.currency for line in lines if line.currency != currency), None):
        raise BankFault(f"an entry is in {strange}, the account is in {currency}")
    first, last = (
        node.text("FrToDt/FrDtTm") or node.text("FrToDt/FrDt"),
        node.text("FrToDt/ToDtTm") or node.text("FrToDt/ToDt"),
    )
    return ReadStatement(
        account=account,
        currency=currency,
        form="camt.053",
        statement_id=node.text("Id"),
        number=node.text("ElctrncSeqNb") or node.text("LglSeqNb"),
        opened_on=date.fromisoformat(first[:10]) if first else None,
        closed_on=date.fromisoformat(last[:10]) if last else closing[3] if closing else None,
        opening=opening[1] if opening else None,
        closing=closing[1] if closing else None,
        lines=lines,
    )


Balance = tuple[str, Decimal, str, date | None]


def _balance(node: Node) -> Balance:
    amount, currency = signed(node)
    code = node.text("Tp/CdOrPrtry/Cd")
    return code, amount, currency, day_of(node, "Dt")


def _first(balances: list[Balance], codes: tuple[str, ...]) -> Balance | None:
    return next((b for code in codes for b in balances if b[0] == code), None)
