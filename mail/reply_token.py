"""The reply token: 128 random bits in the address that answers to a mail of ours come to, where the mailbox has plus addressing.

    Reply-To: ar+9f86d081884c7d659a2feaa0c55ad015@company.example

It finds the case when a mail program drops the chain of Message-IDs. It is bound to one customer, and proves nothing about the writer.
"""

from __future__ import annotations

import re
import secrets

from mail.address import is_plain

_HEX = re.compile(r"[0-9a-f]{32}")
_TOKEN = re.compile(r"[^@+]+\+(?P<token>[0-9a-f]{32})@[^@]+")


def new_token() -> str:
    """Make a token: 32 hex digits."""
    return secrets.token_hex(16)


def address_with(token: str, mailbox: str) -> str:
    """Give the mailbox's address with a token. Raises ValueError where that is no address, or no token."""
    local, _, domain = mailbox.rpartition("@")
    address = f"{local}+{token}@{domain}"
    if not _HEX.fullmatch(token) or "+" in local or not is_plain(address):
        raise ValueError("a reply token does not fit into the mailbox's address")
    return address


def token_in(address: str) -> str | None:
    """Give the token that an address carries, None where it has none."""
    match = _TOKEN.fullmatch(address.lower())
    return match["token"] if match else None
