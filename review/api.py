"""The JSON API: its routes and its description. Everything the pages do, by the same desk; what may be asked says `review.matrix`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from starlette.routing import BaseRoute

from review.api_around import around_routes, table_routes, view_api_routes
from review.api_cash import cash_api_routes
from review.api_connections import connection_api_routes
from review.api_handling import handling_api_routes, redecide_routes
from review.api_items import item_routes
from review.api_last_resort import last_resort_api_routes
from review.api_matters import matter_routes
from review.api_mends import look_api_routes, mend_api_routes
from review.api_models import Problem
from review.api_portals import portal_api_routes
from review.api_queue import number_api_routes, queue_api_routes
from review.api_reports import report_api_routes
from review.api_tasks import task_api_routes
from review.api_worklist import worklist_api_routes
from review.desk import Desk
from review.limiting import limited

VERSION = "1"
_PARTS = (
    queue_api_routes,
    item_routes,
    redecide_routes,
    handling_api_routes,
    look_api_routes,
    mend_api_routes,
    matter_routes,
    number_api_routes,
    report_api_routes,
    around_routes,
    view_api_routes,
    table_routes,
    portal_api_routes,
    cash_api_routes,
    last_resort_api_routes,
    task_api_routes,
    worklist_api_routes,
    connection_api_routes,
)
_DESCRIPTION = """\
Everything that the pages of dunwell do. Send a personal token (`Authorization: Bearer dw_...`), made under "My tokens"; it acts
as its person: their role and the token's scopes must both allow an operation. Money travels as decimal text beside its currency,
times as UTC (ISO 8601). A decision names the `version` that was looked at; an older one is refused with 409.
"""


def api_routes(desk: Desk) -> APIRouter:
    """Make all routes of the API, and the one that describes them."""
    api = APIRouter(dependencies=[Depends(_count)])
    for part in _PARTS:
        api.include_router(part(desk))

    @cache
    def described() -> dict[str, Any]:
        return describe(list(api.routes))

    @api.get("/api/v1/openapi.json", include_in_schema=False)
    def openapi() -> JSONResponse:
        return JSONResponse(described())

    return api


def _count(request: Request) -> None:
    """Let nobody ask more than so often, over all their tokens."""
    limited(request, "api")


def describe(routes: list[BaseRoute]) -> dict[str, Any]:
    """Describe the API by OpenAPI 3.1."""
    document = get_openapi(
        title="dunwell", version=VERSION, description=_DESCRIPTION, routes=routes, separate_input_output_schemas=False
    )
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _problem_schema()
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "a personal token, `dw_...`"}
    }
    document["security"] = [{"token": []}]
    for operation in _operations(document):
        # Written by FastAPI beside ours, for an answer that is never given.
        operation["responses"].get("422", {}).get("content", {}).pop("application/json", None)
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    return document


def _problem_schema() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schema.pop("$defs", None)
    return schema


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document.get("paths", {}).values():
        yield from (operation for operation in path.values() if isinstance(operation, dict))
