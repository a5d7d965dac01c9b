"""Sees that no two companies work with the same thing: database, data_dir, mailbox, address of the page.

Where two name the same, neither is let near it: nobody knows whose the data there is. Never tells one company a setting of
another, beside its name: who runs the installation reads it.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from agent.companies import Companies, parsed
from agent.config import ConfigError, Settings
from mail.settings import MailboxSettings


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that a company alone may work with: the setting that names it, and what makes it the same as another."""

    setting: str
    kind: str
    same: str


def clashes_of(name: str, settings: Settings, companies: Companies) -> list[str]:
    """Say what of a company is another's too, one line each. Companies whose configuration cannot be read are left out."""
    return [
        line
        for other in companies.names()
        if other != name and (theirs := _settings_of(companies, other)) is not None
        for line in clashes(settings, theirs, other=other)
    ]


def clashes(ours: Settings, theirs: Settings, *, other: str) -> list[str]:
    """Say what two companies both work with, one line each, from the side of the first."""
    same = {(one.kind, one.same) for one in held(theirs)}
    found = [one.setting for one in held(ours) if (one.kind, one.same) in same]
    found += [one for one, path in _folders(ours) for _, their in _folders(theirs) if _touch(path, their)]
    return [
        f"{setting}: is the same as of the company {other}: each needs its own; until then neither works"
        for setting in dict.fromkeys(found)
    ]


def held(settings: Settings) -> Iterator[Held]:
    """Give what a company must not share, but for folders."""
    yield Held("store.url", "database", database_of(settings.store.url))
    for box in settings.mailboxes:
        where = f"mailboxes.{box.name}"
        yield Held(f"{where}.address", "address", box.address.lower())
        if box.kind == "imap":
            # A folder of the same account is no mailbox of its own: what is sent from it stands in one folder Sent.
            yield Held(f"{where}.user", "account", f"{_host(box.host)} {box.user.lower()}")
    if settings.review.public_host is not None:
        yield Held("review.public_url", "page", settings.review.public_host.lower())
    if settings.metrics.address is not None:
        yield Held("metrics.listen", "metrics", repr(settings.metrics.address))


def database_of(url: str) -> str:
    """Give what names a database whichever way it is written. Schemas do not part companies: a backup holds them all."""
    parts = parsed(url)
    if parts is None:
        return url
    if parts.get_backend_name() != "sqlite":
        return (
            f"{_host(_asked(parts, 'host', os.environ))} {_asked(parts, 'port', os.environ) or 5432} {parts.database}"
        )
    path = Path(parts.database or "")
    try:
        found = path.stat()
    except OSError:
        return os.path.realpath(path)
    # By its number: a link to it is the same file.
    return f"{found.st_dev} {found.st_ino}"


def met_on_server(name: str, settings: Settings, companies: Companies) -> list[str]:
    """Say whose database a company's is as well, whatever its server is called there (`live_clashes`)."""
    ours, found = parsed(settings.store.url), {name: settings}
    for other in companies.names():
        theirs = _settings_of(companies, other) if other != name else None
        parts = parsed(theirs.store.url) if theirs is not None else None
        if theirs is not None and parts is not None and ours is not None and parts.database == ours.database:
            found[other] = theirs
    return live_clashes(found).get(name, [])


def _settings_of(companies: Companies, name: str) -> Settings | None:
    try:
        return companies.settings_of(name)
    except (ConfigError, OSError):
        return None


def live_clashes(settings: Mapping[str, Settings]) -> dict[str, list[str]]:
    """Ask the PostgreSQL servers themselves which companies meet in one database under different names of its host.

    Only where two databases have the same name; a server that does not answer within three seconds is left out.
    """
    by_name = defaultdict(list)
    for name, one in settings.items():
        parts = parsed(one.store.url)
        if parts is not None and parts.get_backend_name() != "sqlite":
            by_name[parts.database].append(name)
    prints: dict[str, list[str]] = defaultdict(list)
    for names in by_name.values():
        for name in names if len(names) > 1 else ():
            if (found := _fingerprint(settings[name].store.url)) is not None:
                prints[found].append(name)
    return {
        name: [
            f"store.url: is the database of the company {other}: each needs its own" for other in names if other != name
        ]
        for names in prints.values()
        if len(names) > 1
        for name in names
    }


def _fingerprint(url: str) -> str | None:
    """Give the number of a database on its server, and when that server began: the same for every way to it."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url, connect_args={"connect_timeout": 3}, hide_parameters=True)
    asked = (
        "select oid, extract(epoch from pg_postmaster_start_time()) from pg_database where datname = current_database()"
    )
    try:
        with engine.connect() as connection:
            return repr(tuple(map(str, connection.execute(text(asked)).one())))
    except (SQLAlchemyError, OSError, ValueError, TypeError):
        return None
    finally:
        engine.dispose()


def _asked(url: URL, what: str, environment: Mapping[str, str]) -> str:
    given = url.host if what == "host" else url.port
    from_query = url.query.get(what)
    return str(given or from_query or environment.get(f"PG{what.upper()}") or "")


def _host(host: str) -> str:
    name = host.lower().rstrip(".").strip("[]")
    return "localhost" if name in ("", "127.0.0.1", "::1") else name


def _folders(settings: Settings) -> list[tuple[str, Path]]:
    """Give the folders that are a company's alone, with all below them."""
    boxes = [(f"mailboxes.{box.name}.path", path) for box in settings.mailboxes if (path := _path(box)) is not None]
    ways = [
        (f"mailboxes.{box.name}.smtp.path", box.smtp.path)
        for box in settings.mailboxes
        if box.smtp is not None and box.smtp.kind == "maildir" and box.smtp.path is not None
    ]
    return [
        (name, Path(os.path.realpath(path)))
        for name, path in [("data_dir", settings.data_dir), *_file(settings), *boxes, *ways]
    ]


def _file(settings: Settings) -> list[tuple[str, Path]]:
    parts = parsed(settings.store.url)
    if parts is None or parts.get_backend_name() != "sqlite" or not parts.database:
        return []
    return [("store.url", Path(parts.database))]


def _path(box: MailboxSettings) -> Path | None:
    return box.path if box.kind == "maildir" else None


def _touch(one: Path, other: Path) -> bool:
    return one == other or one.is_relative_to(other) or other.is_relative_to(one)
