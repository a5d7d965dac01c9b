"""The item page with people who sign in: names for logins, whose turn, who is there, and what an auditor is not offered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from review.people import People
from store.engine import unit_of_work
from store.roles import Role
from store.vocabulary import Reason
from tests.factories import House, claim, open_house
from tests.signing import PAGE, Browser, add, page_of, people_of, session_for

PAY = "We pay INV-20421 on 20 March."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    with unit_of_work(made.engine) as session:
        for login, role in (("ines", Role.COLLECTOR), ("tom", Role.MANAGER), ("otto", Role.AUDITOR)):
            add(session, made, login, role)
    yield made
    made.engine.dispose()


@pytest.fixture
def people(house: House) -> People:
    return people_of(house)


@pytest.fixture
def number(house: House) -> int:
    message = house.receive(PAY)
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, PAY, invoices=["INV-20421"], date="2026-03-20"))


def signed_in(house: House, people: People, login: str) -> Browser:
    return Browser(house, page_of(house, people)).as_session(session_for(people, login))


def test_people_see_each_other_by_name_and_who_reads_is_seen_as_well(house: House, people: People, number: int) -> None:
    ines, otto = signed_in(house, people, "ines"), signed_in(house, people, "otto")
    page = f"/items/{number}"
    assert ines.post(f"{page}/here", page=page).status_code == 303
    assert otto.post(f"{page}/here", page=page).status_code == 303
    assert '<b dir="auto">Otto</b> has this open' in ines.client.get(page).text
    assert '<b dir="auto">Ines</b> has this open' in otto.client.get(page).text


def test_an_auditor_is_offered_nothing_and_may_nothing(house: House, people: People, number: int) -> None:
    otto, page = signed_in(house, people, "otto"), f"/items/{number}"
    text = otto.client.get(page).text
    assert PAY in text
    for offered in ("/approve", "/reject", "/redraft", "/reread", "/snooze", "/give", "/hand-over", "/comment"):
        assert f'action="{page}{offered}"' not in text
    token = otto.token(page)
    for what in ("approve", "redraft", "reread", "retool", "snooze", "give", "hand-over", "comment"):
        answer = otto.client.post(f"{page}/{what}", data={"csrf": token, "version": "1"}, headers=PAGE)
        assert answer.status_code == 403, what


def test_an_item_is_given_to_those_who_work_on_the_queue(house: House, people: People, number: int) -> None:
    ines, page = signed_in(house, people, "ines"), f"/items/{number}"
    text = ines.client.get(page).text
    assert '<option value="tom">Tom</option>' in text
    assert 'value="otto"' not in text
    assert ines.post(f"{page}/give", page=page, person="otto").status_code == 422
    assert ines.post(f"{page}/give", page=page, person="tom").status_code == 303
    assert "for Tom" in ines.client.get(page).text
    ines.post(f"{page}/comment", page=page, text="mind the tone")
    assert '<b dir="auto">Ines</b>' in signed_in(house, people, "tom").client.get(page).text


def test_an_open_page_keeps_no_session_alive(house: House, people: People, number: int) -> None:
    ines, page = signed_in(house, people, "ines"), f"/items/{number}"
    token = ines.token(page)
    lasted = 0
    while ines.client.post(f"{page}/here", data={"csrf": token}, headers=PAGE).status_code != 401:
        house.now += timedelta(minutes=1)
        lasted += 1
        assert lasted < 40
    assert lasted >= 29


def test_wording_anew_is_limited_to_twenty_an_hour(house: House, people: People, number: int) -> None:
    ines, page = signed_in(house, people, "ines"), f"/items/{number}"
    token = ines.token(page)

    def again() -> int:
        fields = {"csrf": token, "version": "1", "instruction": "tell them a joke"}
        return ines.client.post(f"{page}/redraft", data=fields, headers=PAGE).status_code

    assert [again() for _ in range(21)] == [422] * 20 + [429]
