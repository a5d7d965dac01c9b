"""Looks for words of a list in what somebody wrote, in the language of the mail.

The lists are written in `reading.folded` form. A person's text is held to the list of its own language; a model's to all of
them, as a hijacked one may change the language in mid-sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from agent.rules.base import Outbound
from agent.rules.reading import folded

#: Language -> alternatives of one pattern, as in `legal_words`.
Words = Mapping[str, str]

#: Words of one language that mean something harmless in another: there they are not looked for.
_FALSE_FRIENDS: Mapping[str, frozenset[str]] = {
    "fr": frozenset({"court", "courts", "lien", "liens", "interet", "interets", "honte", "dif", "dom"}),
    "es": frozenset({"sin embargo", "rente", "legal"}),
    "it": frozenset({"rate", "rata", "pena", "legal"}),
    "de": frozenset({"dom", "rente", "diffus", "kanzlei", "hell"}),
    "nl": frozenset({"rechter", "boete", "lien", "legal"}),
    "pt": frozenset({"sale", "lien", "rente", "legal"}),
    "en": frozenset({"rente", "rebaja", "transaction", "dome", "remise", "escort", "promotion", "promotions"}),
}


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def find(words: Words, out: Outbound, *, text: str | None = None) -> str | None:
    """Give the first words of the list that stand in the mail's own words (or in `text`); None where none do."""
    return next(find_all(words, out, text=text), None)


def find_all(words: Words, out: Outbound, *, text: str | None = None) -> Iterator[str]:
    """Give all of them, in the order of the languages looked for."""
    flat = folded(out.literal if text is None else text)
    own = out.draft.language
    for language, pattern in words.items():
        if language != own and not out.by_model:
            continue
        friends = _FALSE_FRIENDS.get(own, frozenset()) if language != own else frozenset()
        for match in _compiled(pattern).finditer(flat):
            if match.group(0) not in friends:
                yield match.group(0)
