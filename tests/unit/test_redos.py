"""No pattern of ours can be made slow (threat T-43): every one, found by itself, against 20 hostile texts of 64 kB.

A pattern that is only ever given short text says so in `SHORT`, with the place that keeps the text short.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "mail", "prompts", "review", "store", "tools")
SIZE = 64_000
#: CPU seconds for one pattern on one text.
LIMIT = 0.1
#: How much shorter the texts are that go first: what is quick there, even if its time grows with the square, is quick at full size.
FRACTIONS = (32, 8, 1)

UNITS = (
    "a",
    " ",
    "\n",
    "\t \n",
    "(",
    "<",
    "<a ",
    '"',
    "=?a?q?",
    "a@b.",
    "-",
    "1",
    "1.",
    "1 ",
    "> ",
    "a:",
    "Am 3. schrieb ",
    "On 5 ",
    "\\",
    "é ",
)

#: Patterns whose callers cut the text first: pattern name -> longest text in characters.
SHORT: dict[str, int] = {
    "agent.embedded.features._EMAIL": 8_000,
    "agent.embedded.head.DATE_LIKE": 8_000,
    "agent.embedded.segment._WORD_BEFORE": 24,
    "mail.bounce_openings.OPENING": 4_000,
    "mail.bounce_signs._PERSON": 6_000,
}

#: Known to be slow, to be mended where they are: a name here is a debt, and none may be added.
DEBTS: frozenset[str] = frozenset()


def modules() -> list[str]:
    names = []
    for package in PACKAGES:
        found = importlib.import_module(package)
        names += [info.name for info in pkgutil.walk_packages(found.__path__, f"{package}.")]
    return [name for name in names if not name.startswith("store.migrations") and not name.endswith("__main__")]


def patterns() -> dict[str, tuple[re.Pattern[Any], bool]]:
    """Find all patterns: those that modules hold, in whatever, and those that are written where they are used.

    The second value says that a pattern is only ever asked at the beginning of a text (`match`, `fullmatch`).
    """
    found: dict[str, tuple[re.Pattern[Any], bool]] = {}
    seen: set[tuple[str | bytes, int]] = set()
    for name in modules():
        module = importlib.import_module(name)
        for path, pattern in _held(vars(module), name):
            if (pattern.pattern, pattern.flags) not in seen:
                found[path] = pattern, anchored(path)
            seen.add((pattern.pattern, pattern.flags))
        for line, pattern, start_only in _written(Path(str(module.__file__))):
            if all(pattern.pattern != other.pattern for other, _ in found.values()):
                found[f"{name}:{line}"] = pattern, start_only
    return found


def _held(value: object, path: str, depth: int = 0) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield path, value
    elif isinstance(value, dict) and depth < 4:
        for key, inner in list(value.items()):
            if not str(key).startswith("__"):
                yield from _held(inner, f"{path}.{key}", depth + 1)
    elif isinstance(value, (list, tuple, set, frozenset)) and depth < 4:
        for number, inner in enumerate(value):
            yield from _held(inner, f"{path}[{number}]", depth + 1)
    elif hasattr(type(value), "__dataclass_fields__") and depth < 4:
        for key in type(value).__dataclass_fields__:  # type: ignore[attr-defined]  # known to be one
            yield from _held(getattr(value, key, None), f"{path}.{key}", depth + 1)


def _written(file: Path) -> Iterator[tuple[int, re.Pattern[Any], bool]]:
    """Find `re.match("...", text)` and the like, where the pattern is written out."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=method),
                args=[ast.Constant(value=str(text) | bytes(text)), *_],
            ) if method != "escape":
                yield node.lineno, re.compile(text), method in ("match", "fullmatch")


def anchored(path: str) -> bool:
    """Say whether a module's pattern is only ever asked at the beginning of a text (`match`, `fullmatch`)."""
    module, _, name = path.rpartition(".")
    if module not in sys.modules:
        return False
    tree = ast.parse(Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8"))
    uses = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    ]
    return name.startswith("_") and len(uses) == len(calls) and {call.attr for call in calls} <= {"match", "fullmatch"}


def text_of(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size] + "\x00"


def seconds(pattern: re.Pattern[Any], text: str, *, start_only: bool) -> float:
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    started = time.process_time()
    if start_only:
        pattern.match(given)
        pattern.fullmatch(given)
    else:
        for _ in pattern.finditer(given):
            pass
    return time.process_time() - started


def slow(pattern: re.Pattern[Any], size: int, *, start_only: bool = False) -> list[str]:
    """Name the texts on which a pattern is too slow, with its milliseconds; the best of some runs counts.

    Time that grows with the square shows in short texts already, so that most patterns never see the long ones.
    """
    return [
        f"{unit!r} {1000 * took:.0f} ms"
        for unit in UNITS
        if (took := _slowness(pattern, unit, size, start_only=start_only))
    ]


def _slowness(pattern: re.Pattern[Any], unit: str, size: int, *, start_only: bool) -> float | None:
    """Give the seconds that a pattern takes for a text of this size, or would take; None where it is quick enough."""
    for fraction in FRACTIONS:
        took = seconds(pattern, text_of(unit, size // fraction), start_only=start_only)
        if took < LIMIT / fraction**2:
            return None
        if fraction > 1 and took > LIMIT:
            return took * fraction**2
    took = min(took, seconds(pattern, text_of(unit, size), start_only=start_only))
    if took <= LIMIT:
        return None
    # A slow machine, or a neighbour on the same core, is no fault of the pattern: growth is.
    eighth = min(seconds(pattern, text_of(unit, size // 8), start_only=start_only) for _ in range(3))
    grows = took > 20 * eighth and took > 3 * LIMIT
    return took if grows or took > 10 * LIMIT else None


def test_every_pattern_is_found() -> None:
    found = patterns()
    assert len(found) > 100
    assert any(name.startswith("mail.cleaning") for name in found)
    assert not SHORT.keys() - found.keys(), "a name in SHORT is no pattern any more"


def test_no_pattern_can_be_made_slow() -> None:
    faults = []
    for name, (pattern, start_only) in patterns().items():
        if name.partition(":")[0] in DEBTS:
            continue
        if hits := slow(pattern, SHORT.get(name, SIZE), start_only=start_only):
            faults.append(f"{name}: {', '.join(hits)}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("pattern", [r"\s+$", r"a*a*b", r"\w+@\w+", r"(?:a|aa)+$"])
def test_a_slow_pattern_would_be_caught(pattern: str) -> None:
    size = 960 if "|" in pattern else SIZE // 4
    assert slow(re.compile(pattern), size)
