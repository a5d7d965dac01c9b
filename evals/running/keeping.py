"""The folder in which a run is kept: what it is (`run.json`), and each result as it comes (`turns.jsonl`).

A result is on the disk before the next turn begins, so that nothing is lost when the process is killed. A run goes on only in
the folder of the very same run: other suite, other prompts or another model are refused.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from evals.results import RunRecord, TurnResult, read_record, write_record
from evals.running.turns import ENDPOINT

#: What must be the same for a run to go on, as people say it.
_SAME = {
    "suite": "suite",
    "suite_digest": "content of the suite",
    "prompts_digest": "prompts",
    "mode": "mode",
    "model": "model",
    "agent_version": "version of dunwell",
    "epochs": "number of epochs",
    "selected": "selection",
}


class FolderRefused(ValueError):
    """A folder that this run cannot be kept in. The text says why and what to do."""


class RunFolder:
    """One run on the disk. Thread-safe."""

    def __init__(self, path: Path, head: RunRecord, done: Iterable[TurnResult]) -> None:
        """Use `begin` or `go_on`."""
        self.path = path
        self.head = head
        self._lock = threading.Lock()
        self._done = {(result.turn, result.epoch): result for result in done}
        self._broken: list[str] = list(head.broken)

    @classmethod
    def begin(cls, path: Path, head: RunRecord) -> RunFolder:
        """Begin in a new folder. Raises FolderRefused where something is in it already."""
        if path.exists() and any(path.iterdir()):
            raise FolderRefused(f"{path}: is not empty: go on with --resume {path}, or name another folder with --out")
        path.mkdir(parents=True, exist_ok=True)
        # Results hold what customers wrote.
        path.chmod(0o700)
        write_record(path / "run.json", head)
        return cls(path, head, ())

    @classmethod
    def go_on(cls, path: Path, head: RunRecord) -> RunFolder:
        """Go on with a run that was cut off. Raises FolderRefused where it is another run."""
        try:
            begun = read_record(path / "run.json")
        except ValueError as error:
            raise FolderRefused(str(error)) from None
        for name, word in _SAME.items():
            was, now = getattr(begun, name), getattr(head, name)
            if was != now:
                raise FolderRefused(
                    f"{path}: is of another {word} ({_short(was)}, now {_short(now)}): begin anew, without --resume"
                )
        journal = path / "turns.jsonl"
        if journal.exists() and not journal.read_bytes().endswith(b"\n"):
            with journal.open("a", encoding="utf-8") as torn:
                torn.write("\n")
        kept = [result for result in _journal(journal) if not (result.error or "").startswith(ENDPOINT)]
        return cls(path, head.model_copy(update={"started": begun.started}), kept)

    @property
    def logs(self) -> Path:
        """Where the log of the framework goes."""
        return self.path / "logs"

    def done(self, turn: str, epoch: int) -> TurnResult | None:
        """Give the result of a turn that needs no second try."""
        with self._lock:
            return self._done.get((turn, epoch))

    def add(self, result: TurnResult) -> None:
        """Keep a result."""
        with self._lock:
            self._done[(result.turn, result.epoch)] = result
            with (self.path / "turns.jsonl").open("a", encoding="utf-8") as journal:
                journal.write(result.model_dump_json() + "\n")

    def broken(self, fault: str) -> None:
        """Keep what is wrong with a case that came to light in the run."""
        with self._lock:
            if fault not in self._broken:
                self._broken.append(fault)

    def close(self, order: list[tuple[str, int]], *, ended: RunRecord | None = None) -> RunRecord:
        """Write the record with all results, in the order given. `ended`: with its end where the run is whole."""
        head = ended or self.head
        with self._lock:
            turns = tuple(self._done[key] for key in order if key in self._done)
            record = head.model_copy(update={"turns": turns, "broken": tuple(self._broken)})
        write_record(self.path / "run.json", record)
        return record


def _journal(path: Path) -> list[TurnResult]:
    """Read the results that were kept. A line that was cut off by the end of the process is no result."""
    if not path.exists():
        return []
    found = []
    # By line feeds alone: a mail's text may hold other ends of lines (U+2028, U+0085), which JSON does not escape.
    for line in path.read_text("utf-8", errors="replace").split("\n"):
        try:
            found.append(TurnResult.model_validate_json(line))
        except ValueError:
            continue
    return found


def _short(value: object) -> str:
    return str(value)[:40]
