"""Rewrites a raw mail so that nobody in it can be told, and so that it is still the same mail: parts, charsets, quotations, HTML.

Only what changes is written anew; a text in an odd encoding whose words stay is left as it came. Attachments become stand-ins.
"""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import quopri
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import Message
from email.utils import collapse_rfc2231_value
from io import BytesIO
from pathlib import PurePosixPath

from evals.capturing.folding import fold
from evals.capturing.headers import names_in, redact_headers, texts_in
from evals.capturing.pages import redact_html, words_in
from evals.capturing.redactor import Redactor
from evals.capturing.standins import stand_in
from mail.cleaning import decode
from mail.headers import text_of, values
from mail.parts import content_of, unflow

_NESTED = ("message/rfc822", "message/delivery-status", "message/feedback-report", "message/disposition-notification")
_HEADERS_ONLY = ("text/rfc822-headers", "message/rfc822-headers")


@dataclass(frozen=True, slots=True)
class Way:
    """How mails are rewritten: whose Authentication-Results were believed, and who states them afterwards."""

    authserv_ids: tuple[str, ...]
    authserv_id: str
    pdf_words: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rewritten:
    """A rewritten mail, and what it lost on the way."""

    raw: bytes
    dropped: list[str]
    stand_ins: list[str]


def listen(redactor: Redactor, mails: Sequence[bytes]) -> None:
    """Let the redactor hear all mails of a conversation before the first is rewritten."""
    for raw in mails:
        top = email.message_from_bytes(raw, policy=email.policy.compat32)
        for part in top.walk():
            for name in ("message-id", "in-reply-to", "references"):
                for value in values(part, name):
                    redactor.addresses.learn_ids(value)
            redactor.listen([*texts_in(part), *_words_of(part)], names=names_in(part))


def rewrite(raw: bytes, redactor: Redactor, way: Way, *, where: str) -> Rewritten:
    """Rewrite one mail."""
    top = email.message_from_bytes(raw, policy=email.policy.compat32)
    done = Rewritten(b"", [], [])
    _Work(redactor, way, where, done).message(top)
    out = BytesIO()
    BytesGenerator(
        out, mangle_from_=False, maxheaderlen=0, policy=email.policy.compat32.clone(max_line_length=0)
    ).flatten(top)
    done.raw = out.getvalue()
    return done


def decoded_parts(raw: bytes) -> Iterator[tuple[str, str]]:
    """Give every text of a mail as a person or program could read it: headers, file names, texts, boundaries; named."""
    top = email.message_from_bytes(raw, policy=email.policy.compat32)
    for number, part in enumerate(top.walk()):
        for name, value in part.raw_items():
            yield f"{name} of part {number}", text_of(str(value))
        yield f"file name of part {number}", text_of(part.get_filename() or "")
        for text in (part.preamble, part.epilogue):
            yield f"outside of part {number}", text or ""
        if not part.is_multipart():
            content = content_of(part)
            text = decode(content, part.get_content_charset())[0]
            yield f"part {number}", words_in(text) if part.get_content_type() == "text/html" else text
            yield f"part {number} as written", text


class _Work:
    """The rewriting of one mail."""

    def __init__(self, redactor: Redactor, way: Way, where: str, done: Rewritten) -> None:
        self.redactor, self.way, self.where, self.done = redactor, way, where, done
        self.boundaries = 0

    def message(self, part: Message) -> None:
        kind = part.get_content_type()
        content = content_of(part) if not part.is_multipart() else b""
        # An empty `filename` does not hide a `name`.
        filename = text_of(part.get_filename() or "") or text_of(_param(part, "name"))
        self.done.dropped += redact_headers(
            part, self.redactor, authserv_ids=self.way.authserv_ids, authserv_id=self.way.authserv_id
        )
        part.preamble = self._outside(part.preamble)
        part.epilogue = self._outside(part.epilogue)
        if filename:
            self._name(part, filename)
        if part.is_multipart():
            if part.get_content_maintype() == "multipart":
                self.boundaries += 1
                part.set_boundary(f"=_part_{self.boundaries}")
            for child in part.get_payload():
                if isinstance(child, Message):
                    self.message(child)
            return
        self._leaf(part, kind, content, filename)

    def _leaf(self, part: Message, kind: str, content: bytes, filename: str) -> None:
        if kind in _HEADERS_ONLY:
            nested = email.message_from_bytes(content, policy=email.policy.compat32)
            redact_headers(nested, self.redactor, authserv_ids=self.way.authserv_ids, authserv_id=self.way.authserv_id)
            _put(part, nested.as_bytes())
        elif part.get_content_maintype() == "text":
            self._text(part, kind, content)
        elif content.strip():
            pdf = content.lstrip()[:5] == b"%PDF-"
            words = self.way.pdf_words.get(hashlib.sha256(content).hexdigest(), "") if pdf else ""
            self.done.stand_ins.append(self.redactor.text(filename) or kind)
            _put(part, stand_in(kind, pdf=pdf, words=self.redactor.text(words)), base64_always=True)

    def _text(self, part: Message, kind: str, content: bytes) -> None:
        text, _ = decode(content, part.get_content_charset())
        if kind == "text/html":
            where = f"{self.where} (HTML)"
            fresh = redact_html(
                text,
                spans=lambda words: self.redactor.spans(words, where=where),
                text=self.redactor.text,
                cid=self.redactor.addresses.message_id,
            )
        else:
            fresh = self.redactor.text(text, where=self.where)
        if fresh == text:
            return
        charset = part.get_content_charset() or "us-ascii"
        try:
            written = fresh.encode(charset)
        except (LookupError, UnicodeError):
            written = fresh.encode("utf-8")
            part.set_param("charset", "utf-8")
        _put(part, written)

    def _outside(self, text: str | None) -> str | None:
        return self.redactor.text(text) if text else text

    def _name(self, part: Message, filename: str) -> None:
        fresh = self.redactor.text(filename)
        glued = fold(fresh)
        if any(word in glued for word in self.redactor.names.told()):
            # A name that is glued to other words: MeierInvoice.pdf.
            fresh = "attachment" + PurePosixPath(filename).suffix[:6]
        for header, param in (("Content-Type", "name"), ("Content-Disposition", "filename")):
            if part.get_param(param, header=header) is None:
                continue
            # A name in another encoding, or in pieces (RFC 2231), is written anew as one.
            value = fresh if fresh.isascii() else ("utf-8", "", fresh)
            part.set_param(param, value, header=header)  # type: ignore[arg-type]


def _param(part: Message, name: str) -> str:
    value = part.get_param(name)
    return collapse_rfc2231_value(value) if isinstance(value, (str, tuple)) else ""


def _put(part: Message, content: bytes, *, base64_always: bool = False) -> None:
    """Set the content of a part in the transfer encoding that it states, or in one that can carry it."""
    stated = str(part.get("content-transfer-encoding", "7bit")).strip().lower()
    if base64_always or stated == "base64":
        text, encoding = base64.encodebytes(content).decode("ascii"), "base64"
    elif stated == "quoted-printable":
        text, encoding = quopri.encodestring(content).decode("ascii"), stated
    else:
        text = content.decode("ascii", "surrogateescape")
        encoding = stated if stated in ("8bit", "binary") or content.isascii() else "8bit"
        encoding = encoding if encoding in ("7bit", "8bit", "binary") else "8bit"
    part.set_payload(text)
    if "content-transfer-encoding" in part:
        part.replace_header("content-transfer-encoding", encoding)
    elif encoding != "7bit":
        part["Content-Transfer-Encoding"] = encoding


def _words_of(part: Message) -> list[str]:
    if part.is_multipart() or part.get_content_maintype() != "text":
        return []
    text, _ = decode(content_of(part), part.get_content_charset())
    if part.get_content_type() == "text/html":
        return [words_in(text)]
    return [unflow(text) if (part.get_param("format") or "") == "flowed" else text]
