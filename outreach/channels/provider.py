"""The plug-in point for SMS: what a provider must be able to do, and Twilio's Messages API as the one that comes along.

A provider tells apart three ends of a send: it took the text, it surely did not, or nobody knows. Only the second may ever be tried
again. Secrets, numbers and texts get into no log and into no error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol, Self

import httpx2

from outreach.channels.settings import SmsSettings

_SECONDS = 20.0
_MOST_BYTES = 2_000_000
_PAGE = 100
_MOST_PAGES = 20
#: Twilio: the recipient opted out; the number is none, takes no texts, or cannot be reached.
_OPTED_OUT = 21610
_FOR_GOOD = "the provider refuses this number or text (code {code})"


class End(StrEnum):
    """How a text ended, as the provider tells it. MOVING: it is on its way."""

    MOVING = "moving"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class NotSent(Exception):
    """The text surely did not leave. `again`: when it may be tried again; None: never. `opted_out`: its owner wants none."""

    def __init__(self, why: str, *, again: timedelta | None = None, opted_out: bool = False) -> None:
        """Keep what the caller decides by."""
        super().__init__(why)
        self.again, self.opted_out = again, opted_out


class Unsure(Exception):
    """Nobody knows whether the text left. It must not be sent again by code."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A text that came to us."""

    sender: str
    body: str


class SmsProvider(Protocol):
    """What dunwell asks of a provider."""

    def send(self, to: str, text: str) -> str:
        """Hand over one text; give the provider's name for it. Raises NotSent or Unsure, and nothing else."""

    def find(self, to: str, text: str, *, since: datetime) -> str | None:
        """Look for a text that may have left; give its name. Raises NotSent where the provider cannot be asked now."""

    def end_of(self, ref: str) -> tuple[End, str]:
        """Give how a text ended, with the provider's own word. Raises NotSent where it cannot be asked now."""

    def heard(self, *, since: datetime) -> Iterator[Heard]:
        """Give texts that came to us. Raises NotSent where it cannot be asked now."""


class Twilio:
    """Twilio's Messages resource (REST API 2010-04-01). Close it after use."""

    def __init__(self, settings: SmsSettings) -> None:
        """Open nothing yet. Raises ValueError for a secret that cannot be read."""
        self._settings = settings
        self._path = f"/2010-04-01/Accounts/{settings.account}/Messages"
        self._http = httpx2.Client(
            base_url=settings.base_url,
            auth=(settings.account, settings.auth_token()),
            timeout=httpx2.Timeout(_SECONDS, connect=10.0),
            follow_redirects=False,
            trust_env=settings.base_url.startswith("https://"),
        )

    def __enter__(self) -> Self:
        """Use it in a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def answers(self) -> None:
        """Ask for one message, to see that the sign-in is accepted. Raises NotSent."""
        self._get(f"{self._path}.json", {"PageSize": "1"})

    def send(self, to: str, text: str) -> str:
        """Create a message. Raises NotSent or Unsure."""
        ours = {"MessagingServiceSid" if self._settings.by_service else "From": self._settings.sender}
        try:
            answer = self._http.post(f"{self._path}.json", data={"To": to, "Body": text, **ours})
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise NotSent("the provider cannot be reached", again=timedelta(minutes=5)) from error
        except httpx2.HTTPError as error:
            raise Unsure("the connection broke while the text was handed over") from error
        if answer.status_code == 201 and isinstance(ref := _json(answer).get("sid"), str) and ref:
            return ref
        if answer.status_code == 429:
            raise NotSent("the provider asks to slow down", again=_wait(answer))
        if answer.status_code in (401, 403):
            raise NotSent("the provider refuses our sign-in: check channels.sms", again=timedelta(hours=1))
        if 400 <= answer.status_code < 500:
            code = _json(answer).get("code")
            raise NotSent(
                _FOR_GOOD.format(code=code if isinstance(code, int) else "none"), opted_out=code == _OPTED_OUT
            )
        raise Unsure(f"the provider answered with status {answer.status_code}")

    def find(self, to: str, text: str, *, since: datetime) -> str | None:
        """Look through our messages to a number since a moment; the very same text is ours."""
        for message in self._messages({"To": to, "DateSent>": f"{since - timedelta(days=1):%Y-%m-%d}"}):
            made = _moment(message.get("date_created"))
            if message.get("body") == text and made is not None and made >= since - timedelta(minutes=1):
                return str(message.get("sid"))
        return None

    def end_of(self, ref: str) -> tuple[End, str]:
        """Ask for the status of one message."""
        status = str(self._get(f"{self._path}/{ref}.json").get("status"))[:20]
        if status in ("delivered", "read"):
            return End.DELIVERED, status
        return (End.UNDELIVERED if status in ("undelivered", "failed", "canceled") else End.MOVING), status

    def heard(self, *, since: datetime) -> Iterator[Heard]:
        """Give what came to our number since a day."""
        asked = {"DateSent>": f"{since:%Y-%m-%d}"}
        if not self._settings.by_service:
            asked["To"] = self._settings.sender
        for message in self._messages(asked):
            if message.get("direction") == "inbound":
                yield Heard(sender=str(message.get("from")), body=str(message.get("body"))[:1000])

    def _messages(self, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
        page = self._get(f"{self._path}.json", {**asked, "PageSize": str(_PAGE)})
        for _ in range(_MOST_PAGES):
            found = page.get("messages")
            yield from (each for each in (found if isinstance(found, list) else []) if isinstance(each, dict))
            following = page.get("next_page_uri")
            # Only on from where we asked: a page elsewhere would get our sign-in.
            if not isinstance(following, str) or not following.startswith(f"{self._path}.json"):
                return
            page = self._get(following)

    def _get(self, path: str, asked: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            answer = self._http.get(path, params=asked)
        except httpx2.HTTPError as error:
            raise NotSent("the provider cannot be asked", again=timedelta(minutes=5)) from error
        if answer.status_code != 200:
            raise NotSent(f"the provider answered with status {answer.status_code}", again=_wait(answer))
        return _json(answer)


def _json(answer: httpx2.Response) -> dict[str, Any]:
    if len(answer.content) > _MOST_BYTES:
        return {}
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _wait(answer: httpx2.Response) -> timedelta:
    said = answer.headers.get("retry-after", "")
    return timedelta(seconds=min(int(said), 3600)) if said.isdecimal() else timedelta(minutes=5)


def _moment(said: object) -> datetime | None:
    try:
        return parsedate_to_datetime(said) if isinstance(said, str) else None
    except ValueError:
        return None
