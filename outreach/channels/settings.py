"""The settings of the other ways to a customer: `[channels.sms]`. Off unless it is there; its secret stands in a file or the environment.

The environment's name of the secret is DUNWELL_SMS_SECRET.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from ledger.settings import checked_address, checked_secret
from outreach.channels.texting import checked_texts
from store.phones import to_e164


class SmsSettings(BaseModel):
    """The SMS provider. `account`: the account's id; `sender`: our number (E.164), or the id of a messaging service (MG...)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    provider: Literal["twilio"] = "twilio"
    account: str = Field(pattern=r"^AC[0-9a-zA-Z]{8,40}$")
    sender: str = Field(max_length=60)
    secret: SecretStr | None = None
    secret_file: Path | None = None
    texts: dict[str, str] = Field(
        default_factory=dict,
        description="our own words by language (de, en, es, fr, it, nl, pt), in place of those that come along",
    )
    base_url: Annotated[str, AfterValidator(checked_address)] = "https://api.twilio.com"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.secret is None and self.secret_file is None:
            raise ValueError("secret_file: is missing: name the file with the auth token, or set DUNWELL_SMS_SECRET")
        checked_texts(self.texts)
        if not self.by_service and to_e164(self.sender) != self.sender:
            raise ValueError("sender: write the number as E.164, such as +4940123456")
        return self

    @property
    def by_service(self) -> bool:
        """Say whether the provider chooses our number out of a messaging service."""
        return self.sender.startswith("MG")

    def auth_token(self) -> str:
        """Read the secret. Raises ValueError with what to do."""
        if self.secret is not None:
            return checked_secret(self.secret.get_secret_value())
        assert self.secret_file is not None, "the settings need one of both"
        try:
            text = self.secret_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"channels.sms.secret_file: {self.secret_file} cannot be read") from None
        return checked_secret(text)


class ChannelsSettings(BaseModel):
    """Ways to a customer beside mail. Letters and calls need no setting."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sms: SmsSettings | None = None
