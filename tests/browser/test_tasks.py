"""Letters and calls, by keyboard: the list, the script of a call, what came of it; and the pages are fit for all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from store.channel_tasks import ChannelTask
from store.engine import unit_of_work
from store.outreach_words import Channel
from tests.browser.conftest import Served
from tests.browser.test_accessible import _faults
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


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_the_pages_have_no_serious_fault(served: Served, scheme: str, width: int) -> None:
    number = task(served.house, Channel.CALL)
    for path, name in (("/tasks?channel=call", "tasks"), (f"/tasks/{number}", "task")):
        page = served.open(path, color_scheme=scheme, viewport={"width": width, "height": 900})
        assert _faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        picture(page, f"{name}-{scheme}-{width}")
