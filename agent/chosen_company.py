"""Which company this process works for, where an installation holds several. Set by the command line alone."""

from __future__ import annotations

from contextvars import ContextVar

#: None: the installation is one company's own, or the process works for none of them (it only starts others).
chosen: ContextVar[str | None] = ContextVar("chosen_company", default=None)
