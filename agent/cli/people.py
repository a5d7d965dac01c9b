"""The people of the review queue, from the machine that it runs on: list, invite, new link, role, access.

Whoever may use this command can read the database and the installation's key anyway; what they do is in the audit log.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, console, input_refused, print_json, say

if TYPE_CHECKING:
    from store.people import Person
    from store.roles import Role

app = typer.Typer(no_args_is_help=True, help="Who may use the review queue.")

Login = Annotated[str, typer.Argument(help="The person's login.")]


@app.command("list")
def list_(config: ConfigPath = DEFAULT, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List persons with their roles."""
    from agent.cli.home import open_home
    from store.engine import unit_of_work
    from store.persons import everybody

    with unit_of_work(open_home(config).engine) as session:
        found = everybody(session)
    if json:
        print_json([{"login": p.login, "name": p.name, "role": p.role, "state": _state(p)} for p in found])
        return
    for person in found:
        say(f"{person.login}  {person.role}  {_state(person)}  {person.name}")
    if not found:
        say("nobody has an account: `dunwell review` prints the link for the first person")


@app.command()
def invite(
    login: Login,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="collector, manager, controller, admin or auditor.")] = "collector",
    config: ConfigPath = DEFAULT,
) -> None:
    """Invite somebody: prints a link that works once, for 24 hours."""
    from agent.cli.home import actor, open_home, people_of
    from review import inviting
    from review.people import Refused

    people = people_of(open_home(config))
    with input_refused(Refused):
        link = inviting.invite(people, login=login, name=name, role=_role(role), by=actor())
    _show(link)


@app.command()
def reset(login: Login, config: ConfigPath = DEFAULT) -> None:
    """Give a person a new link, to set password and second factor anew."""
    from agent.cli.home import actor, open_home, people_of
    from review import inviting
    from review.people import Refused

    people = people_of(open_home(config))
    with input_refused(Refused):
        link = inviting.invite_again(people, login, by=actor())
    _show(link)


@app.command("role")
def role_(
    login: Login,
    role: Annotated[str, typer.Argument(help="collector, manager, controller, admin or auditor.")],
    config: ConfigPath = DEFAULT,
) -> None:
    """Change a person's role; their sessions end."""
    from agent.cli.home import actor, open_home, people_of
    from review import inviting
    from review.people import Refused

    people = people_of(open_home(config))
    with input_refused(Refused):
        inviting.set_role(people, login, _role(role), by=actor())
    say(f"{login} is {role} now")


@app.command()
def disable(login: Login, config: ConfigPath = DEFAULT) -> None:
    """Take a person's access away; their sessions end at once."""
    _access(login, config, disabled=True)
    say(f"{login} has no access any more")


@app.command()
def enable(login: Login, config: ConfigPath = DEFAULT) -> None:
    """Give a person access again."""
    _access(login, config, disabled=False)
    say(f"{login} has access again")


def _access(login: str, config: Path, *, disabled: bool) -> None:
    from agent.cli.home import actor, open_home, people_of
    from review import inviting
    from review.people import Refused

    people = people_of(open_home(config))
    with input_refused(Refused):
        inviting.set_disabled(people, login, disabled=disabled, by=actor())


def _role(text: str) -> Role:
    from store.roles import Role

    if text not in set(Role):
        raise CommandFailed(f"there is no role {text}: choose one of {', '.join(Role)}", code=2)
    return Role(text)


def _state(person: Person) -> str:
    if person.disabled_at is not None:
        return "no access"
    return "active" if person.joined_at is not None else "invited"


def _show(link: str) -> None:
    say("This link works once, for 24 hours; an older one for this person works no more:")
    console().print(link, markup=False, soft_wrap=True)
