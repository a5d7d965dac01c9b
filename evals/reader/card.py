"""Keeps the reader's card: `card.json` for machines, `CARD.md` for people. Figures only, no date and no machine name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def read_card(folder: Path = FOLDER) -> dict[str, Any]:
    """Return the card as it stands; empty where there is none yet."""
    path = folder / "card.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def update_card(part: str, figures: dict[str, Any], folder: Path = FOLDER) -> None:
    """Replace one part of the card and render it for people."""
    card = read_card(folder) | {part: figures}
    (folder / "card.json").write_text(json.dumps(card, indent=2, sort_keys=True) + "\n", "utf-8")
    (folder / "CARD.md").write_text(rendered(card), "utf-8")


def rendered(card: dict[str, Any]) -> str:
    """Return the card as Markdown."""
    lines = ["# Card of the embedded reader", "", "Written by `python -m evals.reader.train` and `measure`.", ""]
    training = card.get("training", {})
    if training:
        lines += [
            f"Trained on {training['replies']} replies of {training['writers']} writers, 24 reasons, seven languages;"
            f" head of {training['head bytes'] / 1e6:.1f} MB.",
            "",
        ]
    for name in sorted(key for key in card if key.startswith("test")):
        lines += _test_lines(name, card[name])
    return "\n".join(lines).rstrip() + "\n"


def _test_lines(name: str, test: dict[str, Any]) -> list[str]:
    low, high = test["macro_f1_interval"]
    lines = [
        f"## {name}: {test['replies']} replies by other writers, never trained on",
        "",
        f"Macro-F1 **{test['macro_f1']:.3f}** (95 % interval {low:.3f} to {high:.3f}); the first reason is right in"
        f" {test['first_reason_right']:.1%}, among the first three in {test['right_among_three']:.1%}; all reasons exactly in"
        f" {test['exact']:.1%}. Calibration error {test['ece']:.3f}. {test['coverage_at_1_percent_error']:.1%} of the replies can be"
        f" answered with at most 1 % wrong. Evidence touches the labelled words in {test['evidence_touches']:.1%}.",
        "",
        "| language | replies | macro-F1 |",
        "| --- | ---: | ---: |",
        *(f"| {key} | {row['replies']} | {row['macro_f1']:.3f} |" for key, row in test["languages"].items()),
        "",
        "| reason | replies | precision | recall | F1 |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for reason, row in test["reasons"].items():
        lines.append(
            f"| {reason} | {row['replies']} | {row['precision']:.2f} | {row['recall']:.2f} | {row['f1']:.2f} |"
        )
    return [*lines, ""]
