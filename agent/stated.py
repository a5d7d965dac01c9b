"""What a language model states of a reply: the form of its answer, before code has checked and resolved any of it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from store.aftermath import PlanStance
from store.vocabulary import DisputeKind, DocumentKind, Reason


class ReadClaim(BaseModel):
    """One claim as a model states it; pieces of text stay as written, code resolves them."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    invoices: list[str] = Field(max_length=40)
    evidence: str = Field(max_length=2000)
    confidence: float = Field(allow_inf_nan=False)
    date: str | None = None
    amount: str | None = None
    reference: str | None = None
    dispute_kind: DisputeKind | None = None
    po_number: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    portal: str | None = None
    document: DocumentKind | None = None
    instalments: str | None = None
    stance: PlanStance | None = None

    def hints(self) -> dict[str, str]:
        """Give the pieces of text that were named, by slot."""
        given = self.model_dump(exclude={"reason", "invoices", "evidence", "confidence"})
        return {slot: words for slot, words in given.items() if words}


class ReadReply(BaseModel):
    """All claims of one reply."""

    model_config = ConfigDict(extra="forbid")

    claims: list[ReadClaim] = Field(min_length=1, max_length=12)
