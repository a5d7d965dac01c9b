"""The report of a run in a real browser: readable by everybody, in light and dark and on a phone, and it asks for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from evals.reporting.compare_page import compare_page
from evals.reporting.comparing import compare
from evals.reporting.page import page
from evals.results import Mode
from tests.browser.conftest import PICTURES
from tests.eval_reports import record, turns, wrong_reason

pytestmark = pytest.mark.browser

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_SIZES = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 320)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report, a comparison, and a comparison of what may not stand in one table."""
    folder = tmp_path_factory.mktemp("reports")
    old = record()
    new = record(turns=(*turns()[1:], wrong_reason("right-00/002-in.eml")))
    told = {
        "report": page(old),
        "compare": compare_page(compare([old, new])),
        "apart": compare_page(compare([old, record(mode=Mode.LIVE, model="m")])),
    }
    for name, text in told.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return {name: folder / f"{name}.html" for name in told}


def _open(browser: Browser, path: Path, *, scheme: str, width: int) -> tuple[Page, list[str]]:
    """Open a file, and watch what it asks for and what goes wrong."""
    shown = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    seen: list[str] = []
    shown.on("request", lambda r: seen.append(f"request {r.url}") if r.url != path.as_uri() else None)
    shown.on("console", lambda m: seen.append(f"{m.type}: {m.text}"))
    shown.on("pageerror", lambda e: seen.append(str(e)))
    shown.on("dialog", lambda d: seen.append(f"dialog: {d.message}"))
    shown.goto(path.as_uri())
    return shown, seen


@pytest.mark.parametrize("name", ["report", "compare", "apart"])
def test_everybody_can_read_it(browser: Browser, files: dict[str, Path], name: str) -> None:
    found: list[str] = []
    for scheme, width in _SIZES:
        shown, seen = _open(browser, files[name], scheme=scheme, width=width)
        shown.evaluate("() => { for (const d of document.querySelectorAll('details')) d.open = true; }")
        PICTURES.mkdir(exist_ok=True)
        shown.screenshot(path=PICTURES / f"eval-{name}-{scheme}-{width}.png", full_page=True)
        wide = shown.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{scheme} {width}: {wide} px wider than the window"] if wide > 0 else []
        assert seen == []
        for fault in Axe().run(shown, options=_RULES).response["violations"]:
            found += [f"{scheme} {width}: {fault['id']}: {node['html'][:160]}" for node in fault["nodes"][:3]]
        shown.close()
    assert not found, "\n".join(found)


def test_turns_are_narrowed_without_a_script(browser: Browser, files: dict[str, Path]) -> None:
    shown, seen = _open(browser, files["report"], scheme="light", width=1280)
    visible = shown.locator(".turns > li:visible")
    whole = visible.count()
    shown.get_by_label("Reason", exact=True).select_option("dispute")
    assert 0 < visible.count() < whole
    assert all("wrong-" in text for text in visible.locator("h3").all_inner_texts())
    shown.get_by_label("Language", exact=True).select_option("de")
    assert visible.locator("h3 a").all_inner_texts() == ["wrong-1/002-in.eml"]
    shown.get_by_label("Reason", exact=True).select_option("")
    shown.get_by_label("Language", exact=True).select_option("")
    shown.get_by_label("Check", exact=True).select_option("zero-tolerance")
    assert visible.locator("h3 a").all_inner_texts() == ["lawyer/004-in.eml"]
    assert shown.locator("script").count() == 0
    assert seen == []
    shown.close()
