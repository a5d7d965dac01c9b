"""A small ledger for tests: two customers of Fernhill Tooling, written as the CSV files that a user would bring."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from store.inbound import InboundEmail
from store.ledger import import_ledger, read_ledger
from store.vocabulary import MessageKind

NOW = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)

FILES = {
    "customers.csv": (
        "customer_id,name,currency,language,timezone,tier,owner\n"
        "K1,Bracken Joinery Ltd,GBP,en,Europe/London,standard,Ines Roth\n"
        "K2,Zimmerei Halder,EUR,de,Europe/Berlin,key,Ines Roth\n"
    ),
    "contacts.csv": (
        "customer_id,name,email,role\n"
        "K1,Moira Tate,moira@bracken.example,ap\n"
        "K1,Gwyn Bracken,gwyn@bracken.example,owner\n"
        "K2,Uwe Halder,buero@halder.example,ap\n"
    ),
    "invoices.csv": (
        "invoice_number,customer_id,issue_date,due_date,currency,amount,balance,po_number,description\n"
        "F-5501,K1,2026-01-20,2026-02-19,GBP,1800.00,1800.00,PO-311,Router cutters\n"
        "F-5502,K1,2026-02-10,2026-03-12,GBP,640.50,320.25,PO-318,Saw blades\n"
        "F-5503,K2,2026-02-01,2026-03-03,EUR,2450.00,2450.00,,Chisel set\n"
        "F-5504,K2,2025-11-01,2025-12-01,EUR,99.00,0.00,,Gloves\n"
    ),
    "payments.csv": (
        "payment_id,customer_id,invoice_number,received_on,currency,amount,reference\n"
        "P1,K1,F-5502,2026-03-20,GBP,320.25,BRACKEN PART\n"
        "P2,K2,F-5504,2025-12-01,EUR,99.00,HALDER\n"
    ),
}


def write_ledger(folder: Path, **changed: str) -> Path:
    """Write the files; `changed` replaces some of them by name without ending."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(changed.get(name.removesuffix(".csv"), text), "utf-8")
    return folder


def load_ledger(session: Session, folder: Path) -> None:
    """Import the small ledger, with a PDF for one invoice."""
    write_ledger(folder)
    (folder / "documents").mkdir(exist_ok=True)
    (folder / "documents" / "F-5501.pdf").write_bytes(b"%PDF-1.4\n% router cutters\n%%EOF\n")
    import_ledger(session, read_ledger(folder), actor="test", now=NOW)


def email(text: str = "We pay on Friday.", **fields: object) -> InboundEmail:
    """Make a parsed mail from Moira Tate."""
    values: dict[str, object] = {
        "kind": MessageKind.REPLY,
        "message_id": "<m1@bracken.example>",
        "from_address": "moira@bracken.example",
        "from_name": "Moira Tate",
        "subject": "Re: F-5501",
        "sent_at": NOW,
        "new_text": text,
    }
    return InboundEmail.model_validate(values | fields)
