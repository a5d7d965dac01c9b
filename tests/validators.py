"""Makes the pages cheap to build anew for each test: a validator that was made for one application serves the next as well.

FastAPI makes one for every parameter of every route each time that an application is built, which took most of the time of the tests
that look at pages. Two are the same where type, bounds and defaults are; nothing of what they do is changed.
"""

from __future__ import annotations

from typing import Any, get_args

import fastapi._compat.v2 as fields
from pydantic import TypeAdapter


def share_validators() -> None:
    """Let all applications of this process share their validators."""
    kept: dict[object, tuple[Any, TypeAdapter[Any]]] = {}

    def made(annotated: Any, *, config: Any = None) -> TypeAdapter[Any]:
        type_, *bounds = get_args(annotated)
        key = (type_, repr(bounds), repr(config))
        if key not in kept:
            # What is annotated is kept with it: an address in a `repr` stays that of the same function.
            kept[key] = annotated, TypeAdapter(annotated, config=config)
        return kept[key][1]

    fields.TypeAdapter = made  # type: ignore[assignment,attr-defined]
