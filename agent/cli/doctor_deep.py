"""What `dunwell doctor --deep` looks at besides: all that is stored, clocks, room, the last backup. Changes nothing.

A check gives a line that says what is well, or raises ValueError with a line that says what is wrong and what to do. To add one,
write it and name it in CHECKS.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlmodel import Session, col, func, select

from agent.cli.backup import BACKED_UP
from agent.config import Settings
from store import audit, checking, pausing
from store.clock import system_clock
from store.engine import looking
from store.migrated import is_current
from store.own_notes import a_mail
from store.scoping import why_unguarded
from store.tables import AuditEntry, Message

#: A mail server's stamp, or a signed token, is off by more than this only where a clock is wrong.
SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a check may look at."""

    settings: Settings
    engine: Engine
    session: Session
    now: datetime


def _schema(on: Looked) -> str:
    if not is_current(on.session):
        raise ValueError("the tables are not those of this version: start the daemon once, it brings them up to date")
    return "the tables are those of this version"


def _chain(on: Looked) -> str:
    count, fault = audit.verify(on.session)
    if fault is not None:
        raise ValueError(
            f"{fault}: somebody wrote past dunwell; find out who can write to the database, and compare with a backup"
        )
    return f"{count} entries, each follows the one before"


def _hashes(on: Looked) -> str:
    count, wrong = checking.contents(on.session)
    return _none(wrong, f"{count} mails and documents are what their hashes say", "restore a backup: they were damaged")


def _pages(on: Looked) -> str:
    wrong = checking.pages(on.session)
    return _none(wrong, "pages, indexes and references are whole", "stop everything, and restore a backup")


def _halves(on: Looked) -> str:
    wrong = checking.halves(on.session)
    return _none(wrong, "every row has its other half", "keep a backup, and report it: no run of dunwell leaves this")


def _stuck(on: Looked) -> str:
    wrong = checking.stuck(on.session, now=on.now)
    return _none(wrong, "nothing that was begun lies idle", "is the daemon running? It takes them up by itself")


def _leaving(on: Looked) -> str:
    pause = pausing.paused(on.session)
    if pause is not None:
        raise ValueError(f"it is paused ({pause.why}): look at `dunwell outbox show`, then `dunwell outbox resume`")
    return "it is not paused"


def _database_clock(on: Looked) -> str:
    if on.engine.dialect.name == "sqlite":
        return "SQLite has none of its own"
    there: datetime = on.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return _same(there, "the database server")


def _mail_clock(on: Looked) -> str:
    newest = on.session.exec(select(func.max(col(Message.received_at))).where(a_mail())).one()
    if newest is None:
        return "no mail was received yet"
    if newest > system_clock() + SKEW:
        raise ValueError(
            f"the newest mail was received in the future ({newest:%Y-%m-%d %H:%M} UTC): set this machine's clock (NTP)"
        )
    return "no mail was received in the future"


def _model_clock(on: Looked) -> str:
    import httpx2

    if on.settings.model is None:
        return "none is configured"
    try:
        with httpx2.Client(timeout=10, follow_redirects=False) as client:
            told = client.head(on.settings.model.base_url).headers.get("date")
    except httpx2.HTTPError as error:
        raise ValueError(f"{on.settings.model.base_url} does not answer ({type(error).__name__})") from None
    if not told:
        return "its server tells no time"
    return _same(parsedate_to_datetime(told).astimezone(UTC), "the model's server")


def _room(on: Looked) -> str:
    needed = on.settings.health.free_mb * 1_000_000
    url = make_url(on.settings.store.url)
    places = {"data_dir": on.settings.data_dir}
    if url.get_backend_name() == "sqlite" and url.database:
        places["store.url"] = Path(url.database)
    told = []
    for name, place in places.items():
        there = next(p for p in (place.absolute(), *place.absolute().parents) if p.exists())
        free = shutil.disk_usage(there).free
        size = place.stat().st_size if place.is_file() else 0
        # A backup and the rewriting after an erasure need room for the database once more.
        if free < needed + size:
            raise ValueError(
                f"{name}: {free // 1_000_000} MB are free at {there}, {(needed + size) // 1_000_000} are needed"
            )
        told.append(f"{free // 1_000_000} MB at {there}")
    return ", ".join(told)


def _row_security(on: Looked) -> str:
    if on.engine.dialect.name == "sqlite":
        return "SQLite has no roles: the queries alone keep customers apart"
    unguarded = why_unguarded(on.session)
    return f"warning: {unguarded}" if unguarded else "the database keeps customers apart"


def _backup(on: Looked) -> str:
    days = on.settings.health.backup_days
    last = on.session.exec(select(func.max(col(AuditEntry.at))).where(AuditEntry.event == BACKED_UP)).one()
    if not days:
        return "its age is not looked at (health.backup_days = 0)"
    if last is None:
        raise ValueError(
            "none was made: run `dunwell backup FILE` regularly, or set health.backup_days = 0 where others see to it"
        )
    age = on.now - last
    if age > timedelta(days=days):
        raise ValueError(
            f"the last one is {age.days} days old, more than health.backup_days ({days}): run `dunwell backup FILE`"
        )
    return f"the last one is of {last:%Y-%m-%d %H:%M} UTC"


#: Name and check, in the order in which they are shown.
CHECKS: Sequence[tuple[str, Callable[[Looked], str]]] = (
    ("tables", _schema),
    ("audit log", _chain),
    ("stored mails and documents", _hashes),
    ("database files", _pages),
    ("rows that belong together", _halves),
    ("work in hand", _stuck),
    ("outbox", _leaving),
    ("row-level security", _row_security),
    ("clock of the database", _database_clock),
    ("clock of the mail server", _mail_clock),
    ("clock of the model", _model_clock),
    ("free room", _room),
    ("backup", _backup),
)


def run(check: Callable[[Looked], str], settings: Settings, engine: Engine, *, now: datetime) -> str:
    """Do one check, on one state of the database. Raises what the check raises."""
    with looking(engine) as session:
        return check(Looked(settings, engine, session, now))


def _same(there: datetime, whose: str) -> str:
    off = there - system_clock()
    if abs(off) > SKEW:
        raise ValueError(
            f"{whose} is {abs(off).total_seconds():.0f} seconds {'ahead' if off > timedelta() else 'behind'}: "
            "set the clocks (NTP), or leases and windows are wrong"
        )
    return f"within {SKEW.total_seconds():.0f} seconds of ours"


def _none(wrong: Sequence[str], well: str, advice: str) -> str:
    if wrong:
        more = f"; and {len(wrong) - checking.NAMED} more" if len(wrong) > checking.NAMED else ""
        raise ValueError(f"{'; '.join(wrong[: checking.NAMED])}{more}: {advice}")
    return well
