"""Say what a line of a signature is made of: name, title, company, telephone, street and so on. An unknown piece makes the line unknown.

A line is one item, or several joined by bars, dots, dashes or commas, of which each must be known.
"""

from __future__ import annotations

import re
from enum import StrEnum

from mail.company_lines import is_company, is_register
from mail.contact_items import is_hours, is_mail, is_phone, is_picture, is_social, is_web
from mail.person_lines import is_name, is_title
from mail.postal_lines import is_estate, is_postcode, is_street, may_be_street


class Kind(StrEnum):
    """What a piece of a line may be."""

    NAME = "name"
    TITLE = "title"
    COMPANY = "company"
    PHONE = "phone"
    MAIL = "mail"
    WEB = "web"
    STREET = "street"
    MAYBE_STREET = "maybe_street"
    ESTATE = "estate"
    POSTCODE = "postcode"
    REGISTER = "register"
    SOCIAL = "social"
    PICTURE = "picture"
    HOURS = "hours"
    BANNER = "banner"


#: Kinds that a line of a signature may be made of by itself, and that no sentence is.
CONTACT = frozenset(
    {Kind.PHONE, Kind.MAIL, Kind.WEB, Kind.STREET, Kind.POSTCODE, Kind.REGISTER, Kind.SOCIAL, Kind.PICTURE}
)
_JOINED = re.compile(
    r"[|\u2502\u00a6\u00b7\u2022\u25cf\u25aa\u25e6\u2219\u22c5\u2027\u2013\u2014;\t]| - | / | // | {2,}|"
    r"(?<=\d) (?=(?:[tmf][.:]|(?:tel|fax|cell|mob(?:ile?)?|mobil|phone|office|direct|tél|fon)[.:]{0,2}) ?[+(\d])|(?<=\d) (?=(?:e|w|e-?mail|mail|web)[.:] ?\w)",
    re.IGNORECASE,
)
_COMMA = re.compile(r", |,$")
#: Praise of the house, which stands below contact details only.
_BANNER = re.compile(
    r"(?:we are|we're|wir (?:suchen|stellen ein)|nous recrutons|now) (?:hiring|recruiting|verstärkung)\b.{0,60}|we(?:'re| are)? hiring.{0,60}|join our team.{0,40}|"
    r"(?:an? )?(?:proud (?:member|sponsor|supporter) of|member of|mitglied (?:im|der|des|von)|membre de|lid van|investors? in people|"
    r"(?:award|winner)[- ]?(?:winning|of)?|certified|zertifiziert|certifié|certificad[oa]|certificata?|gecertificeerd|accredited|iso \d{4,5}|din en iso|b[- ]corp|ecovadis|"
    r"cyber essentials|safecontractor|chas|great place to work|top[- ]arbeitgeber|ausbildungsbetrieb)\b[^.?!]{0,90}\.?|"
    r".{2,40} (?:is |are )?(?:iso \d{4,5}(?:[:-]\d{4})?|b corp)(?: ?[,/&+]? ?(?:and )?(?:iso )?\d{4,5}(?::\d{4})?){0,3} (?:certified|accredited|zertifiziert|certified company)\.?",
    re.IGNORECASE,
)
_MAX_LINE = 300


def kinds_of(line: str) -> frozenset[Kind]:
    """Give what a line is made of; nothing where a piece of it is unknown."""
    bare = bare_of(line)
    if not bare or len(bare) > _MAX_LINE:
        return frozenset()
    whole = _kind(bare)
    if whole and ", " not in bare:
        return frozenset({whole})
    if _BANNER.fullmatch(bare):
        return frozenset({Kind.BANNER})
    pieces = [piece.strip(" ,") for piece in _JOINED.split(bare)]
    return _all_known([piece for piece in pieces if piece])


def bare_of(line: str) -> str:
    """Give a line without the marks of bold type, bullets and outer bars."""
    return (
        line.replace("*", "").strip().strip("_|\u00b7\u2022\u25cf\u25aa\u2013\u2014> ").strip("<").rstrip(",").strip()
    )


def is_contact(line: str) -> bool:
    """Say whether a line holds contact details or register entries, and beside them nothing but names and titles."""
    return bool(kinds_of(line) & CONTACT)


def _all_known(pieces: list[str]) -> frozenset[Kind]:
    found: set[Kind] = set()
    for piece in pieces:
        kinds = _by_commas(piece)
        if not kinds:
            return frozenset()
        found |= kinds
    return frozenset(found)


def _by_commas(piece: str) -> frozenset[Kind]:
    """Classify what stands between commas, where it is more than names; else the whole: "Molinos, S.A." is one company."""
    kinds = [_kind(part.strip()) for part in _COMMA.split(piece) if part.strip()]
    known = frozenset(kind for kind in kinds if kind)
    if None not in kinds and not known <= {Kind.NAME, Kind.ESTATE}:
        return known
    whole = _kind(piece)
    return frozenset({whole}) if whole else known if None not in kinds else frozenset()


_TESTS = (
    (Kind.PICTURE, is_picture),
    (Kind.MAIL, is_mail),
    (Kind.WEB, is_web),
    (Kind.PHONE, is_phone),
    (Kind.SOCIAL, is_social),
    (Kind.HOURS, is_hours),
    (Kind.COMPANY, is_company),
    (Kind.REGISTER, is_register),
    (Kind.POSTCODE, is_postcode),
    (Kind.STREET, is_street),
    (Kind.TITLE, is_title),
    (Kind.ESTATE, is_estate),
    (Kind.NAME, is_name),
    (Kind.MAYBE_STREET, may_be_street),
)


def _kind(piece: str) -> Kind | None:
    return next((kind for kind, test in _TESTS if test(piece)), None)
