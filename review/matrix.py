"""Roles and routes: who may ask for what. The one source for the gate and for its test; what has no row is refused.

A row is a method and a path as the routes state it. GET stands for HEAD too.
"""

from __future__ import annotations

from dataclasses import dataclass

from review.matrix_api import API, API_CONNECT, API_CONNECT_LOOK, API_DECIDE, API_LOOK, API_READERS
from review.matrix_pages import ADMIN, CONNECT, CONNECT_LOOK, DECIDE, LOOK, OWN
from store.roles import DECIDERS, EVERYBODY, READERS, SENIORS, Role

#: A controller does something about a connected system; an admin, who decides about nothing, looks, and signs in at the machine.
_KEEPERS = frozenset({Role.CONTROLLER})
_SEE_KEPT = SENIORS | {Role.ADMIN}
MATRIX: dict[tuple[str, str], frozenset[Role]] = {
    **{("GET", path): READERS for path in LOOK},
    **{("POST", path): DECIDERS for path in DECIDE},
    ("POST", "/numbers/autonomy"): SENIORS,
    ("POST", "/exports/{what}"): READERS,
    ("POST", "/reports/month"): READERS,
    # Who only reads is seen by the others as well.
    ("POST", "/items/{number}/here"): READERS,
    ("POST", "/views"): READERS,
    ("POST", "/views/{number}/remove"): READERS,
    **{("GET", f"{API}{path}"): READERS for path in API_LOOK},
    **{("POST", f"{API}{path}"): DECIDERS for path in API_DECIDE},
    ("POST", f"{API}/autonomy"): SENIORS,
    **{("POST", f"{API}{path}"): READERS for path in API_READERS},
    **{("GET", path): _SEE_KEPT for path in CONNECT_LOOK},
    **{("POST", path): _KEEPERS for path in CONNECT},
    **{("GET", f"{API}{path}"): _SEE_KEPT for path in API_CONNECT_LOOK},
    **{("POST", f"{API}{path}"): _KEEPERS for path in API_CONNECT},
    ("GET", f"{API}/openapi.json"): EVERYBODY,
    ("GET", "/tokens"): EVERYBODY,
    ("POST", "/tokens"): EVERYBODY,
    ("POST", "/tokens/{number}/revoke"): EVERYBODY,
    ("GET", "/account"): EVERYBODY,
    ("GET", "/account/prove/oidc"): EVERYBODY,
    **{("POST", path): EVERYBODY for path in OWN},
    ("GET", "/people"): frozenset({Role.ADMIN}),
    **{("POST", path): frozenset({Role.ADMIN}) for path in ADMIN},
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
    **{("POST", path): Proof("/people") for path in ADMIN},
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
