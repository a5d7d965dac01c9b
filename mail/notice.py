"""Makes the bytes of a mail to ourselves: plain text, marked as written by a program, so that no program answers it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from mail.address import is_plain
from mail.readback import compare
from mail.wire import WirePolicy
from store.company import CompanyProfile


def compose_notice(
    *, to: str, sender: str, company: CompanyProfile, subject: str, text: str, message_id: str, now: datetime
) -> bytes:
    """Make the mail. Raises ValueError for an address that is not the company's, or for what cannot be written faithfully."""
    if not (is_plain(to) and company.owns(to)) or not (is_plain(sender) and company.owns(sender)):
        raise ValueError("a notice goes from the company's own address to one of its own")
    headers = {
        "Subject": subject,
        "Date": format_datetime(now.astimezone(UTC)),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    body = "".join(c if c == "\n" or c.isprintable() else " " for c in text).rstrip("\n") + "\n"
    mail = EmailMessage(policy=WirePolicy(linesep="\r\n", max_line_length=76))
    mail["From"] = Address(display_name="dunwell", addr_spec=sender)
    mail["To"] = [Address(addr_spec=to)]
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(body, charset="utf-8", cte="quoted-printable")
    data = mail.as_bytes()
    compare(data, headers=headers, sender=sender, recipients=[to], body=body, documents=[])
    return data
