"""Rewrites the headers of a mail. What says by which way it came, or which program wrote it, is dropped; what means something stays.

A header whose words do not change is left as it is written, encoded words and folds included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.header import Header
from email.message import Message

from evals.capturing.folding import listed
from evals.capturing.redactor import Redactor
from mail.headers import decoded, text_of

_IDS = frozenset(
    {
        "message-id",
        "in-reply-to",
        "references",
        "content-id",
        "original-message-id",
        "x-original-message-id",
        "resent-message-id",
    }
)
_PEOPLE = frozenset({"from", "to", "cc", "reply-to", "sender", "resent-from", "resent-to", "bcc"})
_AS_IS = listed("""date mime-version content-transfer-encoding precedence auto-submitted x-auto-response-suppress importance priority x-priority
    content-language x-ai-generated feedback-type version arrival-date last-attempt-date action status x-failure-type""")
#: Read by what tells machines from people, or by what finds the way back. Rewritten as text.
_TEXT = listed("""subject thread-topic return-path delivered-to x-original-to envelope-to x-envelope-to x-failed-recipients list-id list-unsubscribe
    comments keywords content-description x-mailer user-agent authentication-results disposition-notification-to
    final-recipient original-recipient diagnostic-code remote-mta reporting-mta removal-recipient original-rcpt-to original-mail-from
    x-actual-recipient x-hmxmroriginalrecipient source-ip reported-domain x-autoreply x-autorespond x-auto-reply x-autoresponder
    x-auto-responder x-autoreply-from x-mail-autoreply x-autoreply-domain x-vacation x-out-of-office rt-ticket x-rt-loop-prevention x-otrs-loop
    x-zammad-ticket-id x-jira-fingerprint x-freshdesk-ticket x-fd-ticket x-zendesk-from-account-id x-servicenow-generated x-ticket-id
    x-post-messageclass x-ms-exchange-generated-message-source""")
#: Handled with the part that they describe.
_OF_PART = frozenset({"content-type", "content-disposition"})
_ANGLE = re.compile(r"<([^<>\s]{1,998})>")


def redact_headers(part: Message, redactor: Redactor, *, authserv_ids: Iterable[str], authserv_id: str) -> list[str]:
    """Rewrite all headers of a part in place; give the names of those that were dropped."""
    kept: list[tuple[str, str]] = []
    dropped: list[str] = []
    trusted = [name.lower() for name in authserv_ids]
    for name, raw in part.raw_items():
        lower = name.lower()
        value = str(raw)
        if lower in _AS_IS or lower in _OF_PART:
            kept.append((name, value))
        elif lower in _IDS:
            kept.append((name, _ids(value, redactor)))
        elif lower == "authentication-results":
            kept.append((name, _results(value, redactor, trusted, authserv_id)))
        elif lower in _PEOPLE or lower in _TEXT:
            kept.append((name, _words(name, value, redactor)))
        else:
            dropped.append(name)
    _put(part, kept)
    return dropped


def names_in(part: Message) -> list[str]:
    """Give the display names of a mail's headers."""
    found = []
    for name, raw in part.raw_items():
        if name.lower() in _PEOPLE:
            found += re.findall(r"(?:^|,)\s*\"?([^\"<>@]{2,80}?)\"?\s*<", text_of(str(raw)))
    return found


def texts_in(part: Message) -> list[str]:
    """Give what the headers say in words."""
    return [
        text_of(str(raw))
        for name, raw in part.raw_items()
        if name.lower() in ("subject", "thread-topic", "content-description")
    ]


def _put(part: Message, kept: list[tuple[str, str]]) -> None:
    for name in {name for name, _ in part.raw_items()}:
        del part[name]
    for name, value in kept:
        part[name] = value


def _ids(value: str, redactor: Redactor) -> str:
    if "<" in value:
        return _ANGLE.sub(lambda found: f"<{redactor.addresses.message_id(found[1])}>", " ".join(value.split()))
    return redactor.addresses.message_id(value.strip())


def _results(value: str, redactor: Redactor, trusted: list[str], authserv_id: str) -> str:
    """Keep what the results mean; the server that states them becomes the one that is trusted there too."""
    flat = " ".join(value.split())
    head, mark, rest = flat.partition(";")
    words = head.split()
    told = words[0].lower() if words else ""
    if "=" in told and "" in trusted:
        # Microsoft 365 names no server; the case's one does.
        words, told, rest, mark = [""], "", f" {flat}", ";"
    stated = [authserv_id if told in trusted else redactor.text(told), *words[1:]] if words else []
    # Comments name servers and accounts, and mean nothing.
    plain = re.sub(r"\((?:[^()]|\([^()]*\))*\)", "", rest)
    plain = re.sub(
        r"\b(smtp\.(?:auth|remote-ip|helo)|policy\.iprev|header\.(?:b|s)|smtp\.client-ip)=[^\s;]+", "", plain
    )
    fresh = re.sub(r"([\w.]+=)(\S+?)(?=[\s;]|$)", lambda f: f[1] + _stated(f[2], redactor), plain)
    return " ".join(stated) + mark + re.sub(r"\s+", " ", fresh)


def _stated(value: str, redactor: Redactor) -> str:
    if value.startswith("@"):
        return f"@{redactor.addresses.domain(value[1:])}"
    if "@" in value:
        return redactor.addresses.address(value.strip('<>"'))
    return redactor.addresses.domain(value) if "." in value else value


def _words(name: str, value: str, redactor: Redactor) -> str:
    """Replace in a header. What stood in encoded words stands in them again, so that a comma in a name stays one."""
    flat = re.sub(r"\r?\n(?=[ \t])", "", value)
    if "=?" not in flat:
        plain = decoded(flat)
        fresh = redactor.text(plain)
        return value if fresh == plain else fresh if fresh.isascii() else _loose(name, fresh)

    def word(found: re.Match[str]) -> str:
        plain = decoded(found.group())
        fresh = redactor.text(plain)
        return found.group() if fresh == plain else _encoded(fresh, re.findall(r"=\?([\w-]+)", found.group())[0])

    pieces = re.split(rf"({_ENCODED.pattern})", flat)
    fresh = "".join(
        _ENCODED.sub(word, piece) if _ENCODED.fullmatch(piece) else redactor.text(piece) for piece in pieces
    )
    return value if fresh == flat else fresh


_ENCODED = re.compile(r"=\?[\w-]+(?:\*[\w-]+)?\?[BbQq]\?[^?]*\?=(?:[ \t]+=\?[\w-]+(?:\*[\w-]+)?\?[BbQq]\?[^?]*\?=)*")


def _loose(name: str, value: str) -> str:
    """Encode what was raw bytes before. In a header of people the names alone: an address may not stand in an encoded word."""
    if name.lower() not in _PEOPLE:
        return _encoded(value, "utf-8")
    return re.sub(
        r'[^<>,;"]*[^\x00-\x7f][^<>,;"]*', lambda f: f" {_encoded(f.group().strip(), 'utf-8')} ", value
    ).strip()


def _encoded(value: str, charset: str) -> str:
    for name in (charset, "utf-8"):
        try:
            value.encode(name)
            return Header(value, name, maxlinelen=10_000).encode()
        except (LookupError, UnicodeError):
            continue
    return value.encode("ascii", "replace").decode()
