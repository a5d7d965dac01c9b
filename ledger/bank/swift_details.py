"""Takes field 86 of MT940 apart, in the manners of banks: German "?20", Dutch and other "/EREF/", Polish "~20" and "<20", or free text.

What is not understood stays in the text: nothing is thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stdnum import iso11649

from ledger.bank.accounts import is_iban, plain_account

#: Names of slash fields: SWIFT's own, and those of Dutch, Belgian and Nordic banks.
_SLASHED = frozenset(
    [
        "ACCW",
        "ADDR",
        "BENM",
        "BIC",
        "BO",
        "CHGS",
        "CNTP",
        "CREF",
        "CSID",
        "EREF",
        "EXCH",
        "IBAN",
        "INFO",
        "ISDT",
        "KREF",
        "MARF",
        "NAME",
        "OCMT",
        "OM",
        "OP",
        "ORDP",
        "PREF",
        "PURP",
        "REMI",
        "RTRN",
        "SVWZ",
        "TRCD",
        "TRTP",
        "ULTB",
        "ULTC",
        "ULTD",
        "UDTR",
        "ID",
        "RTYP",
        "TXRE",
        "VRE",
    ]
)
_FIELD = re.compile(r"/([A-Z]{2,4})/")
_NUMBERED = re.compile(r"[~<^](\d{2})")
_IBAN = re.compile(r"\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7} ?[A-Z0-9]{0,3})\b")
_EREF = re.compile(r"\b(?:EREF|E2E|ENDTOEND|END-TO-END)[+:. ]+([A-Za-z0-9][A-Za-z0-9/\-_.]{2,34})", re.IGNORECASE)
_BELGIAN = re.compile(r"[+*]{3}\d{3}/\d{4}/\d{5}[+*]{3}")
_RF = re.compile(r"(?<![A-Z0-9])RF\d{2}(?: ?[A-Z0-9]){1,26}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Details:
    """What field 86 says. Each is empty where it does not say."""

    text: str = ""
    name: str = ""
    account: str = ""
    bank: str = ""
    end_to_end: str = ""
    structured: str = ""


def details_of(data: Mapping[str, Any]) -> Details:
    """Take apart what the library gives of a transaction."""
    if "transaction_details" not in data:
        return _german(data)
    raw = str(data.get("transaction_details") or "")
    folded = raw.replace("\n", "")
    if len({tag for tag in _FIELD.findall(folded) if tag in _SLASHED}) >= 2 or folded.startswith(
        ("/REMI/", "/EREF/", "/ORDP/", "/CNTP/")
    ):
        return _slashed(folded)
    if len(_NUMBERED.findall(raw)) >= 3:
        return _numbered(raw)
    return _free(raw)


def _german(data: Mapping[str, Any]) -> Details:
    def told(key: str) -> str:
        return " ".join(str(data.get(key) or "").split())

    purpose = told("purpose")
    text = " ".join(part for part in (purpose, told("additional_purpose")) if part)
    account = told("gvc_applicant_iban") or told("applicant_iban")
    reference = told("end_to_end_reference")
    return Details(
        text=text or told("posting_text"),
        name=told("deviate_applicant") or told("applicant_name"),
        account=account,
        bank=told("gvc_applicant_bin") or told("applicant_bin"),
        end_to_end=reference,
        structured=structured_in(text),
    )


def _slashed(folded: str) -> Details:
    marks = [m for m in _FIELD.finditer(folded) if m.group(1) in _SLASHED]
    fields: dict[str, str] = {}
    for place, mark in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(folded)
        fields.setdefault(mark.group(1), folded[mark.end() : end].strip())
    remittance = re.sub(r"^(?:USTD|STRD)?(?:/[A-Z]{3,4})?/{1,2}", "", fields.get("REMI", "")).strip("/ ")
    name, account, bank = fields.get("NAME", ""), fields.get("IBAN", ""), fields.get("BIC", "")
    if "CNTP" in fields:
        account, bank, name = ([*fields["CNTP"].split("/"), "", "", ""])[:3]
    if not name and "ORDP" in fields:
        name = fields["ORDP"].strip("/ ")
    rest = fields.get("SVWZ", "") or fields.get("INFO", "")
    text = " ".join(part for part in (folded[: marks[0].start()], remittance, rest) if part)
    return Details(
        text=_one_line(text or folded),
        name=_one_line(name.strip("/ ")),
        account=account.strip("/ "),
        bank=bank.strip("/ "),
        end_to_end=fields.get("EREF", "").strip("/ "),
        structured=structured_in(remittance),
    )


def _numbered(raw: str) -> Details:
    pieces = re.split(r"[~<^](\d{2})", raw.replace("\n", ""))
    fields = [(pieces[i], pieces[i + 1].strip()) for i in range(1, len(pieces) - 1, 2)]
    text = " ".join(value for code, value in fields if "20" <= code <= "29" and value)
    name = " ".join(value for code, value in fields if code in ("32", "33") and value)
    account = next((value for code, value in fields if code in ("38", "31") and value), "")
    bank = next((value for code, value in fields if code == "30" and value), "")
    free = _free(text)
    return Details(
        text=text or _one_line(raw),
        name=name,
        account=account,
        bank=bank,
        end_to_end=free.end_to_end,
        structured=free.structured,
    )


def _free(raw: str) -> Details:
    text = _one_line(raw)
    account = next((plain for m in _IBAN.finditer(text) if is_iban(plain := plain_account(m.group(1)))), "")
    if not account:
        account = next((p for word in text.split() if is_iban(p := plain_account(word))), "")
    reference = _EREF.search(text)
    return Details(
        text=text,
        account=account,
        end_to_end=reference.group(1) if reference else "",
        structured=structured_in(text),
    )


def structured_in(text: str) -> str:
    """Find an international or a Belgian creditor reference in a text: one with right check digits."""
    if (belgian := _BELGIAN.search(text)) is not None:
        return belgian.group(0)
    for found in _RF.finditer(text):
        # It may be written in groups, and words may follow: the longest run that is a reference is meant.
        words = found.group(0).split(" ")
        for count in range(len(words), 0, -1):
            if iso11649.is_valid("".join(words[:count])):
                return "".join(words[:count]).upper()
    return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
