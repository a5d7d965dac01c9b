"""Reads a country as people and systems write it: ISO 3166 codes, or its name in seven languages. Never guesses between two.

Names and codes are those of the Unicode CLDR (Babel); what follows by hand are everyday names that it does not list.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ledger.mapping_names import plain

_LOCALES = ("en", "de", "fr", "es", "it", "nl", "pt")
#: Codes of CLDR that are no country: unions, reserved codes, places without post of their own.
_NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
_EVERYDAY = {
    "GB": ("uk", "great britain", "england", "scotland", "wales", "northern ireland", "u k", "grossbritannien", "grande bretagne", "gran bretana", "gran bretagna", "groot brittannie", "gra bretanha", "inglaterra", "engeland", "inghilterra", "angleterre"),
    "US": ("usa", "u s", "u s a", "united states of america", "etats unis d amerique", "vereinigte staaten von amerika", "ee uu", "eeuu", "stati uniti d america", "verenigde staten van amerika", "estados unidos da america", "estados unidos de america"),
    "NL": ("holland", "the netherlands", "paises bajos", "hollande", "olanda", "holanda"),
    "DE": ("brd", "bundesrepublik deutschland", "d"),
    "AT": ("a",),
    "FR": ("f",),
    "IT": ("i",),
    "BE": ("b",),
    "LU": ("l",),
    "GR": ("el",),
    "CZ": ("czech republic", "tschechische republik", "republique tcheque", "republica checa", "repubblica ceca", "tsjechische republiek"),
    "SK": ("slovak republic", "slowakische republik"),
    "IE": ("republic of ireland", "eire"),
    "RU": ("russian federation", "russische foderation"),
    "KR": ("republic of korea",),
    "TR": ("turkey", "turkiye"),
    "HK": ("hong kong", "hongkong"),
    "MO": ("macau", "macao"),
    "CN": ("people s republic of china", "volksrepublik china"),
    "VN": ("viet nam",),
    "MK": ("macedonia",),
    "AE": ("uae", "u a e", "vae"),
}  # fmt: skip

#: Names so short that they look like codes, and are those of no state.
_SHORT = frozenset(["usa", "uk", "u k", "uae"])


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    from babel import Locale  # here: most commands read no country

    known = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in known if re.fullmatch("[A-Z]{2}", code)) - _NO_COUNTRY


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from babel import Locale

    found: dict[str, set[str]] = {}
    for locale in _LOCALES:
        for code, name in Locale(locale).territories.items():
            if code in _codes():
                found.setdefault(plain(name), set()).add(code)
    for code, names in _EVERYDAY.items():
        for name in names:
            found.setdefault(plain(name), set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


@lru_cache(maxsize=4096)
def country_code(written: str) -> str:
    """Give the two letters (ISO 3166-1) of a country, of any of its codes or of its name; "" where nobody can say."""
    from babel.core import get_global

    text = written.strip()
    code = text.upper()
    if code in _codes():
        return code
    if re.fullmatch(r"[A-Z]{3}|\d{3}", code):
        meant = get_global("territory_aliases").get(code, ())
        if len(meant) == 1 and meant[0] in _codes():
            return str(meant[0])
    return _names().get(plain(text), "")


@lru_cache(maxsize=512)
def country_name(code: str, language: str) -> str:
    """Give the name of a country (ISO 3166-1) in a language; "" for a code that is none."""
    from babel import Locale

    return str(Locale(language).territories[code]) if code in _codes() else ""


def names_country(text: str) -> str:
    """Give the country that a line of an address is the name of; "" for codes, which may be those of states as well, and for Georgia."""
    name = plain(text)
    return country_code(text) if name in _SHORT or (len(name) > 3 and name != "georgia") else ""
