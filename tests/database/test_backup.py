"""Backup and restore on both databases: whole or not at all, into empty places only, and nothing leaves before a person's word."""

from __future__ import annotations

import json
import os
import stat
import tarfile
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlmodel import select

import store.engine
from agent.archive import NotABackup
from agent.backing_up import back_up, check
from agent.config import build
from agent.installation import Installation
from agent.only_one import AlreadyRunning, only_one
from agent.restoring import NotRestored, restore
from store import audit, outbox, pausing
from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger
from store.snapshot import contents
from store.tables import AuditEntry, Message, Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, Reason, SendState
from tests.factories import LEDGER, NOW, House, claim

LETTER = "We will pay INV-20411 on 20 March 2026."


@pytest.fixture
def house(engine: Engine) -> House:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    return House(engine)


def installation(folder: Path, url: str) -> Installation:
    folder.mkdir(exist_ok=True)
    raw: dict[str, Any] = {
        "data_dir": folder / "data",
        "company": {"name": "N", "address": "Kadeweg 14", "email": "ar@nordholt-supply.example"},
        "store": {"url": url},
        "mailboxes": [
            {"name": "ar", "kind": "maildir", "address": "ar@nordholt-supply.example", "path": folder / "mail"}
        ],
    }
    return Installation(build(raw, source="test"))


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def elsewhere(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database of the same kind."""
    if engine.dialect.name == "sqlite":
        return f"sqlite:///{tmp_path / 'elsewhere' / 'other.db'}"
    return str(request.getfixturevalue("postgres").plain_database())


def approved(house: House, sender: str = "p.kershaw@harrowfinch.example") -> int:
    """Hold and approve an answer; give the number of the outgoing mail."""
    number = house.hold(
        house.receive(LETTER, sender=sender),
        claim(Reason.PROMISE_TO_PAY, LETTER, invoices=["INV-20411"], date="2026-03-20"),
    )
    item = house.desk.show(number)
    assert item is not None
    house.desk.approve(number, version=item.row.version, actor="ines")
    with unit_of_work(house.engine) as session:
        row = session.exec(select(Outgoing).where(Outgoing.proposal_id == number)).one()
        return row.id or 0


def test_what_was_backed_up_is_restored_and_nothing_leaves(
    house: House, engine: Engine, elsewhere: str, tmp_path: Path
) -> None:
    number = approved(house)
    home = installation(tmp_path / "here", url_of(engine))
    manifest = back_up(home, tmp_path / "backup.tar.gz")
    other = installation(tmp_path / "elsewhere", elsewhere)
    done = restore(tmp_path / "backup.tar.gz", other.settings, clock=lambda: NOW, actor="cli:ines")
    assert (done.waiting, done.uncertain) == (1, 0)
    assert other.key == home.key
    with engine.connect() as before, other.engine.connect() as after:
        revision, counts = contents(before)
        assert (revision, counts) == (manifest.revision, dict(manifest.counts))
        restored = contents(after)[1]
    assert {name for name in counts if restored[name] != counts[name]} == {"audit", "outbox_pause"}
    later = NOW + timedelta(days=2)
    with unit_of_work(other.engine) as session:
        assert audit.verify(session)[1] is None
        assert outbox.due(session, now=later) == []
        assert outbox.claim(session, number, worker="w", now=later, lease=timedelta(minutes=5)) is None
        assert pausing.resume(session, actor="cli:ines", now=later)
        assert outbox.due(session, now=later) == [number]
        assert outbox.claim(session, number, worker="w", now=later, lease=timedelta(minutes=5)) is not None
        assert not pausing.resume(session, actor="cli:ines", now=later)
    other.engine.dispose()


def test_what_was_about_to_leave_becomes_uncertain(
    house: House, engine: Engine, elsewhere: str, tmp_path: Path
) -> None:
    numbers = [approved(house), approved(house)]
    with unit_of_work(engine) as session:
        for number, state in zip(numbers, (SendState.CLAIMED, SendState.TRANSMITTING), strict=True):
            row = session.get_one(Outgoing, number)
            row.state, row.claimed_by, row.claimed_until = state, "w", NOW + timedelta(hours=1)
            session.add(row)
    back_up(installation(tmp_path / "here", url_of(engine)), tmp_path / "backup")
    other = installation(tmp_path / "elsewhere", elsewhere)
    assert restore(tmp_path / "backup", other.settings, clock=lambda: NOW, actor="cli:ines").uncertain == 2
    with unit_of_work(other.engine) as session:
        assert {row.state for row in session.exec(select(Outgoing))} == {SendState.UNCERTAIN}
        assert {row.status for row in session.exec(select(ProposalRow))} == {ProposalStatus.UNCERTAIN}
    other.engine.dispose()


def test_a_backup_during_work_is_one_state(house: House, engine: Engine, elsewhere: str, tmp_path: Path) -> None:
    """Every mail's row and its entry in the log are written together: a copy that had one of them alone would be torn."""
    stop, mails = threading.Event(), 0

    def work() -> None:
        nonlocal mails
        while not stop.is_set():
            house.receive(f"{LETTER} ({mails})")
            mails += 1

    worker = threading.Thread(target=work)
    worker.start()
    backups = []
    try:
        for round_ in range(4):
            backups.append(tmp_path / f"backup{round_}")
            back_up(installation(tmp_path / "here", url_of(engine)), backups[-1])
    finally:
        stop.set()
        worker.join()
    other = installation(tmp_path / "elsewhere", elsewhere)
    restore(backups[-1], other.settings, clock=lambda: NOW, actor="cli:ines")
    with unit_of_work(other.engine) as session:
        assert audit.verify(session)[1] is None
        stored = set(session.exec(select(Message.id)))
        told = session.exec(select(AuditEntry.subject).where(AuditEntry.event == "message.stored"))
        assert {f"message:{number}" for number in stored} == set(told)
        assert 0 < len(stored) <= mails
    other.engine.dispose()


def test_a_place_with_rows_another_key_or_a_daemon_is_refused(
    house: House, engine: Engine, elsewhere: str, tmp_path: Path
) -> None:
    home = installation(tmp_path / "here", url_of(engine))
    back_up(home, tmp_path / "backup")
    with pytest.raises(NotRestored, match="rows, and nothing is overwritten"):
        restore(tmp_path / "backup", home.settings, clock=lambda: NOW, actor="x")
    other = installation(tmp_path / "elsewhere", elsewhere)
    with only_one(other.settings.data_dir), pytest.raises(AlreadyRunning):
        restore(tmp_path / "backup", other.settings, clock=lambda: NOW, actor="x")
    assert other.key != home.key
    with pytest.raises(NotRestored, match="another installation's key"):
        restore(tmp_path / "backup", other.settings, clock=lambda: NOW, actor="x")
    (other.settings.data_dir / "installation.key").unlink()
    # One that was opened once, and holds nothing, is empty.
    _ = other.engine
    other.engine.dispose()
    restore(tmp_path / "backup", other.settings, clock=lambda: NOW, actor="x")
    with unit_of_work(other.engine) as session:
        assert pausing.paused(session) is not None
    other.engine.dispose()


def test_a_newer_backup_is_refused(house: House, engine: Engine, elsewhere: str, tmp_path: Path) -> None:
    home = installation(tmp_path / "here", url_of(engine))
    other = installation(tmp_path / "elsewhere", elsewhere)
    with engine.begin() as connection:
        (revision,) = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    # The engine is open already: what it opens it would migrate, and fail.
    home.__dict__["engine"] = engine
    back_up(home, tmp_path / "newer")
    with pytest.raises(NotRestored, match="newer dunwell"):
        restore(tmp_path / "newer", other.settings, clock=lambda: NOW, actor="x")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_an_older_backup_is_migrated(house: House, engine: Engine, elsewhere: str, tmp_path: Path) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("the first backups already hold the table of the pause; SQLite alone is restored without it")
    config = Config()
    config.set_main_option("script_location", str(Path(store.engine.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0007")
    home = installation(tmp_path / "here", url_of(engine))
    home.__dict__["engine"] = engine
    assert back_up(home, tmp_path / "older").revision == "0007"
    other = installation(tmp_path / "elsewhere", elsewhere)
    restore(tmp_path / "older", other.settings, clock=lambda: NOW, actor="x")
    with unit_of_work(other.engine) as session:
        assert pausing.paused(session) is not None
        assert audit.verify(session)[1] is None
    other.engine.dispose()


def test_damage_is_found(house: House, engine: Engine, tmp_path: Path) -> None:
    home = installation(tmp_path / "here", url_of(engine))
    backup = tmp_path / "backup"
    back_up(home, backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    check(backup, folder=_new(tmp_path / "a"))
    with pytest.raises(NotABackup, match="is there already"):
        back_up(home, backup)
    with tarfile.open(backup) as tar:
        parts = {m.name: (tar.extractfile(m) or pytest.fail("no file")).read() for m in tar}
    whole = backup.read_bytes()
    for number, bad in enumerate((whole[: len(whole) // 2], b"", b"no archive", whole[:40] + b"\0\0" + whole[42:])):
        (tmp_path / f"bad{number}").write_bytes(bad)
        with pytest.raises(NotABackup):
            check(tmp_path / f"bad{number}", folder=_new(tmp_path / f"b{number}"))
    for number, change in enumerate(
        (
            {"installation.key": b"x" * 32},
            {"database": parts["database"][:-1] + b"x"},
            {"../escape": b"x"},
            {"manifest.json": json.dumps(json.loads(parts["manifest.json"]) | {"format": 2}).encode()},
        )
    ):
        _pack(tmp_path / f"changed{number}", parts | change)
        with pytest.raises(NotABackup):
            check(tmp_path / f"changed{number}", folder=_new(tmp_path / f"c{number}"))
    assert not list(tmp_path.parent.glob("escape"))


def test_a_backup_that_cannot_be_finished_leaves_nothing(
    house: House, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    home = installation(tmp_path / "here", url_of(engine))
    (tmp_path / "to").mkdir()
    monkeypatch.setattr(os, "fsync", full)
    _ = home.key if (home.settings.data_dir / "installation.key").exists() else None
    with pytest.raises(OSError, match="No space"):
        back_up(home, tmp_path / "to" / "backup")
    assert list((tmp_path / "to").iterdir()) == []


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _pack(to: Path, parts: dict[str, bytes]) -> None:
    with tarfile.open(to, "w:gz") as tar:
        for name, content in parts.items():
            source = to.with_suffix(".part")
            source.write_bytes(content)
            tar.add(source, arcname=name)
