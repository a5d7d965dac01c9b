"""Who we are in every mail: the creditor's own profile. It comes from configuration and never from a mail or a model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, EmailStr, Field


class CompanyProfile(BaseModel):
    """The creditor: the name, address and voice that drafts go out with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    address: str = ""
    team: str = "Accounts Receivable"
    email: EmailStr
    own_domains: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The domain that mail of ours comes from."""
        return self.email.rpartition("@")[2].lower()

    def owns(self, address: str) -> bool:
        """Say whether an address is one of ours."""
        domain = address.rpartition("@")[2].lower()
        return domain == self.domain or domain in {own.lower() for own in self.own_domains}
