"""The review page as an application: routes, guards, static files. Nothing is built at import and nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from review import api_problems
from review.api import api_routes
from review.assets import PLACE
from review.cashpages import cash_deciding_routes, cash_routes
from review.choosepages import choose_routes
from review.connectionpages import connection_routes, connection_steering_routes
from review.desk import Desk
from review.exportpages import export_routes
from review.gate import Gate
from review.healthroutes import health_routes
from review.itemroutes import alternative_routes, handling_routes
from review.lastresortpages import last_resort_deciding_routes, last_resort_routes
from review.limiting import Limits
from review.listpages import list_routes, settle_routes
from review.mendpages import mend_routes
from review.numberpages import number_routes
from review.oidc import Provider
from review.pages import decide_routes, look_routes
from review.paperpages import paper_routes
from review.people import People
from review.peoplearea import people_area
from review.portalpages import portal_fill_routes, portal_routes
from review.provepages import ask
from review.queue_events import event_routes
from review.queue_pages import queue_routes, view_routes
from review.queue_pulse import Pulse
from review.readiness import Expected, Readiness
from review.rendering import Renderer
from review.reportpages import report_paper_routes, report_routes
from review.security import FormTokens, Guard
from review.signed_links import link_routes
from review.signinpages import asked_to_sign_in, home_of
from review.stepup import ProofNeeded, StepUp
from review.taskpages import task_done_routes, task_routes
from review.together_pages import together_routes
from review.tokenpages import token_routes
from review.undopages import undo_routes
from review.worklistpages import worklist_routes
from store.limit_counts import CountedInTable

_SAID_BY_FRAMEWORK = {404: "There is no such page.", 405: "This address is not used that way."}

#: FastAPI can report requests and exceptions by OpenTelemetry, switched on by the environment; their texts quote mails.
_SILENT: TelemetryConfig = {
    "auto_configure": False,
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}


def create_app(
    desk: Desk,
    *,
    profile: str = "live",
    hosts: Sequence[str] = (),
    people: People | None = None,
    provider: Provider | None = None,
    ready: Expected | None = None,
) -> FastAPI:
    """Make the application for one desk.

    `profile` "demo" says on every page that nothing leaves the machine. `hosts` are names (without port) under which the
    page is served beside those of loopback; any other name is refused. With `people` everybody signs in, without them whoever
    reaches the port decides (demo and tests alone); `provider` is the identity provider, where there is one. `ready` says what /readyz asks
    for beside the database.
    """
    gate = Gate(desk, people)
    tokens = FormTokens(desk.secret("form tokens"))
    clock = people.clock if people is not None else desk.clock
    app = FastAPI(
        title="dunwell",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=_SILENT,
        dependencies=[Depends(gate.admit), Depends(StepUp(tokens, clock).insist)],
    )
    show = Renderer(desk, tokens=tokens, profile=profile)
    app.state.limits = limits = Limits(clock, CountedInTable(desk.engine, clock=clock, secret=desk.secret("limits")))
    if people is not None:
        app.include_router(people_area(people, show, tokens, limits, provider))
    app.include_router(health_routes(Readiness(desk.engine, ready or Expected())))
    app.state.pulse = pulse = Pulse(lambda since: desk.moves(since=since))
    app.include_router(queue_routes(desk, show))
    app.include_router(view_routes(desk, tokens))
    app.include_router(together_routes(desk, show, tokens))
    app.include_router(event_routes(desk, pulse, still=gate.still_admits))
    app.include_router(look_routes(desk, show))
    app.include_router(decide_routes(desk, show, tokens))
    app.include_router(choose_routes(desk, show, tokens))
    app.include_router(alternative_routes(desk, show, tokens))
    app.include_router(handling_routes(desk, show, tokens))
    app.include_router(mend_routes(desk, tokens))
    app.include_router(paper_routes(desk))
    app.include_router(undo_routes(desk, show, tokens))
    app.include_router(list_routes(desk, show))
    app.include_router(settle_routes(desk, tokens))
    app.include_router(portal_routes(desk, show))
    app.include_router(portal_fill_routes(desk, tokens))
    app.include_router(last_resort_routes(desk, show))
    app.include_router(last_resort_deciding_routes(desk, tokens))
    app.include_router(task_routes(desk, show))
    app.include_router(task_done_routes(desk, tokens))
    app.include_router(cash_routes(desk, show))
    app.include_router(cash_deciding_routes(desk, tokens))
    app.include_router(number_routes(desk, show, tokens))
    app.include_router(report_routes(desk, show))
    app.include_router(worklist_routes(desk, show))
    app.include_router(report_paper_routes(desk, tokens))
    app.include_router(connection_routes(desk, show))
    app.include_router(connection_steering_routes(desk, show, tokens))
    app.include_router(export_routes(desk, tokens))
    app.include_router(link_routes(desk))
    app.include_router(token_routes(desk, show, tokens))
    app.include_router(api_routes(desk))
    app.mount(PLACE, show.assets, name="static")

    @app.exception_handler(HTTPException)
    def _refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if api_problems.concerns(request.url.path):
            return api_problems.problem_of(error)
        by_framework = error.detail in ("Not Found", "Method Not Allowed")
        text = _SAID_BY_FRAMEWORK.get(error.status_code, str(error.detail)) if by_framework else str(error.detail)
        if error.status_code == 401 and people is not None:
            return asked_to_sign_in(request, show, oidc=provider is not None)
        if isinstance(error, ProofNeeded) and people is not None:
            return ask(request, show, people, error)
        response = show.problem(error.status_code, text, home=home_of(getattr(request.state, "viewer", None)))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    def _malformed(request: Request, error: Exception) -> Response:
        if api_problems.concerns(request.url.path):
            return api_problems.malformed(error)
        return show.problem(422, "The form was not filled in as it should be: go back, reload the page, and try again.")

    app.add_middleware(Guard, hosts=hosts, problem=show.problem)
    return app
