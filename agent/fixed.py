"""What a person decided about a proposal, that thinking about it again must keep. Values only.

The agent does not doubt a person: it works out what follows, under the same policy, and the same rules judge the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.proposed import Claim, ProposedAction, Tone

#: The longest wish that is passed on to a writing model, in characters.
MOST_WISHED = 300


@dataclass(frozen=True, slots=True)
class Fixed:
    """The reading, and the tool for each claim (by index) where one was chosen; the usual tool elsewhere.

    `left_out`: acts (tool, claims) that a person left out. `instalments`: so many in the plan that is offered. `tone` and
    `language` None: as the account asks for. `brief`: no more courtesy than is needed. `wish`: for a writing model, in the
    collector's words.
    """

    claims: tuple[Claim, ...]
    reader: str
    tools: Mapping[int, str] = field(default_factory=dict)
    left_out: frozenset[tuple[str, tuple[int, ...]]] = frozenset()
    instalments: int | None = None
    tone: Tone | None = None
    language: str | None = None
    brief: bool = False
    wish: str = ""


def kept(update: dict[str, object], fixed: Fixed | None) -> dict[str, object]:
    """Give what a step worked out, with what a person decided in its place."""
    if fixed is None:
        return update
    actions = update.get("actions", ())
    assert isinstance(actions, tuple)
    changed: dict[str, object] = {"actions": tuple(_left_out(action, fixed) for action in actions)}
    if fixed.tone is not None:
        changed["tone"] = fixed.tone
    if fixed.language is not None:
        changed["language"] = fixed.language
    if "reader" in update:
        changed["reader"] = fixed.reader
    return update | changed


def _left_out(action: ProposedAction, fixed: Fixed) -> ProposedAction:
    return action.model_copy(update={"declined": (action.tool, action.claims) in fixed.left_out})
