"""What the composed mail is, byte by byte (R-HDR): ours, one of each, one subject, plain text and PDFs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.rules.base import Outbound, Stage, Wire, block, warn
from agent.rules.reading import plain
from agent.rules.sums import sums_in
from store.proposed import Finding

MAX_SUBJECT = 120
MAX_BYTES = 5_000_000
_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
_AT_MOST_ONCE = ("Reply-To", "In-Reply-To", "References", "X-AI-Generated", "Content-Transfer-Encoding")


def headers_are_ours(out: Outbound) -> Iterator[Finding]:
    """R-HDR-01: from our own domain, our Message-ID, each header once, answers to us alone.

    Whether the provider signs (DKIM) shows only at the other end: `dunwell doctor` looks there.
    """
    wire = out.wire
    if wire is None:
        if out.stage is Stage.SENDING:
            yield block("R-HDR-01", "The mail was not read back.")
        return
    for name in _ONCE:
        if len(wire.all(name)) != 1:
            yield block("R-HDR-01", f"The header {name} does not stand there exactly once.")
    for name in _AT_MOST_ONCE:
        if len(wire.all(name)) > 1:
            yield block("R-HDR-01", f"The header {name} stands there twice.")
    strange = {key.lower() for key, _ in wire.headers} - {n.lower() for n in (*_ONCE, *_AT_MOST_ONCE)}
    if strange:
        yield block("R-HDR-01", f"The mail has a header that it should not have: {sorted(strange)[0]}.")
    yield from _sender(out, wire)


def _sender(out: Outbound, wire: Wire) -> Iterator[Finding]:
    domain = wire.sender.rpartition("@")[2].lower()
    if not out.scope.company.owns(wire.sender) or wire.sender.lower() != wire.meant_sender.lower():
        yield block("R-HDR-01", "The sender's address is not the one of our mailbox.")
    message_id = next(iter(wire.all("Message-ID")), "")
    if message_id != wire.meant_message_id or not message_id.lower().endswith(f"@{domain}>"):
        yield block("R-HDR-01", "The Message-ID is not ours.")
    local, _, _ = wire.sender.partition("@")
    allowed = {wire.sender.lower()}
    if wire.meant_token:
        allowed.add(f"{local}+{wire.meant_token}@{domain}".lower())
    for answer in wire.all("Reply-To"):
        if re.sub(r"^.*<|>$", "", answer).strip().lower() not in allowed:
            yield block("R-HDR-01", "Answers would go to an address that is not ours.")


def right_subject(out: Outbound) -> Iterator[Finding]:
    """R-HDR-02: one line of at most 120 characters, with no sum in it; "Re:" only where a mail is answered."""
    subject = out.draft.subject
    if len(subject) > MAX_SUBJECT or "\n" in subject or "\r" in subject:
        yield block("R-HDR-02", f"The subject is not one line of at most {MAX_SUBJECT} characters.")
    if not subject.strip():
        yield warn("R-HDR-02", "The subject is empty.")
    told = sums_in(plain(subject))
    if told:
        yield block("R-HDR-02", f"The subject names a sum, which anybody can read on a screen: {told[0].text}.")
    if out.wire is not None:
        written = " ".join(next(iter(out.wire.all("Subject")), "").split())
        answers = out.wire.all("In-Reply-To") or out.wire.all("References")
        if re.match(r"re\s*:", written, re.IGNORECASE) and not answers and out.proven:
            yield block("R-HDR-02", 'The subject begins with "Re:", but no mail is answered.')


def plain_mail(out: Outbound) -> Iterator[Finding]:
    """R-HDR-03: CRLF, seven bits or quoted-printable, less than 5 MB, one plain text and PDFs; its words are the draft's."""
    wire = out.wire
    if wire is None:
        if out.stage is Stage.SENDING:
            yield block("R-HDR-03", "The mail was not read back.")
        return
    if wire.bare_line_ends:
        yield block("R-HDR-03", "The mail holds a line end that is not CRLF.")
    if wire.size > MAX_BYTES:
        yield block("R-HDR-03", f"The mail has {wire.size} bytes, more than {MAX_BYTES}.")
    for part in wire.parts:
        if not part.filename and (part.kind != "text/plain" or part.encoding not in ("7bit", "quoted-printable")):
            yield block("R-HDR-03", f"The mail holds a part that is no plain text: {part.kind}, {part.encoding}.")
        if part.filename and part.kind != "application/pdf":
            yield block("R-HDR-03", f"The mail holds something that is no PDF: {part.filename}.")
    if wire.body.strip() != out.draft.rendered.replace("\r\n", "\n").strip():
        yield block("R-HDR-03", "The words of the mail are not those of the draft.")
