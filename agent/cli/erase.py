"""Forgets a person, and says what went and what stays. Nothing of it can be taken back."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from agent.cli.faults import told
from agent.cli.home import actor, open_home
from agent.cli.output import CommandFailed, print_json, say
from agent.membership import at_work
from agent.only_one import AlreadyRunning, DataFolderUnusable, only_one
from store import erasing
from store.engine import unit_of_work
from store.scrubbing import NotScrubbed, scrub

if TYPE_CHECKING:
    from agent.installation import Installation

_STAYS = (
    "what stays: invoices, payments, sums and days that were agreed, who of ours did what and when. "
    "Not in dunwell's hands: the mailbox itself, your ERP (remove the contact there, or the next import brings it back), "
    "older backups, the model's provider"
)


def erase_person(email: str, *, dry_run: bool, config: Path, as_json: bool) -> None:
    """Find a person, and unless it is a rehearsal erase them and rewrite the database's files."""
    if "@" not in email.strip(" @"):
        raise CommandFailed(f"{email!r} is no mail address", code=2)
    home = open_home(config)
    try:
        with nullcontext() if dry_run else _alone(home):
            with unit_of_work(home.engine) as session:
                found = erasing.find(session, email)
                matters = erasing.open_matters(session, found)
                if not dry_run:
                    erasing.erase(session, found, actor=actor(), now=home.clock())
            if not dry_run:
                scrub(home.engine)
    except erasing.StillOpen as error:
        raise CommandFailed(f"nothing was erased; decide first: {error}") from None
    except (AlreadyRunning, DataFolderUnusable) as error:
        raise CommandFailed(str(error)) from None
    except NotScrubbed as error:
        raise CommandFailed(f"the rows are erased, but {error}") from None
    except SQLAlchemyError as error:
        raise CommandFailed(f"store.url: the database could not do it: {told(error)}") from None
    _report(found, matters, dry_run=dry_run, as_json=as_json)


@contextmanager
def _alone(home: Installation) -> Iterator[None]:
    """See that nobody works on this installation meanwhile. Raises AlreadyRunning, DataFolderUnusable."""
    name = f"erase:{socket.gethostname()}:{os.getpid()}"
    with only_one(home.settings.data_dir), at_work(home.engine, name, clock=home.clock):
        yield


def _report(found: erasing.Found, matters: list[str], *, dry_run: bool, as_json: bool) -> None:
    counts = {
        "contacts": len(found.contacts),
        "messages": len(found.messages),
        "proposals": len(found.proposals),
        "mails_of_ours": len(found.outgoing),
        "log_entries": len(found.log),
    }
    if as_json:
        print_json({"erased": not dry_run, **counts, "open": matters})
        return
    verb = "would go" if dry_run else "erased"
    say(f"{verb}: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()))
    for matter in matters:
        say(f"to be decided first: {matter}")
    say(_STAYS)
