"""R-PRO, R-LEN and what a model may not invent, at their edges, where `evals.mutants` found no other fixture that would have noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

from agent.notices import SLOT as NOTICES
from agent.rules import invention, prohibited
from agent.rules.base import Outbound
from store.proposed import Claim, Finding, SlotValue
from store.vocabulary import Reason, Register, Severity
from tests.cases import claim, facts
from tests.unit.rules.drafts import COMPANY, HAND, letter

MODEL = "model:m"


def alone(text: str, *, by: str = HAND, subject: str = "Re: x", **fields: object) -> Outbound:
    """A draft of these words and no others: no greeting, no signature, no notice."""
    out = letter(**fields)  # type: ignore[arg-type]
    changed = {"body": text, "rendered": text, "written_by": by, "subject": subject, "slots": ()}
    return replace(out, draft=out.draft.model_copy(update=changed))


def told(found: Iterable[Finding]) -> list[tuple[str, Severity, str]]:
    return [(f.rule, f.severity, f.text) for f in found]


def one(check: Callable[[Outbound], Iterator[Finding]], out: Outbound) -> tuple[str, str]:
    """The one thing that a check blocks: its rule, and what it says."""
    ((rule, severity, text),) = told(check(out))
    assert severity is Severity.BLOCK
    return rule, text


# --- R-GND-05: numbers in words


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("the amount is due", "en", None),
        ("Due now", "en", None),
        ("due", "xx", "due"),
        ("it was two", "en", "two"),
        ("due once", "en", "due"),
        ("due dollari", "en", "due"),
        ("dollari due", "en", "due"),
        ("(dollari) due.", "en", "due"),
        ("a dollari x due", "en", None),
        ("dollari x due", "en", None),
        ("due x dollari", "en", None),
        ("due and then eight", "en", "eight"),
        ("das half uns", "de", None),
    ],
)
def test_an_ordinary_word_is_a_number_beside_another_or_a_currency_alone(
    text: str, language: str, found: str | None
) -> None:
    hit = invention._counting(text, language)
    assert (hit.group(0) if hit else None) == found


@pytest.mark.parametrize("text", ["They are eight.", "They are in Euro."])
def test_a_number_and_a_currency_are_each_a_figure(text: str) -> None:
    rule, said = one(invention.no_figures_in_words, alone(text, by=MODEL))
    assert rule == "R-GND-05"
    assert said == (f"A figure stands in the text in words: {text.split()[-1][:-1]!r}. Figures come from slots only.")
    assert told(invention.no_figures_in_words(alone(text))) == []


def test_an_ordinary_word_of_the_mails_own_language_passes() -> None:
    assert told(invention.no_figures_in_words(alone("It is due.", by=MODEL))) == []


# --- R-PRO-03: places


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("See pay.elsewhere now.", "ay.elsewhere"),
        ("See pay。elsewhere now.", "ay.elsewhere"),
        ("See ｐａｙ．ｅｌｓｅｗｈｅｒｅ now.", "ay.elsewhere"),
        (f"See pay.{'e' * 60} now.", f"ay.{'e' * 37}"),
    ],
)
def test_a_model_names_no_place_however_it_is_spelt(text: str, place: str) -> None:
    said = f"Something like an address stands in the text: {place!r}."
    assert one(invention.no_places, alone(text, by=MODEL)) == ("R-PRO-03", said)
    assert told(invention.no_places(alone(text))) == []
    assert told(invention.no_places(alone("It is done. We see to it.", by=MODEL))) == []


def link(text: str) -> tuple[str, str]:
    return "R-PRO-03", f"A link, an address or markup stands in the text: {text!r}."


def test_a_missing_blank_is_a_persons_slip_and_a_models_link() -> None:
    text = "It is paid.It was late."
    assert told(prohibited.no_links(alone(text))) == []
    assert one(prohibited.no_links, alone(text, by=MODEL)) == link("paid.It")


def test_what_is_found_is_shown_in_forty_characters() -> None:
    """A link, a telephone number, markup and what a value brings."""
    assert one(prohibited.no_links, alone(f"See {'a' * 50}.example now.")) == link("a" * 40)
    number = "+44 " + "20 7946 0958 " * 4
    said = f"A telephone number stands in the text: {number[:40]!r}."
    assert one(prohibited.no_links, alone(f"Ring {number}")) == ("R-PRO-03", said)
    assert one(prohibited.no_links, alone("It is **bold**.")) == ("R-PRO-03", "Markup stands in the text: '**b'.")
    said = f"new_contact.name brings a link or an address into the mail: {'a' * 40!r}."
    assert one(prohibited.no_links, valued("new_contact.name", "a" * 50 + ".example")) == ("R-PRO-03", said)


def valued(slot: str, text: str, source: str = "customer") -> Outbound:
    out = alone("It is done.")
    value = SlotValue.model_validate({"slot": slot, "text": text, "source": source})
    return replace(out, draft=out.draft.model_copy(update={"slots": (value,)}))


def test_our_own_link_and_the_customers_name_may_be_brought_in() -> None:
    assert told(prohibited.no_links(valued("company.privacy_url", "https://x.example", "config"))) == []
    assert told(prohibited.no_links(valued("customer.name", "Bracken.example Ltd"))) == []


def test_what_is_ours_is_taken_out_the_longest_first() -> None:
    out = letter(
        company=COMPANY.model_copy(update={"name": "zar", "email": "a.zar@x.example", "address": "1 Way\nTown"})
    )
    assert prohibited._without_ours(out, "A.ZAR@X.example, 1 way, TOWN") == " ,  ,  "
    assert prohibited._without_ours(out, "BRACKEN joinery Ltd!") == " !"
    nobody = letter(case=facts(customer=None))
    assert prohibited._without_ours(nobody, "Bracken Joinery Ltd") == "Bracken Joinery Ltd"


# --- R-PRO-04: signs and scripts


@pytest.mark.parametrize(
    ("letter_", "script"),
    [
        ("a", "LATIN"),
        ("я", "CYRILLIC"),
        ("Ａ", "OTHER FORM"),
        ("𝐀", "OTHER FORM"),
        ("Ⓐ", "OTHER FORM"),
        ("⒜", "OTHER FORM"),
        ("🄰", "OTHER FORM"),
        ("株", ""),
        ("\ue000", ""),
    ],
)
def test_of_which_script_a_letter_is(letter_: str, script: str) -> None:
    assert prohibited._script(letter_) == script


def test_a_word_of_two_scripts_is_shown_in_thirty_characters() -> None:
    word = "a" * 40 + "я"
    said = f"The word {'a' * 30!r} mixes letters of several scripts."
    assert one(prohibited.no_hidden_signs, alone(f"It is {word}.")) == ("R-PRO-04", said)
    assert told(prohibited.no_hidden_signs(alone("The part ab株 is there."))) == []
    assert told(prohibited.no_hidden_signs(alone("It is да", subject="Re: x"))) == []


# --- R-PRO-07 and R-PRO-08


@pytest.mark.parametrize(
    ("text", "many"), [("Oh!", False), ("Oh！", False), ("Oh! Ah!", True), ("Oh! Ah！", True), ("Oh！ Ah！", True)]
)
def test_one_exclamation_mark_is_enough(text: str, many: bool) -> None:
    wanted = [("R-PRO-07", Severity.BLOCK, "More than one exclamation mark stands in the text.")] if many else []
    assert told(prohibited.no_rudeness(alone(text))) == wanted


@pytest.mark.parametrize(("loud", "quiet", "shouts"), [(8, 32, False), (12, 28, True), (12, 27, False), (40, 0, True)])
def test_a_fifth_in_capitals_is_no_shouting_yet(loud: int, quiet: int, shouts: bool) -> None:
    """Of forty letters and more; a shorter text says too little."""
    text = " ".join([*["ABCD"] * (loud // 4), "x" * quiet])
    wanted = [("R-PRO-07", Severity.BLOCK, "Too many words stand in capital letters.")] if shouts else []
    assert told(prohibited.no_rudeness(alone(text))) == wanted


def test_both_last_words_are_shown() -> None:
    out = alone("This is the final notice, the last warning.", register=Register.FINAL)
    said = "The last word is said 2 times: 'final notice', 'last warning'."
    assert one(prohibited.no_false_last_word, out) == ("R-PRO-08", said)


# --- R-PRO-10: concessions by a model


@pytest.mark.parametrize(
    ("text", "reason", "found"),
    [
        ("O desconto foi visto.", Reason.DEDUCTION, None),
        ("O Desconto foi visto.", Reason.DEDUCTION, None),
        ("O desconto foi visto.", Reason.QUESTION, "desconto"),
        ("O desconto, sem rabatt.", Reason.DEDUCTION, "rabatt"),
        ("A discount, a rabatt.", Reason.QUESTION, "discount"),
    ],
)
def test_a_deduction_may_be_called_so_where_it_is_the_matter(text: str, reason: Reason, found: str | None) -> None:
    claims: list[Claim] = [claim(reason, invoices=("F-5501",))]
    said = f"The text concedes or announces something: {found!r}."
    wanted = [("R-PRO-10", Severity.BLOCK, said)] if found else []
    assert told(invention.no_concessions(alone(text, by=MODEL, claims=claims, language="pt"))) == wanted


# --- R-GND-05: slots


def test_a_model_uses_the_slots_that_it_was_given_alone() -> None:
    body = "{{ contact.salutation }}, it is {{ company.name }}.\n\n{{ company.notices }}"
    given = frozenset({"contact.salutation"})
    out = replace(alone(body, by=MODEL), given=given)
    notices = "{{ " + NOTICES + " }}"
    out = replace(out, draft=out.draft.model_copy(update={"body": body.replace("{{ company.notices }}", notices)}))
    said = "The slot company.name does not belong to this answer."
    assert one(invention.only_given_slots, out) == ("R-GND-05", said)
    assert told(invention.only_given_slots(replace(out, given=given | {"company.name"}))) == []
    assert told(invention.only_given_slots(replace(out, given=None))) == []


# --- R-LEN-01

LONG = (
    f"The mail is too long: at most {prohibited.MAX_CHARACTERS} characters and {prohibited.MAX_PARAGRAPHS} paragraphs."
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * prohibited.MAX_CHARACTERS, None),
        ("x" * (prohibited.MAX_CHARACTERS + 1), LONG),
        ("\n\n".join(["x"] * prohibited.MAX_PARAGRAPHS), None),
        ("\n\n".join(["x", " ", *["x"] * (prohibited.MAX_PARAGRAPHS - 1)]), None),
        ("\n\n".join(["x"] * (prohibited.MAX_PARAGRAPHS + 1)), LONG),
        ("it is " * 20, None),
        (" \n ", "The mail is empty."),
    ],
)
def test_how_long_a_letter_may_be(text: str, said: str | None) -> None:
    assert told(prohibited.not_too_long(alone(text))) == ([("R-LEN-01", Severity.BLOCK, said)] if said else [])
