"""Cuts a text into marked pieces: the evidence of claims in a mail, the slot values in a draft.

Pure functions over text. The pieces put together are always the text itself, to the character; nothing here makes HTML,
so nothing here can forget to escape it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from prompts.slot_syntax import canonical, pieces
from store.proposed import Draft


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a mail. `claims` are the numbers (from 1) of the claims it is evidence for; `begins` those that begin here."""

    text: str
    claims: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotSpan:
    """A piece of a draft as the customer would read it; `slot` and `source` are set where code put a value.

    `href`: where that value stands on the page, `says` what it is. `fault`: what an outbound rule has against these words.
    """

    text: str
    slot: str | None = None
    source: str = ""
    unfilled: bool = False
    href: str = ""
    says: str = ""
    fault: str = ""


def highlight(text: str, evidence: Sequence[str]) -> list[Span]:
    """Mark where each evidence stands first; evidence that is empty or not in the text marks nothing. Overlaps are cut."""
    found: list[tuple[int, int, int]] = []
    for number, words in enumerate(evidence, start=1):
        start = text.find(words) if words else -1
        if start >= 0:
            found.append((start, start + len(words), number))
    edges = sorted({0, len(text), *(s for s, _, _ in found), *(e for _, e, _ in found)})
    spans = []
    for left, right in pairwise(edges):
        claims = tuple(n for s, e, n in found if s <= left and right <= e)
        begins = tuple(n for s, _, n in found if s == left)
        spans.append(Span(text[left:right], claims=claims, begins=begins))
    return spans


def located(text: str, evidence: str) -> bool:
    """Say whether an evidence is marked in the text."""
    return bool(evidence) and evidence in text


def mark_slots(draft: Draft) -> list[SlotSpan]:
    """Show which parts of the rendered mail came from slots. Where that cannot be told, the mail is given unmarked."""
    values = {value.slot: value for value in draft.slots}
    spans: list[SlotSpan] = []
    for piece in pieces(draft.body):
        name = canonical(piece.path) if piece.path is not None else None
        value = values.get(name) if name is not None else None
        if value is not None:
            spans.append(SlotSpan(value.text, slot=value.slot, source=value.source))
        else:
            spans.append(SlotSpan(piece.text, unfilled=piece.path is not None or piece.fault is not None))
    # What a person approves is `rendered`; marks that would show anything else are worth nothing.
    if "".join(span.text for span in spans) != draft.rendered:
        return [SlotSpan(draft.rendered)]
    return spans
