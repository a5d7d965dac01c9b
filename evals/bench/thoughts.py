"""The sample mails as the agent meets them, and what a scripted model must know of them."""

from __future__ import annotations

from dataclasses import dataclass

from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.graph import propose
from agent.installation import Installation
from evals.bench.house import record
from evals.bench.scripted import Known
from prompts.replies import signature_block
from store import messages
from store.cases import facts_for
from store.engine import unit_of_work
from store.facts import CaseFacts
from store.inbound import StoredMessage
from store.proposed import Proposal


@dataclass(frozen=True, slots=True)
class Case:
    """One mail with the snapshot of its case, and what is proposed for it without a model."""

    message: StoredMessage
    facts: CaseFacts
    proposal: Proposal


def cases(home: Installation, raws: list[bytes], reader: EmbeddedReader) -> list[Case]:
    """Record mails in an installation and propose for each by the embedded reader and the templates."""
    deps, found = plain_deps(home, reader), []
    for number in record(home, raws):
        with unit_of_work(home.engine) as session:
            message, facts = messages.load(session, number), facts_for(session, number, now=home.clock())
        found.append(Case(message, facts, propose(message, facts, deps)))
    return found


def plain_deps(home: Installation, reader: EmbeddedReader) -> Deps:
    """Give what the agent thinks with, without a model."""
    return Deps(company=home.settings.company, policy=home.settings.policy, embedded=reader)


def known(case: Case) -> Known:
    """Say what a scripted model must know to answer as the embedded reader and the templates do."""
    draft = case.proposal.draft
    body = draft.body.replace(signature_block(), "").strip() if draft is not None else ""
    return Known(
        text=case.message.email.new_text,
        claims=tuple((claim.reason.value, claim.evidence) for claim in case.proposal.claims),
        tools=tuple(action.tool for action in case.proposal.actions),
        body=body,
        letter=draft.rendered if draft is not None else "",
    )
