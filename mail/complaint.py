"""Read complaints (RFC 5965): who told a provider that our mail is unwanted, in which way, and which mail it was.

A complaint can be forged. Whoever acts on it must find `original_message_id` among our own.
"""

from __future__ import annotations

from email.message import Message

from mail.bounce_fields import fields_text, first_field, plain_address
from mail.bounce_report import open_report
from mail.caps import children
from mail.cleaning import clean_line
from mail.headers import first, text_of
from store.inbound import Bounce


def read_complaint(top: Message) -> Bounce | None:
    """Give what a feedback report says, None for any other mail. `reason` is the feedback type: abuse, fraud, not-spam and the like."""
    part = _feedback(top)
    if part is None:
        return _hotmail(top)
    report = open_report(top)
    fields = fields_text(part)
    whom = plain_address(first_field(fields, "original-rcpt-to", "removal-recipient"))
    others = [address for address in report.returned_to if address != whom]
    return Bounce(
        recipient=whom or next(iter(others), None),
        reason=clean_line(first_field(fields, "feedback-type").lower(), limit=60) or "complaint",
        original_message_id=report.original_id,
        original_subject=report.original_subject,
    )


def _hotmail(top: Message) -> Bounce | None:
    """Read the complaints of Outlook.com's programme for senders: our mail as an attachment, and one header."""
    whom = plain_address(first(top, "x-hmxmroriginalrecipient"))
    if whom is None or not text_of(first(top, "subject")).lower().startswith("complaint about"):
        return None
    report = open_report(top)
    if not report.headers:
        return None
    return Bounce(
        recipient=whom,
        reason="abuse",
        original_message_id=report.original_id,
        original_subject=report.original_subject,
    )


def _feedback(top: Message) -> Message | None:
    """Find the part in the report itself, never inside a mail that is merely attached."""
    if top.get_content_type() == "message/feedback-report":
        return top
    if top.get_content_maintype() != "multipart":
        return None
    return next((found for child in children(top) if (found := _feedback(child)) is not None), None)
