"""What the outbound rules hold, where `evals.mutants` found no other fixture that would have noticed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.rules import loops, recipients
from agent.rules.base import Outbound, Part, Stage
from store.facts import CaseFacts, MachineFacts
from store.matter_facts import DocumentFacts
from store.proposed import Finding, Paper
from store.vocabulary import ContactStatus, Delivery, DocumentKind, IdentityLevel, Severity
from tests.cases import NOW, facts, invoice
from tests.unit.rules.drafts import leaving, letter

MOIRA = "moira@bracken.example"


def contact(**fields: object) -> CaseFacts:
    return facts(contacts=(facts().contacts[0].model_copy(update=fields),))


def told(found: Iterable[Finding]) -> list[tuple[str, Severity, str]]:
    return [(f.rule, f.severity, f.text) for f in found]


def one(found: Iterable[Finding]) -> Finding:
    every = list(found)
    assert len(every) == 1, every
    return every[0]


# --- R-LOOP


def test_robots_machines_and_lists() -> None:
    """R-LOOP-01, -02 and -03, each by itself and with its own severity."""
    robot = letter(case=facts(machine=MachineFacts(robot=True)))
    assert told(loops.not_to_a_robot(robot)) == [
        ("R-LOOP-01", Severity.BLOCK, "A robot wrote this mail: it is not answered.")
    ]
    at = datetime(2026, 4, 13, 8, 5, tzinfo=UTC)
    again = one(loops.not_twice_to_a_machine(letter(case=facts(machine=MachineFacts(answered_at=at)))))
    assert (again.rule, again.severity) == ("R-LOOP-02", Severity.BLOCK)
    assert "(2026-04-13 08:05 UTC)" in again.text
    bulk = one(loops.not_to_a_list(letter(case=facts(machine=MachineFacts(bulk=True)))))
    assert (bulk.rule, bulk.severity) == ("R-LOOP-03", Severity.WARN)
    assert bulk.text.startswith("This mail went to a list")
    for check in (loops.not_to_a_robot, loops.not_twice_to_a_machine, loops.not_to_a_list):
        assert not list(check(letter()))


def test_an_address_that_nobody_reads_is_not_written_to() -> None:
    """R-LOOP-01."""
    finding = one(loops.not_to_a_robot(letter(recipients=("no-reply@bracken.example", MOIRA))))
    assert (finding.rule, finding.severity) == ("R-LOOP-01", Severity.BLOCK)
    assert "no-reply@bracken.example" in finding.text


# --- R-RCP


@pytest.mark.parametrize(("many", "blocked"), [(3, False), (4, True)])
def test_three_recipients_are_the_most(many: int, blocked: bool) -> None:
    """R-RCP-01."""
    found = told(recipients.verified_recipients(letter(recipients=(MOIRA,) * many)))
    assert found == ([("R-RCP-01", Severity.BLOCK, "More than 3 recipients.")] if blocked else [])


def test_a_mail_without_a_recipient_is_said_to_have_none() -> None:
    """R-RCP-01."""
    text = "The mail has no recipient: verify a contact of this customer first."
    assert told(recipients.verified_recipients(letter(recipients=()))) == [("R-RCP-01", Severity.BLOCK, text)]


def test_who_is_not_verified_is_named() -> None:
    """R-RCP-01."""
    for case in (facts(contacts=()), contact(status=ContactStatus.TO_VERIFY)):
        found = one(recipients.verified_recipients(letter(case=case, recipients=(MOIRA,))))
        assert found.text == f"{MOIRA} is not a verified contact of this customer."


OTHERS = "The mail is addressed to others than the draft says."


def wired(**changed: object) -> Outbound:
    out = leaving(letter())
    assert out.wire is not None
    return replace(out, wire=replace(out.wire, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"recipients": ("x@else.example",)}, OTHERS),
        ({"meant_recipients": ("x@else.example",)}, OTHERS),
        ({"recipients": (MOIRA, "x@else.example")}, OTHERS),
        ({"recipients": ("MOIRA@bracken.example",)}, None),
        ({"meant_recipients": ("MOIRA@bracken.example",)}, None),
        ({"headers": (("cc", "x@else.example"),)}, "The mail has a Cc or Bcc: nobody else gets a copy."),
        ({"headers": (("bcc", "x@else.example"),)}, "The mail has a Cc or Bcc: nobody else gets a copy."),
    ],
)
def test_the_mail_goes_to_whom_the_draft_and_the_outbox_say(changed: dict[str, object], text: str | None) -> None:
    """R-RCP-01, at sending."""
    wanted = [("R-RCP-01", Severity.BLOCK, text)] if text else []
    assert told(recipients.verified_recipients(wired(**changed))) == wanted


SINCE = datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "since", "words"),
    [
        (Delivery.COMPLAINED, SINCE, "has reported our mail as unwanted since 2026-03-02: nothing is sent"),
        (Delivery.COMPLAINED, None, "has reported our mail as unwanted: nothing is sent"),
        (Delivery.BOUNCING, SINCE, "does not work: mail comes back from there since 2026-03-02. Write"),
    ],
)
def test_why_an_address_is_not_written_to(state: Delivery, since: datetime | None, words: str) -> None:
    """R-RCP-03."""
    out = letter(case=contact(delivery=state, delivery_since=since), recipients=(MOIRA,))
    finding = one(recipients.reachable_recipients(out))
    assert (finding.rule, finding.severity) == ("R-RCP-03", Severity.BLOCK)
    assert finding.text.startswith(f"{MOIRA} {words}")


def test_a_stranger_is_told_no_slot_and_gets_no_document() -> None:
    """R-RCP-02: the slot is named; an invoice and a paper are each a document."""
    unproven = facts(identity=IdentityLevel.C)
    texts = {f.text for f in recipients.no_figures_to_strangers(letter(case=unproven))}
    assert any('inv["F-5501"].number must not' in text for text in texts), texts
    paper = Paper(kind="stored", filename="w9.pdf", sha256="b" * 64)
    for goes in ({"attachments": ("F-5501",)}, {"papers": (paper,)}):
        finding = one(recipients.no_figures_to_strangers(letter(body="Thank you.", case=unproven, **goes)))
        assert told([finding]) == [
            ("R-RCP-02", Severity.BLOCK, "The sender is not surely the customer: no document may go along.")
        ]


@pytest.mark.parametrize(("seconds", "asked"), [(-1, True), (0, False)])
def test_a_new_contact_rests_to_the_second(seconds: int, asked: bool) -> None:
    """R-RCP-04."""
    rest = timedelta(hours=letter().policy.sending.contact_rest_hours)
    out = letter(case=contact(verified_at=NOW - rest - timedelta(seconds=seconds)), recipients=(MOIRA,))
    found = told(recipients.contact_not_new(out))
    assert [(rule, severity) for rule, severity, _ in found] == [("R-RCP-04", Severity.MANAGER)] * asked
    assert all(MOIRA in text for _, _, text in found)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"role": " Employer "}, "is a third party"),
        ({"email": "x@fernhill.example"}, "is an address of ours"),
        ({"email": "m@GMAIL.com", "source": "mail"}, "free mail provider"),
        ({"email": "m@gmail.com", "source": "mail", "role": "ap"}, "free mail provider"),
        ({"email": "m@gmail.com", "source": "mail", "role": " Owner "}, None),
        ({"email": "m@gmail.com", "source": "import"}, None),
        ({"source": "mail"}, None),
    ],
)
def test_only_the_debtors_own_addresses(fields: dict[str, str], words: str | None) -> None:
    """R-RCP-05."""
    case = contact(**fields)
    found = told(recipients.business_recipients(letter(case=case, recipients=(case.contacts[0].email,))))
    assert [(rule, severity) for rule, severity, _ in found] == [("R-RCP-05", Severity.BLOCK)] * (words is not None)
    assert all(words in text and case.contacts[0].email in text for _, _, text in found if words)


# --- R-GND-07


W9 = Paper(kind="stored", filename="w9.pdf", sha256="b" * 64)
STORED = facts(documents=(DocumentFacts(kind=DocumentKind.W9, sha256="b" * 64, filename="w9.pdf"),))


@pytest.mark.parametrize(("invoices", "papers", "many"), [(5, 0, False), (4, 1, False), (5, 1, True), (3, 3, True)])
def test_five_documents_are_the_most(invoices: int, papers: int, many: bool) -> None:
    """R-GND-07: invoices and papers count together."""
    out = letter(case=STORED, attachments=("F-5501",) * invoices, papers=(W9,) * papers)
    text = "More than five attachments: send them in several mails."
    assert told(recipients.own_attachments(out)) == ([("R-GND-07", Severity.BLOCK, text)] if many else [])


@pytest.mark.parametrize(
    ("goes", "text"),
    [
        ({"attachments": ("F-9",)}, "There is no stored PDF of F-9 for this customer."),
        ({"papers": (W9.model_copy(update={"invoice_number": "F-9"}),)}, "w9.pdf is about an invoice that is not"),
        ({"papers": (W9.model_copy(update={"invoice_number": "F-5501"}),)}, None),
        ({"papers": (W9.model_copy(update={"sha256": "c" * 64}),)}, "w9.pdf is no document that may go"),
        ({"papers": (W9.model_copy(update={"filename": "w9.exe"}),)}, "w9.exe is not a PDF."),
        ({"papers": (W9.model_copy(update={"filename": "W9.PDF"}),)}, None),
    ],
)
def test_only_papers_that_are_stored_for_this_customer(goes: dict[str, object], text: str | None) -> None:
    """R-GND-07."""
    found = told(recipients.own_attachments(letter(case=STORED, **goes)))  # type: ignore[arg-type]
    assert [(rule, severity) for rule, severity, _ in found] == [("R-GND-07", Severity.BLOCK)] * (text is not None)
    assert all(said.startswith(text) for _, _, said in found if text)


def test_an_invoice_without_a_stored_pdf_does_not_go_along() -> None:
    """R-GND-07."""
    out = letter(case=facts(invoice(document_sha256=None)), attachments=("F-5501",))
    assert one(recipients.own_attachments(out)).text == "There is no stored PDF of F-5501 for this customer."


def enclosed(*, stage: Stage = Stage.SENDING, case: CaseFacts = STORED, **part: object) -> list[str]:
    """What R-GND-07 says of a mail with one paper of ours in it, of which `part` was changed on the way."""
    out = leaving(letter(case=case, papers=(W9,)))
    assert out.wire is not None
    inside = Part(kind="application/pdf", filename="w9.pdf", encoding="base64", sha256="b" * 64, pdf=True)
    wire = replace(out.wire, parts=(replace(inside, **part),))  # type: ignore[arg-type]
    found = list(recipients.own_attachments(replace(out, stage=stage, wire=wire)))
    assert all((f.rule, f.severity) == ("R-GND-07", Severity.BLOCK) for f in found)
    return [f.text for f in found]


def test_what_is_in_the_mail_is_the_stored_document() -> None:
    """R-GND-07: as many as there should be, each a PDF by name and by content, each the very file."""
    assert enclosed() == []
    assert enclosed(kind="text/html") == enclosed(pdf=False) == ["w9.pdf is not a PDF."]
    text = "A document in the mail is not the stored one: it was changed"
    assert enclosed(sha256="c" * 64) == [f"{text} since it was approved."]
    assert enclosed(sha256="c" * 64, stage=Stage.APPROVAL) == [f"{text} in the store."]
    assert enclosed(filename="")[0] == "The mail does not hold the documents that it should."
