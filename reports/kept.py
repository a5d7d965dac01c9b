"""Promises kept, invoices resolved without a person, and how often customers answer: shares with how many they are of. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from statistics import median

from store.report_answers import Wrote
from store.report_books import Ended, Undertaken


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. `value` is None of none: nothing is no good and no bad news."""

    some: int
    all: int

    @property
    def value(self) -> float | None:
        """Give it between 0 and 1."""
        return self.some / self.all if self.all else None

    def __str__(self) -> str:
        """Say it with what it is of."""
        return f"{self.some / self.all:.0%} of {self.all:,}" if self.all else "none yet"


@dataclass(frozen=True, slots=True)
class PromisesKept:
    """What became of promises whose day is over. Money by currency, of those that named a sum."""

    share: Share
    open: int
    kept_money: dict[str, Decimal] = field(default_factory=dict)
    broken_money: dict[str, Decimal] = field(default_factory=dict)


def promises_kept(promises: Iterable[Undertaken]) -> PromisesKept:
    """Count them; one that is still open counts for neither."""
    money: dict[str, dict[str, Decimal]] = {"kept": {}, "broken": {}}
    count = {"kept": 0, "broken": 0, "open": 0}
    for promise in promises:
        if promise.status not in count:
            continue
        count[promise.status] += 1
        if promise.amount is not None and promise.status in money:
            sums = money[promise.status]
            sums[promise.currency] = sums.get(promise.currency, Decimal(0)) + promise.amount
    share = Share(count["kept"], count["kept"] + count["broken"])
    return PromisesKept(share, count["open"], money["kept"], money["broken"])


def without_a_person(ended: Iterable[Ended]) -> Share:
    """Of the settled invoices that a conversation was about: how many needed no escalation on the way."""
    spoken = [one for one in ended if one.spoken_of]
    return Share(sum(not one.asked_a_person for one in spoken), len(spoken))


@dataclass(frozen=True, slots=True)
class Answered:
    """How often, and how soon, customers answered mails of one kind. `usual`: the median of the answers' times."""

    key: str
    share: Share
    usual: timedelta | None


def responses(mails: Sequence[Wrote]) -> dict[str, list[Answered]]:
    """Break the answers down by reason or step, by tone and by segment; what was written most often comes first."""
    keys: dict[str, Callable[[Wrote], str]] = {
        "reason": lambda mail: mail.about,
        "tone": lambda mail: mail.register,
        "segment": lambda mail: mail.tier,
        "who began": lambda mail: "we wrote first" if mail.first else "we answered",
    }
    return {name: _answered(mails, key) for name, key in keys.items()}


def _answered(mails: Iterable[Wrote], key: Callable[[Wrote], str]) -> list[Answered]:
    groups: dict[str, list[Wrote]] = defaultdict(list)
    for mail in mails:
        groups[key(mail) or "none"].append(mail)
    found = []
    for name, members in groups.items():
        times = [mail.after for mail in members if mail.after is not None]
        usual = timedelta(seconds=median(time.total_seconds() for time in times)) if times else None
        found.append(Answered(name, Share(len(times), len(members)), usual))
    return sorted(found, key=lambda one: (-one.share.all, one.key))
