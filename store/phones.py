"""Telephone numbers: read as people write them, kept as E.164, shown as the country writes them. Nothing is called here."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType


def to_e164(written: str) -> str:
    """Give a number such as "+49 40 555-0188" as E.164 ("+49405550188"). Raises ValueError without a country code."""
    try:
        number = phonenumbers.parse(written, None)
    except phonenumbers.NumberParseException:
        raise ValueError(
            f"{written!r} is not a telephone number with its country code, such as +49 40 5550188"
        ) from None
    if number.extension or not phonenumbers.is_possible_number(number):
        raise ValueError(
            f"{written!r} is not a number that can be dialled: give it with its country code, no extension"
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def read_phone(written: str, *, country: str = "") -> str:
    """Give E.164 of a number as other systems' files and records hold it; `country` (ISO 3166) reads one without a country code.

    Raises ValueError, in words that quote nothing, where it is no number, or not one of that country.
    """
    text = re.sub(r"^\s*(?:\D{0,12}[.:])\s*", "", written) if re.match(r"\s*[A-Za-z]", written) else written
    text = re.sub(r"^\s*00(?=[1-9])", "+", text.strip())
    if re.search(r"[^\W\d_]", text):
        raise ValueError("is no telephone number that can be dialled (no extension, no words)")
    international = text.lstrip("( ").startswith("+")
    if not international and not country:
        raise ValueError("has no country code, and no country is known")
    try:
        number = phonenumbers.parse(text, None if international else country)
    except phonenumbers.NumberParseException:
        raise ValueError("is no telephone number that can be dialled") from None
    # A number without its code is one of its country, or nobody knows which one it is.
    possible = phonenumbers.is_possible_number(number) if international else _of(number, country)
    if not possible:
        raise ValueError("is no number that can be dialled" if international else f"is no number of {country}")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _of(number: phonenumbers.PhoneNumber, country: str) -> bool:
    return bool(phonenumbers.is_valid_number_for_region(number, country))


def shown(e164: str) -> str:
    """Write a stored number for whoever dials it; as it is where it cannot be read."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def takes_texts(e164: str) -> bool:
    """Say whether an SMS may reach a number: a mobile one, or one of a plan that does not tell mobile from fixed."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(number) in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.PERSONAL_NUMBER,
    )
