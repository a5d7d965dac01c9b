"""A case that woke by itself, in a real browser: it says why, shows the old words, and is approved like any other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from store.aftermath import FollowupKind, PromiseStatus
from store.engine import unit_of_work
from store.tables import Promise
from store.vocabulary import Reason
from tests.browser.conftest import Served
from tests.browser.test_review import picture
from tests.factories import House, claim
from tests.wakings import FRIDAY, answered, pay, think, wake

pytestmark = pytest.mark.browser

WORDS = "INV-20413 is paid on Friday 13 March."


def woken(house: House) -> int:
    """Hold the follow-up of a promise that was not kept; give its number."""
    answered(house, WORDS, claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date=date(2026, 3, 13)))
    house.now += timedelta(days=14)
    with unit_of_work(house.engine) as session:
        session.exec(select(Promise)).one().status = PromiseStatus.BROKEN
    assert wake(house, FollowupKind.PROMISE_BROKEN, 1, due_on=FRIDAY)
    (item,) = think(house)
    assert item.row.id is not None
    return item.row.id


def test_a_follow_up_says_why_it_is_there_and_is_no_reply(served: Served) -> None:
    number = woken(served.house)
    page = served.open("/")
    expect(page.get_by_text("Promise not kept")).to_be_visible()
    page.get_by_role("link", name="Harrow & Finch Engineering Ltd").click()
    expect(page.get_by_text("Woke by itself: the promise of INV-20413 by 13 Mar 2026 was not kept.")).to_be_visible()
    expect(page.get_by_role("heading", name="What the customer wrote then")).to_be_visible()
    expect(page.locator(".evidence mark")).to_have_text(WORDS)
    expect(page.get_by_role("heading", name="The answer")).to_have_count(0)
    expect(page.get_by_text("Thank you for your message")).to_have_count(0)
    picture(page, "follow-up")
    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_text("The mail waits in the outbox.")).to_be_visible()
    assert page.url.endswith(f"/items/{number}")


def test_a_follow_up_that_the_money_overtook_says_that_nothing_is_left(served: Served) -> None:
    number = woken(served.house)
    page = served.open(f"/items/{number}")
    pay(served.house)
    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_text("Nothing was sent.").first).to_be_visible()
    served.errors[:] = [e for e in served.errors if "409" not in e]
    assert think(served.house) == []
    page.goto(f"{served.url}/items/{number}")
    expect(page.get_by_text("There is nothing left to say, so no other is proposed.")).to_be_visible()
    expect(page.get_by_text("is being made")).to_have_count(0)


def test_what_came_to_no_proposal_is_tried_again_or_closed(served: Served) -> None:
    answered(served.house, WORDS, claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date=date(2026, 3, 13)))
    assert wake(served.house, FollowupKind.HOLD_OVER, 999)
    assert think(served.house) == []
    page = served.open("/attention")
    expect(page.get_by_role("heading", name="Cases that woke and came to no proposal")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It is thought about again")).to_be_visible()
    assert think(served.house) == []
    page.goto(f"{served.url}/attention")
    page.get_by_role("button", name="Dealt with").click()
    expect(page.get_by_text("All clear.")).to_be_visible()
