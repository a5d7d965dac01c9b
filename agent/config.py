"""The one configuration: `dunwell.toml`, and the environment over it. Secrets stand in the environment or in files alone."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from agent.llm_settings import ModelSettings
from agent.operating_settings import HealthSettings, LogSettings, MetricsSettings, TracesSettings
from agent.review_settings import ReviewSettings
from mail.address import is_plain
from mail.settings import MailboxSettings
from store.company import CompanyProfile
from store.settings import StoreSettings
from tools.approval import Approver
from tools.limits import Policy
from tools.policy_file import PolicyError, plain_fault, read_policy

DEFAULT_PATH = Path("dunwell.toml")
_SECRETS = ("password", "api_key", "secret", "token", "client_secret")


class ConfigError(ValueError):
    """The configuration is wrong. The text names the setting and what to do, a line each."""


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(
        env_prefix="DUNWELL_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    profile: Literal["live", "demo"] = "live"
    data_dir: Path = Path("dunwell-data")
    company: CompanyProfile
    store: StoreSettings = StoreSettings()
    mailboxes: tuple[MailboxSettings, ...] = Field(min_length=1)
    model: ModelSettings | None = None
    policy: Policy = Policy()
    review: ReviewSettings = ReviewSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    traces: TracesSettings = TracesSettings()
    health: HealthSettings = HealthSettings()
    roles: dict[str, Approver] = Field(
        default_factory=dict, description="who may approve more than a collector, by the name that the log shows"
    )
    workers: int = Field(default=4, ge=1, le=64)
    clock_starts_at: datetime | None = Field(
        default=None, description="demo and replays only: what the clock shows at start"
    )

    @model_validator(mode="after")
    def _safe(self) -> Self:
        names = [mailbox.name for mailbox in self.mailboxes]
        if len(set(names)) != len(names):
            raise ValueError("mailboxes: two mailboxes have the same name")
        if self.profile == "demo" and any(m.smtp is not None and m.smtp.kind != "maildir" for m in self.mailboxes):
            raise ValueError('mailboxes.smtp: the demo profile never sends to the outside; use kind = "maildir"')
        if self.profile == "live" and self.review.sign_in == "off":
            raise ValueError('review.sign_in: only the demo profile may do without sign-in; remove sign_in = "off"')
        if self.profile == "live" and self.clock_starts_at is not None:
            raise ValueError("clock_starts_at: only the demo profile may move the clock")
        return self

    @model_validator(mode="after")
    def _one_sender(self) -> Self:
        """Refuse what would make every draft fail later, when a person has already approved it."""
        if self.profile == "live" and not self.company.address.strip():
            raise ValueError("company.address: is missing; every mail of yours states it, and none goes out without it")
        for mailbox in self.mailboxes:
            where = f"mailboxes.{mailbox.name}.address: {mailbox.address}"
            if not is_plain(mailbox.address):
                raise ValueError(f"{where} cannot stand in a mail as it is: write it in plain ASCII")
            if not self.company.owns(mailbox.address):
                raise ValueError(
                    f"{where} is not at a domain of the company ({self.company.domain}): "
                    "correct it, or add its domain to company.own_domains"
                )
        return self

    @model_validator(mode="after")
    def _digest_to_us(self) -> Self:
        """Refuse digests to anybody else, as they name customers, and into a mailbox that we read ourselves."""
        ours = {str(mailbox.address).lower() for mailbox in self.mailboxes}
        for address in self.review.digest.to if self.review.digest is not None else ():
            if not self.company.owns(address):
                raise ValueError(f"review.digest.to: {address} is not at a domain of the company")
            if address.lower() in ours:
                raise ValueError(
                    f"review.digest.to: {address} is a mailbox that dunwell reads: name a person or a list"
                )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose content comes in as keyword arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


class _GivenSettings(Settings):
    """Settings from the given values alone, whatever the environment says."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing but the keyword arguments."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load(path: Path = DEFAULT_PATH, *, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration. Raises ConfigError with one line a fault."""
    environment = os.environ if environment is None else environment
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist: run `dunwell init` to write one") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{path} cannot be read ({why}): name the configuration file with --config") from None
    _refuse_secrets(raw, path)
    _overlay(raw, environment)
    _policy_from_its_file(raw, path, environment)
    return build(raw, source=str(path))


def build(raw: Mapping[str, Any], *, source: str) -> Settings:
    """Check settings; DUNWELL_ variables of the environment win over them. Raises ConfigError with one line a fault."""
    return _checked(Settings, raw, source)


def build_alone(raw: Mapping[str, Any], *, source: str) -> Settings:
    """Check settings and take nothing from the environment, as the demo must. Raises ConfigError with one line a fault."""
    return _checked(_GivenSettings, raw, source)


def _checked(kind: type[Settings], raw: Mapping[str, Any], source: str) -> Settings:
    try:
        return kind(**raw)
    except SettingsError as error:
        raise ConfigError(f"environment: {_variable(error)} cannot be understood: write its value as JSON") from None
    except ValidationError as error:
        raise ConfigError("\n".join(f"{source}: {plain_fault(detail)}" for detail in error.errors())) from None


def _variable(error: SettingsError) -> str:
    """Name the variable that pydantic could not read; its text names the field alone, never the value."""
    named = re.search(r'field "(\w+)"', str(error))
    if named is None:
        return "a DUNWELL_ variable"
    name = f"DUNWELL_{named.group(1).upper()}"
    return f"{name} (or a variable that begins with {name}__)"


def _refuse_secrets(raw: Any, path: Path, where: str = "") -> None:
    pairs = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in pairs:
        name = f"{where}.{key}" if where else str(key)
        if str(key) in _SECRETS and isinstance(value, str):
            raise ConfigError(
                f"{path}: {name}: a secret does not belong into this file; use {name}_file or the environment"
            )
        _refuse_secrets(value, path, name)


def _overlay(raw: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Put the named environment variables in their places. What has the wrong shape is left for the check to name."""
    if (url := environment.get("DUNWELL_DATABASE_URL")) and isinstance(raw.setdefault("store", {}), dict):
        raw["store"]["url"] = url
    if (key := environment.get("DUNWELL_MODEL_API_KEY")) and isinstance(raw.get("model"), dict):
        raw["model"]["api_key"] = key
    mailboxes = raw.get("mailboxes")
    for mailbox in mailboxes if isinstance(mailboxes, list) else []:
        if not isinstance(mailbox, dict):
            continue
        name = str(mailbox.get("name", "")).upper().replace("-", "_").replace(".", "_")
        if password := environment.get(f"DUNWELL_MAILBOX_{name}_PASSWORD"):
            mailbox["password"] = password
        if (password := environment.get(f"DUNWELL_SMTP_{name}_PASSWORD")) and isinstance(mailbox.get("smtp"), dict):
            mailbox["smtp"]["password"] = password


def _policy_from_its_file(raw: dict[str, Any], path: Path, environment: Mapping[str, str]) -> None:
    """Read the policy file where one is named. There is one source of the policy: a block or a variable beside it is refused."""
    named = environment.get("DUNWELL_POLICY_FILE") or raw.pop("policy_file", None)
    raw.pop("policy_file", None)
    if named is None:
        return
    if not isinstance(named, str) or not named.strip():
        raise ConfigError(f"{path}: policy_file: must be the path of a policy file")
    if "policy" in raw:
        raise ConfigError(f"{path}: policy: is stated twice: keep either policy_file ({named}) or the block [policy]")
    # Both environments: the given one for the named variables, the process's for those that pydantic reads itself.
    for name in {*environment, *os.environ}:
        if name.upper() == "DUNWELL_POLICY" or name.upper().startswith("DUNWELL_POLICY__"):
            raise ConfigError(f"environment: {name}: the policy stands in {named} alone: remove the variable")
    try:
        raw["policy"] = read_policy(path.parent / named)
    except PolicyError as error:
        raise ConfigError(str(error)) from None
