"""The one place that knows inspect-ai: a run as its task, one turn as its sample, the log and the viewer that come of it.

It decides nothing: turns are worked on and judged outside, and a run is kept outside too. Nothing is retried here, nothing is
sent anywhere, no file with settings is read and no environment variable of inspect's has a say.
"""

from __future__ import annotations

import email
import email.policy
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from inspect_ai import Epochs, Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser, ModelOutput
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from evals.conversations.format import Mail
from evals.results import TurnResult
from evals.running.suites import Case

#: Gives the result of a turn in an epoch; None where the case is broken.
Work = Callable[[str, int], Awaitable[TurnResult | None]]
#: Most that one turn may take, in seconds, whatever its model's own limits are.
TIME_LIMIT = 3600
_RESULT = "result"


def run_logged(
    cases: Sequence[Case], work: Work, *, name: str, model: str, mode: str, epochs: int, jobs: int, logs: Path
) -> str:
    """Run all turns and write inspect's log. Gives how it ended: success, cancelled or error."""
    task = Task(
        dataset=MemoryDataset([_sample(case) for case in cases], name=name),
        solver=_agent(work),
        scorer=_expected(),
        epochs=Epochs(epochs, "mean"),
        name=f"{name}-{mode}",
        metadata={"model": model, "mode": mode},
    )
    with _alone():
        ended = inspect_eval(
            task,
            model=None,
            display="none",
            log_dir=str(logs),
            log_format="eval",
            log_level="error",
            log_realtime=False,
            max_samples=jobs,
            max_retries=0,
            retry_on_error=0,
            fail_on_error=True,
            time_limit=TIME_LIMIT,
            ctl_server=False,
            score_display=False,
            log_header_only=True,
            tags=[mode, model],
        )
    return ended[0].status if ended else "cancelled"


def serve_view(logs: Path, *, port: int) -> None:
    """Serve inspect's viewer on this machine alone, until it is stopped. What is in a log is shown as plain text."""
    from inspect_ai._view.fastapi_server import view_server

    with _alone():
        view_server(log_dir=str(logs), host="127.0.0.1", port=port, trust_content=False)


@contextmanager
def _alone() -> Iterator[None]:
    """Keep inspect to what it was told: no variables, no `.env`, nothing left in the home folder or in this process."""
    kept, root = dict(os.environ), logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    with TemporaryDirectory(prefix="dunwell-eval-", ignore_cleanup_errors=True) as scratch:
        for variable in kept:
            if variable.startswith("INSPECT_"):
                del os.environ[variable]
        os.environ["PYTHON_DOTENV_DISABLED"] = "1"
        os.environ["XDG_DATA_HOME"] = os.environ["XDG_CACHE_HOME"] = scratch
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)
            root.handlers[:], sys.excepthook = handlers, hook
            root.setLevel(level)


@solver
def _agent(work: Work) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate
        result = await work(str(state.sample_id), state.epoch)
        shown = "[the case is broken: nothing was run]" if result is None else _answer(result)
        state.output = ModelOutput.from_content(model="dunwell", content=shown)
        state.messages.append(state.output.message)
        if result is not None:
            state.metadata[_RESULT] = result.model_dump(mode="json")
        return state

    return solve


@scorer(metrics=[accuracy(), stderr(cluster="conversation")])
def _expected() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score | None:
        del target
        if _RESULT not in state.metadata:
            return None
        result = TurnResult.model_validate(state.metadata[_RESULT])
        faults = [f"{check.area}: {check.about}: {check.fault}" for check in result.checks if check.fault]
        faults += [*result.seen, *([result.error] if result.error else [])]
        found = ", ".join(one.reason for one in result.found) or "nothing"
        answer = f"{found}; {', '.join(result.tools) or 'no act'}"
        return Score(value="C" if result.ok else "I", answer=answer, explanation="\n".join(faults) or "as expected")

    return score


def _sample(case: Case) -> Sample:
    conversation, turn = case.conversation, case.turn
    files = [mail.file for mail in conversation.thread]
    thread = conversation.thread[: files.index(turn.message) + 1]
    told = conversation.case
    return Sample(
        id=case.id,
        input=[_message(mail) for mail in thread],
        target=", ".join(reason.value for reason in turn.reasons.must) + f"; a person: {turn.escalate.value}",
        metadata={
            "conversation": conversation.id,
            "split": told.split,
            "language": told.language,
            "tags": [tag.value for tag in told.tags],
        },
    )


def _message(mail: Mail) -> ChatMessage:
    return ChatMessageUser(content=_text(mail.raw)) if mail.inbound else ChatMessageAssistant(content=_text(mail.raw))


def _text(raw: bytes) -> str:
    """Give subject and text of a mail for a reader of the log; the agent reads the raw mail itself."""
    subject = text = ""
    # Whatever is wrong with a mail, it must not end a run that only shows it.
    with suppress(Exception):
        message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
        subject = str(message["subject"] or "")
        part = message.get_body(("plain", "html"))
        text = str(part.get_content()) if part is not None else ""
    return f"Subject: {subject}\n\n{text}".strip().encode("utf-8", "replace").decode("utf-8")


def _answer(result: TurnResult) -> str:
    if result.error is not None:
        return f"[no result: {result.error}]"
    return result.draft or f"[no mail; {', '.join(result.tools) or 'no act'}]"
