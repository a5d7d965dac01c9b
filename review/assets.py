"""Scripts, styles and the icon of the pages: read once, named by what they hold, so that a browser keeps them safely.

The address of a file carries the hash of its content: other content has another address. What is asked for under any other
address is asked for anew each time. Nothing else than these few kinds of files is served, and nothing from the disk after the start.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

#: Where they are served.
PLACE = "/static"
#: Kept for a year without asking (RFC 9111, 5.2.2.1; RFC 8246): only where the address says what is meant.
KEPT = "max-age=31536000, immutable"
#: Kept, and asked for each time whether it is still the same (RFC 9111, 5.2.2.4).
ASKED = "no-cache"

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `version`: the beginning of the SHA-256 of its content, in hex."""

    content: bytes
    media_type: str
    version: str


class Assets:
    """The files of a folder, as they were at the start; an ASGI application that serves them."""

    def __init__(self, folder: Path) -> None:
        """Read them."""
        self._files = {
            file.name: Asset(content, _TYPES[file.suffix], hashlib.sha256(content).hexdigest()[:20])
            for file in sorted(folder.iterdir())
            if file.suffix in _TYPES
            for content in (file.read_bytes(),)
        }

    def address(self, name: str) -> str:
        """Give the address of a file, for a template. Raises KeyError for one that there is not."""
        return f"{PLACE}/{name}?v={self._files[name].version}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file. Raises HTTPException for what there is not."""
        if scope["type"] != "http":
            return
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"allow": "GET, HEAD"})
        found = self._files.get(scope["path"].removeprefix(scope["root_path"]).removeprefix("/"))
        if found is None:
            raise HTTPException(404)
        await _response(found, scope)(scope, receive, send)


def _response(found: Asset, scope: Scope) -> Response:
    meant = QueryParams(scope["query_string"]).get("v") == found.version
    headers = {"etag": f'"{found.version}"', "cache-control": KEPT if meant else ASKED}
    known = Headers(scope=scope).get("if-none-match", "").split(",")
    if headers["etag"] in [tag.strip().removeprefix("W/") for tag in known]:
        return Response(status_code=304, headers=headers)
    response = Response(found.content, media_type=found.media_type, headers=headers)
    if scope["method"] == "HEAD":
        response.body = b""
    return response
