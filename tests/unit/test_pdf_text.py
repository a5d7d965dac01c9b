"""The words of PDFs: real files made here, read in the sandbox, capped; a bad one costs its own words and never the mail's."""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from mail import pdf_text
from mail.parse import parse
from mail.pdf_text import PdfWords, pdf_words
from mail.sandbox import Parser
from store.inbound import InboundEmail
from store.vocabulary import MessageKind

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ADVICE = ["Remittance advice 7731", "INV-20419   EUR 1.204,50", "INV-20421   EUR   310,00", "Value date 31 March 2026"]


def made(
    *pages: list[str], encrypt: StandardEncryption | None = None, draw: Callable[[Canvas], None] | None = None
) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, encrypt=encrypt)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(60, 780 - 16 * number, line)
        if draw is not None:
            draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def mail(*files: bytes, name: str = "advice.pdf", subtype: str = "pdf") -> bytes:
    message = EmailMessage()
    message["From"] = "ana@molinos.example"
    message["Subject"] = "Payment"
    message.set_content("See the attached advice.")
    for file in files:
        message.add_attachment(file, maintype="application", subtype=subtype, filename=name)
    return message.as_bytes()


@pytest.fixture(scope="module")
def parser() -> object:
    with Parser() as parser:
        yield parser


def read(raw: bytes, parser: Parser) -> InboundEmail:
    return parser.parse(raw, received_at=AT)


def test_a_remittance_advice_is_read_in_the_sandbox(parser: Parser) -> None:
    found = read(mail(made(ADVICE)), parser)
    (file,) = found.attachments
    assert file.text.split("\n")[0] == "Remittance advice 7731"
    assert "INV-20419 EUR 1.204,50" in file.text
    assert file.note == ""
    assert found.new_text == "See the attached advice."


def test_parse_alone_opens_no_attachment() -> None:
    (file,) = parse(mail(made(ADVICE)), received_at=AT).attachments
    assert (file.content_type, file.text, file.note) == ("application/pdf", "", "")


def test_a_pdf_is_known_by_its_first_bytes(parser: Parser) -> None:
    pdf = made(ADVICE)
    assert read(mail(pdf, name="a.bin", subtype="octet-stream"), parser).attachments[0].text
    (file,) = read(mail(b"PK\x03\x04" + pdf, name="a.zip", subtype="zip"), parser).attachments
    assert (file.text, file.note) == ("", "")


def test_several_pdfs_are_read_and_no_more_than_some(parser: Parser) -> None:
    files = [made([f"INV-{number}"]) for number in range(7)]
    found = read(mail(*files), parser).attachments
    assert [file.text for file in found[:5]] == [f"INV-{number}" for number in range(5)]
    assert all("too many" in file.note and not file.text for file in found[5:])
    twice = read(mail(files[0], files[0]), parser).attachments
    assert [file.text for file in twice] == ["INV-0", "INV-0"]


def test_a_scan_gives_a_note() -> None:
    scan = made([], draw=lambda canvas: canvas.rect(50, 50, 300, 500, fill=1))
    assert pdf_words(scan) == PdfWords(note=pdf_text.SCAN)


@pytest.mark.parametrize("strength", [40, 128])
def test_a_pdf_with_a_password_gives_a_note_and_one_locked_against_changes_is_read(strength: int) -> None:
    locked = StandardEncryption("secret", ownerPassword="owner", strength=strength)
    assert pdf_words(made(ADVICE, encrypt=locked)) == PdfWords(note=pdf_text.LOCKED)
    against_changes = StandardEncryption("", ownerPassword="owner", canPrint=0, strength=strength)
    assert "INV-20419" in pdf_words(made(ADVICE, encrypt=against_changes)).text


def test_broken_pdfs_give_a_note() -> None:
    whole = made(ADVICE)
    for broken in (b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256)) * 40, whole[:200], b"%PDF-" + b"<<" * 50_000, b""):
        found = pdf_words(broken)
        assert found.text == ""
        assert found.note


def test_pages_characters_and_bytes_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    many = pdf_words(made(*([f"page {number}"] for number in range(40))))
    assert "page 19" in many.text
    assert "page 20" not in many.text
    assert many.note == "only the first 20 of 40 pages were read"
    long = pdf_words(made(*(["word " * 18] * 48 for _ in range(8))))
    assert len(long.text) == pdf_text.MAX_TEXT
    assert long.note
    monkeypatch.setattr(pdf_text, "MAX_BYTES", 1000)
    assert "larger" in pdf_words(made(ADVICE)).note


def test_no_page_is_begun_when_the_time_is_up() -> None:
    assert pdf_words(made(ADVICE), seconds=0).note == "only the first 0 of 1 pages were read"


def bomb(operations: bytes) -> bytes:
    """Put a content stream, packed, into a file of one page."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made(["x"]))))
    stream = zlib.compress(operations, 9)
    raw = io.BytesIO()
    writer.write(raw)
    template = raw.getvalue()
    start, end = template.index(b"stream\n"), template.index(b"\nendstream")
    head = template[: template.rindex(b"<<", 0, start)]
    return head + b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(stream) + stream + template[end:]


@pytest.mark.parametrize(
    "operations",
    [b" " * 200_000_000, b"BT (x) Tj ET\n" * 3_000_000, b"[" * 5_000_000, b"q\n" * 10_000_000],
    ids=["nothing", "words", "arrays", "states"],
)
def test_a_pdf_that_unpacks_to_very_much_costs_only_its_own_words(operations: bytes) -> None:
    packed = bomb(operations)
    del operations
    assert len(packed) < 2_000_000
    with Parser(wall_seconds=4) as parser:
        started = time.monotonic()
        found = read(mail(packed), parser)
        assert time.monotonic() - started < 60  # four of them are allowed by the sandbox, the rest is a busy machine
        assert (found.kind, found.new_text) == (MessageKind.REPLY, "See the attached advice.")
        assert found.attachments[0].note
        assert read(mail(made(ADVICE)), parser).attachments[0].text


def test_a_child_that_dies_of_a_pdf_costs_only_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with Parser(cpu_seconds=1) as parser:  # the mail itself needs a few milliseconds, its five PDFs several seconds
        slow = made(*(["word " * 18] * 48 for _ in range(19)))
        found = read(mail(*([slow + b"%%%d\n" % number for number in range(5)])), parser)
        assert found.new_text == "See the attached advice."
        assert all(file.text or file.note for file in found.attachments)


def test_the_demo_documents_are_read() -> None:
    documents = sorted((Path(__file__).parents[2] / "agent/demo/ledger/documents").rglob("*.pdf"))
    assert documents
    for path in documents:
        assert path.stem.split(".")[0] in pdf_words(path.read_bytes()).text.replace(" ", "")


WHOLE = made(ADVICE, ADVICE)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(max_size=8), st.integers(0, 40)), min_size=1, max_size=12
    )
)
def test_spoilt_pdfs_never_raise(spots: list[tuple[int, bytes, int]]) -> None:
    data = bytearray(WHOLE)
    for place, odd, cut in spots:
        data[place : place + cut] = odd
    found = pdf_words(bytes(data))
    found.model_dump_json().encode()
    assert found.text or found.note
