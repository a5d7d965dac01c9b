"""The model's part of the configuration. It comes from the server's own configuration only, never from a page or a table.

An address that could reach a cloud's metadata service, or that sends mail of customers in clear over a network, is refused.
"""

from __future__ import annotations

import ipaddress
import socket
from decimal import Decimal
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Metadata services of clouds that are not link-local: Alibaba, Oracle, Azure, AWS and Google (IPv6).
_METADATA_ADDRESSES = frozenset(
    ipaddress.ip_address(text)
    for text in ("100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254")
)
_METADATA_NAMES = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"}
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def inner_address(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address stands for (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_forbidden(address: Address) -> bool:
    """Say whether no model server can be at an address: link-local, metadata, multicast, unspecified."""
    inner = inner_address(address)
    return inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner in _METADATA_ADDRESSES


def _literal(host: str) -> Address | None:
    """Give the address that a host name spells, None for a name. Raises ValueError for odd spellings such as 0x7f.1."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        socket.inet_aton(host)
    except OSError:
        return None
    raise ValueError("write the IP address in its usual form, for instance 127.0.0.1")


def _is_loopback(host: str, address: Address | None) -> bool:
    return host == "localhost" if address is None else inner_address(address).is_loopback


def _parts(url: str) -> tuple[SplitResult, str]:
    if any(char.isspace() or not char.isprintable() for char in url):
        raise ValueError("holds a space or a control character")
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".")
        port = parts.port
    except ValueError as error:
        raise ValueError("is not an address") from error
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise ValueError("must look like https://host/v1")
    if not host.isascii() or "%" in host or "\\" in url:
        raise ValueError("the host must be plain ASCII")
    return parts, host


def checked_base_url(url: str) -> str:
    """Give the address of a model server without a closing slash. Raises ValueError in plain words where it is unsafe."""
    parts, host = _parts(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or password; give api_key_file")
    if parts.query or parts.fragment:
        raise ValueError("must not hold ? or #")
    address = _literal(host)
    if host in _METADATA_NAMES or (address is not None and is_forbidden(address)):
        raise ValueError("link-local, metadata and multicast addresses are refused")
    if parts.scheme == "http" and not _is_loopback(host, address):
        raise ValueError("must be https; http is allowed on loopback only")
    return url.rstrip("/")


def _checked_key(key: str) -> str:
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError("is empty, or holds a space, a line break or another odd character")
    return key


class ModelSettings(BaseModel):
    """Where the model is, how long to wait for it and what it may cost. Prices are per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str = Field(description="an OpenAI-compatible address; https, or http on loopback")
    model: str = Field(min_length=1, max_length=200)
    api_key: SecretStr | None = None
    api_key_file: Path | None = None
    timeout_seconds: float = Field(default=60, gt=0, le=600, description="for one attempt")
    max_attempts: int = Field(default=4, ge=1, le=10, description="of one question, where the server is busy or away")
    deadline_seconds: float = Field(default=180, gt=0, le=3600, description="for all questions about one message")
    max_calls_per_message: int = Field(default=4, ge=1, le=20)
    max_tokens: int = Field(default=2000, ge=16, le=100_000, description="of one answer")
    max_tokens_per_message: int = Field(default=60_000, ge=100)
    daily_budget_tokens: int | None = Field(default=None, ge=0)
    daily_budget_calls: int | None = Field(default=None, ge=0)
    input_price: Decimal | None = Field(default=None, ge=0, allow_inf_nan=False)
    output_price: Decimal | None = Field(default=None, ge=0, allow_inf_nan=False)
    temperature: float = Field(default=0, ge=0, le=2)

    @field_validator("base_url")
    @classmethod
    def _safe_address(cls, url: str) -> str:
        return checked_base_url(url)

    @field_validator("api_key")
    @classmethod
    def _usable_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            _checked_key(key.get_secret_value())
        return key

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.api_key is not None and self.api_key_file is not None:
            raise ValueError("api_key, api_key_file: give one of them, not both")
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("input_price, output_price: give both or none")
        return self

    def key(self) -> str | None:
        """Give the key, None where the server needs none. Raises ValueError where the file cannot be used."""
        if self.api_key_file is None:
            return None if self.api_key is None else self.api_key.get_secret_value()
        where = f"api_key_file {self.api_key_file}"
        try:
            key = self.api_key_file.read_text("utf-8").strip()
        except OSError as error:
            raise ValueError(f"{where} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            key = ""  # the error's own text would show a piece of the file
        try:
            return _checked_key(key)
        except ValueError as error:
            raise ValueError(f"{where} {error}") from None

    def cost(self, *, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
        """Give what a call costs, to six places; None where no prices are set."""
        if self.input_price is None or self.output_price is None:
            return None
        total = self.input_price * prompt_tokens + self.output_price * completion_tokens
        return (total / 1_000_000).quantize(Decimal("0.000001"))
