"""Personal tokens of the JSON API from the terminal: made for a person, listed, revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import console, input_refused, print_json, say

if TYPE_CHECKING:
    from sqlmodel import Session

app = typer.Typer(no_args_is_help=True, help="Personal tokens of the JSON API.")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    login: Annotated[str, typer.Option("--for", help="Whose it is; without sign-in: local.")] = "local",
    decide: Annotated[bool, typer.Option("--decide", help="It may decide, not only read.")] = False,
    days: Annotated[int, typer.Option(help="Days until it ends.", min=1, max=366)] = 90,
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Make a token and print it, this one time."""
    from agent.cli.home import open_home
    from store import api_tokens
    from store.api_tokens import Scope
    from store.engine import unit_of_work

    home = open_home(config)
    scopes = {Scope.READ, Scope.DECIDE} if decide else {Scope.READ}
    with input_refused(ValueError), unit_of_work(home.engine) as session:
        row, text = api_tokens.create(
            session,
            person_id=_person(session, login),
            login=login,
            name=name,
            scopes=scopes,
            days=days,
            now=home.clock(),
        )
    if json:
        print_json({"id": row.id, "token": text, "scopes": row.scopes, "expires_at": row.expires_at})
        return
    say(f"token {row.id} for {login}, until {row.expires_at:%Y-%m-%d}; this is the only time that it is shown:")
    # In one piece, however narrow the terminal is.
    console().print(text, soft_wrap=True, markup=False)


@app.command("list")
def list_(config: ConfigPath = DEFAULT, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List all tokens; never their text, which nobody has but their person."""
    from agent.cli.home import open_home
    from store import api_tokens
    from store.engine import unit_of_work

    home = open_home(config)
    with unit_of_work(home.engine) as session:
        rows = api_tokens.everybodys(session)
    now = home.clock()
    if json:
        fields = {"id", "login", "name", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"}
        print_json([row.model_dump(include=fields) for row in rows])
        return
    for row in rows:
        state = f"until {row.expires_at:%Y-%m-%d}" if api_tokens.is_live(row, now=now) else "ended"
        say(f"{row.id}  {row.login}  {row.name}  {', '.join(row.scopes)}  {state}")
    if not rows:
        say("there is no token")


@app.command()
def revoke(number: Annotated[int, typer.Argument(help="The token's number.")], config: ConfigPath = DEFAULT) -> None:
    """Revoke a token, at once and for good."""
    from agent.cli.home import actor, open_home
    from store import api_tokens
    from store.engine import unit_of_work

    home = open_home(config)
    with input_refused(ValueError), unit_of_work(home.engine) as session:
        api_tokens.revoke(session, number, actor=actor(), now=home.clock())
    say(f"token {number} is revoked")


def _person(session: Session, login: str) -> int | None:
    """Give whose token it is; None for whoever sits at the machine. Raises ValueError for nobody we know."""
    from sqlmodel import select

    from store.people import Person

    person = session.exec(select(Person).where(Person.login == login)).first()
    if person is None:
        if login == "local":
            return None
        raise ValueError(f"there is nobody named {login}: name a login with --for")
    if person.disabled_at is not None or person.joined_at is None:
        raise ValueError(f"{login} cannot sign in, so a token would be worth nothing")
    return person.id
