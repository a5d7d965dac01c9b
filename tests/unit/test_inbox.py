"""From a mailbox into the store: each mail once, none skipped, the server told only after the commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from mail.inbox import IngestResult, MailParser, ingest
from mail.mailbox import MailboxError, Place, RawMail
from mail.maildir import MaildirMailbox
from mail.sandbox import Parser, ParserBroken
from mail.settings import MailboxSettings
from mail.thread import Match, match
from store import messages
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from store.inbound import InboundEmail
from store.tables import Contact, Cursor, Customer, Message, Sighting
from store.vocabulary import IdentityLevel, MessageKind, MessageState

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
COMPANY = CompanyProfile(name="Nordholt Supply", email="ar@nordholt.example")
SETTINGS = MailboxSettings(
    name="ar", kind="maildir", address="ar@nordholt.example", path=Path("unused"), max_bytes=5000
)


def raw(number: int, *, sender: str = "p.kershaw@harrowfinch.example", text: str = "We pay on Friday.") -> bytes:
    return (
        f"From: {sender}\r\nTo: ar@nordholt.example\r\nSubject: Re: overdue {number}\r\n"
        f"Message-ID: <in-{number}@harrowfinch.example>\r\nDate: Tue, 10 Mar 2026 08:00:00 +0000\r\n\r\n{text}\r\n"
    ).encode()


@dataclass
class Box:
    """A folder whose batches, faults and UIDVALIDITY a test decides; it notes what it is told and when."""

    engine: Engine
    mails: dict[int, bytes]
    name: str = "ar"
    validity: int = 1
    batch: int = 2
    fail_after: int | None = None
    refuse_mark: bool = False
    asked: list[int] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)

    def uidvalidity(self) -> int:
        return self.validity

    def fetch_after(self, uid: int) -> Iterator[Sequence[RawMail]]:
        self.asked.append(uid)
        uids = sorted(u for u in self.mails if u > uid)
        for count, start in enumerate(range(0, len(uids), self.batch)):
            if count == self.fail_after:
                raise MailboxError("the connection broke")
            yield [self._mail(u) for u in uids[start : start + self.batch]]

    def _mail(self, uid: int) -> RawMail:
        content = self.mails[uid]
        place = Place(self.name, "INBOX", self.validity, uid)
        return RawMail(place, len(content), content if len(content) <= SETTINGS.max_bytes else None, NOW)

    def mark_stored(self, uids: Sequence[int]) -> None:
        with unit_of_work(self.engine) as session:
            seen = set(session.exec(select(Sighting.uid)).all())
        assert set(uids) <= seen, "marked before it was committed"
        if self.refuse_mark:
            raise MailboxError("read only")
        self.marked.extend(uids)

    def sent_folder(self) -> None: ...

    def uid_before(self, day: date) -> int:
        return 0

    def wait(self, seconds: float) -> None: ...

    def wake(self) -> None: ...

    def find_sent(self, message_id: str) -> bool | None:
        return None

    def file_sent(self, raw: bytes, message_id: str) -> bool:
        return False

    def close(self) -> None: ...


class Raising:
    """A parser that fails on mails that hold a word."""

    def __init__(self, inner: MailParser, error: Exception, word: bytes = b"poison") -> None:
        self.inner, self.error, self.word = inner, error, word

    def parse(self, raw: bytes, *, received_at: datetime, authserv_ids: Sequence[str]) -> InboundEmail:
        if self.word in raw:
            raise self.error
        return self.inner.parse(raw, received_at=received_at, authserv_ids=authserv_ids)


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as running:
        yield running


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path / 'dunwell.db'}")
    migrate(opened)
    with unit_of_work(opened) as session:
        session.add(Customer(id="C1", name="x", currency="GBP", language="en", timezone="UTC", tier="A", owner="a"))
        session.flush()
        session.add(
            Contact(customer_id="C1", name="", email="p.kershaw@harrowfinch.example", role="ap", created_at=NOW)
        )
    yield opened
    opened.dispose()


def look(
    box: Box | MaildirMailbox, engine: Engine, parser: MailParser, settings: MailboxSettings = SETTINGS
) -> IngestResult:
    return ingest(box, settings, engine=engine, parser=parser, company=COMPANY, clock=lambda: NOW)


def stored(engine: Engine) -> list[Message]:
    with unit_of_work(engine) as session:
        return list(session.exec(select(Message).order_by(Message.id)))  # type: ignore[arg-type]


def test_each_mail_once_matched_and_marked(engine: Engine, parser: Parser) -> None:
    box = Box(engine, {uid: raw(uid) for uid in range(1, 6)})
    box.mails[9] = raw(9, sender="eve@elsewhere.example")
    assert look(box, engine, parser) == IngestResult(seen=6, new=6, unmatched=1, unreadable=0)
    rows = stored(engine)
    assert [r.customer_id for r in rows] == ["C1"] * 5 + [None]
    assert [r.state for r in rows] == [MessageState.STORED] * 5 + [MessageState.UNMATCHED]
    assert {r.case_id for r in rows[:5]} == {1}
    assert rows[0].identity == IdentityLevel.B
    assert box.marked == [1, 2, 3, 4, 5, 9]
    assert look(box, engine, parser) == IngestResult()
    assert box.asked == [0, 9]
    with unit_of_work(engine) as session:
        assert messages.raw(session, 1) == box.mails[1]


def test_a_break_keeps_what_was_committed_and_goes_on_from_there(engine: Engine, parser: Parser) -> None:
    box = Box(engine, {uid: raw(uid) for uid in range(1, 8)}, fail_after=2)
    with pytest.raises(MailboxError):
        look(box, engine, parser)
    assert (len(stored(engine)), box.marked) == (4, [1, 2, 3, 4])
    box.fail_after = None
    assert look(box, engine, parser).new == 3
    assert box.asked == [0, 4]


def test_a_batch_is_recorded_whole_or_not_at_all(engine: Engine, parser: Parser) -> None:
    box = Box(engine, {uid: raw(uid) for uid in range(1, 5)})
    times = iter(
        [NOW] * 5
    )  # two as batches come, one for each mail: the clock breaks at the fourth, in the second batch

    with pytest.raises(StopIteration):
        ingest(box, SETTINGS, engine=engine, parser=parser, company=COMPANY, clock=lambda: next(times))
    assert (len(stored(engine)), box.marked) == (2, [1, 2])
    with unit_of_work(engine) as session:
        assert session.get_one(Cursor, ("ar", "INBOX")).last_uid == 2
    assert look(box, engine, parser).new == 2


def test_a_drain_leaves_what_was_parsed_ahead_unrecorded_and_unmarked_and_it_is_read_again(
    engine: Engine, parser: Parser
) -> None:
    box = Box(engine, {uid: raw(uid) for uid in range(1, 8)})
    asked = iter([False, True])
    ended = ingest(
        box,
        SETTINGS,
        engine=engine,
        parser=parser,
        company=COMPANY,
        clock=lambda: NOW,
        stopping=lambda: next(asked),
    )
    assert (ended.new, len(stored(engine)), box.marked) == (4, 4, [1, 2, 3, 4])
    with unit_of_work(engine) as session:
        assert session.get_one(Cursor, ("ar", "INBOX")).last_uid == 4
    assert look(box, engine, parser).new == 3
    assert [row.parsed["subject"] for row in stored(engine)] == [f"Re: overdue {n}" for n in range(1, 8)]
    assert box.marked == [1, 2, 3, 4, 5, 6, 7]


def test_a_database_that_fails_leaves_what_was_parsed_ahead_for_the_next_look(
    engine: Engine, parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box(engine, {uid: raw(uid) for uid in range(1, 8)})
    real = messages.advance

    def full(session: Session, *, last_uid: int, **place: Any) -> None:
        if last_uid > 2:
            raise OSError("no space left on device")
        real(session, last_uid=last_uid, **place)

    monkeypatch.setattr("mail.inbox.messages.advance", full)
    with pytest.raises(OSError, match="no space"):
        look(box, engine, parser)
    assert (len(stored(engine)), box.marked) == (2, [1, 2])
    monkeypatch.undo()
    assert look(box, engine, parser).new == 5
    assert (len(stored(engine)), box.marked) == (7, [1, 2, 3, 4, 5, 6, 7])


def test_a_new_uidvalidity_reads_all_again_and_absorbs_what_is_known(engine: Engine, parser: Parser) -> None:
    box = Box(engine, {uid: raw(uid) for uid in range(1, 5)})
    look(box, engine, parser)
    moved = Box(engine, {1: raw(4), 2: raw(3), 3: raw(7), 4: raw(1)}, validity=2)
    assert look(moved, engine, parser) == IngestResult(seen=4, new=1)
    assert moved.asked == [0]
    assert len(stored(engine)) == 5
    with unit_of_work(engine) as session:
        cursor = session.get_one(Cursor, ("ar", "INBOX"))
        assert (cursor.uidvalidity, cursor.last_uid) == (2, 4)


def test_a_uidvalidity_that_changes_while_reading_stops_the_look(engine: Engine, parser: Parser) -> None:
    box = Box(engine, {1: raw(1)})
    box.uidvalidity = lambda: 7  # type: ignore[method-assign]
    with pytest.raises(MailboxError, match="replaced"):
        look(box, engine, parser)
    assert stored(engine) == []


def test_too_large_mails_are_shown_each_by_itself(engine: Engine, parser: Parser) -> None:
    large = raw(1, text="x" * 6000)
    box = Box(engine, {1: large, 2: raw(2), 3: large})
    assert look(box, engine, parser) == IngestResult(seen=3, new=3, unmatched=0, unreadable=2)
    first, _, third = stored(engine)
    assert {first.state, third.state} == {MessageState.UNREADABLE}
    assert str(len(large)) in (first.last_error or "")
    assert look(box, engine, parser) == IngestResult()


def test_a_mail_that_breaks_the_parser_is_kept_and_shown(engine: Engine, parser: Parser) -> None:
    poison = raw(2, text="poison")
    box = Box(engine, {1: raw(1), 2: poison, 3: raw(3)})
    result = look(box, engine, Raising(parser, ZeroDivisionError()))
    assert (result.new, result.unreadable) == (3, 1)
    rows = stored(engine)
    assert rows[1].state == MessageState.UNREADABLE
    assert rows[1].parsed["kind"] == MessageKind.UNREADABLE
    with unit_of_work(engine) as session:
        assert messages.raw(session, rows[1].id or 0) == poison


@pytest.mark.parametrize("error", [OSError("no memory"), ParserBroken("no child")])
def test_a_parser_that_cannot_start_blames_no_mail(engine: Engine, parser: Parser, error: Exception) -> None:
    box = Box(engine, {1: raw(1), 2: raw(2, text="poison")})
    with pytest.raises(type(error)):
        look(box, engine, Raising(parser, error))
    assert stored(engine) == []
    assert look(box, engine, parser).new == 2


def test_a_mark_that_cannot_be_set_does_no_harm(engine: Engine, parser: Parser) -> None:
    box = Box(engine, {1: raw(1), 2: raw(2), 3: raw(3)}, refuse_mark=True)
    assert look(box, engine, parser).new == 3
    assert look(box, engine, parser) == IngestResult()


def test_a_real_maildir(engine: Engine, parser: Parser, tmp_path: Path) -> None:
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "mail" / folder).mkdir(parents=True)
    for number in range(3):
        (tmp_path / "mail" / "new" / f"177313680{number}.M{number}.host").write_bytes(raw(number))
    (tmp_path / "mail" / "new" / "1773136809.M9.host").write_bytes(raw(9, text="x" * 6000))
    settings = SETTINGS.model_copy(update={"path": tmp_path / "mail"})
    assert look(MaildirMailbox(settings), engine, parser, settings) == IngestResult(seen=4, new=4, unreadable=1)
    assert look(MaildirMailbox(settings), engine, parser, settings) == IngestResult()


def test_a_mail_that_cannot_be_matched_is_a_persons_and_stops_no_other(
    engine: Engine, parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_on_one(session: Session, email: InboundEmail, **_: Any) -> Match:
        if "poison" in email.new_text:
            session.execute(text("SELECT no_such_column FROM message"))
        return match(session, email, **_)

    monkeypatch.setattr("mail.inbox.match", fails_on_one)
    box = Box(engine, {1: raw(1), 2: raw(2, text="poison"), 3: raw(3, text="We pay on Monday.")})
    result = look(box, engine, parser)
    assert (result.new, result.unmatched) == (3, 1)
    rows = stored(engine)
    assert [row.state for row in rows] == ["stored", "unmatched", "stored"]
    assert (rows[1].match_flags, rows[1].identity, rows[1].case_id) == (["match_failed"], "C", None)
