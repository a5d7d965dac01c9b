"""The viewer of runs in a real browser: a turn and its transcript can be read, and only this machine is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from evals.results import Mode
from evals.running.models import Model
from evals.running.suites import load_suite
from evals.running.whole import run_suite
from tests.eval_suites import NAMES, small_suite
from tests.eval_view import viewer

pytestmark = pytest.mark.browser


def test_a_turn_can_be_read_offline(browser: Browser, tmp_path: Path) -> None:
    suite = load_suite(small_suite(tmp_path, NAMES[1:2]))
    with ThreadPoolExecutor(1) as apart:  # the browser's event loop runs in this thread
        run = partial(run_suite, suite, Model("embedded", Mode.EMBEDDED), folder=tmp_path / "kept")
        ended = apart.submit(run).result()
    home = tmp_path / "home"
    home.mkdir()
    with viewer(ended.folder, home) as address:
        asked: list[str] = []
        shown = browser.new_page(viewport={"width": 1400, "height": 1000})
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto(address)
        shown.get_by_text("small-embedded").first.click(timeout=60_000)
        # With one sample the viewer opens its transcript at once; with more, a list of them comes first.
        shown.get_by_text("PROFORMA 0077").first.wait_for(timeout=60_000)
        assert "check_payment" in shown.inner_text("body")
        shown.close()
    strangers = {urlsplit(url).hostname for url in asked if urlsplit(url).scheme not in ("data", "blob")}
    assert strangers == {"127.0.0.1"}
