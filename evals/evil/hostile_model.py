"""A model that says what an attacker wants: the attack's answers, over real HTTP or straight under the openai client.

Both ways run the product's whole client (openai SDK, its ladder, its budget). It keeps what it was asked: those are the
prompts in which canaries are looked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx2
from pydantic import SecretStr

from agent.llm import ModelClient, ModelSettings
from agent.llm_http import Wire
from agent.llm_settings import checked_base_url
from evals.evil.world import API_KEY
from evals.model_server import Answer, ModelServer, envelope, reply, status
from store.clock import system_clock

#: How the three prompts begin; a purpose that is not known yet gets the writer's answer.
_OPENINGS = {"You read replies": "read", "You help a collections": "decide", "You write one e-mail": "write"}
#: No sleeping between attempts: a hostile server that says "come back later" must not slow the harness down.
_NOWHERE = "http://127.0.0.1:9/v1"


class HostileModel:
    """Answers every question of one attack. `asked` keeps purpose and bytes of each."""

    def __init__(self) -> None:
        self.attack: Mapping[str, Any] = {}
        self.asked: list[tuple[str, str]] = []

    def play(self, attack: Mapping[str, Any]) -> None:
        """Take up another attack, and forget what was asked before."""
        self.attack, self.asked = attack, []

    def answer(self, request: Mapping[str, Any]) -> Answer:
        """Answer one request of the client."""
        # Its own wrong answer, shown back to it for repair, holds what the attacker knew before: that is no leak of ours.
        told = [message for message in request["messages"] if message["role"] != "assistant"]
        said = json.dumps({**request, "messages": told}, ensure_ascii=False)
        purpose = _purpose(str(request["messages"][0]["content"]))
        before = sum(1 for asked, _ in self.asked if asked == purpose)
        self.asked.append((purpose, said))
        answers = self.attack.get(purpose) or [{"kind": "refusal"}]
        return served(answers[min(before, len(answers) - 1)])


def _purpose(system: str) -> str:
    return next((purpose for opening, purpose in _OPENINGS.items() if system.startswith(opening)), "write")


def served(answer: Mapping[str, Any]) -> Answer:
    """Turn an attack's answer into the bytes of a response."""
    value = answer.get("value")
    match answer["kind"]:
        case "json":
            return reply(json.dumps(value, ensure_ascii=bool(answer.get("ascii", True))))
        case "text":
            return reply(str(value))
        case "refusal":
            return reply(None, refusal="I cannot help with that.")
        case "huge":
            return reply(str(value) * int(answer["times"]))
        case "cut":
            return reply(str(value), finish_reason="length")
        case "status":
            return status(int(answer["status"]), str(value), headers={"Retry-After": "1"})
        case "raw":
            return Answer(str(value).encode("utf-8", "surrogatepass"))
        case "envelope":
            return envelope(dict(value or {}))
    raise ValueError(f"no such answer: {answer['kind']}")


class _Underneath(httpx2.BaseTransport):
    """Answers where the network would be."""

    def __init__(self, model: HostileModel) -> None:
        self._model = model

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._model.answer(json.loads(request.read()))
        headers = {"content-type": answer.media_type, **answer.headers}
        return httpx2.Response(answer.status, headers=headers, content=answer.body)


def client_in_process(model: HostileModel) -> ModelClient:
    """Give the product's client with the model straight under the openai SDK's HTTP client."""
    client = _client(_NOWHERE)
    wire = Wire.to(base_url=checked_base_url(_NOWHERE), key=API_KEY, clock=system_clock)
    wire._http._mounts = {}
    wire._http._transport = _Underneath(model)
    client._wire = wire
    return client


def client_over_http(model: HostileModel, server: ModelServer) -> ModelClient:
    """Give the product's client, which talks to the model over a loopback port, connections kept alive."""
    server.behave(model.answer)
    return _client(server.base_url)


def _client(base_url: str) -> ModelClient:
    settings = ModelSettings(base_url=base_url, model="evil-1", api_key=SecretStr(API_KEY))
    return ModelClient(settings, sleep=lambda _: None)
