"""Scenes in which a customer who writes French, Spanish, Italian or Portuguese answered us."""

from __future__ import annotations

from decimal import Decimal

from evals.clean.ground import Scene, answer, days, invoice, said
from evals.clean.people import (
    ALBERCA,
    ARDENAY,
    CALDAS,
    ORSENIGO,
)
from store.aftermath import PlanStance
from store.facts import DocumentFacts
from store.matter_facts import InstalmentFacts, PlanFacts
from store.vocabulary import DisputeKind, DocumentKind, QuestionTopic, Reason


def romance_answers() -> tuple[Scene, ...]:
    """List them."""
    return (*_french(), *_spanish(), *_italian(), *_portuguese())


def _french() -> tuple[Scene, ...]:
    missing = "Nous n'avons jamais reçu la facture FR-40318, pouvez-vous nous la renvoyer ?"
    paid = "La facture FR-40322 a déjà été réglée par virement, merci de vérifier."
    yes = "D'accord pour l'échéancier que vous nous avez proposé, nous commencerons fin avril."
    plan = PlanFacts(
        id=1,
        invoices=("FR-40326",),
        total=Decimal("3900.00"),
        currency="EUR",
        status="proposed",
        instalments=tuple(
            InstalmentFacts(id=n, due=day, amount=Decimal("1300.00"))
            for n, day in enumerate((days(16), days(46), days(77)), start=1)
        ),
        offered_on=days(-6),
    )
    return (
        answer(
            "fr_copy_sent",
            ARDENAY,
            [invoice("FR-40318", "2260.00", 14, po_number="CM-2026-31", description="Joints de porte")],
            [said(Reason.INVOICE_MISSING, missing, "FR-40318")],
            "resubmit_invoice",
        ),
        answer(
            "fr_payment_not_found",
            ARDENAY,
            [invoice("FR-40322", "980.40", 22)],
            [said(Reason.ALREADY_PAID, paid, "FR-40322")],
            "check_payment",
        ),
        answer(
            "fr_plan_agreed",
            ARDENAY,
            [invoice("FR-40326", "3900.00", 52)],
            [said(Reason.PLAN_REQUEST, yes, "FR-40326", stance=PlanStance.AGREES)],
            "propose_payment_plan",
            plans=(plan,),
        ),
    )


def _spanish() -> tuple[Scene, ...]:
    run = "La factura ES-50207 ya está contabilizada y entra en la remesa de pagos de la semana que viene."
    when = "¿Me puede confirmar cuándo vence la factura ES-50213? No la tengo a mano."
    proof = "Para autorizar el pago de ES-50219 necesito el albarán de entrega firmado."
    both = "Pagaremos ES-50224 el 22 de abril. De ES-50225 no nos consta ninguna factura, envíenosla por favor."
    return (
        answer(
            "es_hold_in_process",
            ALBERCA,
            [invoice("ES-50207", "7310.00", 19, po_number="P-1331")],
            [said(Reason.PAYMENT_IN_PROCESS, run, "ES-50207")],
            "hold_outreach",
        ),
        answer(
            "es_question_due_date",
            ALBERCA,
            [invoice("ES-50213", "1644.20", 6)],
            [said(Reason.QUESTION, when, "ES-50213", topic=QuestionTopic.DUE_DATE)],
            "answer_question",
        ),
        answer(
            "es_proof_of_delivery",
            ALBERCA,
            [invoice("ES-50219", "4088.00", 31, description="Bombas de refrigerante")],
            [said(Reason.DOCUMENT_REQUEST, proof, "ES-50219", document=DocumentKind.PROOF_OF_DELIVERY)],
            "send_documents",
            documents=(
                DocumentFacts(
                    kind=DocumentKind.PROOF_OF_DELIVERY,
                    sha256="d" * 64,
                    filename="pod.pdf",
                    invoice_number="ES-50219",
                ),
            ),
        ),
        answer(
            "es_promise_and_copy",
            ALBERCA,
            [invoice("ES-50224", "2200.00", 25), invoice("ES-50225", "1515.00", 11)],
            [
                said(Reason.PROMISE_TO_PAY, both.partition(". ")[0] + ".", "ES-50224", date=days(8)),
                said(Reason.INVOICE_MISSING, both.partition(". ")[2], "ES-50225"),
            ],
            ("record_promise", "resubmit_invoice"),
        ),
    )


def _italian() -> tuple[Scene, ...]:
    soon = "Buongiorno, provvederemo al pagamento della fattura IT-70155 quanto prima."
    settle = "Se ci riconoscete uno sconto e accettate 2.000 euro a saldo, chiudiamo subito la fattura IT-70160."
    unclear = "Ho visto la vostra mail sulla IT-70163 ma così per noi non va bene, vedete voi."
    return (
        answer(
            "it_ask_back_payment_date",
            ORSENIGO,
            [invoice("IT-70155", "3380.00", 26)],
            [said(Reason.PROMISE_TO_PAY, soon, "IT-70155")],
            "ask_back",
        ),
        answer(
            "it_settlement_escalated",
            ORSENIGO,
            [invoice("IT-70160", "2630.00", 58)],
            [said(Reason.SETTLEMENT_OFFER, settle, "IT-70160", amount=Decimal("2000.00"), currency="EUR")],
            "escalate_to_human",
        ),
        answer(
            "it_ask_back_meaning",
            ORSENIGO,
            [invoice("IT-70163", "745.90", 10)],
            [said(Reason.UNCLEAR, unclear, "IT-70163")],
            "ask_back",
        ),
    )


def _portuguese() -> tuple[Scene, ...]:
    hard = "Estamos a atravessar meses muito difíceis e não conseguimos pagar a PT-80112 como estava combinado."
    how = "Para que conta devemos transferir o valor da PT-80118? Não encontro os dados."
    took = "Descontámos 140,00 euros na PT-80121 por causa das duas caixas que vieram a menos."
    broken = PlanFacts(
        id=1,
        invoices=("PT-80112",),
        total=Decimal("2400.00"),
        currency="EUR",
        status="broken",
        offered_on=days(-70),
        ended_on=days(-20),
    )
    return (
        answer(
            "pt_hardship_with_a_colleague",
            CALDAS,
            [invoice("PT-80112", "1600.00", 83, amount=Decimal("2400.00"))],
            [said(Reason.HARDSHIP, hard, "PT-80112")],
            "escalate_to_human",
            plans=(broken,),
        ),
        answer(
            "pt_how_to_pay",
            CALDAS,
            [invoice("PT-80118", "918.00", 5)],
            [said(Reason.QUESTION, how, "PT-80118", topic=QuestionTopic.HOW_TO_PAY)],
            "answer_question",
            only_person=True,
        ),
        answer(
            "pt_deduction",
            CALDAS,
            [invoice("PT-80121", "140.00", 18, amount=Decimal("1360.00"))],
            [
                said(
                    Reason.DEDUCTION,
                    took,
                    "PT-80121",
                    dispute_kind=DisputeKind.QUANTITY,
                    amount=Decimal("140.00"),
                    currency="EUR",
                )
            ],
            "open_dispute",
        ),
    )
