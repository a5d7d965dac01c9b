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

#: Words of a list that mean something harmless in another language: in a mail of that one they are not looked for.
_FALSE_FRIENDS: Mapping[str, frozenset[str]] = {
    "en": frozenset({"embargo", "embargos", "rebaja", "rente"}),
    "de": frozenset({"embargo", "embargos", "rente"}),
    "fr": frozenset({"court", "courts", "embargo", "embargos", "lien", "liens", "police", "rente"}),
    "es": frozenset({"como pago", "como pagos", "lamentable", "lamentablemente", "rente", "todo"}),
    "nl": frozenset({"embargo", "gericht", "gerichte", "klagen", "lien", "zinsnede"}),
    "it": frozenset({"embargo", "rente"}),
    "pt": frozenset({"embargo", "embargos", "lien", "rente", "todo"}),
}
#: Small words that stand before a noun. After one of its own language a word is no friend: "see you in court" in a French mail.
_BEFORE: Mapping[str, frozenset[str]] = {
    "en": frozenset({"the", "in", "to", "of", "at", "by", "before", "our", "your"}),
    "de": frozenset({"das", "dem", "des", "vor", "beim", "vom", "zum", "ein", "unser", "ihr"}),
    "es": frozenset({"el", "del", "al", "nuestro"}),
    "nl": frozenset({"het", "op", "wettelijke"}),
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
            if match.group(0) not in friends or _last_word(flat[: match.start()]) in _BEFORE.get(language, ()):
                yield match.group(0)


def _last_word(text: str) -> str:
    words = text[-20:].split()
    return words[-1] if words else ""
