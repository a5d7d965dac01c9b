"""The list of unmatched mails and the contacts that mail does not reach, on the pages of the review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from review.app import create_app
from store.engine import unit_of_work
from store.inbound import Bounce
from store.tables import Contact, Message
from store.vocabulary import Delivery, MessageKind, MessageState, Reason
from tests.factories import House, claim, open_house
from tests.posting import post
from tests.unit.test_review_app import BASE, EVIL, Visit

PRIYA = "p.kershaw@harrowfinch.example"


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    house = open_house(tmp_path)
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        yield Visit(house, client)
    house.engine.dispose()


def stranger(house: House, text: str = "Whose is this?", **fields: Any) -> int:
    return house.receive(text, **({"sender": "new@elsewhere.example", "auth": {}, "in_reply_to": None} | fields))


def stored(house: House, message: int) -> Message:
    with unit_of_work(house.engine) as session:
        return session.get_one(Message, message)


def test_a_mail_with_a_number_in_its_subject_is_assigned_with_one_button(visit: Visit) -> None:
    message = stranger(visit.house, subject="Fwd: Overdue: INV-20413")
    page = visit.client.get("/unmatched").text
    for words in (
        "Harrow &amp; Finch Engineering Ltd",
        "INV-20413",
        "the number stands in the subject alone",
        'data-key="1"',
    ):
        assert words in page
    assert '<span class="count hot">1</span>' in page
    assert visit.form("/unmatched", f"/messages/{message}/assign")[::2] == (303, "/unmatched?notice=assigned")
    row = stored(visit.house, message)
    assert (row.customer_id, row.state, row.invoices, row.identity) == (
        "C1001",
        MessageState.STORED,
        ["INV-20413"],
        "C",
    )
    assert "Every mail has its customer." in visit.client.get("/unmatched?notice=assigned").text
    promised = post(visit.house).proposal
    assert promised
    assert visit.post(f"/messages/{message}/assign", csrf=token(visit), customer="C1001")[0] == 409


def token(visit: Visit) -> str:
    """Take the form's token from a page that has a form."""
    message = stranger(visit.house, "One more?")
    visit.house.hold(message, claim(Reason.UNCLEAR, "One more?"))
    return visit.token()


def test_the_list_tells_why_and_offers_everybody_else(visit: Visit) -> None:
    stranger(visit.house, "INV-20413 and INV-20411 please", flags=("hidden_text",))
    page = visit.client.get("/unmatched").text
    assert page.count("looks like") == 2
    assert "The invoices named belong to several customers." in page
    assert "The mail hides text from the eye" in page
    assert "Okafor Marine Services Ltd</option>" in page
    assert 'data-key="2"' in page


def test_the_candidates_stand_beside_the_mail_too(visit: Visit) -> None:
    message = stranger(visit.house, subject="INV-20413")
    assert "the number stands in the subject alone" in visit.client.get(f"/messages/{message}").text
    number = visit.house.hold(message, claim(Reason.UNCLEAR, "Whose is this?"))
    assert "the number stands in the subject alone" in visit.client.get(f"/items/{number}").text
    assert visit.form(f"/items/{number}", f"/messages/{message}/assign")[2] == "/unmatched?notice=assigned"


def test_a_bounce_that_proves_nothing_is_believed_with_one_button(visit: Visit) -> None:
    message = visit.house.receive(
        "undelivered",
        sender="mailer-daemon@x.example",
        auth={},
        in_reply_to=None,
        kind=MessageKind.BOUNCE,
        subject="Undelivered Mail",
        bounce=Bounce(
            recipient=PRIYA, hard=True, diagnostic="550 5.1.1 unknown", original_subject="Overdue: INV-20413"
        ),
    )
    page = visit.client.get("/unmatched").text
    assert f"Assign, and write no more to {PRIYA}" in page
    assert visit.form("/unmatched", f"/messages/{message}/mark")[::2] == (303, "/unmatched?notice=marked")
    assert stored(visit.house, message).customer_id == "C1001"
    attention = visit.client.get("/attention").text
    assert "Contacts that mail does not reach" in attention
    assert "550 5.1.1 unknown" in attention
    with unit_of_work(visit.house.engine) as session:
        contact = session.exec(select(Contact).where(Contact.email == PRIYA)).one()
    assert contact.delivery == Delivery.BOUNCING
    assert visit.form("/attention", f"/contacts/{contact.id}/reachable")[::2] == (303, "/attention?notice=reachable")
    assert visit.post(f"/contacts/{contact.id}/reachable", csrf=token(visit))[0] == 409
    with unit_of_work(visit.house.engine) as session:
        assert session.get_one(Contact, contact.id).delivery == Delivery.OK


def test_a_report_that_was_assigned_can_be_believed_later(visit: Visit) -> None:
    message = visit.house.receive(
        "undelivered", sender="mailer-daemon@x.example", auth={}, in_reply_to=None, kind=MessageKind.BOUNCE, subject="Undelivered",
        bounce=Bounce(recipient=PRIYA, hard=True),
    )  # fmt: skip
    visit.form("/unmatched", f"/messages/{message}/assign")
    number = visit.house.hold(message, flags=("report_unproven",))
    assert f"Write no more to {PRIYA}" in visit.client.get(f"/items/{number}").text
    assert visit.form(f"/items/{number}", f"/messages/{message}/mark")[::2] == (303, "/attention?notice=marked")
    answer = visit.post(f"/messages/{message}/mark", csrf=token(visit))
    assert answer[0] == 409
    assert "can still be written to" in answer[1]


def test_the_account_shows_which_contact_is_not_reached(visit: Visit) -> None:
    ours = post(visit.house)
    visit.house.receive(
        "x", sender="mailer-daemon@x.example", auth={}, kind=MessageKind.BOUNCE,
        bounce=Bounce(recipient=PRIYA, hard=True, original_message_id=ours.message_id),
    )  # fmt: skip
    number = visit.house.hold(visit.house.receive("Why?", auth={}), claim(Reason.QUESTION, "Why?"))
    assert "mail comes back</span>" in visit.client.get(f"/items/{number}").text


def test_hostile_words_stay_words_on_the_list(visit: Visit) -> None:
    stranger(
        visit.house, f"INV-20413 {EVIL}", subject=f"INV-20413 {EVIL}", from_name=EVIL, from_address=None, from_raw=EVIL
    )
    page = visit.client.get("/unmatched").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count("<script") == page.count('<script src="/static/')


def test_every_page_loads_the_keys_and_they_send_nothing(visit: Visit) -> None:
    for path in ("/", "/unmatched", "/decided", "/attention"):
        assert "/static/keys.js" in visit.client.get(path).text
    answer = visit.client.get("/static/keys.js")
    assert answer.status_code == 200
    assert "eval" not in answer.text
    for sends in ("fetch", "XMLHttpRequest", "sendBeacon", "innerHTML", "insertAdjacentHTML", "htmx."):
        assert sends not in answer.text
