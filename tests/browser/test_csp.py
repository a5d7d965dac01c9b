"""The Content-Security-Policy in a real Chromium: what has no nonce does not run, text becomes no markup, and the pages still work."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Served
from tests.browser.furniture import furnish

pytestmark = pytest.mark.browser

_NOTE = "() => { window.broke = []; document.addEventListener('securitypolicyviolation', e => window.broke.push(e.violatedDirective)); }"
#: What would have got into a page of ours by a fault of a template.
_SMUGGLED = """<script>window.hit = 1</script><script src="/static/undo.js?smuggled"></script>
<script nonce="guessed">window.hit = 2</script><style>main { color: rgb(1, 2, 3) }</style>
<link rel="stylesheet" href="/static/queue.css?smuggled"><p id="smuggled" onmouseover="window.hit = 3" style="color: red">x</p>"""


def test_what_has_no_nonce_neither_runs_nor_paints(served: Served) -> None:
    page = served.open("/decided")
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))

    def smuggle(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", f"{_SMUGGLED}</main>"))

    page.route("**/attention", smuggle)
    page.goto(f"{served.url}/attention")
    assert page.locator("#smuggled").count() == 1
    page.locator("#smuggled").hover()
    assert page.evaluate("window.hit") is None
    assert page.evaluate("getComputedStyle(document.querySelector('main')).color") != "rgb(1, 2, 3)"
    assert page.evaluate("getComputedStyle(document.getElementById('smuggled')).color") != "rgb(255, 0, 0)"
    assert not any("smuggled" in url for url in asked), "it is not even fetched"
    assert sum("Content Security Policy" in error for error in served.errors) >= 6
    served.errors.clear()


def test_text_becomes_no_markup(served: Served) -> None:
    page = served.open("/")
    for act in (
        "document.body.innerHTML = '<p>x</p>'",
        "document.body.insertAdjacentHTML('beforeend', '<p>x</p>')",
        "document.createElement('iframe').srcdoc = 'x'",
        "document.createElement('script').src = '/static/undo.js'",
        "document.createElement('script').textContent = '1'",
        "document.write('x')",
        "trustedTypes.createPolicy('mine', { createHTML: t => t })",
    ):
        thrown = page.evaluate(f"() => {{ try {{ {act}; return ''; }} catch (error) {{ return error.name; }} }}")
        assert thrown == "TypeError", act
    assert page.locator("main").count() == 1
    served.errors.clear()


def test_what_htmx_fetches_arrives_and_the_next_item_is_there_beforehand(served: Served) -> None:
    page = served.open(f"/items/{furnish(served.house).morvan}")
    page.evaluate(_NOTE)
    page.get_by_text("Edit the text").click()
    page.locator("#body").fill("Dear reader, nothing else.")
    page.wait_for_function("() => document.querySelector('#preview').textContent.includes('nothing else')")
    assert page.evaluate("window.broke") == []
    first, deadline = page.url, time.monotonic() + 20
    while True:  # the browser tells no page when what it fetches beforehand is there
        page.wait_for_timeout(100)
        page.locator("a[rel=next]").click()
        page.wait_for_url(lambda url: url != first)
        if page.evaluate("performance.getEntriesByType('navigation')[0].deliveryType") == "navigational-prefetch":
            break
        assert time.monotonic() < deadline, "the next item was never fetched beforehand"
        page.goto(first)
    assert page.locator("#body").count() == 1
    assert page.evaluate("typeof htmx") == "object", "scripts run on the page that was fetched beforehand"
