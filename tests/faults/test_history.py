"""Eight clients at random on one database: what they were told fits a model of one proposal, written without the program.

`make history N=100000` does so many operations, from two processes; the normal run does a few hundred.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from review.approving import Approving, Decision
from review.desk import Desk
from store import voiding
from store.engine import looking, open_engine
from store.proposed import Finding
from store.tables import ProposalRow
from tests.faults.conftest import postgres
from tests.faults.history_checker import anomalies, unlike_the_log
from tests.faults.history_clients import HOT, Client, in_a_process
from tests.faults.history_model import BLOCKED, BUSY, STALE, Eyes, Op, explain
from tests.faults.history_turns import CLIENTS
from tests.faults.history_world import build, eyes
from tests.postgres import Postgres

__all__ = ["postgres"]

#: So many operations a proposal; how many there are in all, on both databases, stands in the environment for the long run.
A_PLACE = 24
ASKED = int(os.environ.get("DUNWELL_HISTORY", "0"))
SEED = int(os.environ.get("DUNWELL_HISTORY_SEED", "7"))
OPERATIONS = ASKED // 2 or 400
Journal = tuple[list[Op], list[tuple[int, float, bytes]]]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    return str(request.getfixturevalue("postgres").new_database())


def history(database: str, folder: Path) -> Journal:
    """Let everybody work, then one alone finish; give what each was told, and what left."""
    world = build(database, folder, places=max(HOT, OPERATIONS // A_PLACE))
    each = OPERATIONS // CLIENTS
    if ASKED:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            halves = [range(CLIENTS)[::2], range(CLIENTS)[1::2]]
            journals = [job.result() for job in [pool.submit(in_a_process, world, h, SEED, each) for h in halves]]
    else:
        journals = [in_a_process(world, range(CLIENTS), SEED, each)]
    engine = open_engine(database)
    last = Client(world, engine, CLIENTS, SEED)
    last.finish()
    engine.dispose()
    journals.append((last.ops, last.wire.left))
    return [op for ops, _ in journals for op in ops], [mail for _, mails in journals for mail in mails]


@pytest.mark.timeout(0 if ASKED else 300)
def test_no_anomaly(database: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    ops, left = history(database, tmp_path)
    found = anomalies(ops, eyes) + unlike_the_log(database, ops, left)
    assert not found, "\n".join(found[:5])
    told = Counter((op.kind, op.result) for op in ops)
    # It is no history of nothing: there was work at once, refused and done, taken back and sent.
    assert {STALE, BLOCKED, "ok", "second"} <= {result for kind, result in told if kind == "approve"}
    assert min(told["edit", "ok"], told["take back", "ok"], told["take back", STALE], told["leave", "ok"]) > 0
    assert at_once(ops) > len(ops) // 20
    busy = sum(op.result == BUSY for op in ops)
    assert ASKED or not busy
    refused = sum(count for (_, result), count in told.items() if result.startswith("refused"))
    record_property(
        "told",
        f"history on {database.partition(':')[0]}: {len(ops)} operations by {CLIENTS} clients, {refused} refused ({busy} as the "
        f"database was busy), "
        f"{told['approve', 'ok']} approved, {told['take back', 'ok']} taken back, {told['void', 'ok']} voided, "
        f"{len(left)} sent, {at_once(ops)} at the same time as another on the same proposal: no anomaly",
    )


def at_once(ops: Sequence[Op]) -> int:
    """Count the operations that began while another on the same proposal was under way."""
    latest: dict[int, float] = {}
    count = 0
    for op in sorted(ops, key=lambda op: op.began):
        count += op.began < latest.get(op.proposal, 0)
        latest[op.proposal] = max(latest.get(op.proposal, 0), op.ended)
    return count


@pytest.mark.servers
def test_two_first_approvals_at_once_are_a_first_and_a_second(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have judged before either writes, unless they take turns."""
    decide, meet = Approving.decide, threading.Barrier(2)

    def side_by_side(self: Approving, session: Session, **asked: Any) -> Decision:
        found = decide(self, session, **asked)
        with suppress(threading.BrokenBarrierError):
            meet.wait(1)
        return found

    world = build(postgres.new_database(), tmp_path, places=4)
    engine = open_engine(world.url)
    clients = {actor: Client(world, engine, number, 1) for number, actor in enumerate(("cas", "fay"))}
    for client in clients.values():
        client.look(4)
    monkeypatch.setattr(Approving, "decide", side_by_side)
    workers = [threading.Thread(target=c.act, args=(4, "approve"), kwargs={"actor": a}) for a, c in clients.items()]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    engine.dispose()
    ops = [op for client in clients.values() for op in client.ops]
    assert sorted(op.result for op in ops if op.kind == "approve") == ["ok", "second"]
    assert anomalies(ops, eyes) == []


# --- the checker bites ------------------------------------------------------------------------------------------------


class Careless(Desk):
    """A desk that saves an edit over whatever is there by then."""

    def edit(self, proposal_id: int, *, version: int, actor: str, body: str) -> tuple[Finding, ...]:
        """Save, whatever was looked at."""
        with looking(self.engine) as session:
            version = session.get_one(ProposalRow, proposal_id).version
        return super().edit(proposal_id, version=version, actor=actor, body=body)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Client]:
    """A client of a world with two proposals, and nobody else."""
    world = build(f"sqlite:///{tmp_path / 'history.db'}", tmp_path, places=2)
    engine = open_engine(world.url)
    yield Client(world, engine, 0, 1)
    engine.dispose()


@pytest.mark.parametrize("desk_kind", [Desk, Careless])
def test_a_desk_that_overwrites_is_found(two: Client, desk_kind: type[Desk]) -> None:
    other = Client(two.world, two.engine, 1, 1, desk_kind)
    two.look(1)
    other.look(1)
    two.act(1, "edit", actor="ann")
    other.act(1, "edit", actor="ben")
    two.finish()
    assert len(anomalies(two.ops + other.ops, eyes)) == (desk_kind is Careless)


def test_a_void_that_forgets_the_mail_is_found(two: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(session: Session, proposal_id: int) -> bool:
        return True

    monkeypatch.setattr(voiding, "_void_outgoing", forgets)
    two.look(1)
    two.act(1, "approve", actor="cas")
    two.act(1, "void", actor="cas")
    two.finish()
    assert len(anomalies(two.ops, eyes)) == 1


ANY = Eyes("any", {})
TWO = Eyes("two", {"cas": "manager", "dot": "manager", "fay": "controller"})
MANAGER = Eyes("manager", {"cas": "manager", "dot": "manager"})


def op(kind: str, began: float, ended: float, result: str = "ok", **more: object) -> Op:
    return Op(1, kind, began, ended, result, **more)  # type: ignore[arg-type] # as the fields are


def edited(began: float, words: str, version: int = 1, actor: str = "cas", result: str = "ok") -> Op:
    return op("edit", began, began + 2, result, actor=actor, version=version, told=(words,))


def approved(began: float, version: int, actor: str = "cas", result: str = "ok") -> Op:
    return op("approve", began, began + 1, result, actor=actor, version=version)


def leaves(began: float, words: str) -> Op:
    return op("leave", began, began + 1, told=(words,))


def looked(began: float, version: int, status: str, words: str) -> Op:
    return op("look", began, began + 1, told=(version, status, words))


RIGHT = [
    (ANY, [edited(0, "a"), edited(1, "b", result=STALE), approved(4, 2), leaves(6, "a")]),
    (ANY, [edited(0, "a", result=STALE), edited(1, "b"), approved(4, 2), leaves(6, "b")]),
    (ANY, [approved(0, 1), op("take back", 2, 3, version=2), edited(4, "a", 3), approved(7, 4), leaves(9, "a")]),
    (TWO, [approved(0, 1, "cas", "second"), approved(2, 1, "fay"), leaves(4, "?")]),
    (TWO, [approved(0, 1, "cas", "second"), approved(2, 1, "dot", BLOCKED), op("void", 4, 5)]),
    (MANAGER, [edited(0, "a"), approved(3, 2, "cas", BLOCKED), approved(5, 2, "dot"), op("void", 7, 8)]),
]
WRONG = {
    "voided, and left": (ANY, [approved(0, 1), op("void", 2, 3), leaves(4, "?")]),
    "rejected, and left": (ANY, [op("reject", 0, 1, version=1), leaves(4, "?")]),
    "taken back, and left": (ANY, [approved(0, 1), op("take back", 2, 3, version=2), leaves(4, "?")]),
    "left twice": (ANY, [approved(0, 1), leaves(2, "?"), leaves(4, "?")]),
    "left before anybody approved": (ANY, [leaves(0, "?"), approved(2, 1)]),
    "left while it could be taken back": (Eyes("any", {}, 60.0), [approved(0, 1), leaves(2, "?")]),
    "other words left": (ANY, [edited(0, "a"), approved(3, 2), leaves(6, "b")]),
    "both edits of one version": (ANY, [edited(0, "a"), edited(1, "b"), looked(4, 3, "held", "b")]),
    "an edit that was lost": (ANY, [edited(0, "a"), edited(3, "b", 2), looked(6, 3, "held", "a")]),
    "refused, and it took effect": (ANY, [edited(0, "a", result=STALE), looked(4, 2, "held", "a")]),
    "acknowledged, and it took none": (ANY, [edited(0, "a"), looked(4, 1, "held", "old")]),
    "refused for nothing": (ANY, [approved(0, 1, result=STALE)]),
    "a look into the past": (ANY, [looked(0, 1, "held", "x"), edited(2, "a"), looked(5, 1, "held", "x")]),
    "approved twice": (ANY, [approved(0, 1), approved(0.5, 1)]),
    "approved by who edited it": (MANAGER, [edited(0, "a"), approved(3, 2)]),
    "approved by a collector": (MANAGER, [approved(0, 1, "ann")]),
    "approved by one of two": (TWO, [approved(0, 1, "fay")]),
    "approved by the same person twice": (TWO, [approved(0, 1, "fay", "second"), approved(2, 1, "fay")]),
    "approved by two without a controller": (TWO, [approved(0, 1, "cas", "second"), approved(2, 1, "dot")]),
    "the first of two saw another version": (
        TWO,
        [approved(0, 1, "cas", "second"), op("leave out", 2, 3, version=1, actor="dot"), approved(4, 2, "fay")],
    ),
    "an error": (ANY, [approved(0, 1, result="error: IntegrityError")]),
}


@pytest.mark.parametrize(("eyes_", "ops"), RIGHT)
def test_what_is_right_passes(eyes_: Eyes, ops: list[Op]) -> None:
    assert explain(ops, eyes_) is None


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str) -> None:
    eyes_, ops = WRONG[name]
    assert explain(ops, eyes_) is not None
