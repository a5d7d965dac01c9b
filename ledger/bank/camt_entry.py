"""Makes lines of a CAMT.053 entry: one for each transaction of a batch, where their amounts add up to it; else one for the entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ledger.bank.accounts import plain_account
from ledger.bank.camt_tree import Node, day_of, money_of, signed
from store.bank_words import BankFault, NamedPart, ReadLine

_NO_REFERENCE = frozenset({"NOTPROVIDED", "NONREF", "NOTPROVIDED.", "NICHT ANGEGEBEN"})


@dataclass(frozen=True, slots=True)
class _Entry:
    node: Node
    amount: Decimal
    currency: str
    reversal: bool


def lines_of(node: Node) -> Iterator[ReadLine]:
    """Make the lines of an entry; none for one that is not booked. Raises BankFault."""
    if (node.text("Sts/Cd") or node.text("Sts") or "BOOK") != "BOOK":
        return
    amount, currency = signed(node)
    entry = _Entry(node, amount, currency, node.text("RvslInd") in ("true", "1"))
    details = node.all("NtryDtls/TxDtls")
    amounts = [_amount(each, entry) for each in details]
    known = [a for a in amounts if a is not None]
    if len(details) > 1 and len(known) == len(details) and sum(known, Decimal(0)) == amount:
        for each, part in zip(details, known, strict=True):
            yield _line(entry, [each], part)
    else:
        # One transaction, or a batch that the bank did not spell out: its amount is the entry's.
        yield _line(entry, details, amount)


def _amount(details: Node, entry: _Entry) -> Decimal | None:
    """Give a transaction's amount in the account's currency, with its sign; None where it does not say."""
    own = details.text("CdtDbtInd")
    sign = (1 if own == "CRDT" else -1) if own in ("CRDT", "DBIT") else (1 if entry.amount >= 0 else -1)
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        found = money_of(details, path)
        if found is not None and found[1] == entry.currency:
            return sign * found[0]
    return None


def _line(entry: _Entry, details: list[Node], amount: Decimal) -> ReadLine:
    booked = day_of(entry.node, "BookgDt") or day_of(entry.node, "ValDt")
    if booked is None:
        raise BankFault("an entry has no day of booking")
    one = details[0] if len(details) == 1 else None
    words = [word for each in details for word in _words(each)] or [entry.node.text("AddtlNtryInf")]
    returned = any(each.get("RtrInf") is not None for each in details)
    payer = (
        _party(one, "Dbtr" if (amount > 0) != _takes_back(entry, amount, returned=returned) else "Cdtr")
        if one
        else _NOBODY
    )
    return ReadLine(
        booked_on=booked,
        value_on=day_of(entry.node, "ValDt"),
        amount=amount,
        currency=entry.currency,
        reversal=_takes_back(entry, amount, returned=returned),
        bank_reference=(one.text("Refs/AcctSvcrRef") if one else "")
        or entry.node.text("AcctSvcrRef")
        or entry.node.text("NtryRef"),
        end_to_end=_reference(one.text("Refs/EndToEndId")) if one else "",
        structured=next((s for each in details for s in each.texts("RmtInf/Strd/CdtrRefInf/Ref")), "") if one else "",
        remittance=" / ".join(word for word in words if word)[:4000],
        payer_name=payer[0][:300],
        payer_iban=payer[1],
        payer_bic=payer[2],
        charges=_charges(one or entry.node),
        named=tuple(part for each in details for part in _documents(each)),
    )


def _takes_back(entry: _Entry, amount: Decimal, *, returned: bool) -> bool:
    return entry.reversal or (returned and amount < 0)


_NOBODY = ("", "", "")


def _party(details: Node, role: str) -> tuple[str, str, str]:
    """Give name, account and bank of the other side. For a reversal the roles stay those of the original payment."""
    name = next(
        (
            text
            for path in (
                f"RltdPties/{role}/Nm",
                f"RltdPties/{role}/Pty/Nm",
                f"RltdPties/Ultmt{role}/Nm",
                f"RltdPties/Ultmt{role}/Pty/Nm",
            )
            if (text := details.text(path))
        ),
        "",
    )
    account = details.text(f"RltdPties/{role}Acct/Id/IBAN") or details.text(f"RltdPties/{role}Acct/Id/Othr/Id")
    agent = f"RltdAgts/{role}Agt/FinInstnId"
    return name, plain_account(account), details.text(f"{agent}/BICFI") or details.text(f"{agent}/BIC")


def _words(details: Node) -> Iterator[str]:
    yield from details.texts("RmtInf/Ustrd")
    for structured in details.all("RmtInf/Strd"):
        yield from (nb for nb in structured.texts("RfrdDocInf/Nb"))
        yield from structured.texts("CdtrRefInf/Ref")
        yield from structured.texts("AddtlRmtInf")
    yield from details.texts("AddtlTxInf")


def _reference(text: str) -> str:
    return "" if text.upper() in _NO_REFERENCE else text


def _documents(details: Node) -> Iterator[NamedPart]:
    """Give the documents that the payer refers to with an amount of their own."""
    for structured in details.all("RmtInf/Strd"):
        numbers = structured.texts("RfrdDocInf/Nb")
        paid = money_of(structured, "RfrdDocAmt/RmtdAmt") or money_of(structured, "RfrdDocAmt/DuePyblAmt")
        discount = money_of(structured, "RfrdDocAmt/DscntApldAmt/Amt") or money_of(
            structured, "RfrdDocAmt/DscntApldAmt"
        )
        if len(numbers) == 1 and paid is not None:
            kept = discount[0] if discount else Decimal(0)
            yield NamedPart(numbers[0], paid[0], kept, "discount" if kept else "")


def _charges(node: Node) -> Decimal:
    whole = money_of(node, "Chrgs/TtlChrgsAndTaxAmt") or money_of(node, "Chrgs/Amt")
    if whole is not None:
        return whole[0]
    records = (money_of(each, "Amt") for each in node.all("Chrgs/Rcrd"))
    return sum((found[0] for found in records if found is not None), Decimal(0))
