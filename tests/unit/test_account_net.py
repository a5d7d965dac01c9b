"""The account beside an item: what is left when all that lies unapplied is counted, and what imports changed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from starlette.testclient import TestClient

from review.app import create_app
from store.engine import unit_of_work
from store.ledger import checked_ledger, import_ledger
from store.ledger_checking import Place
from store.ledger_known import known_to
from store.ledger_rows import InvoiceRow
from store.tables import Invoice, ProposalRow
from store.vocabulary import Reason
from tests.factories import claim, open_house

PAY = "We pay INV-20421 on 20 March."


def test_the_account_beside_an_item_shows_the_net_and_what_imports_changed(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    number = house.hold(
        house.receive(f"Hi,\n\n{PAY}\n\nPriya"),
        claim(Reason.PROMISE_TO_PAY, PAY, invoices=["INV-20421"], date="2026-03-20"),
    )
    with unit_of_work(house.engine) as session:
        whose = session.get_one(ProposalRow, number).customer_id
        first = session.get_one(Invoice, "INV-20421")
        assert first.customer_id == whose
        values = first.model_dump(exclude={"number", "document_sha256"}) | {"invoice_number": first.number}
        lower = InvoiceRow.model_validate(values | {"balance": first.balance - 1})
        credit = lower.model_copy(
            update={"invoice_number": "CN-1", "amount": Decimal("-99999.00"), "balance": Decimal("-99999.00")}
        )
        place = Place("credits.csv", 2)
        ledger = checked_ledger(
            invoices=[(place, lower), (place, credit)], source="credits.csv", known=known_to(session)
        )
        before = first.balance
        import_ledger(session, ledger, actor="erp", now=house.now)
    with TestClient(create_app(house.desk), base_url="http://127.0.0.1:8765") as client:
        page = " ".join(client.get(f"/items/{number}").text.split())
    house.engine.dispose()
    assert "99,999.00 credit notes applied to no invoice" in page
    assert "credit balance: more is unapplied than open, so nothing is asked" in page
    assert "Changed by imports" in page
    assert f'INV-20421 <span class="soft">balance fell from {before} to {before - 1}' in page
