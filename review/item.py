"""What lies on the desk: one proposal with its mail and its account, and the words for turning it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store.balances import among, by_currency
from store.facts import CaseFacts, InvoiceFacts
from store.inbound import StoredMessage
from store.outreach_around import OutreachFacts
from store.proposed import Finding, Proposal
from store.tables import ProposalRow
from store.vocabulary import Delivery, MessageKind


class RejectReason(StrEnum):
    """Why a proposal was no good: counted, so that we learn."""

    WRONG_REASON = "wrong_reason"
    WRONG_ACTION = "wrong_action"
    WRONG_WORDS = "wrong_words"
    NO_ANSWER_NEEDED = "no_answer_needed"
    HANDLED_ELSEWHERE = "handled_elsewhere"
    OTHER = "other"


class Blocked(Exception):
    """An outbound rule forbids it; the findings say which."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep the findings that block."""
        super().__init__(" ".join(f.text for f in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal as it stands, with the message that it answers and the account as it is now."""

    row: ProposalRow
    proposal: Proposal
    message: StoredMessage
    facts: CaseFacts
    #: The names that may stand under the mail: of the people who decide.
    signers: tuple[str, ...] = ()
    #: When its mail would leave, by window and caps: its deadline is counted from there. None where no mail leaves.
    leaves: datetime | None = None

    @property
    def markable(self) -> str | None:
        """Give the contact's address that an unproven report names and that is still written to; None where there is none."""
        bounce = self.message.email.bounce
        if bounce is None or "report_unproven" not in self.proposal.flags:
            return None
        named = [self.facts.contact(address) for address in (bounce.recipient, *bounce.also)]
        return next((c.email for c in named if c is not None and c.delivery is Delivery.OK), None)

    @property
    def first(self) -> OutreachFacts | None:
        """Give the step of a cadence, where we write first and there is no mail of the customer; else None."""
        return self.facts.followup.outreach if self.facts.followup is not None else None

    @property
    def on_our_note(self) -> bool:
        """Say whether a note of ours stands where a mail of the customer would: we wrote first."""
        return self.message.email.kind is MessageKind.OUTREACH

    @property
    def subject(self) -> str:
        """Give the subject of the mail that is answered; where there is none, that of ours."""
        if self.on_our_note and self.proposal.draft is not None:
            return self.proposal.draft.subject
        return self.message.email.subject

    @property
    def named(self) -> frozenset[str]:
        """Give the numbers of the invoices that the claims name, else those that the mail names."""
        if self.first is not None:
            return frozenset(self.first.invoices)
        return frozenset(n for claim in self.proposal.claims for n in claim.invoices) or frozenset(self.facts.mentioned)

    @property
    def concerned(self) -> list[InvoiceFacts]:
        """List the open invoices that it is about: those that are named, else all of the account."""
        return among(self.facts.open_invoices, self.named)

    @property
    def open_amount(self) -> str:
        """Say what is open on the invoices that it is about, for a list."""
        return ", ".join(f"{currency} {amount:,.2f}" for currency, amount in by_currency(self.concerned).items())
