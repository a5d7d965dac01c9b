"""A settlement with somebody who never wrote: the letter of ours says the terms as they were approved, through queue and outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from review.app import create_app
from review.viewer import LOCAL
from store.aftermath import FollowupKind
from store.api_tokens import Scope
from store.engine import unit_of_work
from store.last_resort_words import Standing
from store.outreach_words import LastResort
from store.proposals import Stale
from store.tables import Effect, Message, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, Reason
from tests.factories import House
from tests.outreach_house import (
    CUSTOMER,
    MOIRA,
    TODAY,
    an_effect,
    approve,
    bill,
    empty_books,
    held,
    paid,
    quiet_house,
    send,
    words,
)
from tests.unit.test_review_app import BASE
from tests.wakings import think

PAY_BY = TODAY + timedelta(days=20)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_books(tmp_path_factory.mktemp("books"))


@pytest.fixture
def house(tmp_path: Path, books: Path) -> Iterator[House]:
    house = quiet_house(tmp_path, books)
    bill(house, "F-1", TODAY - timedelta(days=60))
    yield house
    house.engine.dispose()


def settle(house: House) -> int:
    desk = house.desk
    number = desk.propose_last_step(
        CUSTOMER, kind=LastResort.SETTLEMENT, invoices=["F-1"], actor="ines", amount=Decimal("1710.00"), pay_by=PAY_BY
    )
    step = desk.last_step(number)
    assert step is not None
    assert desk.approve_last_step(number, version=step.row.version, actor="ines")
    return number


def test_the_terms_go_out_as_approved_and_the_step_stands(house: House) -> None:
    number = settle(house)
    (item,) = think(house)
    assert item.facts.followup is not None
    assert item.facts.followup.kind is FollowupKind.SETTLEMENT
    (mail,) = approve(house, item)
    said = " ".join(words(mail).split())
    assert "you wrote" not in said
    assert "GBP 1,800.00 is open" in said
    assert (
        f"we accept GBP 1,710.00 in place of the whole sum, provided that it reaches our account by {PAY_BY.day} May 2026"
        in said
    )
    assert (mail["To"], mail["In-Reply-To"], mail["Subject"].startswith("Re:")) == (MOIRA, None, False)
    step = house.desk.last_step(number)
    assert step is not None
    assert step.row.status == Standing.CARRIED_OUT


def test_the_desk_shows_that_nobody_wrote(house: House) -> None:
    settle(house)
    (item,) = think(house)
    with TestClient(create_app(house.desk), base_url=BASE) as client:
        _, token = house.desk.make_token(LOCAL, name="test", scopes={Scope.READ}, days=5)
        bearer = {"authorization": f"Bearer {token}"}
        page = client.get(f"/items/{item.row.id}")
        told = client.get(f"/api/v1/items/{item.row.id}", headers=bearer)
        assert client.get("/").status_code == 200
    assert (page.status_code, told.status_code) == (200, 200)
    assert "We write first" in page.text
    assert "What the customer said" not in page.text
    assert "Settlement approved" in page.text or "a settlement was approved" in page.text


def test_it_goes_on_in_the_thread_that_our_reminders_began(house: House) -> None:
    (first,) = approve(house, held(house))
    house.now += timedelta(days=4)
    settle(house)
    (item,) = think(house)
    (mail,) = approve(house, item)
    assert mail["In-Reply-To"] == first["Message-ID"]


def test_a_mail_about_something_else_that_has_its_answer_does_not_keep_it_back(house: House) -> None:
    """It is known when the letter is approved: the letter is not voided for it again and again."""
    bill(house, "F-2", TODAY + timedelta(days=9))
    settle(house)
    number = house.receive("When is F-2 due?", sender=MOIRA)
    with unit_of_work(house.engine) as session:
        mail = session.get_one(Message, number)
        assert mail.invoices == ["F-2"]
        mail.state = MessageState.CLOSED
    (item,) = think(house)
    assert len(approve(house, item)) == 1


def test_money_that_comes_ends_it(house: House) -> None:
    settle(house)
    (item,) = think(house)
    paid(house, "F-1", "100.00")
    with pytest.raises(Stale):
        approve(house, item)
    assert send(house) == []


def test_nothing_is_written_before_it_is_approved(house: House) -> None:
    house.desk.propose_last_step(
        CUSTOMER, kind=LastResort.SETTLEMENT, invoices=["F-1"], actor="ines", amount=Decimal("1710.00"), pay_by=PAY_BY
    )
    assert think(house) == []


@pytest.mark.parametrize(("reason", "letters"), [(Reason.LEGAL_THREAT, 0), (None, 1)])
def test_whoever_wrote_what_only_a_person_answers_is_told_by_a_person(
    house: House, reason: Reason | None, letters: int
) -> None:
    with unit_of_work(house.engine) as session:
        effect = session.get_one(Effect, an_effect(session, house))
        row = session.get_one(ProposalRow, effect.proposal_id)
        claims = [{"reason": reason, "evidence": "our lawyer", "confidence": 1}] if reason else []
        row.content = {"claims": claims, "actions": [{"claims": [0] if reason else []}]}
    settle(house)
    assert len(think(house)) == letters


def test_a_threat_that_a_person_saw_to_by_hand_keeps_it_back_too(house: House) -> None:
    """Nothing was carried out upon it, so no act tells of it."""
    with unit_of_work(house.engine) as session:
        effect = session.get_one(Effect, an_effect(session, house))
        row = session.get_one(ProposalRow, effect.proposal_id)
        row.status = ProposalStatus.REJECTED
        row.content = {
            "claims": [{"reason": Reason.LEGAL_THREAT, "evidence": "our lawyer", "confidence": 1}],
            "actions": [],
        }
        session.delete(effect)
    settle(house)
    assert think(house) == []
