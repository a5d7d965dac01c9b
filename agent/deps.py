"""What the agent is given to think with. Built by whoever calls `propose`, never at import."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from agent.embedded.reader import FoundClaim
from agent.llm import Budget, ModelClient
from store.company import CompanyProfile
from store.vocabulary import Reason
from tools.limits import Policy


class Reader(Protocol):
    """What finds claims in a reply without a language model."""

    name: str

    def read(self, text: str, *, subject: str = "") -> list[FoundClaim]:
        """Give claims with evidence spans; at least one for any text with words."""

    def listen(
        self, text: str, *, subject: str = "", among: Collection[Reason] = (), noticed: Collection[Reason] = ()
    ) -> list[FoundClaim]:
        """Give the warnings `among` these that stand in a text which a model has read, with evidence spans."""


@dataclass(frozen=True, slots=True)
class Deps:
    """The embedded reader always; a model client where one is configured."""

    company: CompanyProfile
    policy: Policy
    embedded: Reader
    client: ModelClient | None = None

    def budget(self) -> Budget | None:
        """Open a budget for one message; None without a model."""
        return self.client.budget() if self.client is not None else None
