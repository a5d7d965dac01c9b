"""By which means a customer says that they pay: it only ever decides how long is waited."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.aftermath import PaymentMethod
from tools.limits import Policy
from tools.processing import ProcessingDays, method_said

T, Q, C, D = PaymentMethod.TRANSFER, PaymentMethod.CHEQUE, PaymentMethod.CARD, PaymentMethod.DIRECT_DEBIT


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("We will pay on Friday.", T),
        ("The wire goes out on the 12th.", T),
        ("We'll send a check on Monday.", Q),
        ("Check #4411 will be mailed on 3 April.", Q),
        ("The cheque is in the post.", Q),
        ("Our next check run is Thursday.", Q),
        ("I will check with accounting and pay on Friday.", T),
        ("Let me check, payment on the 5th.", T),
        ("We checks our books weekly and pay Friday", T),
        ("I'll pay by credit card tomorrow.", C),
        ("Can I settle this with our card on Friday?", C),
        ("Please find my business card, we pay Friday.", T),
        ("You may collect it by direct debit on the 15th.", D),
        ("The SEPA direct debit runs on the 15th.", D),
        ("We stopped paying by cheque and will transfer it on Friday.", T),
        ("We no longer use cheques; payment on Friday.", T),
        ("Not by card: it goes out on Friday.", T),
        ("By cheque or by card, on Friday.", T),
        ("Wir überweisen den Betrag am Freitag.", T),
        ("Der Scheck geht am Montag raus.", Q),
        ("Wir zahlen am 3. per Kreditkarte.", C),
        ("Ziehen Sie es am 15. per Lastschrift ein.", D),
        ("Kein Scheck, wir zahlen am Freitag.", T),
        ("Le virement part vendredi.", T),
        ("Le chèque part lundi.", Q),
        ("Je règle par carte bancaire demain.", C),
        ("Le prélèvement aura lieu le 15.", D),
        ("Haremos la transferencia el viernes.", T),
        ("Le enviamos un cheque el lunes.", Q),
        ("Pagamos con tarjeta el viernes.", C),
        ("El adeudo se hará el día 15.", D),
        ("De overboeking volgt vrijdag.", T),
        ("We betalen vrijdag met creditcard.", C),
        ("De automatische incasso loopt op de 15e.", D),
        ("Faremo il bonifico venerdì.", T),
        ("Spediamo l'assegno lunedì.", Q),
        ("Paghiamo con carta di credito domani.", C),
        ("L'addebito diretto parte il 15.", D),
        ("Faremos a transferência na sexta.", T),
        ("O cheque segue na segunda-feira.", Q),
        ("Pagamos com cartão amanhã.", C),
        ("O débito direto será no dia 15.", D),
    ],
)
def test_the_means_of_payment_is_read(text: str, method: PaymentMethod) -> None:
    assert method_said(text) is method
    assert method_said(text.upper().replace("CHÈQUE", "chèque")) is method


@given(st.text())
def test_any_text_gives_a_means_and_never_a_day_earlier_than_a_transfer(text: str) -> None:
    days = Policy().keeping_days()
    friday = date(2026, 4, 17)
    assert days.last_day(friday, method_said(text)) >= days.last_day(friday, T)


def test_every_means_has_its_days() -> None:
    assert set(ProcessingDays().by_method()) == set(PaymentMethod)
    changed = Policy(promise_processing_days=ProcessingDays(cheque=9))
    assert changed.keeping_days().processing[Q] == 9
    assert changed.digest() != Policy().digest()
