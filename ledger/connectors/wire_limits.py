"""What keeps an answer within bounds: its size, the time that it may take, and how long a server may have us wait."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from ledger.connectors.failures import BadAnswer, Unreachable
from store.clock import Clock

#: No page of a list is larger.
MAX_BODY_BYTES = 64_000_000
#: Where a request keeps until when its answer must have ended, and whose it is.
ENDS = "dunwell.ends"


def bound(response: httpx2.Response) -> None:
    """Bound the size of a body and the time that it may take: the read timeout begins anew with every byte."""
    ends, what = response.request.extensions[ENDS]
    if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise BadAnswer(f"{what}: the answer is compressed although that was not asked for")
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Bounded(response.stream, ends=ends, what=what)


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, *, ends: float, what: str) -> None:
        self._inner, self._ends, self._what = inner, ends, what

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._inner:
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise BadAnswer(f"{self._what}: an answer is larger than {MAX_BODY_BYTES} bytes")
            if time.monotonic() > self._ends:
                raise Unreachable(f"{self._what}: an answer did not end in time")
            yield chunk

    def close(self) -> None:
        self._inner.close()


def retry_after(headers: httpx2.Headers, *, clock: Clock) -> float | None:
    """Give the seconds of Retry-After (RFC 9110, 10.2.3: seconds or a date); None where there is no sense in it."""
    said = headers.get("retry-after", "")
    try:
        seconds = float(said)
    except ValueError:
        try:
            moment = parsedate_to_datetime(said)
        except (ValueError, TypeError):
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - _utc(clock())).total_seconds()
    return max(0.0, seconds) if seconds == seconds and seconds != float("inf") else None


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
