"""What a pause and a stop leave behind, on both databases; and that no later mail lifts a stop."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from agent.effects import apply_effects
from agent.policy import allowed_tools
from store import messages, proposals
from store.cases import customer_facts, facts_for, open_case
from store.engine import unit_of_work
from store.proposed import Claim, Proposal, ProposedAction
from store.tables import Customer, Effect, Escalation, Hold, Message
from store.vocabulary import IdentityLevel, Reason, Verdict
from tests.ledgers import NOW, email, load_ledger
from tools.base import Ask
from tools.limits import Policy
from tools.registry import tools


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Engine:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    return engine


def carried_out(engine: Engine, uid: int, name: str, claim: Claim, *, protective_only: bool = False) -> int:
    """Hold what a tool proposes for a claim, and apply it as an approval does."""
    with unit_of_work(engine) as session:
        found = messages.record(
            session,
            mailbox="ar",
            folder="INBOX",
            uidvalidity=1,
            uid=uid,
            raw=f"mail {uid}".encode(),
            email=email(message_id=f"<{uid}@bracken.example>"),
            received_at=NOW,
        )
        row = session.get_one(Message, found.message_id)
        row.customer_id, row.case_id = "K1", open_case(session, "K1", now=NOW)
        session.flush()
        facts = facts_for(session, found.message_id, now=NOW)
        tool = tools()[name]
        asked = Ask(facts=facts, claims=(claim,), policy=Policy())
        arguments = tool.fill(asked)
        tool.check(arguments, asked)
        action = ProposedAction(
            tool=name, arguments=arguments.model_dump(mode="json"), claims=(0,), preview=tool.preview(arguments, facts)
        )
        proposal = Proposal(
            message_id=found.message_id,
            verdict=Verdict.REPLY,
            identity=IdentityLevel.A,
            claims=(claim,),
            actions=(action,),
            ledger_digest=facts.ledger_digest(),
        )
        held = proposals.hold(session, proposal, newest_message=found.message_id, now=NOW)
    assert held is not None
    for _ in range(2):  # once at approval, and once more when the mail is sent: it happens once
        with unit_of_work(engine) as session:
            apply_effects(session, held, NOW, protective_only=protective_only)
    return held


def said(reason: Reason, **more: Any) -> Claim:
    return Claim(reason=reason, evidence="their words", confidence=0.9, **more)


def all_of(session: Session, table: Any) -> list[Any]:
    return list(session.exec(select(table)))


def test_a_pause_holds_the_invoice_until_its_day_and_not_the_account(ledger: Engine) -> None:
    with unit_of_work(ledger) as session:
        number = customer_facts(session, "K1", now=NOW).open_invoices[0].number
    claim = said(Reason.AWAITING_APPROVAL, invoices=(number,))
    carried_out(ledger, 1, "hold_outreach", claim, protective_only=True)
    with unit_of_work(ledger) as session:
        (hold,) = all_of(session, Hold)
        facts = customer_facts(session, "K1", now=NOW)
        assert (hold.invoice_number, hold.kind) == (number, "awaiting_approval")
        assert hold.until is not None
        assert facts.today < hold.until <= facts.today + timedelta(days=Policy().hold.max_days)
        assert {i.number for i in facts.invoices if i.held_until} == {number}
        assert facts.customer is not None
        assert not facts.customer.stopped


@pytest.mark.parametrize("reason", [Reason.STOP_CONTACT, Reason.LEGAL_THREAT, Reason.INSOLVENCY])
def test_a_stop_takes_hold_at_approval_and_once(ledger: Engine, reason: Reason) -> None:
    carried_out(ledger, 1, "stop_contact", said(reason), protective_only=True)
    with unit_of_work(ledger) as session:
        assert session.get_one(Customer, "K1").stopped_reason == reason
        (hold,) = all_of(session, Hold)
        assert (hold.invoice_number, hold.until) == (None, None)
        (handed,) = all_of(session, Escalation)
        assert (handed.reason, handed.urgency, handed.summary) == (reason, "today", "their words")
        assert len(all_of(session, Effect)) == 1


def test_no_later_mail_lifts_a_stop(ledger: Engine) -> None:
    carried_out(ledger, 1, "stop_contact", said(Reason.LEGAL_THREAT))
    for uid, reason in enumerate(Reason, start=2):
        claim = said(reason)
        with unit_of_work(ledger) as session:
            facts = customer_facts(session, "K1", now=NOW).model_copy(update={"identity": IdentityLevel.A})
        allowed = allowed_tools(claim, claims=[claim], facts=facts, policy=Policy()).tools
        assert set(allowed) <= {"escalate_to_human", "no_reply"}
        for name in allowed:
            carried_out(ledger, uid * 10 + len(name), name, claim)
    with unit_of_work(ledger) as session:
        assert session.get_one(Customer, "K1").stopped_reason == Reason.LEGAL_THREAT
        assert all_of(session, Hold)[0].released_at is None


def test_a_question_and_an_answer_move_nothing(ledger: Engine) -> None:
    with unit_of_work(ledger) as session:
        before = customer_facts(session, "K1", now=NOW).ledger_digest()
    carried_out(ledger, 1, "ask_back", said(Reason.UNCLEAR))
    with unit_of_work(ledger) as session:
        assert customer_facts(session, "K1", now=NOW).ledger_digest() == before
        (effect,) = all_of(session, Effect)
        assert effect.text == "Asked what is meant."
