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
#: The dark differs from the light in its colours alone.
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
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


#: Colours and widths in which each page is looked at: a page is loaded once, and follows both without being loaded anew.
LOOKS = (("light", 1440), ("dark", 1440), ("light", 390))
#: So many tests share the pages: each has time enough on a busy machine, and they run beside one another.
_SHARES = 3


@pytest.mark.parametrize("share", range(_SHARES))
def test_no_serious_fault(served: Served, share: int) -> None:
    there = furnish(served.house)
    page = served.open("/")
    found: list[str] = []
    for path in _paths(there)[share::_SHARES]:
        answer = page.goto(served.url + path)
        assert answer is not None
        assert answer.status == 200, path
        page.evaluate("() => { for (const d of document.querySelectorAll('details')) d.open = true; }")
        for scheme, width in LOOKS:
            look(page, scheme, width)
            found += [f"{path} ({scheme}, {width}): {fault}" for fault in _faults(page, colours=scheme == "dark")]
            wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                found.append(f"{path} ({scheme}, {width}): {wide} px wider than the window")
    assert not found, "\n".join(found)


def look(page: Page, scheme: str, width: int) -> None:
    """Let a page be shown in these colours, so wide."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
    page.set_viewport_size({"width": width, "height": 900})


def _faults(page: Page, *, colours: bool = False) -> list[str]:
    """Give the serious faults of a page; `colours`: only those of its colours, where all else was looked at in others."""
    told = Axe().run(page, options=_COLOURS if colours else _RULES).response["violations"]
    return [
        f"{fault['impact']}: {fault['id']}: {node['target']}: {node['html'][:160]}"
        for fault in told
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:3]
    ]
