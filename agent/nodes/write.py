"""Step 8: from actions to a draft with slots.

The writer sees evidence spans, typed history and the names of slots: never the raw mail, never a figure. Without a model,
or when its version is refused twice, the template writes.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from agent.deps import Deps
from agent.fixed import MOST_WISHED
from agent.letter import draft_of, may_be_written, parts_of, scope_of, speaking
from agent.letter_parts import unasked
from agent.llm import Budget, ModelClient, ModelFailure
from agent.policy import distrusted, hard_stop
from agent.state import Thought
from prompts.asking import StepToWrite, write_prompt
from prompts.next_step import NextStep, next_step_for
from prompts.replies import signature_block, write_reply
from prompts.scope import SlotScope
from prompts.slots import invoice_slot, slots_in
from prompts.terms import TERMS
from store.facts import CaseFacts, PastMail
from store.proposed import ProposedAction
from store.vocabulary import QuestionTopic, Severity
from tools.registry import tools

#: The model's versions: the first, and one repair.
MODEL_TRIES = 2

#: What is told in fixed words alone: how a dispute ended, and what is accepted in place of the whole.
_FIXED = ("dispute_", "settlement")


class Written(BaseModel):
    """The mail as a model words it: from the salutation to the end of the text, without the signature."""

    model_config = ConfigDict(extra="forbid")

    body: str = Field(min_length=20, max_length=3000)


def wants_answer(state: Thought) -> bool:
    """Say whether there is somebody to write to, and something to say."""
    return bool(speaking(state.actions)) and may_be_written(state.facts)


def write(state: Thought, deps: Deps) -> dict[str, object]:
    """Write the draft: by the model while it may, else by the template."""
    scope = scope_of(
        facts=state.facts,
        claims=state.claims,
        actions=state.actions,
        company=deps.company,
        policy=deps.policy,
        language=state.language,
    )
    body, writer, flags = None, "template", state.flags
    if deps.client is not None and state.budget is not None and _model_may(state):
        try:
            body = _by_model(deps.client, state.budget, state, scope)
            writer = f"model:{deps.client.name}"
        except ModelFailure:
            flags = tuple(dict.fromkeys((*flags, "written_without_model")))
    if body is None:
        body = template_body(state, scope.language)
        writer = "template"
    draft = draft_of(body, scope=scope, actions=state.actions, subject=state.message.email.subject, written_by=writer)
    return {"draft": draft, "writer": writer, "flags": flags, "repairs": state.repairs + 1}


def template_body(state: Thought, language: str) -> str:
    """Give the template's version, with its slots."""
    parts = parts_of(facts=state.facts, claims=state.claims, actions=state.actions)
    brief = state.fixed is not None and state.fixed.brief
    return write_reply(parts, language=language, tone=state.tone, figures=not distrusted(state.facts), brief=brief)


def _model_may(state: Thought) -> bool:
    # What must be said in fixed words, or to somebody unproven, is never worded by a model.
    fixed = (
        hard_stop(state.claims) is not None
        or distrusted(state.facts)
        or _tells_how_to_pay(state)
        or _settles(state)
        or any(unasked(action.tool) for action in state.actions)
    )
    return state.repairs < MODEL_TRIES and not fixed and "written_without_model" not in state.flags


def _tells_how_to_pay(state: Thought) -> bool:
    return any(action.arguments.get("topic") == QuestionTopic.HOW_TO_PAY for action in state.actions)


def _settles(state: Thought) -> bool:
    """Say whether the letter tells how a dispute ended: what is given and what is not stands in fixed words."""
    return any(str(action.arguments.get("kind", "")).startswith(_FIXED) for action in state.actions)


def _by_model(client: ModelClient, budget: Budget, state: Thought, scope: SlotScope) -> str:
    refused = [f.text for f in state.findings if f.severity is Severity.BLOCK] if state.repairs else []
    system, user = write_prompt(
        language=scope.language,
        formal=state.tone.formal,
        register=state.tone.register_,
        steps=_steps(state),
        slots=slots_for(state, scope),
        history=[*map(_past, state.facts.history), *_standing(state.facts)],
        faults=refused,
        wish=state.fixed.wish[:MOST_WISHED] if state.fixed is not None else "",
    )
    answer = client.ask(Written, purpose="repair" if refused else "write", system=system, user=user, budget=budget)
    return answer.body.strip() + "\n\n" + signature_block()


def _steps(state: Thought) -> list[StepToWrite]:
    return [
        StepToWrite(
            what=_what(action),
            reason=state.claims[action.claims[0]].reason.value,
            evidence=" / ".join(state.claims[i].evidence for i in action.claims)[:600],
        )
        for action in speaking(state.actions)
        if action.claims
    ]


def _what(action: ProposedAction) -> str:
    tool = tools()[action.tool]
    return tool.says(tool.parse(action.arguments))


def slots_for(state: Thought, scope: SlotScope) -> dict[str, str]:
    """Name the slots that fit this answer, with what each stands for; those that the template would use come with it."""
    meanings = {
        "{{ contact.salutation }}": "the salutation with the name; put your comma or colon after it",
        "{{ company.name }}": "our company",
    }
    for number in scope.covered[:10]:
        meanings[invoice_slot(number, "number")] = "the number of an invoice that this is about"
        meanings[invoice_slot(number, "balance")] = "what is open on that invoice"
        meanings[invoice_slot(number, "due_date")] = "when that invoice was due"
    for name in slots_in(template_body(state, scope.language)):
        meanings.setdefault("{{ " + name + " }}", _meaning(name))
    step = next_step_for(parts_of(facts=state.facts, claims=state.claims, actions=state.actions))
    if step is not NextStep.NONE:
        meanings["{{ deadline.date }}"] = _MEANINGS["deadline.date"]
    return {slot: meaning for slot, meaning in meanings.items() if "sender." not in slot and "address" not in slot}


def _meaning(name: str) -> str:
    return TERMS[name].meaning if name in TERMS else _MEANINGS.get(name, "as its name says")


_MEANINGS = {
    "deadline.date": "the day by which the next step happens",
    "plan.schedule": "the schedule, one line an instalment, as a paragraph of its own",
    "plan.count": "how many instalments",
    "plan.total": "the sum of the plan",
    "plan.first_due": "when the first instalment is due",
    "hold.until": "the day on which we come back; no reminder goes out before",
    "promise.date": "the day that the customer announced",
    "promise.amount": "the amount that the customer announced",
    "covered.balance": "what is open on the invoices of this mail together",
    "covered.numbers": "their numbers as a list",
    "new_contact.name": "the person that the customer named",
}


def _past(mail: PastMail) -> str:
    if mail.by_hand:
        return "a colleague answered them personally"
    words = mail.reasons if mail.direction == "in" else mail.tools
    who = "the customer wrote" if mail.direction == "in" else "we answered"
    return f"{who}: {', '.join(words).replace('_', ' ') or 'something else'}"


def _standing(facts: CaseFacts) -> list[str]:
    """Tell in words, never in figures, what became of what was said before."""
    told = [f"a payment that they announced: {promise.status}" for promise in facts.promises]
    told += [f"a payment plan: {plan.status}" for plan in facts.plans]
    told += [f"a dispute about {dispute.kind.replace('_', ' ')}: {dispute.status}" for dispute in facts.disputes]
    return list(dict.fromkeys(told))
