"""What a person decided, as what is expected of the agent: approved, approved after editing, or rejected with a typed reason.

A decision says what was good enough for a customer, not what alone would have been. What it does not say is marked TO_LABEL, and a
case with such a mark is not accepted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from sqlmodel import Session, select

from evals.conversations.format import Answer, Done, Escalate, ExpectedClaim, Language, Reasons, ToolCall, Tools, Turn
from review.edit_kinds import edit_kinds
from review.item import RejectReason
from store.matters import PaymentCheck, PortalItem
from store.proposals import content
from store.proposed import Proposal
from store.revisions import first_of
from store.tables import Dispute, Effect, Escalation, Hold, Plan, Promise, ProposalRow, Resubmission
from store.vocabulary import ProposalStatus, Reason, Verdict
from tools.registry import tools

TO_LABEL = "TO LABEL"
#: Acts after which a person takes the matter over.
_PERSONS = frozenset({"escalate_to_human", "stop_contact"})
#: Words of an act that are put together for people and need not be the same.
_FREE = frozenset({"summary", "explanation", "note", "statement", "why", "text", "question", "fields", "missing"})
_STATE: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("promises", Promise, ("due", "amount", "currency")),
    ("plans", Plan, ("total", "currency")),
    ("disputes", Dispute, ("invoice_number", "kind")),
    ("holds", Hold, ("invoice_number", "kind")),
    ("resubmissions", Resubmission, ("invoice_number", "kind", "po_number")),
    ("portal_items", PortalItem, ("invoice_number", "portal")),
    ("payment_checks", PaymentCheck, ("outcome",)),
    ("escalations", Escalation, ("role", "reason")),
)
_SILENT = {Verdict.AUTO_REPLY: Reason.AUTO_REPLY, Verdict.UNRELATED: Reason.UNRELATED}


def turn_of(session: Session, row: ProposalRow, *, file: str, sent: str | None, role: str) -> Turn:
    """Say what is expected of the mail that a decided proposal is about. `role`: as what the person decided."""
    proposal, first = content(row), first_of(session, row)
    rejected = row.status == ProposalStatus.REJECTED
    why = _why(row) if rejected else None
    calls = tuple(_call(a.tool, a.arguments, whole=False) for a in _acts(proposal))
    claims = tuple(ExpectedClaim(reason=c.reason, invoices=c.invoices, slots=c.slots) for c in _once(proposal))
    reasons = tuple(dict.fromkeys(claim.reason for claim in claims)) or (_SILENT.get(proposal.verdict, Reason.UNCLEAR),)
    escalate, because = _escalation(proposal, row, role=role)
    return Turn(
        message=file,
        reasons=Reasons(must=reasons),
        claims=() if why in (RejectReason.WRONG_REASON, RejectReason.OTHER) else claims,
        tools=Tools(
            never=_never(proposal, first, why), must=() if rejected and why is not RejectReason.WRONG_WORDS else calls
        ),
        escalate=escalate,
        why=because,
        answer=_answer(proposal, why),
        state={} if rejected else state_of(session, row),
        done=_done(row, proposal, claims, sent=sent, rejected=rejected),
        note=_note(proposal, first, row, why, role),
    )


def unlabelled(file: str, *, done: Done | None) -> Turn:
    """Give a turn for a mail about which nobody decided: a person says what is expected."""
    note = f"{TO_LABEL}: nobody decided about this mail"
    return Turn(
        message=file,
        reasons=Reasons(must=(Reason.UNCLEAR,)),
        escalate=Escalate.MAY,
        answer=Answer(wanted="may"),
        done=done,
        note=note,
    )


def state_of(session: Session, row: ProposalRow) -> dict[str, tuple[dict[str, Any], ...]]:
    """Give the rows that carrying out a proposal made: what must exist after approval."""
    effects = list(session.exec(select(Effect.id).where(Effect.proposal_id == row.id, Effect.position >= 0)))
    found: dict[str, tuple[dict[str, Any], ...]] = {}
    for name, table, fields in _STATE:
        rows = [one.model_dump(mode="json") for one in session.exec(select(table).where(table.effect_id.in_(effects)))]
        if rows:
            found[name] = tuple({f: one[f] for f in fields if one[f] not in (None, "")} for one in rows)
    return found


def _acts(proposal: Proposal) -> list[Any]:
    return [action for action in proposal.actions if not action.declined and action.tool in tools()]


def _once(proposal: Proposal) -> list[Any]:
    """Give one claim a reason and set of invoices, the surest."""
    best: dict[Any, Any] = {}
    for claim in proposal.claims:
        key = (claim.reason, frozenset(claim.invoices))
        if key not in best or claim.confidence > best[key].confidence:
            best[key] = claim
    return list(best.values())


def _call(name: str, arguments: Mapping[str, Any], *, whole: bool) -> ToolCall:
    """Give a tool call; where it is expected of others too, without free words and without what is anyway so."""
    fields = tools()[name].arguments.model_fields
    if whole:
        return ToolCall(name=name, args={k: v for k, v in arguments.items() if k in fields})
    told = {k: v for k, v in arguments.items() if k in fields and k not in _FREE and v not in (None, "", [], {})}
    return ToolCall(
        name=name, args={k: v for k, v in told.items() if fields[k].is_required() or v != _default(fields[k])}
    )


def _default(field: Any) -> Any:
    value = field.get_default(call_default_factory=True, validated_data={})
    return getattr(value, "value", value)


def _why(row: ProposalRow) -> RejectReason:
    typed = (row.decision or "").partition(":")[0]
    return RejectReason(typed) if typed in set(RejectReason) else RejectReason.OTHER


def _never(proposal: Proposal, first: Proposal, why: RejectReason | None) -> tuple[str, ...]:
    """Name the tools that a person took away: all of a proposal that was wrong, or those that an edit left out."""
    kept = {a.tool for a in _acts(proposal)}
    if why in (RejectReason.WRONG_REASON, RejectReason.WRONG_ACTION, RejectReason.OTHER):
        return tuple(sorted(kept))
    if why is not None:
        return ()
    return tuple(sorted({a.tool for a in (*first.actions, *proposal.actions) if a.tool in tools()} - kept))


def _escalation(proposal: Proposal, row: ProposalRow, *, role: str) -> tuple[Escalate, str | None]:
    if row.status != ProposalStatus.REJECTED and {a.tool for a in _acts(proposal)} & _PERSONS:
        return Escalate.MUST, f"A {role} approved that a person takes it over."
    unedited = row.status != ProposalStatus.REJECTED and not row.edited and not proposal.needs_person
    return (Escalate.NEVER if unedited else Escalate.MAY), None


def _answer(proposal: Proposal, why: RejectReason | None) -> Answer:
    draft = proposal.draft
    if why is RejectReason.NO_ANSWER_NEEDED or (draft is None and why is None):
        return Answer(wanted="no")
    if why is not None or draft is None:
        return Answer(wanted="may")
    named = [number for action in _acts(proposal) for number in action.arguments.get("invoices") or ()]
    mentions = tuple(dict.fromkeys(n for n in named if isinstance(n, str) and n in draft.rendered))
    language: Any = draft.language if draft.language in get_args(Language) else None
    return Answer(wanted="yes", language=language, registers=(proposal.tone.register_,), mentions=mentions)


def _done(
    row: ProposalRow, proposal: Proposal, claims: Sequence[ExpectedClaim], *, sent: str | None, rejected: bool
) -> Done | None:
    if row.decided_at is None:
        return None
    acts = () if rejected else tuple(_call(a.tool, a.arguments, whole=True) for a in _acts(proposal))
    return Done(at=row.decided_at, claims=() if rejected else tuple(claims), actions=acts, sent=sent)


def _note(proposal: Proposal, first: Proposal, row: ProposalRow, why: RejectReason | None, role: str) -> str:
    how: Literal["approved", "edited", "rejected"] = "rejected" if why else "edited" if row.edited else "approved"
    told = f"{how} by a {role}"
    if why is not None:
        told = f"{told}: {why.value}"
        if why in (RejectReason.WRONG_REASON, RejectReason.OTHER):
            told = f"{TO_LABEL}: {told}; say which reasons are right"
        elif why is RejectReason.WRONG_ACTION:
            told = f"{TO_LABEL}: {told}; say which act is right"
    elif row.edited:
        kinds = ", ".join(sorted(kind.value for kind in edit_kinds(first, proposal)))
        told = f"{told}: {kinds}"
    return told[:400]
