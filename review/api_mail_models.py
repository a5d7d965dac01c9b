"""What the JSON API says of mails that came to no proposal, or to nobody. Values only, as in `review.api_models`."""

from __future__ import annotations

from pydantic import Field

from review.api_models import Answer, CustomerRef, MailOut
from store.vocabulary import MessageState


class SuggestionOut(Answer):
    """Whose mail it could be, and why."""

    customer: CustomerRef
    invoices: list[str]
    why: str


class UnmatchedOut(Answer):
    """A mail that belongs to nobody yet."""

    mail: MailOut
    item_id: int | None = Field(description="its proposal, where there is one")
    reports: str | None = Field(description="the address that it says mail came back from, or a complaint")
    suggestions: list[SuggestionOut]


class UnmatchedList(Answer):
    """What waits to be assigned, oldest first; 100 at most are shown."""

    mails: list[UnmatchedOut]


class StrandedOut(Answer):
    """A mail that found no way."""

    mail: MailOut
    state: MessageState
    error: str | None
    item_id: int | None
