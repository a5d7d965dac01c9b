"""Measures the committed reader on replies that it was not trained on, and writes the card.

    python -m evals.reader.measure [--split test] [--words-only] [--misses FILE]

Runs the reader itself, as the daemon does. Must never change the head: what it finds may not be used to train or tune.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from agent.embedded.head import REASONS
from agent.embedded.reader import EmbeddedReader, FoundClaim, ranked
from evals.reader.card import update_card
from evals.reader.fit import macro_f1
from evals.reader.replies import Labelled, Labels, load, reply_labels

#: Bootstrap samples for the interval, and the seed that makes it repeatable.
SAMPLES, SEED = 1000, 20260101


@dataclass(frozen=True, slots=True)
class Measured:
    """Labels, what the reader found, and the probability that each first reason is right."""

    replies: list[Labelled]
    found: list[list[FoundClaim]]
    ranked: list[list[str]]
    labels: Labels
    table: Labels
    milliseconds: float


def measure(replies: list[Labelled], reader: EmbeddedReader) -> Measured:
    """Read every reply."""
    reader.read("Warm up: the first reply loads the model.")
    began = time.process_time()
    readings = [reader.look(reply.body, subject=reply.subject) for reply in replies]
    milliseconds = (time.process_time() - began) * 1000 / max(1, len(replies))
    pairs = [(reply, reading) for reply, reading in zip(replies, readings, strict=True) if reading]
    found = [reader.claims(reply.body, reading) for reply, reading in pairs]
    table = np.zeros((len(replies), len(REASONS)), np.int8)
    for row, claims in enumerate(found):
        for claim in claims:
            table[row, REASONS.index(claim.reason)] = 1
    names = [[reason.value for reason, _ in ranked(reading)[:3]] for _, reading in pairs]
    return Measured(replies, found, names, reply_labels(replies), table, milliseconds)


def figures(measured: Measured) -> dict[str, Any]:
    """Return every figure of the card."""
    labels, table = measured.labels, measured.table
    sure, right = first_claims(measured)
    gold = [{reason.value for reason in reply.reasons} for reply in measured.replies]
    pairs = list(zip(measured.ranked, gold, strict=True))
    return {
        "replies": len(labels),
        "macro_f1": round(macro_f1(labels, table), 4),
        "macro_f1_interval": interval(labels, table),
        "first_reason_right": round(float(right.mean()), 4),
        "right_among_three": round(sum(bool(set(names) & known) for names, known in pairs) / len(pairs), 4),
        "exact": round(float((labels == table).all(axis=1).mean()), 4),
        "ece": round(calibration_error(sure, right), 4),
        "coverage_at_1_percent_error": round(coverage(sure, right, 0.01), 4),
        "coverage_at_5_percent_error": round(coverage(sure, right, 0.05), 4),
        "evidence_touches": round(evidence_touches(measured), 4),
        "languages": by_language(measured),
        "reasons": by_reason(labels, table),
        "confusions": confusions(labels, table),
    }


def first_claims(measured: Measured) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the confidence of each reply's first claim and whether its reason is labelled."""
    sure = np.array([claims[0].confidence for claims in measured.found])
    pairs = zip(measured.found, measured.replies, strict=True)
    return sure, np.array([claims[0].reason in reply.reasons for claims, reply in pairs])


def interval(labels: Labels, table: Labels) -> list[float]:
    """Return the 95 % interval of macro-F1, by drawing replies with replacement."""
    draws = np.random.default_rng(SEED)
    values = []
    for _ in range(SAMPLES):
        rows = draws.integers(0, len(labels), len(labels))
        values.append(_macro_f1_fast(labels[rows], table[rows]))
    low, high = np.percentile(values, [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]


def _macro_f1_fast(labels: Labels, table: Labels) -> float:
    both = (labels & table).sum(axis=0)
    given = labels.sum(axis=0, dtype=np.int64)
    every = given + table.sum(axis=0, dtype=np.int64)
    return float(np.mean(2 * both[given > 0] / every[given > 0]))


def calibration_error(sure: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> float:
    """Return the expected calibration error over ten bins of equal width."""
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [
        abs(sure[bins == place].mean() - right[bins == place].mean()) * (bins == place).mean() for place in set(bins)
    ]
    return float(sum(gaps))


def coverage(sure: np.ndarray[Any, Any], right: np.ndarray[Any, Any], error: float) -> float:
    """Return the largest share of replies, surest first, of which at most `error` are wrong."""
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    allowed = np.flatnonzero(wrong <= error)
    return float((allowed[-1] + 1) / len(order)) if len(allowed) else 0.0


def evidence_touches(measured: Measured) -> float:
    """Return the share of rightly found claims whose evidence shares at least half of the shorter with the label's."""
    hits = []
    for reply, claims in zip(measured.replies, measured.found, strict=True):
        for claim in claims:
            spans = [
                (reply.body.find(evidence), len(evidence))
                for reason, evidence in reply.claims
                if reason == claim.reason
            ]
            if spans:
                hits.append(any(_shares(claim, start, start + size) for start, size in spans))
    return float(np.mean(hits)) if hits else 0.0


def _shares(claim: FoundClaim, start: int, end: int) -> bool:
    shared = min(claim.end, end) - max(claim.start, start)
    return shared >= 0.5 * min(claim.end - claim.start, end - start)


def by_language(measured: Measured) -> dict[str, dict[str, float]]:
    """Return replies, macro-F1 over the reasons present, and how often the first reason is right, a language."""
    languages = np.array([reply.language for reply in measured.replies])
    _, right = first_claims(measured)
    return {
        str(language): {
            "replies": int((languages == language).sum()),
            "macro_f1": round(
                macro_f1(measured.labels[languages == language], measured.table[languages == language]), 4
            ),
            "first_reason_right": round(float(right[languages == language].mean()), 4),
        }
        for language in sorted(set(languages))
    }


def by_reason(labels: Labels, table: Labels) -> dict[str, dict[str, float]]:
    """Return precision, recall and F1 of every reason."""
    rows = {}
    for place, reason in enumerate(REASONS):
        both = int((labels[:, place] & table[:, place]).sum())
        given, said = int(labels[:, place].sum()), int(table[:, place].sum())
        rows[reason.value] = {
            "replies": given,
            "precision": round(both / max(1, said), 4),
            "recall": round(both / max(1, given), 4),
            "f1": round(2 * both / max(1, given + said), 4),
        }
    return rows


def confusions(labels: Labels, table: Labels) -> list[str]:
    """Return the ten most frequent pairs of a missed reason and one wrongly found in its place."""
    pairs: Counter[tuple[int, int]] = Counter()
    for given, said in zip(labels, table, strict=True):
        missed, wrong = np.flatnonzero((given == 1) & (said == 0)), np.flatnonzero((given == 0) & (said == 1))
        pairs.update((int(left), int(right)) for left in missed for right in wrong)
    return [f"{REASONS[a].value} read as {REASONS[b].value}: {times}" for (a, b), times in pairs.most_common(10)]


def show(console: Console, found: dict[str, Any], milliseconds: float) -> None:
    """Print the card for people."""
    table = Table("reason", "replies", "precision", "recall", "F1", title="Embedded reader")
    for reason, row in found["reasons"].items():
        table.add_row(reason, str(row["replies"]), *(f"{row[key]:.2f}" for key in ("precision", "recall", "f1")))
    console.print(table)
    for key, value in found.items():
        if key not in ("reasons", "confusions"):
            console.print(f"{key}: {value}")
    console.print("confusions: " + "; ".join(found["confusions"]))
    console.print(f"{milliseconds:.0f} ms of CPU a reply")


def misses(measured: Measured) -> str:
    """Return the replies that were read wrongly, for a person to look at."""
    lines = []
    for reply, claims in zip(measured.replies, measured.found, strict=True):
        if {claim.reason for claim in claims} != reply.reasons:
            said = ", ".join(f"{claim.reason} {claim.confidence:.2f}" for claim in claims)
            lines.append(
                f"{reply.id} {reply.language} [{', '.join(sorted(reply.reasons))}] read as [{said}]: {reply.body!r}"
            )
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Measure, print and write the card; return 1 where the split has no reply."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader.measure", description="Measure the embedded reader.")
    parser.add_argument("--split", default="test")
    parser.add_argument("--words-only", action="store_true", help="as on a machine without the sentence encoder")
    parser.add_argument("--misses", type=Path, help="write the replies that were read wrongly to this file")
    chosen = parser.parse_args(arguments)
    console = Console()
    replies = load(chosen.split)
    if not replies:
        console.print(f"evals/reader/{chosen.split} has no replies.")
        return 1
    reader = EmbeddedReader(words_only=chosen.words_only)
    console.print(reader.description)
    measured = measure(replies, reader)
    found = figures(measured)
    show(console, found, measured.milliseconds)
    if chosen.split != "train":
        update_card(f"{chosen.split}, words alone" if reader.words_only else chosen.split, found)
    if chosen.misses:
        chosen.misses.write_text(misses(measured), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
