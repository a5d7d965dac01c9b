"""What customers say to the plan on the table: found often, and never a yes that is none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.language import LANGUAGES, language_of
from agent.resolving.stance import Heard, hear, settled
from store.aftermath import PlanStance

SENTENCES = yaml.safe_load(Path(__file__).with_name("stance_sentences.yaml").read_text("utf-8"))
SEEN = [(code, *row) for code, rows in SENTENCES["seen"].items() for row in rows]
HELD_OUT = [(code, *row) for code, rows in SENTENCES["held_out"].items() for row in rows]
YES = [(code, text) for code, want, text in SEEN + HELD_OUT if want == "agrees"]

CONDITIONS = {
    "en": "provided that you waive the interest",
    "de": "sofern Sie auf die Zinsen verzichten",
    "fr": "à condition que vous renonciez aux intérêts",
    "es": "siempre que nos quiten los intereses",
    "nl": "mits u de rente laat vallen",
    "it": "a condizione che togliate gli interessi",
    "pt": "desde que retirem os juros",
}
LATER = {
    "en": "I will discuss it with our director first and let you know.",
    "de": "Ich bespreche das noch mit der Geschäftsleitung und melde mich.",
    "fr": "Je dois en parler à la direction et je reviens vers vous.",
    "es": "Antes tengo que hablarlo con la dirección y le digo algo.",
    "nl": "Ik overleg dit eerst met de directie en laat het u weten.",
    "it": "Ne parlo prima con la direzione e Vi faccio sapere.",
    "pt": "Vou falar primeiro com a direção e depois digo alguma coisa.",
}


def said(text: str, code: str) -> str:
    stance = hear(text, language=language_of(text, default=code)).stance
    return stance.value if stance else "none"


def test_there_are_enough_sentences_in_every_language() -> None:
    assert set(SENTENCES["seen"]) == set(SENTENCES["held_out"]) == set(LANGUAGES)
    assert len(SEEN) + len(HELD_OUT) >= 150
    assert {want for _, want, _ in HELD_OUT} == {"agrees", "counters", "declines", "none"}


@pytest.mark.parametrize(("code", "want", "text"), SEEN)
def test_a_sentence_that_was_looked_at_is_heard(code: str, want: str, text: str) -> None:
    assert said(text, code) == want


def test_sentences_that_were_not_looked_at_are_heard_too() -> None:
    # The first look gave 74 of 78, and no yes that is none.
    heard = Counter((want, said(text, code)) for code, want, text in HELD_OUT)
    right = sum(count for (want, got), count in heard.items() if want == got)
    assert right >= 72, heard
    assert not [pair for pair in heard if pair[1] == "agrees" and pair[0] != "agrees"]


@pytest.mark.parametrize(("code", "text"), YES)
def test_a_yes_with_a_condition_is_no_yes(code: str, text: str) -> None:
    whole = f"{text.rstrip('.!')}, {CONDITIONS[code]}."
    assert said(whole, code) != "agrees"


@pytest.mark.parametrize(("code", "text"), YES)
def test_a_yes_that_is_put_off_is_no_yes(code: str, text: str) -> None:
    assert said(f"{text} {LATER[code]}", code) == "none"


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=300), code=st.sampled_from(LANGUAGES))
def test_it_never_raises(text: str, code: str) -> None:
    assert isinstance(hear(text, language=code), Heard)


def test_the_words_win_over_a_model_where_they_are_plain() -> None:
    yes, no = PlanStance.AGREES, PlanStance.DECLINES
    assert settled(Heard(None), yes) is yes
    assert settled(Heard(None, open=True), yes) is None
    assert settled(Heard(None, open=True), no) is no
    assert settled(Heard(PlanStance.COUNTERS, open=True), yes) is PlanStance.COUNTERS
    assert settled(Heard(yes), None) is yes
    assert settled(Heard(None), None) is None


REVIEWED = yaml.safe_load(Path(__file__).with_name("stance_doubtful.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("code", "text"), [(code, t) for code, rows in REVIEWED["doubtful"].items() for t in rows])
def test_a_word_of_consent_to_something_else_is_no_yes(code: str, text: str) -> None:
    assert hear(text, language=code).stance is not PlanStance.AGREES


@pytest.mark.parametrize(("code", "text"), [(code, t) for code, rows in REVIEWED["plain"].items() for t in rows])
def test_a_plain_yes_stays_one_beside_a_receipt(code: str, text: str) -> None:
    assert hear(text, language=code).stance is PlanStance.AGREES
