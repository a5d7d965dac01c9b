"""The PDFs that go along with an answer: stored ones by their hash, statements and corrected copies rendered from the ledger.

What cannot be had exactly as it is meant is refused with ValueError. Nothing here sends or stores anything.
"""

from __future__ import annotations

import hashlib
import re
from email import message_from_bytes, policy
from itertools import count

from sqlalchemy import Engine
from sqlmodel import Session, select

from mail.compose import Enclosure
from review.item import Item
from store.company import CompanyProfile
from store.engine import unit_of_work
from store.facts import CaseFacts
from store.proposed import Draft, Paper
from store.tables import Document, Outgoing
from store.vocabulary import DocumentKind

#: An invoice number has up to 300 letters, and no file system keeps a name of so many.
_LONGEST_NAME = 80


def enclosed(session: Session, draft: Draft, facts: CaseFacts, *, company: CompanyProfile) -> list[Enclosure]:
    """Give every PDF of a draft, in the order of `file_names`. Raises ValueError (threat T-28)."""
    contents = [
        *(_invoice(session, number, facts) for number in draft.attachments),
        *(_paper(session, paper, facts, company=company, language=draft.language) for paper in draft.papers),
    ]
    return [Enclosure(filename=n, content=c) for n, c in zip(file_names(draft), contents, strict=True)]


def file_names(draft: Draft) -> list[str]:
    """Name the PDFs of a draft: invoices first, no two alike."""
    names: list[str] = []
    for name in (*(f"{number}.pdf" for number in draft.attachments), *(paper.filename for paper in draft.papers)):
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name.removesuffix(".pdf")).strip("-._")[:_LONGEST_NAME] or "document"
        tried = (f"{stem}-{n}.pdf" for n in count(2))
        names.append(f"{stem}.pdf" if f"{stem}.pdf" not in names else next(t for t in tried if t not in names))
    return names


def enclosure_of(engine: Engine, item: Item, place: int, *, company: CompanyProfile) -> Enclosure | None:
    """Give one PDF of an item as it goes, or went, out; None when there is none at this place. Raises ValueError."""
    draft = item.proposal.draft
    if draft is None or not 0 <= place < len(file_names(draft)):
        return None
    with unit_of_work(engine) as session:
        mime = session.exec(select(Outgoing.mime).where(Outgoing.proposal_id == item.row.id)).first()
        if mime is not None:
            return _sent(mime, place)
        return enclosed(session, draft, item.facts, company=company)[place]


def _sent(mime: bytes, place: int) -> Enclosure | None:
    """Take a PDF out of a mail that we composed: what was approved, whatever the ledger says by now."""
    parts = list(message_from_bytes(mime, policy=policy.default).iter_attachments())
    if place >= len(parts):
        return None
    content = parts[place].get_payload(decode=True)
    return Enclosure(filename=parts[place].get_filename() or "document.pdf", content=bytes(content))


def _invoice(session: Session, number: str, facts: CaseFacts) -> bytes:
    invoice = facts.invoice(number)
    return _stored(session, invoice.document_sha256 if invoice else None, what=f"PDF of {number}")


def _paper(session: Session, paper: Paper, facts: CaseFacts, *, company: CompanyProfile, language: str) -> bytes:
    # Rendering is loaded where it is needed: most mails have none.
    match paper.kind:
        case "statement":
            from prompts.statement import statement_pdf

            return statement_pdf(facts, company=company, language=language)
        case "corrected_invoice":
            from prompts.corrected_invoice import corrected_invoice_pdf

            number, order = paper.invoice_number or "", paper.po_number or ""
            return corrected_invoice_pdf(facts, number, po_number=order, company=company, language=language)
        case _:
            known = [
                d for d in facts.documents if d.sha256 == paper.sha256 and d.invoice_number == paper.invoice_number
            ]
            if not known or any(d.kind is DocumentKind.BANK_LETTER for d in known):
                raise ValueError(f"{paper.filename} is no document that may go to this customer")
            return _stored(session, paper.sha256, what=f"document {paper.filename}")


def _stored(session: Session, sha256: str | None, *, what: str) -> bytes:
    document = session.get(Document, sha256) if sha256 else None
    if document is None or hashlib.sha256(document.content).hexdigest() != sha256:
        raise ValueError(f"the stored {what} is missing or was changed")
    return document.content
