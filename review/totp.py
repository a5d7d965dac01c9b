"""The second factor: time-based codes (RFC 6238), 30 seconds each, every one used once at most. The picture is made here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from pyotp.exceptions import OTPVerificationError

_ISSUER = "dunwell"
_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as one path of SVG: squares of one unit, with a quiet zone of four."""

    size: int
    path: str


def new_secret() -> str:
    """Make a secret of 160 bits, in base 32."""
    return pyotp.random_base32(32)


def spaced(secret: str) -> str:
    """Write a secret so that a person can type it."""
    return " ".join(re.findall(".{1,4}", secret))


def picture(secret: str, *, login: str, company: str) -> Picture:
    """Draw what an authenticator app scans."""
    issuer = f"{_ISSUER} ({re.sub(r'[^0-9A-Za-z ]', '', company)[:40].strip()})"
    address = pyotp.TOTP(secret).provisioning_uri(name=login or "first person", issuer_name=issuer)
    rows = list(segno.make(address, error="m", micro=False).matrix)
    dark = (f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(rows) for x, cell in enumerate(row) if cell)
    return Picture(size=len(rows) + 8, path="".join(dark))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Give the time step that a code belongs to; None for a wrong one. One step before and after is accepted (RFC 6238, 5.2)."""
    digits = "".join(code.split())
    if not _CODE.fullmatch(digits):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(digits, for_time=now, valid_window=1)
    except OTPVerificationError:
        return None
