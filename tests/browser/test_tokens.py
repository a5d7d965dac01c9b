"""My tokens in a real Chromium: made by keyboard, shown once, used, revoked; the API read by a page of ours, and by no other."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Served
from tests.browser.test_accessible import _faults

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "look", [{"viewport": {"width": 390, "height": 780}}, {"color_scheme": "dark"}], ids=["phone", "dark"]
)
def test_a_token_is_made_shown_once_used_and_revoked(served: Served, look: dict[str, object]) -> None:
    page = served.open("/tokens", **look)
    page.get_by_label("What it is for").fill("<b>ERP</b>")
    page.get_by_label("What it may do").select_option("decide")
    page.get_by_label("Days until it ends").press("Enter")
    token = page.get_by_label("Your new token").input_value()
    assert token.startswith("dw_")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert _faults(page) == []
    used = page.request.get(f"{served.url}/api/v1/counts", headers={"authorization": f"Bearer {token}"})
    assert used.json() == {"waiting": 0, "unmatched": 0, "attention": 0, "tasks": 0}
    page.goto(f"{served.url}/tokens")
    assert token not in page.content()
    page.get_by_role("button", name="Revoke <b>ERP</b>").click()
    page.get_by_text("The token is revoked").wait_for()
    gone = page.request.get(f"{served.url}/api/v1/counts", headers={"authorization": f"Bearer {token}"})
    assert gone.status == 401


def test_a_page_of_ours_reads_the_api_and_decides_nothing_there(served: Served) -> None:
    page = served.open("/tokens")
    read = "fetch('/api/v1/counts').then(answer => answer.status)"
    assert page.evaluate(read) == 200
    post = "fetch('/api/v1/items/1/approve', {method: 'POST', body: '{\"version\": 1}', headers: {'content-type': 'application/json'}}).then(a => a.status)"
    assert page.evaluate(post) == 401
    served.errors.clear()  # the browser tells of the 401 that was wanted
