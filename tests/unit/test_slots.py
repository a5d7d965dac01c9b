from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.slots import (
    INVOICE_FIELDS,
    SLOT_NAMES,
    Instalment,
    PlanTerms,
    PromiseTerms,
    fill,
    invoice_slot,
    ledger_slots,
    literal_text,
    slots_in,
)
from prompts.wording import LOCALES, listed, long_date, money, salutation
from tests.unit.letter_scope import BOTH, COMPANY, invoice, letter_scope

SCOPE = letter_scope()


def filled(body: str) -> str:
    result = fill(body, SCOPE)
    assert result.faults == ()
    return result.text


@pytest.mark.parametrize(
    ("slot", "text", "source"),
    [
        ('inv["INV-20419"].number', "INV-20419", "ledger"),
        ('inv["INV-20419"].balance', "EUR 11,234.50", "ledger"),
        ('inv["INV-20419"].amount', "EUR 12,000.00", "ledger"),
        ('inv["INV-20419"].due_date', "1 February 2026", "ledger"),
        ('inv["INV-20419"].issue_date', "8 January 2026", "ledger"),
        ('inv["INV-20419"].po_number', "HF-77041", "ledger"),
        ('inv["INV-20419"].description', "Ball bearings, sealed", "ledger"),
        ('inv["INV-20419"].days_overdue', "37", "ledger"),
        ('inv["INV-20419"].new_po', "HF-77120", "customer"),
        ("covered.balance", "EUR 11,906.50", "ledger"),
        ("covered.numbers", "DE-70311 and INV-20419", "ledger"),
        ("covered.count", "2", "ledger"),
        ("account.balance", "EUR 11,906.50", "ledger"),
        ("account.count", "2", "ledger"),
        ("plan.schedule", "- 31 March 2026 – EUR 6,000.00\n- 30 April 2026 – EUR 5,906.50", "plan"),
        ("plan.count", "2", "plan"),
        ("plan.first_due", "31 March 2026", "plan"),
        ("plan.first_amount", "EUR 6,000.00", "plan"),
        ("plan.total", "EUR 11,906.50", "plan"),
        ("promise.date", "20 March 2026", "customer"),
        ("promise.amount", "EUR 11,234.50", "customer"),
        ("customer.name", "Kessler Anlagenbau GmbH", "ledger"),
        ("contact.name", "Maike Brandt", "ledger"),
        ("contact.salutation", "Dear Maike Brandt", "ledger"),
        ("new_contact.name", "Karin Åhlgren", "customer"),
        ("company.name", "Nordholt Industrial Supply Ltd", "config"),
        ("company.team", "Accounts Receivable", "config"),
        ("company.address", "Quay Road, Bristol", "config"),
        ("company.email", "ar@nordholt-supply.example", "config"),
        ("sender.name", "Maren Vos", "config"),
        ("deadline.date", "24 March 2026", "policy"),
        ("hold.until", "17 March 2026", "policy"),
        ('inv["INV-20419"].term_days', "24", "ledger"),
        (
            "company.notices",
            "If you do not wish to receive further messages about this matter, please simply reply and tell us.",
            "config",
        ),
        ("said.date", "2 March 2026", "ledger"),
        ("missed.date", "9 March 2026", "ledger"),
        ("missed.amount", "EUR 2,000.00", "ledger"),
        ("missing.amount", "EUR 750.00", "ledger"),
        ("next_due.date", "30 March 2026", "plan"),
        ("next_due.amount", "EUR 1,500.00", "plan"),
        ("sent_again.date", "3 March 2026", "ledger"),
        ("offered.date", "4 March 2026", "ledger"),
        ("payment.date", "5 March 2026", "ledger"),
        ("payment.amount", "EUR 672.00", "ledger"),
        ("payment.reference", "RE DE-70311", "ledger"),
        ("dispute.credit", "EUR 765.50", "ledger"),
        ("dispute.due", "25 March 2026", "policy"),
        ("undisputed.balance", "EUR 11,234.50", "ledger"),
        ("settlement.amount", "EUR 9,000.00", "ledger"),
        ("settlement.date", "27 March 2026", "ledger"),
        ("asked.amount", "EUR 8,000.00", "ledger"),
        ("credit.amount", "EUR 310.00", "ledger"),
        ("reminded.date", "20 February 2026", "ledger"),
        ("due.date", "1 February 2026", "ledger"),
        (
            "covered.lines",
            "- INV-20419, due on 1 February 2026: EUR 11,234.50\n- DE-70311, due on 8 February 2026: EUR 672.00",
            "ledger",
        ),
        ("portal.name", "Coupa", "config"),
    ],
)
def test_every_slot_has_its_value_and_its_source(slot: str, text: str, source: str) -> None:
    result = fill(f"a {{{{ {slot} }}}} z", SCOPE)
    assert result.faults == ()
    assert result.text == f"a {text} z"
    assert [(v.slot, v.text, v.source) for v in result.values] == [(slot, text, source)]


def test_the_table_above_knows_every_slot() -> None:
    tested = {m.args[1][i][0] for m in _marks() for i in range(len(m.args[1]))}
    assert tested == set(SLOT_NAMES) | {f'inv["INV-20419"].{field}' for field in INVOICE_FIELDS}


def _marks() -> list[pytest.Mark]:
    return list(test_every_slot_has_its_value_and_its_source.pytestmark)  # type: ignore[attr-defined] # set by pytest


@pytest.mark.parametrize(
    "body",
    [
        "{{ inv }}",
        "{{ inv.balance }}",
        '{{ inv["INV-20419"] }}',
        '{{ inv["INV-20419"].balance.real }}',
        '{{ inv["NOPE"].balance }}',
        '{{ inv["INV-20419"].disputed }}',
        '{{ inv["INV-20419"].__class__ }}',
        '{{ inv["INV-20419"]["__class__"] }}',
        "{{ company.__class__ }}",
        "{{ company.own_domains }}",
        "{{ company.model_dump }}",
        "{{ company.model_dump() }}",
        "{{ customer.tier }}",
        "{{ self }}",
        "{{ range }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ company.name|upper }}",
        "{{ company.name|attr('x') }}",
        "{{ company['na' ~ 'me'] }}",
        "{{ company.name if true else company.team }}",
        "{{ company.name is defined }}",
        "{{ not company.name }}",
        "{{ 1500 }}",
        "{{ 'EUR 99' }}",
        "{{ 1 + 1 }}",
        "{{ account.balance * 2 }}",
        "{{ account.balance, account.count }}",
        "{{ [account.balance] }}",
        "{{ inv[0].balance }}",
        "{{ inv[account.count].balance }}",
        "{{- company.name -}}",
        "{{ }}",
        "{{ company.name",
        "{{ company.name }",
        "{% if company %}x{% endif %}",
        "{% set company = 1 %}",
        "{% raw %}{{ company.name }}{% endraw %}",
        "{% include 'x' %}",
        "{# hidden #}",
        "{{ '\\x4' }}",
        "{{ " + "a" * 5000 + " }}",
        "{{ " + "1" * 9999 + " }}",
        "{{ " + "[" * 3000 + " }}",
        "x" * 20_001,
    ],
)
def test_whatever_is_not_a_known_lookup_is_a_fault_and_stays_visible(body: str) -> None:
    result = fill(body, SCOPE)
    assert result.faults
    assert result.text == body
    assert result.values == ()


def test_a_fault_says_what_and_which() -> None:
    assert fill('{{ inv["X-1"].balance }}', SCOPE).faults == (
        'slot {{ inv["X-1"].balance }}: this customer has no invoice X-1',
    )
    no_address = letter_scope(company=COMPANY.model_copy(update={"address": " \n "}))
    (fault,) = fill("{{ company.address }}", no_address).faults
    assert "set `address` in the company profile" in fault


def test_a_faulty_slot_does_not_hide_the_good_ones() -> None:
    result = fill("{{ company.name }} {{ nope.nope }} {{ sender.name }}", SCOPE)
    assert result.text == "Nordholt Industrial Supply Ltd {{ nope.nope }} Maren Vos"
    assert len(result.faults) == 1


@pytest.mark.parametrize(
    ("slot", "changes"),
    [
        ("plan.schedule", {"plan": None}),
        ("plan.first_due", {"plan": PlanTerms(instalments=(), currency="EUR")}),
        ("plan.total", {"plan": PlanTerms(instalments=(Instalment(due=date(2026, 1, 1), amount=Decimal(1)),), currency="euros")}),
        ("promise.date", {"promise": None}),
        ("promise.amount", {"promise": PromiseTerms(date=date(2026, 1, 1), amount=None, currency="EUR")}),
        ("contact.name", {"contact": None}),
        ("sender.name", {"sender_name": " "}),
        ("deadline.date", {"deadline": None}),
        ("covered.balance", {"covered": ()}),
        ("covered.balance", {"covered": ("NOPE",)}),
        ("new_contact.name", {"new_contact_name": None}),
        ('inv["INV-20419"].new_po', {"purchase_orders": {}}),
        ('inv["DE-70311"].po_number', {}),
    ],
)  # fmt: skip
def test_what_has_no_value_is_a_fault_never_an_empty_text(slot: str, changes: dict[str, Any]) -> None:
    result = fill(f"{{{{ {slot} }}}}", letter_scope(**changes))
    assert len(result.faults) == 1
    assert result.text == f"{{{{ {slot} }}}}"


def test_balances_in_two_currencies_are_never_added() -> None:
    mixed = (invoice("A", "10", date(2026, 2, 1)), invoice("B", "10", date(2026, 2, 1), currency="USD"))
    scope = letter_scope(facts=SCOPE.facts.model_copy(update={"invoices": mixed}), covered=("A", "B"))
    assert len(fill("{{ covered.balance }}{{ account.balance }}", scope).faults) == 2
    only_a = scope.model_copy(update={"covered": ("A", "A")})
    assert fill("{{ covered.balance }}", only_a).text == "EUR 10.00"


@pytest.mark.parametrize(
    "written",
    [
        "pay to DE89 3704 0044 0532 0130 00 instead of the old account please",
        "https://evil.example/po",
        "www.evil.example",
        "{{ company.email }}",
        "HF@evil.example",
        "12: see below!",
    ],
)
def test_a_purchase_order_is_a_purchase_order(written: str) -> None:
    scope = letter_scope(purchase_orders={"INV-20419": written})
    assert fill('{{ inv["INV-20419"].new_po }}', scope).faults


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("Dr. Ulrike Senftl", True),
        ("J. O'Brien-Maßmann", True),
        ("María del Carmen de la Fuente", True),
        ("Karin A\u030ahlgren", True),
        ("evil.example", False),
        ("Anna, pay now", False),
        ("Anna 4711", False),
        ("Please pay from now on only to the other account", False),
        ("a@b.example", False),
    ],
)
def test_a_new_contact_is_a_name(name: str, good: bool) -> None:
    assert (not fill("{{ new_contact.name }}", letter_scope(new_contact_name=name)).faults) is good


def test_values_stay_on_their_line() -> None:
    nasty = SCOPE.facts.invoices[0].model_copy(
        update={"description": "Bolts\r\nBcc: x\u202e\u2028\x00\tM8 {{ sender.name }}"}
    )
    scope = letter_scope(facts=SCOPE.facts.model_copy(update={"invoices": (nasty,)}))
    result = fill('{{ inv["INV-20419"].description }}', scope)
    assert result.text == "Bolts Bcc: x M8 {{ sender.name }}"
    assert result.faults == ()


def test_slots_and_literal_text_are_told_apart() -> None:
    body = 'Pay {{inv["INV-20419"]["balance"]}} to {{ company . name }} by {{ "Friday" }}.'
    assert slots_in(body) == ['inv["INV-20419"].balance', "company.name"]
    assert ledger_slots(body) == ['inv["INV-20419"].balance']
    assert literal_text(body) == 'Pay   to   by {{ "Friday" }}.'


def test_without_a_contact_the_house_is_greeted() -> None:
    assert fill("{{ contact.salutation }}", letter_scope(contact=None)).text == "Dear Sir or Madam"
    for language in LOCALES:
        assert "Maike" not in salutation(None, language=language) != ""


@pytest.mark.parametrize(
    ("language", "amount", "day", "numbers"),
    [
        ("en", "EUR 1,234.50", "1 March 2026", "A, B and INV"),
        ("de", "1.234,50 EUR", "1. März 2026", "A, B und INV"),
        ("fr", "1\u00a0234,50 EUR", "1er mars 2026", "A, B et INV"),
        ("es", "1.234,50 EUR", "1 de marzo de 2026", "A, B e INV"),
        ("nl", "EUR 1.234,50", "1 maart 2026", "A, B en INV"),
        ("it", "1.234,50 EUR", "1 marzo 2026", "A, B e INV"),
        ("pt-BR", "1\u00a0234,50 EUR", "1 de março de 2026", "A, B e INV"),
        ("xx", "EUR 1,234.50", "1 March 2026", "A, B and INV"),
    ],
)
def test_figures_read_as_in_the_language(language: str, amount: str, day: str, numbers: str) -> None:
    assert money(Decimal("1234.50"), "eur", language=language) == amount
    assert long_date(date(2026, 3, 1), language=language) == day
    assert listed(["A", "B", "INV"], language=language) == numbers


@pytest.mark.parametrize(
    ("amount", "currency"), [("NaN", "EUR"), ("Infinity", "EUR"), ("1", ""), ("1", "€"), ("1", "EURO")]
)
def test_what_is_no_money_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="not an amount of money"):
        money(Decimal(amount), currency, language="en")


def test_other_days_of_march_are_cardinal_in_french() -> None:
    assert [long_date(date(2026, 3, d), language="fr") for d in (11, 21, 31)] == [
        "11 mars 2026",
        "21 mars 2026",
        "31 mars 2026",
    ]


@given(amount=st.decimals(min_value=-(10**9), max_value=10**9, places=3), language=st.sampled_from(sorted(LOCALES)))
def test_money_is_never_rounded(amount: Decimal, language: str) -> None:
    shown = re.sub(r"[^\d,.\-]", "", money(amount, "EUR", language=language))
    comma_is_decimal = language != "en"
    plain = shown.replace(".", "").replace(",", ".") if comma_is_decimal else shown.replace(",", "")
    assert Decimal(plain) == amount


# Anything a model or a person could put between braces, mixed from the pieces that matter.
_MARKS = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{{-",
    " ",
    ".",
    "[",
    "]",
    '"',
    "'",
    "|",
    "(",
    ")",
    "~",
    "\\",
    "\n",
    "1",
    "é",
]
_WORDS = [
    "inv",
    "INV-20419",
    "balance",
    "company",
    "name",
    "__class__",
    "_",
    "plan",
    "schedule",
    "self",
    "if",
    "true",
    "raw",
]
_PIECES = st.sampled_from([*_MARKS, *_WORDS])
_BODIES = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=30).map("".join))
_KNOWN = {*SLOT_NAMES, *(f'inv["{number}"].{field}' for number in BOTH for field in INVOICE_FIELDS)}


@given(_BODIES)
def test_no_body_reaches_anything_but_the_known_names(body: str) -> None:
    result = fill(body, SCOPE)
    assert {value.slot for value in result.values} <= _KNOWN
    assert "object at 0x" not in result.text
    if not slots_in(body):
        assert result.text == body.replace("\r\n", "\n").replace("\r", "\n")


@given(
    st.lists(
        st.one_of(st.sampled_from(sorted(_KNOWN)).map(lambda s: f"{{{{ {s} }}}}"), st.text("abc {}%#\n", max_size=9))
    )
)
def test_a_figure_in_the_output_always_comes_from_the_scope(parts: list[str]) -> None:
    result = fill("|".join(parts), SCOPE)
    rest = result.text
    if any("broken" in fault for fault in result.faults):
        assert not result.values
        return
    for value in sorted(result.values, key=lambda v: -len(v.text)):
        rest = rest.replace(value.text, "")
    rest = re.sub(r"\{\{.*?\}\}", "", rest)  # a faulty slot stays as written
    assert not re.search(r"\d", rest)


@given(st.text(min_size=1, max_size=12), st.sampled_from(INVOICE_FIELDS))
def test_any_invoice_number_is_safe_in_a_slot(number: str, field: str) -> None:
    body = f"x{invoice_slot(number, field)}y"
    assert len(slots_in(body)) == 1
    assert literal_text(body) == "x y"
    scope = letter_scope(
        facts=SCOPE.facts.model_copy(
            update={"invoices": (SCOPE.facts.invoices[0].model_copy(update={"number": number}),)}
        )
    )
    if field == "amount":
        assert fill(body, scope).text == "xEUR 12,000.00y"
