"""What doctor says about proving senders: whether results of checks are believed, and whether those in the mails are the right ones."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes

from sqlmodel import Session, col, select

from agent.config import Settings
from mail.headers import first
from mail.settings import MailboxSettings, is_microsoft
from store import messages
from store.own_notes import a_mail
from store.tables import Message
from store.vocabulary import MessageKind

#: So many of the newest mails are looked at.
_NEWEST = 30
#: Results stand at the top.
_HEAD = 64 * 1024
_NAME = re.compile(r"\s*([A-Za-z0-9._-]{1,253})\s*(?:1\s*)?;")


def proof_of_senders(settings: Settings, mailbox: MailboxSettings) -> str:
    """Say how senders are proven in a mailbox. Raises ValueError where the settings cannot be right."""
    if not mailbox.trusted_results:
        told = (
            "authserv_id is not set: no sender is ever proven (level A), and a forged one is told by its domain alone"
        )
        if is_microsoft(mailbox.host):
            return f"{told}. Microsoft 365 names no server in its results: set trust_nameless_results = true"
        return f"{told}. Set it to the name that your mail server writes first in Authentication-Results"
    believed, untrusted = _looked_at(settings, mailbox)
    named = " and ".join([*mailbox.authserv_id, *(["Microsoft 365"] if mailbox.trust_nameless_results else [])])
    if untrusted and not believed:
        others = ", ".join(f"{name} ({count})" for name, count in untrusted.most_common(3))
        raise ValueError(
            f"mailboxes.{mailbox.name}.authserv_id: none of the newest mails has results of {named} on top, but of {others}: "
            "name your own server, or no sender is believed"
        )
    strange = f"; {untrusted.total()} had results of another server on top" if untrusted else ""
    return f"results of {named} are believed ({believed} of the newest mails have them{strange})"


def reply_token(mailbox: MailboxSettings) -> str:
    """Say what plus addressing needs: that is for a person to try, as any server may accept and then drop."""
    local, _, domain = mailbox.address.rpartition("@")
    return f"answers come to {local}+TOKEN@{domain}: send a mail to {local}+test@{domain} once and see that it arrives here"


def _looked_at(settings: Settings, mailbox: MailboxSettings) -> tuple[int, Counter[str]]:
    from store.engine import open_engine, unit_of_work

    engine = open_engine(settings.store.url)
    try:
        with unit_of_work(engine) as session:
            return _counted(session, mailbox.name)
    finally:
        engine.dispose()


def _counted(session: Session, mailbox: str) -> tuple[int, Counter[str]]:
    newest = select(Message).where(Message.mailbox == mailbox, a_mail()).order_by(col(Message.id).desc()).limit(_NEWEST)
    believed, untrusted = 0, Counter[str]()
    for row in session.exec(newest):
        if row.parsed.get("kind") == MessageKind.UNREADABLE or row.id is None:
            continue
        auth = row.parsed.get("auth") or {}
        believed += any(auth.get(method) for method in ("dmarc", "dkim", "spf"))
        if "auth_untrusted" in (row.parsed.get("flags") or ()):
            header = first(message_from_bytes(messages.raw(session, row.id)[:_HEAD]), "authentication-results")
            named = _NAME.match(header)
            untrusted[named[1].lower() if named else "a server without a name"] += 1
    return believed, untrusted
