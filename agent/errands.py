"""What the daemon does beside its own work: small errands, each on its own, none of which can keep mail from coming in or leaving."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from agent.fleet.in_hand import InHand

log = logging.getLogger(__name__)

#: How long the errands rest between two rounds, in seconds.
REST = 10.0


class Errand(Protocol):
    """Something to be looked after again and again."""

    name: str

    def run(self) -> int:
        """Do what is due; give how much was done."""

    def close(self) -> None:
        """Let go of connections."""


@runtime_checkable
class Heeding(Protocol):
    """An errand that may wait for long, and ends its wait when it is told to stop."""

    def heed(self, stopping: threading.Event) -> None:
        """Take what will be set."""


class Errands:
    """Runs errands one after the other; one that fails stops no other, and is tried again."""

    def __init__(self, errands: Sequence[Errand]) -> None:
        """Take the errands."""
        self._errands = tuple(errands)
        self._in_hand = InHand()
        self._told = False

    def run_once(self) -> int:
        """Do one round and let go of all connections."""
        try:
            return self._round()
        finally:
            self._close()

    def run(self, stopping: threading.Event) -> None:
        """Go round until told to stop."""
        for errand in self._errands:
            if isinstance(errand, Heeding):
                errand.heed(stopping)
        while self._errands and not stopping.is_set():
            self._round()
            stopping.wait(REST)
        self._close()

    def tell_hanging(self) -> bool:
        """Say whether an errand has not ended for so long that it seems to hang; it is logged once."""
        hanging = self._in_hand.hanging() > 0
        if hanging and not self._told:
            names = ", ".join(errand.name for errand in self._errands)
            log.error("one of these has not ended for a long time, see what it waits for: %s", names)
        self._told = hanging
        return hanging

    def _round(self) -> int:
        done = 0
        for errand in self._errands:
            try:
                with self._in_hand.step():
                    done += errand.run()
            except Exception as error:
                # Its own text may quote a mail, and stays out of the log.
                where = "".join(traceback.format_tb(error.__traceback__))
                log.error("%s failed; it is tried again: %s\n%s", errand.name, type(error).__name__, where)
        return done

    def _close(self) -> None:
        for errand in self._errands:
            errand.close()
