"""A shown mail that a person pastes whole into the editor says its notices once, where they always stand."""

from __future__ import annotations

import textwrap

import pytest

from agent.letter import draft_of
from agent.notices import SLOT, without_typed_notices
from prompts.notices import AI, DISPUTE, FIRST, OBJECTION, notice
from prompts.slots import slots_in
from tests.unit.rules.drafts import letter
from tools.limits import Policy

STRICT = Policy()
LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", ["as shown", "wrapped anew", "with a paragraph below", "twice", "under the slot"])
def test_a_shown_mail_that_is_pasted_whole_says_every_notice_once(language: str, shape: str) -> None:
    held = letter(language=language, policy=STRICT)
    assert {AI, OBJECTION} <= set(held.scope.notices)
    shown = held.draft.rendered
    pasted = {
        "as shown": shown,
        "wrapped anew": "\n".join(textwrap.fill(line, 34) for line in shown.split("\n")),
        "with a paragraph below": f"{shown}\n\nPS: Greetings to your team.\n",
        "twice": f"{shown}\n\n{shown}",
        "under the slot": f"{shown}\n\n{{{{ {SLOT} }}}}\n",
    }[shape]
    draft = draft_of(pasted, scope=held.scope, actions=held.actions, subject="Re: Your reminder", written_by="human")
    flat = " ".join(draft.rendered.split())
    for name in held.scope.notices:
        said = notice(name, language=language)
        # The line on seeing it differently is left out where the letter says so in its own words.
        assert flat.count(said) in ((0, 1) if name == DISPUTE else (1,)), (name, flat)
    assert slots_in(draft.body).count(SLOT) == 1
    assert "\n\n\n" not in draft.rendered
    assert (shape == "with a paragraph below") == ("Greetings to your team." in flat)
    again = draft_of(draft.rendered, scope=held.scope, actions=held.actions, subject="Re: x", written_by="human")
    assert again.rendered.split() == draft.rendered.split()


def test_what_is_no_notice_stays_as_it_was_typed() -> None:
    scope = letter(policy=STRICT).scope
    said = notice(AI, language="en")
    for body in ("Dear Sir\n\n\n\nRegards", said.replace("computer", "clever"), f"{said}x", f"x{said}", ""):
        assert without_typed_notices(body, scope) == body
    quiet = scope.model_copy(update={"notices": ()})
    assert without_typed_notices(f"Dear Sir\n\n{said}\n", quiet) == f"Dear Sir\n\n{said}\n"


def test_the_prescribed_first_notice_is_taken_out_too_and_its_marks_mean_nothing() -> None:
    law = "The Act (of 1977) says: you can't be called before 8 a.m.* [or] after 9 p.m."
    scope = letter(policy=STRICT).scope.model_copy(update={"notices": (FIRST, AI), "first_notice": law})
    typed = f"Dear Sir\n\nGood.\n\n{law.replace(chr(39), '’')}\n\n{notice(AI, language='en')}\n"
    assert without_typed_notices(typed, scope) == "Dear Sir\n\nGood.\n"
