"""Writes `review.md`: what a person has to look at before a captured conversation counts. It holds no original value, only its first letter."""

from __future__ import annotations

from collections.abc import Sequence

from evals.capturing.conversation import Redacted
from evals.capturing.items import Taken
from evals.capturing.labels import TO_LABEL

_MOST_DOUBTS, _MOST_EXAMPLES = 60, 40


def review_of(taken: Taken, redacted: Redacted, *, differs: Sequence[str]) -> str:
    """Give the text."""
    items = ", ".join(f"{number} ({how.value})" for number, how in zip(taken.items, taken.how, strict=True))
    parts = [
        "# To look through",
        f"From item {items} of the queue. Read every mail in `thread/`, `ledger.json` and `expected.yaml` to the end: "
        "what is left of real people, firms and numbers is replaced by hand, the same everywhere. "
        "Then `dunwell eval accept FOLDER/NAME --by YOU`. This file stays behind and is deleted then.",
        _part("To label", _marks(redacted), "Nothing: the decisions say what is expected. Check that they were right."),
        _part("Maybe a name", _doubts(redacted), "Nothing was found. That does not mean that nothing is there."),
        _part(
            "Read otherwise after replacing",
            differs,
            "Nothing: invoices, kind, flags, checks and quotations are read as before.",
        ),
        _part("Not in the case", taken.lacks, ""),
        "## Kept on purpose\n\nDates, times, amounts, currencies, shares, words for goods, the tier, roles and what was written in other words. "
        "An amount and a day together may tell whose invoice it was to somebody who knows the books.",
        _part("Replaced", _replaced(redacted), ""),
        _part("Attachments: a stand-in for each", redacted.stand_ins, "None."),
        _part("Headers that were dropped", sorted(set(redacted.dropped)), "None."),
    ]
    return "\n\n".join(parts) + "\n"


def _part(title: str, lines: Sequence[str], otherwise: str) -> str:
    return f"## {title}\n\n" + ("\n".join(f"- {line}" for line in lines) or otherwise)


def _marks(redacted: Redacted) -> list[str]:
    return [f"{t.message}: {t.note}" for t in redacted.expected.turns if (t.note or "").startswith(TO_LABEL)]


def _doubts(redacted: Redacted) -> list[str]:
    once = list(dict.fromkeys(redacted.told.doubts))
    lines = [
        f"{where}, line {line}: **{words}** in `{text.replace('`', ' ')}`"
        for where, line, words, text in once[:_MOST_DOUBTS]
    ]
    more = len(once) - len(lines)
    return [*lines, f"and {more} more places"] if more > 0 else lines


def _replaced(redacted: Redacted) -> list[str]:
    lines = []
    for kind, count in redacted.told.counts.most_common():
        shown = sorted(redacted.told.examples[kind], key=lambda pair: pair[1])[:_MOST_EXAMPLES]
        lines.append(f"{kind}, {count} times: " + "; ".join(f"{old} -> `{new}`" for old, new in shown))
    return lines
