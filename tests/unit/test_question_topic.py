"""Which plain question is asked, in seven languages; and which questions our books cannot answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.resolving.kinds import question_topic
from agent.resolving.slots import resolve
from store.vocabulary import QuestionTopic, Reason
from tests.cases import TODAY

PAY, DUE, BALANCE, TERMS, STATEMENT = (
    QuestionTopic.HOW_TO_PAY,
    QuestionTopic.DUE_DATE,
    QuestionTopic.BALANCE,
    QuestionTopic.TERMS,
    QuestionTopic.STATEMENT,
)

ASKED = [
    ("How should we pay this one?", PAY),
    ("Could you let me have your bank details, please?", PAY),
    ("Where do we send the money?", PAY),
    ("When was INV-7 due?", DUE),
    ("By when do you need it?", DUE),
    ("How much do we still owe you?", BALANCE),
    ("What is the outstanding balance, and when is it due?", BALANCE),
    ("What are your payment terms?", TERMS),
    ("Which invoices are still unpaid on your side?", STATEMENT),
    ("Could you send a statement with the outstanding amounts?", STATEMENT),
    ("Auf welches Konto sollen wir überweisen?", PAY),
    ("Wie lautet Ihre Bankverbindung?", PAY),
    ("Bis wann muss das bezahlt sein?", DUE),
    ("Wie hoch ist denn der offene Betrag?", BALANCE),
    ("Welches Zahlungsziel gilt hier?", TERMS),
    ("Welche Rechnungen sind bei Ihnen noch offen?", STATEMENT),
    ("Sur quel compte devons-nous virer la somme ?", PAY),
    ("Quelle est la date d'échéance ?", DUE),
    ("Combien devons-nous encore ?", BALANCE),
    ("Quelles sont vos conditions de paiement ?", TERMS),
    ("Pouvez-vous m'envoyer un relevé de compte ?", STATEMENT),
    ("¿En qué cuenta debemos hacer el ingreso?", PAY),
    ("¿Cuándo vence esta factura?", DUE),
    ("¿Cuánto queda pendiente?", BALANCE),
    ("¿Cuáles son sus condiciones de pago?", TERMS),
    ("¿Qué facturas siguen pendientes?", STATEMENT),
    ("Naar welke rekening kunnen wij overmaken?", PAY),
    ("Wanneer moet dit betaald zijn?", DUE),
    ("Hoeveel staat er nog open?", BALANCE),
    ("Welke betaaltermijn geldt hier?", TERMS),
    ("Welke facturen staan er nog open?", STATEMENT),
    ("Su quale conto dobbiamo fare il bonifico?", PAY),
    ("Qual è la scadenza?", DUE),
    ("Quanto dobbiamo ancora?", BALANCE),
    ("Quali sono le condizioni di pagamento?", TERMS),
    ("Quali fatture risultano ancora aperte?", STATEMENT),
    ("Para que conta devemos transferir?", PAY),
    ("Qual é a data de vencimento?", DUE),
    ("Quanto falta pagar?", BALANCE),
    ("Qual é o prazo de pagamento?", TERMS),
    ("Que faturas estão ainda em aberto?", STATEMENT),
]

BEYOND = [
    "What is line four, the environment surcharge?",
    "Can we pay by card?",
    "Is your new bank account real?",
    "Have your bank details changed?",
    "Why is the balance so high?",
    "How much interest do you charge?",
    "How do we pay, and what are your terms?",
    "Ist die neue Bankverbindung echt?",
    "Warum ist der offene Betrag so hoch?",
    "Können wir mit Kreditkarte zahlen?",
    "Pouvons-nous payer par carte ?",
    "¿Ha cambiado su número de cuenta?",
    "Waarom is het openstaande bedrag zo hoog?",
    "Avete un nuovo conto?",
    "Podemos pagar com cartão?",
    "Thank you.",
    "",
]


@pytest.mark.parametrize(("text", "topic"), ASKED)
def test_a_plain_question_is_recognised(text: str, topic: QuestionTopic) -> None:
    assert question_topic(text) is topic


@pytest.mark.parametrize("text", BEYOND)
def test_what_the_books_do_not_answer_is_no_topic(text: str) -> None:
    assert question_topic(text) is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert question_topic(text) in (None, *QuestionTopic)


def topic_of(reason: Reason, evidence: str, text: str) -> QuestionTopic | None:
    return resolve(reason, evidence=evidence, text=text, received_on=TODAY, currency="EUR", language="en").topic


def test_only_its_own_reasons_carry_a_topic() -> None:
    text = "How much is still open?"
    assert topic_of(Reason.QUESTION, text, text) is BALANCE
    assert topic_of(Reason.DISPUTE, text, text) is None
    assert topic_of(Reason.PAYMENT_IN_PROCESS, text, text) is None
    run = "It is in the next run, but which account should we use?"
    assert topic_of(Reason.PAYMENT_IN_PROCESS, run, run) is PAY


def test_a_change_of_account_anywhere_in_the_mail_stops_the_answer() -> None:
    asked = "Which account should we use?"
    assert topic_of(Reason.QUESTION, asked, asked) is PAY
    assert topic_of(Reason.QUESTION, asked, f"{asked} Somebody wrote that your account has changed.") is None
    assert topic_of(Reason.QUESTION, "How much is open", "How much is open, and why was freight added?") is None
