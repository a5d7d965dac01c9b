"""A company's mail in any number: the demo's mails and ledger, again for as many other customers as are asked for.

Each copy keeps the shape of a real mail (encodings, HTML, quotations, headers); names of servers and numbers of invoices differ.
Every tenth has a picture attached, as scans come. Nothing here is read by a person.
"""

from __future__ import annotations

import base64
import quopri
import random
import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from store.ledger import Ledger, read_ledger

_Row = TypeVar("_Row", bound=BaseModel)
DEMO = Path(__file__).parents[2] / "agent" / "demo"
PICTURE_EVERY, PICTURE_BYTES = 10, 60_000
_DOMAIN = re.compile(rb"(?<!nordholt-supply)\.example")
_FIELD = re.compile(rb"[^\s:]+:.*\n(?:[ \t].*\n)*")
_ID = re.compile(rb"(?im)^(Message-ID:\s*<)")
_NUMBER = re.compile(rb"(INV|DE)-(\d{5})")


def templates() -> list[bytes]:
    """Give the demo's mails."""
    return [path.read_bytes() for path in sorted((DEMO / "mailbox" / "new").glob("*.demo"))]


def copies_for(count: int) -> int:
    """Say how many copies of the sample company's customers so many mails are written by."""
    return -(-count // len(templates()))


def mails(count: int) -> Iterator[bytes]:
    """Give so many mails, each another one: all templates of the first copy, then those of the next."""
    found = templates()
    for number in range(count):
        raw = changed(found[number % len(found)], number // len(found))
        yield pictured(raw, number) if number % PICTURE_EVERY == PICTURE_EVERY - 1 else raw


def changed(raw: bytes, copy: int) -> bytes:
    """Give a mail as a customer of this copy would have written it; copy 0 is the demo's own."""
    if copy == 0:
        return raw
    head, gap, rest = raw.partition(b"\n\n")
    mail = message_from_bytes(renumbered(_renamed(head, copy), copy) + gap + rest)
    for part in mail.walk():
        if not part.is_multipart() and part.get_content_maintype() == "text":
            _rewrite(part, copy)
    return mail.as_bytes()


def renumbered(raw: bytes, number: int) -> bytes:
    """Give the mail a Message-ID of its own."""
    return _ID.sub(rb"\g<1>n%d." % number, raw, count=1)


def _renamed(text: bytes, copy: int) -> bytes:
    return _NUMBER.sub(rb"\1-\2-%03d" % copy, _DOMAIN.sub(b"%d.example" % copy, text))


def _rewrite(part: Message, copy: int) -> None:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    said = _renamed(content, copy)
    encoding = str(part.get("content-transfer-encoding", "7bit")).strip().lower()
    if encoding == "base64":
        said = base64.encodebytes(said)
    elif encoding == "quoted-printable":
        said = quopri.encodestring(said)
    part.set_payload(said.decode("ascii", "surrogateescape"))


def pictured(raw: bytes, number: int) -> bytes:
    """Give the mail with a picture attached, another one for each number."""
    head, _, rest = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    fields = _FIELD.findall(head + b"\n")
    own = [field for field in fields if not field.lower().startswith((b"content-", b"mime-version"))]
    inner = [field for field in fields if field.lower().startswith(b"content-")]
    scan = b"\x89PNG\r\n\x1a\n" + random.Random(number).randbytes(PICTURE_BYTES)
    edge = b"scanned-%d" % number
    return b"".join(
        (
            *own,
            b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="%s"\n\n--%s\n' % (edge, edge),
            *inner,
            b"\n" + rest + b"\n--%s\n" % edge,
            b'Content-Type: image/png; name="scan.png"\nContent-Disposition: attachment; filename="scan.png"\n',
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(scan) + b"--%s--\n" % edge,
        )
    )


def ledger(copies: int) -> Ledger:
    """Give the demo's ledger for the customers of so many copies."""
    one = read_ledger(DEMO / "ledger")
    return Ledger(
        customers=_again(one.customers, copies),
        contacts=_again(one.contacts, copies),
        invoices=_again(one.invoices, copies),
        payments=_again(one.payments, copies),
    )


def _again(rows: Sequence[_Row], copies: int) -> list[_Row]:
    return [row.model_copy(update=_of_copy(row.model_dump(), copy)) for copy in range(copies) for row in rows]


def _of_copy(row: dict[str, object], copy: int) -> dict[str, object]:
    if copy == 0:
        return {}
    told: dict[str, object] = {}
    for name, value in row.items():
        if not isinstance(value, str):
            continue
        if name in ("customer_id", "payment_id"):
            told[name] = f"{value}-{copy}"
        elif name in ("email", "invoice_number", "number"):
            told[name] = _renamed(value.encode(), copy).decode()
    return told
