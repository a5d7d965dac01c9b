"""A whole installation for a test: its folder, its dunwell.toml, its ledger, and the real command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from mail.settings import MailboxSettings
from tests.ledgers import FILES, NOW
from tests.mail.servers import PASSWORD

_TOML = """
data_dir = "{home}/data"

[company]
name = "Fernhill Tooling Ltd"
address = "3 Kiln Lane, Fernhill"
email = "{address}"

[store]
url = "{database}"

[[mailboxes]]
name = "ar"
address = "{address}"
{way_in}
poll_seconds = 2

[mailboxes.smtp]
{smtp}

{more}

# The daemon lives in the real present, on whatever day the tests run.
[policy.jurisdictions.default-strict.contact]
opens = "08:00"
closes = "21:00"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""


def in_daylight() -> str:
    """Give the customers of the small ledger in a time zone where it is day now: mail to them may leave at any hour."""
    hour = datetime.now(UTC).hour
    zone = "Etc/UTC" if 9 <= hour < 20 else "Etc/GMT-12"
    return FILES["customers.csv"].replace("Europe/London", zone).replace("Europe/Berlin", zone)


@dataclass
class Installed:
    """One installation in a folder of its own, driven through the `dunwell` command."""

    home: Path
    mailbox: MailboxSettings
    database: str = ""
    smtp: str = ""
    more: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.database = self.database or f"sqlite:///{self.home}/dunwell.db"
        smtp = self.smtp or f'kind = "maildir"\npath = "{self.home}/sent"'
        self.config.write_text(
            _TOML.format(
                home=self.home,
                address=self.mailbox.address,
                database=self.database,
                way_in=self._way_in(),
                smtp=smtp,
                more=self.more,
            )
        )

    def _way_in(self) -> str:
        box = self.mailbox
        if box.kind == "maildir":
            return f'kind = "maildir"\npath = "{box.path}"'
        ca_file = f'\nca_file = "{box.ca_file}"' if box.ca_file else ""
        return f'host = "{box.host}"\nport = {box.port}\nuser = "{box.user}"{ca_file}'

    @property
    def config(self) -> Path:
        return self.home / "dunwell.toml"

    def command(self, *words: str) -> list[str]:
        return [str(Path(sys.executable).parent / "dunwell"), *words, "--config", str(self.config)]

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, "DUNWELL_MAILBOX_AR_PASSWORD": PASSWORD, **self.environment}

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*words), env=self.env, capture_output=True, text=True, timeout=240, cwd=self.home, check=False
        )
        assert not check or done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
        return done

    def json(self, *words: str) -> Any:
        """Run a command with --json and give what it printed."""
        return json.loads(self.run(*words, "--json").stdout)

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the daemon and leave it running."""
        with log.open("ab") as file:
            return subprocess.Popen(self.command("run"), env=self.env, stdout=file, stderr=file, cwd=self.home)


def maildir_mailbox(folder: Path) -> MailboxSettings:
    """Make an empty Maildir and the settings that read it."""
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True)
    return MailboxSettings(name="ar", kind="maildir", address="ar@fernhill.example", path=folder)


def deliver(mailbox: MailboxSettings, name: str, raw: bytes) -> None:
    """Put bytes into a Maildir as a mail server does: whole, or not at all."""
    assert mailbox.path is not None
    draft = mailbox.path / "tmp" / name
    draft.write_bytes(raw)
    draft.rename(mailbox.path / "new" / name)


def reply(
    sender: str, text: str, *, to: str, subject: str = "Re: overdue", message_id: str, answers: str = ""
) -> bytes:
    """Make a raw mail as a customer's server would deliver it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"], mail["Message-ID"] = format_datetime(NOW), message_id
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(text)
    return mail.as_bytes()
