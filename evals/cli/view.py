"""`dunwell eval view`: the log of runs in inspect's viewer, on this machine alone."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.output import CommandFailed, errors, say


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def view(
        folder: Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="A run, or a folder of runs.")] = None,
        port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 7575,
    ) -> None:
        """Show what happened in every turn, in a browser on this machine. Nothing is fetched from outside."""
        from evals.cli.run import RUNS

        logs = folder or RUNS
        if not any(logs.rglob("*.eval")):
            raise CommandFailed(f"{logs}: holds no log of a run: make one with `dunwell eval run SUITE`", code=2)
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                raise CommandFailed(f"port {port} is in use: name another with --port") from None
        from evals.running.adapter import serve_view

        errors().print("The logs hold what customers wrote. End with Ctrl-C.", markup=False)
        say(f"http://127.0.0.1:{port}")
        serve_view(logs, port=port)
