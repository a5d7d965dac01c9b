"""The Sent folder on an IMAP server: where it is; and which mails of a folder have a Message-ID. Reads only."""

from __future__ import annotations

import re

from imapclient import IMAPClient
from imapclient.imapclient import SENT

from mail.settings import MailboxSettings

#: A Message-ID that can stand in a SEARCH command as it is. Ours always can.
_PLAIN_ID = re.compile(r"<[^<>\s\"\\(){}%*\x00-\x1f\x7f-\U0010ffff]+>")


def find_folder(client: IMAPClient, settings: MailboxSettings) -> str | None:
    """Give the Sent folder of the settings, else the one that the server marks for it (RFC 6154) or names so."""
    if settings.sent_folder:
        return settings.sent_folder
    folder = client.find_special_folder(SENT)
    return str(folder) if folder is not None else None


def holds(client: IMAPClient, message_id: str) -> bool:
    """Say whether the open folder holds a mail with this Message-ID. Raises ValueError for a malformed one."""
    return bool(find(client, message_id))


def find(client: IMAPClient, message_id: str) -> list[int]:
    """Give the mails of the open folder with this Message-ID. Raises ValueError for a malformed one.

    Hits are looked at again: some servers answer a header search loosely, and a false hit would pass for "was sent".
    """
    if not _PLAIN_ID.fullmatch(message_id):
        raise ValueError("a Message-ID must be <...> without spaces or quotes")
    hits = client.search(["HEADER", "Message-ID", message_id])
    wanted = message_id.encode("ascii")
    return [
        uid
        for uid, item in client.fetch(hits[-50:], ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]).items()
        if any(
            key.startswith(b"BODY[HEADER") and isinstance(value, bytes) and wanted in value
            for key, value in item.items()
        )
    ]
