"""The policy at the command line: write the default, check a file, explain what it means for one kind of reply."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.chosen_company import chosen
from agent.cli.output import CommandFailed, input_refused, print_json, say
from store.vocabulary import Reason

if TYPE_CHECKING:
    from tools.limits import Policy

app = typer.Typer(no_args_is_help=True, help="What dunwell may offer, who approves it, and when it writes.")

DEFAULT = Path("dunwell.toml")


class RoleName(StrEnum):
    """Roles, as the options name them."""

    COLLECTOR = "collector"
    MANAGER = "manager"
    CONTROLLER = "controller"


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("policy.toml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write the commented default policy."""
    from tools.policy_file import SHIPPED_FILE

    if path.exists() and not force:
        raise CommandFailed(f"{path} exists already: use --force to overwrite it, or name another file", code=2)
    try:
        path.write_text(SHIPPED_FILE.read_text("utf-8"), "utf-8")
    except OSError as error:
        raise CommandFailed(f"{path} cannot be written: {error.strerror}") from None
    say(f'{path} is written. Name it in dunwell.toml with policy_file = "{path}" instead of the block [policy].')


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A policy file; left out: the policy that is in force.")] = None,
    reason: Annotated[Reason | None, typer.Option(help="Explain it for this reason.")] = None,
    amount: Annotated[str, typer.Option(help="Open balance that the reply is about.")] = "0",
    tier: Annotated[str, typer.Option(help="The customer's tier, as in the ledger.")] = "standard",
    role: Annotated[RoleName, typer.Option(help="Whose limits to show.")] = RoleName.COLLECTOR,
    profile: Annotated[str | None, typer.Option(help="Jurisdiction profile; left out: the policy's own.")] = None,
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")] = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Validate a policy, print its version and digest; with --reason, explain it in words."""
    policy, source = _policy(file, config)
    if profile is not None and profile not in policy.jurisdictions:
        known = ", ".join(sorted(policy.jurisdictions))
        raise CommandFailed(f"profile: {profile} is none of this policy's: use one of {known}", code=2)
    document: dict[str, object] = {"source": source, "version": policy.version, "digest": policy.digest()}
    if reason is None:
        _tell(document, (), as_json=json)
        return
    from agent.explaining import explain
    from tools.approval import Approver

    explained = explain(
        policy, reason=reason, amount=_amount(amount), tier=tier, role=Approver(role.value), profile=profile
    )
    head = f"{reason.value}, {explained.amount} open, tier {tier}, profile {explained.profile}"
    _tell(
        document | {"explained": explained.model_dump(mode="json")}, (("for", head), *explained.lines()), as_json=json
    )


def _tell(document: dict[str, object], lines: tuple[tuple[str, str], ...], *, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    say(f"{document['source']} is valid: version {document['version']}")
    say(f"sha256 {document['digest']}")
    for heading, text in lines:
        say(f"  {heading + ':':<14} {text}")


def _policy(file: Path | None, config: Path) -> tuple[Policy, str]:
    from tools.policy_file import PolicyError, read_policy

    if file is None:
        from agent.cli.home import settings_from

        company = chosen.get()
        return settings_from(config).policy, f"the policy of {company}" if company is not None else str(config)
    with input_refused(PolicyError):
        return read_policy(file), str(file)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except ArithmeticError:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise CommandFailed(f"amount: {text} is no amount: write it like 2500.00", code=2)
    return amount
