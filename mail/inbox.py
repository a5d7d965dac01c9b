"""Steps 1, 3 and 4 together: from a mailbox to recorded, matched messages.

The mail, its match and the cursor are committed together, one batch a transaction; only then does the server hear of it. While
one batch is recorded the next is parsed, which changes nothing. A crash anywhere costs a repeat, and what is read twice is
recorded once. No mail is skipped because it is bad: it is recorded as unreadable and shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine
from sqlmodel import Session

from mail.ahead import Parsed, parsed_ahead
from mail.mailbox import Mailbox, MailboxError, RawMail
from mail.sandbox import ParserBroken
from mail.settings import MailboxSettings
from mail.thread import Match, assign, match
from store import messages
from store.clock import Clock
from store.company import CompanyProfile
from store.engine import unit_of_work
from store.inbound import InboundEmail
from store.outage import is_outage
from store.vocabulary import MessageKind

log = logging.getLogger(__name__)


class MailParser(Protocol):
    """Step 2: whatever turns bytes into an InboundEmail. `mail.sandbox.Parser` does it in a process that may die."""

    def parse(self, raw: bytes, *, received_at: datetime, authserv_ids: Sequence[str]) -> InboundEmail:
        """Parse one mail; bad mail gives a message marked unreadable."""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What one look at a mailbox brought: mails seen, new among them, and of the new ones unmatched, unreadable, by kind."""

    seen: int = 0
    new: int = 0
    unmatched: int = 0
    unreadable: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict, compare=False)


def ingest(
    mailbox: Mailbox,
    settings: MailboxSettings,
    *,
    engine: Engine,
    parser: MailParser,
    company: CompanyProfile,
    clock: Clock,
    on_stored: Callable[[Session], object] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> IngestResult:
    """Read what is new in a mailbox. Raises MailboxError or ParserBroken; what was committed before stays.

    A new UIDVALIDITY sets the cursor back to 0: everything is read again, and known mail is absorbed. `on_stored` is called at
    the end of each transaction that stores mails. `stopping` is asked after each batch: what was parsed ahead is read again.
    """
    result = IngestResult()
    uidvalidity = mailbox.uidvalidity()
    with unit_of_work(engine) as session:
        cursor = messages.cursor(session, mailbox=mailbox.name, folder=settings.folder, uidvalidity=uidvalidity)
    batches = _batches(mailbox, cursor, uidvalidity=uidvalidity, clock=clock)
    with closing(parsed_ahead(batches, lambda mail: _parse(mail, parser, settings))) as ahead:
        for parsed in ahead:
            with unit_of_work(engine) as session:
                result = _record_all(session, parsed, company=company, clock=clock, result=result)
                if on_stored is not None:
                    on_stored(session)
            _mark(mailbox, [mail.place.uid for mail, _ in parsed])
            del parsed  # the next is fetched now, and two batches are enough to hold
            if stopping():
                break
    if result.new:
        log.info("mailbox %s: %d new of %d seen", mailbox.name, result.new, result.seen)
    return result


def _batches(mailbox: Mailbox, cursor: int, *, uidvalidity: int, clock: Clock) -> Iterator[list[RawMail]]:
    """Fetch what lies above the cursor, in order."""
    for came in mailbox.fetch_after(cursor):
        if any(mail.place.uidvalidity != uidvalidity for mail in came):
            raise MailboxError(f"mailbox {mailbox.name}: the folder was replaced while it was read; it is read again")
        if came:
            # No mail comes from the future: a server whose clock runs ahead would have "Friday" read as another one.
            now = clock()
            yield [replace(mail, received_at=min(mail.received_at, now)) for mail in came]


def _parse(mail: RawMail, parser: MailParser, settings: MailboxSettings) -> InboundEmail:
    if mail.raw is None:
        if mail.size > settings.max_bytes:
            return _unreadable(
                f"not fetched: {mail.size} bytes, more than the limit of {settings.max_bytes} (max_bytes)"
            )
        return _unreadable("the mail server could not give it, tried several times: open it in a mail program")
    try:
        return parser.parse(mail.raw, received_at=mail.received_at, authserv_ids=settings.trusted_results)
    except (OSError, ParserBroken):
        # The machine is out of processes, files or memory: the mail is not to blame and is read again later.
        raise
    except Exception as error:
        log.exception("mailbox %s: uid %d could not be parsed", mail.place.mailbox, mail.place.uid)
        return _unreadable(f"the parser failed ({type(error).__name__}); the mail is kept as it came")


def _unreadable(reason: str) -> InboundEmail:
    return InboundEmail(kind=MessageKind.UNREADABLE, unreadable_reason=reason)


def _record_all(
    session: Session, parsed: Parsed, *, company: CompanyProfile, clock: Clock, result: IngestResult
) -> IngestResult:
    """Record the mails of one batch, and move the cursor beyond them."""
    for mail, email in parsed:
        result = _record(session, mail, email, company=company, now=clock(), result=result)
    place = max((mail.place for mail, _ in parsed), key=lambda place: place.uid)
    messages.advance(
        session, mailbox=place.mailbox, folder=place.folder, uidvalidity=place.uidvalidity, last_uid=place.uid
    )
    return result


def _record(
    session: Session,
    mail: RawMail,
    email: InboundEmail,
    *,
    company: CompanyProfile,
    now: datetime,
    result: IngestResult,
) -> IngestResult:
    place = mail.place
    recorded = messages.record(
        session,
        mailbox=place.mailbox,
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        raw=_bytes_or_note(mail),
        email=email,
        received_at=mail.received_at,
    )
    result = replace(result, seen=result.seen + 1)
    if not recorded.new:
        return result
    case_id, own_mail = _place(session, recorded.message_id, email, company=company, now=now)
    unreadable = email.kind is MessageKind.UNREADABLE
    return replace(
        result,
        new=result.new + 1,
        unmatched=result.unmatched + (case_id is None and not own_mail and not unreadable),
        unreadable=result.unreadable + unreadable,
        kinds={**result.kinds, email.kind.value: result.kinds.get(email.kind.value, 0) + 1},
    )


def _place(
    session: Session, message_id: int, email: InboundEmail, *, company: CompanyProfile, now: datetime
) -> tuple[int | None, bool]:
    """Match a mail; give its case and whether it is our own. One that cannot be matched is a person's, and stops no other mail."""
    try:
        with session.begin_nested():
            found = match(session, email, company=company, now=now)
            return assign(session, message_id, found, now), found.own_mail
    except Exception as error:
        if is_outage(error):
            raise  # the mail is not to blame, and is read again
        log.error("message %d: could not be matched (%s): a person must assign it", message_id, type(error).__name__)
        return assign(session, message_id, Match(None, None, flags=["match_failed"]), now), False


def _bytes_or_note(mail: RawMail) -> bytes:
    """Give the bytes; for a mail that was not fetched a note with its place, so that two such mails never count as one."""
    if mail.raw is not None:
        return mail.raw
    place = mail.place
    note = f"not fetched: {mail.size} bytes at {place.mailbox}/{place.folder};UIDVALIDITY={place.uidvalidity}/;UID={place.uid}"
    return note.encode()


def _mark(mailbox: Mailbox, uids: Sequence[int]) -> None:
    try:
        mailbox.mark_stored(uids)
    except MailboxError as error:
        # The store is the truth; the mark only helps people who look into the mailbox.
        log.warning("mailbox %s: %d mails are stored but could not be marked: %s", mailbox.name, len(uids), error)
