"""The lines and the filters of the queue's page, in words. Pure; nothing of a mail is read here but what the row keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from review import views, woken, words
from review.queue_filters import ME, Asked
from store.aftermath import FollowupKind
from store.queue import NOBODY, QueueRow
from store.queue_counts import Counts
from store.vocabulary import Reason, Verdict
from tools.base import money

#: So many values of a filter are offered; the most frequent ones.
_OFFERED = 40
_LANGUAGES = {
    "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch",
    "pl": "Polish", "pt": "Portuguese", "sv": "Swedish",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One item as a line. `tick`: it may be approved together with others."""

    id: int
    version: int
    customer: str
    subject: str
    reasons: tuple[tuple[str, str], ...]
    acts: tuple[str, ...]
    stake: str
    age: str
    came_at: datetime
    marks: tuple[str, ...]
    alarms: int
    needs_person: bool
    blocked: bool
    tier: str
    owner: str
    assigned_to: str
    tick: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter, and how much it would choose."""

    value: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter with its values."""

    name: str
    label: str
    chosen: str
    options: tuple[Option, ...]


def line(row: QueueRow, *, now: datetime, safe: Sequence[str], up_to: Decimal) -> Line:
    """Give the line of a row. Ticks are for what is plain, of a safe reason, and a collector's to decide (`up_to`)."""
    kept = row.line
    return Line(
        id=row.id,
        version=row.version,
        customer=row.customer or kept.get("sender") or "Unknown sender",
        subject=kept.get("subject") or kept.get("ours") or "(no subject)",
        reasons=_reasons(row),
        acts=tuple(kept.get("acts") or ()) or ((kept.get("needs") or "nothing"),),
        stake=money(Decimal(row.stake) / 100, row.currency) if row.stake else "",
        age=views.age(now, row.came_at),
        came_at=row.came_at,
        marks=tuple(words.flag_words(flag) for flag in row.flags),
        alarms=sum(views.is_alarming(flag) for flag in row.flags),
        needs_person=bool(kept.get("needs")),
        blocked=bool(kept.get("blocked")),
        tier=row.tier,
        owner=row.owner,
        assigned_to=row.assigned_to or "",
        tick=row.safe and row.reason in safe and Decimal(row.stake) / 100 <= up_to,
    )


def choices(asked: Asked, counts: Counts, *, login: str) -> list[Choice]:
    """Give the filters that are chosen from a list, each value with its count."""
    facets = counts.facets
    return [
        _choice("reason", "Reason", asked, facets["reason"], reason_text),
        _choice("tier", "Tier", asked, facets["tier"], words.plain),
        _choice("owner", "Owner", asked, facets["owner"], str),
        _assigned(asked, facets["who"], login),
        _flags(asked, facets["flag"]),
        _choice("language", "Language", asked, facets["language"], lambda code: _LANGUAGES.get(code, code)),
    ]


def reason_text(reason: str) -> str:
    """Name what an item is about: its main reason, or what else it is."""
    if reason == Verdict.FOLLOW_UP:
        return "Woke by itself"
    return words.reason_words(Reason(reason)) if reason in set(Reason) else words.verdict_words(reason)


def _reasons(row: QueueRow) -> tuple[tuple[str, str], ...]:
    waking = row.line.get("waking")
    if waking in set(FollowupKind):
        return ((woken.KINDS[FollowupKind(waking)], ""),)
    read = tuple((words.reason_words(reason), views.per_cent(sure)) for reason, sure in row.line.get("reasons") or ())
    return read or ((words.verdict_words(row.line.get("verdict") or row.reason), ""),)


def _choice(name: str, label: str, asked: Asked, found: Mapping[str, int], text: Any) -> Choice:
    chosen = asked.values.get(name, "")
    values = sorted(((value, count) for value, count in found.items() if value), key=lambda each: (-each[1], each[0]))
    offered = values[:_OFFERED]
    if chosen and chosen not in dict(offered):
        offered.append((chosen, found.get(chosen, 0)))
    return Choice(name, label, chosen, tuple(Option(value, text(value), count) for value, count in offered))


def _assigned(asked: Asked, found: Mapping[str, int], login: str) -> Choice:
    chosen = asked.values.get("who", "")
    options = [Option(ME, "Me", found.get(login, 0)), Option(NOBODY, "Nobody", found.get(NOBODY, 0))]
    others = {value: count for value, count in found.items() if value not in (NOBODY, login)}
    if chosen and chosen not in (ME, NOBODY):
        others.setdefault(chosen, 0)
    options += [Option(value, value, count) for value, count in sorted(others.items())[:_OFFERED]]
    return Choice("who", "Assigned to", chosen, tuple(options))


def _flags(asked: Asked, found: Mapping[str, int]) -> Choice:
    chosen = asked.values.get("flag", "")
    options = [Option("any", "Any flag", found.get("any", 0)), Option("none", "No flag", found.get("none", 0))]
    named = {value: count for value, count in found.items() if value not in ("any", "none")}
    if chosen and chosen not in ("any", "none"):
        named.setdefault(chosen, 0)
    ordered = sorted(named.items(), key=lambda each: (-each[1], each[0]))
    options += [Option(value, words.plain(value), count) for value, count in ordered[:_OFFERED]]
    return Choice("flag", "Flag", chosen, tuple(options))
