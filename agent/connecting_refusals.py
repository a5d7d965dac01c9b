"""Why a connected system is not read that could be: somebody reads it already, or it is another company than before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.connectors.failures import ConnectorError
from store import connections


class Busy(ConnectorError):
    """Somebody reads this system just now."""

    code = "busy"


class OtherAccount(ConnectorError):
    """A name stands for another system or company than before."""

    code = "other_account"


@contextmanager
def as_told() -> Iterator[None]:
    """Say it as connectors say what is wrong with them."""
    try:
        yield
    except connections.AnotherOne as error:
        raise OtherAccount(str(error)) from None
