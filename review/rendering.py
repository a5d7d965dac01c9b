"""Turns templates into responses. Everything is escaped; no template and no code here may mark text as safe."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from review import csp, linking, views, words
from review.assets import Assets
from review.desk import Desk
from review.matrix import MATRIX
from review.security import FormTokens
from review.undoing import Undoable
from review.walking import within
from store.roles import DECIDERS, READERS
from tools.base import money

FOLDER = Path(__file__).parent
_TITLES = {
    400: "That cannot be done",
    401: "Sign in first",
    403: "Refused",
    404: "Not here",
    405: "Not this way",
    409: "Somebody was faster",
    421: "Wrong address",
    422: "That cannot be done",
    429: "Too often",
    500: "Something broke",
    503: "Not at the moment",
}


def templates(assets: Assets | None = None) -> Environment:
    """Make the template environment: escaping always on, a missing name is an error."""
    assets = assets or Assets(FOLDER / "static")
    env = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        anchor_of_invoice=partial(linking.anchor, "inv"),
        anchor_of_contact=partial(linking.anchor, "contact"),
        day=_day,
        moment=_moment,
        money=money,
        flag=words.flag_words,
        plain=words.plain,
        reason=words.reason_words,
    )
    env.globals.update(is_alarming=views.is_alarming, words=words, readers=READERS, nonce=csp.nonce)
    env.globals.update(asset=assets.address)
    return env


class Renderer:
    """Renders pages with what every page has: counts, form token, profile."""

    def __init__(self, desk: Desk, *, tokens: FormTokens, profile: str) -> None:
        """Keep what pages need."""
        self._desk, self._tokens, self._profile = desk, tokens, profile
        self.assets = Assets(FOLDER / "static")
        self._env = templates(self.assets)

    def page(self, request: Request, name: str, *, status: int = 200, **context: Any) -> Response:
        """Give a whole page."""
        token, cookie = self._tokens.for_page(request)
        viewer = getattr(request.state, "viewer", None)
        text = self._env.get_template(name).render(
            csrf=token,
            profile=self._profile,
            company=self._desk.company.name,
            counts=self._desk.counts(),
            connects=self._desk.connected is not None
            and (viewer is None or viewer.role in MATRIX["GET", "/connections"]),
            viewer=viewer,
            undoable=self._undoable(request, context),
            within=within(request),
            **context,
        )
        response = HTMLResponse(text, status)
        if cookie is not None:
            self._tokens.keep(response, cookie, secure=request.url.scheme == "https")
        return response

    def _undoable(self, request: Request, context: dict[str, Any]) -> list[Undoable]:
        """Give what this person may still take back, but for the item on the page, which says so itself."""
        viewer = getattr(request.state, "viewer", None)
        if viewer is None or viewer.role not in DECIDERS or not self._desk.undo:
            return []
        shown = context["item"].row.id if "item" in context else None
        return [each for each in self._desk.undoable(viewer.login) if each.seconds and each.proposal_id != shown]

    def outside(self, request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
        """Give a page for somebody who is not signed in: it shows nothing of what the queue holds."""
        token, cookie = self._tokens.for_page(request)
        company = self._desk.company.name
        text = self._env.get_template(template).render(csrf=token, profile=self._profile, company=company, **context)
        response = HTMLResponse(text, status)
        if cookie is not None:
            self._tokens.keep(response, cookie, secure=request.url.scheme == "https")
        return response

    def fragment(self, request: Request, name: str, *, status: int = 200, **context: Any) -> Response:
        """Give a part of a page, for htmx. Its form, if any, is signed as that of the page around it."""
        token, _ = self._tokens.for_page(request)
        return HTMLResponse(self._env.get_template(name).render(csrf=token, within=within(request), **context), status)

    def problem(self, status: int, text: str, *, home: str = "/") -> Response:
        """Give the page of a refused or failed request. Touches no database: it may be what broke."""
        title = _TITLES.get(status, "That did not work")
        page = self._env.get_template("problem.html").render(title=title, text=text, profile=self._profile, home=home)
        return HTMLResponse(page, status)


def by_htmx(request: Request) -> bool:
    """Say whether a part of a page is wanted."""
    return request.headers.get("hx-request") == "true"


def _day(value: date) -> str:
    return "further notice" if value == date.max else f"{value.day} {value:%b %Y}"


def _moment(value: datetime) -> str:
    return f"{value.day} {value:%b %Y, %H:%M} UTC"
