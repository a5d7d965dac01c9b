"""Recognise by its words which document is asked for, what is contested or asked, which portal is named, how many instalments.

Each answer is given only where the words speak for exactly one. It must never raise.
"""

from __future__ import annotations

import re
from functools import lru_cache

from agent.resolving.folding import LONGEST, flatten, fold
from agent.resolving.kind_words import COUNTS, DISPUTES, DOCUMENTS, INSTALMENTS, NAMELESS, NAMELESS_WORDS, PORTALS
from agent.resolving.question_words import BEYOND, TOPICS
from store.vocabulary import DisputeKind, DocumentKind, QuestionTopic

#: More instalments than this are a slip or another number.
MOST_INSTALMENTS = 60


@lru_cache(maxsize=1)
def _documents() -> dict[DocumentKind, re.Pattern[str]]:
    return {kind: re.compile(rf"(?<!\w)(?:{words})") for kind, words in DOCUMENTS.items()}


@lru_cache(maxsize=1)
def _disputes() -> dict[DisputeKind, re.Pattern[str]]:
    return {kind: re.compile(rf"(?<!\w)(?:{words})") for kind, words in DISPUTES.items()}


@lru_cache(maxsize=1)
def _topics() -> dict[QuestionTopic, re.Pattern[str]]:
    return {topic: re.compile(rf"(?<!\w)(?:{words})") for topic, words in TOPICS.items()}


@lru_cache(maxsize=1)
def _beyond() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{BEYOND})")


@lru_cache(maxsize=1)
def _portals() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)"), name) for words, name in PORTALS)


@lru_cache(maxsize=1)
def _instalments() -> tuple[re.Pattern[str], ...]:
    counts = "|".join(sorted(COUNTS, key=len, reverse=True))
    number = rf"(?P<n>\d{{1,2}}(?![\d.,]\d)|{counts})"
    return tuple(re.compile(rf"(?<![\w.,]){pattern.replace('<N>', number)}(?!\w)") for pattern in INSTALMENTS)


def document_kind(text: str) -> DocumentKind | None:
    """Name the one kind of document that the words ask for; a known paper that we have no kind for is OTHER."""
    folded = fold(flatten(text[:LONGEST]).text)
    kinds = {kind for kind, pattern in _documents().items() if pattern.search(folded)}
    named = kinds - {DocumentKind.OTHER}
    if DocumentKind.BANK_LETTER in named:
        named -= {DocumentKind.STATEMENT}  # "bank statement", "estado de cuenta bancario"
    chosen = named or kinds
    return next(iter(chosen)) if len(chosen) == 1 else None


def dispute_kind(text: str) -> DisputeKind | None:
    """Name the one ground of a dispute; None where the words name none or several."""
    folded = fold(flatten(text[:LONGEST]).text)
    kinds = {kind for kind, pattern in _disputes().items() if pattern.search(folded)}
    return next(iter(kinds)) if len(kinds) == 1 else None


def asks_beyond(text: str) -> bool:
    """Say whether the words speak of what our books do not know: another way to pay, a fee, a ground, a change."""
    return _beyond().search(fold(flatten(text[:LONGEST]).text)) is not None


def question_topic(text: str) -> QuestionTopic | None:
    """Name the one thing that is asked and that our books can answer; None for all else.

    Two topics count as one where one answer tells both: an overview tells balances and due dates, terms tell the date.
    """
    if asks_beyond(text):
        return None
    folded = fold(flatten(text[:LONGEST]).text)
    topics = {topic for topic, pattern in _topics().items() if pattern.search(folded)}
    for wider, told in _TOLD_WITH:
        if wider in topics:
            topics -= told
    return next(iter(topics)) if len(topics) == 1 else None


_TOLD_WITH: tuple[tuple[QuestionTopic, frozenset[QuestionTopic]], ...] = (
    (QuestionTopic.STATEMENT, frozenset({QuestionTopic.BALANCE, QuestionTopic.DUE_DATE})),
    (QuestionTopic.BALANCE, frozenset({QuestionTopic.DUE_DATE})),
    (QuestionTopic.TERMS, frozenset({QuestionTopic.DUE_DATE})),
)


def find_portals(text: str) -> list[str]:
    """Name the portals in a text, each once, in order of their place; "supplier portal" where one is meant but not named."""
    folded = fold(flatten(text[:LONGEST]).text)
    places: dict[str, int] = {}
    taken: list[tuple[int, int]] = []
    for pattern, name in _portals():
        for match in pattern.finditer(folded):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                taken.append(match.span())
                places.setdefault(name, match.start())
    if not places and re.search(rf"(?<!\w)(?:{NAMELESS_WORDS})(?!\w)", folded):
        return [NAMELESS]
    return sorted(places, key=lambda name: places[name])


def instalments(text: str) -> int | None:
    """Count the instalments that are asked for or offered; None where the words give no number, or several."""
    counts = instalment_counts(text)
    return counts.pop() if len(counts) == 1 else None


def instalment_counts(text: str) -> set[int]:
    """Give every count of instalments that the words name."""
    folded = fold(flatten(text[:LONGEST]).text)
    counts: set[int] = set()
    for pattern in _instalments():
        for match in pattern.finditer(folded):
            word = match.group("n")
            count = int(word) if word.isdecimal() else COUNTS[word]
            if 2 <= count <= MOST_INSTALMENTS:
                counts.add(count)
    return counts
