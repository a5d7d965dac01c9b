"""How sure we are who wrote: the levels A to D. Code alone decides this; no model is asked and no display name believed."""

from __future__ import annotations

from collections.abc import Iterable

from mail.address import domain_of, same_organisation
from mail.lookalike import looks_like
from store.inbound import InboundEmail, SenderAuth
from store.vocabulary import IdentityLevel

_FAILED = "fail"


def judge(
    email: InboundEmail, *, contact: bool, in_thread: bool, known_domains: Iterable[str]
) -> tuple[IdentityLevel, list[str]]:
    """Give the level and the flags that explain it.

    `contact`: the sender's address is a contact of the matched customer. `in_thread`: the mail answers one of ours.
    """
    address = email.from_address
    if address is None:
        return IdentityLevel.D, ["malformed_from"]
    flags = _oddities(email, address)
    failed = authentication_failed(email.auth, address)
    if failed:
        flags.append("auth_failed")
    look_alike = not contact and looks_like(domain_of(address), known_domains) is not None
    if look_alike:
        flags.append("look_alike")
    if failed or look_alike:
        return IdentityLevel.D, flags
    if not contact:
        return IdentityLevel.C, flags
    sure = in_thread and authentication_passed(email.auth, address)
    return (IdentityLevel.A if sure else IdentityLevel.B), flags


def authentication_passed(auth: SenderAuth, address: str) -> bool:
    """Say whether the sender's own domain vouches for the mail: DMARC, or a DKIM signature aligned with From."""
    return auth.dmarc == "pass" or (auth.dmarc != _FAILED and _aligned_dkim(auth, address))


def authentication_failed(auth: SenderAuth, address: str) -> bool:
    """Say whether a check failed and no aligned one passed. A check without result is not a failure."""
    if auth.dmarc == _FAILED:
        return True
    if authentication_passed(auth, address):
        return False
    return _FAILED in (auth.dkim, auth.spf)


def _aligned_dkim(auth: SenderAuth, address: str) -> bool:
    return (
        auth.dkim == "pass" and bool(auth.dkim_domain) and same_organisation(auth.dkim_domain or "", domain_of(address))
    )


def _oddities(email: InboundEmail, address: str) -> list[str]:
    flags = []
    if email.reply_to and not same_organisation(domain_of(email.reply_to), domain_of(address)):
        flags.append("reply_to_elsewhere")
    if email.auth.dkim == "pass" and not authentication_passed(email.auth, address):
        flags.append("unaligned_signature")
    return flags
