"""Step 6: from the customer's new text to claims.

The reader sees that text and this customer's invoice numbers: no balance, no contact, no tool. Where no model is
configured, or it fails, the embedded reader reads and a person is told.
"""

from __future__ import annotations

from agent.alarms import heard
from agent.claiming import claim_of, read_embedded
from agent.danger import NEEDS_PERSON, in_danger
from agent.deps import Deps
from agent.evidence import locate
from agent.focus import for_people, speaks_to_machines
from agent.language import language_of
from agent.llm import Budget, ModelClient, ModelFailure
from agent.negotiating import negotiated
from agent.policy import HARD_STOPS
from agent.state import Thought
from agent.stated import ReadReply
from agent.unreported import unreported
from prompts.asking import read_prompt
from store.facts import CaseFacts
from store.numbers import find_invoices
from store.proposed import Claim

#: What is longer than this is cut for the reader (about 6,000 tokens); the collector sees all of it, and a flag.
MAX_CHARACTERS = 24_000


def read(state: Thought, deps: Deps) -> dict[str, object]:
    """Find the claims of a reply, with evidence that stands in it."""
    text = state.message.email.new_text
    flags = list(state.flags)
    if len(text) > MAX_CHARACTERS:
        text, flags = text[:MAX_CHARACTERS], [*flags, "cut_for_reader"]
    language = language_of(for_people(text), default=state.facts.customer.language if state.facts.customer else "en")
    needs, reader = state.needs_person, deps.embedded.name
    claims: tuple[Claim, ...] = ()
    if deps.client is not None and state.budget is not None and text.strip():
        try:
            claims = _by_model(
                state.message.email.quoted_text,
                deps.client,
                state.budget,
                text=text,
                subject=state.message.email.subject,
                facts=state.facts,
                language=language,
            )
            claims += unreported(
                claims, deps, text=text, subject=state.message.email.subject, facts=state.facts, language=language
            )
            reader = f"model:{deps.client.name}"
        except ModelFailure as failure:
            needs = f"the language model gave no reading ({failure}); this is the embedded reader's"
        else:
            if not claims:
                needs = (
                    "nothing that the language model claimed stands in the mail; this is the embedded reader's reading"
                )
    if not claims:
        reader = deps.embedded.name
        claims = read_embedded(
            deps, text=text, subject=state.message.email.subject, facts=state.facts, language=language
        )
    claims = negotiated(claims, text=text, facts=state.facts, language=language, policy=deps.policy)
    flags += [flag for claim in claims for flag in claim.flags]
    if unheard := heard(for_people(text)) if not HARD_STOPS & {claim.reason for claim in claims} else frozenset():
        # Only words: they are too little for a claim, and too much to be answered without a person (threat T-25).
        flags += [f"warning_words:{reason.value}" for reason in sorted(unheard)]
        needs = needs or "the mail has the words of a warning that no claim is about"
    # The whole mail, subject and words to machines too: who speaks of a life in the same breath must be heard all the same.
    if danger := in_danger(f"{state.message.email.subject} .\n{state.message.email.new_text}"):
        flags += [heard_of.value for heard_of in danger]
        needs = needs or NEEDS_PERSON
    if speaks_to_machines(text) or speaks_to_machines(state.message.email.subject):
        flags.append("addressed_to_machine")
    if any(claim.confidence < deps.policy.sure_from(claim.reason) for claim in claims):
        flags.append("low_confidence")
    return {
        "claims": claims,
        "reader": reader,
        "language": language,
        "needs_person": needs,
        "flags": tuple(dict.fromkeys(flags)),
    }


def _by_model(
    quoted: str, client: ModelClient, budget: Budget, *, text: str, subject: str, facts: CaseFacts, language: str
) -> tuple[Claim, ...]:
    system, user = read_prompt(text=text, subject=subject, invoices=[i.number for i in facts.invoices])
    answer = client.ask(ReadReply, purpose="read", system=system, user=user, budget=budget)
    # A number that stands nowhere in the mail is the model's own invention.
    written = find_invoices("\n".join((subject, text, quoted)), [i.number for i in facts.invoices])
    found = []
    for said in answer.claims:
        evidence = locate(said.evidence, text)
        if evidence is None:
            continue
        confidence = min(max(said.confidence, 0.0), 1.0)
        found.append(
            claim_of(
                said.reason,
                evidence=evidence,
                confidence=confidence,
                named=[n for n in said.invoices if n in text or find_invoices(n, written)],
                text=text,
                facts=facts,
                language=language,
                hints=said.hints(),
            )
        )
    return tuple(found)
