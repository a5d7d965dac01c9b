"""What reviewing leaves, on both databases: revisions, comments, presence, turns; and tables that agree with their migration."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from store import audit, handling, proposals, revisions
from store.engine import unit_of_work
from store.proposals import Stale, content
from store.proposed import Draft
from store.reviewing import Change
from store.tables import ProposalRow
from tests.database.test_proposals import arrive, hold
from tests.ledgers import NOW, load_ledger


@pytest.fixture
def held(engine: Engine, tmp_path: Path) -> int:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    number = hold(engine, arrive(engine, 1))
    assert number is not None
    return number


def test_the_tables_are_those_of_the_migrations(engine: Engine) -> None:
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    mine = [change for change in found if any(name in str(change) for name in ("revision", "comment", "presence"))]
    assert mine == []


def test_every_state_is_kept_and_edited_means_other_words(engine: Engine, held: int) -> None:
    def put(version: int, body: str, change: Change) -> bool:
        with unit_of_work(engine) as session:
            draft = Draft(language="en", subject="Re: x", body=body, rendered=body)
            anew = content(session.get_one(ProposalRow, held)).model_copy(update={"draft": draft})
            proposals.replace(session, held, anew, version=version, actor="ines", now=NOW, change=change)
        with unit_of_work(engine) as session:
            return session.get_one(ProposalRow, held).edited

    assert put(1, "Dear Ada", Change.EDITED)
    assert put(2, "Dear Ada and Bob", Change.REDRAFTED)
    with unit_of_work(engine) as session:
        made = revisions.history(session, held)
        assert audit.verify(session)[1] is None
    assert [(m.version, m.change, m.actor) for m in made] == [
        (1, Change.PROPOSED, "dunwell"),
        (2, Change.EDITED, "ines"),
        (3, Change.REDRAFTED, "ines"),
    ]
    assert made[1].proposal.draft is not None
    assert made[1].proposal.draft.body == "Dear Ada"


def test_of_two_who_change_it_at_once_one_is_told(engine: Engine, held: int) -> None:
    told: list[str] = []
    start = threading.Barrier(2)

    def change(who: str) -> None:
        start.wait()
        try:
            with unit_of_work(engine) as session:
                same = content(session.get_one(ProposalRow, held))
                proposals.replace(session, held, same, version=1, actor=who, now=NOW)
            told.append("done")
        except Stale:
            told.append("stale")

    threads = [threading.Thread(target=change, args=(who,)) for who in ("ines", "tom")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "stale"]
    with unit_of_work(engine) as session:
        assert [m.version for m in revisions.history(session, held)] == [1, 2]


def test_whoever_is_there_is_seen_for_a_minute_and_then_forgotten(engine: Engine, held: int) -> None:
    def seen(after: int) -> list[str]:
        with unit_of_work(engine) as session:
            return [
                p.login for p in handling.others_here(session, held, login="me", now=NOW + timedelta(seconds=after))
            ]

    for second, login in ((0, "ines"), (30, "ines"), (30, "me")):
        with unit_of_work(engine) as session:
            handling.be_here(session, held, login=login, name=login.title(), now=NOW + timedelta(seconds=second))
    assert seen(89) == ["ines"]
    assert seen(91) == []
    with unit_of_work(engine) as session:
        handling.be_here(session, held, login="me", name="Me", now=NOW + timedelta(seconds=200))
    assert seen(60) == []


def test_a_turn_outlives_what_overtook_the_proposal(engine: Engine, held: int) -> None:
    with unit_of_work(engine) as session:
        handling.assign(session, held, to="ines", actor="tom", now=NOW)
        handling.comment(session, held, text="mind the tone", actor="tom", now=NOW)
        handling.snooze(session, held, until=NOW + timedelta(days=2), actor="tom", now=NOW)
        message = session.get_one(ProposalRow, held).message_id
        assert proposals.void(session, held, reason="the ledger changed", now=NOW)
    again = hold(engine, message)
    assert again is not None
    with unit_of_work(engine) as session:
        row = session.get_one(ProposalRow, again)
        assert (row.assigned_to, row.snoozed_until) == ("ines", None)
        assert [c.text for c in handling.comments(session, row)] == ["mind the tone"]


def test_what_is_decided_is_not_put_off_or_given(engine: Engine, held: int) -> None:
    with unit_of_work(engine) as session:
        proposals.reject(session, held, version=1, actor="x", reason="other", now=NOW)
    lates: list[Callable[[Session], None]] = [
        lambda s: handling.snooze(s, held, until=NOW + timedelta(days=1), actor="x", now=NOW),
        lambda s: handling.assign(s, held, to="x", actor="x", now=NOW),
    ]
    for late in lates:
        with pytest.raises(Stale), unit_of_work(engine) as session:
            late(session)
