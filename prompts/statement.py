"""Makes the statement of account: every open invoice, what is contested, money not yet applied, totals and ages, to the cent.

A pure function of the snapshot and our profile. It names no bank account, and rounds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from prompts.lettering import lettering_for
from prompts.sheet import WIDTH, Sheet, short_day, words
from prompts.wording import long_date, money
from store.company import CompanyProfile
from store.facts import CaseFacts, CustomerFacts, InvoiceFacts, PaymentFacts

#: The last day of each age but the oldest, in days past due.
AGES = (0, 30, 60, 90)
_COLUMNS = (80, 60, 68, 79, 78, 78, 52)


@dataclass(slots=True)
class Totals:
    """What is open in one currency. `ages`: not due, then by age; their sum is `open`."""

    open: Decimal = Decimal(0)
    late: Decimal = Decimal(0)
    contested: Decimal = Decimal(0)
    unapplied: Decimal = Decimal(0)
    ages: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * (len(AGES) + 1))


def statement_pdf(facts: CaseFacts, *, company: CompanyProfile, language: str) -> bytes:
    """Render the statement of a customer's account. Raises ValueError for an unmatched mail or a currency that is none."""
    customer = facts.customer
    if customer is None:
        raise ValueError("a statement belongs to a customer, and the mail is matched to none")
    said = words(language, "statement")
    unapplied = unapplied_receipts(facts)
    sheet = Sheet(_lettering(facts, customer, company, unapplied, said), language=language, company=company)
    today = long_date(facts.today, language=language)
    sheet.address(customer, title=said["title"], dated=said["as_of"].format(date=today))
    sheet.table(_invoice_rows(sheet, facts, language, said), _COLUMNS, right_from=4)
    for currency, totals in account_totals(facts).items():
        sheet.gap(12)
        _set_totals(sheet, totals, currency, language, said)
    if unapplied:
        sheet.gap(16)
        sheet.say(said["receipts"], bold=True, after=5)
        _set_receipts(sheet, unapplied, language, said)
    sheet.gap(16)
    sheet.say(said["note"], size=8, soft=True)
    return sheet.draw(f"{said['title']} {customer.id}")


def account_totals(facts: CaseFacts) -> dict[str, Totals]:
    """Sum up what is open, late and contested, and what came in without an invoice, a currency each."""
    found: dict[str, Totals] = {}
    for invoice in facts.open_invoices:
        totals = found.setdefault(invoice.currency, Totals())
        late = invoice.days_overdue(facts.today)
        totals.open += invoice.balance
        totals.late += invoice.balance if late else 0
        totals.contested += contested_part(invoice)
        totals.ages[sum(late > last for last in AGES)] += invoice.balance
    for payment in unapplied_receipts(facts):
        found.setdefault(payment.currency, Totals()).unapplied += payment.amount
    return found


def contested_part(invoice: InvoiceFacts) -> Decimal:
    """Give the part of what is open that is in dispute."""
    return min(invoice.disputed, invoice.balance)


def unapplied_receipts(facts: CaseFacts) -> tuple[PaymentFacts, ...]:
    """List money that came in and belongs to no invoice yet, oldest first."""
    free = (p for p in facts.payments if p.invoice_number is None and p.amount > 0)
    return tuple(sorted(free, key=lambda p: (p.received_on, p.id)))


def _lettering(
    facts: CaseFacts,
    customer: CustomerFacts,
    company: CompanyProfile,
    receipts: Sequence[PaymentFacts],
    said: dict[str, str],
) -> Any:
    named = [text for i in facts.open_invoices for text in (i.number, i.po_number)]
    ours = (company.name, company.address, company.team)
    return lettering_for(customer.name, customer.id, *ours, *named, *(p.reference for p in receipts), *said.values())


def _invoice_rows(sheet: Sheet, facts: CaseFacts, language: str, said: dict[str, str]) -> list[list[Any]]:
    heads = [said[name] for name in ("number", "issued", "due", "po", "amount", "open", "overdue")]
    rows: list[list[Any]] = [[sheet.cell(head, bold=True) for head in heads[:4]] + [*heads[4:6], _broken(heads[6])]]
    for invoice in facts.open_invoices:
        late = invoice.days_overdue(facts.today)
        part = contested_part(invoice)
        number: Any = sheet.cell(invoice.number)
        if part:
            label = said["disputed"].format(amount="").strip()
            amount = money(part, invoice.currency, language=language)
            number = [number, *(sheet.cell(line, size=7, soft=True) for line in (label, amount))]
        rows.append(
            [
                number,
                short_day(invoice.issue_date, language=language),
                short_day(invoice.due_date, language=language),
                sheet.cell(invoice.po_number),
                money(invoice.amount, invoice.currency, language=language),
                money(invoice.balance, invoice.currency, language=language),
                str(late) if late else "",
            ]
        )
    return rows


def _broken(head: str) -> str:
    """Set a heading of a narrow column on two lines."""
    first, _, rest = head.partition(" ")
    return f"{first}\n{rest}" if rest else head


def _set_totals(sheet: Sheet, totals: Totals, currency: str, language: str, said: dict[str, str]) -> None:
    def worded(amount: Decimal) -> str:
        return money(amount, currency, language=language)

    begin = sheet.mark()
    rows = [[said["total"], worded(totals.open)], [said["late"], worded(totals.late)]]
    if totals.contested:
        rows.append([said["contested"], worded(totals.contested)])
    strong = [0]
    if totals.unapplied:
        rows.append([said["unapplied"], worded(-totals.unapplied)])
        rows.append([said["remains"], worded(totals.open - totals.unapplied)])
        strong.append(len(rows) - 1)
    sheet.table(rows, (WIDTH - 110, 110), right_from=1, heading=False, strong=strong)
    sheet.gap(8)
    ages = [
        said["not_due"],
        *(said["days"].format(first=a + 1, last=b) for a, b in pairwise(AGES)),
        said["older"].format(last=AGES[-1]),
    ]
    width = WIDTH / len(ages)
    sheet.table([ages, [worded(amount) for amount in totals.ages]], [width] * len(ages), right_from=0)
    sheet.keep_together(begin)


def _set_receipts(sheet: Sheet, receipts: Sequence[PaymentFacts], language: str, said: dict[str, str]) -> None:
    rows: list[list[Any]] = [[said["received"], said["reference"], said["amount"]]]
    rows += [
        [
            short_day(p.received_on, language=language),
            sheet.cell(p.reference),
            money(p.amount, p.currency, language=language),
        ]
        for p in receipts
    ]
    sheet.table(rows, (84, WIDTH - 84 - 110, 110), right_from=2)
