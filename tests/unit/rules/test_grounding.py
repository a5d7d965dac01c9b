"""R-GND: what is stated comes from the ledger, in whatever way it is written."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from agent.rules.base import Outbound
from store.facts import PaymentFacts
from store.matter_facts import DocumentFacts
from store.proposed import Paper
from store.vocabulary import DocumentKind, IdentityLevel, Reason
from tests.cases import NOW, TODAY, claim, facts, invoice
from tests.unit.rules.drafts import (
    PDF,
    Case,
    approved,
    breaks,
    check,
    keeps,
    leaving,
    letter,
    of,
    words_of,
)

STORED = hashlib.sha256(PDF).hexdigest()
TWO = (invoice(), invoice("F-5502", "320.25", due_date=TODAY - timedelta(days=33)))


def _greeting(greeting: str, language: str = "en") -> str:
    body = letter(language=language).draft.body
    return f"{greeting},\n\n" + body.split("\n\n", 1)[1]


CASES: list[Case] = [
    *words_of(
        "R-GND-01",
        bad={
            "en": [
                "The open amount is GBP 1,801.00.",
                "You still owe £1801.",
                "You owe GBP １，８０１．００.",
                "You owe GBP ١٬٨٠١٫٠٠.",
                "You owe EUR 1,800.00.",
                "You owe 1.8k EUR.",
                "The total is 4711.",
                "You owe one thousand eight hundred and one pounds.",
                "You owe $1,800.00 today.",
                "The rest is 1,799.99 only.",
            ],
            "de": ["Offen sind 1.801,00 GBP.", "Es fehlen noch 12,50 €."],
            "fr": ["Le solde est de 1 801,00 £.", "Il reste 12,50 euros."],
            "es": ["Quedan pendientes 1.801,00 GBP."],
            "nl": ["Er staat nog € 12,50 open."],
            "it": ["Restano 1.801,00 sterline."],
            "pt": ["Faltam 1.801,00 GBP."],
        },
        good={
            "en": [
                "The open amount is GBP 1,800.00.",
                "You still owe £1,800.",
                "It is 1800.00 GBP, as invoiced.",
                "Could we speak on the phone at 14:30? It takes 10 minutes, and 2 colleagues will join.",
                "It concerns line 3 on page 2, and the 4 pallets of the second delivery in 2026.",
            ],
            "de": ["Offen sind 1.800,00 GBP.", "Ich rufe Sie um 14.30 Uhr an, es geht um Position 3 und 2 Paletten."],
            "fr": ["Le solde est de 1 800,00 £.", "Je vous appelle à 14 h 30, cela prend 10 minutes."],
            "es": ["Quedan pendientes 1.800,00 GBP."],
            "nl": ["Er staat nog £ 1.800,00 open."],
            "it": ["Restano 1.800,00 sterline."],
            "pt": ["Faltam 1 800,00 GBP."],
        },
    ),
    breaks(
        "R-GND-01",
        "an unproven sender is told no sum",
        lambda: letter("It is £1,800.00.", case=facts(identity=IdentityLevel.C)),
    ),
    keeps(
        "R-GND-01",
        "the sum of the invoices that are named",
        lambda: letter("Together F-5501 and F-5502 come to GBP 2,120.25.", case=facts(*TWO)),
    ),
    keeps(
        "R-GND-01",
        "a payment that came in",
        lambda: letter(
            "We received GBP 55.10 from you.",
            case=facts(
                payments=(
                    PaymentFacts(
                        id="P9",
                        invoice_number=None,
                        received_on=TODAY,
                        currency="GBP",
                        amount=Decimal("55.10"),
                        reference="X",
                    ),
                )
            ),
        ),
    ),
    *words_of(
        "R-GND-02",
        bad={
            "en": ["It is about F-5502.", "Please quote PO-312.", "See our credit note CN-2026-0815."],
            "de": ["Es geht um RE-2026-4711."],
            "fr": ["Il s'agit de la facture FAC-2026-001."],
        },
        good={
            "en": [
                "It is about F-5501 and your order PO-311.",
                "Invoice 5501 is the one.",
                "Please see form W-9 and ISO 9001.",
            ],
            "de": ["Es geht um F-5501 zu Ihrer Bestellung PO-311."],
        },
    ),
    *words_of(
        "R-GND-03",
        bad={
            "en": [
                "Please look at it before 16 June 2026.",
                "It was due on 31 June 2026.",
                "It was due on Monday, 5 March 2026.",
                "Payment was due 2026-03-06.",
                "Payment was due on March 6.",
            ],
            "de": ["Fällig war sie am 06.03.2026.", "Fällig war sie am Montag, dem 5. März 2026."],
            "fr": ["Elle était due le 6 mars 2026."],
            "es": ["Vencía el 6 de marzo de 2026."],
            "nl": ["De vervaldatum was 6 maart 2026."],
            "it": ["La scadenza era il 6 marzo 2026."],
            "pt": ["Vencia a 6 de março de 2026."],
        },
        good={
            "en": [
                "It was due on 5 March 2026.",
                "It was due on Thursday, 5 March.",
                "It was due on 05/03/2026.",
                "It was due on March 5, 2026.",
                "You may have 3 questions about it.",
            ],
            "de": ["Fällig war sie am Donnerstag, den 5. März 2026.", "Fällig war sie am 5.3."],
            "fr": ["Elle était due le jeudi 5 mars 2026."],
            "es": ["Vencía el jueves 5 de marzo de 2026."],
            "nl": ["De vervaldatum was donderdag 5 maart."],
            "it": ["La scadenza era giovedì 5 marzo."],
            "pt": ["Vencia na quinta-feira, 5 de março."],
        },
    ),
    keeps(
        "R-GND-03",
        "the day that the customer named",
        lambda: letter(
            "You mention 22 April 2026.",
            claims=[claim(Reason.QUESTION, invoices=("F-5501",), date=TODAY + timedelta(days=8))],
        ),
    ),
    *words_of(
        "R-GND-04",
        bad={
            "en": [
                "It is 41 days overdue.",
                "It has been overdue for 39 days.",
                "There are 3 open invoices.",
                "We add 3 %.",
            ],
            "de": ["Sie ist seit 41 Tagen überfällig.", "Sie haben 3 offene Rechnungen."],
            "fr": ["Elle a 41 jours de retard."],
            "es": ["Tiene 41 días de retraso."],
            "nl": ["De factuur is 41 dagen te laat."],
            "it": ["È scaduta da 41 giorni."],
            "pt": ["Está vencida há 41 dias."],
        },
        good={
            "en": ["It is 40 days overdue.", "There is 1 open invoice.", "We agree with you at 100 %."],
            "de": ["Sie ist seit 40 Tagen überfällig."],
            "fr": ["Elle a 40 jours de retard."],
            "es": ["Tiene 40 días de retraso."],
            "nl": ["De factuur is 40 dagen te laat."],
            "it": ["È scaduta da 40 giorni."],
            "pt": ["Está vencida há 40 dias."],
        },
    ),
    breaks("R-GND-05", "a digit by a model", lambda: letter("It is 3.", by="model:x")),
    breaks("R-GND-05", "a currency by a template", lambda: letter("Pay in €.", by="template")),
    breaks("R-GND-05", "a number word by a model", lambda: letter("Pay hundert Euro.", by="model:x", language="de")),
    breaks("R-GND-05", "an unknown slot", lambda: letter('It is {{ inv["F-9"].balance }}.')),
    breaks(
        "R-GND-05",
        "a slot that was not given",
        lambda: replace(letter(by="model:x"), given=frozenset({"company.name"})),
    ),
    keeps("R-GND-05", "slots", lambda: letter('It is {{ inv["F-5501"].balance }}.', by="template")),
    breaks("R-GND-06", "another name", lambda: letter(body=_greeting("Dear Mr Smith"))),
    breaks(
        "R-GND-06",
        "eine andere Person",
        lambda: letter(language="de", body=_greeting("Sehr geehrter Herr Schmidt", "de")),
    ),
    breaks("R-GND-06", "the wrong language", lambda: letter(by="model:x", body=_greeting("Guten Tag", "de"))),
    *(
        keeps("R-GND-06", greeting, partial(letter, body=_greeting(greeting)))
        for greeting in (
            "Dear Ms Tate",
            "Dear Moira",
            "Hi Moira",
            "Dear Sir or Madam",
            "Dear accounts team",
            "Good morning Moira",
            "Hello",
        )
    ),
    keeps("R-GND-06", "Grüße", lambda: letter(language="de", body=_greeting("Guten Tag Frau Tate", "de"))),
    breaks("R-GND-07", "no such PDF", lambda: letter(attachments=("F-9999",))),
    breaks("R-GND-07", "six", lambda: letter(attachments=("F-5501",) * 6)),
    breaks(
        "R-GND-07",
        "a paper of nobody's",
        lambda: letter(papers=(Paper(kind="stored", filename="w9.pdf", sha256="b" * 64),)),
    ),
    breaks(
        "R-GND-07",
        "the bytes are not the stored ones",
        lambda: leaving(letter(case=facts(invoice(document_sha256="c" * 64)), attachments=("F-5501",))),
    ),
    breaks(
        "R-GND-07",
        "a document is missing in the mail",
        lambda: _without_documents(),
    ),
    keeps(
        "R-GND-07",
        "the stored PDF",
        lambda: leaving(letter(case=facts(invoice(document_sha256=STORED)), attachments=("F-5501",))),
    ),
    keeps(
        "R-GND-07",
        "a paper of ours",
        lambda: letter(
            case=facts(documents=(DocumentFacts(kind=DocumentKind.W9, sha256="b" * 64, filename="w9.pdf"),)),
            papers=(Paper(kind="stored", filename="w9.pdf", sha256="b" * 64),),
        ),
    ),
    breaks("R-GND-08", "old at sending", lambda: replace(leaving(letter()), ledger_at=NOW - timedelta(hours=25))),
    breaks("R-GND-08", "old at approval", lambda: replace(approved(letter()), ledger_at=NOW - timedelta(hours=25))),
    keeps("R-GND-08", "fresh", lambda: leaving(letter())),
]


def _without_documents() -> Outbound:
    whole = leaving(letter(case=facts(invoice(document_sha256=STORED)), attachments=("F-5501",)))
    bare = leaving(letter(case=facts(invoice(document_sha256=STORED))))
    return replace(whole, wire=bare.wire)


@of(CASES)
def test_grounding(case: Case) -> None:
    check(case)


def test_an_old_ledger_is_shown_before_and_in_the_way_at_the_end() -> None:
    severities = {
        stage: [f.severity.value for f in check(Case("R-GND-08", stage, True, make)) if f.rule == "R-GND-08"]
        for stage, make in (
            ("approval", lambda: replace(approved(letter()), ledger_at=NOW - timedelta(hours=25))),
            ("sending", lambda: replace(leaving(letter()), ledger_at=NOW - timedelta(hours=25))),
        )
    }
    assert severities == {"approval": ["warn"], "sending": ["block"]}
