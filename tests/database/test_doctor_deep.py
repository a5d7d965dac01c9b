"""`dunwell doctor --deep`: a sound installation passes every check, and each damage is told by the check that is there for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from typer.testing import CliRunner

from agent.cli.app import app
from agent.cli.backup import BACKED_UP
from agent.cli.doctor_deep import CHECKS, Looked
from agent.config import Settings, build_alone
from store import audit, pausing
from store.clock import system_clock
from store.engine import open_engine, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.vocabulary import Reason
from tests.e2e.installations import maildir_mailbox
from tests.factories import LEDGER, NOW, House, claim
from tests.wakings import answered

NAMES = [name for name, _ in CHECKS]


@pytest.fixture
def house(engine: Engine) -> House:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
        audit.append(session, at=NOW, actor="cli:x", event=BACKED_UP, subject="database")
    house = House(engine)
    words = "We will pay INV-20413 on 20 March 2026."
    answered(house, words, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date="2026-03-20"))
    house.hold(house.receive(words), claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date="2026-03-20"))
    return house


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    box = maildir_mailbox(tmp_path / "box")
    return build_alone(
        {
            "data_dir": tmp_path,
            "company": {"name": "N", "address": "S", "email": "ar@fernhill.example"},
            "store": {"url": engine.url.render_as_string(hide_password=False)},
            "mailboxes": [box.model_dump(exclude_none=True)],
        },
        source="doctor",
    )


def wrong(house: House, settings: Settings, session: Session, *, now: datetime = NOW) -> dict[str, str]:
    """Do every check; give what is wrong, by its name."""
    found = {}
    for name, check in CHECKS:
        try:
            assert check(Looked(settings, house.engine, session, now))
        except ValueError as error:
            found[name] = str(error)
    return found


def sql(*statements: str) -> Callable[[Session], None]:
    def run(session: Session) -> None:
        for statement in statements:
            session.execute(text(statement), {"late": NOW - timedelta(hours=2)})

    return run


STUCK = "claimed_by = 'x', claimed_until = '2026-03-10 06:00:00.000000'"
DAMAGE: list[tuple[str, str, Callable[[Session], None]]] = [
    ("tables", "start the daemon", sql("UPDATE alembic_version SET version_num = '0003'")),
    ("audit log", "is missing", sql("INSERT INTO audit SELECT 999, at, actor, event, subject, payload, previous, 'x' FROM audit WHERE seq = 1")),
    ("stored mails and documents", "message 1", sql("UPDATE message SET sha256 = 'x' WHERE id = 1")),
    ("stored mails and documents", "outgoing 1", sql("UPDATE outgoing SET mime_sha256 = 'x' WHERE id = 1")),
    ("rows that belong together", "without their bytes: 2", sql("DELETE FROM message_raw WHERE message_id = 2")),
    ("rows that belong together", "without a proposal: 2", sql("UPDATE proposal SET status = 'void' WHERE id = 2")),
    ("rows that belong together", "without a mail", sql("UPDATE proposal SET status = 'approved' WHERE id = 2")),
    ("rows that belong together", "without a mail: 1", sql("UPDATE outgoing SET state = 'void' WHERE id = 1")),
    ("rows that belong together", "without an approval: 1", sql("UPDATE outgoing SET state = 'queued' WHERE id = 1")),
    ("rows that belong together", "not sent: 1", sql("UPDATE proposal SET status = 'uncertain' WHERE id = 1")),
    ("work in hand", "messages: 2", sql(f"UPDATE message SET state = 'proposing', {STUCK} WHERE id = 2")),
    ("work in hand", "outgoing mails: 1", sql(f"UPDATE outgoing SET state = 'claimed', {STUCK}")),
    ("outbox", "outbox resume", lambda s: void(pausing.pause(s, why="a test", actor="x", now=NOW))),
    ("clock of the mail server", "(NTP)", sql("UPDATE message SET received_at = '2999-01-01 00:00:00.000000'")),
]  # fmt: skip


def void(_: object) -> None:
    """Give nothing."""


def test_what_is_sound_passes_and_each_damage_is_told(house: House, settings: Settings) -> None:
    with Session(house.engine) as session:
        assert wrong(house, settings, session) == {}
    for name, told, damage in DAMAGE:
        with Session(house.engine) as session:
            damage(session)
            session.flush()
            found = wrong(house, settings, session)
            assert told in found.get(name, ""), (name, told, found)
            session.rollback()


def test_a_row_that_refers_to_nothing_is_told(house: House, settings: Settings) -> None:
    if house.engine.dialect.name == "sqlite":
        damage = ["PRAGMA foreign_keys=off", "BEGIN IMMEDIATE", "DELETE FROM effect", "COMMIT"]
    else:
        damage = [
            "BEGIN",
            "ALTER TABLE promise ADD CONSTRAINT later FOREIGN KEY (customer_id) REFERENCES customer (id) NOT VALID",
            "COMMIT",
        ]
    raw = house.engine.raw_connection()
    for statement in damage:
        raw.cursor().execute(statement)
    raw.close()
    with Session(house.engine) as session:
        assert "restore a backup" in wrong(house, settings, session)["database files"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_room_and_the_age_of_the_backup(house: House, settings: Settings) -> None:
    with Session(house.engine) as session:
        late = wrong(house, settings, session, now=NOW + timedelta(days=9))
        assert "8 days old" in late["backup"] or "9 days old" in late["backup"]
        none = settings.model_copy(
            update={"health": settings.health.model_copy(update={"free_mb": 10**9, "backup_days": 0})}
        )
        found = wrong(house, none, session, now=NOW + timedelta(days=9))
        assert "are needed" in found["free room"]
        assert "backup" not in found


@contextmanager
def server_of(moment: Callable[[], datetime]) -> Iterator[str]:
    class Answers(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404)
            self.send_header("Date", format_datetime(moment().astimezone(UTC), usegmt=True))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("off", "told"), [(timedelta(), None), (timedelta(hours=-1), "seconds behind")])
def test_the_clock_of_the_models_server(tmp_path: Path, off: timedelta, told: str | None) -> None:
    check = dict(CHECKS)["clock of the model"]
    box = maildir_mailbox(tmp_path / "box")
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with server_of(lambda: system_clock() + off) as url, Session(engine) as session:
        raw = {
            "company": {"name": "N", "address": "S", "email": "ar@fernhill.example"},
            "mailboxes": [box.model_dump(exclude_none=True)],
            "model": {"base_url": url, "model": "x"},
        }
        on = Looked(build_alone(raw, source="doctor"), engine, session, NOW)
        if told is None:
            assert "within" in check(on)
        else:
            with pytest.raises(ValueError, match=told):
                check(on)
    engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_command_says_a_line_each_and_fails_where_one_is_wrong(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    config = tmp_path / "dunwell.toml"
    config.write_text(
        f'data_dir = "{tmp_path}/data"\n[company]\nname = "N"\naddress = "S"\nemail = "ar@fernhill.example"\n'
        f'[store]\nurl = "{settings.store.url}"\n[[mailboxes]]\nname = "ar"\naddress = "ar@fernhill.example"\n'
        f'kind = "maildir"\npath = "{settings.mailboxes[0].path}"\n'
        f'[mailboxes.smtp]\nkind = "maildir"\npath = "{tmp_path}/out"\n'
    )
    done = CliRunner().invoke(app, ["doctor", "--deep", "--json", "--config", str(config)])
    found = {one["what"]: one for one in json.loads(done.stdout)}
    assert set(NAMES) <= set(found)
    # It is long ago that this backup was made; all else is well, the mailbox too.
    assert [name for name, one in found.items() if not one["ok"]] == ["backup"]
    assert done.exception is not None
    assert "1 of" in str(done.exception)
    plain = CliRunner().invoke(app, ["doctor", "--config", str(config)])
    assert "audit log" not in plain.output
