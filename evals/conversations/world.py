"""The world that one mail of a recorded conversation came into: the ledger of that moment, the thread so far, what was done.

All of it is made by the product's own functions in a database that is thrown away. History is as recorded: what the company
really did stands, never what the agent under test would have done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from agent.effects import apply_effects
from evals.conversations.format import Conversation, Done, LedgerFile, Mail, Turn
from evals.conversations.scratch import empty_database
from mail.parse import parse
from mail.thread import assign, match
from store import messages, proposals
from store.cases import facts_for
from store.closing import close_after_import
from store.company import CompanyProfile
from store.engine import unit_of_work
from store.facts import CaseFacts
from store.inbound import StoredMessage
from store.keeping import keep_after_import
from store.ledger import Ledger, import_ledger
from store.proposed import Claim, Proposal, ProposedAction, Tone
from store.tables import Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, SendState, Verdict
from tools.limits import Policy
from tools.registry import tools

#: The server that vouches for senders in the recorded mails' Authentication-Results (RFC 8601).
AUTHSERV_ID = "mx.halden-works.example"
#: Who the creditor of every recorded conversation is.
COMPANY = CompanyProfile(
    name="Halden Works Ltd",
    address="Unit 4, Quarry Road, Haldenby HD4 2QR, United Kingdom",
    team="Accounts Receivable",
    email="ar@halden-works.example",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One mail as the agent meets it, and the database that it stands in."""

    engine: Engine
    message: StoredMessage
    facts: CaseFacts
    now: datetime
    policy: Policy


@contextmanager
def standing(conversation: Conversation, turn: Turn, *, template: Path | None = None) -> Iterator[Standing]:
    """Make the world as it was when this turn's mail came. `template`: a migrated, empty SQLite file to start from."""
    policy = Policy.model_validate(conversation.case.policy)
    mails = {mail.file: mail for mail in conversation.thread}
    moment = mails[turn.message].at
    with empty_database(template) as engine:
        _live_through(engine, conversation, until=moment, policy=policy, mails=mails)
        number = _record(engine, mails[turn.message], uid=len(conversation.thread) + 1)
        with unit_of_work(engine) as session:
            message = messages.load(session, number)
            facts = facts_for(session, number, now=moment)
        yield Standing(engine=engine, message=message, facts=facts, now=moment, policy=policy)


def _live_through(
    engine: Engine, conversation: Conversation, *, until: datetime, policy: Policy, mails: dict[str, Mail]
) -> None:
    """Let everything happen that was before a moment, in its order."""
    ledger = conversation.ledger
    first = min([until, *(mail.at for mail in conversation.thread)]) - timedelta(hours=1)
    with unit_of_work(engine) as session:
        import_ledger(session, _rows(ledger), actor="eval", now=first)
    events: list[tuple[datetime, int, Turn | int]] = [
        (mails[turn.message].at, 1, turn) for turn in conversation.expected.turns if mails[turn.message].at < until
    ]
    events += [(update.at, 0, place) for place, update in enumerate(ledger.updates) if update.at < until]
    for at, _, event in sorted(events, key=lambda e: (e[0], e[1])):
        if isinstance(event, Turn):
            number = _record(engine, mails[event.message], uid=1 + list(mails).index(event.message))
            if event.done is not None:
                _do(engine, number, event.done, policy=policy, mails=mails)
            continue
        update = ledger.updates[event]
        with unit_of_work(engine) as session:
            # Customers and contacts come again, as an ERP's export holds them each time.
            rows = _rows(ledger)
            rows.invoices, rows.payments, rows.documents = list(update.invoices), list(update.payments), {}
            import_ledger(session, rows, actor="eval", now=at)
        keep_after_import(engine, now=at, days=policy.keeping_days())
        close_after_import(engine, now=at)


def _rows(ledger: LedgerFile) -> Ledger:
    return Ledger(
        customers=list(ledger.customers),
        contacts=list(ledger.contacts),
        invoices=list(ledger.invoices),
        payments=list(ledger.payments),
        documents={number: _paper(number) for number in ledger.documents},
    )


def _paper(number: str) -> bytes:
    """Give a PDF that stands for a stored invoice: what is in it is never read."""
    return f"%PDF-1.4\n% the invoice {number} of a recorded conversation\n%%EOF\n".encode()


def _record(engine: Engine, mail: Mail, *, uid: int) -> int:
    email = parse(mail.raw, received_at=mail.at, authserv_ids=[AUTHSERV_ID])
    with unit_of_work(engine) as session:
        recorded = messages.record(
            session,
            mailbox="eval",
            folder="INBOX",
            uidvalidity=1,
            uid=uid,
            raw=mail.raw,
            email=email,
            received_at=mail.at,
        )
        assign(session, recorded.message_id, match(session, email, company=COMPANY, now=mail.at), mail.at)
    return recorded.message_id


def _do(engine: Engine, number: int, done: Done, *, policy: Policy, mails: dict[str, Mail]) -> None:
    """Do what the company did: the acts by the real tools, the answer as it was sent."""
    with unit_of_work(engine) as session:
        message, facts = messages.load(session, number), facts_for(session, number, now=done.at)
        newest = facts.newest_message or number
        held = proposals.hold(session, _as_done(message, facts, done, policy), newest_message=newest, now=done.at)
        assert held is not None, "the database is new"
        messages.finish(session, number, state=MessageState.PROPOSED)
        row = session.get_one(ProposalRow, held)
        row.decided_at, row.decided_by, row.status = done.at, "recorded", ProposalStatus.DONE
        session.add(row)
        session.flush()
        if done.sent is not None and facts.customer is not None:
            session.add(_sent(session, mails[done.sent], row, digest=facts.ledger_digest()))
        apply_effects(session, held, done.at)


def _as_done(message: StoredMessage, facts: CaseFacts, done: Done, policy: Policy) -> Proposal:
    claims = tuple(
        Claim(reason=c.reason, invoices=c.invoices, evidence="", confidence=1.0, slots=c.slots) for c in done.claims
    )
    actions = []
    for call in done.actions:
        tool = tools()[call.name]
        arguments = tool.parse(call.args)
        actions.append(
            ProposedAction(
                tool=call.name,
                arguments=arguments.model_dump(mode="json"),
                claims=tuple(range(len(claims)))[:1],
                preview=tool.preview(arguments, facts),
            )
        )
    return Proposal(
        message_id=message.id,
        verdict=Verdict.REPLY,
        identity=facts.identity,
        claims=claims,
        actions=tuple(actions),
        tone=Tone(),
        flags=(),
        reader="recorded",
        writer="recorded",
        policy_digest=policy.digest(),
        ledger_digest=facts.ledger_digest() if facts.customer else "",
    )


def _sent(session: Session, mail: Mail, row: ProposalRow, *, digest: str) -> Outgoing:
    answer = parse(mail.raw, received_at=mail.at, authserv_ids=[])
    assert row.id is not None
    assert row.customer_id is not None
    return Outgoing(
        proposal_id=row.id,
        case_id=row.case_id,
        customer_id=row.customer_id,
        mailbox="eval",
        message_id_header=answer.message_id or f"<recorded-{row.id}@{COMPANY.domain}>",
        sender=COMPANY.email,
        recipients=[],
        mime=mail.raw,
        mime_sha256=hashlib.sha256(mail.raw).hexdigest(),
        ledger_digest=digest,
        newest_message=row.newest_message,
        state=SendState.FILED,
        next_attempt_at=mail.at,
        created_at=mail.at,
        sent_at=mail.at,
    )
