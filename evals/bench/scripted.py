"""A model server without latency in a process of its own: it knows the sample mails and gives the answers a good model would.

What it answers is taken from dunwell's own reading and templates, so that no answer is refused and the calls are those of a
good day. It counts calls and tokens as dunwell estimates them before a call (three bytes a token), for whoever asks.
"""

from __future__ import annotations

import json
import multiprocessing
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from typing import Any

from jinja2.utils import htmlsafe_json_dumps

from agent.llm_schema import estimated_tokens
from evals.model_server import Answer, ModelServer, reply

_MAIL = re.compile(r"<<<REPLY \w+\nSubject: .*?\n\n(.*)\nREPLY \w+>>>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Known:
    """What the server knows of one mail: its words, the claims in them, the tools that answer, the letter with its slots."""

    text: str
    claims: tuple[tuple[str, str], ...]
    tools: tuple[str, ...]
    body: str
    letter: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Calls and tokens since the last time it was asked."""

    calls: int
    prompt_tokens: int
    completion_tokens: int


class Script:
    """Answers by what is known of the mail that a request is about."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._known = known

    def answer(self, request: dict[str, Any]) -> Answer:
        """Answer one request: dunwell's by the name of its schema, a plain agent's by the first word of its instructions."""
        content = self._content(request)
        text = content if isinstance(content, str) else json.dumps(content)
        prompt = estimated_tokens(request["messages"], request.get("response_format"))
        usage = {"prompt_tokens": prompt, "completion_tokens": len(text.encode()) // 3 + 1}
        return reply(text, usage={**usage, "total_tokens": sum(usage.values())})

    def _content(self, request: dict[str, Any]) -> object:
        shape = request.get("response_format")
        messages = request["messages"]
        words = messages[-1]["content"]
        if shape is None:
            return self._plain(messages)
        match shape["json_schema"]["name"]:
            case "ReadReply":
                return self._read(words, shape["json_schema"]["schema"])
            case "Choices":
                return self._choose(words, shape["json_schema"]["schema"])
            case _:
                return {"body": self._of_evidence(words).body}

    def _read(self, words: str, schema: Mapping[str, Any]) -> object:
        found = _MAIL.search(words)
        assert found is not None, "the reader's prompt has no reply in it"
        known = next(one for one in self._known if one.text.strip() == found[1].strip())
        empty = dict.fromkeys(_claim_fields(schema))
        return {
            "claims": [
                {**empty, "reason": reason, "evidence": evidence, "confidence": 0.95, "invoices": []}
                for reason, evidence in known.claims
            ]
        }

    def _choose(self, words: str, schema: Mapping[str, Any]) -> object:
        offered = schema["$defs"]["PermittedTool"]["enum"]
        wanted = [tool for tool in self._of_evidence(words).tools if tool in offered] or offered
        places = re.findall(r"(?im)^\W*(?:claim\s+)?(\d+)\b", words) or ["0"]
        return {"choices": [{"claim": int(place), "tool": wanted[0], "why": "it fits"} for place in places[:1]]}

    def _of_evidence(self, words: str) -> Known:
        """Give the mail of which most evidence stands in a prompt."""
        flat = _letters(words)
        return max(
            self._known,
            key=lambda one: (
                sum(_letters(str(htmlsafe_json_dumps(said)))[:60] in flat for _, said in one.claims)
                / (len(one.claims) or 9)
            ),
        )

    def _plain(self, messages: Sequence[Mapping[str, str]]) -> object:
        task, everything = messages[0]["content"].split(maxsplit=1)[0], "\n".join(m["content"] for m in messages)
        known = next((one for one in self._known if one.text.strip() and one.text.strip() in everything), None)
        match task:
            case "TRIAGE":
                return {"decision": "respond" if known is not None and known.letter else "notify", "why": "a reply"}
            case "DRAFT":
                asked = "ACCOUNT:" in everything
                return known.letter if asked and known is not None else {"tool": "look_up_account"}
            case "REWRITE":
                return known.letter if known is not None else "Thank you for your message."
            case _:
                return "ok"


def _claim_fields(schema: Mapping[str, Any]) -> list[str]:
    items = schema["properties"]["claims"]["items"]
    if "$ref" in items:
        items = schema["$defs"][items["$ref"].rpartition("/")[2]]
    return list(items["properties"])


def _letters(words: str) -> str:
    """Give the letters and figures alone, of words as prompts quote them."""
    return "".join(filter(str.isalnum, words))


class Scripted:
    """The server's process. Use as a context, or `close` it."""

    def __init__(self, known: Sequence[Known]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, [asdict(one) for one in known]), daemon=True)
        self._process.start()
        self.base_url: str = self._pipe.recv()

    def counted(self) -> Counted:
        """Give what was asked since the last time, and begin anew. Raises AssertionError where a request had no answer."""
        self._pipe.send("count")
        wrong, *numbers = self._pipe.recv()
        assert not wrong, wrong
        return Counted(*numbers)

    def close(self) -> None:
        """End the process."""
        self._pipe.send("end")
        self._process.join(20)


def _serve(pipe: Connection, known: list[dict[str, Any]]) -> None:
    script = Script([Known(**{**one, "claims": tuple(map(tuple, one["claims"]))}) for one in known])
    tokens = [0, 0]

    def counting(request: dict[str, Any]) -> Answer:
        answer = script.answer(request)
        usage = json.loads(answer.body)["usage"]
        tokens[0] += usage["prompt_tokens"]
        tokens[1] += usage["completion_tokens"]
        return answer

    with ModelServer() as server:
        server.behave(counting)
        pipe.send(server.base_url)
        while pipe.recv() == "count":
            try:
                server.check()
                wrong = ""
            except AssertionError as error:
                wrong = str(error)
            pipe.send((wrong, len(server.requests), *tokens))
            server.requests.clear()
            server.headers.clear()
            tokens[:] = [0, 0]
