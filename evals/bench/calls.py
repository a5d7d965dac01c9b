"""Model calls and tokens a reply, beside a plain prompt agent, on the sample mails with the same scripted server.

Tokens are estimated alike for both (three bytes a token), the schemas of structured answers included. The server gives dunwell
no answer that must be repaired, and the plain agent no second thoughts: both are at their best.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.graph import propose
from agent.llm import ModelClient
from agent.llm_settings import ModelSettings
from evals.bench import sample
from evals.bench.house import House
from evals.bench.plain_agent import PlainAgent
from evals.bench.racing import Progress
from evals.bench.rows import Count, Row
from evals.bench.scripted import Counted, Scripted
from evals.bench.thoughts import Case, cases, known


def benchmark() -> Count:
    """Prepare the sample mails and the server."""
    stack = ExitStack()
    try:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dunwell-bench-")))
        home, reader = House(folder, copies=1).installation(), EmbeddedReader()
        found = cases(home, sample.templates(), reader)
        server = Scripted([known(case) for case in found])
        stack.callback(server.close)
    except BaseException:
        stack.close()
        raise
    client = ModelClient(ModelSettings(base_url=server.base_url, model="scripted"))
    stack.callback(client.close)
    deps = Deps(company=home.settings.company, policy=home.settings.policy, embedded=reader, client=client)
    letters = [0, 0]

    def ours(case: Case) -> None:
        letters[0] += propose(case.message, case.facts, deps).draft is not None

    def theirs(case: Case) -> None:
        letters[1] += _plain(server.base_url, case) is not None

    def measure(progress: Progress) -> Sequence[Row]:
        progress("calls: dunwell")
        mine = _counted(server, found, ours)
        progress("calls: the plain agent")
        return _rows(mine, _counted(server, found, theirs), len(found))

    def notes() -> list[str]:
        return [f"calls: letters written of {len(found)} mails: dunwell {letters[0]}, the plain agent {letters[1]}"]

    about = f"{len(found)} sample mails, robots and bounces among them"
    return Count(name="calls", about=about, measure=measure, close=stack.close, notes=notes)


def _counted(server: Scripted, found: Sequence[Case], work: Callable[[Case], None]) -> Counted:
    server.counted()
    for case in found:
        work(case)
    return server.counted()


def _plain(base_url: str, case: Case) -> str | None:
    email = case.message.email
    agent = PlainAgent(base_url, look_up=lambda: _account(case))
    try:
        thread = f"{email.new_text}\n{email.signature}\n{email.quoted_text}"
        return agent.answer(sender=email.from_address or "", subject=email.subject, thread=thread)
    finally:
        agent.close()


def _account(case: Case) -> str:
    """Give what a look-up tool of such an agent returns: customer, contacts, invoices and payments as JSON."""
    return case.facts.model_dump_json(include={"customer", "contacts", "invoices", "payments"})


def _rows(mine: Counted, theirs: Counted, count: int) -> list[Row]:
    pairs = (
        ("model calls", mine.calls, theirs.calls),
        ("prompt tokens", mine.prompt_tokens, theirs.prompt_tokens),
        ("completion tokens", mine.completion_tokens, theirs.completion_tokens),
    )
    return [
        Row(
            what=f"calls: {name} a mail",
            dunwell=f"{one / count:,.1f}",
            floor=f"{other / count:,.1f} (a plain prompt agent)",
            ratio=round(one / max(1, other), 2),
        )
        for name, one, other in pairs
    ]
