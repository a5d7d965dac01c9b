from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.letter import scope_of
from agent.rules.base import Outbound
from agent.rules.book import judge
from prompts.replies import signature_block
from store.company import CompanyProfile
from store.facts import CaseFacts
from store.proposed import Draft, ProposedAction
from store.vocabulary import ContactStatus, IdentityLevel, Reason, Severity
from tests.cases import claim, facts, invoice
from tools.limits import Policy

COMPANY = CompanyProfile(name="Fernhill Tooling Ltd", address="3 Kiln Lane, Fernhill", email="ar@fernhill.example")
GOOD = (
    'Dear {{ contact.salutation }},\n\nThank you for your message about invoice {{ inv["F-5501"].number }}. '
    "We have looked at what you wrote and a colleague is taking care of it. "
    'The open balance is {{ inv["F-5501"].balance }}.\n\nKind regards\n\n' + signature_block()
)


def outbound(body: str = GOOD, *, case: CaseFacts | None = None, **changes: object) -> Outbound:
    case = case or facts()
    action = ProposedAction(
        tool="escalate_to_human", arguments={"invoices": ["F-5501"]}, claims=(0,), preview="Hands over."
    )
    scope = scope_of(
        facts=case, claims=[claim(Reason.QUESTION)], actions=[action], company=COMPANY, policy=Policy(), language="en"
    )
    from agent.letter import draft_of

    draft = draft_of(body, scope=scope, actions=[action], subject="Re: F-5501", written_by="model:test")
    return Outbound(draft=Draft.model_validate(draft.model_dump() | changes), scope=scope)


def rules(out: Outbound) -> set[str]:
    return {finding.rule for finding in judge(out)}


def test_a_good_draft_breaks_no_rule() -> None:
    assert judge(outbound()) == ()


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("You owe 1800.", "R-GND-05"),
        ("You owe １８００.", "R-GND-05"),
        ("You owe ٣ invoices.", "R-GND-05"),
        ("Pay in £ please.", "R-GND-05"),
        ("Pay in EUR please.", "R-GND-05"),
        ("We waive half a %.", "R-GND-05"),
        ('It is {{ inv["F-9999"].balance }}.', "R-GND-05"),
        ("It is {{ customer.__class__ }}.", "R-GND-05"),
        ("It is {{ total }}.", "R-GND-05"),
        ("See https://pay.evil.example now.", "R-PRO-03"),
        ("See hxxps pay evil.", "R-PRO-03"),
        ("See data:text/html;base64.", "R-PRO-03"),
        ("See data:,evil for more.", "R-PRO-03"),
        ("See www.evil.example now.", "R-PRO-03"),
        ("See pay-here.com now.", "R-PRO-03"),
        ("Write to boss@evil.example.", "R-PRO-03"),
        ("Write to boss (at) evil.", "R-PRO-03"),
        ("Click [here](somewhere).", "R-PRO-03"),
        ("<img src=x>", "R-PRO-03"),
        ("Our new IBAN follows.", "R-PRO-01"),
        ("Bitte an unsere neue Kontonummer zahlen.", "R-PRO-01"),
        ("Our lawyer will see you in court.", "R-PRO-05"),
        ("Sonst beantragen wir einen Mahnbescheid.", "R-PRO-05"),
        ("Zero\u200bwidth.", "R-PRO-04"),
        ("Right\u202eleft.", "R-PRO-04"),
        ("Tag\U000e0041.", "R-PRO-04"),
        ("word " * 600, "R-LEN-01"),
    ],
)
def test_what_must_not_stand_in_a_draft_blocks_it(words: str, rule: str) -> None:
    out = outbound(GOOD.replace("Thank you", words + " Thank you"))
    found = [f for f in judge(out) if f.rule == rule]
    assert found, judge(out)
    assert found[0].severity is Severity.BLOCK


def test_only_verified_contacts_of_this_customer_are_written_to() -> None:
    assert "R-RCP-01" in rules(outbound(recipients=("stranger@else.example",)))
    assert "R-RCP-01" in rules(outbound(recipients=()))
    assert "R-RCP-01" in rules(outbound(recipients=("moira@bracken.example",) * 4))
    contact = facts().contacts[0]
    for status in (ContactStatus.TO_VERIFY, ContactStatus.INVALID):
        case = facts(contacts=(contact.model_copy(update={"status": status}),))
        assert "R-RCP-01" in rules(outbound(case=case, recipients=("moira@bracken.example",)))


@pytest.mark.parametrize("identity", [IdentityLevel.C, IdentityLevel.D])
def test_an_unproven_sender_is_told_nothing_from_the_ledger(identity: IdentityLevel) -> None:
    assert "R-RCP-02" in rules(outbound(case=facts(identity=identity)))
    plain = (
        "Dear customer,\n\nThank you for your message, we will answer the contact that we know.\n\n" + signature_block()
    )
    assert "R-RCP-02" not in rules(outbound(plain, case=facts(identity=identity)))
    assert "R-RCP-02" in rules(outbound(plain, case=facts(identity=identity), attachments=("F-5501",)))


def test_only_stored_documents_of_this_customer_go_along() -> None:
    assert "R-GND-07" in rules(outbound(attachments=("F-9999",)))
    assert "R-GND-07" in rules(outbound(case=facts(invoice(document_sha256=None)), attachments=("F-5501",)))
    assert "R-GND-07" not in rules(outbound(attachments=("F-5501",)))


@pytest.mark.parametrize(
    ("words", "broken"),
    [
        ("It is about F-5501 over GBP 1,800.00.", None),
        ("It was due on 5 March 2026.", None),
        ("It is about F-5502.", "R-GND-02"),
        ("You owe GBP 1,801.00.", "R-GND-01"),
        ("Pay by 1 May 2031.", "R-GND-03"),
        ("We take 10 % off.", "R-GND-04"),
    ],
)
def test_a_figure_that_a_person_types_must_be_the_ledgers(words: str, broken: str | None) -> None:
    out = outbound(GOOD.replace("Thank you", words + " Thank you"), written_by="human, after template")
    assert {f.rule for f in judge(out) if f.severity is Severity.BLOCK} == ({broken} if broken else set()), judge(out)


def test_the_language_and_the_signature_are_ours() -> None:
    german = "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Wir haben Ihre Angaben geprüft und melden uns in Kürze bei Ihnen.\n\n"
    assert "R-GND-06" in rules(outbound(german + signature_block()))
    assert "R-PRO-06" in rules(outbound(GOOD.replace(signature_block(), "Somebody")))


def test_the_subject_is_one_line() -> None:
    assert "R-HDR-02" in rules(outbound(subject="Re: x\nBcc: evil@else.example"))
    assert "R-HDR-02" in rules(outbound(subject="x" * 121))


@given(text=st.text(max_size=300))
def test_no_text_makes_the_rules_fail_and_no_figure_passes(text: str) -> None:
    out = outbound(GOOD.replace("Thank you", text + " Thank you"))
    found = judge(out)
    assert not any("could not be checked" in f.text for f in found), found
    if any(letter.isdecimal() for letter in out.literal):
        assert any(f.severity is Severity.BLOCK for f in found)
