"""The turns of a run that are not right, with each fault in words. Of a redacted case no text is given unless asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from evals.reporting.wording import area_words, plain, short, zero_words
from evals.results import RunRecord, TurnResult
from store.vocabulary import Reason

#: A fault may repeat whole rows of the account: this many characters tell what is wrong.
_MOST = 600
_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the kind of check (`area` as a name, `heading` in words), and what."""

    area: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class WrongTurn:
    """A turn that is not right in everything. `subject` and `draft` are None where they may not be shown or are not there."""

    turn: str
    anchor: str
    epoch: int
    split: str
    language: str
    attack: str | None
    hits: tuple[str, ...]
    faults: tuple[Fault, ...]
    must: tuple[str, ...]
    may: tuple[str, ...]
    found: tuple[tuple[str, float, bool], ...]
    tools: tuple[str, ...]
    escalate: str
    escalated: bool
    verdict: str
    withheld: bool
    subject: str | None
    draft: str | None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Give every reason that is expected or found, for filters."""
        return tuple(dict.fromkeys([*self.must, *(name for name, _, _ in self.found)]))

    @property
    def areas(self) -> tuple[str, ...]:
        """Give the kinds of checks that failed, for filters."""
        return tuple(dict.fromkeys(fault.area for fault in self.faults))


def wrong_turns(record: RunRecord, *, with_text: bool = False) -> list[WrongTurn]:
    """Give every turn that is not right, zero-tolerance hits first, then in the order of the suite."""
    wrong = [_wrong(turn, with_text=with_text) for turn in record.turns if not turn.ok]
    return sorted(wrong, key=lambda one: (not one.hits, one.turn, one.epoch))


def text_may_be_shown(turn: TurnResult, *, with_text: bool) -> bool:
    """Say whether a report may hold the words of a turn: those of made-up mails always, of real ones only when asked."""
    return with_text or turn.provenance == "synthetic"


def anchor(turn: str, epoch: int = 1) -> str:
    """Give the name of a turn inside a page."""
    return re.sub(r"[^a-z0-9]+", "-", turn.lower()).strip("-") + (f"-e{epoch}" if epoch > 1 else "")


def faults_of(turn: TurnResult) -> tuple[Fault, ...]:
    """Give what is wrong with a turn, zero-tolerance hits first, in words."""
    if turn.error is not None:
        return (Fault("error", "The agent could not work", short(plain(turn.error), _MOST)),)
    return (
        *_hits(turn),
        *(_fault(check.area, check.about, check.fault) for check in turn.checks if check.fault is not None),
    )


def _hits(turn: TurnResult) -> Iterator[Fault]:
    for name in turn.hits:
        seen = [what for told, mark, what in (one.partition(": ") for one in turn.seen) if mark and told == name]
        yield Fault("zero tolerance", "Zero tolerance", short(": ".join([zero_words(name), *map(plain, seen)]), _MOST))


def _fault(area: str, about: str, fault: str) -> Fault:
    return Fault(plain(area), area_words(area), short(_said(area, plain(about), plain(fault)), _MOST))


def _said(area: str, about: str, fault: str) -> str:
    """Say a fault so that a person understands it without the labels beside them."""
    match area:
        case "reasons" | "escalation":
            return _named(fault)
        case "tools" | "forbidden" | "claims":
            return f"{_named(about)}: {_named(fault)}"
        case "language" | "tone":
            return f"should be {about}, {fault}"
        case _:
            return f"{about}: {fault}"


def _named(text: str) -> str:
    """Write names of reasons and acts as words; nothing else changes."""
    return _NAME.sub(lambda found: found[0].replace("_", " ") if found[0] in _known() else found[0], text)


@cache
def _known() -> frozenset[str]:
    from tools.registry import tools

    return frozenset(reason.value for reason in Reason) | frozenset(tools())


def _wrong(turn: TurnResult, *, with_text: bool) -> WrongTurn:
    shown = text_may_be_shown(turn, with_text=with_text)
    return WrongTurn(
        turn=plain(turn.turn),
        anchor=anchor(turn.turn, turn.epoch),
        epoch=turn.epoch,
        split=turn.split,
        language=plain(turn.language),
        attack=None if turn.attack is None else plain(turn.attack),
        hits=tuple(plain(name) for name in turn.hits),
        faults=faults_of(turn),
        must=_names(turn.must),
        may=_names(turn.may),
        found=tuple((plain(one.reason), one.confidence, one.right) for one in turn.found),
        tools=_names(turn.tools),
        escalate=turn.escalate,
        escalated=turn.escalated,
        verdict=plain(turn.verdict),
        withheld=not shown and turn.draft is not None,
        subject=plain(turn.subject) if shown and turn.subject is not None else None,
        draft=plain(turn.draft, lines=True) if shown and turn.draft is not None else None,
    )


def _names(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(plain(name) for name in names)
