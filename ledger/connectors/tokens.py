"""Gives access tokens, and renews them so that no rotating refresh token is ever lost or used twice.

Whoever renews holds the connection's row for that time; new tokens are sealed and committed before the access token is first used.
Who comes meanwhile waits for them. In the database tokens stand sealed alone, in a log or an error never.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Engine

from ledger.connectors.failures import SignInNeeded, Unreachable
from ledger.connectors.oauth import SignIn, Tokens
from store import connections
from store.clock import Clock
from store.engine import unit_of_work

#: So long one renewal may take; a process that died with it holds up the others no longer.
LEASE = timedelta(seconds=90)
_LOOK_EVERY = 0.1


class Seals(Protocol):
    """Seals texts with a key that is not in the database (`review.sealing.Sealer`)."""

    def seal(self, text: str, *, place: str) -> str:
        """Seal a text for one place."""

    def open(self, sealed: str, *, place: str) -> str:
        """Give the text back. Raises ValueError."""


def sealed(tokens: Tokens, name: str, seals: Seals) -> str:
    """Seal tokens for the row of their connection."""
    said = {"a": tokens.access, "e": tokens.ends_at.timestamp(), "r": tokens.refresh, "o": tokens.account}
    return seals.seal(json.dumps(said), place=_place(name))


def opened(text: str, name: str, seals: Seals) -> Tokens:
    """Open sealed tokens. Raises SignInNeeded where they were changed, or sealed with another key."""
    try:
        said = json.loads(seals.open(text, place=_place(name)))
        return Tokens(str(said["a"]), datetime.fromtimestamp(said["e"], UTC), str(said["r"]), str(said["o"]))
    except (ValueError, KeyError, TypeError):
        raise SignInNeeded(
            f"{name}: its sealed tokens cannot be opened (another installation.key?): run `dunwell connect add {name}`"
        ) from None


def _place(name: str) -> str:
    return f"connection {name} tokens"


@dataclass
class Bearer:
    """The tokens of a connection at which a person signed in, or (`by_key`) that gets them with its own key."""

    name: str
    engine: Engine
    sign_in: SignIn
    seals: Seals
    clock: Clock
    by_key: bool = False
    sleep: Callable[[float], None] = time.sleep
    worker: str = field(default_factory=lambda: uuid.uuid4().hex)

    def header(self, *, refused: str | None = None) -> str:
        """Give the Authorization header; another one than `refused`. Raises ConnectorError."""
        return f"Bearer {self._token(None if refused is None else refused.removeprefix('Bearer '))}"

    def _token(self, refused: str | None) -> str:
        tries = int(LEASE.total_seconds() / _LOOK_EVERY) + 20
        for _ in range(tries):
            held, version = self._held()
            if held is not None and held.fresh(self.clock()) and held.access != refused:
                return held.access
            self._renewable(held)
            if self._claimed(version):
                return self._renewed(held, version).access
            self.sleep(_LOOK_EVERY)
        raise Unreachable(f"{self.name}: another process is renewing the token and does not end")

    def _held(self) -> tuple[Tokens | None, int]:
        with unit_of_work(self.engine) as session:
            found = connections.sealed_tokens(session, self.name)
        if found is None:
            raise SignInNeeded(f"{self.name}: is not connected: run `dunwell connect add {self.name}`")
        text, version = found
        return (opened(text, self.name, self.seals) if text else None), version

    def _renewable(self, held: Tokens | None) -> None:
        if self.by_key:
            return
        if held is None:
            raise SignInNeeded(f"{self.name}: nobody signed in yet: run `dunwell connect add {self.name}`")
        if not held.refresh:
            raise SignInNeeded(f"{self.name}: the sign-in is over: run `dunwell connect add {self.name}`")

    def _claimed(self, version: int) -> bool:
        with unit_of_work(self.engine) as session:
            return connections.claim_refresh(
                session, self.name, worker=self.worker, version=version, now=self.clock(), lease=LEASE
            )

    def _renewed(self, held: Tokens | None, version: int) -> Tokens:
        try:
            new = self.sign_in.asserted() if self.by_key or held is None else self.sign_in.refreshed(held)
        except BaseException:
            with unit_of_work(self.engine) as session:
                connections.end_refresh(session, self.name, worker=self.worker)
            raise
        with unit_of_work(self.engine) as session:
            kept = connections.keep_tokens(
                session, self.name, sealed=sealed(new, self.name, self.seals), version=version, worker=self.worker
            )
        if not kept:
            # Somebody signed in anew meanwhile, or took the turn over: theirs count.
            raise Unreachable(f"{self.name}: the tokens changed while they were renewed")
        return new


@dataclass(frozen=True)
class ApiKey:
    """A key that the system gave once, from the settings' file or the environment."""

    name: str
    read: Callable[[], str]

    def header(self, *, refused: str | None = None) -> str:
        """Give the Authorization header. Raises SignInNeeded where there is no key."""
        try:
            key = self.read()
        except ValueError as error:
            raise SignInNeeded(str(error)) from None
        return f"Bearer {key}"
