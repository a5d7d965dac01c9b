"""A run, or two beside each other, as Markdown for a pull request. The same figures give the same text: no time, no cost in it.

Foreign text stands in code only (spans and fenced blocks): there it is no markup, no link, no mention and no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from evals.reporting.building import sheet_of
from evals.reporting.changes import ChangedTurn, Side
from evals.reporting.faults import Fault, WrongTurn, wrong_turns
from evals.reporting.sheet import Head, Line, Sheet
from evals.reporting.wording import bound, count, mode_words, of, plain, score, short, span, value, zero_words
from evals.results import Mode, RunRecord
from review.diffing import Piece

#: A pull request's text holds 65,536 characters: mails are told one by one in as many as this, and the rest is counted.
MOST_TOLD = 40_000
_LONGEST = 300
_YES = {True: "yes", False: "no"}
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&$]")
#: What GitHub makes a mention, a reference or a link of even where it is written as an entity: a word joiner breaks it.
_LIVE = re.compile(r"[@#](?=\w)|(?<=www)(?=\.)|:(?=//)|(?<=\w)(?=@)", re.IGNORECASE)


def run_summary(record: RunRecord) -> str:
    """Give one run as Markdown."""
    return summary(sheet_of(record), wrong_turns(record))


def summary(sheet: Sheet, wrong: Sequence[WrongTurn]) -> str:
    """Give one run: head, zero tolerance, what is right, reasons folded, turns that are not right folded."""
    parts = [
        f"### {words(sheet.head.suite)} with {words(sheet.head.model)}",
        about(sheet.head),
        zero_table(sheet),
        lines_table(sheet.lines),
        folded("By reason", reasons_table(sheet)),
        folded(f"{count(len(wrong), 'mail')} not right", "\n".join(_wrong(wrong))) if wrong else "Every mail is right.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def about(head: Head) -> str:
    """Give of what figures are: the mode, the suite, and how to make them again."""
    part = f" ({words(head.selected)})" if head.selected else ""
    lines = [
        f"- mode: **{head.mode.value}** ({mode_words(head.mode).partition(': ')[2]})",
        f"- suite: {words(head.suite)} `{head.suite_digest[:12]}`{part}, {count(head.turns, 'mail')} of"
        f" {count(head.conversations, 'conversation')}, {words(head.origin)}",
    ]
    lines += [] if head.mode is Mode.EMBEDDED else [f"- prompts: `{plain(head.prompts_digest[:12])}`"]
    lines += [f"- command: {code(head.command)}"] if head.command else []
    lines += ["- **cut off**: figures of the mails that were done"] if head.unfinished else []
    lines += (
        [f"- the agent could not work on {count(head.failed, 'mail')}: that counts as wrong"] if head.failed else []
    )
    lines += [f"- not run: {code(fault)}" for fault in head.broken]
    return "\n".join(lines)


def zero_table(sheet: Sheet) -> str:
    """Give what may never happen, with the bound that the sample allows."""
    rows = [
        (words(zero_words(one.name)), f"**{one.hits}**" if one.hits else "0", str(one.of), bound(one))
        for one in sheet.zero
    ]
    return table(("what may never happen", "hits", "of", "at most (95 %)"), rows) if rows else ""


def lines_table(lines: Sequence[Line]) -> str:
    """Give what the agent gets right, as a person who runs receivables asks it."""
    return table(("what", "", "of", "95 % interval"), [(words(one.name), *figures(one)) for one in lines])


def figures(line: Line) -> tuple[str, str, str]:
    """Give value, what it is of, and its interval."""
    return value(line), words(of(line)), span(line)


def reasons_table(sheet: Sheet) -> str:
    """Give precision, recall and F1 for each reason."""
    rows = [
        (words(one.reason), str(one.support), score(one.precision), score(one.recall), score(one.f1))
        for one in sheet.reasons
    ]
    return table(("reason", "mails", "precision", "recall", "F1"), rows)


def changes(changed: Sequence[ChangedTurn]) -> str:
    """Give the turns that came out differently, each folded, worse ones first."""
    if not changed:
        return "No mail came out differently."
    told = (folded(f"{one.way}: {words(one.turn)}{_epoch(one.epoch)}", _change(one)) for one in changed)
    return "\n\n".join(_fitting(told, len(changed), "and {} more, which the page tells"))


def _fitting(told: Iterable[str], whole: int, rest: str) -> list[str]:
    """Give as many texts as fit into a pull request, and how many are left."""
    parts: list[str] = []
    room = MOST_TOLD
    for one in told:
        room -= len(one)
        if room < 0:
            return [*parts, rest.format(count(whole - len(parts), "mail"))]
        parts.append(one)
    return parts


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table: the first column left, figures right. Cells are Markdown already."""
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(cells) + " |" for cells in rows)])


def folded(title: str, inside: str) -> str:
    """Give something that opens on a click. `title` is Markdown that `words` made."""
    return f"<details><summary>{title}</summary>\n\n{inside}\n\n</details>"


def words(text: str) -> str:
    """Give text as text: nothing in it is markup, HTML, a link or a mention."""
    inert = _LIVE.sub(lambda found: found[0] + "\u2060", plain(text))
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", inert)


def code(text: str) -> str:
    """Give foreign text as a code span that may stand in a table."""
    inside = short(plain(text), _LONGEST).replace("|", "¦") or " "
    fence = "`" * (_longest_run(inside) + 1)
    room = " " if inside.startswith("`") or inside.endswith("`") else ""
    return f"{fence}{room}{inside}{room}{fence}"


def block(lines: Sequence[str], language: str = "") -> str:
    """Give lines as a fenced block whose fence is longer than any inside."""
    text = "\n".join(lines)
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _wrong(wrong: Sequence[WrongTurn]) -> list[str]:
    told = ("\n".join([f"- {code(one.turn)}{_epoch(one.epoch)}", *_faults(one.faults)]) for one in wrong)
    return _fitting(told, len(wrong), "- and {} more, which the page tells")


def _faults(faults: Sequence[Fault]) -> Iterator[str]:
    for fault in faults:
        yield f"  - {words(fault.heading)}: {code(fault.text)}"


def _epoch(epoch: int) -> str:
    return f" (epoch {epoch})" if epoch > 1 else ""


def _change(one: ChangedTurn) -> str:
    rows = [
        ("right in everything", _YES[one.old.ok], _YES[one.new.ok]),
        ("reasons", _list(one.old.reasons), _list(one.new.reasons)),
        ("acts", _list(one.old.tools), _list(one.new.tools)),
        ("a person takes over", _YES[one.old.escalated], _YES[one.new.escalated]),
        ("verdict", code(one.old.verdict or "none"), code(one.new.verdict or "none")),
    ]
    parts = [table(("", "old", "new"), rows), _side("Wrong before:", one.old), _side("Wrong now:", one.new)]
    parts += ["The draft differs; its words are not shown, because the mail is a real one."] if one.withheld else []
    parts += [block(list(_diff(one.words)), "diff")] if one.words else []
    return "\n\n".join(part for part in parts if part)


def _side(title: str, side: Side) -> str:
    return "\n".join([title, "", *_faults(side.faults)]) if side.faults else ""


def _list(names: Sequence[str]) -> str:
    return ", ".join(code(name) for name in names) or "none"


def _diff(pieces: Sequence[Piece]) -> Iterator[str]:
    """Give a word diff as lines that a `diff` block colours: what is the same, what is gone, what is new."""
    for piece in pieces:
        mark = {"same": " ", "gone": "-", "new": "+"}[piece.kind]
        yield from (f"{mark} {line}" for line in piece.text.rstrip("\n").split("\n"))
