"""The Content-Security-Policy of every response: only scripts and styles that carry the response's own nonce, only our own host.

A nonce is made anew for each response and stands nowhere but in that response (ASVS 5.0, 3.4.3). What htmx puts into a page
brings neither scripts nor styles, so the nonce of the page that was opened stays the only one that counts in it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NONCE: ContextVar[str] = ContextVar("csp_nonce")


@contextmanager
def fresh_nonce() -> Iterator[str]:
    """Make the nonce of one response, for as long as the response is made."""
    token = _NONCE.set(secrets.token_urlsafe(18))
    try:
        yield _NONCE.get()
    finally:
        _NONCE.reset(token)


def nonce() -> str:
    """Give the nonce of the response that is being made, for a template. Raises LookupError outside of one."""
    return _NONCE.get()


def policy(value: str, *, saved: bool = False) -> str:
    """State the policy of a response with this nonce. `saved`: it is a file for saving, and never a page.

    There is no `strict-dynamic`: no script here loads another. Text becomes markup in one place of htmx alone, which
    `static/trusted.js` lets through (Trusted Types); every other such place of the DOM is shut.
    """
    parts = (
        "default-src 'none'",
        f"script-src 'nonce-{value}'",
        f"style-src 'nonce-{value}'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types default",
    )
    return "; ".join((*parts, "sandbox") if saved else parts)
