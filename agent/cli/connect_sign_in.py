"""The steps of `dunwell connect` that take more than a line: a sign-in with a browser or by hand, and how a connection stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import typer

from agent.cli.output import CommandFailed, console, say

if TYPE_CHECKING:
    from agent.connecting import Connections
    from ledger.connectors.oauth import SignIn, Tokens
    from ledger.settings import ConnectionSettings

#: So long a sign-in may take, in seconds.
_PATIENCE = 600.0


def signed_in(settings: ConnectionSettings, sign_in: SignIn, *, paste: bool) -> Tokens:
    """Show the address, wait for the person to come back, and change what they bring for tokens."""
    from ledger.connectors.loopback import free_port, listening, redirect_url
    from mail.settings import is_loopback

    wanted = settings.redirect_url
    parts = urlsplit(wanted) if wanted is not None else None
    here = parts is None or (is_loopback(parts.hostname or "") and parts.scheme == "http" and parts.port is not None)
    port = parts.port if parts is not None and parts.port is not None else free_port()
    started = sign_in.start(wanted or redirect_url(port))
    say(f"Sign in at {settings.kind} with this address:\n")
    console().print(started.address, soft_wrap=True, markup=False)
    if paste or not here:
        came = typer.prompt("\nPaste the address of the page on which you end up (or the code in it)", hide_input=True)
        return sign_in.finish(started, came)
    say("\nWaiting for the browser to come back to this machine (or stop, and use --paste) ...")
    try:
        with listening(started.state, port) as listener:
            back = listener.wait(_PATIENCE)
    except OSError as error:
        raise CommandFailed(f"port {port} cannot be used ({error.strerror}): use --paste") from None
    if back is None:
        raise CommandFailed("nobody came back in time: begin anew, or use --paste")
    return sign_in.finish(started, back)


def standing(found: Connections, settings: ConnectionSettings) -> dict[str, Any]:
    """Say how a connection stands, for people and programs alike."""
    from agent.connection_standing import standing as stands

    row = stands(found, settings)
    return {
        "name": settings.name,
        "kind": settings.kind,
        "customers_of": settings.customers_of,
        "signed_in": row.signed_in,
        "read_to": row.read_to,
        "good_at": row.good_at,
        "next_at": row.next_at,
        "failures": row.failures,
        "left_out": row.left_out,
        "brought": dict(row.brought),
        "notes": dict(row.notes),
        "condition": row.condition.value,
        "state": row.told,
    }
