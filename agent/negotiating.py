"""Read a reply against the payment plan that is on the table: what the customer says to it, and what they ask for instead.

Code has the last word: a model's "agrees" falls where the words forbid it, or where they name another figure or day than
the plan has. Without a plan on the table no claim carries a stance. It must never make a yes out of silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from agent.focus import letter_of
from agent.policy import HARD_STOPS
from agent.resolving.dates import find_dates
from agent.resolving.kinds import instalment_counts
from agent.resolving.plan_terms import MONTH_END, other_counts
from agent.resolving.slots import resolve
from agent.resolving.stance import Heard, hear, moved_to, settled
from store.aftermath import PlanStance
from store.facts import CaseFacts
from store.matter_facts import PlanFacts
from store.proposed import Claim, Slots
from store.vocabulary import Reason
from tools.limits import Policy
from tools.plans import on_the_table, stance_of
from tools.propose_payment_plan import ANSWERING, ASKING
from tools.schedule import rhythm_of

#: A rounded figure still means the plan's ("613" for 613.34).
_NEAR = Decimal("0.01")
#: How sure a plain answer is: in our sentences none was taken for a yes that was none.
_PLAIN = 0.8
#: Reasons that say that there is nothing to read.
_EMPTY = frozenset({Reason.UNCLEAR, Reason.UNRELATED})
_ASKED = ("date", "amount", "currency", "instalments", "rhythm", "pay_day", "down_payment")


def negotiated(
    claims: Sequence[Claim], *, text: str, facts: CaseFacts, language: str, policy: Policy
) -> tuple[Claim, ...]:
    """Give the claims with what they say to the plan on the table; without one, with no stance at all."""
    table = on_the_table(facts)
    if table is None:
        return tuple(_with(claim, stance=None) for claim in claims)
    letter = letter_of(text)
    heard = hear(letter, language=language)
    claims = _relabelled(claims, heard, table, policy)
    ours = [claim for claim in claims if _answers(claim, table)]
    asked = _asked(ours, table, letter=letter, facts=facts, language=language) if ours else {}
    return tuple(
        _weighed(claim, heard, stance_of(ours), asked, table) if claim in ours else _with(claim, stance=None)
        for claim in claims
    )


def _relabelled(claims: Sequence[Claim], heard: Heard, table: PlanFacts, policy: Policy) -> tuple[Claim, ...]:
    """Take a plain answer to the plan for one, where the reader did not know what to make of it.

    Readers learn why invoices are unpaid, not what people answer to a plan: a plain yes comes as an unsure anything, a
    plain no as a refusal to pay. What they are sure of stays, and so does all that stops everything else.
    """
    if heard.stance is None or any(_answers(c, table) and _sure(c, policy) for c in claims):
        return tuple(claims)
    return tuple(
        _plain(claim)
        if _of_the_table(claim, table) and claim.reason not in HARD_STOPS and _unsure(claim, heard, policy)
        else claim
        for claim in claims
    )


def _plain(claim: Claim) -> Claim:
    if claim.reason in ANSWERING:
        return claim.model_copy(update={"confidence": _PLAIN})
    return claim.model_copy(update={"reason": Reason.PLAN_REQUEST, "confidence": _PLAIN, "slots": Slots()})


def _sure(claim: Claim, policy: Policy) -> bool:
    return claim.confidence >= policy.sure_from(claim.reason)


def _unsure(claim: Claim, heard: Heard, policy: Policy) -> bool:
    """Say whether a claim leaves room for the plan: a reading that is unsure or empty, or a no that names the plan."""
    no_to_the_plan = claim.reason is Reason.REFUSAL and heard.stance is PlanStance.DECLINES and heard.names_plan
    return not _sure(claim, policy) or claim.reason in _EMPTY or no_to_the_plan


def _answers(claim: Claim, table: PlanFacts) -> bool:
    """Say whether a claim can be about the plan: not one about other invoices alone."""
    return claim.reason in ANSWERING and _of_the_table(claim, table)


def _of_the_table(claim: Claim, table: PlanFacts) -> bool:
    return not claim.invoices or bool(set(claim.invoices) & set(table.invoices))


def _weighed(claim: Claim, heard: Heard, said: PlanStance | None, asked: dict[str, object], table: PlanFacts) -> Claim:
    if _pays_all(claim, table):
        return _with(claim, stance=None)
    stance, differs = settled(heard, said), _differs(asked, table)
    if differs and (
        stance is PlanStance.AGREES or (stance is None and not heard.waits and (heard.open or claim.reason in ASKING))
    ):
        stance = PlanStance.COUNTERS
    if stance is not None and claim.reason is Reason.ACKNOWLEDGEMENT:
        # An answer to our offer is more than a sign of life: it is neither passed over nor met by "tell us more".
        claim = claim.model_copy(update={"reason": Reason.PLAN_REQUEST})
    return _with(claim, stance=stance, **(asked if stance is PlanStance.COUNTERS else {}))


def _asked(
    claims: Sequence[Claim], table: PlanFacts, *, letter: str, facts: CaseFacts, language: str
) -> dict[str, object]:
    """Read what the words ask of a plan, without what the plan on the table has already."""
    own: dict[str, object] = dict.fromkeys(_ASKED)
    for claim in sorted(claims, key=lambda c: c.reason is not Reason.PLAN_REQUEST):
        read: Slots = resolve(
            Reason.PLAN_REQUEST,
            evidence=claim.evidence,
            text=letter,
            received_on=facts.received_on,
            currency=table.currency,
            language=language,
            known_numbers=[i.number for i in facts.invoices],
        )
        own |= {slot: value for slot in _ASKED if own[slot] is None and (value := getattr(read, slot)) is not None}
    counts = (instalment_counts(letter) or {len(table.instalments)}) | other_counts(letter)
    others = {n for n in counts if n >= 2} - {len(table.instalments)}
    own["instalments"] = others.pop() if len(others) == 1 else None
    days = {part.due for part in table.instalments}
    if own["date"] is None or own["date"] in days:
        own["date"] = _moved_to(letter, days, received_on=facts.received_on, language=language)
    if own["amount"] is not None and _of_the_plan(own["amount"], table):
        own["amount"] = None
    return own


def _moved_to(letter: str, days: set[date], *, received_on: date, language: str) -> date | None:
    """Give the one day to which the customer would move the start; None where the words name none, or several."""
    found: set[date] = set()
    for sentence in moved_to(letter):
        found |= {d.date for d in find_dates(sentence, received_on=received_on, language=language)}
    found = {day for day in found if day > received_on} - days
    return found.pop() if len(found) == 1 else None


def _differs(asked: dict[str, object], table: PlanFacts) -> bool:
    """Say whether what is asked differs from the plan on the table. Paying sooner than its first day does not."""
    days = [part.due for part in table.instalments]
    first, pay_day, down = asked["date"], asked["pay_day"], asked["down_payment"]
    return (
        asked["instalments"] is not None
        or asked["amount"] is not None
        or (isinstance(first, date) and first > days[0])
        or (asked["rhythm"] is not None and asked["rhythm"] != rhythm_of(days))
        or (isinstance(pay_day, int) and not any(d.day == pay_day or pay_day == MONTH_END for d in days))
        or (isinstance(down, Decimal) and not _of_the_plan(down, table))
    )


def _pays_all(claim: Claim, table: PlanFacts) -> bool:
    """Say whether a promise is about the whole sum: then it is a promise and no agreement."""
    amount = claim.slots.amount
    return claim.reason is Reason.PROMISE_TO_PAY and amount is not None and amount >= table.total


def _of_the_plan(amount: object, table: PlanFacts) -> bool:
    sums = {table.total, *(part.amount for part in table.instalments)}
    return isinstance(amount, Decimal) and any(abs(amount - one) <= one * _NEAR for one in sums)


def _with(claim: Claim, **values: object) -> Claim:
    if all(getattr(claim.slots, name) == value for name, value in values.items()):
        return claim
    return claim.model_copy(update={"slots": claim.slots.model_copy(update=values)})
