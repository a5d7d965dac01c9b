"""What was said in a case before a mail: what the customer wrote, what we answered, what a colleague wrote by hand. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from store import by_hand
from store.account_rows import table_of
from store.facts import PastMail
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import SendState


def history(session: Session, case_id: int, *, before: Message) -> tuple[PastMail, ...]:
    """Give the mails of a case that came or left before one, the oldest first."""
    hand = by_hand.sent_in(session, case_id, before=before)
    session.flush()
    known = {"case": case_id, "but": before.id, "until": before.received_at}
    return _past(session, session.execute(_came_before(), known).all(), case_id, hand)


def history_of(session: Session, case_id: int) -> tuple[PastMail, ...]:
    """Give all mails of a case so far, the oldest first: nothing comes after what we write by ourselves."""
    hand = by_hand.all_sent_in(session, case_id)
    session.flush()
    return _past(session, session.execute(_came(), {"case": case_id}).all(), case_id, hand)


@cache
def _came() -> Select[Any]:
    message, proposal = table_of(Message), table_of(ProposalRow)
    return (
        select(message.c.received_at, proposal.c.content)
        .join(proposal, proposal.c.message_id == message.c.id)
        .where(message.c.case_id == bindparam("case"))
        .where(proposal.c.status != "void", proposal.c.followup_id.is_(None))
    )


@cache
def _came_before() -> Select[Any]:
    message = table_of(Message)
    return _came().where(message.c.id != bindparam("but"), message.c.received_at <= bindparam("until"))


@cache
def _sent() -> Select[Any]:
    mail, proposal = table_of(Outgoing), table_of(ProposalRow)
    return (
        select(mail.c.sent_at, proposal.c.content)
        .join(proposal, proposal.c.id == mail.c.proposal_id)
        .where(mail.c.case_id == bindparam("case"), mail.c.state.in_([SendState.SENT, SendState.FILED]))
    )


def _past(session: Session, came: Sequence[Any], case_id: int, hand: Sequence[datetime]) -> tuple[PastMail, ...]:
    past: list[PastMail] = []
    for at, content in came:
        reasons = tuple(claim["reason"] for claim in content["claims"])
        named = dict.fromkeys(n for claim in content["claims"] for n in claim["invoices"])
        past.append(PastMail(direction="in", at=at, reasons=reasons, invoices=tuple(named)))
    for sent_at, content in session.execute(_sent(), {"case": case_id}).all():
        if sent_at is not None:
            done = [a for a in content["actions"] if not a.get("declined")]
            named = dict.fromkeys(n for a in done for n in a["arguments"].get("invoices", ()))
            past.append(
                PastMail(
                    direction="out",
                    at=sent_at,
                    reasons=tuple(dict.fromkeys(content["claims"][i]["reason"] for a in done for i in a["claims"])),
                    tools=tuple(a["tool"] for a in done),
                    invoices=tuple(named),
                )
            )
    past += [PastMail(direction="out", at=at, by_hand=True) for at in hand]
    return tuple(sorted(past, key=lambda mail: mail.at))
