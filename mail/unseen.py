"""Judge text that no reader of an HTML mail sees: what was hidden, and what stands in comments, titles and alternative texts.

Much of it is honest: preview lines, template notes, conditional comments for Outlook, labels of pictures. This says which of it has
something to say that the seen text does not, and keeps that for people. It is never part of what is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from mail.cleaning import clean

MAX_KEPT = 20_000
#: More stretches than these are not judged one by one: so many in one mail speak for themselves.
MAX_PIECES = 300

_WORD = re.compile(r"\w+")
#: A note between angle or square brackets, as ticket systems hide it to know their mail again.
_TICKET = re.compile(
    r"[\[(<{#]{1,3}\s?[\w:.-]{4,60}\s?[\])>}#]{1,3}|ref:[\w.:!-]{8,80}:ref|(?=\S*\d)(?=\S*[a-z])[0-9a-z_-]{20,}",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"\b(?:ai|a\.i\.|llms?|gpt\w?|chatgpt|copilot|gemini|claude|assistants?|chatbots?|bots?|prompts?|classifiers?|language models?"
    r"|instructions?|ignore|disregard|overrides?|override|system|sistema|système|automated|parsers?|agents?"
    r"|ki|assistent\w{0,3}|asistentes?|assistente|agente|ignorier\w{1,3}|ignor[aezr]{1,3}|ignorar|ignorez|negeer|anweisung(?:en)?|instrucciones"
    r"|istruzion[ei]|instruções|instructies|polecenia|instruktion\w{0,3}|mod[eè]l[leo]s?|sprachmodell)\b",
    re.IGNORECASE,
)
#: Words of those who write templates, not of those who write mail.
_MARKUP = re.compile(
    r"\b(?:html?5?|css|outlook|gmail|yahoo|apple|mso|ie ?\d?|emails?|clients?|browsers?|pre-?headers?|headers?|footers?|tables?|columns?|cols?"
    r"|rows?|cells?|buttons?|begins?|ends?|starts?|sections?|wrappers?|containers?|hacks?|fix(?:es|ed)?|templates?|images?|img|logos?|links?"
    r"|styles?|content|modules?|blocks?|spacers?|padding|margins?|tracking|pixels?|body|preview|mobile|desktop|responsive|dark ?mode"
    r"|fonts?|width|height|align|background|colou?rs?|todo|fixme|http|www|signature|converted|generated|version|doctype|div|span|td|tr|bgcolor)\b",
    re.IGNORECASE,
)
_FALLBACK = re.compile(r"browser|support|javascript|frames|plugin|view(?:er)? ", re.IGNORECASE)
_CONDITION = re.compile(r"\s*\[if\b[^\]]{0,200}\]>?", re.IGNORECASE)
#: What Word and old Outlook declare at the top; libxml2 gives it as a comment.
_DECLARED = re.compile(
    r"\?xml(?::\w{1,20})?(?:\s{1,9}\w{1,20}\s?=\s?[\"']?[\w.:/#-]{0,100}[\"']?){0,6}\s{0,9}[?/]{0,2}"
)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_NO_TEXT = re.compile(r"<(xml|style|script|head|title)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w{1,10};")
_LABELS = ("alt", "title", "aria-label", "aria-description", "summary", "placeholder", "content", "value", "label")


@dataclass(slots=True)
class Hidden:
    """What was blanked: stretches of text in order. `cut` says that the styles were too many to be followed."""

    pieces: list[str] = field(default_factory=list)
    cut: bool = False

    def add(self, text: str | None) -> None:
        """Keep a stretch that has letters or digits."""
        if text and any(char.isalnum() for char in text):
            self.pieces.append(" ".join(text.split()))


def asides(root: Any) -> Iterator[tuple[str, str]]:
    """Give what is written where no text is shown: (kind, words), in document order. Look before anything is blanked."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield "comment", element.text or ""
            continue
        if element.tag == "title":
            yield "title", " ".join(element.itertext())
        for name, value in element.attrib.items():
            if len(value) > 8 and (name in _LABELS or name.startswith("data-")):
                yield _kind_of(element, name), value


def _kind_of(element: Any, name: str) -> str:
    """Tell labels that somebody may see from those that nobody ever sees."""
    if name == "value" and (element.get("type") or "").lower() == "hidden":
        return "field"
    return "pixel" if name == "alt" and _is_pixel(element) else name


def _is_pixel(element: Any) -> bool:
    sizes = [(element.get(name) or "").removesuffix("px").strip() for name in ("width", "height")]
    return any(size in ("0", "1") for size in sizes)


def words(text: str) -> str:
    """Give the words of a text, one space between them, so that one text can be looked for in another."""
    return " ".join(_WORD.findall(clean(text)[0].casefold()))


def outlook_words(found: list[tuple[str, str]]) -> str:
    """Give the words that only Outlook shows, as the second version of a button often is."""
    comments = [(text, _CONDITION.match(text)) for kind, text in found if kind == "comment"]
    return words(" ".join(_plain(text[match.end() :]) for text, match in comments if match))


def kept(hidden: Hidden, found: list[tuple[str, str]], *, seen: str) -> tuple[str, bool]:
    """Give all that is hidden, for people, and whether any of it says something that the seen words do not."""
    if not hidden.pieces and not found:
        return "", False
    seen = words(seen)
    pieces = [piece for piece in hidden.pieces if sum(map(str.isalnum, piece[:100])) > 1]
    telling = (
        len(pieces) > MAX_PIECES or any(is_telling(piece, seen=seen) for piece in pieces) or _salted(hidden.pieces)
    )
    for kind, text in islice(found, MAX_PIECES):
        if (piece := told_aside(kind, text, seen=seen)) is not None:
            pieces.append(piece)
            telling = True
    lines = [clean(" ".join(piece.split()))[0] for piece in dict.fromkeys(pieces)]
    return "\n".join(lines)[:MAX_KEPT], telling


def is_telling(piece: str, *, seen: str) -> bool:
    """Say whether hidden words are more than a mark of a machine or a copy of what is seen."""
    said = words(piece)
    if len(said.replace(" ", "")) < 3 or (len(piece) < 100 and _TICKET.fullmatch(piece.strip())):
        return False
    return not (said.count(" ") >= 2 and said in seen)


def _salted(pieces: list[str]) -> bool:
    """Say whether single letters are hidden between those that are seen."""
    small = [piece for piece in pieces if sum(map(str.isalnum, piece)) < 3]
    return len(small) >= 3 and len(set("".join(small))) >= 3


def told_aside(kind: str, text: str, *, seen: str) -> str | None:
    """Give the words of a comment, title or label that speak to a machine, or say in private what the mail does not."""
    if kind == "comment" and _DECLARED.fullmatch(text.strip()):
        return None
    conditional = _CONDITION.match(text) if kind == "comment" else None
    plain = _plain(text[conditional.end() :] if conditional else text)
    said = words(plain)
    count = len(said.split())
    if count < 3 or said in seen:
        return None
    machine = bool(_MACHINE.search(plain))
    if kind == "comment" and conditional is None:
        telling = (
            (machine and not _MARKUP.search(plain)) or (count >= 5 and not _MARKUP.search(plain)) or _orders(plain)
        )
    elif kind == "comment":
        telling = count >= 4 and not _mostly(said, seen)
    elif kind in ("pixel", "title"):
        telling = (
            (kind == "pixel" and count >= 4) or (machine and count >= 4) or (count >= 14 and not _mostly(said, seen))
        )
    elif kind == "field":
        telling = sum(part.isalpha() for part in said.split()) >= 3
    else:
        telling = (machine and count >= 6) or (count >= 25 and kind == "alt")
    return " ".join(plain.split()) if telling else None


def _plain(text: str) -> str:
    """Give the text of a piece of markup, without what is no text in it."""
    pieces, position = [], 0
    for match in _NO_TEXT.finditer(text):
        if match.start() < position:
            continue
        pieces.append(text[position : match.start()])
        end = text.lower().find(f"</{match[1].lower()}", match.end()) if len(pieces) < 50 else -1
        position = len(text) if end < 0 else end
    return _ENTITY.sub(" ", _TAG.sub(" ", " ".join([*pieces, text[position:]]).replace("<![endif]", " ")))


def _orders(plain: str) -> bool:
    """Say whether a text turns to a machine with more than one of its names, whatever else it speaks of."""
    return len({hit.lower() for hit in _MACHINE.findall(plain)}) >= 2


def _mostly(said: str, seen: str) -> bool:
    """Say whether nearly all words are seen elsewhere, as in the second version of a button for Outlook."""
    known = set(seen.split())
    parts = said.split()
    return sum(part in known for part in parts) >= 0.8 * len(parts)


def is_fallback(piece: str) -> bool:
    """Say whether words stand in for something that a program cannot show."""
    return bool(_FALLBACK.search(piece)) and len(piece.split()) <= 12
