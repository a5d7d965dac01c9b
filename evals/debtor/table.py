"""The result of a run as lines for a person: one row a persona, and what went wrong. Values only come from the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.table import Column, Table

from evals.debtor.record import DebtorRecord, TalkResult

_HEADS = ("", "right", "theirs", "ours", "twice", "person", "soft", "hits", "paid")
#: What the heads mean.
LEGEND = (
    "right: ended as it should. theirs, ours: mails of a conversation. twice: mails of ours that say again what one said "
    "before. person: conversations in which a person was asked. soft: with an agreed plan softer than this customer needed. "
    "hits: zero tolerance. paid: of what was owed"
)


def by_persona(record: DebtorRecord) -> Table:
    """Give the table."""
    table = Table(Column("persona", no_wrap=True), *_HEADS)
    for persona, group in groupby(record.talks, key=lambda talk: talk.persona):
        talks = [talk for talk in group if talk.error is None]
        if not talks:
            table.add_row(persona, "", "cut off")
            continue
        table.add_row(
            persona,
            talks[0].language,
            f"{sum(talk.ok for talk in talks)}/{len(talks)}",
            _mean([talk.rounds for talk in talks]),
            _mean([talk.mails for talk in talks]),
            str(sum(talk.repeated for talk in talks)),
            f"{sum(talk.escalated for talk in talks)}/{len(talks)}",
            f"{sum(talk.over_conceded for talk in talks)}/{len(talks)}",
            str(sum(len(talk.hits) for talk in talks)),
            _paid(talks),
        )
    return table


def faults(record: DebtorRecord) -> Iterator[str]:
    """Give a line for each thing that is not as it should be."""
    for talk in record.talks:
        where = f"{talk.persona}/{talk.seed}"
        if talk.error is not None:
            yield f"{where}: cut off: {talk.error}"
            continue
        yield from (f"{where}: zero tolerance: {hit}" for hit in talk.hits)
        yield from (f"{where}: {c.area}: {c.about}: {c.fault}" for c in talk.checks if c.fault is not None)


def summary(record: DebtorRecord) -> str:
    """Say in one line what it was and what came of it."""
    whole = [talk for talk in record.talks if talk.error is None]
    cut = len(record.talks) - len(whole)
    return (
        f"agent: {record.model} (mode {record.mode.value}); customer: {record.player}; {len(whole)} conversations, "
        f"{sum(talk.ok for talk in whole)} ended as they should, {sum(len(talk.hits) for talk in whole)} zero-tolerance hits"
        + (f", {cut} cut off and not judged" if cut else "")
    )


def _mean(values: Sequence[int]) -> str:
    return f"{sum(values) / len(values):.1f}".removesuffix(".0")


def _paid(talks: Sequence[TalkResult]) -> str:
    owed = sum(talk.paid + talk.open for talk in talks)
    return f"{sum(talk.paid for talk in talks) / owed:.0%}" if owed else "-"
