"""What was said in a case before a mail: what the customer wrote, what we answered, what a colleague wrote by hand. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from store import by_hand
from store.facts import PastMail
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import SendState


def history(session: Session, case_id: int, *, before: Message) -> tuple[PastMail, ...]:
    """Give the mails of a case that came or left before one, the oldest first."""
    hand = by_hand.sent_in(session, case_id, before=before)
    earlier = (Message.id != before.id, col(Message.received_at) <= before.received_at)
    return _past(session, case_id, earlier, hand)


def history_of(session: Session, case_id: int) -> tuple[PastMail, ...]:
    """Give all mails of a case so far, the oldest first: nothing comes after what we write by ourselves."""
    return _past(session, case_id, (), by_hand.all_sent_in(session, case_id))


def _past(session: Session, case_id: int, earlier: tuple[Any, ...], hand: Sequence[datetime]) -> tuple[PastMail, ...]:
    past: list[PastMail] = []
    came = session.exec(
        select(Message.received_at, ProposalRow.content)
        .join(ProposalRow, col(ProposalRow.message_id) == col(Message.id))
        .where(Message.case_id == case_id, *earlier)
        .where(ProposalRow.status != "void", col(ProposalRow.followup_id).is_(None))
    ).all()
    for at, content in came:
        reasons = tuple(claim["reason"] for claim in content["claims"])
        named = dict.fromkeys(n for claim in content["claims"] for n in claim["invoices"])
        past.append(PastMail(direction="in", at=at, reasons=reasons, invoices=tuple(named)))
    sent = session.exec(
        select(Outgoing.sent_at, ProposalRow.content)
        .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
        .where(Outgoing.case_id == case_id, col(Outgoing.state).in_([SendState.SENT, SendState.FILED]))
    ).all()
    for sent_at, content in sent:
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
