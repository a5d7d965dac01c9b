"""What the process of a life is changed by: an engine for all databases, carelessness about the disk, a mail that is deadly.

Each change is made for good, in a process that is made for it.
"""

from __future__ import annotations

import os
import signal
import time

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from agent import installation, proposing
from agent.deps import Deps
from store import engine
from store.facts import CaseFacts
from store.inbound import StoredMessage
from store.proposed import Proposal


def share_engine() -> None:
    """Let every SQLite database of this process be opened by one engine, which has compiled the statements once for all lives."""
    known: list[Engine] = []
    path = [""]

    def opened(url: str) -> Engine:
        if not url.startswith("sqlite"):
            return engine.open_engine(url)
        path[0] = str(make_url(url).database)
        if not known:
            known.append(engine.open_engine(url))

            @event.listens_for(known[0], "do_connect")
            def _where(_dialect: object, _record: object, arguments: list[str], _options: object) -> None:
                arguments[0] = path[0]

        return known[0]

    vars(installation)["open_engine"] = opened


def be_careless(what: str) -> None:
    """Take out of this process what makes it outlive a power failure."""
    if what == "commits":
        less = tuple(pragma.replace("synchronous=full", "synchronous=normal") for pragma in engine._PRAGMAS)
        vars(engine)["_PRAGMAS"] = less
    else:
        vars(os)["fsync"] = lambda _: None


def be_poisoned(words: str) -> None:
    """Let this process die of a mail with these words, as one that meets a fault of a library would."""
    real = vars(proposing)["propose"]

    def deadly(message: StoredMessage, facts: CaseFacts, deps: Deps) -> Proposal:
        # Thinking takes a while, as with a model: all that is due is in hand when the process dies.
        time.sleep(0.3)
        if words in message.email.new_text:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.5)
        answer: Proposal = real(message, facts, deps)
        return answer

    vars(proposing)["propose"] = deadly
