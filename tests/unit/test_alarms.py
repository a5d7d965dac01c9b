"""Words of warning: heard in seven languages however the lines break, and not heard in ordinary replies."""

from __future__ import annotations

import pytest

from agent.alarms import heard
from agent.policy import HARD_STOPS
from store.vocabulary import Reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The account Unser Anwalt wird Ihnen zu 4471 antworten.", Reason.LEGAL_THREAT),
        ("Everything else goes through our\nsolicitors from here.", Reason.LEGAL_THREAT),
        ("Le dossier est chez notre avocat.", Reason.LEGAL_THREAT),
        ("Lo hablamos con nuestro abogado y ya verán.", Reason.LEGAL_THREAT),
        ("Onze advocaat neemt contact op.", Reason.LEGAL_THREAT),
        ("Risponderà il nostro avvocato.", Reason.LEGAL_THREAT),
        ("Falem com o nosso advogado.", Reason.LEGAL_THREAT),
        ("The company went into administration on Tuesday.", Reason.INSOLVENCY),
        ("Wir haben Insolvenzantrag gestellt.", Reason.INSOLVENCY),
        ("Nous sommes en redressement judiciaire.", Reason.INSOLVENCY),
        ("Estamos en concurso de acreedores.", Reason.INSOLVENCY),
        ("Het faillissement is uitgesproken.", Reason.INSOLVENCY),
        ("È aperta la procedura di fallimento.", Reason.INSOLVENCY),
        ("Pedimos a insolvência em maio.", Reason.INSOLVENCY),
        ("Stop writing to us.", Reason.STOP_CONTACT),
        ("Schreiben Sie uns nicht mehr an.", Reason.STOP_CONTACT),
        ("Arrêtez de nous écrire.", Reason.STOP_CONTACT),
        ("Your bank details have changed, is that right?", Reason.PAYMENT_FRAUD_RISK),
        ("Wir haben an Ihr neues Konto überwiesen, wie verlangt.", Reason.PAYMENT_FRAUD_RISK),
    ],
)
def test_a_warning_is_heard(text: str, reason: Reason) -> None:
    assert reason in heard(text)


@pytest.mark.parametrize(
    "text",
    [
        "We pay on Friday. Please do not contact us if the money is there by then.",
        "Can you send the invoice again? It was lost when we moved bank holidays around.",
        "Die Rechnung liegt beim Einkauf, bitte um etwas Geduld.",
        "La facture part avec le prochain virement.",
        "De factuur ligt bij de administratie.",
        "Il pagamento parte venerdì.",
        "Pagamos na próxima semana.",
    ],
)
def test_an_ordinary_reply_has_none(text: str) -> None:
    assert not heard(text)


def test_only_hard_stops_are_listened_for() -> None:
    assert {
        reason
        for text in ("our lawyer", "insolvent", "unsubscribe, leave us alone", "a scam")
        for reason in heard(text)
    } == HARD_STOPS
