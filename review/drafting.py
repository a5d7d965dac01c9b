"""Puts drafts that wait for review into the Drafts folder too, so that a collector may send them from the mail client.

Only what one collector may approve alone, without acknowledging anything, is put there: what needs a manager, a second person or
a reason is decided in the queue. What was decided, changed or overtaken is taken away again. Nothing is sent here.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from mail.drafts import DraftsFolder, Removal, words_digest
from mail.mailbox import MailboxError
from mail.settings import MailboxSettings
from review.desk import Blocked, Desk
from review.other_ways import other_way
from review.outgoing import outgoing_mail
from store import filed_drafts
from store.clients import FiledDraft
from store.engine import unit_of_work
from store.filed_drafts import FILED, KEPT, REMOVED
from store.proposals import Stale
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus

log = logging.getLogger(__name__)

#: Proposals looked at in one round, and drafts in one folder: a longer list serves nobody.
LOOKED_AT, A_FOLDER = 50, 300
#: How soon it must be allowed to leave: what must wait longer is filed later.
SOON = timedelta(hours=16)
#: How often what lies there is held against the ledger.
LOOK_AGAIN = timedelta(minutes=10)
#: How long a folder that cannot be used is left alone.
REST = timedelta(minutes=1)
_REVIEWED, _NOT_YET = b"X-AI-Generated: draft; reviewed=human", b"X-AI-Generated: draft"


class DraftFiling:
    """The errand of the daemon that keeps the Drafts folders as the queue is."""

    name = "filing drafts"

    def __init__(
        self, desk: Desk, mailboxes: Mapping[str, MailboxSettings], opened: Callable[[MailboxSettings], DraftsFolder]
    ) -> None:
        """Take the desk, and the mailboxes that have a Drafts folder; `opened` opens one."""
        self._desk = desk
        self._mailboxes = {name: m for name, m in mailboxes.items() if m.drafts_folder is not None}
        self._opened = opened
        self._folders: dict[str, DraftsFolder] = {}
        self._not_before: dict[tuple[int, int], datetime] = {}
        self._looked: dict[str, datetime] = {}
        self._seen_to: dict[str, int] = {}
        self._rests: dict[str, datetime] = {}

    def run(self) -> int:
        """Do one round over all mailboxes; give how many drafts were filed or taken away."""
        done = 0
        now = self._desk.clock()
        for name, settings in self._mailboxes.items():
            if self._rests.get(name, now) > now:
                continue
            try:
                folder = self._folders.get(name) or self._folders.setdefault(name, self._opened(settings))
                done += self._round(name, folder)
            except MailboxError as error:
                # A folder that cannot be used stops nothing else, and is tried again.
                log.warning("mailbox %s: drafts are not filed: %s", name, error)
                self._rests[name] = now + REST
                if (broken := self._folders.pop(name, None)) is not None:
                    broken.close()
        return done

    def close(self) -> None:
        """Close the connections."""
        for folder in self._folders.values():
            folder.close()
        self._folders.clear()

    def _round(self, name: str, folder: DraftsFolder) -> int:
        self._hold_against_ledger(name, folder)
        with unit_of_work(self._desk.engine) as session:
            gone, begun = filed_drafts.outdated(session, name), filed_drafts.unfinished(session, name)
            there = len(filed_drafts.current(session, name))
            after = self._seen_to.get(name, 0)
            wanted = filed_drafts.to_file(session, name, after=after, limit=LOOKED_AT) if there < A_FOLDER else []
        for draft in gone:
            self._take_away(draft, folder)
        filed = [self._add(draft, folder) for draft in begun]
        # Round by round through the whole queue, so that what may not be filed keeps nothing newer from it.
        self._seen_to[name] = wanted[-1] if len(wanted) == LOOKED_AT else 0
        for number in wanted:
            prepared = self._prepare(number, name)
            if prepared is not None:
                filed.append(self._add(prepared, folder))
        return len(gone) + sum(filed)

    # --- one draft ------------------------------------------------------------------------------------------------

    def _prepare(self, number: int, mailbox: str) -> FiledDraft | None:
        """Note a draft that may be filed, before it is; None for one that may not (yet)."""
        desk, now = self._desk, self._desk.clock()
        with unit_of_work(desk.engine) as session:
            row = session.get_one(ProposalRow, number)
            if row.status != ProposalStatus.HELD or self._not_before.get((number, row.version), now) > now:
                return None
            again = self._allowed(session, row, now)
            if again is not None:
                self._not_before[number, row.version] = again
                return None
            _, header = self._composed(session, row, now)
            item = desk.item_of(session, row)
            assert item.proposal.draft is not None
            return filed_drafts.begin(
                session,
                proposal_id=number,
                version=row.version,
                mailbox=mailbox,
                message_id_header=header,
                words_sha256=words_digest(item.proposal.draft.rendered),
                now=now,
            )

    def _allowed(self, session: Session, row: ProposalRow, now: datetime) -> datetime | None:
        """Give None where one collector could approve this as it is, else when to ask again."""
        desk = self._desk
        item = desk.item_of(session, row)
        later = now + timedelta(hours=1)
        if item.proposal.draft is None or item.proposal.blocked or not item.proposal.draft.recipients:
            return later
        if not desk.stands(item) or other_way(item.proposal) is not None:
            return later
        try:
            decision = desk.judged_as_collector(session, item, now=now)
            raw, _ = self._composed(session, row, now)
        except Blocked:
            return later
        if not _continues_a_thread(raw):
            # Sent from there it could not be told from a mail about something else.
            return later
        if decision.second_person or decision.not_by_editor:
            return later
        return None if decision.leaves.at <= now + SOON else decision.leaves.at - SOON

    def _composed(self, session: Session, row: ProposalRow, now: datetime) -> tuple[bytes, str]:
        item = self._desk.item_of(session, row)
        outgoing = outgoing_mail(
            session,
            item,
            company=self._desk.company,
            sender=self._desk.sender_of(item.message.mailbox),
            key=self._desk.secret("drafts"),
            now=now,
        )
        return outgoing.mime.replace(_REVIEWED, _NOT_YET, 1), outgoing.message_id_header

    def _add(self, draft: FiledDraft, folder: DraftsFolder) -> bool:
        with unit_of_work(self._desk.engine) as session:
            row = session.get_one(ProposalRow, draft.proposal_id)
            if row.status != ProposalStatus.HELD or row.version != draft.version:
                return False
            try:
                raw, header = self._composed(session, row, draft.created_at)
            except Blocked:
                return False
        if header != draft.message_id_header:
            log.warning("proposal %d: its draft was begun under another key, and is left out", draft.proposal_id)
            return False
        folder.add(raw, header)
        return self._note(draft, FILED)

    def _take_away(self, draft: FiledDraft, folder: DraftsFolder) -> None:
        removal = folder.remove(draft.message_id_header, words_sha256=draft.words_sha256)
        self._note(draft, KEPT if removal is Removal.KEPT else REMOVED)
        if removal is Removal.KEPT:
            log.info("proposal %d: its draft was changed in the mail client, and stays there", draft.proposal_id)

    def _note(self, draft: FiledDraft, state: str) -> bool:
        assert draft.id is not None
        with unit_of_work(self._desk.engine) as session:
            return filed_drafts.move(session, draft.id, after=state, now=self._desk.clock())

    def _hold_against_ledger(self, name: str, folder: DraftsFolder) -> None:
        """Have made anew what is filed and no longer true: a payment came, a promised day is over."""
        now = self._desk.clock()
        if now - self._looked.get(name, datetime.min.replace(tzinfo=now.tzinfo)) < LOOK_AGAIN:
            return
        self._looked[name] = now
        self._not_before = {which: again for which, again in self._not_before.items() if again > now}
        with unit_of_work(self._desk.engine) as session:
            filed = filed_drafts.current(session, name)
        for draft in filed:
            with contextlib.suppress(Stale):
                if not self._desk.refresh(draft.proposal_id):
                    self._take_away(draft, folder)


def _continues_a_thread(raw: bytes) -> bool:
    return b"\r\nin-reply-to:" in raw.partition(b"\r\n\r\n")[0].lower()
