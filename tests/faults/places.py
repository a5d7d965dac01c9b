"""Installations for lives that end early: mails wait in a real mailbox, and whatever leaves goes to a real SMTP server."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

from store.engine import migrate, open_engine, unit_of_work
from store.ledger import import_ledger, read_ledger
from tests.e2e.installations import Installed, deliver, maildir_mailbox, reply
from tests.faults.checker import Found, check, is_done
from tests.faults.lives import START, End, Lives
from tests.faults.points import Witness
from tests.ledgers import write_ledger
from tests.mail.servers import PASSWORD, Dovecot
from tests.mail.smtp_fixtures import PASSWORD as SMTP_PASSWORD
from tests.mail.smtp_fixtures import USER, SmtpServer
from tests.postgres import Postgres

#: What arrives: a promise, a plea that opens a dispute, a robot. They go the three ways that a mail can go.
LETTERS = (
    ("Moira Tate <moira@bracken.example>", "Morning,\n\nF-5501 will be paid in full on 20 April 2026.\n\nMoira\n"),
    ("Uwe Halder <buero@halder.example>", "Rechnung F-5503: zwei der Stechbeitel sind gebrochen. Bitte Gutschrift.\n"),
    ("Moira Tate <moira@bracken.example>", "I am out of the office until 28 April and will read mail then.\n"),
)
ENVIRONMENT = {"DUNWELL_MAILBOX_AR_PASSWORD": PASSWORD, "DUNWELL_SMTP_AR_PASSWORD": SMTP_PASSWORD}
SMTP = """host = "localhost"
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
    #: Where what was committed is written down (`points.Witness`), and the folder that its mails leave into, if not by SMTP.
    witness: Path | None = None
    leaves_into: Path | None = None
    #: What was seen to be wrong on the way.
    faults: list[str] = field(default_factory=list)


@dataclass
class Ground:
    """The servers and the forking process; makes a new place for each way to die."""

    folder: Path
    dovecot: Dovecot
    smtp: SmtpServer
    lives: Lives
    postgres: Postgres | None = None
    #: Where installations are made, if not in `folder`.
    root: Path | None = None
    _model: str = ""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def place(self) -> Place:
        """Make an installation whose ledger is imported and whose mailbox holds mails."""
        user = self.dovecot.new_user()
        home = self._new_home()
        installed = Installed(
            home,
            self.dovecot.settings(user),
            database=self._database(home),
            smtp=SMTP.format(port=self.smtp.port, ca_file=self.smtp.ca_file, user=USER),
        )
        place = Place(installed)
        for number, (sender, text) in enumerate(LETTERS):
            name = named(number)
            self.dovecot.deliver(user, reply(sender, text, to=installed.mailbox.address, message_id=name))
            place.arrived.append(name)
        for path in (self.dovecot.maildir(user) / "new").iterdir():
            os.utime(path, (START.timestamp(), START.timestamp()))
        self.smtp.sink.taken.clear()
        return place

    def _new_home(self) -> Path:
        return (self.root or self.folder) / f"home{next(self._numbers)}"

    def _database(self, home: Path) -> str:
        """Give a database with the ledger in it, copied from one that was made the long way."""
        home.mkdir(parents=True)
        if self.postgres is not None:
            self._model = self._model or _imported(self.folder, self.postgres.new_database())
            return self.postgres.copied(self._model)
        self._model = self._model or _imported(self.folder, f"sqlite:///{self.folder}/model.db")
        shutil.copyfile(self.folder / "model.db", home / "dunwell.db")
        return f"sqlite:///{home}/dunwell.db"

    def live(
        self,
        place: Place,
        *,
        die_at: int = 0,
        kill_after: float = 0,
        hours: float = 0,
        careless: str = "",
        poison: str = "",
        beside: Path | None = None,
    ) -> End:
        """Run one life of a place, so many hours after the start."""
        end = self.lives.live(
            place.installed.config,
            START + timedelta(hours=hours),
            die_at=die_at,
            kill_after=kill_after,
            witness=place.witness,
            careless=careless,
            poison=poison,
            beside=beside,
        )
        place.kills += end.code == -9
        return end

    def settled(self, place: Place) -> Found:
        """Let the place live on undisturbed until its work is done, and check it."""
        for hours in (0.1, 1, 3):
            assert self.live(place, hours=hours).code == 0, self.log()
            if is_done(place.installed.database):
                break
        found = self.checked(place)
        shutil.rmtree(place.installed.home)
        return found

    def checked(self, place: Place) -> Found:
        """Check a place as it is."""
        left = [taken.content for taken in self.smtp.sink.taken]
        if place.leaves_into is not None:
            left = [path.read_bytes() for path in (place.leaves_into / "new").glob("*")]
        committed = Witness.saw(place.witness) if place.witness is not None else set()
        found = check(
            place.installed.database, arrived=place.arrived, left=left, kills=place.kills, committed=committed
        )
        found.faults += place.faults
        return found

    def log(self) -> str:
        """Give the end of what the lives logged."""
        return self.lives.log.read_text("utf-8")[-4000:]


def installed_of_folders(home: Path, folder: Path, database: str = "") -> Installed:
    """Make an installation that reads its mail from a folder and leaves it in another; its ledger is written into `folder`."""
    home.mkdir(parents=True, exist_ok=True)
    mailbox = maildir_mailbox(home / "box")
    database = database or _imported(folder, f"sqlite:///{home}/dunwell.db")
    for number, (sender, said) in enumerate(LETTERS):
        raw = reply(sender, said, to=mailbox.address, message_id=named(number))
        deliver(mailbox, str(number), raw)
        os.utime(home / "box" / "new" / str(number), (START.timestamp(), START.timestamp()))
    return Installed(home, mailbox, database=database)


def named(number: int) -> str:
    """Give the Message-ID of a letter."""
    return f"<letter{number}@customers.example>"


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
