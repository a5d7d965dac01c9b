"""The one configuration: `dunwell.toml`, and the environment over it. Secrets stand in the environment or in files alone."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from agent.bank_settings import BankSettings
from agent.config_file import ConfigError, complete, read_toml
from agent.llm_settings import ModelSettings
from agent.operating_settings import HealthSettings, LogSettings, MetricsSettings, RetentionSettings, TracesSettings
from agent.review_settings import ReviewSettings
from ledger.settings import ConnectionSettings, checked_together
from mail.address import is_plain
from mail.settings import MailboxSettings
from outreach.cadence import CadenceFault, read_cadences
from outreach.channels.settings import ChannelsSettings
from outreach.settings import OutreachSettings
from risk.settings import RiskSettings
from store.company import CompanyProfile
from store.outreach_words import Channel
from store.settings import StoreSettings
from tools.approval import Approver
from tools.limits import Policy
from tools.policy_file import plain_fault

__all__ = ["ConfigError", "Settings", "build", "build_alone", "load", "load_alone"]

DEFAULT_PATH = Path("dunwell.toml")


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
    outreach: OutreachSettings = OutreachSettings()
    channels: ChannelsSettings = ChannelsSettings()
    review: ReviewSettings = ReviewSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    traces: TracesSettings = TracesSettings()
    health: HealthSettings = HealthSettings()
    retention: RetentionSettings = RetentionSettings()
    risk: RiskSettings = RiskSettings()
    bank: BankSettings = BankSettings()
    connections: tuple[ConnectionSettings, ...] = ()
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
    def _connected(self) -> Self:
        """Refuse connections that do not fit together."""
        checked_together(self.connections)
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
    def _cadences_are_sound(self) -> Self:
        """Refuse to write first after cadences that are not understood, or from a mailbox that there is not."""
        names = [mailbox.name for mailbox in self.mailboxes]
        if self.outreach.mailbox and self.outreach.mailbox not in names:
            raise ValueError(f"outreach.mailbox: {self.outreach.mailbox} is none of {', '.join(names)}")
        if self.outreach.enabled:
            try:
                cadences = read_cadences(self.outreach.cadences)
            except CadenceFault as fault:
                raise ValueError(f"outreach.cadences: {fault}") from None
            if self.channels.sms is None and any(s.channel is Channel.SMS for c in cadences.cadence for s in c.steps):
                raise ValueError("outreach.cadences: a step goes by SMS: name a provider in [channels.sms]")
        return self

    @property
    def writes_first_from(self) -> str:
        """The name of the mailbox from which we write first."""
        return self.outreach.mailbox or self.mailboxes[0].name

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
    raw = read_toml(path)
    if "companies" in raw:
        raise ConfigError(f"{path}: holds several companies: name one, as in `dunwell --company NAME queue list`")
    # Both environments: the given one for the named variables, the process's for those that pydantic reads itself.
    complete(raw, path, environment, beside=os.environ)
    return build(raw, source=str(path))


def load_alone(path: Path, *, environment: Mapping[str, str]) -> Settings:
    """Read a configuration to which the given variables count and no other, whatever this process's environment says.

    Raises ConfigError with one line a fault.
    """
    raw = read_toml(path)
    complete(raw, path, environment, beside={})

    class Given(Settings):
        """Settings of the file and of the given variables."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            """Let the given variables win over the file, and read no others."""
            del env_settings, dotenv_settings, file_secret_settings
            return _Given(settings_cls, environment), init_settings

    return _checked(Given, raw, str(path))


class _Given(EnvSettingsSource):
    """Reads settings from the given variables instead of this process's."""

    def __init__(self, settings_cls: type[BaseSettings], environment: Mapping[str, str]) -> None:
        self._given = environment
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._given.items()}


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
