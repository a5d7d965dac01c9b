"""The words of reminders: every step, mood, language and number of invoices can be sent as it stands, and passes the rules."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest

from agent.language import language_of
from agent.rules import asking_words, legal_words
from agent.rules.book import judge
from agent.rules.reading import folded
from prompts.replies import ReplyPart, write_reply
from prompts.slots import fill, literal_text, slots_in
from prompts.wording import LOCALES
from store.aftermath import FollowupKind
from store.facts import CaseFacts
from store.matter_facts import FollowupFacts
from store.outreach_around import OutreachFacts
from store.outreach_words import Channel, OutreachStep
from store.proposed import Claim, ProposedAction, Tone
from store.terms import Cash
from store.vocabulary import MissingPiece, Reason, Register, Severity
from tests.cases import TODAY, facts, invoice
from tests.unit.letter_scope import BOTH, ONE, letter_scope
from tests.unit.rules.drafts import letter as ruled
from tests.unit.test_replies import FORBIDDEN
from tools.remind import AskedLine, RemindArguments

STEPS = tuple(step for step in OutreachStep if step not in (OutreachStep.REVIEW, OutreachStep.HAND_OFF))
#: Steps before money is late: nothing in them may sound like a demand.
EARLY = (OutreachStep.VERIFY, OutreachStep.BEFORE_DUE, OutreachStep.DUE_TODAY)
TERMS = {
    "asked.amount": Cash(Decimal("11906.50"), "EUR"),
    "credit.amount": Cash(Decimal("120.00"), "EUR"),
    "reminded.date": date(2026, 3, 2),
}
PAIRS = [(language, step) for language in LOCALES for step in STEPS]
LINES = "{{ covered.lines }}"
FINAL = Register.FINAL


def register_of(step: OutreachStep) -> Register:
    if step is OutreachStep.FINAL_NOTICE:
        return FINAL
    firm = (OutreachStep.FIRMER, OutreachStep.HOLD_AHEAD, OutreachStep.STILL_OPEN)
    return Register.FIRM if step in firm else Register.NEUTRAL


def part(step: OutreachStep, **changes: object) -> ReplyPart:
    values: dict[str, object] = {
        "reason": Reason.UNCLEAR,
        "tool": "remind",
        "variant": step.value,
        "invoices": ONE,
        "terms": frozenset(TERMS),
    }
    return ReplyPart.model_validate(values | changes)


def body_of(step: OutreachStep, language: str, register: Register | None = None, **changes: object) -> str:
    tone = Tone(register=register or register_of(step))
    return write_reply([part(step, **changes)], language=language, tone=tone, figures=True)


@pytest.mark.parametrize(("language", "step"), PAIRS)
def test_every_reminder_can_be_sent_as_it_stands(language: str, step: OutreachStep) -> None:
    for register, invoices, copies, terms in product(
        Register, (ONE, BOTH), (False, True), (frozenset[str](), frozenset(TERMS))
    ):
        body = body_of(step, language, register, invoices=invoices, attachment=copies, terms=terms)
        literal = literal_text(body)
        assert not re.search(r"\d|[€$£¥@]|://|www\.|[A-Z]{4,}|!|\[\[|\]\]|\[%|%\]|\{|\}", literal), literal
        assert not re.search(rf"(?<![\w-])(?:{FORBIDDEN[language]})(?![\w-])", literal, re.IGNORECASE), literal
        filled = fill(body, letter_scope(language, covered=invoices, terms=TERMS))
        assert filled.faults == ()
        assert f"\n\n{LINES}\n\n" in body, "the invoices stand in a paragraph of their own, once"
        assert body.count(LINES) == 1
        assert not re.search(r"[ \t]\n|^\s| {2}| [,.]|\.\.|,,|\n\n\n", filled.text), filled.text
        assert filled.text.count("\n\n") <= 13
        assert language_of(literal, default="none") == language


@pytest.mark.parametrize(("language", "step"), PAIRS)
def test_only_the_last_one_says_that_it_is_the_last_and_early_ones_demand_nothing(
    language: str, step: OutreachStep
) -> None:
    said = folded(literal_text(body_of(step, language, invoices=BOTH)))

    def hits(words: dict[str, str]) -> int:
        return len(re.findall(rf"(?<!\w)(?:{words[language]})(?!\w)", said))

    assert hits(dict(legal_words.FINAL)) == (step is OutreachStep.FINAL_NOTICE)
    if step in EARLY:
        assert not hits(dict(asking_words.DEMAND))
        assert not hits(dict(asking_words.OVERDUE))


@pytest.mark.parametrize("language", LOCALES)
def test_every_step_has_words_of_its_own(language: str) -> None:
    said = [body_of(step, language) for step in STEPS]
    assert len(set(said)) == len(STEPS)
    assert len({body_of(OutreachStep.FIRMER, language, register) for register in (Register.FIRM, Register.WARM)}) == 2


@pytest.mark.parametrize("language", LOCALES)
def test_a_figure_is_named_only_where_there_is_one(language: str) -> None:
    for step in STEPS:
        assert not {"asked.amount", "reminded.date", "credit.amount"} & set(
            slots_in(body_of(step, language, invoices=BOTH, terms=frozenset()))
        )
    told = set(slots_in(body_of(OutreachStep.FIRMER, language, invoices=BOTH)))
    assert {"asked.amount", "reminded.date", "credit.amount", "covered.lines"} <= told


NEEDED = {
    "en": "if you need", "de": "falls Sie", "fr": "s'il vous", "es": "si", "it": "se Le serve", "nl": "nodig", "pt": "se precisar",
}  # fmt: skip


@pytest.mark.parametrize("missing", [None, MissingPiece.CONTACT, MissingPiece.ORDER_NUMBER])
@pytest.mark.parametrize("language", LOCALES)
def test_an_order_number_is_asked_for_only_where_they_need_one(language: str, missing: MissingPiece | None) -> None:
    """Many invoices bear none, and need none: nobody is asked whether a number is right that is not there."""
    for invoices in (ONE, BOTH):
        body = body_of(OutreachStep.VERIFY, language, invoices=invoices, missing=missing)
        question = next(p for p in body.split("\n\n") if "?" in p or "Bescheid" in p)
        assert NEEDED[language].casefold() in question.casefold()
        assert len(re.findall(r"[.?](?:\s|$)", question)) == (2 if missing is MissingPiece.ORDER_NUMBER else 3)
        other = body_of(OutreachStep.VERIFY, language, invoices=invoices, missing=MissingPiece.ORDER_NUMBER)
        assert (body == other) is (missing is MissingPiece.ORDER_NUMBER)


# --- the rules that every mail must pass --------------------------------------------------------------------------------


def case_of(step: OutreachStep, *, many: bool) -> CaseFacts:
    days = {OutreachStep.VERIFY: -12, OutreachStep.BEFORE_DUE: -3, OutreachStep.DUE_TODAY: 0}.get(step, 40)
    due = TODAY - timedelta(days=days)
    open_ones = [invoice(due_date=due), *([invoice("F-5502", "120.50", due_date=due)] if many else [])]
    numbers = tuple(i.number for i in open_ones)
    woken = FollowupFacts(
        kind=FollowupKind.OUTREACH,
        subject_id=1,
        invoices=numbers,
        claim=Claim(reason=Reason.UNCLEAR, evidence="", confidence=0),
        day=TODAY,
        since=TODAY,
        outreach=OutreachFacts(step=step, channel=Channel.MAIL, day=TODAY, invoices=numbers),
    )
    return facts(*open_ones, followup=woken, sender_contact=None, newest_message=None)


def action_of(step: OutreachStep, case: CaseFacts) -> ProposedAction:
    lines = tuple(
        AskedLine(number=i.number, due=i.due_date, open=i.balance, currency=i.currency, days=i.days_overdue(TODAY))
        for i in case.invoices
    )
    asked = RemindArguments(
        step=step,
        invoices=tuple(line.number for line in lines),
        lines=lines,
        reminded_on=TODAY - timedelta(days=9),
    )
    return ProposedAction(tool="remind", arguments=asked.model_dump(mode="json"), claims=(), preview="Reminds.")


@pytest.mark.parametrize(("language", "step"), PAIRS)
def test_every_reminder_passes_every_rule_with_real_facts(language: str, step: OutreachStep) -> None:
    for many in (False, True):
        case = case_of(step, many=many)
        numbers = tuple(i.number for i in case.invoices)
        body = body_of(step, language, invoices=numbers, terms=frozenset({"asked.amount", "reminded.date"}))
        out = ruled(
            language=language,
            by="template",
            case=case,
            actions=(action_of(step, case),),
            register=register_of(step),
            body=body,
            subject="",
        )
        assert [f.text for f in judge(out) if f.severity in (Severity.BLOCK, Severity.MANAGER)] == []
        assert all(number in out.draft.rendered for number in numbers)
