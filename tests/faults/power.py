"""Installations whose power fails: they lie on a disk that forgets what nobody fsynced, mailbox folders and all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.faults.disk import Disk, Forgotten, disk
from tests.faults.forgetful_tree import Loss
from tests.faults.lives import Lives
from tests.faults.places import LETTERS, Ground, Place, installed_of_folders, named
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import SmtpServer


@dataclass
class Powered(Ground):
    """A ground whose places lose their power."""

    disk: Disk | None = None

    def place(self) -> Place:
        """Make a place on the disk."""
        return self._witnessed(super().place())

    def place_of_folders(self) -> Place:
        """Make a place that reads its mail from a folder on the disk and leaves it in another."""
        home = self._new_home()
        installed = installed_of_folders(home, self.folder, self._database(home))
        place = Place(installed, leaves_into=home / "sent", arrived=[named(number) for number in range(len(LETTERS))])
        return self._witnessed(place)

    def _witnessed(self, place: Place) -> Place:
        assert self.disk is not None
        place.witness = self.folder / f"{place.installed.home.name}.witness"
        self.disk.keep()
        return place

    def cut(self, place: Place, how: Loss = Loss.ALL, *, sector: int = 4096, seed: int = 0) -> Forgotten:
        """Cut the power, and look whether the mailbox shows a mail as read that is not in the database."""
        assert self.disk is not None
        forgotten = self.disk.cut(how, sector=sector, seed=seed)
        if place.leaves_into is None and (
            early := marked(self.dovecot, str(place.installed.mailbox.user)) - self._stored(place)
        ):
            place.faults.append(f"marked as read and not kept: {sorted(early)}")
        return forgotten

    def _stored(self, place: Place) -> set[str]:
        """Read a copy: whoever opens the database first after a crash mends it, and that is left to the program."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in place.installed.home.glob("dunwell.db*"):
            shutil.copyfile(path, copy / path.name)
        engine = create_engine(f"sqlite:///{copy}/dunwell.db")
        try:
            with engine.connect() as connection:
                return {str(row[0]) for row in connection.execute(text("SELECT message_id_header FROM message"))}
        finally:
            engine.dispose()


def marked(dovecot: Dovecot, user: str) -> set[str]:
    """Give the Message-IDs of the mails that somebody marked in any way."""
    client = dovecot.person(user)
    try:
        found = client.fetch(client.search(), ["FLAGS", "ENVELOPE"])
        return {mail[b"ENVELOPE"].message_id.decode() for mail in found.values() if set(mail[b"FLAGS"]) - {b"\\Recent"}}
    finally:
        client.logout()


@contextmanager
def powered(folder: Path, dovecot: Dovecot, smtp: SmtpServer, lives: Lives) -> Iterator[Powered]:
    """Mount the disk."""
    with disk(folder / "disk") as mounted:
        yield Powered(folder, dovecot, smtp, lives, root=mounted.folder, disk=mounted)
