"""Who may approve what under a policy. Pure functions; a level only ever rises with the amount, the plan and the concession."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from store.vocabulary import Reason
from tools.escalate_to_human import ROUTES
from tools.escalate_to_human import Role as Desk
from tools.limits import Policy


class Approver(StrEnum):
    """Who approves, by rising power. A controller never decides alone: a second person approves too."""

    COLLECTOR = "collector"
    MANAGER = "manager"
    CONTROLLER = "controller"


@dataclass(frozen=True, slots=True)
class RoleLimits:
    """What one role may approve. `decides_up_to`: open balance, None without a limit; `discount`: share of it."""

    role: Approver
    decides_up_to: Decimal | None
    instalments: int
    last_due_days: int
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Level:
    """Who must approve, and why. `role` is None where the policy lets nobody."""

    role: Approver | None
    why: tuple[str, ...]

    @property
    def second_person(self) -> bool:
        """Say whether two different persons must approve."""
        return self.role is Approver.CONTROLLER


def login_behind(actor: str) -> str:
    """Give the login of an actor of the log: whoever sits at the terminal as cli:NAME is the person of that name."""
    return actor.removeprefix("cli:").lower()


def same_person(one: str, other: str) -> bool:
    """Say whether two actors of the log are one person, so that nobody is their own second."""
    return login_behind(one) == login_behind(other)


def limits_of(role: Approver, policy: Policy) -> RoleLimits:
    """Give the limits of a role; never smaller than those of the role below it."""
    plan, share = policy.plan, policy.concessions
    collector = RoleLimits(role, policy.manager_above, plan.max_instalments, plan.last_due_days, share.collector)
    if role is Approver.COLLECTOR:
        return collector
    manager = RoleLimits(
        role,
        max(policy.controller_above, policy.manager_above),
        max(plan.manager_max_instalments, collector.instalments),
        max(plan.manager_last_due_days, collector.last_due_days),
        share.manager,
    )
    if role is Approver.MANAGER:
        return manager
    return RoleLimits(
        role,
        None,
        max(plan.controller_max_instalments, manager.instalments),
        max(plan.controller_last_due_days, manager.last_due_days),
        share.controller,
    )


def level_for(
    policy: Policy,
    *,
    reason: Reason,
    amount: Decimal,
    instalments: int = 0,
    last_due_days: int = 0,
    discount: Decimal = Decimal(0),
) -> Level:
    """Say who must approve an answer to `reason` about an open balance of `amount`, with what it would grant.

    `last_due_days` counts from today to the last instalment; `discount` is a share of the balance.
    """
    desk = ROUTES[reason][0] if reason in ROUTES else Desk.COLLECTOR
    first = Approver.COLLECTOR if desk is Desk.COLLECTOR else Approver.MANAGER
    asked = (
        (_by_limit(policy, "decides_up_to", amount), f"the open balance is {amount}"),
        (_by_limit(policy, "instalments", instalments), f"the plan has {instalments} instalments"),
        (_by_limit(policy, "last_due_days", last_due_days), f"the last instalment is due in {last_due_days} days"),
        (_by_limit(policy, "discount", discount), f"{discount:%} of the balance would be given away"),
    )
    order = [*Approver, None]
    needed = max([first, *(role for role, _ in asked)], key=order.index)
    why = [text for role, text in asked if role is needed and needed is not Approver.COLLECTOR]
    if first is needed is Approver.MANAGER:
        why.insert(0, f"{reason.value.replace('_', ' ')} goes to {desk.value}")
    return Level(needed, tuple(why))


def _by_limit(policy: Policy, name: str, value: Decimal | int) -> Approver | None:
    """Find the lowest role whose limit of this name holds the value; None where none does."""
    for role in Approver:
        most = getattr(limits_of(role, policy), name)
        if most is None or value <= most:
            return role
    return None
