"""Loads the committed head (`head.npz`) and turns a reply into a probability for each reason.

The file is data, never code: it is read with `allow_pickle=False`, and only when its sha256 is the one in
`head.sha256`. Two heads are inside: one for machines with the sentence encoder, one that works with words alone.
"""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from agent.embedded.features import Block, Floats
from agent.embedded.kinds import KindMachine, kind_machines
from agent.embedded.lexicon import AUTO_SUBJECT, BANK_CHANGE, DATE_LIKE, NEXT_RUN
from agent.embedded.machines import Arrays, Calibration, Machine, Words, joined, turned, unpacked
from agent.embedded.models import Encoder, WrongModelError
from agent.embedded.segment import Span, segments
from store.vocabulary import Reason

FOLDER = Path(__file__).parent
#: The rules as features: which reason each speaks for.
RULES = (
    (Reason.PROMISE_TO_PAY, "no date"),
    (Reason.PAYMENT_IN_PROCESS, "next run"),
    (Reason.PAYMENT_FRAUD_RISK, "bank change"),
    (Reason.AUTO_REPLY, "subject of a robot"),
)
REASONS: tuple[Reason, ...] = tuple(Reason)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the head sees in a reply: segments, a score for each of them and reason, a probability a reason."""

    spans: list[Span]
    segment_scores: Floats
    probabilities: Floats


@dataclass(frozen=True, slots=True)
class Head:
    """The trained parameters of one variant, with encoder or with words alone."""

    words: Words
    centre: Floats
    axes: Floats
    whole: Machine
    segment: Machine
    calibration: Calibration
    threshold: float
    kinds: Mapping[Reason, KindMachine]
    uses_encoder: bool

    def read(self, text: str, subject: str, encoder: Encoder | None) -> Reading:
        """Score `text`, which is not blank. Raise ValueError when the encoder that this head needs is not given."""
        spans = segments(text)
        word_vectors, vectors = self._vectors([text, *(text[span.start : span.end] for span in spans)], encoder)
        whole = self.whole.scores(word_vectors[:1], None if vectors is None else vectors[:1])
        scores = self.segment.scores(word_vectors[1:], None if vectors is None else vectors[1:])
        features = joined(whole, scores.max(axis=0, keepdims=True), rule_features(text, subject)[None])
        return Reading(spans, scores, self.calibration.probabilities(features)[0])

    def kind_of(self, reason: Reason, evidence: str, encoder: Encoder | None) -> StrEnum | None:
        """Tell which kind of dispute or document `evidence` speaks of; None for other reasons, and where it is not clear."""
        machine = self.kinds.get(reason)
        return machine.kind_of(*self._vectors([evidence], encoder)) if machine else None

    def _vectors(
        self, pieces: Sequence[str], encoder: Encoder | None
    ) -> tuple[list[tuple[npt.NDArray[np.intp], Floats]], Floats | None]:
        words = self.words.vectors(pieces)
        if not self.uses_encoder:
            return words, None
        if encoder is None:
            raise ValueError("this head was trained with the sentence encoder: give it, or load the head of words")
        return words, turned(encode_once(encoder, pieces), self.centre, self.axes)


def rule_features(text: str, subject: str) -> Floats:
    """Return reasons x rules: 1 where a rule of text speaks for a reason (or, "no date", against it)."""
    row = np.zeros((len(REASONS), len(RULES)), np.float32)
    holds = (
        DATE_LIKE.search(text) is None,
        NEXT_RUN.search(text) is not None,
        BANK_CHANGE.search(text) is not None,
        AUTO_SUBJECT.search(subject) is not None,
    )
    for place, ((reason, _), held) in enumerate(zip(RULES, holds, strict=True)):
        row[REASONS.index(reason), place] = float(held)
    return row


def encode_once(encoder: Encoder, texts: Sequence[str]) -> Floats:
    """Encode `texts`, each different text once: a reply of one segment costs one pass."""
    places: dict[str, int] = {}
    for text in texts:
        places.setdefault(text, len(places))
    return encoder.encode(list(places))[[places[text] for text in texts]]


@functools.cache
def committed_head(*, uses_encoder: bool) -> Head:
    """Load the head that comes with this release. Raise WrongModelError when its sha256 is not the committed one."""
    return head_from(committed_arrays(), uses_encoder=uses_encoder)


def committed_arrays(folder: Path = FOLDER) -> Arrays:
    """Read `head.npz` after checking it against `head.sha256`. Raise WrongModelError when they differ."""
    content = (folder / "head.npz").read_bytes()
    expected = (folder / "head.sha256").read_text("ascii").split()[0]
    if hashlib.sha256(content).hexdigest() != expected:
        raise WrongModelError("head.npz is not the file named in head.sha256: reinstall, or train it again")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def head_from(arrays: Arrays, *, uses_encoder: bool) -> Head:
    """Build one variant from the stored arrays. Raise WrongModelError when the reasons are not today's."""
    if [str(label) for label in arrays["reasons"]] != [reason.value for reason in REASONS]:
        raise WrongModelError("head.npz was trained for other reasons: train it again (python -m evals.reader.train)")
    kind = "encoder" if uses_encoder else "words"
    blocks = [Block(_unsigned(arrays[f"{name}_hashes"]), _floats(arrays[f"{name}_idf"])) for name in ("word", "char")]
    shared = _floats(arrays[f"{kind}_shared"])
    numbers = _floats(arrays[f"{kind}_numbers"])
    return Head(
        words=Words(*blocks),
        centre=_floats(arrays["centre"]),
        axes=_floats(arrays["axes"]),
        whole=_machine(arrays, kind, "whole"),
        segment=_machine(arrays, kind, "segment"),
        calibration=Calibration(
            shared, _floats(arrays[f"{kind}_offset"]), _floats(arrays[f"{kind}_slope"]), float(numbers[0])
        ),
        threshold=float(numbers[1]),
        kinds=kind_machines(arrays, kind),
        uses_encoder=uses_encoder,
    )


def _machine(arrays: Arrays, kind: str, part: str) -> Machine:
    bias = _floats(arrays[f"{kind}_{part}_bias"])
    weights = np.ascontiguousarray(unpacked(arrays, f"{kind}_{part}_words").T)
    if kind == "words":
        return Machine(bias, weights)
    return Machine(
        bias, weights, unpacked(arrays, f"{part}_support"), _floats(arrays[f"{kind}_{part}_support_weights"])
    )


def _floats(array: npt.NDArray[np.generic]) -> Floats:
    return np.asarray(array, np.float32)


def _unsigned(array: npt.NDArray[np.generic]) -> npt.NDArray[np.uint32]:
    return np.asarray(array, np.uint32)
