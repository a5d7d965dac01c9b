"""Recognises what a collector sent from the Drafts folder, and takes it for what it is: an approval of exactly those words.

Only words that are still ours close the proposal and carry out its acts. Whatever a person changed goes the way of every answer
by hand: the proposal is made anew, so that its acts are looked at before any is carried out.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from agent.autonomy import decided_about
from agent.effects import apply_effects
from mail.drafts import words_digest
from store import audit, decisions, filed_drafts, revisions
from store.clients import FiledDraft
from store.filed_drafts import SENT
from store.followup_facts import facts_behind
from store.inbound import InboundEmail
from store.measured import Outcome
from store.proposals import content
from store.tables import Message, ProposalRow
from store.vocabulary import ProposalStatus


def recognise(session: Session, sent: Message, email: InboundEmail, *, answers: Message, now: datetime) -> bool:
    """Note which filed draft a mail from the Sent folder is, if any, and close its proposal where the words are ours.

    Gives whether a proposal was closed. Called in the transaction that records the mail, before what it overtakes is voided.
    """
    audit.take_turn(session)
    known = [pair for pair in filed_drafts.for_answer(session, answers) if pair[0].state != SENT]
    words = words_digest(f"{email.new_text}\n{email.signature}")
    found = next((pair for pair in known if pair[0].message_id_header == email.message_id), None) or next(
        (pair for pair in known if pair[0].words_sha256 == words), None
    )
    if found is None or sent.id is None:
        return False
    draft, proposal = found
    actor = f"mailbox:{sent.mailbox}"
    edited = draft.words_sha256 != words or not _as_shown(draft, proposal, email)
    filed_drafts.note_sent(session, draft, sent_message_id=sent.id, edited=edited, actor=actor, now=now)
    if edited or not filed_drafts.close_as_sent(session, proposal, version=draft.version, actor=actor, now=now):
        return False
    assert proposal.id is not None
    session.refresh(proposal)
    audit.append(
        session,
        at=now,
        actor=actor,
        event=f"proposal.{ProposalStatus.SENT}",
        subject=f"proposal:{proposal.id}",
        payload={"message": sent.id, "by_hand": True},
    )
    apply_effects(session, proposal.id, now)
    _count(session, proposal, actor=actor, now=now)
    return True


def _count(session: Session, proposal: ProposalRow, *, actor: str, now: datetime) -> None:
    """Note the decision among the others: it was one, and its answer has left."""
    assert proposal.id is not None
    facts = facts_behind(session, proposal.message_id, followup_id=proposal.followup_id, now=now)
    outcome = Outcome.EDITED if proposal.edited else Outcome.UNEDITED
    about = decided_about(revisions.first_of(session, proposal), facts)
    decisions.note(session, proposal.id, about, outcome=outcome, actor=actor, now=now)
    decisions.note_sent(session, proposal.id, now=now)


def _as_shown(draft: FiledDraft, proposal: ProposalRow, email: InboundEmail) -> bool:
    """Say whether the version that was filed went out, and to nobody but its recipients."""
    written = content(proposal).draft
    if written is None or draft.version != proposal.version:
        return False
    # Copies among ourselves are a matter of ours; `to` holds To and Cc.
    return {a.lower() for a in email.to} == {a.lower() for a in written.recipients}
