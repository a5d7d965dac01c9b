"""The connections of the configuration: which systems are read, whose customers theirs are, and what is noted there.

Secrets stand in files or in the environment (`DUNWELL_CONNECTION_<NAME>_SECRET`); tokens never stand here at all.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from mail.settings import is_loopback
from store.ledger_rows import Currency, Language, Zone

Kind = Literal["quickbooks", "xero", "stripe", "netsuite", "salesforce", "hubspot"]
#: Systems that hold no receivables of their own: contacts come from there, and notes go there.
CRM = frozenset({"salesforce", "hubspot"})
#: At these a person signs in once.
BY_SIGN_IN = frozenset({"quickbooks", "xero"})
News = Literal["promise", "dispute", "plan", "sent", "contact"]

_PLACEHOLDER = re.compile(
    r"(?i)change[-_ ]?me|placeholder|example|your[-_ ]|secret|password|todo|xxx+|\.\.\.|<.*>|test|dummy"
)
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


def checked_secret(text: str) -> str:
    """Give a secret back. Raises ValueError for one that stands for another, is empty, or cannot be sent in a header."""
    if not text:
        raise ValueError("is empty")
    if len(text) < 8 or _PLACEHOLDER.fullmatch(text) or text.lower().startswith(("your", "change", "<", "...")):
        raise ValueError("is a placeholder: put the real one in")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("holds a space, a line break or a character that no secret has")
    return text


def checked_address(url: str) -> str:
    """Give an address without its last slash. Raises ValueError unless it is https, or http on this machine."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    if parts.username or parts.password or parts.query or parts.fragment or any(c.isspace() for c in url):
        raise ValueError("must be an address alone: no name, password, query or space in it")
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise ValueError("must look like https://host")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must begin with https://: tokens and figures of customers would go in clear")
    return url.rstrip("/")


class ConnectionSettings(BaseModel):
    """One connected system.

    `customers_of`: the connection whose customers are the truth; ours are then found among them, never made. Without it the
    system is the source of truth for its own customers, whose ids begin with `prefix`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Kind
    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,29}$", description="your word for it; it stands in ids, logs and commands"
    )
    client_id: str = Field(default="", max_length=300)
    secret: SecretStr | None = None
    secret_file: Path | None = None
    private_key_file: Path | None = Field(
        default=None, description="PEM; NetSuite and Salesforce sign in with it by themselves"
    )
    key_id: str = Field(default="", max_length=200, description="NetSuite: the id of the certificate")
    user: str = Field(default="", max_length=200, description="Salesforce: as whom the key signs in")
    account: str = Field(
        default="",
        max_length=100,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="QuickBooks realm id, Xero tenant id, NetSuite account id; for the first two the sign-in may find it",
    )
    base_url: str | None = Field(
        default=None, description="another address of the API: a sandbox, a proxy, Salesforce's My Domain"
    )
    login_url: str | None = Field(default=None, description="another address at which tokens are given")
    authorize_url: str | None = Field(default=None, description="another address at which a person signs in")
    redirect_url: str | None = Field(
        default=None, description="the address registered with the system; left out: a port of this machine"
    )
    scopes: str | None = Field(default=None, max_length=500)
    prefix: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_.-]{0,30}$", description='ids of customers begin so; "books-"'
    )
    invoice_prefix: str = Field(
        default="", pattern=r"^[A-Za-z0-9_./-]{0,20}$", description="where two systems number alike"
    )
    customers_of: str | None = Field(
        default=None, description='the connection whose customers theirs are; "import": the CSV files'
    )
    customer_field: str | None = Field(
        default=None, description="the field of a record that holds the customer's id in our ledger"
    )
    contact_field: str | None = Field(
        default=None, description="CRM: the field that marks who deals with invoices; left out: their title tells"
    )
    match_by_email: bool = Field(default=True, description="find a customer by an address that only they have")
    currency: Currency | None = Field(default=None, description="of customers and records that state none")
    language: Language = "en"
    timezone: Zone = "UTC"
    tier: str = Field(default="standard", min_length=1, max_length=100)
    owner: str = Field(default="", max_length=200)
    since: date | None = Field(default=None, description="what was issued before this day is not asked for")
    every_minutes: int = Field(default=60, ge=5, le=10_080)
    full_every_days: int = Field(
        default=7, ge=1, le=28, description="how often everything is read again, not the changes alone"
    )
    page_size: int | None = Field(default=None, ge=1, le=2000)
    timeout_seconds: float = Field(default=30, gt=0, le=300, description="for one request")
    max_requests: int = Field(default=5000, ge=10, description="of one pull")
    max_wait_seconds: float = Field(
        default=600, ge=0, description="so long a pull waits in all where it is asked to slow down"
    )
    write_back: tuple[News, ...] = Field(default=(), description="what is noted in a CRM")
    write_words: bool = Field(
        default=False, description="notes quote the customer; off: codes, figures and a link alone"
    )
    key_field: str | None = Field(
        default=None, description="Salesforce: a field of Task marked as external id, for our key"
    )

    @field_validator("base_url", "login_url", "authorize_url")
    @classmethod
    def _safe_address(cls, url: str | None) -> str | None:
        return None if url is None else checked_address(url)

    @field_validator("secret")
    @classmethod
    def _real_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            checked_secret(secret.get_secret_value())
        return secret

    @field_validator("redirect_url")
    @classmethod
    def _back_to(cls, url: str | None) -> str | None:
        # As it is registered, to the last slash.
        return url if url is None or checked_address(url) else None

    @field_validator("customer_field", "contact_field", "key_field")
    @classmethod
    def _plain_field(cls, name: str | None) -> str | None:
        if name is not None and not _FIELD.fullmatch(name):
            raise ValueError("must be the name of a field: letters, digits and underscores")
        return name

    @model_validator(mode="after")
    def _complete(self) -> Self:
        where = f"{self.name}: "
        if self.secret is not None and self.secret_file is not None:
            raise ValueError(f"{where}secret, secret_file: give one of them, not both")
        by_key = self.private_key_file is not None
        if by_key and self.kind not in ("netsuite", "salesforce"):
            raise ValueError(f"{where}private_key_file: only netsuite and salesforce sign in with a key")
        if self.kind == "netsuite" and not (by_key and self.key_id and self.client_id and self.account):
            raise ValueError(f"{where}netsuite needs account, client_id, private_key_file and key_id")
        if self.kind == "salesforce" and not self.base_url:
            raise ValueError(f"{where}salesforce needs base_url, such as https://yours.my.salesforce.com")
        if self.kind == "salesforce" and by_key and not (self.user and self.client_id):
            raise ValueError(f"{where}salesforce needs user and client_id beside private_key_file")
        if (self.kind in BY_SIGN_IN or (self.kind == "salesforce" and not by_key)) and not self.client_id:
            raise ValueError(f"{where}{self.kind} needs client_id, the id of your app there")
        return self._of_crm(where)

    def _of_crm(self, where: str) -> Self:
        if self.kind in CRM and self.customers_of is None:
            told = (
                'customers_of is missing: name the connection whose customers these are, or "import" for the CSV files'
            )
            raise ValueError(where + told)
        if self.kind in CRM and self.customer_field is None:
            raise ValueError(
                f"{where}customer_field is missing: name the field of a record that holds the customer's id"
            )
        if self.write_back and self.kind not in CRM:
            raise ValueError(f"{where}write_back: notes go to salesforce or hubspot")
        if self.key_field is not None and self.kind != "salesforce":
            raise ValueError(f"{where}key_field: belongs to salesforce")
        return self

    @property
    def id_prefix(self) -> str:
        """Give what ids of customers and payments of this system begin with."""
        return self.prefix if self.prefix is not None else f"{self.name}-"

    @property
    def signs_in(self) -> bool:
        """Say whether a person must sign in once (`dunwell connect add`)."""
        if self.kind in BY_SIGN_IN:
            return True
        return (self.kind == "salesforce" and self.private_key_file is None) or (
            self.kind == "hubspot" and bool(self.client_id)
        )

    def secret_text(self) -> str:
        """Give the app's secret, or the API key. Raises ValueError in plain words where there is none, or no real one."""
        where = f"connections.{self.name}: "
        if self.secret is not None:
            return self.secret.get_secret_value()
        if self.secret_file is None:
            variable = f"DUNWELL_CONNECTION_{self.name.upper()}_SECRET"
            raise ValueError(f"{where}no secret is set: give secret_file, or the environment variable {variable}")
        try:
            return checked_secret(self.secret_file.read_text("utf-8").strip())
        except OSError as error:
            raise ValueError(f"{where}secret_file {self.secret_file} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ValueError(f"{where}secret_file {self.secret_file} holds no text") from None
        except ValueError as error:
            raise ValueError(f"{where}secret_file {self.secret_file} {error}") from None

    def private_key(self) -> str:
        """Give the PEM of the key. Raises ValueError in plain words."""
        assert self.private_key_file is not None
        where = f"connections.{self.name}: private_key_file {self.private_key_file}"
        try:
            found = self.private_key_file.read_text("utf-8")
        except OSError as error:
            raise ValueError(f"{where} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            found = ""
        if "PRIVATE KEY-----" not in found:
            raise ValueError(f"{where} holds no private key in PEM form")
        return found


def checked_together(connections: tuple[ConnectionSettings, ...]) -> None:
    """See that connections fit together. Raises ValueError."""
    if len({c.name for c in connections}) != len(connections):
        raise ValueError("connections: two have the same name")
    truths = {c.name: c for c in connections if c.customers_of is None}
    if len({c.id_prefix for c in truths.values()}) != len(truths):
        raise ValueError("connections: two that bring customers of their own have the same prefix")
    for each in connections:
        if each.customers_of not in (None, "import") and each.customers_of not in truths:
            told = f"{each.customers_of!r} is no connection that brings customers of its own"
            raise ValueError(f"connections.{each.name}.customers_of: {told}")
