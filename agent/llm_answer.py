"""From the bytes of a chat completion to a validated value. Whatever a server or a model sends, nothing else comes out.

An answer that is cut off, refused or half a JSON is never used; nothing is guessed or filled in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from agent.llm_failure import FailureKind, ModelFailure

T = TypeVar("T", bound=BaseModel)

#: Enough for any structured answer; more is not read to the end.
MAX_BODY_BYTES = 1_000_000
MAX_CONTENT_CHARS = 200_000

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
#: pydantic's words for an answer of the wrong shape; the rest (bounds, lengths, dates) no schema could have forced.
_SHAPE_ERRORS = frozenset(
    {"json_invalid", "missing", "extra_forbidden", "enum", "literal_error", "union_tag_invalid", "union_tag_not_found"}
)

Count = Annotated[int, Field(ge=0, le=100_000_000)]


class Usage(BaseModel):
    """How many tokens the server says it used."""

    prompt_tokens: Count
    completion_tokens: Count


def _usage_or_none(value: Any) -> Usage | None:
    try:
        return Usage.model_validate(value)
    except ValidationError:
        return None  # some servers leave it out or lie; the estimate counts then


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message | None = None
    finish_reason: str | None = None


class _Envelope(BaseModel):
    choices: list[_Choice] | None = None
    usage: Annotated[Usage | None, BeforeValidator(_usage_or_none)] = None


@dataclass(frozen=True)
class Envelope:
    """A chat completion that was read: its usage, and its text or the failure that it is."""

    usage: Usage | None
    text: str = ""
    failure: ModelFailure | None = None


@dataclass(frozen=True)
class WrongAnswer:
    """A whole answer that is not the schema. `problems` is for the model's repair turn only, `failure` for people.

    `misshapen` means that a server which enforces the schema could not have sent it.
    """

    text: str
    problems: str
    failure: ModelFailure
    misshapen: bool


def read_envelope(body: bytes) -> Envelope:
    """Read the body of a 200. Never raises: what is no usable completion is an Envelope with a failure."""
    try:
        envelope = _Envelope.model_validate_json(body)
    except ValidationError:
        return Envelope(
            None,
            failure=ModelFailure(
                FailureKind.BAD_BODY, "the answer is no chat completion (HTML or broken JSON); check model.base_url"
            ),
        )
    choice = envelope.choices[0] if envelope.choices else None
    if choice is None or choice.message is None:
        return Envelope(envelope.usage, failure=ModelFailure(FailureKind.EMPTY, "the answer holds no choice"))
    failure = _unusable(choice, choice.message)
    return Envelope(envelope.usage, text=choice.message.content or "", failure=failure)


def _unusable(choice: _Choice, message: _Message) -> ModelFailure | None:
    if message.refusal:
        return ModelFailure(FailureKind.REFUSAL, "the model refuses to answer")
    match choice.finish_reason:
        case "stop":
            pass
        case "length":
            return ModelFailure(
                FailureKind.LENGTH, "the answer was cut off; raise model.max_tokens if this happens often"
            )
        case "content_filter":
            return ModelFailure(FailureKind.CONTENT_FILTER, "the server's content filter stopped the answer")
        case _:
            return ModelFailure(FailureKind.UNFINISHED, "the answer did not end with finish_reason stop")
    if not (message.content or "").strip():
        return ModelFailure(FailureKind.EMPTY, "the answer holds no text")
    if len(message.content or "") > MAX_CONTENT_CHARS:
        return ModelFailure(FailureKind.TOO_LARGE, f"the answer is longer than {MAX_CONTENT_CHARS} characters")
    return None


def read_answer(schema: type[T], text: str) -> T | WrongAnswer:
    """Validate an answer: strict types, no unknown keys. Never raises."""
    found = _json_part(text)
    if "\\u0000" in found:  # PostgreSQL cannot store it, and no answer needs it
        return _wrong(text, "the character U+0000 is not allowed", ["nul"])
    try:
        return schema.model_validate_json(found, strict=True, extra="forbid")
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        lines = [f"{'.'.join(map(str, one['loc'])) or 'answer'}: {one['msg']}" for one in problems[:8]]
        return _wrong(text, "; ".join(lines), [one["type"] for one in problems])
    except Exception as error:  # a schema's own validator met something it did not foresee
        return _wrong(text, "a value cannot be read", [type(error).__name__])


def _wrong(text: str, problems: str, types: list[str]) -> WrongAnswer:
    misshapen = all(kind in _SHAPE_ERRORS or kind.endswith("_type") for kind in types)
    named = ", ".join(sorted(set(types))[:5])
    failure = ModelFailure(FailureKind.INVALID, f"the answer does not fit the schema ({named})")
    return WrongAnswer(text, problems[:2000], failure, misshapen)


def _json_part(text: str) -> str:
    """Take the object out of code fences and prose. Half an object stays half and fails validation."""
    text = _THOUGHTS.sub("", text)
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text
