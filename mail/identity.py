"""How sure we are who wrote: the levels A to D. Code alone decides this; no model is asked and no display name believed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from mail.address import domain_of, same_organisation
from mail.lookalike import looks_like
from store.inbound import InboundEmail
from store.vocabulary import IdentityLevel

#: What `mail.authentication` found wrong with the results themselves: somebody wrote into them, or they are of another.
_FORGED = frozenset({"auth_injected", "auth_mismatch", "auth_untrusted"})
#: Results that cannot be relied on, without a sign that anybody meant harm.
_UNCLEAR = frozenset({"auth_unreadable", "auth_unexplained"})
_FAILS = frozenset({"fail", "hardfail"})


class Proof(Enum):
    """What our mail server's results say about the domain in From.

    PROVEN: DMARC passed, or a DKIM signature of the domain did. SUPPORTED: SPF passed for the domain itself. SILENT: nothing was
    found, either way. DOUBTFUL: what passed is another's, or the domain says "probably not ours" (softfail). FAILED: a check
    failed and no aligned one passed, or the results were tampered with.
    """

    PROVEN = auto()
    SUPPORTED = auto()
    SILENT = auto()
    DOUBTFUL = auto()
    FAILED = auto()


def judge(
    email: InboundEmail, *, contact: bool, in_thread: bool, known_domains: Iterable[str]
) -> tuple[IdentityLevel, list[str]]:
    """Give the level and the flags that explain it.

    `contact`: the sender's address is a contact of the matched customer. `in_thread`: the mail answers one of ours.
    """
    address = email.from_address
    if address is None:
        return IdentityLevel.D, ["malformed_from"]
    proof = proof_of(email)
    flags = _oddities(email, address, proof)
    look_alike = not contact and looks_like(domain_of(address), known_domains) is not None
    if look_alike:
        flags.append("look_alike")
    if proof is Proof.FAILED or look_alike:
        return IdentityLevel.D, flags
    if not contact or proof is Proof.DOUBTFUL:
        return IdentityLevel.C, flags
    return (IdentityLevel.A if in_thread and proof is Proof.PROVEN else IdentityLevel.B), flags


def proof_of(email: InboundEmail) -> Proof:
    """Weigh the results. A check without a result is no failure; a pass that speaks for somebody else is none either."""
    auth, flags, address = email.auth, set(email.flags), email.from_address or ""
    if flags & _FORGED or auth.dmarc in _FAILS:
        return Proof.FAILED
    if (auth.dmarc == "pass" and "auth_unexplained" not in flags) or _aligned(auth.dkim, auth.dkim_domain, address):
        return Proof.PROVEN
    if _aligned(auth.spf, auth.spf_domain, address):
        return Proof.SUPPORTED
    if _FAILS & {auth.dkim, auth.spf}:
        return Proof.FAILED
    if flags & _UNCLEAR or "pass" in (auth.dkim, auth.spf) or auth.spf == "softfail":
        return Proof.DOUBTFUL
    return Proof.SILENT


def works(email: InboundEmail) -> bool:
    """Say whether this mail shows that its sender's address works: it surely came from there."""
    return email.from_address is not None and proof_of(email) is Proof.PROVEN


def _aligned(verdict: str | None, domain: str | None, address: str) -> bool:
    return verdict == "pass" and bool(domain) and same_organisation(domain or "", domain_of(address))


def _oddities(email: InboundEmail, address: str, proof: Proof) -> list[str]:
    flags = []
    if email.reply_to and not same_organisation(domain_of(email.reply_to), domain_of(address)):
        flags.append("reply_to_elsewhere")
    if email.auth.dkim == "pass" and proof is not Proof.PROVEN:
        flags.append("unaligned_signature")
    if proof is Proof.DOUBTFUL:
        flags.append("auth_doubtful")
    if proof is Proof.FAILED:
        flags.append("auth_failed")
    return flags
