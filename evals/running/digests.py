"""Names by its content all that a language model is told. Reads files only."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import prompts
from agent.llm_schema import strict_schema
from agent.nodes.decide import choices_of
from agent.nodes.write import Written
from agent.stated import ReadReply
from tools.registry import tools

_FOLDERS = ("model", "tones")


@cache
def prompts_digest() -> str:
    """Give SHA-256 over the prompts' files, the schemas of all answers and the tools as they are told to a model.

    Answers that were recorded under another digest belong to other questions.
    """
    root = Path(str(prompts.__file__)).parent
    files = sorted(path for folder in _FOLDERS for path in (root / folder).iterdir() if path.is_file())
    parts: list[object] = [[path.relative_to(root).as_posix(), path.read_text("utf-8")] for path in files]
    # What the agent writes by itself, after a day or before any mail, is offered to no model.
    offered = {name: tool for name, tool in sorted(tools().items()) if tool.reasons}
    parts += [strict_schema(ReadReply), strict_schema(Written), strict_schema(choices_of(list(offered)))]
    parts += [[name, type(tool).__doc__] for name, tool in offered.items()]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
