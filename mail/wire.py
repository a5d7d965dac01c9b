"""Writes the headers of our own mail, each in the plainest legal way.

The library's folding loses blanks between encoded words and encodes long Message-IDs, which breaks threads; so the few headers
that we write are written here. Nothing is checked here: `mail.compose` checks before, `mail.readback` after.
"""

from __future__ import annotations

from email.header import Header
from email.policy import EmailPolicy
from email.utils import quote
from typing import Any

_IDS = frozenset({"message-id", "in-reply-to", "references"})
#: RFC 5322, 2.1.1 and RFC 2047, 2.
_WIDTH = 76


class WirePolicy(EmailPolicy):
    """The policy that mail of ours is written with: CRLF, ASCII, no line over 998 bytes."""

    def fold(self, name: str, value: Any) -> str:
        """Give one header, folded, with its line end. Everything given has passed `mail.compose`."""
        kind = name.lower()
        if kind in _IDS:
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        if kind in ("to", "reply-to"):
            return f"{name}: " + ",\r\n ".join(address.addr_spec for address in value.addresses) + "\r\n"
        if kind == "from":
            (address,) = value.addresses
            phrase, spec = _phrase(address.display_name, len(name) + 2), f"<{address.addr_spec}>"
            blank = " " if "\n" not in phrase and len(name + phrase + spec) < _WIDTH - 3 else "\r\n "
            return f"{name}: {phrase}{blank}{spec}\r\n"
        if kind == "subject":
            return f"{name}: {_text(str(value), len(name) + 2)}\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Fold as `fold` does. Raises UnicodeEncodeError, a ValueError, where something is not ASCII after all."""
        return self.fold(name, value).encode("ascii")


def _phrase(text: str, used: int) -> str:
    """Write a display name: quoted where it is ASCII, encoded words otherwise."""
    return f'"{quote(text)}"' if text.isascii() else _encoded(text, used)


def _text(text: str, used: int) -> str:
    """Write unstructured text: folded at its blanks where it is ASCII, encoded words otherwise."""
    if not text.isascii():
        return _encoded(text, used)
    lines, room = [""], _WIDTH - used
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
            room = _WIDTH - 1
        else:
            lines[-1] += (" " if lines[-1] else "") + word
    return "\r\n ".join(lines)


def _encoded(text: str, used: int) -> str:
    return Header(text, "utf-8", header_name="x" * used).encode(linesep="\r\n", maxlinelen=_WIDTH)
