"""Puts the sender of an installation together: its ways out, what is asked before a mail leaves, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable

from agent.effects import effects_by
from agent.installation import Installation
from agent.sending import rechecker
from mail.outbox import Sender


def sender_of(home: Installation, worker: str, *, stopping: Callable[[], bool]) -> Sender:
    """Make a sender under the name of its process. It has connections of its own, and is for one thread at a time.

    `stopping` says that the process ends: no further mail is begun then.
    """
    return Sender(
        home.engine,
        home.routes(),
        worker,
        effects_by(home.clock),
        clock=home.clock,
        recheck=rechecker(company=home.settings.company, policy=home.settings.policy, roles=home.settings.roles),
        stopping=stopping,
    )
