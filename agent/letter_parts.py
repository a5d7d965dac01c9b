"""What the acts of an answer bring to its letter: which of them are told, in which words of the templates, with which papers.

Shared by the writer, the checks and the queue's edits. Pure; nothing is written or sent here.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from agent.policy import ESCALATE, STOP
from prompts.replies import ReplyPart
from store.aftermath import PlanStance
from store.facts import CaseFacts
from store.proposed import Claim, Paper, ProposedAction
from store.terms import Term
from store.vocabulary import Reason
from tools.answer_question import AnswerQuestion
from tools.ask_back import AskBack
from tools.base import Arguments, NotAllowed
from tools.follow_up import FollowUp
from tools.registry import tools
from tools.remind import Remind, RemindArguments
from tools.update_contact import UpdateContact

#: What stands in for a claim where nobody made one.
NOBODYS = Claim(reason=Reason.UNCLEAR, evidence="", confidence=0)


def speaking(actions: Sequence[ProposedAction]) -> tuple[ProposedAction, ...]:
    """Give the actions that the customer is told about; where all writing stops, nothing but a word of that."""
    kept = [action for action in actions if not action.declined]
    stops = [action for action in kept if action.tool == STOP][:1]
    return tuple(action for action in stops or kept if _told(action))


def _told(action: ProposedAction) -> bool:
    tool, arguments = tools().get(action.tool), _arguments(action)
    if tool is None or arguments is None:
        return tool is None or tool.answers
    return tool.tells(arguments)


def _arguments(action: ProposedAction) -> Arguments | None:
    """Read an action's arguments; None where they cannot be read, which the approval refuses."""
    try:
        arguments: Arguments = tools()[action.tool].parse(action.arguments)
    except (KeyError, NotAllowed):
        return None
    return arguments


def covered(facts: CaseFacts, actions: Sequence[ProposedAction]) -> tuple[str, ...]:
    """List the invoices that the answer is about; with none named, those that the thread mentions."""
    named = [number for action in speaking(actions) for number in action.arguments.get("invoices", ())]
    numbers = dict.fromkeys(named or facts.mentioned)
    return tuple(number for number in numbers if facts.invoice(number) is not None)


def attachments(actions: Sequence[ProposedAction]) -> tuple[str, ...]:
    """List the invoices whose stored PDF goes along."""
    found: list[str] = []
    for action in actions:
        arguments = _arguments(action)
        found += tools()[action.tool].attachments(arguments) if arguments is not None else ()
    return tuple(dict.fromkeys(found))


def papers(actions: Sequence[ProposedAction], facts: CaseFacts) -> tuple[Paper, ...]:
    """List the documents, other than stored invoices, that go along."""
    found: list[Paper] = []
    for action in speaking(actions):
        arguments = _arguments(action)
        found += tools()[action.tool].papers(arguments, facts) if arguments is not None else ()
    return tuple(dict.fromkeys(found))


def terms_of(actions: Sequence[ProposedAction], facts: CaseFacts) -> dict[str, Term]:
    """Collect what only this answer has; where two acts give one name, the first is the one that the letter says."""
    found: dict[str, Term] = {}
    for action in speaking(actions):
        arguments = _arguments(action)
        given = tools()[action.tool].terms(arguments, facts) if arguments is not None else {}
        found = {**given, **found}
    return found


def parts_of(*, facts: CaseFacts, claims: Sequence[Claim], actions: Sequence[ProposedAction]) -> list[ReplyPart]:
    """Say what each action is, in the words of the reply templates."""
    said = [(action, claims[action.claims[0]] if action.claims else None) for action in speaking(actions)]
    return [
        _part(action, claim or NOBODYS, facts) for action, claim in said if claim is not None or unasked(action.tool)
    ]


def unasked(tool: str) -> bool:
    """Say whether a tool acts without a claim, because nobody wrote before us."""
    return tool == Remind.name


def asked_of(actions: Sequence[ProposedAction]) -> dict[str, Decimal]:
    """Give what we ask for, by invoice, where a step of a cadence worked it out."""
    found = [_arguments(action) for action in speaking(actions) if action.tool == Remind.name]
    return {line.number: line.open for one in found if isinstance(one, RemindArguments) for line in one.lines}


def copied(actions: Sequence[ProposedAction]) -> int | None:
    """Give the contact who gets the mail beside whom it goes to."""
    found = [_arguments(action) for action in speaking(actions) if action.tool == Remind.name]
    return next((one.copied for one in found if isinstance(one, RemindArguments)), None)


def _part(action: ProposedAction, claim: Claim, facts: CaseFacts) -> ReplyPart:
    arguments = _arguments(action)
    invoices = tuple(n for n in action.arguments.get("invoices", ()) if facts.invoice(n) is not None)
    return ReplyPart(
        reason=claim.reason,
        tool=action.tool,
        invoices=invoices,
        dispute_kind=claim.slots.dispute_kind,
        document=claim.slots.document,
        has_new_po=bool(action.arguments.get("po_number")),
        attachment=bool(attachments((action,))),
        has_amount=action.arguments.get("amount") is not None,
        has_new_contact=bool(claim.slots.contact_name) and action.tool == UpdateContact.name,
        topic=action.arguments.get("topic") if action.tool == AnswerQuestion.name else None,
        missing=action.arguments.get("question") if action.tool in (AskBack.name, FollowUp.name, Remind.name) else None,
        variant=_variant(action, claim, arguments),
        terms=frozenset(terms_of((action,), facts)),
        said_before=_said_before(claim, invoices, facts),
    )


def _variant(action: ProposedAction, claim: Claim, arguments: Arguments | None) -> str:
    if action.tool == ESCALATE and claim.slots.stance in (PlanStance.AGREES, PlanStance.DECLINES):
        # What a person goes on with is their yes or no, not a wish for instalments.
        return "answers_plan"
    return tools()[action.tool].variant(arguments) if arguments is not None else ""


def _said_before(claim: Claim, invoices: Sequence[str], facts: CaseFacts) -> bool:
    """Say whether an earlier mail of ours answered the same reason about these invoices: nobody reads that twice."""
    return any(
        claim.reason.value in mail.reasons and set(invoices) <= set(mail.invoices)
        for mail in facts.history
        if mail.direction == "out"
    )
