"""Many companies on one installation: each is a home of its own, a folder with its own dunwell.toml and everything it names.

Nothing of one company is ever read for another: its paths begin at its home, its environment is the variables with its name,
and what it works with (database, data_dir, mailboxes) must be no other company's (`agent.company_clashes`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from agent.chosen_company import chosen
from agent.config import ConfigError, Settings, load, load_alone
from agent.config_file import read_toml
from agent.operating_settings import LogSettings
from tools.policy_file import plain_fault

#: No two hyphens together: a name and what follows it in a variable's name can always be told apart.
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST = 32
_OURS = "DUNWELL_"
_FILE = "dunwell.toml"
_Model = TypeVar("_Model", bound=BaseModel)


class _Folder(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = Path("companies")


class DoorSettings(BaseModel):
    """Where the pages of all companies are served together; each under the host name of its own `review.public_url`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=1, le=65535)
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")


class InstallationSettings(BaseModel):
    """The dunwell.toml of an installation that holds several companies: nothing of any company stands in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    companies: _Folder
    review: DoorSettings = DoorSettings()
    log: LogSettings = LogSettings()


@dataclass(frozen=True, slots=True)
class Companies:
    """The companies of one installation."""

    config: Path
    settings: InstallationSettings

    @property
    def folder(self) -> Path:
        """Give the folder that holds the homes."""
        return self.config.absolute().parent / self.settings.companies.folder

    def home(self, name: str) -> Path:
        """Give where a company lives."""
        return self.folder / name

    def file(self, name: str) -> Path:
        """Give a company's configuration."""
        return self.home(name) / _FILE

    def names(self) -> tuple[str, ...]:
        """Name all companies, in order: the folders with a good name and a configuration. Raises ConfigError."""
        try:
            found = sorted(one.name for one in self.folder.iterdir())
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise ConfigError(f"{self.folder} cannot be read: {error.strerror}") from None
        return tuple(name for name in found if fault_of_name(name) is None and os.path.isfile(self.file(name)))

    def settings_of(self, name: str, environment: Mapping[str, str] | None = None) -> Settings:
        """Give a company's settings, its relative paths beginning at its home. Raises ConfigError."""
        if name not in self.names():
            known = ", ".join(self.names()) or "there is none yet: `dunwell companies add NAME`"
            raise ConfigError(f"{self.config}: there is no company {name}: {known}")
        given = environment_of(name, os.environ if environment is None else environment)
        found = load_alone(self.file(name), environment=given)
        home = self.home(name)
        return beginning_at(found, home).model_copy(
            update={"store": found.store.model_copy(update={"url": _database_at(found.store.url, home)})}
        )


def companies_at(config: Path) -> Companies | None:
    """Give the companies of an installation; None where it is one company's own. Raises ConfigError."""
    raw = read_toml(config)
    if "companies" not in raw:
        return None
    try:
        return Companies(config, InstallationSettings.model_validate(raw))
    except ValidationError as error:
        raise ConfigError("\n".join(f"{config}: {plain_fault(detail)}" for detail in error.errors())) from None


def load_chosen(config: Path) -> Settings:
    """Read the configuration that this process works by: the chosen company's, or the only one's. Raises ConfigError."""
    name = chosen.get()
    if name is None:
        return load(config)
    companies = companies_at(config)
    if companies is None:
        raise ConfigError(f"{config}: is one company's own installation: leave out --company")
    return fit_settings(companies, name)


def fit_settings(companies: Companies, name: str) -> Settings:
    """Give a company's settings, unless what they name is another company's too. Raises ConfigError."""
    from agent.company_clashes import clashes_of

    settings = companies.settings_of(name)
    if faults := clashes_of(name, settings, companies):
        raise ConfigError("\n".join(f"{companies.file(name)}: {fault}" for fault in faults))
    return settings


def fault_of_name(name: str) -> str | None:
    """Say what is wrong with a name of a company; None for a good one."""
    if _NAME.fullmatch(name) and len(name) <= _LONGEST:
        return None
    return f"{name!r} is no name for a company: small letters a to z, digits and single hyphens, at most {_LONGEST}, a letter first"


def prefix_of(name: str) -> str:
    """Give how the variables of a company begin: DUNWELL_COMPANY_ACME__ stands for DUNWELL_."""
    return f"{_OURS}COMPANY_{name.upper().replace('-', '_')}__"


def environment_of(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Give the variables of one company, as an installation of its own would have them; no others."""
    prefix = prefix_of(name)
    return {
        f"{_OURS}{key[len(prefix) :]}": value for key, value in environment.items() if key.upper().startswith(prefix)
    }


def environment_for(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a process that works for one company: no variable of another is in it."""
    prefix = prefix_of(name)
    return {k: v for k, v in environment.items() if not k.upper().startswith(_OURS) or k.upper().startswith(prefix)}


def strange_variables(companies: Companies, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Name the variables that look as if they were meant for dunwell and belong to no company here."""
    known = tuple(prefix_of(name) for name in companies.names())
    return tuple(sorted(k for k in environment if k.upper().startswith(_OURS) and not k.upper().startswith(known)))


def beginning_at(settings: _Model, home: Path) -> _Model:
    """Give settings with every relative path in them beginning at a home."""
    kept = {name: getattr(settings, name) for name in type(settings).model_fields}
    moved = {name: _moved(value, home) for name, value in kept.items()}
    return settings.model_copy(update={name: value for name, value in moved.items() if value is not kept[name]})


def _moved(value: Any, home: Path) -> Any:
    if isinstance(value, Path):
        return home / value
    if isinstance(value, BaseModel):
        return beginning_at(value, home)
    if isinstance(value, tuple):
        return tuple(_moved(one, home) for one in value)
    return value


def parsed(url: str) -> URL | None:
    """Give the parts of a database's address; None for one that is none."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        return None


def _database_at(url: str, home: Path) -> str:
    parts = parsed(url)
    if parts is None:
        return url  # whoever opens it says what is wrong
    path = parts.database
    if parts.get_backend_name() != "sqlite" or not path or path.startswith((":memory:", "file:")):
        return url
    return parts.set(database=str(home / path)).render_as_string(hide_password=False)
