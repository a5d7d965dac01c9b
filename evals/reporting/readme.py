"""The table of the README: figures of one run between two marks, made by a command and never typed.

It says in which mode and of which suite the figures are, and gives the command that makes them again.
"""

from __future__ import annotations

import json
from typing import Any

from evals.reporting.markdown import code, figures, table, words, zero_table
from evals.reporting.sheet import Sheet
from evals.reporting.wording import count, mode_words, thinned

START = "<!-- evals: written by `dunwell eval report RUN --readme` -->"
END = "<!-- /evals -->"


class NotWhole(ValueError):
    """Figures of a part of a suite, or of a run that was cut off: the README does not show them."""


class NoMarks(ValueError):
    """The file does not hold the two marks, once each and in order. The text says what to add."""


def readme_table(sheet: Sheet) -> str:
    """Give what stands between the marks."""
    rows = [(words(line.name), *figures(line)) for line in sheet.lines]
    parts = [_about(sheet), table(("what", "", "of", "95 % interval"), rows), zero_table(sheet), _again(sheet)]
    return "\n\n".join(part for part in parts if part)


def put(text: str, sheet: Sheet) -> str:
    """Give a README with the table of these figures between its marks. Raises NoMarks and NotWhole."""
    if sheet.head.unfinished or sheet.head.broken or sheet.head.selected or sheet.head.failed:
        raise NotWhole(
            "the README takes the figures of a whole suite: this run is cut off, of a part, or has failed turns"
        )
    before, start, rest = text.partition(START)
    _inside, end, after = rest.partition(END)
    if not start or not end or START in rest or END in after or END in before:
        raise NoMarks(f"put these two lines where the table shall stand, once each:\n{START}\n{END}")
    return f"{before}{START}\n\n{readme_table(sheet)}\n\n{END}{after}"


def committed(sheet: Sheet) -> str:
    """Give a sheet as a file to commit: short, a line a part, and no cost, which differs from machine to machine."""
    curve = thinned(sheet.confidence.curve)
    kept = sheet.model_copy(update={"cost": (), "confidence": sheet.confidence.model_copy(update={"curve": curve})})
    parts = [f" {json.dumps(name)}: {json.dumps(_round(part))}" for name, part in kept.model_dump(mode="json").items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _round(part: Any) -> Any:
    """Round what is finer than any report shows."""
    if isinstance(part, float):
        return round(part, 5)
    if isinstance(part, dict):
        return {name: _round(inside) for name, inside in part.items()}
    return [_round(inside) for inside in part] if isinstance(part, list) else part


def _about(sheet: Sheet) -> str:
    head = sheet.head
    return (
        f"Mode **{head.mode.value}** ({mode_words(head.mode).partition(': ')[2]}). Suite {code(head.suite)}"
        f" (`{head.suite_digest[:12]}`): {count(head.turns, 'mail')} of {count(head.conversations, 'conversation')},"
        f" {words(head.origin)}. Measured on {head.day}."
    )


def _again(sheet: Sheet) -> str:
    return f"Made by {code(sheet.head.command)}." if sheet.head.command else ""
