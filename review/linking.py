"""Links each value of a draft to where it comes from on the page, and marks the words that a finding names. Pure.

The pieces put together stay the text itself, to the letter; what cannot be linked is shown all the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.policy import HOLD, PLAN
from review.item import Item
from review.marking import SlotSpan
from store.proposed import Draft, Finding, ProposedAction

_INVOICE = re.compile(r'inv\["(.+)"\]\.(\w+)')
_QUOTED = re.compile(r"""(?:'((?:[^'\\]|\\.)+)'|"((?:[^"\\]|\\.)+)")""")
_PREFIX = re.compile(r"(.{2,60}?)(?: is | are |: )")
#: What is shorter than this stands by chance in many words.
_SHORTEST = 2
_SOURCES = {
    "ledger": "the ledger",
    "plan": "the plan that is offered",
    "policy": "the policy",
    "config": "the company's settings",
    "customer": "the customer's own words",
    "wording": "the templates",
}
_PROMISE, _CONTACT, _RESUBMIT = "record_promise", "update_contact", "resubmit_invoice"


def anchor(kind: str, key: object) -> str:
    """Name a row of the account as a place on the page: letters and digits of ours, whatever the ledger's key holds."""
    return f"{kind}-{hashlib.sha256(str(key).encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def linked(spans: Sequence[SlotSpan], draft: Draft, item: Item) -> list[SlotSpan]:
    """Give the spans of a draft with a link to the row behind each value."""
    return [_linked(span, draft, item) if span.slot else span for span in spans]


def with_faults(spans: Sequence[SlotSpan], findings: Sequence[Finding]) -> list[SlotSpan]:
    """Mark, in what somebody wrote, the words that a finding names; of several findings the first."""
    named = [(words, finding.text) for finding in findings for words in _named(finding.text)]
    return [piece for span in spans for piece in (_cut(span, named) if span.slot is None else [span])]


def _linked(span: SlotSpan, draft: Draft, item: Item) -> SlotSpan:
    href, what = _target(span.slot or "", draft, item)
    source = _SOURCES.get(span.source, span.source)
    says = f"{span.slot}, from {source}" + (f": {what}" if what else "")
    return replace(span, href=href, says=says)


def _target(slot: str, draft: Draft, item: Item) -> tuple[str, str]:
    """Give where a slot's value stands on the page, and what that is; "" where it stands nowhere."""
    invoice = _INVOICE.fullmatch(slot)
    if invoice is not None:
        number, field = invoice.groups()
        if field == "new_po":
            return _said(item, _RESUBMIT)
        shown = number in {i.number for i in item.facts.open_invoices}
        return (f"#{anchor('inv', number)}" if shown else "", f"invoice {number}")
    name = slot.partition(".")[0]
    match name:
        case "covered" | "account" | "undisputed":
            return ("#ledger", "open invoices") if item.facts.open_invoices else ("", "")
        case "plan":
            return _act(item, PLAN)
        case "hold":
            return _act(item, HOLD)
        case "promise":
            return _said(item, _PROMISE)
        case "new_contact":
            return _said(item, _CONTACT)
        case "contact":
            contact = next((item.facts.contact(address) for address in draft.recipients), None)
            return (f"#{anchor('contact', contact.id)}", f"contact {contact.name}") if contact else ("", "")
        case "payment":
            return ("#payments", "payments") if item.facts.payments else ("", "")
        case "missed" | "missing" | "said" if item.facts.promises:
            return "#promises", "promises"
        case "next_due" | "missed" | "missing" if item.facts.plans:
            return "#plans", "plans"
    return "", ""


def _act(item: Item, tool: str) -> tuple[str, str]:
    place = next((n for n, action in enumerate(item.proposal.actions, 1) if action.tool == tool), None)
    return (f"#act-{place}", f"act {place}") if place is not None else ("", "")


def _said(item: Item, tool: str) -> tuple[str, str]:
    action: ProposedAction | None = next((a for a in item.proposal.actions if a.tool == tool and a.claims), None)
    return (f"#claim-{action.claims[0] + 1}", f"claim {action.claims[0] + 1}") if action is not None else ("", "")


def _named(text: str) -> Iterator[str]:
    """Give the words that a finding names: those that it quotes, and those that it begins with."""
    for one, other in _QUOTED.findall(text):
        yield (one or other).rstrip("…").replace("\\'", "'").replace('\\"', '"')
    begins = _PREFIX.match(text)
    if begins is not None:
        yield begins[1]


def _cut(span: SlotSpan, named: Sequence[tuple[str, str]]) -> list[SlotSpan]:
    low = span.text.lower()
    # A letter whose lower case is longer would shift every place behind it.
    if len(low) != len(span.text):
        return [span]
    found: list[tuple[int, int, str]] = []
    for words, why in named:
        start = low.find(words.lower()) if len(words.strip()) >= _SHORTEST else -1
        while start >= 0:
            end = start + len(words)
            if all(end <= a or start >= b for a, b, _ in found):
                found.append((start, end, why))
            start = low.find(words.lower(), end)
    pieces: list[SlotSpan] = []
    last = 0
    for start, end, why in sorted(found):
        pieces += [replace(span, text=span.text[last:start])] if start > last else []
        pieces.append(replace(span, text=span.text[start:end], fault=why))
        last = end
    return [*pieces, replace(span, text=span.text[last:])] if last < len(span.text) or not pieces else pieces
