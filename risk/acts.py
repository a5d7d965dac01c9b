"""The acts that a worklist may name: what a person does next about an account."""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """The next best act. ANSWER: a proposal waits for a decision. CHECK: ask before the due day whether all is well."""

    ANSWER = "answer"
    BROKEN_PROMISE = "broken_promise"
    FIND_CONTACT = "find_contact"
    CALL = "call"
    FIRST_REMINDER = "first_reminder"
    REMIND = "remind"
    CHECK = "check"


#: How much of what would not come by itself in time an act brings in: shares that a company replaces by its own.
#: Assumptions, ordered by what is known to matter: an answer that a customer waits for removes the very thing that keeps them
#: from paying; a call moves more than another mail; before the due day little is to be gained.
EFFECTS: dict[Act, float] = {
    Act.ANSWER: 0.60,
    Act.BROKEN_PROMISE: 0.45,
    Act.FIND_CONTACT: 0.45,
    Act.CALL: 0.40,
    Act.FIRST_REMINDER: 0.35,
    Act.REMIND: 0.20,
    Act.CHECK: 0.10,
}
#: What the act is called, for a person.
WORDS: dict[Act, str] = {
    Act.ANSWER: "decide the answer that waits",
    Act.BROKEN_PROMISE: "ask about the broken promise",
    Act.FIND_CONTACT: "find a contact whom mail reaches",
    Act.CALL: "call them",
    Act.FIRST_REMINDER: "send the first reminder",
    Act.REMIND: "remind them again",
    Act.CHECK: "ask before it is due whether all is well",
}
