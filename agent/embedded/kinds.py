"""Tells of a claim's words what kind of dispute, or of document, they speak of, where no plain word says so.

One small machine a question, trained on the evidence of labelled claims like the machines of `agent.embedded.head`. It
answers only where the best kind leads clearly; what it leaves open stays open, and a person sees the mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from agent.embedded.features import Floats
from agent.embedded.machines import Arrays, Machine, unpacked
from store.vocabulary import DisputeKind, DocumentKind, Reason

#: Which kinds there are for the claims of a reason, and the slot that holds them.
KINDS: dict[Reason, tuple[str, tuple[StrEnum, ...]]] = {
    Reason.DISPUTE: ("dispute_kind", tuple(DisputeKind)),
    Reason.DOCUMENT_REQUEST: ("document", tuple(DocumentKind)),
}


@dataclass(frozen=True, slots=True)
class KindMachine:
    """A machine over the kinds of one reason, and by how much the best must lead to be believed."""

    kinds: tuple[StrEnum, ...]
    machine: Machine
    least_lead: float

    def kind_of(self, words: Sequence[tuple[npt.NDArray[np.intp], Floats]], vectors: Floats | None) -> StrEnum | None:
        """Return the kind of one text, given as for `Machine.scores`; None where two are near each other."""
        scores = self.machine.scores(words, vectors)[0]
        second, best = np.sort(scores)[-2:]
        return self.kinds[int(scores.argmax())] if best - second >= self.least_lead else None


def kind_machines(arrays: Arrays, kind: str) -> dict[Reason, KindMachine]:
    """Build the machines of one variant ("encoder" or "words") from the arrays of the head."""
    found = {}
    for reason, (slot, kinds) in KINDS.items():
        weights = np.ascontiguousarray(unpacked(arrays, f"{kind}_{slot}_words").T)
        bias = np.asarray(arrays[f"{kind}_{slot}_bias"], np.float32)
        machine = Machine(bias, weights)
        if kind == "encoder":
            duals = np.asarray(arrays[f"{kind}_{slot}_support_weights"], np.float32)
            machine = Machine(bias, weights, unpacked(arrays, f"{slot}_support"), duals)
        found[reason] = KindMachine(kinds, machine, float(np.asarray(arrays[f"{kind}_{slot}_lead"])[0]))
    return found
