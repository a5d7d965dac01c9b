"""A persona's sheet: who the customer is, what is really so, what is really paid and when, and what should come of it.

Values only. What is hidden is for the player and for the judging; the agent under test never sees it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from evals.conversations.format import STATE, Escalate, Language, LedgerFile

PERSONAS = Path(__file__).parent / "personas"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Needs(_Strict):
    """The hardest terms that this customer would say yes to: anything softer is given away for nothing."""

    instalments: int = Field(ge=2, le=36)
    first_days: int = Field(ge=1, le=120, description="from the offer to the first payment, at the earliest")


class Pays(_Strict):
    """One rule of what the customer really pays. Code books it, whatever was written.

    `plan`: every instalment of an agreed plan, `late_days` after its day, the first `most` of them. `promise`: what was promised,
    from the `nth` promise on that is not replaced. `day`: `amount` (all that is open, without one) of `invoice`, `after_days` from
    the beginning. `corrected`: what is open on an invoice, `after_days` after it was sent again. `credited`: what is open on an
    invoice, `after_days` after its dispute was ended.
    """

    when: Literal["plan", "promise", "day", "corrected", "credited"]
    late_days: int = Field(default=0, ge=0, le=60)
    most: int = Field(default=99, ge=0, le=99)
    nth: int = Field(default=1, ge=1, le=9)
    after_days: int = Field(default=0, ge=0, le=200)
    invoice: str | None = None
    amount: Decimal | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _whole(self) -> Pays:
        if self.when == "day" and self.invoice is None:
            raise ValueError("when: day needs an invoice")
        return self


class Office(_Strict):
    """What our own people find out: how a dispute ends, and whether a contact that a mail names is real."""

    dispute: Literal["credited", "rejected", "withdrawn"] | None = None
    credit: Decimal | None = Field(default=None, gt=0)
    why: Line = "looked into by the office"
    after_days: int = Field(default=3, ge=1, le=60)
    verifies: tuple[str, ...] = Field(default=(), description="addresses that a call at a known number confirmed")


class Says(_Strict):
    """One mail of the script. `after`: written only when our last mail holds one of these words; without it, in its turn."""

    say: Words
    after: tuple[Line, ...] = ()


class Expects(_Strict):
    """What should come of it: rows that must and must not exist at the end, and whether a person had to be asked.

    A value that is a list is a choice. `plan`: whether a plan should be agreed (yes, no, or it may).
    """

    state: dict[str, tuple[dict[str, Any], ...]] = Field(default_factory=dict)
    never: dict[str, tuple[dict[str, Any], ...]] = Field(default_factory=dict)
    escalate: Escalate = Escalate.MAY
    why: Line | None = None

    @model_validator(mode="after")
    def _known(self) -> Expects:
        for name in (*self.state, *self.never):
            if name not in STATE:
                raise ValueError(f"{name} is none of {', '.join(STATE)}")
        if self.escalate is Escalate.MUST and not self.why:
            raise ValueError("why: say why a person must take this over")
        return self


class Sheet(_Strict):
    """A persona. `role` and `hidden` are told to whoever plays it, with the `goal` and the `manner` of writing."""

    schema_: Literal[1] = Field(alias="schema")
    title: Line
    language: Language
    start: AwareDatetime = Field(description="when the reminder went out; a working morning")
    days: int = Field(default=100, ge=5, le=365, description="how long the ledger is followed")
    answers_after_days: int = Field(default=1, ge=1, le=10)
    ledger: LedgerFile
    writer: Line = Field(description="the contact who writes, by address")
    reminder: Words = Field(description="what our people wrote first; its first line is the subject")
    role: Words
    goal: Words
    hidden: Words
    manner: Line
    needs: Needs | None = None
    pays: tuple[Pays, ...] = ()
    office: Office = Office()
    script: tuple[Says, ...] = Field(min_length=3)
    expects: Expects
    policy: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _agrees(self) -> Sheet:
        if self.writer not in {str(contact.email) for contact in self.ledger.contacts}:
            raise ValueError(f"writer: {self.writer} is no contact of the ledger")
        if len(self.ledger.customers) != 1:
            raise ValueError("ledger: one customer, who is this persona")
        if self.ledger.updates:
            raise ValueError("ledger: no updates, as payments come by `pays`")
        numbers = {row.invoice_number for row in self.ledger.invoices}
        for rule in self.pays:
            if rule.invoice is not None and rule.invoice not in numbers:
                raise ValueError(f"pays: {rule.invoice} is no invoice of the ledger")
        return self

    @property
    def ends(self) -> dt.date:
        """The last day that is lived through."""
        return self.start.date() + dt.timedelta(days=self.days)


class BrokenSheet(ValueError):
    """A sheet that cannot be used. The text names the file, the place in it, and what is wrong."""


def names() -> list[str]:
    """List the personas."""
    return sorted(path.stem for path in PERSONAS.glob("*.yaml"))


def read_sheet(path: Path) -> Sheet:
    """Read a sheet. Raises BrokenSheet with a line for each fault."""
    try:
        return Sheet.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        told = [f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise BrokenSheet("\n".join(told)) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BrokenSheet(f"{path}: cannot be read: {error}") from None


def sheet_of(name: str) -> Sheet:
    """Read a persona by its name. Raises BrokenSheet."""
    if name not in names():
        raise BrokenSheet(f"{name} is no persona: choose one of {', '.join(names())}")
    return read_sheet(PERSONAS / f"{name}.yaml")
