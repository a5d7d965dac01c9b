"""The rows of the JSON API, below its prefix, as `review.matrix_pages` has those of the pages. Data alone."""

from __future__ import annotations

from review.matrix_pages import CONNECT, DECIDE_BOTH, LOOK_BOTH

#: Where the API stands.
API = "/api/v1"
#: Looked at by whoever reads.
API_LOOK: tuple[str, ...] = (
    *LOOK_BOTH,
    "/queue",
    "/items",
    "/items/{number}/comments",
    "/items/{number}/thread",
    "/items/{number}/history",
    "/views",
    "/autonomy",
    "/counts",
    "/accounts",
    "/accounts/{customer_id}",
)
#: Decided by collectors, managers and controllers: as on the pages, but that several are approved under another path.
API_DECIDE: tuple[str, ...] = (*DECIDE_BOTH, "/queue/approve")
#: What is posted by whoever reads, on the pages as well.
API_READERS: tuple[str, ...] = (
    "/exports/{what}",
    "/reports/month",
    "/items/{number}/here",
    "/views",
    "/views/{number}/remove",
)
API_CONNECT: tuple[str, ...] = CONNECT
API_CONNECT_LOOK: tuple[str, ...] = ("/connections", "/connections/{name}")
