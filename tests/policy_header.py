"""The Content-Security-Policy of an answer, checked part by part. The figures stand here once more, so that no slip passes twice."""

from __future__ import annotations

import re
from typing import Any

_NONCE = r"'nonce-([A-Za-z0-9_-]{24})'"
_POLICY = re.compile(
    rf"default-src 'none'; script-src {_NONCE}; style-src {_NONCE}; img-src 'self'; connect-src 'self'; "
    r"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    r"require-trusted-types-for 'script'; trusted-types default(; sandbox)?"
)


def nonce_in(policy: str) -> str:
    """Give the nonce of a policy that is as it has to be."""
    found = _POLICY.fullmatch(policy)
    assert found is not None, policy
    assert found.group(1) == found.group(2)
    return found.group(1)


def nonce_of(answer: Any) -> str:
    """Give the nonce of an answer."""
    return nonce_in(answer.headers["content-security-policy"])
