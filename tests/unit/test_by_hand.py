"""What people answer from their own mail program is seen in the Sent folder, and nobody answers twice."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from agent.deps import Deps
from agent.embedded.reader import FoundClaim
from agent.graph import propose
from mail.by_hand import FIRST_LOOK, notice_sent
from mail.maildir import MaildirMailbox
from mail.parse import parse
from mail.settings import MailboxSettings
from store import messages
from store.cases import facts_for
from store.engine import unit_of_work
from store.inbound import InboundEmail
from store.proposals import Stale
from store.proposed import Proposal
from store.tables import Message, MessageRaw, Outgoing, Promise
from store.vocabulary import MessageState, ProposalStatus, Reason, SendState
from tests.factories import COMPANY, House, claim, open_house
from tests.unit.test_desk import Wire, rows, send

WORDS = "INV-20413 goes out on Friday 20 March."


class InProcess:
    """The real parser, without a child of its own."""

    def parse(self, raw: bytes, *, received_at: datetime, authserv_ids: Sequence[str]) -> InboundEmail:
        return parse(raw, received_at=received_at, authserv_ids=authserv_ids)


class Reads:
    """A reader that finds what the test says."""

    name = "test"

    def __init__(self, *reasons: Reason) -> None:
        self.reasons = reasons

    def read(self, text: str, *, subject: str = "") -> list[FoundClaim]:
        line = text.strip().splitlines()[0]
        start = text.index(line)
        return [
            FoundClaim(reason=reason, evidence=line, start=start, end=start + len(line), confidence=0.95)
            for reason in self.reasons
        ]

    def listen(self, text: str, **asked: object) -> list[FoundClaim]:
        return []


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> MailboxSettings:
    root = tmp_path / "mail"
    for folder in (root, root / ".Sent"):
        for part in ("new", "cur", "tmp"):
            (folder / part).mkdir(parents=True)
    return MailboxSettings(name="ar", kind="maildir", address=COMPANY.email, path=root)


def put(
    settings: MailboxSettings,
    name: str,
    *,
    answers: str,
    sender: str = COMPANY.email,
    at: datetime,
    to: str = "p.kershaw@harrowfinch.example",
    header: str = "X-Desk: 1",
) -> None:
    assert settings.path is not None
    path = settings.path / ".Sent" / "cur" / f"{int(at.timestamp())}.{name}.desk:2,S"
    path.write_text(
        f"From: Maren Vos <{sender}>\nTo: {to}\nSubject: Re: INV-20413\n{header}\n"
        f"Message-ID: <{name}@desk.example>\nIn-Reply-To: {answers}\nReferences: {answers}\n"
        f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000\n\nDear Priya, thank you, noted.\n\nMaren\n"
    )
    os.utime(path, (at.timestamp(), at.timestamp()))


def look(house: House, settings: MailboxSettings) -> int:
    found = MaildirMailbox(settings).sent_folder()
    assert found is not None
    folder, sent = found
    return notice_sent(
        sent,
        settings,
        folder=folder,
        engine=house.engine,
        parser=InProcess(),
        company=COMPANY,
        clock=lambda: house.now,
    )


def promised(house: House) -> tuple[int, int]:
    message = house.receive(WORDS)
    held = house.hold(message, claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date=date(2026, 3, 20)))
    return message, held


def thought(house: House, message: int, *reasons: Reason) -> Proposal:
    deps = Deps(company=COMPANY, policy=house.policy, embedded=Reads(*reasons))
    with unit_of_work(house.engine) as session:
        stored, facts = messages.load(session, message), facts_for(session, message, now=house.now)
    return propose(stored, facts, deps)


def state(house: House, message: int) -> str:
    with unit_of_work(house.engine) as session:
        return session.get_one(Message, message).state


def status(house: House, proposal: int) -> str:
    item = house.desk.show(proposal)
    assert item is not None
    return item.row.status


def test_an_answer_by_hand_voids_the_draft_and_leaves_the_act(house: House, settings: MailboxSettings) -> None:
    message, held = promised(house)
    put(settings, "a1", answers="<in-1@harrowfinch.example>", at=house.now)
    assert look(house, settings) == 1
    assert status(house, held) == ProposalStatus.VOID
    assert state(house, message) == MessageState.STORED, "it is understood anew"
    anew = thought(house, message, Reason.PROMISE_TO_PAY)
    assert "answered_by_hand" in anew.flags
    assert anew.draft is None
    assert [action.tool for action in anew.actions] == ["record_promise"]


def test_what_was_approved_does_not_leave_any_more(house: House, settings: MailboxSettings) -> None:
    _, held = promised(house)
    house.desk.approve(held, version=1, actor="ines")
    put(settings, "a1", answers="<in-1@harrowfinch.example>", at=house.now)
    look(house, settings)
    wire = Wire()
    send(house, wire)
    assert wire.taken == []
    assert [o.state for o in rows(house, Outgoing) if isinstance(o, Outgoing)] == [SendState.VOID]
    assert rows(house, Promise) == []


def test_where_the_letter_is_the_act_nothing_is_left_to_do(house: House, settings: MailboxSettings) -> None:
    message = house.receive("Could you send INV-20413 again, we never got it.")
    put(settings, "a1", answers="<in-1@harrowfinch.example>", at=house.now)
    look(house, settings)
    anew = thought(house, message, Reason.INVOICE_MISSING)
    assert (anew.actions, anew.draft) == ((), None)
    assert "answered_by_hand" in anew.flags


def test_a_newer_mail_of_the_customer_is_answered_as_ever(house: House, settings: MailboxSettings) -> None:
    promised(house)
    put(settings, "a1", answers="<in-1@harrowfinch.example>", at=house.now)
    look(house, settings)
    house.now += timedelta(hours=3)
    newer = house.receive("Sorry, INV-20413 leaves on 23 March.", references=("<in-1@harrowfinch.example>",))
    anew = thought(house, newer, Reason.PROMISE_TO_PAY)
    assert "answered_by_hand" not in anew.flags
    assert anew.draft is not None
    with unit_of_work(house.engine) as session:
        history = facts_for(session, newer, now=house.now).history
    assert [mail.by_hand for mail in history] == [True]


def test_our_own_copies_strangers_and_unrelated_mail_are_not_kept(house: House, settings: MailboxSettings) -> None:
    _, held = promised(house)
    put(settings, "b1", answers="<some-supplier@elsewhere.example>", at=house.now)
    put(settings, "b2", answers="<in-1@harrowfinch.example>", sender="someone@elsewhere.example", at=house.now)
    before = len(rows(house, MessageRaw))
    assert look(house, settings) == 0
    assert len(rows(house, MessageRaw)) == before
    house.desk.approve(held, version=1, actor="ines")
    send(house, Wire())
    with unit_of_work(house.engine) as session:
        ours = session.exec(select(Outgoing)).one()
    MaildirMailbox(settings).file_sent(ours.mime, ours.message_id_header)
    assert look(house, settings) == 0
    assert status(house, held) == ProposalStatus.SENT


def test_a_look_sees_each_mail_once_and_the_first_goes_not_far_back(house: House, settings: MailboxSettings) -> None:
    promised(house)
    put(settings, "old", answers="<in-1@harrowfinch.example>", at=house.now - FIRST_LOOK - timedelta(days=2))
    assert look(house, settings) == 0
    put(settings, "new", answers="<in-1@harrowfinch.example>", at=house.now)
    assert look(house, settings) == 1
    assert look(house, settings) == 0
    with unit_of_work(house.engine) as session:
        kept = session.exec(select(Message).where(Message.state == MessageState.SENT_BY_HAND)).all()
    assert [m.answers for m in kept] == [1]
    assert all(m.received_at.tzinfo is UTC or m.received_at.utcoffset() == timedelta(0) for m in kept)


@pytest.mark.parametrize(
    ("to", "header"),
    [
        ("bob@nordholt-supply.example", "X-Desk: passed on to a colleague"),
        ("advice@law-office.example", "X-Desk: passed on to a lawyer"),
        ("p.kershaw@harrowfinch.example", "Auto-Submitted: auto-replied"),
    ],
)
def test_what_answers_nobody_leaves_the_draft(house: House, settings: MailboxSettings, to: str, header: str) -> None:
    message, held = promised(house)
    put(settings, "f1", answers="<in-1@harrowfinch.example>", at=house.now, to=to, header=header)
    assert look(house, settings) == 0
    assert status(house, held) == ProposalStatus.HELD
    assert state(house, message) == MessageState.PROPOSED


@pytest.mark.parametrize("to", ["K.Osei@HarrowFinch.example", "bob@nordholt-supply.example, ap@uk.harrowfinch.example"])
def test_an_answer_to_anybody_at_the_customer_counts(house: House, settings: MailboxSettings, to: str) -> None:
    _, held = promised(house)
    put(settings, "f1", answers="<in-1@harrowfinch.example>", at=house.now, to=to)
    assert look(house, settings) == 1
    assert status(house, held) == ProposalStatus.VOID


def test_a_strangers_copy_of_a_message_id_draws_no_answer_to_itself(house: House, settings: MailboxSettings) -> None:
    stolen = house.receive("Hello", sender="e.vasseur@morvan-bi.example", message_id="<in-2@harrowfinch.example>")
    message, held = promised(house)
    put(settings, "a1", answers="<in-2@harrowfinch.example>", at=house.now)
    assert look(house, settings) == 1
    assert status(house, held) == ProposalStatus.VOID
    with unit_of_work(house.engine) as session:
        kept = session.exec(select(Message).where(Message.state == MessageState.SENT_BY_HAND)).one()
    assert kept.answers == message != stolen


def test_an_answer_found_while_the_agent_thought_is_seen_at_approval(house: House, settings: MailboxSettings) -> None:
    message = house.receive(WORDS)
    put(settings, "a1", answers="<in-1@harrowfinch.example>", at=house.now)
    look(house, settings)
    said = claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date=date(2026, 3, 20))
    held = house.hold(message, said)  # with a draft, as it was thought out before the answer was found
    with pytest.raises(Stale, match="a colleague answered"):
        house.desk.approve(held, version=1, actor="ines")
    assert status(house, held) == ProposalStatus.VOID
    assert rows(house, Outgoing) == []


def test_leaving_an_action_out_brings_no_letter_back(house: House, settings: MailboxSettings) -> None:
    contest = "INV-20422 charges a pallet that never came."
    message = house.receive(f"{WORDS} {contest}")
    put(settings, "a1", answers="<in-1@harrowfinch.example>", at=house.now)
    look(house, settings)
    held = house.hold(
        message,
        claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date=date(2026, 3, 20)),
        claim(Reason.DISPUTE, contest, invoices=["INV-20427"]),
        draft=None,
    )
    house.desk.leave_out(held, version=1, actor="ines", without=[1])
    item = house.desk.show(held)
    assert item is not None
    assert item.proposal.draft is None


def test_a_yes_to_a_plan_is_written_down_whoever_thanked_them_for_it(house: House, settings: MailboxSettings) -> None:
    asked = "Could we pay INV-20427 in instalments?"
    first = house.hold(house.receive(asked), claim(Reason.PLAN_REQUEST, asked, invoices=["INV-20427"]))
    house.desk.approve(first, version=1, actor="ines")
    send(house, Wire())
    house.now += timedelta(days=1)
    words = "Agreed, we accept the plan."
    message = house.receive(words)
    put(settings, "a1", answers="<in-2@harrowfinch.example>", at=house.now)
    look(house, settings)
    anew = thought(house, message, Reason.ACKNOWLEDGEMENT)
    assert anew.draft is None
    assert [action.arguments["move"] for action in anew.actions] == ["agreed"]


def test_what_the_erp_must_issue_anew_is_still_asked_of_it(house: House, settings: MailboxSettings) -> None:
    message = house.receive("INV-20413 lacks our purchase order, it must quote PO 4500091234.")
    put(settings, "a1", answers="<in-1@harrowfinch.example>", at=house.now)
    look(house, settings)
    anew = thought(house, message, Reason.PO_MISMATCH)
    assert anew.draft is None
    assert [(a.tool, a.arguments["way"]) for a in anew.actions] == [("resubmit_invoice", "reissue")]
