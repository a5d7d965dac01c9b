"""Text as the rules read it: one form for every way of writing the same. Nothing here is ever sent."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from agent.rules.base import Outbound
from agent.textual import with_ascii_digits
from prompts.slot_syntax import canonical, pieces

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "٫": ".", "٬": ","})
#: Slots whose values are names, numbers or sentences: their digits are no sums and no days.
_NAMES = re.compile(
    r"^inv\[.*\]\.(?:number|po_number|new_po|description)$|^(?:covered\.numbers|payment\.reference|"
    r"portal\.name|(?:customer|contact|new_contact|sender)\.\w+|company\.\w+)$"
)


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """Give a text with ASCII digits, plain quotes and plain blanks; full-width and Arabic figures read as what they are."""
    wide = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    return with_ascii_digits(wide)


@lru_cache(maxsize=256)
def folded(text: str) -> str:
    """Give a text on one line, in small letters, without accents: what the lists of words are written in."""
    bare = unicodedata.normalize("NFKD", plain(text).casefold())
    if not bare.isascii():
        bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", bare)


def figures_in(out: Outbound) -> str:
    """Give the mail as it would be read, with a mark for each value that is a name, a number or a sentence of ours."""
    values = {value.slot: value.text for value in out.draft.slots}
    shown: list[str] = []
    whole: list[str] = []
    for piece in pieces(out.draft.body):
        name = canonical(piece.path) if piece.path is not None else None
        value = values.get(name) if name is not None else None
        text = piece.text if value is None else value
        whole.append(text)
        shown.append(" ¤ " if value is not None and name is not None and _NAMES.match(name) else text)
    # What is sent is `rendered`: a draft whose parts say something else is read as it would leave.
    return plain("".join(shown) if "".join(whole) == out.draft.rendered else out.draft.rendered)
