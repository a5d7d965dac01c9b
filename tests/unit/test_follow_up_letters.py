"""The words of follow-ups: every kind, reason, mood and language can be sent as it stands."""

from __future__ import annotations

import unicodedata
from itertools import product

import pytest

from agent.language import language_of
from prompts.next_step import NextStep, next_step_for
from prompts.replies import ReplyPart, write_reply
from prompts.slots import fill, invoice_slot, literal_text, slots_in
from prompts.wording import LOCALES
from store.aftermath import FollowupKind
from store.proposed import Tone
from store.vocabulary import DisputeKind, MissingPiece, Reason, Register
from tests.unit.letter_scope import BOTH, ONE, letter_scope
from tools.follow_up import CREDITED_IN_FULL, NOT_DUE, SETTLED_FIRST

#: What each kind goes back to in the customer's mail, and the slots that its letter must hold.
KINDS: dict[str, tuple[tuple[Reason, ...], set[str]]] = {
    FollowupKind.PROMISE_BROKEN: ((Reason.PROMISE_TO_PAY,), {"said.date", "missed.date", "missed.amount"}),
    FollowupKind.INSTALMENT_DUE: ((Reason.PLAN_REQUEST, Reason.HARDSHIP), {"next_due.date", "next_due.amount"}),
    FollowupKind.INSTALMENT_MISSED: ((Reason.PLAN_REQUEST, Reason.HARDSHIP), {"missed.date", "missed.amount"}),
    FollowupKind.PLAN_UNANSWERED: ((Reason.PLAN_REQUEST, Reason.HARDSHIP), {"offered.date"}),
    FollowupKind.RESUBMISSION_UNANSWERED: (
        (Reason.INVOICE_MISSING, Reason.PO_MISMATCH),
        {"said.date", "sent_again.date"},
    ),
    FollowupKind.QUESTION_UNANSWERED: ((Reason.UNCLEAR, Reason.WRONG_CONTACT), {"said.date"}),
    FollowupKind.CASH_NOT_FOUND: ((Reason.ALREADY_PAID,), {"said.date", "missed.amount"}),
    FollowupKind.HOLD_OVER: (
        (Reason.PAYMENT_IN_PROCESS, Reason.AWAITING_APPROVAL, Reason.AUTO_REPLY, Reason.ACKNOWLEDGEMENT),
        {"missed.date"},
    ),
    FollowupKind.DISPUTE_CREDITED: (
        (Reason.DISPUTE, Reason.DEDUCTION),
        {"said.date", "dispute.credit", "undisputed.balance"},
    ),
    CREDITED_IN_FULL: ((Reason.DISPUTE, Reason.DEDUCTION), {"said.date", "dispute.credit"}),
    FollowupKind.DISPUTE_REJECTED: ((Reason.DISPUTE, Reason.DEDUCTION), {"said.date"}),
    FollowupKind.DISPUTE_WITHDRAWN: ((Reason.DISPUTE,), {"said.date"}),
    NOT_DUE: ((Reason.DISPUTE,), {"said.date", *slots_in(invoice_slot(ONE[0], "due_date"))}),
    FollowupKind.CONTACT_VERIFIED: ((Reason.WRONG_CONTACT,), {"company.name", "customer.name"}),
    FollowupKind.PORTAL_REJECTED: ((Reason.PORTAL_SUBMISSION,), set()),
    FollowupKind.SETTLEMENT: (
        (Reason.SETTLEMENT_OFFER, Reason.HARDSHIP),
        {"said.date", "settlement.amount", "settlement.date", "undisputed.balance"},
    ),
    SETTLED_FIRST: ((Reason.UNCLEAR,), {"settlement.amount", "settlement.date", "undisputed.balance"}),
}
TERMS = frozenset(
    {"said.date", "missed.date", "missed.amount", "next_due.date", "next_due.amount", "offered.date"}
    | {"settlement.amount", "settlement.date", "sent_again.date", "dispute.credit", "undisputed.balance", "portal.name"}
)
NEVER_ASKS = {FollowupKind.INSTALMENT_DUE, FollowupKind.SETTLEMENT, SETTLED_FIRST, CREDITED_IN_FULL, NOT_DUE}
THREATS = ("final notice", "last reminder", "letzte mahnung", "dernier rappel", "último aviso", "laatste aanmaning")
LETTERS = [(kind, reason) for kind, (reasons, _) in KINDS.items() for reason in reasons]


def part(kind: str, reason: Reason, **changes: object) -> ReplyPart:
    values: dict[str, object] = {
        "reason": reason,
        "tool": "follow_up",
        "variant": kind,
        "invoices": ONE,
        "terms": TERMS,
        "dispute_kind": DisputeKind.PRICING,
        "missing": MissingPiece.ORDER_NUMBER,
        "attachment": kind == FollowupKind.CONTACT_VERIFIED,
    }
    return ReplyPart.model_validate(values | changes)


def letter(kind: str, reason: Reason, language: str, register: Register = Register.NEUTRAL, **changes: object) -> str:
    return write_reply([part(kind, reason, **changes)], language=language, tone=Tone(register=register), figures=True)


def words_of(body: str) -> str:
    """Give the letter without greeting and signature."""
    return "\n\n".join(body.split("\n\n")[1:-2])


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(("kind", "reason"), LETTERS)
def test_every_letter_can_be_sent_as_it_stands(kind: str, reason: Reason, language: str) -> None:
    for register, invoices in product(Register, (ONE, BOTH, ())):
        body = letter(kind, reason, language, register, invoices=invoices)
        filled = fill(body, letter_scope(language, covered=invoices))
        assert filled.faults == (), (register, invoices)
        literal = literal_text(body)
        assert not any(unicodedata.category(c) in ("Nd", "Nl", "No") for c in literal), literal
        assert "[[" not in filled.text
        assert "[%" not in filled.text
        assert "  " not in filled.text
        assert " ." not in filled.text
        assert not any(threat in filled.text.lower() for threat in THREATS)
        assert language_of(literal, default=language) == language


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(("kind", "reason"), LETTERS)
def test_it_goes_back_to_what_was_said_and_names_the_facts(kind: str, reason: Reason, language: str) -> None:
    slots = set(slots_in(letter(kind, reason, language)))
    assert KINDS[kind][1] <= slots
    assert ("deadline.date" in slots) == (kind not in NEVER_ASKS)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(("kind", "reason"), LETTERS)
def test_nobody_is_thanked_for_a_message_that_they_did_not_write(kind: str, reason: Reason, language: str) -> None:
    ordinary = write_reply(
        [ReplyPart(reason=Reason.QUESTION, tool="escalate_to_human", invoices=ONE)],
        language=language,
        tone=Tone(),
        figures=True,
    )
    greeting, thanks = ordinary.split("\n\n")[:2]
    body = letter(kind, reason, language)
    assert body.startswith(greeting + "\n\n")
    assert not words_of(body).startswith(thanks)


@pytest.mark.parametrize("language", LOCALES)
def test_every_kind_has_words_of_its_own_in_every_language(language: str) -> None:
    said = {kind: words_of(letter(kind, reasons[0], language)) for kind, (reasons, _) in KINDS.items()}
    assert len(set(said.values())) == len(said)
    assert all(len(literal_text(words)) > 60 for words in said.values())
    # Where we write first the words are those of remind.txt.
    assert set(FollowupKind) - {FollowupKind.OUTREACH} <= set(KINDS)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("kind", [FollowupKind.PROMISE_BROKEN, FollowupKind.INSTALMENT_MISSED])
def test_a_broken_word_is_met_more_firmly_when_the_mood_says_so(kind: FollowupKind, language: str) -> None:
    reason = KINDS[kind][0][0]
    firm, warm = (letter(kind, reason, language, register) for register in (Register.FIRM, Register.WARM))
    assert words_of(firm).split("\n\n")[0] != words_of(warm).split("\n\n")[0]
    hard = letter(FollowupKind.INSTALMENT_MISSED, Reason.HARDSHIP, language, Register.FIRM)
    assert hard == letter(FollowupKind.INSTALMENT_MISSED, Reason.HARDSHIP, language, Register.WARM)


@pytest.mark.parametrize("language", LOCALES)
def test_every_question_is_asked_in_words_of_its_own(language: str) -> None:
    kind = FollowupKind.QUESTION_UNANSWERED
    assert len({letter(kind, Reason.UNCLEAR, language, missing=piece) for piece in MissingPiece}) == len(MissingPiece)


@pytest.mark.parametrize("language", LOCALES)
def test_a_promise_without_a_sum_names_none(language: str) -> None:
    body = letter(FollowupKind.PROMISE_BROKEN, Reason.PROMISE_TO_PAY, language, terms=TERMS - {"missed.amount"})
    assert "missed.amount" not in slots_in(body)
    assert fill(body, letter_scope(language)).faults == ()


@pytest.mark.parametrize(("kind", "reason"), LETTERS)
def test_one_next_step(kind: str, reason: Reason) -> None:
    wanted = {
        FollowupKind.INSTALMENT_DUE: NextStep.NONE,
        CREDITED_IN_FULL: NextStep.NONE,
        NOT_DUE: NextStep.NONE,
        FollowupKind.SETTLEMENT: NextStep.NONE,
        SETTLED_FIRST: NextStep.NONE,
        FollowupKind.PLAN_UNANSWERED: NextStep.YOUR_ANSWER,
        FollowupKind.QUESTION_UNANSWERED: NextStep.YOUR_ANSWER,
        FollowupKind.CASH_NOT_FOUND: NextStep.YOUR_ANSWER,
        FollowupKind.PORTAL_REJECTED: NextStep.YOUR_ANSWER,
    }
    assert next_step_for([part(kind, reason)]) is wanted.get(kind, NextStep.PAYMENT_DATE)
