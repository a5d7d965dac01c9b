"""Loads the labelled replies and says which segment shows which reason.

The test split must only ever be measured on. `folds` never looks at it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from agent.embedded.head import REASONS
from agent.embedded.segment import Span, segments
from agent.focus import letter_of
from mail.quotes import split as split_quotes
from store.vocabulary import Reason

FOLDER = Path(__file__).parent
#: Writers are left out in this many groups.
FOLDS = 5

Labels = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One hand-written reply with its claims: (reason, verbatim evidence), and the kind of dispute or document of each."""

    id: str
    writer: str
    language: str
    subject: str
    body: str
    claims: tuple[tuple[Reason, str], ...]
    kinds: tuple[str | None, ...] = ()

    @property
    def reasons(self) -> frozenset[Reason]:
        """The set of reasons, as it is scored."""
        return frozenset(reason for reason, _ in self.claims)


def load(split: str) -> list[Labelled]:
    """Load `train` or `test`, files in the order of their names; the writer is the file's name."""
    found: list[Labelled] = []
    for path in sorted((FOLDER / split).glob("*.jsonl")):
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
        for row in map(json.loads, lines):
            claims = tuple((Reason(claim["reason"]), str(claim["evidence"])) for claim in row["claims"])
            kinds = tuple(
                claim["slots"].get("dispute_kind") or claim["slots"].get("document") for claim in row["claims"]
            )
            subject = str(row.get("subject") or "")
            body = as_read(row["body"], subject) if split == "test" else row["body"]
            found.append(Labelled(row["id"], path.stem, row["lang"], subject, body, claims, kinds))
    return found


def as_read(body: str, subject: str) -> str:
    """Give what the product's reader is shown of a reply: its new text, without quotes and signature."""
    return letter_of(split_quotes(body, subject=subject).new_text)


def reply_labels(replies: Sequence[Labelled]) -> Labels:
    """Return replies x reasons: 1 where the reply makes the claim."""
    table = np.zeros((len(replies), len(REASONS)), np.int8)
    for row, reply in enumerate(replies):
        for reason in reply.reasons:
            table[row, REASONS.index(reason)] = 1
    return table


def segment_labels(reply: Labelled, spans: Sequence[Span]) -> Labels:
    """Return segments x reasons: 1 where a segment holds half of the evidence, or is half evidence."""
    table = np.zeros((len(spans), len(REASONS)), np.int8)
    for reason, evidence in reply.claims:
        start = reply.body.find(evidence)
        end = start + len(evidence)
        for row, span in enumerate(spans):
            shared = min(span.end, end) - max(span.start, start)
            size = min(span.end - span.start, end - start)
            if shared > 0 and (shared >= 0.5 * size or shared >= 25):
                table[row, REASONS.index(reason)] = 1
    return table


def spans_of(replies: Sequence[Labelled]) -> list[list[Span]]:
    """Cut every reply."""
    return [segments(reply.body) for reply in replies]


def folds(replies: Sequence[Labelled]) -> list[npt.NDArray[np.bool_]]:
    """Return what each fold leaves out: whole writers, as a stranger's writing is what the reader will meet."""
    writers = sorted({reply.writer for reply in replies})
    places = np.array([writers.index(reply.writer) % FOLDS for reply in replies])
    return [places == fold for fold in range(min(FOLDS, len(writers)))]
