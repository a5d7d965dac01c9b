"""Every way in which a connected system can fail, as one line for a person. No text holds a token, a secret, a name or a body."""

from __future__ import annotations

from datetime import datetime


class ConnectorError(Exception):
    """A system cannot be used right now. The text says what, where, and what to do."""

    #: A word for logs and metrics.
    code = "failed"
    #: Whether trying the same request again may help.
    passing = False


class Interrupted(ConnectorError):
    """We were told to stop: nothing was taken, and nothing is wrong with the system."""

    code = "interrupted"


class Unreachable(ConnectorError):
    """No answer, or a broken one: it is tried again."""

    code, passing = "unreachable", True


class ServerFault(ConnectorError):
    """The system answers that it has a fault of its own (HTTP 5xx, 408): it is tried again."""

    code, passing = "server_fault", True


class RateLimited(ConnectorError):
    """The system asks to slow down; `wait` is in seconds, None where it does not say for how long."""

    code, passing = "rate_limited", True

    def __init__(self, text: str, *, wait: float | None, until: datetime | None = None) -> None:
        """Keep how long the system asks us to wait."""
        super().__init__(text)
        self.wait = wait
        self.until = until


class SignInNeeded(ConnectorError):
    """The system refuses our tokens for good: a person must sign in anew."""

    code = "sign_in_needed"


class Refused(ConnectorError):
    """The system rejects a request (HTTP 4xx): a right or a setting is wrong."""

    code = "refused"

    def __init__(self, text: str, *, status: int = 0) -> None:
        """Keep the HTTP status."""
        super().__init__(text)
        self.status = status


class BadAnswer(ConnectorError):
    """The system answers something else than its documentation says."""

    code = "bad_answer"


class PagingFault(BadAnswer):
    """Pages of a list do not fit together: a record twice, one missing, a cursor that comes again."""

    code = "paging"


class OutOfBudget(ConnectorError):
    """So many requests, or so much waiting, as one pull may take: it goes on later."""

    code = "budget"
