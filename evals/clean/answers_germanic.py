"""Scenes in which a customer who writes English, German or Dutch answered us."""

from __future__ import annotations

from decimal import Decimal

from evals.clean.ground import Scene, answer, days, invoice, said
from evals.clean.people import (
    BRENNECKE,
    FENWICK,
    HOLLOWAY,
    MAASDIJK,
    PRAIRIE,
    TEGELER,
    WIERINGA,
)
from store.aftermath import PlanStance, Portal, PortalStatus
from store.facts import DocumentFacts, PaymentFacts
from store.matter_facts import InstalmentFacts, PlanFacts, PortalFacts
from store.vocabulary import DisputeKind, DocumentKind, QuestionTopic, Reason


def germanic_answers() -> tuple[Scene, ...]:
    """List them."""
    return (*_english(), *_german(), *_dutch())


def _english() -> tuple[Scene, ...]:
    promise = "We will settle INV-30117 in full by BACS on 24 April."
    price = "INV-30125 was billed at the old price list, we were quoted less. We dispute GBP 312.40 of it."
    approval = "INV-30131 is still sitting with our plant manager for sign-off, he is back next week."
    form = "Our vendor team can't release anything before we have your W-9 on file, please send it over."
    return (
        answer(
            "en_promise_recorded",
            HOLLOWAY,
            [invoice("INV-30117", "4860.00", 24, po_number="HW-8812"), invoice("INV-30121", "1275.50", 3)],
            [said(Reason.PROMISE_TO_PAY, promise, "INV-30117", date=days(10))],
            "record_promise",
        ),
        answer(
            "en_dispute_part",
            FENWICK,
            [invoice("INV-30125", "2940.00", 33, po_number="FW-2207", description="Shaft couplings and hubs")],
            [
                said(
                    Reason.DISPUTE,
                    price,
                    "INV-30125",
                    dispute_kind=DisputeKind.PRICING,
                    amount=Decimal("312.40"),
                    currency="GBP",
                )
            ],
            "open_dispute",
        ),
        answer(
            "en_hold_approval",
            FENWICK,
            [invoice("INV-30131", "1180.00", 12)],
            [said(Reason.AWAITING_APPROVAL, approval, "INV-30131")],
            "hold_outreach",
        ),
        answer(
            "en_document_w9",
            PRAIRIE,
            [invoice("INV-30140", "6420.75", 18, po_number="PR-1190")],
            [said(Reason.DOCUMENT_REQUEST, form, document=DocumentKind.W9)],
            "send_documents",
            documents=(DocumentFacts(kind=DocumentKind.W9, sha256="c" * 64, filename="w9.pdf"),),
        ),
    )


def _german() -> tuple[Scene, ...]:
    short = "Uns ist im Februar ein Großkunde weggebrochen, den Betrag können wir gerade nicht auf einmal stemmen. Wäre eine Ratenzahlung möglich?"
    order = "Auf der Rechnung DE-71204 fehlt unsere neue Bestellnummer 4500187733, so kann ich sie nicht buchen."
    broken = "Von den Gehäusen aus DE-71212 waren die Hälfte beschädigt, die Rechnung erkennen wir so nicht an."
    paid = "Den Betrag zu DE-71219 haben wir am 8. April überwiesen, bitte prüfen Sie Ihre Zahlungseingänge."
    receipt = PaymentFacts(
        id="PAY-1",
        invoice_number=None,
        received_on=days(-5),
        currency="EUR",
        amount=Decimal("1733.90"),
        reference="RE DE-71219 TEGELER",
    )
    return (
        answer(
            "de_plan_offered",
            BRENNECKE,
            [invoice("DE-71198", "5412.00", 41), invoice("DE-71201", "1388.00", 20)],
            [said(Reason.HARDSHIP, short, "DE-71198", "DE-71201")],
            "propose_payment_plan",
        ),
        answer(
            "de_reissue_with_order_number",
            TEGELER,
            [invoice("DE-71204", "8975.00", 16, po_number="4500181120", description="Kugellager, abgedichtet")],
            [said(Reason.PO_MISMATCH, order, "DE-71204", po_number="4500187733")],
            "resubmit_invoice",
        ),
        answer(
            "de_dispute_whole",
            BRENNECKE,
            [invoice("DE-71212", "3120.60", 28, description="Lagergehäuse, Guss")],
            [said(Reason.DISPUTE, broken, "DE-71212", dispute_kind=DisputeKind.QUALITY)],
            "open_dispute",
        ),
        answer(
            "de_payment_found",
            TEGELER,
            [invoice("DE-71219", "1733.90", 9)],
            [said(Reason.ALREADY_PAID, paid, "DE-71219", date=days(-6))],
            "check_payment",
            payments=(receipt,),
        ),
    )


def _dutch() -> tuple[Scene, ...]:
    portal = "Facturen per mail verwerken wij niet meer, NL-60411 graag via Basware indienen."
    open_ = "Hoeveel staat er op NL-60418 nu eigenlijk nog open?"
    gone = "Ik ga niet meer over de betalingen, dat doet mijn collega Femke Dijkgraaf (f.dijkgraaf@wieringa-techniek.example)."
    slower = "Drie termijnen redden we niet, kunnen het er zes worden?"
    offered = PlanFacts(
        id=1,
        invoices=("NL-60424",),
        total=Decimal("6600.00"),
        currency="EUR",
        status="proposed",
        instalments=tuple(
            InstalmentFacts(id=n, due=day, amount=Decimal("2200.00"))
            for n, day in enumerate((days(14), days(30), days(47)), start=1)
        ),
        offered_on=days(-4),
    )
    return (
        answer(
            "nl_portal",
            MAASDIJK,
            [invoice("NL-60411", "9240.00", 13, po_number="VK26-1102")],
            [said(Reason.PORTAL_SUBMISSION, portal, "NL-60411", portal="Basware")],
            "submit_to_portal",
        ),
        answer(
            "nl_portal_already_there",
            MAASDIJK,
            [invoice("NL-60415", "3075.00", 21, po_number="VK26-1120")],
            [said(Reason.PORTAL_SUBMISSION, "NL-60415 moet in Basware staan.", "NL-60415", portal="Basware")],
            "submit_to_portal",
            portal_items=(
                PortalFacts(id=1, invoice_number="NL-60415", portal=Portal.BASWARE, status=PortalStatus.SUBMITTED),
            ),
        ),
        answer(
            "nl_question_balance",
            WIERINGA,
            [invoice("NL-60418", "412.35", 27, amount=Decimal("2412.35"))],
            [said(Reason.QUESTION, open_, "NL-60418", topic=QuestionTopic.BALANCE)],
            "answer_question",
        ),
        answer(
            "nl_wrong_contact",
            WIERINGA,
            [invoice("NL-60421", "1290.00", 17)],
            [
                said(
                    Reason.WRONG_CONTACT,
                    gone,
                    contact_name="Femke Dijkgraaf",
                    contact_email="f.dijkgraaf@wieringa-techniek.example",
                )
            ],
            "update_contact",
        ),
        answer(
            "nl_plan_counter",
            WIERINGA,
            [invoice("NL-60424", "6600.00", 44)],
            [said(Reason.PLAN_REQUEST, slower, "NL-60424", stance=PlanStance.COUNTERS, instalments=6)],
            "propose_payment_plan",
            plans=(offered,),
        ),
    )
