"""What never stands in a draft, whoever wrote it (R-PRO): other ways to pay or to reach us, hidden signs, threats."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from agent.rules.base import Outbound, block, warn
from agent.textual import bank_detail_in, link_in
from store.proposed import Finding

MAX_CHARACTERS = 2500
MAX_PARAGRAPHS = 14

_LEGAL = re.compile(
    r"\b(?:lawyers?|attorneys?|solicitors?|court|lawsuit|sue you|legal action|legal proceedings|statutory demand|winding-up|bailiffs?|"
    r"debt collection agency|credit bureau|Rechtsanwalt|Anwalt|Gericht|gerichtlich\w*|Mahnbescheid|Inkasso\w*|Gerichtsvollzieher|"
    r"avocat|tribunal|huissier|mise en demeure|poursuites|abogado|tribunales|demanda judicial|embargo|"
    r"advocaat|rechtbank|deurwaarder|incasso\w*|avvocato|tribunale|decreto ingiuntivo|pignoramento|advogado|penhora)\b",
    re.IGNORECASE,
)
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def no_links(out: Outbound) -> Iterator[Finding]:
    """R-PRO-03: no link, e-mail address or markup in written text."""
    for text in (out.literal, out.draft.subject):
        found = link_in(text)
        if found:
            yield block("R-PRO-03", f"A link, an address or markup stands in the text: {found[:40]!r}.")


def no_bank_details(out: Outbound) -> Iterator[Finding]:
    """R-PRO-01: no bank detail in written text; ours reach customers on the invoice alone."""
    for text in (out.literal, out.draft.subject):
        found = bank_detail_in(text)
        if found:
            yield block("R-PRO-01", f"Bank details stand in the text: {found[:12]!r}…")


def no_hidden_signs(out: Outbound) -> Iterator[Finding]:
    """R-PRO-04: no control, bidirectional, zero-width or tag character anywhere in the mail."""
    for letter in out.draft.rendered + out.draft.subject:
        if letter != "\n" and unicodedata.category(letter) in _HIDDEN:
            yield block("R-PRO-04", f"A hidden character (U+{ord(letter):04X}) stands in the text.")
            return


def no_legal_words(out: Outbound) -> Iterator[Finding]:
    """R-PRO-05: no word of legal action; no case of this version has an approved legal step."""
    found = _LEGAL.search(out.literal)
    if found:
        yield block("R-PRO-05", f"A word of legal action stands in the text: {found.group(0)!r}.")


def not_too_long(out: Outbound) -> Iterator[Finding]:
    """Section 2.2 of the threat list: a letter, not a treatise."""
    paragraphs = [p for p in out.draft.rendered.split("\n\n") if p.strip()]
    if len(out.literal) > MAX_CHARACTERS or len(paragraphs) > MAX_PARAGRAPHS:
        yield block(
            "R-LEN-01", f"The mail is too long: at most {MAX_CHARACTERS} characters and {MAX_PARAGRAPHS} paragraphs."
        )
    if not out.draft.rendered.strip():
        yield block("R-LEN-01", "The mail is empty.")


def right_subject(out: Outbound) -> Iterator[Finding]:
    """R-HDR-02: one line of at most 120 characters. The customer's own subject is answered, even where it names a sum."""
    subject = out.draft.subject
    if len(subject) > 120 or "\n" in subject or "\r" in subject:
        yield block("R-HDR-02", "The subject is not one line of at most 120 characters.")
    if not subject.strip():
        yield warn("R-HDR-02", "The subject is empty.")
