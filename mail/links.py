"""Which mail of ours a message answers: by our Message-ID, then by the token in the address that it came to.

Both are secrets of 128 bits and more that only the receiver of our mail knows. They say where a mail belongs, never who wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from mail.reply_token import token_in
from store import whose
from store.company import CompanyProfile
from store.inbound import InboundEmail

#: The newest mails of a long chain are enough to find ours; a hostile header can be much longer.
_MAX_CHAIN = 50
_MAX_TOKENS = 5
_ID = re.compile(r"[<>\s]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A case of ours that a mail is bound to. `case_id` None: the customer's, but of no case."""

    case_id: int | None
    customer_id: str


def by_message_id(session: Session, chain: Iterable[str | None]) -> Link | None:
    """Look up Message-IDs in the order given; the first that is ours decides."""
    ids = dict.fromkeys(f"<{bare}>" for i in chain if i and (bare := _ID.sub("", i)))
    chosen = list(ids)[:_MAX_CHAIN]
    known = whose.cases_of_message_ids(session, chosen)
    return next((Link(*known[message_id]) for message_id in chosen if message_id in known), None)


def by_token(session: Session, email: InboundEmail, company: CompanyProfile) -> Link | None:
    """Look up the reply token in the addresses that the mail was sent to, or that our server says it was delivered to."""
    addresses = [address for address in (*email.to, *email.delivered_to) if company.owns(address)]
    tokens = dict.fromkeys(token for address in addresses if (token := token_in(address)) is not None)
    for token in list(tokens)[:_MAX_TOKENS]:
        known = whose.case_of_token(session, token)
        if known is not None:
            return Link(*known)
    return None


def chain_of(email: InboundEmail) -> list[str]:
    """Give the Message-IDs that a mail answers, from its newest end."""
    return [i for i in (email.in_reply_to, *reversed(email.references)) if i]
