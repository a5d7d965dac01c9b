"""The way through a list: an item's page knows from which list of the queue somebody came, and stays within it.

The filters stand in the address of the item, as they stand in that of the list; so they survive every form of the page. Whatever
an address holds is no error, and nothing here decides.
"""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from review.desk import Desk
from review.queue_filters import asked
from review.viewer import viewer_of

#: The pages whose address holds filters of the queue: the list itself, and its items. Others have a search of their own.
_LISTS = ("/", "/queue/rows")


def within(request: Request) -> str:
    """Give the filters of the list that somebody walks through, as the end of an address ("?reason=…"); "" for all that waits."""
    path = request.url.path
    query = asked(request.query_params).query() if path in _LISTS or path.startswith("/items/") else ""
    return f"?{query}" if query else ""


def beside(desk: Desk, request: Request, number: int) -> tuple[int | None, int | None]:
    """Give the items before and after one within the list that somebody walks through."""
    filters = asked(request.query_params).filters(login=viewer_of(request).login, safe=desk.safe_reasons)
    return desk.neighbours(number, filters)


def back(request: Request, number: int, notice: str = "") -> Response:
    """Answer a form of an item's page with that page, within the same list. `notice`: the name of what is told there."""
    path, notes = f"/items/{number}{within(request)}", f"notice={notice}" if notice else ""
    joined = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joined}{notes}" if notes else path, status_code=303)
