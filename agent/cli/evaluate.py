"""`dunwell eval`: the door to the evals, which come as an extra. Loads nothing of them before it is used.

The agent never needs the evals; only this door knows them.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from agent.cli.output import CommandFailed

#: What the extra brings, by the names that are imported.
EXTRA = frozenset({"evals", "inspect_ai", "sklearn", "scipy", "matplotlib", "yaml"})


class _Evals(TyperGroup):
    """Gets its commands when it is used."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            from evals.cli import build
        except ModuleNotFoundError as error:
            raise _missing(error) from None
        self.commands.update(get_group(build()).commands)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            raise _missing(error) from None


def _missing(error: ModuleNotFoundError) -> Exception:
    name, inside = (error.name or "").partition(".")[::2]
    if name == "tests" or (name == "evals" and inside):
        return CommandFailed("this works in dunwell's source tree only: clone it, and run it there", code=2)
    if name not in EXTRA:
        return error
    return CommandFailed(f"the evals need {name}, which is not installed: pip install 'dunwell[evals]'", code=2)


app = typer.Typer(
    cls=_Evals, no_args_is_help=True, help="Run recorded conversations against the agent; compare, gate and report."
)
