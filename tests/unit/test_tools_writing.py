"""The tools that decide whether and what is written: a pause, a question back, an answer, a stop. Their limits hold for all input."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.facts import PastMail
from store.vocabulary import MissingPiece, QuestionTopic, Reason
from tests.cases import NOW, TODAY, ask, claim, facts, invoice
from tools.answer_question import AnswerQuestion
from tools.ask_back import AskBack, missing_piece
from tools.base import NotAllowed
from tools.escalate_to_human import ROUTES
from tools.hold_outreach import HoldOutreach
from tools.limits import HoldLimits, Policy
from tools.stop_contact import StopContact

HOLD, ASK, ANSWER, STOP = HoldOutreach(), AskBack(), AnswerQuestion(), StopContact()
NAMED = ("F-5501",)

limits = st.builds(
    HoldLimits,
    payment_in_process_days=st.integers(1, 60),
    awaiting_approval_days=st.integers(1, 60),
    acknowledgement_days=st.integers(1, 60),
    absence_days=st.integers(0, 14),
    max_days=st.integers(1, 90),
)
days = st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=800)) | st.sampled_from([date.min, date.max])


@given(
    reason=st.sampled_from(sorted(HOLD.reasons)),
    today=st.dates(TODAY, TODAY + timedelta(days=20)),
    returned=st.none() | days,
    bounds=limits,
)
def test_no_pause_is_longer_than_policy_says(
    reason: Reason, today: date, returned: date | None, bounds: HoldLimits
) -> None:
    asked = ask(claim(reason, invoices=NAMED, date=returned), case=facts(today=today), policy=Policy(hold=bounds))
    if HOLD.refusal(asked) is not None:
        assert reason is Reason.AUTO_REPLY
        with pytest.raises(NotAllowed):
            HOLD.fill(asked)
        return
    pause = HOLD.fill(asked)
    HOLD.check(pause, asked)
    assert pause.invoices == NAMED
    assert today < pause.until <= today + timedelta(days=bounds.max_days)
    wanted = bounds.days_for(reason)
    named = today + timedelta(days=wanted) if wanted is not None else returned
    assert named is not None
    # Never more than a weekend past what the reason, or the absent person, asks for.
    assert pause.until - named <= timedelta(days=(bounds.absence_days if wanted is None else 0) + 2)


@given(reason=st.sampled_from(sorted(HOLD.reasons)), longer=st.integers(1, 4000))
def test_a_longer_pause_is_refused_whoever_asks_for_it(reason: Reason, longer: int) -> None:
    asked = ask(claim(reason, invoices=NAMED, date=TODAY + timedelta(days=3)))
    pause = HOLD.fill(asked)
    with pytest.raises(NotAllowed, match="longer"):
        HOLD.check(pause.model_copy(update={"until": pause.until + timedelta(days=longer)}), asked)


def test_a_pause_is_about_what_was_written_and_still_ahead() -> None:
    asked = ask(claim(Reason.AWAITING_APPROVAL, invoices=NAMED), case=facts(invoice(), invoice("F-5502")))
    pause = HOLD.fill(asked)
    for bent in (
        {"invoices": ("F-5502",)},
        {"invoices": ("F-9999",)},
        {"reason": Reason.PAYMENT_IN_PROCESS},
        {"until": TODAY},
    ):
        with pytest.raises(NotAllowed):
            HOLD.check(pause.model_copy(update=bent), asked)
    HOLD.check(pause.model_copy(update={"until": TODAY + timedelta(days=1)}), asked)


def test_the_pause_of_an_absence_ends_after_the_return_and_on_a_working_day() -> None:
    friday = date(2026, 4, 17)
    asked = ask(claim(Reason.AUTO_REPLY, invoices=NAMED, date=friday))
    assert HOLD.fill(asked).until == date(2026, 4, 20)
    over = ask(claim(Reason.AUTO_REPLY, invoices=NAMED, date=TODAY - timedelta(days=1)))
    assert HOLD.refusal(over) == "the absence is over"
    assert HOLD.refusal(ask(claim(Reason.AUTO_REPLY, invoices=NAMED))) == "the absence note names no day of return"


def test_who_says_the_same_again_and_again_is_a_persons_matter() -> None:
    said = PastMail(direction="in", at=NOW - timedelta(days=9), reasons=("payment_in_process",))
    for times, refused in ((1, False), (2, True)):
        asked = ask(claim(Reason.PAYMENT_IN_PROCESS, invoices=NAMED), case=facts(history=(said,) * times))
        assert (HOLD.refusal(asked) is not None) is refused
    other = ask(claim(Reason.AWAITING_APPROVAL, invoices=NAMED), case=facts(history=(said,) * 5))
    assert HOLD.refusal(other) is None


def test_a_noted_moves_only_the_invoices_of_its_thread() -> None:
    both = (invoice(), invoice("F-5502"))
    assert HOLD.refusal(ask(claim(Reason.ACKNOWLEDGEMENT), case=facts(*both)))
    named = HOLD.fill(ask(claim(Reason.ACKNOWLEDGEMENT), case=facts(*both, mentioned=("F-5502",))))
    assert named.invoices == ("F-5502",)
    assert not HOLD.tells(named)
    assert HOLD.tells(HOLD.fill(ask(claim(Reason.PAYMENT_IN_PROCESS), case=facts(*both))))


@pytest.mark.parametrize(
    ("reason", "slots", "piece"),
    [
        (Reason.UNCLEAR, {}, MissingPiece.MEANING),
        (Reason.PROMISE_TO_PAY, {}, MissingPiece.PAYMENT_DATE),
        (Reason.PROMISE_TO_PAY, {"date": TODAY - timedelta(days=1)}, None),
        (Reason.PO_MISMATCH, {}, MissingPiece.ORDER_NUMBER),
        (Reason.PO_MISMATCH, {"po_number": "7"}, None),
        (Reason.WRONG_CONTACT, {}, MissingPiece.CONTACT),
        (Reason.WRONG_CONTACT, {"contact_email": "a@b.example"}, None),
        (Reason.DOCUMENT_REQUEST, {}, MissingPiece.DOCUMENT),
        (Reason.DOCUMENT_REQUEST, {"document": "w9"}, None),
        (Reason.DISPUTE, {}, None),
    ],
)
def test_the_question_is_the_one_that_fits(reason: Reason, slots: dict[str, Any], piece: MissingPiece | None) -> None:
    asked = ask(claim(reason, **slots))
    assert missing_piece(asked.first) is piece
    if piece is None:
        with pytest.raises(NotAllowed):
            ASK.fill(asked)
        return
    question = ASK.fill(asked)
    ASK.check(question, asked)
    for other in set(MissingPiece) - {piece}:
        with pytest.raises(NotAllowed):
            ASK.check(question.model_copy(update={"question": other}), asked)


def test_a_question_names_open_invoices_only_and_few_of_them() -> None:
    asked = ask(claim(Reason.PROMISE_TO_PAY, invoices=NAMED))
    question = ASK.fill(asked)
    assert question.invoices == NAMED
    with pytest.raises(NotAllowed):
        ASK.check(question.model_copy(update={"invoices": ("F-9999",)}), asked)
    many = tuple(invoice(f"F-{6000 + n}") for n in range(30))
    case = facts(*many, mentioned=tuple(i.number for i in many))
    assert ASK.fill(ask(claim(Reason.PROMISE_TO_PAY), case=case)).invoices == ()
    assert ASK.refusal(ask(claim(Reason.PROMISE_TO_PAY, invoices=("F-9999",))))


@given(topic=st.sampled_from(QuestionTopic), count=st.integers(1, 40), named=st.booleans(), stored=st.booleans())
def test_an_answer_tells_of_open_invoices_alone(topic: QuestionTopic, count: int, named: bool, stored: bool) -> None:
    invoices = [
        invoice(f"F-{6000 + n}", "10.00" if n % 3 else "0.00", document_sha256="a" * 64 if stored else None)
        for n in range(count)
    ]
    case = facts(*invoices)
    numbers = tuple(i.number for i in case.open_invoices[:2]) if named else ()
    asked = ask(claim(Reason.QUESTION, invoices=numbers, topic=topic), case=case)
    if ANSWER.refusal(asked) is not None:
        with pytest.raises(NotAllowed):
            ANSWER.fill(asked)
        return
    answer = ANSWER.fill(asked)
    ANSWER.check(answer, asked)
    assert set(answer.invoices) <= {i.number for i in case.open_invoices}
    assert len(answer.invoices) <= 20
    assert set(answer.documents) <= set(answer.invoices)
    assert len(answer.documents) <= 5
    assert not answer.documents or (stored and topic is QuestionTopic.HOW_TO_PAY)
    assert ANSWER.attachments(answer) == answer.documents


def test_an_answer_that_somebody_bent_is_refused() -> None:
    asked = ask(
        claim(Reason.QUESTION, invoices=NAMED, topic=QuestionTopic.DUE_DATE), case=facts(invoice(), invoice("F-5502"))
    )
    answer = ANSWER.fill(asked)
    for bent in ({"topic": QuestionTopic.HOW_TO_PAY}, {"invoices": ("F-5502",)}, {"documents": NAMED}):
        with pytest.raises(NotAllowed):
            ANSWER.check(answer.model_copy(update=bent), asked)


@pytest.mark.parametrize(
    ("given", "case", "why"),
    [
        (claim(Reason.QUESTION), facts(), "does not know"),
        (claim(Reason.PAYMENT_IN_PROCESS, topic="balance"), facts(), "does not ask how to pay"),
        (claim(Reason.QUESTION, topic="due_date", invoices=("F-9999",)), facts(), "no open invoice"),
        (claim(Reason.QUESTION, topic="due_date", invoices=("F-5501", "F-9999")), facts(), "is not open"),
        (claim(Reason.QUESTION, topic="statement"), facts(invoice(balance="0.00")), "no open invoice"),
        (
            claim(Reason.QUESTION, topic="balance"),
            facts(invoice(), invoice("F-2", currency="EUR")),
            "several currencies",
        ),
        (
            claim(Reason.QUESTION, topic="terms"),
            facts(invoice(issue_date=TODAY - timedelta(days=40))),
            "no payment terms",
        ),
        (claim(Reason.QUESTION, topic="statement"), facts(*(invoice(f"F-{n}") for n in range(21))), "more than 20"),
    ],
)
def test_what_the_books_do_not_know_goes_to_a_person(given: Any, case: Any, why: str) -> None:
    assert why in (ANSWER.refusal(ask(given, case=case)) or "")


def test_how_much_is_open_without_an_invoice_is_answered_with_all_of_them() -> None:
    case = facts(invoice(), invoice("F-5502", due_date=TODAY + timedelta(days=20)))
    whole = ANSWER.fill(ask(claim(Reason.QUESTION, topic="balance"), case=case))
    assert (whole.topic, whole.invoices) == (QuestionTopic.STATEMENT, ("F-5501", "F-5502"))
    one = ANSWER.fill(ask(claim(Reason.QUESTION, topic="balance", invoices=NAMED), case=case))
    assert (one.topic, one.invoices) == (QuestionTopic.BALANCE, NAMED)


@pytest.mark.parametrize("reason", sorted(STOP.reasons))
def test_a_stop_is_for_what_the_customer_wrote(reason: Reason) -> None:
    asked = ask(claim(reason, "their words"))
    stop = STOP.fill(asked)
    STOP.check(stop, asked)
    assert stop.summary == "their words"
    assert STOP.at_approval
    assert STOP.tells(stop) is (reason is Reason.STOP_CONTACT)
    assert ROUTES[reason][0].value in STOP.preview(stop, facts())
    for other in set(Reason) - {reason}:
        with pytest.raises(NotAllowed):
            STOP.check(stop.model_copy(update={"reason": other}), asked)


def test_limits_refuse_what_is_unreasonable() -> None:
    for bad in ({"max_days": 91}, {"payment_in_process_days": 0}, {"times": 0}, {"unknown": 1}):
        with pytest.raises(ValueError, match="hold"):
            Policy.model_validate({"hold": bad})
    assert Policy(hold=HoldLimits(max_days=3)).digest() != Policy().digest()
    assert Decimal(Policy().hold.max_days) >= Policy().hold.payment_in_process_days
