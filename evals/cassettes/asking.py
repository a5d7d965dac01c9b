"""A recording made by hand or by another program: writes the requests that have no answer yet, takes answers back in.

The requests are exactly those that the client would send. An answer is kept only where the client's own schema takes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent.llm_answer import Usage, WrongAnswer, read_answer
from agent.llm_schema import Message, strict_schema
from agent.nodes.decide import choices_of
from agent.nodes.write import Written
from agent.stated import ReadReply
from evals.cassettes.format import Line, Sha256, TurnId, spelt


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Value):
    """A system prompt that many requests share, said once."""

    kind: Literal["system"] = "system"
    name: str
    text: str


class Form(_Value):
    """A JSON schema that many requests share, said once."""

    kind: Literal["schema"] = "schema"
    name: str
    json_: dict[str, Any] = Field(alias="json", serialization_alias="json")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Request(_Value):
    """One question that has no answer. `system` and `form` are names of lines above; `then` follows the user's text."""

    kind: Literal["request"] = "request"
    turn: TurnId
    purpose: str
    key: Sha256
    n: int = 1
    system: str
    form: str
    user: str
    then: tuple[Message, ...] = ()


class Given(_Value):
    """An answer from outside. `usage` as the model's server counted it, where that is known."""

    kind: Literal["answer"] = "answer"
    turn: TurnId
    key: Sha256
    n: int = 1
    answer: dict[str, Any] | str
    usage: Usage | None = None


class Sheet(_Value):
    """Requests with the texts and forms that they share."""

    texts: dict[str, str] = Field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = Field(default_factory=dict)
    requests: tuple[Request, ...] = ()


def write_sheet(path: Path, sheet: Sheet) -> None:
    """Write requests as JSON lines: shared texts and forms first."""
    lines = [Text(name=name, text=text).model_dump_json() for name, text in sheet.texts.items()]
    lines += [Form(name=name, json_=form).model_dump_json() for name, form in sheet.forms.items()]
    lines += [request.model_dump_json() for request in sheet.requests]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), "utf-8")


_ANY: TypeAdapter[Text | Form | Request | Given] = TypeAdapter(Text | Form | Request | Given)


def read_lines(paths: Sequence[Path]) -> tuple[Sheet, list[tuple[str, Given]], list[str]]:
    """Read requests and answers from files, in any order: the requests, the answers with their place, the faults."""
    texts, forms, requests = {}, {}, []
    given: list[tuple[str, Given]] = []
    faults: list[str] = []
    for path in paths:
        for number, text in enumerate(path.read_text("utf-8").split("\n"), 1):
            if not text.strip():
                continue
            try:
                line = _ANY.validate_json(text)
            except ValidationError as error:
                faults.append(f"{path}:{number}: {_said(text, error)}")
                continue
            match line:
                case Text():
                    texts[line.name] = line.text
                case Form():
                    forms[line.name] = line.json_
                case Request():
                    requests.append(line)
                case Given():
                    given.append((f"{path}:{number}", line))
    return Sheet(texts=texts, forms=forms, requests=tuple(requests)), given, faults


def _said(text: str, error: ValidationError) -> str:
    """Say what is wrong with a line, as the answer that it most likely means to be."""
    try:
        Given.model_validate_json(text)
    except ValidationError as of_answer:
        error = of_answer
    first = error.errors(include_input=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the line'}: {first['msg']}"


def taken(sheet: Sheet, given: Sequence[tuple[str, Given]]) -> tuple[list[Line], list[str]]:
    """Give the answers that fit a request and its schema, as lines of a cassette, and what is wrong with the others."""
    asked = {(request.turn, request.key, request.n): request for request in sheet.requests}
    lines, faults = [], []
    for where, answer in given:
        request = asked.get((answer.turn, answer.key, answer.n))
        if request is None:
            faults.append(
                f"{where}: no request of {answer.turn} has the key {answer.key[:12]}; give the requests' file too"
            )
            continue
        fault = _fault(request, sheet.forms.get(request.form), answer)
        if fault is not None:
            faults.append(f"{where}: {answer.turn}, {request.purpose}: {fault}")
            continue
        lines.append(
            Line(
                turn=answer.turn,
                purpose=request.purpose,
                key=answer.key,
                n=answer.n,
                answer=answer.answer,
                usage=answer.usage,
            )
        )
    return lines, faults


def _fault(request: Request, form: dict[str, Any] | None, given: Given) -> str | None:
    if form is None:
        return f"the file of requests lacks the schema {request.form}"
    schema = _schema(request.purpose, form)
    if schema is None or strict_schema(schema) != form:
        return "was asked by another version of dunwell: write the requests again"
    text = spelt(given.answer) if isinstance(given.answer, dict) else given.answer
    answer = read_answer(schema, text)
    return f"does not fit the schema: {answer.problems}" if isinstance(answer, WrongAnswer) else None


def _schema(purpose: str, form: dict[str, Any]) -> type[BaseModel] | None:
    """Give the client's own form for a purpose. The choice among tools is made for the tools that the request permits."""
    match purpose:
        case "read":
            return ReadReply
        case "write" | "repair":
            return Written
        case "decide":
            named = form.get("$defs", {}).get("PermittedTool", {}).get("enum", [])
            return choices_of([str(name) for name in named]) if named else None
        case _:
            return None
