"""A mail as parsing gives it, before anything is understood. Values only: no parsing and no storing here."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from store.vocabulary import MessageKind


class Attachment(BaseModel):
    """One attachment: listed, never opened."""

    model_config = ConfigDict(frozen=True)

    filename: str
    content_type: str
    size: int = Field(description="bytes after transfer decoding")
    sha256: str


class Bounce(BaseModel):
    """What a delivery failure says (RFC 3464 where the mail has one)."""

    model_config = ConfigDict(frozen=True)

    recipient: str | None = None
    status: str | None = None
    hard: bool | None = None
    reason: str | None = None
    original_message_id: str | None = None


class AutoReply(BaseModel):
    """What an automatic answer says of the writer's absence."""

    model_config = ConfigDict(frozen=True)

    until: date | None = None
    contact: str | None = None


class SenderAuth(BaseModel):
    """What the trusted Authentication-Results header says (RFC 8601); all None where there is none."""

    model_config = ConfigDict(frozen=True)

    dmarc: str | None = None
    dkim: str | None = None
    dkim_domain: str | None = None
    spf: str | None = None


class InboundEmail(BaseModel):
    """One parsed mail. `kind` UNREADABLE carries its `unreadable_reason` and whatever could be read."""

    model_config = ConfigDict(frozen=True)

    kind: MessageKind
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    from_address: str | None = Field(
        default=None, description="lower case; None where the From header is not one plain mailbox"
    )
    from_name: str = ""
    from_raw: str = ""
    reply_to: str | None = None
    to: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime | None = Field(default=None, description="the Date header in UTC")
    new_text: str = ""
    quoted_text: str = ""
    signature: str = ""
    flags: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    bounce: Bounce | None = None
    auto_reply: AutoReply | None = None
    auth: SenderAuth = SenderAuth()
    unreadable_reason: str | None = None


class StoredMessage(BaseModel):
    """A mail that is recorded: what `propose` reads. `id` is the row's key."""

    model_config = ConfigDict(frozen=True)

    id: int
    mailbox: str
    received_at: datetime
    email: InboundEmail
