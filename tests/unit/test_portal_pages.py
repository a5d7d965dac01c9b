"""One invoice in a portal, on its page and by the API: what to type, what was missing filled in, a mistaken "paid" set back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from review.app import create_app
from review.matrix import MATRIX
from review.viewer import LOCAL
from store import audit
from store.aftermath import Portal, PortalStatus
from store.api_tokens import Scope
from store.engine import unit_of_work
from store.ledger_papers import put_invoice_pdf
from store.matters import PortalItem
from store.portals import move, open_item
from store.roles import DECIDERS, READERS, Role
from store.tables import AuditEntry, Invoice
from tests.factories import House, open_house
from tests.unit.test_lists import effect
from tests.unit.test_review_app import BASE, EVIL, PAGE

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as made:
        yield made


def item(house: House, *, portal: Portal = Portal.COUPA) -> int:
    number = effect(house)
    with unit_of_work(house.engine) as session:
        made = open_item(
            session,
            customer_id="C1001",
            invoice_number="INV-20413",
            portal=portal,
            fields={"Invoice #": "INV-20413", "PO #": "", "Supplier #": "", "Total": "11482.50"},
            missing=["supplier_number", "po_number"],
            effect_id=number,
            actor="ines",
            now=house.now,
        )
    assert made.id is not None
    return made.id


def kept(house: House, number: int) -> PortalItem:
    with unit_of_work(house.engine) as session:
        return session.get_one(PortalItem, number)


def post(client: TestClient, number: int, what: str, **fields: str) -> tuple[int, str]:
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/lists/portal?state=all").text)
    csrf = token.group(1) if token else ""
    answer = client.post(f"/portal-items/{number}/{what}", data={"csrf": csrf, **fields}, headers=PAGE)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_the_sheet_shows_what_to_type_and_the_list_leads_to_it(house: House, client: TestClient) -> None:
    number = item(house)
    assert f'data-open href="/portal-items/{number}"' in client.get("/lists/portal").text
    page = client.get(f"/portal-items/{number}").text
    for words in ("Invoice #", "INV-20413", "11482.50", "Remit-To Address", "Missing: our supplier number", "Fill in"):
        assert words in page, words
    assert client.get("/portal-items/999").status_code == 404
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, "INV-20413").document_sha256 = None
    assert "Save the PDF" not in client.get(f"/portal-items/{number}").text
    assert client.get(f"/portal-items/{number}/document").status_code == 404


def test_what_was_missing_is_filled_in_and_stays_with_the_item(house: House, client: TestClient) -> None:
    number = item(house)
    filled = post(client, number, "fill", supplier_number=" 700412 ", po_number="")
    assert filled == (303, f"/portal-items/{number}?notice=portal_filled")
    found = kept(house, number)
    assert (found.fields["Supplier #"], found.fields["PO #"], found.missing) == ("700412", "", ["po_number"])
    page = client.get(filled[1]).text
    assert "Missing: the purchase order" in page
    assert "Missing: our supplier" not in page
    assert post(client, number, "fill", po_number=EVIL[:50])[0] == 303
    assert EVIL[:50] not in client.get(f"/portal-items/{number}").text
    with unit_of_work(house.engine) as session:
        assert session.get_one(Invoice, "INV-20413").po_number == "HF-77041", "the ledger is the ERP's"
        entries = [e for e in session.exec(select(AuditEntry)) if e.event == "portal.filled"]
        assert [(e.actor, e.subject) for e in entries] == [("local", f"portal_item:{number}")] * 2
        assert audit.verify(session)[1] is None


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Write our supplier number"),
        ({"po_number": "x" * 61}, "at most 60 characters"),
        ({"po_number": "a\nb"}, "one line"),
    ],
)
def test_what_cannot_be_filled_in_is_told_and_changes_nothing(
    house: House, client: TestClient, fields: dict[str, str], told: str
) -> None:
    number = item(house)
    before = kept(house, number)
    status, text = post(client, number, "fill", **fields)
    assert (status, told in text) == (409, True), text
    assert kept(house, number) == before


def test_the_moves_are_told_in_words_and_paid_by_mistake_is_set_back(house: House, client: TestClient) -> None:
    number = item(house)
    for to in ("submitted", "approved", "paid"):
        house.now += timedelta(minutes=1)
        assert post(client, number, "move", status=to)[0] == 303
    page = client.get(f"/portal-items/{number}").text
    assert "Fill in what you learned" not in page, "nothing waits to be submitted"
    assert post(client, number, "fill", po_number="PO-9")[0] == 409
    assert post(client, number, "set-back", note=" ")[0] == 409
    assert post(client, number, "set-back", note="It was another invoice.")[0] == 303
    assert kept(house, number).status == PortalStatus.APPROVED
    page = client.get(f"/portal-items/{number}").text
    assert "It was another invoice." in page
    assert post(client, number, "set-back", note="again")[0] == 409


def test_the_invoice_is_handed_out_as_bytes_for_the_upload(house: House, client: TestClient) -> None:
    number = item(house)
    with unit_of_work(house.engine) as session:
        put_invoice_pdf(session, "INV-20413", PDF)
        session.get_one(Invoice, "INV-20413").document_sha256 = hashlib.sha256(PDF).hexdigest()
    assert "Save the PDF" in client.get(f"/portal-items/{number}").text
    answer = client.get(f"/portal-items/{number}/document")
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/octet-stream")
    assert answer.headers["content-disposition"] == 'attachment; filename="INV-20413.pdf"'


def test_the_api_fills_in_and_sets_back(house: House, client: TestClient) -> None:
    number = item(house)
    _, token = house.desk.make_token(LOCAL, name="erp", scopes=[Scope.READ, Scope.DECIDE], days=1)
    _, reads = house.desk.make_token(LOCAL, name="reads", scopes=[Scope.READ], days=1)

    def ask(what: str, body: dict[str, str], text: str = token) -> int:
        headers = {"authorization": f"Bearer {text}"}
        return client.post(f"/api/v1/portal-items/{number}/{what}", json=body, headers=headers).status_code

    assert ask("fill", {"po_number": "PO-9"}, reads) == 403
    assert ask("fill", {}) == 409
    assert ask("fill", {"po_number": "x" * 61}) == 422
    assert ask("fill", {"po_number": "PO-9"}) == 200
    assert kept(house, number).fields["PO #"] == "PO-9"
    assert ask("set-back", {"note": "no"}) == 409
    with unit_of_work(house.engine) as session:
        for to in (PortalStatus.SUBMITTED, PortalStatus.APPROVED, PortalStatus.PAID):
            move(session, number, to, actor="ines", now=house.now)
    assert ask("set-back", {"note": "another invoice"}) == 200


def test_an_auditor_reads_it_and_fills_in_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    number = item(house)
    monkeypatch.setattr("review.gate.LOCAL", replace(LOCAL, role=Role.AUDITOR))
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        page = client.get(f"/portal-items/{number}")
        assert page.status_code == 200
        assert "<form class" not in page.text
        assert client.post(f"/portal-items/{number}/fill", data={}, headers=PAGE).status_code == 403
    assert MATRIX["GET", "/portal-items/{number}"] == READERS
    assert all(MATRIX["POST", f"{base}/portal-items/{{number}}/fill"] == DECIDERS for base in ("", "/api/v1"))
