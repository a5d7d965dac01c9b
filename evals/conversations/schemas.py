"""JSON schemas of the files that people write, so that editors complete them and mark what is wrong. Made from the models.

What pydantic cannot say there is added: the names of tools, and which arguments each takes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from evals.conversations.format import STATE, Case, Expected, LedgerFile
from tools.registry import tools

#: Where they are kept in this tree.
HERE = Path(__file__).parent / "schema"
_FILES: dict[str, type[BaseModel]] = {"case": Case, "ledger": LedgerFile, "expected": Expected}


def schemas() -> dict[str, str]:
    """Give name of the file and text of each schema."""
    return {f"{name}.json": json.dumps(_schema(name, model), indent=1) + "\n" for name, model in _FILES.items()}


def write_schemas(folder: Path = HERE) -> list[Path]:
    """Write them."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schemas().items():
        (folder / name).write_text(text, "utf-8")
        written.append(folder / name)
    return written


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    if name == "expected":
        parts = schema["$defs"]
        parts["ToolCall"]["properties"]["name"]["enum"] = sorted(tools())
        parts["ToolCall"]["allOf"] = [_arguments(tool) for tool in sorted(tools())]
        parts["Tools"]["properties"]["never"]["items"]["enum"] = sorted(tools())
        parts["Turn"]["properties"]["state"]["propertyNames"] = {"enum": list(STATE)}
    return schema


def _arguments(name: str) -> dict[str, Any]:
    """Say which arguments a tool has. Their values are checked by the tool itself."""
    fields = tools()[name].arguments.model_fields
    known = {
        "properties": {
            field: {"description": info.description} if info.description else {} for field, info in fields.items()
        },
        "additionalProperties": False,
    }
    return {"if": {"properties": {"name": {"const": name}}}, "then": {"properties": {"args": known}}}
