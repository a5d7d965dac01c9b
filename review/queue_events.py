"""The stream of what moved in the queue (server-sent events). It ends when the person signs out, or the page is closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from review.desk import Desk
from review.queue_pulse import Pulse

#: Says whether who made a request may still be told.
Still = Callable[[Request], Awaitable[bool]]
#: Milliseconds until a browser comes back that lost the stream.
_BACK_AFTER = 3000


def event_routes(desk: Desk, pulse: Pulse, *, still: Still) -> APIRouter:
    """Make the route. `still` is asked before anything is told, and every few seconds where there is nothing to tell."""
    look = APIRouter()

    @look.get("/queue/events", response_class=EventSourceResponse, dependencies=[Depends(_listens)])
    async def events(
        request: Request,
        since: Annotated[int, Query(ge=0, lt=2**62)] = 0,
        last_event_id: Annotated[str, Header(max_length=20)] = "",
    ) -> AsyncIterator[ServerSentEvent]:
        known = int(last_event_id) if last_event_id.isdecimal() else since
        yield ServerSentEvent(comment="listening", retry=_BACK_AFTER)
        async with aclosing(pulse.listen(known)) as heard:
            async for news in heard:
                if not await still(request):
                    return
                if news is None:
                    continue
                waiting = await run_in_threadpool(desk.waiting)
                yield ServerSentEvent(event="queue", id=str(news.seq), data={**asdict(news), "waiting": waiting})

    return look


def _listens(accept: Annotated[str, Header()] = "") -> None:
    """Refuse whoever does not ask for a stream: for anybody else this would be a page that never ends."""
    if "text/event-stream" not in accept:
        raise HTTPException(406, "This address is for pages that listen for news.")
