"""Read the style sheets of a mail as far as they can hide text, and say which declarations apply to each element.

Rules for small screens, print and dark mode do not apply: a desk is where this mail is read. Nothing is loaded from outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import tinycss2

from mail.css import Declaration, length, parsed
from mail.selectors import Index, Place

MAX_SHEET = 200_000
MAX_RULES = 3000
#: More than any honest mail needs: some hundred rules on some thousand elements.
MAX_TESTS = 2_000_000
_DESK = 1024

#: All properties that can take text out of sight, or bring it back. Others are not kept.
HIDING = re.compile(
    "display|visibility|opacity|filter|font|font-size|color|background|background-color|background-image|overflow|overflow-x"
    "|overflow-y|height|width|max-height|max-width|min-height|min-width|line-height|position|left|right|top|bottom|inset|margin|margin-left"
    "|margin-top|margin-right|text-indent|padding-left|letter-spacing|word-spacing|clip|clip-path|transform|translate|scale|zoom|z-index"
    "|content-visibility|unicode-bidi|mso-hide|-webkit-text-fill-color|-webkit-transform"
)
_WIDTH = re.compile(r"\(\s*(min|max)-(?:device-)?width\s*:\s*([^()]{1,20})\)")


class Sheets:
    """The style sheets of one mail. `cut` says that there was more than is followed."""

    def __init__(self, root: Any) -> None:
        self.cut = False
        self._index = Index()
        self._rules: list[tuple[tuple[tuple[int, int, int], int], tuple[Declaration, ...]]] = []
        left = MAX_SHEET
        for element in root.iter("style"):
            text = "".join(element.itertext())
            if not _applies(element.get("media") or "all"):
                continue
            self.cut = self.cut or len(text) > left
            self._read(text[:left])
            left -= min(len(text), left)
        self._found = self._walk(root) if self._rules else {}

    def of(self, element: Any) -> list[Declaration]:
        """List the declarations for an element, weakest first."""
        rules = self._found.get(element, ())
        return [item for _, found in sorted(self._rules[number] for number in rules) for item in found]

    def _read(self, text: str) -> None:
        try:
            rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
            for prelude, content in _flat(rules):
                self._keep(prelude, content)
        except RecursionError:
            self.cut = True

    def _keep(self, prelude: Any, content: Any) -> None:
        self.cut = self.cut or _nests(content)
        last = {(name, important): value for name, value, important in parsed(tinycss2.serialize(content))}
        kept = ((name, value, important) for (name, important), value in last.items())
        found = tuple(item for item in kept if HIDING.fullmatch(item[0]) or item[0][:2] == "--")
        if not found:
            return
        if len(self._rules) >= MAX_RULES or len(self._index) >= MAX_RULES:
            self.cut = True
            return
        specificities = self._index.add(prelude, len(self._rules))
        if specificities:
            self._rules.append(((max(specificities), len(self._rules)), found))

    def _walk(self, root: Any) -> dict[Any, list[int]]:
        """Visit every element in document order."""
        found: dict[Any, list[int]] = {}
        places: dict[Any, Place] = {}
        last: dict[Any, Place] = {}
        for element in root.iter():
            if not isinstance(element.tag, str):
                continue
            if self._index.tests_done > MAX_TESTS:
                self.cut = True
                break
            parent = element.getparent()
            outer, before = places.get(parent, Place()), last.get(parent)
            place = Place(above=outer.above | outer.met, parent=outer.met)
            if before is not None:
                place.previous, place.before = before.met, before.before | before.met
                place.number = before.number + 1
            if rules := self._index.visit(element, place):
                found[element] = rules
            places[element] = last[parent] = place
        return found


def _flat(rules: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """Give the rules that apply at a desk, those inside of @media and the like as well."""
    for rule in rules:
        if rule.type == "qualified-rule":
            yield rule.prelude, rule.content
        elif rule.type == "at-rule" and rule.content is not None and depth < 5 and _at_applies(rule):
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield from _flat(inner, depth + 1)


def _nests(content: Any) -> bool:
    """Say whether rules stand inside of a rule, which is not followed."""
    return any(item.type == "{} block" for item in content)


def _at_applies(rule: Any) -> bool:
    if rule.lower_at_keyword in ("supports", "layer", "container", "scope"):
        return True
    return rule.lower_at_keyword == "media" and _applies(tinycss2.serialize(rule.prelude))


def _applies(media: str) -> bool:
    """Say whether a media query is met by a wide screen in light colours."""
    return any(_one_applies(query.strip()) for query in media.lower()[:1000].split(","))


def _one_applies(query: str) -> bool:
    if query.startswith("not"):
        return "print" in query
    kind = query.removeprefix("only").split("(")[0].split()
    if kind and kind[0] not in ("all", "screen", "and"):
        return False
    for bound, value in _WIDTH.findall(query):
        width = length(value) or 0
        if (bound == "max" and width < _DESK) or (bound == "min" and width > _DESK):
            return False
    return not re.search(
        r"prefers-color-scheme\s*:\s*dark|orientation\s*:\s*portrait|hover|pointer\s*:\s*coarse", query
    )
