"""Runs beside each other as Markdown for a pull request: short, in a fixed order, changed turns folded."""

from __future__ import annotations

from collections.abc import Iterator

from evals.reporting.comparing import Against, Comparison, Group, tally
from evals.reporting.markdown import about, changes, code, figures, folded, table, words
from evals.reporting.wording import bound, count, points, zero_words


def compare_markdown(told: Comparison) -> str:
    """Give a comparison as Markdown."""
    return "\n\n".join(part for part in _parts(told) if part) + "\n"


def _parts(told: Comparison) -> Iterator[str]:
    yield "### " + ", ".join(f"{run.letter}: {words(run.sheet.head.model)}" for run in told.runs)
    yield from (f"> {why}" for why in told.apart)
    for group in told.groups:
        yield from _group(group)
    for letter, turns in told.missing:
        yield f"Only in {letter}: " + ", ".join(code(turn) for turn in turns)
    if told.changed is not None:
        yield f"#### {count(len(told.changed), 'mail')} came out differently"
        yield tally(told) if told.changed else ""
        yield folded("The mails", changes(told.changed)) if told.changed else ""


def _group(group: Group) -> Iterator[str]:
    letters = [run.letter for run in group.runs]
    yield f"#### {' and '.join(letters)}, mode {group.runs[0].record.mode.value}"
    for run in group.runs:
        yield f"{run.letter}: {words(run.sheet.head.model)}\n\n{about(run.sheet.head)}"
    zero = [
        (
            words(zero_words(row.name)),
            *("–" if z is None else f"{z.hits} of {z.of} (at most {bound(z)})" for z in row.cells),
        )
        for row in group.zero
    ]
    yield table(("what may never happen: hits", *letters), zero) if zero else ""
    lines = [
        (words(row.name), *("–" if one is None else _cell(*figures(one)) for one in row.cells)) for row in group.lines
    ]
    yield table(("what", *letters), lines)
    for against in group.against:
        yield _against(against)


def _cell(value: str, of: str, span: str) -> str:
    inside = "; ".join(part for part in (of, span) if part and part != "–")
    return f"{value} ({inside})" if inside else value


def _against(against: Against) -> str:
    rows = [
        (
            words(one.name),
            points(one.mean),
            f"{points(one.low)} to {points(one.high)}",
            f"{one.better} / {one.worse}",
            ("**better**" if one.mean > 0 else "**worse**") if one.real else "no",
        )
        for one in against.differences
    ]
    heads = (f"{against.old} to {against.new}, paired", "points", "95 % interval", "better / worse", "real")
    return table(heads, rows) if rows else ""
