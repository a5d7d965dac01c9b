"""Lets a worker and its database notice soon that the other one is gone: a dead one must not keep its turn among the writers.

The kernel closes what a killed process had open. Of a machine without power nobody hears again: PostgreSQL by itself would wait for
two hours, with all that the lost transaction holds, and a worker as long for an answer.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

#: For PostgreSQL's own end of the connection: asked after 3 s of silence, given up after 3 questions, 3 s apart.
SHORT_LIVED = (
    "SET tcp_keepalives_idle = 3",
    "SET tcp_keepalives_interval = 3",
    "SET tcp_keepalives_count = 3",
    "SET tcp_user_timeout = 12000",
)
#: The same for the worker's end (libpq's names).
OWN_END = {
    "connect_timeout": 10,
    "keepalives_idle": 3,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 12000,
}


def keep_short(engine: Engine) -> None:
    """Have every connection that is opened from now on, and none from before, noticed as dead within 12 seconds at both ends."""

    @event.listens_for(engine, "do_connect")
    def _before(_dialect: Any, _record: Any, _words: Any, named: dict[str, Any]) -> None:
        for name, value in OWN_END.items():
            named.setdefault(name, value)

    @event.listens_for(engine, "connect")
    def _after(connection: Any, _record: Any) -> None:
        for setting in SHORT_LIVED:
            connection.execute(setting)
        connection.commit()

    engine.dispose()
