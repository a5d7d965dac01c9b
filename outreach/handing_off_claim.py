"""The claim as it is handed over: each invoice with what is open, since when, and the interest that the policy's table allows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from outreach.handing_off_ground import limitation_day
from prompts.sheet import words
from store.facts import InvoiceFacts
from store.last_resort import uncontested
from tools.interest import LateCharge, NotClaimable, late_charge
from tools.limits import Policy


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One invoice of a claim. `charge`: interest and fixed sum; None where none may be claimed, with `why_none`."""

    invoice: InvoiceFacts
    open: Decimal
    days_late: int
    out_of_time: date
    charge: LateCharge | None
    why_none: str = ""

    @property
    def total(self) -> Decimal:
        """What is claimed on it in all."""
        return self.open + (self.charge.total if self.charge else Decimal(0))


def claim_lines(invoices: Sequence[InvoiceFacts], *, today: date, policy: Policy) -> list[ClaimLine]:
    """Give the lines of a claim, oldest first: what is contested is no part of it."""
    lines = []
    for invoice in sorted(invoices, key=lambda i: (i.due_date, i.number)):
        charge, why = _charge(invoice, today, policy)
        lines.append(
            ClaimLine(
                invoice=invoice,
                open=uncontested(invoice),
                days_late=invoice.days_overdue(today),
                out_of_time=limitation_day(invoice, policy=policy),
                charge=charge,
                why_none=why,
            )
        )
    return lines


def totals(lines: Sequence[ClaimLine]) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """Add up, each currency by itself: open, interest, fixed sums."""
    found: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
    for line in lines:
        before = found.get(line.invoice.currency, (Decimal(0), Decimal(0), Decimal(0)))
        charge = (line.charge.interest, line.charge.fixed) if line.charge else (Decimal(0), Decimal(0))
        found[line.invoice.currency] = (before[0] + line.open, before[1] + charge[0], before[2] + charge[1])
    return found


def legal_basis(lines: Sequence[ClaimLine], *, policy: Policy, language: str) -> list[str]:
    """Say on what the claim and its interest rest, as far as the policy states it, in the language of the paper."""
    profile, name, w = policy.profile(), policy.jurisdiction, words(language, "claim")
    checked = "jurisdiction_checked" if profile.owner else "jurisdiction"
    said = [w[checked].format(name=name, owner=profile.owner)]
    charged = [line for line in lines if line.charge is not None and line.charge.days]
    if charged:
        kind = "statutory" if profile.interest.claim == "statutory" else "contractual"
        rates = sorted({f"{span.rate}" for line in charged if line.charge for span in line.charge.spans})
        said.append(w[kind].format(rates=", ".join(rates)))
    else:
        reasons = sorted({line.why_none for line in lines if line.why_none}) if profile.interest.claim != "off" else []
        # Why a table does not allow it is our own policy's affair, and told in its English.
        said.append(w["no_interest"] + (f" ({'; '.join(reasons)})" if reasons else ""))
    said.append(w["limitation"].format(years=profile.limitation_years))
    return said


def _charge(invoice: InvoiceFacts, today: date, policy: Policy) -> tuple[LateCharge | None, str]:
    try:
        charge = late_charge(
            principal=uncontested(invoice),
            currency=invoice.currency,
            due=invoice.due_date,
            until=today,
            terms=policy.profile().interest,
        )
    except NotClaimable as none:
        return None, str(none)
    return charge, ""
