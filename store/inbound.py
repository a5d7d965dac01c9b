"""A mail as parsing gives it, before anything is understood. Values only: no parsing and no storing here."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from store.vocabulary import MessageKind

#: Flags of a mail by which `store.loops` keeps quiet: a program sent or worded it; it went to a list or came from one.
MACHINE_MADE = "machine_made"
BULK = "bulk"


class Attachment(BaseModel):
    """One attachment: listed, never opened; of a PDF alone the words are read, in the parser's sandbox."""

    model_config = ConfigDict(frozen=True)

    filename: str
    content_type: str
    size: int = Field(description="bytes after transfer decoding")
    sha256: str
    text: str = Field(
        default="", description="the words of a PDF, cleaned and capped; never part of the mail's own words"
    )
    note: str = Field(default="", description="why a PDF gave no words, or not all of them")


#: Feedback reports that object to nothing: "this was no spam" (RFC 6430), and a check of signatures that failed (RFC 6591).
_NO_OBJECTION = frozenset({"not-spam", "auth-failure"})


class Bounce(BaseModel):
    """What a delivery failure says (RFC 3464 where the mail has one), or a complaint (RFC 5965)."""

    model_config = ConfigDict(frozen=True)

    recipient: str | None = Field(default=None, description="the address that we wrote to, lower case")
    status: str | None = Field(
        default=None, description="enhanced status code (RFC 3463), else one that fits the reason"
    )
    hard: bool | None = Field(default=None, description="the address itself is of no more use")
    reason: str | None = Field(default=None, description="a BounceReason; for a complaint its feedback type")
    original_message_id: str | None = None
    original_subject: str | None = Field(default=None, description="the subject of the returned mail, one line")
    diagnostic: str | None = Field(default=None, description="the other server's own words, one line")
    also: tuple[str, ...] = Field(
        default=(), description="other addresses the same report names as failed, or the one behind an alias"
    )

    @property
    def objects(self) -> bool:
        """Say whether a feedback report complains of our mail (RFC 5965): some types of it do not."""
        return (self.reason or "").lower() not in _NO_OBJECTION


class AutoReply(BaseModel):
    """What an automatic answer says of the writer's absence."""

    model_config = ConfigDict(frozen=True)

    until: date | None = Field(default=None, description="the last day of the absence")
    contact: str | None = Field(default=None, description="the substitute's address, lower case")
    contact_name: str | None = Field(default=None, description="the substitute's name as it is written")


class SenderAuth(BaseModel):
    """What the trusted Authentication-Results header says (RFC 8601); all None where there is none."""

    model_config = ConfigDict(frozen=True)

    dmarc: str | None = None
    dkim: str | None = None
    dkim_domain: str | None = None
    spf: str | None = None
    spf_domain: str | None = Field(
        default=None, description="set where SPF passed for MAIL FROM and is aligned with From"
    )


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
    delivered_to: tuple[str, ...] = Field(default=(), description="where our own server says it was delivered")
    subject: str = ""
    sent_at: datetime | None = Field(default=None, description="the Date header in UTC")
    new_text: str = ""
    quoted_text: str = ""
    signature: str = ""
    hidden_text: str = Field(
        default="", description="words that the mail hides from the eye: for people only, never read"
    )
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
