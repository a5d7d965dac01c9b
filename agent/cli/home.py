"""Opens an installation for a command, and its desk; faults of configuration become plain lines."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from agent.cli.output import CommandFailed
from agent.config import ConfigError, Settings, load

if TYPE_CHECKING:
    from agent.installation import Installation
    from review.desk import Desk


def settings_from(config: Path) -> Settings:
    """Load the configuration or fail in plain words."""
    try:
        return load(config)
    except ConfigError as error:
        raise CommandFailed(str(error), code=2) from None


def open_home(config: Path) -> Installation:
    """Open the installation and its database."""
    from agent.installation import Installation

    home = Installation(settings_from(config))
    try:
        _ = home.engine
    except OperationalError as error:
        raise CommandFailed(f"store.url: the database cannot be opened: {error.orig}") from None
    return home


def desk_of(home: Installation) -> Desk:
    """Give the desk at which this installation's proposals are decided."""
    from review.desk import Desk

    settings = home.settings
    return Desk(
        engine=home.engine,
        company=settings.company,
        policy=settings.policy,
        clock=home.clock,
        key=home.key,
        sender_of=home.sender_of,
    )


def actor() -> str:
    """Name the person at the terminal."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"
