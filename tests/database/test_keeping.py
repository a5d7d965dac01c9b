"""Promises, plans and pauses over days, with a clock that is moved and a ledger that is imported, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from agent.effects import apply_effects
from agent.tone import tone_for
from store import audit, followups, messages, proposals
from store.aftermath import FollowupKind
from store.cases import customer_facts, facts_for, open_case
from store.engine import unit_of_work
from store.keeping import Kept, keep, keep_after_import, keep_daily
from store.ledger import import_ledger, read_ledger
from store.matters import Followup, PaymentCheck
from store.matters_closed import close_matter
from store.proposed import Claim, Proposal, ProposedAction, Slots
from store.tables import (
    AuditEntry,
    Customer,
    Effect,
    Escalation,
    Hold,
    Instalment,
    Invoice,
    Message,
    Payment,
    Plan,
    Promise,
    ProposalRow,
    Resubmission,
)
from store.vocabulary import IdentityLevel, MessageState, ProposalStatus, Reason, Register, Verdict
from tests.ledgers import FILES, NOW, email, write_ledger
from tools.base import Ask
from tools.limits import Policy
from tools.registry import tools

#: A Tuesday, 2026-04-14; ten days on it is Friday the 24th.
TODAY = NOW.date()


@dataclass
class Books:
    """An installation whose clock is moved by the test, and whose ledger folder is written and imported anew."""

    engine: Engine
    folder: Path
    now: datetime = NOW
    paid: list[str] = field(default_factory=list)
    balances: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    _uids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def days(self) -> Any:
        return Policy().keeping_days()

    def on(self, day: date, hour: int = 9) -> Books:
        """Move the clock."""
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        return self

    def bring_in(self) -> Kept:
        """Import the ledger with what was paid, and judge, as `dunwell import` does."""
        invoices = FILES["invoices.csv"]
        for number, balance in self.balances.items():
            (line,) = [x for x in invoices.splitlines() if x.startswith(number)]
            cells = line.split(",")
            cells[6] = balance
            invoices = invoices.replace(line, ",".join(cells))
        rows = "".join(f"N{n},{row}\n" for n, row in enumerate(self.paid))
        customers = FILES["customers.csv"]
        for old, new in self.zones.items():
            customers = customers.replace(old, new)
        write_ledger(self.folder, customers=customers, invoices=invoices, payments=FILES["payments.csv"] + rows)
        with unit_of_work(self.engine) as session:
            import_ledger(session, read_ledger(self.folder), actor="test", now=self.now)
        return keep_after_import(self.engine, now=self.now, days=self.days)

    def daily(self) -> Kept:
        """Judge as the daemon does."""
        return keep_daily(self.engine, now=self.now, days=self.days)

    def mail(self, *, invoices: tuple[str, ...] = ("F-5501",), customer: str = "K1") -> int:
        """Let the customer write."""
        uid = next(self._uids)
        with unit_of_work(self.engine) as session:
            found = messages.record(
                session,
                mailbox="ar",
                folder="INBOX",
                uidvalidity=1,
                uid=uid,
                raw=f"mail {uid}".encode(),
                email=email(message_id=f"<{uid}@bracken.example>"),
                received_at=self.now,
            )
            row = session.get_one(Message, found.message_id)
            row.customer_id, row.case_id = customer, open_case(session, customer, now=self.now)
            row.from_customer, row.invoices = True, list(invoices)
        return found.message_id

    def answer(self, name: str, claim: Claim, **fields: Any) -> int:
        """Let the customer write, propose the tool, approve and carry it out; give the effect's key."""
        message_id = self.mail(invoices=claim.invoices, **fields)
        with unit_of_work(self.engine) as session:
            facts = facts_for(session, message_id, now=self.now)
            tool = tools()[name]
            asked = Ask(facts=facts, claims=(claim,), policy=Policy())
            arguments = tool.fill(asked)
            tool.check(arguments, asked)
            action = ProposedAction(tool=name, arguments=arguments.model_dump(mode="json"), claims=(0,), preview="")
            proposal = Proposal(
                message_id=message_id,
                verdict=Verdict.REPLY,
                identity=IdentityLevel.A,
                claims=(claim,),
                actions=(action,),
                ledger_digest=facts.ledger_digest(),
            )
            held = proposals.hold(session, proposal, newest_message=message_id, now=self.now)
            assert held is not None
            messages.finish(session, message_id, state=MessageState.PROPOSED)
            proposals.approve(session, held, version=1, actor="ines", now=self.now, outgoing=None)
            apply_effects(session, held, self.now)
            return session.exec(select(Effect.id).where(Effect.proposal_id == held)).one() or 0

    def promise(self, due: date, *, amount: str | None = None, said: str = "we pay", **fields: Any) -> int:
        slots = Slots(date=due, amount=Decimal(amount) if amount else None)
        number = "F-5503" if fields.get("customer") == "K2" else "F-5501"
        claim = Claim(reason=Reason.PROMISE_TO_PAY, invoices=(number,), evidence=said, confidence=0.9, slots=slots)
        return self.answer("record_promise", claim, **fields)

    def plan(self, *parts: tuple[date, str], status: str = "agreed") -> int:
        """Agree a plan over F-5501; it is written by hand, as the schedule is not what is tested."""
        effect_id = self.effect()
        with unit_of_work(self.engine) as session:
            whole = sum((Decimal(amount) for _, amount in parts), Decimal(0))
            row = Plan(
                customer_id="K1",
                invoices=["F-5501"],
                total=whole,
                currency="GBP",
                status=status,
                effect_id=effect_id,
            )
            session.add(row)
            session.flush()
            assert row.id is not None
            for position, (due, amount) in enumerate(parts, 1):
                session.add(Instalment(plan_id=row.id, position=position, due=due, amount=Decimal(amount)))
            until = TODAY + timedelta(days=7)
            session.add(Hold(customer_id="K1", invoice_number="F-5501", kind="plan", until=until, effect_id=effect_id))
            return row.id

    def effect(self, tool: str = "propose_payment_plan") -> int:
        """Carry out something, for a row that is written by hand."""
        message_id = self.mail()
        with unit_of_work(self.engine) as session:
            proposal = Proposal(message_id=message_id, verdict=Verdict.REPLY, identity=IdentityLevel.A)
            held = proposals.hold(session, proposal, newest_message=message_id, now=self.now)
            assert held is not None
            messages.finish(session, message_id, state=MessageState.PROPOSED)
            session.get_one(ProposalRow, held).status = ProposalStatus.DONE
            row = Effect(proposal_id=held, position=0, tool=tool, text="", applied_at=self.now)
            session.add(row)
            session.flush()
            return row.id or 0

    def all_of(self, table: Any) -> list[Any]:
        with unit_of_work(self.engine) as session:
            return list(session.exec(select(table).order_by(table.id)))

    def woken(self) -> list[tuple[str, int, date]]:
        return [(f.kind, f.subject_id, f.due_on) for f in self.all_of(Followup)]

    def events(self, *names: str) -> list[tuple[str, str]]:
        with unit_of_work(self.engine) as session:
            assert audit.verify(session)[1] is None
            rows = session.exec(select(AuditEntry).order_by(AuditEntry.seq))  # type: ignore[arg-type]  # a column, typed as int
            return [(r.event, r.subject) for r in rows if not names or r.event.startswith(names)]


@pytest.fixture
def books(engine: Engine, tmp_path: Path) -> Books:
    found = Books(engine, tmp_path / "ledger")
    found.bring_in()
    return found


def test_a_broken_promise_wakes_once_counts_in_the_history_and_makes_the_tone_firmer(books: Books) -> None:
    due = date(2026, 4, 17)
    books.promise(due)
    (promise,) = books.all_of(Promise)
    assert (promise.method, promise.wait_until) == ("transfer", date(2026, 4, 24))
    assert books.on(date(2026, 4, 24)).bring_in() == Kept()
    assert books.on(date(2026, 4, 25)).bring_in() == Kept(changed=1, woken=1, released=1)
    assert [p.status for p in books.all_of(Promise)] == ["broken"]
    assert books.woken() == [(FollowupKind.PROMISE_BROKEN, promise.id, due)]
    (hold,) = books.all_of(Hold)
    assert hold.released_at == books.now
    with unit_of_work(books.engine) as session:
        facts = customer_facts(session, "K1", now=books.now)
        (waking,) = session.exec(select(Followup))
        assert (waking.customer_id, waking.message_id, waking.effect_id) == ("K1", 1, promise.effect_id)
        assert facts.invoice("F-5501") is not None
        assert session.get_one(Invoice, "F-5501").balance == Decimal("1800.00")
    tone = tone_for((), facts)
    assert (tone.register_, "1 broken promise" in tone.reasons) == (Register.FIRM, True)
    before = books.events()
    for _ in range(2):
        assert books.bring_in() == books.daily() == Kept()
    assert [e for e in books.events() if e[0] != "ledger.imported"] == [e for e in before if e[0] != "ledger.imported"]
    assert books.events("promise", "holds") == [
        ("promise.broken", f"promise:{promise.id}"),
        ("holds.released", "customer:K1"),
    ]


def test_a_promise_kept_late_within_the_grace_is_kept(books: Books) -> None:
    books.promise(date(2026, 4, 17), amount="700.00")
    books.paid = ["K1,F-5501,2026-04-24,GBP,700.00,BRACKEN"]
    books.balances = {"F-5501": "1100.00"}
    assert books.on(date(2026, 5, 2)).bring_in() == Kept(changed=1, released=1)
    assert [p.status for p in books.all_of(Promise)] == ["kept"]
    assert books.woken() == []


def test_a_promise_that_counted_as_broken_is_put_right_by_a_later_ledger(books: Books) -> None:
    books.promise(date(2026, 4, 17))
    books.on(date(2026, 4, 27)).bring_in()
    assert [p.status for p in books.all_of(Promise)] == ["broken"]
    books.paid = ["K1,F-5501,2026-04-20,GBP,1800.00,BRACKEN"]
    books.balances = {"F-5501": "0.00"}
    assert books.on(date(2026, 4, 28)).bring_in().changed == 1
    assert [p.status for p in books.all_of(Promise)] == ["kept"]
    assert books.events("promise")[-1][0] == "promise.kept"


def test_the_daemon_breaks_nothing_while_nobody_brings_the_ledger_in(books: Books) -> None:
    books.promise(date(2026, 4, 17))
    assert books.on(date(2026, 6, 1)).daily() == Kept()
    assert [p.status for p in books.all_of(Promise)] == ["open"]
    books.on(date(2026, 4, 24)).bring_in()
    assert books.on(date(2026, 6, 2)).daily() == Kept(), "that ledger came on the last day and cannot know how it ended"
    assert books.bring_in() == Kept(changed=1, woken=1, released=1)


def test_a_newer_promise_takes_the_place_of_the_open_one_and_of_its_pause(books: Books) -> None:
    books.promise(date(2026, 4, 17))
    books.on(date(2026, 4, 18)).promise(date(2026, 5, 8), said="The cheque is in the post for 8 May.")
    assert [(p.status, p.method) for p in books.all_of(Promise)] == [("replaced", "transfer"), ("open", "cheque")]
    assert [h.released_at is None for h in books.all_of(Hold)] == [False, True]
    assert books.on(date(2026, 5, 10)).bring_in() == Kept()
    assert books.on(date(2026, 5, 30)).bring_in() == Kept(changed=1, woken=1, released=1)
    assert [p.status for p in books.all_of(Promise)] == ["replaced", "broken"]


def test_a_mail_that_waits_for_its_answer_comes_before_the_case_that_woke(books: Books) -> None:
    books.promise(date(2026, 4, 17))
    mail = books.on(date(2026, 4, 22)).mail()
    assert books.on(date(2026, 4, 27)).bring_in() == Kept(changed=1, woken=1, released=1)
    assert books.on(date(2026, 4, 28)).bring_in() == Kept()
    for state, due in ((MessageState.STORED, []), (MessageState.QUARANTINED, []), (MessageState.CLOSED, [1])):
        with unit_of_work(books.engine) as session:
            messages.finish(session, mail, state=state)
        with unit_of_work(books.engine) as session:
            assert followups.due(session, now=books.now) == due, state


def test_a_stopped_customer_is_judged_and_not_woken(books: Books) -> None:
    books.promise(date(2026, 4, 17))
    with unit_of_work(books.engine) as session:
        session.get_one(Customer, "K1").stopped_reason = "insolvency"
    assert books.on(date(2026, 4, 27)).bring_in() == Kept(changed=1, released=1)
    assert books.woken() == []


def test_a_plan_is_kept_for_one_instalment_and_broken_at_the_second(books: Books) -> None:
    dues = [date(2026, 4, 28), date(2026, 5, 28), date(2026, 6, 29)]
    plan_id = books.plan(*((due, "600.00") for due in dues))
    first, second, _ = (i.id for i in books.all_of(Instalment))
    assert books.on(date(2026, 4, 24)).daily() == Kept()
    assert books.on(date(2026, 4, 25)).daily() == Kept(woken=1)
    assert books.on(date(2026, 4, 26)).daily() == Kept(), "reminded once"
    books.paid = ["K1,F-5501,2026-04-28,GBP,650.00,BRACKEN 1"]
    books.balances = {"F-5501": "1150.00"}
    assert books.on(date(2026, 4, 29)).bring_in() == Kept(changed=1)
    assert [i.status for i in books.all_of(Instalment)] == ["paid", "open", "open"]
    assert books.all_of(Hold)[0].released_at is None
    assert books.on(date(2026, 5, 26)).daily() == Kept(woken=1)
    assert books.on(date(2026, 6, 4)).bring_in() == Kept(), "Thursday, two banking days and the grace"
    assert books.on(date(2026, 6, 5)).bring_in() == Kept(changed=2, woken=1, released=1)
    assert [i.status for i in books.all_of(Instalment)] == ["paid", "missed", "open"]
    (plan,) = books.all_of(Plan)
    assert (plan.id, plan.status, plan.ended_on) == (plan_id, "broken", date(2026, 6, 5))
    assert books.woken() == [
        (FollowupKind.INSTALMENT_DUE, first, dues[0]),
        (FollowupKind.INSTALMENT_DUE, second, dues[1]),
        (FollowupKind.INSTALMENT_MISSED, second, dues[1]),
    ]
    assert books.on(date(2026, 7, 9)).bring_in() == Kept()
    with unit_of_work(books.engine) as session:
        (facts,) = customer_facts(session, "K1", now=books.now).plans
    assert (facts.status, facts.ended_on) == ("broken", date(2026, 6, 5))


def test_a_plan_that_is_paid_to_the_cent_is_kept(books: Books) -> None:
    books.plan((date(2026, 4, 28), "900.01"), (date(2026, 5, 28), "899.99"))
    books.paid = ["K1,F-5501,2026-04-28,GBP,895.50,BRACKEN 1"]
    books.balances = {"F-5501": "904.50"}
    assert books.on(date(2026, 4, 29)).bring_in() == Kept(), "a cent more is missing than banks may have kept"
    books.paid += ["K1,F-5501,2026-04-30,GBP,4.51,BRACKEN 2"]
    books.balances = {"F-5501": "899.99"}
    assert books.on(date(2026, 5, 1)).bring_in() == Kept(changed=1)
    books.paid += ["K1,F-5501,2026-05-28,GBP,899.99,BRACKEN 3"]
    books.balances = {"F-5501": "0.00"}
    assert books.on(date(2026, 5, 29)).bring_in() == Kept(changed=2, woken=0, released=1)
    assert [p.status for p in books.all_of(Plan)] == ["kept"]


def test_a_reissue_is_followed_up_from_its_export_and_never_before(books: Books) -> None:
    effect = books.promise(date(2026, 4, 17))
    with unit_of_work(books.engine) as session:
        session.exec(select(Promise)).one().status = "replaced"
        session.exec(select(Hold)).one().released_at = books.now
        session.add(Resubmission(customer_id="K1", invoice_number="F-5501", kind="reissue", effect_id=effect))
    assert books.on(date(2026, 4, 30)).bring_in() == Kept()
    books.mail()
    with unit_of_work(books.engine) as session:
        row = session.exec(select(Resubmission)).one()
        row.exported_at, row.answer_due = books.now + timedelta(hours=1), date(2026, 5, 8)
    assert books.on(date(2026, 5, 8)).bring_in() == Kept()
    assert books.on(date(2026, 5, 9)).bring_in() == Kept(woken=1), "they wrote before the ERP sent it"
    assert books.woken()[0][0] == FollowupKind.RESUBMISSION_UNANSWERED


def test_an_invoice_that_moves_to_another_customer_keeps_no_promise_and_is_a_persons_question(books: Books) -> None:
    effect = books.promise(date(2026, 4, 17))
    for day in (27, 28):
        books.on(date(2026, 4, day))
        with unit_of_work(books.engine) as session:
            session.get_one(Invoice, "F-5501").customer_id = "K2"
        assert keep_after_import(books.engine, now=books.now, days=books.days) == Kept()
    assert [p.status for p in books.all_of(Promise)] == ["open"]
    (asked,) = books.all_of(Escalation)
    assert (asked.customer_id, asked.effect_id, asked.status) == ("K1", effect, "open")
    assert asked.summary.startswith("The promise for 2026-04-17: F-5501 went to another customer")
    with unit_of_work(books.engine) as session:
        close_matter(session, asked.id, actor="ines", note="they were merged", now=books.now)
    assert keep_after_import(books.engine, now=books.now, days=books.days).changed == 1
    assert [p.status for p in books.all_of(Promise)] == ["replaced"]
    assert len(books.all_of(Escalation)) == 1
    with unit_of_work(books.engine) as session:
        assert audit.verify(session)[1] is None


def test_money_between_the_mail_and_its_approval_is_the_promised_one(books: Books) -> None:
    books.promise(date(2026, 4, 20), amount="800.00")
    with unit_of_work(books.engine) as session:
        effect = session.exec(select(Effect)).one()
        effect.applied_at += timedelta(days=3)
    books.paid, books.balances = ["K1,F-5501,2026-04-15,GBP,800.00,BRACKEN 1"], {"F-5501": "1000.00"}
    assert books.on(date(2026, 4, 18)).bring_in().changed == 1
    assert [p.status for p in books.all_of(Promise)] == ["kept"]
    with unit_of_work(books.engine) as session:
        (told,) = customer_facts(session, "K1", now=books.now).promises
    assert (told.said_on, told.money_from) == (date(2026, 4, 17), TODAY)


def test_an_offer_wakes_when_its_day_is_over_and_lapses_two_weeks_later(books: Books) -> None:
    books.plan((date(2026, 6, 28), "900.00"), (date(2026, 7, 28), "900.00"), status="proposed")
    assert books.on(date(2026, 4, 21)).daily() == Kept()
    assert books.on(date(2026, 4, 22)).daily() == Kept(woken=1, released=1)
    assert books.on(date(2026, 5, 5)).daily() == Kept()
    assert books.on(date(2026, 5, 6)).daily() == Kept(changed=1)
    assert books.on(date(2026, 5, 7)).daily() == Kept()
    (plan,) = books.all_of(Plan)
    assert (plan.status, plan.ended_on) == ("lapsed", date(2026, 5, 6))


def test_what_waits_for_an_answer_or_for_cash_wakes_once(books: Books) -> None:
    effect_id = books.effect("resubmit_invoice")
    with unit_of_work(books.engine) as session:
        session.add(Resubmission(customer_id="K1", invoice_number="F-5501", kind="copy", effect_id=effect_id))
        session.add(
            PaymentCheck(
                customer_id="K1",
                invoices=["F-5502"],
                outcome="not_found",
                pause_until=TODAY + timedelta(days=5),
                effect_id=effect_id,
            )
        )
    kinds = []
    for after in range(12):
        books.on(TODAY + timedelta(days=after)).bring_in()
        kinds = [kind for kind, _, _ in books.woken()]
    assert kinds == [FollowupKind.CASH_NOT_FOUND, FollowupKind.RESUBMISSION_UNANSWERED]
    books.balances = {"F-5501": "0.00"}
    books.on(TODAY + timedelta(days=13)).bring_in()
    assert [r.status for r in books.all_of(Resubmission)] == ["paid"]
    assert [c.status for c in books.all_of(PaymentCheck)] == ["lapsed"]


def test_a_question_that_brought_no_mail_wakes_once(books: Books) -> None:
    claim = Claim(reason=Reason.UNCLEAR, invoices=("F-5501",), evidence="hm", confidence=0.9)
    effect_id = books.answer("ask_back", claim)
    for after in range(1, 12):
        books.on(TODAY + timedelta(days=after)).daily()
    assert books.woken() == [(FollowupKind.QUESTION_UNANSWERED, effect_id, TODAY + timedelta(days=7))]


def test_a_pause_that_is_over_is_let_go_and_wakes_once(books: Books) -> None:
    claim = Claim(reason=Reason.AWAITING_APPROVAL, invoices=("F-5501",), evidence="with our boss", confidence=0.9)
    books.answer("hold_outreach", claim)
    (hold,) = books.all_of(Hold)
    assert books.on(hold.until).bring_in() == Kept()
    assert books.on(hold.until + timedelta(days=1)).bring_in() == Kept(woken=1, released=1)
    assert books.on(hold.until + timedelta(days=2)).bring_in() == Kept()
    assert books.woken() == [(FollowupKind.HOLD_OVER, hold.id, hold.until)]


def test_the_day_is_the_customers_own(books: Books) -> None:
    books.zones = {"Europe/London": "Pacific/Auckland", "Europe/Berlin": "America/Los_Angeles"}
    books.bring_in()
    books.promise(date(2026, 4, 17))
    books.promise(date(2026, 4, 17), customer="K2")
    # 24 April, 13:00 UTC: the 25th in Auckland, but our own bank is still booking the money of the 24th.
    assert books.on(date(2026, 4, 24), 13).bring_in() == Kept()
    # The 25th has begun for us too; in Los Angeles it is the 24th.
    assert books.on(date(2026, 4, 25), 5).bring_in() == Kept(changed=1, woken=1, released=1)
    assert {p.customer_id: p.status for p in books.all_of(Promise)} == {"K1": "broken", "K2": "open"}
    assert books.on(date(2026, 4, 25), 8).bring_in().changed == 1
    assert {p.status for p in books.all_of(Promise)} == {"broken"}


def test_the_daemon_judges_each_customer_once_on_each_day_of_theirs(books: Books) -> None:
    books.promise(date(2026, 5, 17))
    books.promise(date(2026, 5, 17), customer="K2")

    def kept_on() -> dict[str, date | None]:
        with unit_of_work(books.engine) as session:
            return {c.id: c.kept_on for c in session.exec(select(Customer))}

    books.on(date(2026, 4, 20), 22).daily()
    assert kept_on() == {"K1": date(2026, 4, 20), "K2": date(2026, 4, 21)}, "midnight comes earlier in Berlin"
    with unit_of_work(books.engine) as session:
        session.get_one(Promise, 1).method = "by pigeon"
    assert books.daily() == Kept(), "this day was judged: nothing is even read"
    assert books.on(date(2026, 4, 20), 23).daily() == Kept(failed=1), "London's day has begun too"
    assert kept_on()["K1"] == date(2026, 4, 20), "it is tried again"


def test_what_is_wrong_with_one_customer_keeps_no_other_from_their_day(books: Books) -> None:
    books.promise(date(2026, 4, 17))
    books.promise(date(2026, 4, 17), customer="K2")
    with unit_of_work(books.engine) as session:
        session.get_one(Promise, 1).method = "by pigeon"
    assert books.on(date(2026, 4, 27)).bring_in() == Kept(changed=1, woken=1, released=1, failed=1)
    assert [p.status for p in books.all_of(Promise)] == ["open", "broken"]


def test_two_that_judge_at_once_write_and_wake_once(books: Books) -> None:
    books.promise(date(2026, 4, 17))
    books.plan((date(2026, 4, 17), "900.00"), (date(2026, 7, 28), "900.00"))
    books.on(date(2026, 4, 26))
    with unit_of_work(books.engine) as session:
        import_ledger(session, read_ledger(books.folder), actor="test", now=books.now)
    found: list[Kept] = []
    gate = threading.Barrier(3)

    def judge() -> None:
        gate.wait(20)
        with unit_of_work(books.engine) as session:
            found.append(keep(session, now=books.now, days=books.days))

    threads = [threading.Thread(target=judge) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 3
    assert sorted(k.changed for k in found)[:2] == [0, 0]
    assert sum(k.woken for k in found) == len(books.woken())
    assert len(books.woken()) == len(set(books.woken()))
    assert {kind for kind, _, _ in books.woken()} == {FollowupKind.INSTALMENT_MISSED}
    assert [p.status for p in books.all_of(Promise)] == ["replaced"]


def test_the_balance_is_nobodys_to_change(books: Books) -> None:
    books.promise(date(2026, 4, 17))
    books.plan((date(2026, 4, 28), "900.00"), (date(2026, 5, 28), "900.00"))

    def ledger() -> list[Any]:
        with unit_of_work(books.engine) as session:
            return [session.exec(select(table)).all() for table in (Invoice, Payment)]

    before = [[r.model_dump() for r in rows] for rows in ledger()]
    for after in range(60):
        books.on(TODAY + timedelta(days=after)).daily()
    assert [[r.model_dump() for r in rows] for rows in ledger()] == before


def test_a_newer_promise_for_one_invoice_leaves_the_other_promised(books: Books) -> None:
    first, later = date(2026, 4, 17), date(2026, 4, 30)
    whole = Claim(
        reason=Reason.PROMISE_TO_PAY,
        invoices=("F-5501", "F-5502"),
        evidence="we pay both",
        confidence=0.9,
        slots=Slots(date=first),
    )
    books.answer("record_promise", whole)
    books.promise(later)
    older, newer = books.all_of(Promise)
    assert (older.status, older.invoices) == ("open", ["F-5502"])
    assert (newer.status, newer.invoices) == ("open", ["F-5501"])
    assert {
        h.invoice_number for h in books.all_of(Hold) if h.released_at is None and h.effect_id == older.effect_id
    } == {"F-5502"}
    books.on(date(2026, 4, 27)).bring_in()
    assert books.woken() == [(FollowupKind.PROMISE_BROKEN, older.id, first)], "nobody forgot the other one"


def test_a_promise_under_a_plan_is_one_of_its_instalment_and_wakes_once(books: Books) -> None:
    """The whole balance is not promised, and the plan is not broken while the announced day is not over."""
    due, announced = date(2026, 4, 17), date(2026, 4, 30)
    plan = books.plan((due, "600.00"), (date(2026, 5, 17), "600.00"), (date(2026, 6, 17), "600.00"))
    assert plan
    books.on(date(2026, 4, 20)).promise(announced, said="the instalment will come")
    (promise,) = books.all_of(Promise)
    assert promise.amount == Decimal("600.00")
    assert books.on(date(2026, 4, 28)).bring_in() == Kept(), "we said that we wait"
    books.on(date(2026, 5, 8)).bring_in()
    assert [kind for kind, _, _ in books.woken()] == [FollowupKind.INSTALMENT_MISSED]
    assert ([p.status for p in books.all_of(Promise)], [p.status for p in books.all_of(Plan)]) == (
        ["broken"],
        ["broken"],
    )


def test_a_promised_instalment_that_comes_keeps_promise_and_plan(books: Books) -> None:
    books.plan((date(2026, 4, 17), "600.00"), (date(2026, 5, 17), "600.00"), (date(2026, 6, 17), "600.00"))
    books.on(date(2026, 4, 20)).promise(date(2026, 4, 30), said="the instalment will come")
    books.paid += ["K1,F-5501,2026-04-30,GBP,600.00,BRACKEN"]
    books.balances["F-5501"] = "1200.00"
    books.on(date(2026, 5, 8)).bring_in()
    assert [p.status for p in books.all_of(Promise)] == ["kept"]
    assert [p.status for p in books.all_of(Instalment)] == ["paid", "open", "open"]
    assert ([p.status for p in books.all_of(Plan)], books.woken()) == (["agreed"], [])
