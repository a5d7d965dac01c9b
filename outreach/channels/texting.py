"""The words of an SMS, and the words that end them. No sum, no invoice, no word of a debt: others read a screen too."""

from __future__ import annotations

import re

from prompts.wording import one_line, supported
from store.company import CompanyProfile

#: Longer than this is several messages to every provider.
LONGEST = 320

_TEXTS = {
    "en": "{company}: we have sent you a message by e-mail and would be glad of a short answer to {email}. Reply STOP to get no more texts.",
    "de": "{company}: Wir haben Ihnen per E-Mail geschrieben und freuen uns über eine kurze Antwort an {email}. Mit STOPP erhalten Sie keine SMS mehr.",
    "fr": "{company} : nous vous avons écrit par e-mail ; une brève réponse à {email} nous serait utile. Répondez STOP pour ne plus recevoir de SMS.",
    "es": "{company}: le hemos escrito por correo electrónico y le agradeceríamos una breve respuesta a {email}. Responda BAJA para no recibir más SMS.",
    "it": "{company}: Le abbiamo scritto per e-mail e Le saremmo grati per una breve risposta a {email}. Risponda STOP per non ricevere altri SMS.",
    "nl": "{company}: wij hebben u een e-mail gestuurd en horen graag kort van u via {email}. Antwoord STOP om geen sms meer te ontvangen.",
    "pt": "{company}: enviámos-lhe uma mensagem por correio eletrónico e agradecemos uma breve resposta para {email}. Responda STOP para não receber mais SMS.",
}
#: What carriers and people use, in the seven languages. One word alone is enough.
_STOP_WORDS = frozenset(
    [
        "stop",
        "stopp",
        "stopall",
        "stopp!",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "optout",
        "opt-out",
        "abmelden",
        "abbestellen",
        "ende",
        "arret",
        "arrêt",
        "stopper",
        "desabonner",
        "désabonner",
        "baja",
        "cancelar",
        "parar",
        "alto",
        "fermare",
        "ferma",
        "basta",
        "annulla",
        "afmelden",
        "uitschrijven",
        "stoppen",
        "remover",
        "sair",
    ]
)


def text_of(language: str, *, company: CompanyProfile) -> str:
    """Give the text in the customer's language; it names us and our mailbox, and nothing of the account."""
    text = _TEXTS[supported(language)].format(company=one_line(company.name), email=company.email)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def says_stop(body: str) -> bool:
    """Say whether an answer wants no more texts: a word for it alone, or at the start or the end of a short answer."""
    words = re.findall(r"[\w-]+", body.casefold())
    if not words:
        return False
    return words[0] in _STOP_WORDS or (len(words) <= 6 and words[-1] in _STOP_WORDS)
