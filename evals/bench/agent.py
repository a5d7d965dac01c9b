"""The whole agent with a model that takes no time, against a bare graph of five nodes that makes two bare calls.

Measured are mails that cost two calls, read and write. The embedded reader listens behind the model for warnings that it
leaves out (threat T-25); the second line shows dunwell with a reader for that which knows words alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypedDict

import httpx2
from langgraph.graph import END, START, StateGraph

from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.graph import propose
from agent.llm import ModelClient
from agent.llm_settings import ModelSettings
from evals.bench import sample
from evals.bench.house import House
from evals.bench.racing import Benchmark, Contender, at_most_times
from evals.bench.scripted import Scripted
from evals.bench.thoughts import Case, cases, known

OURS, WORDS = "understand and propose", "the same, words alone behind the model"


class _State(TypedDict):
    text: str
    answers: list[str]


def benchmark() -> Benchmark:
    """Prepare mails, a scripted model in a process of its own, and both agents."""
    stack = ExitStack()
    try:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dunwell-bench-")))
        home, reader = House(folder, copies=1).installation(), EmbeddedReader()
        found = cases(home, sample.templates(), reader)
        server = Scripted([known(case) for case in found])
        stack.callback(server.close)
        client = ModelClient(ModelSettings(base_url=server.base_url, model="scripted"))
        stack.callback(client.close)
        company, policy = home.settings.company, home.settings.policy
        full = Deps(company=company, policy=policy, embedded=reader, client=client)
        words = Deps(company=company, policy=policy, embedded=EmbeddedReader(words_only=True), client=client)
        two = [case for case in found if _calls(case, full) == 2]
        assert len(two) >= 5, f"only {len(two)} of {len(found)} sample mails cost two calls"
        bare = stack.enter_context(httpx2.Client())
        graph = bare_graph(bare, f"{server.base_url}/chat/completions")
        return Benchmark(
            name="agent",
            about=f"{len(two)} sample mails that cost two calls each, a model without latency in another process",
            unit="mail",
            contenders=(
                Contender("five bare LangGraph nodes, two bare HTTP calls", lambda: _bare(graph, two)),
                Contender(OURS, lambda: _ours(two, full)),
                Contender(WORDS, lambda: _ours(two, words)),
            ),
            aims={OURS: at_most_times(2)},
            close=stack.close,
        )
    except BaseException:
        stack.close()
        raise


def bare_graph(client: httpx2.Client, url: str) -> Any:
    """Compile a graph of five nodes of which two ask the server, and nothing else is done."""

    def asks(state: _State) -> dict[str, object]:
        body = {"model": "bare", "messages": [{"role": "user", "content": state["text"]}]}
        told = client.post(url, json=body).json()["choices"][0]["message"]["content"]
        return {"answers": [*state["answers"], told]}

    def passes(state: _State) -> dict[str, object]:
        return {"answers": state["answers"]}

    builder = StateGraph(_State)
    nodes: dict[str, Callable[[_State], dict[str, object]]] = {
        "one": passes,
        "two": asks,
        "three": passes,
        "four": asks,
        "five": passes,
    }
    last = START
    for name, node in nodes.items():
        builder.add_node(name, node)  # type: ignore[call-overload]  # its overloads know no alias of a function
        builder.add_edge(last, name)
        last = name
    builder.add_edge(last, END)
    return builder.compile()


def _bare(graph: Any, found: list[Case]) -> int:
    for case in found:
        end = graph.invoke({"text": case.message.email.new_text, "answers": []})
        assert len(end["answers"]) == 2
    return len(found)


def _ours(found: list[Case], deps: Deps) -> int:
    if isinstance(deps.embedded, EmbeddedReader):
        deps.embedded.forget()
    for case in found:
        propose(case.message, case.facts, deps)
    return len(found)


def _calls(case: Case, deps: Deps) -> int:
    proposal = propose(case.message, case.facts, deps)
    return len(proposal.calls) if proposal.writer.startswith("model:") else 0
