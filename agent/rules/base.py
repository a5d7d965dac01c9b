"""What a rule looks at and what it gives. A rule never changes a draft and never asks a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prompts.scope import SlotScope
from prompts.slots import literal_text
from store.proposed import Draft, Finding
from store.vocabulary import IdentityLevel, Severity


@dataclass(frozen=True, slots=True)
class Outbound:
    """A draft about to be judged, with the facts that it must agree with."""

    draft: Draft
    scope: SlotScope
    #: The slots that a model was given; None where none was asked.
    given: frozenset[str] | None = None

    @property
    def literal(self) -> str:
        """What somebody wrote: the text without the values that code put in."""
        return literal_text(self.draft.body)

    @property
    def by_hand(self) -> bool:
        """Say whether a person wrote or edited it."""
        return self.draft.written_by.startswith("human")

    @property
    def proven(self) -> bool:
        """Say whether the sender of the mail that is answered is surely the customer."""
        return self.scope.facts.identity in (IdentityLevel.A, IdentityLevel.B)


#: A rule gives its findings; none means that the draft keeps it.
Rule = Callable[[Outbound], Iterator[Finding]]


def block(rule: str, text: str) -> Finding:
    """Make a finding that forbids approval."""
    return Finding(rule=rule, severity=Severity.BLOCK, text=text)


def warn(rule: str, text: str) -> Finding:
    """Make a finding that is shown."""
    return Finding(rule=rule, severity=Severity.WARN, text=text)
