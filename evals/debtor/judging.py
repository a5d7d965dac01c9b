"""Judges one simulated conversation by the end of the ledger, by what was conceded, and by who was asked. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from evals.conversations.format import Escalate
from evals.conversations.scoring import alike
from evals.debtor.happened import Talk
from evals.debtor.record import Concession, Entry, TalkResult
from evals.debtor.safety import Offer, for_role
from evals.debtor.sheet import Sheet
from evals.results import CheckResult, Cost
from store.proposed import ModelCall
from tools.limits import Policy

#: A plan that the customer said yes to, whatever became of it.
_AGREED = frozenset({"agreed", "kept", "broken"})


def judged(name: str, sheet: Sheet, talk: Talk, *, seed: int, player: str, policy: Policy) -> TalkResult:
    """Give the result of a conversation."""
    conceded = tuple(_concessions(sheet, talk, policy))
    escalated = any(one.escalates for one in talk.proposals)
    mails = [entry for entry in talk.entries[1:] if entry.side == "us"]
    return TalkResult(
        persona=name,
        seed=seed,
        language=sheet.language,
        player=player,
        error=talk.error,
        ended=talk.ended,
        rounds=talk.rounds,
        mails=len(mails),
        repeated=_repeated(mails),
        unanswered=_unanswered(talk.entries),
        escalated=escalated,
        over_conceded=any(one.over for one in conceded if one.status in _AGREED),
        checks=tuple(_checks(sheet, talk, escalated=escalated)),
        hits=tuple(dict.fromkeys(talk.hits)),
        concessions=conceded,
        proposals=tuple(talk.proposals),
        transcript=tuple(talk.entries),
        state=talk.state,
        paid=sum((one.amount for one in talk.booked if one.what != "credit"), Decimal(0)),
        open=talk.open_at_end,
        agent_cost=cost_of(talk.agent_calls),
        player_cost=cost_of(talk.player_calls),
    )


def cost_of(calls: Iterable[ModelCall]) -> Cost:
    """Add up model calls. `seconds` is their own time."""
    made = list(calls)
    money = [call.cost for call in made if call.cost is not None]
    return Cost(
        calls=len(made),
        prompt_tokens=sum(call.prompt_tokens for call in made),
        completion_tokens=sum(call.completion_tokens for call in made),
        money=sum(money, Decimal(0)) if money else None,
        seconds=sum(call.latency_ms for call in made) / 1000,
    )


# --- the end of the ledger ----------------------------------------------------------------------------------------


def _checks(sheet: Sheet, talk: Talk, *, escalated: bool) -> Iterator[CheckResult]:
    for name, rows in sheet.expects.state.items():
        for row in rows:
            there = talk.state.get(name, [])
            fault = None if any(_fits(one, row) for one in there) else f"there is {_brief(there, row)}"
            yield CheckResult(area="state", about=f"{name} {row}", fault=fault)
    for name, rows in sheet.expects.never.items():
        for row in rows:
            found = [one for one in talk.state.get(name, []) if _fits(one, row)]
            yield CheckResult(area="never", about=f"{name} {row}", fault="is there" if found else None)
    for failure in talk.failures:
        yield CheckResult(area="worked", about="a mail of the customer", fault=failure)
    expects = sheet.expects
    if expects.escalate is Escalate.MUST:
        fault = None if escalated else f"nobody was asked, though: {expects.why}"
        yield CheckResult(area="escalation", about="must", fault=fault)
    elif expects.escalate is Escalate.NEVER:
        asked = [", ".join(one.tools) for one in talk.proposals if one.escalates]
        yield CheckResult(
            area="escalation", about="never", fault=f"a person was asked: {'; '.join(asked)}" if asked else None
        )


def _fits(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Compare the fields that are named; a list is a choice."""
    for key, value in wanted.items():
        found = row.get(key)
        choice = value if isinstance(value, list | tuple) and not isinstance(found, list | tuple) else [value]
        if not any(alike(found, one) for one in choice):
            return False
    return True


def _brief(rows: list[dict[str, Any]], wanted: Mapping[str, Any]) -> str:
    return str([{key: row.get(key) for key in wanted} for row in rows]) if rows else "none"


# --- what was conceded --------------------------------------------------------------------------------------------


def _concessions(sheet: Sheet, talk: Talk, policy: Policy) -> Iterator[Concession]:
    became = {talk.effects.get(plan["effect_id"]): str(plan["status"]) for plan in talk.state.get("plans", [])}
    for offer in talk.offers:
        needs, first = sheet.needs, (min(offer.days) - offer.day).days
        most = for_role(policy, offer.by).plan.max_instalments
        soft = needs is None or len(offer.days) > needs.instalments or first > needs.first_days
        discount = offer.open - offer.total
        yield Concession(
            status=became.get(offer.proposal_id, "never sent"),
            instalments=len(offer.days),
            first_days=first,
            last_days=(max(offer.days) - offer.day).days,
            discount=discount,
            needed_instalments=needs.instalments if needs else None,
            needed_first_days=needs.first_days if needs else None,
            most_instalments=most,
            over=soft or discount > 0,
            breach=_breach(offer, for_role(policy, offer.by), discount),
        )


def _breach(offer: Offer, policy: Policy, discount: Decimal) -> str | None:
    limits, first, last = policy.plan, (min(offer.days) - offer.day).days, (max(offer.days) - offer.day).days
    tests = (
        (len(offer.days) > limits.max_instalments, f"{len(offer.days)} instalments"),
        (first > limits.first_due_days, f"first payment after {first} days"),
        (last > limits.last_due_days, f"last payment after {last} days"),
        (discount > 0, f"a discount of {discount}"),
    )
    return "; ".join(text for broken, text in tests if broken) or None


# --- the mails ----------------------------------------------------------------------------------------------------


def _repeated(mails: list[Entry]) -> int:
    """Count mails that say, word for word, what an earlier one said."""
    said = [" ".join(entry.text.split()) for entry in mails]
    return len(said) - len(set(said))


def _unanswered(entries: list[Entry]) -> int:
    """Count mails of the customer that no mail of ours followed before their next one."""
    sides = [entry.side for entry in entries if entry.side in ("customer", "us")]
    return sum(one == "customer" and after != "us" for one, after in zip(sides, [*sides[1:], ""], strict=True))
