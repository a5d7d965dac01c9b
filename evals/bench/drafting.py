"""What a draft costs once the mail is understood: the template with its slots filled, and the outbound rules over it.

The floors do the least that each must: a ready template that is filled and nothing else; one pass over the words.
"""

from __future__ import annotations

import re
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment

from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.graph import graph
from agent.nodes import check, write
from agent.state import Thought
from evals.bench import sample
from evals.bench.house import House
from evals.bench.racing import Benchmark, Contender
from evals.bench.thoughts import cases, plain_deps
from store.facts import CaseFacts
from store.inbound import StoredMessage

TIMES = 5
_WORDS = re.compile(r"\w+")
_SLOT = re.compile(r"\{\{.*?\}\}")


def benchmark() -> Benchmark:
    """Think about the sample mails once; then write and check again what was written and checked there."""
    stack = ExitStack()
    try:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dunwell-bench-")))
        home, reader = House(folder, copies=1).installation(), EmbeddedReader(words_only=True)
        deps = plain_deps(home, reader)
        thoughts = [_end(case.message, case.facts, deps) for case in cases(home, sample.templates(), reader)]
        drafted = [(thought, thought.draft) for thought in thoughts if thought.draft is not None]
    except BaseException:
        stack.close()
        raise
    environment = Environment(autoescape=False)
    templates = [environment.from_string(_SLOT.sub("{{ value }}", draft.body)) for _, draft in drafted]

    def filled() -> int:
        for _ in range(TIMES):
            for template in templates:
                template.render(value="INV-20413")
        return TIMES * len(templates)

    def looked() -> int:
        for _ in range(TIMES):
            for _, draft in drafted:
                _WORDS.findall(draft.rendered)
        return TIMES * len(drafted)

    def written() -> int:
        for _ in range(TIMES):
            for thought, _ in drafted:
                write.write(replace(thought, repairs=0), deps)
        return TIMES * len(drafted)

    def checked() -> int:
        for _ in range(TIMES):
            for thought, _ in drafted:
                check.check(thought, deps)
        return TIMES * len(drafted)

    return Benchmark(
        name="draft",
        about=f"processor time, {len(drafted)} drafts of the sample mails, {TIMES} times a round",
        unit="draft",
        contenders=(
            Contender("one look at each word", looked),
            Contender("a ready template filled", filled),
            Contender("render: template, slots, signature", written),
            Contender("check: all outbound rules", checked),
        ),
        floors=2,
        clock=time.process_time,
        close=stack.close,
    )


def _end(message: StoredMessage, facts: CaseFacts, deps: Deps) -> Thought:
    """Give what the agent holds in its mind at the end."""
    start = Thought(message=message, facts=facts, budget=deps.budget(), flags=message.email.flags)
    return Thought(**graph().invoke(start, context=deps))
