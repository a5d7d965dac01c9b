from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import review
from agent.letter import draft_of, scope_of
from prompts.slots import SLOT_NAMES
from review import views, words
from review.desk import RejectReason
from review.marking import highlight, mark_slots
from review.rendering import templates
from store.company import CompanyProfile
from store.proposed import Draft, Finding, ProposedAction
from store.vocabulary import IdentityLevel, ProposalStatus, SendState, Severity
from tests.cases import facts
from tools.limits import Policy

HOSTILE = st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&amp;", "{{ 7*7 }}", "</mark>"]
)
TEXT = st.lists(st.one_of(st.text(max_size=30), HOSTILE), max_size=6).map("".join)


@st.composite
def marked_mails(draw: st.DrawFn) -> tuple[str, list[str]]:
    text = draw(TEXT)
    cuts = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda c: text[min(c) : max(c)])
    return text, draw(st.lists(st.one_of(cuts, st.text(max_size=5)), max_size=7))


class Shown(HTMLParser):
    """What a browser would show of a piece of HTML, and the elements in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.elements = "", set[str]()
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        assert {name for name, _ in attrs} <= {"class", "title", "data-n"}


def macro(name: str, argument: object) -> str:
    return str(getattr(templates().get_template("_macros.html").module, name)(argument))


@given(marked_mails())
def test_highlighting_loses_and_changes_no_character(mail: tuple[str, list[str]]) -> None:
    text, evidence = mail
    assert "".join(span.text for span in highlight(text, evidence)) == text


@given(marked_mails())
def test_every_evidence_is_marked_whole_and_numbered_once(mail: tuple[str, list[str]]) -> None:
    text, evidence = mail
    spans = highlight(text, evidence)
    for number, wanted in enumerate(evidence, start=1):
        marked = "".join(span.text for span in spans if number in span.claims)
        assert marked == (wanted if wanted and wanted in text else "")
        assert sum(number in span.begins for span in spans) == bool(marked)


@given(marked_mails())
def test_the_marked_mail_shows_exactly_its_text_and_no_element_of_its_own(mail: tuple[str, list[str]]) -> None:
    text, evidence = mail
    shown = Shown(macro("evidence", highlight(text, evidence)))
    assert shown.text == text
    assert shown.elements <= {"mark", "span"}


def test_overlapping_evidence_is_marked_for_both() -> None:
    spans = highlight("pay on Friday by wire", ["pay on Friday", "Friday by wire"])
    assert [(s.text, s.claims, s.begins) for s in spans] == [
        ("pay on ", (1,), (1,)),
        ("Friday", (1, 2), (2,)),
        (" by wire", (2,), ()),
    ]


COMPANY = CompanyProfile(name="Fernhill Tooling", email="ar@fernhill.example")
SLOTS = st.sampled_from(
    [*("{{ " + name + " }}" for name in SLOT_NAMES), '{{ inv["F-5501"].balance }}', "{{", "{% if %}"]
)


def drafted(body: str, *, company: CompanyProfile = COMPANY) -> Draft:
    scope = scope_of(facts=facts(), claims=(), actions=(), company=company, policy=Policy(), language="en")
    return draft_of(body, scope=scope, actions=(), subject="Re: F-5501", written_by="template")


@given(st.lists(st.one_of(st.text(max_size=20), HOSTILE, SLOTS), max_size=8).map("".join))
def test_the_marked_draft_is_the_mail_that_goes_out(body: str) -> None:
    draft = drafted(body)
    spans = mark_slots(draft)
    assert "".join(span.text for span in spans) == draft.rendered
    shown = Shown(macro("slots", spans))
    assert shown.text == draft.rendered
    assert shown.elements <= {"span"}


def test_slot_values_are_marked_with_slot_and_source_and_the_unfilled_too() -> None:
    draft = drafted('Open: {{ inv["F-5501"].balance }}, {{ nothing.here }}')
    open_, value, comma, missing, _, notices, _ = mark_slots(draft)
    assert notices.slot == "company.notices"
    assert (open_.slot, comma.slot) == (None, None)
    assert (value.slot, value.source, value.text) == ('inv["F-5501"].balance', "ledger", "GBP 1,800.00")
    assert missing.unfilled


def test_a_draft_whose_stored_words_differ_from_its_slots_is_shown_as_it_goes_out() -> None:
    draft = drafted("Kind regards, {{ company.name }}").model_copy(update={"rendered": "Something else"})
    assert [(s.text, s.slot) for s in mark_slots(draft)] == [("Something else", None)]


@pytest.mark.parametrize(
    "change", [{"rendered": "x"}, {"subject": "x"}, {"recipients": ("x@y.example",)}, {"attachments": ("F-5501",)}]
)
def test_what_was_seen_covers_words_subject_recipients_and_attachments(change: dict[str, object]) -> None:
    draft = drafted("Hello")
    assert views.seen(draft) != views.seen(draft.model_copy(update=change))


def test_blocking_findings_stand_apart() -> None:
    block = Finding(rule="R-1", severity=Severity.BLOCK, text="no")
    warn = Finding(rule="R-2", severity=Severity.WARN, text="look")
    view = views.draft_view(drafted("Hello"), (warn, block), changed=False)
    assert (view.blocking, view.other) == ((block,), (warn,))


def test_an_action_tells_what_else_was_possible_and_what_was_refused() -> None:
    action = ProposedAction(
        tool="record_promise",
        arguments={},
        claims=(1,),
        preview="Notes it.",
        allowed=("record_promise", "escalate_to_human"),
        why="resubmit_invoice: nobody asked; open_dispute: not contested: at all",
    )
    view = views.action_view(action)
    assert view.claims == (2,)
    assert view.alternatives == ("Hand to a person",)
    assert view.refused == (("Send the invoice again", "nobody asked"), ("Open a dispute", "not contested: at all"))


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 d"),
    ],
)
def test_age(passed: timedelta, said: str) -> None:
    then = datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert views.age(then + passed, then) == said


def test_confidence_never_claims_certainty() -> None:
    assert [views.per_cent(share) for share in (0.0, 0.864, 0.999, 1.0)] == ["0 %", "86 %", "99 %", ""]


def test_a_hold_without_an_end_is_said_so() -> None:
    assert templates().from_string("{{ d|day }}").render(d=date.max) == "further notice"


def test_everything_that_can_be_shown_has_words() -> None:
    assert set(words.STATUS) == set(ProposalStatus)
    assert set(words.SENDING) == set(SendState)
    assert set(words.IDENTITY) == set(IdentityLevel)
    assert set(words.REJECT_REASONS) == set(RejectReason)
    assert words.flag_words("unknown_invoice:INV-9") == "INV-9 is no invoice of this customer."
    assert words.flag_words("something_new:x") == "Something new: x."
    assert set(words.ALARMING) <= set(words._FLAGS)


def test_nothing_in_the_pages_marks_text_as_safe() -> None:
    folder = Path(review.__file__).parent
    for path in [*folder.glob("*.py"), *folder.glob("templates/*.html")]:
        text = path.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|Markup|autoescape\s+false|autoescape=False|\son[a-z]+=|\sstyle=", text), path
    assert templates().autoescape is True
