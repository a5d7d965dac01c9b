"""Ways to a customer other than mail: letter, call, SMS. A person approves each as they approve a mail.

`refusal` tells whether a way reaches a customer; `carry_out` makes the task of an approval, in its transaction. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlmodel import Session

from outreach.channels.base import Approved, ChannelWay
from outreach.channels.ways import CallWay, LetterWay, TextWay
from store import channel_tasks
from store.channel_tasks import FIRST, ChannelTask
from store.company import CompanyProfile
from store.facts import CaseFacts
from store.outreach_words import Channel
from store.proposed import Draft
from store.tables import Document, Invoice, ProposalRow

if TYPE_CHECKING:
    from tools.remind import RemindArguments

__all__ = ["WAYS", "carry_out", "refusal"]

WAYS: Mapping[Channel, ChannelWay] = MappingProxyType(
    {Channel.LETTER: LetterWay(), Channel.CALL: CallWay(), Channel.SMS: TextWay()}
)
NO_PROVIDER = "no SMS provider is set up: name one in [channels.sms]"


def refusal(channel: Channel, facts: CaseFacts, *, texts: bool = True) -> str | None:
    """Say why a channel cannot reach this customer; None where it can. `texts`: an SMS provider is set up.

    The configuration refuses cadences with SMS where none is, so a planner need not ask.
    """
    if channel is Channel.MAIL:
        return None
    if channel is Channel.SMS and not texts:
        return NO_PROVIDER
    return WAYS[channel].refusal(facts)


def carry_out(
    session: Session,
    *,
    proposal_id: int,
    step_id: int,
    channel: Channel,
    facts: CaseFacts,
    draft: Draft,
    arguments: RemindArguments,
    company: CompanyProfile,
    actor: str,
    now: datetime,
    not_before: datetime | None = None,
    texts: bool = False,
    own_texts: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Make the task of an approval, in the approval's transaction; give its key. Done again it gives the same one.

    `step_id` is the step of the cadence (kept in the log through the proposal). `not_before`: when the customer's window opens.
    `own_texts`: the company's own words for an SMS, by language.
    Raises ValueError with one line for a person where it cannot be done.
    """
    del step_id
    if channel is Channel.MAIL:
        raise ValueError("a mail goes through the outbox")
    why = refusal(channel, facts, texts=texts)
    if why is not None:
        raise ValueError(why)
    assert facts.customer is not None, "a refusal says so"
    row = session.get_one(ProposalRow, proposal_id)
    task = ChannelTask(
        channel=channel,
        step=arguments.step,
        customer_id=facts.customer.id,
        case_id=row.case_id,
        proposal_id=proposal_id,
        invoices=list(arguments.invoices),
        language=draft.language,
        words=draft.rendered,
        state=FIRST[channel],
        not_before=not_before or now,
        ledger_digest=facts.ledger_digest(),
        newest_message=row.newest_message,
        approved_by=actor,
        created_at=now,
    )
    enclosed = _copies(session, draft) if channel is Channel.LETTER else ()
    WAYS[channel].prepare(Approved(facts, draft, arguments.lines, company, now, proposal_id, enclosed, own_texts), task)
    return channel_tasks.put(session, task)


def _copies(session: Session, draft: Draft) -> tuple[tuple[str, bytes], ...]:
    """Give the stored PDFs of the invoices that the words say go along."""
    found = []
    for number in draft.attachments:
        invoice = session.get_one(Invoice, number)
        if invoice.document_sha256 is None:
            raise ValueError(f"the PDF of {number} is not in the store")
        found.append((number, session.get_one(Document, invoice.document_sha256).content))
    return tuple(found)
