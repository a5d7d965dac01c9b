"""How the JSON API says that something did not work: problem+json (RFC 9457), one clear line, never what a request held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import NoResultFound
from starlette.exceptions import HTTPException

from review import words
from review.api_models import Problem
from review.api_views import findings_out
from review.item import Blocked
from store.proposals import Stale
from store.proposed import Finding

PREFIX = "/api/"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
MEDIA_TYPE = "application/problem+json"
_SCHEMA = {"schema": {"$ref": "#/components/schemas/Problem"}}

#: What every operation may answer besides its own result.
RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"description": text, "content": {MEDIA_TYPE: _SCHEMA}}
    for code, text in (
        (400, "The request cannot be read."),
        (401, "Nobody is signed in, or the token is not valid."),
        (403, "The role, or the token's scopes, do not allow it."),
        (404, "There is no such thing."),
        (409, "It changed meanwhile, or does not stand as it would have to: look at it again."),
        (422, "The request is not as it should be, or a rule forbids it: then `findings` says which."),
        (411, "The request does not say how long it is."),
        (413, "The request is too long."),
        (421, "The API is not served under that name."),
        (429, "Too many requests: wait a while."),
        (503, "The database does not answer: try again after `Retry-After` seconds."),
    )
}


class Refusal(HTTPException):
    """A refusal with a kind of its own, and the rules behind it."""

    def __init__(self, status: int, detail: str, *, kind: str, findings: Sequence[Finding] | None = None) -> None:
        """Keep what the problem says."""
        super().__init__(status, detail)
        self.kind = kind
        self.findings = findings


def concerns(path: str) -> bool:
    """Say whether a path is the API's."""
    return path.startswith(PREFIX)


def problem(status: int, detail: str) -> JSONResponse:
    """Make a problem document of a status and a line."""
    return _document(status, detail)


def problem_of(error: HTTPException) -> JSONResponse:
    """Make a problem document of a refusal."""
    if isinstance(error, Refusal):
        return _document(error.status_code, str(error.detail), kind=error.kind, findings=error.findings)
    response = _document(error.status_code, str(error.detail))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def malformed(error: Exception) -> JSONResponse:
    """Say which fields of a request are not as they should be; never what stood in them."""
    assert isinstance(error, RequestValidationError)
    told = dict.fromkeys(
        f"{fault['msg']} ({'.'.join(_plain(p) for p in fault['loc'])[:120]})" for fault in error.errors()
    )
    return _document(422, f"The request is not as it should be: {'; '.join(told)[:600]}.", kind="malformed")


def _plain(part: object) -> str:
    """Name a field as it was sent, where that is a name that a field could have."""
    text = str(part)
    return text if _NAME.fullmatch(text) else "?"


@contextmanager
def told(*, conflict: bool = False) -> Iterator[None]:
    """Turn what the desk raises into problems. `conflict`: a ValueError is about the state of things, not about the request."""
    try:
        yield
    except Blocked as blocked:
        raise Refusal(422, str(blocked), kind="blocked", findings=blocked.findings) from None
    except Stale as stale:
        raise Refusal(409, f"{words.plain(str(stale))}.", kind="stale") from None
    except NoResultFound:
        raise HTTPException(404, "There is no such thing.") from None
    except ValueError as error:
        text = f"{words.plain(str(error))}."
        raise Refusal(409 if conflict else 422, text, kind="state" if conflict else "refused") from None


def _document(
    status: int, detail: str, *, kind: str | None = None, findings: Sequence[Finding] | None = None
) -> JSONResponse:
    told_so = Problem(
        type=f"urn:dunwell:{kind}" if kind else "about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        findings=findings_out(findings) if findings is not None else None,
    )
    headers = {"www-authenticate": 'Bearer realm="dunwell"'} if status == 401 else None
    return JSONResponse(told_so.model_dump(mode="json"), status, media_type=MEDIA_TYPE, headers=headers)
