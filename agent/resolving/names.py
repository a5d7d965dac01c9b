"""Find e-mail addresses and the names of the people to write to.

A name is taken only where the words point at a person to write to ("write to Karin Åhlgren") or where it stands next
to an address. Nothing found here is a recipient: it is a proposal that a person verifies. It must never raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.resolving.folding import LONGEST, Flat, flatten
from agent.resolving.name_words import CUES_AFTER, CUES_BEFORE, HONORIFICS, NO_NAMES, PARTICLES, TITLES


@dataclass(frozen=True)
class FoundEmail:
    """An address in a text: the exact span, and the address in lower case with "(at)" written as @."""

    start: int
    end: int
    text: str
    address: str


@dataclass(frozen=True)
class FoundContact:
    """A person, or a firm, to write to: the exact span of the name, the name without mere courtesy, an address near it."""

    start: int
    end: int
    text: str
    name: str
    email: str | None = None


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """Compile on first use."""
    at = r"(?:@|\s?[(\[{]\s?(?:at|arobase|arroba|chiocciola|apenstaartje|ät|klammeraffe)\s?[)\]}]\s?|\s(?:at|AT)\s(?=[\w-]+\s?(?:\.|[(\[]\s?(?:dot|punkt|point)))"
    at += ")"
    dot = r"(?:\.|\s?[(\[{]\s?(?:dot|punkt|point|punto|ponto|punt)\s?[)\]}]\s?)"
    title = "|".join(sorted((*TITLES, *HONORIFICS), key=len, reverse=True))
    word = r"(?:[^\W\d_a-zß-ÿ]\.(?:-?[^\W\d_a-zß-ÿ]\.){0,3}|[^\W\d_a-zß-ÿ][\w'’]*(?:-[^\W\d_a-zß-ÿ]?[\w'’]+)*)"
    particle = "|".join(PARTICLES)
    name = rf"(?<![\w'’])(?:(?:{title}) )*(?:(?:van|von|de|De|Van|Von) )?{word}(?: (?:(?:{particle}) ){{0,2}}{word}){{0,3}}"
    return {
        "email": re.compile(
            rf"(?<![\w.+%-])[\w.+%-]{{1,64}}{at}[\w-]{{1,63}}(?:{dot}[\w-]{{1,63}}){{0,6}}{dot}[a-zA-Z]{{2,24}}(?![\w@])"
        ),
        "name": re.compile(name),
        "title": re.compile(rf"(?:(?:{title})(?:\s|$))+"),
        "courtesy": re.compile(rf"(?:(?:{'|'.join(sorted(HONORIFICS, key=len, reverse=True))})\s)+"),
        "before": re.compile(
            rf"(?<!\w)(?:{CUES_BEFORE})[\s:,]+(?:(?i:an|to|is|the|our|mit|à|a|con|met|bei|unsere[nr]?|meine[nr]?)\s)?(?={name})"
        ),
        "after": re.compile(rf"(?={name})(?P<name>{name})[,']?\s?(?:{CUES_AFTER})(?!\w)"),
        "link": re.compile(
            r"[\s,:;(<\[\"„“–—-]*(?:(?:is |ist )?(?:at|on|under|via|unter|auf|au|à|en|al|a|op|sur|em|e-?mail|mail|his e-?mail is|her e-?mail is|address|adresse)[\s:,(<]*)?"
        ),
    }


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    return frozenset(NO_NAMES.split())


def find_emails(text: str) -> list[FoundEmail]:
    """Find all e-mail addresses, also "name (at) firm.example"."""
    found = []
    for match in _patterns()["email"].finditer(text[:LONGEST]):
        address = re.sub(
            r"\s?[(\[{]\s?(?:dot|punkt|point|punto|ponto|punt)\s?[)\]}]\s?", ".", match.group(), flags=re.IGNORECASE
        )
        if "@" not in address:
            address = re.sub(
                r"\s?[(\[{]?\s?\b(?:at|arobase|arroba|chiocciola|apenstaartje|ät|klammeraffe)\b\s?[)\]}]?\s?",
                "@",
                address,
                count=1,
                flags=re.IGNORECASE,
            )
        address = address.replace(" ", "").lower()
        local, _, domain = address.partition("@")
        if local.strip(".") == local and local and ".." not in address and "@" not in domain and domain:
            found.append(FoundEmail(match.start(), match.end(), match.group(), address))
    return found


def find_contacts(text: str) -> list[FoundContact]:
    """Find the people that the words say to write to, in order of their place."""
    flat = flatten(text[:LONGEST])
    text = flat.text
    emails = find_emails(text)
    found: dict[int, FoundContact] = {}
    for start, end in (*_beside(text, emails), *_cued(text, emails)):
        contact = _contact(text, start, end, emails)
        if contact and not any(contact.start < other.end and other.start < contact.end for other in found.values()):
            found[contact.start] = contact
    return [_placed(found[start], flat) for start in sorted(found)]


def _placed(contact: FoundContact, flat: Flat) -> FoundContact:
    start, end = flat.span(contact.start, contact.end)
    return replace(contact, start=start, end=end, text=flat.original[start:end])


def _beside(text: str, emails: list[FoundEmail]) -> Iterator[tuple[int, int]]:
    """Give the names that end right before an address, or stand in brackets right after it."""
    patterns = _patterns()
    for email in emails:
        reach = max(0, email.start - 80)
        last = None
        for match in patterns["name"].finditer(text, reach, email.start):
            last = match
        if last and patterns["link"].fullmatch(text, last.end(), email.start):
            yield last.span()
        after = re.compile(r"\s?[(–-]\s?").match(text, email.end)
        following = patterns["name"].match(text, after.end()) if after else None
        if following and text[following.end() : following.end() + 1] in (")", ",", "."):
            yield following.span()


def _cued(text: str, emails: list[FoundEmail]) -> Iterator[tuple[int, int]]:
    patterns = _patterns()
    for match in patterns["before"].finditer(text):
        name = patterns["name"].match(text, match.end())
        if name and not any(email.start <= name.start() < email.end for email in emails):
            yield name.span()
    for match in patterns["after"].finditer(text):
        if not any(email.start <= match.start() < email.end for email in emails):
            yield match.span("name")


def _contact(text: str, start: int, end: int, emails: list[FoundEmail]) -> FoundContact | None:
    """Make a contact of a span, unless its words are no name: months, greetings, departments, sentence openers."""
    patterns = _patterns()
    while True:
        titles = patterns["title"].match(text, start, end)
        words = text[(titles.end() if titles else start) : end].split()
        if not words:
            return None
        if words[0].strip(".,'’").lower() in _no_names() and not titles:
            start = end if len(words) == 1 else start + text[start:end].index(words[0]) + len(words[0]) + 1
            if start >= end:
                return None
            continue
        break
    while words and words[-1].strip(".,'’").lower() in _no_names():
        end = start + text[start:end].rindex(words.pop())
        end = start + len(text[start:end].rstrip())
    if not words or all(len(word.strip(".")) < 2 for word in words):
        return None
    end = start + len(re.sub(r"['’]s?$", "", text[start:end]))
    return FoundContact(start, end, text[start:end], _plain(text[start:end]), _near(end, emails))


def _near(end: int, emails: list[FoundEmail]) -> str | None:
    return next((email.address for email in emails if 0 <= email.start - end <= 60), None)


def _plain(name: str) -> str:
    """Drop mere courtesy before a full name ("Frau Anke Mühlfeld"); keep it before a lone surname ("Herr Dörfler")."""
    name = re.sub(r"^Herrn\b", "Herr", " ".join(name.split()))
    courtesy = _patterns()["courtesy"].match(name)
    rest = name[courtesy.end() :] if courtesy else name
    return rest if len(rest.split()) > 1 else name
