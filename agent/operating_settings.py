"""The part of the configuration for those who operate dunwell: logs, metrics, traces, when it counts as ready, what is kept how long."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from mail.settings import is_loopback
from store.retention_rules import Kind, Rules


class LogSettings(BaseModel):
    """How the log is written; it goes to standard error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["text", "json"] = "text"


class MetricsSettings(BaseModel):
    """Where Prometheus may ask the daemon; nowhere, unless it is stated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    listen: str | None = Field(default=None, description="address and port, such as 127.0.0.1:9464")

    @field_validator("listen")
    @classmethod
    def _address_and_port(cls, listen: str | None) -> str | None:
        if listen is not None:
            _split(listen)
        return listen

    @property
    def address(self) -> tuple[str, int] | None:
        """Give the address and the port, where metrics are served."""
        return _split(self.listen) if self.listen is not None else None


class TracesSettings(BaseModel):
    """Which collector gets traces (OTLP over HTTP); none, unless it is stated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str | None = Field(
        default=None, description="the collector's full address, such as http://127.0.0.1:4318/v1/traces"
    )

    @field_validator("endpoint")
    @classmethod
    def _web_address(cls, endpoint: str | None) -> str | None:
        if endpoint is None:
            return None
        parts = urlsplit(endpoint)
        if parts.username or parts.password:
            raise ValueError("holds a name or password: set OTEL_EXPORTER_OTLP_HEADERS in the environment instead")
        if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            return endpoint
        raise ValueError("must begin with https://, or name this machine, such as http://127.0.0.1:4318/v1/traces")


class HealthSettings(BaseModel):
    """When the installation counts as ready (`/readyz`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fresh_seconds: int = Field(
        default=300, ge=30, le=86_400, description="how old the last whole round may be, beside what a round may take"
    )
    free_mb: int = Field(default=200, ge=1, description="megabytes that must be free where data_dir is")
    backup_days: int = Field(
        default=7, ge=0, le=365, description="how old the last backup may be for `doctor --deep`; 0: not looked at"
    )


class RetentionSettings(BaseModel):
    """After how many days the words of mails are erased; never, where nothing is stated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    messages_days: int | None = Field(default=None, ge=30, description="what customers and we wrote")
    machine_mail_days: int | None = Field(default=None, ge=30, description="bounces, absences, complaints of machines")
    unrelated_days: int | None = Field(default=None, ge=30, description="mails of nobody's account that were closed")
    legal_hold: tuple[str, ...] = Field(default=(), description="customers whose mails are kept whatever their age")
    hour: int = Field(default=2, ge=0, le=23, description="from which hour (UTC) of a day on the daemon does it")

    @property
    def rules(self) -> Rules | None:
        """Give the rules, where anything is to be erased at all."""
        days = {
            Kind.CORRESPONDENCE: self.messages_days,
            Kind.MACHINE: self.machine_mail_days,
            Kind.UNRELATED: self.unrelated_days,
        }
        stated = {kind: number for kind, number in days.items() if number is not None}
        return Rules(stated, frozenset(self.legal_hold)) if stated else None


def _split(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ValueError("must be an address and a port, such as 127.0.0.1:9464")
    return host.strip("[]"), int(port)
