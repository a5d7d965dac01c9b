"""What the pages do, the API does: every route of a page has its twin for the same roles, or stands here with the reason why not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from review.app import create_app
from review.matrix import MATRIX, PUBLIC
from review.viewer import LOCAL
from store.api_tokens import Scope
from store.engine import unit_of_work
from store.tables import Outgoing
from store.vocabulary import Reason, SendState
from tests.factories import House, claim, open_house
from tests.signing import BASE

API = "/api/v1"
DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
#: Where the twin has another name.
TWINS: dict[tuple[str, str], tuple[str, str]] = {
    ("GET", "/"): ("GET", "/queue"),
    ("GET", "/queue/rows"): ("GET", "/queue"),
    ("GET", "/together"): ("GET", "/queue"),
    ("POST", "/together"): ("POST", "/queue/approve"),
    ("GET", "/decided"): ("GET", "/items"),
    ("GET", "/items/{number}/outcome"): ("GET", "/items/{number}"),
    ("POST", "/numbers/autonomy"): ("POST", "/autonomy"),
    ("GET", "/connections/{name}/remove"): ("GET", "/connections/{name}"),
}
_A_BROWSERS = "it is about a browser's session, and a program has none"
_NO_TOKEN = "a token neither makes nor ends tokens: who has one could otherwise keep it for ever"
_PEOPLE = "people are kept by an admin who proves who they are: on the page, or at the machine by `dunwell people`"
#: What the API does not do, by design.
NOT: dict[tuple[str, str], str] = {
    ("GET", "/queue/events"): "a program asks `GET /counts` and `GET /queue` when it wants to know",
    ("GET", "/from-mail/{link}"): "a link in a digest leads a person to a page",
    ("GET", "/account"): _A_BROWSERS,
    ("GET", "/account/prove/oidc"): _A_BROWSERS,
    ("POST", "/account/prove"): _A_BROWSERS,
    ("POST", "/account/password"): _A_BROWSERS,
    ("POST", "/account/sessions/end"): _A_BROWSERS,
    ("POST", "/account/sessions/{number}/end"): _A_BROWSERS,
    ("POST", "/sign-out"): _A_BROWSERS,
    ("GET", "/tokens"): _NO_TOKEN,
    ("POST", "/tokens"): _NO_TOKEN,
    ("POST", "/tokens/{number}/revoke"): _NO_TOKEN,
    ("GET", "/people"): _PEOPLE,
    **{(method, path): _PEOPLE for method, path in MATRIX if path.startswith("/people/")},
}
PAGES = sorted(row for row in MATRIX if not row[1].startswith("/api/"))


def twin(row: tuple[str, str]) -> tuple[str, str]:
    method, path = TWINS.get(row, row)
    return method, f"{API}{path}"


@pytest.mark.parametrize("row", PAGES, ids=lambda row: " ".join(row))
def test_a_route_of_a_page_has_its_twin_or_a_reason(row: tuple[str, str]) -> None:
    if row in NOT:
        assert twin(row) not in MATRIX, "it has one after all: take it off the list"
        return
    assert twin(row) in MATRIX, "give it a twin, or a reason in NOT"
    assert MATRIX[twin(row)] == MATRIX[row], "for the same roles"


def test_the_lists_name_only_what_is_there() -> None:
    assert set(NOT) | set(TWINS) <= set(MATRIX)
    assert not set(NOT) & set(TWINS)
    assert all(row in PUBLIC or row in MATRIX for row in NOT)


def test_the_reasons_are_written_down() -> None:
    text = " ".join(DOCS.split())
    for reason in set(NOT.values()):
        assert reason in text, reason


def test_every_operation_is_in_the_docs() -> None:
    """As a path, or by its last part after the path of its neighbour."""
    spans = [span.rpartition(" ")[2].removeprefix("...") for span in re.findall(r"`([^`]+)`", DOCS)]
    ends = tuple(span if span.startswith("/") else f"/{span}" for span in spans)
    for method, path in MATRIX:
        if path.startswith(API) and not path.endswith(".json"):
            assert path.endswith(ends), (method, path)


# --- what was added last ------------------------------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    _, token = house.desk.make_token(LOCAL, name="test", scopes={Scope.READ, Scope.DECIDE}, days=5)
    with TestClient(create_app(house.desk), base_url=BASE, headers={"authorization": f"Bearer {token}"}) as opened:
        yield opened


@pytest.fixture
def held(house: House) -> int:
    words = "We pay INV-20413 on 20 March 2026."
    return house.hold(
        house.receive(words), claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date=date(2026, 3, 20))
    )


def done(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_thread_of_an_item(client: TestClient, house: House, held: int) -> None:
    done(client.post(f"{API}/items/{held}/approve", json={"version": 1}))
    with unit_of_work(house.engine) as session:
        (mail,) = session.exec(select(Outgoing)).all()
        mail.state, mail.sent_at = SendState.SENT, house.now
        session.add(mail)
    words = "As said: on the 20th."
    later = house.hold(house.receive(words), claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"]))
    thread = done(client.get(f"{API}/items/{later}/thread"))
    assert thread["more"] == 0
    assert {mail["ours"] for mail in thread["mails"]} == {True, False}
    ours, theirs = (next(mail for mail in thread["mails"] if mail["ours"] is side) for side in (True, False))
    assert ours["path"] == f"/items/{held}"
    assert theirs["text"] == "We pay INV-20413 on 20 March 2026."
    assert client.get(f"{API}{theirs['path']}").status_code == 200
    assert client.get(f"{API}/items/99/thread").status_code == 404


def test_the_states_of_an_item(client: TestClient, house: House, held: int) -> None:
    assert done(client.get(f"{API}/items/{held}/history"))["states"] == []
    body = done(client.get(f"{API}/items/{held}"))["draft"]["body"]
    anew = body.replace("Thank you very much", "Many thanks")
    done(client.post(f"{API}/items/{held}/edit", json={"version": 1, "body": anew}))
    first, second = done(client.get(f"{API}/items/{held}/history"))["states"]
    assert (first["version"], first["body"]) == (1, body)
    assert (second["version"], second["body"], second["by"]) == (2, anew, LOCAL.login)
    assert "Many thanks" in second["rendered"]
    assert client.get(f"{API}/items/99/history").status_code == 404


def test_who_has_an_item_open(client: TestClient, house: House, held: int) -> None:
    assert done(client.post(f"{API}/items/{held}/here"))["others"] == []
    house.desk.be_here(held, login="ines", name="Ines Roth")
    (other,) = done(client.post(f"{API}/items/{held}/here"))["others"]
    assert (other["login"], other["name"]) == ("ines", "Ines Roth")
    assert [p.login for p in house.desk.others_here(held, login="ines")] == [LOCAL.login]
    assert client.post(f"{API}/items/99/here").status_code == 404


def test_views_are_kept_as_the_page_keeps_them(client: TestClient, house: House, held: int) -> None:
    filters = {"reason": "dispute", "least": "100", "most": "2000.50", "safe": True, "who": "me"}
    (view,) = done(client.post(f"{API}/views", json={"name": "Mine", "filters": filters}))["views"]
    assert view["filters"] == {"q": "", "tier": "", "owner": "", "flag": "", "language": ""} | filters
    assert (view["name"], view["shared"], view["mine"]) == ("Mine", False, True)
    (kept,) = house.desk.saved_views(LOCAL.login)
    assert kept.query == "from=100&reason=dispute&safe=1&to=2000.50&who=me"
    assert "Mine" in client.get("/").text
    house.desk.save_view(login="ines", name="All", query="q=x", shared=True)
    views = done(client.get(f"{API}/views"))["views"]
    assert [(v["name"], v["mine"], v["shared"]) for v in views] == [("All", False, True), ("Mine", True, False)]
    refused = client.post(f"{API}/views/{views[0]['id']}/remove")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:dunwell:state")
    done(client.post(f"{API}/views/{views[1]['id']}/remove"))
    assert [v["name"] for v in done(client.get(f"{API}/views"))["views"]] == ["All"]


def test_tables_are_those_of_the_pages_and_limited_with_them(client: TestClient, house: House, held: int) -> None:
    answer = client.post(f"{API}/exports/queue", json={})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="dunwell-queue-')
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 1
    assert client.post(f"{API}/exports/nothing", json={}).status_code == 404
    assert client.post(f"{API}/exports/queue", json={"days": 0}).status_code == 422
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/").text)
    assert token
    page = {"data": {"csrf": token.group(1)}, "headers": {"sec-fetch-site": "same-origin"}}
    same = client.post("/exports/queue", **page)  # type: ignore[arg-type]  # a form
    assert same.text == answer.text
    codes = [client.post(f"{API}/exports/numbers", json={}).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429], "five an hour, on whichever way"


def test_the_lists_at_a_glance(client: TestClient, house: House, held: int) -> None:
    done(client.post(f"{API}/items/{held}/hand-over", json={"role": "manager", "note": "please look"}))
    found = done(client.get(f"{API}/lists"))["open"]
    assert found["escalations"] == len(done(client.get(f"{API}/lists/escalations"))["matters"]) == 1
