"""Splits a text into words and digits, and tells digits that stand for themselves from parts of dates, amounts and phones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+")
_NEAR = re.compile(r"[\s\-_#/.:*>]{0,4}")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Digits after these are an invoice number, even a short one.
_INVOICE_WORDS = _set(
    "INV INVOICE INVOICES INVS RECHNUNG RECHNUNGEN RECHNUNGSNUMMER RECHNUNGSNR RECHNUNGS RG RE RN FACTURE FACTURES FACT FAC FACTUUR FACTUREN "
    "FACTUURNUMMER FACTURA FACTURAS FRA FATTURA FATTURE FT FAKTURA FAKTURY FV FAKTURANUMMER BILL FATURA FATURAS BELEG"
)
_NEUTRAL_WORDS = _set("NO NR NUM NUMBER NUMMER NUMERO NUMÉRO NÚMERO N REF REFERENCE REFERENZ DOC DOCUMENT")
#: Digits after these are something else.
_OTHER_WORDS = _set(
    "PO ORDER BESTELLUNG BESTELLNUMMER AUFTRAG COMMANDE BESTELLING PEDIDO ORDINE TEL TELEPHONE TELEFON TELEFOON PHONE MOBILE "
    "MOBIL CELL FAX IBAN ACCOUNT KONTO VAT UST TVA BTW IVA ZIP BOX BLZ BIC DUNS SIRET KVK HRB SKU ARTICLE ARTIKEL CUSTOMER "
    "DELIVERY TICKET EXT"
)
_CURRENCY = _set(
    "EUR EURO EUROS USD DOLLAR DOLLARS GBP POUND POUNDS CHF CAD AUD NZD SEK NOK DKK PLN CZK HUF RON JPY CNY INR ZAR SGD BRL MXN "
    "KG PCS STK KM CM MM DAYS TAGE JOURS UNITS STÜCK"
)
_SIGNS = "€$£¥₹"
#: How many groups of digits to either side are looked at: an IBAN has nine.
_REACH = 10


class Token(NamedTuple):
    """A run of letters or of digits. `gap` is what stands before it, `rest` what stands after it up to the next one."""

    text: str
    digits: bool
    gap: str
    rest: str

    @property
    def near(self) -> bool:
        """Say whether it may belong to the token before: only separators, and few, stand between."""
        return _NEAR.fullmatch(self.gap) is not None


def tokens_of(text: str) -> list[Token]:
    """Split a text into runs of letters and of digits with what stands between them."""
    runs, gaps = _TOKEN.findall(text), _TOKEN.split(text)
    return [Token(run, run[0].isdigit(), gaps[i], gaps[i + 1]) for i, run in enumerate(runs)]


def is_standalone(tokens: Sequence[Token], position: int) -> bool:
    """Say whether one run of digits may be an invoice number by itself."""
    token, left = tokens[position], _neighbour(tokens, position, -1)
    if is_something_else(tokens, position) or _glued(tokens, position) or _in_phone_or_iban(tokens, position):
        return False
    if left is not None and not left.digits and (left.text in _INVOICE_WORDS or "#" in token.gap):
        return True
    return not _a_year(token.text) and not _a_compact_date(token.text)


def is_said_to_be_invoice(tokens: Sequence[Token], position: int) -> bool:
    """Say whether a word for "invoice" stands right before these digits, or before their "no."; or before the list they end.

    "Re:" is no such word here: it begins every answer's subject.
    """
    while (
        position > 0 and tokens[position].gap.strip() in ("", ",", "/", "&", "+", ";") and tokens[position - 1].digits
    ):
        position -= 1
    left = _neighbour(tokens, position, -1)
    if left is not None and left.text in _NEUTRAL_WORDS and len(left.gap) <= 2:
        position, left = position - 1, _neighbour(tokens, position, -2)
    if left is None or left.digits or len(tokens[position].gap.strip(" .:°º#\n\r\t>*-")) > 0:
        return False
    return left.text in _INVOICE_WORDS - {"RE"}


def is_something_else(tokens: Sequence[Token], position: int, *, length: int = 1) -> bool:
    """Say whether what stands around one or more groups of digits names them as something that is no invoice."""
    token, rest = tokens[position], tokens[position + length - 1].rest
    left, right = _neighbour(tokens, position, -1), _neighbour(tokens, position + length - 1, 1)
    if any(sign in token.gap[-2:] or sign in rest[:2] for sign in _SIGNS) or rest[:2].strip()[:1] == "%":
        return True
    if token.gap.endswith("+") or _named_otherwise(tokens, position):
        return True
    if right is not None and not right.digits and right.text in _CURRENCY and rest in ("", " "):
        return True
    # A list of numbers may be joined by anything; other digits that touch are cents, thousands, days or months.
    touching = [n for n in (left, right) if n is not None and n.digits]
    gaps = [token.gap] * (left is not None and left.digits) + [rest] * (right is not None and right.digits)
    return any(
        gap in (".", ",", "'", "-", "/", ":") and not (len(n.text) == len(token.text) >= 5)
        for n, gap in zip(touching, gaps, strict=True)
    )


def _named_otherwise(tokens: Sequence[Token], position: int) -> bool:
    """Read the word before, past a "no.": an order number, a phone, a currency."""
    token, left = tokens[position], _neighbour(tokens, position, -1)
    if left is None or left.digits or len(token.gap) > 2:
        return False
    words = {left.text}
    if left.text in _NEUTRAL_WORDS and position >= 2 and len(left.gap) <= 2:
        words.add(tokens[position - 2].text)
    return bool(words & _OTHER_WORDS) or left.text in _CURRENCY


def _neighbour(tokens: Sequence[Token], position: int, step: int) -> Token | None:
    other = position + step
    return tokens[other] if 0 <= other < len(tokens) else None


def _glued(tokens: Sequence[Token], position: int) -> bool:
    """Digits that hang on letters belong to them (PO-20419, A20419), unless the letters only say "invoice"."""
    token, left, right = tokens[position], _neighbour(tokens, position, -1), _neighbour(tokens, position, 1)
    if right is not None and token.rest == "":
        return True
    tight = token.gap in ("", "-", "_", "/", ".", "=", "@", "&", "?")
    if left is None or left.digits or not tight:
        return False
    return left.text not in _INVOICE_WORDS | _NEUTRAL_WORDS


def _in_phone_or_iban(tokens: Sequence[Token], position: int) -> bool:
    """Look at the whole group of digits that this run stands in, joined by single spaces, dashes or brackets."""
    first = last = position
    while first > max(0, position - _REACH) and tokens[first - 1].digits and _joins(tokens[first].gap):
        first -= 1
    while last + 1 < min(len(tokens), position + _REACH) and tokens[last + 1].digits and _joins(tokens[last + 1].gap):
        last += 1
    group = tokens[first : last + 1]
    lead = _neighbour(tokens, first, -1)
    if "+" in group[0].gap[-3:]:
        return True
    if len(group) < 2:
        return False
    lengths = [len(t.text) for t in group]
    if "(" in group[0].gap[-2:] or (group[0].text.startswith("0") and len(set(lengths)) > 1):
        return True
    if lengths in ([3, 3, 4], [1, 3, 3, 4], [3, 4]):
        return True
    if lead is not None and not lead.digits and lead.text in _OTHER_WORDS:
        return True
    # Blocks of four, as on a bank card or in an IBAN.
    return len(group) >= 3 and lengths.count(4) >= 2


def _joins(gap: str) -> bool:
    return 1 <= len(gap) <= 3 and all(c in " ()-/." for c in gap)


def _a_year(digits: str) -> bool:
    return len(digits) == 4 and 1900 <= int(digits) <= 2100


def _a_compact_date(digits: str) -> bool:
    if len(digits) != 8:
        return False
    for year, month, day in ((0, 4, 6), (4, 2, 0), (4, 0, 2)):
        try:
            when = date(int(digits[year : year + 4]), int(digits[month : month + 2]), int(digits[day : day + 2]))
        except ValueError:
            continue
        if 1990 <= when.year <= 2100:
            return True
    return False
