"""Puts a policy into words: for one reason, amount, tier and role, what may happen and who decides. Decides nothing itself."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from agent.policy import HARD_STOPS
from store.vocabulary import Reason
from tools.approval import Approver, Level, RoleLimits, level_for, limits_of
from tools.autonomy import TEMPLATE_REASONS
from tools.interest import InterestTerms
from tools.jurisdiction import Jurisdiction
from tools.limits import Policy
from tools.registry import tools

_ESCALATE = "escalate_to_human"
#: Words must not promise more than the program does.
NOTE = (
    "the approver's role is asked for when somebody approves ([roles] in dunwell.toml; everybody else is a collector), window and "
    "caps when the mail leaves; nothing is sent by itself, and no letter claims interest by itself: a person's figures are "
    "held to what is computed here"
)


class Explanation(BaseModel):
    """What a policy says of one combination, a sentence each."""

    model_config = ConfigDict(frozen=True)

    reason: Reason
    amount: Decimal
    tier: str
    role: Approver
    profile: str
    tools: tuple[str, ...]
    answered_by: str
    approval: str
    this_role: str
    automatic: str
    window: str
    caps: str
    interest: str
    note: str = NOTE

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Give what is said, each with its heading."""
        return (
            ("answered by", self.answered_by),
            ("approved by", self.approval),
            (f"a {self.role}", self.this_role),
            ("automatic", self.automatic),
            ("window", self.window),
            ("caps", self.caps),
            ("interest", self.interest),
            ("note", self.note),
        )


def explain(
    policy: Policy, *, reason: Reason, amount: Decimal, tier: str, role: Approver, profile: str | None = None
) -> Explanation:
    """Explain a policy for a claim of `reason` about an open balance of `amount`. Raises KeyError for an unknown profile."""
    terms = policy.profile(profile)
    names = tuple(name for name, tool in tools().items() if reason in tool.reasons)
    level = level_for(policy, reason=reason, amount=amount)
    return Explanation(
        reason=reason,
        amount=amount,
        tier=tier,
        role=role,
        profile=profile or policy.jurisdiction,
        tools=names,
        answered_by=_answers(policy, reason, names),
        approval=_approval(level),
        this_role=_role(limits_of(role, policy), level),
        automatic=_automatic(policy, reason, amount, tier),
        window=_window(terms),
        caps=_caps(terms),
        interest=_interest(terms.interest),
    )


def _answers(policy: Policy, reason: Reason, names: tuple[str, ...]) -> str:
    listed = ", ".join(names)
    if reason in HARD_STOPS:
        return f"{listed}; {reason.value} stops every other tool for the whole reply"
    sure = policy.sure_from(reason)
    return f"{listed}; as far as the case allows each. Read less surely than {sure:g}: only {_ESCALATE} and silence"


def _approval(level: Level) -> str:
    if level.role is None:
        return "nobody: it is beyond every limit"
    who = f"{_article(level.role)}{' and a second person' if level.second_person else ''}"
    return f"{who}, because {' and '.join(level.why)}" if level.why else who


def _role(limits: RoleLimits, level: Level) -> str:
    order = list(Approver)
    may = level.role is not None and order.index(limits.role) >= order.index(level.role)
    most = "any balance" if limits.decides_up_to is None else f"balances up to {limits.decides_up_to}"
    gives = f"gives away up to {limits.discount:%}" if limits.discount else "gives nothing away"
    return (
        f"{'may' if may else 'may not'} approve this; decides on {most}, plans of up to {limits.instalments} instalments "
        f"within {limits.last_due_days} days, {gives}"
    )


def _automatic(policy: Policy, reason: Reason, amount: Decimal, tier: str) -> str:
    table = policy.autonomy
    if reason not in TEMPLATE_REASONS:
        return "never: this reason is always a person's"
    band = table.band(amount)
    if not table.is_open(reason, amount, tier):
        return (
            f"no: the policy does not open the cell {reason.value}, {band.value}, {tier}; "
            "a manager may, on the page Numbers, once its record allows it"
        )
    return (
        f"open for template answers ({band.value}, {tier}) once persons decided {table.min_proposals} and approved "
        f"{table.min_unedited:%} unedited; never with identity C or D, a flag, a dispute or a plan"
    )


def _window(terms: Jurisdiction) -> str:
    rules = terms.contact
    zone = f"in every one of {', '.join(terms.zones)} at once" if terms.zones else "never"
    return (
        f"{rules.opens:%H:%M} to {rules.closes:%H:%M} on {', '.join(rules.days)} in the recipient's time zone "
        f"(unknown zone: {zone}), not on {', '.join(terms.holidays) or 'no listed holiday'}"
    )


def _caps(terms: Jurisdiction) -> str:
    rules = terms.contact
    return (
        f"{rules.per_customer_7_days} mails to a customer in 7 days, {rules.per_case_48_hours} of a case in 48 hours; "
        f"answers to questions {rules.answers_per_day} in 24 hours; all together {rules.hard_per_customer_7_days} in 7 days"
    )


def _interest(terms: InterestTerms) -> str:
    sums = ", ".join(f"{tier.sum} {terms.currency} from {tier.from_amount}" for tier in terms.fixed_sums) or "none"
    cap = f"; together at most {terms.cap_share:%} of the open amount" if terms.cap_share is not None else ""
    if terms.claim == "off":
        return "none is claimed"
    if terms.claim == "contractual":
        return f"simple, {terms.contractual_rate} % a year by contract; fixed sums: {sums}{cap}"
    last = max(terms.reference)
    return f"simple, {terms.margin} points above the reference rate (table up to {last}); fixed sums: {sums}{cap}"


def _article(role: Approver) -> str:
    return f"a {role.value}"
