"""What a cassette is: one file a conversation, JSON lines; first who was asked and how, then every answer. Values only.

An answer that is JSON is written as JSON, so that a person can read it, wherever that gives back the very same text.
Prompts are not kept: they follow from the conversation, and the key of each line says whether they still do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from agent.llm_answer import Usage
from agent.llm_failure import FailureKind, Hint, ModelFailure
from agent.llm_schema import Rung, digest
from agent.llm_settings import ModelSettings

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
TurnId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/\d{3}-in\.eml$")]
#: No server is at this address, and none is ever asked: the client needs one to be made.
NOWHERE = "https://recorded.example/v1"


class CassetteError(ValueError):
    """A recording that cannot be used. The text says what is wrong and what to do."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Asked(_Value):
    """How a model was asked: what of the client's settings and habits changes a request or how many there may be."""

    temperature: float = 0
    max_tokens: int = 2000
    max_calls_per_message: int = 4
    max_tokens_per_message: int = 60_000
    max_attempts: int = 4
    rung: Rung = Rung.JSON_SCHEMA
    token_parameter: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    takes_temperature: bool = True
    input_price: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?$")] | None = None
    output_price: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?$")] | None = None

    def settings(self, model: str) -> ModelSettings:
        """Give settings with which the client asks the same again."""
        return ModelSettings.model_validate(
            {
                "base_url": NOWHERE,
                "model": model,
                **self.model_dump(exclude={"rung", "token_parameter", "takes_temperature"}),
            }
        )


class Head(_Value):
    """The first line of a cassette. `how`: a server was asked, or the requests were answered in a file."""

    schema_: Literal[1] = Field(default=1, alias="cassette", serialization_alias="cassette")
    conversation: str
    model: str = Field(min_length=1, max_length=200)
    how: Literal["live", "file"]
    recorded: AwareDatetime
    dunwell: str
    prompts: Sha256
    asked: Asked = Asked()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Failed(_Value):
    """A request that the server turned down, and would turn down again."""

    kind: FailureKind
    text: str
    status: int | None = None
    hint: Hint | None = None

    def failure(self) -> ModelFailure:
        """Give the failure as the client met it."""
        return ModelFailure(self.kind, self.text, status=self.status, hint=self.hint)


class Line(_Value):
    """One answer. `n` counts the equal requests of one turn, `answer` is its text, or the JSON that the text spells."""

    turn: TurnId
    purpose: str
    key: Sha256
    n: int = Field(default=1, ge=1)
    answer: str | dict[str, Any] | None = None
    refusal: str | None = None
    finish_reason: str | None = "stop"
    usage: Usage | None = None
    failed: Failed | None = None

    def body(self) -> bytes:
        """Give the completion as a server sends it. Raises ModelFailure where the server turned the request down."""
        if self.failed is not None:
            raise self.failed.failure()
        text = spelt(self.answer) if isinstance(self.answer, dict) else self.answer
        message = {"role": "assistant", "content": text, "refusal": self.refusal}
        usage = self.usage.model_dump() if self.usage is not None else None
        document = {"choices": [{"index": 0, "message": message, "finish_reason": self.finish_reason}], "usage": usage}
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


def request_key(request: dict[str, Any]) -> str:
    """Give the key of a request: the sha256 of all that is said to the model and of the form asked for.

    It is the `prompt_sha256` of the call's record in production. The clock of a case stands still and the mark around
    a mail is its hash, so that nothing in a prompt differs from run to run.
    """
    return digest(request["messages"], request.get("response_format"))


def spelt(answer: dict[str, Any]) -> str:
    """Give JSON as text, in the one spelling that a cassette keeps as JSON."""
    return json.dumps(answer, ensure_ascii=False)


def kept(text: str | None) -> str | dict[str, Any] | None:
    """Give an answer's text as a cassette keeps it: as JSON where that spells the same text, else as it is."""
    if text is None:
        return None
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) and spelt(value) == text else text


def _no_number(word: str) -> None:
    """Refuse NaN and Infinity, which are no JSON and would not come back."""
    raise ValueError(word)


def read_cassette(path: Path) -> tuple[Head, list[Line]]:
    """Read one file. Raises CassetteError that names file and line."""
    try:
        texts = path.read_text("utf-8").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CassetteError(f"{path}: cannot be read ({type(error).__name__})") from error
    number, lines = 1, []
    try:
        head = Head.model_validate_json(texts[0])
        for number, text in enumerate(texts[1:], 2):  # noqa: B007 - said where one cannot be read
            lines.append(Line.model_validate_json(text))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise CassetteError(f"{path}:{number}: {where + ': ' if where else ''}{first['msg']}") from error
    if head.conversation != path.stem:
        raise CassetteError(f"{path}:1: is of {head.conversation}, but the file says {path.stem}")
    return head, lines


def write_cassette(path: Path, head: Head, lines: Sequence[Line]) -> None:
    """Write one file, whole or not at all; turns in their order, their answers as they came."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [head.model_dump_json()]
    texts += [line.model_dump_json(exclude_defaults=True) for line in sorted(lines, key=lambda line: line.turn)]
    part = path.with_suffix(".part")
    part.write_text("\n".join(texts) + "\n", "utf-8")
    part.replace(path)
