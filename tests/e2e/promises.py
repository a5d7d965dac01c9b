"""One promise, many times over: a ledger of any number of customers, the mails they write, and a model that understands them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evals.model_server import Answer, reply
from tests.e2e import installations

_LEFT_OPEN = (
    "amount",
    "reference",
    "dispute_kind",
    "po_number",
    "contact_name",
    "contact_email",
    "portal",
    "document",
    "instalments",
)
_HEADS = {
    "customers": "customer_id,name,currency,language,timezone,tier,owner",
    "contacts": "customer_id,name,email,role",
    "invoices": "invoice_number,customer_id,issue_date,due_date,currency,amount,balance,po_number,description",
    "payments": "payment_id,customer_id,invoice_number,received_on,currency,amount,reference",
}


def write_ledger(folder: Path, *, customers: int) -> Path:
    """Write the ledger: customer K7 owes invoice W-107. Mail to them may leave at this hour."""
    folder.mkdir()
    zone = "Etc/UTC" if 9 <= datetime.now(UTC).hour < 20 else "Etc/GMT-12"
    all_of_them = range(1, customers + 1)
    rows = {
        "customers": [f"K{n},Firm {n} Ltd,GBP,en,{zone},standard,Ines Roth" for n in all_of_them],
        "contacts": [f"K{n},Moira Tate,moira@firm{n}.example,ap" for n in all_of_them],
        "invoices": [f"{invoice(n)},K{n},2026-01-20,2026-02-19,GBP,9{n}.00,9{n}.00,,Cutters" for n in all_of_them],
        "payments": [],
    }
    for name, head in _HEADS.items():
        (folder / f"{name}.csv").write_text("\n".join([head, *rows[name], ""]))
    return folder


def invoice(customer: int) -> str:
    """Give the number of what a customer owes."""
    return f"W-1{customer:02}"


def header(customer: int, mail: int) -> str:
    """Give the Message-ID of a customer's mail."""
    return f"<m{mail}@firm{customer}.example>"


def mail_of(customer: int, mail: int, *, to: str) -> bytes:
    """Make a mail of a customer: it promises to pay next week."""
    return installations.reply(
        f"Moira Tate <moira@firm{customer}.example>",
        f"Morning,\n\n{_words(customer)}. This is mail {mail} of ours.\n\nMoira\n",
        to=to,
        subject=f"Re: {invoice(customer)}",
        message_id=header(customer, mail),
    )


def about(request: dict[str, Any]) -> tuple[int, int | None]:
    """Say which customer a question to the model is about, and which mail it is to read; None where it is to write."""
    said = "\n".join(str(message["content"]) for message in request["messages"])
    number, mail = re.search(r"W-1(\d\d+)", said), re.search(r"mail (\d+) of ours", said)
    assert number is not None, said
    if "You read replies" not in said:
        return int(number[1]), None
    assert mail is not None, said
    return int(number[1]), int(mail[1])


def answered(request: dict[str, Any]) -> Answer:
    """Answer as a good model: it reads the promise, and writes with slots."""
    customer, reads = about(request)
    if reads is None:
        body = (
            "Dear {{ contact.salutation }},\n\nThank you for letting us know about invoice "
            f'{{{{ inv["{invoice(customer)}"].number }}}}. We have noted your payment for {{{{ promise.date }}}} and are '
            "counting on it.\n\nKind regards"
        )
        return reply({"body": body})
    claim: dict[str, Any] = {
        "reason": "promise_to_pay",
        "invoices": [invoice(customer)],
        "evidence": _words(customer),
        "confidence": 0.97,
        "date": _day(),
    }
    return reply({"claims": [claim | dict.fromkeys(_LEFT_OPEN)]})


def _words(customer: int) -> str:
    return f"{invoice(customer)} is in the run that leaves on {_day()}"


def _day() -> str:
    # A worker lives in the real present: the mails name a day of next week.
    due = datetime.now(UTC).date() + timedelta(days=6)
    return f"{due.day} {due:%B %Y}"
