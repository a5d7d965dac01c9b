"""Read the words of a PDF that came with a mail: remittance advice, a corrected order. Only in the parser's sandbox.

PDF alone, by its first bytes; no other attachment is ever opened. pypdf reads it: pure Python, no dependencies, and limits of its
own on what a stream may unpack to. Pictures are not decoded, scripts and forms not run, embedded files not opened. Whatever goes
wrong is a note for a person, never an exception. The words are those of the file, not of the mail, and no model reads them.
"""

from __future__ import annotations

import hashlib
import io
import time
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from mail.caps import read_tree
from mail.cleaning import clean
from mail.parts import content_of
from store.inbound import InboundEmail

if TYPE_CHECKING:
    from pypdf import PdfReader

PDF = "application/pdf"
MAX_BYTES = 5_000_000
MAX_FILES = 5
MAX_PAGES = 20
MAX_TEXT = 20_000
#: Processor seconds after which no further page or file is begun. A page that never ends is the sandbox's to end.
SECONDS = 2.0

LOCKED = "the PDF is locked with a password"
DAMAGED = "the PDF is damaged and could not be read"
SCAN = "the PDF has no text in it: probably a scan"
BEYOND = "the PDF could not be read within the limits of time and memory"


class PdfWords(BaseModel):
    """What one PDF says, and why it says nothing or not all."""

    model_config = ConfigDict(frozen=True)

    text: str = ""
    note: str = ""


def pdf_words(content: bytes, *, seconds: float = SECONDS) -> PdfWords:
    """Give the words of a PDF, cleaned and capped. Never raises."""
    if len(content) > MAX_BYTES:
        return PdfWords(note=f"the PDF is larger than {MAX_BYTES // 1_000_000} MB and was not read")
    try:
        return _read(content, time.process_time() + seconds)
    except (RecursionError, MemoryError):
        return PdfWords(note="the PDF is too large or too deeply nested to be read")
    except Exception:  # pypdf raises what its depths raise: KeyError, ValueError, zlib.error, errors of its own
        return PdfWords(note=DAMAGED)


def _read(content: bytes, until: float) -> PdfWords:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):  # many are locked against changes only
            return PdfWords(note=LOCKED)
        return _pages(reader, until)
    except (DependencyError, FileNotDecryptedError):  # AES: a cipher that is not installed for this alone
        return PdfWords(note=LOCKED)


def _pages(reader: PdfReader, until: float) -> PdfWords:
    pieces: list[str] = []
    note, length = "", 0
    for number, page in enumerate(reader.pages):
        if number >= MAX_PAGES or length > MAX_TEXT or time.process_time() > until:
            note = f"only the first {number} of {len(reader.pages)} pages were read"
            break
        try:
            piece = page.extract_text()
        except (RecursionError, MemoryError):
            raise
        except Exception:  # one page is broken, others may not be
            note = DAMAGED if not pieces else "some pages of the PDF could not be read"
            continue
        pieces.append(piece)
        length += len(piece)
    text = _tidy("\n\n".join(pieces))
    if len(text) > MAX_TEXT:
        text, note = text[:MAX_TEXT], f"only the first {MAX_TEXT} characters are kept"
    return PdfWords(text=text, note=note or ("" if text else SCAN))


def _tidy(text: str) -> str:
    """Clean as the mail's own text, without runs of spaces and blank lines."""
    lines: list[str] = []
    for line in (" ".join(line.split()) for line in clean(text)[0].split("\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n")


def read_pdfs(raw: bytes, email: InboundEmail) -> dict[str, PdfWords]:
    """Read the PDFs of a parsed mail; by the sha256 of each. Raises nothing for any mail that was parsed."""
    wanted = [file.sha256 for file in email.attachments if file.content_type == PDF]
    found: dict[str, PdfWords] = {}
    until = time.process_time() + SECONDS
    for part in read_tree(raw).walk():
        content = b"" if part.is_multipart() else content_of(part)
        digest = hashlib.sha256(content).hexdigest()
        if digest not in wanted or digest in found:
            continue
        left = until - time.process_time()
        if len(found) >= MAX_FILES or left <= 0:
            found[digest] = PdfWords(note="the mail has too many or too large PDFs: this one was not read")
        else:
            found[digest] = pdf_words(content, seconds=left)
    return found


def has_pdf(email: InboundEmail) -> bool:
    """Say whether there is a PDF to be read in a mail."""
    return any(file.content_type == PDF for file in email.attachments)


def with_words(email: InboundEmail, found: dict[str, PdfWords], *, otherwise: str = "") -> InboundEmail:
    """Put the words of its PDFs into a mail; a PDF without an answer gets the note `otherwise`."""
    files = []
    for file in email.attachments:
        if file.content_type == PDF:
            words = found.get(file.sha256, PdfWords(note=otherwise))
            file = file.model_copy(update=words.model_dump())
        files.append(file)
    return email.model_copy(update={"attachments": tuple(files)})
