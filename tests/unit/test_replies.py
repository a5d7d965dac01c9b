from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from agent.textual import bank_detail_in, link_in
from prompts.loader import reply_templates
from prompts.next_step import ANSWERED_ALONE, NextStep, next_step_for
from prompts.replies import WORDED_TOOLS, ReplyPart, signature_block, write_reply
from prompts.slots import fill, ledger_slots, literal_text, slots_in
from prompts.subjects import MAX_SUBJECT, reply_subject
from prompts.wording import LOCALES
from store.proposed import Tone
from store.vocabulary import DisputeKind, DocumentKind, MissingPiece, QuestionTopic, Reason, Register
from tests.unit.letter_scope import BOTH, ONE, letter_scope

LANGUAGES = sorted(LOCALES)
SIGNATURE = "Maren Vos\nAccounts Receivable\nNordholt Industrial Supply Ltd\nQuay Road, Bristol\n"

#: Which tools may answer a reason now, besides escalate_to_human, which may answer any.
TOOLS = {
    Reason.PROMISE_TO_PAY: ("record_promise", "ask_back"),
    Reason.ALREADY_PAID: ("check_payment",),
    Reason.PAYMENT_IN_PROCESS: ("hold_outreach", "answer_question"),
    Reason.AWAITING_APPROVAL: ("hold_outreach", "resubmit_invoice"),
    Reason.ACKNOWLEDGEMENT: ("hold_outreach",),
    Reason.QUESTION: ("answer_question",),
    Reason.DOCUMENT_REQUEST: ("send_documents", "ask_back"),
    Reason.UNCLEAR: ("ask_back",),
    Reason.STOP_CONTACT: ("stop_contact",),
    Reason.DEDUCTION: ("open_dispute",),
    Reason.DISPUTE: ("open_dispute", "send_documents"),
    Reason.PO_MISMATCH: ("resubmit_invoice", "ask_back"),
    Reason.WRONG_CONTACT: ("update_contact", "ask_back"),
    Reason.INVOICE_MISSING: ("resubmit_invoice",),
    Reason.PORTAL_SUBMISSION: ("submit_to_portal", "resubmit_invoice"),
    Reason.HARDSHIP: ("propose_payment_plan",),
    Reason.PLAN_REQUEST: ("propose_payment_plan",),
}

SENT = ("proof_of_delivery", "statement", "w9", "vendor_form", "contract", "several")
CHECKS = ("applied", "applied_part", "found", "found_part", "possible", "not_found")
PORTALS = ("will_submit", "needs_supplier_number", "needs_po", "already_submitted", "rejected_there")
CHECKED = frozenset({"payment.amount", "payment.date", "payment.reference", "undisputed.balance"})

# No figure as a word, no threat, no debt-collection vocabulary: a coarse net over what we wrote ourselves.
FORBIDDEN = {
    "en": r"two|three|four|five|six|seven|eight|nine|ten|dozen|half|lawyers?|solicitors?|attorneys?|courts?|sue|bailiff|"
    r"legal|settle\w*|waive\w*|discount|interest|final notice|liab\w+|our mistake|our error|insolven\w+",
    "de": r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|hälfte|anwalt\w*|gericht\w*|klage|mahnbescheid|inkasso\w*|"
    r"rechtlich\w*|vergleich|skonto|rabatt|zinsen|schuld\w*|haft\w+|insolven\w+|du|dir|dich|euch",
    "fr": r"deux|trois|quatre|cinq|six|sept|huit|neuf|dix|moitié|avocat\w*|tribuna\w+|huissier\w*|poursuites?|juridique\w*|"
    r"mise en demeure|remise|intérêts|responsabilité|insolvab\w+|faillite|tu|toi|ton|tes",
    "es": r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|mitad|abogad\w+|juzgado\w*|tribunal\w*|demanda\w*|judicial\w*|"
    r"descuento|quita|intereses|responsabilidad|insolven\w+|tú|te|tu|vosotros",
    "nl": r"twee|drie|vier|vijf|zes|zeven|acht|negen|tien|helft|advoca\w+|rechtbank\w*|rechter\w*|deurwaarder\w*|incasso\w*|"
    r"juridisch\w*|schikking|korting|rente|aansprakelijk\w*|faillissement|je|jij|jou|jullie",
    "it": r"due|tre|quattro|cinque|sei|sette|otto|nove|dieci|metà|avvocat\w+|tribunal\w+|legal\w+|decreto|sconto|interessi|"
    r"responsabilità|insolvenza|fallimento|tu|ti|tuo|tua",
    "pt": r"dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|metade|advogad\w+|tribuna\w+|judicial\w*|processual|desconto|"
    r"juros|responsabilidade|insolvência|falência|tu|te|teu|tua",
}
DEADLINE_SLOT = "deadline.date"


def tone(register: Register = Register.NEUTRAL) -> Tone:
    return Tone(register=register)


def parts_for(reason: Reason, tool: str) -> Iterator[ReplyPart]:
    """Every variant that a template distinguishes for this reason and tool."""
    kinds = tuple(DisputeKind) if reason is Reason.DISPUTE else (None,)
    documents = tuple(DocumentKind) if reason is Reason.DOCUMENT_REQUEST else (None,)
    flags = (False, True)
    for invoices, kind, document in itertools.product((ONE, BOTH, ()), kinds, documents):
        part = ReplyPart(reason=reason, tool=tool, invoices=invoices, dispute_kind=kind, document=document)
        match tool:
            case "resubmit_invoice":
                for new_po, attached in itertools.product(flags if invoices else (False,), flags):
                    yield part.model_copy(update={"has_new_po": new_po, "attachment": attached})
                ways = ("corrected", "reissue") if reason is Reason.PO_MISMATCH else ("copy",)
                for way in ways if invoices else ():
                    yield part.model_copy(
                        update={"variant": way, "has_new_po": way != "copy", "attachment": way == "copy"}
                    )
            case "send_documents":
                for sent in SENT if reason is Reason.DOCUMENT_REQUEST else SENT[:1]:
                    yield part.model_copy(update={"variant": sent})
            case "submit_to_portal":
                for variant, terms in itertools.product(PORTALS, (frozenset({"portal.name"}), frozenset[str]())):
                    yield part.model_copy(update={"variant": variant, "terms": terms})
            case "record_promise":
                yield from (part.model_copy(update={"has_amount": flag}) for flag in flags)
            case "check_payment":
                for variant, terms in itertools.product(CHECKS, (CHECKED, frozenset({"payment.amount"}))):
                    yield part.model_copy(update={"variant": variant, "terms": terms})
                yield part.model_copy(update={"variant": "applied"})
            case "ask_back":
                yield from (part.model_copy(update={"missing": piece}) for piece in MissingPiece)
            case "answer_question":
                for topic, attached in itertools.product(QuestionTopic, flags):
                    yield part.model_copy(update={"topic": topic, "attachment": attached})
            case "update_contact":
                yield from (part.model_copy(update={"has_new_contact": flag}) for flag in flags)
            case _:
                yield part


def all_parts() -> Iterator[ReplyPart]:
    for reason in Reason:
        for tool in (*TOOLS.get(reason, ()), "escalate_to_human"):
            yield from parts_for(reason, tool)


@lru_cache(maxsize=1)
def identifier() -> LanguageIdentifier:
    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    found.set_languages(LANGUAGES)
    return found


def check_letter(body: str, language: str) -> str:
    """Hold what every letter must satisfy, and give it as the customer would read it."""
    written = literal_text(body)
    assert not re.search(r"\d|[€$£¥@]|://|www\.|[A-Z]{4,}|!|\[\[|\]\]|\[%|%\]|\{|\}", written), written
    assert not re.search(rf"(?<![\w-])(?:{FORBIDDEN[language]})(?![\w-])", written, re.IGNORECASE), written
    result = fill(body, letter_scope(language))
    assert result.faults == (), body
    text = result.text
    assert text.endswith(SIGNATURE)
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]\n|^\s| {2}| [,.]|\.\.|,,", text), text
    assert len(text) <= 1_500
    assert text.count("\n\n") <= 10
    return text


@pytest.mark.parametrize("register", list(Register))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_can_go_out_as_it_is(language: str, register: Register) -> None:
    seen = set()
    for part in all_parts():
        body = write_reply([part], language=language, tone=tone(register), figures=True)
        text = check_letter(body, language)
        for number in (
            part.invoices if part.tool in {"resubmit_invoice", "open_dispute", "propose_payment_plan"} else ()
        ):
            assert number in text
        seen.add(text)
        assert identifier().classify(text)[0] == language, text
    assert len(seen) > len(Reason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slots_that_carry_the_answer_are_there(language: str) -> None:
    def slots(reason: Reason, tool: str, **more: object) -> set[str]:
        part = ReplyPart(reason=reason, tool=tool, invoices=ONE).model_copy(update=more)
        return set(slots_in(write_reply([part], language=language, tone=tone(), figures=True)))

    assert {"promise.date", "promise.amount"} <= slots(Reason.PROMISE_TO_PAY, "record_promise", has_amount=True)
    assert "promise.amount" not in slots(Reason.PROMISE_TO_PAY, "record_promise")
    plan = slots(Reason.HARDSHIP, "propose_payment_plan")
    assert {"plan.schedule", "plan.total", DEADLINE_SLOT} <= plan
    assert 'inv["INV-20419"].new_po' in slots(Reason.PO_MISMATCH, "resubmit_invoice", has_new_po=True)
    copied = slots(Reason.INVOICE_MISSING, "resubmit_invoice", attachment=True)
    assert {'inv["INV-20419"].balance', 'inv["INV-20419"].due_date', DEADLINE_SLOT} <= copied
    assert "new_contact.name" in slots(Reason.WRONG_CONTACT, "update_contact", has_new_contact=True)
    assert DEADLINE_SLOT in slots(Reason.QUESTION, "escalate_to_human")
    for reason in (Reason.PAYMENT_IN_PROCESS, Reason.AWAITING_APPROVAL, Reason.ACKNOWLEDGEMENT):
        assert "hold.until" in slots(reason, "hold_outreach")
    told = {topic: slots(Reason.QUESTION, "answer_question", topic=topic) for topic in QuestionTopic}
    for topic, needed in (
        (QuestionTopic.DUE_DATE, {"due_date", "balance"}),
        (QuestionTopic.BALANCE, {"due_date", "balance"}),
        (QuestionTopic.TERMS, {"term_days", "due_date"}),
        (QuestionTopic.STATEMENT, {"issue_date", "due_date", "balance"}),
    ):
        assert {f'inv["INV-20419"].{field}' for field in needed} <= told[topic]
    assert "account.balance" in told[QuestionTopic.STATEMENT]
    assert all(DEADLINE_SLOT in found for found in told.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_holding_answer_names_no_amount(language: str) -> None:
    for reason in Reason:
        for part in parts_for(reason, "escalate_to_human"):
            body = write_reply([part], language=language, tone=tone(), figures=True)
            told = {re.sub(r'\["[^"]+"\]', "", slot) for slot in ledger_slots(body)}
            assert told <= {"contact.salutation", "inv.number", DEADLINE_SLOT}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_own_holding_answer(language: str) -> None:
    bodies = {
        reason: write_reply(
            [ReplyPart(reason=reason, tool="escalate_to_human")], language=language, tone=tone(), figures=True
        )
        for reason in Reason
    }
    assert len(set(bodies.values())) == len(Reason)
    default = (
        reply_templates()
        .get_template(f"{language}/escalate_to_human.txt")
        .render(p={"reason": "no such", "variant": "", "many": False, "said_before": False})
    )
    assert not any(default.strip() in body for body in bodies.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_answered_before_is_not_said_again(language: str) -> None:
    parts = [ReplyPart(reason=Reason.SETTLEMENT_OFFER, tool="escalate_to_human", said_before=b) for b in (False, True)]
    first, again = (write_reply([part], language=language, tone=tone(), figures=True) for part in parts)
    assert len(again) < len(first)
    alone = [ReplyPart(reason=Reason.LEGAL_THREAT, tool="escalate_to_human", said_before=b) for b in (False, True)]
    assert len({write_reply([part], language=language, tone=tone(), figures=True) for part in alone}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ANSWERED_ALONE)
def test_what_is_answered_alone_asks_for_nothing(reason: Reason, language: str) -> None:
    part = ReplyPart(reason=reason, tool="escalate_to_human", invoices=ONE)
    alone = write_reply([part], language=language, tone=tone(Register.FINAL), figures=True)
    crowd = [
        ReplyPart(reason=Reason.INVOICE_MISSING, tool="resubmit_invoice", invoices=BOTH, attachment=True),
        part,
        ReplyPart(reason=Reason.PROMISE_TO_PAY, tool="record_promise", invoices=BOTH, has_amount=True),
    ]
    assert write_reply(crowd, language=language, tone=tone(Register.WARM), figures=True) == alone
    assert write_reply(crowd, language=language, tone=tone(), figures=True, next_step=NextStep.PAYMENT_DATE) == alone
    assert ledger_slots(alone) == ["contact.salutation"]


def test_the_most_careful_reason_is_the_one_that_is_answered() -> None:
    crowd = [ReplyPart(reason=reason, tool="escalate_to_human") for reason in reversed(ANSWERED_ALONE)]
    body = write_reply(crowd, language="en", tone=tone(), figures=True)
    assert "Our bank details have not changed" in body
    assert "please call us on the telephone number that you already have on file" in body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("register", [Register.FIRM, Register.FINAL])
def test_a_letter_about_contested_money_demands_nothing(register: Register, language: str) -> None:
    contested = ReplyPart(reason=Reason.DISPUTE, tool="open_dispute", invoices=ONE, dispute_kind=DisputeKind.PRICING)
    copied = ReplyPart(reason=Reason.INVOICE_MISSING, tool="resubmit_invoice", invoices=("DE-70311",), attachment=True)
    for wished in (None, NextStep.PAYMENT_DATE, NextStep.YOUR_ANSWER, NextStep.WE_REPLY):
        body = write_reply([contested, copied], language=language, tone=tone(register), figures=True, next_step=wished)
        assert body == write_reply([contested, copied], language=language, tone=tone(), figures=True)
        assert 'inv["INV-20419"].balance' not in slots_in(body)
        check_letter(body, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardship_softens_every_register(language: str) -> None:
    part = ReplyPart(reason=Reason.HARDSHIP, tool="escalate_to_human")
    assert len({write_reply([part], language=language, tone=tone(r), figures=True) for r in Register}) == 1
    other = ReplyPart(reason=Reason.PLAN_REQUEST, tool="escalate_to_human")
    assert len({write_reply([other], language=language, tone=tone(r), figures=True) for r in Register}) == len(Register)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unproven_sender_learns_nothing(language: str) -> None:
    letters = {
        write_reply([part], language=language, tone=tone(register), figures=False, next_step=step)
        for part in all_parts()
        for register in (Register.WARM, Register.FINAL)
        for step in (None, NextStep.PAYMENT_DATE)
    }
    assert len(letters) == 1
    (body,) = letters
    assert ledger_slots(body) == []
    assert identifier().classify(check_letter(body, language))[0] == language


def test_mails_of_several_parts_are_one_mail() -> None:
    parts = [
        ReplyPart(reason=Reason.HARDSHIP, tool="propose_payment_plan", invoices=ONE),
        ReplyPart(reason=Reason.PLAN_REQUEST, tool="propose_payment_plan", invoices=BOTH),
        ReplyPart(reason=Reason.QUESTION, tool="escalate_to_human", invoices=("DE-70311",)),
        ReplyPart(reason=Reason.QUESTION, tool="escalate_to_human", invoices=ONE),
        ReplyPart(reason=Reason.ACKNOWLEDGEMENT, tool="no_reply"),
    ]
    for language in LANGUAGES:
        body = write_reply(parts, language=language, tone=tone(), figures=True)
        text = check_letter(body, language)
        assert slots_in(body).count("plan.schedule") == 1
        assert slots_in(body).count(DEADLINE_SLOT) == 1
        assert slots_in(body).count("contact.salutation") == 1
        assert text.count("INV-20419") == 2


def test_only_the_first_promise_is_the_one_that_the_slots_name() -> None:
    parts = [
        ReplyPart(reason=Reason.PROMISE_TO_PAY, tool="record_promise", invoices=ONE, has_amount=True),
        ReplyPart(reason=Reason.PROMISE_TO_PAY, tool="record_promise", invoices=("DE-70311",), has_amount=True),
    ]
    for language in LANGUAGES:
        body = write_reply(parts, language=language, tone=tone(), figures=True)
        assert slots_in(body).count("promise.date") == slots_in(body).count("promise.amount") == 1
        assert 'inv["DE-70311"].number' in slots_in(body)
        check_letter(body, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_asking_back_asks_one_question_with_a_date(language: str) -> None:
    parts = [
        ReplyPart(reason=Reason.PROMISE_TO_PAY, tool="ask_back", invoices=ONE, missing=MissingPiece.PAYMENT_DATE),
        ReplyPart(
            reason=Reason.PO_MISMATCH, tool="ask_back", invoices=("DE-70311",), missing=MissingPiece.ORDER_NUMBER
        ),
    ]
    for asked in (parts[:1], parts[1:], parts):
        body = write_reply(asked, language=language, tone=tone(), figures=True)
        assert check_letter(body, language).count("?") == 1
        assert slots_in(body).count(DEADLINE_SLOT) == 1
    for piece in MissingPiece:
        one = parts[0].model_copy(update={"missing": piece})
        for register in Register:
            body = write_reply([one], language=language, tone=tone(register), figures=True)
            assert check_letter(body, language).count("?") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_to_pay_names_no_bank_details(language: str) -> None:
    for invoices, attached in itertools.product((ONE, BOTH), (False, True)):
        part = ReplyPart(
            reason=Reason.QUESTION,
            tool="answer_question",
            invoices=invoices,
            topic=QuestionTopic.HOW_TO_PAY,
            attachment=attached,
        )
        body = write_reply([part], language=language, tone=tone(), figures=True)
        assert bank_detail_in(literal_text(body)) is None
        assert link_in(literal_text(body)) is None
        told = {slot.rpartition(".")[2] for slot in ledger_slots(body)}
        assert told <= {"salutation", "number", "date"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stop_is_confirmed_once_and_without_a_demand(language: str) -> None:
    stop = ReplyPart(reason=Reason.STOP_CONTACT, tool="stop_contact")
    crowd = [stop, ReplyPart(reason=Reason.QUESTION, tool="answer_question", invoices=ONE, topic=QuestionTopic.BALANCE)]
    bodies = {
        write_reply(parts, language=language, tone=tone(register), figures=True)
        for parts in ([stop], crowd)
        for register in Register
    }
    (body,) = bodies
    assert ledger_slots(body) == ["contact.salutation"]
    check_letter(body, language)
    held = write_reply(
        [stop.model_copy(update={"tool": "escalate_to_human"})], language=language, tone=tone(), figures=True
    )
    assert body != held
    for reason in (Reason.LEGAL_THREAT, Reason.INSOLVENCY):
        other = ReplyPart(reason=reason, tool="stop_contact")
        assert write_reply([other], language=language, tone=tone(), figures=True) != body


def test_no_answer_is_no_text() -> None:
    silent = [
        ReplyPart(reason=Reason.ACKNOWLEDGEMENT, tool="no_reply"),
        ReplyPart(reason=Reason.UNRELATED, tool="no_reply"),
    ]
    assert write_reply(silent, language="en", tone=tone(), figures=True) == ""
    assert write_reply(silent, language="en", tone=tone(), figures=False) == ""
    assert write_reply([], language="en", tone=tone(), figures=True) == ""


@pytest.mark.parametrize("unknown", ["sv", "", "zz-ZZ", "../de", "EN"])
def test_an_unknown_language_is_answered_in_english(unknown: str) -> None:
    parts = [ReplyPart(reason=Reason.QUESTION, tool="escalate_to_human", invoices=ONE)]
    expected = write_reply(parts, language="en", tone=tone(), figures=True)
    assert write_reply(parts, language=unknown, tone=tone(), figures=True) == expected


def test_a_tool_without_words_of_its_own_gets_the_holding_answer() -> None:
    for tool in ("no such tool", "../../secret"):
        assert tool not in WORDED_TOOLS
        parts = [ReplyPart(reason=Reason.ALREADY_PAID, tool=tool, invoices=ONE)]
        held = [parts[0].model_copy(update={"tool": "escalate_to_human"})]
        assert write_reply(parts, language="nl", tone=tone(), figures=True) == write_reply(
            held, language="nl", tone=tone(), figures=True
        )


def test_every_language_has_the_same_templates() -> None:
    names = reply_templates().list_templates()
    by_language = {lang: {n.split("/")[1] for n in names if n.startswith(f"{lang}/")} for lang in LANGUAGES}
    assert all(found == by_language["en"] for found in by_language.values())
    assert {n for n in names if "/" not in n} == {"signature.txt"}
    assert {f"{tool}.txt" for tool in WORDED_TOOLS} < by_language["en"]


def test_the_next_step_fits() -> None:
    def step(reason: Reason, tool: str, **more: object) -> NextStep:
        return next_step_for([ReplyPart(reason=reason, tool=tool).model_copy(update=more)])

    assert step(Reason.HARDSHIP, "propose_payment_plan") is NextStep.YOUR_ANSWER
    assert step(Reason.PO_MISMATCH, "resubmit_invoice") is NextStep.YOUR_ANSWER
    assert step(Reason.PO_MISMATCH, "resubmit_invoice", has_new_po=True) is NextStep.PAYMENT_DATE
    assert step(Reason.PO_MISMATCH, "resubmit_invoice", variant="corrected") is NextStep.CONFIRM
    assert step(Reason.PO_MISMATCH, "resubmit_invoice", variant="reissue") is NextStep.WE_REPLY
    assert step(Reason.INVOICE_MISSING, "resubmit_invoice", variant="copy") is NextStep.CONFIRM
    assert step(Reason.DOCUMENT_REQUEST, "send_documents", variant="w9") is NextStep.PAYMENT_DATE
    assert step(Reason.PORTAL_SUBMISSION, "submit_to_portal", variant="will_submit") is NextStep.WE_REPLY
    assert step(Reason.PORTAL_SUBMISSION, "submit_to_portal", variant="needs_po") is NextStep.YOUR_ANSWER
    assert step(Reason.PORTAL_SUBMISSION, "submit_to_portal", variant="needs_supplier_number") is NextStep.YOUR_ANSWER
    assert step(Reason.PORTAL_SUBMISSION, "submit_to_portal", variant="already_submitted") is NextStep.PAYMENT_DATE
    assert step(Reason.PORTAL_SUBMISSION, "submit_to_portal", variant="rejected_there") is NextStep.WE_REPLY
    assert step(Reason.DISPUTE, "send_documents", variant="proof_of_delivery") is NextStep.WE_REPLY
    assert step(Reason.QUESTION, "escalate_to_human") is NextStep.WE_REPLY
    assert step(Reason.QUESTION, "answer_question") is NextStep.PAYMENT_DATE
    assert step(Reason.PAYMENT_IN_PROCESS, "hold_outreach") is NextStep.NONE
    assert step(Reason.PROMISE_TO_PAY, "ask_back") is NextStep.YOUR_ANSWER
    assert step(Reason.STOP_CONTACT, "stop_contact") is NextStep.NONE
    assert step(Reason.UNCLEAR, "escalate_to_human") is NextStep.YOUR_ANSWER
    assert step(Reason.PROMISE_TO_PAY, "record_promise") is NextStep.NONE
    assert step(Reason.AUTO_REPLY, "escalate_to_human") is NextStep.NONE
    plan = ReplyPart(reason=Reason.PLAN_REQUEST, tool="propose_payment_plan")
    contested = ReplyPart(reason=Reason.DISPUTE, tool="open_dispute")
    silent = ReplyPart(reason=Reason.QUESTION, tool="no_reply")
    assert next_step_for([plan, contested]) is NextStep.WE_REPLY
    assert next_step_for([plan, ReplyPart(reason=Reason.STOP_CONTACT, tool="escalate_to_human")]) is NextStep.NONE
    assert next_step_for([silent]) is NextStep.NONE


def test_the_signature_stands_alone_for_drafts_that_a_model_wrote() -> None:
    assert fill(signature_block(), letter_scope()).text == SIGNATURE.strip()


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Overdue: INV-20413", "Re: Overdue: INV-20413"),
        ("RE: AW: Re[2]: Overdue", "Re: Overdue"),
        ("Fwd: TR: Facture", "Re: Facture"),
        ("Reminder", "Re: Reminder"),
        ("  Re :  two  spaces ", "Re: two spaces"),
        ("a\r\nBcc: x@evil.example", "Re: a Bcc: x@evil.example"),
        ("a\u202eb\x00c\u200b", "Re: abc"),
        ("", "Re:"),
    ],
)
def test_the_subject_of_an_answer(subject: str, answer: str) -> None:
    assert reply_subject(subject) == answer


@given(st.text(max_size=400))
def test_a_subject_is_one_short_line(subject: str) -> None:
    answer = reply_subject(subject)
    assert answer.startswith("Re:")
    assert len(answer) <= MAX_SUBJECT
    assert answer.isprintable()
    assert reply_subject(answer) == answer
