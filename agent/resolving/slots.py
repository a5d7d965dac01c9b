"""Fill the slots of a claim from the customer's own words.

A reason owns certain slots; no other is filled. Each is looked for in the spans that a model gave verbatim, then in the
evidence, then in the sentence around it, and where a slot is about the whole mail, in the mail. Where the words there
name two different things, the slot stays empty: a person sees the mail. It must never raise, and never use a hint that
is not a piece of the text, or one of a slot's fixed list of kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from agent.resolving import pick
from agent.resolving.amounts import FoundAmount, find_amounts
from agent.resolving.dates import FoundDate
from agent.resolving.folding import blank
from agent.resolving.kinds import asks_beyond, dispute_kind, document_kind, find_portals, instalments, question_topic
from agent.resolving.names import FoundContact, find_contacts, find_emails
from agent.resolving.orders import find_po_numbers, find_references, right_po_number
from agent.resolving.plan_terms import down_payment, down_payments, pay_day, pay_day_spans, rhythm
from agent.resolving.scope import Case, Span
from store.proposed import Slots
from store.vocabulary import DisputeKind, DocumentKind, QuestionTopic, Reason

#: The slots that each reason owns; a reason that is not here owns none.
OWNED: dict[Reason, frozenset[str]] = {
    Reason.PROMISE_TO_PAY: frozenset({"date", "amount"}),
    Reason.PAYMENT_IN_PROCESS: frozenset({"amount", "topic"}),
    Reason.ALREADY_PAID: frozenset({"date", "amount", "reference"}),
    Reason.DEDUCTION: frozenset({"amount"}),
    Reason.DISPUTE: frozenset({"dispute_kind", "amount"}),
    Reason.PO_MISMATCH: frozenset({"po_number"}),
    Reason.WRONG_CONTACT: frozenset({"contact_name", "contact_email"}),
    Reason.INVOICE_MISSING: frozenset({"contact_email"}),
    Reason.PORTAL_SUBMISSION: frozenset({"portal", "contact_email"}),
    Reason.DOCUMENT_REQUEST: frozenset({"document"}),
    Reason.QUESTION: frozenset({"topic"}),
    Reason.PLAN_REQUEST: frozenset({"date", "amount", "instalments", "rhythm", "pay_day", "down_payment"}),
    Reason.SETTLEMENT_OFFER: frozenset({"date", "amount"}),
    Reason.INSOLVENCY: frozenset({"contact_name", "contact_email"}),
    Reason.AUTO_REPLY: frozenset({"date", "contact_name", "contact_email"}),
}

#: Reasons that name a sum even where no currency stands beside it.
_SPEAKS_OF_MONEY = frozenset({Reason.SETTLEMENT_OFFER, Reason.PLAN_REQUEST, Reason.DEDUCTION})

T = TypeVar("T")
K = TypeVar("K", bound=StrEnum)


def resolve(
    reason: Reason,
    *,
    evidence: str,
    text: str,
    received_on: date,
    currency: str | None,
    language: str | None,
    known_numbers: Sequence[str] = (),
    hints: Mapping[str, str] | None = None,
    month_first: bool = False,
) -> Slots:
    """Resolve the slots that `reason` owns from the customer's words.

    `text` is the new text of the mail, `evidence` a piece of it, `received_on` the customer's day when it came.
    `known_numbers` are invoice numbers, which are never money or orders. A hint that is not in the text is ignored.
    """
    owned = OWNED.get(reason, frozenset())
    if not owned:
        return Slots()
    case = Case(reason, evidence, text, received_on, currency, language, known_numbers, hints or {}, month_first)
    values: dict[str, object] = {slot: _READERS[slot](case) for slot in sorted(owned - {"amount"})}
    if "amount" in owned and (amount := _amount(case)):
        values.update(amount=amount.amount, currency=amount.currency)
    return Slots.model_validate({slot: value for slot, value in values.items() if value is not None})


def _inside(found: Sequence[T], span: Span, place: Callable[[T], Span]) -> list[T]:
    return [one for one in found if place(one)[0] < span[1] and span[0] < place(one)[1]]


def _date(case: Case) -> date | None:
    """Read the day of a promise, a payment, a first instalment or a return."""
    shown = _dates(case, certain=False)
    hint = case.hint("date")
    for span in [hint, *case.scopes] if hint else case.scopes:
        near = span == hint or span == case.scopes[0]
        fits = pick.fitting_dates(case.reason, _inside(shown, span, _place), case.clean, case.received_on)
        if not fits and near and case.reason is not Reason.AUTO_REPLY:
            # The reader says what the words do: one date alone is the one that is meant.
            alone = _inside(_dates(case, certain=True), span, _place)
            fits = pick.fitting_dates(case.reason, alone[:1], case.clean, case.received_on) if len(alone) == 1 else []
        if fits and (near or len({one.date for one in shown}) == 1):
            return pick.one_date(case.reason, fits, case.clean, case.received_on)
    return None


def _dates(case: Case, *, certain: bool) -> list[FoundDate]:
    """Find the dates; where a plan is asked for, a day of every month is no first day."""
    monthly = pay_day_spans(case.text) if case.reason is Reason.PLAN_REQUEST else []
    return [d for d in case.dates(certain=certain) if not _inside(monthly, _place(d), lambda span: span)]


def _place(found: FoundDate | FoundAmount) -> Span:
    return found.start, found.end


def _amount(case: Case) -> FoundAmount | None:
    numbers = [(one.start, one.end) for one in find_po_numbers(case.clean)]
    if case.reason is Reason.ALREADY_PAID:
        numbers += [(one.start, one.end) for one in find_references(case.clean)]
    down = down_payments(case.clean, currency=case.currency) if case.reason is Reason.PLAN_REQUEST else []
    numbers += [_place(one) for one in down]  # what comes first is no instalment
    found = find_amounts(blank(case.clean, numbers), currency=case.currency)
    hint = case.hint("amount")
    if hint:
        hinted = _inside(found, hint, _place)
        if len(hinted) == 1:
            return hinted[0]
        bare = pick.bare_amount(case.clean, hint, case.currency)
        if bare and not hinted:
            return bare
    for span in case.scopes[:1] if pick.shares(case.text[slice(*case.scopes[0])]) else case.scopes:
        inside = _inside(found, span, _place)
        if inside and (span == case.scopes[0] or len({one.amount for one in found}) == 1):
            chosen = pick.one_amount(case.reason, inside, case.clean)
            return chosen if chosen and not pick.rivalled(chosen, case.clean, span) else None
    return None if found or case.reason not in _SPEAKS_OF_MONEY else _lone_number(case, numbers)


def _lone_number(case: Case, numbers: Sequence[Span]) -> FoundAmount | None:
    """Take the one number of the evidence as money, where the reason itself speaks of money ("take 350 and we're quits")."""
    days = [_place(one) for one in case.dates(certain=False)]
    orders = [(one.start, one.end) for one in find_references(case.clean)]
    return pick.lone_number(blank(case.clean, [*days, *orders, *numbers]), case.scopes[0], case.currency)


def _po_number(case: Case) -> str | None:
    hint = case.hint("po_number")
    found = find_po_numbers(case.text, known_numbers=case.known_numbers)
    if hint:
        hinted = {one.text for one in _inside(found, hint, lambda one: (one.start, one.end)) if one.right is not False}
        if len(hinted) == 1:
            return hinted.pop()
    # An order that is closed in one sentence may be replaced in the next: the whole mail decides.
    return right_po_number(case.text, known_numbers=case.known_numbers)


def _reference(case: Case) -> str | None:
    found = find_references(case.text, known_numbers=case.known_numbers)
    hint = case.hint("reference")
    for span in [hint, *case.scopes] if hint else case.scopes:
        inside = {one.text for one in _inside(found, span, lambda one: (one.start, one.end))}
        if inside:
            return inside.pop() if len(inside) == 1 else None
    return None


def _contact_email(case: Case) -> str | None:
    found = find_emails(case.text)
    hint = case.hint("contact_email")
    whole = [(0, len(case.text))]
    if case.reason is Reason.PORTAL_SUBMISSION and find_portals(case.text):
        whole = []  # beside a portal, an address elsewhere in the mail is a help desk
    for span in [*([hint] if hint else []), *case.scopes, *whole]:
        inside = {one.address for one in _inside(found, span, lambda one: (one.start, one.end))}
        if inside:
            return inside.pop() if len(inside) == 1 else None
    return None


def _contact_name(case: Case) -> str | None:
    hint = case.hint("contact_name")
    if hint and (named := pick.name_in(case.text[hint[0] : hint[1]])):
        return named
    found = find_contacts(case.text)
    address = _contact_email(case)
    beside = {one.name for one in found if address and one.email == address}
    if len(beside) == 1:
        return beside.pop()
    for span in [*case.scopes, (0, len(case.text))]:
        inside = {one.name for one in _inside(found, span, _name_place)}
        if inside:
            return inside.pop() if len(inside) == 1 else None
    return None


def _name_place(found: FoundContact) -> Span:
    return found.start, found.end


def _by_words(slot: str, read: Callable[[str], T | None], *, whole: bool) -> Callable[[Case], T | None]:
    """Make the reader of a slot that words stand for: the narrowest piece of text that speaks for one decides."""

    def reader(case: Case) -> T | None:
        hint = case.hint(slot)
        spans = [*([hint] if hint else []), *case.scopes, *([(0, len(case.text))] if whole else [])]
        for start, end in spans:
            value = read(case.text[start:end])
            if value is not None:
                return value
        return None

    return reader


def _by_kind(slot: str, kinds: type[K], read: Callable[[str], K | None]) -> Callable[[Case], K | None]:
    """Make the reader of a slot with a fixed list of kinds: a kind that a reader named counts, else the words decide."""
    by_words = _by_words(slot, read, whole=False)

    def reader(case: Case) -> K | None:
        named = next((kind for kind in kinds if kind.value == case.hints.get(slot)), None)
        return named or by_words(case)

    return reader


def _one_portal(text: str) -> str | None:
    found = find_portals(text)
    return found[0] if len(found) == 1 else None


def _topic(case: Case) -> QuestionTopic | None:
    """Read what is asked. Beside a payment that is on its way, only how to pay is a question of its own."""
    if asks_beyond(case.text[slice(*case.scopes[-1])]):
        return None
    topic = next((found for a, b in case.scopes if (found := question_topic(case.text[a:b]))), None)
    if topic is QuestionTopic.HOW_TO_PAY and asks_beyond(case.text):
        return None  # a new account, wherever the mail speaks of one, is a person's matter
    return topic if case.reason is Reason.QUESTION or topic is QuestionTopic.HOW_TO_PAY else None


_READERS: dict[str, Callable[[Case], object]] = {
    "date": _date,
    "po_number": _po_number,
    "reference": _reference,
    "contact_email": _contact_email,
    "contact_name": _contact_name,
    "portal": _by_words("portal", _one_portal, whole=True),
    "document": _by_kind("document", DocumentKind, document_kind),
    "dispute_kind": _by_kind("dispute_kind", DisputeKind, dispute_kind),
    "instalments": _by_words("instalments", instalments, whole=True),
    "topic": _topic,
    "rhythm": _by_words("rhythm", rhythm, whole=True),
    "pay_day": _by_words("pay_day", pay_day, whole=True),
    "down_payment": lambda case: down_payment(case.clean, currency=case.currency),
}
