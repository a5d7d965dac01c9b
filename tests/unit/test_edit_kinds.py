"""What an edit says about a draft: the rules on pairs written by hand, on acts, and on what counts as no edit at all; and where it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from review.app import create_app
from review.edit_kinds import EditKind, draft_kinds, edit_kinds
from review.edit_numbers import TOLD, edit_numbers
from store.engine import unit_of_work
from store.proposed import Claim, Draft, Paper, Proposal, ProposedAction, SlotValue
from store.vocabulary import IdentityLevel, Reason, Verdict
from tests.factories import House, claim, open_house

PAIRS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "edit_pairs.yaml").read_text("utf-8"))
PAGE = {"sec-fetch-site": "same-origin"}


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["id"] for pair in PAIRS])
def test_pairs(pair: dict[str, Any]) -> None:
    found = draft_kinds(pair["was"], pair["now"], language=pair["language"])
    assert sorted(found) == sorted(EditKind(kind) for kind in pair["kinds"])


@given(st.text(max_size=300), st.sampled_from(["en", "de", "pt"]))
def test_what_was_not_changed_mended_nothing(body: str, language: str) -> None:
    assert draft_kinds(body, body, language=language) == frozenset()
    assert draft_kinds(body, f"\n{body}  ", language=language) == frozenset()


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_are_compared_and_twice_the_same(was: str, now: str) -> None:
    found = draft_kinds(was, now, language="en")
    assert found == draft_kinds(was, now, language="en")
    assert bool(found) == (was.split() != now.split()) or set(was.split()) - set(now.split()) == set()
    assert not (EditKind.TYPO_ONLY in found and len(found) > 1)


def proposal(
    *, body: str = "Dear Tom,\n\nthe copy is attached.", reason: Reason = Reason.INVOICE_MISSING, **changed: Any
) -> Proposal:
    draft: dict[str, Any] = {"language": "en", "subject": "Re", "body": body, "rendered": body} | changed.pop(
        "draft", {}
    )
    return Proposal(
        message_id=1,
        verdict=Verdict.REPLY,
        identity=IdentityLevel.B,
        claims=(Claim(reason=reason, evidence="", confidence=1),),
        draft=Draft.model_validate(draft),
        **changed,
    )


def act(tool: str, **arguments: object) -> ProposedAction:
    return ProposedAction(tool=tool, arguments=arguments, claims=(0,), preview="")


def test_acts_readings_and_recipients_are_kinds_of_their_own() -> None:
    old = proposal(actions=(act("record_promise", date="2026-05-03"),))
    assert edit_kinds(old, proposal(actions=(act("no_reply"),))) == {EditKind.WRONG_ACTION}
    assert edit_kinds(old, proposal(actions=(act("record_promise", date="2026-05-09"),))) == {EditKind.WRONG_COMMITMENT}
    other = proposal(actions=old.actions, reason=Reason.DISPUTE)
    assert edit_kinds(old, other) == {EditKind.WRONG_READING}
    elsewhere = proposal(actions=old.actions, draft={"recipients": ("a@b.example",)})
    assert edit_kinds(old, elsewhere) == {EditKind.WRONG_RECIPIENT}
    papers = proposal(actions=old.actions, draft={"papers": (Paper(kind="statement", filename="s.pdf"),)})
    assert edit_kinds(old, papers) == {EditKind.MISSING_FACT}
    assert edit_kinds(old, old) == frozenset()


def test_what_code_filled_anew_is_nobodys_edit() -> None:
    body = 'Dear Tom,\n\n{{ inv["INV-1"].balance }} is open.'

    def told(text: str) -> dict[str, Any]:
        slot = SlotValue(slot='inv["INV-1"].balance', text=text, source="ledger")
        return {"slots": (slot,), "rendered": f"Dear Tom,\n\n{text} is open."}

    assert (
        edit_kinds(proposal(body=body, draft=told("EUR 1.00")), proposal(body=body, draft=told("EUR 2.00")))
        == frozenset()
    )
    typed = proposal(body="Dear Tom,\n\nEUR 2.00 is open.", draft=told("EUR 2.00"))
    assert edit_kinds(proposal(body=body, draft=told("EUR 1.00")), typed) == {EditKind.WRONG_FIGURE_OR_DATE}


def test_every_kind_has_words() -> None:
    assert set(TOLD) == set(EditKind)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


def edited(house: House, add: str) -> int:
    said = claim(Reason.PROMISE_TO_PAY, "We pay INV-20421 on 20 March.", invoices=["INV-20421"], date="2026-03-20")
    number = house.hold(house.receive(f"We pay INV-20421 on 20 March. {house.now}"), said)
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    house.desk.edit(number, version=1, actor="ines", body=f"{item.proposal.draft.body}\n\n{add}")
    house.desk.approve(number, version=2, actor="ines")
    return number


def test_shares_by_reason_reader_and_month(house: House) -> None:
    edited(house, "Sorry for the trouble.")
    house.now += timedelta(days=30)
    with unit_of_work(house.engine) as session:
        found = edit_numbers(session, since=house.now - timedelta(days=60), until=house.now)
        nothing = edit_numbers(session, since=house.now - timedelta(days=1), until=house.now)
    assert found.whole.edited == 1
    assert found.whole.share(EditKind.WRONG_REGISTER) == 1.0
    assert {name: some.edited for name, some in found.reasons.items()} == {"promise_to_pay": 1}
    assert {name: some.edited for name, some in found.readers.items()} == {"embedded reader": 1}
    assert list(found.months) == ["2026-03"]
    assert nothing.whole.edited == 0
    assert nothing.whole.share(EditKind.TYPO_ONLY) == 0.0


def test_an_unedited_approval_is_not_among_them(house: House) -> None:
    said = claim(Reason.PROMISE_TO_PAY, "We pay INV-20421 on 20 March.", invoices=["INV-20421"], date="2026-03-20")
    number = house.hold(house.receive("We pay INV-20421 on 20 March."), said)
    house.desk.approve(number, version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        assert edit_numbers(session, since=house.now - timedelta(days=1), until=house.now).whole.edited == 0


def test_a_page_compares_for_a_moment_only_and_remembers_what_it_worked_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        edited(house, "Sorry for the trouble.")
        house.now += timedelta(minutes=1)
    looked, moment = [], [0.0]

    def slow(first: Proposal, last: Proposal) -> frozenset[EditKind]:
        looked.append(last)
        moment[0] += 0.6
        return edit_kinds(first, last)

    monkeypatch.setattr("review.edit_numbers.edit_kinds", slow)
    monkeypatch.setattr("review.edit_numbers.time.monotonic", lambda: moment[0])
    desk, counted = house.desk, []
    for _ in range(4):
        found = desk.edits(since=house.now - timedelta(days=1), until=house.now)
        counted.append((found.whole.edited, found.left_out, len(looked)))
    assert counted == [(2, 3, 2), (4, 1, 4), (5, 0, 5), (5, 0, 5)]
    assert house.desk.edits(since=house.now - timedelta(days=1), until=house.now, seconds=None).whole.edited == 5


def test_page_api_and_table_show_it(house: House) -> None:
    desk = house.desk
    with TestClient(create_app(desk), base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        assert "What people mended" not in client.get("/numbers", headers=PAGE).text
        edited(house, "Sorry for the trouble.")
        page = client.get("/numbers", headers=PAGE).text
        document = client.get("/api/v1/numbers", headers=PAGE).json()
    assert "What people mended" in page
    assert "wrong tone" in page
    assert document["mended"]["wrong_register"] == 1
    rows = list(desk.export("numbers", days=30, actor="ines").rows)
    assert ("mended in edits", "wrong_register", "", "", 1, "", "", "") in rows
