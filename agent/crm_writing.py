"""The daemon's errand that writes notes into a CRM. Each is claimed, written and marked; what may be there already is looked for first.

Nothing that it does changes a case, and an outage of the CRM delays notes and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from agent.connecting import Connections
from agent.crm_news import contact_of, queue_news, text_of
from ledger.connectors.failures import ConnectorError, Interrupted, OutOfBudget, RateLimited, Refused, SignInNeeded
from ledger.connectors.kinds import wire_of, writer_of
from ledger.connectors.remote import NoteWriter, RemoteContact
from ledger.settings import ConnectionSettings
from store import crm_notes, remote_records
from store.crm_notes import CrmNote
from store.engine import looking, unit_of_work

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=5)
#: A note that may have been written is looked for no sooner: the CRM may still be at work on it.
_SETTLES = timedelta(minutes=2)
_LONGEST_WAIT = timedelta(hours=6)


class NoteWriting:
    """Writes what happened into each CRM that is configured for it."""

    name = "noting in the CRM what happened"

    def __init__(self, found: Connections, *, key: bytes, link: Callable[[int], str]) -> None:
        """Take the connections; `key` makes the notes' keys, `link` gives the address of an item."""
        self._connections, self._key, self._link = found, key, link

    def run(self) -> int:
        """Queue what is new and write what is due; give how many notes were written."""
        return sum(self.write(settings) for settings in self._connections.settings if settings.write_back)

    def close(self) -> None:
        """Nothing stays open between rounds."""

    def write(self, settings: ConnectionSettings) -> int:
        """Write the notes of one CRM that are due; give how many were written."""
        home = self._connections.home
        since = self._connections.row(settings, actor="daemon").connected_at
        with unit_of_work(home.engine) as session:
            queue_news(session, settings, key=self._key, since=since, now=home.clock())
            waiting = crm_notes.due(session, settings.name, now=home.clock())
            theirs = remote_records.remote_customers(session, settings.name)
        if not waiting:
            return 0
        wire = wire_of(settings, self._connections.around())
        try:
            return self._all(settings, writer_of(settings, wire), waiting, theirs)
        finally:
            wire.close()

    def _all(self, settings: ConnectionSettings, writer: NoteWriter, waiting: list[int], theirs: dict[str, str]) -> int:
        home, count = self._connections.home, 0
        for number in waiting:
            with unit_of_work(home.engine) as session:
                note = crm_notes.claim(session, number, worker=self._connections.worker, now=home.clock(), lease=_LEASE)
            if note is None:
                continue
            try:
                count += self._one(settings, writer, note, theirs.get(note.customer_id))
            except (SignInNeeded, RateLimited, OutOfBudget, Interrupted) as error:
                # No other note would fare better now.
                self._put_back(note, error, for_good=False)
                log.warning("connection %s: notes wait: %s", settings.name, error.code)
                break
            except ConnectorError as error:
                self._put_back(
                    note, error, for_good=isinstance(error, Refused) and error.status in (400, 403, 404, 422)
                )
                log.warning("connection %s: note %d was not written: %s", settings.name, number, error.code)
        return count

    def _one(self, settings: ConnectionSettings, writer: NoteWriter, note: CrmNote, theirs: str | None) -> int:
        home = self._connections.home
        assert note.id is not None
        made: str | RemoteContact | None = None
        if theirs is not None:
            with looking(home.engine) as session:
                if note.kind == "contact":
                    made = contact_of(session, note)
                else:
                    made = text_of(session, note, words=settings.write_words, link=self._link)
        if theirs is None or made is None:
            remote_id = ""  # gone meanwhile: there is nothing to note any more
        elif isinstance(made, RemoteContact):
            remote_id = writer.update_contact(theirs, made, key=note.key)
        else:
            remote_id = writer.note(theirs, made, key=note.key, at=note.created_at, again=note.attempts > 1)
        with unit_of_work(home.engine) as session:
            crm_notes.written(session, note.id, worker=self._connections.worker, remote_id=remote_id, now=home.clock())
        return 1 if remote_id else 0

    def _put_back(self, note: CrmNote, error: ConnectorError, *, for_good: bool) -> None:
        home = self._connections.home
        assert note.id is not None
        asked = timedelta(seconds=error.wait) if isinstance(error, RateLimited) and error.wait else timedelta()
        at: datetime = home.clock() + max(min(_SETTLES * 2 ** min(note.attempts - 1, 8), _LONGEST_WAIT), asked)
        with unit_of_work(home.engine) as session:
            crm_notes.put_back(
                session,
                note.id,
                worker=self._connections.worker,
                error=str(error),
                at=at,
                for_good=for_good,
                now=home.clock(),
            )
