"""A backup from before, while and after mails left, put in place of an installation that went on: no mail is sent a second time.

The mailbox, the Sent folder and the SMTP server are real, and are those of the world: they do not go back in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from agent.backing_up import back_up
from agent.daemon import Daemon
from agent.restoring import restore
from agent.resuming import resume
from store import audit, proposals
from store.engine import unit_of_work
from store.pausing import RESTORED
from store.tables import Message, Outgoing
from store.vocabulary import MessageState, ProposalStatus, SendState
from tests.e2e.moving import Moving, Story, told
from tests.faults.checker import check
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import SmtpServer

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
START = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
LETTER = "Morning,\n\nF-5501 will be paid in full on 20 April 2026.\n\nMoira\n"


@pytest.fixture
def story(dovecot: Dovecot, smtp: SmtpServer, tmp_path: Path) -> Iterator[Story]:
    with told(dovecot, smtp, tmp_path / "first", start=START) as begun:
        yield begun


def goes_on(story: Story, made: Moving) -> None:
    """Let the restored installation take the place of the one before."""
    story.home.engine.dispose()
    story.home = made


def restored(story: Story, backup: Path, folder: Path, *, later: timedelta = timedelta(minutes=5)) -> Moving:
    """Put a backup in place elsewhere; the mailbox and the way out stay the same."""
    settings = story.home.settings
    url = f"sqlite:///{folder / 'second.db'}"
    store = settings.store.model_copy(update={"url": url})
    home = Moving(settings.model_copy(update={"data_dir": folder / "second", "store": store}))
    home.moment = story.home.moment + later
    restore(backup, home.settings, clock=home.clock, actor="cli:ines")
    return home


def held(story: Story, backup: Path) -> None:
    back_up(story.home, backup)
    story.approve(story.one())
    story.round()


def approved(story: Story, backup: Path) -> None:
    story.approve(story.one())
    back_up(story.home, backup)
    story.round()


def sent(story: Story, backup: Path) -> None:
    story.approve(story.one())
    story.round()
    back_up(story.home, backup)


@pytest.mark.parametrize("when", [held, approved, sent])
def test_no_mail_leaves_twice(story: Story, tmp_path: Path, when: Callable[[Story, Path], None]) -> None:
    story.writes(LETTER)
    story.round()
    when(story, tmp_path / "backup")
    assert len(story.mails) == 1, "it left, in the world"
    goes_on(story, restored(story, tmp_path / "backup", tmp_path))
    story.round()
    assert len(story.mails) == 1
    found = resume(story.home, actor="cli:ines")
    assert found is not None
    story.round()
    for item in story.desk.held():
        # Nothing is worded again for a mail that was answered.
        assert item.proposal.draft is None
    story.to(story.home.moment + timedelta(hours=1))
    story.round()
    assert len(story.mails) == 1, "it left a second time"
    with unit_of_work(story.home.engine) as session:
        assert audit.verify(session)[1] is None
    inbox = [m for m in story.rows(Message) if m.state != MessageState.SENT_BY_HAND]
    assert len(inbox) == 1
    if when is not held:
        assert [row.state for row in story.rows(Outgoing)] == [SendState.FILED]
        left = [taken.content for taken in story.smtp.sink.taken]
        faults = check(story.home.settings.store.url, arrived=[inbox[0].message_id_header], left=left, kills=0).faults
        assert faults == []


def test_a_clock_that_was_ahead_makes_no_mail_look_as_if_it_were_approved_since(story: Story, tmp_path: Path) -> None:
    story.writes(LETTER)
    story.round()
    approved(story, tmp_path / "backup")
    assert len(story.mails) == 1, "it left, in the world"
    goes_on(story, restored(story, tmp_path / "backup", tmp_path, later=timedelta(days=-1)))
    (waited,) = resume(story.home, actor="cli:ines") or []
    assert (waited.doubtful, waited.left) == (True, True)
    story.round()
    assert len(story.mails) == 1, "it left a second time"


def test_a_failed_mail_that_is_put_back_again_is_looked_for_first(story: Story, tmp_path: Path) -> None:
    def put_back(number: int) -> None:
        with unit_of_work(story.home.engine) as session:
            proposals.retry_failed(session, number, actor="ines", now=story.home.clock())

    story.writes(LETTER)
    story.round()
    story.approve(story.one())
    with unit_of_work(story.home.engine) as session:
        (row,) = session.exec(select(Outgoing)).all()
        row.state = SendState.FAILED
        proposals.close(session, row.proposal_id, status=ProposalStatus.FAILED, actor="daemon", now=START)
    back_up(story.home, tmp_path / "backup")
    put_back(row.id or 0)
    story.round()
    assert len(story.mails) == 1, "it left, in the world"
    goes_on(story, restored(story, tmp_path / "backup", tmp_path))
    story.to(story.home.moment + timedelta(minutes=1))
    put_back(row.id or 0)
    (waited,) = resume(story.home, actor="cli:ines") or []
    assert (waited.doubtful, waited.left) == (True, True)
    story.round()
    assert len(story.mails) == 1, "it left a second time"


def test_mail_that_came_since_is_read_and_what_did_not_leave_leaves_after_a_word(story: Story, tmp_path: Path) -> None:
    story.writes(LETTER)
    story.round()
    story.approve(story.one())
    back_up(story.home, tmp_path / "backup")
    home = restored(story, tmp_path / "backup", tmp_path)
    goes_on(story, home)
    story.writes(
        "Rechnung F-5503: zwei der Stechbeitel sind gebrochen. Bitte Gutschrift.\n", sender="buero@halder.example"
    )
    for _ in range(2):
        story.round()
        assert story.mails == [], "the outbox is paused"
    assert story.desk.outbox_paused() == RESTORED
    (waited,) = resume(story.home, actor="cli:ines") or []
    assert (waited.doubtful, waited.left) == (True, False)
    story.round()
    assert len(story.mails) == 1
    assert len(story.desk.held()) == 1, "the mail that came since is proposed for"
    assert resume(story.home, actor="cli:ines") is None
    assert Daemon(story.home, worker="story").run_once().sent == 0


def test_a_mail_of_which_no_sent_folder_knows_is_left_to_a_person(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.writes(LETTER)
    story.round()
    story.approve(story.one())
    back_up(story.home, tmp_path / "backup")
    goes_on(story, restored(story, tmp_path / "backup", tmp_path))
    monkeypatch.setattr(Moving, "open_mailboxes", lambda _: {})
    (waited,) = resume(story.home, actor="cli:ines") or []
    assert waited.left is None
    monkeypatch.undo()
    story.round()
    assert story.mails == []
    assert [row.state for row in story.rows(Outgoing)] == [SendState.UNCERTAIN]
    story.desk.settle(waited.number, sent=False, actor="ines")
    story.round()
    assert len(story.mails) == 1, "put back by a person, the same mail leaves"
