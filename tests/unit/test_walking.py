"""Walking through a list: the item's page stays within the filters of the list that somebody came from, through every form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.testclient import TestClient

from review.app import create_app
from review.walking import back, within
from store.queue import Filters
from store.vocabulary import Reason
from tests.factories import claim, open_house
from tests.unit.test_review_app import BASE, Visit, unescape

WALK = "?reason=promise_to_pay"


@dataclass
class Queue:
    """Three promises in the order of the list, and a question among them."""

    visit: Visit
    first: int
    question: int
    second: int
    third: int


#: Whose mail it is, and the invoice that it is about.
WRITERS = (
    ("p.kershaw@harrowfinch.example", "INV-20421"),
    ("tasha.lindgren@pinecrestpack.example", "INV-20411"),
    ("books@redstonequarry.example", "INV-20417"),
)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    house = open_house(tmp_path)
    house.undo = timedelta(seconds=30)
    for sender, invoice in WRITERS:
        words = f"We pay {invoice} on 20 March."
        message = house.receive(words, sender=sender)
        house.hold(message, claim(Reason.PROMISE_TO_PAY, words, invoices=[invoice], date="2026-03-20"))
    words = "What is INV-20423 about?"
    message = house.receive(words, sender="obinna@okaformarine.example")
    question = house.hold(message, claim(Reason.QUESTION, words, invoices=["INV-20423"], topic="balance"))
    rows = house.desk.queue_page(Filters(reason=Reason.PROMISE_TO_PAY.value)).page.rows
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        first, second, third = (row.id for row in rows)
        yield Queue(Visit(house, client), first, question, second, third)
    house.engine.dispose()


def beside(page: str) -> tuple[str | None, str | None]:
    """Read where the page leads to."""
    found = [re.search(rf'<a href="([^"]*)" rel="{rel}"', page) for rel in ("prev", "next")]
    before, after = (unescape(each.group(1)) if each else None for each in found)
    return before, after


def test_the_list_hands_its_filters_on_and_the_item_stays_within(queue: Queue) -> None:
    get = queue.visit.client.get
    assert f'href="/items/{queue.first}{WALK}"' in get(f"/{WALK}").text
    assert beside(get(f"/items/{queue.first}{WALK}").text) == (None, f"/items/{queue.second}{WALK}")
    assert beside(get(f"/items/{queue.second}{WALK}").text) == (
        f"/items/{queue.first}{WALK}",
        f"/items/{queue.third}{WALK}",
    )
    assert beside(get(f"/items/{queue.third}{WALK}").text) == (f"/items/{queue.second}{WALK}", None)


def test_without_a_list_it_walks_through_all_that_waits(queue: Queue) -> None:
    get = queue.visit.client.get
    every = [int(n) for n in re.findall(r'data-open href="/items/(\d+)"', get("/").text)]
    assert set(every) == {queue.first, queue.question, queue.second, queue.third}
    place = every.index(queue.question)
    before, after = beside(get(f"/items/{queue.question}").text)
    assert before == (f"/items/{every[place - 1]}" if place else None)
    assert after == (f"/items/{every[place + 1]}" if place + 1 < len(every) else None)


def test_an_approval_leads_on_within_the_list(queue: Queue) -> None:
    page = f"/items/{queue.first}{WALK}"
    status, _, led = queue.visit.form(page, f"/items/{queue.first}/approve{WALK}")
    assert (status, led) == (303, page)
    decided = queue.visit.client.get(led)
    assert beside(decided.text) == (None, f"/items/{queue.second}{WALK}")
    assert f'class="button primary" href="/items/{queue.second}{WALK}"' in decided.text
    outcome = queue.visit.client.get(f"/items/{queue.first}/outcome{WALK}", headers={"hx-request": "true"}).text
    assert f'href="/items/{queue.second}{WALK}"' in outcome
    assert f'hx-get="/items/{queue.first}/outcome{WALK}"' in outcome
    # Taken back from there, or from the bar of the next item, one is in the same list still.
    bar = queue.visit.client.get(f"/items/{queue.second}{WALK}").text
    assert f'action="/items/{queue.first}/undo{WALK}"' in bar
    status, _, led = queue.visit.form(page, f"/items/{queue.first}/undo{WALK}")
    assert (status, led) == (303, f"/items/{queue.first}{WALK}&notice=taken_back")
    assert beside(queue.visit.client.get(led).text) == (None, f"/items/{queue.second}{WALK}")


def test_a_rejection_leads_on_and_at_the_end_of_the_list_it_is_said(queue: Queue) -> None:
    for number in (queue.first, queue.second, queue.third):
        page = f"/items/{number}{WALK}"
        led = queue.visit.form(page, f"/items/{number}/reject{WALK}", reason="other")[2]
        assert led == page
    text = queue.visit.client.get(led).text
    assert "Nothing of this list waits any more." in text
    assert beside(text) == (None, None)


def test_every_form_of_the_page_stays_within_the_list(queue: Queue) -> None:
    page = queue.visit.client.get(f"/items/{queue.question}?q=INV-20423&who=-").text
    own = re.findall(rf'(?:action|formaction|hx-get|hx-post)="(/items/{queue.question}[^"]*)"', page)
    assert len(own) > 10
    assert [each for each in own if not each.endswith("?q=INV-20423&amp;who=-")] == []


def test_refused_and_stale_answers_stay_within_the_list(queue: Queue) -> None:
    page = f"/items/{queue.first}{WALK}"
    refused = queue.visit.form(page, f"/items/{queue.first}/reject{WALK}", reason="")
    assert refused[0] == 422
    assert beside(refused[1]) == (None, f"/items/{queue.second}{WALK}")
    stale = queue.visit.form(page, f"/items/{queue.first}/approve{WALK}", version="7")
    assert stale[0] == 409
    assert beside(stale[1]) == (None, f"/items/{queue.second}{WALK}")


def test_the_search_of_another_page_is_no_filter(queue: Queue) -> None:
    queue.visit.form(f"/items/{queue.first}", f"/items/{queue.first}/approve")
    page = queue.visit.client.get("/unmatched?q=kershaw").text
    assert f'action="/items/{queue.first}/undo"' in page


@given(st.text(max_size=300), st.text(max_size=30))
def test_no_address_leads_anywhere_else(query: str, notice: str) -> None:
    raw = query.encode("utf-8", "surrogatepass")
    request = Request({"type": "http", "path": "/items/5", "query_string": raw, "headers": [], "server": ("x", 80)})
    assert re.fullmatch(r"(\?[\w.%&=+~*-]+)?", within(request), re.ASCII)
    location = back(request, 5, "saved").headers["location"]
    assert re.fullmatch(r"/items/5\?[\w.%&=+~*-]+", location, re.ASCII)
