"""The mail part of the configuration: mailboxes in, SMTP out."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr, model_validator


def is_loopback(host: str) -> bool:
    """Say whether a host name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


#: The value of `drafts_folder` that stands for the folder that the server marks for drafts (RFC 6154).
SPECIAL_DRAFTS = "\\Drafts"
#: RFC 5321, 4.5.3.1.1: 64 characters, of which a plus and a token of 32 take 33.
_MAX_LOCAL = 31
_MICROSOFT_HOSTS = ("office365.com", "office.com", "outlook.com", "office365.us", "partner.outlook.cn")


def is_microsoft(host: str) -> bool:
    """Say whether a host is Microsoft's, or a proxy to it on this machine."""
    name = host.lower().rstrip(".")
    return is_loopback(name) or any(name == known or name.endswith(f".{known}") for known in _MICROSOFT_HOSTS)


class _Secrets(BaseModel):
    """A password or token by value (environment) or by file, never both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    password: SecretStr | None = None
    password_file: Path | None = None

    def secret(self) -> str:
        """Give the password. Raises ValueError in plain words where there is none."""
        if self.password_file is not None:
            try:
                return self.password_file.read_text("utf-8").strip()
            except OSError as error:
                raise ValueError(f"password_file {self.password_file} cannot be read: {error.strerror}") from error
        if self.password is None:
            raise ValueError("no password is set: give password_file, or the environment variable")
        return self.password.get_secret_value()


class OAuthSettings(_Secrets):
    """How access tokens for XOAUTH2 are got: refresh token, client credentials, or a command that prints one.

    `password`/`password_file` hold the client secret.
    """

    grant: Literal["refresh_token", "client_credentials", "command"]
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    refresh_token_file: Path | None = None
    command: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.grant == "command":
            if not self.command:
                raise ValueError("oauth.command: needs the command that prints a token")
            return self
        if not self.token_url.startswith("https://") and not is_loopback(
            self.token_url.split("/")[2].split(":")[0] if "://" in self.token_url else ""
        ):
            raise ValueError("oauth.token_url: must be an https address")
        if not self.client_id:
            raise ValueError("oauth.client_id: is missing")
        if self.grant == "refresh_token" and self.refresh_token_file is None:
            raise ValueError("oauth.refresh_token_file: is missing")
        return self


class SmtpSettings(_Secrets):
    """Where approved mail goes: an SMTP submission server, or (demo, trials) a local Maildir."""

    kind: Literal["smtp", "maildir"] = "smtp"
    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    ca_file: Path | None = None
    user: str = ""
    oauth: OAuthSettings | None = None
    path: Path | None = None
    timeout_seconds: float = Field(default=60, gt=0)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.kind == "maildir":
            if self.path is None:
                raise ValueError("smtp.path: a maildir needs a path")
            return self
        if not self.host:
            raise ValueError("smtp.host: is missing")
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError('smtp.tls: "none" is allowed on loopback only')
        return self


class MailboxSettings(_Secrets):
    """One mailbox that is read. `kind` maildir is a local folder, the default for trials."""

    name: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_.-]+$")
    kind: Literal["imap", "maildir"] = "imap"
    address: EmailStr = Field(description="the address that mail to this mailbox is sent to, and ours goes out from")
    host: str = ""
    port: int = Field(default=993, ge=1, le=65535)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: Path | None = None
    user: str = ""
    oauth: OAuthSettings | None = None
    folder: str = "INBOX"
    sent_folder: str | None = Field(default=None, description="None: the folder that the server marks as \\Sent")
    watch_sent: bool = Field(
        default=True, description="see what people send from their own mail program, so that nobody answers twice"
    )
    drafts_folder: str | None = Field(
        default=None,
        description=r"where drafts that wait for review are put as well; \Drafts: the folder that the server marks so; None: nowhere",
    )
    files_sent_itself: bool = Field(
        default=False, description="True for Gmail and Microsoft 365, which keep a copy of submitted mail"
    )
    mark: str = Field(default="$DunwellIngested", description="IMAP keyword set after a mail is stored; empty for none")
    path: Path | None = None
    authserv_id: tuple[str, ...] = Field(default=(), description="who may state Authentication-Results")
    trust_nameless_results: bool = Field(
        default=False,
        description="Microsoft 365 only: believe the topmost Authentication-Results although it names no server",
    )
    plus_addressing: bool = Field(
        default=False,
        description="True where the server delivers local+anything@domain here: answers then carry a reply token",
    )
    poll_seconds: float = Field(default=60, ge=0.1, description="how often to look when IDLE says nothing")
    timeout_seconds: float = Field(default=60, gt=0)
    max_bytes: int = Field(default=10_240_000, gt=0, description="larger mail is not fetched but shown as unreadable")
    smtp: SmtpSettings | None = None

    @property
    def trusted_results(self) -> tuple[str, ...]:
        """The servers whose Authentication-Results are believed; an empty name stands for a header without one."""
        return (*self.authserv_id, "") if self.trust_nameless_results else self.authserv_id

    @model_validator(mode="after")
    def _proofs(self) -> Self:
        if any(not name.strip() for name in self.authserv_id):
            raise ValueError("authserv_id: a name is empty; take out the entry")
        if self.trust_nameless_results and not (self.kind == "imap" and is_microsoft(self.host)):
            # Elsewhere a header without a name comes from whoever wrote the mail.
            raise ValueError(
                "trust_nameless_results: only for mailboxes at Microsoft 365 (host outlook.office365.com), which writes its "
                "results on top of every mail and without a name; name your server in authserv_id instead"
            )
        return self

    @model_validator(mode="after")
    def _tokens(self) -> Self:
        local = self.address.rpartition("@")[0]
        if self.plus_addressing and ("+" in local or len(local) > _MAX_LOCAL):
            raise ValueError(
                f"plus_addressing: the part of {self.address} before the @ must have no + and at most {_MAX_LOCAL} characters"
            )
        return self

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.drafts_folder == "":
            raise ValueError("drafts_folder: is empty; take it out, or name a folder")
        if self.kind == "maildir":
            if self.path is None:
                raise ValueError("path: a maildir mailbox needs a path")
            if self.drafts_folder is not None:
                raise ValueError("drafts_folder: only a mailbox of kind imap has one")
            return self
        if not self.host:
            raise ValueError("host: is missing")
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError('tls: "none" is allowed on loopback only')
        if not self.user:
            raise ValueError("user: is missing")
        return self
