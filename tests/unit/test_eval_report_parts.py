"""What reports are made of: faults in words, changed turns, Markdown that nobody can act through, JUnit, the README's marks."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from evals.reporting.changes import changed_turns, only_in, why_apart
from evals.reporting.faults import faults_of, wrong_turns
from evals.reporting.junit import junit
from evals.reporting.markdown import block, changes, code, words
from evals.reporting.wording import plain
from evals.results import Mode, RunRecord
from tests.eval_reports import HOSTILE, handed_over, hostile, missed, record, turn, turns, wrong_reason


def test_what_may_never_happen_stands_first_and_says_what_was_seen() -> None:
    found = wrong_turns(record())
    assert [one.turn for one in found][:2] == ["lawyer/004-in.eml", "broken-off/002-in.eml"]
    assert found[0].faults[0].text == "Nobody is asked where a person must be: nobody is asked, though: a lawyer writes"
    assert found[1].faults[0].heading == "The agent could not work"
    assert len(found) == 6


def test_a_right_turn_has_no_fault() -> None:
    assert faults_of(turn("a/002-in.eml")) == ()


def test_words_of_a_real_mail_are_shown_only_when_asked() -> None:
    real = record(turns=(wrong_reason("a/002-in.eml", provenance="redacted"),))
    assert wrong_turns(real)[0].draft is None
    assert wrong_turns(real)[0].subject is None
    assert wrong_turns(real)[0].withheld
    assert (wrong_turns(real, with_text=True)[0].draft or "").startswith("Dear Ms Ode")
    assert not wrong_turns(real, with_text=True)[0].withheld


def test_words_are_withheld_where_nobody_said_that_they_are_made_up() -> None:
    given = wrong_reason("a/002-in.eml").model_dump()
    del given["provenance"]
    assert wrong_turns(record(turns=(given,)))[0].draft is None


def test_plain_shows_what_steers_instead_of_obeying_it() -> None:
    assert plain("a\x1b[2Jb\u202ec\x00") == "a⟨U+001B⟩[2Jb⟨U+202E⟩c⟨U+0000⟩"
    assert plain(" a\r\n\tb ") == "a b"
    assert plain("a\r\n b\u2028c", lines=True) == "a\n b c"
    assert plain("مرحبا é 中") == "مرحبا é 中"


@given(st.text())
def test_plain_leaves_nothing_that_steers(text: str) -> None:
    for lines in (False, True):
        told = plain(text, lines=lines)
        assert all(c.isprintable() or c in "\n\u200c\u200d" for c in told)
        assert not set(told) & set("\x1b\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
        assert plain(told, lines=lines) == told


def _worse(one: RunRecord) -> RunRecord:
    changed = tuple(wrong_reason(t.turn) if t.turn.startswith("right-03") else t for t in one.turns)
    return one.model_copy(update={"turns": changed})


def test_only_what_came_out_differently_is_a_change() -> None:
    old = record()
    assert changed_turns(old, old) == []
    slower = tuple(t.model_copy(update={"cost": t.cost.model_copy(update={"seconds": 9})}) for t in old.turns)
    assert changed_turns(old, old.model_copy(update={"turns": slower})) == []
    (change,) = changed_turns(old, _worse(old))
    assert (change.turn, change.way, change.old.ok, change.new.ok) == ("right-03/002-in.eml", "worse", True, False)
    assert [c.way for c in changed_turns(_worse(old), old)] == ["better"]


def test_a_changed_answer_is_told_word_by_word() -> None:
    old = record(turns=(turn("a/002-in.eml", draft="We noted 12 March."),))
    new = record(turns=(turn("a/002-in.eml", draft="We noted 13 March."),))
    (change,) = changed_turns(old, new)
    assert change.way == "other"
    assert [(p.kind, p.text) for p in change.words if p.kind != "same"] == [("gone", "12 "), ("new", "13 ")]


def test_a_changed_answer_to_a_real_mail_is_withheld() -> None:
    old = record(turns=(turn("a/002-in.eml", draft="We noted 12 March.", provenance="redacted"),))
    new = record(turns=(turn("a/002-in.eml", draft="We noted 13 March."),))
    (change,) = changed_turns(old, new)
    assert (change.words, change.withheld) == ((), True)
    assert changed_turns(old, new, with_text=True)[0].words


def test_turns_of_one_run_only_are_named() -> None:
    old, new = record(), record(turns=turns()[1:])
    assert only_in(old, new) == ["right-00/002-in.eml"]
    assert only_in(new, old) == []


def test_modes_and_suites_are_never_mixed() -> None:
    assert why_apart([record(), record()]) == []
    (mode,) = why_apart([record(), record(mode=Mode.LIVE, model="x")])
    assert "embedded, live" in mode
    (suite,) = why_apart([record(), record(suite_digest="11" * 32)])
    assert "suite" in suite


_LIVE = re.compile(r"[<>|`*\[\]]|(?<!&)#\w|@\w|://|www\.")


@pytest.mark.parametrize("text", [HOSTILE, "a|b", "`", "@a", "#1", "http://a.example", "www.a.example", "<b>", "&lt;b"])
def test_words_in_markdown_are_only_words(text: str) -> None:
    told = words(text)
    assert not _LIVE.search(told), told
    assert "&lt;" not in told


@given(st.text(alphabet=st.sampled_from("`|<@#a \n\\~[]"), max_size=40))
def test_code_in_markdown_cannot_be_left(text: str) -> None:
    told = code(text)
    fence = re.match("`+", told)
    assert fence is not None
    inside = told[len(fence[0]) : -len(fence[0])]
    assert told.endswith(fence[0])
    assert fence[0] not in re.findall("`+", inside)
    assert "|" not in told
    assert "\n" not in told


@given(st.text(alphabet=st.sampled_from("`~<a \n"), max_size=60))
def test_a_block_in_markdown_cannot_be_left(text: str) -> None:
    told = block(text.split("\n"), "diff").split("\n")
    fence = told[0].removesuffix("diff")
    assert set(fence) == {"`"}
    assert told[-1] == fence
    assert not any(line.strip().startswith(fence) for line in told[1:-1])


def _rendered(markdown: str) -> html.HtmlElement:
    """Give Markdown as a reader with tables and raw HTML makes a page of it."""
    return html.fromstring(f"<main>{MarkdownIt('commonmark', {'html': True}).enable('table').render(markdown)}</main>")


def test_hostile_changes_stay_in_code() -> None:
    old = record(turns=(turn("a/002-in.eml"),))
    told = changes(changed_turns(old, record(turns=(hostile("a/002-in.eml"),))))
    assert "\x1b" not in told
    page = _rendered(told)
    assert {str(element.tag) for element in page.iter()} <= {
        *("main", "details", "summary", "p", "table", "thead", "tbody", "tr", "th", "td", "pre", "code", "ul", "li")
    }
    assert len(page.findall("details")) == 1
    for foreign in page.xpath("//code"):
        foreign.text = ""
    assert "script" not in page.text_content()
    assert "@" not in page.text_content()


def test_however_much_changed_it_fits_into_a_pull_request() -> None:
    old = record(turns=tuple(turn(f"a-{n:03}/002-in.eml", draft="old " * 200) for n in range(200)))
    new = record(turns=tuple(turn(f"a-{n:03}/002-in.eml", draft="new " * 200) for n in range(200)))
    told = changes(changed_turns(old, new))
    assert 30_000 < len(told) < 45_000
    shown = told.count("<details>")
    assert told.endswith(f"and {200 - shown} mails more, which the page tells")


def test_changes_are_told_in_the_same_order_every_time() -> None:
    old = record()
    new = _worse(old)
    mixed = new.model_copy(update={"turns": tuple(reversed(new.turns))})
    assert changes(changed_turns(old, new)) == changes(changed_turns(old, mixed))


def test_junit_is_xml_whatever_the_text() -> None:
    made = record(
        turns=(*turns(), hostile("worse/002-in.eml", conversation=HOSTILE), handed_over("x/002-in.eml", epoch=2))
    )
    root = ElementTree.fromstring(junit(made))
    (suite,) = root.findall("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("24", "6", "1")
    assert {p.get("name"): p.get("value") for p in suite.iter("property")}["mode"] == "embedded"
    failed = {f"{c.get('classname')}/{c.get('name')}": c.find("failure") for c in suite.iter("testcase")}
    told = failed["lawyer/004-in.eml"]
    assert told is not None
    assert (
        told.get("message")
        == "Zero tolerance: Nobody is asked where a person must be: nobody is asked, though: a lawyer writes"
    )
    assert "Dear Ms Ode" not in junit(made)


def test_a_turn_that_missed_a_person_is_worse_than_one_that_did_not() -> None:
    old, new = record(turns=(handed_over("a/002-in.eml"),)), record(turns=(missed("a/002-in.eml"),))
    assert changed_turns(old, new)[0].way == "worse"
