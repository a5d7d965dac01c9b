"""Read what our own mail server found out about the sender (RFC 8601).

Only the topmost Authentication-Results header counts, and only when it bears the name of a server that the
configuration trusts. Everything below it may have been written by the sender.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import Message

from mail.address import domain_of, same_organisation
from mail.cleaning import clean_line
from mail.headers import values
from store.inbound import SenderAuth

_AUTHSERV_ID = re.compile(r"\s*(?:\([^()]*\)\s*)?([A-Za-z0-9._-]{1,253})\s*(?:\([^()]*\)\s*)?(?:1\s*)?;")


def sender_auth(
    top: Message, *, authserv_ids: Sequence[str], from_address: str | None
) -> tuple[SenderAuth, frozenset[str]]:
    """Give the trusted results and flags; all None without a trusted header. `dkim_domain` is set for an aligned pass only."""
    header = next(iter(values(top, "authentication-results")), "")
    named = _AUTHSERV_ID.match(header)
    trusted = {name.lower() for name in authserv_ids}
    if named is None or named[1].lower() not in trusted or not header.isascii():
        return SenderAuth(), frozenset()
    try:
        return _read(header, domain_of(from_address or ""))
    except Exception:  # authres raises its own SyntaxError, ValueError or RecursionError
        return SenderAuth(), frozenset({"auth_unreadable"})


def _read(header: str, domain: str) -> tuple[SenderAuth, frozenset[str]]:
    import authres

    results = authres.AuthenticationResultsHeader.parse_value(header).results
    flags = set()
    dmarc = None
    for found in _of(results, "dmarc"):
        about = _property(found, "header", "from")
        if about and domain_of(about) != domain:
            flags.add("auth_mismatch")  # a verdict on another sender says nothing of this one
        elif dmarc in (None, "pass"):
            dmarc = _result(found)
    dkim = _dkim(_of(results, "dkim"), domain)
    spf = next((_result(found) for found in _of(results, "spf")), None)
    auth = SenderAuth(dmarc=_word(dmarc), dkim=_word(dkim[0]), dkim_domain=dkim[1], spf=_word(spf))
    return auth, frozenset(flags)


def _dkim(found: list[object], domain: str) -> tuple[str | None, str | None]:
    """Choose the signature that speaks for the sender: an aligned pass, else any pass, else the first."""
    signatures = []
    for result in found:
        signer = _property(result, "header", "d") or domain_of(_property(result, "header", "i"))
        signatures.append((_result(result), signer.lower()))
    for verdict, signer in signatures:
        if verdict == "pass" and domain and same_organisation(signer, domain):
            return verdict, clean_line(signer)
    if any(verdict == "pass" for verdict, _ in signatures):
        return "pass", None
    return (signatures[0][0], None) if signatures else (None, None)


def _of(results: list[object], method: str) -> list[object]:
    return [result for result in results if getattr(result, "method", None) == method]


def _result(result: object) -> str:
    return str(getattr(result, "result", ""))


def _property(result: object, kind: str, name: str) -> str:
    for found in getattr(result, "properties", ()):
        if found.type == kind and found.name == name:
            return str(found.value or "")
    return ""


def _word(value: object) -> str | None:
    return clean_line(str(value), limit=32).lower() if value else None
