"""Checks a suite: that each conversation can be loaded and lived through, that its labels fit, and what it holds. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from evals.conversations.format import Conversation, Escalate, Turn
from evals.conversations.loading import Broken, Fault, folders, line_of, load, read_as
from evals.conversations.locking import locked_now, unlocked
from evals.conversations.world import standing
from store.vocabulary import Reason

SECOND = "second-labels.yaml"


class SecondLabel(BaseModel):
    """What a second person, who saw no label, would expect of one mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation: str
    message: str
    reasons: tuple[Reason, ...] = Field(min_length=1)
    escalate: Escalate
    tools: tuple[str, ...] = ()
    note: str | None = None


class SecondLabels(BaseModel):
    """`second-labels.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[SecondLabel, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Checked:
    """What one folder gave: its conversation where it can be loaded, and what is wrong with it, a line each."""

    folder: Path
    conversation: Conversation | None
    faults: tuple[str, ...]


def check(folder: Path, *, live: bool = True) -> Checked:
    """Load a conversation, and with `live` let each of its mails come into the world that was."""
    try:
        conversation = load(folder)
    except Broken as error:
        return Checked(folder, None, tuple(map(str, error.faults)))
    faults = (
        [fault for turn in conversation.expected.turns for fault in _lived(conversation, turn, folder)] if live else []
    )
    return Checked(folder, conversation, tuple(map(str, faults)))


def _lived(conversation: Conversation, turn: Turn, folder: Path) -> Iterator[Fault]:
    path, number = folder / "expected.yaml", conversation.expected.turns.index(turn)
    try:
        with standing(conversation, turn) as there:
            text = there.message.email.new_text
            known = {invoice.number for invoice in there.facts.invoices}
    except Exception as error:
        yield unliveable(conversation, turn, folder, error)
        return
    if not text.strip() and not turn.attack:
        yield Fault(folder / "thread" / turn.message, 0, "holds no words of its own")
    for place, claim in enumerate(turn.claims):
        for invoice in claim.invoices:
            if known and invoice not in known and invoice not in text:
                line = line_of(path, ("turns", number, "claims", place))
                yield Fault(path, line, f"{turn.message}: {invoice} is no invoice of the customer who writes")


def unliveable(conversation: Conversation, turn: Turn, folder: Path, error: Exception) -> Fault:
    """Say where a case is that the product's own tools could not live through, and why."""
    path, number = folder / "expected.yaml", conversation.expected.turns.index(turn)
    what = " ".join(str(error).split())[:400]
    return Fault(path, line_of(path, ("turns", number)), f"{turn.message}: {type(error).__name__}: {what}")


def check_whole(suite: Path, checked: Iterable[Checked]) -> list[str]:
    """Check what concerns a suite as a whole: names, the lock of its split, the second labelling."""
    found = [(one.folder, one.conversation) for one in checked if one.conversation is not None]
    named = Counter(folder.name for folder in folders(suite))
    faults = [
        Fault(suite, 0, f"{name}: {count} conversations have this name") for name, count in named.items() if count > 1
    ]
    faults += unlocked(suite, locked_now(found))
    if (suite / SECOND).exists():
        faults += _second(
            suite / SECOND, {(each.id, turn.message) for _, each in found for turn in each.expected.turns}
        )
    return list(map(str, faults))


def _second(path: Path, turns: set[tuple[str, str]]) -> list[Fault]:
    faults: list[Fault] = []
    labels = read_as(path, SecondLabels, faults)
    for number, label in enumerate(labels.labels if labels is not None else ()):
        if (label.conversation, label.message) not in turns:
            line = line_of(path, ("labels", number))
            faults.append(Fault(path, line, f"there is no {label.conversation}/{label.message}"))
    return faults


def holdings(checked: Iterable[Checked]) -> Counter[str]:
    """Count what a suite holds, by words that a person knows."""
    held = Counter[str]()
    for conversation in (one.conversation for one in checked):
        if conversation is None:
            continue
        turns = conversation.expected.turns
        held.update(["conversations", conversation.case.split, conversation.case.provenance.kind])
        held.update(["unlicensed"] if conversation.case.provenance.licence == "unlicensed" else [])
        held.update(["three mails and more"] if len(turns) >= 3 else [])
        for turn in turns:
            held.update(["turns", f"escalate {turn.escalate}", *(reason.value for reason in turn.reasons.must)])
            held.update(["not in English"] if conversation.case.language != "en" else [])
            held.update(["attacks"] if turn.attack else [])
    return held
