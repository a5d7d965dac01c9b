"""The next item is prepared while this one is read: it is there with the key, and nobody was there before."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.apt import installed
from tests.browser.conftest import ARGUMENTS, Served
from tests.browser.plain_chromium import Tab, plain_chromium
from tests.browser.test_walking import WALK, promises

pytestmark = pytest.mark.browser
_SECONDS = 60
#: From the key's own time stamp to the first picture of the page that it led to, in milliseconds.
_TOOK = """new Promise(done => new PerformanceObserver(list => {
  const first = list.getEntriesByName('first-contentful-paint')[0];
  if (first) done(performance.timeOrigin + first.startTime - Number(sessionStorage.getItem('key')));
}).observe({type: 'paint', buffered: true}))"""
_KEEP = "addEventListener('keydown', e => sessionStorage.setItem('key', performance.timeOrigin + e.timeStamp), true)"
_PREPARED = "performance.getEntriesByType('navigation')[0].activationStart > 0"


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_the_next_item_is_there_with_the_key_and_nobody_was_there_before(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order, desk = promises(served.house), served.house.desk
    asked: list[str] = []
    served.heard = asked.append

    def here(number: int) -> list[str]:
        return [person.login for person in desk.others_here(number, login="somebody else")]

    def go_on(tab: Tab, before: int, number: int) -> tuple[float, bool]:
        path = f"/items/{number}"
        until(lambda: path in asked, f"{path} is not asked for beforehand")
        until(lambda: here(before), "whoever reads an item is seen there")
        # Time enough for a page that would say at once that somebody is there.
        time.sleep(1)
        assert here(number) == []
        tab.value(_KEEP)
        tab.press("j")
        until(lambda: tab.value("location.pathname") == path, "the key leads on")
        took, prepared = float(tab.value(_TOOK)), bool(tab.value(_PREPARED))
        until(lambda: here(number), "whoever came on is seen there")
        return took, prepared

    program = installed("chromium", "chromium")
    assert program is not None
    with plain_chromium(program, ARGUMENTS, f"{served.url}/items/{order[0]}{WALK}", home=tmp_path / "browser") as tab:
        steps = [go_on(tab, before, number) for before, number in pairwise(order)]
    taken, prepared = [took for took, _ in steps], sum(was for _, was in steps)
    with capsys.disabled():
        print(
            f"\nfrom the key to the picture of an item prepared beforehand: median {statistics.median(taken):.0f} ms, "
            f"worst {max(taken):.0f} ms of {len(taken)}, {prepared} prepared"
        )
    assert prepared, "the browser prepared nothing"
