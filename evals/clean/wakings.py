"""Scenes in which nobody wrote: a day brought nothing, a dispute ended, a new contact is there."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from evals.clean.ground import NOW, Scene, contact_of, days, invoice, said, waking
from evals.clean.people import ARDENAY, BRENNECKE, CALDAS, FENWICK, ORSENIGO, TEGELER, WIERINGA
from store.aftermath import DisputeStatus, FollowupKind, ResubmissionStatus
from store.matter_facts import (
    DisputeFacts,
    PromiseFacts,
    ResubmissionFacts,
)
from store.vocabulary import ContactStatus, DisputeKind, MissingPiece, Reason


def wakings() -> tuple[Scene, ...]:
    """List them."""
    return (
        _promise_broken(),
        _promise_broken_in_french(),
        _promise_broken_in_dutch(),
        _hold_over(),
        _dispute_credited(),
        _dispute_rejected(),
        _resubmission_unanswered(),
        _question_unanswered(),
        _contact_verified(),
    )


def _promise_broken() -> Scene:
    words = "You will have the GBP 2,150.00 for INV-30150 by 2 April, that is certain."
    promise = PromiseFacts(
        id=1, invoices=("INV-30150",), due=days(-12), amount=Decimal("2150.00"), status="broken", said_on=days(-20)
    )
    return waking(
        "en_promise_broken",
        FENWICK,
        [invoice("INV-30150", "2150.00", 75)],
        said(Reason.PROMISE_TO_PAY, words, "INV-30150", date=days(-12), amount=Decimal("2150.00"), currency="GBP"),
        FollowupKind.PROMISE_BROKEN,
        day=days(-12),
        since=days(-20),
        amount="2150.00",
        promises=(promise,),
    )


def _promise_broken_in_french() -> Scene:
    words = "Nous réglerons la facture FR-40341 le 31 mars sans faute."
    promise = PromiseFacts(id=1, invoices=("FR-40341",), due=days(-14), amount=None, status="broken", said_on=days(-21))
    return waking(
        "fr_promise_broken",
        ARDENAY,
        [invoice("FR-40341", "2985.00", 68)],
        said(Reason.PROMISE_TO_PAY, words, "FR-40341", date=days(-14)),
        FollowupKind.PROMISE_BROKEN,
        day=days(-14),
        since=days(-21),
        promises=(promise,),
    )


def _promise_broken_in_dutch() -> Scene:
    words = "Wij betalen de helft van NL-60433, EUR 800,00, voor 7 april."
    earlier = PromiseFacts(id=2, invoices=("NL-60433",), due=days(-30), amount=None, status="broken", said_on=days(-40))
    promise = PromiseFacts(
        id=1, invoices=("NL-60433",), due=days(-7), amount=Decimal("800.00"), status="broken", said_on=days(-15)
    )
    return waking(
        "nl_promise_broken_again",
        WIERINGA,
        [invoice("NL-60433", "1600.00", 72)],
        said(Reason.PROMISE_TO_PAY, words, "NL-60433", date=days(-7), amount=Decimal("800.00"), currency="EUR"),
        FollowupKind.PROMISE_BROKEN,
        day=days(-7),
        since=days(-15),
        amount="800.00",
        promises=(earlier, promise),
    )


def _hold_over() -> Scene:
    words = "DE-71225 liegt noch zur Freigabe in der Technik, das dauert ein paar Tage."
    return waking(
        "de_hold_over",
        TEGELER,
        [invoice("DE-71225", "5230.00", 23, po_number="4500186002")],
        said(Reason.AWAITING_APPROVAL, words, "DE-71225"),
        FollowupKind.HOLD_OVER,
        day=days(-1),
        since=days(-8),
    )


def _dispute_credited() -> Scene:
    words = "Il manquait deux cartons à la livraison de la facture FR-40330."
    dispute = DisputeFacts(
        id=1,
        invoice_number="FR-40330",
        kind=DisputeKind.QUANTITY,
        amount=Decimal("260.00"),
        status=DisputeStatus.CREDITED,
        opened_on=days(-16),
        credit=Decimal("260.00"),
    )
    return waking(
        "fr_dispute_credited",
        ARDENAY,
        [invoice("FR-40330", "1560.00", 36, amount=Decimal("1820.00"))],
        said(Reason.DISPUTE, words, "FR-40330", dispute_kind=DisputeKind.QUANTITY),
        FollowupKind.DISPUTE_CREDITED,
        day=days(0),
        since=days(-16),
        amount="260.00",
        disputes=(dispute,),
        only_person=True,
    )


def _dispute_rejected() -> Scene:
    words = "Die vereinbarten Preise waren andere, DE-71231 ist zu hoch."
    dispute = DisputeFacts(
        id=1,
        invoice_number="DE-71231",
        kind=DisputeKind.PRICING,
        amount=None,
        status=DisputeStatus.REJECTED,
        opened_on=days(-18),
    )
    return waking(
        "de_dispute_rejected",
        BRENNECKE,
        [invoice("DE-71231", "2045.00", 47)],
        said(Reason.DISPUTE, words, "DE-71231", dispute_kind=DisputeKind.PRICING),
        FollowupKind.DISPUTE_REJECTED,
        day=days(0),
        since=days(-18),
        disputes=(dispute,),
        only_person=True,
    )


def _resubmission_unanswered() -> Scene:
    words = "La fattura IT-70174 non ci è mai arrivata."
    sent = ResubmissionFacts(
        id=1, invoice_number="IT-70174", kind="copy", status=ResubmissionStatus.OPEN, sent_on=days(-9)
    )
    return waking(
        "it_copy_unanswered",
        ORSENIGO,
        [invoice("IT-70174", "1212.00", 29)],
        said(Reason.INVOICE_MISSING, words, "IT-70174"),
        FollowupKind.RESUBMISSION_UNANSWERED,
        day=days(-2),
        since=days(-9),
        resubmissions=(sent,),
    )


def _question_unanswered() -> Scene:
    words = "A PT-80130 não tem o nosso número de encomenda, assim não a podemos lançar."
    return waking(
        "pt_question_unanswered",
        CALDAS,
        [invoice("PT-80130", "2075.00", 24)],
        said(Reason.PO_MISMATCH, words, "PT-80130"),
        FollowupKind.QUESTION_UNANSWERED,
        day=days(-3),
        since=days(-12),
        question=MissingPiece.ORDER_NUMBER,
    )


def _contact_verified() -> Scene:
    words = "Já não trato de pagamentos, fale por favor com a minha colega Beatriz Lemos."
    named = contact_of(
        CALDAS,
        id=2,
        name="Beatriz Lemos",
        email="b.lemos@caldas.example",
        source="effect:1",
        verified_at=NOW - timedelta(days=2),
    )
    gone = contact_of(CALDAS, status=ContactStatus.INVALID)
    return waking(
        "pt_contact_first_mail",
        CALDAS,
        [invoice("PT-80134", "1495.00", 20)],
        said(Reason.WRONG_CONTACT, words, "PT-80134", contact_name="Beatriz Lemos"),
        FollowupKind.CONTACT_VERIFIED,
        day=days(-2),
        since=days(-6),
        contact_id=2,
        contacts=(gone, named),
        sender_contact=2,
    )
