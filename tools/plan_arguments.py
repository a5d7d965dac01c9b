"""What a move in the negotiation of a payment plan is made of, and how it is told to the collector and to a writing model.

Words only: no limit is looked at here. A sentence for the model holds no figure and no limit.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from tools.approval import Approver
from tools.base import Arguments, listed, money
from tools.plan_bounds import Payment

MOST_INVOICES = 50


class Move(StrEnum):
    """What we do about a plan: each has its own words.

    ASKED grants what the customer asked for, COUNTER gives what comes nearest to it, RENEWED brings a plan that they
    agreed to up to date with the ledger and the calendar.
    """

    OFFER = "offer"
    ASKED = "asked"
    COUNTER = "counter"
    RENEWED = "renewed"
    AGREED = "agreed"
    DECLINED = "declined"


#: Moves that answer the plan on the table and leave its schedule as it is.
ANSWERS: frozenset[Move] = frozenset({Move.AGREED, Move.DECLINED})


class PlanInstalment(Arguments):
    """One payment of the schedule."""

    due: dt.date
    amount: Decimal = Field(gt=0)


class ProposePaymentPlanArguments(Arguments):
    """The whole schedule over these invoices.

    `plan_id`: the plan on the table that this answers. `level`: who must approve it. `note`: for the office alone.
    """

    move: Move = Move.OFFER
    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    currency: str
    total: Decimal = Field(gt=0)
    instalments: tuple[PlanInstalment, ...] = Field(min_length=2, max_length=36)
    hold_until: dt.date
    round: int = Field(default=1, ge=1)
    plan_id: int | None = None
    level: Approver = Approver.COLLECTOR
    note: str = Field(default="", max_length=400)

    @property
    def schedule(self) -> tuple[Payment, ...]:
        """The payments as plain values."""
        return tuple(Payment(part.due, part.amount) for part in self.instalments)


def shown(arguments: ProposePaymentPlanArguments) -> str:
    """Say in one sentence what approving will do, and in a second what a manager could grant."""
    first, last = arguments.instalments[0], arguments.instalments[-1]
    shape = (
        f"{len(arguments.instalments)} instalments for {money(arguments.total, arguments.currency)} over "
        f"{listed(arguments.invoices)}: first {money(first.amount, arguments.currency)} on {first.due}, last on {last.due}"
    )
    if arguments.move is Move.AGREED:
        return f"Agrees the plan as it was offered, {shape}; reminders rest until {arguments.hold_until}."
    if arguments.move is Move.DECLINED:
        return (
            f"Notes that the plan over {listed(arguments.invoices)} is declined and asks how they would pay; "
            f"reminders pause until {arguments.hold_until}."
        )
    needs = "" if arguments.level is Approver.COLLECTOR else f" Needs a {arguments.level.value}."
    note = f" {arguments.note}" if arguments.note else ""
    return f"{_SHOWN[arguments.move]} {shape}; reminders pause until {arguments.hold_until}.{needs}{note}"


_SHOWN: dict[Move, str] = {
    Move.OFFER: "Offers",
    Move.ASKED: "Offers what the customer asks for:",
    Move.COUNTER: "Offers the nearest to what the customer asks for:",
    Move.RENEWED: "Offers the agreed plan again, because days or balance changed before their yes:",
}

#: What the letter says of each move, for a writing model.
SAYS: dict[Move, str] = {
    Move.OFFER: "we offer the payment plan {{ plan.schedule }} and ask for a yes by {{ deadline.date }}",
    Move.ASKED: (
        "we can grant the instalments that they ask for, set out in {{ plan.schedule }}, and ask them to confirm it by "
        "{{ deadline.date }}"
    ),
    Move.COUNTER: (
        "we cannot grant the instalments quite as they ask, what we can offer is {{ plan.schedule }}, and we ask for a "
        "yes by {{ deadline.date }}; never say why or where the limit lies"
    ),
    Move.RENEWED: (
        "we thank them for agreeing; days or balance changed meanwhile, so the plan brought up to date is "
        "{{ plan.schedule }}, and we ask them to confirm it by {{ deadline.date }}"
    ),
    Move.AGREED: (
        "the payment plan is agreed, with the payments {{ plan.schedule }}; we ask for nothing but payment by these days"
    ),
    Move.DECLINED: (
        "we note that the plan does not suit them and ask how and by when they would pay instead, by {{ deadline.date }}"
    ),
}
