"""Writes the answer that needs no model: hand-written paragraphs by reason, tool and language, with slots for figures.

The body comes back with its slots unfilled (`prompts.slots.fill` fills them). Nothing of the customer's text is ever
used. A reply that touches fraud, insolvency, a legal threat or a wish not to be written to is answered by that one
paragraph alone; a mail about contested money sets the customer no deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from jinja2 import Template
from pydantic import BaseModel, ConfigDict

from prompts.loader import reply_templates
from prompts.next_step import ANSWERED_ALONE, NextStep, contested, next_step_for, permitted
from prompts.slots import invoice_slot
from prompts.wording import listed, supported
from store.proposed import Tone
from store.vocabulary import DisputeKind, DocumentKind, MissingPiece, QuestionTopic, Reason, Register

#: Tools that have paragraphs of their own. Any other tool gets the holding answer of its reason.
WORDED_TOOLS: tuple[str, ...] = (
    "resubmit_invoice",
    "submit_to_portal",
    "propose_payment_plan",
    "open_dispute",
    "send_documents",
    "update_contact",
    "record_promise",
    "check_payment",
    "hold_outreach",
    "ask_back",
    "answer_question",
    "follow_up",
    "remind",
    "stop_contact",
    "escalate_to_human",
)
_HOLDING = "escalate_to_human"
_SILENT = "no_reply"
_STOP = "stop_contact"
_ASK = "ask_back"
_PROMISE = "record_promise"
#: Tools whose second paragraph must not begin like the first.
_AGAIN = frozenset({_PROMISE, "send_documents"})
#: What we write of our own accord: nobody is thanked for a message.
_UNASKED = frozenset({"follow_up", "remind"})

_GENTLE = frozenset({Reason.HARDSHIP})


class ReplyPart(BaseModel):
    """One action to word: which tool answers which reason, about which of the customer's invoices.

    `attachment`: the stored PDF goes along. `has_new_po`: the scope holds a purchase order for each of the invoices.
    `has_amount`: the promise names an amount. `has_new_contact`: the scope holds a new contact's name.
    `topic`: what an answered question is about. `missing`: what is asked back. `variant`: which wording of the tool's
    templates fits. `terms`: the slots of `prompts.terms` that this answer can fill.
    `said_before`: an earlier mail of ours answered the same matter.
    """

    model_config = ConfigDict(frozen=True)

    reason: Reason
    tool: str
    invoices: tuple[str, ...] = ()
    dispute_kind: DisputeKind | None = None
    document: DocumentKind | None = None
    has_new_po: bool = False
    attachment: bool = False
    has_amount: bool = False
    has_new_contact: bool = False
    topic: QuestionTopic | None = None
    missing: MissingPiece | None = None
    variant: str = ""
    terms: frozenset[str] = frozenset()
    said_before: bool = False


def write_reply(
    parts: Sequence[ReplyPart],
    *,
    language: str,
    tone: Tone,
    figures: bool,
    next_step: NextStep | None = None,
    brief: bool = False,
) -> str:
    """Write one mail that covers all parts, with its slots still in it; "" when no part wants an answer.

    An unknown language is answered in English. `figures=False` gives the neutral mail for an unproven sender, whose
    only slots say who we are. `next_step` None picks the step that fits the parts. `brief` thanks in one sentence, and
    leaves out the offer to talk where nothing is asked for.
    """
    spoken = [part for part in parts if part.tool != _SILENT]
    if not spoken:
        return ""
    language = supported(language)
    if not figures:
        return _joined([_text(f"{language}/no_figures.txt"), _text("signature.txt")])
    said = _merged(_one_question(_alone(spoken)))
    mood = _mood(said, tone)
    step = next_step_for(said) if next_step is None else permitted(said, next_step)
    return _joined(
        [
            _opening(language, "neutral" if brief else mood, thanks=not any(part.tool in _UNASKED for part in said)),
            *(
                _paragraph(part, language, mood, again=part.tool in _AGAIN and part.tool in [p.tool for p in said[:i]])
                for i, part in enumerate(said)
            ),
            "" if step is NextStep.NONE else _text(f"{language}/next_step.txt", step=step.value, mood=mood),
            _text(f"{language}/closing.txt", mood=_closing(mood, step) if brief else mood),
            _text("signature.txt"),
        ]
    )


def signature_block() -> str:
    """Give the lines under every mail, as slots: who writes, for whom, from where."""
    return _text("signature.txt").strip()


def _opening(language: str, mood: str, *, thanks: bool) -> str:
    """Greet; thank for the message only where one is answered."""
    opening = _text(f"{language}/opening.txt", mood=mood)
    return opening if thanks else opening.strip().partition("\n\n")[0]


def _closing(mood: str, step: NextStep) -> str:
    """Give the shortest ending: whoever is asked for something is told what to do who sees it differently (R-DIS-03)."""
    return "solemn" if step in (NextStep.NONE, NextStep.WE_REPLY) else "neutral" if mood == "warm" else mood


def _alone(parts: Sequence[ReplyPart]) -> list[ReplyPart]:
    for reason in ANSWERED_ALONE:
        single = next((part for part in parts if part.reason is reason), None)
        if single is not None:
            confirmed = single.tool == _STOP and reason is Reason.STOP_CONTACT
            return [single if confirmed else single.model_copy(update={"tool": _HOLDING})]
    return list(parts)


def _one_question(parts: Sequence[ReplyPart]) -> list[ReplyPart]:
    """Let one part ask back; what else is missing gets the holding answer of its reason."""
    first = next((place for place, part in enumerate(parts) if part.tool == _ASK), None)
    return [
        part.model_copy(update={"tool": _HOLDING}) if part.tool == _ASK and place != first else part
        for place, part in enumerate(parts)
    ]


def _merged(parts: Sequence[ReplyPart]) -> list[ReplyPart]:
    """Put parts that would say the same about different invoices into one.

    A mail holds one plan, so all its plan parts are one, in the words for hardship where there is any. Promises stay
    apart: their dates may differ, and only the first is the one that the slots name.
    """
    merged: dict[ReplyPart | int, tuple[ReplyPart, list[str]]] = {}
    plans = [part for part in parts if part.tool == "propose_payment_plan"]
    for place, part in enumerate(parts):
        said = next((p for p in plans if p.reason in _GENTLE), plans[0]) if part in plans else part
        said = said.model_copy(update={"invoices": ()})
        _, numbers = merged.setdefault(place if part.tool == "record_promise" else said, (said, []))
        numbers.extend(part.invoices)
    return [part.model_copy(update={"invoices": tuple(dict.fromkeys(nos))}) for part, nos in merged.values()]


def _mood(parts: Sequence[ReplyPart], tone: Tone) -> str:
    """Name the voice: a register, "gentle" for hardship, "plain" where nothing may sound like a demand."""
    if any(part.reason in ANSWERED_ALONE for part in parts):
        return "solemn"
    if any(part.reason in _GENTLE for part in parts):
        return "gentle"
    hard = tone.register_ in {Register.FIRM, Register.FINAL}
    return "neutral" if hard and any(contested(part) for part in parts) else tone.register_.value


def _paragraph(part: ReplyPart, language: str, mood: str, *, again: bool = False) -> str:
    tool = part.tool if part.tool in WORDED_TOOLS else _HOLDING
    numbers = [invoice_slot(number, "number") for number in part.invoices]
    paragraph = _text(
        f"{language}/{tool}.txt",
        p={
            "reason": part.reason.value,
            "invoices": part.invoices,
            "any": bool(numbers),
            "many": len(numbers) != 1,
            "nos": listed(numbers, language=language, last=part.invoices[-1]) if numbers else "",
            "kind": (part.dispute_kind or DisputeKind.OTHER).value,
            "document": (part.document or DocumentKind.OTHER).value,
            "has_new_po": part.has_new_po and bool(numbers),
            "attachment": part.attachment,
            "has_amount": part.has_amount,
            "has_new_contact": part.has_new_contact,
            "topic": (part.topic or QuestionTopic.HOW_TO_PAY).value,
            "missing": (part.missing or MissingPiece.MEANING).value,
            "variant": part.variant,
            "said_before": part.said_before and part.reason not in ANSWERED_ALONE,
            "terms": part.terms,
            "firm": mood in {"firm", "final"},
            "again": again,
        },
    )
    return "\n\n".join(_flowed(block) for block in re.split(r"\n\s*\n", paragraph.strip()))


def _flowed(block: str) -> str:
    """Set the sentences of a paragraph on one line; a list keeps its lines."""
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    return ("\n" if all(line.startswith("- ") for line in lines) else " ").join(lines)


def _text(name: str, **values: object) -> str:
    template: Template = reply_templates().get_template(name)
    return template.render(**values)


def _joined(blocks: Iterable[str]) -> str:
    """Set blocks a blank line apart, without stray spaces or double blank lines."""
    whole = "\n\n".join(block.strip() for block in blocks if block.strip())
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<![ \t])[ \t]+\n", "\n", whole)) + "\n"
