"""How often drafts are edited, and what was mended: shares by kind, reason, reader and month. Reads only; worked out when asked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from review.edit_kinds import EditKind, edit_kinds
from store.measured import Decision, Outcome
from store.proposals import content
from store.proposed import Proposal
from store.reviewing import Revision
from store.tables import ProposalRow

#: What each kind is called on pages.
TOLD: dict[EditKind, str] = {
    EditKind.MISSING_FACT: "a fact or paper was missing",
    EditKind.WRONG_FIGURE_OR_DATE: "a figure or date was wrong",
    EditKind.WRONG_COMMITMENT: "it undertook something wrong",
    EditKind.WRONG_REGISTER: "wrong tone",
    EditKind.NEEDLESS_QUESTION: "it asked something needless",
    EditKind.WRONG_LANGUAGE: "wrong language",
    EditKind.WRONG_RECIPIENT: "wrong person",
    EditKind.WRONG_ACTION: "wrong act",
    EditKind.WRONG_READING: "the mail was misread",
    EditKind.FULL_REWRITE: "written anew",
    EditKind.SHORTENED: "too long",
    EditKind.LENGTHENED: "too short",
    EditKind.REPHRASED: "put in other words",
    EditKind.TYPO_ONLY: "typing only",
}
#: Of more edits than this in a period only the newest are looked at: comparing texts takes a moment each.
MOST = 2000
#: A page that is opened compares no longer than this many seconds; what it worked out is remembered for the next.
PATIENCE = 1.0
_CHUNK = 200
_REMEMBERED = 50_000

#: What was worked out: by proposal and moment of the decision, as another decision is about other words.
Compared = dict[tuple[int, datetime], frozenset[EditKind] | None]


@dataclass(slots=True)
class Edits:
    """Some edited drafts, and how many of them mended what: one edit may mend several things."""

    edited: int = 0
    kinds: Counter[EditKind] = field(default_factory=Counter)

    def add(self, kinds: frozenset[EditKind]) -> None:
        """Count an edit."""
        self.edited += 1
        self.kinds.update(kinds)

    def share(self, kind: EditKind) -> float:
        """Give the share of the edits that mended this."""
        return self.kinds[kind] / self.edited if self.edited else 0.0

    def common(self) -> list[tuple[EditKind, int]]:
        """Give the kinds that there were, the most frequent first."""
        return sorted(self.kinds.items(), key=lambda pair: (-pair[1], pair[0].value))


@dataclass(slots=True)
class EditNumbers:
    """All edits of a period. `left_out`: how many older ones were not looked at."""

    whole: Edits = field(default_factory=Edits)
    reasons: dict[str, Edits] = field(default_factory=dict)
    readers: dict[str, Edits] = field(default_factory=dict)
    months: dict[str, Edits] = field(default_factory=dict)
    left_out: int = 0


def edit_numbers(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    compared: Compared | None = None,
    seconds: float | None = None,
) -> EditNumbers:
    """Look at every draft that a person edited and then approved, decided from a moment on, up to and with another.

    `compared`: what was worked out before, and is added to. `seconds`: after so long the rest is left out; None: never.
    """
    rows = session.exec(
        select(Decision.proposal_id, Decision.reason, Decision.reader, Decision.decided_at)
        .where(col(Decision.first).is_(True), Decision.outcome == Outcome.EDITED)
        .where(col(Decision.decided_at) >= since, col(Decision.decided_at) <= until)
        .order_by(col(Decision.decided_at).desc())
    ).all()
    found = EditNumbers(left_out=max(0, len(rows) - MOST))
    compared = compared if compared is not None else {}
    _compare(session, {number: at for number, _, _, at in rows[:MOST]}, compared, seconds=seconds)
    for number, reason, reader, at in rows[:MOST]:
        if (number, at) not in compared:
            found.left_out += 1
        elif (kinds := compared[number, at]) is not None:
            found.whole.add(kinds)
            for table, name in ((found.reasons, reason), (found.readers, reader), (found.months, f"{at:%Y-%m}")):
                table.setdefault(name or "none", Edits()).add(kinds)
    found.reasons = _sorted(found.reasons)
    found.readers = _sorted(found.readers)
    found.months = dict(sorted(found.months.items()))
    return found


def _compare(session: Session, decided: dict[int, datetime], compared: Compared, *, seconds: float | None) -> None:
    """Work out what is not known yet, the newest first, for so long."""
    if len(compared) > _REMEMBERED:
        compared.clear()
    missing = [number for number, at in decided.items() if (number, at) not in compared]
    until = time.monotonic() + seconds if seconds is not None else None
    for start in range(0, len(missing), _CHUNK):
        some = missing[start : start + _CHUNK]
        for number, first, last in _pairs(session, some):
            if until is not None and time.monotonic() > until:
                return
            compared[number, decided[number]] = edit_kinds(first, last)
        for number in some:
            # Of what is not as it was at first, nothing was kept: it counts nowhere, and is not looked for again.
            compared.setdefault((number, decided[number]), None)


def _pairs(session: Session, numbers: list[int]) -> Iterator[tuple[int, Proposal, Proposal]]:
    """Give each proposal as it was made and as it was approved, the newest first."""
    rows = session.exec(
        select(ProposalRow, Revision)
        .join(Revision, (col(Revision.proposal_id) == col(ProposalRow.id)) & (col(Revision.version) == 1))
        .where(col(ProposalRow.id).in_(numbers))
        .order_by(col(ProposalRow.id).desc())
    )
    for row, first in rows:
        yield row.id or 0, Proposal.model_validate(first.content), content(row)


def _sorted(table: dict[str, Edits]) -> dict[str, Edits]:
    return dict(sorted(table.items(), key=lambda pair: (-pair[1].edited, pair[0])))
