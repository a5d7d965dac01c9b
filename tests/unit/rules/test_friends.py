"""False friends: words that are harmless in the language of the letter, or in this place, though a list of words holds them.

A person's letter and a model's: a model is held to the lists of all seven languages, so that there the friends of other languages count too.
"""

from __future__ import annotations

import pytest

from agent.rules.base import Outbound
from agent.rules.book import judge
from store.vocabulary import Severity
from tests.unit.rules.drafts import letter

#: What good collectors write, each with a word in it that a list holds, or once held.
HARMLESS: dict[str, tuple[str, ...]] = {
    "en": (
        "Since our last call, the matter has moved on.",
        "We refer to your last request about the delivery.",
        "Please pay attention to the delivery note.",
        "We have read your message with interest.",
        "We have corrected your order now.",
        "The carrier will arrange a new collection of the goods.",
        "A new product will be sent in place of the damaged one.",
        "Please tell your colleagues in accounts payable about it.",
        "At this point we look into the matter with our warehouse.",
        "From that point it was a matter of the carrier.",
        "We discussed the delivery vis-à-vis with our warehouse.",
        "We take the time to look into every detail of it.",
        "The embargo on the port has delayed the shipment.",
    ),
    "de": (
        "Wie beim letzten Mal melden wir uns bei Ihnen.",
        "Unsere Firma ist eine Gesellschaft mit beschränkter Haftung.",
        "Wir bitten Sie um Informationen zur Zahlung.",
        "Das neue Produkt kam beschädigt bei Ihnen an.",
        "Seit unserer letzten Mahnung hat sich etwas bewegt.",
        "Ihr Hinweis half uns sehr, das half wirklich.",
    ),
    "fr": (
        "À court terme, nous corrigeons cette erreur.",
        "Nous avons bien reçu votre dernière demande.",
        "Nous corrigeons l'erreur de saisie sur votre facture.",
        "Merci de nous assigner un interlocuteur pour ce dossier.",
        "Merci d'indiquer le numéro de votre police d'assurance.",
        "Vous trouverez les liens entre les commandes au dos de la facture.",
        "Un nouveau produit remplacera celui qui est arrivé abîmé.",
        "La remise des documents au transporteur a eu lieu.",
        "Nous espérons avoir de vos nouvelles au sujet de la livraison.",
        "Votre point de contact reste notre service de comptabilité.",
        "De notre point de vue, la livraison est complète.",
        "Dans l'intérêt de tous, nous regardons cela de près.",
    ),
    "es": (
        "Sin embargo, la entrega está completa.",
        "Desde nuestra última llamada hemos revisado la entrega.",
        "Le rogamos nos indique cuándo puede atender la factura.",
        "Desde nuestro punto de vista, la entrega está completa.",
        "Su punto de contacto sigue siendo nuestro departamento.",
        "El nuevo producto sustituye al que llegó dañado.",
        "Esto responde a los intereses comunes de ambas empresas.",
        "El domicilio legal figura en la factura.",
        "Hemos revisado todo lo que nos indica.",
        "Lamentablemente, la copia no llegó a su departamento.",
    ),
    "nl": (
        "Het onderzoek neemt wat tijd in beslag.",
        "Uw vraag is gericht aan onze verkoopafdeling.",
        "Zie de gegevens bij de rechter kolom op de factuur.",
        "U als opdrachtgever kent de levering het beste.",
        "Wij zijn een vennootschap met beperkte aansprakelijkheid.",
        "Kunt u ons laten weten wanneer u denkt te betalen?",
        "Kunt u aangeven wanneer u de factuur kunt voldoen?",
        "Uw laatste verzoek hebben wij goed ontvangen.",
        "Het nieuwe product vervangt het beschadigde.",
        "Onze aanbieding bij uw bestelling noemt deze prijs.",
        "Het gaat om het beslag van de deuren, dat ontbrak.",
        "In deze zinsnede staat het ordernummer.",
    ),
    "it": (
        "La sede legale è indicata in fattura.",
        "Dopo la nostra ultima chiamata abbiamo verificato la consegna.",
        "La fattura arriva quando si iscriva al portale dei fornitori.",
        "Ciò risponde ai comuni interessi delle nostre aziende.",
        "Il nuovo prodotto sostituisce quello danneggiato.",
        "Ci perdoni il disguido con la consegna.",
        "Le chiediamo quando prevede di saldare la fattura.",
        "Siamo una società a responsabilità limitata.",
    ),
    "pt": (
        "Do nosso ponto de vista, a entrega está completa.",
        "Fazemos um ponto de situação da entrega.",
        "Desde a nossa última chamada verificámos a entrega.",
        "O novo produto substitui o que chegou danificado.",
        "Pedimos que nos diga quando prevê pagar a fatura.",
        "Perdoe o incómodo com a entrega.",
        "A sede social consta da fatura.",
        "Verificámos todo o processo da entrega.",
    ),
}
#: The same words where they are no friends; whoever writes.
HARMFUL: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("R-PRO-08", "This is our last reminder."),
        ("R-PRO-08", "This is your last reminder."),
        ("R-PRO-08", "This is your last chance."),
        ("R-PRO-08", "This is the last request before we act."),
        ("R-PRO-07", "We will contact your customers about it."),
        ("R-INT-01", "The amount is due with interest from today."),
        ("R-PRO-12", "See our new products."),
    ),
    "de": (
        ("R-PRO-08", "Wir erinnern zum letzten Mal."),
        ("R-PRO-08", "Das ist Ihre letzte Mahnung."),
        ("R-PRO-09", "Wir übernehmen die Haftung."),
        ("R-PRO-12", "Beachten Sie unsere neuen Produkte."),
    ),
    "fr": (
        ("R-PRO-05", "Une saisie sur salaire suivra."),
        ("R-PRO-05", "Nous allons assigner votre société."),
        ("R-PRO-07", "Nous irons à la police."),
        ("R-PRO-08", "Ceci est la dernière demande."),
        ("R-PRO-08", "C'est votre dernière chance."),
        ("R-PRO-10", "Nous vous accordons une remise exceptionnelle."),
        ("R-PRO-12", "Découvrez nos nouveaux produits."),
    ),
    "es": (
        ("R-PRO-05", "Pediremos el embargo de sus cuentas."),
        ("R-PRO-08", "Es la última llamada antes de actuar."),
        ("R-PRO-08", "Es su última oportunidad."),
        ("R-PRO-09", "Aceptamos la modificación del contrato."),
        ("R-PRO-12", "Conozca nuestros nuevos productos."),
    ),
    "nl": (
        ("R-PRO-05", "Wij leggen beslag op uw rekening."),
        ("R-PRO-05", "Wij stappen naar de rechter."),
        ("R-PRO-06", "Namens onze opdrachtgever schrijven wij u."),
        ("R-PRO-08", "Dit is ons laatste verzoek."),
        ("R-PRO-08", "Dit is uw laatste kans."),
        ("R-PRO-12", "Bekijk onze nieuwe producten."),
    ),
    "it": (
        ("R-INT-01", "Decorrono gli interessi."),
        ("R-PRO-08", "Questa è l'ultima chiamata."),
        ("R-PRO-08", "È la Sua ultima possibilità."),
        ("R-PRO-12", "Scopra i nostri nuovi prodotti."),
    ),
    "pt": (("R-PRO-08", "Esta é a última chamada."), ("R-PRO-12", "Veja os nossos novos produtos.")),
}
#: One word of another language in a model's letter, where that word is a friend by itself.
SMUGGLED = (
    ("fr", "Sinon, see you in court."),
    ("nl", "Anders zien wij u vor Gericht."),
    ("en", "Otherwise we demand an embargo judicial."),
)


def in_the_way(out: Outbound) -> set[str]:
    return {f.rule for f in judge(out) if f.severity is not Severity.WARN}


@pytest.mark.parametrize("by", ["human", "model:m"])
@pytest.mark.parametrize("language", list(HARMLESS))
def test_a_harmless_word_is_in_nobodys_way(language: str, by: str) -> None:
    wrong = {
        text: found for text in HARMLESS[language] if (found := in_the_way(letter(text, language=language, by=by)))
    }
    assert not wrong


@pytest.mark.parametrize("by", ["human", "model:m"])
@pytest.mark.parametrize("language", list(HARMFUL))
def test_the_same_word_in_earnest_is(language: str, by: str) -> None:
    missed = [
        (rule, text)
        for rule, text in HARMFUL[language]
        if rule not in in_the_way(letter(text, language=language, by=by))
    ]
    assert not missed


@pytest.mark.parametrize(("language", "text"), SMUGGLED)
def test_a_friend_among_words_of_its_own_language_is_none(language: str, text: str) -> None:
    assert "R-PRO-05" in in_the_way(letter(text, language=language, by="model:m"))
