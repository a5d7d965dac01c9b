"""The queue's page through the real application: order, filters, words, pages, views, and what several approve together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from review.app import create_app
from review.item import RejectReason
from review.queue_filters import asked, hundredths
from review.queue_tally import SHORT, Tally
from store import pausing, queue
from store.engine import unit_of_work
from store.tables import Outgoing, ProposalRow
from store.vocabulary import IdentityLevel, ProposalStatus, Reason, Verdict
from tests.browser.furniture import furnish
from tests.factories import Everybody, House, claim, open_house, wide
from tools.approval import Approver

BASE = "http://127.0.0.1:8765"
PAGE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as made:
        yield made


def shown(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'data-item="(\d+)"', page)]


def ticks(page: str) -> list[str]:
    return re.findall(r'name="item" value="([\d.]+)"', page)


JORG = ("DE-70317", "j.brandstaetter@kessler-anlagenbau.example")
OBINNA = ("INV-20434", "obinna@okaformarine.example")
WILMA = ("INV-20431", "crediteuren@vanderkolk-machinebouw.example")


def promise(
    house: House, invoice: str = "INV-20421", sender: str = "p.kershaw@harrowfinch.example", **changed: Any
) -> int:
    words = f"We pay {invoice} on 20 March."
    message = house.receive(f"Hi,\n\n{words}\n\nBest", subject=f"Re: {invoice}", sender=sender)
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, words, invoices=[invoice], date="2026-03-20"), **changed)


def status(house: House, number: int) -> str:
    item = house.desk.show(number)
    assert item is not None
    return item.row.status


def post(client: TestClient, path: str, **fields: Any) -> Any:
    page = client.get("/?q=x").text
    token = re.search(r'name="csrf" value="(\w+)"', page)
    assert token
    return client.post(path, data={"csrf": token.group(1)} | fields, headers=PAGE)


# --- the list -------------------------------------------------------------------------------------------------------


def test_what_matters_most_comes_first_with_its_counts(client: TestClient, house: House) -> None:
    made = furnish(house)
    page = client.get("/").text
    assert shown(page) == [made.stranger, made.morvan, made.kershaw, made.moss]
    assert '<b id="chosen">4</b> proposals' in page
    assert '<option value="hardship">Hardship (1)</option>' in page
    assert '<option value="hidden_text">Hidden text (1)</option>' in page
    assert '<option value="fr">French (1)</option>' in page


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("reason=hardship", ["morvan"]),
        ("q=INV-20413", ["kershaw"]),
        ("q=elodie+mensualites", ["morvan"]),
        ("q=redstone", ["moss"]),
        ("flag=any", ["stranger"]),
        ("flag=none&language=en&to=6%20000", ["moss"]),
        ("from=14,000.00", ["stranger", "morvan"]),
        ("who=me", []),
        ("who=-&q=harrow", ["kershaw"]),
        ("safe=1", ["moss"]),
        ("q=nothing+of+the+kind", []),
    ],
)
def test_filters_and_words_choose(client: TestClient, house: House, query: str, wanted: list[str]) -> None:
    made = furnish(house)
    page = client.get(f"/?{query}").text
    assert shown(page) == [getattr(made, name) for name in wanted]
    assert f'<b id="chosen">{len(wanted)}</b>' in page


def test_what_is_put_off_is_not_listed_until_then(client: TestClient, house: House) -> None:
    number = promise(house)
    house.desk.snooze(number, until=house.now + timedelta(days=2), actor="local")
    assert shown(client.get("/").text) == []
    assert "Nothing waits." in client.get("/").text
    house.now += timedelta(days=2)
    assert shown(client.get("/").text) == [number]


def test_pages_go_on_by_key(client: TestClient, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = furnish(house)
    monkeypatch.setattr(queue, "PAGE", 2)
    first = client.get("/").text
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after is not None
    assert shown(first) == [made.stranger, made.morvan]
    second = client.get(after.group(1).replace("&amp;", "&")).text
    before = re.search(r'rel="prev" href="([^"]+)"', second)
    assert before is not None
    assert shown(second) == [made.kershaw, made.moss]
    assert 'rel="next"' not in second
    assert shown(client.get(before.group(1).replace("&amp;", "&")).text) == [made.stranger, made.morvan]


def test_the_item_page_goes_on_in_the_same_order(house: House) -> None:
    made = furnish(house)
    desk = house.desk
    assert desk.neighbours(made.morvan) == (made.stranger, made.kershaw)
    assert desk.held_ids() == [made.stranger, made.morvan, made.kershaw, made.moss]
    assert [item.row.id for item in desk.held(limit=2)] == [made.stranger, made.morvan]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "reason",
                "tier",
                "owner",
                "who",
                "flag",
                "language",
                "from",
                "to",
                "q",
                "safe",
                "after",
                "before",
                "notice",
            ]
        ),
        st.text(max_size=30)
        | st.sampled_from(
            ["-", "me", "any", "1e400", "-1", "9" * 30, "NaN", "1.1", "9" * 15 + ".1", "%", "' OR 1=1--"]
        ),
    )
)
def test_whatever_an_address_holds_is_no_error(client: TestClient, params: dict[str, str]) -> None:
    params = {name: value.encode("utf-8", "replace").decode() for name, value in params.items()}
    assert client.get("/", params=params).status_code == 200
    again = asked(params)
    assert asked(dict(again.values)).values == again.values


@given(st.decimals(0, 10**12, places=2))
def test_amounts_are_read_as_they_are_written(amount: Any) -> None:
    assert hundredths(f"{amount:,.2f}") == hundredths(str(amount)) == int(amount * 100)


@pytest.mark.parametrize("text", ["", "abc", "-5", "1e9", "1.234", "٣", "1" * 16, "1;2"])
def test_what_is_no_amount_filters_nothing(text: str) -> None:
    assert hundredths(text) is None


# --- views ----------------------------------------------------------------------------------------------------------


def test_a_view_is_kept_shown_and_removed(client: TestClient, house: House) -> None:
    made = furnish(house)
    kept = post(client, "/views", name="French", query="language=fr&evil=1&q=")
    assert (kept.status_code, kept.headers["location"]) == (303, "/?language=fr&notice=view_kept")
    page = client.get("/").text
    assert '<a href="/?language=fr">French</a>' in page
    assert shown(client.get("/?language=fr").text) == [made.morvan]
    number = re.search(r'action="/views/(\d+)/remove"', page)
    assert number is not None
    assert post(client, f"/views/{number.group(1)}/remove").status_code == 303
    assert "French</a>" not in client.get("/").text
    assert post(client, "/views/999/remove").status_code == 422
    assert post(client, "/views", name="", query="language=fr").status_code == 422


def test_a_view_is_a_form_of_ours(client: TestClient) -> None:
    assert client.post("/views", data={"name": "x", "query": "q=y"}, headers=PAGE).status_code == 403


# --- together -------------------------------------------------------------------------------------------------------


def test_only_the_plain_ones_can_be_ticked(client: TestClient, house: House) -> None:
    made = furnish(house)
    number = promise(house)
    assert set(ticks(client.get("/").text)) == {f"{made.moss}.1", f"{number}.1"}
    house.policy = wide(review={"bulk_reasons": ["acknowledgement"]})
    with TestClient(create_app(house.desk), base_url=BASE) as other:
        assert ticks(other.get("/").text) == [f"{made.moss}.1"]
    house.policy = wide(review={"bulk_reasons": []})
    with TestClient(create_app(house.desk), base_url=BASE) as other:
        assert ticks(other.get("/").text) == []
        assert "Look at the ticked ones" not in other.get("/").text


def test_looking_shows_the_words_and_changes_nothing(client: TestClient, house: House) -> None:
    number = promise(house)
    page = client.get("/together", params={"item": f"{number}.1"}).text
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    letter = re.search(r'<div class="text letter".*?>(.*?)</div>', page, re.DOTALL)
    assert letter is not None
    assert unescape(re.sub(r"<[^>]+>", "", letter.group(1))) == item.proposal.draft.rendered
    assert item.proposal.actions[0].preview in page
    assert status(house, number) == ProposalStatus.HELD


def test_several_go_each_by_itself_and_what_stays_says_why(client: TestClient, house: House) -> None:
    made = furnish(house)
    going, edited, gone = promise(house, *OBINNA), promise(house, *JORG), promise(house, *WILMA)
    desk = house.desk
    item = desk.show(edited)
    assert item is not None
    assert item.proposal.draft is not None
    desk.edit(edited, version=1, actor="ines", body=item.proposal.draft.body)
    desk.reject(gone, version=1, actor="ines", reason=RejectReason.OTHER)
    forged = [made.stranger, made.morvan, made.kershaw]
    ticked = [f"{n}.1" for n in (going, made.moss, edited, gone, *forged, 987654)]
    answer = post(client, "/together", item=ticked)
    assert answer.status_code == 200
    told = re.findall(r'<b dir="auto">(.*?)</b>(?:<p class="soft">(.*?)</p>)?', answer.text)
    assert "2 approved, 6 not" in answer.text, told
    assert status(house, going) == ProposalStatus.APPROVED
    assert status(house, made.moss) in (ProposalStatus.DONE, ProposalStatus.APPROVED)
    assert status(house, gone) == ProposalStatus.REJECTED
    assert [status(house, n) for n in (edited, *forged)] == [ProposalStatus.HELD] * 4
    why = " ".join(text for _, text in told)
    for words in ("changed or decided meanwhile", "none that the policy lets", "There is no such proposal."):
        assert words in why
    with unit_of_work(house.engine) as session:
        assert [row.proposal_id for row in session.exec(select(Outgoing))] == [going]


SPOILED: list[dict[str, Any]] = [
    {"flags": ("forwarded",)},
    {"needs_person": "so"},
    {"identity": IdentityLevel.C},
    {"verdict": Verdict.PORTAL_NOTICE},
]


@pytest.mark.parametrize("spoiled", SPOILED, ids=str)
def test_a_forged_form_approves_nothing_that_is_not_plain(
    client: TestClient, house: House, spoiled: dict[str, Any]
) -> None:
    number = promise(house, **spoiled)
    assert ticks(client.get("/").text) == []
    assert "Not together" in client.get("/together", params={"item": f"{number}.1"}).text
    answer = post(client, "/together", item=[f"{number}.1"])
    assert "0 approved, 1 not" in answer.text
    assert status(house, number) == ProposalStatus.HELD


@pytest.mark.parametrize(
    "setting", [{"manager_above": "400.00"}, {"manager_above": "100.00", "controller_above": "400.00"}]
)
def test_what_a_manager_or_two_persons_decide_never_goes_together(house: House, setting: dict[str, str]) -> None:
    house.policy = wide(**setting)
    number = promise(house)
    for role in Approver:
        house.roles = Everybody(role)
        with TestClient(create_app(house.desk), base_url=BASE) as client:
            assert ticks(client.get("/").text) == []
            answer = post(client, "/together", item=[f"{number}.1"])
            assert "0 approved, 1 not" in answer.text
            item = house.desk.show(number)
            assert item is not None
            assert (item.row.status, item.row.approved_first_by) == (ProposalStatus.HELD, None)


def test_what_a_rule_finds_only_at_the_approval_stays(house: House) -> None:
    """The ledger is too old by then: at the approval that is a warning, and what goes together carries none."""
    house.policy = wide(sending={"ledger_hours": 1})
    number = promise(house)
    house.now += timedelta(hours=3)
    with TestClient(create_app(house.desk), base_url=BASE) as client:
        assert ticks(client.get("/").text) == [f"{number}.1"]
        answer = post(client, "/together", item=[f"{number}.1"])
    assert "something was found at the approval" in answer.text.lower()
    assert status(house, number) == ProposalStatus.HELD


@pytest.mark.parametrize(
    "item", [[], ["x"], ["1"], ["1.1.1"], ["-1.1"], ["1.1"] * 1 + ["٣.1"], [f"{n}.1" for n in range(60)]]
)
def test_a_form_that_is_none_of_ours_is_refused(client: TestClient, item: list[str]) -> None:
    assert post(client, "/together", item=item).status_code == 422
    looked = client.get("/together", params={"item": item})
    assert looked.status_code == (422 if item else 200)
    assert "Approve the ticked ones" not in looked.text


def test_without_the_token_nothing_is_approved(client: TestClient, house: House) -> None:
    number = promise(house)
    assert client.post("/together", data={"item": f"{number}.1"}, headers=PAGE).status_code == 403
    assert status(house, number) == ProposalStatus.HELD


# --- counts of long queues --------------------------------------------------------------------------------------------


def test_a_long_count_is_shared_and_a_short_one_is_always_made_anew() -> None:
    now, made = 0.0, 0

    def count() -> int:
        nonlocal made
        made += 1
        return size

    tally = Tally(clock=lambda: now)
    size = SHORT
    assert [tally.of("a", count, int), tally.of("a", count, int), made] == [size, size, 2]
    size = SHORT + 1
    assert [tally.of("a", count, int), tally.of("a", count, int), made] == [size, size, 3]
    assert tally.of("b", count, int) == size
    assert made == 4
    now += 3.1
    assert (tally.of("a", count, int), made) == (size, 5)


def test_what_takes_long_to_count_is_counted_less_often() -> None:
    now, made = 0.0, 0

    def count() -> int:
        nonlocal now, made
        now, made = now + 0.08, made + 1
        return SHORT + 1

    tally = Tally(clock=lambda: now)
    tally.of("a", count, int)
    now += 7.9
    assert (tally.of("a", count, int), made) == (SHORT + 1, 1)
    now += 0.2
    assert (tally.of("a", count, int), made) == (SHORT + 1, 2)


def test_no_get_changes_anything(client: TestClient, house: House) -> None:
    number = promise(house)
    with unit_of_work(house.engine) as session:
        before = session.get_one(ProposalRow, number).model_dump()
    for path in ("/", "/?q=a", "/queue/rows", f"/together?item={number}.1"):
        client.get(path, headers={"hx-request": "true"})
    with unit_of_work(house.engine) as session:
        assert session.get_one(ProposalRow, number).model_dump() == before


def test_the_page_says_that_the_outbox_is_paused(house: House, client: TestClient) -> None:
    assert "The outbox is paused" not in client.get("/").text
    with unit_of_work(house.engine) as session:
        pausing.pause(session, why=pausing.RESTORED, actor="cli:ines", now=house.now)
    assert "The outbox is paused, as a backup was restored: nothing leaves." in client.get("/").text
    with unit_of_work(house.engine) as session:
        pausing.resume(session, actor="cli:ines", now=house.now)
    assert "The outbox is paused" not in client.get("/").text
