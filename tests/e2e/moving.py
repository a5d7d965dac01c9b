"""An installation for whole stories: real Dovecot, real SMTP, the real daemon, and a clock that the test moves.

The customer is played by the test: it reads what dunwell sent from the SMTP server and answers into the mailbox, with the
threading headers of a mail program.
"""

from __future__ import annotations

import email
import email.policy
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from agent.cli.home import desk_of
from agent.config import build
from agent.daemon import Daemon, Round
from agent.importing import take_ledger
from agent.installation import Installation
from review.desk import Desk, Item
from store.clock import Clock
from store.engine import unit_of_work
from store.ledger import read_ledger
from store.proposals import Stale
from tests.ledgers import FILES, write_ledger
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import PASSWORD, USER, SmtpServer

MOIRA = "moira@bracken.example"


class Moving(Installation):
    """The real installation but for its clock, which stands still until it is moved."""

    moment: datetime

    @cached_property
    def clock(self) -> Clock:
        """The present of the story."""
        return lambda: self.moment


@dataclass
class Story:
    """One customer's story. Figures of the ledger are changed by importing its files again, as an ERP does."""

    home: Moving
    dovecot: Dovecot
    smtp: SmtpServer
    user: str
    folder: Path
    files: dict[str, str] = field(default_factory=lambda: {k.removesuffix(".csv"): v for k, v in FILES.items()})
    _numbers: count[int] = field(default_factory=lambda: count(1))

    # --- the clock and the ledger ---------------------------------------------------------------------------------

    def to(self, moment: datetime) -> None:
        """Move the clock."""
        assert moment >= self.home.moment
        self.home.moment = moment

    def days(self, number: int) -> None:
        """Move the clock by whole days."""
        self.to(self.home.moment + timedelta(days=number))

    def erp(self, **changed: str) -> None:
        """Import the ledger with these files changed."""
        self.files |= changed
        write_ledger(self.folder, **self.files)
        take_ledger(self.home, read_ledger(self.folder), actor="erp")

    def pays(self, number: str, amount: str, *, balance: str) -> None:
        """Book a payment on an invoice, as the ERP does: a receipt, and the balance that it leaves."""
        lines = self.files["invoices"].splitlines()
        for place, line in enumerate(lines):
            cells = line.split(",")
            if cells[0] == number:
                cells[6] = balance
                lines[place] = ",".join(cells)
        day = self.home.clock().date()
        paid = f"P-{next(self._numbers)},K1,{number},{day},GBP,{amount},{number}\n"
        self.erp(invoices="\n".join(lines) + "\n", payments=self.files["payments"] + paid)

    # --- the customer ---------------------------------------------------------------------------------------------

    def writes(self, text: str, *, answering: EmailMessage | None = None, sender: str = MOIRA) -> None:
        """Have the customer write, in answer to the last mail from us where it is given."""
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, self.address
        mail["Subject"] = f"Re: {str(answering['Subject']).removeprefix('Re: ')}" if answering else "Re: F-5501"
        mail["Date"] = format_datetime(self.home.moment)
        mail["Message-ID"] = f"<story-{next(self._numbers)}@bracken.example>"
        if answering is not None:
            mail["In-Reply-To"] = str(answering["Message-ID"])
            mail["References"] = f"{answering['References'] or ''} {answering['Message-ID']}".strip()
        mail.set_content(text)
        before = {path.name for path in (self.dovecot.maildir(self.user) / "new").iterdir()}
        self.dovecot.deliver(self.user, mail.as_bytes())
        for path in (self.dovecot.maildir(self.user) / "new").iterdir():
            if path.name not in before:
                os.utime(path, (self.home.moment.timestamp(), self.home.moment.timestamp()))

    @property
    def address(self) -> str:
        """Our own address."""
        return self.home.settings.mailboxes[0].address

    @property
    def mails(self) -> list[EmailMessage]:
        """What the customer got, oldest first."""
        parsed = [email.message_from_bytes(t.content, policy=email.policy.default) for t in self.smtp.sink.taken]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]

    def text(self, mail: EmailMessage) -> str:
        """Give the words of a mail."""
        body = mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    # --- ourselves ------------------------------------------------------------------------------------------------

    def round(self) -> Round:
        """Let the daemon do one round."""
        return Daemon(self.home, worker="story").run_once()

    @property
    def desk(self) -> Desk:
        """The desk of the collectors."""
        return desk_of(self.home)

    def one(self) -> Item:
        """Give the one proposal that waits."""
        (item,) = self.desk.held()
        return item

    def tools(self) -> list[str]:
        """Name the actions of the one proposal that waits."""
        return [action.tool for action in self.one().proposal.actions]

    def approve(self, item: Item, *, actor: str = "ines") -> None:
        """Approve a proposal as a person does who looked at it, and looks again where a date has moved on.

        The time in which it could be taken back goes by.
        """
        number = item.row.id or 0
        try:
            self.desk.approve(number, version=item.row.version, actor=actor)
        except Stale:
            again = self.desk.show(number)
            assert again is not None
            self.desk.approve(number, version=again.row.version, actor=actor)
        self.to(self.home.moment + timedelta(seconds=self.home.settings.review.undo_seconds))

    def answered(self) -> EmailMessage:
        """Read the mail, approve what is proposed, send it; give what the customer got."""
        self.round()
        before = len(self.mails)
        self.approve(self.one())
        self.round()
        assert len(self.mails) == before + 1, "nothing was sent"
        return self.mails[-1]

    def rows(self, table: type[Any]) -> list[Any]:
        """Give all rows of a table."""
        from sqlmodel import select

        with unit_of_work(self.home.engine) as session:
            return list(session.exec(select(table)).all())


@contextmanager
def told(dovecot: Dovecot, smtp: SmtpServer, folder: Path, *, start: datetime, **settings: Any) -> Iterator[Story]:
    """Begin a story at a moment, with the small ledger."""
    user = dovecot.new_user()
    box = dovecot.settings(user)
    raw: dict[str, Any] = {
        "data_dir": folder / "data",
        "company": {"name": "Fernhill Tooling Ltd", "address": "3 Kiln Lane, Fernhill", "email": box.address},
        "store": {"url": f"sqlite:///{folder / 'dunwell.db'}"},
        "mailboxes": [
            box.model_dump(exclude_none=True)
            | {
                "name": "ar",
                "smtp": {
                    "host": "localhost",
                    "port": smtp.port,
                    "tls": "starttls",
                    "ca_file": smtp.ca_file,
                    "user": USER,
                    "password": PASSWORD,
                },
            }
        ],
        **settings,
    }
    home = Moving(build(raw, source="story"))
    home.moment = start
    story = Story(home, dovecot, smtp, user, folder / "ledger")
    write_ledger(story.folder)
    (story.folder / "documents").mkdir()
    (story.folder / "documents" / "F-5501.pdf").write_bytes(b"%PDF-1.4\n% router cutters\n%%EOF\n")
    story.erp()
    try:
        yield story
    finally:
        home.engine.dispose()
