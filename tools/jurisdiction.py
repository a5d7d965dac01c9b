"""What the law of a customer's country asks of us, as data that somebody in the company answers for. Never prose in code.

`default-strict` is what a profile is without any setting; every other one states where it differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tools.holidays_of_a_year import is_known_holiday
from tools.interest import InterestTerms
from tools.windows import ContactRules, known_zone

STRICT = "default-strict"


class Notices(BaseModel):
    """What a mail must state beside its matter. Name, address and reply path of the company stand in every mail in any case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ai: Literal["when_automatic", "always"] = Field(default="always", description="that a program helped to write it")
    objection: bool = Field(default=True, description="how to object to further mail")
    dispute: bool = Field(default=True, description="in every demand: how to dispute the debt")
    first_written: bool = Field(default=True, description="the notice that a first letter to a person must hold")
    privacy: bool = Field(default=True, description="link to the privacy notice in the first mail to a contact")
    first_notice: str = Field(
        default="",
        max_length=2000,
        description="the words of that notice; empty: the law of this profile prescribes none",
    )


class Jurisdiction(BaseModel):
    """One profile. `zones`: where its customers are, for those whose own zone is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: str = Field(default="", max_length=100, description="who in the company answers for these settings")
    natural_person: bool = Field(default=True, description="the debtor may be a person: the stricter reading")
    zones: tuple[str, ...] = ()
    holidays: tuple[str, ...] = ("01-01", "12-25", "12-26")
    limitation_years: int = Field(
        default=3, ge=1, le=30, description="after the due date; an older invoice is a lawyer's matter"
    )
    corrected_document: bool = Field(
        default=False,
        description="a copy with another order number may be made here; else the ERP re-issues the invoice",
    )
    contact: ContactRules = ContactRules()
    interest: InterestTerms = InterestTerms()
    notices: Notices = Notices()

    @field_validator("zones")
    @classmethod
    def _zones_exist(cls, zones: tuple[str, ...]) -> tuple[str, ...]:
        for zone in zones:
            if known_zone(zone) is None:
                raise ValueError(f"{zone} is no IANA time zone: write one like Europe/London")
        return zones

    @field_validator("holidays")
    @classmethod
    def _holidays_are_days(cls, holidays: tuple[str, ...]) -> tuple[str, ...]:
        for day in holidays:
            if not is_known_holiday(day):
                raise ValueError(
                    f"{day} is no day: write 2026-12-25, or 12-25 for every year, easter-2 (Good Friday), easter+1, "
                    "or 4 thu 11 (the fourth Thursday of November; last mon 05)"
                )
        return holidays

    @model_validator(mode="after")
    def _persons_owe_no_business_interest(self) -> Self:
        if self.natural_person and (self.interest.claim != "off" or self.interest.fixed_sums):
            raise ValueError("interest: is not claimed from a natural person: set claim to off and no fixed_sums")
        if self.interest.claim != "off" and not self.owner.strip():
            raise ValueError("owner: is missing: name who checked the rates before interest is claimed")
        if self.corrected_document and not self.owner.strip():
            raise ValueError("owner: is missing: name who allows copies of invoices with another order number")
        return self


#: 8 points above the reference rate: Late Payment of Commercial Debts (Interest) Act 1998 with SI 2002/1675; base rate of the
#: Bank of England on the last day of the half-year before.
_UK_RATES = {"2023-H2": "5.00", "2024-H1": "5.25", "2024-H2": "5.25", "2025-H1": "4.75", "2025-H2": "4.25"}
#: Directive 2011/7/EU art. 2(7): main refinancing rate of the ECB on the first day of the half-year.
_EU_RATES = {"2023-H2": "4.00", "2024-H1": "4.50", "2024-H2": "4.25", "2025-H1": "3.15", "2025-H2": "2.15"}
_BUSINESS_HOURS = {"opens": "08:00", "closes": "18:00"}
_EU_ZONES = ["Europe/Lisbon", "Europe/Dublin", "Europe/Berlin", "Europe/Helsinki", "Europe/Athens"]
_US_ZONES = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Pacific/Honolulu"]
_UK_HOLIDAYS = ["01-01", "easter-2", "easter+1", "1 mon 05", "last mon 05", "last mon 08", "12-25", "12-26"]
_EU_HOLIDAYS = ["01-01", "easter-2", "easter+1", "05-01", "12-25", "12-26"]
_US_HOLIDAYS = [
    "01-01",
    "3 mon 01",
    "3 mon 02",
    "last mon 05",
    "06-19",
    "07-04",
    "1 mon 09",
    "11-11",
    "4 thu 11",
    "12-25",
]
#: California Civil Code 1812.700, as the first written notice must say it.
_CALIFORNIAN_NOTICE = (
    "The state Rosenthal Fair Debt Collection Practices Act and the federal Fair Debt Collection Practices Act require that, except under unusual "
    "circumstances, collectors may not contact you before 8 a.m. or after 9 p.m. They may not harass you by using threats of violence or arrest or by "
    "using obscene language. Collectors may not use false or misleading statements or call you at work if they know or have reason to know that you may "
    "not receive personal calls at work. For the most part, collectors may not tell another person, other than your attorney or spouse, about your debt. "
    "Collectors may contact another person to confirm your location or enforce a judgment. For more information about debt collection activities, you may "
    "contact the Federal Trade Commission at 1-877-FTC-HELP or www.ftc.gov."
)

#: The five that come with dunwell. What a policy file states of a profile is laid over these.
SHIPPED: Mapping[str, Mapping[str, Any]] = {
    STRICT: {},
    "uk-b2b": {
        "natural_person": False,
        "zones": ["Europe/London"],
        "holidays": _UK_HOLIDAYS,
        "limitation_years": 6,
        "contact": _BUSINESS_HOURS,
        "interest": {
            "currency": "GBP",
            "margin": "8",
            "rate_follows": "debt",
            "reference": _UK_RATES,
            "fixed_sums": [
                {"from_amount": "0", "sum": "40"},
                {"from_amount": "1000", "sum": "70"},
                {"from_amount": "10000", "sum": "100"},
            ],
        },
        "notices": {"ai": "when_automatic", "objection": False, "first_written": False},
    },
    "eu-b2b": {
        "natural_person": False,
        "zones": _EU_ZONES,
        "holidays": _EU_HOLIDAYS,
        "contact": _BUSINESS_HOURS,
        "interest": {
            "currency": "EUR",
            "margin": "8",
            "rate_follows": "half_year",
            "reference": _EU_RATES,
            "fixed_sums": [{"from_amount": "0", "sum": "40"}],
        },
        "notices": {"ai": "always", "objection": False, "first_written": False},
    },
    "us-b2b": {
        "natural_person": False,
        "zones": _US_ZONES,
        "holidays": _US_HOLIDAYS,
        "contact": _BUSINESS_HOURS,
        "notices": {"ai": "when_automatic", "objection": True, "first_written": False, "privacy": False},
    },
    "us-ca-natural-person": {
        "zones": ["America/Los_Angeles"],
        "holidays": _US_HOLIDAYS,
        "limitation_years": 4,
        "notices": {"first_notice": _CALIFORNIAN_NOTICE},
    },
}


def laid_over(given: Any) -> dict[str, Any]:
    """Lay the profiles that a policy states over the shipped ones; a profile of another name starts from the strict one."""
    if not isinstance(given, Mapping):
        raise ValueError("must be a table of profiles")
    return {
        name: _over(SHIPPED.get(name, {}), given.get(name, {}))
        for name in [*SHIPPED, *sorted(set(given) - set(SHIPPED))]
    }


def _over(under: Any, over: Any) -> Any:
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return over
    # A table of rates is one thing: a rate that was taken out must not come back from below.
    whole = {"reference"}
    return dict(under) | {k: v if k in whole else _over(under.get(k, {}), v) for k, v in over.items()}
