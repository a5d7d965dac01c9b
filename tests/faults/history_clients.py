"""Clients that work on the same proposals at once, at random, and note what they asked for, when, and what they were told."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from agent.effects import effects_by
from agent.sending import rechecker
from agent.settling import settle_due
from mail.outbox import Route, Sender
from review.desk import Blocked, Desk, RejectReason
from store import proposals
from store.engine import looking, open_engine, unit_of_work
from store.proposals import Stale, content
from store.tables import ProposalRow
from tests.factories import COMPANY
from tests.faults.history_model import BUSY, Op
from tests.faults.history_turns import Turns
from tests.faults.history_wire import Wire
from tests.faults.history_world import ROLES, World, as_shown, policy, words
from tools.escalate_to_human import Role

#: How many proposals are worked on at the same time, by everybody.
HOT = 8
#: What clients do, and how often.
_SHARES = {
    "look": 10,
    "edit": 18,
    "leave out": 8,
    "choose anew": 4,
    "approve": 30,
    "take back": 14,
    "hand over": 3,
    "void": 2,
    "reject": 1,
    "round": 12,
}
#: What makes sense in a state, so that not nearly all of it is refused. One in five does not look at that.
_SENSIBLE = {
    "held": {"look", "edit", "leave out", "choose anew", "approve", "hand over", "void", "reject", "round"},
    "approved": {"look", "take back", "void", "round"},
}
_LETTERS = "bcdfghjklmnpqrstvwxz"


@dataclass
class Client:
    """One client; several may share an engine, or each may be a process."""

    world: World
    engine: Engine
    number: int
    seed: int
    desk_kind: type[Desk] = Desk
    ops: list[Op] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the desk and the way out."""
        self._random = random.Random(f"{self.seed}/{self.number}")
        self._desk = self.world.desk(self.engine, self.desk_kind)
        self._seen: dict[int, tuple[int, str, str]] = {}
        self._remarks = 0
        self.wire = Wire(self._note)
        clock, limits = self.world.clock, policy()
        self._sender = Sender(
            self.engine,
            {"ar": Route(self.wire)},
            f"client{self.number}",
            effects_by(clock),
            clock=clock,
            recheck=rechecker(company=COMPANY, policy=limits, roles=ROLES),
        )
        self._policy = limits

    def work(self, operations: int) -> None:
        """Do so many operations, looks among them, on proposals that move along as the work of all does."""
        turns = Turns(self.world.turns)
        while (done := len(self.ops)) < operations:
            turns.note(self.number, done)
            first = int((self.world.places - HOT) * turns.share(operations))
            number = 1 + first + self._random.randrange(HOT)
            if self._random.random() < 0.8 or number not in self._seen:
                self.look(number)
            kind = self._kind(number)
            if kind == "round":
                self.round()
            elif kind != "look":
                self.act(number, kind, actor=self._random.choice(list(ROLES)))

    def _kind(self, number: int) -> str:
        sensible = _SENSIBLE.get(self._seen.get(number, (0, "", ""))[2], set(_SHARES))
        if self._random.random() < 0.2:
            sensible = set(_SHARES)
        kinds = [kind for kind in _SHARES if kind in sensible]
        return self._random.choices(kinds, [_SHARES[kind] for kind in kinds])[0]

    def act(self, number: int, kind: str, *, actor: str) -> None:
        """Do one thing to the version that was seen last, and note what came of it."""
        version = self._seen[number][0]
        call, told = self._call(number, kind, version, actor)
        began = time.monotonic()
        try:
            result = call()
        except (Stale, Blocked) as refused:
            result = f"refused: {type(refused).__name__}"
        except Exception as error:
            # Whatever else it raises is no answer: the model has no such result, and the checker shows it.
            result = f"error: {type(error).__name__}: {error}"[:300]
            if _is_busy(error):
                result = BUSY
        ended = time.monotonic()
        self._note(number, kind, began, ended, result, actor=actor, version=version, told=told)

    def _call(self, number: int, kind: str, version: int, actor: str) -> tuple[Callable[[], str], tuple[Any, ...]]:
        desk = self._desk
        seen: dict[str, Any] = {"version": version, "actor": actor}
        if kind == "edit":
            written = words(self._remark())
            return _done(lambda: desk.edit(number, **seen, body=written)), (as_shown(written),)
        if kind == "leave out":
            without = self._random.choice([(), (0,), (1,)])
            return _done(lambda: desk.leave_out(number, **seen, without=without)), without
        if kind == "choose anew":
            return _done(lambda: desk.retool(number, **seen, action=0, tool="escalate_to_human")), ()
        if kind == "approve":
            return (lambda: "ok" if desk.approve(number, **seen) else "second"), ()
        if kind == "take back":
            return _done(lambda: desk.take_back(number, **seen)), ()
        if kind == "hand over":
            return _done(lambda: desk.hand_over(number, to=Role.MANAGER, note="please look", actor=actor)), ()
        if kind == "reject":
            return _done(lambda: desk.reject(number, **seen, reason=RejectReason.OTHER)), ()
        return (lambda: "ok" if self._void(number) else "no"), ()

    def _void(self, number: int) -> bool:
        """Overtake a proposal, as the daemon does when the customer writes again."""
        with unit_of_work(self.engine) as session:
            return proposals.void(session, number, reason="the customer wrote again", now=self.world.clock())

    def look(self, number: int) -> None:
        """Look at a proposal."""
        began = time.monotonic()
        with looking(self.engine) as session:
            row = session.get_one(ProposalRow, number)
        ended = time.monotonic()
        draft = content(row).draft
        shown = (draft.rendered if draft is not None else "").strip()
        self._seen[number] = (row.version, shown, str(row.status))
        self._note(number, "look", began, ended, "ok", told=(row.version, str(row.status), shown))

    def round(self) -> None:
        """Do what the daemon does: end the times in which approvals can be taken back, and send what is due."""
        before, ended_early = len(self.wire.left), False
        try:
            settle_due(self.engine, self.world.clock, policy=self._policy)
            self._sender.run_due(self.world.clock())
        except OperationalError as error:
            if not _is_busy(error):
                raise
            ended_early = True  # as the daemon does, it goes on with its next round
        ended = time.monotonic()
        for number, left_at, _ in self.wire.left[before:]:
            if not ended_early or self._status(number) == "sent":
                self._note(number, "sent", left_at, ended, "ok")

    def _status(self, number: int) -> str:
        with looking(self.engine) as session:
            return session.get_one(ProposalRow, number).status

    def finish(self) -> None:
        """Alone, after everybody: send what is left to send, and look at everything once more."""
        time.sleep(1.1)  # longer than an approval can be taken back
        while True:
            self.round()
            with looking(self.engine) as session:
                if not session.execute(text("SELECT 1 FROM outgoing WHERE state IN ('queued', 'claimed')")).first():
                    break
        for number in range(1, self.world.places + 1):
            self.look(number)

    def _remark(self) -> str:
        self._remarks += 1
        number, letters = self._remarks * 64 + self.number, ""
        while number:
            number, digit = divmod(number, len(_LETTERS))
            letters += _LETTERS[digit]
        return f"qz{letters}"

    def _note(self, number: int, kind: str, began: float, ended: float, result: str, **more: Any) -> None:
        self.ops.append(Op(number, kind, began, ended, result, client=self.number, **more))


def _is_busy(error: Exception) -> bool:
    """Say whether SQLite let nobody in for half a minute: nothing was begun."""
    return isinstance(error, OperationalError) and error.statement == "BEGIN IMMEDIATE"


def _done(call: Callable[[], object]) -> Callable[[], str]:
    def told() -> str:
        call()
        return "ok"

    return told


def work_together(clients: Sequence[Client], operations: int) -> None:
    """Let clients work side by side, each in a thread. Raises what one of them raised."""
    with ThreadPoolExecutor(len(clients)) as pool:
        for job in [pool.submit(client.work, operations) for client in clients]:
            job.result()


def in_a_process(
    world: World, numbers: Sequence[int], seed: int, operations: int
) -> tuple[list[Op], list[tuple[int, float, bytes]]]:
    """Be some of the clients, in a process of their own; give their journals and what they sent."""
    engine = open_engine(world.url)
    try:
        clients = [Client(world, engine, number, seed) for number in numbers]
        work_together(clients, operations)
        return [op for client in clients for op in client.ops], [m for client in clients for m in client.wire.left]
    finally:
        engine.dispose()
