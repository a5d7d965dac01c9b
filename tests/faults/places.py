"""Installations for lives that end early: mails wait in a real mailbox, and whatever leaves goes to a real SMTP server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from store.engine import migrate, open_engine, unit_of_work
from store.ledger import import_ledger, read_ledger
from tests.e2e.installations import Installed, reply
from tests.faults.checker import Found, check, is_done
from tests.faults.lives import End, Lives, running
from tests.ledgers import write_ledger
from tests.mail.servers import PASSWORD, Dovecot
from tests.mail.smtp_fixtures import PASSWORD as SMTP_PASSWORD
from tests.mail.smtp_fixtures import USER, SmtpServer
from tests.postgres import Postgres

#: A Tuesday, in office hours of the customers' zones.
START = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
#: What arrives: a promise, a plea that opens a dispute, a robot. They go the three ways that a mail can go.
LETTERS = (
    ("Moira Tate <moira@bracken.example>", "Morning,\n\nF-5501 will be paid in full on 20 April 2026.\n\nMoira\n"),
    ("Uwe Halder <buero@halder.example>", "Rechnung F-5503: zwei der Stechbeitel sind gebrochen. Bitte Gutschrift.\n"),
    ("Moira Tate <moira@bracken.example>", "I am out of the office until 28 April and will read mail then.\n"),
)
_SMTP = """host = "localhost"
port = {port}
tls = "starttls"
ca_file = "{ca_file}"
user = "{user}"
"""


@dataclass
class Place:
    """One installation that mails wait for."""

    installed: Installed
    arrived: list[str] = field(default_factory=list)
    kills: int = 0


@dataclass
class Ground:
    """The servers and the forking process; makes a new place for each way to die."""

    folder: Path
    dovecot: Dovecot
    smtp: SmtpServer
    lives: Lives
    postgres: Postgres | None = None
    _model: str = ""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def place(self) -> Place:
        """Make an installation whose ledger is imported and whose mailbox holds mails."""
        user = self.dovecot.new_user()
        home = self.folder / f"home{next(self._numbers)}"
        installed = Installed(
            home,
            self.dovecot.settings(user),
            database=self._database(home),
            smtp=_SMTP.format(port=self.smtp.port, ca_file=self.smtp.ca_file, user=USER),
        )
        place = Place(installed)
        for number, (sender, text) in enumerate(LETTERS):
            name = f"<letter{number}@customers.example>"
            self.dovecot.deliver(user, reply(sender, text, to=installed.mailbox.address, message_id=name))
            place.arrived.append(name)
        for path in (self.dovecot.maildir(user) / "new").iterdir():
            os.utime(path, (START.timestamp(), START.timestamp()))
        self.smtp.sink.taken.clear()
        return place

    def _database(self, home: Path) -> str:
        """Give a database with the ledger in it, copied from one that was made the long way."""
        home.mkdir(parents=True)
        if self.postgres is not None:
            self._model = self._model or _imported(self.folder, self.postgres.new_database())
            return self.postgres.copied(self._model)
        self._model = self._model or _imported(self.folder, f"sqlite:///{self.folder}/model.db")
        shutil.copyfile(self.folder / "model.db", home / "dunwell.db")
        return f"sqlite:///{home}/dunwell.db"

    def live(self, place: Place, *, die_at: int = 0, kill_after: float = 0, hours: float = 0) -> End:
        """Run one life of a place, so many hours after the start."""
        moment = START + timedelta(hours=hours)
        end = self.lives.live(place.installed.config, moment, die_at=die_at, kill_after=kill_after)
        place.kills += end.code == -9
        return end

    def settled(self, place: Place) -> Found:
        """Let the place live on undisturbed until its work is done, and check it."""
        for hours in (0.1, 1, 3):
            assert self.live(place, hours=hours).code == 0, self.log()
            if is_done(place.installed.database):
                break
        left = [taken.content for taken in self.smtp.sink.taken]
        found = check(place.installed.database, arrived=place.arrived, left=left, kills=place.kills)
        shutil.rmtree(place.installed.home)
        return found

    def log(self) -> str:
        """Give the end of what the lives logged."""
        return (self.folder / "lives.log").read_text("utf-8")[-4000:]


def _imported(folder: Path, database: str) -> str:
    """Migrate a database and import the ledger into it."""
    engine = open_engine(database)
    migrate(engine)
    with unit_of_work(engine) as session:
        import_ledger(
            session, read_ledger(write_ledger(folder / "ledger")), actor="erp", now=START - timedelta(hours=1)
        )
    engine.dispose()
    return database


@contextmanager
def ground(folder: Path, dovecot: Dovecot, smtp: SmtpServer, postgres: Postgres | None = None) -> Iterator[Ground]:
    """Start what forks lives."""
    environment = {"DUNWELL_MAILBOX_AR_PASSWORD": PASSWORD, "DUNWELL_SMTP_AR_PASSWORD": SMTP_PASSWORD}
    with running(folder, environment) as lives:
        yield Ground(folder, dovecot, smtp, lives, postgres)
