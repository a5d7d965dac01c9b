"""Drafts in the Drafts folder of a real Dovecot: filed once, replaced, taken away; and what is sent from there is recognised."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from imapclient import IMAPClient
from sqlmodel import select

from agent.sent_watch import SentWatch
from mail.drafts import Removal, words_digest
from mail.imap_drafts import ImapDrafts
from mail.mailbox import MailboxError
from mail.open import open_drafts, open_mailbox
from mail.parse import parse
from mail.sandbox import Parser
from mail.settings import SPECIAL_DRAFTS, MailboxSettings
from review.drafting import LOOK_AGAIN, REST, DraftFiling
from store.clients import FiledDraft
from store.engine import unit_of_work
from store.inbound import InboundEmail
from store.tables import AuditEntry, Effect, Message, Payment
from store.vocabulary import MessageState, ProposalStatus, Reason
from tests.factories import COMPANY, House, claim, open_house
from tests.mail.servers import Dovecot

pytestmark = pytest.mark.servers

WORDS = "We pay INV-20421 on 20 March."
CUSTOMER = "p.kershaw@harrowfinch.example"


class InProcess:
    """The real parser, without a child of its own."""

    def parse(self, raw: bytes, *, received_at: datetime, authserv_ids: Sequence[str]) -> InboundEmail:
        return parse(raw, received_at=received_at, authserv_ids=authserv_ids)


@dataclass
class Office:
    """A house whose mailbox is a real one, and the person who has it open in a mail client."""

    house: House
    settings: MailboxSettings
    client: IMAPClient
    filing: DraftFiling = field(init=False)
    watch: SentWatch = field(init=False)

    def __post_init__(self) -> None:
        self.filing = self.filer()
        home = SimpleNamespace(
            engine=self.house.engine, settings=SimpleNamespace(company=COMPANY), clock=lambda: self.house.now
        )
        self.watch = SentWatch(cast("Any", home), self.settings, cast("Parser", InProcess()))

    def filer(self, opened: Callable[[MailboxSettings], Any] = open_drafts) -> DraftFiling:
        return DraftFiling(self.house.desk, {"ar": self.settings}, opened)

    def hold(self, **fields: Any) -> int:
        message = self.house.receive(f"Hi,\n\n{WORDS}\n\nPriya", **fields)
        held = claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20421"], date=date(2026, 3, 20))
        return self.house.hold(message, held)

    def drafts(self) -> dict[int, EmailMessage]:
        self.client.select_folder("Drafts")
        found = self.client.fetch(self.client.search(["UNDELETED"]), ["BODY.PEEK[]"])
        return {uid: message_from_bytes(m[b"BODY[]"], policy=policy.default) for uid, m in found.items()}

    def send(self, change: Callable[[EmailMessage], None] = lambda _: None) -> None:
        """Send the one draft as a mail client does: a copy into Sent, and the draft is gone."""
        ((uid, mail),) = self.drafts().items()
        change(mail)
        self.client.append("Sent", mail.as_bytes(policy=policy.SMTP), flags=(b"\\Seen",), msg_time=self.house.now)
        self.client.delete_messages([uid])
        self.client.expunge([uid])

    def look(self) -> int:
        inbox = open_mailbox(self.settings)
        try:
            return self.watch.look(inbox)
        finally:
            inbox.close()

    def row(self, number: int) -> FiledDraft:
        with unit_of_work(self.house.engine) as session:
            rows = session.exec(select(FiledDraft).where(FiledDraft.proposal_id == number)).all()
            return max(rows, key=lambda row: row.version)

    def status(self, number: int) -> str:
        item = self.house.desk.show(number)
        assert item is not None
        return item.row.status

    def effects(self, number: int) -> list[str]:
        with unit_of_work(self.house.engine) as session:
            return [e.tool for e in session.exec(select(Effect).where(Effect.proposal_id == number))]


@pytest.fixture
def office(dovecot: Dovecot, tmp_path: Path) -> Iterator[Office]:
    user = dovecot.new_user()
    client = dovecot.person(user)
    client.create_folder("Drafts")
    settings = dovecot.settings(user, name="ar", address=COMPANY.email, drafts_folder=SPECIAL_DRAFTS)
    house = open_house(tmp_path)
    made = Office(house, settings, client)
    yield made
    made.filing.close()
    made.watch.close()
    house.engine.dispose()


# --- filing ---------------------------------------------------------------------------------------------------------


def test_a_held_draft_lies_in_the_folder_once_and_answers_the_customers_mail(office: Office) -> None:
    number = office.hold(subject="Re: INV-20421")
    assert office.filing.run() == 1
    assert office.filing.run() == 0
    ((uid, mail),) = office.drafts().items()
    assert b"\\Draft" in office.client.get_flags([uid])[uid]
    assert mail["To"] == CUSTOMER
    assert mail["From"].addresses[0].addr_spec == COMPANY.email
    assert mail["In-Reply-To"] == "<in-1@harrowfinch.example>"
    assert mail["References"].split()[-1] == "<in-1@harrowfinch.example>"
    assert mail["Subject"] == "Re: INV-20421"
    assert mail["X-AI-Generated"] == "draft"
    item = office.house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    assert mail.get_content().replace("\r\n", "\n").strip() == item.proposal.draft.rendered.strip()
    assert mail["Message-ID"] == office.row(number).message_id_header


def test_a_crash_between_noting_and_filing_files_it_once(office: Office) -> None:
    class Dies(ImapDrafts):
        """Falls over just after the mail was added, or just before."""

        after = False

        def add(self, raw: bytes, message_id: str) -> None:
            if self.after:
                super().add(raw, message_id)
            raise KeyboardInterrupt

    for after in (False, True):
        Dies.after = after
        number = office.hold()
        with pytest.raises(KeyboardInterrupt):
            office.filer(Dies).run()
        assert office.row(number).state == "filing"
        office.filing.run()
        office.filing.run()
        assert office.row(number).state == "filed"
        ids = [mail["Message-ID"] for mail in office.drafts().values()]
        assert ids == [office.row(number).message_id_header]


def test_an_edit_replaces_the_draft_and_a_decision_takes_it_away(office: Office) -> None:
    number = office.hold()
    office.filing.run()
    item = office.house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    body = item.proposal.draft.body.replace("\n\n", "\n\nThank you very much.\n\n", 1)
    office.house.desk.edit(number, version=1, actor="ines", body=body)
    office.filing.run()
    (mail,) = office.drafts().values()
    assert "Thank you very much." in mail.get_content()
    office.house.desk.reject(number, version=2, actor="ines", reason=_other())
    office.filing.run()
    assert office.drafts() == {}
    assert office.row(number).state == "removed"


def test_what_a_person_changed_in_the_mail_client_is_never_taken_away(office: Office) -> None:
    number = office.hold()
    office.filing.run()
    ((uid, mail),) = office.drafts().items()
    mail.set_content("Dear Priya, let me call you.\n")
    office.client.delete_messages([uid])
    office.client.expunge([uid])
    office.client.append("Drafts", mail.as_bytes(policy=policy.SMTP), flags=(b"\\Draft",))
    office.house.desk.reject(number, version=1, actor="ines", reason=_other())
    office.filing.run()
    (left,) = office.drafts().values()
    assert "let me call you" in left.get_content()
    assert office.row(number).state == "kept"


def test_a_draft_that_a_person_threw_away_does_not_come_back(office: Office) -> None:
    office.hold()
    office.filing.run()
    (uid,) = office.drafts()
    office.client.delete_messages([uid])
    office.client.expunge([uid])
    office.filing.run()
    assert office.drafts() == {}


def test_other_mails_of_the_folder_are_left_alone(
    dovecot: Dovecot, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the server cannot expunge by UID, and a person has marked a mail of theirs as deleted."""
    office.client.append(
        "Drafts", b"Subject: mine\r\nMessage-ID: <mine@desk.example>\r\n\r\nDear\r\n", flags=(b"\\Deleted",)
    )
    monkeypatch.setattr(IMAPClient, "has_capability", lambda _self, name: name != "UIDPLUS")
    number = office.hold()
    office.filing.run()
    office.house.desk.reject(number, version=1, actor="ines", reason=_other())
    office.filing.run()
    office.client.select_folder("Drafts")
    left = office.client.fetch(office.client.search(["ALL"]), ["BODY.PEEK[HEADER.FIELDS (SUBJECT)]", "FLAGS"])
    assert all(b"\\Deleted" in mail[b"FLAGS"] for mail in left.values())
    assert any(b"mine" in mail[b"BODY[HEADER.FIELDS (SUBJECT)]"] for mail in left.values())


def test_what_needs_more_than_one_collector_is_not_filed(office: Office) -> None:
    flagged = office.hold(flags=("hidden_text",))
    assert office.filing.run() == 0
    assert office.status(flagged) == ProposalStatus.HELD
    blocked = office.hold()
    item = office.house.desk.show(blocked)
    assert item is not None
    assert item.proposal.draft is not None
    office.house.desk.edit(blocked, version=1, actor="ines", body=item.proposal.draft.body + "\nGBP 9,999.00 are open.")
    assert office.filing.run() == 0
    assert office.drafts() == {}
    assert office.status(blocked) == ProposalStatus.HELD


def test_what_is_no_longer_true_is_taken_away(office: Office) -> None:
    number = office.hold()
    office.filing.run()
    with unit_of_work(office.house.engine) as session:
        item = office.house.desk.show(number)
        assert item is not None
        assert item.facts.customer is not None
        paid = Payment(
            id="P-late", customer_id=item.facts.customer.id, received_on=office.house.now.date(), currency="GBP", amount=item.facts.open_invoices[0].balance, reference="x"
        )  # fmt: skip
        session.add(paid)
    office.house.now += LOOK_AGAIN
    office.filing.run()
    assert office.drafts() == {}
    assert office.status(number) == ProposalStatus.VOID


def test_a_folder_that_cannot_be_used_stops_nothing(office: Office) -> None:
    office.hold()
    settings = office.settings.model_copy(update={"drafts_folder": "Nowhere"})
    tries: list[MailboxSettings] = []

    def opened(wanted: MailboxSettings) -> ImapDrafts:
        tries.append(wanted)
        return ImapDrafts(wanted)

    filing = DraftFiling(office.house.desk, {"ar": settings}, opened)
    assert (filing.run(), filing.run(), len(tries)) == (0, 0, 1)
    office.house.now += REST
    assert (filing.run(), len(tries)) == (0, 2)
    with pytest.raises(MailboxError, match="Nowhere"):
        ImapDrafts(settings).probe()
    with pytest.raises(MailboxError):
        ImapDrafts(settings).remove("<x@y.example>", words_sha256=words_digest(""))
    assert office.filing.run() == 1
    folder = ImapDrafts(office.settings)
    assert folder.probe() == "Drafts"
    assert folder.remove("<x@y.example>", words_sha256=words_digest("")) is Removal.GONE
    folder.close()


# --- what is sent from there ----------------------------------------------------------------------------------------


def test_what_is_sent_as_it_was_proposed_closes_the_proposal_and_carries_out_its_acts(office: Office) -> None:
    number = office.hold()
    office.filing.run()
    office.house.now += timedelta(minutes=5)
    office.send()
    assert office.look() == 1
    assert office.status(number) == ProposalStatus.SENT
    assert office.effects(number) == ["record_promise"]
    row = office.row(number)
    assert (row.state, row.edited) == ("sent", False)
    with unit_of_work(office.house.engine) as session:
        kept = session.get_one(Message, row.sent_message_id)
        assert kept.state == MessageState.SENT_BY_HAND
        events = [e.event for e in session.exec(select(AuditEntry).where(AuditEntry.subject == f"proposal:{number}"))]
    assert events[-3:] == ["draft.sent_by_hand", "proposal.sent", "effect.applied"]
    item = office.house.desk.show(number)
    assert item is not None
    assert item.row.decided_by == "mailbox:ar"
    assert office.filing.run() == 0
    assert office.look() == 0


def test_a_mail_client_that_gives_it_another_message_id_is_recognised_by_the_words(office: Office) -> None:
    number = office.hold()
    office.filing.run()

    def outlook(mail: EmailMessage) -> None:
        mail.replace_header("Message-ID", "<other@desk.example>")
        del mail["X-AI-Generated"]

    office.send(outlook)
    office.look()
    assert (office.status(number), office.row(number).edited) == (ProposalStatus.SENT, False)


@pytest.mark.parametrize("how", ["words", "recipient"])
def test_what_was_changed_before_it_was_sent_is_kept_compared_and_its_acts_wait(office: Office, how: str) -> None:
    number = office.hold()
    office.filing.run()

    def changed(mail: EmailMessage) -> None:
        if how == "words":
            mail.set_content(mail.get_content().replace("20 March", "20 April") + "\nPS: no interest.\n")
        else:
            mail.replace_header("To", f"{CUSTOMER}, somebody@harrowfinch.example")

    office.send(changed)
    assert office.look() == 1
    assert office.status(number) == ProposalStatus.VOID
    assert office.effects(number) == []
    row = office.row(number)
    assert (row.state, row.edited) == ("sent", True)
    assert row.sent_message_id is not None


def test_an_answer_of_ones_own_is_no_draft_of_ours(office: Office) -> None:
    number = office.hold()
    office.filing.run()
    own = (
        f"From: {COMPANY.email}\r\nTo: {CUSTOMER}\r\nSubject: Re: x\r\nMessage-ID: <own@desk.example>\r\n"
        "In-Reply-To: <in-1@harrowfinch.example>\r\n\r\nDear Priya, noted.\r\n"
    )
    office.client.append("Sent", own.encode(), msg_time=office.house.now)
    office.look()
    assert office.status(number) == ProposalStatus.VOID
    assert office.row(number).sent_message_id is None
    office.filing.run()
    assert office.drafts() == {}


def _other() -> Any:
    from review.item import RejectReason

    return RejectReason.OTHER
