"""Stands before every route: finds out who asks, and refuses what the matrix does not allow. Denies by default."""

from __future__ import annotations

from fastapi import HTTPException, Request

from review.matrix import PUBLIC, allowed
from review.viewer import LOCAL, Viewer


class Gate:
    """The dependency of the whole application."""

    async def admit(self, request: Request) -> None:
        """Set who asks, or refuse. Raises HTTPException."""
        method, path = request.method, request.scope["route"].path
        if (method, path) in PUBLIC:
            return
        viewer = self._who(request)
        if viewer.role not in allowed(method, path):
            raise HTTPException(403, f"This is not for the role {viewer.role.value}.")
        request.state.viewer = viewer

    def _who(self, request: Request) -> Viewer:
        return LOCAL
