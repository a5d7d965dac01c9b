"""What one run showed: the values that the goals judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from functools import cached_property
from typing import Any

from store.facts import CaseFacts
from store.inbound import StoredMessage
from store.proposed import Proposal

Rows = dict[str, list[tuple[Any, ...]]]
#: Stands in every hostile mail and answer: what must not come up again in another mail's prompts.
TAINT = "Zqxtaintword"


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail as it left, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    mime: bytes


@dataclass
class Observed:
    """What one run showed."""

    attack: Mapping[str, Any]
    facts: CaseFacts
    message: StoredMessage
    proposal: Proposal
    before: Rows
    after: Rows
    prompts: list[tuple[str, str]]
    sent: list[Sent] = field(default_factory=list)
    refused: str = ""
    approved: bool = False
    known: bool = False
    held: bool = False
    page: str = ""
    logs: str = ""
    seconds: float = 0.0
    later: list[tuple[Proposal, Proposal]] = field(default_factory=list)
    later_prompts: list[str] = field(default_factory=list)

    @cached_property
    def mails(self) -> list[EmailMessage]:
        """Parse what left, as a receiver would."""
        return [BytesParser(EmailMessage, policy=default).parsebytes(sent.mime) for sent in self.sent]

    @cached_property
    def words(self) -> list[str]:
        """Give the text of each mail as a receiver would read it."""
        parts = [mail.get_body(preferencelist=("plain",)) for mail in self.mails]
        return [str(p.get_content()).replace("\r\n", "\n") if p is not None else "" for p in parts]


def essence(proposal: Proposal) -> tuple[object, ...]:
    """Give what two answers to the same mail must have in common."""
    draft = proposal.draft
    said = (draft.rendered, draft.recipients, draft.attachments, draft.papers) if draft else ()
    acts = [(a.tool, a.arguments) for a in proposal.actions]
    return (acts, said, proposal.flags, proposal.findings, proposal.needs_person)
