"""Takes the words out of mails, and out of what was made of them: what was agreed, sums and days stay. Of decided ones alone.

Whose mails, and whether they are decided, says who calls: `store.erasing` for a person, `store.retention` by age.
"""

from __future__ import annotations

import gzip
from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col, select

from store.channel_tasks import forget_tasks
from store.inbound import InboundEmail
from store.mailed_advices import forget_advices
from store.matters import PaymentCheck, PortalItem
from store.person_words import GONE
from store.proposed import Proposal
from store.reviewing import Comment, Revision
from store.tables import Dispute, Effect, Escalation, Message, MessageRaw, Outgoing, ProposalRow
from store.vocabulary import MessageKind


def erase_messages(session: Session, messages: Collection[int]) -> None:
    """Take the words out of these mails and of what was made of them. They must be decided."""
    for number in messages:
        message = session.get_one(Message, number)
        kind = MessageKind(message.parsed.get("kind", MessageKind.REPLY))
        message.parsed = InboundEmail(kind=kind, subject=GONE, new_text=GONE).model_dump(mode="json")
        message.message_id_header, message.last_error, message.candidates = None, None, []
        session.add(message)
        if (raw := session.get(MessageRaw, number)) is not None:
            raw.content, raw.size = gzip.compress(b"", mtime=0), 0
            session.add(raw)
    forget_advices(session, messages)
    rows = session.exec(select(ProposalRow).where(col(ProposalRow.message_id).in_(list(messages)))).all()
    numbers = [row.id for row in rows if row.id is not None]
    for row in rows:
        row.content, row.words, row.line = _emptied(row.content), "", {}
        row.decision = row.decision and GONE
        session.add(row)
    for revision in session.exec(select(Revision).where(col(Revision.proposal_id).in_(numbers))):
        revision.content = _emptied(revision.content)
        session.add(revision)
    for comment in session.exec(select(Comment).where(col(Comment.proposal_id).in_(numbers))):
        comment.text = GONE
        session.add(comment)
    _left_behind(session, numbers)
    mails = session.exec(select(Outgoing.id).where(col(Outgoing.proposal_id).in_(numbers)))
    empty_outgoing(session, [n for n in mails if n is not None])


def _emptied(content: dict[str, Any]) -> dict[str, Any]:
    """Keep of a proposal what it was about and what was done, not a word of it."""
    proposal = Proposal.model_validate(content)
    claims = [c.model_copy(update={"evidence": GONE, "slots": type(c.slots)(), "flags": ()}) for c in proposal.claims]
    actions = [a.model_copy(update={"arguments": {}, "preview": GONE, "why": ""}) for a in proposal.actions]
    emptied = proposal.model_copy(
        update={
            "claims": tuple(claims),
            "actions": tuple(actions),
            "draft": None,
            "findings": (),
            "tone": type(proposal.tone)(),
            "flags": (),
            "needs_person": None,
        }
    )
    return emptied.model_dump(mode="json", exclude={"calls"})


def _left_behind(session: Session, proposals: Collection[int]) -> None:
    """Take the customer's words out of what approved acts wrote down; sums, days and states stay."""
    effects = session.exec(select(Effect).where(col(Effect.proposal_id).in_(list(proposals)))).all()
    for effect in effects:
        effect.text = GONE
        session.add(effect)
    whose = [effect.id for effect in effects]
    for dispute in session.exec(select(Dispute).where(col(Dispute.effect_id).in_(whose))):
        dispute.statement = dispute.ending = GONE
        session.add(dispute)
    for matter in session.exec(select(Escalation).where(col(Escalation.effect_id).in_(whose))):
        matter.summary = matter.note = GONE
        session.add(matter)
    for check in session.exec(select(PaymentCheck).where(col(PaymentCheck.effect_id).in_(whose))):
        check.explanation = GONE
        session.add(check)
    forget_tasks(session, proposals=proposals)
    for item in session.exec(select(PortalItem).where(col(PortalItem.effect_id).in_(whose))):
        item.fields, item.moves = {}, [{k: v for k, v in move.items() if k in ("to", "at")} for move in item.moves]
        session.add(item)


def empty_outgoing(session: Session, numbers: Collection[int]) -> None:
    """Empty mails of ours to the person: that one was sent, and when, stays."""
    for number in numbers:
        row = session.get_one(Outgoing, number)
        row.mime, row.recipients, row.last_error = b"", [], None
        session.add(row)
