"""A mailbox on an IMAP server, read in UID order.

The folder is opened read-only and mails are fetched with PEEK: the seen flag stays with people. Nothing is moved or deleted; the one
thing ever written to the folder is the keyword of `mark_stored`, and to the Sent folder a copy of what was sent.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mail.imap_connect import connect, cut_off, explain, hang_up, log_out
from mail.imap_fetch import BATCH_MAILS, Fetching, ask_sizes, uids_after
from mail.imap_sent import find_folder, holds
from mail.imap_wait import announces_mail, idle_for_news
from mail.mailbox import MailboxError, Place, RawMail
from mail.oauth import shared_tokens
from mail.settings import MailboxSettings

log = logging.getLogger(__name__)


class ImapMailbox:
    """One folder on an IMAP server. For one thread at a time; `wake` and `close` may be called from any other."""

    def __init__(self, settings: MailboxSettings) -> None:
        self.name = settings.name
        self._settings = settings
        self._tokens = shared_tokens(settings.oauth) if settings.oauth else None
        self._client: IMAPClient | None = None
        self._opened: str | None = None
        self._validity: int | None = None
        self._told: int | None = None
        self._exists = 0
        self._uid_next = 1
        self._highest: int | None = None
        self._can_mark = bool(settings.mark)
        self._fetching = Fetching(settings)
        self._using = threading.RLock()
        self._woken = threading.Event()

    def uidvalidity(self) -> int:
        """Connect when needed and give the folder's UIDVALIDITY. Raises MailboxError."""
        with self._explained(f"opening folder {self._settings.folder}"):
            self._open()
            assert self._validity is not None
            if self._told not in (None, self._validity):
                log.warning("mailbox %s: UIDVALIDITY changed, the folder is read from its start", self.name)
                self._fetching.failures.clear()
            self._told, self._highest = self._validity, None
            return self._told

    def fetch_after(self, uid: int) -> Iterator[Sequence[RawMail]]:
        """Give the mails with a UID above `uid`, oldest first, in small batches. A mail that vanished meanwhile is left out.

        Raises MailboxError; also when the server renumbered the folder since `uidvalidity` was asked.
        """
        with self._explained("looking for mail"):
            client = self._open_as_told()
            uids = uids_after(client, uid, exists=self._exists, uid_next=self._uid_next)
            self._highest = max([uid, *uids[-1:]])
        for start in range(0, len(uids), BATCH_MAILS):
            part = uids[start : start + BATCH_MAILS]
            with self._explained("asking for sizes"):
                known = ask_sizes(self._open_as_told(), part)
            for group in self._fetching.groups(known):
                with self._explained("fetching mail"):
                    mails = self._fetching.mails(self._open_as_told(), group, place=self._place)
                if mails:
                    yield mails

    def mark_stored(self, uids: Sequence[int]) -> None:
        """Set the keyword on mails that are committed to the store. Losing a mark does no harm, so no error is raised."""
        if not self._can_mark or not uids:
            return
        try:
            with self._explained("marking stored mail"):
                self._mark(self._open_as_told(), sorted(uids))
        except MailboxError as error:
            log.warning("%s", error)

    def wait(self, seconds: float) -> None:
        """Return when new mail may have come or `wake` was called, at the latest after `seconds`. Raises MailboxError."""
        try:
            if self._woken.is_set():
                return
            with self._explained("waiting for mail"):
                client = self._open_as_told()
                if self._has_unlisted(client):
                    return
                if client.has_capability("IDLE"):
                    idle_for_news(client, seconds=seconds, woken=self._woken)
                    return
            self._woken.wait(seconds)
        finally:
            self._woken.clear()

    def wake(self) -> None:
        """Make a running or the next `wait` return at once. Safe from any thread."""
        self._woken.set()

    def sent_folder(self) -> tuple[str, ImapMailbox] | None:
        """Give the Sent folder's name, and that folder as a mailbox of its own; None where there is none. Raises MailboxError."""
        with self._explained("looking for the Sent folder"):
            folder = find_folder(self._connected(), self._settings)
        if folder is None:
            return None
        return folder, ImapMailbox(self._settings.model_copy(update={"folder": folder, "mark": ""}))

    def uid_before(self, day: date) -> int:
        """Give a UID up to which no mail is as new as this day (RFC 9051, 6.4.4: SINCE). Raises MailboxError."""
        with self._explained("looking for the newest mail"):
            found = self._open_as_told().search(["SINCE", day])
            return min(found, default=self._uid_next) - 1

    def find_sent(self, message_id: str) -> bool | None:
        """Say whether the Sent folder holds this Message-ID; None where there is no Sent folder. Raises MailboxError."""
        with self._explained("looking into the Sent folder"):
            client = self._connected()
            folder = find_folder(client, self._settings)
            if folder is None:
                return None
            # Opened anew each time: an open folder may not show what was filed a moment ago.
            self._opened = None
            client.select_folder(folder, readonly=True)
            return holds(client, message_id)

    def file_sent(self, raw: bytes, message_id: str) -> bool:
        """Put a copy into the Sent folder unless it is there already; True when it is there afterwards.

        Never appends where the provider keeps its own copy. Raises MailboxError.
        """
        there = self.find_sent(message_id)
        if there is None or there or self._settings.files_sent_itself:
            return bool(there)
        with self._explained("filing into the Sent folder"):
            client = self._connected()
            client.append(find_folder(client, self._settings), raw, flags=(b"\\Seen",))
        return True

    def close(self) -> None:
        """Log out, quietly. From another thread: ends a `wait`, and cuts off a command that runs longer than 3 s."""
        self._woken.set()
        if self._using.acquire(timeout=3):
            try:
                client, self._client, self._opened = self._client, None, None
                if client is not None:
                    log_out(client)
            finally:
                self._using.release()
        elif (stuck := self._client) is not None:
            cut_off(stuck)

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        """Hold the connection for one exchange; whatever goes wrong drops it and leaves as a MailboxError of one line."""
        with self._using:
            try:
                yield
            except MailboxError:
                raise
            except (IMAPClientError, OSError, ValueError, LookupError, AssertionError) as error:
                self._drop()
                raise explain(self._settings, error, doing) from error

    def _drop(self) -> None:
        client, self._client, self._opened = self._client, None, None
        if client is not None:
            hang_up(client)

    def _connected(self) -> IMAPClient:
        if self._client is None:
            self._client, self._opened = connect(self._settings, self._tokens), None
        return self._client

    def _open(self) -> IMAPClient:
        """EXAMINE the folder unless it is open, and note its numbering."""
        client = self._connected()
        if self._opened != self._settings.folder:
            self._note(client.select_folder(self._settings.folder, readonly=True))
        return client

    def _note(self, opened: dict[bytes, Any]) -> None:
        if b"UIDVALIDITY" not in opened:
            raise IMAPClientError("no UIDVALIDITY: the folder has no lasting UIDs (RFC 9051, 2.3.1.1)")
        self._validity, self._opened = opened[b"UIDVALIDITY"], self._settings.folder
        self._exists, self._uid_next = opened.get(b"EXISTS", 0), opened.get(b"UIDNEXT", 1)

    def _open_as_told(self) -> IMAPClient:
        """Open the folder, but refuse UIDs of a numbering that the caller does not know of yet."""
        client = self._open()
        if self._told is None:
            self._told = self._validity
        if self._validity != self._told:
            raise MailboxError(
                f"mailbox {self.name}: the server renumbered folder {self._settings.folder}; it is read anew"
            )
        return client

    def _place(self, uid: int) -> Place:
        assert self._validity is not None
        return Place(mailbox=self.name, folder=self._settings.folder, uidvalidity=self._validity, uid=uid)

    def _has_unlisted(self, client: IMAPClient) -> bool:
        """Say whether mail came after the last `fetch_after`: IDLE tells only of what comes from now on."""
        _, responses = client.noop()
        if announces_mail(responses):
            return True
        return self._highest is not None and any(
            n > self._highest for n in client.search(["UID", f"{self._highest + 1}:*"])
        )

    def _mark(self, client: IMAPClient, uids: list[int]) -> None:
        """Open read-write for a moment, set the keyword where the server keeps keywords, and go back to read-only."""
        mark = self._settings.mark.encode("ascii")
        try:
            opened = client.select_folder(self._settings.folder)
            kept = {flag.lower() for flag in opened.get(b"PERMANENTFLAGS", ())}
            self._can_mark = b"\\*" in kept or mark.lower() in kept
            if self._can_mark and opened.get(b"UIDVALIDITY") == self._validity:
                for start in range(0, len(uids), 500):
                    client.add_flags(uids[start : start + 500], [mark], silent=True)
        except IMAPClientAbortError as error:
            # "Read only" is an abort's child in imaplib although the connection is well.
            if not isinstance(error, client.ReadOnlyError):
                raise
            self._can_mark = False
        except IMAPClientError as error:
            log.info("mailbox %s: the server sets no mark (%s)", self.name, type(error).__name__)
            self._can_mark = False
        self._opened = None
        self._open()
