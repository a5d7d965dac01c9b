"""Limits on a mail, checked before anything expensive looks at it.

Python's header parser needs minutes for one crafted header (measured: 1 MB of Content-Type parameters 441 s), so no header
reaches it here: the tree is parsed with the simple `compat32` rules, and every header is measured as it comes in.
"""

from __future__ import annotations

import re
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from typing import Any

MAX_BYTES = 10_240_000
MAX_LINES = 500_000
MAX_HEADER = 8 * 1024
#: Trace and spam-filter headers are long in honest mail and never read here.
MAX_UNREAD_HEADER = 32 * 1024
MAX_CONTENT_TYPE = 2 * 1024
MAX_HEADER_BLOCK = 64 * 1024
MAX_ALL_HEADERS = 256 * 1024
MAX_HEADERS = 1000
MAX_PARTS = 200
MAX_DEPTH = 20
MAX_BOUNDARIES = 60
MAX_ENCODED_WORDS = 250
MAX_ADDRESSES = 200

_UNREAD = re.compile(r"(?:x-|arc-|dkim-|received|authentication-results-|ironport|cmm-)", re.IGNORECASE)
_READ_X = frozenset({"x-failed-recipients", "x-autoreply", "x-autorespond", "x-auto-reply", "x-auto-response-suppress"})
_ADDRESSES = frozenset({"from", "to", "cc", "bcc", "reply-to", "sender"})
_SURROGATES = re.compile("[\ud800-\udfff]")
_BOUNDARY = re.compile(rb"boundary\s{0,9}\*?(?:0\*?)?=", re.IGNORECASE)


class Refused(Exception):  # a verdict on a mail, not a fault of ours
    """The mail is over a limit. The text is one line for a person."""


class _Watch:
    """Counts while the parser runs and refuses as soon as a limit is passed."""

    def __init__(self) -> None:
        self.parts = -1  # the feed parser makes one message to learn how its factory is called
        self.block = 0
        self.all = 0
        self.count = 0

    def new_part(self, policy: Any) -> Message:
        self.parts += 1
        self.block = 0
        if self.parts > MAX_PARTS:
            raise Refused(f"the mail has more than {MAX_PARTS} parts")
        return Message(policy=policy)

    def header(self, name: str, size: int, value: str) -> None:
        self.block += size
        self.all += size
        self.count += 1
        kind = name.strip().lower()
        if kind == "content-type" and size > MAX_CONTENT_TYPE:
            raise Refused(f"a Content-Type header is longer than {MAX_CONTENT_TYPE} bytes")
        unread = kind not in _READ_X and _UNREAD.match(kind)
        if size > (MAX_UNREAD_HEADER if unread else MAX_HEADER):
            raise Refused(f"the header {name.strip()[:40]!a} is longer than {MAX_HEADER} bytes")
        if self.block > MAX_HEADER_BLOCK or self.all > MAX_ALL_HEADERS:
            raise Refused(f"the headers are longer than {MAX_HEADER_BLOCK} bytes together")
        if self.count > MAX_HEADERS:
            raise Refused(f"the mail has more than {MAX_HEADERS} headers")
        if not unread and value.count("=?") > MAX_ENCODED_WORDS:
            raise Refused(f"the header {name.strip()[:40]!a} has more than {MAX_ENCODED_WORDS} encoded words")
        if kind in _ADDRESSES and value.count("@") > MAX_ADDRESSES:
            raise Refused(f"the header {name.strip()[:40]!a} has more than {MAX_ADDRESSES} addresses")


class _CappedPolicy(Compat32):
    """The simple header rules, with the watch asked before any header is kept."""

    watch: _Watch | None = None

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if self.watch is not None:
            self.watch.header(name, sum(map(len, sourcelines)), value)
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> str:
        """Give a str in any case: many readers of headers fail for the Header object that the base class gives for 8-bit bytes."""
        return _SURROGATES.sub("\ufffd", value)


def read_tree(raw: bytes) -> Message:
    """Parse the bytes to a message tree within all limits. Raises Refused."""
    if len(raw) > MAX_BYTES:
        raise Refused(f"the mail is larger than {MAX_BYTES // 1_000_000} MB ({len(raw)} bytes)")
    if len(raw) < 1:
        raise Refused("the mail is empty")
    if max(raw.count(b"\n"), raw.count(b"\r")) > MAX_LINES:
        raise Refused(f"the mail has more than {MAX_LINES} lines")
    if sum(1 for _ in _BOUNDARY.finditer(raw)) > MAX_BOUNDARIES:
        raise Refused(f"the mail is nested more than {MAX_DEPTH} levels deep or has too many boundaries")
    watch = _Watch()
    extra: dict[str, Any] = {"watch": watch}  # a field of our own, which the type stubs cannot know
    policy = _CappedPolicy(**extra)
    parser: BytesParser[Message] = BytesParser(_factory(watch), policy=policy)
    tree = parser.parsebytes(raw)
    _check_depth(tree)
    return tree


def _factory(watch: _Watch) -> Any:
    def make(policy: Any) -> Message:
        return watch.new_part(policy)

    return make


def _check_depth(tree: Message) -> None:
    level = [tree]
    for _ in range(MAX_DEPTH + 1):
        level = [child for part in level if part.is_multipart() for child in children(part)]
        if not level:
            return
    raise Refused(f"the mail is nested more than {MAX_DEPTH} levels deep")


def children(part: Message) -> list[Message]:
    """List the parts directly inside a part."""
    if not part.is_multipart():
        return []
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []
