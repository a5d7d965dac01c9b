"""Agents that are deliberately worse, to see that the gate notices: on some turns they lose a claim or take one reason for another.

What follows from the wrong reading (acts, letter, rows) is worked out by the product itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from agent.deps import Deps
from agent.fixed import Fixed
from agent.graph import propose, propose_again
from store.facts import CaseFacts
from store.inbound import StoredMessage
from store.proposed import Claim, Proposal, Slots
from store.vocabulary import Reason

#: On so many of a hundred turns the worse agent reads wrongly.
SHARE = 9

#: What a weak reader takes for what.
_TAKEN_FOR = {
    Reason.DISPUTE: Reason.QUESTION,
    Reason.DEDUCTION: Reason.ALREADY_PAID,
    Reason.ALREADY_PAID: Reason.PAYMENT_IN_PROCESS,
    Reason.PROMISE_TO_PAY: Reason.PAYMENT_IN_PROCESS,
    Reason.PAYMENT_IN_PROCESS: Reason.ACKNOWLEDGEMENT,
    Reason.PLAN_REQUEST: Reason.PROMISE_TO_PAY,
    Reason.PO_MISMATCH: Reason.INVOICE_MISSING,
    Reason.INVOICE_MISSING: Reason.DOCUMENT_REQUEST,
    Reason.DOCUMENT_REQUEST: Reason.INVOICE_MISSING,
}


def stumbles(mail: str, seed: int) -> bool:
    """Say whether the agent of this seed reads this mail wrongly."""
    drawn = hashlib.sha256(f"{seed} {mail}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") % 100 < SHARE


def worse_agent(seed: int) -> Callable[..., Proposal]:
    """Give an agent that reads about nine in a hundred mails wrongly, always the same ones."""

    def think(message: StoredMessage, case: CaseFacts, deps: Deps) -> Proposal:
        stumbling = stumbles(message.email.message_id or "", seed)
        return always_worse(message, case, deps) if stumbling else propose(message, case, deps)

    return think


def always_worse(message: StoredMessage, case: CaseFacts, deps: Deps) -> Proposal:
    """Read every mail wrongly: its second claim is lost; a lone claim becomes another."""
    right = propose(message, case, deps)
    if not right.claims:
        return right
    wrong = Fixed(claims=_misread(right.claims), reader=right.reader)
    return propose_again(message, case, deps, fixed=wrong, flags=right.flags)


def _misread(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    if len(claims) > 1:
        return (claims[0], *claims[2:])
    taken = _TAKEN_FOR.get(claims[0].reason, Reason.ACKNOWLEDGEMENT)
    return (claims[0].model_copy(update={"reason": taken, "slots": Slots()}),)
