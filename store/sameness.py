"""Says when two mails are one mail that came by two ways. Compares what the mails say, never where they came from."""

from __future__ import annotations

import hashlib

from store.inbound import InboundEmail
from store.vocabulary import MessageKind


def content_key(email: InboundEmail, *, sha256: str) -> str:
    """Tell copies of one mail apart from two mails: same Message-ID, sender, date and words are one mail.

    The Message-ID alone is not enough: a stranger could send one that we expect and so hide the real mail.
    """
    if not email.message_id or email.kind is MessageKind.UNREADABLE:
        return sha256
    parts = (
        email.message_id,
        email.from_address or email.from_raw,
        str(email.sent_at),
        email.subject,
        email.new_text,
        email.quoted_text,
        email.signature,
        *(attachment.sha256 for attachment in email.attachments),
    )
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
