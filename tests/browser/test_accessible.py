"""Every page under axe-core, in light and in dark, on a desk and on a phone: no serious fault of accessibility (WCAG 2.2 AA)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from review.matrix import MATRIX
from tests.browser.conftest import Served
from tests.browser.furniture import Furniture, furnish

pytestmark = pytest.mark.browser

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: Answers that are no pages: files, streams and data.
_NO_PAGE = ("/queue/rows", "/api/", "/events", ".csv", "/documents/", "/outcome", "/static", ".svg", ".png", ".json")
#: Pages that are there only where people sign in: `test_signin` looks at those.
_OF_PEOPLE = ("/account", "/people")


def _paths(there: Furniture) -> list[str]:
    paths = [path for method, path in MATRIX if method == "GET" and not any(part in path for part in _NO_PAGE)]
    known = [path for path in paths if "{" not in path and not path.startswith(_OF_PEOPLE)]
    lists = [f"/lists/{kind}" for kind in ("escalations", "promises", "plans", "disputes", "portal", "payments")]
    items = [f"/items/{number}" for number in (there.kershaw, there.morvan, there.stranger, there.moss)]
    return [*known, *lists, *items, "/messages/1"]


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)], ids=["light", "dark", "phone"]
)
def test_no_serious_fault(served: Served, scheme: str, width: int) -> None:
    there = furnish(served.house)
    page = served.open("/", color_scheme=scheme, viewport={"width": width, "height": 900})
    found: list[str] = []
    for path in _paths(there):
        answer = page.goto(served.url + path)
        assert answer is not None
        assert answer.status == 200, path
        page.evaluate("() => { for (const d of document.querySelectorAll('details')) d.open = true; }")
        found += [f"{path} ({scheme}, {width}): {fault}" for fault in _faults(page)]
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{path} ({scheme}, {width}): {wide} px wider than the window")
    assert not found, "\n".join(found)


def _faults(page: Page) -> list[str]:
    told = Axe().run(page, options=_RULES).response["violations"]
    return [
        f"{fault['impact']}: {fault['id']}: {node['target']}: {node['html'][:160]}"
        for fault in told
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:3]
    ]
