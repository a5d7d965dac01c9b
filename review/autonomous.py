"""What is answered without a person, where a cell of the autonomy table is open: decided here, by the same approval as a person's.

Only template answers, to a proven sender or a known one, without a flag, a finding, a dispute or a plan; and every tenth of
them goes to a person all the same, so that the record of a cell goes on while it is open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from agent.autonomy import TEMPLATE, balance_of, counted_as, decided_about, ways_of
from review.item import Blocked, Item
from review.matters import Matters
from store import autonomy_cells, decisions, revisions
from store.autonomy_cells import Place
from store.decisions import AUTONOMY
from store.engine import looking, unit_of_work
from store.measured import AutonomyCell, CellState, Outcome
from store.proposals import Stale
from store.proposed import Draft, Finding
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus, Reason, Verdict
from tools.autonomy import TEMPLATE_REASONS, Autonomy, Band, Cell, Record, Reminder, key_of, why_a_person
from tools.limits import Policy

#: One in so many of the answers that could be automatic is shown to a person.
SAMPLE = 10


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell with its evidence. `missing`: why it cannot be opened yet, "" where it can. `by`: who changed it last, and when."""

    cell: Cell
    open: bool
    record: Record
    missing: str
    by: str = ""
    at: datetime | None = None
    why: str = ""


class Autonomous(Matters):
    """The part of the desk that answers by itself, and keeps the table of what it may."""

    policy: Policy
    _item: Callable[[Session, ProposalRow], Item]
    preview: Callable[..., tuple[Draft, tuple[Finding, ...]]]
    approve: Callable[..., bool]

    # --- answering --------------------------------------------------------------------------------------------------

    def answer_alone(self, proposal_id: int) -> str | None:
        """Approve a held proposal without a person, with the same time to take it back; else say why a person must decide."""
        with looking(self.engine) as session:
            item = self._item(session, session.get_one(ProposalRow, proposal_id))
            why = self._why_a_person(session, item)
        if why is not None:
            return why
        try:
            self.approve(proposal_id, version=item.row.version, actor=AUTONOMY)
        except (Stale, Blocked, ValueError) as refused:
            return str(refused)
        return None

    def _why_a_person(self, session: Session, item: Item) -> str | None:
        proposal, draft = item.proposal, item.proposal.draft
        if item.row.status != ProposalStatus.HELD or item.row.version != 1:
            return "somebody has it in hand"
        answers = proposal.verdict is Verdict.REPLY or item.first is not None
        if not answers or draft is None or proposal.needs_person is not None:
            return "there is no answer that could go out by itself"
        if proposal.flags or any(claim.flags for claim in proposal.claims):
            return "the mail is flagged"
        if self.policy.profile().notices.ai != "always":
            # The draft was worded as one that a person sends: it does not say that a program did.
            return "the recipient must be told that nobody read it: set notices.ai to always in the profile"
        if any(action.tool == "escalate_to_human" or action.declined for action in proposal.actions):
            return "it is handed to a person"
        if proposal.findings or self.preview(item, body=draft.body)[1]:
            return "a rule has something to say about it"
        amount = balance_of(proposal, item.facts)
        try:
            reasons = (
                [key_of(name) for name in counted_as(proposal)] if item.first is not None or proposal.claims else []
            )
        except ValueError:
            return "this step of the cadence, or the way that it goes, is always a person's"
        tier = item.facts.customer.tier if item.facts.customer is not None else ""
        table = self._in_force(session)
        records = [autonomy_cells.record_of(session, self._place(r, table.band(amount), tier)) for r in reasons]
        # Every cell concerned must allow it, each by a record of its own.
        for record in records or [(0, 0)]:
            why = why_a_person(
                reasons=reasons,
                amount=amount,
                case=item.facts,
                template=draft.written_by == TEMPLATE and proposal.writer == TEMPLATE,
                ways=ways_of(proposal),
                record=Record(*record),
                table=table,
            )
            if why is not None:
                return why
        # All steps of a case hang on one note: there the number of the item decides.
        number = item.message.id if item.first is None else item.row.id or 0
        return f"every {SAMPLE}th of its kind is shown to a person" if number % SAMPLE == 0 else None

    def _in_force(self, session: Session) -> Autonomy:
        """Give the table with the cells that are open now: by the switch, or by the policy where nobody closed them."""
        known = autonomy_cells.cells(session)
        by_policy = [cell for cell in self.policy.autonomy.open if _key(cell) not in known]
        by_switch = [cell for row in known.values() if row.state == CellState.OPEN and (cell := _cell(row)) is not None]
        return self.policy.autonomy.model_copy(update={"open": (*by_policy, *by_switch)})

    def _place(self, reason: Reason | Reminder, band: Band, tier: str) -> Place:
        table = self.policy.autonomy
        above = {Band.SMALL: Decimal(-1), Band.MEDIUM: table.small_up_to, Band.LARGE: table.medium_up_to}[band]
        up_to = {Band.SMALL: table.small_up_to, Band.MEDIUM: table.medium_up_to, Band.LARGE: Decimal(10**15)}[band]
        return Place(reason.value, band.value, tier, above, up_to)

    # --- counting ---------------------------------------------------------------------------------------------------

    def _note(
        self, session: Session, item: Item, outcome: Outcome, *, actor: str, now: datetime, why: str = ""
    ) -> None:
        """Note a decision, and close the cells whose record does not hold any more.

        It counts for what was proposed at first: a reading that a person put right tells against the cell it was read into.
        """
        assert item.row.id is not None
        about = decided_about(revisions.first_of(session, item.row), item.facts)
        decisions.note(session, item.row.id, about, outcome=outcome, actor=actor, now=now, why=why)
        self._close_fallen(session, about.reasons, now=now)

    def _close_fallen(self, session: Session, reasons: Sequence[str], *, now: datetime) -> None:
        table = self.policy.autonomy
        places = [self._place(c.reason, c.band, c.tier) for c in self._in_force(session).open if c.reason in reasons]
        for place, record in autonomy_cells.fallen(
            session, places, min_decided=table.min_proposals, min_share=table.min_unedited
        ):
            why = f"{record[1]} of the last {record[0]} were approved unedited"
            autonomy_cells.change(session, place, CellState.CLOSED, record=record, actor=AUTONOMY, why=why, now=now)

    # --- the table --------------------------------------------------------------------------------------------------

    def autonomy_table(self) -> list[CellView]:
        """List every cell that could ever be opened, with its evidence."""
        with looking(self.engine) as session:
            known, open_ = autonomy_cells.cells(session), set(self._in_force(session).open)
            cells = [
                Cell(reason=reason, band=band, tier=tier)
                for reason in sorted(TEMPLATE_REASONS)
                for tier in autonomy_cells.tiers(session)
                if tier
                for band in (Band.SMALL, Band.MEDIUM)
            ]
            return [self._view(session, cell, known.get(_key(cell)), is_open=cell in open_) for cell in cells]

    def _view(self, session: Session, cell: Cell, row: AutonomyCell | None, *, is_open: bool) -> CellView:
        record = Record(*autonomy_cells.record_of(session, self._place(cell.reason, cell.band, cell.tier)))
        by = row.changed_by if row is not None else "the policy" if is_open else ""
        at, why = (row.changed_at, row.why) if row is not None else (None, "")
        return CellView(cell, is_open, record, self._missing(cell, record), by=by, at=at, why=why)

    def _missing(self, cell: Cell, record: Record) -> str:
        table = self.policy.autonomy
        if cell.band is Band.MEDIUM and table.medium_up_to > self.policy.manager_above:
            return "the band reaches above what a manager decides"
        if record.decided < table.min_proposals:
            return f"{table.min_proposals - record.decided} more decisions are needed"
        if record.unedited < table.min_unedited * record.decided:
            return f"at least {table.min_unedited:.0%} must be approved unedited"
        return ""

    def switch_cell(self, cell: Cell, *, open_: bool, actor: str) -> None:
        """Open a cell whose evidence allows it, or close one. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            self._only_managers(session, actor)
            place = self._place(cell.reason, cell.band, cell.tier)
            record = autonomy_cells.record_of(session, place)
            if open_ and (missing := self._missing(cell, Record(*record))):
                raise ValueError(f"cannot be opened: {missing}")
            if not open_ and cell not in self._in_force(session).open:
                raise ValueError("is closed already")
            state = CellState.OPEN if open_ else CellState.CLOSED
            autonomy_cells.change(
                session, place, state, record=record, actor=actor, why=f"by {actor}", now=self.clock()
            )


def _key(cell: Cell) -> tuple[str, str, str]:
    return cell.reason.value, cell.band.value, cell.tier


def _cell(row: AutonomyCell) -> Cell | None:
    """Read a cell; None where it may not be opened any more: what a newer version forbids stays closed."""
    try:
        return Cell(reason=key_of(row.reason), band=Band(row.band), tier=row.tier)
    except ValueError:
        return None
