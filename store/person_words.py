"""Finds a person's address and names in texts, in stored values and in mails of ours, and blacks them out of texts. Stores nothing.

An address is found as a whole: `lee@firm.example` is not in `ashlee@firm.example`. A name of one word is found as a word: whoever
writes as "Info" is not in "information". A name of several words is found anywhere, as languages bend its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

GONE = "(erased)"
#: What may stand before an address as a part of it, and what goes on after it.
_BEFORE_ADDRESS, _AFTER_ADDRESS = r"(?<![^\W_])(?<!(?:[^\W_])[.+-])", r"(?!-*[^\W_]|\.[^\W_])"
_BEFORE_WORD, _AFTER_WORD = r"(?<![^\W\d_])", r"(?![^\W\d_])"


def hiding(words: Collection[str]) -> Callable[[str], str]:
    """Give what blacks these addresses and names out of a text, in capitals or not."""
    if not words:
        return lambda value: value
    wanted = _pattern(words)
    return lambda value: wanted.sub(GONE, value)


def naming(words: Collection[str]) -> Callable[[Any], bool]:
    """Give what says whether a text, or a stored value with texts in it, holds one of these addresses and names."""
    if not words:
        return lambda value: False
    wanted, lowered = _pattern(words), [word.lower() for word in words]

    def named(value: Any) -> bool:
        if isinstance(value, str):
            # Most texts hold none, and this is much the faster question.
            low = value.lower()
            return any(word in low for word in lowered) and wanted.search(value) is not None
        if isinstance(value, dict):
            return any(named(key) or named(each) for key, each in value.items())
        return isinstance(value, list | tuple) and any(named(each) for each in value)

    return named


def words_of(mime: bytes) -> str:
    """Give the bytes of a mail of ours as text, and after them what its headers and texts say with their encodings opened."""
    mail = message_from_bytes(mime, _class=EmailMessage, policy=policy.SMTP)
    texts = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_maintype() == "text"]
    opened = [text.decode("utf-8", "replace") for text in texts if isinstance(text, bytes)]
    return "\n".join([mime.decode("utf-8", "replace"), *map(str, mail.values()), *opened])


def _pattern(words: Collection[str]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(_one, longest)), re.IGNORECASE)


def _one(word: str) -> str:
    exact = re.escape(word)
    if "@" in word:
        return f"{_BEFORE_ADDRESS}{exact}{_AFTER_ADDRESS}"
    return exact if len(word.split()) > 1 else f"{_BEFORE_WORD}{exact}{_AFTER_WORD}"
