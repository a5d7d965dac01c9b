"""`dunwell eval capture` and `dunwell eval accept`: decided items of the queue become recorded conversations, once a person looked."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import CommandFailed, errors, fail, print_json, say

if TYPE_CHECKING:
    from agent.installation import Installation
    from evals.capturing.items import How

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def add(app: typer.Typer) -> None:
    """Add both commands."""
    app.command()(capture)
    app.command()(accept)


def capture(
    out: Annotated[Path, typer.Option("--out", help="The suite; captured cases wait in its folder to-review.")],
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")] = Path("dunwell.toml"),
    since: Annotated[str | None, typer.Option("--since", help="Decided on this day or later: 2026-01-31.")] = None,
    status: Annotated[
        str, typer.Option("--status", help="What people did: approved, edited, rejected; several with commas.")
    ] = "approved,edited,rejected",
    limit: Annotated[int, typer.Option("--limit", help="Conversations at most.", min=1, max=10_000)] = 50,
    item: Annotated[int | None, typer.Option("--item", help="This item alone, by its number.")] = None,
    as_json: AsJson = False,
) -> None:
    """Turn decided items into recorded conversations, with personal data replaced. They wait for `accept`; nothing is changed."""
    from evals.capturing.capture import Source
    from evals.capturing.capture import capture as captured_from

    how, first = _how(status), _day(since)
    home = _home(config)
    settings = home.settings
    source = Source(
        engine=home.engine,
        company=settings.company,
        policy=settings.policy,
        roles=settings.roles,
        addresses=tuple(str(mailbox.address) for mailbox in settings.mailboxes),
        authserv_ids=tuple(dict.fromkeys(name for m in settings.mailboxes for name in m.trusted_results)),
    )
    found = []
    with errors().status("capturing") as progress:
        for one in captured_from(source, out, since=first, how=how, limit=limit, item=item):
            found.append(one)
            progress.update(f"capturing: {len(found)}")
    written = [one for one in found if one.folder is not None]
    if as_json:
        print_json([{"items": one.items, "folder": one.folder, "why": one.why} for one in found])
    else:
        for one in written:
            say(f"{one.folder}")
        say(
            f"{len(written)} conversations to look through; read review.md in each, then: dunwell eval accept FOLDER --by NAME"
        )
    for one in found:
        if one.folder is None:
            fail(f"item {', '.join(map(str, one.items))}: {one.why}")
    if item is not None and not found:
        raise CommandFailed(f"item {item}: is none that a person decided about a customer's mail", code=2)
    if found and not written:
        raise CommandFailed("nothing could be captured", code=1)


def accept(
    folder: Annotated[Path, typer.Argument(help="A captured conversation: SUITE/NAME or SUITE/to-review/NAME.")],
    by: Annotated[str, typer.Option("--by", help="Who looked through it; stands in case.yaml as you write it.")],
    as_json: AsJson = False,
) -> None:
    """Let a captured conversation count, after a person looked through it. It must load and be lived through."""
    from evals.capturing.quarantine import Refused
    from evals.capturing.quarantine import accept as accepted

    try:
        target = accepted(folder, by=by)
    except Refused as refused:
        raise CommandFailed(str(refused), code=2) from None
    if as_json:
        print_json({"folder": target})
    else:
        say(f"{target}: counts from now on")


def _how(status: str) -> list[How]:
    from evals.capturing.items import How

    names = [name.strip() for name in status.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(How)]
    if unknown or not names:
        raise CommandFailed(f"--status {status!r}: choose of {', '.join(How)}", code=2)
    return [How(name) for name in names]


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(), tzinfo=UTC)
    except ValueError:
        raise CommandFailed(f"--since {text!r} is no day: write it like 2026-01-31", code=2) from None


def _home(config: Path) -> Installation:
    from agent.cli.home import open_home

    return open_home(config)
