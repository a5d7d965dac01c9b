"""Poison mail: one that its parser does not survive, and one that the daemon itself does not. A person gets it, and the others flow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mail.inbox import ingest
from mail.open import open_mailbox
from mail.sandbox import Parser
from store import messages
from store.company import CompanyProfile
from store.engine import looking, migrate, open_engine
from store.vocabulary import MessageKind, MessageState
from tests.e2e.installations import deliver, maildir_mailbox, reply
from tests.faults import asked
from tests.faults.lives import Lives
from tests.faults.places import Ground, Place
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import SmtpServer
from tests.unit.test_sandbox import HEAVY

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]


@pytest.fixture
def sparing() -> Iterator[Parser]:
    """A parser whose child gets less than a second of processor time more than its mail before."""
    with Parser(wall_seconds=60, cpu_seconds=0) as parser:
        yield parser


def test_a_mail_that_its_parser_does_not_survive_is_shown_once_and_the_others_are_read(
    sparing: Parser, tmp_path: Path
) -> None:
    box = maildir_mailbox(tmp_path / "box")
    good = [
        reply("moira@bracken.example", f"Mail {n}.", to=box.address, message_id=f"<g{n}@bracken.example>")
        for n in range(2)
    ]
    for number, raw in enumerate((good[0], HEAVY, good[1])):
        deliver(box, str(number), raw)
    engine = open_engine(f"sqlite:///{tmp_path}/dunwell.db")
    migrate(engine)
    company = CompanyProfile(name="Fernhill", address="3 Kiln Lane", team="AR", email=box.address)
    for new in (3, 0, 0):
        mailbox = open_mailbox(box)
        found = ingest(mailbox, box, engine=engine, parser=sparing, company=company, clock=lambda: datetime.now(UTC))
        mailbox.close()
        assert found.new == new, "it is tried once, and never keeps the others waiting again"
    with looking(engine) as session:
        kinds = {
            str(row.message_id_header): row.parsed["kind"] for row in messages.in_state(session, list(MessageState))
        }
        (shown,) = messages.in_state(session, [MessageState.UNREADABLE])
        assert messages.raw(session, shown.id or 0) == HEAVY, "the mail is kept as it came"
        assert "too much processor time" in str(shown.last_error)
    assert kinds.pop("<heavy@molinos.example>") == MessageKind.UNREADABLE
    assert set(kinds) == {"<g0@bracken.example>", "<g1@bracken.example>"}
    assert MessageKind.UNREADABLE not in kinds.values()
    engine.dispose()


#: Of the first letter: whatever else is due is taken up in the same moment.
POISON = "will be paid in full"


def test_a_mail_that_the_daemon_does_not_survive_is_set_aside_and_the_others_are_answered(
    dovecot: Dovecot, smtp: SmtpServer, lives: Lives, tmp_path: Path
) -> None:
    there = Ground(tmp_path, dovecot, smtp, lives)
    place = there.place()
    deaths = 0
    for _ in range(messages.MAX_CLAIMS + 1):
        if there.live(place, poison=POISON).code == 0:
            break
        deaths += 1
        if deaths == messages.MAX_ATTEMPTS and not asked.DEATHS:
            tried(place, messages.MAX_CLAIMS - 2)  # the deaths between would all be alike
    states = dict(rows(place, "SELECT message_id_header, state FROM message"))
    assert states.pop(place.arrived[0]) == MessageState.QUARANTINED
    assert MessageState.QUARANTINED not in states.values(), "whoever came with it has nothing to do with it"
    left = rows(place, "SELECT state, count(*) FROM outgoing GROUP BY state")
    assert left == [("filed", 1)], "the letter beside it was answered"
    assert deaths <= messages.MAX_CLAIMS


def tried(place: Place, times: int) -> None:
    """Let what is in hand have been taken up so many times, and not less often than it was."""
    engine = create_engine(place.installed.database)
    with engine.begin() as connection:
        more = {"more": times - messages.MAX_ATTEMPTS, "least": messages.MAX_ATTEMPTS}
        connection.execute(text("UPDATE message SET attempts = attempts + :more WHERE attempts >= :least"), more)
    engine.dispose()


def rows(place: Place, query: str) -> list[tuple[str, object]]:
    engine = create_engine(place.installed.database)
    with engine.connect() as connection:
        found = [(str(row[0]), row[1]) for row in connection.execute(text(query))]
    engine.dispose()
    return found
