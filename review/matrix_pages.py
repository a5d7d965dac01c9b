"""The rows of the pages: which path is looked at, decided at, or kept by an admin. Data alone; who may says `review.matrix`."""

from __future__ import annotations

#: Looked at by whoever reads, on the pages and by the API under the same path.
LOOK_BOTH: tuple[str, ...] = (
    "/worklist",
    "/worklist/{customer_id}",
    "/last-resort",
    "/last-resort/{number}",
    "/last-resort/{number}/packet",
    "/last-resort/{number}/decision-sheet",
    "/accounts/{customer_id}/last-resort",
    "/unmatched",
    "/attention",
    "/items/{number}",
    "/items/{number}/alternatives",
    "/items/{number}/documents/{place}",
    "/messages/{number}",
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
)
#: All that is looked at on the pages.
LOOK: tuple[str, ...] = (
    *LOOK_BOTH,
    "/",
    "/queue/rows",
    "/queue/events",
    "/together",
    "/decided",
    "/items/{number}/outcome",
    "/from-mail/{link}",
)
#: Decided by collectors, managers and controllers, on the pages and by the API under the same path.
DECIDE_BOTH: tuple[str, ...] = (
    "/accounts/{customer_id}/last-resort",
    "/last-resort/{number}/approve",
    "/last-resort/{number}/refuse",
    "/last-resort/{number}/revise",
    "/last-resort/{number}/told",
    "/last-resort/{number}/hand-over",
    "/last-resort/{number}/end",
    "/items/{number}/preview",
    "/items/{number}/edit",
    "/items/{number}/approve",
    "/items/{number}/undo",
    "/items/{number}/reject",
    "/items/{number}/choose",
    "/items/{number}/set-aside",
    "/items/{number}/reread",
    "/items/{number}/retool",
    "/items/{number}/redraft",
    "/items/{number}/snooze",
    "/items/{number}/give",
    "/items/{number}/hand-over",
    "/items/{number}/comment",
    "/outgoing/{number}/settle",
    "/outgoing/{number}/retry",
    "/contacts/{number}/verify",
    "/contacts/{number}/reachable",
    "/messages/{number}/assign",
    "/messages/{number}/mark",
    "/messages/{number}/close",
    "/wakings/{number}/retry",
    "/wakings/{number}/close",
    "/escalations/{number}/take",
    "/escalations/{number}/close",
    "/disputes/{number}/end",
    "/portal-items/{number}/move",
    "/portal-items/{number}/fill",
    "/portal-items/{number}/set-back",
    "/tasks/{number}/posted",
    "/tasks/{number}/called",
    "/tasks/{number}/drop",
    "/payment-searches/{number}/dismiss",
    "/cash/confirm",
    "/cash/{number}/confirm",
    "/cash/{number}/dismiss",
    "/cash/{number}/answer",
    "/cash/{number}/reopen",
)
#: All that is decided on the pages.
DECIDE: tuple[str, ...] = (*DECIDE_BOTH, "/together")
#: Of one's own account.
OWN: tuple[str, ...] = (
    "/sign-out",
    "/account/password",
    "/account/sessions/end",
    "/account/sessions/{number}/end",
    "/account/prove",
)
#: Of those who sign in; an admin's alone.
ADMIN: tuple[str, ...] = (
    "/people/invite",
    "/people/{login}/invite",
    "/people/{login}/role",
    "/people/{login}/disable",
    "/people/{login}/enable",
)
#: What is done with a connected system, by a controller; managers and admins look as well.
CONNECT: tuple[str, ...] = (
    "/connections/{name}/read-now",
    "/connections/{name}/pause",
    "/connections/{name}/resume",
    "/connections/{name}/try",
    "/connections/{name}/remove",
)
CONNECT_LOOK: tuple[str, ...] = ("/connections", "/connections/{name}", "/connections/{name}/remove")
