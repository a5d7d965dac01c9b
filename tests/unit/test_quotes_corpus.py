"""Measures the splitting of mail on cases that another hand wrote without knowing the code: tests/corpus/quotes/cases.jsonl.

Lossless: every word of the expected reply stands in the new text, in order, and so does all that must be kept. Exact: the new text is the
expected reply, spaces aside, with or without what may stay (a closing, a forwarded mail).
`python -m tests.unit.test_quotes_corpus` prints the figures and every case that is not exact.
"""

from __future__ import annotations

import json
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from mail.cleaning import clean
from mail.html_text import html_text
from mail.quotes import Split, split

CORPUS = Path(__file__).parents[1] / "corpus" / "quotes" / "cases.jsonl"
#: Shares that must not fall again.
LOSSLESS, EXACT = 0.99, 0.96


def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines() if line.strip()]


def found_in(case: dict[str, Any]) -> Split:
    subject = case.get("subject", "")
    if "html" not in case:
        return split(clean(case["text"])[0], subject=subject)
    seen = html_text(case["html"])
    assert seen is not None
    return split(seen.text, subject=subject, history_line=seen.history_line)


def squeezed(text: str) -> str:
    return " ".join(clean(text)[0].split())


def is_lossless(case: dict[str, Any], new_text: str) -> bool:
    words = iter(squeezed(new_text).split())
    in_order = all(word in words for word in squeezed(case["expected"]).split())
    return in_order and all(squeezed(kept) in squeezed(new_text) for kept in case.get("must_keep", []))


def is_exact(case: dict[str, Any], found: Split, *, context: bool = False) -> bool:
    """Compare; `context` leaves out the quoted lines that the policy keeps before answers, and the `>` of forwarded headers."""
    wanted, new_text = squeezed(case["expected"]), found.new_text
    optional = [squeezed(part) for part in case.get("optional", [])]
    if context:
        if "inline_answers" in found.flags:
            new_text = "\n".join(line for line in new_text.split("\n") if not line.startswith("> "))
        optional = [
            squeezed("\n".join(line.lstrip("> ") for line in part.split("\n"))) for part in case.get("optional", [])
        ]
    for size in range(len(optional) + 1):
        for chosen in combinations(optional, size):
            rest = squeezed(new_text)
            for part in chosen:
                before, _, after = rest.rpartition(part) if part in rest else (rest, "", "")
                rest = squeezed(f"{before} {after}")
            if rest == wanted:
                return True
    return False


def test_nothing_is_lost_and_little_is_left_in() -> None:
    judged = [(case, found_in(case)) for case in cases()]
    lossless = [is_lossless(case, found.new_text) for case, found in judged]
    exact = [is_exact(case, found, context=True) for case, found in judged]
    assert len(judged) >= 100
    assert sum(lossless) >= LOSSLESS * len(judged), [
        case["id"] for (case, _), fine in zip(judged, lossless, strict=True) if not fine
    ]
    assert sum(exact) >= EXACT * len(judged), [
        case["id"] for (case, _), fine in zip(judged, exact, strict=True) if not fine
    ]


@pytest.mark.parametrize(
    ("new_text", "lossless", "exact"),
    [
        ("We pay.", True, True),
        ("We pay. Ana", True, True),
        ("We pay. > Dear", True, False),
        ("We", False, False),
        ("pay. We", False, False),
    ],
)
def test_the_measure_itself(new_text: str, lossless: bool, exact: bool) -> None:
    case = {"expected": "We\npay.", "optional": ["Ana"], "must_keep": ["We pay"]}
    assert (is_lossless(case, new_text), is_exact(case, Split(new_text, "", ""))) == (lossless, exact)


def test_a_quoted_line_before_an_answer_is_left_out_of_the_comparison_only_where_asked() -> None:
    case, found = {"expected": "Friday."}, Split("> When?\nFriday.", "", "", frozenset({"inline_answers"}))
    assert [is_exact(case, found, context=context) for context in (False, True)] == [False, True]


def main() -> None:
    """Print the figures, and with `-v` each case that is not exact."""
    verbose = "-v" in sys.argv
    counts = {"text": [0, 0, 0, 0], "html": [0, 0, 0, 0]}
    for case in cases():
        found = found_in(case)
        row = counts["html" if "html" in case else "text"]
        judged = (True, is_lossless(case, found.new_text), is_exact(case, found), is_exact(case, found, context=True))
        row[:] = [count + fine for count, fine in zip(row, judged, strict=True)]
        if verbose and not (judged[1] and judged[3]):
            print(f"=== {case['id']} {case['client']}\n    {case['note']}\n    lossless {judged[1]}")
            print(f"--- new\n{found.new_text}\n--- expected\n{case['expected']}\n--- optional {case.get('optional')}")
    for kind, (total, fine, exact, context) in counts.items():
        print(
            f"{kind}: {total} cases, {fine} lossless, {exact} exact, {context} exact but for quoted lines before answers"
        )


if __name__ == "__main__":
    main()
