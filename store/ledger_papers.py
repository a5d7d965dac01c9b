"""The PDFs of a ledger's folder: invoices in `documents/`, proofs of delivery in `documents/delivery/`, named by invoice number."""

from __future__ import annotations

import hashlib
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from store.documents import NotKept, add_document, check_pdf
from store.matters import CompanyDocument
from store.tables import Document
from store.vocabulary import DocumentKind


@dataclass(slots=True)
class LedgerPapers:
    """What was read, by invoice number, and what is wrong with a file, as (file, text)."""

    invoices: dict[str, bytes] = field(default_factory=dict)
    deliveries: dict[str, bytes] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


def read_papers(folder: Path, numbers: Set[str]) -> LedgerPapers:
    """Read both folders, either of which may be missing. Raises nothing: every fault is listed."""
    found = LedgerPapers()
    found.invoices = _read(folder, "documents", numbers, found.faults)
    found.deliveries = _read(folder / "delivery", "documents/delivery", numbers, found.faults)
    for number, content in found.deliveries.items():
        try:
            check_pdf(content)
        except NotKept as why:
            found.faults.append((f"documents/delivery/{number}.pdf", str(why)))
    return found


def _read(folder: Path, where: str, numbers: Set[str], faults: list[tuple[str, str]]) -> dict[str, bytes]:
    documents: dict[str, bytes] = {}
    for path in sorted(folder.glob("*.pdf")) if folder.is_dir() else []:
        file = f"{where}/{path.name}"
        if path.stem not in numbers:
            faults.append((file, "no such invoice number in invoices.csv"))
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            faults.append((file, f"cannot be read: {error.strerror}"))
            continue
        if not content.startswith(b"%PDF-"):
            faults.append((file, "is not a PDF"))
            continue
        documents[path.stem] = content
    return documents


def put_invoice_pdf(session: Session, number: str, content: bytes) -> int:
    """Store the PDF of an invoice by its hash; give 1 when it is new."""
    sha256 = hashlib.sha256(content).hexdigest()
    if session.get(Document, sha256) is not None:
        return 0
    session.add(Document(sha256=sha256, filename=f"{number}.pdf", content=content))
    return 1


def put_delivery(session: Session, number: str, content: bytes, *, actor: str, now: datetime) -> int:
    """Keep the proof of delivery of an invoice that is stored; give 1 when it is new.

    One that was kept before stays as it stands: what a person withdrew or replaced, no import brings back.
    """
    kind = DocumentKind.PROOF_OF_DELIVERY
    before = select(CompanyDocument.id).where(
        CompanyDocument.kind == kind,
        CompanyDocument.invoice_number == number,
        CompanyDocument.document_sha256 == hashlib.sha256(content).hexdigest(),
    )
    if session.exec(before).first() is not None:
        return 0
    name = f"proof-of-delivery-{number}.pdf"
    _, new = add_document(session, content, kind=kind, filename=name, invoice_number=number, actor=actor, now=now)
    return int(new)
