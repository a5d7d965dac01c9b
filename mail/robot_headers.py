"""What the headers say about who wrote: a program or a person (RFC 3834, RFC 8098, and the habits of mail programs).

No header here says what a mail is about, and one that is missing proves nothing: most robots set none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from mail.headers import first, message_id, sender, text_of, values
from store.inbound import MACHINE_MADE
from store.no_reply import is_no_reply

_BULK = frozenset({"bulk", "list", "junk"})
_ROBOT_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-auto-reply",
    "x-autoresponder",
    "x-auto-responder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-autoreply-domain",
    "x-vacation",
    "x-out-of-office",
)
#: Ticket systems: robots answer through them, and so do people.
_TICKET_FIELDS = (
    "rt-ticket",
    "x-rt-loop-prevention",
    "x-otrs-loop",
    "x-zammad-ticket-id",
    "x-jira-fingerprint",
    "x-freshdesk-ticket",
    "x-fd-ticket",
    "x-zendesk-from-account-id",
    "x-servicenow-generated",
    "x-ticket-id",
)
_TICKET_MAILERS = re.compile(
    r"zendesk|freshdesk|otrs|znuny|zammad|servicenow|jira|help ?scout|kayako|osticket|freescout|request tracker|mantis|glpi",
    re.IGNORECASE,
)
#: Programs that people type in.
_TYPED_IN = re.compile(
    r"outlook|thunderbird|apple mail|iphone mail|ipad mail|airmail|evolution|kmail|mutt|emclient|em client|spark|roundcube|horde|claws|lotus|webmail|k-9|fairemail",
    re.IGNORECASE,
)
_SAID_NO = ("", "no", "false", "0")


def is_bulk(top: Message) -> bool:
    """Say whether the mail went to a list of people (RFC 2919, RFC 2369, or the old Precedence)."""
    return bool(values(top, "list-id") or values(top, "list-unsubscribe")) or _precedence(top) in _BULK


def null_sender(top: Message) -> bool:
    """Say whether the envelope sender was empty, as it is for reports and robots (RFC 5321, 4.5.5; RFC 3834, 3.3)."""
    return first(top, "return-path").strip() == "<>"


def machine_flags(top: Message) -> set[str]:
    """Flag what a program sent or worded: such a mail is never answered twice in a row, whatever it says.

    `X-AI-Generated` is our own header: two dunwells that write to each other know each other by it.
    """
    address = sender(top).address
    worded = _submitted(top) not in ("", "no") or first(top, "x-ai-generated").strip().lower() not in _SAID_NO
    marked = any(name in ("x_autoreply", "precedence_reply", "null_sender", "receipt") for name in header_marks(top))
    return {MACHINE_MADE} if worded or marked or bool(address and is_no_reply(address)) else set()


def header_marks(top: Message) -> Iterator[str]:
    """Name the marks that the headers show; `mail.robots` knows what each weighs."""
    submitted = _submitted(top)
    if submitted in ("auto-replied", "auto-notified", "vacation", "yes", "auto"):
        yield "auto_replied"
    elif submitted not in ("", "no"):
        yield "auto_generated"
    if _precedence(top).replace("-", "_") in ("auto_reply", "auto_response"):
        yield "precedence_reply"
    if any(first(top, name).strip().lower() not in _SAID_NO for name in _ROBOT_FIELDS) or _delivered_by_robot(top):
        yield "x_autoreply"
    if "disposition-notification" in first(top, "content-type").lower():
        yield "receipt"
    if null_sender(top):
        yield "null_sender"
    yield from _weak_marks(top)


def _weak_marks(top: Message) -> Iterator[str]:
    mailer = text_of(first(top, "x-mailer") or first(top, "user-agent"))
    if first(top, "x-auto-response-suppress").strip():
        yield "suppresses_replies"
    if (
        _precedence(top) in _BULK
        or "mailbox rules agent" in first(top, "x-ms-exchange-generated-message-source").lower()
    ):
        yield "sent_by_rule"
    if any(values(top, name) for name in _TICKET_FIELDS) or _TICKET_MAILERS.search(mailer):
        yield "ticket_system"
    elif _TYPED_IN.search(mailer):
        yield "typed_in"
    address = sender(top).address
    if address and is_no_reply(address):
        yield "no_reply_sender"
    if message_id(top, "in-reply-to") is None and not values(top, "references"):
        yield "no_thread"


def _delivered_by_robot(top: Message) -> bool:
    return (
        first(top, "delivered-to").strip().lower() == "autoresponder"
        or "autoresponder" in first(top, "x-post-messageclass").lower()
    )


def _submitted(top: Message) -> str:
    return first(top, "auto-submitted").split(";")[0].split("(")[0].strip().lower()


def _precedence(top: Message) -> str:
    return first(top, "precedence").strip().lower()
