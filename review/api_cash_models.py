"""What the JSON API takes and gives of money on the bank account: closed models, amounts as decimal text. Values only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from review.api_models import Amount, Answer, Money
from review.api_requests import CustomerId, Note
from store.bank_words import Deduction

_AMOUNT = {"type": "string", "pattern": r"^\d{1,10}\.\d{2}$", "examples": ["1200.00"]}
_Sum = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2), WithJsonSchema(_AMOUNT)]
_InvoiceNumber = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
_Seen = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00]*$")]


class CashLineOut(Answer):
    """A line of a statement. The payer's account is masked."""

    id: int
    booked_on: date
    money: Money
    state: str
    payer: str
    account: str
    text: str
    invoices: list[str] = Field(description="what the likeliest way pays")
    confidence: float
    explanation: str
    exact: bool = Field(description="it may be confirmed together with others")
    seen: str = Field(description="names the likeliest way: give it back when you confirm")


class CashPieceOut(Answer):
    """What an invoice gets of the line. `deducted` is no money: what the customer kept back."""

    invoice: str | None = Field(description="null: unapplied, on the customer's account")
    customer_id: str
    amount: Amount
    deducted: Amount
    deduction: str
    credit_note: str


class CashWayOut(Answer):
    """One way in which a line may be meant."""

    way: int
    seen: str
    confidence: float
    reasons: list[str]
    customer_id: str | None
    pieces: list[CashPieceOut]
    unapplied: Amount


class CashAdviceOut(Answer):
    """A remittance advice that may belong to the line."""

    customer_id: str
    total: Amount
    same_sum: bool = Field(description="exactly the line's amount")
    invoices: list[str]
    reference: str
    file: str = Field(description="the attachment; empty: the mail's own words, or a file that a person brought")
    message_id: int | None = Field(description="the mail that it came with")
    came_at: datetime
    proven: bool = Field(description="a person of ours brought it; else it is a mail's word alone")


class CashSheetOut(Answer):
    """One line with all that it may pay, or does."""

    line: CashLineOut
    value_on: date | None
    end_to_end: str
    structured: str
    bank_reference: str
    statement: str
    ways: list[CashWayOut]
    parts: list[CashPieceOut]
    payments: list[str] = Field(description="the ERP's receipts, where it has booked the line")
    decided_by: str | None
    decided_at: datetime | None
    note: str
    may_decide: bool
    may_reopen: bool
    asked: str = Field(description="maybe_booked, maybe_known, or empty: what POST .../answer wants a yes or a no for")
    other: CashLineOut | None = Field(description="the line of another file that this one is, or may be")
    advices: list[CashAdviceOut]


class CashList(Answer):
    """A page of lines."""

    lines: list[CashLineOut]
    total: int
    page: int
    counts: dict[str, int] = Field(description="how many lines there are of each state")


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShareIn(_Request):
    """What an invoice gets of the line."""

    invoice: _InvoiceNumber
    amount: _Sum
    deducted: _Sum = Decimal(0)
    deduction: Deduction | None = None


class ConfirmCashIn(_Request):
    """What a line pays: `seen` with the way that was looked at, or `shares`; what they leave stays unapplied with the customer."""

    seen: _Seen = ""
    way: Annotated[int, Field(ge=0, le=100)] = 0
    shares: Annotated[list[ShareIn], Field(max_length=200)] | None = None
    customer_id: CustomerId | None = None
    note: Note = ""


class AnswerCashIn(_Request):
    """Whether the ERP has booked a line that may be booked; whether a line that may be known is the other one."""

    yes: bool


class SeenLine(_Request):
    """A line as it was looked at."""

    id: Annotated[int, Field(ge=1, lt=2**31)]
    seen: _Seen


class ConfirmTogetherIn(_Request):
    """Lines whose suggestions are exact."""

    lines: Annotated[list[SeenLine], Field(min_length=1, max_length=200)]


class TogetherOut(Answer):
    """What was confirmed, and why the others were not."""

    confirmed: list[int]
    refused: dict[str, str]
