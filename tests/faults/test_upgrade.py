"""An upgrade with work in flight: the tables of every earlier revision become today's, and daemon and page go on.

The normal run takes one earlier revision on each database; `make faults` takes them all.
"""

from __future__ import annotations

import email
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from agent.cli.app import app
from agent.cli.home import desk_of
from agent.cli.output import CommandFailed
from agent.config import build
from agent.daemon import Daemon
from mail.outbox import Route
from review.app import create_app
from store import audit
from store.engine import migrate, open_engine, unit_of_work
from store.migrated import NewerDatabase, is_current
from store.snapshot import known_revisions
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, SendState
from tests.e2e.installations import maildir_mailbox
from tests.e2e.moving import Moving
from tests.factories import COMPANY, NOW
from tests.faults.conftest import postgres
from tests.faults.history_world import ROLES, policy
from tests.faults.old_tables import EDITED, OLD, OUTGOING, PLACES, TWO, UNDO_RUNS, counts, in_every_state, put_back
from tests.wakings import Wire

__all__ = ["postgres"]

FIRST = "0003"
ALL = [revision for revision in sorted(known_revisions()) if revision >= FIRST][:-1]
LONG = "DUNWELL_FAULTS" in os.environ
CASES = [("sqlite", revision) for revision in (ALL if LONG else ["0005"])]
CASES += [("postgresql", revision) for revision in (ALL if LONG else ["0007"])]


class Upgraded(Moving):
    """The real installation, whose mails go to a journal."""

    wire: Wire

    def routes(self) -> dict[str, Route]:
        """One way out for everything."""
        return {"ar": Route(self.wire)}


@pytest.fixture(
    params=[pytest.param(case, marks=pytest.mark.servers) if case[0] != "sqlite" else case for case in CASES],
    ids="-".join,
)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str, str]:
    """Give two empty databases, and a revision."""
    kind, revision = request.param
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}", f"sqlite:///{tmp_path / 'old.db'}", revision
    server = request.getfixturevalue("postgres")
    return server.new_database(), server.new_database(), revision


def home_of(url: str, folder: Path) -> Upgraded:
    box = maildir_mailbox(folder / "box")
    home = Upgraded(
        build(
            {
                "data_dir": folder / "data",
                "company": COMPANY.model_dump(),
                "store": {"url": url},
                "mailboxes": [box.model_dump(exclude_none=True) | {"address": COMPANY.email}],
                "policy": policy().model_dump(),
                "roles": dict(ROLES),
            },
            source="upgrade",
        )
    )
    home.moment, home.wire = NOW + timedelta(hours=1), Wire()
    return home


@pytest.mark.timeout(600)
def test_nothing_is_lost_and_nothing_leaves_twice(case: tuple[str, str, str], tmp_path: Path) -> None:
    today, url, revision = case
    in_every_state(today, tmp_path)
    before = put_back(today, url, revision)
    home = home_of(url, tmp_path)
    migrate(home.engine)
    after = counts(url)
    assert {table: after[table] for table in before} == before, "an upgrade makes no rows and loses none"
    with unit_of_work(home.engine) as session:
        assert is_current(session)
        assert audit.verify(session)[1] is None

    Daemon(home, worker=OLD).run_once()
    # What waited has left, once; what was void, had failed or had gone has not; what a dead sender had begun is a person's.
    waited = [number for number, state in enumerate(OUTGOING, 1) if state in (SendState.QUEUED, SendState.CLAIMED)]
    assert Counter(map(recipient, home.wire.taken)) == Counter([*waited, UNDO_RUNS])
    found = states(home)
    assert found[number_of(SendState.TRANSMITTING)] == SendState.UNCERTAIN
    for state in (SendState.UNCERTAIN, SendState.FAILED, SendState.FILED, SendState.VOID):
        assert found[number_of(state)] == state
    with unit_of_work(home.engine) as session:
        undone = [MessageState.STORED, MessageState.PROPOSING]
        assert not session.exec(select(Message.id).where(col(Message.state).in_(undone))).all()
        assert len(session.exec(select(Message.id)).all()) == PLACES
        live = session.exec(select(ProposalRow.message_id).where(ProposalRow.status != ProposalStatus.VOID)).all()
        assert len(live) == len(set(live))
        assert set(live) >= set(session.exec(select(Message.id).where(Message.state == MessageState.PROPOSED)))
    _the_page_goes_on(home)
    home.engine.dispose()


def _the_page_goes_on(home: Upgraded) -> None:
    desk = desk_of(home)
    with TestClient(create_app(desk), base_url="http://127.0.0.1:8765") as page:
        assert page.get("/readyz").status_code == 200
        assert f'href="/items/{EDITED}"' in page.get("/").text
        assert "Remark qzkept." in page.get(f"/items/{EDITED}").text
    before = len(home.wire.taken)
    # The words that were edited under the old tables, and the first of two approvals, still count.
    assert desk.approve(EDITED, version=2, actor="fay", at_once=True)
    assert desk.approve(TWO, version=1, actor="fay", at_once=True)
    Daemon(home, worker=OLD).run_once()
    assert sorted(map(recipient, home.wire.taken[before:])) == [EDITED, TWO]
    with unit_of_work(home.engine) as session:
        assert audit.verify(session)[1] is None


def recipient(mime: bytes) -> int:
    """Say whose mail it is: every customer has one proposal."""
    return int(str(email.message_from_bytes(mime)["To"]).partition("@k")[2].partition(".")[0])


def number_of(state: SendState) -> int:
    return OUTGOING.index(state) + 1


def states(home: Upgraded) -> dict[int, str]:
    with unit_of_work(home.engine) as session:
        return {row.proposal_id: row.state for row in session.exec(select(Outgoing))}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def test_tables_of_a_newer_dunwell_are_refused(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    engine = open_engine(url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = counts(url)
    with pytest.raises(NewerDatabase):
        migrate(engine)
    assert counts(url) == before
    with unit_of_work(engine) as session:
        assert not is_current(session)
    engine.dispose()
    box = maildir_mailbox(tmp_path / "box")
    config = tmp_path / "dunwell.toml"
    config.write_text(
        f'data_dir = "{tmp_path}/data"\n[company]\nname = "N"\naddress = "S"\nemail = "ar@fernhill.example"\n'
        f'[store]\nurl = "{url}"\n[[mailboxes]]\nname = "ar"\naddress = "ar@fernhill.example"\nkind = "maildir"\n'
        f'path = "{box.path}"\n'
    )
    for words in (["run", "--once"], ["review"], ["queue", "list"]):
        done = CliRunner().invoke(app, [*words, "--config", str(config)])
        told = str(done.exception)
        assert isinstance(done.exception, CommandFailed)
        assert told.startswith("store.url: the tables are of a newer dunwell (9999; this one knows them up to")
        assert told.endswith("install that version again, or restore a backup from before the upgrade")
        assert "\n" not in told
