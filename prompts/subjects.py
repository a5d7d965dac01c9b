"""The subject of our answer: the customer's own where it may be repeated, else a fixed one. One short line, always."""

from __future__ import annotations

import re

from prompts.wording import one_line, supported

MAX_SUBJECT = 120
_REPLY_MARK = re.compile(
    r"^(?:(?:re|aw|antw|antwoord|sv|vs|rv|rif|r|res|wg|fw|fwd|tr|enc|i)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)


def reply_subject(subject: str) -> str:
    """Give the subject of our answer: one "Re: ", on one line, at most 120 characters."""
    bare = _REPLY_MARK.sub("", one_line(subject)).strip()
    whole = f"Re: {bare}".strip()
    return whole if len(whole) <= MAX_SUBJECT else whole[: MAX_SUBJECT - 1].rstrip() + "…"


def fixed_subject(language: str) -> str:
    """Give the subject of an answer that must not, or cannot, repeat the customer's."""
    return _FIXED_SUBJECTS[supported(language)]


def first_subject(language: str) -> str:
    """Give the subject of a mail to somebody who never wrote to us."""
    return _FIRST_SUBJECTS[supported(language)]


_FIRST_SUBJECTS = {
    "en": "Our open invoices",
    "de": "Unsere offenen Rechnungen",
    "fr": "Nos factures en attente de paiement",
    "es": "Nuestras facturas pendientes",
    "nl": "Onze openstaande facturen",
    "it": "Le nostre fatture aperte",
    "pt": "As nossas faturas em aberto",
}

_FIXED_SUBJECTS = {
    "en": "Your message to us",
    "de": "Ihre Nachricht an uns",
    "fr": "Votre message",
    "es": "Su mensaje",
    "nl": "Uw bericht aan ons",
    "it": "Il Suo messaggio",
    "pt": "A sua mensagem",
}
