"""Marks of browsers from which a person signed in before: a signed cookie. It proves nothing but that, and lets nobody in.

Tries to sign in with such a mark are counted by themselves, so that a stranger who guesses cannot keep a person out of their own
browser (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def mark(key: bytes, login: str) -> str:
    """Make the mark of a browser for a person."""
    nonce = secrets.token_urlsafe(12)
    return f"{nonce}.{_signed(key, login, nonce)}"


def is_of(key: bytes, login: str, given: str) -> bool:
    """Say whether a browser holds the mark of this person."""
    nonce, _, signature = given.partition(".")
    return hmac.compare_digest(_signed(key, login, nonce).encode(), signature.encode("utf-8", "replace"))


def _signed(key: bytes, login: str, nonce: str) -> str:
    mac = hmac.new(key, f"{nonce}:{login}".encode("utf-8", "replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).decode().rstrip("=")
