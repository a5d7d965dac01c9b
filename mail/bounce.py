"""Read delivery failures (RFC 3464) and complaints (RFC 5965): whom our mail did not reach, why, and which mail it was.

A report says nothing about an account: it can be forged. Whoever acts on it must find `original_message_id` among our own.
"""

from __future__ import annotations

import logging
import re
from email.message import Message

from mail.caps import children
from mail.cleaning import clean_line
from mail.headers import first, message_id, message_ids, text_of, values
from store.inbound import Bounce

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>;,()\"]{1,64}@[A-Za-z0-9.-]{1,253}")
_DAEMON = re.compile(
    r"(?:mailer-daemon|postmaster|mail-daemon|maildelivery|mdaemon|bounces?)@|mail delivery (?:sub)?system|mailer-daemon",
    re.I,
)
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed)|failure notice|returned mail|mail delivery failed|delivery failed|"
    r"unzustellbar|nicht zugestellt|zustellung fehlgeschlagen|échec de (?:la )?(?:remise|distribution)|non remis|no se (?:puede|pudo) entregar|"
    r"error de entrega|mancato recapito|impossibile recapitare|onbestelbaar|niet bezorgd|não (?:foi )?entregue|falha na entrega|"
    r"kunde inte levereras|olevererbart|niedostarczon|nie można dostarczyć",
    re.IGNORECASE,
)
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)
#: Permanent for this mail, but no fault of the address: mailbox full, too large, system trouble, policy (RFC 3463).
_NOT_THE_ADDRESS = re.compile(r"5\.(?:2\.[234]|3\.\d+|4\.[1367]|5\.\d+|6\.\d+|7\.\d+)$")


def read_complaint(top: Message) -> Bounce | None:
    """Give what a feedback report says (RFC 5965), None for any other mail."""
    report = _inner(top, "message/feedback-report")
    if report is None:
        return None
    fields = next(iter(children(report)), report)
    whom = first(fields, "original-rcpt-to") or first(fields, "removal-recipient")
    kind = clean_line(first(fields, "feedback-type"), limit=60) or "complaint"
    return Bounce(recipient=_address(whom), reason=kind, original_message_id=_original_id(top))


def read_bounce(top: Message) -> Bounce | None:
    """Give what a delivery report says; None for any other mail, and for reports that a mail did arrive."""
    report = _inner(top, "message/delivery-status")
    if report is not None:
        return _standard(top, children(report))
    if _from_daemon(top) and (_SUBJECT.search(text_of(first(top, "subject"))) or values(top, "x-failed-recipients")):
        return _other(top)
    return None


def _standard(top: Message, blocks: list[Message]) -> Bounce | None:
    reports = [block for block in blocks if values(block, "final-recipient") or values(block, "original-recipient")]
    actions = {_action(block) for block in reports}
    if (
        reports
        and not actions & {"failed", "failure", "error", "delayed"}
        and actions & {"delivered", "relayed", "expanded"}
    ):
        return None
    chosen = next(
        (block for block in reports if _action(block).startswith(("fail", "error"))), next(iter(reports), None)
    )
    if chosen is None:
        return Bounce(original_message_id=_original_id(top))
    diagnostic = text_of(first(chosen, "diagnostic-code")).partition(";")
    reason = clean_line(diagnostic[2] or diagnostic[0], limit=300) or None
    status = _status(first(chosen, "status"), reason)
    whom = first(chosen, "original-recipient") or first(chosen, "final-recipient")
    return Bounce(
        recipient=_address(whom.partition(";")[2] or whom),
        status=status,
        hard=_is_hard(status, action=_action(chosen)),
        reason=reason,
        original_message_id=_original_id(top),
    )


def _action(block: Message) -> str:
    return (first(block, "action").strip().lower().split() or [""])[0]


def _status(header: str, reason: str | None) -> str | None:
    """Give the enhanced status; where the report only says x.0.0, the one that the other server wrote."""
    given = _STATUS.search(header)
    spoken = _STATUS.search(reason or "")
    if spoken and (given is None or given[1].endswith(".0.0")) and (given is None or spoken[1][0] == given[1][0]):
        return spoken[1]
    return given[1] if given else None


def _is_hard(status: str | None, *, action: str) -> bool | None:
    """Say whether the address itself is of no more use. Delays and full mailboxes are not hard; None where nothing is said."""
    if action == "delayed":
        return False
    if status is None:
        return None
    return status.startswith("5.") and not _NOT_THE_ADDRESS.match(status)


def _other(top: Message) -> Bounce:
    """Read a report in no standard form with flufl.bounce's detectors."""
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)  # it logs what it met, which is the sender's text
    try:
        soft, hard = all_failures(top)
    except Exception:  # its detectors are heuristics over foreign text
        soft, hard = frozenset(), frozenset()
    recipients = sorted(address.decode("ascii", "replace") for address in (hard or soft))
    named = next(iter(recipients), "") or first(top, "x-failed-recipients")
    words = _first_text(top)
    reason = next((line.strip() for line in words.splitlines() if re.search(r"\b[45]\d\d\b|[45]\.\d\.\d", line)), None)
    status = _status("", reason)
    decided = _is_hard(status, action="") if status else (True if hard else False if soft else None)
    return Bounce(
        recipient=_address(named),
        status=status,
        hard=decided,
        reason=clean_line(reason, limit=300) if reason else None,
        original_message_id=_original_id(top),
    )


def _from_daemon(top: Message) -> bool:
    return first(top, "return-path").strip() == "<>" or bool(_DAEMON.search(text_of(first(top, "from"))))


def _inner(top: Message, kind: str) -> Message | None:
    """Find a part of the report itself, never inside a mail that is merely attached."""
    if top.get_content_type() == kind:
        return top
    if top.get_content_maintype() != "multipart":
        return None
    return next((child for child in children(top) if child.get_content_type() == kind), None)


def _original_id(top: Message) -> str | None:
    """Give the Message-ID of our mail from the returned copy, its headers, or the text of the report."""
    for child in children(top):
        if child.get_content_type() in _RETURNED:
            inside = next((found for inner in children(child) if (found := message_id(inner))), None)
            return inside or _id_in(_first_text(child))
    return _id_in(_first_text(top))


def _id_in(text: str) -> str | None:
    match = re.search(r"(?im)^[> \t]*message-id:[ \t\r\n]*(<[^<>\s]{1,500}>)", text[:200_000])
    return next(iter(message_ids(match[1])), None) if match else None


def _first_text(top: Message) -> str:
    part: Message | None = top
    while part is not None and part.is_multipart():
        part = next(iter(children(part)), None)
    if part is None:
        return ""
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # broken transfer encodings
        return ""
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _address(text: str) -> str | None:
    match = _ADDRESS.search(clean_line(text, limit=400))
    return match[0].lower() if match else None
