"""Read what our own mail server found out about the sender (RFC 8601).

Only the topmost Authentication-Results header counts, and only when it bears the name of a server that the
configuration trusts. Everything below it may have been written by the sender. A result that an attacker's own words may
have got into, or that does not agree with itself, is never a pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import Message

from mail.address import domain_of, registrable, same_organisation
from mail.cleaning import clean_line
from mail.headers import values
from store.inbound import SenderAuth

#: Stands among the trusted names for "a header without a name": Microsoft 365 writes none (see `mail.settings`).
NAMELESS = ""

_AUTHSERV_ID = re.compile(r"\s*(?:\([^()]*\)\s*)?([A-Za-z0-9._-]{1,253})\s*(?:\([^()]*\)\s*)?(?:1\s*)?;")
_RESULT = re.compile(r"\s*[a-z]{2,12}=[a-z]{3,20}\b")
#: Microsoft writes this without the `policy.` before it, which RFC 8601 demands.
_MICROSOFT = re.compile(r"(?<=\s)action=[a-z.]{1,20}(?=[\s;])")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
#: What the sender could choose. `header.d=good.example(.bad.example)` was one name when they wrote it, and is none.
_GIVEN = re.compile(r"\b(?:header\.(?:d|i|from)|smtp\.(?:mailfrom|helo))=(\"[^\"]*\"|<[^<>]*>|[^\s;]*)")
_NO_ADDRESS = re.compile(r"(smtp\.mailfrom)=(?:\"\"|<>)(?=[\s;]|$)")
_NOBODY = "nobody.invalid"
_VALUE = re.compile(r"(?:[^\s@()<>,;:\"\\\[\]]{0,200}@)?[A-Za-z0-9._-]{0,253}")


def sender_auth(
    top: Message, *, authserv_ids: Sequence[str], from_address: str | None
) -> tuple[SenderAuth, frozenset[str]]:
    """Give the trusted results and flags; all None without a trusted header.

    `dkim_domain` and `spf_domain` are set for an aligned pass only. Flags: `auth_untrusted` (results of a server that is not
    ours stand on top), `auth_unreadable`, `auth_injected`, `auth_mismatch`, `auth_unexplained`.
    """
    header = next(iter(values(top, "authentication-results")), None)
    if header is None or not authserv_ids:
        return SenderAuth(), frozenset()
    trusted = _trusted(header, authserv_ids)
    if trusted is None:
        return SenderAuth(), frozenset({"auth_untrusted"})
    if _CONTROL.search(header) or not all(_VALUE.fullmatch(value.strip('"<>')) for value in _GIVEN.findall(header)):
        return SenderAuth(), frozenset({"auth_injected"})
    if not header.isascii():
        return SenderAuth(), frozenset({"auth_unreadable"})
    try:
        return _read(trusted, domain_of(from_address or ""))
    except Exception:  # authres raises its own SyntaxError, ValueError or RecursionError
        return SenderAuth(), frozenset({"auth_unreadable"})


def _trusted(header: str, authserv_ids: Sequence[str]) -> str | None:
    """Give the header as RFC 8601 writes it, where it is one of ours."""
    named = _AUTHSERV_ID.match(header)
    if named is not None:
        return header if named[1].lower() in {name.lower() for name in authserv_ids if name != NAMELESS} else None
    if NAMELESS in authserv_ids and _RESULT.match(header):
        return "nameless.invalid; " + _MICROSOFT.sub("", header)
    return None


def _read(header: str, domain: str) -> tuple[SenderAuth, frozenset[str]]:
    import authres

    # Some servers end the last result with a semicolon, which RFC 8601 has only between results. And the empty address of
    # a report, quoted, makes authres take the next property for its value.
    plain = _NO_ADDRESS.sub(rf"\1={_NOBODY}", header.rstrip().rstrip(";"))
    results = authres.AuthenticationResultsHeader.parse_value(plain).results
    flags = set()
    dmarc = None
    for found in _of(results, "dmarc"):
        about = _property(found, "header", "from")
        if about and not same_organisation(domain_of(about), domain):
            flags.add("auth_mismatch")  # a verdict on another sender says nothing of this one
        elif dmarc in (None, "pass"):
            dmarc = _result(found)
    signatures = [(_result(found), _signer(found)) for found in _of(results, "dkim")]
    if len(signatures) > 1 and any(verdict == "none" for verdict, _ in signatures):
        flags.add("auth_injected")  # "not signed" and a signature: one of them the sender wrote, below our own
    envelopes = [(_result(found), _envelope(found)) for found in _of(results, "spf")]
    if dmarc == "pass" and not _explained(signatures, envelopes, domain):
        flags.add("auth_unexplained")
    dkim, dkim_domain = _chosen(signatures, domain)
    spf, spf_domain = _chosen([pair for pair in envelopes if pair[1] != _HELO], domain)
    auth = SenderAuth(
        dmarc=_word(dmarc), dkim=_word(dkim), dkim_domain=dkim_domain, spf=_word(spf), spf_domain=spf_domain
    )
    return auth, frozenset(flags)


#: Stands for a result about the greeting (HELO) instead of an address; it never speaks for a sender.
_HELO = "(helo)"


def _signer(result: object) -> str:
    return (_property(result, "header", "d") or domain_of(_property(result, "header", "i"))).lower()


def _envelope(result: object) -> str:
    """Give the domain that SPF was asked about: that of MAIL FROM, or a mark where it was the greeting alone."""
    if _has(result, "smtp", "mailfrom"):
        domain = domain_of(_property(result, "smtp", "mailfrom"))
        return domain if domain and domain != _NOBODY else _HELO
    return _HELO if _has(result, "smtp", "helo") else ""


def _explained(signatures: list[tuple[str, str]], envelopes: list[tuple[str, str]], domain: str) -> bool:
    """Say whether a DMARC pass can follow from what stands beside it (RFC 7489, 3.1); where nothing does, it may.

    A result that does not say whom it is about may be the one.
    """
    evidence = [*signatures, *envelopes]
    return not evidence or any(
        verdict == "pass" and (not about or registrable(about) == registrable(domain)) for verdict, about in evidence
    )


def _chosen(found: list[tuple[str, str]], domain: str) -> tuple[str | None, str | None]:
    """Choose the result that speaks for the sender: an aligned pass, else any pass, else the first."""
    for verdict, about in found:
        if verdict == "pass" and domain and same_organisation(about, domain):
            return verdict, clean_line(about)
    if any(verdict == "pass" for verdict, _ in found):
        return "pass", None
    return (found[0][0], None) if found else (None, None)


def _of(results: list[object], method: str) -> list[object]:
    return [result for result in results if getattr(result, "method", None) == method]


def _result(result: object) -> str:
    return str(getattr(result, "result", "")).lower()


def _has(result: object, kind: str, name: str) -> bool:
    return any(found.type == kind and found.name == name for found in getattr(result, "properties", ()))


def _property(result: object, kind: str, name: str) -> str:
    for found in getattr(result, "properties", ()):
        if found.type == kind and found.name == name:
            return str(found.value or "").strip("<>")
    return ""


def _word(value: object) -> str | None:
    return clean_line(str(value), limit=32).lower() if value else None
