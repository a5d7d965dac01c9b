"""Say which rules of a style sheet apply to which elements, in time that grows with elements times selectors and no faster.

Selectors are parsed by cssselect2. Its own matching walks up the tree anew for every selector, which a hostile mail can make
endless; here every element carries the set of selector beginnings that are met, so that one walk in document order is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cssselect2 import parser as css
from tinycss2.nth import parse_nth

MAX_COMBINATORS = 20
_LINKS = frozenset({"link", "any-link"})


@dataclass(slots=True)
class Place:
    """Where an element stands: which beginnings (as bits) are met by it, above it and before it."""

    met: int = 0
    above: int = 0
    parent: int = 0
    previous: int = 0
    before: int = 0
    number: int = 1


@dataclass(frozen=True, slots=True)
class _Step:
    """One compound selector, with the bit of the step to its left and how the two hang together."""

    tests: tuple[Any, ...]
    combinator: str
    left: int


@dataclass(slots=True)
class Index:
    """All selectors of a mail."""

    _steps: list[_Step] = field(default_factory=list)
    _by_key: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _ends: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    tests_done: int = 0

    def __len__(self) -> int:
        return len(self._steps)

    def add(self, prelude: Any, rule: int) -> list[tuple[int, int, int]]:
        """Take in the selectors of a rule; give their specificities, empty where the rule is broken and applies to nothing."""
        try:
            selectors = [one for one in css.parse(prelude) if one.pseudo_element is None]
            chains = [_chain(one.parsed_tree) for one in selectors]
        except (css.SelectorError, RecursionError, AttributeError, TypeError):
            return []
        for chain in chains:
            left = -1
            for combinator, compound in chain:
                self._by_key[_key(compound)].append(len(self._steps))
                self._steps.append(_Step(tuple(compound.simple_selectors), combinator, left))
                left = len(self._steps) - 1
            self._ends[left].append(rule)
        return [tuple(one.specificity) for one in selectors]

    def visit(self, element: Any, place: Place) -> list[int]:
        """Find the rules that apply to an element whose surroundings are known; note at its place what it meets."""
        found: list[int] = []
        for number in self._candidates(element):
            step = self._steps[number]
            self.tests_done += 1
            if _hangs(step, place) and all(_meets(test, element, place) for test in step.tests):
                place.met |= 1 << number
                found += self._ends.get(number, ())
        return found

    def _candidates(self, element: Any) -> Iterable[int]:
        keys = ["*", element.tag, *(f".{name}" for name in set((element.get("class") or "").split()))]
        if name := element.get("id"):
            keys.append(f"#{name}")
        return sorted(number for key in keys if key in self._by_key for number in self._by_key[key])


def _chain(tree: Any) -> list[tuple[str, Any]]:
    """Lay a selector out from left to right."""
    chain: list[tuple[str, Any]] = []
    while isinstance(tree, css.CombinedSelector):
        chain.append((tree.combinator, tree.right))
        tree = tree.left
        if len(chain) > MAX_COMBINATORS:
            raise css.SelectorError("too many combinators")
    return [("", tree), *reversed(chain)]


def _key(compound: Any) -> str:
    """Give what an element must have to be looked at: an id, else a class, else a tag, else nothing."""
    keys = {type(simple): simple for simple in compound.simple_selectors}
    if found := keys.get(css.IDSelector):
        return f"#{found.ident}"
    if found := keys.get(css.ClassSelector):
        return f".{found.class_name}"
    if found := keys.get(css.LocalNameSelector):
        return str(found.lower_local_name)
    return "*"


def _hangs(step: _Step, place: Place) -> bool:
    sets = {" ": place.above, ">": place.parent, "+": place.previous, "~": place.before}
    return step.left < 0 or bool(sets[step.combinator] >> step.left & 1)


def _meets(test: Any, element: Any, place: Place) -> bool:
    """Say whether an element meets one simple selector; what depends on a pointer or a window is never met."""
    match test:
        case css.LocalNameSelector():
            return bool(element.tag == test.lower_local_name)
        case css.ClassSelector():
            return test.class_name in (element.get("class") or "").split()
        case css.IDSelector():
            return bool(element.get("id") == test.ident)
        case css.AttributeSelector():
            return _attribute(test, element.get(test.lower_name))
        case css.NegationSelector():
            return not any(_simple(one, element, place) for one in test.selector_list)
        case css.MatchesAnySelector() | css.SpecificityAdjustmentSelector():
            return any(_simple(one, element, place) for one in test.selector_list)
        case css.PseudoClassSelector():
            return _pseudo(test.name, element, place)
        case css.FunctionalPseudoClassSelector(name="nth-child"):
            return _nth(test.arguments, place.number)
    return isinstance(test, css.NamespaceSelector) and not test.namespace


def _simple(selector: Any, element: Any, place: Place) -> bool:
    tree = selector.parsed_tree
    return isinstance(tree, css.CompoundSelector) and all(
        _meets(test, element, place) for test in tree.simple_selectors
    )


def _attribute(test: Any, value: str | None) -> bool:
    if value is None or test.operator is None:
        return value is not None
    wanted = test.value
    if test.case_sensitive is False:
        value, wanted = value.lower(), wanted.lower()
    match test.operator:
        case "=":
            return bool(value == wanted)
        case "~=":
            return wanted in value.split()
        case "|=":
            return bool(value == wanted or value.startswith(f"{wanted}-"))
        case "^=":
            return bool(wanted) and value.startswith(wanted)
        case "$=":
            return bool(wanted) and value.endswith(wanted)
        case "*=":
            return bool(wanted) and wanted in value
    return False


def _pseudo(name: str, element: Any, place: Place) -> bool:
    match name:
        case "first-child":
            return place.number == 1
        case "last-child":
            return bool(element.getnext() is None)
        case "only-child":
            return place.number == 1 and bool(element.getnext() is None)
        case "root":
            return bool(element.getparent() is None)
        case "empty":
            return not len(element) and not element.text
    return bool(name in _LINKS and element.tag == "a" and element.get("href") is not None)


def _nth(arguments: Any, number: int) -> bool:
    found = parse_nth(arguments)
    if found is None:
        return False
    step, start = (int(part) for part in found)
    return number == start if not step else (number - start) % step == 0 and (number - start) // step >= 0
