"""The companies of an installation: add a home for one, list them, check that all can work and that none meets another."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.chosen_company import chosen
from agent.cli.output import CommandFailed, input_refused, print_json, say

if TYPE_CHECKING:
    from agent.companies import Companies
    from agent.config import Settings

app = typer.Typer(no_args_is_help=True, help="Several companies on one installation (docs/companies.md).")

ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The installation's configuration file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT = Path("dunwell.toml")
_HERE = Path(__file__).parent


#: What belongs to no company.
_OF_NONE = ("init", "demo", "companies")


def for_company(
    context: typer.Context,
    company: Annotated[
        str | None, typer.Option("--company", metavar="NAME", help="For which company, where there are several.")
    ] = None,
    supervised: Annotated[bool, typer.Option("--supervised", hidden=True)] = False,
) -> None:
    """Note whom a command is for; with `supervised`, end when whoever started this process is gone."""
    if company is not None and context.invoked_subcommand in _OF_NONE:
        raise CommandFailed(f"{context.invoked_subcommand} is for no single company: leave out --company", code=2)
    chosen.set(company)
    if supervised:
        from agent.supervising import end_with_starter

        end_with_starter()


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of one company."""

    name: str
    home: str
    page: str | None
    mailboxes: tuple[str, ...]
    faults: tuple[str, ...]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Small letters, digits and hyphens: it names folder, log and variables.")],
    config: ConfigPath = DEFAULT,
) -> None:
    """Make a home for a company, with an example configuration."""
    from agent.companies import fault_of_name, prefix_of

    if (fault := fault_of_name(name)) is not None:
        raise CommandFailed(fault, code=2)
    companies = _companies(config, make=True)
    home = companies.home(name)
    if home.exists():
        raise CommandFailed(f"{home} exists already: choose another name", code=2)
    example = (_HERE / "dunwell.toml.example").read_text("utf-8")
    for ours, theirs in (
        ("your-company.example", f"{name}.example"),
        ("/etc/dunwell/", f"/etc/dunwell/{name}/"),
        ("DUNWELL_", prefix_of(name)),
        ('# public_url = "https://queue.example.com"', f'public_url = "https://{name}.dunwell.example"'),
    ):
        example = example.replace(ours, theirs)
    try:
        home.mkdir(parents=True, mode=0o700)
        companies.file(name).write_text(example, "utf-8")
    except OSError as error:
        raise CommandFailed(f"{home} cannot be made: {error.strerror}") from None
    say(f"{companies.file(name)} is written. Fill it in, then run `dunwell --company {name} doctor`.")


@app.command("list")
def list_(config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """List the companies, their pages and their mailboxes."""
    found = _look(_companies(config), live=False)
    if json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        state = f"{len(one.faults)} faults: `dunwell companies check`" if one.faults else ", ".join(one.mailboxes)
        say(f"{one.name}  {one.page or 'no page'}  {state}")
    if not found:
        say("there is no company yet: `dunwell companies add NAME`")


@app.command()
def check(config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Check every company's configuration, and that no two work with the same database, folder, mailbox or host."""
    from agent.companies import strange_variables

    companies = _companies(config)
    found = _look(companies, live=True)
    strange = strange_variables(companies, os.environ)
    if json:
        print_json({"companies": [asdict(one) for one in found], "variables_of_no_company": strange})
    else:
        for one in found:
            for fault in one.faults or ("well",):
                say(f"{one.name}: {fault}")
        for variable in strange:
            say(f"environment: {variable}: belongs to no company and counts for none")
    bad = [one.name for one in found if one.faults]
    if bad:
        raise CommandFailed(f"not fit to work: {', '.join(bad)}", code=2)


def _companies(config: Path, *, make: bool = False) -> Companies:
    from agent.companies import companies_at
    from agent.config import ConfigError

    try:
        if make and not config.exists():
            config.write_text((_HERE / "companies.toml.example").read_text("utf-8"), "utf-8")
            say(f"{config} is written: an installation that holds several companies")
        found = companies_at(config)
    except ConfigError as error:
        raise CommandFailed(str(error), code=2) from None
    except OSError as error:
        raise CommandFailed(f"{config} cannot be written: {error.strerror}") from None
    if found is None:
        raise CommandFailed(
            f"{config} is one company's own: to have several, move it to companies/NAME/dunwell.toml with all that it names, "
            "and run `dunwell companies add` for the next one",
            code=2,
        )
    return found


def _look(companies: Companies, *, live: bool) -> list[_Seen]:
    """Look at every company once, then at each two of them. `live`: ask database servers too, and look for strays."""
    from agent.company_clashes import clashes, live_clashes
    from agent.config import ConfigError

    known: dict[str, Settings] = {}
    faults: dict[str, list[str]] = {}
    with input_refused(ConfigError):
        names = companies.names()
    for name in names:
        try:
            known[name], faults[name] = companies.settings_of(name), []
        except ConfigError as error:
            faults[name] = str(error).splitlines()
    for name, settings in known.items():
        if settings.review.public_host is None:
            faults[name].append("review.public_url: is missing: its pages are served under a host of its own")
        for other, theirs in known.items():
            faults[name] += clashes(settings, theirs, other=other) if other != name else []
    if live:
        for name, lines in live_clashes(known).items():
            faults[name] += lines
        faults |= {name: [why] for name, why in _strays(companies, names)}
    return [_seen(companies, name, known.get(name), list(dict.fromkeys(lines))) for name, lines in faults.items()]


def _strays(companies: Companies, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name the folders among the homes that are no company's."""
    from agent.companies import fault_of_name

    for folder in sorted(companies.folder.iterdir()) if companies.folder.is_dir() else ():
        if folder.is_dir() and folder.name not in names and not folder.name.startswith("."):
            yield folder.name, f"is no company: {fault_of_name(folder.name) or 'there is no dunwell.toml in it'}"


def _seen(companies: Companies, name: str, settings: Settings | None, faults: list[str]) -> _Seen:
    return _Seen(
        name=name,
        home=str(companies.home(name)),
        page=settings.review.public_url if settings is not None else None,
        mailboxes=tuple(box.address for box in settings.mailboxes) if settings is not None else (),
        faults=tuple(faults),
    )
