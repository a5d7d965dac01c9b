"""What the steps of the graph hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.fixed import Fixed
from agent.llm import Budget
from store.facts import CaseFacts
from store.inbound import StoredMessage
from store.proposed import Claim, Draft, Finding, ProposedAction, Tone
from store.vocabulary import Verdict


@dataclass(slots=True)
class Thought:
    """The state of one run: the message and the case go in, the rest is filled step by step.

    `budget` collects the model calls of this message. `flags` only ever grow. `fixed`: what a person decided already.
    """

    message: StoredMessage
    facts: CaseFacts
    budget: Budget | None = None
    verdict: Verdict | None = None
    claims: tuple[Claim, ...] = ()
    actions: tuple[ProposedAction, ...] = ()
    tone: Tone = field(default_factory=Tone)
    language: str = "en"
    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()
    flags: tuple[str, ...] = ()
    reader: str = "none"
    writer: str = "none"
    needs_person: str | None = None
    repairs: int = 0
    fixed: Fixed | None = None
