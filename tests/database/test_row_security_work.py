"""Under row-level security everything goes on: the whole way of a reply, strangers, shared addresses, papers, the queue's pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, select

from agent.effects import apply_effects
from evals.bench.crowd import fill
from store import queue, queue_search
from store.cases import facts_for
from store.engine import looking, migrate, open_engine, unit_of_work
from store.matters import CompanyDocument
from store.queue import Filters
from store.scoping import narrowed
from store.tables import Contact, Document, Hold, Invoice, Message, Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, Reason, SendState
from tests.canaries import CANARY, row_of
from tests.canary_house import (
    FIRST,
    LETTER,
    SENDER,
    AsSuperuser,
    B,
    answer,
    statements,
    whose,
    whose_of,
)
from tests.factories import NOW, House, claim
from tests.postgres import Postgres

pytestmark = pytest.mark.servers


@pytest.fixture
def house(canaries: House) -> House:
    """The installation with the canaries, made once."""
    return canaries


def test_the_whole_way_of_a_reply(house: House) -> None:
    """As an ordinary role: matched in the whole house, proposed, held, approved, sent and carried out for one customer."""
    with unit_of_work(house.engine) as session:
        before = set(session.exec(select(Outgoing.id)))
    (mime,) = answer(house, house.receive(f"{LETTER} For certain."))
    assert b"INV-20427" in mime
    assert CANARY.encode() not in mime
    with unit_of_work(house.engine) as session:
        row = session.exec(select(Outgoing).where(col(Outgoing.id).not_in(before))).one()
        assert row.state in (SendState.SENT, SendState.FILED)
        assert row.customer_id == whose(house)
        assert session.get_one(ProposalRow, row.proposal_id).status == ProposalStatus.SENT
        strays = text(
            'SELECT count(*) FROM message m JOIN "case" c ON c.id = m.case_id WHERE m.customer_id IS DISTINCT FROM c.customer_id'
        )
        assert session.execute(strays).scalar_one() == 0


def test_a_mail_of_nobody_is_held_for_a_person(house: House) -> None:
    number = house.receive("Who are you?", sender="stranger@nowhere.example", in_reply_to=None)
    held = house.hold(number, claim(Reason.UNCLEAR, "Who are you?"))
    with unit_of_work(house.engine) as session:
        assert session.get_one(ProposalRow, held).customer_id is None
        with narrowed(session, whose(house)):
            # Nobody's is not everybody's.
            assert session.execute(select(ProposalRow.id).where(ProposalRow.id == held)).first() is None
            assert session.execute(select(Message.id).where(Message.id == number)).first() is None


def test_an_address_of_two_customers_is_asked_about_in_the_whole_house(house: House) -> None:
    with unit_of_work(house.engine) as session:
        other = Contact(customer_id=B, name="Kershaw", email=SENDER, role="ap", created_at=NOW)
        session.add(other)
    try:
        number = house.receive("When is it due?", in_reply_to=None)
        with unit_of_work(house.engine) as session:
            message = session.get_one(Message, number)
            assert message.customer_id is None
            assert "shared_address" in message.match_flags
        # Named by its invoice it is one customer's, and the other's row is not seen again.
        number = house.receive("INV-20427 is on its way.", in_reply_to=None)
        with unit_of_work(house.engine) as session:
            facts = facts_for(session, number, now=NOW)
            assert facts.customer is not None
            assert facts.customer.id == whose_of(session, number)
            assert len([c for c in facts.contacts if c.email == SENDER]) == 1
            assert facts.sender_contact is not None
    finally:
        with unit_of_work(house.engine) as session:
            session.delete(session.get_one(Contact, other.id))


def test_papers_are_seen_by_those_whom_they_are_for(house: House) -> None:
    """Of our documents: those for all, and those of one's own invoices, through the invoice or the paper that names them."""
    customer = whose(house)
    papers = {
        "for all": None,
        "own": "INV-20427",
        "another's": row_of(SQLModel.metadata.tables["invoice"], B, FIRST)["number"],
    }
    with Session(house.engine) as session:
        for name, number in papers.items():
            session.add(Document(sha256=name, filename=f"{name}.pdf", content=b"%PDF-"))
            session.flush()
            session.add(
                CompanyDocument(invoice_number=number, kind="w9", document_sha256=name, added_by="ines", added_at=NOW)
            )
        session.add(Document(sha256="invoice", filename="i.pdf", content=b"%PDF-"))
        session.flush()
        session.get_one(Invoice, "INV-20427").document_sha256 = "invoice"
        with narrowed(session, customer):
            before = set(session.exec(select(Invoice.document_sha256))) - {None}
            assert set(session.exec(select(Document.sha256))) == {"for all", "own", "invoice"} | before
            assert set(session.exec(select(CompanyDocument.document_sha256))) == {"for all", "own"}
            for table, values in ((CompanyDocument, {"invoice_number": None}), (Document, {"filename": "x"})):
                with pytest.raises(DBAPIError, match="row-level security"), session.begin_nested():
                    session.execute(update(table).values(values))
        session.rollback()


def test_an_act_cannot_reach_over(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that wrote to another customer's account would be refused by the database, and the approval with it."""
    from tools.record_promise import RecordPromise

    def wrong(_: Any, __: Any, application: Any) -> str:
        application.session.add(Hold(customer_id=B, kind="hold", effect_id=application.effect.id))
        return "done"

    number = house.hold(
        house.receive(f"{LETTER} Again."),
        claim(Reason.PROMISE_TO_PAY, LETTER, invoices=["INV-20427"], date="2026-03-20"),
    )
    monkeypatch.setattr(RecordPromise, "apply", wrong)
    with pytest.raises(DBAPIError, match="row-level security"), unit_of_work(house.engine) as session:
        apply_effects(session, number, NOW)


@pytest.fixture(scope="module")
def crowd(postgres: Postgres) -> Iterator[House]:
    engine = open_engine(postgres.plain_database())
    migrate(engine)
    yield fill(engine, held=600, closed=900).house
    engine.dispose()


def test_the_queue_is_read_from_its_indexes(crowd: House) -> None:
    def load() -> None:
        with looking(crowd.engine) as session:
            queue.page(session, Filters(), now=NOW)
            queue.page(session, Filters(owner="Collector 3", reason="hardship"), now=NOW)

    asked = [said for said in statements(crowd.engine, load) if "FROM proposal" in said[0]]
    assert asked
    with crowd.engine.begin() as connection:
        # A table of some hundred rows is read as a whole by whoever may.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        for said, values in asked:
            plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {said}", values).scalars())
            assert "ix_proposal_queue" in plan, plan
            assert "Seq Scan on proposal" not in plan, plan
        count = "EXPLAIN SELECT count(*) FROM proposal WHERE NOT (status <> 'held') AND stake > 5"
        assert "Index Only Scan using ix_proposal_queue" in "\n".join(connection.exec_driver_sql(count).scalars())


@given(
    words=st.lists(
        st.sampled_from(["harrow", "h", "w1", "w12", "inv", "20", "e", "harrowfinch", "zz"]), min_size=1, max_size=3
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_words_are_found_the_same_with_and_without_the_index(crowd: House, words: list[str]) -> None:
    def found(engine: Engine) -> set[int]:
        with looking(engine) as session:
            hits = queue_search.found(session, " ".join(words))
            assert hits is not None
            return set(session.execute(select(hits.c.id)).scalars())

    with AsSuperuser(crowd) as every:
        assert found(crowd.engine) == found(every)
