"""Choose among several dates or amounts that stand in the same words, or refuse to choose.

Each rule names what it leaves out: an invoice's own date, a price by the piece, the day that money is seen rather than
sent. What is left must be one; else the answer is None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from agent.resolving.amounts import FoundAmount, find_amounts
from agent.resolving.dates import FoundDate
from agent.resolving.folding import fold
from store.vocabulary import Reason

#: A day without a year that lies further off than this is more likely a slip than a date.
FURTHEST = timedelta(days=330)

_OWN_DATE = re.compile(
    r"(?:\bdated|\b(?:was|were|fell|falling) due(?: on)?|\bfallig(?: war)?(?: am| zum)?|\bechue? le|\bvencid[oa]s? (?:el|a|em)|\bvervallen op|\bscadut[ao] il"
    r"|\b(?:invoices?|orders?|po|bill|quote|letter|reminder|mail|rechnung|bestellung|angebot|mahnung|schreiben|facture|commande|relance|courrier|factura|pedido"
    r"|factuur|bestelling|fattura|ordine|fatura|encomenda|beschluss|judgment|order)(?: \S+){0,2} (?:of|from|dated|vom|du|del|de|van|di))(?: the| le| el)?\s*$"
)
_SEEN = re.compile(
    r"\b(?:land|lands|arrives?|with you|see it|reach(?:es)?|in your (?:account|bank)|hits?|clear|gutgeschrieben|wertstellung|bei ihnen|auf ihrem konto|recevrez|recu"
    r"|sur votre compte|recibir\w*|en su cuenta|op uw rekening|bij u|riceverete|valuta beneficiario|recebe\w*|na vossa conta)\b[^.;]{0,30}$"
)
_EACH_AFTER = re.compile(
    r"\s?(?:each|apiece|a piece|(?:per|a|/) ?(?:unit|piece|item|case|hour|metre|tonne|bag|month|week)|pro \w+|/ ?st|je stuck|das stuck|piece|l'unite|chacun|cada un\w|la unidad|per stuk|l'uno|cadauno|al pezzo|cada|por unidade|an hour)\b"
)
_UNITS = re.compile(r"(?:\bje|\bzu je|\bhours? at|\bunits? at|\bpieces? at|\bstuck zu|\b\d+ x|@|\bper unit:?)\s*$")
_TOTAL_AFTER = re.compile(
    r"\s?(?:in total|together|in all|altogether|insgesamt|zusammen|en total|au total|in totaal|samen|in totale|no total|all told|in full)\b"
)
_TOTAL_BEFORE = re.compile(
    r"\b(?:total(?: of| is|ling|e|es)?|together|zusammen|insgesamt|gesamt|au total|en total|in totaal|samen|in totale|no total|soit|in summe|comes to|makes)[:,]?\s*$"
)
_RATE_AFTER = re.compile(
    r"[^.;,]{0,12}\b(?:(?:a|per|each|every) (?:month|week|fortnight|quarter)|monthly|weekly|monatlich|im monat|pro monat|par mois|mensuel\w*|al mes|mensual\w*|al mese|mensil\w|per maand|ao mes|mensa\w+|down)\b"
)
_RATE_BEFORE = re.compile(
    r"\b(?:instal+ments?|payments?|parts?|tranches?|cheques?|checks?|parcels?|raten?|monatsraten|mensualites?|versements?|cuotas?|plazos?|pagos|termijnen|rate|prestac\w+|parcelas?|jeden monat|every month)"
    r"(?: \w+)? (?:of|zu|a|von|over|de|da|di|van|x)?(?: je)?\s*$|\b(?:jeden monat|each month|every month|chaque mois|cada mes|elke maand|ogni mese)\s*$|\b(?:of|zu je|je)\s*$"
)


def money_dates(found: Sequence[FoundDate], text: str, received_on: date, *, past: bool) -> list[FoundDate]:
    """Keep the dates that lie the right way from the day of the mail and are not an invoice's or a letter's own."""
    fits = []
    for one in found:
        right_way = one.date <= received_on if past else one.date >= received_on
        far = abs(one.date - received_on) > FURTHEST and not re.search(r"\d{4}", one.text)
        own = _OWN_DATE.search(fold(text[max(0, one.start - 60) : one.start]))
        if right_way and not far and not own:
            fits.append(one)
    return fits


def one_date(reason: Reason, fits: Sequence[FoundDate], text: str) -> date | None:
    """Choose the day: the first of a plan, the last of an absence, else the only one on which money moves."""
    days = {one.date for one in fits}
    if reason is Reason.PLAN_REQUEST:
        return min(days)
    if reason is Reason.AUTO_REPLY:
        return max(days)
    if len(days) > 1:
        days = {one.date for one in fits if not _SEEN.search(fold(text[max(0, one.start - 60) : one.start]))}
    return days.pop() if len(days) == 1 else None


def one_amount(reason: Reason, found: Sequence[FoundAmount], text: str) -> FoundAmount | None:
    """Choose the amount: the rate of a plan, the total of a sum, else the only one that is no price by the piece."""
    folded = fold(text)

    def before(one: FoundAmount) -> str:
        return folded[max(0, one.start - 40) : one.start]

    if reason is Reason.PLAN_REQUEST:
        rates = [one for one in found if _RATE_AFTER.match(folded, one.end) or _RATE_BEFORE.search(before(one))]
        return _only(rates or found)
    whole = [one for one in found if not (_EACH_AFTER.match(folded, one.end) or _UNITS.search(before(one)))]
    if len({one.amount for one in whole}) > 1:
        totals = [o for o in whole if _TOTAL_AFTER.match(folded, o.end) or _TOTAL_BEFORE.search(before(o))]
        whole = totals or whole
    return _only(whole)


def _only(found: Sequence[FoundAmount]) -> FoundAmount | None:
    return found[0] if len({(one.amount, one.currency) for one in found}) == 1 else None


def bare_amount(text: str, span: tuple[int, int], currency: str | None) -> FoundAmount | None:
    """Read a bare number that a model pointed at as an amount; not where it is a part of a longer number or a share."""
    start, end = span
    if re.search(r"[\w/#.,-]$", text[:start]) or re.match(r"[\w/]|[-.,]\d|\s?%", text[end:]):
        return None
    if not re.fullmatch(r"\d[\d.,' \u00a0\u202f]*\d", text[start:end]):
        return None
    found = find_amounts(f"EUR {text[start:end]}", currency=None)
    if len(found) != 1 or found[0].end != len(text[start:end]) + 4:
        return None
    return FoundAmount(start, end, text[start:end], found[0].amount, currency)


def name_in(hint: str) -> str | None:
    """Take a name that a model pointed at: one short line with a capital and without digits or an address."""
    name = " ".join(hint.split()).strip(" ,.;:")
    if "\n" in hint or not 2 <= len(name) <= 80 or re.search(r"[\d@<>/\\]", name) or not any(c.isupper() for c in name):
        return None
    return name
