"""Puts the packet for an agency or an attorney together: one ZIP with the claim, the papers and the whole conversation, one PDF in it to read.

A pure function of what was loaded: the same input gives the same bytes, so that a digest shows later what was handed over. Nothing is
sent. No file in it names another customer; what would is left out whole, and said.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from outreach.handing_off_claim import ClaimLine, claim_lines
from outreach.handing_off_decision import decision_pdf
from outreach.handing_off_figures import Comparison, compare
from outreach.handing_off_ground import Known, ground_of
from outreach.handing_off_sheet import ClaimFile, claim_pdf
from outreach.handing_off_strangers import Looking
from outreach.handing_off_thread import heading_of
from prompts.sheet import words
from prompts.statement import statement_pdf
from store.company import CompanyProfile
from store.csv_cells import MARK, csv_text
from store.documents import plain_name
from store.facts import CaseFacts
from store.last_resort import claimable
from store.last_resort_loading import Gathered, Strangers
from store.last_resort_thread import PacketMail
from store.outreach_words import Channel
from tools.limits import Policy


@dataclass(frozen=True, slots=True)
class Packet:
    """What would be handed over, and what stands against it. `content`: the ZIP; `decision`: our own sheet, no part of it."""

    content: bytes
    decision: bytes
    files: tuple[str, ...]
    refused: tuple[str, ...]
    said: tuple[str, ...]
    compared: tuple[Comparison, ...]
    lines: tuple[ClaimLine, ...]
    left_out: int

    @property
    def sha256(self) -> str:
        """Hash of the ZIP, as it is kept in the log."""
        return hashlib.sha256(self.content).hexdigest()


def packet_of(
    facts: CaseFacts,
    *,
    number: int,
    invoices: Sequence[str],
    gathered: Gathered,
    strangers: Strangers,
    company: CompanyProfile,
    policy: Policy,
    seen: Mapping[str, Decimal] | None = None,
    risks: Sequence[str] = (),
) -> Packet:
    """Put the packet for these invoices together. `number`: of the hand-off. `seen`: money that a bank line shows, by invoice.

    `risks`: what the risk model says of them, in words, for our own sheet.
    """
    looking = Looking(strangers, facts)
    facts = _without_others(facts, looking)
    about = claimable(facts, [n for n in invoices if facts.invoice(n) is not None])
    ground = ground_of(facts, about, gathered, policy=policy, seen=seen)
    mails = [mail for mail in gathered.mails if not looking.mail(mail)]
    left_out = len(gathered.mails) - len(mails)
    said = ground.said
    if left_out:
        said = (*said, Known("left_out", values=(("count", str(left_out)),)))
    lines = claim_lines(about, today=facts.today, policy=policy)
    file = ClaimFile(
        number=number,
        facts=facts,
        lines=lines,
        gathered=gathered,
        mails=mails,
        said=said,
        policy=policy,
        company=company,
        looking=looking,
    )
    compared = tuple(compare(about, today=facts.today, limits=policy.last_resort))
    contents = dict(_contents(file))
    return Packet(
        content=_zip(contents, day=facts.today),
        decision=decision_pdf(file, compared, refused=ground.refused, risks=risks),
        files=tuple(sorted(contents)),
        refused=ground.refused,
        said=tuple(one.words("en") for one in said),
        compared=compared,
        lines=tuple(lines),
        left_out=left_out,
    )


def _without_others(facts: CaseFacts, looking: Looking) -> CaseFacts:
    """Blank what names another customer in words that came from a bank or an ERP."""
    payments = tuple(p.model_copy(update={"reference": looking.note(p.reference)}) for p in facts.payments)
    invoices = tuple(
        i.model_copy(update={"description": looking.note(i.description), "po_number": looking.note(i.po_number)})
        for i in facts.invoices
    )
    contacts = tuple(c for c in facts.contacts if not looking.names_another(c.name, c.email))
    return facts.model_copy(update={"payments": payments, "invoices": invoices, "contacts": contacts})


def _contents(file: ClaimFile) -> Iterator[tuple[str, bytes]]:
    """Give every file of the packet with its path."""
    facts = file.facts
    yield "claim.pdf", claim_pdf(file)
    yield "statement.pdf", statement_pdf(facts, company=file.company, language=file.company.language)
    yield "claim.csv", _csv(_CLAIM, _claim_rows(file))
    yield (
        "contacts.csv",
        _csv(_CONTACTS, ((c.name, c.role, c.email, c.status.value, c.delivery.value) for c in facts.contacts)),
    )
    yield "history.csv", _csv(_HISTORY, _history(file))
    yield "thread/mails.csv", _csv(_MAILS, _mail_rows(file))
    for folder, papers in (("invoices", file.gathered.invoices), ("delivery", file.gathered.deliveries)):
        for paper in papers:
            yield f"{folder}/{plain_name(paper.invoice)}", paper.content
    for place, mail in enumerate(file.mails, start=1):
        stem = _stem(place, mail)
        yield f"{stem}.txt", _text(mail, file).encode("utf-8")
        if mail.raw and mail.way in _AS_IT_WENT:
            yield f"{stem}.{_AS_IT_WENT[mail.way]}", mail.raw


def _zip(contents: Mapping[str, bytes], *, day: date) -> bytes:
    """Pack the files with a list of their hashes. No time of day gets in, so the same files give the same bytes."""
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(contents.items())}
    files = {**contents, "sha256.json": (json.dumps(listed, indent=2, ensure_ascii=False) + "\n").encode("utf-8")}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=(day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content)
    return out.getvalue()


_CLAIM = (
    "invoice_number",
    "issue_date",
    "due_date",
    "days_late",
    "currency",
    "amount",
    "open",
    "interest",
    "fixed_sum",
    "total",
    "out_of_time_from",
    "description",
    "po_number",
)
_CONTACTS = ("name", "role", "email", "status", "delivery")
_HISTORY = ("what", "invoices", "day", "amount", "currency", "status", "ended_on", "note")
_MAILS = ("number", "at", "way", "direction", "who", "subject", "outcome", "reminder", "text_file")
#: What lies beside the text: the mail as it came or left, the letter as it was posted.
_AS_IT_WENT = {Channel.MAIL: "eml", Channel.LETTER: "pdf"}


def _claim_rows(file: ClaimFile) -> Iterator[Sequence[object]]:
    for line in file.lines:
        invoice, charge = line.invoice, line.charge
        head = (invoice.number, invoice.issue_date, invoice.due_date, line.days_late, invoice.currency, invoice.amount)
        sums = (line.open, charge.interest if charge else "", charge.fixed if charge else "", line.total)
        yield (*head, *sums, line.out_of_time, invoice.description, invoice.po_number)


def _history(file: ClaimFile) -> Iterator[Sequence[object]]:
    facts = file.facts
    for promise in facts.promises:
        told = (promise.due, promise.amount, promise.currency, promise.status, "", "")
        yield ("promise", " ".join(promise.invoices), *told)
    for plan in facts.plans:
        yield (
            "plan",
            " ".join(plan.invoices),
            plan.offered_on,
            plan.total,
            plan.currency,
            plan.status,
            plan.ended_on,
            "",
        )
        for part in plan.instalments:
            yield (
                "instalment",
                " ".join(plan.invoices),
                part.due,
                part.amount,
                plan.currency,
                part.status.value,
                "",
                "",
            )
    for dispute in file.gathered.disputes:
        said = file.looking.note(" / ".join(text for text in (dispute.statement, dispute.ending) if text))
        yield (f"dispute: {dispute.kind}", dispute.invoice, "", "", "", dispute.status, dispute.ended_on, said)
    for paid in facts.payments:
        yield ("payment", paid.invoice_number, paid.received_on, paid.amount, paid.currency, "", "", paid.reference)


def _mail_rows(file: ClaimFile) -> Iterator[Sequence[object]]:
    for place, mail in enumerate(file.mails, start=1):
        direction = "from us" if mail.ours else "from the customer"
        named = (mail.who, mail.subject, mail.outcome, "yes" if mail.reminder else "")
        yield (place, _when(mail), mail.way.value, direction, *named, f"{_stem(place, mail)}.txt")


def _when(mail: PacketMail) -> str:
    """Write the moment; of a letter only the day of posting is known."""
    return (mail.day or mail.at).isoformat()


def _stem(place: int, mail: PacketMail) -> str:
    way = "" if mail.way is Channel.MAIL else f"{mail.way.value}-"
    return f"thread/{place:04d}-{mail.at:%Y-%m-%d}-{way}{'from-us' if mail.ours else 'from-customer'}"


def _text(mail: PacketMail, file: ClaimFile) -> str:
    w = words(file.company.language, "claim")
    whom = w["file_to" if mail.ours else "file_from"]
    sure = f"\n{w['file_uncertain']}" if mail.uncertain else ""
    subject = heading_of(mail, file)
    return f"{w['file_date']}: {_when(mail)}\n{whom}: {mail.who}\n{w['subject']}: {subject}{sure}\n\n{mail.text}\n"


def _csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    return (MARK + "".join(csv_text(heading, rows))).encode("utf-8")
