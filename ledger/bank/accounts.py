"""Account numbers: one way of writing each, and a masked one for pages. Checks no bank's registry."""

from __future__ import annotations

import re

from stdnum import iban

_JUNK = re.compile(r"[^0-9A-Za-z]")
#: Currency or branch codes that banks put behind an account: "NL91...EUR".
_CURRENCY_AFTER = re.compile(r"^([A-Z]{2}\d{2}[A-Z0-9]{10,30}?)([A-Z]{3})$")
_SHOWN = 4


def plain_account(written: str) -> str:
    """Write an account in capitals without spaces and punctuation; a currency behind an IBAN goes."""
    account = _JUNK.sub("", written).upper()
    behind = _CURRENCY_AFTER.fullmatch(account)
    if behind is not None and not is_iban(account) and is_iban(behind.group(1)):
        return behind.group(1)
    return account


def is_iban(account: str) -> bool:
    """Say whether it is an IBAN with right check digits (ISO 13616)."""
    return bool(iban.is_valid(account))


def same_account(ours: str, stated: str) -> bool:
    """Say whether a statement's account is this one of ours.

    Banks also state the national number (account, sort code and account), which an IBAN ends in: eight digits at least count.
    """
    ours, stated = plain_account(ours), plain_account(stated)
    if ours == stated:
        return True
    if not is_iban(ours) or is_iban(stated):
        return False
    digits = re.sub(r"\D", "", stated).lstrip("0")
    return len(digits) >= 8 and re.sub(r"\D", "", ours[4:]).endswith(digits)


def masked(account: str) -> str:
    """Hide the middle: "NL91 … 4300". What is short is hidden but for its end."""
    account = plain_account(account)
    if not account:
        return ""
    if len(account) < 3 * _SHOWN:
        return f"… {account[-2:]}"
    return f"{account[:_SHOWN]} … {account[-_SHOWN:]}"
