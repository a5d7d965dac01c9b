"""Runs personas, one conversation after another, and keeps each result as soon as it is there.

Bounded by the customer's mails, the seconds of one conversation and what the models' settings allow. An agent whose server is
away is no agent: such a conversation ends with an error.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from agent.deps import Deps
from agent.llm import ModelClient
from agent.llm_settings import ModelSettings
from evals.debtor.customer import Modelled, Player, Scripted
from evals.debtor.happened import Limits
from evals.debtor.house import Thinker
from evals.debtor.judging import judged
from evals.debtor.office import RULE
from evals.debtor.record import DebtorRecord, TalkResult, write_json
from evals.debtor.sheet import Sheet, sheet_of
from evals.debtor.talk import converse
from evals.running.thinking import Thinking
from mail.sandbox import Parser
from store.company import CompanyProfile
from store.engine import migrate, open_engine
from tools.limits import Policy

SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run. `customer` None: the scripts of the sheets."""

    personas: tuple[str, ...]
    customer: ModelSettings | None
    seeds: int
    limits: Limits


def run(
    plan: Plan,
    thinking: Thinking,
    *,
    out: Path | None = None,
    told: Callable[[TalkResult], None] = lambda _: None,
) -> DebtorRecord:
    """Run all of it; write `debtor.json` into `out` after each conversation. Raises BrokenSheet, ConfigError, ModelFailure."""
    sheets = {name: sheet_of(name) for name in plan.personas}
    record = DebtorRecord(
        mode=thinking.model.mode,
        model=thinking.model.name,
        player=plan.customer.model if plan.customer is not None else SCRIPT,
        agent_version=version("dunwell"),
        rule=RULE,
        started=datetime.now(UTC),
        turns_most=plan.limits.turns,
    )
    thinking.begin()
    with Parser() as parser, tempfile.TemporaryDirectory(prefix="dunwell-debtor-") as scratch:
        template = _empty(Path(scratch) / "empty.db")
        for result in _talks(plan, sheets, thinking, parser=parser, template=template):
            told(result)
            record = record.model_copy(update={"talks": (*record.talks, result)})
            if out is not None:
                write_json(out / "debtor.json", record)
    record = record.model_copy(update={"ended": datetime.now(UTC)})
    if out is not None:
        write_json(out / "debtor.json", record)
    return record


def _talks(
    plan: Plan, sheets: dict[str, Sheet], thinking: Thinking, *, parser: Parser, template: Path
) -> Iterator[TalkResult]:
    # A script says the same each time, and so does the embedded reader: playing it again would show nothing.
    seeds: Sequence[int] = range(1, plan.seeds + 1) if plan.customer is not None else (1,)
    client = ModelClient(plan.customer) if plan.customer is not None else None
    try:
        for name, sheet in sheets.items():
            for seed in seeds:
                player = Modelled(sheet, client, seed) if client is not None else Scripted(sheet)
                yield one_talk(
                    name, sheet, player, thinking, limits=plan.limits, parser=parser, template=template, seed=seed
                )
    finally:
        if client is not None:
            client.close()


def one_talk(
    name: str,
    sheet: Sheet,
    player: Player,
    thinking: Thinking,
    *,
    limits: Limits,
    parser: Parser,
    template: Path | None = None,
    seed: int = 1,
) -> TalkResult:
    """Let one conversation happen and judge it."""
    delay = random.Random(f"{name}:{seed}").randint(0, 2) if seed > 1 else 0
    with thinking.asking(f"{name}/{seed}") as asked:
        talk = converse(
            name,
            sheet,
            player,
            thinker=_thinker(thinking, asked),
            parser=parser,
            limits=limits,
            delay=delay,
            template=template,
        )
        if asked is not None and talk.error is None and (trouble := thinking.trouble(asked)):
            talk.error = f"the agent's model was away: {trouble}"
    policy = Policy.model_validate(sheet.policy)
    return judged(name, sheet, talk, seed=seed, player=player.name, policy=policy)


def _thinker(thinking: Thinking, asked: ModelClient | None) -> Thinker:
    def thinker(company: CompanyProfile, policy: Policy) -> Deps:
        return Deps(company=company, policy=policy, embedded=thinking.reader, client=asked)

    return thinker


def _empty(path: Path) -> Path:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path
