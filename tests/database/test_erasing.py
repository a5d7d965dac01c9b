"""A person is forgotten: no byte of theirs is in any file, the log still verifies, and nobody else is touched."""

from __future__ import annotations

import base64
import gzip
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, select

from review.app import create_app
from review.item import RejectReason
from store import audit, erasing
from store.contacts import mark
from store.engine import migrate, open_engine, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.reviewing import Comment
from store.scrubbing import NotScrubbed, scrub
from store.sweeping import swept_columns
from store.tables import AuditEntry, Contact, Customer, Message, MessageRaw, Outgoing, ProposalRow
from store.vocabulary import Delivery, Reason, SendState
from tests.factories import LEDGER, NOW, House, claim

WHO = "p.kershaw@harrowfinch.example"
OTHER = "obinna@okaformarine.example"
CANARY = "quokkafeather"
LETTER = f"We will pay INV-20411 on 20 March 2026, {CANARY} and all."


@pytest.fixture
def house(engine: Engine) -> House:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    return House(engine)


def name_of(session: Session) -> str:
    return session.exec(select(Contact).where(Contact.email == WHO)).one().name


def writes(house: House, words: str = LETTER, *, sender: str = WHO) -> int:
    """Receive a mail whose bytes are kept as a server gave them."""
    number = house.receive(words, sender=sender, from_name="Kershaw, P.", signature=words)
    with unit_of_work(house.engine) as session:
        raw = session.get_one(MessageRaw, number)
        raw.content = gzip.compress(f"From: {sender}\r\n\r\n{words}".encode(), mtime=0)
        session.add(raw)
    return number


def decided(house: House, *, approve: bool, words: str = LETTER) -> int:
    """Have a letter answered and sent, or its proposal rejected with a note that quotes it; give the proposal."""
    number = house.hold(
        writes(house, words), claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20411"], date="2026-03-20")
    )
    with unit_of_work(house.engine) as session:
        session.add(Comment(proposal_id=number, actor="ines", at=NOW, text=f"{words} says {WHO}"))
    item = house.desk.show(number)
    assert item is not None
    if not approve:
        house.desk.reject(
            number,
            version=item.row.version,
            actor="ines",
            reason=next(iter(RejectReason)),
            note=f"{name_of_(house)} wrote {words}",
        )
        return number
    house.desk.approve(number, version=item.row.version, actor="ines")
    with unit_of_work(house.engine) as session:
        row = session.exec(select(Outgoing).where(Outgoing.proposal_id == number)).one()
        row.state = SendState.FILED
        session.add(row)
        session.execute(text("UPDATE proposal SET status = 'sent' WHERE id = :n"), {"n": number})
    return number


def name_of_(house: House) -> str:
    with unit_of_work(house.engine) as session:
        return name_of(session)


def forget(house: House) -> erasing.Found:
    with unit_of_work(house.engine) as session:
        found = erasing.find(session, WHO)
        erasing.erase(session, found, actor="cli:ines", now=NOW)
    scrub(house.engine)
    return found


def everything(engine: Engine) -> str:
    """Give all rows of all tables as text, compressed bytes opened."""
    told = []
    with engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                cells = [gzip.decompress(c) if isinstance(c, bytes) and c[:2] == b"\x1f\x8b" else c for c in row]
                told.append(f"{table.name} {cells}")
    return "\n".join(told).lower()


def of_others(engine: Engine, customer: str) -> list[str]:
    """Give all rows that are of another customer."""
    told = []
    with engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if "customer_id" in table.c:
                query = table.select().where(table.c.customer_id != customer).order_by(*table.primary_key.columns)
                told += [f"{table.name} {tuple(row)}" for row in connection.execute(query)]
    return told


def test_no_byte_stays_and_the_rest_works(house: House, engine: Engine, tmp_path: Path) -> None:
    name = name_of_(house)
    first = decided(house, approve=True)
    second = decided(house, approve=False)
    writes(house, f"Ask {WHO} or {name} instead.", sender=OTHER)
    beside = writes(house, f"{name} left, write to me. The lathe still squeaks.", sender="x@harrowfinch.example")
    with unit_of_work(engine) as session:
        session.execute(text("UPDATE message SET state = 'closed' WHERE state = 'stored'"))
        colleague = session.get_one(Message, beside)
        colleague.customer_id = session.exec(select(Contact).where(Contact.email == WHO)).one().customer_id
        customer = session.exec(select(Contact).where(Contact.email == WHO)).one().customer_id
        mark(session, WHO, Delivery.BOUNCING, note=f"<{WHO}> unknown", actor="daemon", message_id=1, now=NOW)
        audit.append(session, at=NOW, actor="ines", event="x", subject=f"customer:{customer}", payload={"note": name})
    there = [word.lower() for word in (CANARY, WHO, name)]
    before = everything(engine)
    assert all(word in before for word in there)
    kept = of_others(engine, customer)
    found = forget(house)
    assert found.contacts
    assert len(found.messages) == 3
    after = everything(engine)
    assert [word for word in there if word in after] == []
    assert [row for row in kept if WHO not in row and row not in of_others(engine, customer)] == []
    if engine.dialect.name == "sqlite":
        for path in tmp_path.rglob("*"):
            content = path.read_bytes().lower() if path.is_file() else b""
            assert [word for word in there if word.encode() in content] == [], path
    with unit_of_work(engine) as session:
        assert audit.verify(session)[1] is None
        assert session.get_one(Customer, customer).name
        assert "The lathe still squeaks." in session.get_one(Message, beside).parsed["new_text"]
    with TestClient(create_app(house.desk), base_url="http://127.0.0.1:8765") as client:
        of_items = [f"/items/{n}{end}" for n in (first, second) for end in ("", "/outcome")]
        for address in ("/", "/decided", *of_items, *(f"/messages/{n}" for n in found.messages)):
            assert client.get(address, follow_redirects=True).status_code == 200, address
    assert house.desk.show(first) is not None
    again = house.hold(writes(house, sender=OTHER), claim(Reason.PROMISE_TO_PAY, LETTER))
    assert [item.row.id for item in house.desk.held()] == [again]
    with unit_of_work(engine) as session:
        found = erasing.find(session, WHO)
        assert (found.contacts, found.messages, found.log) == ((), (), ())


def test_what_is_open_is_decided_first(house: House, engine: Engine) -> None:
    number = house.hold(writes(house), claim(Reason.PROMISE_TO_PAY, LETTER, invoices=["INV-20411"], date="2026-03-20"))
    words = f"{name_of_(house)} is away. We will pay INV-20411 on 20 March 2026."
    beside = writes(house, words, sender="x@harrowfinch.example")
    names = house.hold(beside, claim(Reason.PROMISE_TO_PAY, words))
    with unit_of_work(engine) as session:
        whose = session.exec(select(Contact).where(Contact.email == WHO)).one().customer_id
        session.execute(text("UPDATE proposal SET customer_id = :c WHERE id = :n"), {"c": whose, "n": names})
    before = everything(engine)
    with unit_of_work(engine) as session, pytest.raises(erasing.StillOpen) as told:
        erasing.erase(session, erasing.find(session, WHO), actor="x", now=NOW)
    assert str(told.value) == f"proposal {number} is held; proposal {names} is held"
    assert everything(engine) == before


def test_a_blanked_entry_hides_no_other_change(house: House, engine: Engine) -> None:
    with unit_of_work(engine) as session:
        for n in range(3):
            audit.append(session, at=NOW, actor="ines", event="noted", subject="a:1", payload={"note": str(n)})
        noted = select(AuditEntry.seq).where(AuditEntry.event == "noted").order_by(col(AuditEntry.seq))
        seqs = session.exec(noted).all()
        audit.blank(session, seqs[:1], actor="x", at=NOW)
        assert audit.verify(session)[1] is None
        audit.blank(session, seqs[:1], actor="x", at=NOW)
        assert audit.verify(session)[1] is None
    for change in (
        f"UPDATE audit SET payload = '{audit.NOTHING_LEFT}' WHERE seq = {seqs[1]}",
        f"UPDATE audit SET payload = '{{}}' WHERE seq = {seqs[0]}",
        f"UPDATE audit SET hash = '{'1' * 64}' WHERE seq = {seqs[0]}",
        f"UPDATE audit SET payload = '{{\"entries\":{{}}}}' WHERE event = '{audit.BLANKED}'",
    ):
        with Session(engine) as session:
            if f"'{audit.NOTHING_LEFT}'" not in change:
                with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
                    session.connection().exec_driver_sql(change)
            where = "" if engine.dialect.name == "sqlite" else " ON audit"
            session.execute(text(f"DROP TRIGGER {'audit_no_change' if where else 'audit_no_update'}{where}"))
            session.connection().exec_driver_sql(change)
            assert audit.verify(session)[1] is not None, change
            session.rollback()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40),
    both=st.lists(st.booleans(), min_size=1, max_size=3),
)
def test_others_are_untouched_whatever_was_written(house: House, engine: Engine, words: str, both: list[bool]) -> None:
    for mine in both:
        number = writes(house, f"{CANARY} {words}", sender=WHO if mine else OTHER)
        with unit_of_work(engine) as session:
            session.execute(text("UPDATE message SET state = 'closed' WHERE id = :n"), {"n": number})
    with unit_of_work(engine) as session:
        customer = session.exec(select(Contact).where(Contact.email == OTHER)).one().customer_id
        others = {m.id: dict(m.parsed) for m in session.exec(select(Message).where(Message.customer_id == customer))}
    with unit_of_work(engine) as session:
        erasing.erase(session, erasing.find(session, WHO), actor="x", now=NOW)
    with unit_of_work(engine) as session:
        assert {
            m.id: dict(m.parsed) for m in session.exec(select(Message).where(Message.customer_id == customer))
        } == others
        mine_left = session.exec(select(Message).where(Message.customer_id != customer)).all()
        assert not [m.id for m in mine_left if CANARY in str(m.parsed)]
        assert audit.verify(session)[1] is None


def test_the_texts_that_the_erp_and_we_wrote_are_swept_and_words_of_the_trade_stay(
    house: House, engine: Engine
) -> None:
    held = house.hold(
        house.receive(LETTER, sender=WHO, from_name="Ines"),
        claim(Reason.PROMISE_TO_PAY, LETTER, invoices=["INV-20411"], date="2026-03-20"),
    )
    house.desk.reject(held, version=1, actor="ines", reason=next(iter(RejectReason)))
    with unit_of_work(engine) as session:
        customer = session.exec(select(Contact).where(Contact.email == WHO)).one().customer_id
        session.execute(text("UPDATE invoice SET description = :w"), {"w": f"lathe, for {name_of(session)}"})
        session.execute(text("UPDATE payment SET reference = :w"), {"w": f"from {WHO.upper()}"})
        session.execute(text("UPDATE message SET state = 'closed'"))
    forget(house)
    with unit_of_work(engine) as session:
        told = session.execute(
            text("SELECT DISTINCT customer_id, description FROM invoice WHERE description LIKE '%era%'")
        )
        assert [tuple(row) for row in told] == [(customer, "lathe, for (erased)")]
        assert set(session.execute(text("SELECT reference FROM payment")).scalars()) == {"from (erased)"}
        row = session.get_one(ProposalRow, held)
        assert (row.decided_by, row.status) == ("ines", "rejected"), "of ours, whatever the person called himself"


def test_a_mail_of_ours_that_names_the_address_alone_is_emptied(house: House, engine: Engine) -> None:
    number = house.hold(
        writes(house, "Paid on 20 March 2026.", sender=OTHER), claim(Reason.PROMISE_TO_PAY, "Paid", date="2026-03-20")
    )
    assert house.desk.approve(number, version=1, actor="ines")
    with unit_of_work(engine) as session:
        row = session.exec(select(Outgoing).where(Outgoing.proposal_id == number)).one()
        encoded = base64.b64encode(f"We wrote to {WHO} as well.".encode()).decode()
        row.mime = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        row.mime += f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n".encode()
        row.state = SendState.FILED
        session.execute(text("UPDATE proposal SET status = 'sent'"))
        session.execute(text("UPDATE message SET state = 'closed'"))
    forget(house)
    with unit_of_work(engine) as session:
        assert session.exec(select(Outgoing.mime)).one() == b""


def test_whose_address_or_words_only_look_alike_keep_their_mails(house: House, engine: Engine) -> None:
    house.receive("Paid.", sender=WHO, from_name="Info")
    other = f"a{WHO}"
    longer = writes(house, "Mine alone.", sender=other)
    beside = writes(house, "For your information: paid.", sender="x@harrowfinch.example")
    with unit_of_work(engine) as session:
        customer = session.exec(select(Contact).where(Contact.email == WHO)).one().customer_id
        session.add(Contact(customer_id=customer, name="A. Pkershaw", email=other, role="ap", created_at=NOW))
        for number in (longer, beside):
            session.get_one(Message, number).customer_id = customer
        session.execute(text("UPDATE message SET state = 'closed'"))
    forget(house)
    with unit_of_work(engine) as session:
        assert session.get_one(Message, longer).parsed["new_text"] == "Mine alone."
        assert session.get_one(Message, beside).parsed["new_text"] == "For your information: paid."
        for number in (longer, beside):
            assert gzip.decompress(session.get_one(MessageRaw, number).content)
        assert session.exec(select(Contact).where(Contact.email == other)).one()


def test_nothing_of_theirs_comes_in_between_finding_and_erasing(house: House, engine: Engine) -> None:
    with unit_of_work(engine) as session:
        found = erasing.find(session, WHO)
        meanwhile = threading.Thread(target=writes, args=(house,))
        meanwhile.start()
        meanwhile.join(0.5)
        erasing.erase(session, found, actor="x", now=NOW)
        assert session.exec(select(Message.id)).all() == []
    meanwhile.join(60)
    assert CANARY in everything(engine), "it is a mail that came after the erasing"


@pytest.mark.servers
def test_the_planner_forgets_too_and_what_is_not_rewritten_is_told(request: pytest.FixtureRequest) -> None:
    plain = open_engine(request.getfixturevalue("postgres").plain_database())
    migrate(plain)
    admin = open_engine(plain.url.set(username="postgres").render_as_string(hide_password=False))
    house = House(plain)
    with unit_of_work(plain) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    known = text(
        "SELECT count(*) FROM pg_stats WHERE coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '') "
        f"LIKE '%{WHO}%'"
    )
    with admin.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
        assert connection.execute(known).scalar_one()
        forget(house)
        assert not connection.execute(known).scalar_one()
        connection.execute(text(f"ALTER DATABASE {plain.url.database} OWNER TO postgres"))
        connection.execute(text("ALTER TABLE contact OWNER TO postgres"))
    with pytest.raises(NotScrubbed, match="contact"):
        scrub(plain)
    plain.dispose()
    admin.dispose()


def test_every_text_is_swept_or_known_to_hold_no_words() -> None:
    swept = {
        f"{table.name}.{column.name}" for table in SQLModel.metadata.sorted_tables for column in swept_columns(table)
    }
    words = (
        "contact.name contact.email invoice.description payment.reference message.parsed proposal.words comment.text"
    )
    more = "effect.text dispute.statement escalation.summary payment_check.explanation outgoing.recipients revision.content"
    assert swept >= {*words.split(), *more.split()}
    assert not swept & {
        "proposal.status",
        "proposal.decided_by",
        "proposal.customer_id",
        "outgoing.state",
        "comment.actor",
    }
