"""Read the words of tables and texts that came with a mail: a remittance advice as CSV, Excel or plain text. Only in the sandbox.

Nothing is run and nothing fetched: formulas give the value that was kept beside them. What is too large is not read in part: half
an advice is another advice. Whatever goes wrong is a note for a person, never an exception.
"""

from __future__ import annotations

import hashlib
import io
import re
import time
import zipfile
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from mail.caps import read_tree
from mail.cleaning import clean, decode
from mail.parts import content_of
from store.inbound import Attachment

MAX_BYTES = 2_000_000
MAX_FILES = 5
MAX_TEXT = 60_000
_MAX_ROWS, _MAX_CELLS = 2000, 40
#: What a workbook may unpack to: a list of payments is a hundredth of it.
_MAX_UNPACKED = 30_000_000
#: Processor seconds after which no further file is begun.
_SECONDS = 2.0

TOO_LARGE = "the file is larger than a remittance advice is, and was not read"
DAMAGED = "the file is damaged and could not be read"
_TEXTS = frozenset(
    {"text/csv", "text/plain", "text/tab-separated-values", "application/csv", "text/comma-separated-values"}
)
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NAMED = re.compile(r"\.(?:csv|txt|tsv|xlsx)$", re.IGNORECASE)


class FileWords(BaseModel):
    """What one file says, a line a row; and why it says nothing."""

    model_config = ConfigDict(frozen=True)

    text: str = ""
    note: str = ""


def may_be_read(file: Attachment) -> bool:
    """Say whether a file of this kind is read here, by its type or its name."""
    return file.content_type in _TEXTS or file.content_type == _WORKBOOK or bool(_NAMED.search(file.filename))


def read_files(raw: bytes, wanted: Collection[str]) -> dict[str, FileWords]:
    """Read those files of a mail, by the sha256 of each. Raises nothing for any mail that was parsed."""
    found: dict[str, FileWords] = {}
    until = time.process_time() + _SECONDS
    for part in read_tree(raw).walk():
        content = b"" if part.is_multipart() else content_of(part)
        digest = hashlib.sha256(content).hexdigest()
        if digest not in wanted or digest in found:
            continue
        if len(found) >= MAX_FILES or time.process_time() > until:
            found[digest] = FileWords(note="the mail has too many files: this one was not read")
        else:
            found[digest] = file_words(content)
    return found


def file_words(content: bytes) -> FileWords:
    """Give the words of a text, a table or a workbook; cells of a workbook stand apart by tabs. Never raises."""
    if len(content) > MAX_BYTES:
        return FileWords(note=TOO_LARGE)
    try:
        text = _workbook(content) if content.startswith(b"PK\x03\x04") else _plain(content)
    except (RecursionError, MemoryError):
        return FileWords(note=TOO_LARGE)
    except Exception:  # the library raises what its depths raise: of XML, of ZIP, KeyError, TypeError and others
        return FileWords(note=DAMAGED)
    if text is None or len(text) > MAX_TEXT:
        return FileWords(note=TOO_LARGE)
    return FileWords(text=text)


def _plain(content: bytes) -> str:
    named = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else None
    if named is None and b"\x00" in content:
        raise ValueError("no text")
    # Tabs part cells; cleaning keeps them, and takes out what nobody sees.
    return clean(decode(content.removeprefix(b"\xef\xbb\xbf"), named)[0])[0]


def _workbook(content: bytes) -> str | None:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _MAX_UNPACKED:
            return None
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows: list[list[Any]] = []
        for row in sheet.iter_rows(max_col=_MAX_CELLS):
            if len(rows) >= _MAX_ROWS:
                return None
            rows.append(list(row))
        return clean(_written(rows))[0]
    finally:
        book.close()


def _written(rows: Sequence[Sequence[Any]]) -> str:
    """Write a sheet line by line. A column with cents in it is one of amounts: its whole numbers are written with cents too."""
    amounts = {place for row in rows for place, cell in enumerate(row) if _has_cents(cell)}
    return "\n".join(
        "\t".join(_cell(cell, amount=at in amounts) for at, cell in enumerate(row)) for row in _filled(rows)
    )


def _filled(rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    return (row for row in rows if any(cell.value is not None for cell in row))


def _has_cents(cell: Any) -> bool:
    if not isinstance(cell.value, int | float) or isinstance(cell.value, bool):
        return False
    return "0.00" in (cell.number_format or "") or (isinstance(cell.value, float) and not cell.value.is_integer())


def _cell(cell: Any, *, amount: bool) -> str:
    value = cell.value
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        if amount and abs(value) < 1e12:
            # What has more than cents is no amount of money, and must not be rounded to one.
            return (
                f"{value:.2f}" if abs(value * 100 - round(value * 100)) < 1e-6 * max(1.0, abs(value)) else f"{value!r}"
            )
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    return " ".join(str(value).split())
