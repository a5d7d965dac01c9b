"""Installations for benchmarks: the sample company with any number of customers, in a database of this machine's own disk.

A prepared database is a file that is copied for each round, so that every round begins with the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from agent.config import build_alone
from agent.installation import Installation
from evals.bench import sample
from mail.parse import parse
from mail.thread import assign, match
from store import messages
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from store.ledger import import_ledger

#: Any moment at which all of the sample mails have come.
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
AUTHSERV_ID = "mx.nordholt-supply.example"
COMPANY = CompanyProfile(
    name="Nordholt Industrial Supply B.V.",
    address="Kadeweg 14, 3089 Havenstad, The Netherlands",
    team="Accounts Receivable",
    email="ar@nordholt-supply.example",
)


class House:
    """Makes installations whose database holds the ledger of so many copies of the sample company's customers."""

    def __init__(self, folder: Path, *, copies: int, fill: Callable[[Installation], object] | None = None) -> None:
        """Make the database. `fill` puts more into it, once."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._numbers = count(1)
        self._template = folder / "template.db"
        engine = open_engine(f"sqlite:///{self._template}")
        migrate(engine)
        with unit_of_work(engine) as session:
            import_ledger(session, sample.ledger(copies), actor="bench", now=NOW)
        engine.dispose()  # whoever closes a database last writes its log back into it
        if fill is not None:
            home = self.installation()
            fill(home)
            home.engine.dispose()
            self._template = Path(home.settings.store.url.removeprefix("sqlite:///"))

    def new_url(self) -> str:
        """Give the address of a fresh copy of the database. Earlier copies stay until the folder goes."""
        path = self._folder / f"round-{next(self._numbers)}.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def installation(self, *, model: Mapping[str, Any] | None = None, workers: int = 4) -> Installation:
        """Give an installation on a fresh database; its clock stands at `NOW` when it is opened."""
        url = self.new_url()
        settings: dict[str, Any] = {
            "profile": "demo",
            "data_dir": Path(url.removeprefix("sqlite:///")).with_suffix(""),
            "clock_starts_at": NOW.isoformat(),
            "company": COMPANY.model_dump(),
            "store": {"url": url},
            "roles": {"bench": "manager"},
            "workers": workers,
            "policy": {"jurisdictions": {"default-strict": {"contact": {"opens": "08:00", "closes": "21:00"}}}},
            "mailboxes": [
                {
                    "name": "ar",
                    "kind": "maildir",
                    "address": COMPANY.email,
                    "path": self._folder / "inbox",
                    "authserv_id": [AUTHSERV_ID],
                    "smtp": {"kind": "maildir", "path": self._folder / "sent"},
                }
            ],
        }
        if model is not None:
            settings["model"] = dict(model)
        return Installation(build_alone(settings, source="bench"))


def record(home: Installation, raws: list[bytes]) -> list[int]:
    """Parse, record and match mails as the daemon does; give their numbers."""
    found = []
    for uid, raw in enumerate(raws, 1):
        email = parse(raw, received_at=NOW, authserv_ids=[AUTHSERV_ID])
        with unit_of_work(home.engine) as session:
            recorded = messages.record(
                session,
                mailbox="ar",
                folder="INBOX",
                uidvalidity=1,
                uid=uid,
                raw=raw,
                email=email,
                received_at=email.sent_at or NOW,
            )
            assign(session, recorded.message_id, match(session, email, company=COMPANY, now=NOW), NOW)
        found.append(recorded.message_id)
    return found
