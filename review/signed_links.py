"""Links from a mail to an item: signed over the item, the person and an end. They lead to the item's page and do nothing else.

A link is no key: the page behind it asks for the same sign-in as ever, and no link approves anything.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException, Response

from review.desk import Desk
from review.pages import to

#: How long a link leads anywhere.
LASTS = timedelta(days=7)
_LINK = re.compile(r"(\d{1,18})\.(\d{1,12})\.([0-9a-f]{16})\.([0-9a-f]{64})", re.ASCII)


class LinkSigner:
    """Makes and reads links."""

    def __init__(self, desk: Desk) -> None:
        """Sign with a secret of the installation that is for links alone."""
        self._key = desk.secret("digest links")
        self._clock = desk.clock

    def path(self, item: int, *, person: str) -> str:
        """Give the path of a link to an item, for one person (their address)."""
        end = int((self._clock() + LASTS).timestamp())
        stated = f"{item}.{end}.{hashlib.sha256(person.lower().encode()).hexdigest()[:16]}"
        return f"/from-mail/{stated}.{self._sign(stated)}"

    def read(self, link: str) -> int | None:
        """Give the item of a link that is ours and has not run out; None for every other."""
        named = _LINK.fullmatch(link)
        if named is None:
            return None
        stated = link.rpartition(".")[0]
        ours = hmac.compare_digest(self._sign(stated), named.group(4))
        return int(named.group(1)) if ours and self._now() < int(named.group(2)) else None

    def _now(self) -> float:
        now: datetime = self._clock()
        return now.timestamp()

    def _sign(self, stated: str) -> str:
        return hmac.new(self._key, stated.encode(), hashlib.sha256).hexdigest()


def link_routes(desk: Desk) -> APIRouter:
    """Make the route that a link leads to."""
    look = APIRouter()
    links = LinkSigner(desk)

    @look.get("/from-mail/{link}")
    def from_mail(link: str) -> Response:
        item = links.read(link)
        if item is None:
            raise HTTPException(404, "This link has run out, or is not whole: find the item in the queue.")
        return to(f"/items/{item}")

    return look
