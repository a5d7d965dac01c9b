"""`dunwell eval debtor`: a simulated customer against the agent, judged by the end of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import CommandFailed, console, errors, fail, print_json, say

if TYPE_CHECKING:
    from agent.llm_settings import ModelSettings
    from evals.debtor.record import DebtorRecord, TalkResult
    from evals.running.models import Model


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def debtor(
        agent: Annotated[str, typer.Option(help="The agent's model: embedded, config, NAME@URL.")] = "embedded",
        customer: Annotated[
            str, typer.Option(help="Who plays the customer: NAME@URL, config, or script (hand-written, no model).")
        ] = "script",
        key_env: Annotated[
            list[str] | None,
            typer.Option("--key-env", help="Environment variable with the key: VARIABLE, or VARIABLE@URL."),
        ] = None,
        config: Annotated[Path, typer.Option("--config", "-c", help="For config.")] = Path("dunwell.toml"),
        persona: Annotated[list[str] | None, typer.Option(help="Only this persona. Repeatable.")] = None,
        turns: Annotated[int, typer.Option(help="Most mails of the customer.", min=1, max=20)] = 8,
        seeds: Annotated[int, typer.Option(help="Conversations a persona, where a model plays.", min=1, max=20)] = 3,
        seconds: Annotated[float, typer.Option(help="Most time for one conversation.", min=1)] = 900,
        out: Annotated[Path | None, typer.Option(help="Folder of the result.")] = None,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Let simulated customers write. Exit code 1: a zero-tolerance check was hit, or a conversation was cut off."""
        from evals.debtor.happened import Limits
        from evals.debtor.running import Plan
        from evals.debtor.sheet import names

        model, player = _models(agent, customer, key_env=key_env or [], config=config)
        plan = Plan(tuple(persona or names()), player, seeds, Limits(turns=turns, seconds=seconds))
        folder = out or _folder(model.label)
        record = _run(plan, model, folder)
        _tell(record, folder, as_json=json)
        if any(talk.hits or talk.error for talk in record.talks):
            raise typer.Exit(1)


def _models(agent: str, customer: str, *, key_env: list[str], config: Path) -> tuple[Model, ModelSettings | None]:
    from evals.debtor.running import SCRIPT
    from evals.running.models import EMBEDDED, NoModel, models_named

    if customer == EMBEDDED:
        raise CommandFailed(
            "--customer embedded: the embedded reader writes no mails; give NAME@URL, or script", code=2
        )
    try:
        asked = list(dict.fromkeys([agent] if customer == SCRIPT else [agent, customer]))
        found = models_named(asked, config=config, key_env=key_env)
    except NoModel as error:
        raise CommandFailed(str(error).replace("--model", "--agent, --customer"), code=2) from None
    if customer == SCRIPT:
        return found[0], None
    settings = found[-1].settings
    assert settings is not None, "only the embedded reader has none"
    # A customer who always says the same would make one conversation of several.
    return found[0], settings.model_copy(update={"temperature": 0.7})


def _folder(label: str) -> Path:
    from evals.cli.run import RUNS

    if not RUNS.exists():
        RUNS.mkdir()
        (RUNS / ".gitignore").write_text("*\n", "utf-8")
    return RUNS / f"debtor-{label}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def _run(plan: object, model: Model, folder: Path) -> DebtorRecord:
    from contextlib import closing

    from agent.config import ConfigError
    from agent.llm import ModelFailure
    from evals.debtor.running import Plan, run
    from evals.debtor.sheet import BrokenSheet
    from evals.running.thinking import Thinking

    assert isinstance(plan, Plan)
    with errors().status("the first conversation") as status:

        def told(result: TalkResult) -> None:
            status.update(f"{result.persona}/{result.seed}: {result.rounds} mails of the customer, {result.ended}")

        try:
            with closing(Thinking(model)) as thinking:
                return run(plan, thinking, out=folder, told=told)
        except (BrokenSheet, ConfigError) as error:
            raise CommandFailed(str(error), code=2) from None
        except ModelFailure as failure:
            raise CommandFailed(f"{model.name}: the model server gives no answer: {failure}") from None


def _tell(record: DebtorRecord, folder: Path, *, as_json: bool) -> None:
    from evals.debtor.table import LEGEND, by_persona, faults, summary

    if as_json:
        print_json(record.model_dump(mode="json"))
        return
    console().print(by_persona(record))
    say(LEGEND)
    for line in faults(record):
        fail(line)
    say(summary(record))
    say(f"Who approved: {record.rule}")
    say(f"Transcripts: {folder / 'debtor.json'}")
