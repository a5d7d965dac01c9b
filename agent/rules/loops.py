"""That machines are not answered, and never twice (R-LOOP; RFC 3834, section 2; threats T-48 and T-49)."""

from __future__ import annotations

from collections.abc import Iterator

from agent.rules.base import Outbound, block, warn
from store.no_reply import is_no_reply
from store.proposed import Finding


def not_to_a_robot(out: Outbound) -> Iterator[Finding]:
    """R-LOOP-01: an automatic reply, a delivery report and an address that takes no answers get none."""
    if out.scope.facts.machine.robot:
        yield block("R-LOOP-01", "A robot wrote this mail: it is not answered.")
    for address in out.draft.recipients:
        if is_no_reply(address):
            yield block("R-LOOP-01", f"Nobody reads what is sent to {address}: verify another contact first.")


def not_twice_to_a_machine(out: Outbound) -> Iterator[Finding]:
    """R-LOOP-02: a mail that a machine wrote or worded is answered once, until a person has written in between."""
    at = out.scope.facts.machine.answered_at
    if at is not None:
        yield block(
            "R-LOOP-02",
            f"A machine wrote this mail, and its address was answered already ({at:%Y-%m-%d %H:%M} UTC): two machines "
            "may be answering each other. Write by hand, outside of this queue, or wait until a person writes.",
        )


def not_to_a_list(out: Outbound) -> Iterator[Finding]:
    """R-LOOP-03: a mail that went to a list is answered by a person's decision only, to the contact and not to the list."""
    if out.scope.facts.machine.bulk:
        yield warn("R-LOOP-03", "This mail went to a list or came from one: see that an answer is wanted.")
