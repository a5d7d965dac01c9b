"""The commands of `dunwell eval`. Each stands in a module of its own here and is added by its `add`.

To add one: write `evals/cli/NAME.py` with

    def add(app: typer.Typer) -> None:
        @app.command()
        def name(...) -> None: ...

and put NAME into COMMANDS, in the order of the help page. A module is imported whenever the help page is shown: import
inspect_ai, sklearn, scipy and matplotlib inside the commands only.
"""

from __future__ import annotations

from importlib import import_module

import typer

COMMANDS: tuple[str, ...] = (
    "run",
    "report",
    "validate",
    "view",
    "agreement",
    "judge",
    "recorded",
    "gate",
    "debtor",
    "attack",
    "capture",
)


def build() -> typer.Typer:
    """Give the application with all commands."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for name in COMMANDS:
        import_module(f"evals.cli.{name}").add(app)
    return app
