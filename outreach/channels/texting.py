"""The words of an SMS, and the words that end them. No sum, no invoice, no word of a debt: others read a screen too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from prompts.texts import MOST_SEGMENTS, faults_of, length_of, text_body, written
from prompts.wording import LOCALES
from store.company import CompanyProfile

#: What carriers and people use, in the seven languages. One word alone is enough.
_STOP_WORDS = frozenset(
    [
        "stop",
        "stopp",
        "stopall",
        "stopp!",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "optout",
        "opt-out",
        "abmelden",
        "abbestellen",
        "ende",
        "arret",
        "arrêt",
        "stopper",
        "desabonner",
        "désabonner",
        "baja",
        "cancelar",
        "parar",
        "alto",
        "fermare",
        "ferma",
        "basta",
        "annulla",
        "afmelden",
        "uitschrijven",
        "stoppen",
        "remover",
        "sair",
    ]
)


def text_of(language: str, *, company: CompanyProfile, own: Mapping[str, str] = MappingProxyType({})) -> str:
    """Give the text in the customer's language; it names us and our mailbox, and nothing of the account.

    `own`: words of the company by language, in place of those that come along. Raises ValueError for one that is too long to send.
    """
    text = written(text_body(language, own=own), company=company)
    length = length_of(text)
    if length.segments > MOST_SEGMENTS:
        raise ValueError(f"the text has {length}, and more than {MOST_SEGMENTS} segments are not sent: shorten it")
    return text


def checked_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Check a company's own words for texts, by language. Raises ValueError with all that is wrong."""
    told = [f"{code}: {fault}" for code, body in texts.items() for fault in faults_of(body, ends=_STOP_WORDS)]
    told += [f"{code}: is none of {', '.join(LOCALES)}" for code in texts if code not in LOCALES]
    if told:
        raise ValueError("texts: " + "; ".join(told))
    return dict(texts)


def says_stop(body: str) -> bool:
    """Say whether an answer wants no more texts: a word for it alone, or at the start or the end of a short answer."""
    words = re.findall(r"[\w-]+", body.casefold())
    if not words:
        return False
    return words[0] in _STOP_WORDS or (len(words) <= 6 and words[-1] in _STOP_WORDS)
