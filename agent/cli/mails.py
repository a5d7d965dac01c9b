"""Finds the mails that a path means: one file, a folder, an mbox, or a list in JSON lines. A bad list is named by file and line.

Files are read late, by whoever parses them, and never further than the largest mail that is read at all.
"""

from __future__ import annotations

import base64
import binascii
import json
import mailbox
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

from agent.cli.output import CommandFailed
from mail.caps import MAX_BYTES

_LISTS = (".jsonl", ".ndjson")
_MAILS = (".eml", ".mail", ".mime")
_MBOXES = (".mbox", ".mbx")
#: The largest mail, with each of its bytes escaped.
_MAX_LINE = 6 * MAX_BYTES
_YEARS = range(1970, 3000)
#: Names under which a line of a list may carry its mail, the first that is there counts.
_PATHS, _RAWS, _BASE64 = ("path", "file", "filename"), ("raw", "eml", "message"), ("raw_base64", "base64")
_TEXTS, _HTMLS = ("text", "plain", "body"), ("html",)
_HEADERS = {
    "from": "From",
    "to": "To",
    "cc": "Cc",
    "subject": "Subject",
    "date": "Date",
    "message_id": "Message-ID",
    "in_reply_to": "In-Reply-To",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One mail that is to be parsed: a file that is still to be read, or bytes. `where` names it for people."""

    id: str | int
    where: str
    path: Path | None = None
    raw: bytes = b""
    received: datetime | None = None

    def load(self) -> tuple[bytes, int]:
        """Give the bytes, at most a little more than the largest mail allowed, and the true size. Raises OSError."""
        if self.path is None:
            return self.raw, len(self.raw)
        with self.path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
            return raw, max(len(raw), os.fstat(file.fileno()).st_size)


def name_of(path: Path) -> str:
    """Write a path so that it can be printed, whatever bytes are in it."""
    return os.fsencode(path).decode("utf-8", "replace")


def read_moment(written: str) -> datetime:
    """Read an ISO 8601 day or moment; a day is its noon, no zone is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(written.strip().replace("Z", "+00:00"))
    if moment.year not in _YEARS:
        raise ValueError(f"{moment.year} is not a year in which a mail came")
    if len(written.strip()) <= 10:
        moment = datetime.combine(moment.date(), time(12))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def find_mails(source: Path) -> tuple[list[Found], bool]:
    """List the mails of a path, and say whether it is a single mail. Raises CommandFailed, exit code 2."""
    if str(source) == "-":
        return [Found("-", "standard input", raw=sys.stdin.buffer.read(MAX_BYTES + 1))], True
    try:
        if source.is_dir():
            return list(_in_folder(source)), False
        if not source.is_file():  # a pipe gives its bytes once; what is not there raises
            with source.open("rb") as file:
                return [Found(source.name, name_of(source), raw=file.read(MAX_BYTES + 1))], True
        if source.suffix.lower() in _MBOXES:
            return list(_in_mbox(source)), False
        if _is_list(source):
            return list(_in_list(source)), False
    except OSError as error:
        raise CommandFailed(f"{name_of(source)} cannot be read: {error.strerror or error}", code=2) from None
    return [Found(source.name, name_of(source), path=source)], True


def _in_folder(folder: Path) -> Iterator[Found]:
    """Walk a folder in order: mails by their ending, and what lies in a Maildir or has no ending at all."""

    def failed(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith(".") or _is_maildir(Path(place, name)))
        if Path(place).name == "tmp" and _is_maildir(Path(place).parent):
            continue
        for name in sorted(files):
            path = Path(place, name)
            if name.startswith(".") or not path.is_file() or not _looks_like_mail(path):
                continue
            shown = name_of(path.relative_to(folder))
            yield from _in_mbox(path) if path.suffix.lower() in _MBOXES else [Found(shown, shown, path=path)]


def _is_maildir(folder: Path) -> bool:
    return (folder / "cur").is_dir() and (folder / "new").is_dir()


def _looks_like_mail(path: Path) -> bool:
    if path.parent.name in ("cur", "new") and _is_maildir(path.parent.parent):
        return not path.name.startswith("dovecot")
    return not path.suffix or path.suffix.lower() in (*_MAILS, *_MBOXES)


def _in_mbox(path: Path) -> Iterator[Found]:
    path.open("rb").close()  # mailbox would make a file that is not there, and calls every fault the same
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.keys(), 1):
            where = f"{name_of(path)}#{number}"
            yield Found(where, where, raw=box.get_bytes(key)[: MAX_BYTES + 1])
    finally:
        box.close()


def _is_list(source: Path) -> bool:
    if source.suffix.lower() in _LISTS:
        return True
    with source.open("rb") as file:
        head = file.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
    return bool(re.match(rb'\{\s*"(?:id|path|file|raw|raw_base64|text|html|body|from|subject)"\s*:', head))


def _in_list(source: Path) -> Iterator[Found]:
    """Read a list. Only a line feed ends a line, as other line ends may stand in a mail."""
    with source.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE + 1), b""), 1):
            where = f"{name_of(source)}:{number}"
            if len(line) > _MAX_LINE:
                raise CommandFailed(f"{where}: is longer than any mail that is read: write one object a line", code=2)
            text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace")
            if text.strip():
                yield _of_line(text, source=source, where=where, number=number)


def _of_line(line: str, *, source: Path, where: str, number: int) -> Found:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        raise CommandFailed(f"{where}: is not JSON: write one object a line", code=2) from None
    if not isinstance(values, dict):
        raise CommandFailed(f"{where}: is not a JSON object with a mail in it", code=2)
    name = values.get("id", number)
    name = name if isinstance(name, int) else _sound(str(name))
    try:
        received = read_moment(str(values["received"])) if values.get("received") else None
        path = _first(values, _PATHS)
        if path is not None:
            return Found(name, where, path=_beside(source, path, where), received=received)
        return Found(name, where, raw=_bytes_of(values), received=received)
    except (ValueError, binascii.Error) as error:
        raise CommandFailed(f"{where}: {error}", code=2) from None


def _beside(source: Path, written: str, where: str) -> Path:
    """Find a file that a list names: beside the list, else from where we are."""
    for path in (source.parent / written, Path(written)):
        try:
            if path.is_file():
                return path
        except (OSError, ValueError):
            break
    raise CommandFailed(f"{where}: path: {_sound(written)} is no file beside the list or here", code=2)


def _first(values: dict[str, Any], names: tuple[str, ...]) -> str | None:
    found = next((values[name] for name in names if values.get(name) is not None), None)
    if found is not None and not isinstance(found, str):
        raise ValueError(f"{'/'.join(names)} is not a text")
    return found


def _bytes_of(values: dict[str, Any]) -> bytes:
    """Give the raw mail of a line, or build the smallest mail that has its words. Raises ValueError."""
    if (raw := _first(values, _RAWS)) is not None:
        try:
            return raw.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return raw.encode("utf-8", "surrogatepass")
    if (encoded := _first(values, _BASE64)) is not None:
        return base64.b64decode("".join(encoded.split()), validate=True)
    text, html = _first(values, _TEXTS), _first(values, _HTMLS)
    if text is None and html is None:
        raise ValueError("has no mail: give path, raw, raw_base64, text or html")
    return _built(values, text=text, html=html)


def _built(values: dict[str, Any], *, text: str | None, html: str | None) -> bytes:
    versions = [(text, "plain"), (html, "html")]
    parts = [MIMEText(_sound(words), kind, "utf-8") for words, kind in versions if words is not None]
    mail: MIMEText | MIMEMultipart = parts[0]
    if len(parts) == 2:
        mail = MIMEMultipart("alternative", _subparts=parts)
    for name, header in _HEADERS.items():
        if values.get(name):
            line = " ".join(_sound(str(values[name])).split())
            mail[header] = line
    return mail.as_bytes()


def _sound(text: str) -> str:
    """Replace what no text can hold: halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode("utf-8")
