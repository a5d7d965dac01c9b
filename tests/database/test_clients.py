"""Tokens, filed drafts, digests and the lists of the API, on both databases; and the migration there and back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect
from sqlmodel import select
from starlette.testclient import TestClient

import store
from mail.drafts import Removal, text_of, words_digest
from mail.settings import MailboxSettings
from review.app import create_app
from review.drafting import DraftFiling
from review.viewer import LOCAL
from store import api_tokens, digests, filed_drafts
from store.api_tokens import Scope
from store.clients import ApiToken, DigestSent, FiledDraft
from store.engine import migrate, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.tables import Message, ProposalRow
from store.vocabulary import ProposalStatus, Reason
from tests.factories import COMPANY, LEDGER, NOW, House, claim

SETTINGS = MailboxSettings(name="ar", address=COMPANY.email, host="127.0.0.1", user="ar", drafts_folder="Drafts")


class Shelf:
    """A Drafts folder in memory."""

    def __init__(self) -> None:
        self.mails: dict[str, bytes] = {}

    def add(self, raw: bytes, message_id: str) -> None:
        self.mails.setdefault(message_id, raw)

    def remove(self, message_id: str, *, words_sha256: str) -> Removal:
        raw = self.mails.get(message_id)
        if raw is None:
            return Removal.GONE
        if words_digest(text_of(raw)) != words_sha256:
            return Removal.KEPT
        del self.mails[message_id]
        return Removal.REMOVED

    def probe(self) -> str:
        return "shelf"

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def house(engine: Engine) -> House:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    return House(engine)


def promise(house: House) -> int:
    words = "We pay INV-20421 on 20 March."
    held = claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date=date(2026, 3, 20))
    return house.hold(house.receive(words), held)


def test_the_tables_can_be_taken_back_and_made_again(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0006")
    assert not {"api_token", "filed_draft", "digest_sent"} & set(inspect(engine).get_table_names())
    migrate(engine)
    assert {"api_token", "filed_draft", "digest_sent"} <= set(inspect(engine).get_table_names())


def test_the_api_lists_and_decides(house: House) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(promise(house))
        house.now += timedelta(seconds=1)
    _, token = house.desk.make_token(LOCAL, name="x", scopes=list(Scope), days=1)
    with TestClient(create_app(house.desk), base_url="http://127.0.0.1:8765") as client:
        client.headers["authorization"] = f"Bearer {token}"
        first = client.get("/api/v1/items", params={"limit": 2, "status": "all"}).json()
        rest = client.get("/api/v1/items", params={"cursor": first["next_cursor"], "status": "all"}).json()
        assert [i["id"] for i in first["items"] + rest["items"]] == numbers
        newest = client.get("/api/v1/items", params={"limit": 2, "status": "all", "order": "newest"}).json()
        assert [i["id"] for i in newest["items"]] == numbers[:0:-1]
        for path in ("queue", "accounts", "attention", "unmatched", "numbers", "autonomy", "counts", "lists/promises"):
            assert client.get(f"/api/v1/{path}").status_code == 200, path
        last = numbers[-1]
        done = [client.post(f"/api/v1/items/{last}/approve", json={"version": 1}).json() for _ in range(2)]
        assert done[0] == done[1]
        assert done[0]["status"] == "approved"


def test_a_token_is_found_by_its_text_alone_and_its_use_is_noted_sparingly(house: House) -> None:
    _, token = house.desk.make_token(LOCAL, name="x", scopes=[Scope.READ], days=1)
    seen = []
    for minutes in (0, 1, 6):
        now = NOW + timedelta(minutes=minutes)
        with unit_of_work(house.engine) as session:
            row = api_tokens.find(session, token, now=now)
            assert row is not None
            assert row.id is not None
            if not api_tokens.is_noted(row, now=now):
                api_tokens.note_used(session, row.id, now=now)
            session.refresh(row)
            seen.append(row.last_used_at)
            for wrong in (token[:-1], token + "A", token.lower(), "", "dw_", token[:-1] + "\n"):
                assert api_tokens.find(session, wrong, now=NOW) is None
    assert seen == [NOW, NOW, NOW + timedelta(minutes=6)]


def test_one_digest_leaves_of_many_that_try(house: House) -> None:
    def note(number: int) -> bool:
        with unit_of_work(house.engine) as session:
            header = f"<{number}@x.example>"
            return digests.note(session, "a@x.example", NOW.date(), message_id_header=header, items=1, now=NOW)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(note, range(6))) == [False] * 5 + [True]
    with unit_of_work(house.engine) as session:
        assert len(session.exec(select(DigestSent)).all()) == 1


def test_drafts_follow_the_queue_and_each_version_lies_there_once(house: House) -> None:
    shelf = Shelf()
    filing = DraftFiling(house.desk, {"ar": SETTINGS}, lambda _: shelf)
    number = promise(house)
    assert (filing.run(), filing.run()) == (1, 0)
    assert len(shelf.mails) == 1
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    house.desk.edit(number, version=1, actor="ines", body="Thank you!\n\n" + item.proposal.draft.body)
    filing.run()
    (raw,) = shelf.mails.values()
    assert "Thank you!" in text_of(raw)
    house.desk.approve(number, version=2, actor="ines")
    filing.run()
    assert shelf.mails == {}
    with unit_of_work(house.engine) as session:
        rows = session.exec(select(FiledDraft).order_by(FiledDraft.version)).all()  # type: ignore[arg-type]
        assert [(row.version, row.state) for row in rows] == [(1, "removed"), (2, "removed")]


def test_only_one_of_two_closes_a_proposal_by_hand(house: House) -> None:
    number = promise(house)
    with unit_of_work(house.engine) as session:
        row = session.get_one(ProposalRow, number)
        filed_drafts.begin(
            session, proposal_id=number, version=1, mailbox="ar", message_id_header="<d@x.example>", words_sha256="0", now=NOW
        )  # fmt: skip
        assert filed_drafts.for_answer(session, session.get_one(Message, row.message_id))
        closed = [filed_drafts.close_as_sent(session, row, version=1, actor="mailbox:ar", now=NOW) for _ in range(2)]
        assert closed == [True, False]
    with unit_of_work(house.engine) as session:
        row = session.get_one(ProposalRow, number)
        assert (row.status, row.version) == (ProposalStatus.SENT, 2)
        assert filed_drafts.for_answer(session, session.get_one(Message, row.message_id)) == []
        assert session.exec(select(ApiToken)).all() == []
    with TestClient(create_app(house.desk), base_url="http://127.0.0.1:8765") as client:
        for path in (f"/items/{number}", "/decided", "/numbers"):
            assert client.get(path).status_code == 200, path
