"""R-GND at its edges, where `evals.mutants` found no other fixture that would have noticed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from agent.rules import grounding
from agent.rules.known import known
from tests.cases import TODAY, facts, invoice
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


def test_sums_with_cents_alone_are_looked_for_in_a_persons_words() -> None:
    """R-GND-01: a model's digits are another check's matter; what this check names, the one on figures does not name again."""
    text = "The rest is 1,799.99 only."
    assert not list(grounding.sums_are_ours(letter(text, by="model:m")))
    (found,) = grounding.sums_are_ours(letter(text))
    assert found.text == "1,799.99 is not in the ledger for this answer: use a slot, or leave it out."
    assert not list(grounding.figures_are_known(letter(text)))


@pytest.mark.parametrize(
    ("text", "strange"),
    [("It is 30, as agreed.", None), ("It is 5501, as agreed.", None), ("It is 4711, as agreed.", "4711")],
)
def test_a_figure_by_itself_is_a_count_or_a_number_of_ours(text: str, strange: str | None) -> None:
    """R-GND-01: 30 days to pay; the digits of F-5501."""
    said = [f.text for f in grounding.figures_are_known(letter(text))]
    assert said == (
        [f"{strange} is not in the ledger for this answer: use a slot, or leave it out."] if strange else []
    )


def test_a_strange_number_is_shown_as_it_is_written() -> None:
    """R-GND-02."""
    (found,) = grounding.references_are_ours(letter("It is about re-2026-4711."))
    assert found.text == "RE-2026-4711 is no number of this customer: correct it, or use a slot."


def test_a_sum_before_a_full_stop_is_no_day() -> None:
    """R-GND-03: 12.13 is none; without a currency it is read as one."""
    assert not list(grounding.days_are_ours(letter("Offen sind GBP 12.13.", language="de")))
    (found,) = grounding.days_are_ours(letter("Offen seit 12.13. wohl.", language="de"))
    assert found.text.startswith("There is no 12.13.")


TWO = (invoice(), invoice("F-5502", "320.25", due_date=TODAY - timedelta(days=33)))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("It is about F-5502. It is 33 days overdue.", None),
        (
            "It is about F-5502. It is 40 days overdue.",
            "'40 days overdue': no invoice of this mail is 40 days overdue today.",
        ),
        ("It is 40 days overdue.", None),
        ("It is 0 days overdue.", "'0 days overdue': no invoice of this mail is 0 days overdue today."),
        ("There are 2 open invoices.", None),
        ("There are 77 open invoices.", "'77 open invoices': that is not the number of open invoices."),
        ("We add 3 %.", "'3 %' cannot be recomputed from the ledger: leave it out."),
    ],
)
def test_days_overdue_are_those_of_the_invoices_that_are_named(body: str, said: str | None) -> None:
    """R-GND-04: else those of all that is open."""
    found = grounding.counts_are_right(letter(body=body, actions=[], case=facts(*TWO)))
    assert [f.text for f in found] == ([said] if said else [])


@pytest.mark.parametrize(("days", "wrong"), [(1, False), (0, True)])
def test_what_is_due_today_is_no_day_overdue(days: int, wrong: bool) -> None:
    """R-GND-04."""
    case = facts(invoice(due_date=TODAY - timedelta(days=days)))
    assert bool(list(grounding.counts_are_right(letter(f"It is {days} days overdue.", case=case)))) is wrong
