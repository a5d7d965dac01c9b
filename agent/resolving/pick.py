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
from agent.resolving.money_words import NOT_MONEY, THINGS
from store.vocabulary import Reason

#: A day without a year that lies further off than this is more likely a slip than a date.
FURTHEST = timedelta(days=330)

_OWN_DATE = re.compile(
    r"(?:\bdated|\b(?:was|were|fell|falling) due(?: on)?|\bfallig(?: war)?(?: am| zum)?|\bechue? le|\bvencid[oa]s? (?:el|a|em)|\bvervallen op|\bscadut[ao] il"
    r"|\b(?:invoices?|orders?|po|bill|quote|letter|reminder|mail|rechnung|bestellung|angebot|mahnung|schreiben|facture|commande|relance|courrier|factura|pedido"
    r"|factuur|bestelling|fattura|ordine|fatura|encomenda|beschluss|judgment|order)(?: \S+){0,2} (?:of|from|dated|vom|du|del|de|van|di))(?: the| le| el)?\s*$"
)
_THE_DAY_AFTER = re.compile(
    r"[^.!?]{0,120}\b(?:the (?:day|morning) after\b(?! tomorrow)|the (?:following|next) (?:day|morning)|(?:am|den) (?:tag darauf|nachsten tag|folgetag)|tags darauf|le lendemain"
    r"|al dia siguiente|de dag erna|de volgende dag|il giorno (?:dopo|successivo)|no dia seguinte)"
)
_SINCE = re.compile(
    r"\b(?:since|as of|miss(?:ed|ing)|after missing|seit(?: dem)?|verpasst|depuis(?: le)?|desde(?: el)?|sinds|dal|desde(?: o)?)(?: the)?\s*$"
)
_UP_TO = re.compile(
    r"\b(?:up to|through(?: to)?|'?till?|until|to|by|before|bis(?: zu[mr]?)?|jusqu'(?:au?|a la)|hasta(?: el)?|tot|fino a[l]?|ate(?: ao?)?|vor|avant|antes de|voor|prima di)(?: the)?\s*$"
)
_BACK = re.compile(
    r"\b(?:until|till|back(?: at my desk| in)?(?: on)?|return\w*(?: on)?|closed on|bis|ab|wieder(?: am| ab)?|jusqu'a[u]?|retour\w*|hasta|regres\w+|vuelvo|tot|vanaf|terug(?: op)?"
    r"|fino a|rientro|ate|regresso|to)\W*(?:the|el|le|a|zum|einschließlich)?\s*$"
)
_SEEN = re.compile(
    r"\b(?:land|lands|arrives?|with you|see it|reach(?:es)?|in your (?:account|bank)|hits?|clear|gutgeschrieben|wertstellung|bei ihnen|auf ihrem konto|recevrez|recu"
    r"|sur votre compte|recibir\w*|en su cuenta|op uw rekening|bij u|riceverete|valuta beneficiario|recebe\w*|na vossa conta)\b[^.;]{0,30}$"
)
_EACH_AFTER = re.compile(
    r"\s?(?:each|apiece|a piece|(?:per|a|an|/) ?(?:unit|piece|item|case|hour|metre|tonne|bag|truck|visit|day|box|head|month|week)|pro \w+|/ ?st|je stuck|das stuck|piece|l'unite|chacun|cada un\w|la unidad|per stuk|l'uno|cadauno|al pezzo|cada|por unidade|an hour)\b"
)
_UNITS = re.compile(r"(?:\bje|\bzu je|\bhours? at|\bunits? at|\bpieces? at|\bstuck zu|\b\d+ x|@|\bper unit:?)\s*$")
_LESS_BEFORE = re.compile(
    r"\b(?:less|minus|net of|abzuglich(?: der| des| von)?|moins|menos|meno|minder|deducted|withheld|held back|hold back|kept|took|taken|shaved|scalato|descont\w+|retenu|retire|retido"
    r"|einbehalten|abgezogen|ingehouden|tirei)(?: the| our| i| os| los| les| die| de)?\s*$"
)
_LESS_AFTER = re.compile(r"\s?(?:off\b|[^.;,]{0,30}\b(?:einbehalten|abgezogen|deducted|withheld|ingehouden)\b)")
_LIMIT_BEFORE = re.compile(
    r"\b(?:over|above|more than|exceeding|under|below|uber|ab|mehr als|plus de|au-dessus de|mas de|superior(?:es)? a|boven(?: de)?|meer dan|oltre|acima de|mais de)(?: the)?\s*$"
)
_SENDS = (Reason.PROMISE_TO_PAY, Reason.PAYMENT_IN_PROCESS, Reason.ALREADY_PAID)
_TOTAL_AFTER = re.compile(
    r"\s?(?:in total|together|in all|altogether|insgesamt|zusammen|en total|au total|in totaal|samen|in totale|no total|all told|in full)\b"
)
_TOTAL_BEFORE = re.compile(
    r"\b(?:total(?: of| is|ling|e|es)?|together|zusammen|insgesamt|gesamt|au total|en total|in totaal|samen|in totale|no total|soit|in summe|comes to|makes)[:,]?\s*$"
)
_SHARE = re.compile(
    r"\d\s?%|\b(?:percent|per cent|prozent|procent|pour cent|por ciento|por cento|half|third|quarter|halfte|drittel|moitie|tiers|mitad|tercio|helft|derde|meta|terzo|metade|terco)\b"
)
_NAMED = re.compile(rf"(?:{NOT_MONEY})[ .:#]*$")
_RATE_AFTER = re.compile(
    r"[^.;,]{0,12}\b(?:(?:a|per|each|every) (?:month|week|fortnight|quarter)|monthly|weekly|monatlich|im monat|pro monat|par mois|mensuel\w*|al mes|mensual\w*|al mese|mensil\w|per maand|ao mes|mensa\w+|down)\b"
)
_RATE_BEFORE = re.compile(
    r"\b(?:instal+ments?|payments?|parts?|tranches?|cheques?|checks?|parcels?|raten?|monatsraten|mensualites?|versements?|cuotas?|plazos?|pagos|termijnen|rate|prestac\w+|parcelas?|jeden monat|every month)"
    r"(?: \w+)? (?:of|zu|a|von|over|de|da|di|van|x)?(?: je)?\s*$|\b(?:jeden monat|each month|every month|chaque mois|cada mes|elke maand|ogni mese)\s*$|\b(?:of|zu je|je)\s*$"
)


#: A number without a currency: grouped, or two to six digits. Smaller ones are counts.
_BARE = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{2})?(?!\d)|\d{2,6}(?:[.,]\d{2})?(?!\d)")
_LEAST_BARE = 40
_COUNTED_AFTER = re.compile(rf"\s?(?:x\b|%|{THINGS})")


def fitting_dates(reason: Reason, found: Sequence[FoundDate], text: str, received_on: date) -> list[FoundDate]:
    """Keep the dates that can be the one asked for: the right way from the mail's day, and about the money itself.

    An invoice's or a letter's own date, a cut-off that was missed, the term of a plan and an answering time are not.
    """
    past = reason is Reason.ALREADY_PAID
    folded = fold(text).replace("\n", " ")
    fits = []
    for one in found:
        before = folded[max(0, one.start - 60) : one.start]
        right_way = one.date <= received_on if past else one.date >= received_on
        far = abs(one.date - received_on) > FURTHEST and not re.search(r"\d{4}", one.text)
        other = _OWN_DATE.search(before) or _THE_DAY_AFTER.match(folded, one.end)
        if right_way and not far and not other and not _unsuited(reason, one, before):
            fits.append(one)
    return fits


def _unsuited(reason: Reason, one: FoundDate, before: str) -> bool:
    """Name what a reason's date never is."""
    if reason is Reason.ALREADY_PAID:
        return bool(_UP_TO.search(before))
    if _SINCE.search(before):
        return True
    if reason is Reason.PLAN_REQUEST:
        return bool(_UP_TO.search(before)) or (
            one.kind == "ahead" and not one.text.lower().startswith(("in ", "dans "))
        )
    if reason is Reason.AUTO_REPLY:
        answering = one.kind == "ahead" and not one.text.lower().startswith(("in ", "dans ", "over ", "tra ", "fra "))
        return answering or (one.kind == "weekday" and not _BACK.search(before))
    return False


def one_date(reason: Reason, fits: Sequence[FoundDate], text: str, received_on: date) -> date | None:
    """Choose the day: the first of a plan, the last of an absence, else the only one on which money moves.

    Where two are left, the mail's own day is the day of writing ("I have today told the bank ... 18 March").
    """
    folded = fold(text).replace("\n", " ")
    if reason is Reason.AUTO_REPLY:
        fits = [one for one in fits if _BACK.search(folded[max(0, one.start - 60) : one.start])] or fits
    days = {one.date for one in fits}
    if len(days) > 1 or reason in (Reason.PLAN_REQUEST, Reason.AUTO_REPLY):
        days.discard(received_on)
    if not days:
        return None
    if reason is Reason.PLAN_REQUEST:
        return min(days)
    if reason is Reason.AUTO_REPLY:
        return max(days)
    if len(days) > 1:
        days &= {one.date for one in fits if not _SEEN.search(folded[max(0, one.start - 60) : one.start])}
    return days.pop() if len(days) == 1 else None


def one_amount(reason: Reason, found: Sequence[FoundAmount], text: str) -> FoundAmount | None:
    """Choose the amount: the rate of a plan, the total of a sum, else the only one that is no price by the piece."""
    folded = fold(text).replace("\n", " ")

    def before(one: FoundAmount) -> str:
        return folded[max(0, one.start - 40) : one.start]

    if reason is Reason.PLAN_REQUEST:
        rates = [one for one in found if _RATE_AFTER.match(folded, one.end) or _RATE_BEFORE.search(before(one))]
        return _only(rates or found)
    found = [one for one in found if not _LIMIT_BEFORE.search(before(one))]
    if reason in _SENDS:
        found = [o for o in found if not (_LESS_BEFORE.search(before(o)) or _LESS_AFTER.match(folded, o.end))]
    whole = [one for one in found if not (_EACH_AFTER.match(folded, one.end) or _UNITS.search(before(one)))]
    if reason is Reason.DISPUTE:
        # A price by the piece is contested, or a count: then no other number there is the money in dispute.
        marked = [one for one in whole if one.marked]
        whole = marked if len(whole) == len(found) else _totals(marked, folded)
    if len({one.amount for one in whole}) > 1:
        totals = _totals(whole, folded)
        if reason in _SENDS:  # a total of what is not paid may stand beside what is
            parts = sum(one.amount for one in whole) - sum(one.amount for one in totals)
            totals = [one for one in totals if one.amount == parts]
        whole = totals or whole
    return _only(whole)


def shares(text: str) -> bool:
    """Say whether words speak of a share ("5 %", "half") and not of a sum."""
    return _SHARE.search(fold(text)) is not None


def rivalled(found: FoundAmount, text: str, span: tuple[int, int]) -> bool:
    """Say whether an amount without a currency stands beside another bare number that may as well be the money."""
    others = re.finditer(r"(?<![\w/#.,-])\d{3,6}(?![\w/]|[-.,]\d|\s?%)", text[span[0] : span[1]])
    return not found.marked and any(
        not (found.start <= other.start() + span[0] < found.end)
        and not _NAMED.search(fold(text[: other.start() + span[0]])[-40:])
        for other in others
    )


def _totals(found: Sequence[FoundAmount], folded: str) -> list[FoundAmount]:
    return [
        one
        for one in found
        if _TOTAL_AFTER.match(folded, one.end) or _TOTAL_BEFORE.search(folded[max(0, one.start - 40) : one.start])
    ]


def _only(found: Sequence[FoundAmount]) -> FoundAmount | None:
    values = {(one.amount, one.currency) for one in found}
    return found[0] if len(values) == 1 else None


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


def lone_number(text: str, span: tuple[int, int], currency: str | None) -> FoundAmount | None:
    """Read the only number of some words as an amount; None where there are several, or it counts or names something."""
    found = []
    for match in _BARE.finditer(text, *span):
        before, after = (
            fold(text[max(0, match.start() - 40) : match.start()]),
            fold(text[match.end() : match.end() + 40]),
        )
        amount = bare_amount(text, match.span(), currency)
        if amount is None or amount.amount < _LEAST_BARE or 1990 <= amount.amount <= 2040:
            continue
        if _NAMED.search(before) or _COUNTED_AFTER.match(after):
            continue
        found.append(amount)
    return found[0] if len(found) == 1 else None


def name_in(hint: str) -> str | None:
    """Take a name that a model pointed at: one short line with a capital and without digits or an address."""
    name = " ".join(hint.split()).strip(" ,.;:")
    if "\n" in hint or not 2 <= len(name) <= 80 or re.search(r"[\d@<>/\\]", name) or not any(c.isupper() for c in name):
        return None
    return name
