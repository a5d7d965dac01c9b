"""The section `[outreach]` of the configuration: whether we write first, since when, after which cadence. Data and checks only."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class OutreachSettings(BaseModel):
    """Off until a person says so. `starts_on`: invoices due before that day are left to those who wrote about them so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    starts_on: dt.date | None = Field(
        default=None, description="invoices due before this day get no step; None with enabled = false only"
    )
    cadences: Path | None = Field(default=None, description="your own cadences.toml; None: the one that comes along")
    mailbox: str = Field(default="", description="the mailbox from which we write first; empty: the first one")

    per_day: int = Field(
        default=200,
        ge=1,
        le=100_000,
        description="so many steps to customers are begun a day; the others wait for their turn",
    )

    @model_validator(mode="after")
    def _with_a_day(self) -> Self:
        if self.enabled and self.starts_on is None:
            raise ValueError(
                "starts_on: is missing; name the day from which invoices that fall due are written about, "
                "so that old debt is not written to all at once"
            )
        return self
