"""The part of the configuration that says to whom a digest of the queue is mailed, and when."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, EmailStr, Field, field_validator


class DigestSettings(BaseModel):
    """One mail a day of what waits, to addresses of the company only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: tuple[EmailStr, ...] = Field(default=(), max_length=50, description="addresses, or lists, of the company")
    people: bool = Field(default=False, description="also everybody who signs in, decides, and has an address")
    hour: int = Field(default=7, ge=0, le=23, description="from this hour on, in `timezone`")
    timezone: str = "UTC"
    working_days_only: bool = Field(default=True, description="Monday to Friday")
    mailbox: str | None = Field(default=None, description="whose SMTP it leaves by; None: the first that has one")

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is no time zone: write one such as Europe/Amsterdam") from None
        return name
