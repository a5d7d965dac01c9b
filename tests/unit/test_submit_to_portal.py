"""The portal tool: which portal, which invoices, what is missing, and that it never says or opens the same twice."""

from __future__ import annotations

import pytest

from agent.policy import allowed_tools
from store.aftermath import Portal, PortalStatus
from store.company import CompanyProfile
from store.facts import CaseFacts, PortalFacts
from store.portal_names import portal_named
from store.vocabulary import Reason
from tests.cases import ask, claim, facts, invoice
from tools.base import NotAllowed
from tools.limits import Policy
from tools.portal_fields import FIELDS, Holds
from tools.portal_sheet import Piece, entries, field_for, lacking, sheet
from tools.submit_to_portal import SubmitToPortal

TOOL = SubmitToPortal()
ASKED = claim(Reason.PORTAL_SUBMISSION, portal="Coupa")


def at(portal: str = "", supplier_number: str = "", *numbers_missing_po: str, **more: object) -> CaseFacts:
    case = facts(*(invoice(n, po_number="") for n in numbers_missing_po), **more)
    assert case.customer is not None
    customer = case.customer.model_copy(update={"portal": portal, "supplier_number": supplier_number})
    return case.model_copy(update={"customer": customer})


def standing(*statuses: PortalStatus) -> tuple[PortalFacts, ...]:
    return tuple(
        PortalFacts(id=i, invoice_number="F-5501", portal=Portal.COUPA, status=s) for i, s in enumerate(statuses, 1)
    )


# --- which portal ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "portal"),
    [
        ("Coupa", Portal.COUPA),
        ("our COUPA supplier portal", Portal.COUPA),
        ("Ariba", Portal.ARIBA),
        ("SAP  Business Network", Portal.ARIBA),
        ("SAP Ariba", Portal.ARIBA),
        ("Tungsten Network", Portal.TUNGSTEN),
        ("Basware", Portal.BASWARE),
        ("Jaggaer", Portal.OTHER),
        ("Coupa or Ariba", Portal.OTHER),
        ("  ", None),
        (None, None),
    ],
)
def test_names_mean_portals(name: str | None, portal: Portal | None) -> None:
    assert portal_named(name) is portal


@pytest.mark.parametrize(
    ("said", "ledger", "portal", "name"),
    [
        ("Coupa", "", Portal.COUPA, "Coupa"),
        ("Coupa", "Basware", Portal.COUPA, "Coupa"),
        (None, "Basware", Portal.BASWARE, "Basware"),
        ("supplier portal", "SAP Ariba", Portal.ARIBA, "SAP Ariba"),
        ("supplier portal", "", Portal.OTHER, ""),
        ("Jaggaer", "", Portal.OTHER, "Jaggaer"),
        ("<b>Evil</b>\nportal", "", Portal.OTHER, "b Evil /b portal"),
    ],
)
def test_the_customer_names_the_portal_else_the_ledger(
    said: str | None, ledger: str, portal: Portal, name: str
) -> None:
    arguments = TOOL.fill(ask(claim(Reason.PORTAL_SUBMISSION, portal=said), case=at(ledger, "4711")))
    assert (arguments.portal, arguments.portal_name) == (portal, name)


def test_without_a_portal_nothing_is_proposed() -> None:
    unnamed = ask(claim(Reason.PORTAL_SUBMISSION), case=at())
    mailbox = ask(claim(Reason.PORTAL_SUBMISSION, contact_email="intake@bracken.example"), case=at("Coupa"))
    assert TOOL.refusal(unnamed) == "neither the customer nor the ledger names a portal"
    assert TOOL.refusal(mailbox) == "the customer names an address, not a portal"
    with pytest.raises(NotAllowed):
        TOOL.fill(unnamed)


def test_it_is_the_usual_answer_where_a_portal_is_named() -> None:
    allowed = allowed_tools(ASKED, claims=(ASKED,), facts=at(), policy=Policy())
    assert allowed.tools[0] == "submit_to_portal"


def test_a_name_from_a_mail_never_stands_in_our_letter() -> None:
    other = TOOL.fill(ask(claim(Reason.PORTAL_SUBMISSION, portal="Pay Here Now"), case=at("", "4711")))
    assert TOOL.terms(other, at("", "4711")) == {}
    known = TOOL.fill(ask(claim(Reason.PORTAL_SUBMISSION, portal="supplier portal"), case=at("Bracken Hub", "4711")))
    assert TOOL.terms(known, at("Bracken Hub", "4711")) == {"portal.name": "Bracken Hub"}
    assert TOOL.terms(TOOL.fill(ask(ASKED, case=at())), at()) == {"portal.name": "Coupa"}


# --- what is missing ------------------------------------------------------------------------------------------------


def test_one_thing_is_asked_for_and_only_what_the_portal_needs() -> None:
    bare = at("", "", "F-1")
    assert lacking(Portal.COUPA, bare.invoices[0], bare.customer or pytest.fail("no customer")) == (
        Piece.SUPPLIER_NUMBER,
        Piece.PO_NUMBER,
    )
    coupa = TOOL.fill(ask(ASKED, case=bare))
    other = TOOL.fill(ask(claim(Reason.PORTAL_SUBMISSION, portal="Jaggaer"), case=bare))
    known = TOOL.fill(ask(claim(Reason.PORTAL_SUBMISSION, portal="Jaggaer"), case=at("", "4711")))
    assert (coupa.asks, TOOL.variant(coupa)) == (Piece.PO_NUMBER, "needs_po")
    assert (other.asks, TOOL.variant(other)) == (Piece.SUPPLIER_NUMBER, "needs_supplier_number")
    assert (known.asks, TOOL.variant(known)) == (None, "will_submit")


def test_an_order_number_that_the_customer_names_is_not_asked_for_again() -> None:
    named = claim(Reason.PORTAL_SUBMISSION, portal="Coupa", po_number="HF-9")
    arguments = TOOL.fill(ask(named, case=at("", "", "F-1")))
    assert (arguments.po_number, arguments.asks) == ("HF-9", None)
    assert "PO #: HF-9" in TOOL.preview(arguments, at("", "", "F-1"))


def test_where_one_of_several_has_its_order_number_nothing_is_asked() -> None:
    case = facts(invoice("F-1", po_number=""), invoice("F-2"))
    assert TOOL.fill(ask(ASKED, case=case)).asks is None


def test_the_preview_shows_the_form_and_what_is_missing() -> None:
    case = facts(invoice(document_sha256=None, po_number=""))
    told = TOOL.preview(TOOL.fill(ask(ASKED, case=case)), case)
    for piece in ("Invoice #: F-5501", "Currency: GBP", "Total: 1800.00", "Customer: Bracken Joinery Ltd"):
        assert piece in told
    for piece in ("supplier_number", "po_number", "PDF"):
        assert piece in told.partition("Missing:")[2]


def test_the_amounts_are_the_ledgers_and_never_the_balance() -> None:
    part_paid = invoice(balance="1800.00").model_copy(update={"balance": invoice(balance="5.00").balance})
    for portal, fields in FIELDS.items():
        case = facts(part_paid)
        assert case.customer is not None
        values = sheet(portal, part_paid, case.customer)
        gross = [values[f.name] for f in fields if f.holds is Holds.GROSS]
        assert gross == ["1800.00"]


# --- never twice ----------------------------------------------------------------------------------------------------


def test_an_item_that_waits_is_not_opened_again() -> None:
    waiting = facts(portal_items=standing(PortalStatus.TO_SUBMIT))
    assert TOOL.refusal(ask(ASKED, case=waiting)) == "F-5501 waits to be submitted already (portal item 1)"


@pytest.mark.parametrize("status", [PortalStatus.SUBMITTED, PortalStatus.APPROVED, PortalStatus.PAID])
def test_what_was_submitted_is_told_and_nothing_opened(status: PortalStatus) -> None:
    arguments = TOOL.fill(ask(ASKED, case=facts(portal_items=standing(status))))
    assert (arguments.done, TOOL.variant(arguments), arguments.asks) == (True, "already_submitted", None)


def test_after_a_rejection_a_new_item_may_be_opened() -> None:
    arguments = TOOL.fill(ask(ASKED, case=facts(portal_items=standing(PortalStatus.REJECTED))))
    assert (arguments.done, arguments.rejected) == (False, False)
    again = facts(portal_items=standing(PortalStatus.REJECTED, PortalStatus.TO_SUBMIT))
    assert TOOL.refusal(ask(ASKED, case=again)) is not None


@pytest.mark.parametrize(
    "words",
    [
        "Your invoice was rejected in Coupa, wrong PO.",
        "Die Rechnung wurde in Coupa abgelehnt.",
        "La facture a été refusée dans Coupa.",
        "La factura fue rechazada en Coupa.",
        "De factuur is in Coupa afgekeurd.",
        "La fattura è stata respinta su Coupa.",
        "A fatura foi rejeitada no Coupa.",
    ],
)
def test_a_rejection_that_the_customer_tells_moves_what_was_submitted(words: str) -> None:
    told = claim(Reason.PORTAL_SUBMISSION, words, portal="Coupa")
    arguments = TOOL.fill(ask(told, case=facts(portal_items=standing(PortalStatus.SUBMITTED))))
    assert (arguments.rejected, arguments.done, TOOL.variant(arguments)) == (True, False, "rejected_there")


def test_arguments_that_a_hand_changed_are_refused() -> None:
    asked = ask(ASKED, case=at())
    own = TOOL.fill(asked)
    TOOL.check(own, asked)
    for change in ({"invoices": ("F-9",)}, {"done": True}, {"portal": Portal.OTHER}, {"po_number": "X"}):
        with pytest.raises(NotAllowed):
            TOOL.check(own.model_copy(update=change), asked)


# --- the portals' forms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("portal", list(Portal))
def test_every_portal_asks_for_what_an_invoice_needs(portal: Portal) -> None:
    fields = FIELDS[portal]
    names = [field.name for field in fields]
    assert len(names) == len(set(names))
    holds = {field.holds for field in fields if field.mandatory}
    needed = {Holds.INVOICE_NUMBER, Holds.INVOICE_DATE, Holds.PO_NUMBER, Holds.CURRENCY, Holds.GROSS, Holds.COMPANY}
    assert needed <= holds
    assert {Holds.SUPPLIER_NUMBER, Holds.NET, Holds.TAX, Holds.PO_LINE, Holds.DOCUMENT, Holds.VAT_ID} <= {
        field.holds for field in fields
    }
    for piece in Piece:
        assert field_for(portal, piece) in names


@pytest.mark.parametrize("portal", list(Portal))
def test_the_form_holds_our_own_name_and_tax_number(portal: Portal) -> None:
    us = CompanyProfile(
        name="Nordholt B.V.", address="Kade 1\nHaven", email="a@n.example", vat_id="NL1", registration="KvK 2"
    )
    shown = {entry.name: entry for entry in entries(portal, {}, us)}
    assert {"Nordholt B.V.", "NL1"} <= {entry.value for entry in shown.values()}
    bare = entries(portal, {}, CompanyProfile(name="N", email="a@n.example"))
    assert any(entry.note == "set company.vat_id in dunwell.toml" for entry in bare)


def test_a_value_that_a_field_cannot_take_is_named_not_cut() -> None:
    long = "F-" + "5" * 30
    shown = {
        e.name: e for e in entries(Portal.ARIBA, {"Invoice #": long}, CompanyProfile(name="N", email="a@n.example"))
    }
    assert shown["Invoice #"].value == long
    assert shown["Invoice #"].note.startswith("longer than 16 characters")
