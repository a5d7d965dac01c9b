"""The power fails: nothing that was committed is lost, nothing leaves twice, no mail is marked as read that was not kept.

Two controls are careless about the disk, and must be caught: without them this would show nothing. `make faults N=2000` is the
same code: a tenth as often as a process dies there, the power fails.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.config import build
from agent.installation import Installation
from mail.oauth import _replace as keep_token
from store.engine import migrate, open_engine
from tests.e2e.installations import maildir_mailbox
from tests.faults import asked
from tests.faults.disk import disk
from tests.faults.forgetful_tree import Loss
from tests.faults.lives import Lives
from tests.faults.power import Powered, powered
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import SmtpServer

pytestmark = [pytest.mark.servers, pytest.mark.timeout(0 if asked.DEATHS else 600)]


@pytest.fixture
def there(dovecot: Dovecot, smtp: SmtpServer, lives: Lives, tmp_path: Path) -> Iterator[Powered]:
    with powered(tmp_path, dovecot, smtp, lives) as made:
        yield made


def test_power_failures(there: Powered, record_property: Callable[[str, object], None]) -> None:
    chance, tally = random.Random(asked.SEED), asked.Tally(asked.wanted(4, one_in=10))
    whole = there.live(there.place())
    instants = asked.Instants(chance, seconds=whole.seconds)
    sectors, names = 0, 0
    while tally.goes_on():
        place = there.place_of_folders() if chance.random() < 0.3 else there.place()
        # What recovers from a failure can meet the next one.
        for _ in range(chance.randint(1, 3)):
            if chance.random() < 0.5:
                there.live(place, die_at=chance.randint(1, whole.count))
            else:
                end = there.live(place, kill_after=instants.next())
                instants.learn(died=end.code == -9, seconds=end.seconds)
            how, sector = chance.choice(list(Loss)), chance.choice([512, 4096])
            forgotten = there.cut(place, how, sector=sector, seed=chance.randrange(2**32))
            sectors, names, tally.done = sectors + forgotten.sectors, names + forgotten.names, tally.done + 1
        tally.add(there.settled(place))
    record_property("told", f"power failures: {tally.done}, which took {sectors} sectors and {names} names; {tally}")
    assert tally.faults == []


def test_commits_that_were_not_fsynced_are_missed(there: Powered) -> None:
    place = there.place()
    there.live(place, careless="commits")
    there.cut(place)
    faults = there.settled(place).faults
    for what in ("lost: ", "mails left that nobody approved: ", "marked as read and not kept: "):
        assert any(what in fault for fault in faults), faults


def test_mail_files_that_were_not_fsynced_are_missed_and_those_that_were_are_there(there: Powered) -> None:
    for careless in ("files", ""):
        place = there.place_of_folders()
        assert there.live(place, careless=careless).code == 0
        # The folders are new, too: their names must last as well as what is in them.
        there.cut(place)
        faults = there.settled(place).faults
        assert any("is filed, and did not leave" in fault for fault in faults) == bool(careless), faults


def test_what_was_made_new_outlasts_it(tmp_path: Path) -> None:
    with disk(tmp_path / "disk") as mounted:
        token = mounted.folder / "token"
        token.write_text("first\n", "utf-8")
        raw = {
            "data_dir": mounted.folder / "data",
            "company": {"name": "Fernhill Tooling Ltd", "address": "3 Kiln Lane", "email": "ar@fernhill.example"},
            "store": {"url": f"sqlite:///{tmp_path / 'dunwell.db'}"},
            "mailboxes": [maildir_mailbox(tmp_path / "box").model_dump(exclude_none=True)],
        }
        mounted.keep()
        key = Installation(build(raw, source="power")).key
        # With some providers the old one has just died: the new one is all there is.
        keep_token(token, "second")
        engine = open_engine(f"sqlite:///{mounted.folder}/a/new/dunwell.db")
        migrate(engine)
        mounted.cut()
        engine.dispose()
        assert token.read_text("utf-8") == "second\n"
        assert Installation(build(raw, source="power")).key == key
        with sqlite3.connect(mounted.folder / "a" / "new" / "dunwell.db") as connection:
            assert connection.execute("SELECT count(*) FROM message").fetchone() == (0,)
        connection.close()
