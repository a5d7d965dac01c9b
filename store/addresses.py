"""What counts as an address that mail may be sent to. Stricter than RFC 5322 on purpose: no quoting, no comments.

Odd text is refused, never repaired. What the ledger takes in and what is written into a mail is judged by this alone.
"""

from __future__ import annotations

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")


def is_plain(address: str) -> bool:
    """Say whether this is one ASCII dot-atom address (RFC 5321, 4.1.2, without quoted strings and literals)."""
    match = _PLAIN.fullmatch(address) if len(address) <= 254 else None
    return match is not None and len(match["local"]) <= 64
