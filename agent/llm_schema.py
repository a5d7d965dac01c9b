"""What is sent to a model: the schema in the small dialect that all servers know, and the messages of each rung.

Only enums and plain types are sent. Bounds, patterns and lengths stay with pydantic, which validates every answer again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import BaseModel

JsonObject = dict[str, Any]
Message = dict[str, str]

#: Formats that many servers reject are told in words instead.
_FORMAT_WORDS = {"date": "YYYY-MM-DD", "date-time": "ISO 8601 with offset", "email": "an e-mail address"}
_QUOTED_ANSWER_CHARS = 8_000


class Rung(StrEnum):
    """How a structured answer is asked for, best first."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    PLAIN = "plain"


@cache
def strict_schema(model: type[BaseModel]) -> JsonObject:
    """Give the JSON schema of a model for strict structured output: closed objects, all properties required.

    Raises TypeError for what strict output cannot say: free-form dicts, fixed tuples, a root that is no object.
    (The openai SDK's own conversion keeps `pattern`, `default`, `oneOf` and number bounds, which servers reject.)
    """
    source = model.model_json_schema()
    defs: JsonObject = source.get("$defs", {})
    root = defs[source["$ref"].rpartition("/")[2]] if "$ref" in source else source  # a model that holds itself
    schema = _strict(root, defs, ())
    if schema.get("type") != "object":
        raise TypeError(f"{model.__name__}: the root of a structured answer must be an object")
    wanted: JsonObject = {}
    pending = list(_refs(schema))
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted[name] = _strict(defs[name], defs, ())
            pending += _refs(wanted[name])
    if wanted:
        schema["$defs"] = dict(sorted(wanted.items()))
    return schema


def _strict(node: JsonObject, defs: JsonObject, inside: tuple[str, ...]) -> JsonObject:
    about = _about(node)
    if "$ref" in node:
        return _referred(node["$ref"], about, defs, inside)
    variants = node.get("anyOf") or node.get("oneOf")
    if variants:
        return {"anyOf": [_strict(variant, defs, inside) for variant in variants], **about}
    if "enum" in node or "const" in node:
        values = node["enum"] if "enum" in node else [node["const"]]
        return {**({"type": node["type"]} if "type" in node else {}), "enum": values, **about}
    if node.get("type") == "object":
        return {**_object(node, defs, inside), **about}
    if node.get("type") == "array":
        if not isinstance(node.get("items"), dict):
            raise TypeError("a tuple of fixed length cannot be a structured answer; use a list")
        return {"type": "array", "items": _strict(node["items"], defs, inside), **about}
    if "type" not in node:
        raise TypeError("a field of any type cannot be a structured answer; give it a type")
    return {"type": node["type"], **about}


def _object(node: JsonObject, defs: JsonObject, inside: tuple[str, ...]) -> JsonObject:
    properties: JsonObject = node.get("properties", {})
    if not properties and node.get("additionalProperties") is not False:
        raise TypeError("a dict with free keys cannot be a structured answer; use a list of objects")
    return {
        "type": "object",
        "properties": {name: _strict(child, defs, inside) for name, child in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }


def _referred(ref: str, about: JsonObject, defs: JsonObject, inside: tuple[str, ...]) -> JsonObject:
    """Keep a bare reference; inline one that has its own description, as strict servers allow no siblings of $ref."""
    name = ref.rpartition("/")[2]
    if not about or name in inside:
        return {"$ref": f"#/$defs/{name}"}
    return {**_strict(defs[name], defs, (*inside, name)), **about}


def _about(node: JsonObject) -> JsonObject:
    words = [node.get("description", ""), _FORMAT_WORDS.get(node.get("format", ""), "")]
    text = "; ".join(word for word in words if word)
    return {"description": text} if text else {}


def _refs(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for child in node.values():
            yield from _refs(child)
    elif isinstance(node, list):
        for child in node:
            yield from _refs(child)


def clean(text: str) -> str:
    """Give a text that can be sent: lone surrogates and NUL, which mail can smuggle in, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")


@dataclass(frozen=True)
class Question:
    """One question to the model: static text first, the message's text last, so that provider caches hit."""

    schema: type[BaseModel]
    purpose: str
    system: str
    user: str

    def messages(self, rung: Rung) -> list[Message]:
        """Give the messages of a rung; below strict schemas the schema is told in words as well."""
        system = clean(self.system)
        if rung is not Rung.JSON_SCHEMA:
            system = f"{system}\n\n{self._in_words()}"
        return [{"role": "system", "content": system}, {"role": "user", "content": clean(self.user)}]

    def repair(self, rung: Rung, *, answer: str, problems: str) -> list[Message]:
        """Give the messages of the one repair turn: the wrong answer, and what is wrong with it."""
        ask = f"That answer cannot be used: {clean(problems)}. {self._in_words()}"
        return [
            *self.messages(rung),
            {"role": "assistant", "content": clean(answer[:_QUOTED_ANSWER_CHARS])},
            {"role": "user", "content": ask},
        ]

    def response_format(self, rung: Rung) -> JsonObject | None:
        """Give the `response_format` of a rung, None for plain."""
        schema = strict_schema(self.schema)
        if rung is Rung.JSON_SCHEMA:
            name = re.sub(r"[^A-Za-z0-9_-]", "_", self.schema.__name__)[:64]
            return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}
        return {"type": "json_object", "schema": schema} if rung is Rung.JSON_OBJECT else None

    def _in_words(self) -> str:
        schema = json.dumps(strict_schema(self.schema), ensure_ascii=False, separators=(",", ":"))
        return f"Answer with one JSON object and nothing else, no code fence. It must match this JSON schema:\n{schema}"


def digest(messages: list[Message], response_format: JsonObject | None) -> str:
    """Give the sha256 of what is asked, for the record: equal questions have equal digests."""
    text = json.dumps([messages, response_format], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def estimated_tokens(messages: list[Message], response_format: JsonObject | None) -> int:
    """Give a careful estimate of a prompt's tokens (three bytes a token) for reserving before the call."""
    size = sum(len(message["content"].encode()) + 12 for message in messages)
    return (size + len(json.dumps(response_format or {}))) // 3 + 1
