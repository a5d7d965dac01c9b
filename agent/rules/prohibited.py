"""What never stands in a draft, whoever wrote it (R-PRO): other ways to reach us, hidden signs, threats, airs, selling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from agent.rules import legal_words, rude_words
from agent.rules.base import Outbound, block
from agent.rules.words import find, find_all
from agent.textual import link_in
from store.proposed import Finding
from store.vocabulary import Register

MAX_CHARACTERS = 2500
MAX_PARAGRAPHS = 14
#: Share of letters that may stand in words of capitals, in texts of some length.
CAPITALS = 0.2
_ENOUGH_LETTERS = 40

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
#: A missing blank after a full stop ("paid.It is") looks like a domain, but no domain begins its last part with one capital.
_RUN_ON = re.compile(r"(?<=[a-zß-ÿ]{3})\.(?=[A-ZÀ-Þ][a-zß-ÿ]*(?:\s|$))")
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\s?\d|\(0?\d{2,5}\)|00\d{2})[\d ()/.-]{6,}\d|(?i:tel(?:ephone|efon|éfono|efoon|\.)?|phone|mobile|fax|call us on|whatsapp)\W{0,3}\+?\d[\d ()/.-]{5,}"
)
_MARKUP = re.compile(
    r"\*\*\w|^#{1,6} \w|```|&(?:nbsp|lt|gt|amp|#\d+);|(?i:\bscan (?:the|this) (?:attached |following )?qr)",
    re.M,
)
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "HEBREW", "ARABIC", "GEORGIAN", "COPTIC")
#: Greek letters of units and formulas that look like no Latin one.
_SYMBOLS = frozenset("ΩμµαβγδΔλπΣΦφθ")


def no_links(out: Outbound) -> Iterator[Finding]:
    """R-PRO-03: no link, e-mail address, telephone number or markup, but those that are configured as ours."""
    for text in (_without_ours(out, out.literal), _without_ours(out, out.draft.subject)):
        found = link_in(_RUN_ON.sub(". ", text) if out.by_hand else text)
        if found:
            yield block("R-PRO-03", f"A link, an address or markup stands in the text: {found[:40]!r}.")
    literal = _without_ours(out, unicodedata.normalize("NFKC", out.literal))
    for pattern, what in ((_PHONE, "A telephone number"), (_MARKUP, "Markup")):
        hit = pattern.search(literal)
        if hit:
            yield block("R-PRO-03", f"{what} stands in the text: {hit.group(0)[:40]!r}.")
    for value in out.draft.slots:
        # What a customer wrote comes back as a name or a number, never as a way to somewhere.
        if value.source != "config" and (link := link_in(value.text)) and value.slot != "customer.name":
            yield block("R-PRO-03", f"{value.slot} brings a link or an address into the mail: {link[:40]!r}.")


def _without_ours(out: Outbound, text: str) -> str:
    company, customer = out.scope.company, out.scope.facts.customer
    ours = [company.email, company.privacy_url, company.name, *(company.address.splitlines())]
    for known in sorted(filter(None, [*ours, customer.name if customer else ""]), key=len, reverse=True):
        text = re.sub(re.escape(known), " ", text, flags=re.IGNORECASE)
    return text


def no_hidden_signs(out: Outbound) -> Iterator[Finding]:
    """R-PRO-04: no control, bidirectional, zero-width or tag character, no word of two scripts."""
    for letter in out.draft.rendered + out.draft.subject:
        if letter != "\n" and unicodedata.category(letter) in _HIDDEN:
            yield block("R-PRO-04", f"A hidden character (U+{ord(letter):04X}) stands in the text.")
            return
    for word in re.findall(r"[^\W\d_]{2,}", out.draft.rendered + " " + out.draft.subject):
        scripts = {_script(letter) for letter in word if letter not in _SYMBOLS} - {""}
        if len(scripts) > 1 or "OTHER FORM" in scripts:
            yield block("R-PRO-04", f"The word {word[:30]!r} mixes letters of several scripts.")
            return


@lru_cache(maxsize=2048)
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if name.startswith(("FULLWIDTH", "MATHEMATICAL", "CIRCLED", "PARENTHESIZED", "SQUARED")):
        return "OTHER FORM"
    return next((script for script in _SCRIPTS if name.startswith(script)), "")


def no_legal_words(out: Outbound) -> Iterator[Finding]:
    """R-PRO-05: no word of legal action; no case of this version has an approved legal step that could be named."""
    found = find(legal_words.LEGAL, out)
    if found:
        yield block("R-PRO-05", f"A word of legal action stands in the text: {found!r}.")


def no_borrowed_authority(out: Outbound) -> Iterator[Finding]:
    """R-PRO-06: nobody writes as a lawyer, an agency or an authority."""
    found = find(legal_words.PERSONA, out)
    if found:
        yield block("R-PRO-06", f"The mail speaks as somebody that we are not: {found!r}.")


def no_rudeness(out: Outbound) -> Iterator[Finding]:
    """R-PRO-07: no insult, threat, shame or telling of others; no shouting."""
    found = find(rude_words.RUDE, out)
    if found:
        yield block("R-PRO-07", f"That is no way to speak to a customer: {found!r}.")
    if out.literal.count("!") + out.literal.count("！") > 1:
        yield block("R-PRO-07", "More than one exclamation mark stands in the text.")
    letters = [letter for letter in out.literal if letter.isalpha()]
    shouted = sum(len(word) for word in re.findall(r"[^\W\d_]{4,}", out.literal) if word.isupper())
    if len(letters) >= _ENOUGH_LETTERS and shouted / len(letters) > CAPITALS:
        yield block("R-PRO-07", "Too many words stand in capital letters.")


def no_false_last_word(out: Outbound) -> Iterator[Finding]:
    """R-PRO-08: "final notice" is said where it is one, and once."""
    found = list(find_all(legal_words.FINAL, out))
    if found and out.tone.register_ is not Register.FINAL:
        yield block("R-PRO-08", f"{found[0]!r} is said, but this is no last reminder.")
    elif len(found) > 1:
        yield block("R-PRO-08", f"The last word is said {len(found)} times: {found[0]!r}, {found[1]!r}.")


def no_selling(out: Outbound) -> Iterator[Finding]:
    """R-PRO-12: a mail about open invoices sells nothing."""
    found = find(rude_words.SELLING, out)
    if found:
        yield block("R-PRO-12", f"Words of selling stand in the text: {found!r}.")


def not_too_long(out: Outbound) -> Iterator[Finding]:
    """R-LEN-01: a letter, not a treatise (section 2.2 of the threat list)."""
    paragraphs = [p for p in out.draft.rendered.split("\n\n") if p.strip()]
    if len(out.literal) > MAX_CHARACTERS or len(paragraphs) > MAX_PARAGRAPHS:
        yield block(
            "R-LEN-01", f"The mail is too long: at most {MAX_CHARACTERS} characters and {MAX_PARAGRAPHS} paragraphs."
        )
    if not out.draft.rendered.strip():
        yield block("R-LEN-01", "The mail is empty.")
