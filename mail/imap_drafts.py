"""The Drafts folder on an IMAP server. Adds drafts of ours and takes them away again; never touches any other mail.

A draft is known by its Message-ID, which nobody can guess. It is looked up before it is added, so that a crash adds none twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from imapclient.imapclient import DRAFTS

from mail.drafts import MOST_BYTES, Removal, text_of, words_digest
from mail.imap_connect import connect, explain, hang_up, log_out
from mail.imap_sent import find
from mail.mailbox import MailboxError
from mail.oauth import shared_tokens
from mail.settings import SPECIAL_DRAFTS, MailboxSettings


class ImapDrafts:
    """The Drafts folder of one mailbox, with a connection of its own. For one thread at a time."""

    def __init__(self, settings: MailboxSettings) -> None:
        """Keep the settings; nothing is opened yet."""
        self._settings = settings
        self._tokens = shared_tokens(settings.oauth) if settings.oauth else None
        self._client: IMAPClient | None = None

    def add(self, raw: bytes, message_id: str) -> None:
        """Put a draft there unless one with this Message-ID is there already. Raises MailboxError."""
        with self._explained("filing a draft"):
            client, folder = self._open()
            if not find(client, message_id):
                client.append(folder, raw, flags=(b"\\Draft", b"\\Seen"))

    def remove(self, message_id: str, *, words_sha256: str) -> Removal:
        """Take a draft away, where its words are still ours. Raises MailboxError."""
        with self._explained("taking a draft away"):
            client, _ = self._open()
            found = find(client, message_id)
            ours = [uid for uid in found if self._words(client, uid) == words_sha256]
            if ours:
                self._expunge(client, ours)
            if len(ours) < len(found):
                return Removal.KEPT
            return Removal.REMOVED if found else Removal.GONE

    def probe(self) -> str:
        """Open the folder and give its name; changes nothing. Raises MailboxError."""
        with self._explained("opening the Drafts folder"):
            return self._open()[1]

    def close(self) -> None:
        """Log out, quietly."""
        client, self._client = self._client, None
        if client is not None:
            log_out(client)

    def _open(self) -> tuple[IMAPClient, str]:
        if self._client is None:
            self._client = connect(self._settings, self._tokens)
        client, folder = self._client, self._settings.drafts_folder
        if folder == SPECIAL_DRAFTS:
            folder = client.find_special_folder(DRAFTS)
        if not folder:
            raise MailboxError(
                f"mailbox {self._settings.name}: the server marks no Drafts folder: name it in drafts_folder"
            )
        # Opened anew each time: an open folder may not show what was filed a moment ago.
        client.select_folder(folder)
        return client, str(folder)

    def _words(self, client: IMAPClient, uid: int) -> str | None:
        size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0)
        if size > MOST_BYTES:
            return None
        raw = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        return words_digest(text_of(raw)) if isinstance(raw, bytes) else None

    def _expunge(self, client: IMAPClient, uids: list[int]) -> None:
        """Delete these and no others: without UIDPLUS (RFC 4315) an EXPUNGE takes whatever anybody has marked as deleted."""
        if client.has_capability("UIDPLUS"):
            client.delete_messages(uids, silent=True)
            client.expunge(uids)
            return
        others = set(client.search(["DELETED"])) - set(uids)
        client.delete_messages(uids, silent=True)
        if not others:
            client.expunge()

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        try:
            yield
        except MailboxError:
            raise
        except (IMAPClientError, OSError, ValueError, LookupError, AssertionError) as error:
            client, self._client = self._client, None
            if client is not None:
                hang_up(client)
            raise explain(self._settings, error, doing) from error
