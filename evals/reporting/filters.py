"""Lists that narrow without a script: a choice in a list hides, by style alone, the turns that do not have it.

In a browser that does not know `:has` all turns stay to be seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.reporting import wording
from evals.reporting.changes import ChangedTurn
from evals.reporting.faults import WrongTurn, anchor

_WAYS = {"worse": "worse", "better": "better", "other": "different"}


def tag(name: str) -> str:
    """Give a name that may stand in a style sheet and in a list of tags: letters, figures and hyphens."""
    return anchor(name)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter."""

    value: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow the list of turns; without support in the browser all of them stay to be seen."""

    key: str
    name: str
    options: tuple[Option, ...]


def of_wrong(wrong: Sequence[WrongTurn]) -> list[Filter]:
    """Give the filters of turns that are not right."""
    headings = {fault.area: fault.heading for one in wrong for fault in one.faults}
    return [
        filter_by("reason", "Reason", [one.reasons for one in wrong], wording.spoken),
        filter_by("check", "Check", [one.areas for one in wrong], lambda area: headings[area]),
        filter_by("language", "Language", [(one.language,) for one in wrong], wording.language),
        filter_by("part", "Part", [(one.split,) for one in wrong], wording.spoken),
    ]


def filter_by(key: str, name: str, seen: Sequence[Sequence[str]], words: Callable[[str], str]) -> Filter:
    """Give a filter with every name that was seen, `words` as people read it, and at how many turns."""
    counts = Counter(one for names in seen for one in names)
    options = (Option(tag(one), words(one), number) for one, number in sorted(counts.items()))
    return Filter(key, name, tuple(option for option in options if option.value))


def rules(filters: Sequence[Filter]) -> str:
    """Give the style rules that hide what a chosen option leaves out. Values are tags, so nothing foreign gets into the style."""
    return "\n".join(
        f'.wrong:has(#by-{one.key} option[value="{option.value}"]:checked)'
        f' .turns > li:not([data-{one.key}~="{option.value}"]) {{ display: none; }}'
        for one in filters
        for option in one.options
    )


def of_changed(changed: Sequence[ChangedTurn]) -> list[Filter]:
    """Give the filters of turns that came out differently."""
    return [
        filter_by("way", "Change", [(one.way,) for one in changed], _WAYS.__getitem__),
        filter_by("reason", "Reason", [one.reasons for one in changed], wording.spoken),
    ]
