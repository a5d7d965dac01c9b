"""Passwords: hashed with Argon2id, and refused when they are short, common or about the company. Never logged, never kept.

ASVS 5.0 6.2.1, 6.2.4, 6.2.8, 6.2.9, 11.4.2. The list of common ones is ours and short; `review.refused_passwords` adds to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

#: No password is shorter; so long is what we recommend; longer than that is an attack on the hash, not a password.
FLOOR, ADVISED, CEILING = 8, 12, 1000
_COMMON = Path(__file__).parent / "common_passwords.txt"
_LEET = str.maketrans("013457@$!|+", "oieastasiit")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
_DIGITS = ("01234567890", "1q2w3e4r5t6z7u8i9o0p", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb")


class Passwords:
    """Hashes and judges passwords. Building it costs one hash, which stands for persons that do not exist."""

    def __init__(self, *, company: str = "", refused: Collection[str] = ()) -> None:
        """Take the company's name and more passwords to refuse."""
        # OWASP Password Storage Cheat Sheet, 2025: m=19 MiB, t=2, p=1.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
        self._nobody = self._hasher.hash("nobody has this password")
        listed = _COMMON.read_text("utf-8").splitlines()
        self._refused = frozenset(_bare(w) for w in (*listed, *refused) if w and not w.startswith("#"))
        self._own = tuple(w for w in re.findall(r"\w{4,}", _folded(company)))

    def hash(self, password: str) -> str:
        """Hash a password that was not refused."""
        return self._hasher.hash(_normal(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Say whether a password is the stored one. Takes as long where there is none, so that nobody learns who exists."""
        if len(password) > CEILING:
            stored, password = None, ""  # nobody has one so long; it is not cut to see whether its beginning fits
        try:
            same = self._hasher.verify(stored or self._nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return same and stored is not None

    def outdated(self, stored: str) -> bool:
        """Say whether a hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(stored)

    def fault(self, password: str, *, login: str, name: str = "") -> str | None:
        """Say why a password is refused; None where it may be used."""
        plain = _normal(password)
        if len(plain) < FLOOR:
            return f"The password is too short: {ADVISED} characters or more are good, fewer than {FLOOR} are refused."
        if len(plain) > CEILING:
            return f"The password is longer than {CEILING} characters."
        folded = _folded(plain)
        if len(set(folded)) < 5:
            return "The password repeats a few characters over and over."
        if _bare(plain) in self._refused or _walks(folded):
            return "The password is one of those that are tried first: choose another."
        about = (login, *re.findall(r"\w{4,}", _folded(name)), *self._own)
        left = folded
        for word in sorted((_folded(w) for w in about if len(w) >= 3), key=len, reverse=True):
            left = left.replace(word, "")
        if left != folded and len(left) < FLOOR:
            return "The password is made of your name, your login or the company's name: choose another."
        return None


def read_refused(path: Path) -> tuple[str, ...]:
    """Read a file of passwords to refuse, one a line, # before a comment. Raises ValueError."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(f"review.refused_passwords: {path} cannot be read: {why}") from None
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _normal(password: str) -> str:
    """Give one form to what looks the same, whatever keyboard wrote it (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _folded(text: str) -> str:
    return _normal(text).casefold()


def _bare(password: str) -> str:
    """Reduce a password to what people vary: without case, digits and marks around it, and with letters for look-alikes."""
    folded = _folded(password).strip()
    core = folded.strip("0123456789 !?.,;:-_*#@$%&/()+=<>\"'^~`|\\[]{}")
    return (core or folded).translate(_LEET)


def _walks(folded: str) -> bool:
    """Say whether it is nothing but steps along the keyboard or the alphabet, forwards or backwards, in runs of four or more."""
    rows = [*_ROWS, *_DIGITS]
    rows += [row[::-1] for row in rows]
    at = 0
    while at < len(folded):
        runs = [n for n in range(len(folded) - at, 3, -1) if any(folded[at : at + n] in row for row in rows)]
        if not runs:
            return len(folded) - at < 3 and at >= FLOOR - 2
        at += runs[0]
    return True
