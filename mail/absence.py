"""Read from an automatic answer until when somebody is away and who stands in.

What is not written plainly stays unknown. `until` is the last day of the absence: "back on Monday 16 March" means the 15th.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from mail.absence_contact import find_contact
from mail.absence_days import Day, find_days, read_date
from mail.day_names import month_words, weekday_words
from mail.robot_fold import fold, sentences, without_points
from mail.robot_moves import moves
from mail.robot_words import family
from store.inbound import AutoReply

__all__ = ["read_absence", "read_date"]

_LONGEST = 5000
_MOST_SENTENCES = 60

_UNTIL_WORDS = (
    r"until|till|til|thru|through|up to|bis(?: zum| und mit)?|jusqu'(?:au?|en|a la)|hasta|fino (?:alla|al|a)|sino al?|tot(?: en met| aan)?|t/m|t\.e\.m\.|ate(?: ao?)?|"
    r"t\.o\.m\.?|tom|till och med|til og med|t\.o\.m|do(?: dnia)?|az do|including"
)
#: Words between "until" and the day.
_FILL = (
    r"(?:(?:and |und |et )?(?:including|incl(?:usive)?\.?|einschliesslich|einschl\.?|inklusive|inkl\.?|inclus|compris|the|le|el|il|al|den|dem|der|die|o|ao|om|dia|dag|lundi|day|"
    r"evening of|morning of|midday|about|approximately|ca\.?|circa|voraussichtlich|probably|at least|around|zum)[ ,]{1,2}|\(|(?:WEEKDAYS)\w{0,3}\.?,? ?(?:the |den |dem |le |el |il |dia |d\. )?){0,4}"
)
_RANGE_WORDS = r"~|to|until|till|til|through|thru|and|-|bis(?: zum| einschliesslich)?|au|al|alla?|a|ao|ate|t/m|tot(?: en met)?|t\.o\.m\.?|do|tom|/|hasta(?: el)?|jusqu'au|fino al"
_BACK_WORDS = re.compile(
    r"(?<!\w)(?:back|return\w*|re-?open\w*|again|resum\w+|wieder|zuruck|retour|reouvert\w*|reouvr\w+|rentre\w*|reprend\w*|regres\w*|vuelv\w*|volver\w*|reincorpor\w*|de vuelta|rientr\w*|torn[oe]\w*|di ritorno|di nuovo|"
    r"riapr\w+|terug|weer|volta|voltar\w*|regressar\w*|retorn\w*|reabr\w+|reabertura|tillbaka|ater|tilbage|tilbake|igjen|igen|wrac\w+|wroc\w+|ponownie|z powrotem|palaan|takaisin|zpet|znovu|from then|復帰|再開)(?!\w)"
)
_STARTS = re.compile(
    r"(?<!\w)(?:from|starting|as of|beginning|since|ab(?: dem)?|von|vom|seit|du|des|a partir du?|depuis|desde|del|dal|vanaf|van|de|od|fran(?: och med)?|fra|sinds)[ ,]+(?:\w+,? )?(?:the |den |dem |le |el |il )?$"
)
_BEFORE = re.compile(
    r"(?<!\w)(?:before|vor(?: dem)?|avant(?: le)?|antes del?|antes d[oe]|prima del?|voor|przed|fore(?: den)?|for(?: den)?|ennen)[ ,]+(?:\w+,? )?(?:the |den |dem |le |el |il |dia )?$"
)
_EVERY_WEEK = re.compile(
    r"part[- ]time|(?:office|working|opening|business) (?:hours|days)|i (?:only )?work|only on|works? (?:mon|tues|wednes|thurs|fri)day|the following|on a |ik werk|ich arbeite|je travaille|trabajo|lavoro|trabalho|pracuje|jag arbetar|jeg arbejder|jeg jobber|(?<!\w)only(?!\w)|every|each|teilzeit|burozeiten|offnungszeiten|jeden|arbeitstage|chaque|temps partiel|horaires|cada|horario|ogni|orari|elke|parttime|werkdagen|godziny|varje"
)
_JA_UNTIL = fold("まで")
_REPLIES = re.compile(
    r"(?<!\w)(?:respond|reply|answer|get back|deal with|received|antwort\w*|melde\w*|bearbeit\w*|repond\w*|respond\w*|contest\w*|rispond\w*|antwoord\w*|beantwoord\w*|odpowi\w*|svarar?|besvarar?|aterkommer)(?!\w)"
)
_AFTER_UNTIL = re.compile(rf"^ ?(?:saakka|asti|{_JA_UNTIL})")
_AFTER_BACK = re.compile(rf"^(?:より|{fold('から')}|以降)")


def read_absence(text: str, *, received_on: date, from_address: str | None) -> AutoReply:
    """Give the last day of the absence, the substitute's address and name, each None where not plainly written."""
    text = text[:_LONGEST]
    contact, name = find_contact(text, from_address=from_address)
    return AutoReply(until=_last_day(text, received_on), contact=contact, contact_name=name)


def _last_day(text: str, received_on: date) -> date | None:
    """Take what is said most plainly: until a day, back on a day, a week or month of absence, a single day."""
    ranked: dict[int, list[date]] = {}
    for sentence in sentences(text)[:_MOST_SENTENCES]:
        folded = fold(sentence)
        here: dict[int, list[date]] = {}
        for day in find_days(folded, received_on=received_on):
            if role := _role(day, folded):
                here.setdefault(role[0], []).append(role[1])
        for rank, days in here.items():
            # One sentence may name several stretches: the last of them ends the absence.
            ranked.setdefault(rank, []).append(max(days))
    found = next((ranked[rank][0] for rank in sorted(ranked)), None)
    return found if found is not None and found >= received_on - timedelta(days=7) else None


def _role(day: Day, folded: str) -> tuple[int, date] | None:
    """Say what a day is for the absence, as (rank, last day of it); None where it is nothing."""
    if day.kind == "weekday" and (_EVERY_WEEK.search(folded) or "part_time" in moves(folded)):
        return None
    before, after = folded[max(0, day.start - 70) : day.start], folded[day.end : day.end + 12]
    if _ends(day, before, after):
        return 0, day.last
    if day.kind == "ordinal":
        return (1, day.first - timedelta(days=1)) if _BACK_WORDS.search(before[-25:]) else None
    clause = _clause(folded, day)
    if _STARTS.search(before) and _BACK_WORDS.match(folded[day.end :].lstrip("., )")):
        return 1, day.first - timedelta(days=1)  # "ab Montag, 02.06., wieder da"
    if _BACK_WORDS.search(clause) or (_AFTER_BACK.match(after) and _JA_UNTIL not in folded[day.end :]):
        return 1, day.first - timedelta(days=1)
    plain = without_points(folded)
    made = moves(plain)
    if _BEFORE.search(before) and "unread" in made | {name for name in ("unread",) if family(name).search(plain)}:
        return 1, day.first - timedelta(days=1)  # "I shall read no mail before 3 August"
    away = made & {"away", "closed", "away_other"} or any(
        family(name).search(plain) for name in ("away", "closed", "away_other")
    )
    if not away or _STARTS.search(before):
        return None
    if _REPLIES.search(clause):
        return None
    weak = {"week": 2, "end": 2, "month": 3, "date": 4, "weekday": 4, "day": 5}
    return weak[day.kind], day.last


def _ends(day: Day, before: str, after: str) -> bool:
    """Say whether the words around a day make it the last of a stretch: "until" it, or the second of two."""
    if _AFTER_UNTIL.match(after):
        return True
    until, ranges, between = _before_patterns()
    if until.search(before):
        return True
    return day.kind != "ordinal" and bool(ranges.search(before) or between.search(before))


def _clause(folded: str, day: Day) -> str:
    """Give the clause around a day: what stands between the nearest commas or joining words that are not part of a date."""
    start = max((m.end() for m in _CUT.finditer(folded, 0, day.start)), default=0)
    stop = next((m.start() for m in _CUT.finditer(folded, day.end)), len(folded))
    return folded[start:stop]


_CUT = re.compile(r"[;:]|,(?! ?\d)(?= \w+ \w+)|(?<!\w)(?:and|und|et|y|ed?|och|og|with|mit|avec|but|aber)(?!\w)")


@cache
def _before_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    fill = _FILL.replace("WEEKDAYS", weekday_words())
    until = re.compile(rf"(?<!\w)(?:{_UNTIL_WORDS})[ ]?{fill}$")
    dated = rf"(?:\d(?:st|nd|rd|th|er|:[ea]|o)?\.?|(?<!\w)(?:{month_words()}|{weekday_words()})\.?|\d日)"
    ranges = re.compile(rf"{dated},? ?(?:\d{{4}} ?)?(?:{_RANGE_WORDS}) ?{fill}$")
    between = re.compile(
        rf"(?<!\w)(?:between|zwischen|entre|tra|fra|tussen|mellan|mellem|mellom|miedzy)[^.!?]{{1,45}} (?:and|und|et|y|e|en|och|og|a|i) {fill}$"
    )
    return until, ranges, between
