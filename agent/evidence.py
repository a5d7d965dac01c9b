"""Evidence must stand in the reply, word for word. What does not is dropped, whoever claimed it."""

from __future__ import annotations

import re


def locate(evidence: str, text: str) -> str | None:
    """Give the exact piece of `text` that the evidence quotes; None when it is not there.

    Differences in white space, quotation marks and dashes are forgiven, as models set them their own way; words are not.
    """
    wanted = evidence.strip().strip("\"'“”„«»").strip()
    if not wanted:
        return None
    if wanted in text:
        return wanted
    pattern = "".join(
        _forgiving(piece) for piece in re.findall(r"\s+|[\"'“”„«»‘’`´]|[-–—‐‑]|[^\s\"'“”„«»‘’`´\-–—‐‑]+", wanted)
    )
    found = re.search(pattern, text)
    return found.group(0) if found else None


def _forgiving(piece: str) -> str:
    if piece.isspace():
        return r"\s+"
    if piece in "\"'“”„«»‘’`´":
        return "[\"'“”„«»‘’`´]"
    if piece in "-–—‐‑":
        return "[-–—‐‑]"
    return re.escape(piece)
