"""Makes the pages cheap to build anew for each test: what was made to check requests for one application serves the next as well.

FastAPI makes a validator for every parameter and a model for every form of every route each time that an application is built, which
took most of the time of the tests that look at pages. Two are the same where names, types, bounds and defaults are; nothing of what
they do is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import fastapi._compat.v2 as fields
from fastapi.dependencies import utils
from pydantic import BaseModel, TypeAdapter


def share_validators() -> None:
    """Let all applications of this process share their validators, and the models of their forms."""
    _share_models()
    # What is annotated is kept with it: an address in a `repr` stays that of the same function.
    kept: dict[object, tuple[Any, TypeAdapter[Any]]] = {}

    def made(annotated: Any, *, config: Any = None) -> TypeAdapter[Any]:
        type_, *bounds = get_args(annotated)
        key = (type_, repr(bounds), repr(config))
        if key not in kept:
            kept[key] = annotated, TypeAdapter(annotated, config=config)
        return kept[key][1]

    fields.TypeAdapter = made  # type: ignore[assignment,attr-defined]


def _share_models() -> None:
    make = fields.create_body_model
    kept: dict[object, tuple[Any, type[BaseModel]]] = {}

    def made(*, fields: Sequence[Any], model_name: str, config: Any = None) -> type[BaseModel]:
        of = tuple((each.name, each.field_info.annotation, repr(each.field_info)) for each in fields)
        key = (model_name, of, repr(config))
        if key not in kept:
            kept[key] = tuple(fields), make(fields=fields, model_name=model_name, config=config)
        return kept[key][1]

    utils.create_body_model = made  # type: ignore[attr-defined]
