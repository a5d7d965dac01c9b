"""The JSON API over a real database: what the pages do, by token; who is turned away; and what is told when it does not work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from review.api_gate import scope_for
from review.app import create_app
from review.matrix import MATRIX, allowed
from review.security import HEADERS
from review.viewer import LOCAL
from store.api_tokens import LONGEST, MOST, Scope
from store.clients import ApiToken
from store.engine import unit_of_work
from store.roles import DECIDERS, READERS
from store.tables import AuditEntry, Contact, Outgoing
from store.vocabulary import ContactStatus, MessageState, ProposalStatus, Reason, SendState
from tests.factories import House, claim, open_house

BASE = "http://127.0.0.1:8765"
PAGE = {"sec-fetch-site": "same-origin"}
READ, BOTH = frozenset({Scope.READ}), frozenset({Scope.READ, Scope.DECIDE})
API_ROWS = [(method, path) for method, path in MATRIX if path.startswith("/api/")]


@dataclass
class Caller:
    """A program with a token."""

    house: House
    client: TestClient
    token: str

    def get(self, path: str, **params: Any) -> Any:
        answer = self.client.get(f"/api/v1{path}", params=params, headers=self.headers())
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, path: str, **body: Any) -> tuple[int, Any]:
        answer = self.client.post(f"/api/v1{path}", json=body, headers=self.headers())
        return answer.status_code, answer.json()

    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def api(house: House) -> Iterator[Caller]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        _, token = house.desk.make_token(LOCAL, name="test", scopes=BOTH, days=30)
        yield Caller(house, client, token)


def promise(house: House, **fields: Any) -> int:
    words = "We pay INV-20421 on 20 March."
    message = house.receive(f"Hi,\n\n{words}\n\nPriya", **fields)
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date="2026-03-20"))


def problem(answer: tuple[int, Any], status: int, kind: str) -> str:
    code, said = answer
    assert (code, said["status"], said["type"]) == (status, status, kind if ":" in kind else f"urn:dunwell:{kind}"), (
        said
    )
    assert "\n" not in said["detail"]
    return str(said["detail"])


# --- looking --------------------------------------------------------------------------------------------------------


def test_an_item_is_told_with_money_as_text_and_times_in_utc(api: Caller) -> None:
    number = promise(api.house, subject="Re: INV-20421")
    (line,) = api.get("/items")["items"]
    assert line["id"] == number
    assert line["open"] == [{"amount": "448.00", "currency": "GBP"}]
    assert line["created_at"] == "2026-03-10T09:00:00Z"
    item = api.get(f"/items/{number}")
    assert item["customer"]["name"] == "Harrow & Finch Engineering Ltd"
    assert item["mail"]["text"].startswith("Hi,")
    assert item["claims"][0]["slots"]["date"] == "2026-03-20"
    assert item["draft"]["recipients"] == ["p.kershaw@harrowfinch.example"]
    assert {"slot": "promise.date", "text": "20 March 2026", "source": "customer"} in item["draft"]["slots"]
    assert item["to_acknowledge"] == []
    assert item["blocked"] is False
    assert "INV-20413" in {i["number"] for i in item["invoices"]}


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_a_list_is_walked_by_its_cursor_and_nothing_is_lost_or_told_twice(api: Caller, order: str) -> None:
    made = []
    for step in range(7):
        api.house.now += timedelta(minutes=step // 2)
        made.append(promise(api.house))
    found: list[int] = []
    cursor = None
    while True:
        page = api.get("/items", limit=3, status="all", order=order, **({"cursor": cursor} if cursor else {}))
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == (made if order == "oldest" else made[::-1])


def test_a_list_is_narrowed_by_status_and_customer(api: Caller) -> None:
    number = promise(api.house)
    assert api.get("/items", status="sent")["items"] == []
    customer = api.get(f"/items/{number}")["customer"]["id"]
    assert [i["id"] for i in api.get("/items", customer=customer, status="all")["items"]] == [number]
    assert api.get("/items", customer="nobody")["items"] == []


@pytest.mark.parametrize("cursor", ["x", "AAAA", "MjAyNg", "////", "a" * 400])
def test_a_cursor_that_is_none_of_ours_is_refused(api: Caller, cursor: str) -> None:
    answer = api.client.get("/api/v1/items", params={"cursor": cursor}, headers=api.headers())
    problem((answer.status_code, answer.json()), 422, "cursor")


def test_accounts_are_listed_by_pages_and_shown(api: Caller) -> None:
    first = api.get("/accounts", limit=2)
    assert len(first["accounts"]) == 2
    second = api.get("/accounts", limit=100, cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    ids = [a["id"] for a in first["accounts"] + second["accounts"]]
    assert ids == sorted(set(ids)) == sorted(i for i, _ in api.house.desk.customers())
    account = api.get(f"/accounts/{ids[0]}")
    assert {"open", "overdue", "invoices", "payments", "contacts", "promises", "plans", "disputes"} <= set(account)
    missing = api.client.get("/api/v1/accounts/nobody", headers=api.headers())
    problem((missing.status_code, missing.json()), 404, "about:blank")


# --- deciding -------------------------------------------------------------------------------------------------------


def test_an_edit_is_judged_and_saved_and_then_approved(api: Caller) -> None:
    number = promise(api.house)
    body = api.get(f"/items/{number}")["draft"]["body"]
    code, preview = api.ask(f"/items/{number}/preview", body=body + "\nPS: GBP 999.00 are open.")
    assert code == 200
    assert preview["blocked"]
    assert api.get(f"/items/{number}")["version"] == 1
    code, saved = api.ask(f"/items/{number}/edit", version=1, body="Thank you!\n\n" + body)
    assert (code, saved["version"], saved["findings"]) == (200, 2, [])
    code, done = api.ask(f"/items/{number}/approve", version=2)
    assert (code, done["status"], done["version"]) == (200, "approved", 3)
    item = api.get(f"/items/{number}")
    assert item["decided_by"] == "local"
    assert item["outgoing"]["state"] == "queued"
    assert item["draft"]["written_by"].startswith("human")


def test_a_decision_that_is_sent_again_is_told_as_done_and_nothing_happens_twice(api: Caller) -> None:
    number = promise(api.house)
    first, second = (api.ask(f"/items/{number}/approve", version=1) for _ in range(2))
    assert first == second
    assert first[0] == 200
    with unit_of_work(api.house.engine) as session:
        assert len(session.exec(select(Outgoing)).all()) == 1
    assert "look at it again" in problem(api.ask(f"/items/{number}/reject", version=1, reason="other"), 409, "stale")
    other = promise(api.house)
    rejected = [api.ask(f"/items/{other}/reject", version=1, reason="wrong_words", note="no") for _ in range(2)]
    assert rejected[0] == rejected[1]
    assert rejected[0][1]["status"] == "rejected"


def test_an_old_version_is_refused(api: Caller) -> None:
    number = promise(api.house)
    body = api.get(f"/items/{number}")["draft"]["body"]
    assert api.ask(f"/items/{number}/edit", version=1, body=body + "\nBest")[0] == 200
    for path, rest in (
        ("approve", {}),
        ("reject", {"reason": "other"}),
        ("edit", {"body": body}),
        ("choose", {"keep": [0]}),
    ):
        problem(api.ask(f"/items/{number}/{path}", version=1, **rest), 409, "stale")
    assert api.get(f"/items/{number}")["status"] == "held"


def test_what_a_rule_forbids_comes_with_its_findings(api: Caller) -> None:
    number = promise(api.house)
    body = api.get(f"/items/{number}")["draft"]["body"]
    code, saved = api.ask(f"/items/{number}/edit", version=1, body=body + "\nGBP 999.00 are open.")
    assert code == 200
    assert saved["findings"]
    answer = api.ask(f"/items/{number}/approve", version=2)
    problem(answer, 422, "blocked")
    assert answer[1]["findings"]
    assert {f["severity"] for f in answer[1]["findings"]} >= {"block"}


def test_a_serious_flag_wants_its_reason(api: Caller) -> None:
    number = promise(api.house, flags=("hidden_text",))
    flags = api.get(f"/items/{number}")["to_acknowledge"]
    assert flags
    problem(api.ask(f"/items/{number}/approve", version=1), 422, "blocked")
    code, done = api.ask(f"/items/{number}/approve", version=1, acknowledged=dict.fromkeys(flags, "both say the same"))
    assert (code, done["status"]) == (200, "approved")


def test_actions_are_chosen_by_position(api: Caller) -> None:
    text = "We pay INV-20421 on 20 March. Please send INV-20413 again."
    number = api.house.hold(
        api.house.receive(text),
        claim(Reason.PROMISE_TO_PAY, "We pay INV-20421 on 20 March.", invoices=["INV-20421"], date="2026-03-20"),
        claim(Reason.INVOICE_MISSING, "Please send INV-20413 again.", invoices=["INV-20413"]),
    )
    code, left = api.ask(f"/items/{number}/choose", version=1, keep=[0])
    assert (code, left["version"]) == (200, 2)
    assert [a["declined"] for a in api.get(f"/items/{number}")["actions"]] == [False, True]
    problem(api.ask(f"/items/{number}/choose", version=2, keep=[]), 422, "refused")


def test_mails_of_nobody_are_assigned_and_closed(api: Caller) -> None:
    message = api.house.receive("Who are you?", sender="someone@unknown.example")
    api.house.hold(message, claim(Reason.UNCLEAR, "Who are you?"))
    (mail,) = api.get("/unmatched")["mails"]
    assert mail["mail"]["id"] == message
    problem(api.ask(f"/messages/{message}/assign", customer_id="nobody"), 422, "refused")
    problem(api.ask(f"/messages/{message}/close"), 409, "state")
    customer = api.get("/accounts", limit=1)["accounts"][0]["id"]
    assert api.ask(f"/messages/{message}/assign", customer_id=customer) == (200, {"ok": True})
    assert api.get("/unmatched")["mails"] == []
    assert api.get("/counts")["unmatched"] == 0
    assert api.get(f"/messages/{message}")["state"] == MessageState.STORED


def test_contacts_and_what_did_not_leave_are_put_right(api: Caller) -> None:
    number = promise(api.house)
    api.ask(f"/items/{number}/approve", version=1)
    with unit_of_work(api.house.engine) as session:
        contact = session.exec(select(Contact)).first()
        outgoing = session.exec(select(Outgoing)).one()
        assert contact is not None
        contact.status, outgoing.state = ContactStatus.TO_VERIFY, SendState.UNCERTAIN
        session.add_all([contact, outgoing])
        who, mail = contact.id, outgoing.id
    waits = api.get("/attention")
    assert [c["id"] for c in waits["contacts_to_verify"]] == [who]
    assert [u["outgoing"]["id"] for u in waits["uncertain"]] == [mail]
    assert api.ask(f"/contacts/{who}/verify", note="called the switchboard")[0] == 200
    assert api.ask(f"/outgoing/{mail}/settle", sent=True)[0] == 200
    problem(api.ask(f"/outgoing/{mail}/settle", sent=True), 409, "stale")
    problem(api.ask(f"/outgoing/{mail}/retry"), 409, "stale")
    assert api.get(f"/items/{number}")["status"] == "sent"


# --- who may ask ----------------------------------------------------------------------------------------------------


def test_no_route_of_the_api_answers_without_a_token_or_by_a_cookie_alone(api: Caller) -> None:
    promise(api.house)
    for method, path in API_ROWS:
        for headers in (
            {},
            {"authorization": "Bearer dw_" + "a" * 43},
            {"authorization": "Basic eDp5"},
            {"sec-fetch-site": "cross-site"},
        ):
            answer = api.client.request(
                method, re.sub(r"\{\w+\}", "1", path), headers=headers, json={} if method == "POST" else None
            )
            assert answer.status_code == 401, (method, path, headers)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
            assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_our_own_pages_may_look_by_their_session_but_never_decide(api: Caller) -> None:
    number = promise(api.house)
    assert api.client.get("/api/v1/items", headers=PAGE).status_code == 200
    assert api.client.post(f"/api/v1/items/{number}/approve", json={"version": 1}, headers=PAGE).status_code == 401
    assert api.house.desk.show(number).row.status == ProposalStatus.HELD  # type: ignore[union-attr]


def test_a_token_opens_no_page(house: House) -> None:
    """With sign-in on a page asks for a session; here, that a token's scopes do not reach a page's viewer."""
    assert all(scope_for(method, path) in (Scope.READ, Scope.DECIDE) for method, path in API_ROWS)
    assert {r for row in API_ROWS for r in allowed(*row)} >= READERS | DECIDERS


def test_a_token_that_reads_does_not_decide(api: Caller) -> None:
    number = promise(api.house)
    api.token = api.house.desk.make_token(LOCAL, name="reads", scopes=READ, days=1)[1]
    body = api.get(f"/items/{number}")["draft"]["body"]
    assert api.ask(f"/items/{number}/preview", body=body)[0] == 200
    for method, path in API_ROWS:
        if scope_for(method, path) is Scope.DECIDE:
            assert api.ask(re.sub(r"\{\w+\}", "1", path).removeprefix("/api/v1"))[0] == 403, path


def test_a_token_is_kept_as_a_hash_ends_and_is_revoked(api: Caller) -> None:
    with unit_of_work(api.house.engine) as session:
        (row,) = session.exec(select(ApiToken)).all()
        assert api.token not in row.model_dump_json()
        assert api.token.startswith("dw_")
        assert len(row.sha256) == 64
    api.get("/counts")
    with unit_of_work(api.house.engine) as session:
        assert session.exec(select(ApiToken)).one().last_used_at == api.house.now
    api.house.now += timedelta(days=30)
    assert api.client.get("/api/v1/counts", headers=api.headers()).status_code == 401
    kept, text = api.house.desk.make_token(LOCAL, name="next", scopes=READ, days=1)
    api.token = text
    api.get("/counts")
    api.house.desk.revoke_token(LOCAL, kept.id or 0)
    assert api.client.get("/api/v1/counts", headers=api.headers()).status_code == 401
    with unit_of_work(api.house.engine) as session:
        events = [e.event for e in session.exec(select(AuditEntry).where(AuditEntry.subject == f"api_token:{kept.id}"))]
    assert events == ["api_token.created", "api_token.revoked"]


def test_tokens_without_a_person_are_worth_nothing_where_people_sign_in(api: Caller) -> None:
    assert api.house.desk.token_viewer(api.token, signs_in=True) is None
    viewer = api.house.desk.token_viewer(api.token, signs_in=False)
    assert viewer is not None
    assert viewer.scopes == BOTH


@pytest.mark.parametrize(
    ("name", "days", "scopes"),
    [("", 1, READ), ("x" * 81, 1, READ), ("x", 0, READ), ("x", LONGEST.days + 1, READ), ("x", 1, frozenset())],
)
def test_a_token_needs_a_name_an_end_and_a_scope(house: House, name: str, days: int, scopes: frozenset[Scope]) -> None:
    with pytest.raises(ValueError, match=r"token|choose"):
        house.desk.make_token(LOCAL, name=name, scopes=scopes, days=days)


def test_nobody_has_more_tokens_than_they_can_look_after(house: House) -> None:
    for number in range(MOST):
        house.desk.make_token(LOCAL, name=str(number), scopes=READ, days=1)
    with pytest.raises(ValueError, match="revoke one"):
        house.desk.make_token(LOCAL, name="more", scopes=READ, days=1)


def test_the_page_makes_a_token_shows_it_once_and_revokes_it(api: Caller) -> None:
    page = api.client.get("/tokens").text
    csrf = re.search(r'name="csrf" value="(\w+)"', page)
    assert csrf is not None
    assert api.token not in page
    form = {"csrf": csrf.group(1), "name": "<b>ERP</b>", "scope": "read", "days": "7"}
    made = api.client.post("/tokens", data=form, headers=PAGE).text
    text = re.search(r'value="(dw_[\w-]{43})"', made)
    assert text is not None
    assert "&lt;b&gt;ERP&lt;/b&gt;" in made
    assert text.group(1) not in api.client.get("/tokens").text
    number = api.house.desk.tokens_of(LOCAL)[0].id
    gone = api.client.post(f"/tokens/{number}/revoke", data=form, headers=PAGE)
    assert (gone.status_code, gone.headers["location"]) == (303, "/tokens?notice=revoked")
    assert api.client.post(f"/tokens/{number}/revoke", data=form, headers=PAGE).status_code == 409
    assert api.client.post("/tokens", data=form | {"days": "9999"}, headers=PAGE).status_code == 422


def test_nobody_asks_more_than_so_often_over_all_their_tokens(api: Caller) -> None:
    other = api.house.desk.make_token(LOCAL, name="other", scopes=READ, days=1)[1]
    for _ in range(50):
        api.get("/counts")
        assert api.client.get("/api/v1/counts", headers={"authorization": f"Bearer {other}"}).status_code == 200
    answer = api.client.get("/api/v1/counts", headers=api.headers())
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"
    api.house.now += timedelta(minutes=1, seconds=1)
    api.get("/counts")


# --- what is told ---------------------------------------------------------------------------------------------------


def test_what_is_wrong_with_a_request_is_told_without_what_stood_in_it(api: Caller) -> None:
    number = promise(api.house)
    answer = api.ask(f"/items/{number}/approve", version="secret-word", vresion=1)
    assert "body.version" in problem(answer, 422, "malformed")
    assert "secret-word" not in str(answer[1])
    said = problem(api.ask(f"/items/{number}/approve", **{"version": 1, "a\nb": 1, "vresion": 1}), 422, "malformed")
    assert "vresion" in said
    for path, status in (("/nowhere", 404), ("/items/999999", 404), ("/items/99999999999999999999", 422)):
        got = api.client.get(f"/api/v1{path}", headers=api.headers())
        assert (got.status_code, got.headers["content-type"]) == (status, "application/problem+json")
    wrong_host = api.client.get("/api/v1/items", headers=api.headers() | {"host": "evil.example"})
    assert (wrong_host.status_code, wrong_host.headers["content-type"]) == (421, "application/problem+json")


def test_the_description_names_every_operation_and_loads_nothing_from_elsewhere(api: Caller) -> None:
    document = api.get("/openapi.json")
    described = {(method.upper(), path) for path, ways in document["paths"].items() for method in ways}
    assert described == {row for row in API_ROWS if row[1] != "/api/v1/openapi.json"}
    assert document["components"]["schemas"]["Money"]["properties"]["amount"]["type"] == "string"
    assert "HTTPValidationError" not in str(document)
    assert api.client.get("/docs").status_code == 404


# --- the queue, and what is done beside the decision ----------------------------------------------------------------


def test_the_queue_is_told_in_its_own_order_and_narrowed_like_the_page(api: Caller) -> None:
    number = promise(api.house)
    other = api.house.hold(
        api.house.receive("What do we owe?", sender="d.sayle@harrowfinch.example"),
        claim(Reason.QUESTION, "What do we owe?"),
    )
    found = api.get("/queue")
    ids = [item["id"] for item in found["items"]]
    assert ids == api.house.desk.held_ids()
    assert number in ids or other in ids
    row = found["items"][0]
    assert set(row["stake"]) == {"amount", "currency"}
    assert api.get("/queue", reason="dispute")["items"] == []
    assert [i["id"] for i in api.get("/queue", q="harrow")["items"]] == ids


def test_an_item_is_put_off_passed_on_and_talked_about(api: Caller) -> None:
    number = promise(api.house)
    assert api.ask(f"/items/{number}/snooze", until="2026-03-16") == (200, {"ok": True})
    assert api.get("/queue")["items"] == []
    assert api.ask(f"/items/{number}/snooze", until=None)[0] == 200
    assert api.ask(f"/items/{number}/comment", text="Called Priya")[0] == 200
    (said,) = api.get(f"/items/{number}/comments")["comments"]
    assert (said["by"], said["text"]) == ("local", "Called Priya")
    assert api.ask(f"/items/{number}/give", login="ines")[0] == 200
    assert [item["assigned_to"] for item in api.get("/queue", who="ines")["items"]] == ["ines"]
    assert api.ask(f"/items/{number}/hand-over", role="manager", note="please look")[0] == 200
    assert api.get("/lists/escalations")["total"] == 1
    (matter,) = api.get("/lists/escalations")["matters"]
    assert matter["item_id"] == number
    assert api.ask(f"/escalations/{matter['id']}/take", seen="")[0] == 200
    problem(api.ask(f"/escalations/{matter['id']}/close", note=" "), 409, "state")
    assert api.ask(f"/escalations/{matter['id']}/close", note="spoke to them")[0] == 200
    assert api.get("/lists/escalations", state="closed")["total"] == 1
    problem(api.ask("/disputes/77/end", status="rejected", reason="x"), 409, "state")


def test_a_claim_is_read_otherwise_and_the_words_follow(api: Caller) -> None:
    number = promise(api.house)
    before = api.get(f"/items/{number}")
    assert isinstance(api.get(f"/items/{number}/alternatives")["readings"], list)
    code, done = api.ask(f"/items/{number}/reread", version=1, claim=0, reason="payment_in_process")
    assert (code, done["version"]) == (200, 2)
    after = api.get(f"/items/{number}")
    assert [c["reason"] for c in after["claims"]] == ["payment_in_process"]
    assert after["draft"]["rendered"] != before["draft"]["rendered"]
    problem(api.ask(f"/items/{number}/reread", version=1, claim=0, reason="refusal"), 409, "stale")
    problem(api.ask(f"/items/{number}/retool", version=2, action=0, tool="write_off_everything"), 422, "refused")
    assert api.ask(f"/items/{number}/redraft", version=2, instruction="shorter")[0] in (200, 422)


def test_a_document_that_goes_along_is_handed_out_as_bytes(api: Caller) -> None:
    words = "Please send INV-20413 again."
    number = api.house.hold(api.house.receive(words), claim(Reason.INVOICE_MISSING, words, invoices=["INV-20413"]))
    (name,) = api.get(f"/items/{number}")["draft"]["files"]
    answer = api.client.get(f"/api/v1/items/{number}/documents/0", headers=api.headers())
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert api.client.get(f"/api/v1/items/{number}/documents/7", headers=api.headers()).status_code == 404


def test_several_are_approved_each_by_itself(api: Caller) -> None:
    number = promise(api.house)
    code, told = api.ask("/queue/approve", items=[{"id": number, "version": 9}, {"id": 4711, "version": 1}])
    assert code == 200
    assert [(r["id"], r["approved"]) for r in told["results"]] == [(number, False), (4711, False)]
    assert all(r["why_not"] for r in told["results"])


def test_an_approval_is_taken_back_while_its_time_runs(api: Caller) -> None:
    number = promise(api.house)
    desk = api.house.desk
    desk.undo = timedelta(seconds=30)
    app = create_app(desk)
    with TestClient(app, base_url=BASE) as client:
        slow = Caller(api.house, client, api.token)
        assert slow.ask(f"/items/{number}/approve", version=1)[1]["status"] == "approved"
        code, back = slow.ask(f"/items/{number}/undo", version=2)
        assert (code, back["status"]) == (200, "held")
        problem(slow.ask(f"/items/{number}/undo", version=2), 409, "stale")


def test_numbers_and_the_autonomy_table_are_told_and_nothing_opens_without_evidence(api: Caller) -> None:
    number = promise(api.house)
    api.ask(f"/items/{number}/approve", version=1)
    api.house.now += timedelta(minutes=1)
    found = api.get("/numbers", days=1)
    assert found["whole"]["unedited"] == 1
    assert found["by_reason"]["promise_to_pay"]["unedited_share"] == 1.0
    cell = api.get("/autonomy")["cells"][0]
    assert not cell["open"]
    assert cell["missing"]
    named = {name: cell[name] for name in ("reason", "band", "tier")}
    problem(api.ask("/autonomy", **named, open=True), 409, "state")
    problem(api.ask("/autonomy", reason="legal_threat", band="small", tier="key", open=True), 422, "refused")
