"""What a bounce and a complaint do: to the contact, to what is proposed, and to nothing when they are forged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from agent.deps import Deps
from agent.graph import propose
from review.desk import Blocked
from store import audit, messages, proposals
from store.cases import facts_for
from store.engine import unit_of_work
from store.inbound import Bounce, SenderAuth
from store.proposals import Stale
from store.proposed import Proposal
from store.tables import AuditEntry, Contact, Escalation, Message
from store.vocabulary import Delivery, MessageKind, MessageState, ProposalStatus, Reason, Verdict
from tests.factories import COMPANY, House, claim, open_house
from tests.posting import Posted, post

PRIYA, DOMINIC = "p.kershaw@harrowfinch.example", "d.sayle@harrowfinch.example"
UNKNOWN = "550 5.1.1 User unknown in virtual mailbox table"


class Silent:
    """A reader that must not be asked."""

    name = "silent"

    def read(self, *_: Any, **__: Any) -> list[Any]:
        raise AssertionError("a machine's report is never read")

    def listen(self, *_: Any, **__: Any) -> list[Any]:
        raise AssertionError("a machine's report is never listened to")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def report(house: House, *, kind: MessageKind = MessageKind.BOUNCE, **bounce: Any) -> int:
    """Receive a report as the mail server of the other side makes it."""
    values = {"status": "5.1.1", "hard": True, "reason": "user_unknown", "diagnostic": UNKNOWN} | bounce
    return house.receive(
        "I'm sorry to have to inform you that your message could not be delivered.",
        sender="mailer-daemon@mx.harrowfinch.example",
        kind=kind,
        subject="Undelivered Mail Returned to Sender",
        in_reply_to=None,
        auth={},
        bounce=Bounce(**values),
    )


def proposed(house: House, message: int) -> Proposal:
    """Let the agent propose and hold it."""
    with unit_of_work(house.engine) as session:
        facts = facts_for(session, message, now=house.now)
        stored = messages.load(session, message)
    proposal = propose(stored, facts, Deps(company=COMPANY, policy=house.policy, embedded=Silent()))
    with unit_of_work(house.engine) as session:
        proposals.hold(session, proposal, newest_message=facts.newest_message or message, now=house.now)
        end = MessageState.PROPOSED if facts.customer is not None else MessageState.UNMATCHED
        messages.finish(session, message, state=end)
    return proposal


def contact(house: House, address: str = PRIYA) -> Contact:
    with unit_of_work(house.engine) as session:
        return session.exec(select(Contact).where(Contact.email == address)).one()


def row(house: House, message: int) -> Message:
    with unit_of_work(house.engine) as session:
        return session.get_one(Message, message)


def events(house: House) -> list[tuple[str, str]]:
    with unit_of_work(house.engine) as session:
        entries = session.exec(select(AuditEntry).where(col(AuditEntry.event).startswith("contact."))).all()
        assert audit.verify(session)[1] is None
        return [(entry.event, entry.actor) for entry in entries]


def held_of(house: House, message: int) -> int:
    number = house.desk.live_proposal(message)
    assert number is not None
    return number


# --- a bounce that proves itself ------------------------------------------------------------------------------------


def test_a_hard_bounce_marks_the_contact_and_asks_a_person_for_another(house: House) -> None:
    ours = post(house)
    message = report(house, recipient=PRIYA, original_message_id=ours.message_id)
    marked = contact(house)
    assert (marked.delivery, marked.delivery_since, marked.delivery_note) == (Delivery.BOUNCING, house.now, UNKNOWN)
    assert marked.status == "verified"
    assert contact(house, DOMINIC).delivery == Delivery.OK
    assert events(house) == [("contact.bouncing", "daemon")]
    got = proposed(house, message)
    assert got.verdict is Verdict.BOUNCE
    (action,) = got.actions
    assert (action.tool, action.arguments["matter"], action.arguments["role"]) == (
        "escalate_to_human", "undelivered", "collector",
    )  # fmt: skip
    assert "find another contact" in action.preview
    for words in (PRIYA, "User unknown", "Other verified contacts: Dominic Sayle"):
        assert words in (got.needs_person or "")
    assert got.draft is None
    house.desk.approve(held_of(house, message), version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        (escalation,) = session.exec(select(Escalation)).all()
    assert (escalation.customer_id, escalation.reason, escalation.role) == ("C1001", "undelivered", "collector")
    assert DOMINIC in escalation.summary


def test_nothing_is_addressed_to_a_contact_that_bounces(house: House) -> None:
    ours = post(house)
    before = house.hold(house.receive("Why?", auth={}), claim(Reason.QUESTION, "Why?"))
    report(house, recipient=PRIYA.upper(), original_message_id=ours.message_id)
    with pytest.raises(Stale, match="the ledger changed"):
        house.desk.approve(before, version=1, actor="ines")
    item = house.desk.show(house.hold(house.receive("Why?", auth={}), claim(Reason.QUESTION, "Why?")))
    assert item is not None
    assert item.proposal.draft is not None
    assert item.proposal.draft.recipients == (DOMINIC,)
    draft = item.proposal.draft.model_copy(update={"recipients": (PRIYA,)})
    with unit_of_work(house.engine) as session:
        again = item.proposal.model_copy(update={"draft": draft})
        version = proposals.replace(session, item.row.id or 0, again, version=1, actor="x", now=house.now)
    with pytest.raises(Blocked, match="mail comes back from there since 2026-03-10"):
        house.desk.approve(item.row.id or 0, version=version, actor="ines")


def test_a_mail_in_the_outbox_is_stopped_when_its_contact_bounces(house: House) -> None:
    ours = post(house)
    words = "We pay INV-20413 on 20 March."
    waiting = house.hold(
        house.receive(words), claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date="2026-03-20")
    )
    house.desk.approve(waiting, version=1, actor="ines")
    report(house, recipient=PRIYA, original_message_id=ours.message_id)
    with pytest.raises(AssertionError):  # nothing leaves
        _run_outbox(house)
    item = house.desk.show(waiting)
    assert item is not None
    assert item.row.status == ProposalStatus.VOID


def _run_outbox(house: House) -> None:
    from agent.effects import effects_by
    from mail.outbox import Route, Sender
    from tests.posting import Wire

    wire = Wire()
    Sender(house.engine, {"ar": Route(wire)}, "w", effects_by(lambda: house.now), clock=lambda: house.now).run_due(
        house.now
    )
    assert wire.taken


def test_without_another_contact_a_person_is_told_so(house: House) -> None:
    ours = post(house, sender="obinna@okaformarine.example", number="INV-20428")
    message = report(house, recipient="obinna@okaformarine.example", original_message_id=ours.message_id)
    assert "nobody at this customer can be written to" in (proposed(house, message).needs_person or "")


@pytest.mark.parametrize("chain", ["in_reply_to", "references"])
def test_the_message_id_may_stand_in_the_header_of_the_report(house: House, chain: str) -> None:
    ours = post(house)
    value: Any = ours.message_id if chain == "in_reply_to" else (ours.message_id,)
    house.receive(
        "",
        sender="postmaster@x.example",
        auth={},
        kind="bounce",
        bounce=Bounce(recipient=PRIYA, hard=True),
        **{chain: value},
    )
    assert contact(house).delivery == Delivery.BOUNCING


# --- what marks nobody ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounce", "asks"),
    [
        ({"recipient": PRIYA, "hard": False, "status": "4.2.2", "reason": "mailbox_full"}, False),
        ({"recipient": PRIYA, "hard": None, "status": None, "reason": None}, True),
    ],
)
def test_a_soft_bounce_is_only_noted(house: House, bounce: dict[str, Any], asks: bool) -> None:
    message = report(house, original_message_id=post(house).message_id, **bounce)
    assert contact(house).delivery == Delivery.OK
    assert "bounce_noted" in row(house, message).match_flags
    got = proposed(house, message)
    assert [a.tool for a in got.actions] == ["no_reply"]
    assert (got.needs_person is not None) == asks
    assert events(house) == []


@pytest.mark.parametrize(
    "forged",
    [
        {"recipient": PRIYA},
        {"recipient": PRIYA, "original_message_id": "<dw.0000@nordholt-supply.example>"},
        {"recipient": PRIYA, "original_message_id": "<reminder-1@nordholt-supply.example>"},
        {"recipient": None, "original_message_id": "<x@y.example>"},
        {"recipient": "nobody@nowhere.example"},
    ],
)
def test_a_bounce_without_our_message_id_changes_nothing_and_is_shown(house: House, forged: dict[str, Any]) -> None:
    post(house)
    message = report(house, **forged)
    got = row(house, message)
    assert (got.customer_id, got.state, got.match_flags) == (None, MessageState.UNMATCHED, ["report_unproven"])
    assert contact(house).delivery == Delivery.OK
    assert events(house) == []
    proposal = proposed(house, message)
    assert [a.tool for a in proposal.actions] == ["no_reply"]
    assert "names no mail of ours" in (proposal.needs_person or "")
    assert [mail.message.id for mail in house.desk.unmatched()] == [message]


def test_a_proven_bounce_about_somebody_else_marks_nobody(house: House) -> None:
    """The address behind an alias fails, or somebody lies about a colleague."""
    ours = post(house)
    for whom in (DOMINIC, "old.colleague@harrowfinch.example", "j.brandstaetter@kessler-anlagenbau.example"):
        message = report(house, recipient=whom, original_message_id=ours.message_id)
        assert row(house, message).customer_id == "C1001"
        assert [a.tool for a in proposed(house, message).actions] == ["no_reply"]
        house.now = house.now.replace(minute=house.now.minute + 1)
    assert events(house) == []


def test_a_bounce_that_names_nobody_is_about_the_one_who_was_written_to(house: House) -> None:
    report(house, recipient=None, original_message_id=post(house).message_id)
    assert contact(house).delivery == Delivery.BOUNCING


def test_an_alias_that_is_named_beside_the_address_behind_it_is_found(house: House) -> None:
    ours = post(house)
    report(house, recipient="priya2@harrowfinch.example", also=(PRIYA,), original_message_id=ours.message_id)
    assert contact(house).delivery == Delivery.BOUNCING


# --- a bounce of a mail that another system of ours sent ------------------------------------------------------------


def erp_bounce(house: House) -> int:
    return report(
        house,
        recipient=PRIYA,
        original_message_id="<reminder-9@nordholt-supply.example>",
        original_subject="Overdue: INV-20413",
    )


def test_a_bounced_reminder_of_the_erp_is_a_suggestion_that_a_person_accepts(house: House) -> None:
    message = erp_bounce(house)
    proposed(house, message)
    (mail,) = house.desk.unmatched()
    assert mail.reports == PRIYA
    (guess,) = mail.suggestions
    assert (guess.customer_id, guess.invoices) == ("C1001", ("INV-20413",))
    assert contact(house).delivery == Delivery.OK
    house.desk.mark_reported(message, customer_id="C1001", actor="ines")
    assert (contact(house).delivery, contact(house).delivery_note) == (Delivery.BOUNCING, UNKNOWN)
    assert events(house) == [("contact.bouncing", "ines")]
    got = proposed(house, message)
    assert [a.tool for a in got.actions] == ["escalate_to_human"]
    assert DOMINIC in (got.needs_person or "")


def test_a_report_is_assigned_without_believing_it_and_believed_later(house: House) -> None:
    message = erp_bounce(house)
    house.desk.assign(message, customer_id="C1001", actor="ines")
    got = proposed(house, message)
    assert [a.tool for a in got.actions] == ["no_reply"]
    item = house.desk.show(held_of(house, message))
    assert item is not None
    assert item.markable == PRIYA
    assert contact(house).delivery == Delivery.OK
    house.desk.mark_reported(message, customer_id=None, actor="ines")
    assert contact(house).delivery == Delivery.BOUNCING
    assert [a.tool for a in proposed(house, message).actions] == ["escalate_to_human"]
    with pytest.raises(ValueError, match="no contact"):
        house.desk.mark_reported(message, customer_id=None, actor="ines")


def test_only_contacts_of_that_customer_can_be_marked_so(house: House) -> None:
    message = erp_bounce(house)
    with pytest.raises(ValueError, match="no contact of this customer"):
        house.desk.mark_reported(message, customer_id="C1002", actor="ines")
    assert row(house, message).customer_id is None, "refused means that nothing happened"
    plain = house.receive("Hello", auth={})
    with pytest.raises(ValueError, match="no report"):
        house.desk.mark_reported(plain, customer_id=None, actor="ines")


# --- complaints -----------------------------------------------------------------------------------------------------


def complain(house: House, ours: Posted | None, **values: Any) -> int:
    given = {"recipient": None, "hard": None, "status": None, "reason": "abuse", "diagnostic": None} | values
    if ours is not None:
        given["original_message_id"] = ours.message_id
    return report(house, kind=MessageKind.COMPLAINT, **given)


@pytest.mark.parametrize("named", [None, PRIYA])
def test_a_complaint_ends_writing_to_that_contact_and_goes_to_a_person(house: House, named: str | None) -> None:
    message = complain(house, post(house), recipient=named)
    assert contact(house).delivery == Delivery.COMPLAINED
    assert events(house) == [("contact.complained", "daemon")]
    got = proposed(house, message)
    assert got.verdict is Verdict.COMPLAINT
    (action,) = got.actions
    assert (action.arguments["matter"], action.arguments["role"]) == ("complaint", "manager")
    house.desk.approve(held_of(house, message), version=1, actor="ines")
    item = house.desk.show(held_of(house, message))
    assert item is not None
    assert item.facts.customer is not None
    assert not item.facts.customer.stopped, "a machine's report stops no account"
    assert [c.email for c in item.facts.recipients] == [DOMINIC]


def test_a_forged_complaint_changes_nothing(house: House) -> None:
    post(house)
    message = complain(house, None, recipient=PRIYA)
    assert row(house, message).customer_id is None
    assert contact(house).delivery == Delivery.OK


# --- an address that works again ------------------------------------------------------------------------------------


def bounced(house: House) -> None:
    report(house, recipient=PRIYA, original_message_id=post(house).message_id)
    assert contact(house).delivery == Delivery.BOUNCING


@pytest.mark.parametrize("kind", ["reply", "auto_reply"])
def test_a_proven_mail_from_the_address_clears_the_mark(house: House, kind: str) -> None:
    bounced(house)
    house.receive("I am back.", kind=kind)
    cleared = contact(house)
    assert (cleared.delivery, cleared.delivery_since, cleared.delivery_note) == (Delivery.OK, None, None)
    assert events(house) == [("contact.bouncing", "daemon"), ("contact.reachable", "daemon")]


@pytest.mark.parametrize(
    "auth",
    [
        SenderAuth(),
        SenderAuth(dmarc="fail"),
        SenderAuth(spf="pass", spf_domain="harrowfinch.example"),
        SenderAuth(dkim="pass", dkim_domain="elsewhere.example"),
    ],
)
def test_a_mail_that_proves_nothing_clears_nothing(house: House, auth: SenderAuth) -> None:
    bounced(house)
    house.receive("I am back.", auth=auth)
    assert contact(house).delivery == Delivery.BOUNCING


def test_a_complaint_is_lifted_by_a_person_alone(house: House) -> None:
    complain(house, post(house))
    house.receive("Why do you not answer?")
    assert contact(house).delivery == Delivery.COMPLAINED
    bounce = post(house, sender=DOMINIC)
    report(house, recipient=PRIYA, original_message_id=bounce.message_id)
    assert contact(house).delivery == Delivery.COMPLAINED
    number = contact(house).id or 0
    house.desk.make_reachable(number, actor="ines")
    assert contact(house).delivery == Delivery.OK
    assert events(house)[-1] == ("contact.reachable", "ines")
    with pytest.raises(ValueError, match="already"):
        house.desk.make_reachable(number, actor="ines")


@pytest.mark.parametrize("kind", ["not-spam", "Auth-Failure"])
def test_a_feedback_report_that_complains_of_nothing_stops_nothing(house: House, kind: str) -> None:
    """RFC 6430: "not-spam" takes a complaint back. RFC 6591: a signature failed on its way."""
    posted = post(house)
    message = report(
        house,
        kind=MessageKind.COMPLAINT,
        reason=kind,
        hard=None,
        recipient=PRIYA,
        original_message_id=posted.message_id,
    )
    with unit_of_work(house.engine) as session:
        assert session.exec(select(Contact.delivery).where(Contact.email == PRIYA)).all() == [Delivery.OK]
        assert session.get_one(Message, message).match_flags == ["report_no_objection"]
    made = proposed(house, message)
    assert ([action.tool for action in made.actions], made.needs_person) == (["no_reply"], None)
