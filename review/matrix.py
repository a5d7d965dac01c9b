"""Roles and routes: who may ask for what. The one source for the gate and for its test; what has no row is refused.

A row is a method and a path as the routes state it. GET stands for HEAD too.
"""

from __future__ import annotations

from dataclasses import dataclass

from store.roles import DECIDERS, EVERYBODY, READERS, SENIORS, Role

_LOOK: tuple[str, ...] = (
    "/",
    "/worklist",
    "/worklist/{customer_id}",
    "/last-resort",
    "/last-resort/{number}",
    "/last-resort/{number}/packet",
    "/last-resort/{number}/decision-sheet",
    "/accounts/{customer_id}/last-resort",
    "/queue/rows",
    "/queue/events",
    "/together",
    "/unmatched",
    "/decided",
    "/attention",
    "/items/{number}",
    "/items/{number}/outcome",
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
    "/from-mail/{link}",
)
_DECIDE: tuple[str, ...] = (
    "/accounts/{customer_id}/last-resort",
    "/last-resort/{number}/approve",
    "/last-resort/{number}/refuse",
    "/last-resort/{number}/revise",
    "/last-resort/{number}/told",
    "/last-resort/{number}/hand-over",
    "/last-resort/{number}/end",
    "/together",
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
    "/cash/{number}/reopen",
)
_OWN: tuple[str, ...] = (
    "/sign-out",
    "/account/password",
    "/account/sessions/end",
    "/account/sessions/{number}/end",
    "/account/prove",
)
_ADMIN: tuple[str, ...] = (
    "/people/invite",
    "/people/{login}/invite",
    "/people/{login}/role",
    "/people/{login}/disable",
    "/people/{login}/enable",
)
_API = "/api/v1"
_API_LOOK: tuple[str, ...] = (
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
_API_DECIDE: tuple[str, ...] = (
    "/accounts/{customer_id}/last-resort",
    "/last-resort/{number}/approve",
    "/last-resort/{number}/refuse",
    "/last-resort/{number}/revise",
    "/last-resort/{number}/told",
    "/last-resort/{number}/hand-over",
    "/last-resort/{number}/end",
    "/queue/approve",
    "/items/{number}/preview",
    "/items/{number}/reread",
    "/items/{number}/retool",
    "/items/{number}/redraft",
    "/items/{number}/undo",
    "/items/{number}/snooze",
    "/items/{number}/give",
    "/items/{number}/hand-over",
    "/items/{number}/comment",
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
    "/cash/{number}/reopen",
    "/items/{number}/edit",
    "/items/{number}/choose",
    "/items/{number}/approve",
    "/items/{number}/reject",
    "/items/{number}/set-aside",
    "/messages/{number}/assign",
    "/messages/{number}/mark",
    "/messages/{number}/close",
    "/contacts/{number}/verify",
    "/contacts/{number}/reachable",
    "/wakings/{number}/retry",
    "/wakings/{number}/close",
    "/outgoing/{number}/retry",
    "/outgoing/{number}/settle",
)
#: What is posted by whoever reads, on the pages as well.
_API_READERS: tuple[str, ...] = (
    "/exports/{what}",
    "/reports/month",
    "/items/{number}/here",
    "/views",
    "/views/{number}/remove",
)

MATRIX: dict[tuple[str, str], frozenset[Role]] = {
    **{("GET", path): READERS for path in _LOOK},
    **{("POST", path): DECIDERS for path in _DECIDE},
    ("POST", "/numbers/autonomy"): SENIORS,
    ("POST", "/exports/{what}"): READERS,
    ("POST", "/reports/month"): READERS,
    # Who only reads is seen by the others as well.
    ("POST", "/items/{number}/here"): READERS,
    ("POST", "/views"): READERS,
    ("POST", "/views/{number}/remove"): READERS,
    **{("GET", f"{_API}{path}"): READERS for path in _API_LOOK},
    **{("POST", f"{_API}{path}"): DECIDERS for path in _API_DECIDE},
    ("POST", f"{_API}/autonomy"): SENIORS,
    **{("POST", f"{_API}{path}"): READERS for path in _API_READERS},
    ("GET", f"{_API}/openapi.json"): EVERYBODY,
    ("GET", "/tokens"): EVERYBODY,
    ("POST", "/tokens"): EVERYBODY,
    ("POST", "/tokens/{number}/revoke"): EVERYBODY,
    ("GET", "/account"): EVERYBODY,
    ("GET", "/account/prove/oidc"): EVERYBODY,
    **{("POST", path): EVERYBODY for path in _OWN},
    ("GET", "/people"): frozenset({Role.ADMIN}),
    **{("POST", path): frozenset({Role.ADMIN}) for path in _ADMIN},
}
#: What an open page asks by itself: it is no sign that somebody sits there, and keeps no session alive.
BY_ITSELF: frozenset[tuple[str, str]] = frozenset(
    {("POST", "/items/{number}/here"), ("GET", "/items/{number}/outcome")}
)
#: What is served before anybody signed in.
PUBLIC: frozenset[tuple[str, str]] = frozenset(
    {
        # For whoever watches the machine: neither tells anything of the company (`review.readiness`).
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("GET", "/sign-in/oidc"),
        ("GET", "/sign-in/oidc/back"),
        ("POST", "/sign-in/oidc/back"),
        ("GET", "/invitations/{link}"),
        ("POST", "/invitations/{link}"),
    }
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What is asked before an act: that its person proved who they are a moment ago. `page`: where the act stands.

    `field` and `value`: asked only where the form says so; a switch that is only turned off needs no proof.
    """

    page: str
    field: str = ""
    value: str = ""


#: What nobody does with a session alone that somebody left open (ASVS 7.5): it changes who may do what, and as whom.
PROVEN: dict[tuple[str, str], Proof] = {
    **{("POST", path): Proof("/people") for path in _ADMIN},
    ("POST", "/numbers/autonomy"): Proof("/numbers", field="state", value="open"),
    ("POST", "/tokens"): Proof("/tokens"),
    ("POST", "/account/sessions/end"): Proof("/account"),
    ("POST", "/account/sessions/{number}/end"): Proof("/account"),
}


def is_public(method: str, path: str) -> bool:
    """Say whether a route is there before anybody signed in."""
    return ("GET" if method == "HEAD" else method, path) in PUBLIC


def allowed(method: str, path: str) -> frozenset[Role]:
    """Give who may ask for a route; nobody where it has no row."""
    return MATRIX.get(("GET" if method == "HEAD" else method, path), frozenset())
