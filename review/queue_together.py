"""Approves several proposals one after the other: the plain ones, of a reason that the policy calls safe, and no others.

What a form says is only a wish. Each proposal is asked about inside the transaction that would approve it, at the version that
was shown; what may not go with others is refused there, whoever made the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.rules.approvals import level_of
from agent.rules.base import block
from review.approving import Approving, Decision
from review.item import Blocked, Item
from store.company import CompanyProfile
from store.proposals import Stale
from store.queue_safe import PLAIN_ACTS, flags_of, plain
from store.vocabulary import ProposalStatus
from tools.approval import Approver
from tools.limits import Policy

#: So many are approved together at most: as many as a page shows.
MOST = 50
_ALONE = "it is approved on its own page"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one of several: whether it was approved, and in words why not."""

    number: int
    customer: str
    went: bool
    said: str


class Together:
    """The part of the desk that approves several proposals."""

    company: CompanyProfile
    policy: Policy
    roles: Mapping[str, Approver]
    show: Callable[[int], Item | None]
    approve: Callable[..., bool]

    def why_alone(self, item: Item) -> str | None:
        """Say why a proposal is not approved with others; None where it may be."""
        if item.row.status != ProposalStatus.HELD:
            return "it was decided meanwhile"
        proposal = item.proposal
        reasons = {claim.reason for claim in proposal.claims}
        if not reasons <= set(self.policy.review.bulk_reasons) or len(reasons) != 1:
            return f"its reason is none that the policy lets approve together: {_ALONE}"
        if flags_of(proposal):
            return f"the mail carries a flag: {_ALONE}"
        if proposal.findings:
            return f"a rule has found something in the draft: {_ALONE}"
        if not all(action.tool in PLAIN_ACTS for action in proposal.actions):
            return f"it does more than note, pause or answer: {_ALONE}"
        if item.facts.customer is None or not plain(proposal):
            return f"it is not plain enough: {_ALONE}"
        if item.row.approved_first_by is not None or self._needs_senior(item):
            return f"the policy wants a manager, or a second person, to decide: {_ALONE}"
        return None

    def approve_together(self, number: int, *, version: int, actor: str) -> Told:
        """Approve one of several as it was shown, or say why not. Each is a transaction of its own."""
        item = self.show(number)
        if item is None:
            return Told(number, "", went=False, said="There is no such proposal.")
        customer = item.facts.customer.name if item.facts.customer else item.message.email.from_address or ""
        try:
            went = self.approve(number, version=version, actor=actor, check=self._check)
        except (Stale, Blocked, ValueError) as refused:
            return Told(number, customer, went=False, said=_sentence(str(refused)))
        return Told(number, customer, went=went, said="" if went else "A second person has to approve as well.")

    def _check(self, item: Item, decision: Decision) -> None:
        """Refuse what must not go with others, judged with all that is known at the approval. Raises Blocked."""
        why = self.why_alone(item)
        if why is None and (decision.not_by_editor or decision.second_person or decision.judged.found):
            why = f"something was found at the approval: {_ALONE}"
        if why is not None:
            raise Blocked((block("R-APR-01", _sentence(why)),))

    def _needs_senior(self, item: Item) -> bool:
        approving = Approving(item, company=self.company, policy=self.policy, roles=self.roles)
        return level_of(approving.outbound()).role is not Approver.COLLECTOR


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
