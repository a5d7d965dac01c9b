"""Waiting for new mail with IDLE (RFC 2177). It only waits: what is new is found by asking for UIDs afterwards."""

from __future__ import annotations

import threading
import time
from typing import Any

from imapclient import IMAPClient

#: RFC 2177 lets a server hang up after 30 minutes; many firewalls forget a silent connection after 10.
RENEW_SECONDS = 540.0
#: The longest time between looks at `woken`, so that a stopping daemon is not kept waiting.
SLICE_SECONDS = 0.5


def idle_for_news(client: IMAPClient, *, seconds: float, woken: threading.Event) -> None:
    """Return when the server reports mail, when `woken` is set, or after `seconds`. Raises what imapclient raises."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and not woken.is_set():
        if _idle_once(client, seconds=min(left, RENEW_SECONDS), woken=woken):
            return


def announces_mail(responses: list[Any]) -> bool:
    """Say whether untagged responses hold an EXISTS, which is sent when mail arrives."""
    return any(isinstance(one, tuple) and len(one) > 1 and one[1] == b"EXISTS" for one in responses)


def _idle_once(client: IMAPClient, *, seconds: float, woken: threading.Event) -> bool:
    """Idle for up to `seconds`; True when mail came.

    A dead connection makes `idle_check` return nothing, at once and without an error. So a check that came back early
    with nothing ends this IDLE: `idle_done` then raises if the server is gone.
    """
    client.idle()
    end = time.monotonic() + seconds
    news = False
    while not news and not woken.is_set() and (left := end - time.monotonic()) > 0:
        piece = min(left, SLICE_SECONDS)
        started = time.monotonic()
        responses = client.idle_check(timeout=piece)
        news = announces_mail(responses)
        if not responses and time.monotonic() - started < piece * 0.9:
            break
    _, last = client.idle_done()
    return news or announces_mail(last)
