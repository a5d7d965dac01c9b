"""Make text safe to store, to show and to read: what a person cannot see must not steer anything.

This never changes visible words. Raw bytes are kept elsewhere; here lone surrogates, NUL and other control
characters go, odd spaces become spaces, and characters without a glyph are taken out and reported.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

#: Flags of this module.
INVISIBLE = "invisible_characters"
BAD_ENCODING = "bad_encoding"

#: Codecs that a mail may name but that Python would use for something else, or slowly.
_NO_CHARSETS = frozenset(
    {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "utf_7", "mbcs", "oem"}
)
#: A superset that senders mean when they name the smaller set (WHATWG Encoding, 4.2).
_SUPERSETS = {"ascii": "utf-8", "iso8859-1": "cp1252", "latin_1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}

_SURROGATES = re.compile("[\ud800-\udfff]")
_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
#: Bidi marks, tag characters and variation selectors: taken out wherever they stand.
_STEERING = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e01ef]")
#: Phones and address books put these around names and numbers (LRE, LRI, FSI and their ends), and flags are spelled with tags.
_HONEST = re.compile(
    "[\u202a\u202c\u2066\u2068\u2069]|\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"
)
_RIGHT_TO_LEFT = re.compile("[\u202b\u2067]")
#: A rare form of a Chinese character is named by one selector after it.
_IDEOGRAPH = re.compile(
    "(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef](?![\U000e0100-\U000e01ef])"
)
_ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
)
_INVISIBLES = re.compile(f"[{_ZERO_WIDTH}]")
#: Inside a word they split or hide it; at its edge they are the padding of mail programs.
_INSIDE_WORD = re.compile(f"(?<=\\w)[{_ZERO_WIDTH}]+(?=\\w)")
_SOFT = re.compile("[\u00ad\u200c\u200d]")
#: Joiners shape letters of other scripts; between Latin letters, Greek, Cyrillic or digits they do nothing that is seen.
_JOINED = re.compile("(?<=[0-9A-Za-z\u00c0-\u052f])[\u200c\u200d]+(?=[0-9A-Za-z\u00c0-\u052f])")
#: Variation selectors in a row, or after a letter, show nothing and can carry bytes.
_SELECTORS = re.compile("[\ufe00-\ufe0f]{2,}|(?<=[A-Za-z])[\ufe00-\ufe0f]")
_ZERO_RUN = re.compile(f"[{_ZERO_WIDTH}]{{16,}}")


def clean(text: str) -> tuple[str, set[str]]:
    """Give the text in NFC with plain newlines and spaces, and the flags for what was taken out."""
    flags: set[str] = set()
    if "\x00" in text or _SURROGATES.search(text):
        flags.add(BAD_ENCODING)
    if text.isascii():  # what follows looks for other characters
        return _CONTROLS.sub("", _NEWLINES.sub("\n", text)), flags
    if _steers(text):
        flags.add(INVISIBLE)
    text = _SURROGATES.sub("\ufffd", text)
    text = _CONTROLS.sub("", _NEWLINES.sub("\n", text))
    text = _SPACES.sub(" ", _INVISIBLES.sub("", _STEERING.sub("", text)))
    text = unicodedata.normalize("NFC", text)
    if _SELECTORS.search(text):
        text = unicodedata.normalize("NFC", _SELECTORS.sub("", text))
    return text, flags


def _steers(text: str) -> bool:
    """Say whether characters without a glyph are there that no honest program writes."""
    odd = _IDEOGRAPH.sub("", _HONEST.sub("", text))
    if _RIGHT_TO_LEFT.search(odd):
        if any(unicodedata.bidirectional(char) in ("R", "AL") for char in odd):
            odd = _RIGHT_TO_LEFT.sub("", odd)
        else:
            return True
    if _STEERING.search(odd) or _JOINED.search(odd) or _SELECTORS.search(odd):
        return True
    if any(_SOFT.sub("", hit) for hit in _INSIDE_WORD.findall(odd)):
        return True
    return any(_carries(run) for run in _ZERO_RUN.findall(odd))


def _carries(run: str) -> bool:
    """Say whether a run of characters without width is more than padding, which repeats a short pattern."""
    return not any(run == (run[:size] * len(run))[: len(run)] for size in range(1, 9))


def clean_line(text: str, *, limit: int = 1000) -> str:
    """Give cleaned text on one line, at most `limit` characters."""
    return " ".join(clean(text[: 4 * limit])[0].split())[:limit]


def decode(data: bytes, charset: str | None) -> tuple[str, bool]:
    """Decode as the mail says, else as UTF-8, else as Windows-1252; the second value says whether that was a guess."""
    named = _codec(charset) if charset else "utf-8"
    for codec in dict.fromkeys((named or "utf-8", "utf-8")):
        try:
            return data.decode(codec), codec != named
        except (UnicodeError, ValueError, LookupError):
            continue
    fallback = named if named and named not in ("utf-8", "utf-16", "utf-32") else "cp1252"
    return data.decode(fallback, "replace"), True


def _codec(charset: str) -> str | None:
    try:
        info = codecs.lookup(charset.strip().strip("\"'")[:64])
    except (LookupError, ValueError, UnicodeError):
        return None
    name = info.name.replace("-", "_") if info.name.replace("-", "_") in _NO_CHARSETS else info.name
    if name in _NO_CHARSETS or not getattr(info, "_is_text_encoding", False):
        return None
    return _SUPERSETS.get(name, name)
