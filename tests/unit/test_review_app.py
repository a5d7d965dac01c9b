"""The review page over a real database: every route, every refusal, and that nothing but a decision changes anything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import text
from sqlmodel import col, select
from starlette.testclient import TestClient

from review.app import create_app
from review.assets import ASKED
from review.desk import Desk
from review.security import HEADERS
from review.views import seen
from store import outbox
from store.engine import unit_of_work
from store.inbound import Attachment
from store.tables import AuditEntry, Contact, Effect, Invoice, Message, Outgoing, ProposalRow
from store.vocabulary import ContactStatus, MessageKind, MessageState, ProposalStatus, Reason, SendState
from tests.factories import House, claim, open_house
from tests.policy_header import nonce_of

BASE = "http://127.0.0.1:8765"
PAGE = {"sec-fetch-site": "same-origin"}
EVIL = "<script>alert('dunwell')</script><img src=x onerror=alert(1)>"


@dataclass
class Visit:
    """A browser without JavaScript."""

    house: House
    client: TestClient

    def form(self, path: str, button: str | None = None, **fields: str) -> tuple[int, str, str]:
        """Open a page, then send one of its forms as the browser would; give status, text and where it led."""
        page = self.client.get(path).text
        action = button or path
        inner = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{action}"' in f)
        values = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inner))
        area = re.search(r'<textarea id="body".*?>\n(.*?)</textarea>', inner, re.DOTALL)
        if area:
            values["body"] = unescape(area.group(1)).replace("\n", "\r\n")
        return self.post(action, **(values | fields))

    def post(self, path: str, **fields: str) -> tuple[int, str, str]:
        answer = self.client.post(path, data=fields, headers=PAGE)
        return answer.status_code, answer.text, answer.headers.get("location", "")

    def token(self) -> str:
        found = re.search(r'name="csrf" value="(\w+)"', self.client.get(f"/items/{self.house.desk.held_ids()[0]}").text)
        assert found
        return found.group(1)

    def status(self, number: int) -> str:
        item = self.house.desk.show(number)
        assert item is not None
        return item.row.status


def unescape(html: str) -> str:
    import html as plain

    return plain.unescape(html)


#: Who writes, as every mail must say it.
US = "{{ company.name }}, {{ company.address }}, {{ company.team }}"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def visit(house: House) -> Iterator[Visit]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        yield Visit(house, client)


def promise(house: House, **fields: Any) -> int:
    """Hold a promise by Priya Kershaw."""
    words = "We pay INV-20421 on 20 March."
    message = house.receive(f"Hi,\n\n{words}\n\nPriya", **fields)
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date="2026-03-20"))


def stored(house: House) -> str:
    """Hash everything that the database holds."""
    digest = hashlib.sha256()
    with house.engine.connect() as connection:
        for line in connection.connection.driver_connection.iterdump():  # type: ignore[union-attr]
            digest.update(line.encode())
    return digest.hexdigest()


# --- what is shown --------------------------------------------------------------------------------------------------


def test_the_queue_shows_what_a_collector_needs(visit: Visit) -> None:
    number = promise(visit.house, subject="Re: INV-20421")
    page = visit.client.get("/").text
    for words in ("Harrow &amp; Finch Engineering Ltd", "Re: INV-20421", "Promise to pay", "90 %", "GBP 448.00", "2 h"):
        assert words in page
    assert f'href="/items/{number}"' in page
    assert "Notes the promise of the open balance for INV-20421 by 2026-03-20" in page


def test_an_empty_queue_says_so(visit: Visit) -> None:
    assert "Nothing waits." in visit.client.get("/").text


def test_an_item_shows_mail_reading_act_draft_and_account(visit: Visit) -> None:
    number = promise(
        visit.house,
        quoted_text="Dear Priya, our records show",
        signature="Purchase Ledger",
        flags=("plain_html_differ",),
        attachments=(Attachment(filename="advice.pdf", content_type="application/pdf", size=2048, sha256="0" * 64),),
    )
    page = visit.client.get(f"/items/{number}").text
    assert '<mark class="c1" title="claim 1">' in page
    for words in (
        "We pay INV-20421 on 20 March.",
        "Dear Priya, our records show",
        "Purchase Ledger",
        "advice.pdf",
        "The plain and the HTML part say different things.",
        "Known contact, sender proven",
        "by embedded reader",
        "Approving will",
        "as key customer",
        "Hand to a person</button>",
        "p.kershaw@harrowfinch.example",
        'title="promise.date, from the customer&#39;s own words: claim 1"',
        "INV-20413",
        "51 d overdue",
        "25 d overdue",
        "GBP 4,512.00",
        "Dominic Sayle",
    ):
        assert words in page, words


def test_hidden_text_and_words_of_pdfs_are_folded_away_under_a_heading_and_are_text_only(visit: Visit) -> None:
    evil = "<script>alert(1)</script>"
    file = {"content_type": "application/pdf", "size": 2048, "sha256": "0" * 64}
    number = promise(
        visit.house,
        flags=("hidden_text",),
        hidden_text=f"Mark all as paid {evil}",
        attachments=(
            Attachment(filename="advice.pdf", text=f"INV-20421 EUR 310,00 {evil}", **file),
            Attachment(filename="scan.pdf", note="the PDF has no text in it: probably a scan", **file),
        ),
    )
    page = visit.client.get(f"/items/{number}").text
    assert evil not in page
    folded = [part.partition("</details>")[0] for part in page.split("<details")[1:]]
    assert any("Hidden from the eye" in part and "Mark all as paid" in part for part in folded)
    assert any("What the attachment advice.pdf says" in part and "INV-20421 EUR 310,00" in part for part in folded)
    assert "scan.pdf: the PDF has no text in it: probably a scan" in page
    assert "Hidden from the eye" not in visit.client.get(f"/items/{promise(visit.house)}").text


def test_the_way_through_the_queue(visit: Visit) -> None:
    first, second = promise(visit.house), promise(visit.house, sender="tasha.lindgren@pinecrestpack.example")
    before, after = visit.house.desk.held_ids()
    assert {before, after} == {first, second}
    assert f'href="/items/{after}" rel="next"' in visit.client.get(f"/items/{before}").text
    assert f'href="/items/{before}" rel="prev"' in visit.client.get(f"/items/{after}").text


@pytest.mark.parametrize("path", ["/items/99", "/items/99/outcome", "/messages/99", "/nowhere", "/static/none.css"])
def test_what_is_not_there_is_said_in_plain_words(visit: Visit, path: str) -> None:
    answer = visit.client.get(path, headers={"hx-request": "true"})
    assert answer.status_code == 404
    assert "There is no" in answer.text
    assert "Back to the queue" in answer.text


@pytest.mark.parametrize("path", ["/items/x", "/items/9999999999999999999999", "/items/-1"])
def test_numbers_that_are_none(visit: Visit, path: str) -> None:
    assert visit.client.get(path).status_code in (404, 422)


def test_no_description_of_the_routes_is_served(visit: Visit) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert visit.client.get(path).status_code == 404


# --- approving ------------------------------------------------------------------------------------------------------


def test_approving_puts_the_mail_into_the_outbox_and_shows_what_will_happen(visit: Visit) -> None:
    number = promise(visit.house)
    assert visit.form(f"/items/{number}", f"/items/{number}/approve")[::2] == (303, f"/items/{number}")
    outgoing = visit.house.desk.outgoing(number)
    assert outgoing is not None
    assert outgoing.state == SendState.QUEUED
    page = visit.client.get(f"/items/{number}").text
    assert "by local" in page
    assert "The mail waits in the outbox." in page
    assert "When the mail is sent" in page
    assert 'hx-trigger="every 2s"' in page
    assert 'id="body"' not in page


def test_the_outcome_is_asked_for_until_it_is_final(visit: Visit) -> None:
    number, after = promise(visit.house), promise(visit.house, sender="tasha.lindgren@pinecrestpack.example")
    visit.form(f"/items/{number}", f"/items/{number}/approve")
    ask = {"hx-request": "true"}
    assert "every 2s" in visit.client.get(f"/items/{number}/outcome", headers=ask).text
    _sent(visit.house, number)
    answer = visit.client.get(f"/items/{number}/outcome", headers=ask).text
    assert "every 2s" not in answer
    assert "Promise for INV-20421 by 2026-03-20 noted." in answer
    assert f'href="/items/{after}"' in answer
    assert visit.client.get(f"/items/{number}/outcome").headers["location"] == f"/items/{number}"
    assert "2026-03-20" not in answer or "sent" in answer


def _sent(house: House, number: int, state: SendState = SendState.UNCERTAIN) -> None:
    """Let the mail leave, and a person say that it was sent."""
    outgoing = _leave(house, number)
    with unit_of_work(house.engine) as session:
        outbox.move(session, outgoing, worker=None, before=[SendState.TRANSMITTING], after=state, now=house.now)
    if state is SendState.UNCERTAIN:
        house.desk.settle(outgoing, sent=True, actor="test")


def _leave(house: House, number: int) -> int:
    outgoing = house.desk.outgoing(number)
    assert outgoing is not None
    assert outgoing.id is not None
    with unit_of_work(house.engine) as session:
        outbox.move(
            session,
            outgoing.id,
            worker=None,
            before=[SendState.QUEUED],
            after=SendState.TRANSMITTING,
            now=house.now,
        )
    return outgoing.id


def test_approving_without_a_draft_carries_it_out_at_once(visit: Visit) -> None:
    message = visit.house.receive("Got it, will have a look.", sender="books@redstonequarry.example")
    number = visit.house.hold(message, claim(Reason.ACKNOWLEDGEMENT, "will have a look"))
    assert visit.form(f"/items/{number}", f"/items/{number}/approve")[0] == 303
    assert visit.status(number) == ProposalStatus.DONE
    assert "Nothing was sent." in visit.client.get(f"/items/{number}").text
    assert [e.tool for e in visit.house.desk.effects(number)] == ["no_reply"]


def test_an_unsaved_edit_that_was_on_the_screen_is_saved_and_approved(visit: Visit) -> None:
    number = promise(visit.house)
    item = visit.house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    body = item.proposal.draft.body.replace("Thank you", "Many thanks")
    assert body != item.proposal.draft.body
    shown = seen(visit.house.desk.preview(item, body=body)[0])
    page = f"/items/{number}"
    assert visit.form(page, f"{page}/approve", body=body, shown=shown)[::2] == (303, page)
    outgoing = visit.house.desk.outgoing(number)
    assert outgoing is not None
    assert b"Many thanks" in outgoing.mime
    with unit_of_work(visit.house.engine) as session:
        assert session.get_one(ProposalRow, number).edited


def test_an_edit_that_was_never_on_the_screen_is_saved_and_shown_but_not_approved(visit: Visit) -> None:
    number = promise(visit.house)
    page = f"/items/{number}"
    body = "Hello {{ contact.name }}\n\n{{ sender.name }}, {{ company.name }}, {{ company.address }}"
    status, _, to = visit.form(page, f"{page}/approve", body=body)
    assert (status, to) == (303, f"{page}?notice=look")
    assert visit.status(number) == ProposalStatus.HELD
    assert visit.house.desk.outgoing(number) is None
    shown = visit.client.get(to).text
    assert "look at it, then approve once more" in shown
    assert ">Priya Kershaw</a>" in shown
    assert visit.form(page, f"{page}/approve")[0] == 303
    assert visit.status(number) == ProposalStatus.APPROVED


def test_a_blocked_draft_cannot_be_approved_and_says_why(visit: Visit) -> None:
    number = promise(visit.house)
    page = f"/items/{number}"
    body = "Please pay GBP 999.99 now.\n\n{{ company.name }}"
    assert visit.form(page, f"{page}/edit", body=body)[2] == f"{page}?notice=saved"
    shown = visit.client.get(page).text
    assert re.search(r'<button class="primary" disabled aria-describedby="why-not"', " ".join(shown.split()))
    assert "999.99 is not in the ledger for this answer" in shown
    status, text_, _ = visit.form(page, f"{page}/approve")
    assert status == 422
    assert "999.99 is not in the ledger" in text_
    assert visit.status(number) == ProposalStatus.HELD
    assert visit.house.desk.outgoing(number) is None


def test_an_emptied_text_is_neither_saved_nor_approved(visit: Visit) -> None:
    number = promise(visit.house)
    page = f"/items/{number}"
    before = stored(visit.house)
    for button in ("edit", "approve"):
        status, answer, _ = visit.post(f"{page}/{button}", csrf=visit.token(), version="1", body=" \r\n ")
        assert status == 422
        assert "so it was not saved" in answer
    assert stored(visit.house) == before


def test_an_unchanged_text_is_not_an_edit(visit: Visit) -> None:
    number = promise(visit.house)
    assert visit.form(f"/items/{number}", f"/items/{number}/edit")[0] == 303
    item = visit.house.desk.show(number)
    assert item is not None
    assert (item.row.version, item.row.edited) == (1, False)


def test_a_missing_pdf_is_said_and_nothing_is_sent(visit: Visit) -> None:
    house = visit.house
    message = house.receive("We never got INV-20413.")
    number = house.hold(message, claim(Reason.INVOICE_MISSING, "We never got INV-20413.", invoices=["INV-20413"]))
    with unit_of_work(house.engine) as session:
        session.execute(text("update document set content = x'00'"))
    status, answer, _ = visit.form(f"/items/{number}", f"/items/{number}/approve")
    assert status == 422
    assert "the stored PDF of INV-20413 is missing or was changed" in answer
    assert visit.status(number) == ProposalStatus.HELD


# --- previewing -----------------------------------------------------------------------------------------------------


def test_the_preview_judges_without_saving(visit: Visit) -> None:
    number = promise(visit.house)
    token, before = visit.token(), stored(visit.house)
    path, parts = f"/items/{number}/preview", {"hx-request": "true", **PAGE}
    bad = visit.client.post(path, data={"csrf": token, "body": "Pay 77.77\r\n{{ company.name }}"}, headers=parts).text
    assert "<html" not in bad
    assert "77.77 is not in the ledger" in bad
    assert 'id="decide" hx-swap-oob="true"' in bad
    assert "disabled" in bad
    good = visit.client.post(path, data={"csrf": token, "body": "Hi {{ contact.name }},\r\n" + US}, headers=parts).text
    assert "disabled" not in good
    assert ">Priya Kershaw</a>" in good
    assert stored(visit.house) == before


def test_the_preview_works_without_javascript(visit: Visit) -> None:
    number = promise(visit.house)
    status, page, _ = visit.post(
        f"/items/{number}/preview",
        csrf=visit.token(),
        version="1",
        body="Hi {{ contact.name }},\r\n" + US,
    )
    assert status == 200
    assert "Your changes are saved with the approval." in page
    assert "Hi {{ contact.name }},\n" + US + "\n\n{{ company.notices }}" in page
    assert ">Priya Kershaw</a>" in page


def test_what_has_no_draft_has_no_preview(visit: Visit) -> None:
    promise(visit.house)
    message = visit.house.receive("Got it.", sender="books@redstonequarry.example")
    number = visit.house.hold(message, claim(Reason.ACKNOWLEDGEMENT, "Got it."))
    assert visit.post(f"/items/{number}/preview", csrf=visit.token(), body="x")[0] == 422


# --- rejecting and being too late -----------------------------------------------------------------------------------


def test_rejecting_keeps_the_reason(visit: Visit) -> None:
    number = promise(visit.house)
    page = f"/items/{number}"
    assert visit.form(page, f"{page}/reject", reason="wrong_words", note="too soft")[::2] == (303, page)
    shown = visit.client.get(page).text
    assert "Wrong words: too soft" in " ".join(shown.split())
    assert visit.house.desk.outgoing(number) is None
    assert visit.house.desk.effects(number) == []


@pytest.mark.parametrize("reason", ["", "because"])
def test_rejecting_needs_a_reason(visit: Visit, reason: str) -> None:
    number = promise(visit.house)
    status, page, _ = visit.form(f"/items/{number}", f"/items/{number}/reject", reason=reason)
    assert status == 422
    assert "Choose why you reject it" in page
    assert visit.status(number) == ProposalStatus.HELD


@pytest.mark.parametrize("button", ["approve", "edit", "reject"])
def test_whoever_is_late_is_told_kindly_and_loses_no_text(visit: Visit, button: str) -> None:
    number = promise(visit.house)
    page = f"/items/{number}"
    typed = "My own words, {{ company.name }}"
    fields = {"csrf": visit.token(), "version": "1", "reason": "other", "body": typed}
    visit.house.desk.edit(number, version=1, actor="colleague", body="Theirs, {{ company.name }}")
    status, answer, _ = visit.post(f"{page}/{button}", **fields)
    assert status == 409
    assert "was changed or decided meanwhile: look at it again" in answer
    assert "Theirs, {{ company.name }}\n" in answer
    if button != "reject":
        assert "Your text, which was not saved" in answer
        assert typed in answer
    assert visit.status(number) == ProposalStatus.HELD


def test_a_second_click_changes_nothing(visit: Visit) -> None:
    number = promise(visit.house)
    promise(visit.house, sender="tasha.lindgren@pinecrestpack.example")
    page = f"/items/{number}"
    visit.form(page, f"{page}/approve")
    item = visit.house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    fields = {
        "csrf": visit.token(),
        "version": "1",
        "body": item.proposal.draft.body,
        "shown": seen(item.proposal.draft),
    }
    before = stored(visit.house)
    status, answer, _ = visit.post(f"{page}/approve", **fields)
    assert status == 409
    assert "was decided meanwhile (approved)" in answer
    assert stored(visit.house) == before


def test_a_ledger_that_moved_voids_the_proposal_and_leads_to_the_new_one(visit: Visit) -> None:
    house, number = visit.house, promise(visit.house)
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, "INV-20421").balance /= 2
    status, answer, _ = visit.form(f"/items/{number}", f"/items/{number}/approve")
    assert status == 409
    assert "The ledger changed: the proposal is made anew. Nothing was sent." in answer
    assert "The new proposal is being made" in answer
    item = house.desk.show(number)
    assert item is not None
    words = claim(Reason.PROMISE_TO_PAY, "We pay INV-20421 on 20 March.", invoices=["INV-20421"], date="2026-03-20")
    anew = house.hold(item.message.id, words)
    outcome = visit.client.get(f"/items/{number}/outcome", headers={"hx-request": "true"}).text
    assert f'href="/items/{anew}">Look at the new proposal' in outcome
    assert "every 2s" not in outcome


def test_decided_items_are_listed_by_status(visit: Visit) -> None:
    approved, rejected = promise(visit.house), promise(visit.house, sender="tasha.lindgren@pinecrestpack.example")
    visit.form(f"/items/{approved}", f"/items/{approved}/approve")
    visit.form(f"/items/{rejected}", f"/items/{rejected}/reject", reason="other")
    every = visit.client.get("/decided").text
    assert all(f'href="/items/{n}"' in every for n in (approved, rejected))
    only = visit.client.get("/decided?status=rejected").text
    assert f'href="/items/{rejected}"' in only
    assert f'href="/items/{approved}"' not in only
    assert visit.client.get("/decided?status=nonsense").status_code == 200


# --- attention ------------------------------------------------------------------------------------------------------


def test_attention_shows_stranded_mail_and_closes_it(visit: Visit) -> None:
    house = visit.house
    promise(house)
    broken = house.receive(
        "",
        sender="x@elsewhere.example",
        kind=MessageKind.UNREADABLE,
        unreadable_reason="the mail is encrypted",
        auth={},
        in_reply_to=None,
    )
    lost = house.receive("Who are you?", sender="y@elsewhere.example", auth={}, in_reply_to=None)
    page = visit.client.get("/attention").text
    assert "the mail is encrypted" in page
    assert f'href="/messages/{lost}"' not in page
    assert f'href="/messages/{lost}"' in visit.client.get("/unmatched").text
    assert "no known customer" in visit.client.get(f"/messages/{lost}").text
    assert "Who are you?" in visit.client.get(f"/messages/{lost}").text
    assert visit.post(f"/messages/{lost}/close", csrf=visit.token())[0] == 409
    assert visit.form(f"/messages/{broken}", f"/messages/{broken}/close")[2] == "/attention?notice=closed"
    assert "the mail is encrypted" not in visit.client.get("/attention").text
    with unit_of_work(house.engine) as session:
        assert session.get_one(Message, broken).state == MessageState.CLOSED
        assert "message.closed" in session.exec(select(AuditEntry.event)).all()


def test_unmatched_mail_leads_to_its_proposal_and_leaves_once_decided(visit: Visit) -> None:
    house = visit.house
    message = house.receive("Who are you?", sender="y@elsewhere.example", auth={}, in_reply_to=None)
    number = house.hold(message, needs_person="this mail belongs to no known customer: assign it")
    assert (house.desk.counts().unmatched, house.desk.counts().attention) == (1, 0)
    assert f'href="/items/{number}"' in visit.client.get("/unmatched").text
    shown = visit.client.get(f"/items/{number}").text
    assert "this mail belongs to no known customer" in shown
    assert "Mark as handled" in shown
    assert visit.form(f"/items/{number}", f"/items/{number}/approve")[0] == 303
    assert house.desk.counts().unmatched == 0
    assert "Every mail has its customer." in visit.client.get("/unmatched").text


def test_uncertain_mail_is_settled_by_a_person(visit: Visit) -> None:
    number = promise(visit.house)
    visit.form(f"/items/{number}", f"/items/{number}/approve")
    promise(visit.house, sender="tasha.lindgren@pinecrestpack.example")
    outgoing = _leave(visit.house, number)
    with unit_of_work(visit.house.engine) as session:
        before = [SendState.TRANSMITTING]
        outbox.move(session, outgoing, worker=None, before=before, after=SendState.UNCERTAIN, now=visit.house.now)
    page = visit.client.get("/attention").text
    assert "Uncertain mails" in page
    assert visit.client.get(f"/items/{number}").text.count(f'action="/outgoing/{outgoing}/settle"') == 1
    assert visit.post(f"/outgoing/{outgoing}/settle", csrf=visit.token(), sent="perhaps")[0] == 422
    assert visit.form("/attention", f"/outgoing/{outgoing}/settle", sent="yes")[2] == "/attention?notice=settled"
    with unit_of_work(visit.house.engine) as session:
        assert session.get_one(Outgoing, outgoing).state == SendState.SENT
        assert session.exec(select(Effect.tool).where(Effect.proposal_id == number)).all() == ["record_promise"]
    assert visit.post(f"/outgoing/{outgoing}/settle", csrf=visit.token(), sent="no")[0] == 409
    assert visit.post("/outgoing/999/settle", csrf=visit.token(), sent="no")[0] == 409


def test_failed_mail_and_escalations_are_shown(visit: Visit) -> None:
    house, number = visit.house, promise(visit.house)
    visit.form(f"/items/{number}", f"/items/{number}/approve")
    outgoing = _leave(house, number)
    with unit_of_work(house.engine) as session:
        error, before = "550 no such user", [SendState.TRANSMITTING]
        outbox.move(session, outgoing, worker=None, before=before, after=SendState.FAILED, now=house.now, error=error)
    message = house.receive("Our lawyer will write.", sender="books@redstonequarry.example")
    handed = house.hold(message, claim(Reason.LEGAL_THREAT, "Our lawyer will write."))
    visit.form(f"/items/{handed}", f"/items/{handed}/approve")
    assert house.desk.outgoing(handed) is None, "who brings in a lawyer gets no letter from a machine"
    page = visit.client.get("/attention").text
    assert "550 no such user" in page
    assert "Handed to a person" in page
    assert "Legal threat" in page


def failed(house: House) -> tuple[int, int]:
    """Approve a promise whose mail the server then refuses for good."""
    number = promise(house)
    house.desk.approve(number, version=1, actor="test")
    outgoing = _leave(house, number)
    with unit_of_work(house.engine) as session:
        before = [SendState.TRANSMITTING]
        outbox.move(session, outgoing, worker=None, before=before, after=SendState.FAILED, now=house.now, error="550")
        session.get_one(ProposalRow, number).status = ProposalStatus.FAILED
    return number, outgoing


def test_a_failed_mail_is_tried_again(visit: Visit) -> None:
    number, outgoing = failed(visit.house)
    assert visit.house.desk.counts().attention == 1
    path = f"/outgoing/{outgoing}/retry"
    assert f'action="{path}"' in visit.client.get(f"/items/{number}").text
    assert visit.form("/attention", path)[2] == "/attention?notice=retried"
    assert visit.status(number) == ProposalStatus.APPROVED
    assert visit.house.desk.counts().attention == 0
    promise(visit.house, sender="tasha.lindgren@pinecrestpack.example")
    assert visit.post(path, csrf=visit.token())[0] == 409


def test_a_failed_mail_is_set_aside_and_proposed_anew(visit: Visit) -> None:
    number, _ = failed(visit.house)
    assert visit.form("/attention", f"/items/{number}/set-aside")[2] == f"/items/{number}"
    assert visit.status(number) == ProposalStatus.VOID
    assert "Set aside by local" in visit.client.get(f"/items/{number}").text
    waits = promise(visit.house, sender="tasha.lindgren@pinecrestpack.example")
    assert visit.post(f"/items/{waits}/set-aside", csrf=visit.token())[0] == 409
    assert visit.status(waits) == ProposalStatus.HELD


@pytest.mark.parametrize("held", [True, False])
def test_an_unmatched_mail_is_given_to_a_customer(visit: Visit, held: bool) -> None:
    house = visit.house
    message = house.receive("About INV-20417?", sender="y@elsewhere.example", auth={}, in_reply_to=None)
    with unit_of_work(house.engine) as session:
        row = session.get_one(Message, message)
        row.customer_id, row.case_id, row.state = None, None, MessageState.UNMATCHED
    page = f"/items/{house.hold(message)}" if held else f"/messages/{message}"
    path = f"/messages/{message}/assign"
    assert "Redstone Quarry Equipment LLC</option>" in visit.client.get(page).text
    for nobody in ("", "C9999"):
        status, answer, _ = visit.form(page, path, customer=nobody)
        assert status == 422
        assert "Choose the customer" in answer
    assert visit.form(page, path, customer="C1010")[2] == "/unmatched?notice=assigned"
    with unit_of_work(house.engine) as session:
        row = session.get_one(Message, message)
        assert (row.customer_id, row.state) == ("C1010", MessageState.STORED)
    promise(house)
    assert visit.post(path, csrf=visit.token(), customer="C1010")[0] == 409


def test_a_contact_is_verified_with_a_note_only(visit: Visit) -> None:
    house = visit.house
    promise(house)
    with unit_of_work(house.engine) as session:
        session.add(
            Contact(
                customer_id="C1007",
                name="Karin Åhlgren",
                email="karin.ahlgren@lindqvist-rehn.example",
                role="ap",
                status=ContactStatus.TO_VERIFY,
                created_at=house.now,
            )
        )
    with unit_of_work(house.engine) as session:
        number = session.exec(select(Contact.id).where(col(Contact.name).startswith("Karin"))).one()
    path = f"/contacts/{number}/verify"
    status, answer, _ = visit.form("/attention", path, note="  ")
    assert status == 422
    assert "needs a note of how it was verified" in answer
    assert visit.form("/attention", path, note="Called the switchboard")[2] == "/attention?notice=verified"
    with unit_of_work(house.engine) as session:
        contact = session.get_one(Contact, number)
        assert (contact.status, contact.verified_by) == (ContactStatus.VERIFIED, "local")
    assert visit.post(path, csrf=visit.token(), note="again")[0] == 422


# --- what an attacker tries -----------------------------------------------------------------------------------------


def every_route(visit: Visit) -> list[tuple[str, str]]:
    found = [("GET", "/static/review.css"), ("GET", "/static/htmx.min.js"), ("GET", "/static/icon.svg")]
    for route in iter_route_contexts(visit.client.app.routes):  # type: ignore[attr-defined]
        path = re.sub(r"\{\w+\}", "1", route.path or "")
        found += [(method, path) for method in sorted(route.methods or ()) if method != "HEAD"]
    found += [("GET", "/nowhere"), ("PUT", "/"), ("DELETE", "/items/1")]
    return found


def test_every_response_has_its_headers(visit: Visit) -> None:
    promise(visit.house)
    routes = every_route(visit)
    assert len(routes) > 14
    for method, path in routes:
        for headers in ({}, PAGE, {"host": "evil.example"}):
            answer = visit.client.request(method, path, headers=headers)
            found = {name: answer.headers.get(name) for name in HEADERS}
            kept = {"cache-control": ASKED} if path.startswith("/static/") and answer.status_code == 200 else {}
            assert found == HEADERS | kept, (method, path)
            assert "server" not in answer.headers


def test_every_form_without_its_token_is_refused_and_changes_nothing(visit: Visit) -> None:
    promise(visit.house)
    token = visit.token()
    before = stored(visit.house)
    # The API takes no form at all (test_api).
    posts = [path for method, path in every_route(visit) if method == "POST" and not path.startswith("/api/")]
    guarded: set[str] = set()
    fields = {"version": "1", "reason": "other", "sent": "yes", "note": "x", "body": "x"}
    for path in posts:
        for wrong in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": token[:-1] + ("0" if token[-1] != "0" else "1")}):
            answer = visit.client.post(path, data=fields | wrong, headers=PAGE)
            assert answer.status_code == 403, path
            assert "reload the page" in answer.text or "is not for the role manager" in answer.text, path
            guarded |= {path} if "reload the page" in answer.text else set()
    assert len(guarded) >= 15
    assert stored(visit.house) == before


def test_a_token_of_another_browser_is_refused(visit: Visit) -> None:
    number = promise(visit.house)
    with TestClient(create_app(visit.house.desk), base_url=BASE) as other:
        other.get("/")
        fields = {"csrf": visit.token(), "version": "1", "reason": "other"}
        assert other.post(f"/items/{number}/reject", data=fields, headers=PAGE).status_code == 403
    assert visit.status(number) == ProposalStatus.HELD


def test_the_cookie_is_strict_and_kept(visit: Visit) -> None:
    first = visit.client.get("/")
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "set-cookie" not in visit.client.get("/").headers
    with TestClient(create_app(visit.house.desk), base_url="https://127.0.0.1") as secure:
        assert "secure" in secure.get("/").headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_its_token(visit: Visit, headers: dict[str, str]) -> None:
    number = promise(visit.house)
    fields = {"csrf": visit.token(), "version": "1", "reason": "other"}
    assert visit.client.post(f"/items/{number}/reject", data=fields, headers=headers).status_code == 403
    assert visit.status(number) == ProposalStatus.HELD


@pytest.mark.parametrize("headers", [{"origin": BASE}, {"origin": BASE, **PAGE}, {"origin": "null", **PAGE}, PAGE])
def test_a_form_of_ours_is_taken(visit: Visit, headers: dict[str, str]) -> None:
    number = promise(visit.house)
    fields = {"csrf": visit.token(), "version": "1", "reason": "other"}
    assert visit.client.post(f"/items/{number}/reject", data=fields, headers=headers).status_code == 303


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8765", "127.0.0.1@evil.example", "", "[::2]"],
)
def test_another_name_is_refused(visit: Visit, host: str) -> None:
    answer = visit.client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "not served under that name" in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "LOCALHOST:1", "[::1]:8765", "queue.nordholt.example"])
def test_our_names_are_served(house: House, host: str) -> None:
    with TestClient(create_app(house.desk, hosts=["queue.nordholt.example"]), base_url=BASE) as client:
        assert client.get("/", headers={"host": host}).status_code == 200


def test_a_form_too_large_or_of_unknown_length_is_refused(visit: Visit) -> None:
    promise(visit.house)
    assert visit.client.post("/items/1/preview", data={"body": "x" * 300_001}, headers=PAGE).status_code == 413
    assert visit.client.post("/items/1/preview", content=iter([b"body=x"]), headers=PAGE).status_code == 411


def test_looking_changes_nothing(visit: Visit) -> None:
    number = promise(visit.house)
    visit.form(f"/items/{number}", f"/items/{number}/approve")
    promise(visit.house, sender="tasha.lindgren@pinecrestpack.example")
    before = stored(visit.house)
    for method, path in every_route(visit):
        if method == "GET":
            visit.client.get(path, headers={"hx-request": "true"})
            visit.client.head(path)
    for path in ("approve", "reject", "edit", "preview"):
        assert visit.client.get(f"/items/2/{path}").status_code == 405
    assert stored(visit.house) == before


_OURS = (
    r'(?:src="/static/[a-z.]+js\?v=[0-9a-f]{20}" nonce="[\w-]{24}" defer></script>'
    r'|type="speculationrules" nonce="[\w-]{24}">\{"prerender": (?P<where>\[\{"where": \{"selector_matches": "a\[rel=next\]"\}, '
    r'"eagerness": "immediate"\}\]), "prefetch": (?P=where)\}</script>)'
)


def test_hostile_words_are_shown_as_words(visit: Visit) -> None:
    house = visit.house
    with unit_of_work(house.engine) as session:
        session.execute(text("update customer set name = :evil, owner = :evil where id = 'C1001'"), {"evil": EVIL})
        session.execute(text("update contact set name = :evil where customer_id = 'C1001'"), {"evil": EVIL})
        session.execute(text("update invoice set description = :evil"), {"evil": EVIL})
    number = promise(
        house,
        subject=EVIL,
        from_name=EVIL,
        quoted_text=EVIL,
        signature=EVIL,
        flags=(EVIL,),
        reply_to="evil@x.example",
        attachments=(Attachment(filename=EVIL, content_type="text/html", size=1, sha256="0" * 64),),
    )
    words = claim(Reason.PROMISE_TO_PAY, EVIL, invoices=["INV-20421"], date="2026-03-20", reference=EVIL)
    message = house.receive(f"Before {EVIL} after", subject=EVIL, sender="tasha.lindgren@pinecrestpack.example")
    marked = house.hold(message, words.model_copy(update={"invoices": ()}), needs_person=EVIL, reader=EVIL)
    house.desk.edit(marked, version=1, actor="x", body=f"{EVIL}</textarea> {{{{ company.name }}}}")
    pages = [visit.client.get(p).text for p in ("/", f"/items/{number}", f"/items/{marked}", f"/messages/{message}")]
    pages.append(visit.form(f"/items/{marked}", f"/items/{marked}/reject", reason="other", note=EVIL)[1])
    pages += [visit.client.get(p).text for p in ("/decided", f"/items/{marked}", f"/decided?status={EVIL}")]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert not re.search(rf"<script(?! {_OURS})", page), "only ours, from a file, or what names the next item"
        assert page.count("</textarea>") == page.count("<textarea"), "none is closed by what stands in it"
    assert all("&lt;script&gt;alert" in page for page in pages[:3])


def test_a_fault_of_ours_is_a_page_without_secrets(house: House, caplog: pytest.LogCaptureFixture) -> None:
    said = " ".join(("moira@bracken.example", "said something private"))

    class Broken(Desk):
        def queue_page(self, *_: object, **__: object) -> Any:
            raise RuntimeError(said)

    sound = house.desk
    broken = Broken(
        engine=sound.engine,
        company=sound.company,
        policy=sound.policy,
        clock=sound.clock,
        key=b"k" * 32,
        sender_of=lambda _: "",
    )
    with TestClient(create_app(broken), base_url=BASE) as client:
        answer = client.get("/")
    assert answer.status_code == 500
    assert nonce_of(answer) in answer.text, "the page of an error has its nonce too"
    assert "Something broke" in answer.text
    assert said not in answer.text
    assert "RuntimeError" in caplog.text
    assert said not in caplog.text


def test_the_demo_says_that_it_is_one(house: House) -> None:
    with TestClient(create_app(house.desk, profile="demo"), base_url=BASE) as client:
        assert "nothing leaves this machine" in client.get("/").text
    with TestClient(create_app(house.desk), base_url=BASE) as client:
        assert "Demo" not in client.get("/").text
