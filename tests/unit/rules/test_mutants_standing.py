"""R-STA at its edges, where `evals.mutants` found no other fixture that would have noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from agent.rules import standing
from store.aftermath import InstalmentStatus
from store.proposed import Finding
from store.vocabulary import Reason
from tests.cases import TODAY, claim, facts, invoice
from tests.unit.rules.drafts import action, approved, handing_over, leaving, letter
from tests.unit.rules.test_standing import DEMAND, agreed_plan, disputed, lawyer, open_matter

LEGAL = claim(Reason.LEGAL_THREAT)


def test_to_a_represented_customer_only_through_the_lawyer_and_in_fixed_words() -> None:
    """R-STA-03: an open legal matter alone does not bar the lawyer; a threat is answered by the template alone."""
    to_them = letter(case=lawyer(), recipients=("quill@law.example",))
    assert not list(standing.only_to_their_lawyer(to_them))
    assert not list(standing.only_to_their_lawyer(letter())), "others, but no legal matter"
    (found,) = standing.only_to_their_lawyer(letter(claims=[LEGAL]))
    assert isinstance(found, Finding)
    assert found.rule == "R-STA-03"
    assert "(legal threat)" in found.text
    assert not list(standing.only_to_their_lawyer(letter(by="template", claims=[LEGAL])))


@pytest.mark.parametrize(
    ("part", "words", "blocked"),
    [
        (None, DEMAND, True),
        (None, "It is with a colleague.", False),
        ("1799.50", DEMAND, False),
        ("300.00", DEMAND, False),
        ("0.50", "Please pay GBP 1,800.00.", True),
        ("300.00", "Please pay GBP 1,800.00.", True),
        (None, "Please pay GBP 320.25.", False),
    ],
)
def test_what_is_contested_is_not_demanded_and_the_rest_may_be(part: str | None, words: str, blocked: bool) -> None:
    """R-STA-04: the whole of it where all is contested; else only its full balance."""
    body = f"It is about F-5501.\n\n{words}"
    found = list(standing.disputed_is_not_demanded(letter(body=body, case=disputed(part), actions=[])))
    assert bool(found) is blocked


def test_a_letter_that_names_no_invoice_is_about_all() -> None:
    """R-STA-04."""
    assert list(standing.disputed_is_not_demanded(letter(body=DEMAND, case=disputed(None), actions=[])))
    assert not list(standing.disputed_is_not_demanded(letter(body=DEMAND, actions=[])))


def test_neither_a_deduction_nor_a_dispute_that_we_open_is_answered_by_a_demand() -> None:
    """R-STA-04."""
    for out in (
        letter(DEMAND, claims=[claim(Reason.DEDUCTION, invoices=("F-5501",))]),
        letter(DEMAND, actions=[action("open_dispute", invoices=["F-5501"])]),
    ):
        assert list(standing.disputed_is_not_demanded(out))
    assert not list(standing.disputed_is_not_demanded(letter(DEMAND)))


def test_a_death_is_gently_answered_and_other_mail_may_demand() -> None:
    """R-STA-06."""
    grief = claim(Reason.QUESTION, "My husband passed away.", invoices=("F-5501",))
    assert {f.severity.value for f in standing.gentle_in_hardship(letter(DEMAND, claims=[grief]))} == {
        "manager",
        "block",
    }
    assert not list(standing.gentle_in_hardship(letter(DEMAND)))


@pytest.mark.parametrize(
    ("status", "due", "kept"),
    [
        (InstalmentStatus.OPEN, 0, True),
        (InstalmentStatus.OPEN, -1, False),
        (InstalmentStatus.PAID, -9, True),
        (InstalmentStatus.MISSED, 9, False),
    ],
)
def test_a_plan_is_kept_until_the_day_after_an_instalment(status: InstalmentStatus, due: int, kept: bool) -> None:
    """R-STA-07."""
    case = agreed_plan(status=status, due=TODAY + timedelta(days=due))
    assert bool(list(standing.plan_is_kept(letter(DEMAND, case=case)))) is kept


@pytest.mark.parametrize(("balance", "barred"), [("0.00", False), ("0.50", True), ("1800.00", True)])
def test_only_what_is_owed_can_be_time_barred(balance: str, barred: bool) -> None:
    """R-STA-08."""
    old = invoice(due_date=date(2020, 1, 2)).model_copy(update={"balance": Decimal(balance)})
    assert bool(list(standing.not_time_barred(letter(case=facts(old))))) is barred


def test_what_is_only_named_can_be_time_barred_too() -> None:
    """R-STA-08: and where the letter is about one invoice, another that it merely names is not looked at."""
    old, new = invoice("F-5502", due_date=date(2020, 1, 2)), invoice()
    named = "It is about F-5502."
    assert list(standing.not_time_barred(letter(body=named, case=facts(old), actions=[])))
    assert not list(
        standing.not_time_barred(letter(body=named, case=facts(new, old), actions=[handing_over("F-5501")]))
    )


@pytest.mark.parametrize(("today", "barred"), [(date(2027, 2, 28), False), (date(2027, 3, 1), True)])
def test_what_was_due_on_a_29_february_ends_on_a_28(today: date, barred: bool) -> None:
    """R-STA-08: three years after 29 February 2024."""
    case = facts(invoice(due_date=date(2024, 2, 29))).model_copy(update={"today": today})
    assert bool(list(standing.not_time_barred(letter(case=case)))) is barred


@pytest.mark.parametrize(("waiting", "blocked"), [("F-5501", True), ("F-9", False), ("", False)])
def test_two_answers_about_one_invoice_do_not_wait_together(waiting: str, blocked: bool) -> None:
    """R-STA-09: an answer about nothing stands in nobody's way but that of another about nothing."""
    other = frozenset({waiting} - {""})
    found = list(standing.not_past_a_newer_mail(replace(approved(letter()), waiting=(other,))))
    assert bool(found) is blocked


def test_an_answer_that_hands_over_one_matter_does_not_pass_another() -> None:
    """R-STA-01: at sending, a legal matter that this answer handed over does not excuse an open insolvency."""
    case = open_matter(Reason.INSOLVENCY)
    legal = letter(by="template", case=case, claims=[LEGAL], actions=[handing_over(reason=Reason.LEGAL_THREAT)])
    own = letter(
        by="template", case=case, claims=[claim(Reason.INSOLVENCY)], actions=[handing_over(reason=Reason.INSOLVENCY)]
    )
    assert list(standing.insolvent(leaving(legal)))
    assert not list(standing.insolvent(leaving(own)))
