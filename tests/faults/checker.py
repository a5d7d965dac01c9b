"""Compares what was put in with what came out. Reads the database, the SMTP server's journal and the mailbox, never dunwell's code.

It knows the table's names and nothing of the program, so that a fault of the program cannot hide itself.
"""

from __future__ import annotations

import email
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from sqlalchemy import Engine, create_engine, text


@dataclass
class Found:
    """What one installation came to: what is wrong (empty: nothing), and how its mails ended."""

    faults: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)

    def need(self, what: str, *, true: bool) -> None:
        """Note a fault unless it is true."""
        if not true:
            self.faults.append(what)


def check(
    database: str,
    *,
    arrived: Sequence[str],
    left: Sequence[bytes],
    kills: int,
    committed: Set[tuple[int, str]] = frozenset(),
) -> Found:
    """Check one installation whose work is done.

    `arrived`: the Message-IDs that were put into the mailbox; `left`: the mails that the SMTP server took; `kills`: how often
    a process was killed on the way; `committed`: entries of the log (number, hash) that a witness saw committed.
    """
    engine, found = create_engine(database), Found()
    try:
        _mails_in(engine, found, arrived)
        _proposals(engine, found)
        _mails_out(engine, found, left, kills)
        _effects(engine, found)
        found.faults += lost(engine, committed)
    finally:
        engine.dispose()
    return found


def is_done(database: str) -> bool:
    """Say whether nothing is in hand any more."""
    engine = create_engine(database)
    try:
        return not _rows(engine, "SELECT id FROM message WHERE state IN ('stored', 'proposing')") and not _rows(
            engine, "SELECT id FROM outgoing WHERE state IN ('queued', 'claimed', 'transmitting', 'sent')"
        )
    finally:
        engine.dispose()


def lost(engine: Engine, committed: Set[tuple[int, str]]) -> list[str]:
    """Name what was committed and is not there any more."""
    kept = {(int(str(seq)), str(digest)) for seq, digest in _rows(engine, "SELECT seq, hash FROM audit")}
    missing = sorted(seq for seq, _ in committed - kept)
    return [f"lost: {len(missing)} committed entries of the log, from {missing[0]} on"] if missing else []


def _rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _mails_in(engine: Engine, found: Found, arrived: Sequence[str]) -> None:
    stored = Counter(str(row[0]) for row in _rows(engine, "SELECT message_id_header FROM message"))
    found.need(f"stored {dict(stored)}, arrived {list(arrived)}", true=stored == Counter(arrived))
    sightings = _rows(engine, "SELECT mailbox, folder, uidvalidity, uid FROM sighting WHERE folder = 'INBOX'")
    found.need(f"{len(sightings)} sightings of {len(arrived)} mails", true=len(sightings) == len(arrived))
    undone = _rows(engine, "SELECT id, state FROM message WHERE state NOT IN ('proposed', 'closed', 'unmatched')")
    found.need(f"mails that nobody finished: {undone}", true=not undone)


def _proposals(engine: Engine, found: Found) -> None:
    twice = _rows(
        engine,
        "SELECT message_id, count(*) FROM proposal WHERE status <> 'void' AND followup_id IS NULL "
        "GROUP BY message_id HAVING count(*) > 1",
    )
    found.need(f"messages with more than one proposal: {twice}", true=not twice)
    without = _rows(
        engine,
        "SELECT id FROM message WHERE state = 'proposed' AND id NOT IN "
        "(SELECT message_id FROM proposal WHERE status <> 'void')",
    )
    found.need(f"messages without a proposal: {without}", true=not without)


def _mails_out(engine: Engine, found: Found, left: Sequence[bytes], kills: int) -> None:
    went = Counter(str(email.message_from_bytes(raw)["Message-ID"]) for raw in left)
    twice = [name for name, count in went.items() if count > 1]
    found.need(f"sent twice: {twice}", true=not twice)
    rows = _rows(engine, "SELECT message_id_header, state, sent_at FROM outgoing")
    states = {str(header): str(state) for header, state, _ in rows}
    found.need(f"mails left that nobody approved: {sorted(set(went) - set(states))}", true=set(went) <= set(states))
    for header, state in states.items():
        found.ends[state] += 1
        gone = header in went
        fits = {"sent": gone, "filed": gone, "uncertain": True, "void": not gone, "failed": not gone}
        found.need(
            f"{header} is {state}, and {'left' if gone else 'did not leave'}",
            true=fits.get(state, False),
        )
    found.need(f"{found.ends['uncertain']} uncertain after {kills} kills", true=found.ends["uncertain"] <= kills)
    lost = _rows(
        engine,
        "SELECT id FROM proposal WHERE status = 'uncertain' AND id NOT IN (SELECT proposal_id FROM outgoing WHERE state = 'uncertain')",
    )
    found.need(f"uncertain proposals without their mail: {lost}", true=not lost)


def _effects(engine: Engine, found: Found) -> None:
    twice = _rows(
        engine, "SELECT proposal_id, position, count(*) FROM effect GROUP BY proposal_id, position HAVING count(*) > 1"
    )
    found.need(f"acts carried out twice: {twice}", true=not twice)
    early = _rows(
        engine,
        "SELECT e.id FROM effect e JOIN outgoing o ON o.proposal_id = e.proposal_id "
        "WHERE o.state IN ('void', 'failed') AND e.tool NOT IN ('stop_contact', 'hold_outreach', 'open_dispute', 'escalate_to_human')",
    )
    found.need(f"acts of mails that never left: {early}", true=not early)
