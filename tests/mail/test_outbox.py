"""The sender against a real SMTP server and a real database: never twice, never after the world moved on, nothing lost."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from mail.compose import compose, fix_message_id
from mail.filing import ASK_AGAIN
from mail.mailbox import Mailbox, MailboxError
from mail.maildir import MaildirMailbox
from mail.outbox import FEWEST_ATTEMPTS, Route, Sender, settle_uncertain
from mail.settings import MailboxSettings, SmtpSettings
from mail.smtp import SmtpTransport
from mail.thread import assign, match
from mail.transport import Transport
from store import audit, messages, outbox, proposals
from store.cases import customer_facts
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from store.inbound import InboundEmail
from store.proposed import Draft, Proposal
from store.tables import Contact, Customer, Effect, Invoice, Outgoing, ProposalRow
from store.vocabulary import IdentityLevel, MessageKind, ProposalStatus, SendState, Verdict
from tests.mail.smtp_fixtures import USER, SmtpServer, smtp_server

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
COMPANY = CompanyProfile(name="Nordholt Supply", email=USER)
CONTACT = "p.kershaw@harrowfinch.example"


def inbound(number: int, *, sender: str = CONTACT) -> InboundEmail:
    return InboundEmail(
        kind=MessageKind.REPLY,
        message_id=f"<in-{number}@harrowfinch.example>",
        from_address=sender,
        subject="Re: INV-20413",
        new_text=f"Mail {number}",
    )


def receive(session: Session, number: int, *, now: datetime = NOW, sender: str = CONTACT) -> int:
    email = inbound(number, sender=sender)
    recorded = messages.record(
        session,
        mailbox="ar",
        folder="INBOX",
        uidvalidity=1,
        uid=number,
        raw=f"mail {number}".encode(),
        email=email,
        received_at=now,
    )
    assign(session, recorded.message_id, match(session, email, company=COMPANY, now=now), now)
    return recorded.message_id


@dataclass
class House:
    """A database with one approved answer, the server that takes it, and a mailbox that it is filed in."""

    url: str
    engine: Engine
    server: SmtpServer
    mailbox: MaildirMailbox
    outgoing: int
    proposal: int

    def sender(
        self,
        *,
        worker: str = "w1",
        transport: Transport | None = None,
        mailbox: Mailbox | None = None,
        files_itself: bool = False,
        on_sent: Callable[[Session, int], None] | None = None,
    ) -> Sender:
        route = Route(transport or SmtpTransport(self.server.settings()), mailbox or self.mailbox, files_itself)
        return Sender(self.engine, {"ar": route}, worker, on_sent or effect)

    @property
    def state(self) -> SendState:
        with unit_of_work(self.engine) as session:
            return SendState(session.get_one(Outgoing, self.outgoing).state)

    @property
    def status(self) -> ProposalStatus:
        with unit_of_work(self.engine) as session:
            return ProposalStatus(session.get_one(ProposalRow, self.proposal).status)

    @property
    def effects(self) -> int:
        with unit_of_work(self.engine) as session:
            return len(session.exec(select(Effect)).all())

    @property
    def sent(self) -> int:
        return len(self.server.sink.taken)

    def row(self) -> Outgoing:
        with unit_of_work(self.engine) as session:
            return session.get_one(Outgoing, self.outgoing)


def effect(session: Session, proposal_id: int) -> None:
    """What follows from a sent proposal here. The unique key makes a second time an error."""
    session.add(Effect(proposal_id=proposal_id, position=0, tool="no_reply", text="noted", applied_at=NOW))
    session.flush()


def approve(
    session: Session, message_id: int, *, now: datetime = NOW, customer: str = "C1", to: str = CONTACT
) -> tuple[int, int]:
    """Hold an answer to a stored message and approve it; give proposal and outbox row."""
    stored = messages.load(session, message_id)
    draft = Draft(
        language="en", subject="INV-20413", body="x", rendered="Dear Ms Kershaw,\n.\nthank you.", recipients=(to,)
    )
    proposal = Proposal(message_id=message_id, verdict=Verdict.REPLY, identity=IdentityLevel.B, draft=draft)
    proposal_id = proposals.hold(session, proposal, newest_message=message_id, now=now)
    assert proposal_id is not None
    message_header = fix_message_id(b"k" * 32, proposal_id=proposal_id, version=1, domain="nordholt.example")
    mime = compose(draft=draft, to=stored, company=COMPANY, sender=USER, message_id=message_header, now=now)
    held = session.get_one(ProposalRow, proposal_id)
    row = Outgoing(
        proposal_id=proposal_id,
        case_id=held.case_id,
        customer_id=customer,
        mailbox="ar",
        message_id_header=message_header,
        sender=USER,
        recipients=[to],
        mime=mime,
        mime_sha256=hashlib.sha256(mime).hexdigest(),
        ledger_digest=customer_facts(session, customer, now=now).ledger_digest(),
        newest_message=message_id,
        next_attempt_at=now,
        created_at=now,
    )
    proposals.approve(session, proposal_id, version=1, actor="ada", now=now, outgoing=row)
    assert row.id is not None
    return proposal_id, row.id


def add_customer(session: Session, customer: str, contact: str, invoice: str) -> None:
    session.add(
        Customer(
            id=customer, name="Harrow & Finch", currency="GBP", language="en", timezone="UTC", tier="A", owner="ada"
        )
    )
    session.flush()
    session.add(Contact(customer_id=customer, name="Priya Kershaw", email=contact, role="ap", created_at=NOW))
    session.add(
        Invoice(
            number=invoice,
            customer_id=customer,
            issue_date=date(2026, 1, 1),
            due_date=date(2026, 2, 1),
            currency="GBP",
            amount=Decimal("11482.50"),
            balance=Decimal("11482.50"),
            po_number="",
            description="belts",
        )
    )
    session.flush()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    url = f"sqlite:///{tmp_path / 'dunwell.db'}"
    engine = open_engine(url)
    migrate(engine)
    with unit_of_work(engine) as session:
        session.add(
            Customer(
                id="C1", name="Harrow & Finch", currency="GBP", language="en", timezone="UTC", tier="A", owner="ada"
            )
        )
        session.flush()
        session.add(Contact(customer_id="C1", name="Priya Kershaw", email=CONTACT, role="ap", created_at=NOW))
        session.add(
            Invoice(
                number="INV-20413",
                customer_id="C1",
                issue_date=date(2026, 1, 1),
                due_date=date(2026, 2, 1),
                currency="GBP",
                amount=Decimal("11482.50"),
                balance=Decimal("11482.50"),
                po_number="",
                description="belts",
            )
        )
        session.flush()
        proposal, outgoing = approve(session, receive(session, 1))
    mailbox = MaildirMailbox(MailboxSettings(name="ar", kind="maildir", address=USER, path=tmp_path / "mail"))
    (tmp_path / "mail").mkdir()
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "mail" / folder).mkdir()
    with smtp_server(tmp_path) as server:
        yield House(url, engine, server, mailbox, outgoing, proposal)
    engine.dispose()


def test_sends_once_with_its_effects_and_files_a_copy(house: House) -> None:
    sender = house.sender()
    assert sender.run_due(NOW) == 1
    assert (house.sent, house.state, house.status, house.effects) == (1, SendState.FILED, ProposalStatus.SENT, 1)
    (taken,) = house.server.sink.taken
    assert (taken.sender, taken.recipients, taken.content) == (USER, [CONTACT], house.row().mime)
    assert house.mailbox.find_sent(house.row().message_id_header) is True
    assert sender.run_due(NOW + timedelta(days=1)) == 0
    assert house.sent == 1
    with unit_of_work(house.engine) as session:
        assert audit.verify(session)[1] is None


def test_the_reply_to_our_mail_finds_its_case(house: House) -> None:
    house.sender().run_due(NOW)
    email = InboundEmail(
        kind=MessageKind.REPLY,
        from_address="stranger@elsewhere.example",
        in_reply_to=house.row().message_id_header,
        new_text="We have paid.",
    )
    with unit_of_work(house.engine) as session:
        found = match(session, email, company=COMPANY, now=NOW)
    assert (found.case_id, found.customer_id) == (house.row().case_id, "C1")
    assert (found.identity, found.flags) == (IdentityLevel.C, ["foreign_sender"])


# --- the world moves on ---------------------------------------------------------------------------------------


def test_void_when_the_customer_wrote_again(house: House) -> None:
    with unit_of_work(house.engine) as session:
        receive(session, 2)
    assert (house.state, house.status) == (SendState.VOID, ProposalStatus.VOID)
    assert house.sender().run_due(NOW) == 0
    assert (house.sent, house.effects) == (0, 0)


def test_void_when_the_ledger_changed(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, "INV-20413").balance = Decimal("0.00")
    house.sender().run_due(NOW)
    assert (house.sent, house.state, house.status) == (0, SendState.VOID, ProposalStatus.VOID)
    with unit_of_work(house.engine) as session:
        assert session.get_one(ProposalRow, house.proposal).void_reason == "the ledger changed"
        assert messages.due(session, now=NOW) == [1]  # its mail is proposed anew


@pytest.mark.parametrize("change", ["mail", "ledger"])
def test_void_when_it_happens_while_the_server_is_talked_to(house: House, change: str) -> None:
    """Between the claim and the body the approval is looked at once more, in the transaction that commits it."""

    class Meanwhile(SmtpTransport):
        def deliver(
            self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]
        ) -> None:
            def gate() -> bool:
                with unit_of_work(house.engine) as session:
                    if change == "mail":
                        receive(session, 2)
                    else:
                        session.get_one(Invoice, "INV-20413").balance = Decimal("1.00")
                return before_body()

            super().deliver(sender=sender, recipients=recipients, mime=mime, before_body=gate)

    house.sender(transport=Meanwhile(house.server.settings())).run_due(NOW)
    assert (house.sent, house.state, house.status, house.effects) == (0, SendState.VOID, ProposalStatus.VOID, 0)


def test_a_stored_mail_that_was_altered_is_not_sent(house: House) -> None:
    with unit_of_work(house.engine) as session:
        row = session.get_one(Outgoing, house.outgoing)
        row.mime = row.mime.replace(b"thank you", b"thank me!")
    house.sender().run_due(NOW)
    assert (house.sent, house.state, house.status) == (0, SendState.FAILED, ProposalStatus.FAILED)


def test_recipients_that_were_altered_are_not_sent_to(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.get_one(Outgoing, house.outgoing).recipients = ["evil@elsewhere.example"]
    house.sender().run_due(NOW)
    assert (house.sent, house.state) == (0, SendState.FAILED)


# --- answers of the server ------------------------------------------------------------------------------------


def test_4xx_waits_longer_each_time_and_then_sends(house: House) -> None:
    step = f"RCPT {CONTACT}"
    house.server.sink.faults += [(step, "451 greylisted")] * 6
    sender, now, delays = house.sender(), NOW, []
    for _ in range(6):
        assert sender.run_due(now) == 1
        assert house.state is SendState.QUEUED
        delays.append((house.row().next_attempt_at - now).total_seconds())
        assert sender.run_due(house.row().next_attempt_at - timedelta(seconds=1)) == 0
        now = house.row().next_attempt_at
    assert delays == [300, 600, 1200, 2400, 4000, 4000]
    assert sender.run_due(now) == 1
    assert (house.sent, house.state, house.effects) == (1, SendState.FILED, 1)


def test_4xx_after_five_days_fails_for_a_person(house: House) -> None:
    house.server.sink.faults.append((f"RCPT {CONTACT}", "451 greylisted"))
    with unit_of_work(house.engine) as session:
        row = session.get_one(Outgoing, house.outgoing)
        row.attempts = FEWEST_ATTEMPTS - 1
        session.add(row)
    house.sender().run_due(NOW + timedelta(days=5))
    assert (house.sent, house.state, house.status) == (0, SendState.FAILED, ProposalStatus.FAILED)
    assert "given up" in (house.row().last_error or "")


@pytest.mark.parametrize(("step", "reply"), [(f"RCPT {CONTACT}", "550 unknown"), ("DATA", "552 too big")])
def test_5xx_fails_for_a_person(house: House, step: str, reply: str) -> None:
    house.server.sink.faults.append((step, reply))
    sender = house.sender()
    sender.run_due(NOW)
    assert (house.state, house.status, house.effects) == (SendState.FAILED, ProposalStatus.FAILED, 0)
    assert sender.run_due(NOW + timedelta(days=1)) == 0
    assert house.sent == 0


def test_4xx_after_the_dot_is_known_not_to_be_sent_and_is_retried(house: House) -> None:
    house.server.sink.faults.append(("DATA", "451 disk full"))
    sender = house.sender()
    sender.run_due(NOW)
    assert (house.sent, house.state) == (0, SendState.QUEUED)
    sender.run_due(NOW + timedelta(seconds=300))
    assert (house.sent, house.state, house.effects) == (1, SendState.FILED, 1)


def test_a_mailbox_that_is_not_configured_is_retried_and_named(house: House) -> None:
    sender = Sender(house.engine, {}, "w1", effect)
    assert sender.run_due(NOW) == 1
    assert house.state is SendState.QUEUED
    assert "not configured" in (house.row().last_error or "")


# --- the fate is unknown --------------------------------------------------------------------------------------


def lose(house: House) -> None:
    """Let the server take the mail and lose its answer."""
    house.server.sink.faults.append(("DATA", "drop"))
    house.sender().run_due(NOW)
    assert (house.sent, house.state, house.status, house.effects) == (
        1,
        SendState.UNCERTAIN,
        ProposalStatus.UNCERTAIN,
        0,
    )


def test_a_lost_answer_is_uncertain_and_never_resent(house: House) -> None:
    lose(house)
    for hours in (1, 24, 24 * 30):
        house.sender().run_due(NOW + timedelta(hours=hours))
    assert (house.sent, house.state) == (1, SendState.UNCERTAIN)


def test_a_person_says_it_was_sent(house: House) -> None:
    lose(house)
    with unit_of_work(house.engine) as session:
        settle_uncertain(session, house.outgoing, sent=True, actor="ada", now=NOW, on_sent=effect)
    assert (house.state, house.status, house.effects) == (SendState.SENT, ProposalStatus.SENT, 1)
    with unit_of_work(house.engine) as session, pytest.raises(proposals.Stale):
        settle_uncertain(session, house.outgoing, sent=False, actor="bob", now=NOW, on_sent=effect)
    house.sender().run_due(NOW)
    assert (house.sent, house.state, house.effects) == (1, SendState.FILED, 1)


def test_a_person_says_it_was_not_sent(house: House) -> None:
    lose(house)
    with unit_of_work(house.engine) as session:
        settle_uncertain(session, house.outgoing, sent=False, actor="ada", now=NOW, on_sent=effect)
    assert (house.state, house.status) == (SendState.QUEUED, ProposalStatus.APPROVED)
    house.sender().run_due(NOW)
    assert (house.sent, house.state, house.status, house.effects) == (2, SendState.FILED, ProposalStatus.SENT, 1)
    first, second = house.server.sink.taken
    assert first.content == second.content  # the same Message-ID: receivers may tell it is the same


def test_the_sent_folder_of_a_provider_that_files_itself_settles_it(house: House) -> None:
    lose(house)
    sender = house.sender(files_itself=True)
    sender.run_due(NOW)
    assert house.state is SendState.UNCERTAIN
    house.mailbox.file_sent(house.row().mime, house.row().message_id_header)  # what Gmail does by itself
    sender.run_due(NOW + ASK_AGAIN)
    assert (house.sent, house.state, house.status, house.effects) == (1, SendState.FILED, ProposalStatus.SENT, 1)


def test_a_sent_folder_that_only_we_fill_is_no_evidence(house: House) -> None:
    lose(house)
    house.mailbox.file_sent(house.row().mime, house.row().message_id_header)
    house.sender(files_itself=False).run_due(NOW)
    assert house.state is SendState.UNCERTAIN


def test_effects_that_fail_leave_nothing_half_done_and_nothing_resent(house: House) -> None:
    def broken(session: Session, proposal_id: int) -> None:
        effect(session, proposal_id)
        raise RuntimeError("a bug in a tool")

    house.sender(on_sent=broken).run_due(NOW)
    assert (house.sent, house.state, house.status, house.effects) == (
        1,
        SendState.UNCERTAIN,
        ProposalStatus.UNCERTAIN,
        0,
    )
    assert "the server took the mail" in (house.row().last_error or "")
    house.sender().run_due(NOW + timedelta(hours=1))
    assert house.sent == 1
    with unit_of_work(house.engine) as session:
        settle_uncertain(session, house.outgoing, sent=True, actor="ada", now=NOW, on_sent=effect)
    assert (house.state, house.effects) == (SendState.SENT, 1)


def test_an_unexpected_error_before_the_body_is_retried_after_it_is_uncertain(house: House) -> None:
    class Broken:
        def __init__(self, *, begin: bool) -> None:
            self.begin = begin

        def probe(self) -> str:
            return "broken"

        def deliver(
            self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]
        ) -> None:
            if self.begin:
                before_body()
            raise RuntimeError("a bug")

    house.sender(transport=Broken(begin=False)).run_due(NOW)
    assert house.state is SendState.QUEUED
    house.sender(transport=Broken(begin=True)).run_due(NOW + timedelta(seconds=300))
    assert (house.state, house.status) == (SendState.UNCERTAIN, ProposalStatus.UNCERTAIN)


def test_filing_that_fails_is_repeated_and_the_mail_is_not(house: House) -> None:
    class Closed(MaildirMailbox):
        def file_sent(self, raw: bytes, message_id: str) -> bool:
            raise MailboxError("the mailbox is away")

    closed = Closed(house.mailbox._settings)
    house.sender(mailbox=closed).run_due(NOW)
    assert (house.sent, house.state, house.status) == (1, SendState.SENT, ProposalStatus.SENT)
    house.sender().run_due(NOW)
    assert (house.sent, house.state, house.effects) == (1, SendState.FILED, 1)


# --- two senders, and senders that die ------------------------------------------------------------------------


def test_of_two_senders_one_sends(house: House) -> None:
    second = house.sender(worker="w2")

    class Racing(SmtpTransport):
        def deliver(
            self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]
        ) -> None:
            second.run_due(NOW)  # while the first holds its claim
            super().deliver(sender=sender, recipients=recipients, mime=mime, before_body=before_body)

    house.sender(transport=Racing(house.server.settings())).run_due(NOW)
    assert (house.sent, house.state, house.effects) == (1, SendState.FILED, 1)


def test_a_sender_whose_claim_ran_out_is_stopped_before_the_body(house: House) -> None:
    second = house.sender(worker="w2")

    class Slow(SmtpTransport):
        def deliver(
            self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]
        ) -> None:
            second.run_due(NOW + timedelta(hours=1))
            super().deliver(sender=sender, recipients=recipients, mime=mime, before_body=before_body)

    house.sender(transport=Slow(house.server.settings())).run_due(NOW)
    assert (house.sent, house.state, house.effects) == (1, SendState.FILED, 1)


def test_a_sender_whose_mail_another_has_claimed_is_stopped_before_the_body(house: House) -> None:
    class Slow(SmtpTransport):
        def deliver(
            self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]
        ) -> None:
            with unit_of_work(house.engine) as session:
                later = NOW + timedelta(hours=1)
                assert outbox.claim(session, house.outgoing, worker="w2", now=later, lease=timedelta(hours=1))
            super().deliver(sender=sender, recipients=recipients, mime=mime, before_body=before_body)

    house.sender(transport=Slow(house.server.settings())).run_due(NOW)
    assert (house.sent, house.state, house.row().claimed_by) == (0, SendState.CLAIMED, "w2")


def test_two_senders_that_wrongly_share_a_name_send_once(house: House) -> None:
    twin = house.sender()

    class Slow(SmtpTransport):
        def deliver(
            self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]
        ) -> None:
            twin.start(NOW)  # takes the claim for one of a dead process
            twin.run_due(NOW)
            super().deliver(sender=sender, recipients=recipients, mime=mime, before_body=before_body)

    house.sender(transport=Slow(house.server.settings())).run_due(NOW)
    assert (house.sent, house.state, house.effects) == (1, SendState.FILED, 1)


def test_an_answer_that_comes_after_the_lease_still_counts(house: House) -> None:
    second = house.sender(worker="w2")

    class Slow(SmtpTransport):
        def deliver(
            self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]
        ) -> None:
            super().deliver(sender=sender, recipients=recipients, mime=mime, before_body=before_body)
            second.run_due(NOW + timedelta(hours=1))
            assert house.state is SendState.UNCERTAIN

    house.sender(transport=Slow(house.server.settings())).run_due(NOW)
    assert (house.sent, house.state, house.status, house.effects) == (1, SendState.FILED, ProposalStatus.SENT, 1)


class Dying(SmtpTransport):
    """Takes the whole process with it at one point."""

    def __init__(self, settings: SmtpSettings, point: str) -> None:
        super().__init__(settings)
        self.point = point

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        def gate() -> bool:
            if self.point == "before the gate":
                os._exit(9)
            answer = before_body()
            if self.point == "after the gate":
                os._exit(9)
            return answer

        super().deliver(sender=sender, recipients=recipients, mime=mime, before_body=gate)


def die(url: str, settings: SmtpSettings, point: str) -> None:
    """Run one round in a process of its own, which ends at `point`."""

    def on_sent(session: Session, proposal_id: int) -> None:
        effect(session, proposal_id)
        if point == "before the commit":
            os._exit(9)

    sender = Sender(open_engine(url), {"ar": Route(Dying(settings, point))}, "w1", on_sent)
    sender.run_due(NOW)
    os._exit(0)


@pytest.mark.parametrize(
    ("point", "left", "taken"),
    [
        ("before the gate", SendState.CLAIMED, 0),
        ("after the gate", SendState.TRANSMITTING, 0),
        ("before the commit", SendState.TRANSMITTING, 1),
    ],
)
def test_a_killed_sender_never_leads_to_a_second_mail(house: House, point: str, left: SendState, taken: int) -> None:
    child = multiprocessing.get_context("spawn").Process(target=die, args=(house.url, house.server.settings(), point))
    child.start()
    child.join(60)
    assert child.exitcode == 9
    assert (house.state, house.sent, house.effects) == (left, taken, 0)

    other = house.sender(worker="w2")
    other.start(NOW)
    assert other.run_due(NOW + timedelta(minutes=1)) == 0  # the lease holds: another worker waits
    assert house.state is left

    again = house.sender()
    again.start(NOW)
    again.run_due(NOW)
    if left is SendState.CLAIMED:
        assert (house.sent, house.state, house.effects) == (1, SendState.FILED, 1)
    else:
        assert (house.sent, house.state, house.status, house.effects) == (
            taken,
            SendState.UNCERTAIN,
            ProposalStatus.UNCERTAIN,
            0,
        )


def test_a_lease_that_runs_out_in_the_body_phase_is_uncertain_for_any_worker(house: House) -> None:
    with unit_of_work(house.engine) as session:
        row = session.get_one(Outgoing, house.outgoing)
        row.state, row.claimed_by, row.claimed_until = SendState.TRANSMITTING, "dead", NOW
    house.sender(worker="w2").run_due(NOW + timedelta(seconds=1))
    assert (house.sent, house.state, house.status) == (0, SendState.UNCERTAIN, ProposalStatus.UNCERTAIN)


def test_one_row_that_cannot_be_worked_on_does_not_stop_the_others(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.exec(select(Contact)).one().status = "nonsense"  # whoever reads this account now fails
        add_customer(session, "C2", "k.berg@other.example", "INV-30001")
        approve(session, receive(session, 2, sender="k.berg@other.example"), customer="C2", to="k.berg@other.example")
    assert house.sender().run_due(NOW) == 2
    assert house.state is SendState.QUEUED
    assert [t.recipients for t in house.server.sink.taken] == [["k.berg@other.example"]]


def test_a_row_without_a_readable_mail_fails_for_a_person(house: House) -> None:
    with unit_of_work(house.engine) as session:
        row = session.get_one(Outgoing, house.outgoing)
        row.mime, row.mime_sha256 = b"", hashlib.sha256(b"").hexdigest()
    house.sender().run_due(NOW)
    assert (house.sent, house.state) == (0, SendState.FAILED)
