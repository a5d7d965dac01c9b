"""An invoice that goes again: as a copy, with the order number amended, or by the ERP; each asked about once."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import select

from agent.cli.csv_out import safe_cell
from agent.cli.export_reissues import COLUMNS, as_csv, documents
from agent.effects import apply_effects
from store import audit
from store.aftermath import ResubmissionStatus
from store.engine import unit_of_work
from store.facts import ResubmissionFacts
from store.reissues import Reissue, mark_exported, waiting
from store.tables import Invoice, Outgoing, ProposalRow, Resubmission
from store.vocabulary import Reason
from tests.cases import NOW, ask, facts, invoice
from tests.cases import claim as said
from tests.factories import House, claim, open_house
from tools.base import NotAllowed
from tools.jurisdiction import STRICT
from tools.limits import Policy
from tools.policy_file import PolicyError, policy_from
from tools.resubmit_invoice import ResubmitInvoice, Way, answer_due

TOOL = ResubmitInvoice()
COPIES = policy_from({"jurisdictions": {STRICT: {"owner": "Ines Roth", "corrected_document": True}}}, source="test")
WORDS = "INV-20413 must quote our order HF-78263."


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def mismatch(house: House, *, order: str = "HF-78263") -> int:
    message = house.receive(WORDS)
    return house.hold(message, claim(Reason.PO_MISMATCH, WORDS, invoices=["INV-20413"], po_number=order))


def approved(house: House, number: int) -> list[tuple[str, bytes]]:
    """Approve, carry out as if sent, and give the PDFs of the mail."""
    item = house.desk.show(number)
    assert item is not None
    assert not item.proposal.blocked, item.proposal.findings
    house.desk.approve(number, version=item.row.version, actor="ines")
    with unit_of_work(house.engine) as session:
        mime = session.exec(select(Outgoing.mime).where(Outgoing.proposal_id == number)).one()
        apply_effects(session, number, house.now)
    mail = email.message_from_bytes(mime, policy=email.policy.default)
    return [(part.get_filename() or "", bytes(part.get_content())) for part in mail.iter_attachments()]


def noted(house: House) -> list[Resubmission]:
    with unit_of_work(house.engine) as session:
        rows = list(session.exec(select(Resubmission)))
        for row in rows:
            session.expunge(row)
    return rows


# --- which way ----------------------------------------------------------------------------------------------------


def test_the_policy_decides_between_a_corrected_copy_and_the_erp() -> None:
    asked = said(Reason.PO_MISMATCH, po_number="HF-9")
    assert TOOL.fill(ask(asked)).way is Way.REISSUE
    corrected = TOOL.fill(ask(asked, policy=COPIES))
    assert (corrected.way, corrected.po_number, corrected.documents) == (Way.CORRECTED, "HF-9", ("F-5501",))
    assert [p.kind for p in TOOL.papers(corrected, facts())] == ["corrected_invoice"]
    with pytest.raises(NotAllowed, match="no corrected copy"):
        TOOL.check(corrected, ask(asked))
    with pytest.raises(PolicyError, match="owner: is missing"):
        policy_from({"jurisdictions": {STRICT: {"corrected_document": True}}}, source="test")
    assert not any(profile.corrected_document for profile in Policy().jurisdictions.values())


@pytest.mark.parametrize(
    "bent", [{"way": Way.COPY}, {"po_number": None}, {"answer_days": 60}, {"documents": ("F-1",)}, {"po_number": "X"}]
)
def test_a_bent_resubmission_is_refused(bent: dict[str, object]) -> None:
    asked = ask(said(Reason.PO_MISMATCH, po_number="HF-9"), policy=COPIES)
    with pytest.raises(NotAllowed):
        TOOL.check(TOOL.fill(asked).model_copy(update=bent), asked)


def test_the_originals_go_along_where_the_mail_has_room_for_all() -> None:
    asked = said(Reason.PO_MISMATCH, po_number="HF-9")
    for count, documents_ in ((1, 1), (2, 2), (3, 0), (5, 0)):
        case = facts(*(invoice(f"F-{n}") for n in range(count)))
        arguments = TOOL.fill(ask(asked, case=case, policy=COPIES))
        assert len(TOOL.attachments(arguments)) == documents_
        assert len(TOOL.papers(arguments, case)) == count
        assert len(TOOL.attachments(arguments)) + len(TOOL.papers(arguments, case)) <= 5
    half = facts(invoice("F-1"), invoice("F-2", document_sha256=None))
    assert TOOL.attachments(TOOL.fill(ask(asked, case=half, policy=COPIES))) == ()


def test_what_was_done_before_is_not_done_for_ever() -> None:
    def before(kind: str, times: int, order: str | None = None) -> tuple[ResubmissionFacts, ...]:
        one = ResubmissionFacts(invoice_number="F-5501", kind=kind, status=ResubmissionStatus.OPEN, po_number=order)
        return (one,) * times

    missing = said(Reason.INVOICE_MISSING)
    assert TOOL.refusal(ask(missing, case=facts(resubmissions=before("copy", 1)))) is None
    assert (
        TOOL.refusal(ask(missing, case=facts(resubmissions=before("copy", 2))))
        == "F-5501 was sent again 2 times already"
    )
    wrong = said(Reason.PO_MISMATCH, po_number="HF-9")
    assert TOOL.refusal(ask(wrong, case=facts(resubmissions=before("reissue", 1, "HF-8")))) is None
    assert TOOL.refusal(ask(wrong, case=facts(resubmissions=before("reissue", 1, "HF-9"))))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
def test_an_answer_is_awaited_on_a_working_day(day: date, days: int) -> None:
    due = answer_due(day, days)
    assert due.weekday() < 5
    assert timedelta(days=days) <= due - day <= timedelta(days=days + 2)


# --- the whole way ------------------------------------------------------------------------------------------------


def test_a_copy_asks_for_confirmation_and_wakes_when_none_comes(house: House) -> None:
    words = "We never received INV-20413."
    number = house.hold(house.receive(words), claim(Reason.INVOICE_MISSING, words, invoices=["INV-20413"]))
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    assert "confirm by 17 March 2026 that the documents have reached you" in item.proposal.draft.rendered
    ((name, content),) = approved(house, number)
    assert (name, content[:5]) == ("INV-20413.pdf", b"%PDF-")
    (row,) = noted(house)
    assert (row.kind, row.answer_due, row.po_number) == ("copy", date(2026, 3, 17), None)


def test_a_corrected_copy_goes_out_with_the_original(house: House) -> None:
    house.policy = COPIES
    number = mismatch(house)
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    assert "copy of the invoice attached that bears this purchase order" in item.proposal.draft.rendered
    (original, copy) = approved(house, number)
    assert (original[0], copy[0]) == ("INV-20413.pdf", "INV-20413-order-reference.pdf")
    text = " ".join(PdfReader(io.BytesIO(copy[1])).pages[0].extract_text().split())
    for figure in ("Copy of invoice INV-20413", "HF-78263", "HF-77041", "GBP 11,482.50", "19 December 2025"):
        assert figure in text
    (row,) = noted(house)
    assert (row.kind, row.po_number, row.exported_at) == ("corrected", "HF-78263", None)
    with unit_of_work(house.engine) as session:
        assert session.get_one(Invoice, "INV-20413").po_number == "HF-77041", "the ledger is the ERP's"
        assert waiting(session) == []


def test_a_reissue_waits_for_the_erp_and_is_told_once(house: House) -> None:
    number = mismatch(house)
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    assert "You will hear from us by" in item.proposal.draft.rendered
    assert approved(house, number) == []
    assert noted(house)[0].answer_due == date.max, "nobody is asked before the ERP was told"
    with unit_of_work(house.engine) as session:
        (request,) = waiting(session)
        assert (request.invoice_number, request.po_before, request.po_number) == ("INV-20413", "HF-77041", "HF-78263")
        assert (request.customer_id, request.approved_by, str(request.amount)) == ("C1001", "ines", "11482.50")
        mark_exported(session, [request], answer_due=date(2026, 4, 1), actor="test", now=house.now)
    with unit_of_work(house.engine) as session:
        assert waiting(session) == []
        (again,) = waiting(session, again=True)
        assert (again.request, again.exported_at) == (request.request, house.now)
        assert audit.verify(session)[1] is None
    (row,) = noted(house)
    assert row.answer_due == date(2026, 4, 1)
    with unit_of_work(house.engine) as session:
        session.get_one(Resubmission, row.id).status = ResubmissionStatus.PAID
    with unit_of_work(house.engine) as session:
        assert waiting(session, again=True) == []
        assert session.get_one(ProposalRow, number).decided_by == "ines"


# --- the export ---------------------------------------------------------------------------------------------------

CELL = st.text(max_size=40) | st.sampled_from(
    ["a;=1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1", 'a"b', "a\nb"]
)


@given(customer=CELL, before=CELL, order=CELL)
def test_no_cell_of_an_export_is_a_formula_and_none_is_lost(customer: str, before: str, order: str) -> None:
    request = Reissue(
        request="reissue-1",
        requested_at=NOW,
        approved_by="ines",
        customer_id="K1",
        customer=customer,
        invoice_number="F-5501",
        issue_date=date(2026, 1, 20),
        due_date=date(2026, 2, 19),
        currency="GBP",
        amount=invoice().amount,
        po_before=before,
        po_number=order,
        exported_at=None,
    )
    heading, row = list(csv.reader(io.StringIO(as_csv([request]), newline="")))
    assert tuple(heading) == COLUMNS
    cells = dict(zip(COLUMNS, row, strict=True))
    assert not any(cell[:1] in tuple("=+-@\t\r\n＝＋－＠") for cell in cells.values() if cell)
    for name, given_ in (("customer", customer), ("po_before", before), ("po_number", order)):
        # Nothing but apostrophes is added.
        assert cells[name].replace("'", "") == given_.replace("\x00", "").replace("'", "")
        assert not re.search(r"[;\t\r\n]\s*[=+\-@＝＋－＠]", cells[name])
    assert documents([request])[0]["po_number"] == order, "JSON holds it as it is"
    assert cells["amount"] == "1800.00"


@given(st.text(max_size=20))
def test_a_cell_is_made_safe_once(text: str) -> None:
    assert safe_cell(safe_cell(text)) == safe_cell(text)
