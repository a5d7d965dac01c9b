"""The documents of an answer, looked at in a real browser: named on the item's page, saved with a click, opened nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from store.documents import add_document
from store.engine import unit_of_work
from store.vocabulary import DocumentKind, Reason
from tests.browser.conftest import PICTURES, Served
from tests.factories import claim

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.4\n% our tax form\n%%EOF\n"


def test_the_documents_of_an_answer_can_be_looked_at(served: Served, tmp_path: Path) -> None:
    with unit_of_work(served.house.engine) as session:
        add_document(
            session,
            PDF,
            kind=DocumentKind.W9,
            filename="W-9 Nordholt.pdf",
            invoice_number=None,
            actor="test",
            now=served.house.now,
        )
    words = "Please send a statement of account, and your W-9."
    number = served.house.hold(
        served.house.receive(words),
        claim(Reason.DOCUMENT_REQUEST, "a statement of account", document="statement"),
        claim(Reason.DOCUMENT_REQUEST, "your W-9", document="w9"),
    )
    page = served.open(f"/items/{number}")
    links = page.locator("a.file")
    expect(links).to_have_text(["statement-2026-03-10.pdf", "W-9-Nordholt.pdf"])
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / "item-documents.png", full_page=True)
    with page.expect_download() as download:
        links.nth(1).click()
    assert download.value.suggested_filename == "W-9-Nordholt.pdf"
    assert download.value.path().read_bytes() == PDF
    with page.expect_download() as statement:
        links.nth(0).click()
    shown = statement.value.path().read_bytes()
    assert shown.startswith(b"%PDF-")
    expect(page.get_by_role("button", name="Approve and send")).to_be_enabled()

    answer = page.request.get(f"{served.url}/items/{number}/documents/0")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="statement-2026-03-10.pdf"'
    assert answer.headers["content-security-policy"].endswith("; sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert page.request.get(f"{served.url}/items/{number}/documents/2").status == 404
    assert page.request.get(f"{served.url}/items/{number}/documents/-1").status == 404
    assert page.request.get(f"{served.url}/items/999/documents/0").status == 404

    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_text("statement-2026-03-10.pdf")).to_be_visible()
    served.house.now = served.house.now.replace(month=5)
    with page.expect_download() as sent:
        page.locator("a.file").nth(0).click()
    assert sent.value.path().read_bytes() == shown, "the bytes that were approved"
