"""Files of other systems: what their columns are taken for, what is asked, and which rows come of them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from evals.bench.messy import write
from ledger.mapping_drafts import Applied
from ledger.mapping_fields import Kind
from ledger.mapping_guess import guess
from ledger.mapping_guessed import Guess, Said
from ledger.mapping_people import Names
from ledger.mapping_profile import Defaults, NoProfile, fitting, load, save
from ledger.mapping_rows import apply
from ledger.mapping_sheet import NotATable, Sheet, read_sheet
from ledger.mapping_taking import take, write_refused
from store.ledger_checking import Known
from store.ledger_faults import LedgerFaults
from store.phones import read_phone, to_e164

NEW = Defaults(currency="EUR", language="de", timezone="Europe/Berlin")
AGEING = """Offene Posten Nordwerk GmbH;;;;;;;;
Stand 31.10.2026

Debitor;Kundenname;E-Mail;Rechnungs-Nr.;Belegdatum;Fällig am;Rechnungsbetrag;Offner Betrag;Bestellnr
10234.0;Bracken Joinery Ltd;moira@bracken.example;F-5501;20.01.2026;19.02.2026;1.800,00 €;1.800,00 €;PO-311
10234.0;Bracken Joinery Ltd;moira@bracken.example;F-5502;2026-02-10;12.03.2026;640,50 €;320,25 €;000318
10400.0;Zimmerei Halder;buero@halder.example, chef@halder.example;F-5503;01.02.2026;03.03.2026;2.450,00 €;2.450,00 €;
10400.0;Zimmerei Halder;buero@halder.example;GS-12;01.03.2026;01.03.2026;(100,00) €;-100,00 €;
Summe;;;;;;4.790,50 €;4.470,25 €;
"""


def sheet_of(folder: Path, text: str, *, name: str = "open.csv", encoding: str = "utf-8") -> Sheet:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_sheet(path)


def guessed(folder: Path, text: str, *, said: Said | None = None, defaults: Defaults = NEW) -> Guess:
    return guess(sheet_of(folder, text), said=said, defaults=defaults)


def taken_for(found: Guess) -> dict[str, str | None]:
    return {column.heading: column.name for column in found.columns}


def applied(found: Guess) -> Applied:
    assert found.certain, (found.missing, found.questions)
    return apply(found.sheet, found.settled({}))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_one_report_of_open_items_makes_customers_contacts_and_invoices(tmp_path: Path, encoding: str) -> None:
    done = applied(guess(sheet_of(tmp_path, AGEING, encoding=encoding), defaults=NEW))
    rows = done.rows()
    assert [(r.customer_id, r.name) for _, r in rows.customers] == [
        ("10234", "Bracken Joinery Ltd"),
        ("10400", "Zimmerei Halder"),
    ]
    assert [r.email for _, r in rows.contacts] == [
        "moira@bracken.example",
        "buero@halder.example",
        "chef@halder.example",
    ]
    assert [(r.invoice_number, r.issue_date, r.due_date, r.balance, r.po_number) for _, r in rows.invoices][:2] == [
        ("F-5501", date(2026, 1, 20), date(2026, 2, 19), Decimal("1800.00"), "PO-311"),
        ("F-5502", date(2026, 2, 10), date(2026, 3, 12), Decimal("320.25"), "000318"),
    ]
    assert rows.invoices[3][1].is_credit
    assert done.notes == ["open.csv:9: the file's own total 4,470.25 is what its rows come to"]
    less = AGEING.replace("4.470,25", "5.470,25")
    assert "is a part of the file missing" in applied(guessed(tmp_path, less)).notes[0]


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("Inv No.,Cust ID,Inv Date,Due Dte,Curr,Amt,Outstanding,PO #", ""),
        ("Rechnungsnr,Debitorennummer,Rechnungsdatum,Fälligkeit,Währung,Bruttobetrag,Offener Betrag,Bestellnummer", ""),
        ("N° facture,Code client,Date de facture,Échéance,Devise,Montant TTC,Reste à payer,Bon de commande", ""),
        ("Nº Factura,Código cliente,Fecha factura,Vencimiento,Moneda,Importe,Saldo vencido,Pedido", ""),
        ("Numero fattura,Codice cliente,Data fattura,Scadenza,Valuta,Importo,Residuo,Ordine", ""),
        ("Factuurnr,Debiteurnummer,Factuurdatum,Vervaldatum,Valuta,Bedrag,Openstaand bedrag,Bestelnummer", ""),
        ("Nº fatura,Nº do cliente,Data da fatura,Vencimento,Moeda,Valor total,Em dívida,Encomenda", ""),
        ("Invoce Numbr,Customr No,Invoice Dat,Due Date,Curency,Totl Amount,Open Balanc,Purchase Ordr", ""),
    ],
)
def test_headings_of_seven_languages_and_their_misspellings_are_known(
    tmp_path: Path, heading: str, wanted: str
) -> None:
    rows = "A-1,C-7,2026-01-20,2026-02-19,EUR,1800.00,900.00,P1\nA-2,C-7,2026-01-21,2026-02-20,EUR,80.00,80.00,\n"
    found = guessed(tmp_path, f"{heading}\n{rows}")
    order = "invoice_number customer_id issue_date due_date currency amount balance po_number"
    assert [column.name for column in found.columns] == order.split()
    assert found.kind is Kind.INVOICES
    assert found.certain, found.questions


def test_our_own_files_are_read_as_what_they_are(tmp_path: Path) -> None:
    from tests.ledgers import FILES

    kinds = {name: guess(sheet_of(tmp_path, text, name=name), defaults=NEW) for name, text in FILES.items()}
    assert {name: found.kind for name, found in kinds.items()} == {
        "customers.csv": Kind.CUSTOMERS,
        "contacts.csv": Kind.CONTACTS,
        "invoices.csv": Kind.INVOICES,
        "payments.csv": Kind.PAYMENTS,
    }
    assert all(found.certain for found in kinds.values())
    ledger = take([applied(found) for found in kinds.values()], source="x", known=Known()).ledger
    assert {name: count for name, count in ledger.summary().items() if count} == {
        "customers": 2,
        "contacts": 3,
        "invoices": 4,
        "payments": 2,
    }


def test_what_stays_open_is_asked_and_never_guessed(tmp_path: Path) -> None:
    text = "Invoice,Customer ID,Date,Due Date,Amount,Balance\nA1,C1,03/04/2026,03/05/2026,1.234,1.234\n"
    found = guessed(tmp_path, text)
    told = " ".join(found.questions)
    assert "03/04/2026 could be DD/MM/YYYY or MM/DD/YYYY" in told
    assert "1.234 could be thousands or decimals" in told
    said = Said(dates={"": ("MM/DD/YYYY",)}, numbers={"": ","})
    ((_, row),) = applied(guessed(tmp_path, text, said=said)).rows().invoices
    assert (row.issue_date, row.due_date, row.amount) == (date(2026, 3, 4), date(2026, 3, 5), Decimal(1234))


def test_a_heading_that_nobody_knows_is_asked_by_its_cells(tmp_path: Path) -> None:
    text = "Invoice,Customer ID,Date,Zzz,Amount,Qqq,Who\nA1,C1,2026-03-04,2026-04-04,10.00,7.50,ap@x.example\n"
    found = guessed(tmp_path, text)
    assert taken_for(found) | {"x": ""} == taken_for(found) | {
        "x": "",
        "Zzz": "due_date",
        "Qqq": "balance",
        "Who": "email",
    }
    assert not found.certain
    assert any("--column balance=Qqq" in question for question in found.questions)
    assert applied(guessed(tmp_path, text, said=Said(columns={"balance": "Qqq", "due_date": "Zzz"}))).drafts


def test_a_heading_whose_cells_say_something_else_is_asked(tmp_path: Path) -> None:
    text = "Invoice,Customer ID,Date,Due Date,Amount,Balance,Currency\nA1,C1,2026-03-04,2026-04-04,9.00,7.50,Euros\n"
    found = guessed(tmp_path, text)
    assert found.questions == [
        "'Currency' reads like the currency, but its cells do not look like currency. Say --column currency=Currency, or "
        "--column ignore=Currency"
    ]
    assert guessed(tmp_path, text, said=Said(ignored=frozenset({"Currency"}))).certain


def test_a_missing_column_is_named_with_what_to_say(tmp_path: Path) -> None:
    text = "Invoice,Customer,Date,Amount\nA1,Acme Ltd,2026-03-04,10.00\n"
    found = guessed(tmp_path, text, defaults=Defaults())
    told = " ".join(found.missing)
    for words in ("--column balance=HEADING", "--terms DAYS", "--currency EUR", "--language en", "--timezone"):
        assert words in told
    assert not found.of("balance")
    found = guess(found.sheet, said=Said(columns={"balance": "Amount"}), defaults=NEW.model_copy(update={"terms": 30}))
    ((_, row),) = apply(found.sheet, found.settled({"balance": "Amount"})).rows().invoices
    assert (row.due_date, row.balance, row.customer_id) == (date(2026, 4, 3), Decimal(10), "acme-ltd")


def test_a_customer_whose_name_begins_like_a_sum_is_no_line_of_sums(tmp_path: Path) -> None:
    text = "Customer,Invoice,Date,Due Date,Amount,Balance,Customer ID\n"
    text += "Total Gas Ltd,A1,,,10.00,10.00,C1\nTotal Gas Ltd,A2,2026-01-01,2026-02-01,10.00,10.00,C1\nTotal,,,,20.00,20.00,\n"
    done = applied(guessed(tmp_path, text))
    assert (list(done.refused), [line for line, _ in done.sums], len(done.drafts)) == ([2], [4], 1)
    people = sheet_of(tmp_path, "Customer ID,Customer name,Currency\nC1,Total Gas Ltd,EUR\n", name="people.csv")
    assert len(applied(guess(people, defaults=NEW)).rows().customers) == 1


def test_documents_that_are_no_invoices_are_told_apart(tmp_path: Path) -> None:
    text = (
        "Type,Num,Customer ID,Date,Due Date,Amount,Open Balance\n"
        "Invoice,1,C1,2026-01-05,2026-02-05,100.00,100.00\n"
        "Credit Memo,2,C1,2026-01-06,,40.00,40.00\n"
        "Payment,3,C1,2026-01-07,,,-25.00\n"
        "Journal,4,C1,2026-01-08,2026-01-08,1.00,1.00\n"
    )
    found = guessed(tmp_path, text)
    done = applied(found)
    rows = done.rows()
    assert [(r.invoice_number, r.amount, r.balance) for _, r in rows.invoices] == [
        ("1", Decimal(100), Decimal(100)),
        ("2", Decimal(-40), Decimal(-40)),
    ]
    assert list(done.refused) == [4, 5]
    assert "'Journal' is no kind of document" in str(done.refused[5][0])


def test_a_workbook_is_read_like_a_file(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["Open items"])
    page.append(["Invoice", "Customer ID", "Invoice date", "Due date", "Amount", "Balance"])
    page.append([1001.0, 77, date(2026, 3, 4), date(2026, 4, 3), 1234.5, 1.25])
    book.save(tmp_path / "open.xlsx")
    ((_, row),) = applied(guess(read_sheet(tmp_path / "open.xlsx"), defaults=NEW)).rows().invoices
    assert (row.invoice_number, row.customer_id, row.due_date) == ("1001", "77", date(2026, 4, 3))
    assert (row.amount, row.balance) == (Decimal("1234.50"), Decimal("1.25"))


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write a workbook anew with other content in its parts."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, change(name, content))
    return path


def test_a_second_sheet_is_not_left_out_without_a_word(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Invoice", "Customer ID", "Date", "Due Date", "Amount", "Balance"]]
    rows.append(["A1", "C1", date(2026, 1, 5), date(2026, 2, 5), 10, 10])
    path = workbook(tmp_path / "open.xlsx", January=rows, February=rows, Notes=[["only words"]])
    sheet = read_sheet(path)
    assert sheet.notes == ["only the sheet 'January' is read: 'February' holds rows too; bring it with --sheet"]
    assert applied(guess(sheet, defaults=NEW)).notes == sheet.notes
    assert read_sheet(path, sheet="February").notes == []


def test_a_small_workbook_that_unpacks_to_a_huge_one_is_not_opened(tmp_path: Path) -> None:
    path = workbook(tmp_path / "open.xlsx", One=[["Invoice", "Amount"], ["A1", 10]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/media/image1.png", "w") as part:
        for _ in range(61):
            part.write(b"\0" * 10_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(NotATable, match="unpacks to more than 600 MB"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("found", "becomes", "told"),
    [
        (b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"', ""),
        (b'<row r="2"', b'<row r="2000000000"', "more rows or cells than can be read"),
        (b"<sheetData>", b"<sheetData><broken>", "is no Excel workbook"),
        (b'r="A2"', b'r="A:2"', "is no Excel workbook"),
    ],
)
def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path, found: bytes, becomes: bytes, told: str) -> None:
    path = workbook(tmp_path / "open.xlsx", One=[["Invoice", "Amount"], ["A1", 10]])
    changed = []

    def change(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/worksheets/"):
            return content
        changed.append(found in content)
        return content.replace(found, becomes)

    repacked(path, change)
    assert changed == [True]
    if told:
        with pytest.raises(NotATable, match=told):
            read_sheet(path)
    else:
        assert [row for _, row in read_sheet(path).rows] == [["A1", "10"]]


@pytest.mark.parametrize("quoted", ["thing", "Name"])
def test_a_quote_that_is_never_closed_loses_no_row(tmp_path: Path, quoted: str) -> None:
    heading = "Invoice,Customer ID,Customer name,Date,Due Date,Amount,Balance,Description"
    rows = [f"A{n},C{n},Name,2026-01-05,2026-02-05,{n}.50,{n}.50,thing" for n in range(1, 20)]
    assert len(sheet_of(tmp_path, "\n".join([heading, *rows])).rows) == 19
    for closed in ([9], [9, 10]):
        broken = [row.replace(quoted, f'"{quoted}') if n in closed else row for n, row in enumerate(rows)]
        with pytest.raises(NotATable, match=r"open\.csv:11: a quote is opened here and never closed"):
            sheet_of(tmp_path, "\n".join([heading, *broken]))


@pytest.mark.parametrize(
    ("sign", "currency", "goes"),
    [
        ("$", "EUR", False),
        ("¥", "EUR", False),
        ("kr ", "EUR", False),
        ("$", "CAD", True),
        ("kr ", "SEK", True),
        ("", "EUR", True),
    ],
)
@pytest.mark.parametrize("column", [True, False])
def test_a_sign_of_another_currency_is_not_read_as_the_rows(
    tmp_path: Path, sign: str, currency: str, goes: bool, column: bool
) -> None:
    head, tail = (",Currency", f",{currency}") if column else ("", "")
    text = f"Invoice,Customer ID,Customer name,Date,Due Date,Amount,Balance{head}\nA1,C1,N,2026-01-05,2026-02-05,{sign}10.50,{sign}10.50{tail}\n"
    default = Defaults(currency=None if column else currency, language="en", timezone="UTC")
    done = applied(guessed(tmp_path, text, defaults=default))
    assert (len(done.drafts), len(done.refused)) == ((1, 0) if goes else (0, 1))
    if not goes:
        assert f"shows another currency than {currency}" in done.refused[2][0].text


def test_a_cell_of_several_lines_stays_one(tmp_path: Path) -> None:
    text = 'Invoice,Customer ID,Date,Due Date,Amount,Balance,Description\nA1,C1,2026-01-05,2026-02-05,1.50,1.50,"two, lines\nand ""more"", here"\n'
    ((_, row),) = sheet_of(tmp_path, text).rows
    assert row[-1] == 'two, lines\nand "more", here'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"just words\n", "is no table"),
        (b'a,b\n1,"2\n' + b"x\n" * 40, "a quote is opened here and never closed"),
        (b"PK\x03\x04rubbish", "is no Excel workbook"),
        (b"\xd0\xcf\x11\xe0rubbish", "Excel file of before 2007"),
        (b"a,b\n\x00,1\n", "NUL"),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(NotATable, match=told):
        read_sheet(tmp_path / "x.csv")


ROWS = "Invoice,Customer ID,Date,Due Date,Amount,Balance\n"


def test_rows_that_contradict_each_other_are_refused_and_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    text = ROWS + (
        "A1,C1,2026-01-05,2026-02-05,100.00,100.00\n"
        "A1,C1,2026-01-05,2026-02-05,100.00,100.00\n"
        "A2,C1,2026-01-05,2026-02-05,100.00,100.00\n"
        "A2,C1,2026-01-05,2026-02-05,100.00,60.00\n"
        "A3,C1,2026-01-05,2026-01-04,100.00,60.00\n"
    )
    found = guessed(tmp_path, text)
    done = applied(found)
    assert (done.twice, sorted(done.refused)) == (1, [4, 5])
    assert "stands in line 5 too, with another balance" in str(done.refused[4][0])
    known = Known(customers=frozenset({"C1"}))
    with pytest.raises(LedgerFaults) as caught:
        take([done], source="x", known=known)
    assert len(caught.value.faults) == 3, "and the one that is due before it is issued"
    taken = take([done], source="x", known=known, set_aside=True)
    assert [row.invoice_number for row in taken.ledger.invoices] == ["A1"]
    assert sorted(taken.refused["open.csv"]) == [4, 5, 6]
    write_refused(done, taken.refused["open.csv"], tmp_path / "open.refused.csv")
    again = read_sheet(tmp_path / "open.refused.csv")
    assert again.headings == [*found.sheet.headings, "line", "reason"]
    assert again.column("Balance") == ["100.00", "60.00", "60.00"]
    last = apply(found.sheet, found.settled({}), last_wins=True)
    assert [row.balance for _, row in last.rows().invoices] == [100, 60, 60]


def test_setting_a_customer_aside_sets_its_invoices_aside_as_well(tmp_path: Path) -> None:
    people = guess(
        said=Said(columns={"currency": "Currency"}),
        sheet=sheet_of(tmp_path, "Customer ID,Customer name,Currency\nC1,Acme,EURO\nC2,Brix,EUR\n", name="people.csv"),
        defaults=NEW,
    )
    open_items = guessed(
        tmp_path, ROWS + "A1,C1,2026-01-05,2026-02-05,9.00,9.00\nA2,C2,2026-01-05,2026-02-05,9.00,9.00\n"
    )
    taken = take([applied(people), applied(open_items)], source="x", known=Known(), set_aside=True)
    assert [row.invoice_number for row in taken.ledger.invoices] == ["A2"]
    assert "'C1' is not in the customers of x" in str(taken.refused["open.csv"][2][0])


def test_a_customer_without_a_number_is_known_by_its_name(tmp_path: Path) -> None:
    text = "Invoice,Customer,Date,Due Date,Amount,Balance\nA1,ACME  ltd,2026-01-05,2026-02-05,9.00,9.00\n"
    found = guessed(tmp_path, text)
    names = Names.of([("K7", "Acme Ltd"), ("K8", "Twin"), ("K9", "Twin")])
    assert apply(found.sheet, found.settled({}), names=names).drafts[0].invoice.customer_id == "K7"  # type: ignore[union-attr]
    twin = guessed(tmp_path, text.replace("ACME  ltd", "twin"))
    assert "is the name of K8, K9" in str(apply(twin.sheet, twin.settled({}), names=names).refused[2][0])


def test_a_profile_is_kept_and_a_file_that_differs_is_refused(tmp_path: Path) -> None:
    found = guessed(tmp_path, AGEING)
    save(tmp_path, "nordwerk", [found.settled({})])
    profile = load(tmp_path, "nordwerk")
    mapping = fitting(profile, found.sheet)
    assert mapping == found.settled({})
    assert len(apply(found.sheet, mapping).drafts) == 4
    other = sheet_of(tmp_path, AGEING.replace("Offner Betrag", "Offener Betrag"))
    with pytest.raises(NoProfile, match="'Offner Betrag' \\(balance\\) is missing, 'Offener Betrag' is there"):
        fitting(profile, other)
    foreign = AGEING.replace("20.01.2026", "2026/01/20").replace("2026-02-10", "2026/02/10").replace("01.02.2026", "?")
    with pytest.raises(ValueError, match=r"'Belegdatum' \(issue_date\) is not written as DD.MM.YYYY, YYYY-MM-DD: 25%"):
        apply(sheet_of(tmp_path, foreign), mapping)
    for wrong in ("../x", "missing"):
        with pytest.raises(NoProfile):
            load(tmp_path, wrong)


WHERE = {
    "en": "Customer No;Customer;Adress line 1;House no;Post Code;Town;Contry;Telephne;Mobile;Email;Language;Time zone;Currency",
    "de": "Debitor;Kundenname;Straße;Hausnr.;PLZ;Ort;Land;Telefon;Handy;E-Mail;Sprache;Zeitzone;Währung",
    "fr": "Code client;Raison sociale;Rue;Numéro de rue;Code postal;Ville;Pays;Téléphone;Portable;Courriel;Langue;Fuseau horaire;Devise",
    "es": "Código cliente;Razón social;Calle;Número exterior;C.P.;Población;País;Teléfono;Móvil;Correo;Idioma;Zona horaria;Moneda",
    "it": "Codice cliente;Ragione sociale;Via;N. civico;CAP;Città;Paese;Telefono;Cellulare;Email;Lingua;Fuso orario;Valuta",
    "nl": "Klantnummer;Klantnaam;Straat;Huisnummer;Postcode;Woonplaats;Land;Telefoonnummer;Mobiel;E-mailadres;Taal;Tijdzone;Valuta",
    "pt": "Código do cliente;Razão social;Rua;Número de porta;Código postal;Localidade;País;Telefone;Telemóvel;Correio eletrónico;Idioma;"
    "Fuso horário;Moeda",
}
PLACES = """
1;Eins;Kadeweg;14a;01067;Dresden;{0};0351 5550188;;a@b.example;de;Europe/Berlin;EUR
2;Two;Saw Mill Road;4;LS1 4AB;Leeds;GB;;+44 7400 123456;b@b.example, c@b.example;en;Europe/London;GBP
3;Trois;Weg;2;4020;Linz;Absurdistan;0732 5550188 ext. 3;;d@b.example;de;Europe/Vienna;EUR
4;Quatro;;;8000;Nowhere;-;n/a;;e@b.example;de;Europe/Vienna;EUR
5;Five;Rue X;9;75001;Paris;FRA;01 40 00 00 00;;;fr;Europe/Paris;EUR
"""


@pytest.mark.parametrize(
    ("language", "germany"),
    [*zip(WHERE, ["Germany", "BRD", "Allemagne", "Alemania", "DEU", "276", "Alemanha"], strict=True)],
)
def test_where_a_customer_is_reads_in_seven_languages(tmp_path: Path, language: str, germany: str) -> None:
    done = applied(guessed(tmp_path, WHERE[language] + PLACES.replace("{0}", germany)))
    rows = done.rows()
    assert not done.refused
    assert {c.customer_id: (c.address, c.country) for _, c in rows.customers} == {
        "1": ("Kadeweg 14a\n01067 Dresden", "DE"),
        "2": ("4 Saw Mill Road\nLeeds\nLS1 4AB", "GB"),
        "3": ("Weg 2\n4020 Linz", ""),
        "4": ("", ""),
        "5": ("9 Rue X\n75001 Paris", "FR"),
    }
    assert {c.email: c.phone for _, c in rows.contacts} == {
        "a@b.example": "+493515550188",
        "b@b.example": "+447400123456",
        "c@b.example": "",
        "d@b.example": "",
        "e@b.example": "",
    }
    # What cannot be understood is told by line, and nothing else is.
    assert sorted(line for line, *_ in done.left_out) == [4, 4, 6]
    assert "line 4 'Absurdistan': is no country that is known here" in " ".join(done.notes)


def test_an_address_in_one_cell_stays_as_it_is_written(tmp_path: Path) -> None:
    head = "Customer ID,Customer name,Currency,Billing address,Web address,Phone notes\n"
    rows = [
        'C1,Acme,EUR,"4, rue des Lilas; 75001 Paris; France",acme.example,ring twice',
        'C2,Brix,EUR,"12 Quay\nBoston, MA 02110, USA",,',
        'C3,Colt,EUR,"1 Peach Street, Atlanta, Georgia",,',
    ]
    found = guessed(tmp_path, head + "\n".join(rows) + "\n")
    assert taken_for(found)["Billing address"] == "address"
    assert (taken_for(found)["Web address"], taken_for(found)["Phone notes"]) == (None, None)
    assert [(c.address, c.country) for _, c in applied(found).rows().customers] == [
        ("4, rue des Lilas\n75001 Paris\nFrance", "FR"),
        ("12 Quay\nBoston, MA 02110, USA", "US"),
        ("1 Peach Street, Atlanta, Georgia", ""),  # a state as well
    ]


def test_open_items_bring_addresses_and_numbers_from_whichever_row_has_them(tmp_path: Path) -> None:
    head = "Invoice,Customer No,Customer,E-mail,Tel,Address,City,Country,Date,Due Date,Amount,Balance\n"
    rest = ",2026-01-05,2026-02-05,9.00,9.00\n"
    rows = ("A1,C1,Acme,a@acme.example,,,,", "A2,C1,Acme,a@acme.example,0351 5550188,Kadeweg 14,Dresden,DE")
    found = guessed(tmp_path, head + "".join(row + rest for row in rows))
    rows_made = applied(found).rows()
    assert [(c.address, c.country) for _, c in rows_made.customers] == [("Kadeweg 14\nDresden", "DE")]
    assert [c.phone for _, c in rows_made.contacts] == ["+493515550188"]
    assert [i.balance for _, i in rows_made.invoices] == [Decimal("9.00")] * 2


@given(st.text(max_size=40), st.sampled_from(["", "DE", "GB", "US"]))
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_cell_a_number_can_be_dialled_or_is_refused(cell: str, country: str) -> None:
    try:
        found = read_phone(cell, country=country)
    except ValueError:
        return
    assert to_e164(found) == found


GROUPED = """A/R Ageing Detail

Date,Transaction Type,Num,Customer,Due Date,Amount,Open Balance,Days overdue
Current,,,,,,,
03/15/2026,Invoice,1045,Total Energy Ltd,04/14/2026,"1,200.00","1,200.00",
Total for Current,,,,,,"$1,200.00",
1 - 30 days past due,,,,,,,
02/10/2026,Invoice,1040,Brix,03/12/2026,500.00,500.00,19
Brix,,,,,,,
,,,,Grand total,,"$1,700.00",
"""


def test_a_report_in_groups_is_read_row_by_row_and_its_headings_are_told(tmp_path: Path) -> None:
    found = guessed(tmp_path, GROUPED)
    assert (taken_for(found)["Days overdue"], found.questions) == (None, [])
    done = applied(found)
    assert not done.refused
    assert [row.invoice_number for _, row in done.rows().invoices] == ["1045", "1040"]
    assert len(done.sums) == 2
    assert done.notes[0] == (
        "open.csv: 3 lines with one cell alone left out: line 4 'Current', line 7 '1 - 30 days past due', line 9 'Brix'"
    )
    assert "the file's own total 1,700.00 is what its rows come to" in done.notes[1]


def test_a_number_that_is_alone_in_its_line_is_refused_and_not_left_out(tmp_path: Path) -> None:
    done = applied(guessed(tmp_path, GROUPED.replace("\nBrix,,,,,,,", "\n,,1041,,,,,")))
    assert list(done.refused) == [9]


def test_a_list_of_sums_by_age_is_told_as_what_it_is(tmp_path: Path) -> None:
    found = guessed(tmp_path, "Customer,Current,1-30,31-60,61-90,>90,Total\nAcme,10,0,0,0,5,15\nBrix,1,0,0,0,0,1\n")
    assert found.missing == [
        "this is a list of sums by age, a row a customer: export its detail, with a row for each invoice, its number and dates"
    ]


def test_an_invoice_of_another_customer_is_never_replaced(tmp_path: Path) -> None:
    rows = "1001,C1,2026-01-05,2026-02-05,9.00,9.00\n1001,C2,2026-01-05,2026-02-05,9.00,9.00\n"
    found = guessed(tmp_path, ROWS + rows)
    done = apply(found.sheet, found.settled({}), last_wins=True)
    assert (len(done.drafts), sorted(done.refused)) == (0, [2, 3])
    assert "for another customer: give one of them a number of its own" in str(done.refused[2][0])


def test_a_column_is_not_believed_where_another_one_holds_both_ways(tmp_path: Path) -> None:
    rows = "A1,C1,01/02/2026,15/02/2026,9.00,9.00\nA2,C1,02/13/2026,03/15/2026,9.00,9.00\n"
    rows += "A3,C1,02/14/2026,03/16/2026,9.00,9.00\n"
    done = applied(guessed(tmp_path, ROWS + rows))
    assert [row.invoice_number for _, row in done.rows().invoices] == ["A2", "A3"]
    assert "'01/02/2026' could be DD/MM/YYYY or MM/DD/YYYY" in str(done.refused[2][0])


def test_a_year_that_was_mistyped_is_told(tmp_path: Path) -> None:
    rows = ("A1,C1,2026-01-05,2026-02-05", "A2,C1,2062-01-06,2062-02-06", "A3,C1,2026-01-07,2062-02-07")
    done = applied(guessed(tmp_path, ROWS + "".join(f"{row},9.00,9.00\n" for row in rows)))
    assert len(done.drafts) == 3
    told = "line 3 (2062-01-06, due 2062-02-06), line 4 (2026-01-07, due 2062-02-07): is the year right?"
    assert done.notes == [f"open.csv: {told}"]


def test_text_that_a_spreadsheet_was_to_keep_as_text_is_unwrapped(tmp_path: Path) -> None:
    found = guessed(tmp_path, ROWS + '"=""0012""",C1,2026-01-05,2026-02-05,9.00,9.00\n')
    assert [row.invoice_number for _, row in applied(found).rows().invoices] == ["0012"]


def test_a_web_page_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(NotATable, match="is a web page or XML"):
        sheet_of(tmp_path, "<html><table><tr><td>Invoice</td></tr></table></html>", name="open.xls")


LOCALES = ("en_US", "en_GB", "de", "fr", "es", "it", "nl", "pt", "de_CH")
INVOICE = st.tuples(
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    st.integers(0, 120),
    st.integers(1, 99_999_999),
    st.integers(0, 100),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(INVOICE, min_size=1, max_size=12), st.sampled_from(LOCALES), st.sampled_from(",;\t"))
def test_a_file_that_is_certain_gives_back_what_was_written(
    tmp_path: Path, rows: list[tuple[date, int, int, int]], locale: str, delimiter: str
) -> None:
    wanted = []
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Invoice number", "Customer ID", "Invoice date", "Due date", "Amount", "Open balance"])
    for at, (issued, days, cents, share) in enumerate(rows):
        amount = Decimal(cents) / 100
        balance = (amount * share / 100).quantize(Decimal("0.01"))
        due = issued + timedelta(days=days)
        wanted.append((f"{at:05d}", issued, due, amount, balance))
        cells = [format_date(day, "short", locale) for day in (issued, due)]
        cells += [format_decimal(each, "#,##0.00", locale) for each in (amount, balance)]
        writer.writerow([f"{at:05d}", "7.0", *cells])
    found = guess(sheet_of(tmp_path, out.getvalue()), defaults=NEW)
    if not found.certain:
        assert all("could be" in question for question in found.questions), found.questions
        return
    done = applied(found)
    assert [
        (r.invoice_number, r.issue_date, r.due_date, r.amount, r.balance) for _, r in done.rows().invoices
    ] == wanted, done.refused


def test_messy_rows_go_in_or_are_explained(tmp_path: Path) -> None:
    """The same generator makes the hundred thousand rows of `make bench ARGS="import --size 100000"`."""
    made = write(tmp_path / "open.csv", rows=4_000, seed=3)
    found = guess(read_sheet(tmp_path / "open.csv"), defaults=NEW)
    assert found.certain, (found.missing, found.questions)
    done = apply(found.sheet, found.settled({}))
    taken = take([done], source="x", known=Known(), set_aside=True)
    assert {row.invoice_number: (row.balance, row.due_date) for row in taken.ledger.invoices} == made.good
    assert {row.customer_id for row in taken.ledger.customers} == made.customers
    assert (done.twice, len(done.sums), taken.refused_rows) == (made.twice, made.sums, made.contradicting + made.broken)
    assert all(fault.line and fault.text for lines in taken.refused.values() for f in lines.values() for fault in f)
