"""Sees to it that a packet names no other customer: what a mail says of somebody else is nobody's business outside. Pure.

A mail that names another customer is left out whole, and said; a note of ours that does is blanked. Rather too much is left out
than one name let through.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header

from store.facts import CaseFacts
from store.last_resort_loading import Strangers
from store.last_resort_thread import PacketMail
from store.outreach_words import Channel

#: Shorter numbers stand in every mail: days, sums, house numbers.
_SHORTEST = 5
_TOKEN = re.compile(r"[\w/.\-]+")
LEFT_OUT = "(left out: it names somebody else)"


class Looking:
    """Knows by what others could be told, and looks for it."""

    def __init__(self, strangers: Strangers, facts: CaseFacts) -> None:
        """Take the others, and what is this customer's own."""
        assert facts.customer is not None, "a packet is about a customer"
        self._own = facts.customer.name.lower()
        own = {invoice.number.lower() for invoice in facts.invoices}
        self._names = strangers.names - {self._own}
        self._addresses = strangers.addresses
        self._numbers = frozenset(n for n in strangers.numbers if len(n) >= _SHORTEST) - own

    def names_another(self, *texts: str) -> bool:
        """Say whether any of these texts names another customer, a person of theirs, or an invoice of theirs."""
        return any(self._named(" ".join(text.lower().split())) for text in texts if text)

    def _named(self, text: str) -> bool:
        tokens = {token.strip(".-/") for token in _TOKEN.findall(text)}
        if tokens & self._numbers or any(address in text for address in self._addresses):
            return True
        without = text.replace(self._own, " ")
        return any(name in without and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", without) for name in self._names)

    def mail(self, mail: PacketMail) -> bool:
        """Say whether a mail names another customer: in what is read of it, in its bytes, or in what came with it.

        A letter's paper is set from its words, and bears copies of their own invoices; the offsets and lengths within a PDF are numbers
        that somebody's invoice may have, and no words.
        """
        raw = b"" if mail.way is Channel.LETTER else mail.raw
        return self.names_another(mail.subject, mail.text, mail.who, mail.enclosed, *_texts(raw))

    def note(self, text: str) -> str:
        """Give a note of ours, or that it is left out."""
        return LEFT_OUT if self.names_another(text) else text


def _texts(raw: bytes) -> list[str]:
    """Give all words of a mail's bytes: headers, text parts decoded, names of files."""
    if not raw:
        return []
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
        found = [raw.decode("utf-8", "replace")]
        found += [str(make_header(decode_header(str(value)))) for value in mail.values()]
        for part in mail.walk():
            found += [str(part.get_filename() or "")]
            if part.get_content_maintype() == "text":
                content = part.get_payload(decode=True)
                found.append(
                    bytes(content).decode(part.get_content_charset() or "utf-8", "replace")
                    if isinstance(content, bytes)
                    else ""
                )
        return found
    except (MessageError, LookupError, ValueError):
        # Bytes that nobody can read may hold anything: as text they are looked through all the same.
        return [raw.decode("utf-8", "replace"), raw.decode("latin-1")]
