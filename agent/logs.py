"""How the log is written: plain lines, or JSON, a document a line. Never the text of an exception, never an address.

Whoever logs keeps words of mails out; here is the second net: of an exception only its kind and its place are written, as its
text may quote a mail, and whatever looks like an address is struck out.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, TextIO

#: The whole word that holds an @, from its beginning: then no text is looked through twice.
_ADDRESS = re.compile(r"(?<![^\s<>\"(),;:])[^\s<>\"(),;:]*@[^\s<>\"(),;:]*")
#: The ids that a line names: the word before a number or name in its template.
_ID = re.compile(r"%(?:[-0-9.]*)[a-z]|\b(message|outgoing|proposal|followup|waking|case|mailbox|uid) (?=%[ds])")
_Exc = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class TextLines(logging.Formatter):
    """A line for people: time, level, company where there are several, logger, message."""

    def __init__(self, company: str | None = None) -> None:
        whose = f" [{company}]" if company is not None else ""
        super().__init__(f"%(asctime)s %(levelname)s{whose} %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Write one record, without addresses."""
        record.exc_text = None  # another handler may have kept the whole text
        return without_addresses(super().format(record))

    def formatException(self, ei: _Exc) -> str:
        """Write kind and place of an exception, not its text."""
        return place_of(ei)


class JsonLines(logging.Formatter):
    """A JSON document a line: time (UTC), level, company, logger, message, ids, and where an exception arose."""

    def __init__(self, company: str | None = None) -> None:
        super().__init__()
        self._whose = {"company": company} if company is not None else {}

    def format(self, record: logging.LogRecord) -> str:
        """Write one record, without addresses."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            **self._whose,
            "logger": record.name,
            "message": without_addresses(record.getMessage()),
        }
        if ids := ids_of(record):
            line["ids"] = ids
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = without_addresses(place_of(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def without_addresses(text: str) -> str:
    """Strike out whatever looks like an e-mail address."""
    return _ADDRESS.sub("(address)", text)


def place_of(info: _Exc) -> str:
    """Give the kind of an exception and the lines of the program at which it arose."""
    kind = info[0].__name__ if info[0] is not None else ""
    return "".join([*traceback.format_tb(info[2]), kind])


def ids_of(record: logging.LogRecord) -> dict[str, int | str]:
    """Give what a line is about, by the words before the places of its template: "message %d: ..." is about a message."""
    if not isinstance(record.args, tuple):
        return {}
    found: dict[str, int | str] = {}
    place, word = 0, ""
    for part in _ID.finditer(str(record.msg).replace("%%", "")):
        if part.group(1):
            word = part.group(1)
            continue
        value = record.args[place] if place < len(record.args) else None
        if word and isinstance(value, int | str):
            found[word] = without_addresses(value) if isinstance(value, str) else value
        place, word = place + 1, ""
    return found


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at that moment: a caller may have put another one there."""

    def __init__(self) -> None:
        """Keep no stream."""
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # the base keeps an attribute of this name
        """Give standard error as it is now."""
        return sys.stderr


def log_as(
    form: Literal["text", "json"], *, level: int, stream: TextIO | None = None, company: str | None = None
) -> None:
    """Have this process write its log so, to standard error unless another stream is given.

    `company`: whose process this is, where an installation holds several; each line says it.
    """
    handler = logging.StreamHandler(stream) if stream is not None else _StandardError()
    handler.setFormatter(JsonLines(company) if form == "json" else TextLines(company))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for chatty in ("httpx", "httpx2", "alembic", "openai", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
