"""Recognise automatic answers: by their headers (RFC 3834), by their subject, or by words that only robots use together.

A person who mentions a holiday in a sentence about an invoice is no robot. In doubt a mail is a reply.
"""

from __future__ import annotations

import re
from email.message import Message

from mail.headers import first, values

_SUBJECT = re.compile(
    r"(?:\[[^\[\]]{1,30}\] ?)*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|automatische antwort|"
    r"abwesenheits(?:notiz|meldung|nachricht|assistent)|abwesenheit|abwesend|réponse automatique|absence du bureau|message d['’]absence|"
    r"absent du bureau|respuesta automática|fuera de (?:la )?oficina|ausencia de la oficina|risposta automatica|fuori (?:sede|ufficio)|"
    r"automatisch antwoord|afwezig(?:heid)?(?:sbericht)?|resposta automática|fora do escritório|ausência|autosvar|automatiskt svar|"
    r"frånvaro(?:meddelande)?|automatyczna odpowiedź|odpowiedź automatyczna|nieobecność|autoantwort|auto) ?(?::|$|-|–)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"out of (?:the )?office|on (?:annual |parental |maternity |sick )?leave|on (?:vacation|holiday)|away from (?:the office|my desk)|"
    r"im urlaub|nicht im (?:büro|haus|hause)|außer haus|abwesend|nicht erreichbar|en congés?|absente? d(?:u|e mon) bureau|de vacaciones|"
    r"fuera de la oficina|in ferie|fuori (?:sede|ufficio)|met vakantie|op vakantie|afwezig|niet op kantoor|de férias|fora do escritório|"
    r"ausente|på semester|inte på kontoret|på ledighet|na urlopie|poza biurem|nieobecn[ay]",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:thank you|thanks) for (?:your|the) (?:e-?mail|message|mail)|(?:danke|dank) für ihre (?:e-?mail|nachricht)|"
    r"merci (?:pour|de) votre (?:message|e-?mail|courriel)|gracias por su (?:mensaje|correo)|grazie per (?:il (?:tuo|suo) messaggio|l['’]e-?mail)|"
    r"(?:bedankt|dank) voor (?:uw|je) (?:e-?mail|bericht)|obrigad[oa] pel[ao] (?:sua )?(?:mensagem|e-?mail)|tack för ditt (?:mejl|mail|meddelande)|"
    r"dziękuję za (?:wiadomość|e-?mail)",
    re.IGNORECASE,
)
_URGENT = re.compile(
    r"urgent|dringend|en cas d['’]urgence|urgence|urgente|urgenza|spoed|urgência|brådskande|pilnych|my (?:colleague|absence)|vertretung|"
    r"nicht weitergeleitet|not (?:be )?forwarded|limited access|no access to (?:my )?e-?mail",
    re.IGNORECASE,
)
_SAYS_ROBOT = re.compile(
    r"this is an auto(?:mated|matic|-generated|matically generated) (?:reply|response|message|e-?mail|notification)|"
    r"(?:e-?mail|nachricht|antwort) wurde automatisch (?:erstellt|generiert|erzeugt|versendet)|dies ist eine automatische|"
    r"ceci est (?:un message|une réponse) automatique|este es un (?:mensaje|correo) automático|(?:questo è un|messaggio) (?:messaggio )?automatico|"
    r"dit is een automatisch|esta é uma (?:mensagem|resposta) automática|detta är ett automatiskt|wiadomość wygenerowana automatycznie|"
    r"this mailbox is not monitored|do not reply to this (?:e-?mail|message)",
    re.IGNORECASE,
)
_BUSINESS = re.compile(
    r"invoice|payment|\bpaid?\b|\bINV-?\d|remittance|rechnung|zahlung|überweis|beglich|facture|paiement|virement|factura|pago|transferencia|"
    r"fattura|pagamento|bonifico|factuur|betaling|betaald|fatura|faktur|betalning|płatnoś",
    re.IGNORECASE,
)
_BULK = frozenset({"bulk", "list", "junk"})


def is_auto_reply(top: Message, *, subject: str, new_text: str) -> bool:
    """Say whether a robot answered. X-Auto-Response-Suppress alone proves nothing: Exchange sets it on people's mail too."""
    return _by_headers(top) or bool(_SUBJECT.match(subject.strip())) or _by_words(new_text)


def is_bulk(top: Message) -> bool:
    """Say whether the mail went to a list of people (RFC 2919, RFC 2369, or the old Precedence)."""
    precedence = first(top, "precedence").strip().lower()
    return bool(values(top, "list-id") or values(top, "list-unsubscribe")) or precedence in _BULK


def _by_headers(top: Message) -> bool:
    submitted = first(top, "auto-submitted").split(";")[0].split("(")[0].strip().lower()
    if submitted not in ("", "no"):
        return True
    if first(top, "precedence").strip().lower().replace("-", "_") in ("auto_reply", "auto_response"):
        return True
    for name in (
        "x-autoreply",
        "x-autorespond",
        "x-auto-reply",
        "x-autoresponder",
        "x-autoreply-from",
        "x-mail-autoreply",
    ):
        if first(top, name).strip().lower() not in ("", "no", "false"):
            return True
    if (
        first(top, "delivered-to").strip().lower() == "autoresponder"
        or "autoresponder" in first(top, "x-post-messageclass").lower()
    ):
        return True
    return first(top, "return-path").strip() == "<>" or "disposition-notification" in first(top, "content-type").lower()


def _by_words(text: str) -> bool:
    """Recognise a robot without headers: short, away, and at least two of its stock phrases; nothing about money."""
    opening = text[:1500]
    if len(text) > 1500 or _BUSINESS.search(opening):
        return False
    if _SAYS_ROBOT.search(opening):
        return True
    return bool(_AWAY.search(opening) and _THANKS.search(opening) and _URGENT.search(opening))
