"""Ranks accounts by what acting now is likely to bring in: money, times the chance that it still comes, times what acting adds.

Pure: the same accounts give the same list. Nothing is ranked of what is contested, paused, here already, or on its way by a
promise or a plan, and nothing of a customer to whom nothing may be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from risk.acts import WORDS, Act
from risk.settings import RiskSettings
from risk.standing import NOTHING, Claim, Standing

_CENT = Decimal("0.01")
#: From this probability on a late payment is likely enough to ask before the due day.
_LIKELY = 0.5
#: So many mails without an answer, and a call is next.
_UNANSWERED = 2
#: However sure a forecast is: so much of what is overdue comes by itself, and no more.
_SUREST = 0.95


@dataclass(frozen=True, slots=True)
class Ranked:
    """An account on the list, in one currency. `gain`: what acting now is likely to add, within the policy's horizon.

    `asked`: what may be asked for. `chance`: the share of it that still comes in the end. `anyway`: the share of that which
    comes by itself within the horizon. `proposal`: the one that waits, where there is one.
    """

    customer: str
    name: str
    tier: str
    owner: str
    currency: str
    gain: Decimal
    asked: Decimal
    overdue_days: int
    chance: float
    anyway: float
    act: Act
    link: str
    invoices: tuple[str, ...]
    reasons: tuple[str, ...]
    proposal: int | None = None
    slipping: tuple[str, ...] = ()


def ranked(accounts: Iterable[Standing], settings: RiskSettings) -> list[Ranked]:
    """Rank accounts, the largest gain first; of equals the larger money, then by customer. Currencies are not converted."""
    rows = [row for account in accounts for row in _rows(account, settings) if row.gain >= settings.worklist_least]
    rows = [row for row in rows if row.gain > 0]
    return sorted(rows, key=lambda r: (-r.gain, -r.asked, r.customer, r.currency))


def next_act(account: Standing, claims: Sequence[Claim], settings: RiskSettings) -> Act | None:
    """Give what to do next about these claims of an account; None where there is nothing to do."""
    overdue = [c for c in claims if c.due < account.today]
    if account.waiting:
        return Act.ANSWER
    if not overdue:
        return Act.CHECK if any(c.late >= _LIKELY for c in claims) and account.reachable else None
    if not account.reachable:
        return Act.FIND_CONTACT
    if set(account.broken) & {c.number for c in claims}:
        return Act.BROKEN_PROMISE
    oldest = max((account.today - c.due).days for c in overdue)
    if account.written >= _UNANSWERED and oldest >= settings.call_after_days:
        return Act.CALL
    return Act.REMIND if account.written_before else Act.FIRST_REMINDER


def _rows(account: Standing, settings: RiskSettings) -> Iterable[Ranked]:
    if account.stopped:
        return
    ahead = settings.check_ahead_days
    free = [c for c in account.claims if c.free > 0 and (c.due - account.today).days <= ahead]
    for currency in sorted({c.currency for c in free}):
        claims = [c for c in free if c.currency == currency]
        act = next_act(account, claims, settings)
        if act is None:
            continue
        if act is Act.CHECK:
            claims = [c for c in claims if c.late >= _LIKELY]
        yield _row(account, currency, claims, act, settings)


def _row(account: Standing, currency: str, claims: Sequence[Claim], act: Act, settings: RiskSettings) -> Ranked:
    asked = sum((c.free for c in claims), NOTHING)
    comes = _share(claims, lambda c: _chance(account, c, settings))
    stays = _share(claims, lambda c: _chance(account, c, settings) * (1 - anyway(account, c, settings)))
    effect = Decimal(repr(settings.effects[act]))
    gain = sum(
        (c.free * _exact(_chance(account, c, settings) * (1 - anyway(account, c, settings))) for c in claims), NOTHING
    )
    late = max((account.today - c.due).days for c in claims)
    first = account.waiting[0] if account.waiting else None
    share = 1 - stays / comes if comes else 0.0
    return Ranked(
        customer=account.customer,
        name=account.name,
        tier=account.tier,
        owner=account.owner,
        currency=currency,
        gain=(gain * effect).quantize(_CENT),
        asked=asked,
        overdue_days=max(0, late),
        chance=comes,
        anyway=share,
        act=act,
        link=_link(account, act),
        invoices=tuple(c.number for c in sorted(claims, key=lambda c: (c.due, c.number))),
        reasons=tuple(_reasons(account, claims, act, share, comes, settings)),
        proposal=first,
        slipping=account.slipping,
    )


def anyway(account: Standing, claim: Claim, settings: RiskSettings) -> float:
    """Give how likely a claim is paid by itself within the horizon, if it is paid at all; never quite certain."""
    last = (account.today - claim.due).days + settings.horizon_days
    return min(_SUREST, sum(day <= last for day in claim.days) / len(claim.days))


def _chance(account: Standing, claim: Claim, settings: RiskSettings) -> float:
    return settings.recovered_after(float((account.today - claim.due).days))


def _exact(share: float) -> Decimal:
    return Decimal(repr(round(share, 6)))


def _share(claims: Sequence[Claim], of: object) -> float:
    assert callable(of)
    whole = sum(float(c.free) for c in claims)
    return sum(float(c.free) * of(c) for c in claims) / whole if whole else 0.0


def _link(account: Standing, act: Act) -> str:
    match act:
        case Act.ANSWER:
            return f"/items/{account.waiting[0]}"
        case Act.BROKEN_PROMISE:
            return f"/lists/promises?state=broken&q={quote(account.customer, safe='')}"
        case Act.FIND_CONTACT:
            return "/attention"
        case _:
            return f"/worklist/{quote(account.customer, safe='')}"


def _reasons(
    account: Standing, claims: Sequence[Claim], act: Act, share: float, chance: float, settings: RiskSettings
) -> Iterable[str]:
    count = len(claims)
    what = "one invoice" if count == 1 else f"{count} invoices"
    late = max((account.today - c.due).days for c in claims)
    yield f"{what}, the oldest {late} days overdue" if late > 0 else f"{what}, not due yet, and likely to be paid late"
    yield _why(account, act)
    yield f"about {share:.0%} of what will be paid comes by itself within {settings.horizon_days} days"
    if chance < 0.9:
        yield f"of money this old about {chance:.0%} is still collected"
    yield from account.slipping
    worst = max(claims, key=lambda c: (c.free, c.number))
    yield from (f"{worst.number}: {words}" for words in worst.reasons[:2])


def _why(account: Standing, act: Act) -> str:
    match act:
        case Act.ANSWER:
            more = len(account.waiting) - 1
            return "a proposal waits for a decision" + (f", and {more} more" if more else "")
        case Act.BROKEN_PROMISE:
            return "a promise was broken" + (f", {account.broken_before} so far" if account.broken_before > 1 else "")
        case Act.FIND_CONTACT:
            known = " and ".join(account.otherwise) or "neither a postal address nor a telephone number"
            return f"mail reaches none of their contacts; known {'are' if len(account.otherwise) > 1 else 'is'} {known}"
        case Act.CALL:
            return f"{account.written} mails of ours are unanswered"
        case Act.FIRST_REMINDER:
            return "they were never written to"
        case Act.REMIND:
            return "their last reply is dealt with" if not account.written else "a mail of ours is unanswered"
        case Act.CHECK:
            return "a late payment is likely"


def in_words(act: Act) -> str:
    """Say what to do."""
    return WORDS[act]
