"""What the JSON API takes: closed models, so that a misspelt field is told instead of ignored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from review.item import RejectReason
from store.aftermath import DisputeStatus, PortalStatus
from store.vocabulary import Reason
from tools.autonomy import Band, Reminder
from tools.escalate_to_human import Role as Desks

#: No database keeps a NUL in a text; a lone surrogate is refused by pydantic itself.
_NO_NUL = r"^[^\x00]*$"
_AMOUNT = {"type": "string", "pattern": r"^\d{1,10}\.\d{2}$", "examples": ["120.00"]}
#: The words of a draft: as many as the pages take.
Body = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=_NO_NUL)]
Note = Annotated[str, StringConstraints(max_length=500, pattern=_NO_NUL)]
PortalNumber = Annotated[str, StringConstraints(max_length=60, pattern=_NO_NUL)]
CustomerId = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_NO_NUL)]
#: A row's number: no more than a database can be asked for.
Number = Annotated[int, Path(ge=1, lt=2**31)]
Version = Annotated[int, Field(ge=1, lt=2**31, description="the version that was looked at")]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PreviewIn(_Request):
    """Words to be judged as they would be saved; nothing is saved."""

    body: Body


class EditIn(_Request):
    """Words to be saved in place of the draft's `body`, with its slots."""

    version: Version
    body: Body


class ApproveIn(_Request):
    """An approval of exactly the version that was looked at."""

    version: Version
    acknowledged: dict[Annotated[str, StringConstraints(max_length=200, pattern=_NO_NUL)], Note] = Field(
        default_factory=dict, max_length=50, description="for each of `to_acknowledge`: why it is answered all the same"
    )


class RejectIn(_Request):
    """A rejection: the typed reason is counted."""

    version: Version
    reason: RejectReason
    note: Note = ""


class ChooseIn(_Request):
    """The actions that stay, by position; the others are left out, and the mail is worded anew."""

    version: Version
    keep: list[Annotated[int, Field(ge=0, lt=1000)]] = Field(max_length=100)


class SettleIn(_Request):
    """What became of a mail that may or may not have gone out."""

    sent: bool


class VerifyIn(_Request):
    """How the contact was verified: whom you called, on which number that was known before."""

    note: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_NO_NUL)]


class AssignIn(_Request):
    """Whose mail it is."""

    customer_id: CustomerId


class MarkIn(_Request):
    """Whose mail it is, where it belongs to nobody yet."""

    customer_id: CustomerId | None = None


class UndoIn(_Request):
    """An approval that is taken back while its time runs."""

    version: Version


class RereadIn(_Request):
    """How a person reads a claim (by position)."""

    version: Version
    claim: Annotated[int, Field(ge=0, lt=1000)]
    reason: Reason


class RetoolIn(_Request):
    """Another act in place of one (by position)."""

    version: Version
    action: Annotated[int, Field(ge=0, lt=1000)]
    tool: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_NO_NUL)]


class RedraftIn(_Request):
    """How the mail is to be worded anew."""

    version: Version
    instruction: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_NO_NUL)]


class SnoozeIn(_Request):
    """The day on whose morning it comes back; null takes it back at once."""

    until: date | None


class GiveIn(_Request):
    """Whose it is, by login; empty gives it back to all."""

    login: Annotated[str, StringConstraints(max_length=100, pattern=_NO_NUL)]


class HandOverIn(_Request):
    """To whom in charge it is handed, and why."""

    role: Desks
    note: Note = ""


class CommentIn(_Request):
    """A remark for colleagues; it is never part of a mail."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=_NO_NUL)]


class Shown(_Request):
    """An item as it was looked at."""

    id: Annotated[int, Field(ge=1, lt=2**31)]
    version: Version


class TogetherIn(_Request):
    """Several items that are each safe to approve."""

    items: list[Shown] = Field(min_length=1, max_length=50)


class CloseIn(_Request):
    """What became of it."""

    note: Annotated[str, StringConstraints(max_length=2000, pattern=_NO_NUL)]


class TakeIn(_Request):
    """Who had it when one looked; another one meanwhile is told."""

    seen: Annotated[str, StringConstraints(max_length=100, pattern=_NO_NUL)] = ""


class EndDisputeIn(_Request):
    """How a dispute ended. `credit` is for a credited one, in the invoice's currency."""

    status: DisputeStatus
    reason: Note
    credit: Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2), WithJsonSchema(_AMOUNT)] | None = None


class MovePortalIn(_Request):
    """Where an invoice stands in the portal; a rejection wants what the portal says."""

    status: PortalStatus
    why: Note = ""


class FillPortalIn(_Request):
    """What was missing for a portal, as a person learned it; one of them, or both."""

    supplier_number: PortalNumber = ""
    po_number: PortalNumber = ""


class SwitchIn(_Request):
    """A cell of the autonomy table that is opened, where its evidence allows it, or closed."""

    reason: Reason | Reminder
    band: Band
    tier: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_NO_NUL)]
    open: bool
