"""Statements in the manners of many banks are read to the cent; what cannot be read is refused whole, in one clear line."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.bank.accounts import masked, plain_account, same_account
from ledger.bank.advice import read_advice
from ledger.bank.csv_statement import CsvForm
from ledger.bank.reading import MAX_BYTES, of_ours, read_statements
from ledger.bank.references import referred
from store.bank_words import BankFault, ReadLine, ReadStatement, keys_of

DATA = Path(__file__).parent / "data"
OURS = "NL91ABNA0417164300"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in yaml.safe_load((DATA / name).read_text("utf-8"))]


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S-1</Id><ElctrncSeqNb>7</ElctrncSeqNb>
<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{closing:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>
{entry}</Stmt></BkToCstmrStmt></Document>"""


def camt(
    entry: str, *, version: str = "02", moved: Decimal = Decimal(0), currency: str = "EUR", account: str = OURS
) -> bytes:
    return CAMT.format(version=version, currency=currency, account=account, closing=1000 + moved, entry=entry).encode()


def compared(read: ReadLine, wanted: dict[str, Any]) -> None:
    got = asdict(read)
    for field, value in wanted.items():
        if field == "has":
            assert value in read.remittance
        elif field == "named":
            assert [[p.number, p.paid, p.deducted] for p in read.named] == [
                [n, Decimal(a), Decimal(d)] for n, a, d in value
            ]
        elif field in ("amount", "charges"):
            assert got[field] == Decimal(value)
        elif field in ("booked_on", "value_on"):
            assert str(got[field]) == value
        else:
            assert got[field] == value, field


def all_lines(statements: list[ReadStatement]) -> list[ReadLine]:
    return [line for statement in statements for line in statement.lines]


@pytest.mark.parametrize("case", cases("bank_camt.yaml"))
def test_camt(case: dict[str, Any]) -> None:
    moved = (
        Decimal(case["moved"]) if "moved" in case else sum((Decimal(g["amount"]) for g in case["gives"]), Decimal(0))
    )
    content = camt(case["entry"], version=case["version"], moved=moved, currency=case.get("currency", "EUR"))
    (statement,) = read_statements(content, name="s.xml")
    assert (statement.account, statement.number, statement.statement_id) == (OURS, "7", "S-1")
    assert len(statement.lines) == len(case["gives"])
    for read, wanted in zip(statement.lines, case["gives"], strict=True):
        compared(read, wanted)


@pytest.mark.parametrize("case", cases("bank_swift.yaml"))
def test_swift(case: dict[str, Any]) -> None:
    text = case["text"].replace("\n", "\r\n") if case.get("crlf") else case["text"]
    read = read_statements(text.encode(case.get("encoding", "utf-8")), name="s.sta")
    lines = all_lines(read)
    assert len(lines) == len(case["gives"])
    for line, wanted in zip(lines, case["gives"], strict=True):
        compared(line, wanted)
    if "account" in case:
        assert read[0].account == case["account"]
    assert all(s.opening is not None and s.closing is not None for s in read)


@pytest.mark.parametrize("case", cases("bank_tables.yaml"))
def test_tables(case: dict[str, Any]) -> None:
    form = CsvForm(**case["form"]) if "form" in case else None
    (read,) = read_statements(case["text"].encode(case.get("encoding", "utf-8")), name="s.csv", form=form)
    assert len(read.lines) == len(case["gives"])
    for line, wanted in zip(read.lines, case["gives"], strict=True):
        compared(line, wanted)
    if "account" in case:
        assert read.account == case["account"]


@pytest.mark.parametrize("case", cases("bank_refused.yaml"))
def test_what_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BankFault) as refused:
        read_statements(case["text"].encode(case.get("encoding", "utf-8")), name="file.x")
    told = str(refused.value)
    assert case["told"] in told
    assert told.startswith("file.x: ")
    assert "\n" not in told


def test_there_are_more_than_sixty_samples() -> None:
    assert sum(len(cases(f"bank_{name}.yaml")) for name in ("camt", "swift", "tables", "refused")) > 80


def test_what_is_too_large_is_not_opened() -> None:
    with pytest.raises(BankFault, match="larger than 40 MB"):
        read_statements(b"<" * (MAX_BYTES + 1), name="s.xml")


def test_an_entry_in_a_strange_currency_and_an_amount_that_is_none() -> None:
    entry = '<Ntry><Amt Ccy="USD">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt></Ntry>'
    with pytest.raises(BankFault, match="an entry is in USD"):
        read_statements(camt(entry), name="s.xml")
    for wrong in ("1e5000", "NaN", "x", "1.001", "-5"):
        with pytest.raises(BankFault, match=r"s\.xml: "):
            read_statements(camt(entry.replace("1.00", wrong).replace("USD", "EUR")), name="s.xml")


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_whatever_it_is_a_file_is_read_or_refused(content: bytes) -> None:
    for start in (b"", b"<Document>", b":20:", b"Date;Amount\n"):
        with suppress(BankFault):
            read_statements(start + content, name="f")


# --- whose account ------------------------------------------------------------------------------------------------------


def test_accounts() -> None:
    assert plain_account(" nl91 abna 0417 1643 00 ") == OURS
    assert plain_account(f"{OURS}EUR") == OURS
    assert same_account(OURS, "417164300")
    assert same_account("DE89370400440532013000", "37040044/0532013000")
    assert not same_account(OURS, "DE89370400440532013000")
    assert not same_account(OURS, "300")
    assert masked(OURS) == "NL91 … 4300"
    assert masked("12345678") == "… 78"


def test_a_statement_is_of_ours_or_refused() -> None:
    (read,) = read_statements(camt(""), name="s.xml")
    (own,) = of_ours([read], accounts=[OURS], name="s.xml")
    assert own.account == OURS
    with pytest.raises(BankFault, match=r"none of yours"):
        of_ours([read], accounts=["DE89370400440532013000"], name="s.xml")
    with pytest.raises(BankFault, match=r"add its IBAN to \[bank\] accounts"):
        of_ours([read], accounts=[], name="s.xml")


def test_lines_alike_are_told_apart_and_the_same_line_is_the_same() -> None:
    (read,) = read_statements(
        b"Date;Amount;Currency;Text\n2026-03-02;1,20;EUR;x\n2026-03-02;1,20;EUR;x\n", name="s.csv"
    )
    first, second = keys_of(read.lines)
    assert first != second
    assert keys_of(read.lines[:1]) == [first]


# --- references ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "means"),
    [
        ("RF18 5390 0754 7034", "539007547034"),
        ("RF19539007547034", None),
        ("+++010/8068/17183+++", "108068171"),
        ("210000000003139471430009017", "21000000000313947143000901"),
        ("00000000000000013", "1"),
        ("INV-20413", "INV20413"),
    ],
)
def test_what_a_reference_refers_to(reference: str, means: str | None) -> None:
    found = list(referred(reference))
    if means is None:
        assert found == [], "its check digits are wrong"
    else:
        assert means in found


# --- remittance advices -------------------------------------------------------------------------------------------------

KNOWN = ["INV-20413", "INV-20414", "INV-20415", "CN-7001"]


@pytest.mark.parametrize(
    ("text", "gives", "total"),
    [
        ("Invoice;Amount\nINV-20413;100.00\nINV-20414;50.50\nTotal;150.50\n", [("INV-20413", "100.00", "0"), ("INV-20414", "50.50", "0")], "150.50"),
        ("Rechnung   Brutto   Skonto   Netto\n20413  1.000,00  20,00  980,00\n20414  500,00  0,00  500,00\nSumme 1.480,00\n", [("INV-20413", "980.00", "20.00"), ("INV-20414", "500.00", "0")], "1480.00"),
        ("Factuur INV-20413 1000,00 korting 20,00\nTotaal 980,00 EUR\n", [("INV-20413", "980.00", "20.00")], "980.00"),
        ("inv 20413 open 100.00 paid 98.00\nTOTAL PAYMENT 98.00\n", [("INV-20413", "98.00", "2.00")], "98.00"),
        ("INV-20413 100.00\nCN-7001 -30.00\nTotal 70.00\n", [("INV-20413", "100.00", "0"), ("CN-7001", "-30.00", "0")], "70.00"),
        ("We paid INV-20415 today: 12.30\n", [("INV-20415", "12.30", "0")], "12.30"),
    ],
)  # fmt: skip
def test_advices(text: str, gives: list[tuple[str, str, str]], total: str) -> None:
    read = read_advice(text, name="a.txt", known=KNOWN)
    assert [(p.number, p.paid, p.deducted) for p in read.parts] == [(n, Decimal(a), Decimal(d)) for n, a, d in gives]
    assert read.total == Decimal(total)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hello\n", "none of its lines names one invoice"),
        ("INV-20413 100.00\nINV-20413 50.00\nTotal 150.00\n", "is listed twice"),
        ("INV-20413 100.00 98.00\n", "no total"),
        ("INV-20413 100.00\nINV-99999 50.00\nTotal 150.00\n", "do not come to its total"),
        ("INV-20413 INV-20414 100.00\n", "several invoices with one amount"),
    ],
)
def test_an_advice_that_does_not_add_up_is_refused(text: str, told: str) -> None:
    with pytest.raises(BankFault, match=told):
        read_advice(text, name="a.txt", known=KNOWN)


def table(heading: str, *rows: str, **form: Any) -> list[str]:
    content = "\n".join([heading, *rows]).encode()
    read = read_statements(content, name="x.csv", form=CsvForm(account=OURS, **form))
    return [f"{line.amount}" for statement in read for line in statement.lines]


@pytest.mark.parametrize(
    "cells", ["2026-01-02;10.00;EUR;{}thing", "2026-01-02;10.00;EUR;a{}", '2026-01-02;10.00;EUR;"a";{}b']
)
def test_a_quote_that_is_never_closed_loses_no_payment(cells: str) -> None:
    heading = "Date;Amount;Currency;Text" + (";More" if cells.count(";") > 3 else "")
    rows = [cells.format("")] * 8
    assert len(table(heading, *rows)) == 8
    broken = [*rows[:2], cells.format('"').replace('a"', '"a'), *rows[3:]]
    with pytest.raises(BankFault, match="line 4: a quote is opened here and never closed"):
        table(heading, *broken)


def test_words_of_a_status_are_not_taken_for_pending_ones() -> None:
    heading = "Date;Amount;Currency;Text;Status"
    rows = ["2026-01-02;10.00;EUR;a;Paid in", "2026-01-02;20.00;EUR;b;Transfer in", "2026-01-02;30.00;EUR;c;En attente"]
    assert table(heading, *rows) == ["10.00", "20.00"]


@pytest.mark.parametrize(
    ("heading", "row", "decimal"),
    [
        ("Date;Amount;Currency;Text", "2026-01-02;12.50;EUR;a", ","),
        ("Date;Amount;Currency;Text", "2026-01-02;1.2,50;EUR;a", ","),
        ("Date;Amount;D/C;Currency;Text", "2026-01-02;-12,50;C;EUR;a", ""),
        ("Date;Credit;Debit;Currency;Text", "2026-01-02;-12,50;;EUR;a", ""),
    ],
)
def test_an_amount_that_contradicts_itself_is_refused(heading: str, row: str, decimal: str) -> None:
    with pytest.raises(BankFault, match="line 2"):
        table(heading, row, decimal=decimal)


@pytest.mark.parametrize(
    ("days", "read"),
    [
        (["02/02/26"], ["2026-02-02"]),
        (["13/03/26", "02/04/26"], ["2026-03-13", "2026-04-02"]),
        (["02-03-2026"], ["2026-03-02"]),
        (["1 März 2026", "2026-03-02", "03.03.2026"], ["2026-03-01", "2026-03-02", "2026-03-03"]),
        (["46082"], ["2026-03-01"]),
    ],
)
def test_days_are_read_as_in_the_files_of_the_ledger(days: list[str], read: list[str]) -> None:
    rows = "".join(f"{day};1.50;EUR\n" for day in days)
    (statement,) = read_statements(f"Date;Amount;Currency\n{rows}".encode(), name="s.csv")
    assert [f"{line.booked_on}" for line in statement.lines] == read


@pytest.mark.parametrize(("stated", "day"), [("%d/%m/%Y", "2026-02-01"), ("MM/DD/YYYY", "2026-01-02")])
def test_a_person_says_how_days_are_written(stated: str, day: str) -> None:
    content = b"Date;Amount;Currency\n01/02/2026;1.50;EUR\n"
    (statement,) = read_statements(content, name="s.csv", form=CsvForm(date_format=stated))
    assert f"{statement.lines[0].booked_on}" == day
    with pytest.raises(BankFault, match="--date-format: 'soon' is no date format such as"):
        read_statements(content, name="s.csv", form=CsvForm(date_format="soon"))


def test_an_overdrawn_account_has_a_balance_below_zero() -> None:
    rows = ["2026-01-02;-10,00;EUR;a;100,00 S", "2026-01-03;30,00;EUR;b;70,00 S"]
    assert table("Date;Amount;Currency;Text;Balance", *rows) == ["-10.00", "30.00"]
