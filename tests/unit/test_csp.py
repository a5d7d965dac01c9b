"""Nonces: whatever a page loads carries the nonce of its own response, no response has that of another, fragments need none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from review import csp
from review.app import create_app
from review.rendering import FOLDER
from store.vocabulary import Reason
from tests.factories import House, claim, open_house
from tests.policy_header import nonce_in, nonce_of
from tests.signing import BASE, PAGE

_TEXT = "We will pay INV-20413 on 20 March 2026."


class Elements(HTMLParser):
    """The scripts and styles of a page, and what would be inline."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.nonces: list[str | None] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in ("script", "style") or (tag == "link" and named.get("rel") == "stylesheet"):
            self.nonces.append(named.get("nonce"))
        self.inline += [name for name in named if name == "style" or name.startswith("on")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def held(house: House) -> list[int]:
    promise = claim(Reason.PROMISE_TO_PAY, _TEXT, invoices=["INV-20413"])
    return [house.hold(house.receive(_TEXT), promise) for _ in range(2)]


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE) as opened:
        yield opened


def test_whatever_a_page_loads_carries_the_nonce_of_its_response(client: TestClient, held: list[int]) -> None:
    seen = set()
    pages = [
        "/",
        "/unmatched",
        "/decided",
        "/attention",
        "/lists",
        "/numbers",
        "/reports",
        "/tokens",
        f"/items/{held[0]}",
        "/nowhere",
    ]
    for path in pages:
        answer = client.get(path)
        nonce, found = nonce_of(answer), Elements(answer.text)
        assert found.nonces, path
        assert set(found.nonces) == {nonce}, path
        assert found.inline == [], path
        seen.add(nonce)
    assert len(seen) == len(pages)
    refused = client.get("/", headers={"host": "evil.example"})
    assert set(Elements(refused.text).nonces) == {nonce_of(refused)}


def test_the_same_page_has_another_nonce_each_time_also_at_the_same_moment(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.get("/decided"), range(40)))
    assert len({nonce_of(answer) for answer in answers}) == 40
    assert all(set(Elements(answer.text).nonces) == {nonce_of(answer)} for answer in answers)


def test_no_page_is_kept_by_anybody_and_none_is_answered_as_unchanged(client: TestClient, held: list[int]) -> None:
    asked = {"if-none-match": "*", "if-modified-since": "Tue, 10 Mar 2026 12:00:00 GMT"}
    for path in ("/", f"/items/{held[0]}", "/numbers"):
        answer = client.get(path, headers=asked)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert set(Elements(answer.text).nonces) == {nonce_of(answer)}


def test_what_htmx_puts_into_a_page_brings_neither_script_nor_style(client: TestClient, held: list[int]) -> None:
    by_htmx = PAGE | {"hx-request": "true"}
    token = re.search(r'name="csrf" value="(\w+)"', client.get(f"/items/{held[0]}").text)
    assert token
    form = {"csrf": token.group(1), "version": "1", "body": "Dear reader"}
    parts = [client.get(path, headers=by_htmx) for path in ("/queue/rows", f"/items/{held[0]}/alternatives")]
    parts.append(client.get(f"/items/{held[0]}/outcome", headers=by_htmx))
    parts += [client.post(f"/items/{held[0]}/{act}", data=form, headers=by_htmx) for act in ("preview", "here")]
    for part in parts:
        assert part.status_code == 200, part.url
        assert Elements(part.text).nonces == [], part.url
        assert Elements(part.text).inline == [], part.url


def test_the_next_item_is_named_to_the_browser_under_the_nonce(client: TestClient, held: list[int]) -> None:
    first = client.get(f"/items/{held[0]}")
    rules = re.search(r'<script type="speculationrules" nonce="([\w-]+)">(.*?)</script>', first.text)
    assert rules
    assert rules.group(1) == nonce_of(first)
    assert 'rel="next"' in first.text
    where = '[{"where": {"selector_matches": "a[rel=next]"}, "eagerness": "immediate"}]'
    assert rules.group(2) == f'{{"prerender": {where}, "prefetch": {where}}}'
    assert "speculationrules" not in client.get("/decided").text


def test_no_template_loads_anything_without_a_nonce() -> None:
    for file in sorted((FOLDER / "templates").glob("*.html")):
        text = file.read_text("utf-8")
        for element in re.findall(r"<(?:script|style)\b[^>]*>|<link rel=\"stylesheet\"[^>]*>", text):
            assert 'nonce="{{ nonce() }}"' in element, (file.name, element)
        assert not re.search(r"\sstyle=|\son[a-z]+=", re.sub(r"\{[{%#].*?[}%#]\}", "", text)), file.name


def test_a_policy_is_of_a_nonce() -> None:
    with csp.fresh_nonce() as nonce:
        assert csp.nonce() == nonce == nonce_in(csp.policy(nonce)) == nonce_in(csp.policy(nonce, saved=True))
    with pytest.raises(LookupError):
        csp.nonce()
    assert "unsafe" not in csp.policy("x")
