"""The words for the last steps: where one stands, on what ground it is proposed, by which way it ended.

They stand beside `store.outreach_words.LastResort`, which names the steps themselves.
"""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """Where a last step stands. PROPOSED, APPROVED and CARRIED_OUT are open: at most one of a kind for a customer.

    CARRIED_OUT: the goods are held back in the ERP, the letter is with the customer, the packet with the agency, the loss in
    the books. LAPSED: its ground went away by itself, or the day of a settlement passed unpaid.
    """

    PROPOSED = "proposed"
    APPROVED = "approved"
    CARRIED_OUT = "carried_out"
    ENDED = "ended"
    REFUSED = "refused"
    LAPSED = "lapsed"


#: What still stands, and what counts as done with.
OPEN: frozenset[Standing] = frozenset({Standing.PROPOSED, Standing.APPROVED, Standing.CARRIED_OUT})
DECIDED: frozenset[Standing] = frozenset({Standing.APPROVED, Standing.CARRIED_OUT})


class Ground(StrEnum):
    """On what ground a last step is proposed. One word each; a note of ours may say more."""

    CADENCE = "cadence"
    NO_ANSWER = "no_answer"
    PROMISES_BROKEN = "promises_broken"
    PLAN_BROKEN = "plan_broken"
    REFUSAL = "refusal"
    SETTLEMENT_OFFER = "settlement_offer"
    SETTLEMENT_REST = "settlement_rest"
    INSOLVENCY = "insolvency"
    UNECONOMIC = "uneconomic"
    LIMITATION = "limitation"
    GIVEN_BACK = "given_back"
    RISK = "risk"
    JUDGEMENT = "judgement"


class Ending(StrEnum):
    """How a last step ended, or what proposes its end."""

    PAID = "paid"
    PLAN_AGREED = "plan_agreed"
    KEPT = "kept"
    NOT_PAID = "not_paid"
    LIFTED = "lifted"
    CALLED_BACK = "called_back"
    GIVEN_BACK = "given_back"
    BOOKED = "booked"
    NOTHING_OPEN = "nothing_open"
    REVIEWED = "reviewed"
    REFUSED = "refused"


class Receiver(StrEnum):
    """To whom a claim is handed."""

    AGENCY = "agency"
    ATTORNEY = "attorney"
