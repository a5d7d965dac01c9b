"""What customers write, in seven languages. One sentence says it; what stands around it is courtesy."""

from __future__ import annotations

from enum import StrEnum


class Say(StrEnum):
    """What a customer has to say."""

    PROMISE = "promise"
    DISPUTE = "dispute"
    DISPUTE_PART = "dispute_part"
    ORDER = "order"
    MOVED = "moved"
    PLAN = "plan"
    AGREE = "agree"
    STOP = "stop"


_TEXT: dict[str, dict[Say, str]] = {
    "en": {
        Say.PROMISE: "We will pay {number} on {date}.",
        Say.DISPUTE: "We do not accept {number}: the goods arrived damaged.",
        Say.DISPUTE_PART: "On {number} we dispute {amount}, as part of the goods was missing.",
        Say.ORDER: "The purchase order on {number} is wrong; the right one is {order}.",
        Say.MOVED: "I no longer look after invoices; please write to {address} from now on.",
        Say.PLAN: "We cannot pay {number} at once; could we pay in 3 instalments?",
        Say.AGREE: "We agree to the payment plan as you propose it.",
        Say.STOP: "Please do not write to us any more.",
    },
    "de": {
        Say.PROMISE: "Wir bezahlen {number} am {date}.",
        Say.DISPUTE: "Wir erkennen {number} nicht an: Die Ware kam beschädigt an.",
        Say.DISPUTE_PART: "Bei {number} beanstanden wir {amount}, da ein Teil der Ware fehlte.",
        Say.ORDER: "Die Bestellnummer auf {number} ist falsch, richtig ist {order}.",
        Say.MOVED: "Ich bin für Rechnungen nicht mehr zuständig; bitte schreiben Sie künftig an {address}.",
        Say.PLAN: "Wir können {number} nicht auf einmal zahlen; ist eine Zahlung in 3 Raten möglich?",
        Say.AGREE: "Mit dem Zahlungsplan sind wir einverstanden.",
        Say.STOP: "Bitte schreiben Sie uns nicht mehr.",
    },
    "fr": {
        Say.PROMISE: "Nous paierons {number} le {date}.",
        Say.DISPUTE: "Nous contestons {number} : la marchandise est arrivée endommagée.",
        Say.DISPUTE_PART: "Sur {number}, nous contestons {amount}, car une partie de la marchandise manquait.",
        Say.ORDER: "Le numéro de commande sur {number} est faux ; le bon est {order}.",
        Say.MOVED: "Je ne m'occupe plus des factures ; veuillez écrire désormais à {address}.",
        Say.PLAN: "Nous ne pouvons pas payer {number} en une fois ; pouvons-nous payer en 3 échéances ?",
        Say.AGREE: "Nous acceptons l'échéancier tel que vous le proposez.",
        Say.STOP: "Merci de ne plus nous écrire.",
    },
    "es": {
        Say.PROMISE: "Pagaremos {number} el {date}.",
        Say.DISPUTE: "No aceptamos {number}: la mercancía llegó dañada.",
        Say.DISPUTE_PART: "De {number} reclamamos {amount}, porque faltaba parte de la mercancía.",
        Say.ORDER: "El número de pedido de {number} es incorrecto; el correcto es {order}.",
        Say.MOVED: "Ya no llevo las facturas; por favor, escriban a partir de ahora a {address}.",
        Say.PLAN: "No podemos pagar {number} de una vez; ¿podemos pagar en 3 plazos?",
        Say.AGREE: "Aceptamos el plan de pagos que proponen.",
        Say.STOP: "Por favor, no nos escriban más.",
    },
    "it": {
        Say.PROMISE: "Pagheremo {number} il {date}.",
        Say.DISPUTE: "Contestiamo {number}: la merce è arrivata danneggiata.",
        Say.DISPUTE_PART: "Su {number} contestiamo {amount}, perché mancava una parte della merce.",
        Say.ORDER: "Il numero d'ordine su {number} è sbagliato; quello giusto è {order}.",
        Say.MOVED: "Non mi occupo più delle fatture; scrivete d'ora in poi a {address}.",
        Say.PLAN: "Non possiamo pagare {number} in una volta; possiamo pagare in 3 rate?",
        Say.AGREE: "Accettiamo il piano di pagamento che proponete.",
        Say.STOP: "Vi preghiamo di non scriverci più.",
    },
    "nl": {
        Say.PROMISE: "Wij betalen {number} op {date}.",
        Say.DISPUTE: "Wij gaan niet akkoord met {number}: de goederen kwamen beschadigd aan.",
        Say.DISPUTE_PART: "Van {number} betwisten wij {amount}, omdat een deel van de goederen ontbrak.",
        Say.ORDER: "Het bestelnummer op {number} klopt niet; het juiste is {order}.",
        Say.MOVED: "Ik ga niet meer over facturen; schrijf voortaan aan {address}.",
        Say.PLAN: "Wij kunnen {number} niet in één keer betalen; kunnen we in 3 termijnen betalen?",
        Say.AGREE: "Wij gaan akkoord met de betalingsregeling die u voorstelt.",
        Say.STOP: "Schrijf ons alstublieft niet meer.",
    },
    "pt": {
        Say.PROMISE: "Pagaremos {number} em {date}.",
        Say.DISPUTE: "Não aceitamos {number}: a mercadoria chegou danificada.",
        Say.DISPUTE_PART: "De {number} contestamos {amount}, porque faltava parte da mercadoria.",
        Say.ORDER: "O número de encomenda de {number} está errado; o certo é {order}.",
        Say.MOVED: "Já não trato das faturas; escrevam a partir de agora para {address}.",
        Say.PLAN: "Não conseguimos pagar {number} de uma vez; podemos pagar em 3 prestações?",
        Say.AGREE: "Aceitamos o plano de pagamento que propõem.",
        Say.STOP: "Por favor, não nos escrevam mais.",
    },
}
_COURTESY = {
    "en": ("Hello,", "Kind regards,"),
    "de": ("Guten Tag,", "Mit freundlichen Grüßen"),
    "fr": ("Bonjour,", "Cordialement,"),
    "es": ("Buenos días:", "Un saludo,"),
    "it": ("Buongiorno,", "Cordiali saluti,"),
    "nl": ("Goedendag,", "Met vriendelijke groet,"),
    "pt": ("Bom dia,", "Com os melhores cumprimentos,"),
}


def sentence(language: str, say: Say, **values: str) -> str:
    """Give the one sentence that says it."""
    return _TEXT[language][say].format(**values)


def letter(language: str, said: str, name: str) -> str:
    """Put courtesy around it."""
    hello, bye = _COURTESY[language]
    return f"{hello}\n\n{said}\n\n{bye}\n{name}\n"
