"""Makes a copy of an invoice on which the order reference is amended. Never a new invoice: number, dates and amounts are the ledger's.

A pure function. Whether such a copy may be made at all, the policy says (`corrected_document` of the profile).
"""

from __future__ import annotations

from typing import Any

from prompts.lettering import lettering_for
from prompts.sheet import WIDTH, Sheet, words
from prompts.wording import long_date, money
from store.company import CompanyProfile
from store.facts import CaseFacts

_LABEL = 190.0


def corrected_invoice_pdf(
    facts: CaseFacts, number: str, *, po_number: str, company: CompanyProfile, language: str
) -> bytes:
    """Render the copy of one of this customer's invoices with another order number. Raises ValueError where it is none."""
    customer, invoice = facts.customer, facts.invoice(number)
    if customer is None or invoice is None:
        raise ValueError(f"{number} is no invoice of this customer")
    if not po_number.strip():
        raise ValueError("the new order number is missing")
    said = words(language, "corrected")
    issued = long_date(invoice.issue_date, language=language)
    today = long_date(facts.today, language=language)
    ours = (company.name, company.address, company.team)
    theirs = (customer.name, customer.id, number, invoice.po_number, po_number, invoice.description)
    sheet = Sheet(lettering_for(*ours, *theirs, *said.values()), language=language, company=company)
    title = said["title"].format(number=number)
    sheet.address(customer, title=title, subtitle=said["subtitle"], dated=said["made"].format(date=today))
    rows: list[tuple[str, str]] = [
        (said["order"], po_number),
        (said["before"], invoice.po_number or said["none"]),
        (said["invoice"], number),
        (said["issued"], issued),
        (said["due"], long_date(invoice.due_date, language=language)),
        (said["description"], invoice.description),
        (said["amount"], money(invoice.amount, invoice.currency, language=language)),
    ]
    if invoice.balance != invoice.amount:
        still_open = money(invoice.balance, invoice.currency, language=language)
        rows.append((said["open"].format(date=today), still_open))
    table: list[list[Any]] = [
        [sheet.cell(label, size=9, soft=True), sheet.cell(value, size=9, bold=place in (0, 6))]
        for place, (label, value) in enumerate(rows)
    ]
    sheet.table(table, (_LABEL, WIDTH - _LABEL), right_from=2, heading=False)
    sheet.gap(18)
    sheet.say(said["note"].format(number=number, date=issued), size=8.5, soft=True)
    return sheet.draw(title)
