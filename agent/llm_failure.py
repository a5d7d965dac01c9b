"""The one way in which asking a model fails. A failure never carries the prompt, the answer, the server's words or a key."""

from __future__ import annotations

from enum import StrEnum


class FailureKind(StrEnum):
    """Why there is no answer of the model."""

    BUDGET = "budget"  # calls or tokens of the message or the day are used up
    DEADLINE = "deadline"  # the time for this message is over
    TIMEOUT = "timeout"
    CONNECTION = "connection"  # never reached
    INTERRUPTED = "interrupted"  # reached, then the connection broke
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"  # the account has no credit
    SERVER_ERROR = "server_error"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"  # 4xx: the server will not take this request
    TOO_LONG = "too_long"  # the prompt is larger than the model's context
    REDIRECT = "redirect"
    BLOCKED_ADDRESS = "blocked_address"
    BAD_BODY = "bad_body"  # 200, but not a chat completion: HTML, broken JSON
    TOO_LARGE = "too_large"
    EMPTY = "empty"  # no choices, or a choice without text
    REFUSAL = "refusal"
    LENGTH = "length"  # cut off at max_tokens
    CONTENT_FILTER = "content_filter"
    UNFINISHED = "unfinished"  # any other finish_reason than "stop"
    INVALID = "invalid"  # not the schema, even after a repair
    SETTINGS = "settings"  # for instance a key file that cannot be read
    UNEXPECTED = "unexpected"


class Hint(StrEnum):
    """What a rejected request should do without, as far as the server says."""

    FORMAT = "format"
    MAX_TOKENS = "max_tokens"
    TEMPERATURE = "temperature"


#: Failures that another attempt may cure.
TRANSIENT = frozenset(
    {
        FailureKind.TIMEOUT,
        FailureKind.CONNECTION,
        FailureKind.INTERRUPTED,
        FailureKind.RATE_LIMITED,
        FailureKind.SERVER_ERROR,
    }
)

#: Failures before the model did any work: they cost nothing and do not count as a call.
UNCOUNTED = frozenset(
    {
        FailureKind.CONNECTION,
        FailureKind.RATE_LIMITED,
        FailureKind.QUOTA,
        FailureKind.SERVER_ERROR,
        FailureKind.UNAUTHORIZED,
        FailureKind.NOT_FOUND,
        FailureKind.REJECTED,
        FailureKind.TOO_LONG,
        FailureKind.REDIRECT,
        FailureKind.BLOCKED_ADDRESS,
        FailureKind.SETTINGS,
    }
)


class ModelFailure(Exception):
    """No answer of the model. `kind` is for code, `text` one plain line for people, safe to log and to show.

    `status` is the HTTP status where there was one; `retry_after` the seconds that the server asked to wait.
    """

    def __init__(
        self,
        kind: FailureKind | str,
        text: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        hint: Hint | None = None,
    ) -> None:
        self.kind = FailureKind(kind)
        self.text = text
        self.status = status
        self.retry_after = retry_after
        self.hint = hint
        super().__init__(f"{self.kind.value}: {text}")
