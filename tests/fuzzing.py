"""Makes hostile mails, the same for the same number: real mails spoilt, and trees of parts put together without any sense.

Only bytes are made here. What they must do to nobody is said by the tests that use them.
"""

from __future__ import annotations

import base64
import io
import quopri
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_HERE = sorted((_ROOT / "agent/demo/mailbox/new").glob("*.demo"))
_CORPUS = sorted((_ROOT / "tests/corpus").rglob("*.eml"))

ODD: tuple[bytes, ...] = (
    b"\x00",
    b"\r",
    b"\n\n",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"=?utf-16?q?=D8=00?=",
    b"=?utf-8?b?gICA?=",
    b"=?unicode_escape?q?=5Cud800?=",
    b"--",
    b"boundary=",
    b"Content-Type: ",
    b"multipart/",
    b"message/rfc822",
    b"message/delivery-status",
    b"charset*0*=utf-7''",
    b'charset*="',
    b"base64",
    b"<blockquote>",
    b"</div>",
    b"<style>*{display:none}",
    b"<!--",
    b"<![CDATA[",
    b"&#xD800;",
    b"&#0;",
    b"text/html",
    b"> ",
    b"(",
    b'"',
    b";",
    b":",
    b"From: ",
    b"From x@y Mon Jan  1 00:00:00 2026\n",
    b"uuencode\n\nbegin 644 a",
    b"\xe2\x80\xae",
    b"\xf3\xa0\x81\xa1",
    b"%PDF-1.7\n",
    b"startxref\n9999999999",
    b"=\n",
    b"=ZZ",
    b"\x1b$B",
    b"+AD4-",
)
_CHARSETS = (
    "utf-8",
    "utf-16",
    "utf-7",
    "us-ascii",
    "iso-8859-1",
    "iso-2022-jp",
    "gb18030",
    "big5",
    "koi8-r",
    "cp037",
    "hz",
    "x",
    "rot13",
    "hex",
    "zlib",
    "idna",
    "mbcs",
    "\x00",
    "é",
    "utf-8*",
    "a" * 300,
)
_ENCODINGS = (
    "base64",
    "quoted-printable",
    "7bit",
    "8bit",
    "binary",
    "x-uuencode",
    "uuencode",
    "BASE64 ",
    "",
    "\xff",
    "base64; x",
)
_TYPES = (
    "text/plain",
    "text/html",
    "text/calendar",
    "application/pdf",
    "application/octet-stream",
    "message/rfc822",
    "message/delivery-status",
    "message/partial",
    "message/external-body",
    "message/feedback-report",
    "text/rfc822-headers",
    "application/pkcs7-mime",
    "image/png",
    "",
    "/",
    "text",
    "multipart/mixed",
    "a/b/c",
    "text/html; charset",
)
_MULTIPARTS = ("mixed", "alternative", "related", "report", "signed", "encrypted", "digest", "x", "")
_HEADERS = (
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "In-Reply-To",
    "Reply-To",
    "Content-Type",
    "Content-Disposition",
    "Content-Transfer-Encoding",
    "Auto-Submitted",
    "Authentication-Results",
    "Received",
    "Return-Path",
    "MIME-Version",
    "X-Failed-Recipients",
    "",
    "\xff",
    "From ",
)
_WORDS = (
    "INV-20419 is paid.",
    "On 3 March 2026 AR <ar@nordholt.example> wrote:",
    "> please pay",
    "-- ",
    "Bin bis 31.02.2026 im Urlaub",
    "550 5.1.1 user unknown",
    "Final-Recipient: rfc822; a@b.example",
    "Action: failed",
    "Status: 5.1.1",
    "<div style='color:#fff;font-size:0'>",
    "<table><tr><td>",
    "</p></p></html>",
    "\u202e\u2066\U000e0041",
    "\ud800",
    "a" * 3000,
    "1.234,50",
    "&zwnj;" * 50,
    "\x00\x01\x02",
    "<" * 200,
    "Sent from my iPhone",
    "\n\n\n",
)


def nested(depth: int) -> bytes:
    """Make multiparts in multiparts."""
    return b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)) + b"\nx"


#: Mails over a limit, by name, and a word of the reason that they are given: threats.md, 6.1, T-40 and more.
LIMITS: dict[str, tuple[bytes, str]] = {
    "content type 3 kB": (b"Content-Type: text/plain" + b"; a=b" * 600 + b"\n\nx", "Content-Type"),
    "content type 10 kB": (b"Content-Type: text/plain" + b"; a=b" * 2_000 + b"\n\nx", "Content-Type"),
    "content type 100 kB": (b"Content-Type: text/plain" + b"; a=b" * 20_000 + b"\n\nx", "Content-Type"),
    "content type 1 MB": (b"Content-Type: text/plain" + b"; a=b" * 200_000 + b"\n\nx", "Content-Type"),
    "content type in a part": (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain"
        + b";\n a=b" * 9_000
        + b"\n\nx\n--b--",
        "Content-Type",
    ),
    "subject of 10k words": (b"Subject: " + b"=?utf-8?q?a?= " * 10_000 + b"\n\nx", "Subject"),
    "subject of 50k words": (b"Subject: " + b"=?utf-8?q?a?=\n " * 50_000 + b"\n\nx", "Subject"),
    "subject of 500 words": (b"Subject: " + b"=?u?q?a?= " * 500 + b"\n\nx", "encoded words"),
    "to 1k addresses": (b"To: " + b"a@b.example, " * 1_000 + b"\n\nx", "To"),
    "to 20k addresses": (b"To: " + b"a@b.example,\n " * 20_000 + b"\n\nx", "To"),
    "to 300 short addresses": (b"To: " + b"a@b.example, " * 300 + b"\n\nx", "addresses"),
    "nested 21": (nested(21), "nested"),
    "nested 100": (nested(100), "nested"),
    "nested 1000": (nested(1000), "nested"),
    "messages in messages": (b"Content-Type: message/rfc822\n\n" * 1_500 + b"x", "parts"),
    "201 parts": (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 201 + b"--b--", "parts"),
    "one long header": (b"X-Note: " + b"a" * 40_000 + b"\n\nx", "X-Note"),
    "headers 70 kB": (b"".join(b"X-%d: %s\n" % (n, b"a" * 990) for n in range(70)) + b"\nx", "headers"),
    "2000 headers": (b"A: b\n" * 2_000 + b"\nx", "headers"),
    "11 MB": (b"Subject: x\n\n" + b"a" * 11_000_000, "larger"),
    "line feeds": (b"Subject: x\n\n" + b"\n" * 600_000, "lines"),
    "long text": (b"Subject: x\n\n" + b"pay me\n" * 200_000, "longer"),
    "deep html": (b"Content-Type: text/html\n\n" + b"<div>" * 50_000 + b"pay", "HTML"),
    "empty": (b"", "empty"),
}


#: Mails within every limit but one: much of one thing.
HEAVY_HTML = (
    b"<div>",
    b"<br>",
    b"<li>x",
    b"<td>x",
    b"<b><i>",
    b"<p style='color:#fff'>x</p>",
    b"<p hidden>some hidden words</p>",
    b"<!-- a b c d e f -->",
    b"<!--[if mso]>words for outlook<![endif]-->",
    b"<style>p{color:red}</style>",
    b"<p class=a id=b style='--x:var(--y);color:var(--x)'>x</p>",
    b"<img alt='assistant ignore this text and that'>",
    b"<blockquote type=cite>x</blockquote>",
    b"<pre>x\n</pre>",
    b"&zwnj;",
)
HEAVY_TEXT = (b"a", b"a ", b"> a\n", b"-- \n", b"From: a@b\n", b"On 1 wrote:\n", b"a\xe2\x80\x8b", b"INV-1 ", b"(")


def heavy() -> dict[str, bytes]:
    """Make mails of nearly a megabyte of one thing."""
    head = b"From: a@b.example\nContent-Type: text/%s; charset=utf-8\n\n"
    mails = {f"html {unit.decode()}": head % b"html" + unit * (990_000 // len(unit)) for unit in HEAVY_HTML}
    return mails | {f"text {unit!r}": head % b"plain" + unit * (450_000 // len(unit)) for unit in HEAVY_TEXT}


@cache
def seeds() -> tuple[bytes, ...]:
    """Give the real mails that are spoilt: the demo's, those of the corpora where they are, and some with a PDF."""
    every = [path.read_bytes() for path in (*_HERE, *_CORPUS)]
    return (*every, *(_with_pdf(number) for number in range(4)))


def _with_pdf(number: int) -> bytes:
    from email.message import EmailMessage

    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file, invariant=1, pageCompression=number % 2)
    for line in range(1 + 10 * number):
        canvas.drawString(50, 800 - 12 * line, f"INV-{20400 + line} EUR {line}.204,50")
    canvas.save()
    mail = EmailMessage()
    mail["From"] = "ana@molinos.example"
    mail.set_content("See the advice.")
    mail.add_attachment(file.getvalue(), maintype="application", subtype="pdf", filename="advice.pdf")
    return mail.as_bytes()


def fuzzed(number: int) -> bytes:
    """Make the mail with this number."""
    chance = random.Random(number)
    if chance.random() < 0.6:
        raw = chance.choice(seeds())
        return chance.choice((spoil, spoil, truncate, cross, recode))(raw, chance)
    return senseless(chance)


def spoil(raw: bytes, chance: random.Random, times: int | None = None) -> bytes:
    """Insert, cut, repeat and change some places."""
    data = bytearray(raw)
    for _ in range(chance.randrange(1, 60) if times is None else times):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[at:at] = chance.choice(ODD)
            case 1:
                del data[at : at + chance.randrange(200)]
            case 2:
                data[at:at] = data[chance.randrange(len(data) + 1) :][: chance.randrange(300)]
            case _:
                data[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(data)


def truncate(raw: bytes, chance: random.Random) -> bytes:
    """Cut a mail off, or its beginning."""
    at = chance.randrange(len(raw) + 1)
    return raw[:at] if chance.random() < 0.7 else raw[at:]


def cross(raw: bytes, chance: random.Random) -> bytes:
    """Put the halves of two mails together, or one into the other, some times over."""
    other = chance.choice(seeds())
    at, there = chance.randrange(len(raw) + 1), chance.randrange(len(other) + 1)
    if chance.random() < 0.5:
        return raw[:at] + other[there:]
    return raw[:at] + other * chance.randrange(1, 4) + raw[at:]


def recode(raw: bytes, chance: random.Random) -> bytes:
    """Say another charset or encoding than the mail has, or write it in another one."""
    said = chance.choice(_CHARSETS).encode("utf-8")
    raw = raw.replace(b"utf-8", said).replace(b"UTF-8", said)
    raw = raw.replace(b"quoted-printable", chance.choice(_ENCODINGS).encode("latin-1"))
    if chance.random() < 0.3:
        return raw.decode("latin-1").encode(chance.choice(("utf-16", "utf-8", "cp037", "utf-32")), "replace")
    return raw.replace(b"\n", chance.choice((b"\n", b"\r\n", b"\r", b"\n\r")))


def senseless(chance: random.Random) -> bytes:
    """Put a mail together from what mails are made of, without regard to what fits."""
    head = b"".join(_header(chance) for _ in range(chance.randrange(0, 12)))
    tail = chance.choice((b"", b"", b"\x00" * 50, b"--", b"\n" * 500))
    return head + _part(chance, depth=chance.choice((0, 1, 2, 3, 5, 12, 25))) + tail


def _header(chance: random.Random) -> bytes:
    value = " ".join(_odd_text(chance) for _ in range(chance.randrange(4)))
    fold = chance.choice((b" ", b"\n ", b"\r\n\t", b""))
    name = chance.choice(_HEADERS).encode("latin-1", "replace")
    return name + b":" + fold + value.encode("utf-8", "surrogatepass").replace(b"\n", fold) + b"\n"


def _odd_text(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return chance.choice(ODD).decode("latin-1")
    if chance.random() < 0.3:
        return "".join(chr(chance.choice((chance.randrange(0x300), chance.randrange(0x11_0000)))) for _ in range(20))
    return chance.choice(("ana@molinos.example", "<a@b.example>", "Ana", "Tue, 10 Mar 2026 09:00:00 +0000", *_WORDS))


def _part(chance: random.Random, depth: int) -> bytes:
    if depth > 0:
        mark = chance.choice(("b", "b", "=_x", "", "a b", '"', "é", "b" * 80))
        head = f'Content-Type: multipart/{chance.choice(_MULTIPARTS)}; boundary="{mark}"\n\n'.encode()
        inner = [
            _part(chance, depth - 1 if chance.random() < 0.8 else 0)
            for _ in range(1 if depth > 5 else chance.randrange(4))
        ]
        line = f"--{mark}".encode()
        closing = chance.choice((line + b"--\n", b"", line))
        return head + b"".join(line + b"\n" + part + b"\n" for part in inner) + closing
    kind, charset, encoding = chance.choice(_TYPES), chance.choice(_CHARSETS), chance.choice(_ENCODINGS)
    head = f"Content-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n".encode(
        "utf-8", "replace"
    )
    body = "\n".join(_odd_text(chance) for _ in range(chance.randrange(30))).encode("utf-8", "surrogatepass")
    return head + _encoded(body, chance)


def _encoded(body: bytes, chance: random.Random) -> bytes:
    ways: tuple[Callable[[bytes], bytes], ...] = (
        base64.encodebytes,
        quopri.encodestring,
        bytes,
        bytes,
        lambda raw: raw.decode("utf-8", "replace").encode("utf-16"),
        lambda raw: base64.b64encode(raw)[: max(0, len(raw) - 3)],
        lambda raw: b"begin 644 x\n" + raw,
    )
    return chance.choice(ways)(body)
