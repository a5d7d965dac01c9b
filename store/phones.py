"""Telephone numbers: read as people write them, kept as E.164, shown as the country writes them. Nothing is called here."""

from __future__ import annotations

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
