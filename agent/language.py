"""Tell the language of a reply, among those that we answer in."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

LANGUAGES: tuple[str, ...] = ("en", "de", "fr", "es", "nl", "it", "pt")

#: Shorter texts say too little: the customer's own language is the better guess.
_ENOUGH_LETTERS = 24


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def language_of(text: str, *, default: str) -> str:
    """Give the ISO 639-1 code of a text; `default` when it is too short or the guess is unsure."""
    fallback = default if default in LANGUAGES else "en"
    if sum(letter.isalpha() for letter in text) < _ENOUGH_LETTERS:
        return fallback
    code, probability = _classified(text[:4000])
    return code if probability >= 0.8 else fallback


@lru_cache(maxsize=128)
def _classified(text: str) -> tuple[str, float]:
    # One mail is asked about at every step, and one draft at every judgement.
    code, probability = _identifier().classify(text)
    return str(code), float(probability)


@cache
def _any_identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_surely(sentence: str) -> str | None:
    """Give the ISO 639-1 code of a sentence, of any language, where there is hardly a doubt; None elsewhere."""
    code, probability = _any_identifier().classify(sentence[:1000])
    return str(code) if probability >= 0.99 else None
