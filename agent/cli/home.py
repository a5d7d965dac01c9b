"""Opens an installation for a command, and its desk; faults of configuration become plain lines."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli.faults import data_folder_used, database_opened
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
    """Open the installation and its database, or fail in plain words."""
    from agent.installation import Installation

    home = Installation(settings_from(config))
    with database_opened():
        _ = home.engine
    return home


def desk_of(home: Installation) -> Desk:
    """Give the desk at which this installation's proposals are decided, or fail in plain words."""
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
    )


def actor() -> str:
    """Name the person at the terminal."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"
