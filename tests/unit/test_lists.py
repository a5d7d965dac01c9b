"""The lists beside the queue: what they show, that deciders act on them and auditors only read, and that acting twice is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from review.app import create_app
from review.listing import Kind
from review.matrix import MATRIX
from store import matter_lists
from store.engine import unit_of_work
from store.matter_lists import Wanted
from store.matters import PaymentCheck, PortalItem
from store.roles import DECIDERS, READERS
from store.tables import Contact, Dispute, Effect, Escalation, Instalment, Message, Plan, Promise
from store.vocabulary import MessageState, Reason
from tests.factories import House, claim, open_house
from tests.unit.test_desk import Wire, send

BASE, PAGE = "http://127.0.0.1:8765", {"sec-fetch-site": "same-origin"}
EVIL = "<script>alert('dunwell')</script>"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        yield client


def approved(house: House, words: str, reason: Reason, **slots: Any) -> int:
    invoices = re.findall(r"INV-\d+", words)
    number = house.hold(house.receive(words), claim(reason, words, invoices=invoices, **slots))
    house.desk.approve(number, version=1, actor="ines")
    send(house, Wire())
    return number


def threat(house: House) -> int:
    return approved(house, "Our lawyers will write to you about INV-20421.", Reason.LEGAL_THREAT)


def promise(house: House, day: str = "2026-03-20") -> int:
    return approved(house, f"We pay INV-20421 on {day}.", Reason.PROMISE_TO_PAY, date=day)


def contest(house: House, words: str = "The pallet of INV-20421 never came.") -> int:
    return approved(house, words, Reason.DISPUTE, dispute_kind="not_received")


def effect(house: House) -> int:
    """Make an effect that other things can hang on."""
    promise(house)
    with unit_of_work(house.engine) as session:
        return session.exec(select(Effect.id)).first() or 0


def shown(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def fields(page: str, action: str) -> dict[str, str]:
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{action}"' in f)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def post(client: TestClient, page: str, action: str, **more: str) -> tuple[int, str]:
    answer = client.post(action, data=fields(page, action) | more, headers=PAGE)
    return answer.status_code, answer.headers.get("location", "") or answer.text


@pytest.mark.parametrize("kind", list(Kind))
def test_every_list_is_there_when_nothing_is_in_it(client: TestClient, kind: Kind) -> None:
    page = shown(client, f"/lists/{kind}")
    assert "Nothing here." in page
    assert page.count('aria-current="page"') == 2, "the section and the list"


def test_what_is_no_list_and_no_state(client: TestClient) -> None:
    assert client.get("/lists").headers["location"] == "/lists/escalations"
    assert client.get("/lists/nothing").status_code in (404, 422)
    assert client.get("/lists/plans?page=0").status_code == 422
    assert "Nothing here." in shown(client, "/lists/promises?state=nonsense&role=nobody")


def test_a_matter_is_taken_over_and_closed_with_a_note(house: House, client: TestClient) -> None:
    number = threat(house)
    page = shown(client, "/lists/escalations")
    for words in ("Harrow &amp; Finch", "Legal threat", "today", "legal", f'href="/items/{number}"'):
        assert words in page
    with unit_of_work(house.engine) as session:
        matter = session.exec(select(Escalation)).one()
    assert post(client, page, f"/escalations/{matter.id}/take") == (303, "/lists/escalations?notice=taken_over")
    later = shown(client, "/lists/escalations")
    assert "Taken over by local" in later
    assert post(client, page, f"/escalations/{matter.id}/take")[0] == 409, "somebody has it meanwhile"
    assert post(client, later, f"/escalations/{matter.id}/close", note=" ")[0] == 409
    said = post(client, later, f"/escalations/{matter.id}/close", note=f"agreed {EVIL}")
    assert said == (303, "/lists/escalations?notice=closed")
    assert "Nothing here." in shown(client, "/lists/escalations")
    closed = shown(client, "/lists/escalations?state=closed")
    assert "Closed by local" in closed
    assert EVIL not in closed
    assert "Nothing here." in shown(client, "/lists/escalations?state=closed&role=manager")
    assert post(client, later, f"/escalations/{matter.id}/close", note="again")[0] == 409


def test_a_collector_closes_what_was_a_collectors_only(house: House) -> None:
    house.roles = {}
    number = effect(house)
    with unit_of_work(house.engine) as session:
        plain: dict[str, Any] = {
            "customer_id": "C1001",
            "urgency": "soon",
            "reason": "unclear",
            "summary": "",
            "effect_id": number,
        }
        session.add(Escalation(id=71, role="collector", **plain))
        session.add(Escalation(id=72, role="legal", **plain))
    house.desk.close_matter(71, actor="colin", note="done")
    with pytest.raises(ValueError, match="is a manager's"):
        house.desk.close_matter(72, actor="colin", note="done")


def test_promises_open_due_soon_and_broken(house: House, client: TestClient) -> None:
    promise(house)
    assert "20 Mar 2026: INV-20421" in shown(client, "/lists/promises")
    assert "Nothing here." in shown(client, "/lists/promises?state=soon")
    house.now += timedelta(days=5)
    assert "due in 5 d" in shown(client, "/lists/promises?state=soon")
    with unit_of_work(house.engine) as session:
        session.exec(select(Promise)).one().status = "broken"
    assert "broken</span>" in shown(client, "/lists/promises?state=broken")
    assert "Nothing here." in shown(client, "/lists/promises")


def test_plans_with_their_instalments(house: House, client: TestClient) -> None:
    number = effect(house)
    with unit_of_work(house.engine) as session:
        from decimal import Decimal

        day = house.now.date()
        plan = Plan(
            customer_id="C1001", invoices=["INV-20413"], total=Decimal("900.00"), currency="GBP", effect_id=number
        )
        session.add(plan)
        session.flush()
        for position, status in ((1, "paid"), (2, "open")):
            due = day + timedelta(days=30 * (position - 2) - 1)
            session.add(
                Instalment(plan_id=plan.id or 0, position=position, due=due, amount=Decimal("450.00"), status=status)
            )
    page = shown(client, "/lists/plans")
    assert "INV-20413: 1 of 2 instalments paid" in page
    assert "2. 9 Mar 2026: GBP 450.00, open and late" in page


def test_a_dispute_ends_with_a_credit_of_whole_cents_and_once(house: House, client: TestClient) -> None:
    contest(house)
    page = shown(client, "/lists/disputes")
    with unit_of_work(house.engine) as session:
        action = f"/disputes/{session.exec(select(Dispute)).one().id}/end"
    assert post(client, page, action, status="credited", credit="ten", reason="x")[0] == 422
    assert post(client, page, action, status="credited", credit="0.001", reason="x")[0] == 409
    assert post(client, page, action, status="rejected", reason="")[0] == 409
    assert post(client, page, action, status="open", reason="x")[0] == 409
    ended = post(client, page, action, status="credited", credit="10.00", reason="They are right")
    assert ended == (303, "/lists/disputes?notice=dispute_ended")
    assert post(client, page, action, status="withdrawn", reason="again")[0] == 409
    told = shown(client, "/lists/disputes?state=credited")
    assert "Credit: 10.00." in told
    assert "They are right" in told


def test_portal_items_move_as_they_may(house: House, client: TestClient) -> None:
    number = effect(house)
    with unit_of_work(house.engine) as session:
        from store.aftermath import Portal
        from store.portals import open_item

        item = open_item(
            session,
            customer_id="C1001",
            invoice_number="INV-20413",
            portal=Portal.COUPA,
            fields={},
            missing=["po_number"],
            effect_id=number,
            actor="ines",
            now=house.now,
        )
    page, action = shown(client, "/lists/portal"), f"/portal-items/{item.id}/move"
    assert "Missing: " in page
    assert post(client, page, action, status="approved")[0] == 409, "nobody submitted it"
    assert post(client, page, action, status="submitted")[0] == 303
    assert post(client, page, action, status="rejected", why=" ")[0] == 409
    assert post(client, page, action, status="rejected", why=EVIL)[0] == 303
    later = shown(client, "/lists/portal?state=rejected&q=20413")
    assert EVIL not in later
    assert "Rejected by local" in later
    assert "Nothing here." in shown(client, "/lists/portal?q=nobody")
    with unit_of_work(house.engine) as session:
        assert session.get_one(PortalItem, item.id).status == "rejected"


def test_a_payment_search_is_dismissed_with_a_reason(house: House, client: TestClient) -> None:
    number = effect(house)
    with unit_of_work(house.engine) as session:
        search = PaymentCheck(
            customer_id="C1001",
            invoices=["INV-20413"],
            outcome="not_found",
            explanation="Nothing of that sum.",
            effect_id=number,
        )
        session.add(search)
    page, action = shown(client, "/lists/payments"), f"/payment-searches/{search.id}/dismiss"
    assert "Nothing of that sum." in page
    assert post(client, page, action, note="")[0] == 409
    assert post(client, page, action, note="They meant another supplier") == (
        303,
        "/lists/payments?notice=search_dismissed",
    )
    assert post(client, page, action, note="again")[0] == 409
    assert "Nothing of that sum." in shown(client, "/lists/payments?state=dismissed")


def test_pages_and_words(house: House, client: TestClient) -> None:
    number = effect(house)
    with unit_of_work(house.engine) as session:
        for n in range(matter_lists.PAGE + 3):
            session.add(
                Escalation(
                    customer_id="C1001",
                    role="manager",
                    urgency="soon",
                    reason="refusal",
                    summary=f"no. {n}",
                    effect_id=number,
                )
            )
    first, second = shown(client, "/lists/escalations"), shown(client, "/lists/escalations?page=2")
    assert (first.count("data-row"), second.count("data-row")) == (matter_lists.PAGE, 3)
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert "Nothing here." in shown(client, "/lists/escalations?q=%25_%25")
    assert house.desk.listed(Kind.ESCALATIONS, Wanted(words="harrow", limit=None)).total == matter_lists.PAGE + 3


def test_auditors_read_and_deciders_act() -> None:
    posts = [
        p
        for m, p in MATRIX
        if m == "POST" and p.split("/")[1] in ("escalations", "disputes", "portal-items", "payment-searches")
    ]
    assert len(posts) == 7
    assert all(MATRIX["POST", path] == DECIDERS for path in posts)
    assert MATRIX["GET", "/lists/{kind}"] == READERS


def test_unmatched_mail_has_the_same_manners(house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.unmatched.MOST", 2)
    for n in range(3):
        house.receive(f"Who are you? {n}", sender=f"someone{n}@nowhere.example", subject=f"Größe {n}_%")
    with unit_of_work(house.engine) as session:
        for mail in session.exec(select(Message)):
            mail.state = MessageState.UNMATCHED
    first, second = shown(client, "/unmatched"), shown(client, "/unmatched?page=2")
    assert (first.count("data-row"), second.count("data-row")) == (2, 1)
    assert 'rel="next"' in first
    assert shown(client, "/unmatched?q=gr%C3%B6%C3%9Fe+1").count("data-row") == 1
    assert shown(client, "/unmatched?q=SOMEONE2").count("data-row") == 1
    assert "No mail fits" in shown(client, "/unmatched?q=%25%25%25")


def test_verifying_a_contact_says_whom_it_replaces_and_can_keep_them(house: House, client: TestClient) -> None:
    words = "I have left. Please write to Nora Ashby, n.ashby@harrowfinch.example, from now on."
    number = house.hold(
        house.receive(words),
        claim(Reason.WRONG_CONTACT, words, contact_name="Nora Ashby", contact_email="n.ashby@harrowfinch.example"),
    )
    house.desk.approve(number, version=1, actor="ines")
    send(house, Wire())
    page = shown(client, "/attention")
    assert "Takes the place of" in page
    assert "Priya Kershaw" in page
    action = next(a for a in re.findall(r'action="(/contacts/\d+/verify)"', page))
    assert post(client, page, action, note="Called the switchboard", keep_old="yes")[0] == 303
    with unit_of_work(house.engine) as session:
        contacts = {c.email: c.status for c in session.exec(select(Contact).where(Contact.customer_id == "C1001"))}
    assert contacts["n.ashby@harrowfinch.example"] == "verified"
    assert contacts["p.kershaw@harrowfinch.example"] == "verified"
