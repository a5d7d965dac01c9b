"""Who plays the customer: the hand-written script of the sheet, or a model. Both see only what a customer would see.

A player gives words or silence. It books nothing, approves nothing, and writes no header.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from pydantic import BaseModel, Field

from agent.llm import Budget, ModelClient
from evals.debtor.post import MOST_SIGNS, cleaned
from evals.debtor.sheet import Says, Sheet
from store.proposed import ModelCall

#: How much of the conversation the model is shown, from its end.
_MOST_HISTORY = 12_000
_LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "nl": "Dutch",
    "it": "Italian",
    "pt": "Portuguese",
}
_MOODS = (
    "in your usual mood",
    "in a hurry",
    "tired and a little short",
    "chatty",
    "distrustful today",
    "friendly today",
)


@dataclass(frozen=True, slots=True)
class Said:
    """One mail of the conversation as the customer knows it; `ours` is the creditor's."""

    ours: bool
    text: str
    subject: str = ""
    day: date | None = None


class Player(Protocol):
    """Whoever plays the customer."""

    @property
    def name(self) -> str:
        """Who it is, for the record."""

    @property
    def calls(self) -> tuple[ModelCall, ...]:
        """What was asked of a model so far."""

    def answer(self, history: Sequence[Said], today: date) -> str | None:
        """Give the next mail, None for silence. Raises ModelFailure where a model cannot answer."""


@dataclass
class Scripted:
    """Plays the script: the first line that was not used and whose condition our last mail meets."""

    sheet: Sheet
    name: str = "script"
    calls: tuple[ModelCall, ...] = ()
    _left: list[Says] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the whole script."""
        self._left = list(self.sheet.script)

    def answer(self, history: Sequence[Said], today: date) -> str | None:
        """Give the next line."""
        last = next((said.text for said in reversed(history) if said.ours), "").casefold()
        for place, line in enumerate(self._left):
            if not line.after or any(words.casefold() in last for words in line.after):
                del self._left[place]
                return line.say
        return None


class CustomersMail(BaseModel):
    """What the model gives: a mail, or nothing."""

    writes: bool = Field(description="false where this person would not answer (any more)")
    body: str = Field(
        description="the mail's text, without headers and without quoting; empty where nothing is written"
    )


@dataclass
class Modelled:
    """Plays the sheet with a model. `seed` varies the mood of the day, so that a persona's conversations differ."""

    sheet: Sheet
    client: ModelClient
    seed: int = 1
    _calls: list[ModelCall] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.client.name

    @property
    def calls(self) -> tuple[ModelCall, ...]:
        """What was asked so far."""
        return tuple(self._calls)

    def answer(self, history: Sequence[Said], today: date) -> str | None:
        """Ask the model for the customer's next mail."""
        budget: Budget = self.client.budget()
        try:
            mail = self.client.ask(
                CustomersMail,
                purpose="play the customer",
                system=_system(self.sheet),
                user=self._asked(history, today),
                budget=budget,
            )
        finally:
            self._calls += budget.records
        words = cleaned(mail.body)
        return words if mail.writes and words else None

    def _asked(self, history: Sequence[Said], today: date) -> str:
        rng = random.Random(f"{self.sheet.title}:{self.seed}:{len(history)}")
        told = "\n\n".join(_shown(said) for said in history)[-_MOST_HISTORY:]
        return (
            f"The conversation so far, oldest first:\n\n{told}\n\n"
            f"Today is {today:%A, %d %B %Y}. You are {rng.choice(_MOODS)}. Write your next mail, or stay silent."
        )


def _shown(said: Said) -> str:
    who = "THE SUPPLIER WROTE" if said.ours else "YOU WROTE"
    day = f" on {said.day:%d %B %Y}" if said.day else ""
    return f"--- {who}{day} ---\n{said.text}"


def _system(sheet: Sheet) -> str:
    invoices = "\n".join(
        f"- {row.invoice_number} of {row.issue_date}, due {row.due_date}: {row.currency} {row.balance} open, {row.description}"
        for row in sheet.ledger.invoices
    )
    return (
        "You play a business customer in a rehearsal of payment mails. A supplier writes to you about unpaid invoices; you "
        f"answer by mail, in {_LANGUAGES[sheet.language]}, as the person below and never as an assistant. Stay in character. "
        "Invent no invoices and no documents. Write one mail of at most 120 words, plain text. When the matter is settled "
        "for you, or this person would not answer, write nothing.\n\n"
        f"Who you are: {sheet.role}\n\nHow you write: {sheet.manner}\n\nWhat you want: {sheet.goal}\n\n"
        f"What is really so, which you give away only when it serves you or when you are asked for it: {sheet.hidden}\n\n"
        f"The open invoices:\n{invoices}\n\nA mail has at most {MOST_SIGNS} characters."
    )
