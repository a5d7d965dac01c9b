"""What a person's other reading, other act or other wording makes of a proposal. Pure but for the model that may word it.

The agent's own graph works it out, under the same policy and rules; nothing here keeps or sends anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from agent.claiming import claim_of
from agent.danger import NEEDS_PERSON, Danger
from agent.deps import Deps
from agent.fixed import Fixed
from agent.graph import propose_again
from agent.language import language_of
from agent.negotiating import negotiated
from agent.nodes.decide import grouped
from agent.nodes.write import MODEL_TRIES
from agent.policy import HARD_STOPS, PLAN, allowed_tools, ask_for
from review.instructions import Instruction
from review.item import Item
from store.proposed import Claim, ModelCall, Proposal, Tone
from store.vocabulary import Reason, Register, Verdict
from tools.base import NotAllowed
from tools.plan_arguments import Move
from tools.plan_by_hand import with_instalments

#: Marks a claim, and says in words, that a person read it so.
READ_BY_PERSON = "read_by_person"
_REGISTERS = (Register.WARM, Register.NEUTRAL, Register.FIRM)
_SHORTER = "Make it clearly shorter: only what the customer must know, in as few sentences as that takes."
_OFFERS = frozenset({Move.OFFER.value, Move.ASKED.value, Move.COUNTER.value})
_ASKED_SHORTER, _ASKED_WARMER, _ASKED_FIRMER = (
    f"a person asked for a {how}" for how in ("shorter mail", "warmer tone", "firmer tone")
)
_IN_DIFFICULTY = frozenset({Reason.HARDSHIP, Reason.PLAN_REQUEST, Reason.INSOLVENCY})


class NotFollowed(ValueError):
    """No mail that follows a wish keeps the rules. `calls`: what was asked of the model, which costs all the same."""

    def __init__(self, calls: tuple[ModelCall, ...]) -> None:
        """Say what happened."""
        super().__init__(
            f"the language model gave no mail that keeps the rules in {MODEL_TRIES} tries, or this mail is one of fixed "
            "words: edit the text instead"
        )
        self.calls = calls


def reread(item: Item, deps: Deps, *, claim: int, reason: Reason) -> Proposal:
    """Propose anew with another reason for a claim (by index), or with its own, confirmed. Raises ValueError."""
    _from_a_person(item)
    claims = item.proposal.claims
    if not 0 <= claim < len(claims):
        raise ValueError(f"there is no claim {claim + 1} in this proposal")
    old, text = claims[claim], item.message.email.new_text
    language = _language_of(item)
    new = claim_of(
        reason,
        evidence=old.evidence,
        confidence=1.0,
        named=old.invoices,
        text=text,
        facts=item.facts,
        language=language,
        around=old.evidence,
    )
    new = new.model_copy(update={"flags": tuple(dict.fromkeys((*new.flags, READ_BY_PERSON)))})
    changed = negotiated(
        [*claims[:claim], new, *claims[claim + 1 :]],
        text=text,
        facts=item.facts,
        language=language,
        policy=deps.policy,
    )
    fixed = _as_it_stands(item, claims=changed)
    # Acts of the claims that nobody touched stay; for this one the usual act is chosen.
    touched = {i for action in item.proposal.actions if claim in action.claims for i in action.claims}
    fixed = replace(fixed, tools={i: tool for i, tool in fixed.tools.items() if i not in touched})
    # What was left out of the old reading is not left out of the new one.
    fixed = replace(fixed, left_out=frozenset(left for left in fixed.left_out if not touched & {*left[1]}))
    fixed = replace(fixed, reader=_by_person(item.proposal.reader))
    return _again(item, deps, fixed, flags=_flags_after(item, old, new, deps, changed))


def retool(item: Item, deps: Deps, *, action: int, tool: str) -> Proposal:
    """Propose anew with another act (by position) that the policy allows. Raises ValueError."""
    _from_a_person(item)
    if not 0 <= action < len(item.proposal.actions):
        raise ValueError(f"there is no action {action + 1} in this proposal")
    claims = item.proposal.actions[action].claims
    if not claims:
        raise ValueError("nothing that was read calls for this: there is no other act to choose")
    fixed = _as_it_stands(item)
    fixed = replace(fixed, tools={**fixed.tools, **dict.fromkeys(claims, tool)})
    # Whatever a person was asked to look at is as it was: another act answers it for nobody.
    anew = _again(item, deps, fixed, needs=item.proposal.needs_person)
    if not any(tool == a.tool and set(claims) & set(a.claims) for a in anew.actions):
        raise ValueError(_why_not(item, deps, claims[0], tool))
    return anew


def redraft(item: Item, deps: Deps, instruction: Instruction) -> Proposal:
    """Word the mail anew as a person asks. Raises ValueError where that cannot be, and says what can."""
    if item.proposal.draft is None:
        raise ValueError("there is no mail to word here")
    fixed = replace(_as_it_stands(item), tone=item.proposal.tone, language=item.proposal.draft.language)
    if instruction.tone:
        fixed = replace(fixed, tone=_toned(item, instruction.tone))
    if instruction.language:
        fixed = replace(fixed, language=instruction.language)
    if instruction.instalments is not None:
        _from_a_person(item)
        fixed = _with_plan(item, deps, fixed, instruction.instalments)
    if instruction.brief:
        fixed = replace(fixed, tone=_asked(fixed.tone or Tone(), _ASKED_SHORTER))
    if _ASKED_SHORTER in (fixed.tone or Tone()).reasons:
        fixed = replace(fixed, brief=True, wish=_SHORTER)
    if instruction.wish:
        if deps.client is None:
            raise ValueError(
                "without a language model a draft can be made shorter, warmer or firmer, put into another language, "
                "or offer so many instalments; edit the text for anything else"
            )
        fixed = replace(fixed, wish=instruction.wish)
    # Another plan is another act: whether a person must look then follows from it.
    needs = item.proposal.needs_person if instruction.instalments is None else None
    anew = _again(item, deps, fixed, needs=needs)
    if anew.draft is None:
        raise ValueError("no mail is written for this any more: look at the account")
    if instruction.wish and not anew.draft.written_by.startswith("model:"):
        raise NotFollowed(anew.calls)
    if anew.draft.rendered.split() == item.proposal.draft.rendered.split():
        raise ValueError("worded anew it reads the same: edit the text instead")
    return anew


def _again(
    item: Item, deps: Deps, fixed: Fixed, *, flags: tuple[str, ...] | None = None, needs: str | None = None
) -> Proposal:
    kept = item.proposal.flags if flags is None else flags
    warned = any(flag.startswith("warning_words:") for flag in kept)
    needs = needs or ("the mail has the words of a warning that no claim is about" if warned else None)
    needs = needs or (NEEDS_PERSON if set(Danger) & set(kept) else None)
    return propose_again(item.message, item.facts, deps, fixed=fixed, flags=kept, needs=needs)


def _as_it_stands(item: Item, *, claims: tuple[Claim, ...] | None = None) -> Fixed:
    proposal = item.proposal
    return Fixed(
        claims=proposal.claims if claims is None else claims,
        reader=proposal.reader,
        tools={i: action.tool for action in proposal.actions for i in action.claims},
        left_out=frozenset((a.tool, a.claims) for a in proposal.actions if a.declined),
        instalments=_offered(proposal),
        language=proposal.draft.language if proposal.draft is not None else _language_of(item),
    )


def _offered(proposal: Proposal) -> int | None:
    """Count the instalments of the plan that is offered, so that other words offer no other plan."""
    for action in proposal.actions:
        if action.tool == PLAN and action.arguments.get("move") in _OFFERS:
            return len(action.arguments.get("instalments", ()))
    return None


def _from_a_person(item: Item) -> None:
    if item.facts.followup is not None:
        raise ValueError("this case woke by itself: its act follows from the ledger, and cannot be another")
    if item.proposal.verdict not in (Verdict.REPLY, Verdict.UNRELATED, Verdict.AUTO_REPLY):
        raise ValueError("no person wrote this mail: there is nothing to read otherwise")
    if item.facts.customer is None:
        raise ValueError("this mail belongs to no known customer: assign it first")


def _language_of(item: Item) -> str:
    return language_of(
        item.message.email.new_text, default=item.facts.customer.language if item.facts.customer else "en"
    )


def _by_person(reader: str) -> str:
    return reader if reader.startswith("human") else f"human, after {reader}"


def _flags_after(item: Item, old: Claim, new: Claim, deps: Deps, claims: tuple[Claim, ...]) -> tuple[str, ...]:
    """Give the mail's flags: unsure ones go once all is sure; a warning that is read away stays, for whoever approves."""
    flags = [flag for flag in item.proposal.flags if flag not in old.flags and flag != "low_confidence"]
    flags += [flag for flag in old.flags if flag.startswith("unreported:")]
    flags += [flag for claim in claims for flag in claim.flags if flag != READ_BY_PERSON]
    if any(claim.confidence < deps.policy.sure_from(claim.reason) for claim in claims):
        flags.append("low_confidence")
    said = {claim.reason for claim in claims}
    if old.reason in HARD_STOPS and old.reason not in said:
        flags.append(f"warning_words:{old.reason.value}")
    flags = [flag for flag in flags if flag.partition(":")[2] not in said or not flag.startswith("warning_words:")]
    return tuple(dict.fromkeys((*flags, READ_BY_PERSON)))


def _why_not(item: Item, deps: Deps, claim: int, tool: str) -> str:
    claims = item.proposal.claims
    allowed = allowed_tools(claims[claim], claims=claims, facts=item.facts, policy=deps.policy)
    return allowed.refused.get(tool) or f"{tool.replace('_', ' ')} does not fit what the customer said"


def _toned(item: Item, step: int) -> Tone:
    tone = item.proposal.tone
    if step > 0 and any(claim.reason in _IN_DIFFICULTY for claim in item.proposal.claims):
        raise ValueError("the customer is in difficulty: the mail stays as gentle as it is")
    place = _REGISTERS.index(tone.register_) if tone.register_ in _REGISTERS else len(_REGISTERS) - 1
    if not 0 <= place + step < len(_REGISTERS):
        raise ValueError(f"it is as {'warm' if step < 0 else 'firm'} as an answer may be")
    asked, opposite = (_ASKED_WARMER, _ASKED_FIRMER) if step < 0 else (_ASKED_FIRMER, _ASKED_WARMER)
    others = tuple(reason for reason in tone.reasons if reason != opposite)
    return _asked(tone.model_copy(update={"register_": _REGISTERS[place + step], "reasons": others}), asked)


def _asked(tone: Tone, reason: str) -> Tone:
    return tone.model_copy(update={"reasons": tuple(dict.fromkeys((*tone.reasons, reason)))})


def _with_plan(item: Item, deps: Deps, fixed: Fixed, count: int) -> Fixed:
    """Choose the plan with so many instalments for the claims that a plan can answer. Raises ValueError."""
    claims, why = item.proposal.claims, ""
    for group in grouped(claims):
        allowed = allowed_tools(claims[group[0]], claims=claims, facts=item.facts, policy=deps.policy)
        if PLAN not in allowed.tools:
            why = why or allowed.refused.get(PLAN, "")
            continue
        try:
            with_instalments(
                ask_for([claims[i] for i in group], claims=claims, facts=item.facts, policy=deps.policy), count
            )
        except NotAllowed as refused:
            raise ValueError(f"no plan of {count} instalments: {refused}") from refused
        tools: Mapping[int, str] = {**fixed.tools, **dict.fromkeys(group, PLAN)}
        return replace(fixed, tools=tools, instalments=count)
    told = why or "the customer neither asks for a plan nor says that they cannot pay; read a claim that way first"
    raise ValueError(f"no plan can be offered: {told}")
