"""What was learned about a model server: which rung works, and which parameters it will not take.

Kept per address and model for the life of the process; a restart learns anew.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

from agent.llm_failure import Hint
from agent.llm_schema import Rung

_ORDER = tuple(Rung)


@dataclass(frozen=True)
class Habit:
    """The rung to start on, whether it has ever given a good answer, and how parameters are named."""

    rung: Rung = Rung.JSON_SCHEMA
    proven: bool = False
    token_parameter: str = "max_tokens"  # noqa: S105  (a parameter's name, not a secret)
    temperature: bool = True

    def parameters(self, *, max_tokens: int, temperature: float) -> dict[str, Any]:
        """Give the sampling parameters as this server takes them."""
        return {self.token_parameter: max_tokens} | ({"temperature": temperature} if self.temperature else {})


class Habits:
    """Thread-safe memory of habits by (base_url, model)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Habit] = {}

    def of(self, server: tuple[str, str]) -> Habit:
        """Give what is known about a server."""
        with self._lock:
            return self._known.get(server, Habit())

    def rungs(self, server: tuple[str, str]) -> tuple[Rung, ...]:
        """Give the rungs to try, the working one first, then those below."""
        return _ORDER[_ORDER.index(self.of(server).rung) :]

    def worked(self, server: tuple[str, str], rung: Rung) -> None:
        """Remember the rung that gave an answer."""
        self._change(server, rung=rung, proven=True)

    def refused(self, server: tuple[str, str], rung: Rung) -> None:
        """Remember that the server says it does not know a rung."""
        below = _ORDER[_ORDER.index(rung) + 1]
        self._change(server, rung=below, proven=False)

    def adapt(self, server: tuple[str, str], hint: Hint | None) -> bool:
        """Change what the server complains about; False where there is nothing (more) to change."""
        habit = self.of(server)
        if hint is Hint.MAX_TOKENS and habit.token_parameter == "max_tokens":  # noqa: S105
            self._change(server, token_parameter="max_completion_tokens")  # noqa: S106
            return True
        if hint is Hint.TEMPERATURE and habit.temperature:
            self._change(server, temperature=False)
            return True
        return False

    def _change(self, server: tuple[str, str], **changes: Any) -> None:
        with self._lock:
            self._known[server] = replace(self._known.get(server, Habit()), **changes)
