"""Opens an installation for a command, and its desk; faults of configuration become plain lines."""

from __future__ import annotations

import getpass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli.faults import data_folder_used, database_opened
from agent.cli.output import input_refused
from agent.companies import load_chosen
from agent.config import ConfigError, Settings

if TYPE_CHECKING:
    from agent.installation import Installation
    from review.desk import Desk
    from review.oidc import Provider
    from review.people import People


def settings_from(config: Path) -> Settings:
    """Load the configuration or fail in plain words."""
    with input_refused(ConfigError):
        return load_chosen(config)


def open_home(config: Path) -> Installation:
    """Open the installation and its database, or fail in plain words."""
    from agent.installation import Installation

    home = Installation(settings_from(config))
    with database_opened():
        _ = home.engine
    return home


def desk_of(home: Installation) -> Desk:
    """Give the desk at which this installation's proposals are decided, or fail in plain words."""
    from agent.cli.connected import connections_of
    from review.desk import Desk

    settings = home.settings
    with data_folder_used(settings.data_dir):
        key = home.key
    return Desk(
        engine=home.engine,
        company=settings.company,
        policy=settings.policy,
        clock=home.clock,
        key=key,
        sender_of=home.sender_of,
        plus_addressing=home.has_plus_addressing,
        roles=settings.roles,
        deps=lambda: home.deps,
        undo=timedelta(seconds=settings.review.undo_seconds),
        texts=settings.channels.sms is not None,
        own_texts=settings.channels.sms.texts if settings.channels.sms is not None else {},
        risk=settings.risk,
        outreach=settings.outreach,
        writes_first_from=settings.writes_first_from,
        connected=partial(connections_of, home) if settings.connections else None,
    )


def people_of(home: Installation, *, port: int | None = None) -> People:
    """Give those who sign in to this installation's queue, or fail in plain words. Their clock is the real one."""
    from review.passwords import read_refused
    from review.people import People
    from store.clock import system_clock

    settings = home.settings.review
    with data_folder_used(home.settings.data_dir):
        key = home.key
    with input_refused(ValueError):
        refused = read_refused(settings.refused_passwords) if settings.refused_passwords else ()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return People(
        engine=home.engine,
        clock=system_clock,
        key=key,
        company=home.settings.company.name,
        address=settings.public_url or f"http://{host}:{port or settings.port}",
        refused=refused,
    )


def provider_of(home: Installation, people: People) -> Provider | None:
    """Give the identity provider at which people sign in, where there is one, or fail in plain words."""
    from review.oidc import Provider

    oidc = home.settings.review.oidc
    if oidc is None:
        return None
    with input_refused(ValueError):
        secret = oidc.secret()
    return Provider(
        issuer=oidc.issuer,
        client_id=oidc.client_id,
        client_secret=secret,
        address=people.address,
        key=people.key_for("oidc"),
        clock=people.clock,
        scopes=oidc.scopes,
        algorithms=oidc.algorithms,
        accepted_amr=oidc.accepted_amr,
    )


def actor() -> str:
    """Name the person at the terminal."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"
