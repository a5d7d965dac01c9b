"""Loads recorded conversations from their folders. A broken one is named by file and line; the others go on without it."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from evals.conversations.format import Case, Conversation, Expected, LedgerFile, Mail
from tools.limits import Policy

M = TypeVar("M", bound=BaseModel)
Where = tuple[int | str, ...]
#: What `case.yaml` is called while a captured conversation waits for a person: nothing of its folder counts yet.
DRAFT = "case.draft.yaml"
#: The safe loader; its C form, where there is one, takes a tenth of the time.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a conversation: where, and in words."""

    file: Path
    line: int
    text: str

    def __str__(self) -> str:
        """Give one line."""
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class Broken(ValueError):
    """A conversation that cannot be used."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep every fault."""
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def folders(suite: Path) -> list[Path]:
    """List the conversations of a suite, by name: every folder that holds a `case.yaml`."""
    return sorted(path.parent for path in suite.rglob("case.yaml"))


def load(folder: Path) -> Conversation:
    """Load one conversation. Raises Broken."""
    faults: list[Fault] = []
    case = read_as(folder / "case.yaml", Case, faults)
    ledger = read_as(folder / "ledger.json", LedgerFile, faults)
    expected = read_as(folder / "expected.yaml", Expected, faults)
    thread = tuple(_thread(folder, faults))
    if case is None or ledger is None or expected is None:
        raise Broken(faults)
    faults += _disagreements(folder, thread, expected)
    faults += _policy(folder / "case.yaml", case)
    try:
        found = Conversation(id=folder.name, case=case, ledger=ledger, thread=thread, expected=expected)
    except ValidationError as error:
        faults += [Fault(folder, 0, str(one["msg"])) for one in error.errors()]
    if faults:
        raise Broken(faults)
    return found


def _policy(path: Path, case: Case) -> Iterator[Fault]:
    try:
        Policy.model_validate(case.policy)
    except ValidationError as error:
        for one in error.errors():
            where = ("policy", *one["loc"])
            yield Fault(path, line_of(path, where), f"{'.'.join(map(str, where))}: {one['msg']}")


def read_as(path: Path, model: type[M], faults: list[Fault]) -> M | None:
    """Read a YAML or JSON file (JSON is YAML, and so has line numbers too); None where `faults` got what is wrong."""
    try:
        text = path.read_text("utf-8")
        node = yaml.compose(text, Loader=_LOADER)
        value = yaml.load(text, Loader=_LOADER)
    except OSError as error:
        faults.append(Fault(path, 0, f"cannot be read: {error.strerror}"))
        return None
    except UnicodeDecodeError:
        faults.append(Fault(path, 0, "is not UTF-8"))
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        faults.append(Fault(path, mark.line + 1 if mark else 0, f"cannot be read: {getattr(error, 'problem', error)}"))
        return None
    except ValueError as error:
        # A day that no month has (2026-02-30), as YAML reads days by itself.
        faults.append(Fault(path, _unreadable(node), f"cannot be read: {error}"))
        return None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for one in _first_faults(error):
            named = ".".join(map(str, one["loc"]))
            faults.append(Fault(path, _line(node, one["loc"]), f"{named}: {one['msg']}" if named else one["msg"]))
        return None


def _unreadable(node: Any) -> int:
    """Find the line of the first single value that YAML cannot make a value of; 0 where there is none."""
    if isinstance(node, yaml.ScalarNode):
        try:
            yaml.safe_load(yaml.serialize(node))
        except ValueError:
            return int(node.start_mark.line) + 1
        return 0
    inner = node.value if isinstance(node, yaml.CollectionNode) else []
    parts = [part for one in inner for part in (one if isinstance(one, tuple) else (one,))]
    return next((line for part in parts if (line := _unreadable(part))), 0)


def _first_faults(error: ValidationError) -> list[ErrorDetails]:
    """Leave out that a list is too short, where that is so only because what stands in it is wrong."""
    found = error.errors()
    within = {one["loc"][:size] for one in found for size in range(len(one["loc"]))}
    return [one for one in found if one["type"] != "too_short" or one["loc"] not in within]


def line_of(path: Path, where: Where) -> int:
    """Find the line of a part of a YAML or JSON file; 0 where the file cannot be read."""
    try:
        return _line(yaml.compose(path.read_text("utf-8"), Loader=_LOADER), where)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return 0


def _line(node: Any, where: Where) -> int:
    """Find the line of the deepest part of a path that stands in the file."""
    line = node.start_mark.line + 1 if node is not None else 0
    for step in where:
        inner = None
        if isinstance(node, yaml.MappingNode):
            inner = next((value for key, value in node.value if key.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            inner = node.value[step]
        if inner is None:
            break
        node, line = inner, inner.start_mark.line + 1
    return line


def _thread(folder: Path, faults: list[Fault]) -> Iterator[Mail]:
    last = datetime.min.replace(tzinfo=UTC)
    for path in sorted((folder / "thread").glob("*.eml")):
        try:
            raw = path.read_bytes()
        except OSError as error:
            faults.append(Fault(path, 0, f"cannot be read: {error.strerror}"))
            continue
        stated = email.message_from_bytes(raw, policy=email.policy.default)["date"]
        try:
            moment = parsedate_to_datetime(str(stated))
        except (TypeError, ValueError):
            faults.append(Fault(path, 1, "has no Date that can be read"))
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment < last:
            faults.append(Fault(path, 1, f"is of {moment}, which is before the mail that it follows"))
        last = moment
        yield Mail(file=path.name, raw=raw, at=moment)


def _disagreements(folder: Path, thread: tuple[Mail, ...], expected: Expected) -> Iterator[Fault]:
    path = folder / "expected.yaml"
    inbound = [mail.file for mail in thread if mail.inbound]
    told = [turn.message for turn in expected.turns]
    if inbound != told:
        yield Fault(
            path, 0, f"turns are about {', '.join(told)}, but the thread has {', '.join(inbound) or 'no inbound mail'}"
        )
    outbound = {mail.file: mail.at for mail in thread if not mail.inbound}
    came = {mail.file: mail.at for mail in thread}
    for number, turn in enumerate(expected.turns):
        if turn.done is None:
            if number + 1 < len(expected.turns):
                yield Fault(path, 0, f"turns.{number}.done: is needed, as a later mail builds on what was done")
            continue
        if turn.done.sent is not None and turn.done.sent not in outbound:
            yield Fault(path, 0, f"turns.{number}.done.sent: {turn.done.sent} is not in the thread")
        if turn.message in came and turn.done.at < came[turn.message]:
            yield Fault(path, 0, f"turns.{number}.done.at: is before the mail came")
