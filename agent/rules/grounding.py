"""Whatever a draft states as a fact comes from the ledger (R-GND). A model writes no figure; a person's are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from agent.rules.base import Outbound, block
from agent.rules.days import days_in, without_days
from agent.rules.known import Known, known, named_invoices
from agent.rules.number_words import (
    DAYS_OVERDUE,
    HARMLESS,
    IN_WORDS,
    OPEN_INVOICES,
    PER_CENT,
)
from agent.rules.reading import figures_in, folded, plain
from agent.rules.sums import read_number, sums_in
from prompts.slots import fill
from store.proposed import Finding

_CURRENCY = re.compile(r"[$€£¥₹]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CAD|AUD|NZD|SGD|INR|MXN|BRL|ZAR)\b")
_REFERENCE = re.compile(r"(?<![\w@.,/-])(?=[\w./-]*[a-z])(?=(?:[\w./-]*\d){3})[a-z0-9]+(?:[-/._][a-z0-9]+)*(?![\w@])")
#: Stands for what another check compares.
_MARK = " ¤ "
_FIGURE = re.compile(r"(?<![\w.,])\d[\d.,']*(?<![.,'])")


#: The name of a tax form that customers ask for is no figure.
_FORM = re.compile(r"\bW-?9\b")


def slots_resolve(out: Outbound) -> Iterator[Finding]:
    """R-GND-02, R-GND-05: every slot is known and has a value for this customer."""
    for fault in fill(out.draft.body, out.scope).faults:
        yield block("R-GND-05", f"Cannot be filled: {fault}.")


def no_figures_by_model(out: Outbound) -> Iterator[Finding]:
    """R-GND-05: outside of slots a model or a template writes no digit, no currency and no per cent sign."""
    if out.by_hand:
        return
    written = _FORM.sub("", out.literal)
    literal = unicodedata.normalize("NFKC", written)
    if any(unicodedata.category(letter) in ("Nd", "Nl", "No") for letter in written) or "%" in literal:
        yield block("R-GND-05", "A figure stands in the text: figures come from slots only.")
    if _CURRENCY.search(literal):
        yield block("R-GND-05", "A currency stands in the text: amounts come from slots only.")


def sums_are_ours(out: Outbound) -> Iterator[Finding]:
    """R-GND-01: every sum of money equals one of the ledger, the plan or this answer, in its currency."""
    facts = known(out)
    typed = HARMLESS.sub(_MARK, _without_references(folded(out.literal)))
    found = [*sums_in(figures_in(out)), *(sums_in(typed, bare=True) if out.by_hand else ())]
    for text in dict.fromkeys(one.text for one in found if not facts.holds(one)):
        yield block("R-GND-01", f"{text} is not in the ledger for this answer: use a slot, or leave it out.")
    if out.by_hand and (words := IN_WORDS.search(folded(out.literal))):
        yield block("R-GND-01", f"A sum stands in words ({words.group(0)!r}), where it cannot be compared: use a slot.")


def figures_are_known(out: Outbound) -> Iterator[Finding]:
    """R-GND-01: any other figure that a person typed is one that this answer knows, or plainly counts something else."""
    if not out.by_hand:
        return
    facts = known(out)
    rest = HARMLESS.sub(_MARK, _bare_figures(out))
    for figure in dict.fromkeys(_FIGURE.findall(rest)):
        value = read_number(figure)
        if not _is_known(figure, value, facts):
            yield block("R-GND-01", f"{figure} is not in the ledger for this answer: use a slot, or leave it out.")


def _is_known(figure: str, value: Decimal | None, facts: Known) -> bool:
    years = {day.year for day in facts.days}
    whole = int(value) if value is not None and value == value.to_integral_value() else None
    if whole is not None and (whole in facts.counts or (whole in years and figure.isdigit())):
        return True
    return figure in facts.references or any(amount == value for amount, _ in facts.sums)


def _bare_figures(out: Outbound) -> str:
    """Give the text that somebody typed without its days, sums, references and shares, which other rules compare."""
    text = PER_CENT.sub(_MARK, _REFERENCE.sub(_MARK, without_days(out.literal)))
    text = OPEN_INVOICES.sub(_MARK, DAYS_OVERDUE.sub(_MARK, text))
    original = plain(out.literal)
    for one in sums_in(_without_references(original), bare=True):
        text = text.replace(folded(one.text), _MARK)
    return text


def _without_references(text: str) -> str:
    return re.sub(_REFERENCE.pattern, _MARK, text, flags=re.IGNORECASE)


def references_are_ours(out: Outbound) -> Iterator[Finding]:
    """R-GND-02: every invoice, order and reference number in the text belongs to this customer."""
    if not out.by_hand:
        return
    facts = known(out)
    text = HARMLESS.sub(_MARK, without_days(out.literal))
    for reference in dict.fromkeys(_REFERENCE.findall(text)):
        if reference not in facts.references and read_number(reference) is None:
            yield block("R-GND-02", f"{reference.upper()} is no number of this customer: correct it, or use a slot.")


def days_are_ours(out: Outbound) -> Iterator[Finding]:
    """R-GND-03: every day exists, is one of the ledger, the plan or the policy, and falls on the weekday beside it."""
    facts = known(out)
    text = figures_in(out)
    for one in sums_in(text):
        # A sum before a full stop looks like a day: 19.73.
        text = text.replace(one.text, _MARK)
    for day in days_in(text):
        among = day.among(facts.days)
        if not day.exists:
            yield block("R-GND-03", f"There is no {day.text}: correct the date.")
        elif not among:
            yield block("R-GND-03", f"{day.text} is no day of the ledger, the plan or the policy: use a slot.")
        elif day.weekday is not None and all(d.weekday() != day.weekday for d in among):
            yield block("R-GND-03", f"{day.text}: that day falls on another weekday ({among[0]:%A}).")


def counts_are_right(out: Outbound) -> Iterator[Finding]:
    """R-GND-04: days overdue, numbers of open invoices and shares are what they are today."""
    text = folded(figures_in(out))
    facts, today = known(out), out.scope.facts.today
    overdue = {i.days_overdue(today) for i in named_invoices(out) or out.scope.facts.open_invoices} - {0}
    for match in DAYS_OVERDUE.finditer(text):
        said = _count(match)
        if said not in overdue:
            yield block("R-GND-04", f"{match.group(0)!r}: no invoice of this mail is {said} days overdue today.")
    counts = facts.counts
    for match in OPEN_INVOICES.finditer(text):
        if _count(match) not in counts:
            yield block("R-GND-04", f"{match.group(0)!r}: that is not the number of open invoices.")
    for match in PER_CENT.finditer(text):
        if read_number(match.group(1)) not in facts.rates:
            yield block("R-GND-04", f"{match.group(0)!r} cannot be recomputed from the ledger: leave it out.")


def _count(match: re.Match[str]) -> int:
    return int(next(group for group in match.groups() if group))
