"""Keys derived from the installation's own: one for each purpose, so that none can stand in for another. Nothing is kept."""

from __future__ import annotations

import hashlib
import hmac


def derived(key: bytes, purpose: str) -> bytes:
    """Derive the key (32 bytes) for a purpose (HMAC-SHA256, RFC 2104)."""
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()
