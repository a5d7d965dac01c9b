"""Four hundred hostile texts wherever a mail or a model can put text: nothing runs, nothing is fetched, every sign is shown as text.

The browser's watch (conftest) fails the test for any request to another host, any dialog and any error of a script.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route

from store.inbound import Attachment
from store.vocabulary import Reason
from tests.browser.conftest import Served
from tests.browser.vectors import PAYLOADS, VECTORS
from tests.factories import claim

pytestmark = pytest.mark.browser

#: So many vectors a mail: each stands in the body and in the draft, and some of them in subject, names and files too.
_A_MAIL = 25
#: Everything that could be opened or pointed at is, as a curious person would.
_STIR = """() => {
  for (const d of document.querySelectorAll('details')) d.open = true;
  for (const e of document.querySelectorAll('*'))
    for (const kind of ['mouseover', 'pointerenter', 'focus', 'toggle', 'load'])
      e.dispatchEvent(new Event(kind));
}"""
#: Every script is a file of ours, but for the one that names the next item, which is data and always the same.
_OURS = """() => [...document.scripts].every(s => s.type === 'speculationrules'
  ? s.text === '{"prerender": [{"where": {"selector_matches": "a[rel=next]"}, "eagerness": "immediate"}], "prefetch": [{"where": {"selector_matches": "a[rel=next]"}, "eagerness": "immediate"}]}'
  : new URL(s.src).origin === location.origin)"""


def test_there_are_four_hundred_and_all_differ() -> None:
    assert len(set(VECTORS)) == len(VECTORS) == 400


def test_the_payloads_are_live(browser: Browser) -> None:
    """In a page that takes them as markup they do what they say: a test of texts that do nothing would show nothing."""
    alive = [payload for payload in PAYLOADS if _acts(browser.new_page(), payload)]
    assert len(alive) == len(PAYLOADS), set(PAYLOADS) - set(alive)


def _acts(page: Page, payload: str) -> bool:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(body=f"<!doctype html><title>x</title>{payload}", content_type="text/html")
        else:
            route.abort()

    page.route("**/*", answer)
    page.goto("http://victim.example/", wait_until="commit")
    page.wait_for_timeout(80)
    waits = page.locator("[action*=thief], base, [onpointerenter], [hx-get], a[href^=javascript]").count()
    acted = len(asked) > 1 or bool(waits) or bool(page.evaluate("() => window.hit"))
    page.close()
    return acted


def test_no_text_becomes_part_of_a_page(served: Served) -> None:
    held: list[int] = []
    for start in range(0, len(VECTORS), _A_MAIL):
        some = VECTORS[start : start + _A_MAIL]
        text = "\n".join(some)
        number = served.house.receive(
            text,
            subject=" ".join(some[:3]),
            from_name=some[3],
            quoted_text="\n".join(some[4:8]),
            signature="\n".join(some[8:12]),
            attachments=tuple(
                Attachment(filename=name, content_type="application/pdf", size=1, sha256="0" * 64)
                for name in some[12:16]
            ),
        )
        held.append(
            served.house.hold(
                number,
                claim(Reason.DISPUTE, some[16], invoices=["INV-20413"], po_number=some[17], portal=some[18]),
                body=text,
                flags=(f"unknown_invoice:{some[19]}", some[20]),
                reader=some[21],
                needs_person=some[22],
            )
        )
    page = served.open("/")
    _unharmed(page)
    for number, start in zip(held, range(0, len(VECTORS), _A_MAIL), strict=True):
        page.goto(f"{served.url}/items/{number}")
        shown = page.locator("body").text_content() or ""
        for vector in VECTORS[start : start + _A_MAIL]:
            first = vector.split("\t")[0].strip()
            assert first in shown, "it is shown as it was written"
        _unharmed(page)
    page.goto(f"{served.url}/unmatched")
    _unharmed(page)


def _unharmed(page: Page) -> None:
    page.evaluate(_STIR)
    page.wait_for_function("() => document.readyState === 'complete'")
    assert page.evaluate("() => window.hit === undefined && typeof window.hit === 'undefined'")
    assert (
        page.evaluate(
            "() => document.querySelectorAll('iframe, object, base, meta[http-equiv], [onerror], [onload]').length"
        )
        == 0
    )
    assert page.evaluate(_OURS)
