"""The worker of many machines: checks that it may work on this database, prepares the work queue, and works until told to stop."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from agent.chosen_company import chosen
from agent.cli.errands import connected_of, errands_of
from agent.cli.home import desk_of, open_home, settings_from
from agent.cli.output import CommandFailed, say
from agent.cli.serve import until_told
from agent.extras import ExtraMissing, need_workers
from store import fleet
from store.engine import unit_of_work

if TYPE_CHECKING:
    from agent.installation import Installation

log = logging.getLogger(__name__)


def run_worker(config: Path, *, setup: bool) -> None:
    """Run a worker, or only prepare the database for workers."""
    from agent.logs import log_as
    from agent.metrics import MetricsUnavailable
    from agent.only_one import AlreadyRunning
    from agent.tracing import tracing

    home = _home_for_workers(config)
    log_as(home.settings.log.format, level=logging.INFO, company=chosen.get())
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    if setup:
        _prepare(home)
        with unit_of_work(home.engine) as session:
            fleet.state_key(session, _key_digest(home))
        say("the database is prepared for workers; each machine needs the same data_dir/installation.key as this one")
        return
    _prepare(home)
    _same_key(home)
    from agent.fleet.worker import Worker

    try:
        with tracing(home.settings.traces, company=chosen.get()):
            alone = desk_of(home).answer_alone
            worker = Worker(home, errands=errands_of(home), connected=connected_of(home), alone=alone)
            until_told(home, worker)
    except (AlreadyRunning, ExtraMissing, MetricsUnavailable) as error:
        raise CommandFailed(str(error)) from None


def _home_for_workers(config: Path) -> Installation:
    """Open an installation that workers can share, or say in one line what to do."""
    try:
        need_workers()
    except ExtraMissing as error:
        raise CommandFailed(str(error)) from None
    if settings_from(config).store.url.startswith("sqlite"):
        raise CommandFailed(
            "store.url: workers share a PostgreSQL database, and this one is SQLite: "
            "run one daemon (dunwell run), or set DUNWELL_DATABASE_URL"
        )
    return open_home(config)


def _prepare(home: Installation) -> None:
    from agent.fleet.queue_schema import prepare

    if prepare(home.engine):
        log.info("the tables of the work queue are up to date")


def _key_digest(home: Installation) -> str:
    # The key itself never enters the database; a digest of a random key tells nothing of it.
    return hashlib.sha256(b"dunwell workers" + home.key).hexdigest()


def _same_key(home: Installation) -> None:
    """See that this machine has the key with which the others sign, or fail in plain words."""
    desk_of(home)  # says in plain words where the key cannot be read
    with unit_of_work(home.engine) as session:
        if not fleet.same_key(session, _key_digest(home)):
            raise CommandFailed(
                f"{home.settings.data_dir / 'installation.key'} is not the key of the other workers: copy it from one of "
                "their machines (dunwell worker --setup makes this machine's the right one)"
            )
