"""Lay a possible delivery report open: the words of the system that wrote it, its fields, and what it returns of our mail.

Nothing is judged here. Parts inside a returned mail are never taken for the report's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message

from mail.bounce_fields import fields_text, has_fields, plain_address
from mail.caps import children
from mail.cleaning import clean, decode
from mail.headers import first, message_id, message_ids, text_of
from mail.html_text import html_text

MAX_WORDS = 60_000
MAX_LINE = 1000
MAX_RETURNED = 200_000

_FIELDS = frozenset({"message/delivery-status", "message/global-delivery-status", "text/delivery-status"})
_RECEIPT = "message/disposition-notification"
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
    | {"text/rfc822", "message/partial", "message/external-body", "message/news"}
)
#: Where the report's own words end and our mail begins.
_COPY = re.compile(
    r"(?im)^[ \t>|#*=_+~.-]{0,80}(?:(?:here|below this line|the following|this|included|attached) (?:is|are) (?:a copy|your|the|returned)|below this line|"
    r"(?:start|begin(?:ning)?)(?: of)? (?:the )?(?:returned|original|undelivered|copy)|(?:the |your |a copy of |copy of |full )?(?:the )?(?:original|undelivered|returned|rejected|unsent|old|sent) "
    r"(?:message|mail|e-?mail|text|header)s?(?: headers?| text| body| content| details?)?(?: follows?| is| attached| below| as follows)?|message headers?(?: follows?)?|"
    r"(?:the )?headers? of (?:the|your) (?:original )?(?:message|mail)|message text follows|body of (?:the )?(?:original )?message|copy of (?:your |the )?(?:original )?(?:message|mail)|"
    r"(?:nachrichtentext|ursprüngliche nachricht\w*|original-?nachricht|kopie der nachricht|ihre nachricht|message d['’]origine|en-têtes? (?:du )?message|mensaje original|"
    r"cabeceras?|messaggio originale|oorspronkelijk bericht|mensagem original|cabeçalho|ursprungligt meddelande|oryginalna wiadomość|treść wiadomości|"
    r"исходное сообщение|оригинал сообщения|заголовки|原始邮件|原邮件|元のメッセージ|送信されたメッセージ|以下.{0,20}メッセージ))[^\n]{0,70}$"
)
_TRACE = re.compile(
    r"(?m)^[ \t>]{0,4}(?:Received: (?:from|by) |Return-Path: ?<|X-Received: by |DKIM-Signature: v=|ARC-Seal: )"
)
_ID_LINE = re.compile(
    r"(?im)^[> \t|]{0,8}(?:x-)?(?:original-)?message-?(?: ?)id ?: ?[ \t\r\n]{0,8}(?:<|&lt;)?([^<>\s&]{3,400}@[^<>\s&]{1,250})"
)
#: "The message identifier was: <...>", "Id. original: <...>", a table cell "Message-ID" before "<...>".
_ID_SAID = re.compile(
    r"(?i)(?:message[- ]?id|\bidentif\w{1,8}|\bid\b|msgid|kennung|идентификатор\w?|id:)[^\n<>@]{0,60}\n?[^\n<>@]{0,20}<([^<>\s]{3,400}@[^<>\s]{1,250})>"
)
_SUBJECT_LINE = re.compile(
    r"(?im)^[> \t|]{0,8}(?:subject|betreff|objet|asunto|oggetto|onderwerp|assunto|ämne|temat) ?: ?([^\n]{1,500})"
)
_TO_LINE = re.compile(r"(?im)^[> \t|]{0,8}(?:to|an|à|para|aan|till|do|cc|кому|宛先|收件人) ?: ?([^\n]{3,500})")
_FROM_LINE = re.compile(
    r"(?im)^[> \t|]{0,8}(?:from|von|de|da|van|från|od|от|return-path|sender|差出人|发件人) ?: ?([^\n]{3,300})"
)


@dataclass(slots=True)
class Report:
    """A mail laid open as if it were a report."""

    words: str = ""
    copy: str = ""
    fields: str = ""
    has_part: bool = False
    returns: bool = False
    headers: list[Message] = field(default_factory=list)

    @property
    def original_id(self) -> str | None:
        """The Message-ID of the returned mail."""
        for mail in self.headers:
            if found := message_id(mail):
                return found
        for text in (self.copy, self.fields, self.words):
            match = _ID_LINE.search(text[:MAX_RETURNED])
            if match and (ids := message_ids(f"<{match[1]}>")):
                return ids[0]
        match = _ID_SAID.search(self.words)
        if match and (ids := message_ids(f"<{match[1]}>")):
            return ids[0]
        return None

    @property
    def original_subject(self) -> str | None:
        """The subject of the returned mail."""
        for mail in self.headers:
            if found := text_of(first(mail, "subject")):
                return found
        match = _SUBJECT_LINE.search(self.copy[:MAX_RETURNED])
        return text_of(match[1]) or None if match else None

    @property
    def returned_to(self) -> list[str]:
        """The addresses that the returned mail went to."""
        values = [first(mail, name) for mail in self.headers for name in ("to", "cc", "x-original-to", "delivered-to")]
        values += [match[1] for match in _TO_LINE.finditer(self.copy[:MAX_RETURNED])][:4]
        return _addresses(values)

    @property
    def returned_from(self) -> list[str]:
        """The addresses that the returned mail came from: ours."""
        values = [first(mail, name) for mail in self.headers for name in ("from", "return-path", "sender", "reply-to")]
        values += [match[1] for match in _FROM_LINE.finditer(self.copy[:MAX_RETURNED])][:4]
        return _addresses(values)


def _addresses(values: list[str]) -> list[str]:
    pieces = [piece for value in values for piece in value[:4000].split(",")[:50]]
    return list(dict.fromkeys(address for piece in pieces if (address := plain_address(piece))))


def open_report(top: Message) -> Report:
    """Lay a mail open; the words are cut where the copy of our mail begins."""
    report = Report()
    stretches: list[str] = []
    for part in _leaves(top):
        kind = part.get_content_type()
        if kind in _FIELDS:
            report.has_part = True
            report.fields += "\n\n" + fields_text(part)
        elif kind == _RECEIPT:
            report.fields += "\n\n" + fields_text(part)  # some servers refuse in the form of a receipt (RFC 8098)
        elif kind in _RETURNED:
            report.returns = True
            _keep_returned(report, part)
        else:
            text = _text_of(part)
            if not text.strip():
                continue
            if kind not in ("text/plain", "text/html") and has_fields(text):
                report.fields += "\n\n" + text
            elif kind.startswith(("text/", "multipart/")) or not stretches:
                stretches.append(text)
    words = "\n\n".join(stretches)[: MAX_WORDS + MAX_RETURNED]
    report.words, copy = _cut(words)
    report.copy += copy
    if report.copy.strip():
        report.returns = True
    if has_fields(words) and not report.fields:
        report.fields = words[:MAX_WORDS]
    return report


def _leaves(top: Message) -> list[Message]:
    """List the parts of the mail itself, in order; of two versions of one text only the plain one."""
    kind = top.get_content_type()
    if kind in _FIELDS or kind in _RETURNED or kind == _RECEIPT or not top.is_multipart():
        return [top]
    inner = children(top)
    if kind == "multipart/alternative":
        plain = [part for part in inner if part.get_content_type() == "text/plain" and len(_text_of(part).strip()) > 40]
        inner = [part for part in inner if part.get_content_type() != "text/html"] if plain else inner
    return [leaf for part in inner for leaf in _leaves(part)]


def _text_of(part: Message) -> str:
    kind = part.get_content_type()
    if kind.startswith(("image/", "audio/", "video/", "application/pdf", "application/zip")):
        return ""
    try:
        payload = part.get_payload(decode=True)
        charset = part.get_content_charset()
    except Exception:  # broken transfer encodings and parameters
        return ""
    data = payload if isinstance(payload, bytes) else b""
    if kind.startswith("application/") and not data[:500].isascii():
        return ""
    text = decode(data[: 2 * MAX_RETURNED], charset)[0]
    if kind == "text/html":
        seen = html_text(text)
        text = seen.text if seen else ""
    return "\n".join(line[:MAX_LINE] for line in clean(text)[0].split("\n"))


def _keep_returned(report: Report, part: Message) -> None:
    inner = [child for child in children(part) if child.keys()]
    report.headers += inner
    if not inner:
        report.copy += "\n" + _text_of(part)[:MAX_RETURNED]


def _cut(words: str) -> tuple[str, str]:
    """Part the report's words from the copy of our mail that follows them in the same text."""
    places = [match.start() for match in (_TRACE.search(words),) if match]
    for match in _COPY.finditer(words):
        line = match[0].strip()
        marked = line.startswith(("-", "=", "*", "_", "#", "+", "|")) or line.endswith(
            (":", "-", "=", "*", "_", ".", "：", "。")
        )
        if marked and len(words[: match.start()].strip()) > 40 and "could not" not in line and "@" not in line:
            places.append(match.start())
            break
    place = min(places, default=len(words))
    if len(words[:place].strip()) < 20:
        place = len(words)
    return words[:place][:MAX_WORDS], words[place:]
