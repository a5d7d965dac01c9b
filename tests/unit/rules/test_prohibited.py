"""R-PRO: what never stands in a mail, in seven languages, and what may well stand there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from agent.rules.base import Outbound
from store.matter_facts import DisputeFacts
from store.proposed import SlotValue
from store.vocabulary import Register
from tests.cases import facts, invoice
from tests.unit.rules.drafts import COMPANY, Case, breaks, check, keeps, leaving, letter, of, words_of

CASES: list[Case] = [
    *words_of(
        "R-PRO-01",
        bad={
            "en": [
                "Please pay to GB33 BUKB 2020 1555 5555 55.",
                "Please pay to gb33bukb20201555555555.",
                "Our new account number is on the way.",
                "Use sort code 20-20-15, account 55555555.",
                "The routing number of our bank is 111000025.",
                "Our wallet is bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq.",
                "Our bank is DEUTDEFF500.",
                "Pay by gift card.",
                "Pay to DE89 3704 0044 0532 0130 01.",
            ],
            "de": ["Bitte an unsere neue Kontonummer zahlen.", "IBAN folgt.", "Konto: 1234 5678 90"],
            "fr": ["Le RIB est changé."],
            "es": ["Nuestro número de cuenta es otro."],
            "nl": ["Ons rekeningnummer is gewijzigd."],
            "it": ["Il numero di conto è cambiato."],
            "pt": ["O NIB mudou."],
        },
        good={
            "en": [
                "Thank you for your swift reply.",
                "Our bank details are on the invoice and have not changed.",
                "Please use the account that is stated on invoice F-5501.",
                "DELIVERY and REMINDER were sent.",
            ],
            "de": ["Unsere Bankverbindung steht auf der Rechnung und gilt weiter."],
            "fr": ["Nos coordonnées bancaires figurent sur la facture."],
            "nl": ["Onze bankgegevens staan op de factuur."],
        },
    ),
    breaks(
        "R-PRO-02",
        "an order number that is an account",
        lambda: _with_value('inv["F-5501"].new_po', "GB33BUKB20201555555555"),
    ),
    breaks(
        "R-PRO-02", "a reference that is one", lambda: _with_value("payment.reference", "IBAN DE89370400440532013000")
    ),
    keeps("R-PRO-02", "an order number", lambda: _with_value('inv["F-5501"].new_po', "PO-311")),
    *words_of(
        "R-PRO-03",
        bad={
            "en": [
                "See https://pay.evil.example now.",
                "See www.evil.example now.",
                "See pay-here.com now.",
                "Write to boss@evil.example.",
                "Click [here](somewhere).",
                "<b>Pay</b>",
                "**Pay**",
                "Call +44 20 7946 0958 today.",
                "Phone: 020 7946 0958",
                "Please scan this QR code.",
            ],
            "de": ["Rufen Sie an: Tel. 0301 2345678.", "Mehr unter zahlung-jetzt.de."],
            "fr": ["Voir payez-ici.fr."],
            "es": ["Escriba a jefe@malo.example."],
        },
        good={
            "en": [
                "Write to ar@fernhill.example at any time.",
                "The delivery has arrived.It is complete.",
                "Please call us on the number that you have on file.",
                "Everything is fine, i.e. complete, e.g. the labels.",
            ],
            "de": ["Die Lieferung ist erledigt.Danke dafür, z.B. für die Eile."],
        },
    ),
    breaks("R-PRO-03", "a link that a value brings", lambda: _with_value("new_contact.name", "see evil.example")),
    *words_of(
        "R-PRO-04",
        bad={
            "en": [
                "Zero\u200bwidth.",
                "Right\u202eleft.",
                "Tag\U000e0041.",
                "P\u0430yment is due.",
                "Ｐａｙ us.",
                "𝐏𝐚𝐲 us.",
            ],
            "de": ["Zahl\u00adung.", "Z\u0430hlung."],
        },
        good={
            "en": ["A 5 kΩ resistor, naïve façade, Škoda, 20 µm."],
            "de": ["Größe, Maße, Straße."],
            "fr": ["Œuvre, ça, élève."],
        },
    ),
    *words_of(
        "R-PRO-05",
        bad={
            "en": [
                "Our lawyer will see you in court.",
                "We will take legal action.",
                "A debt collection agency takes over.",
                "This affects your credit rating.",
            ],
            "de": [
                "Sonst beantragen wir einen Mahnbescheid.",
                "Wir übergeben das dem Inkasso.",
                "Wir behalten uns rechtliche Schritte vor.",
            ],
            "fr": ["Nous saisirons le tribunal.", "Ceci vaut mise en demeure.", "Le dossier part au contentieux."],
            "es": ["Iniciaremos acciones legales.", "Presentaremos una demanda judicial."],
            "nl": ["Wij schakelen een incassobureau in.", "Wij nemen juridische stappen."],
            "it": ["Procederemo per vie legali.", "Seguirà un decreto ingiuntivo."],
            "pt": ["Avançaremos para tribunal.", "O nosso advogado tratará disso."],
        },
        good={
            "en": ["Please confirm the legal entity on the invoice.", "The courtyard entrance is open."],
            "de": ["Bitte nennen Sie uns die Rechtsform Ihrer Firma.", "Ihre Anfrage ist an uns gerichtet worden."],
            "fr": ["À court terme, nous corrigeons l'erreur de saisie de votre entité juridique."],
            "es": ["Sin embargo, la entrega está completa."],
            "nl": ["Betaling per automatische incasso is mogelijk, zie de rechter kolom."],
            "it": ["La sede legale è indicata in fattura."],
            "pt": ["A sede social consta da fatura."],
        },
    ),
    *words_of(
        "R-PRO-06",
        bad={
            "en": ["I am a solicitor acting for Fernhill.", "We are a collection agency."],
            "de": ["Im Namen unserer Mandantin schreiben wir Ihnen."],
            "fr": ["Nous sommes huissiers de justice."],
            "it": ["Studio legale Rossi."],
        },
        good={"en": ["I am the colleague who looks after your account."], "de": ["Ich bin für Ihr Konto zuständig."]},
    ),
    breaks(
        "R-PRO-06",
        "not signed by the company",
        lambda: letter(body=letter().draft.body.replace("{{ company.name }}", "Somebody Else")),
    ),
    breaks(
        "R-PRO-06",
        "signed by nobody of ours",
        lambda: letter(body=letter().draft.body.replace("{{ sender.name }}", "Jason Kingpin")),
    ),
    keeps(
        "R-PRO-06",
        "signed by a colleague with a role",
        lambda: replace(
            letter(body=letter().draft.body.replace("{{ sender.name }}", "Ada Quint")), people=("Ada Quint",)
        ),
    ),
    *words_of(
        "R-PRO-07",
        bad={
            "en": [
                "You are liars and thieves.",
                "We will inform your customers about this.",
                "Pay, or else.",
                "PAY YOUR INVOICES RIGHT NOW PLEASE AND THANK YOU FOR DOING THAT WITHOUT ANY FURTHER DELAY WHATSOEVER TODAY.",
                "Really! Now!",
            ],
            "de": ["Das ist eine Unverschämtheit.", "Wir informieren Ihre Kunden.", "Das hat ernste Konsequenzen."],
            "fr": ["C'est une honte.", "Nous informerons vos clients."],
            "es": ["Son ustedes unos morosos."],
            "nl": ["U staat op de zwarte lijst."],
            "it": ["È una vergogna."],
            "pt": ["Isto é uma vergonha."],
        },
        good={
            "en": ["Please contact your bank to trace the payment. Thank you!", "We regret the inconvenience."],
            "de": ["Bitte sprechen Sie mit Ihrer Bank. Vielen Dank!"],
            "nl": ["Het domein van de levering is duidelijk."],
        },
    ),
    *words_of(
        "R-PRO-08",
        bad={
            "en": ["This is the final notice.", "This is your last chance."],
            "de": ["Dies ist die letzte Mahnung."],
            "fr": ["Ceci est le dernier rappel."],
            "es": ["Este es el último aviso."],
            "nl": ["Dit is de laatste aanmaning."],
            "it": ["Questo è l'ultimo sollecito."],
            "pt": ["Este é o último aviso."],
        },
        good={
            "en": ["This is the final invoice of the project; the last delivery arrived."],
            "de": ["Das ist die letzte Lieferung, die Schlussrechnung folgt."],
            "fr": ["C'est la dernière livraison."],
        },
    ),
    keeps("R-PRO-08", "where it is the last", lambda: letter("This is the final reminder.", register=Register.FINAL)),
    breaks("R-PRO-08", "twice", lambda: letter("This is the final reminder, a final notice.", register=Register.FINAL)),
    *words_of(
        "R-PRO-09",
        bad={
            "en": [
                "This was our mistake.",
                "We accept full liability.",
                "You can deduct the VAT.",
                "We waive our rights.",
            ],
            "de": ["Das war unser Fehler.", "Wir haften dafür."],
            "fr": ["C'est une erreur de notre part."],
            "es": ["Reconocemos nuestra responsabilidad."],
            "nl": ["Wij erkennen aansprakelijkheid."],
            "it": ["È stato un nostro errore."],
            "pt": ["Foi um erro nosso."],
        },
        good={
            "en": ["We are sorry for the inconvenience and for the delay."],
            "de": ["Bitte entschuldigen Sie die Umstände."],
            "fr": ["Veuillez nous excuser pour ce désagrément."],
        },
    ),
    *words_of(
        "R-PRO-10",
        bad={
            "en": ["We offer you a discount.", "We accept a reduced settlement.", "Without prejudice, we could talk."],
            "de": ["Wir gewähren Ihnen einen Nachlass."],
            "fr": ["Nous vous accordons une remise exceptionnelle."],
            "es": ["Le ofrecemos un descuento."],
            "nl": ["Wij geven u korting."],
            "it": ["Le concediamo uno sconto."],
            "pt": ["Oferecemos um desconto."],
        },
        good={
            "en": ["Thank you for settling the earlier invoices; the balance will be settled soon, you wrote."],
            "de": ["Im Vergleich zur letzten Lieferung ist alles da."],
        },
    ),
    breaks("R-PRO-10", "a model gives away", lambda: letter("We accept your offer.", by="model:x")),
    *words_of(
        "R-PRO-11",
        bad={
            "en": [
                "We will not charge interest.",
                "Your account is closed.",
                "Your credit limit has been restored.",
                "The invoice has been cancelled.",
                "We will issue a credit note.",
                "We guarantee delivery.",
            ],
            "de": ["Die Rechnung wird storniert.", "Sie erhalten eine Gutschrift."],
            "fr": ["La facture est annulée.", "Vous recevrez un avoir."],
            "es": ["Anularemos la factura."],
            "nl": ["De factuur is geannuleerd."],
            "it": ["Riceverà una nota di credito."],
            "pt": ["A fatura foi anulada."],
        },
        good={
            "en": ["We cannot guarantee a date yet.", "We will check whether the invoice can be corrected."],
            "de": ["Wir prüfen, ob wir die Rechnung berichtigen können."],
        },
    ),
    keeps(
        "R-PRO-11",
        "nothing is open any more",
        lambda: letter("Your account is now cleared.", case=facts(invoice(balance="0.00", amount="1800.00"))),
    ),
    keeps(
        "R-PRO-11",
        "a dispute was credited",
        lambda: letter(
            "The credit note has been issued.",
            case=facts(
                disputes=(DisputeFacts(invoice_number="F-5501", kind="pricing", amount=None, status="credited"),)
            ),
        ),
    ),
    *words_of(
        "R-PRO-12",
        bad={
            "en": ["Have a look at our special offers.", "Visit our shop."],
            "de": ["Beachten Sie unsere Sonderangebote."],
            "fr": ["Découvrez nos offres spéciales."],
            "es": ["Conozca nuestras ofertas especiales."],
            "nl": ["Schrijf u in voor de nieuwsbrief."],
            "it": ["Si iscriva alla newsletter."],
            "pt": ["Aproveite as nossas ofertas especiais."],
        },
        good={
            "en": ["We deal with the matter; the sales department will answer."],
            "de": ["Der Vertrieb meldet sich."],
        },
    ),
]


def _with_value(slot: str, text: str) -> Outbound:
    out = letter()
    value = SlotValue(slot=slot, text=text, source="customer")
    return replace(out, draft=out.draft.model_copy(update={"slots": (*out.draft.slots, value)}))


@of(CASES)
def test_prohibited(case: Case) -> None:
    check(case)


def test_a_model_is_held_to_the_words_of_every_language() -> None:
    for words in ("Sonst Mahnbescheid.", "Ceci vaut mise en demeure.", "Our lawyer writes next."):
        check(Case("R-PRO-05", words, True, partial(letter, words, by="model:x")))


def test_what_leaves_holds_no_account_that_the_draft_does_not() -> None:
    def tampered(mime: bytes) -> bytes:
        return mime.replace(b"Thank you", b"IBAN GB33BUKB20201555555555 Thank you")

    check(Case("R-PRO-02", "tampered", True, lambda: leaving(letter(), mime=tampered)))


def test_our_own_address_may_stand_there() -> None:
    check(Case("R-PRO-03", "ours", False, lambda: letter(f"Reach us at {COMPANY.email}.")))
