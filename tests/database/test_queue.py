"""The list of what waits, on both databases: keys, order, pages, filters, words, counts; always the same number of questions."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, select

from store import audit, proposals, queue, queue_counts, queue_filling, queue_keys, queue_search, saved_views, undo
from store.engine import looking, migrate, unit_of_work
from store.proposed import Claim, Draft, Proposal, ProposedAction, Slots
from store.queue import Filters, Place
from store.queue_words import asked, kept, words_of
from store.tables import Customer, Invoice, ProposalRow
from store.vocabulary import IdentityLevel, ProposalStatus, Reason, Verdict
from tests.database.test_proposals import arrive
from tests.ledgers import NOW, load_ledger


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Engine:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    return engine


def proposal(message_id: int, *claims: Claim, **changed: Any) -> Proposal:
    actions = tuple(
        ProposedAction(tool="hold_outreach", arguments={}, claims=(i,), preview=f"Pauses {i}")
        for i in range(len(claims))
    )
    values: dict[str, Any] = {
        "verdict": Verdict.REPLY,
        "identity": IdentityLevel.A,
        "claims": claims,
        "actions": actions,
    }
    return Proposal(message_id=message_id, **(values | changed))


def claim(reason: Reason = Reason.ACKNOWLEDGEMENT, *numbers: str, flags: tuple[str, ...] = (), **slots: Any) -> Claim:
    return Claim(reason=reason, invoices=numbers, evidence="so", confidence=0.9, flags=flags, slots=Slots(**slots))


def hold(engine: Engine, uid: int, *claims: Claim, **changed: Any) -> int:
    message_id = arrive(engine, uid)
    with unit_of_work(engine) as session:
        held = proposals.hold(session, proposal(message_id, *claims, **changed), newest_message=message_id, now=NOW)
    assert held is not None
    return held


def row(engine: Engine, number: int) -> ProposalRow:
    with looking(engine) as session:
        return session.get_one(ProposalRow, number)


def ids(engine: Engine, **filters: Any) -> list[int]:
    with looking(engine) as session:
        return [r.id for r in queue.page(session, Filters(**filters), now=NOW).rows]


def test_the_keys_are_derived_when_it_is_held_and_when_it_changes(ledger: Engine) -> None:
    draft = Draft(language="de", subject="Re", body="b", rendered="Mit besten Grüßen", written_by="template")
    first = hold(ledger, 1, claim(Reason.QUESTION), claim(Reason.DISPUTE, "F-5501", date="2026-01-02"), draft=draft)
    found = row(ledger, first)
    assert (found.reason, found.language, found.flagged, found.flags, found.safe) == ("dispute", "de", False, "", False)
    assert (found.stake, found.currency, str(found.due_on)) == (180000, "GBP", "2026-01-02")
    assert (found.tier, found.owner, found.came_at) == ("standard", "Ines Roth", NOW)
    assert found.line["acts"] == ["Pauses 0", "Pauses 1"]
    assert {"grussen", "5501", "f5501"} <= set(found.words.split())
    with unit_of_work(ledger) as session:
        changed = proposal(
            found.message_id, claim(Reason.QUESTION, flags=("unknown_invoice:X-1",)), flags=("hidden_text",)
        )
        proposals.replace(session, first, changed, version=1, actor="ines", now=NOW)
    after = row(ledger, first)
    assert (after.reason, after.flagged, after.flags) == ("question", True, " hidden_text unknown_invoice ")
    assert after.rank < found.rank
    assert ids(ledger, text="grussen") == [], "the words of the old draft are not found any more"


def test_only_what_is_plain_is_safe(ledger: Engine) -> None:
    safe = hold(ledger, 1, claim())
    unsafe = [
        hold(ledger, 2, claim(), claim(Reason.QUESTION)),
        hold(ledger, 3, claim(), flags=("forwarded",)),
        hold(ledger, 4, claim(flags=("unknown_invoice:1",))),
        hold(ledger, 5, claim(), needs_person="so"),
        hold(ledger, 6, claim(), identity=IdentityLevel.C),
        hold(ledger, 7, claim(), actions=()),
        hold(ledger, 8),
        hold(ledger, 9, claim(), verdict=Verdict.BOUNCE),
    ]
    assert row(ledger, safe).safe
    assert not any(row(ledger, number).safe for number in unsafe)


def fill(engine: Engine, count: int, *, seed: int = 3) -> list[int]:
    """Hold many at once, with ranks that often are the same."""
    chance = random.Random(seed)
    made = []
    for uid in range(count):
        number = hold(engine, uid, claim(chance.choice([Reason.QUESTION, Reason.DISPUTE, Reason.ACKNOWLEDGEMENT])))
        made.append(number)
    with unit_of_work(engine) as session:
        for number in made:
            one = session.get_one(ProposalRow, number)
            one.rank, one.owner = chance.randrange(5), chance.choice(["ines", "tom"])
            one.stake = chance.randrange(1000) * 100
            session.add(one)
    return made


def test_pages_by_key_give_every_item_once_in_both_directions(ledger: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(ledger, 23)
    monkeypatch.setattr(queue, "PAGE", 4)
    with looking(ledger) as session:
        wanted = [
            r.id for r in session.exec(select(ProposalRow).order_by(col(ProposalRow.rank).desc(), col(ProposalRow.id)))
        ]
        onward: list[int] = []
        after: Place | None = None
        while True:
            page = queue.page(session, Filters(), now=NOW, after=after)
            onward += [r.id for r in page.rows]
            assert page.earlier == (after is not None)
            if not page.later:
                break
            after = page.rows[-1].place
        assert onward == wanted
        backward: list[int] = []
        before: Place | None = Place(-1, 10**9)
        while before is not None:
            page = queue.page(session, Filters(), now=NOW, before=before)
            backward = [r.id for r in page.rows] + backward
            before = page.rows[0].place if page.earlier else None
        assert backward == wanted
        for place, number in enumerate(wanted):
            beside = (wanted[place - 1] if place else None, wanted[place + 1] if place + 1 < len(wanted) else None)
            assert queue.neighbours(session, number or 0, now=NOW) == beside
        assert queue.neighbours(session, 10**6, now=NOW) == (None, wanted[0])


def test_every_filter_and_its_counts_agree_with_a_plain_look_at_all(ledger: Engine) -> None:
    fill(ledger, 17)
    hold(ledger, 90, claim(Reason.QUESTION), flags=("hidden_text",))
    hold(ledger, 91, claim(Reason.QUESTION), flags=("hidden_text", "auth_failed"))
    with unit_of_work(ledger) as session:
        rows = session.exec(select(ProposalRow)).all()
        rows[0].assigned_to, rows[1].snoozed_until = "tom", NOW + timedelta(days=1)
        rows[2].snoozed_until = NOW
        asleep = rows[1].id
    every = [r for r in rows if r.id != asleep]
    cases: list[tuple[dict[str, Any], Any]] = [
        ({"reason": "question"}, lambda r: r.reason == "question"),
        ({"owner": "ines", "reason": "dispute"}, lambda r: r.owner == "ines" and r.reason == "dispute"),
        ({"who": "tom"}, lambda r: r.assigned_to == "tom"),
        ({"who": queue.NOBODY}, lambda r: r.assigned_to is None),
        ({"flag": "any"}, lambda r: r.flagged),
        ({"flag": "none"}, lambda r: not r.flagged),
        ({"flag": "hidden_text"}, lambda r: "hidden_text" in r.flags),
        ({"flag": "hidden_%"}, lambda _: False),
        ({"flag": "auth_failed", "reason": "question"}, lambda r: "auth_failed" in r.flags),
        ({"least": 20000, "most": 70000}, lambda r: 20000 <= r.stake <= 70000),
        ({"safe": ("question", "acknowledgement")}, lambda r: r.safe and r.reason in ("question", "acknowledgement")),
        ({"tier": "none such"}, lambda _: False),
    ]
    with looking(ledger) as session:
        for asked_for, fits in cases:
            filters = Filters(**asked_for)
            wanted = {r.id for r in every if fits(r)}
            assert {r.id for r in queue.page(session, filters, now=NOW).rows} == wanted, asked_for
            found = queue_counts.counts(queue_counts.groups(session, filters, now=NOW), filters)
            assert found.chosen == len(wanted), asked_for
        counted = queue_counts.counts(queue_counts.groups(session, Filters(), now=NOW), Filters(reason="question"))
        for reason in ("question", "dispute"):
            assert counted.facets["reason"][reason] == sum(r.reason == reason for r in every)
        assert counted.facets["flag"]["hidden_text"] == 2
        assert queue.waiting(session, now=NOW) == len(every)
        assert queue.waiting(session, now=NOW + timedelta(days=1)) == len(every) + 1


def test_what_was_decided_is_not_found_and_what_is_taken_back_is(ledger: Engine) -> None:
    number = hold(ledger, 1, claim(Reason.QUESTION, "F-5501"))
    assert ids(ledger, text="F-5501") == ids(ledger, text="f5501") == ids(ledger, text="brack 550") == [number]
    with unit_of_work(ledger) as session:
        proposals.reject(session, number, version=1, actor="ines", reason="other", now=NOW)
    assert ids(ledger, text="F-5501") == ids(ledger) == []
    with unit_of_work(ledger) as session:
        session.get_one(ProposalRow, number).status = ProposalStatus.HELD
    assert ids(ledger, text="F-5501") == [number]


HOSTILE = st.text(max_size=40) | st.lists(
    st.sampled_from(['"', "'", "*", ":*", "&", "|", "!", "<->", "(", ")", "NEAR", "AND", "OR", "NOT", "-", "^", "\x00", "--", ";", "{a}:", "%", "\\", "İ", "ﬃ", "\ud800", "ﷺ", "a", "1e5", "ß"]),
    max_size=8,
).map(" ".join)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=HOSTILE)
def test_no_question_is_an_error_or_finds_what_has_not_its_words(ledger: Engine, question: str) -> None:
    with looking(ledger) as session:
        hits = queue_search.found(session, question)
        assert (hits is None) == (not asked(question))
        found = {r.id for r in queue.page(session, Filters(text=question), now=NOW).rows} if hits is not None else set()
        for number in found:
            words = session.get_one(ProposalRow, number).words.split()
            assert all(any(word.startswith(w) for word in words) for w in asked(question))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=HOSTILE)
def test_whatever_a_mail_says_is_kept_and_found_by_its_words(ledger: Engine, said: str) -> None:
    with unit_of_work(ledger) as session:
        one = session.exec(select(ProposalRow)).first()
    number = one.id if one is not None else hold(ledger, 1, claim())
    assert number is not None
    with unit_of_work(ledger) as session:
        session.get_one(ProposalRow, number).words = kept([said])
    words = words_of(said)
    assert (number in ids(ledger, text=said[:400])) or not words or any(len(w) >= 40 for w in words)


def test_words_are_folded_the_same_way_on_both_sides() -> None:
    assert words_of("INV-20413, Müller & Söhne GmbH; Straße 5") == [
        "inv", "20413", "muller", "sohne", "gmbh", "strasse", "5",
    ]  # fmt: skip
    assert asked("MULLER müller") == ["muller"]
    assert len(kept(["x" * 100_000])) == 40


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=200))
def test_plain_text_is_split_as_any_other_is(said: str) -> None:
    assert [*words_of(said), "e"] == words_of(f"{said} é")


def questions(engine: Engine) -> Any:
    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine, "before_cursor_execute", note)

    return counting()


def test_a_page_costs_the_same_questions_however_much_waits(ledger: Engine) -> None:
    def asked_for(session: Session) -> None:
        queue.page(session, Filters(owner="ines"), now=NOW)
        queue.neighbours(session, 1, now=NOW)
        queue.waiting(session, now=NOW)
        queue_counts.groups(session, Filters(), now=NOW)

    counted = []
    for size in (3, 40):
        fill(ledger, size, seed=size) if size == 3 else [hold(ledger, 100 + n, claim()) for n in range(size)]
        with questions(ledger) as seen, looking(ledger) as session:
            asked_for(session)
        counted.append(len([s for s in seen if s.startswith(("SELECT", "WITH"))]))
    assert counted[0] == counted[1] <= 7


def test_a_reader_writes_nothing(ledger: Engine) -> None:
    number = hold(ledger, 1, claim())
    with looking(ledger) as session, pytest.raises(DBAPIError):
        session.execute(text("UPDATE proposal SET reason = 'x'"))
    assert row(ledger, number).reason == "acknowledgement"
    with unit_of_work(ledger) as session:
        session.get_one(ProposalRow, number).reason = "y"
    assert row(ledger, number).reason == "y", "the next transaction of the same connection writes again"


def test_rows_older_than_the_keys_are_filled_at_the_start(ledger: Engine) -> None:
    number = hold(ledger, 1, claim(Reason.DISPUTE, "F-5501"))
    with unit_of_work(ledger) as session:
        session.execute(text("UPDATE proposal SET came_at = NULL, rank = 0, words = '', reason = '', line = '{}'"))
    migrate(ledger)
    found = row(ledger, number)
    assert (found.reason, found.came_at) == ("dispute", NOW)
    assert ids(ledger, text="F-5501") == [number]


def test_an_import_moves_what_is_at_stake(ledger: Engine) -> None:
    number = hold(ledger, 1, claim(Reason.DISPUTE, "F-5501"))
    with unit_of_work(ledger) as session:
        session.get_one(Invoice, "F-5501").balance /= 2
        session.get_one(Customer, "K1").owner = "tom"
        assert queue_filling.unkey(session, ["K1", "K404"]) == 1
    assert queue_filling.fill_all(ledger) == 1
    assert queue_filling.fill_all(ledger) == 0
    assert (row(ledger, number).stake, row(ledger, number).owner) == (90000, "tom")


def test_an_import_derives_only_what_its_customers_wait_for(ledger: Engine, tmp_path: Path) -> None:
    number = hold(ledger, 1, claim(Reason.DISPUTE, "F-5501"))
    before = row(ledger, number)
    with unit_of_work(ledger) as session:
        load_ledger(session, tmp_path / "again")
    assert queue_filling.fill_all(ledger) == 0, "the same ledger again moves nobody"
    with unit_of_work(ledger) as session:
        session.get_one(Invoice, "F-5501").balance /= 2
    with unit_of_work(ledger) as session:
        load_ledger(session, tmp_path / "more")
    # Cut off after the import, it is told by the row itself, and made up for at the next start.
    assert row(ledger, number).came_at is None
    assert ids(ledger) == [number]
    migrate(ledger)
    assert row(ledger, number) == before


def test_an_import_while_keys_are_derived_is_not_lost(ledger: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    number = hold(ledger, 1, claim(Reason.DISPUTE, "F-5501"))
    with unit_of_work(ledger) as session:
        assert queue_filling.unkey(session, ["K1"]) == 1
    started = threading.Event()
    others: list[threading.Thread] = []

    def importing() -> None:
        started.set()
        with unit_of_work(ledger) as session:
            audit.take_turn(session)
            session.get_one(Invoice, "F-5501").balance /= 2
            queue_filling.unkey(session, ["K1"])

    def slowly(*asked: Any) -> Any:
        books = queue_keys.books_of(*asked)
        if not others:
            others.append(threading.Thread(target=importing))
            others[0].start()
            started.wait(5)
            # Nothing keeps it from being done, but for the turn that this has taken.
            others[0].join(0.5)
        return books

    monkeypatch.setattr(queue_filling, "books_of", slowly)
    queue_filling.fill_all(ledger)
    others[0].join(30)
    queue_filling.fill_all(ledger)
    assert row(ledger, number).stake == 90000


def test_taken_back_it_stands_where_the_account_is_by_now(ledger: Engine) -> None:
    number = hold(ledger, 1, claim(Reason.DISPUTE, "F-5501"))
    with unit_of_work(ledger) as session:
        until = NOW + timedelta(seconds=30)
        proposals.approve(session, number, version=1, actor="ines", now=NOW, outgoing=None, settles_at=until)
    with unit_of_work(ledger) as session:
        session.get_one(Invoice, "F-5501").balance /= 2
        queue_filling.unkey(session, ["K1"])
    queue_filling.fill_all(ledger)
    with unit_of_work(ledger) as session:
        undo.take_back(session, number, version=2, actor="ines", now=NOW)
    assert row(ledger, number).stake == 90000


def test_deriving_asks_the_same_number_of_questions_for_many_rows(ledger: Engine) -> None:
    for uid in range(1, 13):
        hold(ledger, uid, claim(Reason.DISPUTE, "F-5501"))
    with questions(ledger) as many:
        assert refilled(ledger, limit=12) == 12
    with questions(ledger) as few:
        assert refilled(ledger, limit=2) == 2
    assert len(many) == len(few)


def refilled(engine: Engine, *, limit: int) -> int:
    with unit_of_work(engine) as session:
        session.execute(text(f"UPDATE proposal SET came_at = NULL WHERE id <= {limit}"))
    with unit_of_work(engine) as session:
        return queue_filling.fill_missing(session)


def test_looking_for_rows_without_keys_reads_their_index_alone(ledger: Engine) -> None:
    for uid in range(1, 40):
        hold(ledger, uid, claim(Reason.DISPUTE, "F-5501"))
    statements: list[str] = []
    event.listen(ledger, "before_cursor_execute", lambda _c, _u, said, *_: statements.append(said))
    with unit_of_work(ledger) as session:
        assert queue_filling.fill_missing(session) == 0
    asked_for = next(said for said in statements if "came_at IS NULL" in said)
    with ledger.begin() as connection:
        if ledger.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked_for}", (1, 0)[: asked_for.count("?")]).all()
        else:
            connection.exec_driver_sql("ANALYZE proposal")
            # A table of forty rows is read as a whole by whoever may.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {asked_for % {'param_1': 1}}").all()
    assert "ix_proposal_unkeyed" in str(plan), plan
    assert "SCAN proposal USING INDEX ix_proposal_unkeyed" in str(plan) or "Index Scan" in str(plan), plan


def test_the_tables_are_as_the_migrations_make_them(engine: Engine) -> None:
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    # SQLite tells neither the direction of an index nor which tables belong to a virtual one.
    told = (
        [d for d in map(str, found) if not ("ix_proposal_queue" in d or "proposal_fts" in d)]
        if engine.dialect.name == "sqlite"
        else found
    )
    assert told == []
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            names = set(connection.execute(text("SELECT name FROM sqlite_master")).scalars())
        assert {"proposal_fts_insert", "proposal_fts_update", "proposal_fts_delete", "ix_proposal_queue"} <= names


def test_views_are_ones_own_or_shared(engine: Engine) -> None:
    def save(login: str, name: str, query: str = "q=x", *, shared: bool = False) -> None:
        with unit_of_work(engine) as session:
            saved_views.save(session, login=login, name=name, query=query, shared=shared, now=NOW)

    save("ines", " Big   ones ")
    save("ines", "All", shared=True)
    save("tom", "Big ones", "q=y")
    save("ines", "Big ones", "q=z")
    with looking(engine) as session:
        assert [(v.name, v.query) for v in saved_views.views_for(session, "ines")] == [
            ("All", "q=x"),
            ("Big ones", "q=z"),
        ]
        mine = saved_views.views_for(session, "tom")
        assert [(v.name, v.query) for v in mine] == [("All", "q=x"), ("Big ones", "q=y")]
        of_ines = mine[0].id or 0
    for login, name in (("tom", "All"), ("tom", " "), ("tom", "x" * 61)):
        with pytest.raises(ValueError, match=r"name|choose"):
            save(login, name, shared=True)
    with unit_of_work(engine) as session, pytest.raises(ValueError, match="not a view of yours"):
        saved_views.remove(session, of_ines, login="tom")
    with unit_of_work(engine) as session:
        saved_views.remove(session, of_ines, login="ines")
        assert [v.name for v in saved_views.views_for(session, "tom")] == ["Big ones"]
