"""Gives something of the same kind in place of an attachment. Nothing of the original is kept but the words of a PDF, replaced.

No attachment is opened here: the words of a PDF are those that the parser's sandbox found when the mail came.
"""

from __future__ import annotations

import base64
import io

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
_GIF = base64.b64decode("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")
_LINE, _LINES = 100, 60


def stand_in(content_type: str, *, pdf: bool, words: str) -> bytes:
    """Give the content of a stand-in. `words`: what a PDF says, already replaced."""
    if pdf:
        return _pdf(words or "A stand-in: the original was replaced.")
    if content_type == "image/gif":
        return _GIF
    if content_type.startswith("image/"):
        return _PIXEL
    return b"A stand-in: the original was replaced.\n"


def _pdf(words: str) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    lines = [line[start : start + _LINE] for line in words.splitlines() for start in range(0, max(1, len(line)), _LINE)]
    for first in range(0, max(1, len(lines)), _LINES):
        page = canvas.beginText(40, A4[1] - 40)
        page.setFont("Helvetica", 9)
        for line in lines[first : first + _LINES]:
            page.textLine(line.encode("cp1252", "replace").decode("cp1252"))
        canvas.drawText(page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
