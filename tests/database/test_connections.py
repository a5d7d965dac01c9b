"""Connected systems on both databases: the migration up and down, who reads and who renews, and a pull that is taken whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect
from sqlmodel import select

import store
from store import connections, crm_notes, remote_records
from store.engine import migrate, unit_of_work
from store.remote_records import Known, RemoteRecord
from store.scoping import narrowed
from tests.connected.homes import NOW, Home, block, emulator
from tests.connected.server import Servers
from tests.connected.world import a_world

TABLES = {"connection", "remote_record", "crm_note"}
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as found:
        yield found


@pytest.fixture
def home(engine: Engine, servers: Servers, tmp_path: Path) -> Iterator[Home]:
    emulator("stripe", servers, a_world())
    url = engine.url.render_as_string(hide_password=False)
    found = Home(tmp_path, [block("stripe", servers.base, tmp_path)], url=url)
    yield found
    found.engine.dispose()


def test_the_tables_come_and_go(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(next(iter(store.__path__))) / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0012")
    assert not TABLES & set(inspect(engine).get_table_names())
    migrate(engine)
    assert set(inspect(engine).get_table_names()) >= TABLES


def test_a_pull_is_taken_whole_and_again_it_changes_nothing(home: Home) -> None:
    assert home.sync().changed["invoices"] == 7
    home.later(hours=1)
    assert not any(home.sync(full=True).changed.values())
    with unit_of_work(home.engine) as session, narrowed(session, "books-cus_11"):
        whose = set(session.exec(select(RemoteRecord.customer_id)))
        # PostgreSQL keeps the others' records from work for one customer.
        assert len(whose) == (1 if home.engine.dialect.name == "postgresql" else 5)


def test_of_many_one_reads_and_one_renews(home: Home) -> None:
    settings = home.connections().named("books")
    home.connections().row(settings, actor="test")
    won: list[str] = []

    def compete(worker: str) -> None:
        with unit_of_work(home.engine) as session:
            if connections.claim_pull(session, "books", worker=worker, now=NOW, lease=MINUTE, only_due=True):
                won.append(f"read {worker}")
        with unit_of_work(home.engine) as session:
            if connections.claim_refresh(session, "books", worker=worker, version=0, now=NOW, lease=MINUTE):
                won.append(f"renew {worker}")

    threads = [threading.Thread(target=compete, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(each.split()[0] for each in won) == ["read", "renew"]
    (reader,) = [each.split()[1] for each in won if each.startswith("read")]
    with unit_of_work(home.engine) as session:
        late = NOW + 2 * MINUTE
        assert connections.claim_pull(session, "books", worker="next", now=late, lease=MINUTE, only_due=True)
        # Who was overtaken can end nothing.
        assert not connections.hold_pull(session, "books", worker=reader, until=late)


def test_a_note_is_queued_once_and_written_by_one(home: Home) -> None:
    home.sync()
    values = {"customer_id": "books-cus_11", "key": "dw-1", "kind": "promise", "subject_id": 1}
    with unit_of_work(home.engine) as session:
        assert crm_notes.queue(session, "crm", now=NOW, **values)  # type: ignore[arg-type]
        assert not crm_notes.queue(session, "crm", now=NOW, **values)  # type: ignore[arg-type]
        (number,) = crm_notes.due(session, "crm", now=NOW)
    won: list[str] = []

    def compete(worker: str) -> None:
        with unit_of_work(home.engine) as session:
            if crm_notes.claim(session, number, worker=worker, now=NOW, lease=MINUTE):
                won.append(worker)

    threads = [threading.Thread(target=compete, args=(f"w{n}",)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(won) == 1
    with unit_of_work(home.engine) as session:
        assert not crm_notes.written(session, number, worker="another", remote_id="x", now=NOW)
        assert crm_notes.written(session, number, worker=won[0], remote_id="77", now=NOW)
        assert crm_notes.by_state(session, "crm") == {"written": 1}
        changed = [("customer", "cus_11", Known("books-cus_11", ("books-cus_11",)))]
        assert remote_records.note_records(session, "books", changed) == 0
