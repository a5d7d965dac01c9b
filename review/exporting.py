"""What can be taken along as a table: the queue, the decisions, the numbers, and the lists beside the queue. Each export is logged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reports.tables import TABLES
from review.listing import Kind, Listing
from review.listrows import STATES, list_row
from review.ranking import Ranking
from review.reporting import Reporting
from risk.worklist import HEADING as WORKLIST
from store import audit, exporting
from store.engine import unit_of_work
from store.last_resort_exports import last_resort_table
from store.matter_lists import Wanted
from store.review_numbers import Numbers, Tally

#: Beside the lists by their own names.
WHOLE: tuple[str, ...] = ("queue", "decided", "numbers", "worklist")
#: The tables of the last steps.
LAST: tuple[str, ...] = ("last-resort", "account-holds", "write-offs", "handed-payments")
#: The tables of the reports, by what they are called there.
REPORTS: dict[str, str] = {f"report-{name}": name for name in TABLES}
_NUMBERS = ("by", "which", "decided", "unedited", "edited", "rejected", "without_a_person", "taken_back")
_LIST = ("number", "customer", "name", "account_of", "about", "amount", "state", "details", "proposal", "since")


@dataclass(frozen=True, slots=True)
class Export:
    """A table: its file's name, its heading, and its rows, which are read while they are written."""

    name: str
    heading: Sequence[str]
    rows: Iterator[Sequence[object]]


class Exporting(Listing, Reporting, Ranking):
    """The part of the desk that gives tables."""

    @staticmethod
    def exports() -> tuple[str, ...]:
        """Name what can be exported."""
        return (*WHOLE, *LAST, *REPORTS, *Kind)

    def export(self, what: str, *, days: int, actor: str) -> Export:
        """Give a table; what has a period is that of the last days. Raises ValueError for a name that is none."""
        until = self.clock()
        since = until - timedelta(days=days)
        if what not in self.exports():
            raise ValueError(f"there is no export {what}")
        with unit_of_work(self.engine) as session:
            subject = f"export:{what}"
            audit.append(session, at=until, actor=actor, event="data.exported", subject=subject, payload={"days": days})
        name = f"dunwell-{what}-{until:%Y-%m-%d}.csv"
        if what in LAST:
            with unit_of_work(self.engine) as session:
                heading, rows = last_resort_table(session, what, now=until)
            return Export(name, heading, iter(rows))
        if what == "worklist":
            return Export(name, WORKLIST, self.worklist_table())
        if what == "queue":
            return Export(name, exporting.QUEUE, exporting.queue_rows(self.engine))
        if what == "decided":
            return Export(name, exporting.DECIDED, exporting.decided_rows(self.engine, since=since, until=until))
        if what == "numbers":
            return Export(name, _NUMBERS, self._number_rows(since, until))
        if what in REPORTS:
            table = TABLES[REPORTS[what]](self.report(days=days))
            return Export(name, table.heading, iter(table.rows))
        return Export(name, _LIST, self._list_rows(Kind(what), until))

    def _number_rows(self, since: datetime, until: datetime) -> Iterator[Sequence[object]]:
        yield from _number_rows(self.numbers(since=since, until=until))
        for kind, count in self.edits(since=since, until=until, seconds=None).whole.common():
            yield ("mended in edits", kind.value, "", "", count, "", "", "")

    def _list_rows(self, kind: Kind, now: datetime) -> Iterator[Sequence[object]]:
        for state in STATES[kind]:
            if state in ("soon", "all"):
                continue
            for matter in self.listed(kind, Wanted(state=state, limit=None)).rows:
                row = list_row(kind, matter, today=now.date())
                pills = "; ".join(text for _, text in row.pills)
                yield (
                    row.id,
                    matter.row.customer_id,
                    row.customer,
                    row.owner,
                    row.title,
                    row.amount,
                    pills,
                    "; ".join(row.lines),
                    matter.proposal_id,
                    matter.since.isoformat(),
                )


def _number_rows(found: Numbers) -> Iterator[Sequence[object]]:
    yield _tally("all", "", found.whole)
    for by, table in (("reason", found.reasons), ("reader", found.readers), ("writer", found.models)):
        yield from (_tally(by, name, tally) for name, tally in table.items())
    yield from (("rejected because", why, "", "", "", count, "", "") for why, count in found.whys.items())
    yield ("median seconds to the decision", found.review_seconds, "", "", "", "", "", "")
    yield ("median seconds to the answer", found.reply_seconds, "", "", "", "", "", "")


def _tally(by: str, which: str, t: Tally) -> Sequence[object]:
    return (by, which, t.decided, t.unedited, t.edited, t.rejected, t.alone, t.taken_back)
