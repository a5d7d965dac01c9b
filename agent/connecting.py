"""Reads a connected system into the ledger: all of a pull goes in, or nothing of it, and its cursor moves only afterwards.

A pull may be cut off anywhere and run again without harm. Mail never waits for it, and an outage of a system stops nothing but its
own pulls.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agent.connecting_end import Noting, end_pull, join_customers
from agent.connecting_refusals import Busy, as_told
from agent.importing import take_ledger
from agent.installation import Installation
from ledger.connectors.failures import ConnectorError, Interrupted, RateLimited
from ledger.connectors.kinds import Surroundings, connector_of, wire_of
from ledger.connectors.remote import Connector, Page
from ledger.connectors.stored import stored_of
from ledger.connectors.taking import take
from ledger.connectors.tokens import Seals
from ledger.settings import ConnectionSettings
from store import connections
from store.connections import Connection
from store.engine import unit_of_work
from store.ledger import Ledger, LedgerFaults, checked_ledger
from store.ledger_differences import compare
from store.ledger_known import known_to

#: So long a pull is held without a sign of life; a process that died with it holds up the next one no longer.
_LEASE = timedelta(minutes=10)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Synced:
    """What a pull did. `changed`: rows that are new or others, a table each; `left_out`: what was passed over, a line each."""

    name: str
    full: bool
    read: dict[str, int]
    changed: dict[str, int]
    left_out: tuple[str, ...] = ()
    merged: int = 0


@dataclass
class Connections:
    """The connected systems of an installation."""

    home: Installation
    seals: Seals
    worker: str = field(default_factory=lambda: f"connect:{uuid.uuid4().hex}")
    sleep: Callable[[float], None] | None = None
    #: Set when whoever reads is to end: the wait for a system that asks to slow down ends with it.
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def settings(self) -> tuple[ConnectionSettings, ...]:
        """Give the connections of the configuration."""
        return self.home.settings.connections

    def named(self, name: str) -> ConnectionSettings:
        """Give the settings of a connection. Raises ConnectorError where there is none of this name."""
        for each in self.settings:
            if each.name == name:
                return each
        names = ", ".join(each.name for each in self.settings) or "none is configured"
        raise ConnectorError(f"{name} is no connection of the configuration ({names})")

    def around(self) -> Surroundings:
        """Give what a connection works with."""
        return Surroundings(
            self.home.engine, self.seals, self.home.clock, sleep=self.sleep or self._rest, beat=self._go_on
        )

    def _rest(self, seconds: float) -> None:
        self.stopping.wait(seconds)
        self._go_on()

    def _go_on(self) -> None:
        if self.stopping.is_set():
            raise Interrupted("was told to stop: it is read again from the start of this pull")

    def row(self, settings: ConnectionSettings, *, actor: str) -> Connection:
        """Give the row of a connection; make it where there is none."""
        with unit_of_work(self.home.engine) as session, as_told():
            return connections.ensure(session, settings.name, kind=settings.kind, actor=actor, now=self.home.clock())

    def probe(self, name: str, *, actor: str) -> str:
        """Ask a system for as little as shows that the connection works; give a line. Raises ConnectorError."""
        settings = self.named(name)
        account = self.row(settings, actor=actor).account
        wire = wire_of(settings, self.around())
        try:
            return connector_of(settings, wire, account=account).probe()
        finally:
            wire.close()

    def sync(
        self,
        name: str,
        *,
        actor: str,
        full: bool = False,
        dry_run: bool = False,
        accept_missing: bool = False,
        only_due: bool = False,
    ) -> Synced | None:
        """Read a system into the ledger; None where it is not its time, or somebody reads it already (with `only_due`).

        Raises ConnectorError where it cannot be read, LedgerFaults where what it says does not add up: then nothing was taken.
        """
        settings = self.named(name)
        self.row(settings, actor=actor)
        now = self.home.clock()
        with unit_of_work(self.home.engine) as session:
            row = connections.claim_pull(session, name, worker=self.worker, now=now, lease=_LEASE, only_due=only_due)
        if row is None:
            if only_due:
                return None
            raise Busy(f"{name}: is being read by another process just now: wait for it")
        try:
            return self._synced(settings, row, now, actor=actor, full=full, dry=dry_run, accept=accept_missing)
        except Interrupted:
            with unit_of_work(self.home.engine) as session:
                connections.release_pull(session, name, worker=self.worker)
            raise
        except ConnectorError as error:
            wait = error.wait if isinstance(error, RateLimited) else None
            self._failed(settings, row, error.code, str(error), wait=wait)
            raise
        except LedgerFaults as faults:
            told = f"{len(faults.faults)} records do not add up, nothing was taken: see `dunwell connect sync {name} --dry-run`"
            self._failed(settings, row, "faults", f"{name}: {told}", wait=None)
            raise
        except BaseException as error:
            self._failed(settings, row, "failed", f"{name}: failed ({type(error).__name__})", wait=None)
            raise

    def _synced(
        self,
        settings: ConnectionSettings,
        row: Connection,
        began: datetime,
        *,
        actor: str,
        full: bool,
        dry: bool,
        accept: bool,
    ) -> Synced:
        wire = wire_of(settings, self.around().beating(self._heart(settings.name)))
        try:
            connector = connector_of(settings, wire, account=row.account)
            with as_told():
                connections.refuse_another(row, account := connector.whose())
            since = None if full else self._since(settings, row, connector, began)
            page = _whole(connector, since)
        finally:
            wire.close()
        with unit_of_work(self.home.engine) as session:
            stored = stored_of(session, settings.name)
            known = known_to(session)
        taken = take(
            page,
            settings,
            stored,
            full=since is None,
            accept_missing=accept,
            truth_prefix=self._truth_prefix(settings),
        )
        if taken.faults:
            raise LedgerFaults(taken.faults)
        ledger = checked_ledger(
            customers=taken.customers,
            contacts=taken.contacts,
            invoices=taken.invoices,
            payments=taken.payments,
            source=settings.name,
            known=known,
        )
        done = Synced(settings.name, since is None, ledger.summary(), {}, tuple(taken.left_out))
        if dry:
            return self._tried(settings, ledger, done)
        noting = Noting(settings, taken, stored)
        if any(ledger.summary().values()):
            done = replace(done, changed=take_ledger(self.home, ledger, actor=actor, along=noting).changed)
        end_pull(self, settings, taken, noting, began, account=account, full=since is None, actor=actor)
        merged, waiting = join_customers(self.home, settings, actor=actor)
        return replace(done, merged=merged, left_out=(*done.left_out, *waiting))

    def _since(
        self, settings: ConnectionSettings, row: Connection, connector: Connector, now: datetime
    ) -> datetime | None:
        """Say from which moment on changes are asked for; None where everything is to be read."""
        if row.read_to is None or row.full_at is None or now - row.full_at > timedelta(days=settings.full_every_days):
            return None
        return row.read_to if connector.reaches_back(row.read_to, now) else None

    def _truth_prefix(self, settings: ConnectionSettings) -> str:
        return next((c.id_prefix for c in self.settings if c.name == settings.customers_of), "")

    def _heart(self, name: str) -> Callable[[], None]:
        beaten = self.home.clock()

        def beat() -> None:
            nonlocal beaten
            self._go_on()
            now = self.home.clock()
            if now - beaten < _LEASE / 5:
                return
            beaten = now
            with unit_of_work(self.home.engine) as session:
                if not connections.hold_pull(session, name, worker=self.worker, until=now + _LEASE):
                    raise Busy(f"{name}: another process has taken the reading over")

        return beat

    def _tried(self, settings: ConnectionSettings, ledger: Ledger, done: Synced) -> Synced:
        with unit_of_work(self.home.engine) as session:
            found = compare(session, ledger, actor="dry run", now=self.home.clock())
            done = replace(done, changed=found.counts())
            session.rollback()
        with unit_of_work(self.home.engine) as session:
            connections.release_pull(session, settings.name, worker=self.worker)
        return done

    def _failed(
        self, settings: ConnectionSettings, row: Connection, code: str, error: str, *, wait: float | None
    ) -> None:
        asked = timedelta(seconds=wait) if wait is not None else timedelta()
        pause = max(min(_FIRST_WAIT * 2 ** min(row.failures, 8), _LONGEST_WAIT), asked)
        with unit_of_work(self.home.engine) as session:
            connections.fail_pull(
                session, settings.name, worker=self.worker, code=code, error=error, due_at=self.home.clock() + pause
            )


def _whole(connector: Connector, since: datetime | None) -> Page:
    page = Page()
    for each in connector.pull(since):
        page.add(each)
    return page
