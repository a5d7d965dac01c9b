"""Letters and calls, by keyboard: the list, the script of a call, what came of it; and the pages are fit for all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from store.channel_tasks import ChannelTask
from store.engine import unit_of_work
from store.outreach_words import Channel
from tests.browser.conftest import Served
from tests.browser.test_accessible import _faults, look
from tests.browser.test_review import picture
from tests.unit.test_task_pages import task

pytestmark = pytest.mark.browser


def test_a_call_is_noted_by_keyboard(served: Served) -> None:
    number = task(served.house, Channel.CALL)
    page = served.open("/tasks?channel=call")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/tasks/{number}")
    page.wait_for_load_state()
    expect(page.get_by_text("+44 7400 123456")).to_be_visible()
    picture(page, "task-call")
    page.keyboard.press("s")
    expect(page.get_by_label("Outcome")).to_be_focused()
    page.get_by_label("Outcome").select_option("not_reached")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Noted, and written into the log.")).to_be_visible()
    with unit_of_work(served.house.engine) as session:
        assert [t["outcome"] for t in session.get_one(ChannelTask, number).tries] == ["not_reached"]


def test_the_pages_have_no_serious_fault(served: Served) -> None:
    number = task(served.house, Channel.CALL)
    page = served.open("/tasks")
    # Where only a call waits, calls are what is shown; and everybody is told that something waits.
    expect(page.get_by_role("heading", name="Calls")).to_be_visible()
    expect(page.get_by_role("navigation", name="Sections").get_by_role("link", name="Tasks 1")).to_be_visible()
    for path, name in (("/tasks?channel=call", "tasks"), (f"/tasks/{number}", "task")):
        page.goto(served.url + path)
        for scheme, width in (("light", 1440), ("dark", 390)):
            look(page, scheme, width)
            assert _faults(page) == [], (path, scheme, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            picture(page, f"{name}-{scheme}-{width}")
