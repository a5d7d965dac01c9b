"""Words money, dates, lists and greetings in the customer's language, so that no reader can mistake them.

Amounts carry the ISO code of their currency, months are spelt out. Nothing here rounds: a figure is shown as the
ledger holds it. Nothing here may let a value break out of its line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency

DEFAULT_LANGUAGE = "en"

#: Languages that replies are written in, with the locale that words their figures.
LOCALES: dict[str, str] = {
    "en": "en_GB",
    "de": "de",
    "fr": "fr",
    "es": "es",
    "nl": "nl",
    "it": "it",
    "pt": "pt_PT",
}

_CODE_FIRST = frozenset({"en", "nl"})

# Greetings that need no knowledge of a person's gender, which the ledger does not hold.
_GREETING: dict[str, tuple[str, str]] = {
    "en": ("Dear {name}", "Dear Sir or Madam"),
    "de": ("Guten Tag {name}", "Sehr geehrte Damen und Herren"),
    "fr": ("Bonjour {name}", "Madame, Monsieur"),
    "es": ("Estimado/a {name}", "Estimados señores"),
    "nl": ("Geachte {name}", "Geachte heer of mevrouw"),
    "it": ("Gentile {name}", "Gentili Signore e Signori"),
    "pt": ("Exmo.(a) Sr.(a) {name}", "Exmos. Senhores"),
}

_SPACES = re.compile(r"\s+")


def supported(language: str) -> str:
    """Reduce a language tag ("de-CH", "EN_us") to a language that replies are written in; English when unknown."""
    primary = re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]
    return primary if primary in LOCALES else DEFAULT_LANGUAGE


@lru_cache(maxsize=len(LOCALES))
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


def one_line(text: str) -> str:
    """Put a value on one line: line breaks and runs of space become one space, invisible characters go."""
    spaced = _SPACES.sub(" ", text)
    visible = "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", visible)).strip()


def money(amount: Decimal, currency: str, *, language: str) -> str:
    """Word an amount with its ISO code, for instance "EUR 1,234.50" or "1.234,50 EUR".

    Raises ValueError for an amount that is not a number or a currency that is no three-letter code.
    """
    code = currency.strip().upper()
    if not amount.is_finite() or not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(f"not an amount of money: {amount} {currency!r}")
    language = supported(language)
    number = format_currency(amount, code, format="#,##0.00", locale=_locale(language), decimal_quantization=False)
    # Some mail readers have no glyph for the narrow space that CLDR groups French digits with.
    number = number.replace("\u202f", "\u00a0")
    return f"{code} {number}" if language in _CODE_FIRST else f"{number} {code}"


def long_date(day: date, *, language: str) -> str:
    """Word a day with its month spelt out, for instance "20 March 2026"."""
    language = supported(language)
    worded = format_date(day, format="long", locale=_locale(language))
    # CLDR knows no ordinal here; a French letter says "1er mars".
    return worded.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else worded


def listed(items: Sequence[str], *, language: str, last: str | None = None) -> str:
    """Join items as the language does ("A, B and C").

    `last` is how the last item sounds, when the item itself is a slot: Spanish "y" becomes "e" before an i.
    """
    language = supported(language)
    joined = format_list(list(items), locale=_locale(language))
    if language == "es" and len(items) > 1 and re.match(r"h?i", last or items[-1], re.IGNORECASE):
        tail = f" y {items[-1]}"
        if joined.endswith(tail):
            joined = f"{joined[: -len(tail)]} e {items[-1]}"
    return joined


_DUE: dict[str, str] = {
    "en": "due on",
    "de": "fällig am",
    "fr": "échéance le",
    "es": "vencimiento el",
    "nl": "vervaldatum",
    "it": "scadenza",
    "pt": "vencimento em",
}


def line_of_invoice(number: str, due: str, amount: str, *, language: str) -> str:
    """Write an invoice as one line of a list, for instance "- INV-1, due on 3 March 2026: EUR 120.00"."""
    colon = " :" if supported(language) == "fr" else ":"
    return f"- {number}, {_DUE[supported(language)]} {due}{colon} {amount}"


def salutation(name: str | None, *, language: str) -> str:
    """Greet a person by name, or the house when no name is known, without the comma that follows."""
    named, unnamed = _GREETING[supported(language)]
    clean = one_line(name or "")
    return named.format(name=clean) if clean and "@" not in clean else unnamed
