"""The words of an SMS: a template in each language beside those of the mails, with the two slots that say who we are. Pure.

Others read a screen too: no sum, no invoice, no word of a debt may stand in one, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from prompts.loader import reply_templates
from prompts.slots import literal_text, slots_in
from prompts.wording import one_line, supported
from store.company import CompanyProfile

#: More than so many segments is a letter, and costs as such.
MOST_SEGMENTS = 3
#: What a text may fill in.
SLOTS = frozenset({"company.name", "company.email", "company.team"})
#: 3GPP TS 23.038: the letters of the default alphabet, and those that take two places.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyz"
    "äöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€\f")
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|example|test|io|ly)/", re.IGNORECASE)
_OF_THE_ACCOUNT = re.compile(
    r"\b(?:invoice|invoices|debt|debts|overdue|owe|owed|pay|paid|payment|payments|remind\w*|balance"
    r"|rechnung\w*|schuld\w*|zahl\w*|mahn\w*|fällig\w*|forderung\w*|facture\w*|dettes?|paie\w*|pay[eé]\w*|impay\w*|rappel\w*|échéance\w*"
    r"|factur\w*|deuda\w*|pag[oaue]\w*|vencid\w*|fattur\w*|debit\w*|sollecit\w*|scadut\w*|factuur|facturen|betal\w*|achterstal\w*"
    r"|fatura\w*|dívida\w*|em atraso)\b",
    re.IGNORECASE,
)
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is to a provider: `segments` of what it costs, in `coding` (GSM-7, or UCS-2 with less than half the room)."""

    segments: int
    coding: str
    characters: int

    def __str__(self) -> str:
        """Say it."""
        many = "segment" if self.segments == 1 else "segments"
        return f"{self.characters} characters, {self.segments} {many} ({self.coding})"


def length_of(text: str) -> Length:
    """Count the segments of a text: 160 places alone and 153 each in several, with a letter outside GSM-7 70 and 67 (UCS-2)."""
    if all(c in _GSM or c in _GSM_TWICE for c in text):
        widths, alone, each, coding = [2 if c in _GSM_TWICE else 1 for c in text], 160, 153, "GSM-7"
    else:
        widths, alone, each, coding = [len(c.encode("utf-16-be")) // 2 for c in text], 70, 67, "UCS-2"
    if sum(widths) <= alone:
        return Length(1, coding, len(text))
    segments, left = 1, each
    for width in widths:
        # No letter is torn apart between two segments.
        if width > left:
            segments, left = segments + 1, each
        left -= width
    return Length(segments, coding, len(text))


def text_body(language: str, *, own: Mapping[str, str] = _NONE) -> str:
    """Give the template of a language, with its slots: `own` words of the company, else those that come along."""
    code = supported(language)
    return own[code].strip() if code in own else reply_templates().get_template(f"{code}/sms.txt").render().strip()


def written(body: str, *, company: CompanyProfile) -> str:
    """Fill the slots of a text."""
    values = {"company.name": company.name, "company.email": company.email, "company.team": company.team}
    text = body
    for name in set(slots_in(body)) & SLOTS:
        text = one_line(str(values[name])).join(re.split(r"\{\{\s*" + re.escape(name) + r"\s*\}\}", text))
    return " ".join(text.split())


def faults_of(body: str, *, ends: frozenset[str]) -> list[str]:
    """Say what is wrong with the words of a text, in words for whoever wrote them. `ends`: the words that end them."""
    literal = literal_text(body)
    found = [
        f"the slot {name} is not for a text: use {', '.join(sorted(SLOTS))}"
        for name in slots_in(body)
        if name not in SLOTS
    ]
    if "company.name" not in slots_in(body):
        found.append("it does not say who writes: put {{ company.name }} in")
    if not {word.casefold() for word in re.findall(r"[\w-]+", literal)} & ends:
        found.append("it does not say how to end them: name a word such as STOP")
    if any(c.isdigit() for c in literal):
        found.append("it holds a figure: others read a screen too")
    if _LINK.search(literal):
        found.append("it holds a link, which looks like a fraud")
    if (word := _OF_THE_ACCOUNT.search(literal)) is not None:
        found.append(f"{word.group()!r} tells others about the account")
    return found
