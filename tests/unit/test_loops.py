"""Two machines that answer each other: at most one exchange, ever, whoever approves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from agent.cli.home import desk_of
from agent.config import build_alone
from agent.daemon import Daemon
from agent.deps import Deps
from agent.embedded.reader import FoundClaim
from agent.graph import propose
from agent.installation import Installation
from mail.outbox import Route, Sender
from review.desk import Blocked
from store import loops, messages
from store.cases import facts_for
from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger
from store.loops import PAUSE
from store.proposals import Stale
from store.tables import Message, Outgoing
from store.vocabulary import ProposalStatus, Reason, Severity, Verdict
from tests.factories import COMPANY, House, claim, open_house, wide
from tests.ledgers import write_ledger
from tests.posting import Wire

START = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
MACHINE = ("machine_made",)


@dataclass
class FindsQuestions:
    """A reader that finds a question in every mail, so that every mail would be answered."""

    name: str = "dictated"

    def read(self, text: str, *, subject: str = "", invoices: Sequence[str] = ()) -> list[FoundClaim]:
        first = next(line for line in text.splitlines() if line.strip())
        start = text.index(first)
        return [FoundClaim(Reason.QUESTION, first, start, start + len(first), 0.95)]

    def listen(self, text: str, **asked: object) -> list[FoundClaim]:
        return []


@dataclass
class Instance:
    """A whole dunwell that reads one Maildir, and whose mail goes into another's. It approves whatever may be approved."""

    home: Installation
    approved: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def turn(self) -> int:
        """Read, propose, approve everything, send; give how many mails went out."""
        daemon = Daemon(self.home)
        desk = desk_of(self.home)
        sent = daemon.run_once().sent
        for item in desk.held():
            if item.proposal.draft is None or item.row.id in self.approved:
                continue
            assert item.row.id is not None
            try:
                desk.approve(item.row.id, version=item.row.version, actor="approves-everything")
            except Blocked as blocked:
                self.refused += [finding.rule for finding in blocked.findings]
            except Stale:
                continue  # a date in it moved on: it is shown again at the next turn
            else:
                self.approved.append(item.row.id)
        return sent + daemon.run_once().sent


@dataclass
class Pair:
    """Two instances back to back, and the clock of both."""

    fernhill: Instance
    bracken: Instance
    inbox: Path
    now: list[datetime]

    def sent(self) -> int:
        """Count the mails that either has sent."""
        count = 0
        for side in (self.fernhill, self.bracken):
            with unit_of_work(side.home.engine) as session:
                count += len(session.exec(select(Outgoing.id).where(col(Outgoing.sent_at).is_not(None))).all())
        return count


def instance(folder: Path, *, us: str, them: str, other: Path, now: list[datetime]) -> Instance:
    for part in ("new", "cur", "tmp"):
        (folder / "inbox" / part).mkdir(parents=True)
    settings: dict[str, object] = {
        "data_dir": folder / "data",
        "company": {"name": f"{us} Ltd", "address": f"1 Mill Lane, {us}", "email": f"ar@{us}.example"},
        "store": {"url": f"sqlite:///{folder / 'dunwell.db'}"},
        "policy": wide(),
        "review": {"undo_seconds": 0},
        "mailboxes": [
            {
                "name": "ar",
                "kind": "maildir",
                "address": f"ar@{us}.example",
                "path": folder / "inbox",
                "smtp": {"kind": "maildir", "path": other / "inbox"},
            }
        ],
    }
    home = Installation(build_alone(settings, source="test"))
    vars(home)["clock"] = lambda: now[0]
    vars(home)["deps"] = Deps(
        company=home.settings.company, policy=home.settings.policy, embedded=FindsQuestions(), client=None
    )
    contacts = (
        f"customer_id,name,email,role\nK1,Accounts {them},ar@{them}.example,ap\nK2,Uwe Halder,buero@halder.example,ap\n"
    )
    with unit_of_work(home.engine) as session:
        import_ledger(session, read_ledger(write_ledger(folder / "ledger", contacts=contacts)), actor="test", now=START)
    return Instance(home)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    now = [START]
    one, two = tmp_path / "fernhill", tmp_path / "bracken"
    fernhill = instance(one, us="fernhill", them="bracken", other=two, now=now)
    bracken = instance(two, us="bracken", them="fernhill", other=one, now=now)
    yield Pair(fernhill, bracken, one / "inbox", now)
    for side in (fernhill, bracken):
        side.home.engine.dispose()


def deliver(inbox: Path, text: str, *, name: str, **headers: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ar@bracken.example", "ar@fernhill.example", "F-5501"
    mail["Date"], mail["Message-ID"] = format_datetime(START), f"<{name}@bracken.example>"
    for key, value in headers.items():
        mail[key.replace("_", "-")] = value
    mail.set_content(text)
    (inbox / "tmp" / name).write_bytes(mail.as_bytes())
    (inbox / "tmp" / name).rename(inbox / "new" / name)


@pytest.mark.timeout(180)
def test_two_instances_that_approve_everything_stop_after_one_exchange(pair: Pair) -> None:
    deliver(pair.inbox, "What is line two of F-5501 about?", name="seed")
    for _ in range(5):
        pair.fernhill.turn()
        pair.bracken.turn()
        pair.now[0] += timedelta(hours=25)
    assert pair.sent() == 2, "one mail of each"
    assert "R-LOOP-02" in pair.fernhill.refused


@pytest.mark.timeout(180)
def test_without_the_guard_they_would_go_on(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "MACHINE_MADE", "no such flag")
    deliver(pair.inbox, "What is line two of F-5501 about?", name="seed")
    for _ in range(3):
        pair.fernhill.turn()
        pair.bracken.turn()
        pair.now[0] += timedelta(hours=25)
    assert pair.sent() >= 5


def test_a_robot_without_a_header_is_never_answered(pair: Pair) -> None:
    for number in range(3):
        deliver(pair.inbox, "I'm on leave till Monday.", name=f"robot{number}")
        assert pair.fernhill.turn() == 0
    assert pair.sent() == 0
    assert not pair.fernhill.approved


# --- the rule, step by step ---------------------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def asked(house: House, text: str, **fields: Any) -> int:
    message = house.receive(text, **fields)
    return house.hold(message, claim(Reason.QUESTION, text, invoices=["INV-20413"]))


def rules(house: House, proposal: int) -> set[str]:
    item = house.desk.show(proposal)
    assert item is not None
    return {finding.rule for finding in item.proposal.findings if finding.severity is Severity.BLOCK}


def send(house: House) -> int:
    wire = Wire()
    Sender(house.engine, {"ar": Route(wire)}, "test", lambda *_: None, clock=lambda: house.now).run_due(house.now)
    return len(wire.taken)


def answered(house: House, **fields: Any) -> None:
    proposal = asked(house, "What is line two on INV-20413?", **fields)
    house.desk.approve(proposal, version=1, actor="ines")
    assert send(house) == 1
    house.now += timedelta(hours=3)


def test_a_machines_first_mail_is_answered_its_second_is_not(house: House) -> None:
    answered(house, flags=MACHINE)
    second = asked(house, "And line three of INV-20413?", flags=MACHINE)
    assert rules(house, second) == {"R-LOOP-02"}
    with pytest.raises(Blocked, match="machine"):
        house.desk.approve(second, version=1, actor="ines")
    assert send(house) == 0


def test_time_alone_does_not_open_the_way_again(house: House) -> None:
    answered(house, flags=MACHINE)
    house.now += timedelta(days=30)
    assert rules(house, asked(house, "And line three of INV-20413?", flags=MACHINE)) == {"R-LOOP-02"}


def test_a_person_in_between_opens_it_after_a_day(house: House) -> None:
    answered(house, flags=MACHINE)
    asked(house, "This is Pat: is anybody there about INV-20413?")
    assert "R-LOOP-02" in rules(house, asked(house, "Line four of INV-20413?", flags=MACHINE))
    house.now += PAUSE
    assert "R-LOOP-02" not in rules(house, asked(house, "Line five of INV-20413?", flags=MACHINE))


def test_a_person_is_answered_as_often_as_they_write(house: House) -> None:
    for _ in range(3):
        answered(house)


def test_another_address_of_the_customer_is_not_concerned(house: House) -> None:
    answered(house, flags=MACHINE)
    other = asked(house, "Line two of INV-20413?", flags=MACHINE, sender="portal@harrowfinch.example")
    assert "R-LOOP-02" not in rules(house, other)


def test_what_the_approval_could_not_see_is_seen_when_the_mail_leaves(house: House) -> None:
    answered(house, flags=MACHINE)
    second = asked(house, "And line three of INV-20413?")
    house.desk.approve(second, version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        row = session.exec(select(Message).order_by(col(Message.id).desc())).first()
        assert row is not None
        row.parsed = row.parsed | {"flags": list(MACHINE)}
    assert send(house) == 0
    item = house.desk.show(second)
    assert item is not None
    assert (item.row.status, item.row.void_reason) == (
        ProposalStatus.VOID,
        "a machine wrote, and it was answered already",
    )


def test_our_own_mail_under_another_name_is_no_reply(house: House) -> None:
    answered(house)
    with unit_of_work(house.engine) as session:
        ours = session.exec(select(Outgoing.message_id_header)).one()
    message = house.receive("Dear Pat, thank you for asking.", sender="list@harrowfinch.example", message_id=ours)
    with unit_of_work(house.engine) as session:
        row = session.get_one(Message, message)
        assert "own_mail_returned" in row.match_flags
        assert not row.from_customer
        facts = facts_for(session, message, now=house.now)
        stored = messages.load(session, message)
    reader = FindsQuestions()
    got = propose(stored, facts, Deps(company=COMPANY, policy=house.policy, embedded=reader))
    assert (got.verdict, got.draft) == (Verdict.OWN_MAIL, None)
    assert got.needs_person is not None
    assert "own mail came back" in got.needs_person


def test_a_robots_mail_gets_no_answer_even_with_a_draft(house: House) -> None:
    message = house.receive("I am away. What is line two on INV-20413?", kind="auto_reply")
    proposal = house.hold(message, claim(Reason.QUESTION, "What is line two on INV-20413?", invoices=["INV-20413"]))
    assert rules(house, proposal) == {"R-LOOP-01"}
    with pytest.raises(Blocked):
        house.desk.approve(proposal, version=1, actor="ines")


def test_list_mail_is_shown_as_such_and_stays_a_persons_choice(house: House) -> None:
    proposal = asked(house, "What is line two on INV-20413?", flags=("bulk",))
    item = house.desk.show(proposal)
    assert item is not None
    assert [(f.rule, f.severity) for f in item.proposal.findings] == [("R-LOOP-03", Severity.WARN)]
    house.desk.approve(proposal, version=1, actor="ines")
