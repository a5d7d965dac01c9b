"""What the checker looks at: letters as they left, the world's record, and the database's books, read with plain SQL.

Nothing here comes from dunwell's own code: a fault there must not hide itself.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from evals.year.letters import Letter
from evals.year.truth import Sent, Truth

#: Acts by which dunwell writes first; all other mail answers a customer.
FIRST = frozenset({"remind", "follow_up"})
_NUMBER = re.compile(r"\bR\d{5}-\d+\b")
_AMOUNT = re.compile(r"\d[\d.,'’\u00a0\u202f]*[.,]\d{2}(?!\d)")


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that was broken, by whom, when, and how it can be seen."""

    rule: str
    customer_id: str
    at: datetime
    text: str

    def __str__(self) -> str:
        """Give it as one line."""
        return f"{self.rule}  {self.customer_id}  {self.at:%Y-%m-%d %H:%M}Z  {self.text}"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that left, as it was read: `asked` in cents by invoice, for the lines of a reminder; `step` as it was approved."""

    sent: Sent
    letter: Letter
    local: datetime
    tools: frozenset[str]
    numbers: tuple[str, ...]
    asked: dict[str, int]
    step: str | None

    @property
    def first(self) -> bool:
        """Say whether dunwell wrote first: it answers no mail that still waits."""
        return bool(self.tools & FIRST)

    @property
    def reminds(self) -> bool:
        """Say whether it is a step of a cadence."""
        return "remind" in self.tools


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that the database says was taken for an invoice, and when its mail left."""

    customer_id: str
    invoice: str
    step: str
    day: date
    message_id: str


@dataclass
class Evidence:
    """All of it, for one shard."""

    truth: Truth
    mails: dict[str, list[Mail]]
    taken: list[Taken] = field(default_factory=list)
    invoices: dict[str, tuple[str, str, int, int]] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=dict)
    #: By invoice, from which day on it is to be handed to an agency: then nobody writes about it any more.
    handed: dict[str, date] = field(default_factory=dict)

    def every_mail(self) -> Iterator[Mail]:
        """Go through all mails, a customer at a time, oldest first."""
        for mails in self.mails.values():
            yield from mails


def gather(truth: Truth, database: Path) -> Evidence:
    """Read everything."""
    mails: dict[str, list[Mail]] = defaultdict(list)
    for sent in sorted(truth.sent, key=lambda one: one.at):
        mails[sent.customer_id].append(_mail(sent, truth))
    evidence = Evidence(truth, dict(mails))
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        _books(connection, evidence)
        evidence.taken = _steps(connection)
    connection.close()
    return evidence


def _mail(sent: Sent, truth: Truth) -> Mail:
    letter = Letter.of(sent.mime)
    asked: dict[str, int] = {}
    for line in letter.body.splitlines():
        found = _NUMBER.findall(line)
        if len(found) == 1 and line.lstrip().startswith("-"):
            amounts = _AMOUNT.findall(line.replace(found[0], ""))
            if amounts:
                asked[found[0]] = int(re.sub(r"\D", "", amounts[-1]))
    steps = [str(arguments.get("step")) for tool, arguments in sent.acts if tool == "remind"]
    return Mail(
        sent=sent,
        letter=letter,
        local=sent.at.astimezone(ZoneInfo(truth.zones[sent.customer_id])),
        tools=frozenset(tool for tool, _ in sent.acts),
        numbers=tuple(dict.fromkeys(_NUMBER.findall(letter.body))),
        asked=asked,
        step=steps[0] if steps else None,
    )


def _books(connection: sqlite3.Connection, evidence: Evidence) -> None:
    for number, customer, currency, amount, balance in connection.execute(
        "select number, customer_id, currency, amount, balance from invoice"
    ):
        evidence.invoices[number] = (customer, currency, _cents(amount), _cents(balance))
    for number, amount in connection.execute(
        "select invoice_number, amount from payment where invoice_number is not null"
    ):
        evidence.applied[number] = evidence.applied.get(number, 0) + _cents(amount)
    for taken, day in connection.execute("select taken, day from outreach_step where internal = 1"):
        for number, step in json.loads(taken).items():
            if step == "hand_off":
                evidence.handed[number] = date.fromisoformat(day)


def _cents(stored: object) -> int:
    """Read a stored amount: money lies in SQLite as text or as a whole number of millionths."""
    return int(Decimal(str(stored)) * 100)


def _steps(connection: sqlite3.Connection) -> list[Taken]:
    rows = connection.execute(
        """select s.customer_id, s.taken, s.day, o.message_id_header from outreach_step s
           join followup f on f.kind = 'outreach' and f.subject_id = s.id
           join proposal p on p.followup_id = f.id
           join outgoing o on o.proposal_id = p.id
           where s.internal = 0 and o.state in ('sent', 'filed') order by s.day, s.id"""
    )
    return [
        Taken(customer, invoice, step, date.fromisoformat(day), header)
        for customer, taken, day, header in rows
        for invoice, step in json.loads(taken).items()
    ]
