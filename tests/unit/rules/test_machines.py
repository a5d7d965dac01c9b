"""R-LOOP and R-LEN: machines get no answer, or one; and a letter is no treatise."""

from __future__ import annotations

from datetime import timedelta

from agent.rules.prohibited import MAX_CHARACTERS
from store.facts import CaseFacts, MachineFacts
from tests.cases import NOW, facts
from tests.unit.rules.drafts import Case, breaks, check, keeps, leaving, letter, of


def machine(**what: object) -> CaseFacts:
    return facts(machine=MachineFacts.model_validate(what))


def nobody() -> CaseFacts:
    return facts(contacts=(facts().contacts[0].model_copy(update={"email": "no-reply@bracken.example"}),))


CASES: list[Case] = [
    breaks("R-LOOP-01", "a robot", lambda: letter(case=machine(robot=True))),
    breaks("R-LOOP-01", "an address that nobody reads", lambda: letter(case=nobody())),
    keeps("R-LOOP-01", "a person", lambda: leaving(letter())),
    breaks("R-LOOP-02", "yesterday", lambda: letter(case=machine(answered_at=NOW - timedelta(days=1)))),
    breaks(
        "R-LOOP-02", "eine Stunde", lambda: letter(language="de", case=machine(answered_at=NOW - timedelta(hours=1)))
    ),
    keeps("R-LOOP-02", "not answered yet", letter),
    breaks("R-LOOP-03", "a list", lambda: letter(case=machine(bulk=True))),
    breaks("R-LOOP-03", "eine Liste, beim Versand", lambda: leaving(letter(language="de", case=machine(bulk=True)))),
    keeps("R-LOOP-03", "no list", letter),
    breaks("R-LEN-01", "long", lambda: letter("We look into it. " * (MAX_CHARACTERS // 16))),
    breaks("R-LEN-01", "many paragraphs", lambda: letter("\n\n".join(["We look into it."] * 14))),
    keeps("R-LEN-01", "a few paragraphs", lambda: letter("\n\n".join(["We look into it."] * 3))),
]


@of(CASES)
def test_machines_and_length(case: Case) -> None:
    check(case)
