"""Answers whether the process lives and whether the installation is ready. Needs no sign-in; tells nothing of the company."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from review.readiness import Readiness


def health_routes(ready: Readiness) -> APIRouter:
    """Make the two routes."""
    router = APIRouter()

    @router.get("/healthz")
    async def lives() -> Response:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    def is_ready() -> Response:
        reasons = ready.reasons()
        return JSONResponse({"ready": not reasons, "reasons": list(reasons)}, status_code=503 if reasons else 200)

    return router
