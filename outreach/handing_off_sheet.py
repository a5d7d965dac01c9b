"""Sets the claim as one PDF for whoever collects it: who, what, since when, what was written, promised and contested.

Figures come from the ledger and from the policy's own table; what we expect of each way to collect is ours, and stands on the
decision sheet alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from outreach.handing_off_claim import ClaimLine, legal_basis, totals
from outreach.handing_off_ground import Known
from outreach.handing_off_strangers import Looking
from outreach.handing_off_thread import conversation, heading_of, moment_words, shortened
from prompts.lettering import lettering_for
from prompts.sheet import WIDTH, Sheet, short_day, words
from prompts.wording import long_date, money
from store.company import CompanyProfile
from store.facts import CaseFacts
from store.last_resort_loading import Gathered
from store.last_resort_thread import PacketMail
from tools.limits import Policy

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """All that a packet tells: the account, the lines of the claim, the conversation, and what must be known."""

    number: int
    facts: CaseFacts
    lines: Sequence[ClaimLine]
    gathered: Gathered
    mails: Sequence[PacketMail]
    said: Sequence[Known]
    policy: Policy
    company: CompanyProfile
    looking: Looking


def claim_pdf(file: ClaimFile) -> bytes:
    """Render the claim, in the company's language. The same input gives the same bytes."""
    facts, language = file.facts, file.company.language
    assert facts.customer is not None, "a claim is somebody's"
    w = words(language, "claim")
    sheet = open_sheet(file, language=language)
    sheet.address(
        facts.customer,
        title=w["title"],
        subtitle=w["hand_off"].format(number=file.number),
        dated=words(language, "statement")["as_of"].format(date=day_words(facts.today, language)),
    )
    _claim(sheet, file, w)
    _debtor(sheet, facts, w)
    heading(sheet, w["basis"])
    for line in legal_basis(file.lines, policy=file.policy, language=language):
        sheet.say(line)
    if file.said:
        heading(sheet, w["known"])
        for known in file.said:
            sheet.say(f"· {known.words(language)}")
    _reminders(sheet, file, w)
    _agreed(sheet, file, w)
    _disputes(sheet, file, w)
    conversation(sheet, file, w)
    return sheet.draw(f"{w['title']} {file.number} {facts.customer.id}")


def _claim(sheet: Sheet, file: ClaimFile, w: Words) -> None:
    language, own = file.company.language, words(file.company.language, "statement")
    charged = any(line.charge is not None and line.charge.total for line in file.lines)
    heads = [own[name] for name in ("number", "issued", "due", "overdue", "amount", "open")]
    heads += [w["interest"], w["fixed_sum"]] if charged else []
    rows: list[list[Any]] = [[sheet.cell(head, size=7 if charged else 8, bold=True) for head in heads]]
    for line in file.lines:
        invoice, charge = line.invoice, line.charge
        currency = invoice.currency
        more = [charge.interest, charge.fixed] if charge else [None, None]
        rows.append(
            [
                sheet.cell(invoice.number, size=7 if charged else 8),
                short_day(invoice.issue_date, language=language),
                short_day(invoice.due_date, language=language),
                str(line.days_late),
                money_words(invoice.amount, currency, language),
                money_words(line.open, currency, language),
                *([money_words(amount, currency, language) if amount else "" for amount in more] if charged else []),
            ]
        )
    widths = (66, 58, 58, 44, 74, 74, 66, 55) if charged else (115, 75, 75, 50, 90, 90)
    sheet.table(rows, widths, right_from=3)
    sheet.gap(8)
    for currency, (principal, interest, fixed) in totals(file.lines).items():
        parts = [[own["open"], money_words(principal, currency, language)]]
        parts += [[w["interest"], money_words(interest, currency, language)]] if interest else []
        parts += [[w["fixed_sums"], money_words(fixed, currency, language)]] if fixed else []
        parts.append([w["claimed"], money_words(principal + interest + fixed, currency, language)])
        sheet.table(parts, (WIDTH - 110, 110), right_from=1, heading=False, strong=[len(parts) - 1])
        sheet.gap(6)


def _debtor(sheet: Sheet, facts: CaseFacts, w: Words) -> None:
    heading(sheet, w["contacts"])
    rows: list[list[Any]] = [[w[name] for name in ("name", "role", "address", "standing")]]
    for contact in facts.contacts:
        standing = f"{w[f'contact_{contact.status.value}']}, {w[f'mail_{contact.delivery.value}']}"
        rows.append([sheet.cell(t) for t in (contact.name, contact.role, contact.email, standing)])
    if len(rows) == 1:
        sheet.say(w["no_contact"])
        return
    sheet.table(rows, (120, 70, 185, WIDTH - 375), right_from=4)


def _reminders(sheet: Sheet, file: ClaimFile, w: Words) -> None:
    heading(sheet, w["reminders"])
    rows: list[list[Any]] = [[w["day"], w["to"], w["subject"]]]
    rows += [
        [
            sheet.cell(moment_words(file, mail)),
            sheet.cell(mail.who),
            sheet.cell(heading_of(mail, file) + (f" ({w['uncertain']})" if mail.uncertain else "")),
        ]
        for mail in file.mails
        if mail.reminder
    ]
    if len(rows) == 1:
        sheet.say(w["no_reminder"])
        return
    sheet.table(rows, (120, 165, WIDTH - 285), right_from=3)


def _agreed(sheet: Sheet, file: ClaimFile, w: Words) -> None:
    facts, language = file.facts, file.company.language
    rows: list[list[Any]] = [[w[name] for name in ("what", "invoices", "day", "sum", "ended")]]
    for promise in facts.promises:
        amount = (
            money_words(promise.amount, promise.currency, language) if promise.amount is not None else w["open_sum"]
        )
        row = [", ".join(promise.invoices), day_words(promise.due, language), amount, w[f"state_{promise.status}"]]
        rows.append([w["promise"], *(sheet.cell(text) for text in row)])
    for plan in facts.plans:
        on = plan.ended_on or plan.offered_on
        total = money_words(plan.total, plan.currency, language)
        row = [", ".join(plan.invoices), day_words(on, language) if on else "", total, w[f"state_{plan.status}"]]
        rows.append([w["plan"], *(sheet.cell(text) for text in row)])
    heading(sheet, w["agreed"])
    if len(rows) == 1:
        sheet.say(w["none"])
        return
    sheet.table(rows, (70, 155, 90, 90, WIDTH - 405), right_from=5)


def _disputes(sheet: Sheet, file: ClaimFile, w: Words) -> None:
    heading(sheet, w["disputes"])
    for dispute in file.gathered.disputes:
        head = f"{dispute.invoice}: {w[f'kind_{dispute.kind}']}, {w[f'state_{dispute.status}']}"
        sheet.say(head + (f", {dispute.ended_on}" if dispute.ended_on else ""), bold=True, after=1)
        for label, text in ((w["customer"], dispute.statement), (w["we"], dispute.ending)):
            if text:
                sheet.say(f"{label}: {file.looking.note(text)}")
    if not file.gathered.disputes:
        sheet.say(w["none_contested"])


def open_sheet(file: ClaimFile, *, language: str) -> Sheet:
    """Begin a document about a claim, in letters that all its words have."""
    facts = file.facts
    assert facts.customer is not None, "a claim is somebody's"
    texts = [facts.customer.name, file.company.name, file.company.address, *(c.name for c in facts.contacts)]
    texts += [part for mail in file.mails for part in (mail.subject, mail.who, shortened(mail.text))]
    return Sheet(lettering_for(*texts), language=language, company=file.company)


def heading(sheet: Sheet, text: str) -> None:
    """Set a heading."""
    sheet.gap(10)
    sheet.say(text, size=11, bold=True, after=4)


def day_words(day: date, language: str) -> str:
    """Write a day."""
    return long_date(day, language=language)


def money_words(amount: Decimal, currency: str, language: str) -> str:
    """Write an amount with its currency."""
    return money(amount, currency, language=language)
