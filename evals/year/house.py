"""A real installation whose clock is moved by hand, and whose mail goes into a list instead of to a server. Nothing else is changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from agent.config import Settings, build_alone
from agent.installation import Installation
from agent.proposing import Proposing
from agent.senders import sender_of
from evals.year.days import HOLIDAYS
from mail.outbox import Route, Sender
from mail.transport import ClaimLost, check_envelope
from review.desk import Desk
from store.clock import Clock
from store.company import CompanyProfile

COMPANY = CompanyProfile(
    name="Nordholt Industrial Supply B.V.",
    address="Kadeweg 14, 3089 Havenstad, The Netherlands",
    team="Accounts Receivable",
    email="ar@nordholt-supply.example",
)
AUTHSERV_ID = "mx.nordholt-supply.example"
COLLECTOR, MANAGER, CONTROLLER = "collector", "manager", "controller"


@dataclass
class Collecting:
    """A way out that keeps what left, with the envelope, as a server would take it."""

    clock: Clock
    taken: list[tuple[datetime, tuple[str, ...], bytes]] = field(default_factory=list)

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        """Take a mail for all recipients."""
        check_envelope(sender, recipients, mime)
        if not before_body():
            raise ClaimLost("another sender has this mail")
        self.taken.append((self.clock(), tuple(recipients), mime))

    def probe(self) -> str:
        """Say where mail goes."""
        return "mail is kept in memory, nothing is sent"


class MovedInstallation(Installation):
    """An installation at a moment that is set from outside."""

    def __init__(self, settings: Settings, *, starts: datetime) -> None:
        """Take settings, and the moment at which it begins."""
        super().__init__(settings)
        self.now = starts
        self.transport = Collecting(lambda: self.now)

    @cached_property
    def clock(self) -> Clock:
        """The present, as it was set."""
        return lambda: self.now

    def routes(self) -> Mapping[str, Route]:
        """Give the one way out."""
        return {mailbox.name: Route(transport=self.transport) for mailbox in self.settings.mailboxes}


class Thinking(Proposing):
    """The daemon's proposing half, one mail at a time."""

    def __init__(self, home: MovedInstallation) -> None:
        """Take an installation."""
        self.worker = "year"
        self.stopping = threading.Event()
        self._home = home
        self._alone = None
        self._pool = ThreadPoolExecutor(1)

    def close(self) -> None:
        """End its thread."""
        self._pool.shutdown()


@dataclass
class House:
    """The installation with its desk, its sender and its thinking half."""

    home: MovedInstallation
    desk: Desk
    sender: Sender
    thinking: Thinking

    def close(self) -> None:
        """End it; its files stay."""
        self.thinking.close()
        self.home.engine.dispose()


def open_house(folder: Path, *, starts: datetime, outreach: Mapping[str, Any] | None = None) -> House:
    """Make an installation with an empty database in a folder. `outreach`: its settings, where they are not the default ones."""
    given: dict[str, Any] = {
        "profile": "demo",
        "data_dir": folder,
        "company": COMPANY.model_dump(),
        "store": {"url": f"sqlite:///{folder / 'year.db'}"},
        "roles": {MANAGER: "manager", CONTROLLER: "controller"},
        "workers": 1,
        "policy": {"jurisdictions": {"default-strict": {"holidays": list(HOLIDAYS)}}, "sending": {"ledger_hours": 96}},
        "mailboxes": [
            {
                "name": "ar",
                "kind": "maildir",
                "address": COMPANY.email,
                "path": folder / "inbox",
                "authserv_id": [AUTHSERV_ID],
                "smtp": {"kind": "maildir", "path": folder / "sent"},
            }
        ],
    }
    if outreach is not None:
        given["outreach"] = dict(outreach)
    home = MovedInstallation(build_alone(given, source="year"), starts=starts)
    settings = home.settings
    desk = Desk(
        engine=home.engine,
        company=settings.company,
        policy=settings.policy,
        clock=home.clock,
        key=home.key,
        sender_of=home.sender_of,
        roles=settings.roles,
        deps=lambda: home.deps,
        undo=timedelta(),
    )
    return House(home, desk, sender_of(home, "year", stopping=lambda: False), Thinking(home))
