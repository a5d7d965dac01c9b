"""Hear what a customer says to the payment plan on the table: yes, no, something else, or nothing that is plain.

Only asked while a plan is proposed. It must never take a promise of the full sum, a yes with a condition, a question or a
"we will think about it" for an agreement: what is not plain is None, and a person decides. It must never raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.resolving.folding import LONGEST, flatten, fold
from agent.resolving.stance_doubts import is_about_something_else, is_in_part
from agent.resolving.stance_words import RATE, WORDS, Words
from store.aftermath import PlanStance

_SENTENCE = re.compile(r"[^.!?;\n]+(?:(?:\.(?=\w)|(?<=\d)\.(?= ))[^.!?;\n]*)*[.!?;\n]?")
#: How far a negation reaches: before a word of consent, and after it ("stimmen wir nicht zu").
_BEFORE, _AFTER = 40, 26
_TURN = re.compile(r"[,:]|\b(?:but|aber|mais|pero|maar|ma|mas)\b")
_BUT = re.compile(
    r"[\s,](?:but|however|aber|allerdings|jedoch|mais|toutefois|pero|sin embargo|maar|echter|pero'?|ma|mas|porem)\s"
)
_START = re.compile(
    r"\b(?:start\w*|begin\w*|move\w*|push\w*|shift\w*|postpone\w*|first|wait|anfang\w*|anzufangen|starten|verschieb\w*|erste\w*|erst|premier\w*|commenc\w*|decal\w*|repouss\w*"
    r"|empez\w*|empiec\w*|comenz\w*|primer\w*|inici\w*|aplaz\w*|eerste|beginnen|opschuiven|verschuiven|prim[ao]|cominci\w*|spost\w*|partire|posticip\w*|comec\w*|adiar|primeir\w*)\b"
)
#: Words that only greet or thank; what follows them opens the sentence.
_GREETING = re.compile(
    r"^(?:\W|(?:hi|hello|hallo|dear|good (?:morning|afternoon|day)|guten (?:tag|morgen)|bonjour|hola|buenos dias|buenas tardes|buongiorno|salve|bom dia|boa tarde|ola"
    r"|thanks?(?: you)?|thx|danke|vielen dank|besten dank|merci|gracias|bedankt|dank(?: u)?|grazie|obrigad[oa])(?![\w])(?: \w+){0,2}?(?=[,.!:-]|$))+"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the words say.

    `open`: they hold something that forbids to call it an agreement, whoever reads them so. `waits`: they put the answer
    off, or would pay all at once, and so ask for no other plan either. `names_plan`: they speak of a plan or instalments.
    """

    stance: PlanStance | None
    open: bool = False
    waits: bool = False
    names_plan: bool = False


@lru_cache(maxsize=8)
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    """Compile on first use."""
    words: Words = WORDS[language]
    return {kind: re.compile(pattern) for kind, pattern in (*words._asdict().items(), ("rate", RATE))}


def hear(text: str, *, language: str) -> Heard:
    """Judge the words in one language and, where they say nothing in it, in English."""
    folded = fold(flatten(text[:LONGEST]).text)
    for code in dict.fromkeys((language if language in WORDS else "en", "en")):
        patterns = _patterns(code)
        heard = _hear(folded, patterns)
        if heard.stance is not None or heard.open:
            return replace(heard, names_plan=patterns["plan"].search(folded) is not None)
    return Heard(None)


def settled(heard: Heard, said: PlanStance | None) -> PlanStance | None:
    """Weigh the words against what a language model read: the words win where they are plain, and where they forbid a yes."""
    if heard.stance is not None or said is None:
        return heard.stance
    return None if heard.open and said is PlanStance.AGREES else said


def moved_to(text: str) -> list[str]:
    """Give the sentences that speak of another start, in the folded words."""
    return [s for s in _sentences(fold(flatten(text[:LONGEST]).text)) if _START.search(s)]


def _hear(folded: str, patterns: dict[str, re.Pattern[str]]) -> Heard:
    signs: set[str] = set()
    for sentence in _sentences(folded):
        signs |= set(_signs(sentence, patterns))
    if "full" in signs:
        return Heard(None, open=True, waits=True)
    if "counter" in signs or {"agree", "condition"} <= signs:
        return Heard(PlanStance.COUNTERS, open=True)
    if "undecided" in signs:
        return Heard(None, open=True, waits=True)
    if "decline" in signs:
        return Heard(None, open=True) if signs & {"agree", "condition"} else Heard(PlanStance.DECLINES, open=True)
    if "agree" in signs:
        return Heard(None, open=True) if "turns" in signs else Heard(PlanStance.AGREES)
    return Heard(PlanStance.COUNTERS if "rate" in signs else None, open=bool(signs))


def _sentences(folded: str) -> list[str]:
    found = (match.group().strip() for match in _SENTENCE.finditer(folded))
    return [sentence for sentence in found if any(c.isalpha() for c in sentence)]


def _signs(sentence: str, patterns: dict[str, re.Pattern[str]]) -> Iterator[str]:
    """Name what one sentence shows."""
    body = _GREETING.sub("", sentence).lstrip(" ,.:-!") or sentence
    asks = sentence.endswith("?")
    if asks:
        yield "asks"
    if patterns["undecided"].search(body):
        yield "undecided"
    if patterns["full"].search(body) and not _is_plan(body, patterns):
        yield "full"
    if patterns["elsewhere"].search(body):
        return
    condition = _condition(body, patterns)
    if condition:
        yield "condition"
    declined = patterns["decline"].search(body) is not None
    if patterns["rate"].search(body):
        yield "rate"
    counters = patterns["counter"].search(body) is not None and not (asks and patterns["means"].search(body))
    if counters:
        yield "counter"
    agrees = not asks and _agrees(body, patterns)
    if agrees and not condition and is_about_something_else(body):
        agrees = False
        yield "doubt"
    if agrees and not declined and not counters:
        yield "agree"
        # A yes that turns, or is to a part, or stands beside a no to something, is not yet one.
        if _BUT.search(body) or is_in_part(body) or patterns["negation"].search(patterns["firm"].sub(" ", body)):
            yield "turns"
    if declined or _negated(body, patterns):
        yield "decline"
    elif agrees and condition:
        yield "agree"


def _condition(sentence: str, patterns: dict[str, re.Pattern[str]]) -> bool:
    return patterns["condition"].search(patterns["polite"].sub(" ", sentence)) is not None


def _is_plan(sentence: str, patterns: dict[str, re.Pattern[str]]) -> bool:
    """Say whether the full sum is meant to come in parts: a plan is named, and not put away."""
    return patterns["plan"].search(sentence) is not None and not patterns["negation"].search(sentence)


def _agrees(sentence: str, patterns: dict[str, re.Pattern[str]]) -> bool:
    if patterns["firm"].search(sentence):
        return True
    found = list(patterns["agree"].finditer(sentence))
    return any(not _negates(sentence, match, patterns) for match in found)


def _negated(sentence: str, patterns: dict[str, re.Pattern[str]]) -> bool:
    found = list(patterns["agree"].finditer(sentence))
    return bool(found) and all(_negates(sentence, match, patterns) for match in found)


def _negates(sentence: str, match: re.Match[str], patterns: dict[str, re.Pattern[str]]) -> bool:
    before = _TURN.split(sentence[max(0, match.start() - _BEFORE) : match.start()])[-1]
    after = _TURN.split(sentence[match.end() : match.end() + _AFTER])[0]
    return any(patterns["negation"].search(piece) for piece in (before, match.group(), after))
