"""Notification mails of portals for tests: made of the hand-written cases, as raw mail with our own server's results."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

import yaml

from mail.parse import parse
from store.aftermath import Portal
from store.company import CompanyProfile
from store.inbound import InboundEmail
from tests.factories import COMPANY

DATA = Path(__file__).parent / "unit" / "data"
SENT = datetime(2026, 3, 10, 8, tzinfo=UTC)
#: Stand for the portals' own domains.
DOMAINS: dict[Portal, tuple[str, ...]] = {
    portal: (f"{portal}-mail.test",) for portal in Portal if portal is not Portal.OTHER
}
WITH_PORTALS = CompanyProfile.model_validate(COMPANY.model_dump() | {"portal_domains": DOMAINS})
OUR_SERVER = "mx.nordholt-supply.example"


def cases(name: str) -> list[dict[str, Any]]:
    """Read one of the two files of cases."""
    found: list[dict[str, Any]] = yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8"))
    return found


def raw_mail(
    *,
    sender: str,
    subject: str,
    text: str = "",
    html: str = "",
    results: str | None = "pass",
    sent_at: datetime = SENT,
    **headers: str,
) -> bytes:
    """Make the bytes of a notification. `results`: what our own mail server found of its signature; None: no results."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    mail = EmailMessage(policy=default.clone(max_line_length=300))
    if results is not None:
        found = f"dkim={results} header.d={domain}; dmarc={results} header.from={domain}"
        mail["Authentication-Results"] = f"{OUR_SERVER}; {found}"
    for name, value in {
        "From": sender,
        "To": COMPANY.email,
        "Subject": subject,
        "Date": format_datetime(sent_at),
        "Message-ID": f"<{abs(hash((subject, text, html, sent_at)))}@{domain}>",
        "Auto-Submitted": "auto-generated",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():
        mail[name] = value
    mail.set_content(html or text, subtype="html" if html else "plain")
    return mail.as_bytes()


def parsed(raw: bytes) -> InboundEmail:
    """Read a mail as the daemon does."""
    return parse(raw, received_at=SENT, authserv_ids=(OUR_SERVER,))


def mail_of(case: dict[str, Any], **changes: Any) -> InboundEmail:
    """Make the mail of a case."""
    given = {
        "sender": case["from"],
        "subject": case["subject"],
        "text": case.get("text", ""),
        "html": case.get("html", ""),
    }
    return parsed(raw_mail(**given | changes))
