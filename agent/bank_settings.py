"""The part of the configuration for our own bank accounts. A statement of any other account is refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ledger.bank.accounts import is_iban, plain_account


class BankSettings(BaseModel):
    """Which accounts are ours: IBANs, or the number as the bank's statements state it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts: tuple[str, ...] = Field(
        default=(), description="IBANs of our own accounts, whose statements are imported"
    )

    @field_validator("accounts")
    @classmethod
    def _accounts(cls, stated: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(plain_account(account) for account in stated)
        for account in found:
            if account[:2].isalpha() and not is_iban(account):
                raise ValueError(f"{account} is no IBAN: its check digits are wrong")
            if len(account) < 5:
                raise ValueError(f"{account!r} is too short for an account")
        if len(set(found)) != len(found):
            raise ValueError("an account is named twice")
        return found
