"""Drafts that were judged by hand, in a file: what a judge is held against. Reads only."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from evals.conversations.format import Language
from evals.conversations.loading import Broken, Fault, read_as
from evals.judging.criteria import Criterion

#: The labels that come along.
LABELS = Path(__file__).with_name("tone-labels.yaml")
#: With fewer nobody can say how well a judge agrees.
LEAST = 50
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToneLabel(_Strict):
    """One draft, and the criteria that it does not meet."""

    turn: Text
    language: Language
    subject: str
    draft: Text
    faults: tuple[Criterion, ...]
    note: str = ""


class ToneLabels(_Strict):
    """A file of labels, with who made them."""

    labelled_by: Text
    labels: tuple[ToneLabel, ...] = Field(min_length=LEAST)

    @model_validator(mode="after")
    def _once(self) -> ToneLabels:
        names = Counter(label.turn for label in self.labels)
        words = Counter((label.subject, label.draft) for label in self.labels)
        for label in self.labels:
            if names[label.turn] > 1 or words[label.subject, label.draft] > 1:
                raise ValueError(f"labels: {label.turn}, or a draft of the same words, is labelled twice")
        return self


def read_labels(path: Path = LABELS) -> ToneLabels:
    """Read a file of labels. Raises Broken with file and line."""
    faults: list[Fault] = []
    found = read_as(path, ToneLabels, faults)
    if found is None:
        raise Broken(faults)
    return found
