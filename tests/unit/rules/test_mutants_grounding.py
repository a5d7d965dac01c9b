"""R-GND at its edges, where `evals.mutants` found no other fixture that would have noticed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agent.rules import grounding
from agent.rules.known import known
from tests.unit.rules.drafts import letter

FIGURE = "A figure stands in the text: figures come from slots only."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Part Ⅷ of it.", [FIGURE]),
        ("We are ½ there.", [FIGURE]),
        ("A mere % of it.", [FIGURE]),
        ("A mere ％ of it.", [FIGURE]),
        ("Our W-9 goes along.", []),
        ("The form W9US goes along.", [FIGURE]),
        ("A colleague looks into it.", []),
    ],
)
def test_a_model_writes_no_figure_of_any_kind(words: str, told: list[str]) -> None:
    """R-GND-05: digits, letters that are numbers, fractions and per cent signs; the name of a tax form is none."""
    assert [f.text for f in grounding.no_figures_by_model(letter(words, by="model:m"))] == told


def test_a_figure_is_known_as_a_count_a_year_a_reference_or_a_sum() -> None:
    """R-GND-01: a year is written in digits alone; a fraction and what cannot be read are none of these."""
    facts = known(letter())
    count = next(n for n in sorted(facts.counts) if n not in {day.year for day in facts.days})
    assert grounding._is_known(str(count), Decimal(count), facts)
    assert grounding._is_known("2026", Decimal(2026), facts)
    assert not grounding._is_known("2,026", Decimal(2026), facts)
    assert not grounding._is_known("2099", Decimal(2099), facts)
    assert grounding._is_known("1,800", Decimal(1800), facts)
    assert not grounding._is_known("4711.5", Decimal("4711.5"), facts)
    assert not grounding._is_known("4711", Decimal(4711), facts)
    assert not grounding._is_known("1.2.3", None, facts)
    assert all(grounding._is_known(reference, None, facts) for reference in facts.references)
    assert facts.references
