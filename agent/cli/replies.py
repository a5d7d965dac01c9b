"""Reads the input of `dunwell classify`: one reply a line, as JSON. A bad line is named by file and number; none is left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from agent.cli.output import CommandFailed

#: Other years are mistakes, and their ends do not exist in every time zone.
_YEARS = range(1970, 3000)


def _empty_for_none(value: Any) -> Any:
    return "" if value is None else value


#: A text that may be null.
Words = Annotated[str, BeforeValidator(_empty_for_none)]


class Line(BaseModel):
    """One reply of the input."""

    model_config = ConfigDict(extra="ignore")

    id: str | int
    sender: Words = Field(default="", alias="from")
    subject: Words = ""
    body: Words
    received: Annotated[str, Field(min_length=8)]
    customer_id: str | None = None

    def received_at(self) -> datetime:
        """Read the moment it came: ISO 8601, with a zone, without (UTC), or a day alone (noon). Raises ValueError."""
        moment = datetime.fromisoformat(self.received.replace("Z", "+00:00"))
        if moment.year not in _YEARS:
            raise ValueError(f"{moment.year} is not a year in which a mail came")
        if len(self.received) <= 10:
            moment = datetime.combine(moment.date(), time(12))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_replies(source: Path) -> list[Line]:
    """Read every line. Raises CommandFailed, exit code 2, that names the first bad line."""
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{source} cannot be read: {error.strerror}", code=2) from None
    try:
        # A half of a surrogate pair, which is no valid UTF-8, is repaired below like one that is written as \ud83d.
        text = raw.decode("utf-8-sig", "surrogatepass")
    except UnicodeDecodeError as error:
        number = raw[: error.start].count(b"\n") + 1
        raise CommandFailed(f"{source}:{number}: is not UTF-8: save the file with UTF-8 encoding", code=2) from None
    # Only "\n" ends a line: str.splitlines would break at U+2028 and U+0085, which may stand in a mail.
    return [_line(one, f"{source}:{number}") for number, one in enumerate(text.split("\n"), 1) if one.strip()]


def _line(text: str, where: str) -> Line:
    try:
        line = Line.model_validate(_repaired(json.loads(text)))
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise CommandFailed(f"{where}: {place + ': ' if place else ''}{fault['msg']}", code=2) from None
    except (ValueError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else "too deep or too long a value"
        raise CommandFailed(f"{where}: is not a line of JSON: {why}", code=2) from None
    try:
        line.received_at()
    except ValueError as error:
        raise CommandFailed(f"{where}: received: {error}", code=2) from None
    return line


def _repaired(document: Any) -> Any:
    """Join surrogate pairs and put U+FFFD for halves without a partner: no text holds such halves, and no file takes them."""
    if not isinstance(document, dict):
        return document
    return {key: _text(value) if isinstance(value, str) else value for key, value in document.items()}


def _text(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
