"""Keeps the documents of ours that customers ask for (a W-9, a proof of delivery), by hash. It sends nothing.

One document is in force for a kind and an invoice: adding another one withdraws the one before, and nothing is ever deleted.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store import audit
from store.matters import CompanyDocument
from store.tables import Document, Invoice
from store.vocabulary import DocumentKind

#: The largest document that is kept: encoded it grows by a third, and a mail has at most 5 MB (rule R-HDR-03).
MAX_DOCUMENT = 3_000_000
#: Of the company as a whole, and of no invoice.
OF_THE_COMPANY = frozenset({DocumentKind.W9, DocumentKind.BANK_LETTER})
#: Of one invoice, and never of the company.
OF_AN_INVOICE = frozenset({DocumentKind.PROOF_OF_DELIVERY})
#: What can be kept; a statement is rendered from the ledger, and what is "other" nobody could find again.
KEPT = OF_THE_COMPANY | OF_AN_INVOICE | {DocumentKind.VENDOR_FORM, DocumentKind.CONTRACT}


class NotKept(ValueError):
    """A document cannot be kept. The text is for a person."""


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document with its name and size, as a list shows it."""

    id: int
    kind: DocumentKind
    invoice_number: str | None
    filename: str
    sha256: str
    size: int
    added_by: str
    added_at: datetime
    withdrawn_at: datetime | None


def check_pdf(content: bytes) -> None:
    """Raise NotKept for what is no PDF, or too large for a mail."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise NotKept("is not a PDF: only PDF documents are sent")
    if len(content) > MAX_DOCUMENT:
        raise NotKept(f"has {len(content)} bytes, more than {MAX_DOCUMENT}: it would not fit into a mail")


def plain_name(name: str) -> str:
    """Give a file name that every mail program keeps: plain letters, no path, no second ending, `.pdf`."""
    stem = re.sub(r"\.pdf$", "", re.split(r"[/\\]", name)[-1], flags=re.IGNORECASE)
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")
    return (plain[:80].strip("-._") or "document") + ".pdf"


def add_document(
    session: Session,
    content: bytes,
    *,
    kind: DocumentKind,
    filename: str,
    invoice_number: str | None,
    actor: str,
    now: datetime,
) -> tuple[CompanyDocument, bool]:
    """Keep a PDF, and withdraw the one before; give the row and whether it is new. Raises NotKept."""
    audit.take_turn(session)
    _check_place(session, kind, invoice_number)
    check_pdf(content)
    sha256 = hashlib.sha256(content).hexdigest()
    before = _in_force(session, kind, invoice_number)
    same = next((row for row in before if row.document_sha256 == sha256), None)
    if same is not None:
        return same, False
    if session.get(Document, sha256) is None:
        session.add(Document(sha256=sha256, filename=plain_name(filename), content=content))
        session.flush()
    for row in before:
        _withdraw(session, row, actor=actor, now=now)
    added = CompanyDocument(
        kind=kind, invoice_number=invoice_number, document_sha256=sha256, added_by=actor, added_at=now
    )
    session.add(added)
    session.flush()
    _note(session, added, "document.added", actor=actor, now=now)
    return added, True


def withdraw_document(session: Session, number: int, *, actor: str, now: datetime) -> CompanyDocument:
    """Take a document out of use. Raises NotKept when there is none of this number in force."""
    audit.take_turn(session)
    row = session.get(CompanyDocument, number)
    if row is None:
        raise NotKept(f"there is no document {number}")
    if row.withdrawn_at is not None:
        raise NotKept(f"document {number} was withdrawn on {row.withdrawn_at:%Y-%m-%d}")
    _withdraw(session, row, actor=actor, now=now)
    return row


def kept_documents(session: Session, *, withdrawn: bool = False) -> list[KeptDocument]:
    """List the documents in force, and with `withdrawn` also those that were, oldest first."""
    wanted = (
        select(CompanyDocument, Document)
        .join(Document, col(Document.sha256) == col(CompanyDocument.document_sha256))
        .order_by(col(CompanyDocument.id))
    )
    if not withdrawn:
        wanted = wanted.where(col(CompanyDocument.withdrawn_at).is_(None))
    return [
        KeptDocument(
            id=row.id or 0,
            kind=DocumentKind(row.kind),
            invoice_number=row.invoice_number,
            filename=document.filename,
            sha256=row.document_sha256,
            size=len(document.content),
            added_by=row.added_by,
            added_at=row.added_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row, document in session.exec(wanted)
    ]


def _check_place(session: Session, kind: DocumentKind, invoice_number: str | None) -> None:
    if kind not in KEPT:
        kinds = ", ".join(sorted(KEPT))
        why = "a statement is made from the ledger whenever it is asked for" if kind == "statement" else "choose a kind"
        raise NotKept(f"{kind.value} documents are not kept: {why} ({kinds})")
    if kind in OF_AN_INVOICE and invoice_number is None:
        raise NotKept(f"{kind.value}: name the invoice that it belongs to")
    if kind in OF_THE_COMPANY and invoice_number is not None:
        raise NotKept(f"{kind.value} is a document of the company: leave the invoice out")
    if invoice_number is not None and session.get(Invoice, invoice_number) is None:
        raise NotKept(f"{invoice_number} is no invoice in the ledger")


def _in_force(session: Session, kind: DocumentKind, invoice_number: str | None) -> list[CompanyDocument]:
    return list(
        session.exec(
            select(CompanyDocument).where(
                CompanyDocument.kind == kind,
                CompanyDocument.invoice_number == invoice_number,
                col(CompanyDocument.withdrawn_at).is_(None),
            )
        )
    )


def _withdraw(session: Session, row: CompanyDocument, *, actor: str, now: datetime) -> None:
    row.withdrawn_at = now
    _note(session, row, "document.withdrawn", actor=actor, now=now)


def _note(session: Session, row: CompanyDocument, event: str, *, actor: str, now: datetime) -> None:
    audit.append(
        session,
        at=now,
        actor=actor,
        event=event,
        subject=f"document:{row.id}",
        payload={"kind": row.kind, "invoice": row.invoice_number, "sha256": row.document_sha256},
    )
