"""Fits the machines that tell kinds of disputes and documents apart, from the evidence of labelled claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agent.embedded.features import Floats
from agent.embedded.kinds import KINDS
from agent.embedded.machines import packed
from evals.reader import fit
from evals.reader.replies import FOLDS, Labelled, Labels
from store.vocabulary import Reason

#: Ridge of these machines. Chosen leave-one-writer-out.
RIDGE = 0.2
#: The share of answers that must be right on writers left out: it sets how clearly the best kind must lead.
RIGHT = 0.8

Stored = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of all claims of one reason whose kind is labelled: words, writer, and kinds as a table."""

    slot: str
    texts: list[str]
    writers: npt.NDArray[np.str_]
    labels: Labels


def evidence_of(replies: Sequence[Labelled], reason: Reason) -> Evidence:
    """Collect the evidence for one question."""
    slot, kinds = KINDS[reason]
    rows = [
        (words, reply.writer, reply.kinds[place])
        for reply in replies
        for place, (claimed, words) in enumerate(reply.claims)
        if claimed is reason and reply.kinds[place] in kinds
    ]
    labels = np.array([[kind == named for kind in kinds] for _, _, named in rows], np.int8)
    return Evidence(slot, [words for words, _, _ in rows], np.array([writer for _, writer, _ in rows]), labels)


def trained_kinds(evidence: Evidence, texts: fit.Texts, *, uses_encoder: bool) -> tuple[Stored, dict[str, float]]:
    """Train one machine; return its arrays, and what writers left out say of it."""
    kind, slot = "encoder" if uses_encoder else "words", evidence.slot
    share = fit.ENCODER_SHARE if uses_encoder else 0.0
    among = fit.kernel(texts, uses_encoder=uses_encoder)
    lead, said = _least_lead(fit.left_out_scores(among, evidence.labels, RIDGE, _folds(evidence)), evidence.labels)
    fitted = fit.fit(among, evidence.labels, RIDGE)
    weights = (texts.words.T @ fitted.duals) * (1 - share) / 2
    stored: Stored = packed(f"{kind}_{slot}_words", np.asarray(weights, np.float32).T)
    stored[f"{kind}_{slot}_bias"] = fitted.bias
    stored[f"{kind}_{slot}_lead"] = np.array([lead], np.float32)
    if uses_encoder:
        stored[f"{kind}_{slot}_support_weights"] = (fitted.duals * share).astype(np.float16)
        stored |= packed(f"{slot}_support", texts.vectors)
    return stored, said


def _folds(evidence: Evidence) -> list[fit.Left]:
    places = np.unique(evidence.writers, return_inverse=True)[1] % FOLDS
    return [places == fold for fold in range(FOLDS) if (places == fold).any()]


def _least_lead(scores: Floats, labels: Labels) -> tuple[float, dict[str, float]]:
    """Return the smallest lead above which RIGHT of the answers are right, and the share that is answered."""
    ranked = np.sort(scores, axis=1)
    leads = ranked[:, -1] - ranked[:, -2]
    right = labels[np.arange(len(labels)), scores.argmax(axis=1)]
    order = np.argsort(-leads, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= RIGHT)
    # The first few answers may be wrong by chance: the last place where the share still holds decides.
    last = int(enough[-1]) if len(enough) else 0
    said = {
        "claims": float(len(labels)),
        "right": round(float(right.mean()), 4),
        "answered": round((last + 1) / len(labels), 4),
        "right of answered": round(float(share[last]), 4),
    }
    return float(leads[order[last]]), said
