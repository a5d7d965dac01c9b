"""Which of our invoices a mail names, and where it names them: the words weigh more than a subject or a file name."""

from __future__ import annotations

from collections.abc import Sequence

from store.inbound import InboundEmail
from store.numbers import find_invoices


def written_text(email: InboundEmail) -> str:
    """Give what the mail says and quotes."""
    return "\n".join((email.new_text, email.quoted_text))


def attached_text(email: InboundEmail) -> str:
    """Give the names of the attachments, and what was read from them."""
    return "\n".join(line for file in email.attachments for line in (file.filename, file.text) if line)


def whole_text(email: InboundEmail) -> str:
    """Give everything in a mail that may name an invoice."""
    return "\n".join((email.subject, written_text(email), attached_text(email)))


def invoices_in(email: InboundEmail, known: Sequence[str]) -> list[str]:
    """Give those of one customer's `known` numbers that a mail names anywhere, the subject's first."""
    return find_invoices(whole_text(email), known)
