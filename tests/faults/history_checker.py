"""Compares a history with the model, with what left, and with the log. Reads tables by name, never the program's code."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import create_engine, text

from tests.faults.history_model import Eyes, Op, explain

#: What an operation that took effect writes into the log: the event, whether its actor stands there, and the kind of change.
_EVENTS = {
    ("edit", "ok"): "proposal.edited/edited",
    ("leave out", "ok"): "proposal.edited/left_out",
    ("choose anew", "ok"): "proposal.edited/redecided",
    ("approve", "ok"): "proposal.approved",
    ("approve", "second"): "proposal.approved_first",
    ("take back", "ok"): "approval.taken_back",
    ("hand over", "ok"): "proposal.handed_over",
    ("reject", "ok"): "proposal.rejected",
    ("void", "ok"): "proposal.void",
    ("leave", "ok"): "outgoing.transmitting",
    ("sent", "ok"): "proposal.sent",
}
_BY_NOBODY = frozenset({"void", "leave", "sent"})
#: What the program writes besides, of its own accord.
_BESIDES = frozenset({"proposal.held", "approval.settled", "effect.applied", "outgoing.sent", "outgoing.filed"})


def anomalies(ops: Sequence[Op], eyes: Callable[[int], Eyes]) -> list[str]:
    """Give what no order of the operations explains, one line a proposal."""
    found, of = [], defaultdict(list)
    for op in ops:
        of[op.proposal].append(op)
    for number, own in sorted(of.items()):
        if why := explain(own, eyes(number)):
            found.append(f"proposal {number}: {why}")
    return found


def unlike_the_log(database: str, ops: Sequence[Op], left: Iterable[tuple[int, float, bytes]]) -> list[str]:
    """Compare with the log: it holds what took effect, all of it and nothing else, and what left is what it says was approved."""
    entries = _log(database)
    found = [] if _chained(entries) else ["the log's chain is broken"]
    logged: Counter[tuple[int, str, str]] = Counter()
    approved: dict[int, str] = {}
    went: dict[int, str] = {}
    for number, event, actor, payload in _of_proposals(database, entries):
        if event in _BESIDES:
            continue
        kind = f"{event}/{payload['change']}" if event == "proposal.edited" else event
        logged[number, kind, actor if event not in ("outgoing.transmitting", "proposal.sent") else ""] += 1
        if event == "proposal.approved":
            approved[number] = str(payload["mime"])
        elif event == "outgoing.transmitting":
            went[number] = approved.get(number, "nothing")
    done = Counter(
        (op.proposal, _EVENTS[op.kind, op.result], _actor(op)) for op in ops if (op.kind, op.result) in _EVENTS
    )
    found += [f"answered, and not in the log: {one} x{count}" for one, count in (done - logged).items()]
    found += [f"in the log, and nobody was answered so: {one} x{count}" for one, count in (logged - done).items()]
    for number, _, mime in left:
        if went.get(number) != hashlib.sha256(mime).hexdigest():
            found.append(f"proposal {number}: what left is not, byte for byte, what was approved")
    return found


def _actor(op: Op) -> str:
    return "daemon" if op.kind == "void" else "" if op.kind in _BY_NOBODY else op.actor


def _log(database: str) -> list[tuple[int, str, str, str, str, str, str, str]]:
    engine = create_engine(database)
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT seq, actor, event, subject, payload, previous, hash FROM audit ORDER BY seq")
            )
            return [tuple(row) for row in rows]
    finally:
        engine.dispose()


def _chained(entries: Sequence[Sequence[object]]) -> bool:
    before, expected = "0" * 64, 1
    for seq, *_, previous, own in entries:
        if (seq, previous) != (expected, before):
            return False
        before, expected = str(own), expected + 1
    return True


def _of_proposals(
    database: str, entries: Sequence[Sequence[object]]
) -> Iterable[tuple[int, str, str, dict[str, object]]]:
    engine = create_engine(database)
    with engine.connect() as connection:
        whose = {row[0]: row[1] for row in connection.execute(text("SELECT id, proposal_id FROM outgoing"))}
    engine.dispose()
    for _, actor, event, subject, payload, *_ in entries:
        kind, _, number = str(subject).partition(":")
        if kind == "proposal":
            yield int(number), str(event), str(actor), json.loads(str(payload))
        elif kind == "outgoing":
            yield whose[int(number)], str(event), str(actor), json.loads(str(payload))
