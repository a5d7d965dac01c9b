"""Sets the claim as one PDF for whoever collects it: who, what, since when, what was written, promised and contested. In English.

Figures come from the ledger and from the policy's own table; what we expect of each way to collect is ours, and stands on the
decision sheet alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from outreach.handing_off_claim import ClaimLine, legal_basis, totals
from outreach.handing_off_strangers import Looking
from prompts.lettering import lettering_for
from prompts.sheet import WIDTH, Sheet, short_day
from prompts.wording import money
from store.company import CompanyProfile
from store.facts import CaseFacts
from store.last_resort_loading import Gathered, PacketMail
from tools.limits import Policy

_LANGUAGE = "en"
#: So many letters of a mail stand in the PDF; all of it lies beside, as text and as it came.
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """All that a packet tells: the account, the lines of the claim, the conversation, and what must be known."""

    number: int
    facts: CaseFacts
    lines: Sequence[ClaimLine]
    gathered: Gathered
    mails: Sequence[PacketMail]
    said: Sequence[str]
    policy: Policy
    company: CompanyProfile
    looking: Looking


def claim_pdf(file: ClaimFile) -> bytes:
    """Render the claim. The same input gives the same bytes."""
    facts = file.facts
    assert facts.customer is not None, "a claim is somebody's"
    sheet = open_sheet(file)
    sheet.address(
        facts.customer,
        title="Claim for collection",
        subtitle=f"Hand-off {file.number}",
        dated=f"As of {day_words(facts.today)}",
    )
    _claim(sheet, file)
    _debtor(sheet, facts)
    heading(sheet, "Basis")
    for line in legal_basis(file.lines, policy=file.policy):
        sheet.say(line)
    if file.said:
        heading(sheet, "To be known")
        for line in file.said:
            sheet.say(f"· {line}")
    _reminders(sheet, file)
    _agreed(sheet, file)
    _disputes(sheet, file)
    _thread(sheet, file)
    return sheet.draw(f"Claim {file.number} {facts.customer.id}")


def _claim(sheet: Sheet, file: ClaimFile) -> None:
    charged = any(line.charge is not None and line.charge.total for line in file.lines)
    heads = ["Invoice", "Date", "Due", "Days late", "Amount", "Open"]
    rows: list[list[Any]] = [heads + (["Interest", "Fixed sum"] if charged else [])]
    for line in file.lines:
        invoice, charge = line.invoice, line.charge
        currency = invoice.currency
        more = [charge.interest, charge.fixed] if charge else [None, None]
        rows.append(
            [
                sheet.cell(invoice.number, size=7 if charged else 8),
                short_day(invoice.issue_date, language=_LANGUAGE),
                short_day(invoice.due_date, language=_LANGUAGE),
                str(line.days_late),
                money_words(invoice.amount, currency),
                money_words(line.open, currency),
                *([money_words(amount, currency) if amount else "" for amount in more] if charged else []),
            ]
        )
    widths = (66, 58, 58, 44, 74, 74, 66, 55) if charged else (115, 75, 75, 50, 90, 90)
    sheet.table(rows, widths, right_from=3)
    sheet.gap(8)
    for currency, (principal, interest, fixed) in totals(file.lines).items():
        parts = [["Open", money_words(principal, currency)]]
        parts += [["Interest", money_words(interest, currency)]] if interest else []
        parts += [["Fixed sums", money_words(fixed, currency)]] if fixed else []
        parts.append(["Claimed in all", money_words(principal + interest + fixed, currency)])
        sheet.table(parts, (WIDTH - 110, 110), right_from=1, heading=False, strong=[len(parts) - 1])
        sheet.gap(6)


def _debtor(sheet: Sheet, facts: CaseFacts) -> None:
    heading(sheet, "Contacts at the debtor")
    rows: list[list[Any]] = [["Name", "Role", "Address", "Standing"]]
    for contact in facts.contacts:
        standing = f"{contact.status.value.replace('_', ' ')}, mail: {contact.delivery.value}"
        rows.append([sheet.cell(t) for t in (contact.name, contact.role, contact.email, standing)])
    if len(rows) == 1:
        sheet.say("No contact is known.")
        return
    sheet.table(rows, (120, 70, 185, WIDTH - 375), right_from=4)


def _reminders(sheet: Sheet, file: ClaimFile) -> None:
    heading(sheet, "Reminders sent")
    rows: list[list[Any]] = [["Day", "To", "Subject"]]
    rows += [
        [
            _moment(file.facts, mail.at),
            sheet.cell(mail.who),
            sheet.cell(mail.subject + (" (delivery uncertain)" if mail.uncertain else "")),
        ]
        for mail in file.mails
        if mail.reminder
    ]
    if len(rows) == 1:
        sheet.say("No reminder was sent from here; what was written stands in the conversation below.")
        return
    sheet.table(rows, (110, 165, WIDTH - 275), right_from=3)


def _agreed(sheet: Sheet, file: ClaimFile) -> None:
    facts = file.facts
    rows: list[list[Any]] = [["What", "Invoices", "Day", "Sum", "How it ended"]]
    for promise in facts.promises:
        amount = money_words(promise.amount, promise.currency) if promise.amount is not None else "the open sum"
        rows.append(
            ["Promise", sheet.cell(", ".join(promise.invoices)), day_words(promise.due), amount, promise.status]
        )
    for plan in facts.plans:
        day = day_words(plan.ended_on) if plan.ended_on else (day_words(plan.offered_on) if plan.offered_on else "")
        rows.append(
            ["Plan", sheet.cell(", ".join(plan.invoices)), day, money_words(plan.total, plan.currency), plan.status]
        )
    heading(sheet, "Promises and plans")
    if len(rows) == 1:
        sheet.say("None is on record.")
        return
    sheet.table(rows, (60, 165, 90, 90, WIDTH - 405), right_from=5)


def _disputes(sheet: Sheet, file: ClaimFile) -> None:
    heading(sheet, "Disputes")
    for dispute in file.gathered.disputes:
        head = f"{dispute.invoice}: {dispute.kind.replace('_', ' ')}, {dispute.status}"
        sheet.say(head + (f" on {dispute.ended_on}" if dispute.ended_on else ""), bold=True, after=1)
        for label, text in (("Customer", dispute.statement), ("We", dispute.ending)):
            if text:
                sheet.say(f"{label}: {file.looking.note(text)}")
    if not file.gathered.disputes:
        sheet.say("Nothing was ever contested.")


def _thread(sheet: Sheet, file: ClaimFile) -> None:
    begin = sheet.mark()
    heading(sheet, "The conversation")
    for place, mail in enumerate(file.mails, start=1):
        whom = f"from us to {mail.who}" if mail.ours else f"from {mail.who}"
        sheet.say(f"{place}. {_moment(file.facts, mail.at)}, {whom}", bold=True, after=1)
        sheet.say(mail.subject, soft=True, after=2)
        if place == 1:
            sheet.keep_together(begin)
        for line in _lines(mail.text):
            sheet.say(line, size=8, after=1)
        sheet.gap(6)
    if not file.mails:
        sheet.say("No mail is on record.")


def _lines(text: str) -> Iterable[str]:
    for line in text[:_LONGEST].splitlines():
        if line.strip():
            yield line.strip()
    if len(text) > _LONGEST:
        yield "… (the whole mail lies in the folder thread)"


def open_sheet(file: ClaimFile) -> Sheet:
    """Begin a document about a claim, in letters that all its words have."""
    facts = file.facts
    assert facts.customer is not None, "a claim is somebody's"
    texts = [facts.customer.name, file.company.name, file.company.address, *(c.name for c in facts.contacts)]
    texts += [part for mail in file.mails for part in (mail.subject, mail.who, mail.text[:_LONGEST])]
    return Sheet(lettering_for(*texts), language=_LANGUAGE, company=file.company)


def heading(sheet: Sheet, text: str) -> None:
    """Set a heading."""
    sheet.gap(10)
    sheet.say(text, size=11, bold=True, after=4)


def day_words(day: date) -> str:
    """Write a day."""
    return f"{day.day} {day:%B %Y}"


def _moment(facts: CaseFacts, at: datetime) -> str:
    zone = ZoneInfo(facts.customer.timezone) if facts.customer else ZoneInfo("UTC")
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}"


def money_words(amount: Decimal, currency: str) -> str:
    """Write an amount with its currency."""
    return money(amount, currency, language=_LANGUAGE)
