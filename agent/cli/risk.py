"""`dunwell risk`: trains the model of late payment, scores what is open, shows how good it is. Needs the extra `risk` to train alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, console, input_refused, print_json, say

if TYPE_CHECKING:
    from risk.retraining import Comparison
    from store.risks import RiskModel

app = typer.Typer(
    no_args_is_help=True, help="How likely open invoices are paid late: train, score, and look how good it is."
)


@app.command()
def train(
    config: ConfigPath = DEFAULT,
    force: Annotated[bool, typer.Option("--force", help="Use it even where it is worse than what is in use.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the card as JSON.")] = False,
) -> None:
    """Learn from the settled invoices of this ledger, test on the latest fifth of them, and use the model if it is no worse."""
    from agent.extras import ExtraMissing, need_risk

    with input_refused(ExtraMissing):
        need_risk()
    from agent.cli.home import actor, open_home
    from risk.ledger_book import book_of
    from risk.model import Model, digest_of
    from risk.retraining import compare
    from risk.scoring import model_of, score_now
    from risk.training import TooLittle
    from risk.training import train as trained_on
    from risk.trees import Damaged
    from store.clock import day_in
    from store.engine import looking, unit_of_work
    from store.risks import use_model

    home = open_home(config)
    settings, now = home.settings.risk, home.clock()
    today = day_in("UTC", now)
    with looking(home.engine) as session:
        book = book_of(session, now=now)
        try:
            known = model_of(session)[0]
        except Damaged as error:
            say(f"{error}; it is not compared with")
            known = None
    try:
        made = trained_on(book, today=today, least=settings.min_settled)
    except TooLittle as error:
        raise CommandFailed(f"no model was made: {error}", code=1) from None
    in_use = known if isinstance(known, Model) else None
    found = compare(made.on.bills, made.on.columns, candidate=made.tested, in_use=in_use, today=today)
    card = made.card | {"compared": {"with": found.against, "invoices": found.invoices, "worse": list(found.worse)}}
    if found.worse and not force:
        _show_card(card, as_json=json)
        raise CommandFailed(
            f"{_worse(found)}; it was not put in use: `dunwell risk train --force` does so all the same"
        )
    content = made.model.to_bytes()
    digest = digest_of(content)
    with unit_of_work(home.engine) as session:
        use_model(session, content=content, digest=digest, card=card, trained_on=today, actor=actor(), now=now)
    scored = score_now(home.engine, now=now, settings=settings)
    _show_card(card | {"model": digest}, as_json=json)
    if not json:
        say(f"model {digest[:12]} is in use; {scored.invoices} open invoices were scored with it")


@app.command()
def score(
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="Print every open invoice as JSON.")] = False,
) -> None:
    """Score every open invoice as it stands today, and find who slips. The daemon does this daily and after every import."""
    from agent.cli.home import open_home
    from risk.scoring import score_now
    from risk.trees import Damaged
    from store.engine import looking
    from store.risks import of_everybody, warnings

    home = open_home(config)
    try:
        done = score_now(home.engine, now=home.clock(), settings=home.settings.risk)
    except Damaged as error:
        raise CommandFailed(f"{error}", code=1) from None
    with looking(home.engine) as session:
        rows, slipping = of_everybody(session), warnings(session)
    if json:
        print_json(
            {
                "model": done.model_digest,
                "invoices": [row.model_dump(mode="json", exclude={"days"}) for row in rows.values()],
                "warnings": [row.model_dump(mode="json") for row in slipping],
            }
        )
        return
    likely = sorted(rows.values(), key=lambda r: (-r.late_probability, -r.expected_days_late, r.invoice_number))
    _table(
        "the riskiest open invoices",
        ("invoice", "customer", "late", "days late", "why"),
        [
            (
                r.invoice_number,
                r.customer_id,
                f"{r.late_probability:.0%}",
                f"{r.expected_days_late:.0f}",
                "; ".join(r.reasons),
            )
            for r in likely[:20]
        ],
    )
    _table(
        "reliable payers who slip",
        ("customer", "since", "why"),
        [(w.customer_id, str(w.since), "; ".join(w.reasons)) for w in slipping],
    )
    by = "the shipped assumptions" if done.model_digest == "prior" else f"model {done.model_digest[:12]}"
    say(
        f"{done.invoices} open invoices were scored by {by}; {done.warnings} early warnings, {done.new_warnings} of them new"
    )


@app.command()
def card(
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="Print the card as JSON.")] = False,
) -> None:
    """Show how good the model in use was on invoices that it had not seen."""
    from agent.cli.home import open_home
    from store.engine import looking
    from store.risks import model_in_use

    home = open_home(config)
    with looking(home.engine) as session:
        row = model_in_use(session)
    if row is None:
        raise CommandFailed("no model is in use, the shipped assumptions are: run `dunwell risk train`", code=1)
    _show_card(_whole(row), as_json=json)


def _whole(row: RiskModel) -> dict[str, Any]:
    return row.card | {"model": row.digest, "made_at": row.made_at.isoformat(), "made_by": row.made_by}


def _worse(found: Comparison) -> str:
    return f"the new model is worse than {found.against} on {found.invoices} invoices: {'; '.join(found.worse)}"


def _show_card(card: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(card)
        return
    learned, tested = card["learned"], card["tested"]
    say(
        f"learned from {learned['invoices']} invoices issued before {learned['issued_before']}, tested on {tested['invoices']} "
        f"issued from {tested['from']} to {tested['to']}, of which {tested['late']:.0%} were late"
    )
    rows = [
        (name, _figure(by["auc"]), _figure(by["brier"]), _figure(by["log_loss"])) for name, by in card["late"].items()
    ]
    _table("paid late or not", ("by", "AUC", "Brier", "log loss"), rows)
    _table("days late", ("by", "mean days off"), [(name, _figure(by["mae"])) for name, by in card["days"].items()])
    rows = [
        (f"{row['from']:.0%} to {row['to']:.0%}", str(row["invoices"]), f"{row['said']:.0%}", f"{row['came']:.0%}")
        for row in card["calibration"]
    ]
    _table("said and came", ("probability", "invoices", "said", "came"), rows)
    say(f"mean distance of said and came: {card['calibration_error']:.3f}")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _table(title: str, heading: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(title=title)
    for name in heading:
        table.add_column(name)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)
