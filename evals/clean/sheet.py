"""Writes the sheet from which people write clean drafts: each scene, what happened, the slots, and the rules of a draft.

It never shows a rule's words or a template: who writes from it must not learn what the rules look for.
"""

from __future__ import annotations

from agent.letter import parts_of
from agent.rules.base import Stage
from agent.rules.demand import asks_for_payment
from evals.clean.staging import Stand
from prompts.next_step import NextStep, next_step_for
from prompts.replies import signature_block
from prompts.slots import INVOICE_FIELDS, SLOT_NAMES, fill, invoice_slot, slots_in
from tools.registry import tools

_LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "nl": "Dutch",
    "it": "Italian",
    "pt": "Portuguese (Portugal)",
}
_STEPS = {
    NextStep.NONE: "none: the customer is asked for nothing; thank, tell, close",
    NextStep.WE_REPLY: "ours: we come back to them by {{ deadline.date }}; they are asked for nothing",
    NextStep.YOUR_ANSWER: "theirs: we ask for their answer by {{ deadline.date }}",
    NextStep.PAYMENT_DATE: "theirs: we ask by {{ deadline.date }} when we may expect the payment",
    NextStep.CONFIRM: "theirs: we ask them to confirm by {{ deadline.date }}, and when they will pay",
}
_RULES = """# Clean drafts: the sheet

Write each mail as a good collector would, or as a good language model would: natural, varied, ready to send. Vary openings,
length, order and idiom between drafts of one scene: short and brisk, long and courteous, warm, dry. Formal address (Sie, vous,
usted, u, Lei, o senhor / a senhora or the usual impersonal form); in warm scenes of key customers it may be a little more personal.

## The rules of a draft

1. Every figure, date, sum, invoice number, order number and name is a slot, spelt exactly as listed, braces included. No digits
   and no numbers in words of your own (the name of a form, such as W-9, is a name). `{{ plan.schedule }}` is a paragraph by itself.
2. One next step, the one that the scene names, with its date. Nothing is promised, granted or demanded beyond what the scene says that we do.
3. No links, no e-mail addresses, no telephone numbers, no bank data; plain text, no markdown, no quoted mail.
4. No legal threats and no advice; polite also where the tone is firm. Take up what the customer said; admit no fault for the company.
5. Begin with `{{ contact.salutation }}` and the language's comma or colon (the slot is the whole greeting), end with a closing and
   the signature block below, on lines of its own.
6. Where a scene says so, one clause invites the customer to tell us if they see the matter differently, in whatever words.

A "model" draft uses the slots of its first list only. A "person" draft may use the second list too. Scenes marked
"person only" are never worded by a model.

## Signature block

```
SIGNATURE
```

What goes below it (a note about the program, how to object) is added by code: do not write it.

## Answer format

JSON lines, one draft a line, UTF-8: `{"scene": "...", "by": "model"|"person", "body": "..."}`; body is the whole mail with its
slots and line breaks as \\n.

"""


def sheet(stands: list[Stand]) -> str:
    """Write the whole sheet."""
    head = _RULES.replace("SIGNATURE", signature_block())
    names = "\n".join(f"- {s.scene.name} ({_LANGUAGES[s.scene.language]})" for s in stands)
    return f"{head}## The {len(stands)} scenes\n\n{names}\n\n" + "\n".join(_scene(stand) for stand in stands)


def _scene(stand: Stand) -> str:
    scene, facts = stand.scene, stand.scene.facts
    woken = "The case woke by itself. Some time ago they wrote" if facts.followup else "They wrote"
    parts = parts_of(facts=facts, claims=scene.claims, actions=stand.actions)
    lines = [
        f"## {scene.name}" + (" (person only)" if scene.only_person else ""),
        "",
        f"- Language: {_LANGUAGES[scene.language]}",
        f"- Customer: {scene.customer.name}, {scene.customer.tier} account; we write to {stand.scope.contact.name if stand.scope.contact else '?'}",
        f"- {woken}: “{scene.told}”",
        *(f"- What we do: {action.preview}" for action in stand.actions),
        *(f"- What the mail says of it: {_says(action.tool, action.arguments)}" for action in stand.actions),
        f"- Tone: {stand.thought.tone.register_.value} ({'; '.join(stand.thought.tone.reasons)})",
        f"- Next step: {_STEPS[next_step_for(parts)]}",
    ]
    if stand.policy.profile().notices.dispute and asks_for_payment(stand.outbound("-", by="person", stage=Stage.DRAFT)):
        lines.append("- This mail also invites them, in one clause, to tell us if they see it differently (rule 6).")
    lines += ["", "Slots for model and person:", ""]
    lines += [f"- `{slot}`: {meaning}. Reads: {_value(slot, stand)}" for slot, meaning in stand.slots.items()]
    more = [slot for slot in _all_slots(stand) if slot not in stand.slots]
    lines += ["", "More slots for a person:", "", *(f"- `{slot}` reads: {_value(slot, stand)}" for slot in more), ""]
    return "\n".join(lines)


def _says(name: str, arguments: dict[str, object]) -> str:
    tool = tools()[name]
    return tool.says(tool.parse(arguments))


def _all_slots(stand: Stand) -> list[str]:
    numbers = [i.number for i in stand.scene.facts.open_invoices]
    names = [
        "{{ " + name + " }}"
        for name in SLOT_NAMES
        if name not in ("company.notices", "company.address", "company.email")
    ]
    names += [invoice_slot(number, field) for number in numbers for field in INVOICE_FIELDS]
    return [slot for slot in names if not fill(slot, stand.scope).faults and slots_in(slot)]


def _value(slot: str, stand: Stand) -> str:
    text = fill(slot, stand.scope).text
    return " / ".join(text.splitlines())
