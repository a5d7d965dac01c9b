"""Tells the notes of ours, with which a conversation begins where we wrote first, from mails. A note is stored where a mail would be.

Whoever counts, lists or shows mails leaves the notes out: nobody wrote them.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, not_
from sqlmodel import col

from store.tables import Message

#: How the content key of a note begins. That of a mail is a hash.
MARK = "outreach:"


def a_mail() -> ColumnElement[bool]:
    """Give the condition that leaves the notes out."""
    return not_(col(Message.content_key).startswith(MARK))


def is_note(message: Message) -> bool:
    """Say whether a stored message is a note of ours."""
    return message.content_key.startswith(MARK)
