from __future__ import annotations

import threading
from datetime import timedelta, timezone

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from store import audit, messages
from store.engine import unit_of_work
from store.tables import AuditEntry, Message, Sighting
from store.vocabulary import MessageKind, MessageState
from tests.ledgers import NOW, email


def record(
    engine: Engine, raw: bytes = b"raw", *, uid: int = 1, uidvalidity: int = 7, **fields: object
) -> messages.Recorded:
    with unit_of_work(engine) as session:
        return messages.record(
            session,
            mailbox="ar",
            folder="INBOX",
            uidvalidity=uidvalidity,
            uid=uid,
            raw=raw,
            email=email(**fields),  # type: ignore[arg-type]
            received_at=NOW,
        )


def count(engine: Engine) -> tuple[int, int]:
    with unit_of_work(engine) as session:
        return len(session.exec(select(Message)).all()), len(session.exec(select(Sighting)).all())


def test_one_mail_is_recorded_once_whatever_way_it_comes_again(engine: Engine) -> None:
    first = record(engine)
    assert first.new
    assert not record(engine).new, "the same place"
    assert not record(engine, uid=9).new, "the same bytes elsewhere"
    assert not record(engine, b"raw with another Received line", uid=10, uidvalidity=8).new, (
        "the same mail by another route"
    )
    assert count(engine) == (1, 3)


def test_a_stranger_cannot_hide_a_mail_by_using_its_message_id(engine: Engine) -> None:
    assert record(engine, b"forged", text="ignore this").new
    assert record(engine, b"real", uid=2, text="We dispute F-5501.").new
    assert count(engine) == (2, 2)


def test_a_mail_without_message_id_is_known_by_its_bytes(engine: Engine) -> None:
    assert record(engine, b"one", message_id=None).new
    assert record(engine, b"two", uid=2, message_id=None).new
    assert not record(engine, b"two", uid=3, message_id=None).new


def test_the_bytes_are_kept_as_they_came(engine: Engine) -> None:
    raw = bytes(range(256)) * 50
    found = record(engine, raw)
    with unit_of_work(engine) as session:
        assert messages.raw(session, found.message_id) == raw


def test_unreadable_mail_is_shown_and_not_worked_on(engine: Engine) -> None:
    record(engine, kind=MessageKind.UNREADABLE, unreadable_reason="header of 9 kB")
    with unit_of_work(engine) as session:
        assert messages.due(session, now=NOW) == []
        row = messages.in_state(session, [MessageState.UNREADABLE])[0]
        assert row.last_error == "header of 9 kB"


def test_odd_text_is_stored_on_both_databases(engine: Engine) -> None:
    found = record(engine, text="Grüße 🙏 \u2028 quoted ' \" \\ end", subject="日本")
    with unit_of_work(engine) as session:
        assert messages.load(session, found.message_id).email.subject == "日本"


def test_two_workers_never_hold_the_same_message(engine: Engine) -> None:
    ids = [record(engine, f"mail {n}".encode(), uid=n, message_id=f"<{n}@x.example>").message_id for n in range(1, 21)]
    won: list[int] = []
    start = threading.Barrier(4)

    def worker(name: str) -> None:
        start.wait()
        for message_id in ids:
            with unit_of_work(engine) as session:
                if messages.claim(session, message_id, worker=name, now=NOW, lease=timedelta(minutes=1)):
                    won.append(message_id)

    threads = [threading.Thread(target=worker, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == sorted(ids)


def test_a_dead_workers_claim_runs_out_and_a_restarted_one_takes_its_own_back(engine: Engine) -> None:
    message_id = record(engine).message_id
    lease = timedelta(minutes=1)
    with unit_of_work(engine) as session:
        assert messages.claim(session, message_id, worker="a", now=NOW, lease=lease)
        assert not messages.claim(session, message_id, worker="b", now=NOW, lease=lease)
        assert messages.claim(session, message_id, worker="b", now=NOW + 2 * lease, lease=lease)
        assert messages.release_claims(session, worker="a") == 0, "it is b's now"
        assert messages.release_claims(session, worker="b") == 1
        assert messages.due(session, now=NOW) == [message_id]


def test_a_poison_message_is_set_aside_after_three_attempts(engine: Engine) -> None:
    message_id = record(engine).message_id
    for attempt in range(1, 4):
        with unit_of_work(engine) as session:
            assert messages.claim(session, message_id, worker="a", now=NOW, lease=timedelta(minutes=1))
            state = messages.fail(session, message_id, error="boom", now=NOW)
        assert state == (MessageState.QUARANTINED if attempt == 3 else MessageState.STORED)
    with unit_of_work(engine) as session:
        assert messages.due(session, now=NOW) == []


def test_a_mail_that_ends_the_program_each_time_is_set_aside(engine: Engine) -> None:
    message_id = record(engine).message_id
    lease = timedelta(minutes=1)
    for _ in range(messages.MAX_CLAIMS):
        with unit_of_work(engine) as session:
            assert messages.claim(session, message_id, worker="a", now=NOW, lease=lease)
        with unit_of_work(engine) as session:
            assert messages.release_claims(session, worker="a") == 1
    with unit_of_work(engine) as session:
        assert not messages.claim(session, message_id, worker="a", now=NOW, lease=lease)
    with unit_of_work(engine) as session:
        (row,) = messages.in_state(session, [MessageState.QUARANTINED])
        assert f"stopped or failed {messages.MAX_CLAIMS} times" in str(row.last_error)
        assert row.claimed_by is None
        assert messages.due(session, now=NOW) == []
        last = session.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc())).first()
        assert last is not None
        assert (last.event, last.subject) == ("message.quarantined", f"message:{message_id}")


def test_a_mail_in_hand_at_one_stop_loses_one_attempt_only(engine: Engine) -> None:
    message_id = record(engine).message_id
    lease = timedelta(minutes=1)
    with unit_of_work(engine) as session:
        assert messages.claim(session, message_id, worker="a", now=NOW, lease=lease)
    with unit_of_work(engine) as session:
        assert messages.release_claims(session, worker="a") == 1
        assert session.get_one(Message, message_id).attempts == 1
    with unit_of_work(engine) as session:
        assert messages.claim(session, message_id, worker="a", now=NOW, lease=lease)
        assert messages.fail(session, message_id, error="boom", now=NOW) == MessageState.STORED


def test_a_time_of_another_zone_is_logged_so_that_it_verifies(engine: Engine) -> None:
    summer = timezone(timedelta(hours=2))
    with unit_of_work(engine) as session:
        audit.append(session, at=NOW.astimezone(summer), actor="t", event="e", subject="s")
        with pytest.raises(ValueError, match="aware"):
            audit.append(session, at=NOW.replace(tzinfo=None), actor="t", event="e", subject="s")
    with unit_of_work(engine) as session:
        assert audit.verify(session) == (1, None)


def test_the_cursor_forgets_when_the_folder_is_another_one(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        place = {"mailbox": "ar", "folder": "INBOX"}
        messages.advance(session, **place, uidvalidity=3_000_000_000, last_uid=40)
        assert messages.cursor(session, **place, uidvalidity=3_000_000_000) == 40
        messages.advance(session, **place, uidvalidity=3_000_000_000, last_uid=12)
        assert messages.cursor(session, **place, uidvalidity=3_000_000_000) == 40
        assert messages.cursor(session, **place, uidvalidity=4) == 0


def test_the_audit_log_cannot_be_changed_and_shows_tampering(engine: Engine) -> None:
    for n in range(3):
        record(engine, f"{n}".encode(), uid=n + 1, message_id=f"<{n}@x.example>")
    with unit_of_work(engine) as session:
        assert audit.verify(session) == (3, None)
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit WHERE seq = 2"):
        with pytest.raises(DBAPIError, match="append-only"), unit_of_work(engine) as session:
            session.execute(text(statement))
    with unit_of_work(engine) as session:
        if engine.dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER audit_no_update"))
        else:
            session.execute(text("DROP TRIGGER audit_no_change ON audit"))
        session.execute(text("UPDATE audit SET actor = 'somebody' WHERE seq = 2"))
    with unit_of_work(engine) as session:
        assert audit.verify(session) == (1, "entry 2 was changed")
