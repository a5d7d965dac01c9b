"""Three ways for whoever reviews a whole account, the most fitting first, each with its reasons. Pure; it decides nothing.

The figures are those of `outreach.handing_off_figures`; what was tried before counts, so that nothing is suggested twice over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from outreach.handing_off_figures import Comparison, Way
from store.aftermath import PlanStatus, PromiseStatus
from store.facts import CaseFacts
from store.outreach_words import LastResort

#: From so many days past due on, goods on credit are asked about.
_HOLD_FROM = 15


class Also(StrEnum):
    """Ways that are no last step: they stand beside those of `LastResort`."""

    PLAN = "plan"
    KEEP_TRYING = "keep_trying"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way, and why it fits."""

    way: LastResort | Also
    why: str


def suggestions(
    facts: CaseFacts, compared: Sequence[Comparison], *, refused: Sequence[str], open_kinds: frozenset[str]
) -> tuple[Suggestion, ...]:
    """Give the three ways that fit an account best. `refused`: what stands against a hand-off; `open_kinds`: what stands already."""
    if not compared:
        return ()
    main = max(compared, key=lambda one: one.claim)
    ranked = sorted(_weighed(facts, main, refused, open_kinds), key=lambda entry: (-entry[0], entry[1].way.value))
    return tuple(one for _, one in ranked[:3])


def _weighed(
    facts: CaseFacts, main: Comparison, refused: Sequence[str], open_kinds: frozenset[str]
) -> list[tuple[Decimal, Suggestion]]:
    """Give every way that is possible with what it may leave us, in the currency of the largest claim."""
    keep = main.of(Way.KEEP_TRYING).left
    found = [
        (keep, Suggestion(Also.KEEP_TRYING, f"{main.currency} {keep:,.2f} may be left if we go on asking ourselves"))
    ]
    plans = [plan.status for plan in facts.plans]
    if PlanStatus.BROKEN not in plans and PlanStatus.AGREED not in plans:
        broken = sum(p.status == PromiseStatus.BROKEN for p in facts.promises)
        why = f"no plan was broken yet{f', but {broken} promises were' if broken else ''}: instalments bring all of it"
        found.append((keep * Decimal("1.1"), Suggestion(Also.PLAN, why)))
    if LastResort.HAND_OFF not in open_kinds and not refused:
        way = max((main.of(Way.AGENCY), main.of(Way.ATTORNEY)), key=lambda one: one.left)
        why = f"{main.currency} {way.left:,.2f} may be left through an {way.way.value}, after {way.costs:,.2f} of costs"
        found.append((way.left, Suggestion(LastResort.HAND_OFF, why)))
    if LastResort.SETTLEMENT not in open_kinds and keep > 0:
        least = max(keep, main.of(Way.AGENCY).left, main.of(Way.ATTORNEY).left)
        why = f"whatever is agreed above {main.currency} {least:,.2f} is more than any other way may leave"
        found.append((least * Decimal("0.98"), Suggestion(LastResort.SETTLEMENT, why)))
    if LastResort.HOLD not in open_kinds and main.oldest_days >= _HOLD_FROM:
        why = f"the oldest invoice is {main.oldest_days} days past due: no more goods on credit until it is paid"
        found.append((keep * Decimal("1.05"), Suggestion(LastResort.HOLD, why)))
    if LastResort.WRITE_OFF not in open_kinds and main.best is Way.WRITE_OFF:
        why = "every other way costs more than it may bring"
        found.append((main.claim, Suggestion(LastResort.WRITE_OFF, why)))
    return found
