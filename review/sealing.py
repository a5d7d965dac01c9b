"""Seals small secrets with a key that is not in the database, so that whoever gets a copy of the tables cannot use them."""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Broken(ValueError):
    """What was sealed was changed, belongs elsewhere, or was sealed with another key."""


class Sealer:
    """AES-256-GCM (NIST SP 800-38D). A seal is bound to the place it was made for: it cannot be moved to another row."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes, used for nothing else."""
        self._cipher = AESGCM(key)

    def seal(self, text: str, *, place: str) -> str:
        """Seal a text for one place."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())).decode()

    def open(self, sealed: str, *, place: str) -> str:
        """Give the text back. Raises Broken."""
        try:
            raw = base64.b64decode(sealed.encode("ascii"), altchars=b"-_", validate=True)
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
        except (InvalidTag, binascii.Error, UnicodeError, ValueError):
            raise Broken("a sealed secret cannot be opened") from None
