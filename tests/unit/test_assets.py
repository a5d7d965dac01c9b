"""Scripts and styles: the browser keeps them under the hash of their content, and nothing else of ours is ever kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from review.app import create_app
from review.assets import ASKED, KEPT, Assets
from review.rendering import FOLDER
from tests.factories import House, open_house
from tests.policy_header import nonce_of
from tests.signing import BASE

_LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE) as opened:
        yield opened


def test_what_a_page_loads_is_kept_under_the_hash_of_its_content(client: TestClient) -> None:
    for page in ("/", "/lists", "/nowhere"):
        loaded = _LOADED.findall(client.get(page).text)
        assert loaded, page
        for address in loaded:
            answer = client.get(address)
            assert answer.headers["cache-control"] == KEPT, address
            name, _, version = address.removeprefix("/static/").partition("?v=")
            assert answer.content == (FOLDER / "static" / name).read_bytes()
            assert hashlib.sha256(answer.content).hexdigest().startswith(version)
            assert len(version) == 20


def test_other_content_has_another_address(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("p {}")
    before = Assets(tmp_path).address("a.css")
    (tmp_path / "a.css").write_text("p { color: red }")
    assert Assets(tmp_path).address("a.css") != before
    with pytest.raises(KeyError):
        Assets(tmp_path).address("b.css")


@pytest.mark.parametrize("question", ["", "?v=", "?v=00000000000000000000", "?smuggled", "?v=x&v=y"])
def test_under_another_address_it_is_asked_for_anew_each_time(client: TestClient, question: str) -> None:
    first = client.get(f"/static/keys.js{question}")
    assert (first.status_code, first.headers["cache-control"]) == (200, ASKED)
    again = client.get(f"/static/keys.js{question}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", ASKED)
    other = client.get(f"/static/keys.js{question}", headers={"if-none-match": '"other"'})
    assert other.content == first.content


_NOTHING = (
    "README",
    "",
    "none.css",
    "../app.py",
    "%2e%2e/app.py",
    "..%2fapp.py",
    "/etc/passwd",
    "keys.js/",
    "keys%00.js",
)


@pytest.mark.parametrize("path", [f"/static/{name}" for name in _NOTHING])
def test_nothing_else_is_served_and_no_refusal_is_kept(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404, path
    assert answer.headers["cache-control"] == "no-store"
    assert nonce_of(answer)


def test_nobody_writes_there_and_a_head_has_no_body(client: TestClient) -> None:
    head, whole = client.head("/static/keys.js"), client.get("/static/keys.js")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))
    refused = client.post("/static/keys.js", headers={"sec-fetch-site": "same-origin"}, data={"a": "b"})
    assert (refused.status_code, refused.headers["cache-control"]) == (405, "no-store")
    assert client.get("/static/keys.js", headers={"host": "evil.example"}).headers["cache-control"] == "no-store"


def test_no_page_is_kept_whatever_its_route_says(client: TestClient) -> None:
    for path in ("/", "/numbers", "/tokens", "/api/v1/openapi.json", "/nowhere"):
        assert client.get(path).headers["cache-control"] == "no-store"
