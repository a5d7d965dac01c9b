"""Who must approve, and whether an approval still holds (R-APR)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from agent.rules.base import Outbound, Stage, block
from agent.rules.flags import high_flags
from store.balances import among, largest
from store.proposed import Finding
from store.vocabulary import Reason, Severity
from tools.approval import Approver, Level, level_for, same_person

_ORDER = list(Approver)


def level_of(out: Outbound) -> Level:
    """Say who must approve this answer, and why: the highest of what its claims, sums, plan, findings and flags ask for."""
    amount = _open_amount(out)
    plan = out.scope.plan
    instalments = len(plan.instalments) if plan is not None else 0
    last = max((p.due for p in plan.instalments), default=None) if plan is not None else None
    days = (last - out.scope.facts.today).days if last is not None else 0
    reasons = {claim.reason for claim in out.claims} or {Reason.UNCLEAR}
    levels = [
        level_for(out.policy, reason=reason, amount=amount, instalments=instalments, last_due_days=max(0, days))
        for reason in sorted(reasons)
    ]
    raised = [f.text.rstrip(".") for f in out.found if f.severity is Severity.MANAGER]
    flags = high_flags(out.approval.flags) if out.approval is not None else ()
    raised += [f"the mail is marked {flag}" for flag in flags]
    if raised:
        levels.append(Level(Approver.MANAGER, tuple(raised)))
    return max(levels, key=_rank)


def _rank(level: Level) -> int:
    return len(_ORDER) if level.role is None else _ORDER.index(level.role)


def _open_amount(out: Outbound) -> Decimal:
    """Give what is open on the invoices of the answer, else on the account; of several currencies the largest sum."""
    facts = out.scope.facts
    return largest(among(facts.open_invoices, out.scope.covered))[0]


def approver_may(out: Outbound) -> Iterator[Finding]:
    """R-APR-01: the approver has the role; from a manager's level on, not who edited it; two persons where two are asked."""
    approval = out.approval
    if approval is None:
        if out.stage is Stage.APPROVAL:
            yield block("R-APR-01", "Nobody is named who approves.")
        return
    level = level_of(out)
    why = " and ".join(level.why) or "that is the policy"
    if level.role is None:
        yield block("R-APR-01", f"The policy lets nobody approve this: {why}.")
        return
    if not _may(approval.role, level.role) and not (level.second_person and _may(approval.role, Approver.MANAGER)):
        yield block(
            "R-APR-01",
            f"A {level.role.value} approves this, because {why}; {approval.actor} is a {approval.role.value} "
            "(roles stand under [roles] in dunwell.toml).",
        )
        return
    if level.role is Approver.COLLECTOR:
        return
    if approval.edited_by is not None and same_person(approval.edited_by, approval.actor):
        yield block("R-APR-01", f"Somebody else approves what {approval.actor} edited, because {why}.")
    if level.second_person and out.stage is Stage.APPROVAL:
        yield from _two_persons(out, why)


def _two_persons(out: Outbound, why: str) -> Iterator[Finding]:
    approval = out.approval
    assert approval is not None, "asked by `approver_may` alone"
    if approval.first is None or same_person(approval.first, approval.actor):
        return
    if approval.first_role is not Approver.CONTROLLER and approval.role is not Approver.CONTROLLER:
        yield block("R-APR-01", f"One of the two who approve is a controller, because {why}.")


def _may(role: Approver, needed: Approver) -> bool:
    return _ORDER.index(role) >= _ORDER.index(needed)


def approval_holds(out: Outbound) -> Iterator[Finding]:
    """R-APR-02: what leaves is what was approved, under the policy of today, and not too long ago."""
    approval, most = out.approval, timedelta(hours=out.policy.sending.approval_hours)
    if approval is None:
        yield block("R-APR-02", "There is no approval.")
        return
    if out.stage is Stage.APPROVAL:
        if out.moment is not None and out.moment - out.scope.facts.as_of > most:
            yield block(
                "R-APR-02",
                f"It could leave only at {out.moment:%Y-%m-%d %H:%M} UTC, and an approval holds for {out.policy.sending.approval_hours} hours: approve it later.",
            )
        return
    if approval.at is None or out.leaves - approval.at > most:
        yield block("R-APR-02", f"The approval is older than {out.policy.sending.approval_hours} hours.")
    if approval.policy_digest != out.policy.digest():
        yield block("R-APR-02", "The policy changed since the approval.")
    if out.wire is None or out.wire.sha256 != approval.mime_sha256:
        yield block("R-APR-02", "The mail is not the one that was approved.")


def flags_acknowledged(out: Outbound) -> Iterator[Finding]:
    """R-APR-03: every serious flag is acknowledged by itself, with a reason."""
    approval = out.approval
    if approval is None:
        return
    for flag in high_flags(approval.flags):
        if not approval.acknowledged.get(flag, "").strip():
            yield block("R-APR-03", f"The mail is marked {flag}: say why it is answered all the same.")


def fresh_ledger(out: Outbound) -> Iterator[Finding]:
    """R-GND-08: the ledger was imported lately enough; shown before, and in the way when the mail would leave."""
    most = timedelta(hours=out.policy.sending.ledger_hours)
    if out.ledger_at is None or out.leaves - out.ledger_at <= most:
        return
    finding = block("R-GND-08", f"The ledger was imported at {out.ledger_at:%Y-%m-%d %H:%M} UTC: import it anew.")
    yield finding if out.stage is Stage.SENDING else finding.model_copy(update={"severity": Severity.WARN})
