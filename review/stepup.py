"""Asks again who somebody is, before acts that a session alone must not do: a browser that was left open is not its person.

What is asked for stands in `review.matrix.PROVEN`. Nothing that was filled in is lost: the form comes along and goes on by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import HTTPException, Request
from starlette.datastructures import FormData

from review.matrix import PROVEN, Proof
from review.security import FormTokens
from review.viewer import Viewer, viewer_of
from store.clock import Clock

#: So long after a proof, none is asked for.
GOOD_FOR = timedelta(minutes=10)
#: Fields that are of a form itself, and not of what it asks for.
_OF_THE_FORM = frozenset({"csrf"})
#: A part of a path from which no browser reads another address: no slash, no query, nothing percent-encoded, no way upwards.
_PART = r"(?!\.{1,2}/)[A-Za-z0-9._-]{1,100}"


class ProofNeeded(HTTPException):
    """The act waits for a proof: which act, what was filled in, and the page it stands on."""

    def __init__(self, act: str, fields: Mapping[str, str], page: str) -> None:
        """Keep what the page that asks needs."""
        super().__init__(403, "Prove first that it is you.")
        self.act, self.fields, self.page = act, dict(fields), page


class StepUp:
    """A dependency of the whole application, after the gate."""

    def __init__(self, tokens: FormTokens, clock: Clock) -> None:
        """Take who knows the forms that are ours."""
        self._tokens, self._clock = tokens, clock

    async def insist(self, request: Request) -> None:
        """Let pass who proved a moment ago who they are. Raises ProofNeeded."""
        proof = PROVEN.get((request.method, request.scope["route"].path))
        if proof is None:
            return
        viewer = viewer_of(request)
        if viewer.session_id is None or is_proven(viewer, self._clock()):
            return
        form = await request.form()
        if not _asked(proof, form):
            return
        # Whose form it is comes first: what another page filled in is not repeated to anybody.
        self._tokens.require(request, str(form.get("csrf", "")))
        raise ProofNeeded(request.url.path, _texts(form), proof.page)


def is_proven(viewer: Viewer, now: datetime) -> bool:
    """Say whether somebody proved a moment ago who they are."""
    return viewer.proven_at is not None and now - viewer.proven_at < GOOD_FOR


def page_of(act: str) -> str | None:
    """Give the page that an act stands on; None for a path that is no act which needs a proof."""
    return next((proof.page for pattern, proof in _patterns() if pattern.fullmatch(act)), None)


def pages() -> frozenset[str]:
    """Give the pages that somebody may be led back to."""
    return frozenset(proof.page for proof in PROVEN.values())


def _patterns() -> list[tuple[re.Pattern[str], Proof]]:
    return [(re.compile(re.sub(r"\{\w+\}", lambda _: _PART, path)), proof) for (_, path), proof in PROVEN.items()]


def _asked(proof: Proof, form: FormData) -> bool:
    return not proof.field or form.get(proof.field) == proof.value


def _texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str) and name not in _OF_THE_FORM}
