"""Every way that mail programs quote, sign and warn, one case each: what the customer wrote comes out alone and whole."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mail.cleaning import clean
from mail.html_text import html_text
from mail.parse import parse
from mail.quotes import Split, split

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("quote_cases.yaml").read_text("utf-8"))


def as_split(case: dict[str, Any]) -> Split:
    history = None
    if "html" in case:
        seen = html_text(case["html"])
        assert seen is not None
        text, history = seen.text, seen.history_line
    else:
        text, _ = clean(case["text"])
    return split(text, subject=case.get("subject", "Re: Overdue"), history_line=history)


def plainly(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("case", CASES, ids=[re.sub(r"\W+", "-", case["name"]) for case in CASES])
def test_what_the_customer_wrote_comes_out_alone(case: dict[str, Any]) -> None:
    found = as_split(case)
    if "new" in case:
        assert plainly(found.new_text) == plainly(case["new"]), found
    assert case.get("has", "") in found.new_text
    assert case.get("quoted", "") in found.quoted_text
    assert case.get("signature", "") in found.signature


def test_the_cases_are_told_apart_by_name() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 120


def test_of_two_versions_the_one_that_shows_the_answers_is_split() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ana@molinos.example", "ar@nordholt.example", "RE: Open points"
    mail.set_content(
        "See below in red.\n\nFrom: AR <ar@nordholt.example>\nSent: 3 March 2026 09:05\nSubject: Open points\n\nWhen will you pay?\nOn Friday.\n"
    )
    mail.add_alternative(
        "<p>See below in red.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><b>From:</b> AR &lt;ar@nordholt.example&gt;"
        "<br><b>Sent:</b> 3 March 2026 09:05<br><b>Subject:</b> Open points</div><p>When will you pay?</p><p style='color:red'>On Friday.</p>",
        subtype="html",
    )
    found = parse(mail.as_bytes(), received_at=datetime(2026, 3, 4, tzinfo=UTC))
    assert found.new_text == "See below in red.\n\n> When will you pay?\nOn Friday."
    assert "inline_answers" in found.flags


def test_announced_answers_that_cannot_be_found_are_flagged() -> None:
    found = split(
        "Please see my comments below.\n\nFrom: AR <ar@x.example>\nSent: 3 March 2026 09:05\nSubject: x\n\nWhen?\nFriday."
    )
    assert found.flags == {"answers_below"}


WRAPS = st.sampled_from(
    [
        "<p>{}</p>",
        "<div>{}</div>",
        "<blockquote>{}</blockquote>",
        "<blockquote type=cite>{}</blockquote>",
        "<div class=gmail_quote>{}</div>",
        "<div class=gmail_attr>{} wrote:</div>",
        "<div class=yahoo_quoted>{}</div>",
        "<div name=quote>{}</div>",
        "<div id=Signature>{}</div>",
        "<pre class=moz-signature>-- \n{}</pre>",
        "<div id=divRplyFwdMsg>{}</div>",
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><b>From:</b> {}</div>",
        "<span style='color:red'>{}</span>",
        "<p>See below in red: {}</p>",
        "<hr id=zwchr>{}",
        "{}<br>",
    ]
)


@given(
    st.recursive(
        st.just("{}"),
        lambda inner: st.lists(st.builds(str.replace, WRAPS, st.just("{}"), inner), max_size=4).map("".join),
        max_leaves=12,
    )
)
def test_no_word_of_an_html_mail_is_ever_lost(shape: str) -> None:
    count = shape.count("{}")
    seen = html_text(shape.format(*(f"word{number}" for number in range(count))))
    assert seen is not None
    found = split(seen.text, history_line=seen.history_line)
    held = re.findall(r"word\d+", " ".join((found.new_text, found.quoted_text, found.signature)))
    assert set(held) == {f"word{number}" for number in range(count)}
