"""The store's part of the configuration."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, field_validator


class StoreSettings(BaseModel):
    """Where the tables live. SQLite by default, PostgreSQL by URL."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = "sqlite:///dunwell.db"

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if url.startswith("postgres://"):
            url = "postgresql://" + url.removeprefix("postgres://")
        if url.startswith("postgresql://"):
            url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return url
