"""Step 2 of a reply's way: raw bytes to an InboundEmail.

Pure: no clock, no network, no files. Never raises for any bytes: what cannot be read becomes a message of kind UNREADABLE with
a reason that a person understands. For mail from outside use `mail.sandbox.Parser`, which runs this in a killable child.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.message import Message

from mail import headers
from mail.absence import read_absence
from mail.authentication import sender_auth
from mail.body import Body, body_of
from mail.bounce import read_bounce, read_complaint
from mail.caps import Refused, read_tree
from mail.cleaning import INVISIBLE, clean, clean_line
from mail.parts import Parts, take_apart
from mail.quotes import Split, split
from mail.robot_headers import is_bulk, machine_flags
from mail.robots import is_auto_reply
from store.inbound import BULK, AutoReply, Bounce, InboundEmail
from store.vocabulary import MessageKind

_GLIMPSE = 64 * 1024


def parse(raw: bytes, *, received_at: datetime, authserv_ids: Sequence[str] = ()) -> InboundEmail:
    """Parse one mail. `authserv_ids` name the servers whose Authentication-Results are believed."""
    try:
        return _parse(raw, received_at=received_at, authserv_ids=authserv_ids)
    except Refused as refused:
        return unreadable(raw, str(refused))
    except RecursionError:
        return unreadable(raw, "the mail is nested too deeply to be read")
    except MemoryError:
        return unreadable(raw, "reading the mail needs more memory than is allowed")
    except Exception as error:  # any bytes may come; the class is named, the text may be the sender's
        return unreadable(raw, f"the mail could not be read ({type(error).__name__})")


def unreadable(raw: bytes, reason: str) -> InboundEmail:
    """Give a message of kind UNREADABLE with the few headers that can be had by looking at the first bytes only."""
    block = re.split(rb"\r?\n\r?\n", raw[:_GLIMPSE], maxsplit=1)[0]
    seen = {name: _glimpse(block, name) for name in (b"message-id", b"from", b"subject")}
    return InboundEmail(
        kind=MessageKind.UNREADABLE,
        message_id=next(iter(headers.message_ids(seen[b"message-id"])), None),
        from_raw=seen[b"from"],
        subject=seen[b"subject"],
        unreadable_reason=clean_line(reason, limit=300),
    )


def date_of(raw: bytes) -> datetime | None:
    """Give the Date header in UTC by looking at the first bytes only; None where there is none that can be."""
    block = re.split(rb"\r?\n\r?\n", raw[:_GLIMPSE], maxsplit=1)[0]
    head = Message()
    head["Date"] = _glimpse(block, b"date")
    moment = headers.sent_at(head)
    return moment if moment is not None and 1970 <= moment.year < 3000 else None


def _glimpse(block: bytes, name: bytes) -> str:
    match = re.search(rb"(?im)^" + name + rb":([^\r\n]{0,500})", block)
    return clean_line(match[1].decode("utf-8", "replace")) if match else ""


def _parse(raw: bytes, *, received_at: datetime, authserv_ids: Sequence[str]) -> InboundEmail:
    top = read_tree(raw)
    sender = headers.sender(top)
    reply_to, elsewhere = headers.reply_to(top, sender.address)
    auth, auth_flags = sender_auth(top, authserv_ids=authserv_ids, from_address=sender.address)
    subject, odd = clean(headers.text_of(headers.first(top, "subject")))
    parts = take_apart(top)
    body = body_of(parts.texts) if parts.texts else Body("", frozenset())
    recipients = headers.recipients(top)
    words = _words(body, subject=subject, ours=(*recipients, *headers.recipient_names(top)))
    flags = sender.flags | auth_flags | body.flags | words.flags | parts.flags | odd
    flags |= _noticed(top, elsewhere=elsewhere, raw_subject=headers.first(top, "subject"))
    if parts.outside:
        flags |= {"hidden_text"}
    reason = _locked(parts, body) or _no_mail(top)
    kind, bounce, auto_reply = _kind(top, subject=subject, words=words, sender=sender.address, received_at=received_at)
    if kind is MessageKind.BOUNCE:
        flags -= {"plain_html_differ"}  # mail systems write two versions of a bounce, and nobody reads either
    return InboundEmail(
        kind=MessageKind.UNREADABLE if reason else kind,
        message_id=headers.message_id(top),
        in_reply_to=headers.message_id(top, "in-reply-to"),
        references=headers.references(top),
        from_address=sender.address,
        from_name=sender.name,
        from_raw=sender.raw,
        reply_to=reply_to,
        to=recipients,
        delivered_to=headers.delivered_to(top),
        subject=subject,
        sent_at=headers.sent_at(top),
        new_text=words.new_text,
        quoted_text=words.quoted_text,
        signature=words.signature,
        hidden_text="\n".join(part for part in (body.hidden, parts.outside) if part),
        flags=tuple(sorted(flags)),
        attachments=tuple(parts.attachments),
        bounce=bounce,
        auto_reply=auto_reply,
        auth=auth,
        unreadable_reason=reason,
    )


def _words(body: Body, *, subject: str, ours: Sequence[str]) -> Split:
    """Split the chosen text; where no quotation or no answer is found in it, look whether the HTML shows one."""
    chosen = split(body.text, subject=subject, recipients=ours, history_line=body.history_line)
    if body.other is None or "forwarded" in chosen.flags or "inline_answers" in chosen.flags:
        return chosen
    seen = split(body.other.text, subject=subject, recipients=ours, history_line=body.other.history_line)
    if chosen.quoted_text:
        return seen if "inline_answers" in seen.flags else chosen  # the HTML knows where quotations end, and colours
    return seen if seen.quoted_text and seen.new_text else chosen


def _noticed(top: Message, *, elsewhere: bool, raw_subject: str) -> set[str]:
    flags = set()
    if elsewhere:
        flags.add("reply_to_elsewhere")
    flags |= machine_flags(top)
    if is_bulk(top):
        flags.add(BULK)
    if any(INVISIBLE in clean(headers.decoded(raw))[1] for raw in (raw_subject, headers.first(top, "from"))):
        flags.add(INVISIBLE)
    return flags


#: One of these is in every mail; what has none of them is another kind of file.
_NEEDED = re.compile(
    "from|to|cc|subject|date|message-id|received|return-path|delivered-to|content-type|mime-version|reply-to|sender"
    "|in-reply-to|references|x-.+",
    re.IGNORECASE,
)


def _no_mail(top: Message) -> str | None:
    if not any(_NEEDED.fullmatch(name) for name, _ in top.raw_items()):
        return "this is no mail: it has none of the headers that a mail has"
    return None


def _locked(parts: Parts, body: Body) -> str | None:
    if parts.encrypted and not body.text.strip():
        return "the mail is encrypted or sealed (S/MIME or PGP): open it in a mail program that has the key"
    return None


def _kind(
    top: Message, *, subject: str, words: Split, sender: str | None, received_at: datetime
) -> tuple[MessageKind, Bounce | None, AutoReply | None]:
    """Tell what the mail is, most telling mark first."""
    if complaint := read_complaint(top):
        return MessageKind.COMPLAINT, complaint, None
    if bounce := read_bounce(top):
        return MessageKind.BOUNCE, bounce, None
    if is_auto_reply(top, subject=subject, new_text=words.new_text, quoted_text=words.quoted_text):
        absence = read_absence(words.new_text, received_on=received_at.date(), from_address=sender)
        return MessageKind.AUTO_REPLY, None, absence
    return MessageKind.REPLY, None, None
