"""The rows of the JSON API, below its prefix, as `review.matrix_pages` has those of the pages. Data alone."""

from __future__ import annotations

from review.matrix_pages import CONNECT, DECIDE_BOTH

#: Where the API stands.
API = "/api/v1"
#: Looked at by whoever reads.
API_LOOK: tuple[str, ...] = (
    "/worklist",
    "/worklist/{customer_id}",
    "/last-resort",
    "/last-resort/{number}",
    "/last-resort/{number}/packet",
    "/last-resort/{number}/decision-sheet",
    "/accounts/{customer_id}/last-resort",
    "/queue",
    "/items",
    "/items/{number}",
    "/items/{number}/alternatives",
    "/items/{number}/comments",
    "/items/{number}/documents/{place}",
    "/items/{number}/thread",
    "/items/{number}/history",
    "/views",
    "/lists",
    "/lists/{kind}",
    "/portal-items/{number}",
    "/portal-items/{number}/document",
    "/tasks",
    "/tasks/{number}",
    "/tasks/{number}/paper",
    "/numbers",
    "/cash",
    "/cash/{number}",
    "/reports",
    "/reports/plots/{plot}/{currency}",
    "/autonomy",
    "/counts",
    "/attention",
    "/unmatched",
    "/messages/{number}",
    "/accounts",
    "/accounts/{customer_id}",
)
#: Decided by collectors, managers and controllers.
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
