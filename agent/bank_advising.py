"""The daemon's errand for remittance advices that come inside of customers' mails: takes them up, so that they help to match money.

A customer's word alone: it books and closes nothing and changes nothing that is said to anybody. Believed only of who surely wrote
for the customer, and only of that customer's own invoices. A stranger's bytes are opened in the parser's sandbox alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from agent.banking import rematch
from agent.installation import Installation
from ledger.bank.advice import ReadAdvice, read_advice
from ledger.bank.advice_lines import one_invoice_a_line
from mail.address import domain_of, same_organisation
from mail.file_words import MAX_FILES, MAX_TEXT, may_be_read
from mail.identity import works
from mail.pdf_text import PDF
from mail.sandbox import Parser, ParserBroken
from store import audit, messages
from store.bank_advices import CODE, take_advice
from store.bank_words import BankFault
from store.company import PUBLIC_PROVIDERS
from store.engine import looking, unit_of_work
from store.facts import CREDIT_NOTE
from store.inbound import InboundEmail
from store.mailed_advices import (
    MOST_A_DAY,
    Looked,
    MailToLook,
    is_forgotten,
    mails_to_look,
    note_look,
    start_look,
    taken_since,
)
from store.numbers import find_invoices
from store.outage import is_outage
from store.tables import Contact, Invoice, Message, Payment
from store.vocabulary import IdentityLevel, MessageKind

log = logging.getLogger(__name__)

#: How often it looks for new mails.
EVERY = timedelta(seconds=20)
#: Mails that are looked at in one go, and so often in one round: weeks of mail keep no other errand waiting.
_BATCH, _AT_ONCE = 50, 10
#: An advice that lists more is brought by a person.
MOST_PARTS = 200
#: A mail's own words are an advice only where they say that something was paid.
_PAID = re.compile(
    r"\b(?:paid|remitted|remittance|transferred|wired|settled|payment advice|bezahlt|gezahlt|überwiesen|beglichen|zahlungsavis|avis\w*|"
    r"betaald|overgemaakt|voldaan|payé\w*|réglé\w*|viré\w*|virement|pagad[oa]s?|pagato|pagat[ei]|transferido|bonifico|saldat[oaei]|"
    r"zapłac\w+|opłac\w+|przel\w+|betalt|betalat|maksettu|zaplacen\w*|uhrazen\w*|kifizet\w*|achitat\w*|pago)\b",
    re.IGNORECASE,
)
_NOT_TOUCHED = frozenset({"auth_failed", "look_alike", "malformed_from", "several_customers"})


@dataclass(frozen=True, slots=True)
class _Said:
    """What a mail says in one place; `file` is empty for its own words."""

    text: str
    file: str


class Advising:
    """An errand of the daemon."""

    name = "remittance advices in mails"

    def __init__(self, installation: Installation, *, sandbox: Parser | None = None) -> None:
        """Take an installation. The sandbox is its own, unless one is given: a hostile file keeps no mail waiting."""
        self._home = installation
        self._parser = sandbox or Parser()
        self._looked_at: datetime | None = None
        self._changed = False

    def run(self) -> int:
        """Look into the mails that nobody looked into yet; give how many advices are new."""
        now = self._home.clock()
        if not self._home.settings.bank.accounts:
            return 0
        if self._looked_at is not None and timedelta() <= now - self._looked_at < EVERY:
            return 0
        self._looked_at = now
        try:
            return self._look_through(now)
        finally:
            # Also where a look broke off: what was taken up, or back, before it is not left without its lines.
            if self._changed:
                with unit_of_work(self._home.engine) as session:
                    rematch(session, cash=self._home.settings.policy.cash, now=now)
                self._changed = False

    def _look_through(self, now: datetime) -> int:
        taken = 0
        for _ in range(_AT_ONCE):
            with looking(self._home.engine) as session:
                waiting = mails_to_look(session, now=now, limit=_BATCH)
            taken += sum(self._look(mail, now=now) for mail in waiting)
            if len(waiting) < _BATCH:
                return taken
        self._looked_at = None  # the other errands have their turn; then it goes on at once
        return taken

    def close(self) -> None:
        """End the sandbox; the next look starts another."""
        self._parser.close()

    def _look(self, mail: MailToLook, *, now: datetime) -> int:
        try:
            outcome, found = self._read(mail)
            with unit_of_work(self._home.engine) as session:
                audit.take_turn(session)
                back = start_look(session, mail, now=now)
                if back is None:
                    return 0
                if is_forgotten(session, mail):
                    outcome, found = Looked.NOTHING, []
                taken, outcome = _taken(session, mail, found, outcome, now=now)
                note_look(session, mail, outcome, now=now)
            self._changed |= taken + back > 0
            return taken
        except (OSError, ParserBroken):
            raise  # the machine is out of processes, files or memory: it is looked at again
        except Exception as error:
            if is_outage(error):
                raise
            # The mail is not to blame for our mistake, but it must not keep all others from being looked at.
            log.error("message %d: could not be looked at for an advice (%s)", mail.message_id, type(error).__name__)
            with unit_of_work(self._home.engine) as session:
                note_look(session, mail, Looked.REFUSED, now=now)
            return 0

    def _read(self, mail: MailToLook) -> tuple[Looked, list[tuple[ReadAdvice, str]]]:
        """Read all advices of a mail; nothing is kept."""
        with looking(self._home.engine) as session:
            message = session.get_one(Message, mail.message_id)
            email = InboundEmail.model_validate(message.parsed)
            if email.kind not in (MessageKind.REPLY, MessageKind.AUTO_REPLY) or not _says_something(email):
                return Looked.NOTHING, []
            if not _surely_theirs(session, message, email):
                return Looked.STRANGER, []
            known = numbers_of(session, mail.customer_id)
            raw = messages.raw(session, mail.message_id)
        said = list(self._said(email, raw, known))
        if not said:
            return Looked.NOTHING, []
        found = []
        for each in said:
            try:
                found.append((read_advice(each.text, name=each.file or "the mail", known=known), each.file))
            except BankFault:
                continue
        return (Looked.TAKEN if found else Looked.REFUSED), found

    def _said(self, email: InboundEmail, raw: bytes, known: Sequence[str]) -> Iterator[_Said]:
        """Give the words of the mail's files, and its own where they say that something was paid, as far as they name an invoice."""
        for file in email.attachments:
            # Words that were cut off are no whole advice.
            if file.content_type == PDF and not file.note and find_invoices(file.text, known):
                yield _Said(file.text, file.filename)
        names = {f.sha256: f.filename for f in email.attachments if f.content_type != PDF and may_be_read(f)}
        wanted = list(names)[:MAX_FILES]
        for digest, words in self._parser.words_of_files(raw, wanted).items() if wanted else ():
            if digest in names and not words.note and find_invoices(words.text, known):
                yield _Said(words.text, names[digest])
        own = email.new_text[:MAX_TEXT]
        if _PAID.search(own) and find_invoices(own, known):
            yield _Said(one_invoice_a_line(own, known), "")


def numbers_of(session: Session, customer_id: str | None = None) -> list[str]:
    """List the numbers that an advice may name, of one customer or of all: invoices and credit notes that nothing has taken."""
    invoices = select(Invoice.number)
    payments = select(Payment)
    if customer_id is not None:
        invoices = invoices.where(Invoice.customer_id == customer_id)
        payments = payments.where(Payment.customer_id == customer_id)
    credits = [p.id for p in session.exec(payments) if p.reference.casefold().startswith(CREDIT_NOTE.casefold())]
    return [*session.exec(invoices), *credits]


def _says_something(email: InboundEmail) -> bool:
    files = any((f.content_type == PDF and f.text) or may_be_read(f) for f in email.attachments)
    return files or bool(_PAID.search(email.new_text))


def _surely_theirs(session: Session, message: Message, email: InboundEmail) -> bool:
    """Say whether somebody surely wrote this for the customer: a contact of theirs, or a program at a contact's own domain."""
    if not works(email) or _NOT_TOUCHED & set(message.match_flags) or email.from_address is None:
        return False
    if message.identity in (IdentityLevel.A, IdentityLevel.B):
        return True
    theirs = session.exec(select(Contact.email).where(Contact.customer_id == message.customer_id))
    own = {domain_of(address) for address in theirs} - PUBLIC_PROVIDERS
    if not any(same_organisation(domain_of(email.from_address), domain) for domain in own):
        return False
    others = session.exec(select(Contact.email).where(col(Contact.customer_id) != message.customer_id))
    # One address for several customers of a group does not say whose money it is.
    return not any(domain_of(address) in own for address in others)


def _taken(
    session: Session, mail: MailToLook, found: Sequence[tuple[ReadAdvice, str]], outcome: Looked, *, now: datetime
) -> tuple[int, Looked]:
    taken, refused = 0, 0
    room = MOST_A_DAY - taken_since(session, mail.customer_id, now - timedelta(days=1)) if found else 0
    for read, file in found:
        if len(read.parts) > MOST_PARTS:
            refused += 1
            continue
        if taken >= room:
            return taken, Looked.TAKEN if taken else Looked.TOO_MANY
        try:
            with session.begin_nested():
                row = take_advice(
                    session,
                    read.parts,
                    total=read.total,
                    currency=read.currency,
                    reference=read.reference,
                    digest=read.digest,
                    actor=CODE,
                    now=now,
                    message_id=mail.message_id,
                    file=file,
                )
        except BankFault:
            refused += 1
            continue
        taken += row is not None
    if taken or not found:
        return taken, outcome
    return 0, Looked.REFUSED if refused == len(found) else Looked.KNOWN
