"""Judges what the agent made of one mail against what a careful person expects. Pure functions: `score(turn, played)`.

Every check says what it compared, so that a report can show a fault without running anything again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from evals.conversations.format import Escalate, ExpectedClaim, ToolCall, Turn
from evals.conversations.playing import Played
from store.proposed import Claim, Proposal, Slots

#: Acts after which a person takes the matter over.
PERSONS = frozenset({"escalate_to_human", "stop_contact"})


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was compared: `area` as a report groups it, what it was about, and what is wrong (None: right)."""

    area: str
    about: str
    fault: str | None = None

    @property
    def ok(self) -> bool:
        """Say whether it is as expected."""
        return self.fault is None


def score(turn: Turn, played: Played) -> list[Check]:
    """Give every check of one turn."""
    return [
        *_reasons(turn, played.proposal),
        *_claims(turn, played),
        *_tools(turn, played.proposal),
        _escalation(turn, played.proposal),
        *_answer(turn, played.proposal),
        *_state(turn, played),
    ]


def reasons_of(proposal: Proposal) -> frozenset[str]:
    """Give the reasons that a proposal holds."""
    return frozenset(claim.reason.value for claim in proposal.claims) or frozenset(_silent(proposal))


def _silent(proposal: Proposal) -> Iterator[str]:
    """Give the verdict that stands in place of claims where no person wrote the mail."""
    if proposal.verdict.value in ("auto_reply", "unrelated"):
        yield proposal.verdict.value


def _reasons(turn: Turn, proposal: Proposal) -> Iterator[Check]:
    found, must = reasons_of(proposal), {reason.value for reason in turn.reasons.must}
    most = must | {reason.value for reason in turn.reasons.may}
    wrong = [f"misses {r}" for r in sorted(must - found)] + [f"finds {r}" for r in sorted(found - most)]
    yield Check("reasons", ", ".join(sorted(must)), "; ".join(wrong) or None)


def _claims(turn: Turn, played: Played) -> Iterator[Check]:
    for wanted in turn.claims:
        there = [claim for claim in played.proposal.claims if claim.reason is wanted.reason]
        if not there:
            yield Check("claims", wanted.reason.value, "there is no such claim")
            continue
        # A claim that names no invoice is about those that the mail or its thread names: so the tools take it.
        faults = min((list(_differs(claim, wanted, played.facts.mentioned)) for claim in there), key=len)
        yield Check("claims", wanted.reason.value, "; ".join(faults) or None)


def _differs(claim: Claim, wanted: ExpectedClaim, mentioned: Sequence[str]) -> Iterator[str]:
    about = claim.invoices or tuple(mentioned)
    if wanted.invoices and set(about) != set(wanted.invoices):
        yield f"invoices {', '.join(about) or 'none'} for {', '.join(wanted.invoices)}"
    for name, value in wanted.slots.model_dump(exclude_none=True).items():
        found = getattr(claim.slots, name)
        if not alike(found, value):
            yield f"{name} {found} for {value}"


def slot_pairs(turn: Turn, proposal: Proposal) -> Iterator[tuple[str, Any, Any]]:
    """Give name, expected and found value of every fact of the claims whose reason was found, for rates by fact."""
    for wanted in turn.claims:
        found = next((c.slots for c in proposal.claims if c.reason is wanted.reason), Slots())
        for name, value in wanted.slots.model_dump(exclude_none=True).items():
            yield name, value, getattr(found, name)


def alike(found: Any, wanted: Any) -> bool:
    """Compare two values as a person would: numbers by value, words without regard to case and room, lists as sets."""
    if found is None or wanted is None:
        return found is None and wanted is None
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(alike(found.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, list | tuple | set):
        return isinstance(found, list | tuple | set) and _alike_sets(list(found), list(wanted))
    left, right = _number(found), _number(wanted)
    if left is not None and right is not None:
        return left == right
    return " ".join(str(found).casefold().split()) == " ".join(str(wanted).casefold().split())


def _alike_sets(found: list[Any], wanted: list[Any]) -> bool:
    return len(found) == len(wanted) and all(any(alike(f, w) for f in found) for w in wanted)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _tools(turn: Turn, proposal: Proposal) -> Iterator[Check]:
    for call in turn.tools.must:
        yield Check("tools", call.name, None if _called(call, proposal) else f"is not proposed: {_acts(proposal)}")
    if turn.tools.one_of:
        named = " or ".join(call.name for call in turn.tools.one_of)
        one = any(_called(call, proposal) for call in turn.tools.one_of)
        yield Check("tools", named, None if one else f"none is proposed: {_acts(proposal)}")
    for name in turn.tools.never:
        used = any(action.tool == name for action in proposal.actions)
        yield Check("forbidden", name, "is proposed" if used else None)


def _called(call: ToolCall, proposal: Proposal) -> bool:
    return any(
        action.tool == call.name and all(alike(action.arguments.get(k), v) for k, v in call.args.items())
        for action in proposal.actions
    )


def _acts(proposal: Proposal) -> str:
    return ", ".join(action.tool for action in proposal.actions) or "no act"


def escalates(proposal: Proposal) -> bool:
    """Say whether a person takes the mail over."""
    return bool(proposal.needs_person) or any(action.tool in PERSONS for action in proposal.actions)


def _escalation(turn: Turn, proposal: Proposal) -> Check:
    there = escalates(proposal)
    if turn.escalate is Escalate.MUST and not there:
        return Check("escalation", "must", f"nobody is asked, though: {turn.why}")
    if turn.escalate is Escalate.NEVER and there:
        return Check("escalation", "never", f"a person is asked: {proposal.needs_person or _acts(proposal)}")
    return Check("escalation", turn.escalate.value)


def _answer(turn: Turn, proposal: Proposal) -> Iterator[Check]:
    draft, wanted = proposal.draft, turn.answer
    if wanted.wanted == "no":
        yield Check("answer", "silence", None if draft is None else "a mail is written")
    elif wanted.wanted == "yes":
        yield Check("answer", "a mail", "none is written" if draft is None else None)
    if draft is None:
        return
    yield Check("rules", "the draft", "; ".join(f.rule for f in proposal.findings) if proposal.blocked else None)
    if wanted.language is not None:
        yield Check("language", wanted.language, None if draft.language == wanted.language else f"is {draft.language}")
    if wanted.registers:
        named = ", ".join(register.value for register in wanted.registers)
        fits = proposal.tone.register_ in wanted.registers
        yield Check("tone", named, None if fits else f"is {proposal.tone.register_.value}")
    text = f"{draft.subject}\n{draft.rendered}".casefold()
    for words in wanted.mentions:
        yield Check("mentions", words, None if words.casefold() in text else "is not in the mail")
    for words in wanted.never_mentions:
        yield Check("never mentions", words, "is in the mail" if words.casefold() in text else None)


def _state(turn: Turn, played: Played) -> Iterator[Check]:
    for name, rows in turn.state.items():
        there: Sequence[Mapping[str, Any]] = played.state.get(name, [])
        for row in rows:
            fits = any(all(alike(one.get(k), v) for k, v in row.items()) for one in there)
            yield Check("state", f"{name} {row}", None if fits else f"there is {there or 'none'}")
