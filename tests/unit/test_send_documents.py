"""Documents that go out: only what is ours to send, the very bytes that were approved, and never a bank letter."""

from __future__ import annotations

import email
import email.policy
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from agent.rules.base import Outbound
from agent.rules.book import RULES, judge
from agent.rules.papers import own_papers
from prompts.replies import ReplyPart, write_reply
from prompts.statement import statement_pdf
from prompts.wording import LOCALES
from review.desk import Blocked
from review.enclosing import enclosure_of, file_names
from store.documents import NotKept, add_document, kept_documents, plain_name, withdraw_document
from store.engine import unit_of_work
from store.facts import DocumentFacts
from store.proposals import Stale
from store.proposed import Draft, Paper, Tone
from store.tables import Document, Hold, Invoice, Outgoing
from store.vocabulary import DisputeKind, DocumentKind, IdentityLevel, Reason, Register
from tests.cases import ask, facts, invoice
from tests.cases import claim as said
from tests.factories import COMPANY, House, claim, open_house
from tests.unit.letter_scope import letter_scope
from tools.base import NotAllowed
from tools.limits import Policy
from tools.send_documents import SendDocuments

TOOL = SendDocuments()
LANGUAGES = tuple(LOCALES)
POD = DocumentKind.PROOF_OF_DELIVERY


def pdf(text: str) -> bytes:
    return f"%PDF-1.4\n% {text}\n%%EOF\n".encode()


def held(kind: DocumentKind, text: str = "x", *, number: str | None = None) -> DocumentFacts:
    return DocumentFacts(
        kind=kind, sha256=hashlib.sha256(pdf(text)).hexdigest(), filename="up.pdf", invoice_number=number
    )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def keep(house: House, kind: DocumentKind, text: str, *, number: str | None = None) -> str:
    content = pdf(text)
    with unit_of_work(house.engine) as session:
        add_document(
            session, content, kind=kind, filename=f"{text}.pdf", invoice_number=number, actor="test", now=house.now
        )
    return hashlib.sha256(content).hexdigest()


def asked_for(
    house: House, kind: str, *, words: str = "Please send us the document.", numbers: tuple[str, ...] = ()
) -> int:
    message = house.receive(words)
    return house.hold(message, claim(Reason.DOCUMENT_REQUEST, words, document=kind, invoices=numbers))


def approve(house: House, number: int) -> Outgoing:
    item = house.desk.show(number)
    assert item is not None
    house.desk.approve(number, version=item.row.version, actor="ines")
    with unit_of_work(house.engine) as session:
        row = session.exec(select(Outgoing).where(Outgoing.proposal_id == number)).one()
        session.expunge(row)
    return row


def enclosed_in(row: Outgoing) -> dict[str, bytes]:
    assert hashlib.sha256(row.mime).hexdigest() == row.mime_sha256
    mail = email.message_from_bytes(row.mime, policy=email.policy.default)
    return {part.get_filename() or "": bytes(part.get_content()) for part in mail.iter_attachments()}


# --- what the tool may do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_a_kind_is_sent_only_where_we_hold_it(kind: DocumentKind) -> None:
    request = said(Reason.DOCUMENT_REQUEST, document=kind, invoices=("F-5501",))
    nothing = TOOL.refusal(ask(request))
    number = "F-5501" if kind is POD else None
    everything = facts(documents=(held(kind, number=number),))
    filled = TOOL.refusal(ask(request, case=everything))
    if kind is DocumentKind.BANK_LETTER:
        assert nothing == filled == "bank details reach a customer on the invoice and by a person only"
    elif kind is DocumentKind.OTHER:
        assert nothing == filled == "it is not clear which document is meant"
    elif kind is DocumentKind.STATEMENT:
        assert (nothing, filled) == (None, None)
    else:
        assert nothing is not None
        assert "in the store" in nothing
        assert filled is None
        arguments = TOOL.fill(ask(request, case=everything))
        (paper,) = TOOL.papers(arguments, everything)
        assert (paper.kind, paper.sha256, paper.invoice_number) == ("stored", everything.documents[0].sha256, number)


def test_an_unnamed_document_and_a_customer_without_contact_go_to_a_person() -> None:
    assert TOOL.refusal(ask(said(Reason.DOCUMENT_REQUEST))) == "it is not clear which document is meant"
    assert TOOL.refusal(ask(said(Reason.DOCUMENT_REQUEST, document="statement"), case=facts(contacts=())))
    settled = facts(invoice(balance="0.00"))
    assert "nothing is open" in (
        TOOL.refusal(ask(said(Reason.DOCUMENT_REQUEST, document="statement"), case=settled)) or ""
    )


def test_a_proof_of_delivery_is_that_of_the_very_invoice() -> None:
    both = facts(invoice("F-1"), invoice("F-2"), documents=(held(POD, "one", number="F-1"),))
    one = said(Reason.DOCUMENT_REQUEST, document=POD, invoices=("F-1",))
    other = said(Reason.DOCUMENT_REQUEST, document=POD, invoices=("F-2",))
    assert TOOL.refusal(ask(one, case=both)) is None
    assert TOOL.refusal(ask(other, case=both)) == "there is no proof of delivery of F-2 in the store"
    assert TOOL.refusal(ask(said(Reason.DOCUMENT_REQUEST, document=POD, invoices=("F-1", "F-2")), case=both))
    arguments = TOOL.fill(ask(one, case=both))
    with pytest.raises(NotAllowed, match="not meant"):
        TOOL.check(arguments.model_copy(update={"invoices": ("F-2",)}), ask(one, case=both))
    with pytest.raises(NotAllowed, match="belongs to an invoice"):
        TOOL.check(arguments.model_copy(update={"invoices": ()}), ask(one, case=both))
    with pytest.raises(NotAllowed, match="did not ask"):
        TOOL.check(arguments.model_copy(update={"documents": (DocumentKind.W9,)}), ask(one, case=both))


@pytest.mark.parametrize("kind", list(DisputeKind))
def test_a_delivery_that_is_contested_may_be_answered_by_its_proof(kind: DisputeKind) -> None:
    case = facts(documents=(held(POD, number="F-5501"),))
    asked = ask(said(Reason.DISPUTE, dispute_kind=kind, invoices=("F-5501",)), case=case)
    if kind not in (DisputeKind.NOT_RECEIVED, DisputeKind.QUANTITY):
        assert TOOL.refusal(asked) == "no document of ours answers this complaint"
        return
    arguments = TOOL.fill(asked)
    assert (arguments.documents, arguments.pause_days) == ((POD,), Policy().reply_deadline_days)
    with pytest.raises(NotAllowed, match="pause"):
        TOOL.check(arguments.model_copy(update={"pause_days": 0}), asked)


def test_a_customers_own_form_goes_before_the_companys() -> None:
    case = facts(
        documents=(
            held(DocumentKind.VENDOR_FORM, "theirs", number="F-5501"),
            held(DocumentKind.VENDOR_FORM, "ours"),
        )
    )
    asked = ask(said(Reason.DOCUMENT_REQUEST, document="vendor_form"), case=case)
    assert TOOL.papers(TOOL.fill(asked), case)[0].sha256 == case.documents[0].sha256


@given(
    st.lists(
        st.builds(
            held, st.sampled_from(list(DocumentKind)), st.text(max_size=3), number=st.sampled_from([None, "F-5501"])
        )
    )
)
def test_no_bank_letter_ever_goes_along(documents: list[DocumentFacts]) -> None:
    case = facts(documents=tuple(documents))
    letters = {d.sha256 for d in documents if d.kind is DocumentKind.BANK_LETTER}
    for kind in DocumentKind:
        asked = ask(said(Reason.DOCUMENT_REQUEST, document=kind, invoices=("F-5501",)), case=case)
        if TOOL.refusal(asked) is None:
            for paper in TOOL.papers(TOOL.fill(asked), case):
                assert paper.sha256 not in letters - {d.sha256 for d in documents if d.kind is kind}


# --- the whole way ------------------------------------------------------------------------------------------------


def test_a_statement_goes_along_as_it_was_approved(house: House) -> None:
    number = asked_for(house, "statement", words="Could you send a statement of account?")
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    assert [a.tool for a in item.proposal.actions] == ["send_documents"]
    assert not item.proposal.blocked, item.proposal.findings
    assert file_names(item.proposal.draft) == ["statement-2026-03-10.pdf"]
    shown = enclosure_of(house.engine, item, 0, company=COMPANY)
    row = approve(house, number)
    assert enclosed_in(row) == {"statement-2026-03-10.pdf": statement_pdf(item.facts, company=COMPANY, language="en")}
    assert shown is not None
    assert list(enclosed_in(row).values()) == [shown.content]
    decided = house.desk.show(number)
    house.now += timedelta(days=30)
    assert decided is not None
    later = enclosure_of(house.engine, decided, 0, company=COMPANY)
    assert later == shown, "what went out is shown, not what would go out today"
    assert enclosure_of(house.engine, decided, 1, company=COMPANY) is None


def test_the_statement_of_another_day_is_looked_at_again(house: House) -> None:
    number = asked_for(house, "statement")
    house.now += timedelta(days=1)
    with pytest.raises(Stale, match="moved on"):
        approve(house, number)
    assert list(enclosed_in(approve(house, number))) == ["statement-2026-03-11.pdf"]


def test_a_w9_goes_along_by_its_hash_and_a_changed_one_is_refused(house: House) -> None:
    sha256 = keep(house, DocumentKind.W9, "W-9 2026")
    assert enclosed_in(approve(house, asked_for(house, "w9"))) == {"W-9-2026.pdf": pdf("W-9 2026")}
    second = asked_for(house, "w9", words="And the W-9 again, please.")
    with unit_of_work(house.engine) as session:
        session.get_one(Document, sha256).content = pdf("with another IBAN")
    with pytest.raises(Blocked, match=r"W-9-2026\.pdf is missing or was changed"):
        approve(house, second)


def test_a_document_that_was_withdrawn_or_replaced_does_not_go_out(house: House) -> None:
    keep(house, DocumentKind.W9, "old")
    first = asked_for(house, "w9")
    keep(house, DocumentKind.W9, "new")
    with pytest.raises(Stale, match="the ledger changed"):
        approve(house, first)
    second = asked_for(house, "w9", words="Once more the W-9.")
    with unit_of_work(house.engine) as session:
        withdraw_document(session, kept_documents(session)[0].id, actor="test", now=house.now)
    with pytest.raises(Stale):
        approve(house, second)
    again = asked_for(house, "w9", words="We still need a W-9.")
    item = house.desk.show(again)
    assert item is not None
    assert item.proposal.actions[0].tool == "escalate_to_human"


def test_a_bank_letter_is_a_persons_matter(house: House) -> None:
    keep(house, DocumentKind.BANK_LETTER, "bank")
    item = house.desk.show(
        asked_for(house, "bank_letter", words="Please send a letter that confirms your bank details.")
    )
    assert item is not None
    (action,) = item.proposal.actions
    assert action.tool == "escalate_to_human"
    assert "bank details reach a customer on the invoice and by a person only" in action.why
    assert item.proposal.draft is not None
    assert item.proposal.draft.papers == ()


def test_a_contested_delivery_stays_a_dispute_by_default(house: House) -> None:
    keep(house, POD, "signed", number="INV-20413")
    words = "INV-20413 never arrived."
    message = house.receive(words)
    number = house.hold(message, claim(Reason.DISPUTE, words, invoices=["INV-20413"], dispute_kind="not_received"))
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.actions[0].tool == "open_dispute"
    assert "send_documents" in item.proposal.actions[0].allowed


def test_a_proof_pauses_reminders_on_its_invoice(house: House) -> None:
    from agent.effects import apply_effects

    keep(house, POD, "signed", number="INV-20413")
    number = asked_for(house, "proof_of_delivery", words="We need the POD of INV-20413.", numbers=("INV-20413",))
    assert enclosed_in(approve(house, number)) == {"proof-of-delivery-INV-20413.pdf": pdf("signed")}
    with unit_of_work(house.engine) as session:
        apply_effects(session, number, house.now)
        assert session.exec(select(Hold)).all() == [], "a plain request pauses nothing"


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_documents_are_named_without_saying_the_same_twice(language: str) -> None:
    parts = [
        ReplyPart(reason=Reason.DOCUMENT_REQUEST, tool="send_documents", variant=variant)
        for variant in ("statement", "w9", "contract")
    ]
    body = write_reply(parts, language=language, tone=Tone(register=Register.NEUTRAL), figures=True)
    paragraphs = body.split("\n\n")[2:5]
    assert len({" ".join(p.split()[:2]) for p in paragraphs}) == 2
    assert len(set(paragraphs)) == 3


# --- the rule -----------------------------------------------------------------------------------------------------


def found(*papers: Paper, attachments: tuple[str, ...] = ()) -> list[str]:
    scope = letter_scope()
    documents = (
        held(DocumentKind.W9, "w9"),
        held(POD, "pod", number="INV-20419"),
        held(DocumentKind.BANK_LETTER, "bank"),
    )
    case = scope.facts.model_copy(update={"documents": documents})
    scope = scope.model_copy(update={"facts": case, "purchase_orders": {"INV-20419": "HF-9"}})
    draft = Draft(
        language="en",
        subject="Re: x",
        body="",
        recipients=("m.brandt@kessler.example",),
        attachments=attachments,
        papers=papers,
    )
    out = Outbound(draft=draft, scope=scope)
    checks = next(rule for rule in RULES if rule.id == "R-GND-07").checks
    assert own_papers in checks
    return [f"{finding.rule} {finding.text}" for check in checks for finding in check(out)]


def stored(text: str, *, number: str | None = None, name: str = "a.pdf") -> Paper:
    return Paper(kind="stored", filename=name, sha256=hashlib.sha256(pdf(text)).hexdigest(), invoice_number=number)


STATEMENT = Paper(kind="statement", filename="statement-2026-03-10.pdf")
COPY = Paper(kind="corrected_invoice", filename="c.pdf", invoice_number="INV-20419", po_number="HF-9")


def test_papers_that_are_ours_pass() -> None:
    assert found() == []
    assert found(stored("w9"), stored("pod", number="INV-20419"), STATEMENT, COPY) == []


@pytest.mark.parametrize(
    ("papers", "fault"),
    [
        ((stored("other"),), "no document of this customer"),
        ((stored("pod"),), "no document of this customer"),
        ((stored("w9", number="INV-20419"),), "no document of this customer"),
        ((stored("bank"),), "bank letter"),
        ((stored("w9", name="w9.exe"),), "is not a PDF"),
        ((COPY.model_copy(update={"po_number": "EVIL-1"}),), "order number of nobody's"),
        ((COPY.model_copy(update={"invoice_number": "INV-1"}),), "no invoice INV-1"),
        ((STATEMENT,) * 6, "More than five attachments"),
    ],
)
def test_papers_that_are_not_ours_block(papers: tuple[Paper, ...], fault: str) -> None:
    assert any(fault in text and text.startswith("R-GND-07") for text in found(*papers))


def test_five_documents_in_all() -> None:
    assert any("More than five" in text for text in found(STATEMENT, stored("w9"), attachments=("A", "B", "C", "D")))


def test_no_paper_goes_to_a_stranger() -> None:
    scope = letter_scope()
    scope = scope.model_copy(update={"facts": scope.facts.model_copy(update={"identity": IdentityLevel.C})})
    draft = Draft(
        language="en", subject="Re: x", body="", recipients=("m.brandt@kessler.example",), papers=(STATEMENT,)
    )
    findings = judge(Outbound(draft=draft, scope=scope))
    assert any(f.rule == "R-RCP-02" and "no document may go along" in f.text for f in findings)


def test_the_book_holds_the_rule(house: House) -> None:
    number = asked_for(house, "statement")
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    foreign = item.proposal.draft.model_copy(update={"papers": (stored("someone else's"),)})
    scope = letter_scope()
    findings = judge(Outbound(draft=foreign, scope=scope))
    assert "R-GND-07" in {f.rule for f in findings}


def test_an_enclosure_is_looked_up_again_whatever_the_draft_says(house: House) -> None:
    keep(house, DocumentKind.BANK_LETTER, "bank")
    number = asked_for(house, "statement")
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    for paper in (stored("bank"), stored("never kept")):
        draft = item.proposal.draft.model_copy(update={"papers": (paper,)})
        bent = type(item)(
            row=item.row,
            proposal=item.proposal.model_copy(update={"draft": draft}),
            message=item.message,
            facts=item.facts,
        )
        with pytest.raises(ValueError, match="no document that may go to this customer"):
            enclosure_of(house.engine, bent, 0, company=COMPANY)


# --- keeping them -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "number", "content", "fault"),
    [
        (POD, None, pdf("x"), "name the invoice"),
        (DocumentKind.W9, "INV-20413", pdf("x"), "leave the invoice out"),
        (DocumentKind.STATEMENT, None, pdf("x"), "made from the ledger"),
        (DocumentKind.OTHER, None, pdf("x"), "are not kept"),
        (POD, "INV-1", pdf("x"), "no invoice in the ledger"),
        (DocumentKind.W9, None, b"MZ\x90 not a pdf", "is not a PDF"),
        (DocumentKind.W9, None, b"%PDF-1.4 cut short", "is not a PDF"),
        (DocumentKind.W9, None, b"%PDF-1.4\n" + b"x" * 3_000_000 + b"%%EOF", "would not fit"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    house: House, kind: DocumentKind, number: str | None, content: bytes, fault: str
) -> None:
    with unit_of_work(house.engine) as session, pytest.raises(NotKept, match=fault):
        add_document(session, content, kind=kind, filename="x.pdf", invoice_number=number, actor="t", now=house.now)


def test_one_document_is_in_force_for_a_kind_and_an_invoice(house: House) -> None:
    for text in ("a", "b", "b", "a"):
        keep(house, DocumentKind.W9, text)
    keep(house, POD, "c", number="INV-20413")
    keep(house, POD, "d", number="INV-20418")
    with unit_of_work(house.engine) as session:
        assert [(d.kind, d.invoice_number, d.filename) for d in kept_documents(session)] == [
            (DocumentKind.W9, None, "a.pdf"),
            (POD, "INV-20413", "c.pdf"),
            (POD, "INV-20418", "d.pdf"),
        ]
        assert len(kept_documents(session, withdrawn=True)) == 5


def test_another_customers_documents_are_not_seen(house: House) -> None:
    keep(house, DocumentKind.CONTRACT, "theirs", number="INV-20411")
    item = house.desk.show(asked_for(house, "contract"))
    assert item is not None
    assert item.facts.documents == ()
    assert item.proposal.actions[0].tool == "escalate_to_human"
    with unit_of_work(house.engine) as session:
        assert session.get_one(Invoice, "INV-20411").customer_id != "C1001"


@given(st.text(max_size=200))
def test_a_kept_name_is_one_that_mail_carries(name: str) -> None:
    import re

    kept = plain_name(name)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.pdf", kept), kept
    assert plain_name(kept) == kept


def test_no_two_documents_of_a_mail_have_one_name() -> None:
    papers = (stored("a", name="INV-1.pdf"), stored("b", name="INV-1.pdf"), stored("c", name="../x.pdf"))
    draft = Draft(language="en", subject="s", body="b", attachments=("INV-1", "INV/1"), papers=papers)
    names = file_names(draft)
    assert len(set(names)) == len(names) == 5
    assert all(name.endswith(".pdf") and "/" not in name for name in names)


def test_a_file_name_is_one_that_can_be_saved_however_long_the_invoice_number_is() -> None:
    long = "N" * 300
    names = file_names(Draft(body="", rendered="", subject="", attachments=(long, long + "2"), language="en"))
    assert names == ["N" * 80 + ".pdf", "N" * 80 + "-2.pdf"]
