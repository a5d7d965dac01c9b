"""One conversation, day by day: money comes, cases wake, the customer writes, the office decides, mails leave.

A working day has three looks of the daemon. The customer writes in the second, some days after our last mail. Everything is
bounded: the customer's mails, the days, the seconds. What goes wrong with the player ends the talk with an error and is never
counted against the agent.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from pathlib import Path

from agent.llm import ModelFailure
from evals.conversations.playing import account
from evals.conversations.scoring import escalates
from evals.conversations.watching import snapshot
from evals.debtor.customer import Player, Said
from evals.debtor.erp import Erp
from evals.debtor.happened import Limits, Talk
from evals.debtor.house import House, Thinker, opened
from evals.debtor.office import Office, decide
from evals.debtor.post import answer, cleaned, received, reminder
from evals.debtor.record import Entry, Proposed
from evals.debtor.safety import looked_at, offered, unapproved
from evals.debtor.sheet import Sheet
from mail.sandbox import Parser
from review.desk import Item
from store.engine import unit_of_work
from store.tables import Effect, Message, Outgoing
from store.vocabulary import SendState

#: When the daemon looks, in UTC: within office hours all over Europe.
_LOOKS = (dt.time(8, 30), dt.time(11, 0), dt.time(13, 30))
_WRITES_AT = 1
_MAX_WAVES = 6
#: Working days without an answer, after which a customer writes again who has something to say.
_PATIENCE = 5
_WAITING = frozenset({SendState.QUEUED, SendState.CLAIMED})


def converse(
    name: str,
    sheet: Sheet,
    player: Player,
    *,
    thinker: Thinker,
    parser: Parser,
    limits: Limits,
    delay: int = 0,
    template: Path | None = None,
) -> Talk:
    """Let a conversation happen. `delay`: days more that this customer takes to answer. Raises ConfigError for a bad policy."""
    with tempfile.TemporaryDirectory(prefix="dunwell-debtor-") as folder:
        start = sheet.start
        with opened(
            Path(folder), start=start, thinker=thinker, policy=sheet.policy, parser=parser, template=template
        ) as house:
            return _Run(name, sheet, player, house, limits, delay).all()


class _Run:
    def __init__(self, name: str, sheet: Sheet, player: Player, house: House, limits: Limits, delay: int) -> None:
        self.sheet, self.player, self.house, self.limits = sheet, player, house, limits
        self.delay = sheet.answers_after_days + delay
        self.erp = Erp(house, sheet)
        self.office = Office(house, sheet, self.erp)
        self.talk = Talk(sheet)
        self.last = reminder(sheet, name)
        self.history = [Said(True, self.last.text, self.last.subject, sheet.start.date())]
        self.talk.entries.append(Entry(at=sheet.start, side="us", text=self.last.text, subject=self.last.subject))
        self.writes_on: dt.date | None = self._later(sheet.start.date())
        self.silent, self.over, self.asked = "", False, 0
        #: Proposals that a rule forbade: on how many days, and last on which.
        self.left: dict[int, tuple[int, dt.date | None]] = {}

    def all(self) -> Talk:
        """Live through every working day."""
        started, day = time.monotonic(), self.sheet.start.date()
        while day <= self.sheet.ends and self.talk.error is None:
            if day.weekday() < 5:
                self._day(day)
            if time.monotonic() - started > self.limits.seconds:
                self.talk.error = f"cut off after {self.limits.seconds:.0f} seconds"
            day += dt.timedelta(days=1)
        return self._closed()

    def _closed(self) -> Talk:
        talk, customer = self.talk, self.sheet.ledger.customers[0].customer_id
        with unit_of_work(self.house.home.engine) as session:
            talk.state = account(session, customer)
        talk.effects = {effect.id: effect.proposal_id for effect in self.house.rows(Effect)}
        talk.hits += unapproved(self.house)
        talk.failures = [m.last_error for m in self.house.rows(Message) if m.last_error]
        talk.booked, talk.open_at_end = self.erp.booked, self.erp.open_now
        talk.player_calls = self.player.calls
        talk.ended = talk.error or self.silent or "the last day was over"
        return talk

    # --- one day --------------------------------------------------------------------------------------------------

    def _day(self, day: dt.date) -> None:
        for number, look in enumerate(_LOOKS):
            self.house.to(dt.datetime.combine(day, look, dt.UTC))
            writes = number == _WRITES_AT and self.writes_on is not None and self.writes_on <= day
            if number == 0:
                self._books()
            elif not writes and not self._waits():
                continue
            if writes:
                self._customer_writes(day)
            if self.talk.error is not None:
                return
            self._work()

    def _waits(self) -> bool:
        """Say whether a mail of ours waits for its hour."""
        return any(mail.state in _WAITING for mail in self.house.rows(Outgoing))

    def _books(self) -> None:
        before = len(self.erp.booked)
        self.erp.day()
        for one in self.erp.booked[before:]:
            self._note("ledger", f"{one.amount} on {one.invoice} ({one.what})")
        for done in self.office.day():
            self._note("office", done)

    def _customer_writes(self, day: dt.date) -> None:
        self.writes_on = None
        self.silent = ""
        if self.talk.rounds >= self.limits.turns or self.asked >= 2 * self.limits.turns:
            self.over = True
            self.silent = f"after {self.talk.rounds} mails of the customer"
            return
        self.asked += 1
        try:
            words = self.player.answer(self.history, day)
        except ModelFailure as failure:
            self.talk.error = f"the customer's model could not answer: {failure}"
            return
        words = cleaned(words) if words is not None else ""
        if not words:
            self.silent = "the customer wrote no more"
            return
        self.talk.rounds += 1
        raw = answer(self.sheet, words, to=self.last, at=self.house.now, number=self.talk.rounds)
        self.house.put(raw)
        self.history.append(Said(False, words, "", day))
        self._note("customer", words)
        # Whoever gets no answer at all asks again.
        self.writes_on = self._later(day, _PATIENCE)

    def _work(self) -> None:
        """Let the daemon and the office work until nothing is held any more."""
        for _ in range(_MAX_WAVES):
            self.house.daemon.run_once()
            self._post()
            today = self.house.now.date()
            held = [
                item
                for item in self.house.desk.held()
                if item.row.customer_id is not None and self.left.get(item.row.id or 0, (0, None))[1] != today
            ]
            if not held:
                return
            for item in held:
                self._decided(item)

    def _decided(self, item: Item) -> None:
        before = snapshot(self.house.home.engine)
        tries = self.left.get(item.row.id or 0, (0, None))[0]
        decision = decide(self.house, item, tries=tries)
        if decision.later:
            self.left[decision.proposal_id] = (tries + 1, self.house.now.date())
            return
        proposal, woken = item.proposal, item.facts.followup
        acts = ", ".join(action.tool for action in proposal.actions) or proposal.verdict.value
        became = f"approved by {decision.by}" if decision.by else f"turned down: {decision.why}"
        self._note("office", f"{acts}: {became}")
        if decision.by is not None:
            # What is approved leaves, and is carried out, before anything else happens.
            self.house.daemon.run_once()
            self._post()
        self.talk.decisions.append(decision)
        seen = looked_at(self.house, item, decision, before=before)
        self.talk.hits += seen
        for what in seen:
            self._note("office", f"ZERO TOLERANCE: {what}")
        self.talk.offers += offered(item, decision)
        self.talk.agent_calls += proposal.calls
        self.talk.proposals.append(
            Proposed(
                at=self.house.now,
                woken=woken.kind.value if woken is not None else None,
                reasons=tuple(claim.reason.value for claim in proposal.claims),
                tools=tuple(action.tool for action in proposal.actions),
                escalates=escalates(proposal),
                needs_person=proposal.needs_person,
                writes=proposal.draft is not None,
                by=decision.by,
                why=decision.why,
                reader=proposal.reader,
                writer=proposal.writer,
            )
        )

    # --- mail that left -------------------------------------------------------------------------------------------

    def _post(self) -> None:
        for mail in self.house.new_mails():
            self.last = received(mail, self.house.now)
            today = self.house.now.date()
            self.history.append(Said(True, self.last.text, self.last.subject, today))
            self.talk.entries.append(
                Entry(
                    at=self.house.now,
                    side="us",
                    text=self.last.text,
                    subject=self.last.subject,
                    enclosed=self.last.enclosed,
                )
            )
            if not self.over:
                self.writes_on = self._later(today)

    def _later(self, day: dt.date, days: int | None = None) -> dt.date:
        """Give the working day so many after a day; by itself, as many as the customer takes to answer."""
        left = self.delay if days is None else days
        while left > 0:
            day += dt.timedelta(days=1)
            left -= day.weekday() < 5
        return day

    def _note(self, side: str, text: str) -> None:
        self.talk.entries.append(Entry.model_validate({"at": self.house.now, "side": side, "text": text}))
