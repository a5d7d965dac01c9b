"""The collector's page of an item as it is served, and what in it could act by itself."""

from __future__ import annotations

from lxml import html
from starlette.testclient import TestClient

from review.app import create_app
from review.desk import Desk

#: Elements that the pages of the queue never need, and attributes that act.
_ACTIVE = frozenset({"iframe", "object", "embed", "math", "base", "img", "style", "audio", "video"})
_ACTING = ("on", "srcdoc", "style", "background", "poster", "xlink")


class Pages:
    """The queue's pages as a browser would get them, through the whole application."""

    def __init__(self, desk: Desk) -> None:
        self._browser = TestClient(create_app(desk), base_url="http://127.0.0.1:8765")

    def item(self, number: int) -> str:
        """Give the page of one item."""
        answer = self._browser.get(f"/items/{number}")
        assert answer.status_code == 200, f"the page of an item answers {answer.status_code}"
        return answer.text


def active_in(page: str) -> list[str]:
    """List what in a page is active and not the queue's own: scripts, handlers, foreign addresses, htmx from strangers."""
    found = []
    for element in html.fromstring(page).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in _ACTIVE:
            found.append(element.tag)
        if element.tag == "script" and (element.text or not _own(element.get("src", ""))):
            found.append("script")
        for name, value in element.attrib.items():
            if str(name).startswith(_ACTING):
                found.append(f"{element.tag}@{name}")
            if name in ("href", "src", "action", "formaction", "hx-get", "hx-post") and not _own(str(value)):
                found.append(f"{element.tag}@{name}={str(value)[:40]}")
    return found


def _own(address: str) -> bool:
    return address.startswith(("/", "#", "?")) and not address.startswith("//")
