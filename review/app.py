"""The review page as an application: routes, guards, static files. Nothing is built at import and nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from review.choosepages import choose_routes
from review.desk import Desk
from review.gate import Gate
from review.mendpages import mend_routes
from review.pages import decide_routes, look_routes
from review.paperpages import paper_routes
from review.rendering import FOLDER, Renderer
from review.security import FormTokens, Guard

_SAID_BY_FRAMEWORK = {404: "There is no such page.", 405: "This address is not used that way."}

#: FastAPI can report requests and exceptions by OpenTelemetry, switched on by the environment; their texts quote mails.
_SILENT: TelemetryConfig = {
    "auto_configure": False,
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}


def create_app(desk: Desk, *, profile: str = "live", hosts: Sequence[str] = ()) -> FastAPI:
    """Make the application for one desk.

    `profile` "demo" says on every page that nothing leaves the machine. `hosts` are names (without port) under which the
    page is served beside those of loopback; any other name is refused.
    """
    app = FastAPI(
        title="dunwell",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=_SILENT,
        dependencies=[Depends(Gate().admit)],
    )
    tokens = FormTokens(desk.secret("form tokens"))
    show = Renderer(desk, tokens=tokens, profile=profile)
    app.include_router(look_routes(desk, show))
    app.include_router(decide_routes(desk, show, tokens))
    app.include_router(choose_routes(desk, show, tokens))
    app.include_router(mend_routes(desk, tokens))
    app.include_router(paper_routes(desk))
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")

    @app.exception_handler(HTTPException)
    def _refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        by_framework = error.detail in ("Not Found", "Method Not Allowed")
        text = _SAID_BY_FRAMEWORK.get(error.status_code, str(error.detail)) if by_framework else str(error.detail)
        return show.problem(error.status_code, text)

    @app.exception_handler(RequestValidationError)
    def _malformed(_request: Request, _error: Exception) -> Response:
        return show.problem(422, "The form was not filled in as it should be: go back, reload the page, and try again.")

    app.add_middleware(Guard, hosts=hosts, problem=show.problem)
    return app
