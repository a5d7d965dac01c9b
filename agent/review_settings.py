"""The part of the configuration that says where the review queue is served, and how people sign in there."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from agent.digest_settings import DigestSettings
from mail.settings import is_loopback


class OidcSettings(BaseModel):
    """An identity provider (OpenID Connect) at which people may sign in. The secret stands in the environment or in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    scopes: str = "openid"
    algorithms: tuple[Literal["RS256", "PS256", "ES256", "EdDSA"], ...] = Field(
        default=("RS256", "ES256"), min_length=1
    )
    accepted_amr: tuple[str, ...] = Field(
        default=(), description="methods of which the provider must name one, such as mfa or otp; empty: it is believed"
    )

    @field_validator("issuer")
    @classmethod
    def _https(cls, issuer: str) -> str:
        parts = urlsplit(issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise ValueError("must begin with https://")
        if not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be the issuer's address, as its tokens name it")
        return issuer

    def secret(self) -> str | None:
        """Give the client's secret; None for a client that has none. Raises ValueError where the file cannot be read."""
        if self.client_secret_file is None:
            return self.client_secret.get_secret_value() if self.client_secret is not None else None
        try:
            return self.client_secret_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"review.oidc.client_secret_file: {self.client_secret_file} cannot be read") from None


class ReviewSettings(BaseModel):
    """Where the review queue is served. Off loopback only under an https address, with a proxy in front that speaks https."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=1, le=65535)
    undo_seconds: int = Field(
        default=30, ge=0, le=3600, description="so long an approval can be taken back; 0: not at all"
    )
    sign_in: Literal["on", "off"] = Field(default="on", description="off: for the demo on this machine only")
    public_url: str | None = Field(default=None, description="the https address under which people open the queue")
    proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"), description="whose X-Forwarded-For and X-Forwarded-Proto are believed"
    )
    refused_passwords: Path | None = Field(
        default=None, description="a file of passwords that nobody may have, one a line"
    )
    oidc: OidcSettings | None = None
    digest: DigestSettings | None = None

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        url = url.rstrip("/")
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or parts.path or parts.query or parts.username:
            raise ValueError("must be https:// and a host name, such as https://queue.example.com")
        return url

    @property
    def public_host(self) -> str | None:
        """Give the host name that people open the queue under."""
        return urlsplit(self.public_url).hostname if self.public_url is not None else None

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if not is_loopback(self.host) and self.public_url is None:
            raise ValueError(
                "host: off this machine the queue is served under https only: set public_url to the https address of the "
                "proxy in front, or serve on 127.0.0.1"
            )
        if self.sign_in == "off" and (not is_loopback(self.host) or self.public_url is not None):
            raise ValueError("sign_in: may be off on this machine only")
        return self
