"""Read what a customer asks of a payment plan besides its count: how often, on which day of the month, what comes first.

Seven languages, on folded text. Given only where the words speak for exactly one. It must never raise.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from agent.resolving.amounts import FoundAmount, find_amounts
from agent.resolving.folding import LONGEST, flatten, fold
from agent.resolving.kind_words import COUNTS
from store.aftermath import PlanRhythm

#: Stands for the last day of every month.
MONTH_END = 31

RHYTHMS: dict[PlanRhythm, str] = {
    PlanRhythm.WEEKLY: (
        r"weekly|(?:a|per|each|every) week|wochentlich\w*|(?:pro|jede|die) woche|hebdomadaires?|(?:par|chaque) semaine|toutes les semaines|semanal\w*|semanais"
        r"|(?:por|a la|cada) semana|todas las semanas|wekelijks\w*|(?:per|elke|iedere) week|(?:alla|a|ogni) settimana|settimanal\w+"
    ),
    PlanRhythm.FORTNIGHTLY: (
        r"fortnight(?:ly)?|(?:every|each) (?:two|2|other|second) weeks?|bi-?weekly|twice a month|alle (?:zwei|2) wochen|zweiwochentlich\w*|14-?tagig\w*|vierzehntagig\w*|alle 14 tage"
        r"|toutes les (?:deux|2) semaines|(?:chaque|par|la) quinzaine|tous les (?:quinze|15) jours|bimensuel\w*|quincenal\w*|cada quincena|por quincena|cada (?:dos|2) semanas|cada (?:quince|15) dias"
        r"|(?:om|elke|iedere) (?:de )?(?:twee|2|andere) weken|tweewekelijks\w*|ogni (?:due|2) settimane|quindicinal\w+|ogni (?:quindici|15) giorni|quinzena(?:l|is)|quinzenalmente"
        r"|de (?:quinze em quinze|15 em 15) dias|de (?:duas em duas|2 em 2) semanas|(?:a )?cada (?:duas semanas|2 semanas|15 dias|quinzena)"
    ),
    PlanRhythm.MONTHLY: (
        r"monthly|(?:a|per|each|every) month|monatlich\w*|monatsrate\w*|(?:im|pro|jeden) monat|mensuel\w*|mensualites?|(?:par|chaque) mois|tous les mois|mensual\w*|mensualidad\w*"
        r"|(?:al|por|cada) mes|todos los meses|maandelijks\w*|maandtermijn\w*|(?:per|elke|iedere) maand|mensil\w*|(?:al|ogni) mese|tutti i mesi|mensa(?:l|is)\w*|ao mes|todos os meses"
    ),
    PlanRhythm.QUARTERLY: (
        r"quarterly|(?:a|per|each|every) quarter|vierteljahrlich\w*|quartalsweise|(?:pro|jedes) quartal|trimestriel\w*|(?:par|chaque) trimestre|trimestral\w*|trimestrais|(?:por|cada) trimestre"
        r"|per kwartaal|elk kwartaal|ieder kwartaal|driemaandelijks\w*|trimestral\w+|ogni trimestre|a trimestre"
    ),
}

_N = r"(?P<n>\d{1,2})(?:st|nd|rd|th|\.|er|e|º|o)?"
PAY_DAYS: tuple[str, ...] = (
    rf"(?:the )?{_N} (?:day )?(?:of|in) (?:each|every|the|a) month",
    rf"(?:each|every) month,? (?:on|by) the {_N}(?!\w)",
    rf"(?:am|zum|bis zum) {_N} (?:(?:eines |des )?jede[ns] monats|eines monats|jeden monat)",
    rf"jeweils (?:am|zum|bis zum) {_N}(?! ?\d)(?! ?(?:jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|dez))",
    rf"(?:le|les|au) {_N} (?:de )?chaque mois|(?:tous les|chaque) (?P<n2>\d{{1,2}}) du mois",
    rf"(?:el|los|cada)? ?(?:dias? )?{_N} de cada mes",
    rf"(?:de )?{_N} van (?:elke|iedere|de) maand",
    rf"(?:il|al|entro il|ogni)? ?(?:giorno )?{_N} (?:di ogni|d'ogni) mese|ogni (?P<n2>\d{{1,2}}) del mese",
    rf"(?:no |ao |todo )?dias? {_N} de (?:cada|todos os) mes(?:es)?",
)
MONTH_ENDS = (
    r"(?:end|last (?:working |business )?day|close) of (?:each|every) (?:calendar )?month|(?:each|every) month[- ]end|at month ends"
    r"|(?:jeweils|immer|jeden monat)(?: \w+)? (?:monatsende|ultimo|ende (?:des|jede[ns]) monats|monatsletzten|ende monat)|ende jede[ns] monats|(?:zum|am) ende (?:eines )?jede[ns] monats"
    r"|(?:a la )?fin de chaque mois|(?:chaque|tous les) fins? de mois|a? ?(?:fin|final|finales) de cada mes|cada (?:fin|final) de mes|ultimo dia de cada mes"
    r"|eind(?:e)? (?:van )?(?:elke|iedere) maand|elk maandeinde|(?:a )?fine (?:di )?ogni mese|(?:a )?ogni fine mese|(?:no )?(?:fim|final) de cada mes|(?:todo|cada) (?:fim|final) de mes"
)
_DOWN_NOUN = r"down ?-?payments?|deposit|anzahlung|acompte|de entrada|una entrada|aanbetaling|acconto|de sinal|um sinal|uma entrada"
_DOWN_AFTER = r"up ?-?front|down|in advance|now|today|straight ?away|right away|immediately|sofort|vorab|gleich|heute|jetzt|tout de suite|maintenant|immediatement|des maintenant|ahora|ya mismo|hoy|por adelantado|direct|meteen|nu|vooraf|vandaag|subito|adesso|oggi|anticipati|ja|agora|hoje|de imediato"
_COUNT_BEFORE = (
    r"(?:make|making) (?:it|that|them)|(?:split|spread) (?:it|that) (?:in|into|over)|(?:it|that) (?:in|over|into)|(?:stretch|extend)\w* (?:it |that )?to|rather|lieber|(?:es|das|auch) (?:in|auf)|auf"
    r"|plutot|(?:passer|etaler|aller) (?:a|en|sur)|(?:ser|hacer|hacerlo en|dejarlo en|ponerlo en|pasar a|fueran)|(?:het|dat|ook) (?:ook )?in|(?:farne|farle in|farlo in|arrivare a|portarle a|essere)"
    r"|(?:passar (?:para|a)|ser(?:em)?|fazer em|em vez disso)"
)
_REST = r"rest|remainder|remaining|balance|then|danach|dann|restliche\w*|reste|solde|puis|ensuite|resto|restante\w*|luego|despues|overige|daarna|poi|rimanente|rimanenza|saldo|depois"


@lru_cache(maxsize=1)
def _patterns() -> tuple[dict[PlanRhythm, re.Pattern[str]], tuple[re.Pattern[str], ...], re.Pattern[str]]:
    """Compile on first use."""
    rhythms = {kind: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for kind, words in RHYTHMS.items()}
    return (
        rhythms,
        tuple(re.compile(rf"(?<![\w.,])(?:{p})") for p in PAY_DAYS),
        re.compile(rf"(?<!\w)(?:{MONTH_ENDS})(?!\w)"),
    )


def rhythm(text: str) -> PlanRhythm | None:
    """Name how often the customer would pay; None where the words name none, or two."""
    folded = fold(flatten(text[:LONGEST]).text)
    kinds = {kind for kind, pattern in _patterns()[0].items() if pattern.search(folded)}
    if pay_day(text) is not None:
        kinds.add(PlanRhythm.MONTHLY)
    return kinds.pop() if len(kinds) == 1 else None


def pay_day(text: str) -> int | None:
    """Give the day of every month on which the customer would pay, 31 for its end; None where none is named, or two."""
    folded = fold(flatten(text[:LONGEST]).text)
    _, days, ends = _patterns()
    found = {MONTH_END} if ends.search(folded) else set()
    for pattern in days:
        for match in pattern.finditer(folded):
            found.add(int(next(number for number in match.groups() if number)))
    number = found.pop() if len(found) == 1 else 0
    return number if 1 <= number <= MONTH_END else None


def pay_day_spans(text: str) -> list[tuple[int, int]]:
    """Give the places where a day of every month is named."""
    folded = fold(text).replace("\n", " ")
    _, days, ends = _patterns()
    return [match.span() for pattern in (*days, ends) for match in pattern.finditer(folded)]


def other_counts(text: str) -> set[int]:
    """Give the counts that stand without a word for instalments, as people say them of a plan that is on the table."""
    folded = fold(flatten(text[:LONGEST]).text)
    words = "|".join(sorted(COUNTS, key=len, reverse=True))
    number = rf"(?P<n>\d{{1,2}}|{words})(?!\w|[.,]\d| ?(?:%|€|eur|euros?|pounds?|dollars?|days?|tage?n?|jours|dias|dagen|giorni|weeks?|wochen|a month|per|pro|par|al|ao|im)\b)"
    return {
        int(word) if (word := match["n"]).isdecimal() else COUNTS[word]
        for match in re.finditer(rf"(?<!\w)(?:{_COUNT_BEFORE}) {number}", folded)
    }


def down_payments(text: str, *, currency: str | None) -> list[FoundAmount]:
    """Find the sums that would come first, before the instalments: "500 down", "500 now and the rest monthly"."""
    folded = fold(text)
    found = []
    for one in find_amounts(text, currency=currency):
        before, after = folded[max(0, one.start - 30) : one.start], folded[one.end : one.end + 30]
        beside = re.search(rf"(?<!\w)(?:{_DOWN_NOUN})(?: (?:of|von|de|di|van|over|uber))?:? ?$", before)
        behind = re.match(rf"[^.;!?\d]{{0,12}}(?<!\w)(?:{_DOWN_NOUN})(?!\w)", after)
        at_once = re.match(rf"[ ,]{{0,2}}(?:as |right |gleich |als )?(?:{_DOWN_AFTER})(?!\w)", after)
        leads_on = re.search(rf"(?<!\w)(?:{_REST})(?!\w)", folded[one.end : one.end + 120])
        if beside or behind or (at_once and leads_on):
            found.append(one)
    return found


def down_payment(text: str, *, currency: str | None) -> Decimal | None:
    """Give the one sum that would come first; None where there is none, or two."""
    sums = {one.amount for one in down_payments(text, currency=currency)}
    return sums.pop() if len(sums) == 1 else None
