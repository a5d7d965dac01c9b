"""Redacts a whole conversation: mails, ledger, what is expected. The same value becomes the same everywhere in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel

from evals.capturing.folding import listed
from evals.capturing.mails import Way, listen, rewrite
from evals.capturing.redactor import Redactor, Told
from evals.conversations.format import Expected, LedgerFile, LedgerUpdate

M = TypeVar("M", bound=BaseModel)
#: What of a row is a number that points at something, a name, an address; all other words are texts, and the rest stays.
_NUMBERS = frozenset(
    {
        "customer_id",
        "invoice_number",
        "payment_id",
        "supplier_number",
        "po_number",
        "invoice",
        "invoices",
        "documents",
        "payment",
        "payments",
    }
)
_ADDRESSES = frozenset({"email", "contact_email", "address"})
_STAYS = listed("""currency language timezone tier role reason kind dispute_kind name_of_tool document topic stance rhythm register urgency method portal
    message sent escalate wanted goal carrier status licence rule""")


@dataclass(frozen=True, slots=True)
class Known:
    """What the books know of the people in a conversation, to be told before the first mail is looked at."""

    firms: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    amounts: tuple[Decimal, ...] = ()

    def values(self) -> Iterable[tuple[str, str]]:
        """Give every value with its kind, for the check that none is left."""
        for kind, found in (
            ("firm", self.firms),
            ("person", self.persons),
            ("address", self.addresses),
            ("number", self.numbers),
        ):
            yield from ((kind, value) for value in found if value.strip())


@dataclass(slots=True)
class Redacted:
    """A redacted conversation: mails by file, ledger, what is expected; and what was done to it."""

    mails: dict[str, bytes]
    ledger: LedgerFile
    expected: Expected
    told: Told
    dropped: list[str] = field(default_factory=list)
    stand_ins: list[str] = field(default_factory=list)


def known_of(ledger: LedgerFile) -> Known:
    """Collect what a ledger knows."""
    parts: list[LedgerFile | LedgerUpdate] = [ledger, *ledger.updates]
    invoices = [row for part in parts for row in part.invoices]
    payments = [row for part in parts for row in part.payments]
    return Known(
        firms=tuple(row.name for row in ledger.customers),
        persons=(*(row.owner for row in ledger.customers), *(row.name for row in ledger.contacts)),
        addresses=tuple(str(row.email) for row in ledger.contacts),
        numbers=tuple(
            dict.fromkeys(
                [row.invoice_number for row in invoices]
                + [row.po_number for row in invoices]
                + [row.payment_id for row in payments]
                + [row.customer_id for row in ledger.customers]
                + [row.supplier_number for row in ledger.customers]
            )
        ),
        amounts=tuple(
            [amount for row in invoices for amount in (row.amount, row.balance)] + [row.amount for row in payments]
        ),
    )


def tell(redactor: Redactor, known: Known, *, language: str) -> None:
    """Tell a redactor what the books know."""
    redactor.names.language = language
    for firm in known.firms:
        redactor.names.firm(firm)
    for person in known.persons:
        redactor.names.person(person)
    for address in known.addresses:
        redactor.addresses.learn(address.rpartition("@")[2])
    for number in known.numbers:
        redactor.numbers.learn(number)
    redactor.numbers.keep(str(int(amount)) for amount in known.amounts)
    redactor.numbers.keep(f"{amount:.2f}".replace(".", "") for amount in known.amounts)


def redact(
    redactor: Redactor,
    *,
    mails: Mapping[str, bytes],
    ledger: LedgerFile,
    expected: Expected,
    known: Known,
    language: str,
    way: Way,
) -> Redacted:
    """Redact a conversation. `known` may hold more than its ledger: people of ours, contacts that are gone."""
    redactor.told = Told()
    tell(redactor, known, language=language)
    amounts = [
        s
        for turn in expected.turns
        for claim in turn.claims
        for s in (claim.slots.amount, claim.slots.down_payment)
        if s
    ]
    redactor.numbers.keep(str(int(amount)) for amount in amounts)
    listen(redactor, list(mails.values()))
    fresh: dict[str, bytes] = {}
    done = Redacted(fresh, ledger, expected, redactor.told)
    for file, raw in mails.items():
        written = rewrite(raw, redactor, way, where=file)
        fresh[file] = written.raw
        done.dropped += written.dropped
        done.stand_ins += written.stand_ins
    done.ledger = _anew(ledger, redactor)
    done.expected = _anew(expected, redactor)
    return done


def _anew(value: M, redactor: Redactor) -> M:
    document = value.model_dump(mode="json", exclude_unset=True, by_alias=True)
    return type(value).model_validate(plain(document, redactor))


def plain(value: Any, redactor: Redactor, name: str = "") -> Any:
    """Redact a document of plain values; `name` is the field that a value stands in."""
    if isinstance(value, dict):
        return {key: plain(inner, redactor, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, redactor, name) for inner in value]
    if not isinstance(value, str) or not value or name in _STAYS:
        return value
    if name in _ADDRESSES and "@" in value:
        return redactor.addresses.address(value)
    if name in _NUMBERS and any(char.isdigit() for char in value):
        return redactor.numbers.number(value)
    return value if _is_moment(value) else redactor.text(value)


def _is_moment(value: str) -> bool:
    for read in (date.fromisoformat, datetime.fromisoformat, Decimal):
        try:
            read(value)
        except (ValueError, ArithmeticError):
            continue
        return True
    return False
