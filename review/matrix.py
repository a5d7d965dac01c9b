"""Roles and routes: who may ask for what. The one source for the gate and for its test; what has no row is refused.

A row is a method and a path as the routes state it. GET stands for HEAD too.
"""

from __future__ import annotations

from store.roles import DECIDERS, READERS, Role

_LOOK: tuple[str, ...] = (
    "/",
    "/unmatched",
    "/decided",
    "/attention",
    "/items/{number}",
    "/items/{number}/outcome",
    "/items/{number}/documents/{place}",
    "/messages/{number}",
)
_DECIDE: tuple[str, ...] = (
    "/items/{number}/preview",
    "/items/{number}/edit",
    "/items/{number}/approve",
    "/items/{number}/reject",
    "/items/{number}/choose",
    "/items/{number}/set-aside",
    "/outgoing/{number}/settle",
    "/outgoing/{number}/retry",
    "/contacts/{number}/verify",
    "/contacts/{number}/reachable",
    "/messages/{number}/assign",
    "/messages/{number}/mark",
    "/messages/{number}/close",
    "/wakings/{number}/retry",
    "/wakings/{number}/close",
)

MATRIX: dict[tuple[str, str], frozenset[Role]] = {
    **{("GET", path): READERS for path in _LOOK},
    **{("POST", path): DECIDERS for path in _DECIDE},
}
#: What is served before anybody signed in.
PUBLIC: frozenset[tuple[str, str]] = frozenset()


def allowed(method: str, path: str) -> frozenset[Role]:
    """Give who may ask for a route; nobody where it has no row."""
    return MATRIX.get(("GET" if method == "HEAD" else method, path), frozenset())
