"""What portals' notifications say of our invoices, and whom they may be believed from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mail.portal_notice import read_notice
from mail.portal_sender import is_proven, portal_of, poses_as
from store.aftermath import Portal, PortalStatus
from store.company import CompanyProfile
from store.inbound import InboundEmail, SenderAuth
from store.vocabulary import MessageKind
from tests.portal_mails import DOMAINS, cases, mail_of

CASES = [*cases("portal_notices"), *cases("portal_notices_later")]


def test_there_are_enough_mails_of_every_portal_and_kind() -> None:
    assert len(CASES) >= 50
    assert {case["portal"] for case in CASES} == {portal.value for portal in DOMAINS}
    assert {status for case in CASES for status in case["says"].values()} == {
        s.value for s in PortalStatus if s is not PortalStatus.TO_SUBMIT
    }
    assert sum(not case["says"] for case in CASES) >= 10


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_notification_says_what_it_says(case: dict[str, Any]) -> None:
    mail = mail_of(case)
    said = {each.invoice: each for each in read_notice(mail, case["known"])}
    assert {number: each.status.value for number, each in said.items()} == case["says"]
    for number, words in case.get("why", {}).items():
        assert words in said[number].reason
    assert all(each.reason == "" for each in said.values() if each.status is not PortalStatus.REJECTED)
    assert portal_of(mail, DOMAINS) is Portal(case["portal"])
    assert is_proven(mail)


@pytest.mark.parametrize("case", CASES[:8], ids=[case["id"] for case in CASES[:8]])
def test_a_number_that_is_not_ours_is_never_named(case: dict[str, Any]) -> None:
    assert read_notice(mail_of(case), ["INV-99999", "DE-70311"]) == ()


def test_a_list_with_strange_invoices_tells_ours_by_its_own_line() -> None:
    text = "INV-90001   Rejected by buyer\nINV-20413   Approved\nINV-90002   Paid\n"
    mail = InboundEmail(kind=MessageKind.REPLY, subject="Daily status report", new_text=text)
    assert [(s.invoice, s.status) for s in read_notice(mail, ["INV-20413"])] == [("INV-20413", PortalStatus.APPROVED)]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Invoice INV-20413", "If invoice INV-20413 is rejected, you will hear from us."),
        ("Rechnung INV-20413", "Sobald die Rechnung INV-20413 genehmigt ist, wird sie bezahlt."),
        ("Facture INV-20413", "La facture n'est pas encore approuvée."),
        ("Factura INV-20413", "Aún no ha sido aprobada la factura INV-20413."),
        ("Factuur INV-20413", "De factuur INV-20413 is nog niet goedgekeurd."),
        ("Invoice INV-20413: question", "Was it rejected?"),
    ],
)
def test_what_may_happen_is_no_news(subject: str, text: str) -> None:
    assert read_notice(InboundEmail(kind=MessageKind.REPLY, subject=subject, new_text=text), ["INV-20413"]) == ()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Invoice INV-20413 was approved and will be paid on 20 March.", PortalStatus.APPROVED),
        ("Please note that invoice INV-20413 has been rejected.", PortalStatus.REJECTED),
        ("Bitte beachten Sie, dass die Rechnung INV-20413 abgelehnt wurde.", PortalStatus.REJECTED),
        ("Die Rechnung INV-20413, die Sie am 3. März eingereicht haben, wurde genehmigt.", PortalStatus.APPROVED),
        ("Die Rechnung INV-20413 wurde genehmigt und wird am 20. März bezahlt.", PortalStatus.APPROVED),
        ("Veuillez noter que la facture INV-20413 a été refusée.", PortalStatus.REJECTED),
        ("Invoice INV-20413 was received, but it may be rejected later.", PortalStatus.SUBMITTED),
        ("Your invoice INV-20413 will be paid once it has been approved.", None),
        ("You submitted invoice INV-20413 last week.", None),
    ],
)
def test_a_sentence_says_what_is_and_not_what_follows(text: str, status: PortalStatus | None) -> None:
    mail = InboundEmail(kind=MessageKind.REPLY, subject="News", new_text=text)
    assert [each.status for each in read_notice(mail, ["INV-20413"])] == ([status] if status else [])


@given(subject=st.text(max_size=120), text=st.text(max_size=600))
def test_any_text_is_read_without_an_error_and_names_only_ours(subject: str, text: str) -> None:
    mail = InboundEmail(kind=MessageKind.REPLY, subject=subject, new_text=text + "\nINV-20413")
    assert {each.invoice for each in read_notice(mail, ["INV-20413"])} <= {"INV-20413"}


# --- who may be believed --------------------------------------------------------------------------------------------


def sent_by(address: str, name: str = "", **auth: Any) -> InboundEmail:
    return InboundEmail(kind=MessageKind.REPLY, from_address=address, from_name=name, auth=SenderAuth(**auth))


@pytest.mark.parametrize(
    ("address", "portal"),
    [
        ("do_not_reply@coupa-mail.test", Portal.COUPA),
        ("do_not_reply@harrow.supplier.coupa-mail.test", Portal.COUPA),
        ("x@ariba-mail.test", Portal.ARIBA),
        ("x@mail.test", None),
        ("x@notcoupa-mail.test", None),
        ("x@coupa-mail.test.bad.example", None),
        ("coupa-mail.test@bad.example", None),
    ],
)
def test_a_portal_is_known_by_its_domain_and_those_below(address: str, portal: Portal | None) -> None:
    assert portal_of(sent_by(address), DOMAINS) is portal


@pytest.mark.parametrize(
    ("auth", "proven"),
    [
        ({"dmarc": "pass"}, True),
        ({"dkim": "pass", "dkim_domain": "coupa-mail.test"}, True),
        ({}, False),
        ({"dmarc": "fail"}, False),
        ({"dkim": "pass", "dkim_domain": "bulk.example"}, False),
        ({"spf": "pass", "spf_domain": "coupa-mail.test"}, False),
        ({"dmarc": "fail", "dkim": "pass", "dkim_domain": "coupa-mail.test"}, False),
    ],
)
def test_only_a_signature_of_its_own_proves_a_portal(auth: dict[str, str], proven: bool) -> None:
    assert is_proven(sent_by("no-reply@coupa-mail.test", **auth)) is proven


@pytest.mark.parametrize(
    ("address", "name", "portal"),
    [
        ("x@c0upa-mail.test", "", Portal.COUPA),
        ("x@coupa-mail-secure.example", "", Portal.COUPA),
        ("billing@pay.example", "Coupa Supplier Portal", Portal.COUPA),
        ("billing@pay.example", "SAP Business Network", Portal.ARIBA),
        ("ann@harrow.example", "Ann Lowe", None),
        ("x@coupa-mail.test", "Coupa", None),
    ],
)
def test_who_could_be_mistaken_for_a_portal_is_named(address: str, name: str, portal: Portal | None) -> None:
    assert poses_as(sent_by(address, name), DOMAINS) is portal


def test_the_default_domains_are_the_vendors_and_can_be_replaced_one_by_one() -> None:
    plain = CompanyProfile(name="N", email="a@nordholt.example")
    own = CompanyProfile.model_validate(plain.model_dump() | {"portal_domains": {"basware": ["Mail.Basware.Example"]}})
    assert set(plain.portal_domains) == set(DOMAINS)
    assert own.portal_domains[Portal.BASWARE] == ("mail.basware.example",)
    assert own.portal_domains[Portal.COUPA] == plain.portal_domains[Portal.COUPA]


@pytest.mark.parametrize("domain", ["gmail.com", "no domain", "@coupa.example", "example", ""])
def test_a_domain_at_which_anybody_has_an_address_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError):
        CompanyProfile.model_validate({"name": "N", "email": "a@b.example", "portal_domains": {"coupa": [domain]}})


@pytest.mark.parametrize(
    "text",
    [
        "Your invoice INV-20427 has not been rejected.",
        "Invoice INV-20427 was not approved.",
        "Invoice INV-20427 wasn't approved.",
        "No longer approved: INV-20427",
        "Invoice INV-20427 was partially paid.",
        "Die Rechnung INV-20427 wurde nicht genehmigt.",
        "La facture INV-20427 n'a pas été approuvée.",
        "La factura INV-20427 no ha sido aprobada.",
        "Factuur INV-20427 is niet goedgekeurd.",
        "La fattura INV-20427 non è stata approvata.",
        "A fatura INV-20427 não foi aprovada.",
    ],
)
def test_what_is_denied_or_true_in_part_moves_nothing(text: str) -> None:
    mail = InboundEmail(kind=MessageKind.REPLY, subject="Invoice INV-20427", new_text=text)
    assert read_notice(mail, ["INV-20427"]) == ()


def test_a_denial_reaches_no_further_than_its_part_of_the_sentence() -> None:
    text = "This is not a bill, invoice no. INV-20427 was approved."
    mail = InboundEmail(kind=MessageKind.REPLY, subject="Invoice INV-20427", new_text=text)
    assert [said.status for said in read_notice(mail, ["INV-20427"])] == [PortalStatus.APPROVED]
