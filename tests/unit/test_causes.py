"""Why an invoice aged: the order of the rules, and a report that loses no cent."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.cli.csv_out import safe_cell, write_csv
from store.aftermath import Cause, DisputeStatus
from store.cause_report import By, Leak, key_of, summed
from store.causes import Contested, Heard, Life, cause_of
from store.vocabulary import DisputeKind, DocumentKind, Reason

ISSUED, DUE = date(2026, 1, 8), date(2026, 2, 7)


def life(*heard: Reason | Heard, **known: Any) -> Life:
    said = tuple(h if isinstance(h, Heard) else Heard(h) for h in heard)
    return Life(issue_date=ISSUED, due_date=DUE, heard=said, **known)


def ended(kind: DisputeKind, status: DisputeStatus) -> tuple[Contested, ...]:
    return (Contested(kind, status),)


CREDITED, REJECTED, WITHDRAWN = DisputeStatus.CREDITED, DisputeStatus.REJECTED, DisputeStatus.WITHDRAWN
PRICE = DisputeKind.PRICING


@pytest.mark.parametrize(
    ("known", "cause"),
    [
        (life(), Cause.UNKNOWN),
        (life(Reason.ACKNOWLEDGEMENT, Reason.ALREADY_PAID), Cause.UNKNOWN),
        (life(Reason.PO_MISMATCH), Cause.PO_MISSING),
        (life(Reason.AWAITING_APPROVAL, new_po=True, sent_again=True), Cause.PO_MISSING),
        (life(Reason.PROMISE_TO_PAY), Cause.PAYMENT_RUN),
        (life(Reason.PAYMENT_IN_PROCESS, Reason.AWAITING_APPROVAL), Cause.APPROVAL_CHAIN),
        (life(Reason.PROMISE_TO_PAY, Reason.PO_MISMATCH), Cause.PO_MISSING),
        (life(Reason.PROMISE_TO_PAY, Reason.HARDSHIP), Cause.HARDSHIP),
        (life(Reason.REFUSAL, planned=True), Cause.HARDSHIP),
        (life(Reason.REFUSAL, Reason.PROMISE_TO_PAY), Cause.UNWILLING),
        (life(Reason.INVOICE_MISSING, Reason.WRONG_CONTACT), Cause.CONTACT_OUTDATED),
        (life(Reason.INVOICE_MISSING, sent_again=True), Cause.INVOICE_NOT_DELIVERED),
        (life(sent_again=True), Cause.INVOICE_NOT_DELIVERED),
        (life(bounced=True), Cause.CONTACT_OUTDATED),
        (life(Reason.PROMISE_TO_PAY, bounced=True), Cause.PAYMENT_RUN),
        (life(Reason.PORTAL_SUBMISSION), Cause.PORTAL_NOT_USED),
        (life(in_portal=True), Cause.PORTAL_NOT_USED),
        (life(Heard(Reason.DISPUTE, dispute_kind=PRICE)), Cause.PRICE_MISMATCH),
        (life(Heard(Reason.DISPUTE, dispute_kind=DisputeKind.NOT_OURS)), Cause.WRONG_BILL_TO),
        (life(Heard(Reason.DEDUCTION, dispute_kind=DisputeKind.QUALITY)), Cause.QUANTITY_OR_QUALITY),
        (life(Reason.DISPUTE), Cause.UNKNOWN),
        (life(Heard(Reason.DOCUMENT_REQUEST, document=DocumentKind.PROOF_OF_DELIVERY)), Cause.DELIVERY_PROOF_MISSING),
        (life(Heard(Reason.DOCUMENT_REQUEST, document=DocumentKind.W9)), Cause.DOCUMENT_MISSING),
        (life(Reason.PO_MISMATCH, disputes=ended(PRICE, CREDITED)), Cause.PRICE_MISMATCH),
        (life(Reason.PO_MISMATCH, disputes=ended(PRICE, REJECTED)), Cause.PO_MISSING),
        (life(Reason.PROMISE_TO_PAY, disputes=ended(PRICE, WITHDRAWN)), Cause.PRICE_MISMATCH),
        (life(Reason.PO_MISMATCH, cash_found=True), Cause.CASH_NOT_APPLIED),
        (life(Reason.INSOLVENCY, cash_found=True), Cause.INSOLVENCY),
        (life(Reason.INSOLVENCY, Reason.PAYMENT_FRAUD_RISK), Cause.FRAUD_ATTEMPT),
        (life(usual_term=30), Cause.UNKNOWN),
        (life(usual_term=90), Cause.LATE_INVOICING),
        (life(Reason.PROMISE_TO_PAY, usual_term=90), Cause.PAYMENT_RUN),
    ],
)
def test_the_cause_that_lies_upstream_is_named(known: Life, cause: Cause) -> None:
    found, because = cause_of(known)
    assert found is cause
    assert because


def test_every_cause_can_be_found() -> None:
    reachable = {
        cause_of(life(Heard(r, dispute_kind=k, document=d), **more))[0]
        for r in Reason
        for k in (None, *DisputeKind)
        for d in (None, DocumentKind.W9, DocumentKind.PROOF_OF_DELIVERY)
        for more in ({}, {"cash_found": True}, {"usual_term": 90})
    }
    assert reachable == set(Cause)


def test_the_order_in_which_things_were_said_does_not_matter() -> None:
    said = (Reason.PROMISE_TO_PAY, Reason.PO_MISMATCH, Reason.AWAITING_APPROVAL, Reason.HARDSHIP)
    assert {cause_of(life(*order))[0] for order in permutations(said)} == {Cause.PO_MISSING}


# --- the report

LEAKS = st.lists(
    st.builds(
        Leak,
        cause=st.sampled_from(Cause),
        currency=st.sampled_from(["EUR", "GBP", "CHF"]),
        money=st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100),
        days=st.integers(0, 900),
        customer=st.sampled_from(["K1 Bracken", "K2 Halder"]),
        product=st.sampled_from(["", "drills"]),
        month=st.sampled_from(["2026-01", "2026-02"]),
    ),
    max_size=40,
)


@given(leaks=LEAKS, by=st.sampled_from([None, *By]))
def test_money_in_is_money_out(leaks: list[Leak], by: By | None) -> None:
    lines = summed(leaks, by=by)
    for currency in ("EUR", "GBP", "CHF"):
        own = [leak for leak in leaks if leak.currency == currency]
        shown = [line for line in lines if line.currency == currency]
        assert sum((n.money for n in shown), Decimal(0)) == sum((k.money for k in own), Decimal(0))
        assert sum((n.money_days for n in shown), Decimal(0)) == sum((k.money * k.days for k in own), Decimal(0))
        assert sum(n.invoices for n in shown) == len(own)
        assert [n.money_days for n in shown] == sorted((n.money_days for n in shown), reverse=True)
    per_key: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for leak in leaks:
        per_key[leak.currency, key_of(leak, by)] += leak.money
    for line in lines:
        per_key[line.currency, line.key] -= line.money
        low = min(k.days for k in leaks if (k.currency, k.cause) == (line.currency, line.cause))
        high = max(k.days for k in leaks if (k.currency, k.cause) == (line.currency, line.cause))
        assert low <= line.days <= high or line.money == 0
    assert set(per_key.values()) <= {Decimal(0)}
    assert len({(n.currency, n.key, n.cause) for n in lines}) == len(lines)


def test_days_weigh_as_much_as_their_money() -> None:
    def leak(money: str, days: int) -> Leak:
        return Leak(Cause.PAYMENT_RUN, "EUR", Decimal(money), days, customer="a", product="", month="")

    (line,) = summed([leak("9000.00", 10), leak("1000.00", 60)])
    assert (line.days, line.money_days) == (Decimal("15.0"), Decimal("150000.00"))


@given(cells=st.lists(st.text() | st.integers() | st.decimals(allow_nan=False) | st.none(), min_size=1))
def test_no_cell_begins_a_formula_and_every_row_stays_a_row(cells: list[object]) -> None:
    out = io.StringIO()
    write_csv(["a"] * len(cells), [cells], to=out)
    _, *rows = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert len(rows) == 1
    assert len(rows[0]) == len(cells)
    assert not any(cell[:1] in tuple("=+-@\t\r\n\x00＝＋－＠") for cell in rows[0] if cell)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\x00=1", "＝1"])
def test_what_would_be_a_formula_is_text(cell: str) -> None:
    assert safe_cell(cell).startswith("'")
    assert safe_cell("INV-1") == "INV-1"
