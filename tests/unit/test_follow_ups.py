"""A case that wakes by itself, the whole way: from a day that brought nothing to a mail that goes out, or to silence."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from agent import waking
from agent.cli.show import item_json, item_page
from review.desk import RejectReason
from review.item import Item
from store import messages
from store.aftermath import FollowupKind, FollowupState, PromiseStatus
from store.engine import unit_of_work
from store.keeping import keep_daily
from store.ledger import import_ledger, read_ledger
from store.proposals import Stale
from store.tables import Customer, Dispute, Effect, Message, Outgoing, Promise
from store.vocabulary import MessageState, ProposalStatus, Reason, Register, Verdict
from tests.factories import LEDGER, House, claim, open_house
from tests.wakings import FRIDAY, Home, answered, pay, send, state, think, wake, why_closed

PROMISE = "INV-20413 is paid on Friday 13 March, GBP 5,000.00 of it."
LATER = datetime(2026, 3, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def promised(house: House) -> int:
    slots: dict[str, Any] = {"date": FRIDAY, "amount": Decimal("5000.00"), "currency": "GBP"}
    return answered(house, PROMISE, claim(Reason.PROMISE_TO_PAY, PROMISE, invoices=["INV-20413"], **slots))


def broken(house: House) -> Item:
    """A promise whose day passed without money, as the daemon would find it; give its held follow-up."""
    promised(house)
    house.now = LATER
    with unit_of_work(house.engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=house.now)
    assert keep_daily(house.engine, now=house.now, days=house.policy.keeping_days()).woken == 1
    (item,) = think(house)
    return item


# --- the whole way ------------------------------------------------------------------------------------------------


def test_a_broken_promise_is_taken_up_in_the_customers_own_thread(house: House) -> None:
    item = broken(house)
    proposal, draft = item.proposal, item.proposal.draft
    assert proposal.verdict is Verdict.FOLLOW_UP
    assert proposal.followup_id == 1
    assert [c.evidence for c in proposal.claims] == [PROMISE], "the customer's own words, as they were read then"
    assert proposal.tone.register_ is Register.FIRM
    assert draft is not None
    assert draft.rendered.startswith(
        "Dear Priya Kershaw,\n\nOn 10 March 2026 you told us that you would pay GBP 5,000.00 for invoice INV-20413 on "
        "13 March 2026. The payment has not reached us, and GBP 11,482.50 is open."
    )
    assert "31 March 2026" in draft.rendered, "one next step, with its day"
    assert draft.subject == "Re: Your open invoices"
    assert not proposal.blocked, proposal.findings
    house.desk.approve(item.row.id or 0, version=1, actor="ines")
    (mime,) = send(house)
    sent = email.message_from_bytes(mime, policy=email.policy.default)
    with unit_of_work(house.engine) as session:
        first = session.exec(select(Outgoing.message_id_header).order_by(col(Outgoing.id))).first()
        theirs = session.get_one(Message, item.message.id).message_id_header
        last = session.exec(select(Effect).order_by(col(Effect.id).desc())).first()
    assert sent["In-Reply-To"] == first, "it goes on after our own last answer"
    assert [theirs, first] == sent["References"].split()[-2:]
    assert last is not None
    assert (last.tool, last.text) == ("follow_up", "Follow-up (promise broken) about INV-20413 sent.")
    assert state(house) == FollowupState.PROPOSED


def test_nothing_of_it_runs_twice(house: House) -> None:
    promised(house)
    house.now = LATER
    broke(house)
    assert wake(house, FollowupKind.PROMISE_BROKEN, 1)
    assert not wake(house, FollowupKind.PROMISE_BROKEN, 1), "the same day of the same promise wakes once"
    assert wake(house, FollowupKind.PROMISE_BROKEN, 1, due_on=FRIDAY + timedelta(days=7))
    assert len(think(house)) == 2
    assert think(house) == house.desk.held()


def broke(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.exec(select(Promise)).one().status = PromiseStatus.BROKEN


# --- what ends it -------------------------------------------------------------------------------------------------


def test_money_that_comes_before_the_approval_ends_it(house: House) -> None:
    item = broken(house)
    pay(house)
    with pytest.raises(Stale, match="ledger changed"):
        house.desk.approve(item.row.id or 0, version=1, actor="ines")
    assert state(house) == FollowupState.WAITING, "the waking is thought about anew"
    assert think(house) == []
    assert state(house) == FollowupState.CLOSED
    assert "the promised sum has arrived" in why_closed(house)
    assert messages_in(house, MessageState.STORED) == 0, "the old mail has its answer and stays closed"


def test_money_that_comes_after_the_approval_keeps_the_mail_in(house: House) -> None:
    item = broken(house)
    house.desk.approve(item.row.id or 0, version=1, actor="ines")
    pay(house)
    assert send(house) == []
    assert think(house) == []
    assert state(house) == FollowupState.CLOSED


def messages_in(house: House, wanted: MessageState) -> int:
    with unit_of_work(house.engine) as session:
        return len(messages.in_state(session, [wanted]))


def test_a_part_of_the_balance_that_makes_up_the_promised_sum_ends_it(house: House) -> None:
    item = broken(house)
    pay(house, amount="5000.00")
    with pytest.raises(Stale):
        house.desk.approve(item.row.id or 0, version=1, actor="ines")
    assert think(house) == []
    assert "the promised sum has arrived" in why_closed(house)


def test_money_that_no_invoice_took_yet_is_shown_first(house: House) -> None:
    promised(house)
    house.now = LATER
    broke(house)
    pay(house, amount="4999.00", applied=False)
    wake(house, FollowupKind.PROMISE_BROKEN, 1)
    (item,) = think(house)
    assert item.proposal.needs_person is not None
    assert "late-INV-20413" in item.proposal.needs_person


def test_the_customer_who_writes_first_is_answered_and_not_reminded(house: House) -> None:
    promised(house)
    house.now = LATER
    broke(house)
    wake(house, FollowupKind.PROMISE_BROKEN, 1)
    reply = house.receive("Sorry, INV-20413 goes out on Friday.", message_id="<late@harrowfinch.example>")
    assert waking.due(Home(house)) == [], "a mail that is not understood yet comes first"
    house.hold(reply, claim(Reason.ACKNOWLEDGEMENT, "Sorry"))
    assert think(house) == []
    assert state(house) == FollowupState.CLOSED
    assert f"message {reply}" in why_closed(house)


def test_a_mail_of_the_customer_voids_the_held_follow_up_for_good(house: House) -> None:
    item = broken(house)
    reply = house.receive("Sorry for INV-20413.", message_id="<late@harrowfinch.example>")
    assert status(house, item) == ProposalStatus.VOID
    house.hold(reply, claim(Reason.ACKNOWLEDGEMENT, "Sorry"))
    assert think(house) == []
    assert state(house) == FollowupState.CLOSED
    assert messages_in(house, MessageState.STORED) == 0


def test_a_mail_about_another_invoice_does_not_swallow_it(house: House) -> None:
    item = broken(house)
    reply = house.receive(
        "Please resend INV-20427.", message_id="<other@harrowfinch.example>", in_reply_to=None, subject="INV-20427"
    )
    assert status(house, item) == ProposalStatus.VOID
    house.hold(reply, claim(Reason.INVOICE_MISSING, "Please resend INV-20427.", invoices=["INV-20427"]))
    (again,) = think(house)
    assert again.row.id != item.row.id
    assert not again.proposal.blocked


def status(house: House, item: Item) -> str:
    found = house.desk.show(item.row.id or 0)
    assert found is not None
    return found.row.status


def asked_before(house: House, words: str, *invoices: str) -> int:
    """A promise that breaks while an earlier mail lies on the desk; give that mail's held proposal."""
    promised(house)
    waiting = house.receive(words, message_id="<q@harrowfinch.example>")
    held = house.hold(waiting, claim(Reason.QUESTION, words, invoices=list(invoices)))
    house.now = LATER
    broke(house)
    wake(house, FollowupKind.PROMISE_BROKEN, 1)
    return held


def test_a_case_waits_while_an_older_mail_lies_on_the_desk_and_wakes_when_it_is_clear(house: House) -> None:
    held = asked_before(house, "Which INV-20413 do you mean?", "INV-20413")
    assert think(house) == []
    assert state(house) == FollowupState.WAITING, "nothing is lost: it waits"
    house.desk.reject(held, version=1, actor="ines", reason=RejectReason.HANDLED_ELSEWHERE)
    (item,) = think(house)
    assert item.proposal.draft is not None
    assert "INV-20413" in item.proposal.draft.rendered
    assert not item.proposal.blocked


def test_an_answer_that_settles_the_matter_ends_the_case_that_waited_for_it(house: House) -> None:
    promised(house)
    words = "INV-20413 goes out on Friday 27 March instead."
    later = house.receive(words, message_id="<q@harrowfinch.example>")
    house.now = LATER
    broke(house)
    held = house.hold(
        later, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date=FRIDAY + timedelta(days=14))
    )
    wake(house, FollowupKind.PROMISE_BROKEN, 1)
    assert think(house) == []
    house.desk.approve(held, version=1, actor="ines")
    send(house)
    assert think(house) == []
    assert state(house) == FollowupState.CLOSED
    assert "promise" in why_closed(house)


def test_a_mail_on_the_desk_about_another_invoice_keeps_nothing_waiting(house: House) -> None:
    asked_before(house, "Please resend INV-20427.", "INV-20427")
    assert len(think(house)) == 1


def test_what_falls_onto_the_desk_after_it_was_found_due_is_waited_for(house: House) -> None:
    held = asked_before(house, "Which INV-20413 do you mean?", "INV-20413")
    home = Home(house)
    assert waking.follow_up(home, 1, worker="w", lease=timedelta(minutes=10))
    assert state(house) == FollowupState.WAITING
    house.desk.reject(held, version=1, actor="ines", reason=RejectReason.HANDLED_ELSEWHERE)
    assert len(think(house)) == 1


@pytest.mark.parametrize("end", ["stopped", "replaced", "disputed", "kept"])
def test_a_ground_that_is_gone_says_nothing(house: House, end: str) -> None:
    promised(house)
    house.now = LATER
    broke(house)
    wake(house, FollowupKind.PROMISE_BROKEN, 1)
    with unit_of_work(house.engine) as session:
        if end == "stopped":
            session.get_one(Customer, "C1001").stopped_reason = "asked us to"
        elif end == "disputed":
            session.add(
                Dispute(
                    customer_id="C1001", invoice_number="INV-20413", kind="pricing", statement="too dear", effect_id=1
                )
            )
        else:
            session.exec(select(Promise)).one().status = end
    assert think(house) == []
    assert state(house) == FollowupState.CLOSED


def test_a_rejected_follow_up_stays_rejected(house: House) -> None:
    item = broken(house)
    house.desk.reject(item.row.id or 0, version=1, actor="ines", reason=RejectReason.HANDLED_ELSEWHERE)
    assert think(house) == []
    assert state(house) == FollowupState.PROPOSED


def test_the_terminal_says_why_it_woke(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    item = broken(house)
    why = "Woke by itself: the promise of GBP 5,000.00 for INV-20413 by 13 Mar 2026 was not kept."
    told = item_json(item)
    assert (told["woke"], told["followup"], told["verdict"]) == (why, "promise_broken", "follow_up")
    item_page(item)
    shown = " ".join(capsys.readouterr().out.split())
    assert "Woke by itself: the promise of GBP 5,000.00" in shown
    assert "Promise not" in shown, "the column is narrow"
