"""Which portal a mail comes from, and whether that is proven. Only a proven mail of a portal's own domain moves anything.

A mail that looks like a portal's and is not proven is named for what it is: such mails are made to be clicked on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mail.address import domain_of, same_organisation
from mail.identity import Proof, proof_of
from mail.lookalike import looks_like
from store.aftermath import Portal
from store.inbound import InboundEmail
from store.portal_names import portal_named
from store.vocabulary import MessageKind

Domains = Mapping[Portal, tuple[str, ...]]
#: A notification is a mail by itself; reports about mails of ours are none.
_KINDS = (MessageKind.REPLY, MessageKind.AUTO_REPLY)
_LETTERS = re.compile(r"[^\w ]+")


def portal_of(email: InboundEmail, domains: Domains) -> Portal | None:
    """Give the portal at whose domain, or below it, the sender's address is. It says nothing of proof."""
    domain = domain_of(email.from_address or "")
    if not domain or email.kind not in _KINDS:
        return None
    return next((portal for portal, own in domains.items() if any(_within(domain, d) for d in own)), None)


def is_proven(email: InboundEmail) -> bool:
    """Say whether our mail server vouches for the domain in From: DMARC passed, or an aligned signature did."""
    return proof_of(email) is Proof.PROVEN and not set(email.flags) & {"double_from", "misleading_name"}


def poses_as(email: InboundEmail, domains: Domains) -> Portal | None:
    """Give the portal that a mail from elsewhere could be mistaken for: by its domain, or by the name it shows."""
    domain = domain_of(email.from_address or "")
    if not domain or email.kind not in _KINDS or portal_of(email, domains) is not None:
        return None
    for portal, own in domains.items():
        if looks_like(domain, own) is not None:
            return portal
    named = portal_named(_LETTERS.sub(" ", email.from_name))
    return named if named is not None and named is not Portal.OTHER else None


def _within(domain: str, own: str) -> bool:
    """Say whether a domain is the portal's or lies under it; never the other way round."""
    return domain == own or (domain.endswith(f".{own}") and same_organisation(domain, own))
