"""The schema that is sent: enums and plain types only, closed objects, all properties required."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel

from agent.llm_schema import Question, Rung, strict_schema
from store.vocabulary import Reason

PLAIN_WORDS = {"type", "enum", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "$defs"}


class Promise(BaseModel):
    """Record a promise."""

    tool: Literal["record_promise"]
    on: dt.date = Field(description="the promised day")


class Dispute(BaseModel):
    """Open a dispute."""

    tool: Literal["open_dispute"]
    amount: Decimal | None = Field(default=None, gt=0, max_digits=12)


class Claim(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="why it is unpaid")
    second: Reason | None = None
    invoices: tuple[str, ...] = Field(default=(), max_length=5)
    number: Annotated[str, Field(pattern=r"^INV-\d+$", max_length=20)] = "INV-1"
    confidence: float = Field(ge=0, le=1)
    action: Annotated[Promise | Dispute, Field(discriminator="tool")]
    parts: list[Claim] = []


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    yield schema
    children = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", [])]
    for child in [*children, *([schema["items"]] if "items" in schema else [])]:
        yield from nodes(child)


def test_only_plain_words_are_sent_and_every_object_is_closed() -> None:
    for node in nodes(strict_schema(Claim)):
        assert set(node) - {"description"} <= PLAIN_WORDS
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
        if "$ref" in node:
            assert set(node) == {"$ref"}


def test_every_reference_is_defined_and_every_definition_is_used() -> None:
    schema = strict_schema(Claim)
    used = {node["$ref"].rpartition("/")[2] for node in nodes(schema) if "$ref" in node}
    assert used == set(schema["$defs"])
    assert "Reason" in used


def test_descriptions_and_the_form_of_dates_are_told_in_words() -> None:
    schema = strict_schema(Claim)
    assert schema["properties"]["reason"]["description"] == "why it is unpaid"
    assert schema["properties"]["reason"]["enum"] == [reason.value for reason in Reason]
    promise = schema["$defs"]["Promise"]
    assert promise["description"] == "Record a promise."
    assert promise["properties"]["on"]["description"] == "the promised day; YYYY-MM-DD"
    assert promise["properties"]["tool"]["enum"] == ["record_promise"]


def test_the_openai_sdk_itself_could_not_do_it() -> None:
    """Where its conversion one day sends plain words only, ours can go."""
    from openai.lib._pydantic import to_strict_json_schema

    words = {word for node in nodes(to_strict_json_schema(Claim)) for word in node}
    assert words & {"oneOf", "pattern", "default", "minimum", "maxLength"}


class Free(BaseModel):
    values: dict[str, str]


class Whatever(BaseModel):
    value: Any


class Pair(BaseModel):
    pair: tuple[int, int]


@pytest.mark.parametrize("model", [Free, Whatever, Pair, RootModel[list[int]]])
def test_what_strict_output_cannot_say_is_an_error_of_the_programmer(model: type[BaseModel]) -> None:
    with pytest.raises(TypeError):
        strict_schema(model)


def test_the_name_of_a_schema_is_one_that_servers_take() -> None:
    shape = Question(RootlessName, "p", "s", "u").response_format(Rung.JSON_SCHEMA)
    assert shape is not None
    assert shape["json_schema"]["name"] == "Box_int_"


class Box(BaseModel):
    value: int


RootlessName = type("Box[int]", (Box,), {})
