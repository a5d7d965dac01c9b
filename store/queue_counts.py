"""How much waits of what: one question to the database, from which the counts beside every filter are added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlmodel import Session

from store.queue import NOBODY, Filters, among_found, awake, conditions
from store.queue_indexes import HELD
from store.tables import ProposalRow

FACETS = ("reason", "tier", "owner", "who", "language")
#: Not a column first that has an index of its own: SQLite would walk that, and fetch every row for the rest.
_COLUMNS = ("tier", "language", "flags", "safe", "reason", "owner", "assigned_to")


@dataclass(frozen=True, slots=True)
class Group:
    """So many items that are alike in all that the filters ask."""

    reason: str
    tier: str
    owner: str
    who: str
    language: str
    flags: str
    safe: bool
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is chosen, and how much each value of each filter would choose beside the other filters."""

    chosen: int
    facets: Mapping[str, Mapping[str, int]]


def groups(session: Session, filters: Filters, *, now: datetime) -> list[Group]:
    """Count what waits in groups; of the filters only the amount and the words are applied."""
    columns = [getattr(ProposalRow, name) for name in _COLUMNS]
    only = Filters(least=filters.least, most=filters.most)
    query: Select[Any] = select(*columns, func.count()).where(text(HELD), awake(now), *conditions(only))
    query = query.where(*among_found(session, filters.text))
    return [
        Group(reason, tier, owner, who or NOBODY, language, flags, safe, count)
        for tier, language, flags, safe, reason, owner, who, count in session.execute(query.group_by(*columns))
    ]


def counts(found_groups: list[Group], filters: Filters) -> Counts:
    """Add the groups up for these filters."""
    facets: dict[str, Counter[str]] = {name: Counter() for name in (*FACETS, "flag", "safe")}
    chosen = 0
    for group in found_groups:
        missed = _missed(group, filters)
        if not missed:
            chosen += group.count
        for name, counter in facets.items():
            if missed <= {name}:
                _tally(counter, name, group)
    return Counts(chosen, facets)


def _missed(group: Group, filters: Filters) -> set[str]:
    missed = {name for name in FACETS if getattr(filters, name) and getattr(filters, name) != getattr(group, name)}
    if not _flag_fits(group.flags, filters.flag):
        missed.add("flag")
    if filters.safe is not None and not (group.safe and group.reason in filters.safe):
        missed.add("safe")
    return missed


def _flag_fits(flags: str, asked: str) -> bool:
    if asked in ("", "any", "none"):
        return not asked or bool(flags) == (asked == "any")
    return f" {asked} " in flags


def _tally(counter: Counter[str], name: str, group: Group) -> None:
    if name == "flag":
        counter["any" if group.flags else "none"] += group.count
        for flag in group.flags.split():
            counter[flag] += group.count
    elif name == "safe":
        # Which reasons are safe the policy says; the caller adds up those.
        if group.safe:
            counter[group.reason] += group.count
    else:
        counter[getattr(group, name)] += group.count
