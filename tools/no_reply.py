"""Answer nothing. The one tool without an effect: what was understood is kept with the proposal."""

from __future__ import annotations

from typing import ClassVar

from store.facts import CaseFacts
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, Tool


class NoReplyArguments(Arguments):
    """Nothing to say."""


class NoReply(Tool[NoReplyArguments]):
    """Write nothing back: the mail asks for nothing."""

    name: ClassVar[str] = "no_reply"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.ACKNOWLEDGEMENT, Reason.AUTO_REPLY, Reason.UNRELATED})
    arguments = NoReplyArguments
    answers: ClassVar[bool] = False

    def refusal(self, ask: Ask) -> str | None:
        """Allow always: the reasons alone decide."""
        return None

    def fill(self, ask: Ask) -> NoReplyArguments:
        """Need nothing."""
        return NoReplyArguments()

    def check(self, arguments: NoReplyArguments, ask: Ask) -> None:
        """Accept."""

    def preview(self, arguments: NoReplyArguments, facts: CaseFacts) -> str:
        """Say so."""
        return "Sends nothing and closes the message."

    def apply(self, arguments: NoReplyArguments, application: Application) -> str:
        """Do nothing."""
        return "Nothing was sent."
