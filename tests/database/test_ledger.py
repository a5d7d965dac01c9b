from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from store.cases import customer_facts
from store.engine import unit_of_work
from store.ledger import LedgerFaults, import_ledger, read_ledger
from store.tables import Contact, Customer, Invoice
from store.vocabulary import ContactStatus
from tests.ledgers import FILES, NOW, load_ledger, write_ledger


def faults(folder: Path, **changed: str) -> list[str]:
    with pytest.raises(LedgerFaults) as caught:
        read_ledger(write_ledger(folder, **changed))
    return [str(fault) for fault in caught.value.faults]


def test_a_ledger_goes_in_and_comes_out_to_the_cent(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    with unit_of_work(engine) as session:
        facts = customer_facts(session, "K1", now=NOW)
    assert [(i.number, i.balance) for i in facts.open_invoices] == [
        ("F-5501", Decimal("1800.00")),
        ("F-5502", Decimal("320.25")),
    ]
    assert facts.invoice("F-5501") is not None
    assert facts.invoice("F-5503") is None, "another customer's invoice is never in the snapshot"
    assert facts.open_invoices[0].document_sha256
    assert facts.open_invoices[0].days_overdue(facts.today) == 54


def test_the_same_folder_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    with unit_of_work(engine) as session:
        changed = import_ledger(session, read_ledger(tmp_path / "ledger"), actor="test", now=NOW)
    assert set(changed.values()) == {0}


def test_a_changed_balance_is_taken_over_and_changes_the_digest(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
        before = customer_facts(session, "K1", now=NOW).ledger_digest()
        assert customer_facts(session, "K1", now=NOW.replace(year=2027)).ledger_digest() == before, (
            "time alone changes nothing"
        )
    paid = FILES["invoices.csv"].replace("1800.00,1800.00", "1800.00,0.00")
    with unit_of_work(engine) as session:
        changed = import_ledger(
            session, read_ledger(write_ledger(tmp_path / "paid", invoices=paid)), actor="test", now=NOW
        )
        assert changed["invoices"] == 1
        assert customer_facts(session, "K1", now=NOW).ledger_digest() != before


def test_the_erp_verifies_a_contact_that_a_mail_had_named_but_never_revives_a_bounced_one(
    engine: Engine, tmp_path: Path
) -> None:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
        moira, gwyn = session.exec(
            select(Contact).where(Contact.customer_id == "K1").order_by(col(Contact.name).desc())
        ).all()
        moira.status, gwyn.status = ContactStatus.TO_VERIFY, ContactStatus.INVALID
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(tmp_path / "ledger"), actor="test", now=NOW)
        statuses = {c.name: c.status for c in session.exec(select(Contact).where(Contact.customer_id == "K1"))}
    assert statuses == {"Moira Tate": ContactStatus.VERIFIED, "Gwyn Bracken": ContactStatus.INVALID}


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("invoices", "2026-02-19", "19.2.2026", "invoices.csv:2: due_date: '19.2.2026'"),
        ("invoices", "1800.00,1800.00", "1800.00,1800.001", "invoices.csv:2: balance"),
        ("invoices", "1800.00,1800.00", "1800.00,1900.00", "invoices.csv:2: balance: 1900.00 is more than the amount"),
        ("invoices", "1800.00,1800.00", "NaN,1800.00", "invoices.csv:2: amount"),
        ("invoices", "F-5502,K1", "F-5501,K1", "invoices.csv:3: invoice_number: 'F-5501' stands already in line 2"),
        ("invoices", "F-5503,K2", "F-5503,K9", "invoices.csv:4: customer_id: 'K9' is not in customers.csv"),
        (
            "invoices",
            "F-5503,K2,2026-02-01,2026-03-03",
            "F-5503,K2,2026-02-01,2026-01-03",
            "due_date: 2026-01-03 is before",
        ),
        ("invoices", "2026-01-20,", "", "invoices.csv:2: description: the row has more or fewer cells"),
        ("customers", "Europe/London", "London", "customers.csv:2: timezone: 'London'"),
        ("customers", "GBP", "pounds", "customers.csv:2: currency"),
        ("customers", "name,currency", "title,currency", "customers.csv:1: name: missing in the heading line"),
        ("contacts", "moira@bracken.example", "moira", "contacts.csv:2: email"),
        ("contacts", "moira@bracken.example", "moira@bräcken.example", "contacts.csv:2: email"),
        ("contacts", "moira@bracken.example", "möira@bracken.example", "contacts.csv:2: email"),
        ("customers", "customer_id,name", '"customer_id,name', "customers.csv:"),
        ("payments", "K1,F-5502", "K2,F-5502", "payments.csv:2: invoice_number: 'F-5502' belongs to another customer"),
        ("payments", "P2,K2", "P1,K2", "payments.csv:3: payment_id: 'P1' stands already"),
        ("payments", "BRACKEN PART", 'BRACKEN "PART"\x00', "payments.csv:2"),
    ],
)
def test_a_wrong_cell_is_named_by_file_line_and_column(
    tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    text = FILES[f"{file}.csv"]
    assert old in text
    found = faults(tmp_path / "ledger", **{file: text.replace(old, new, 1)})
    assert any(expected in line for line in found), found


def test_all_faults_are_told_at_once_and_nothing_is_half_imported(engine: Engine, tmp_path: Path) -> None:
    found = faults(
        tmp_path / "ledger",
        customers=FILES["customers.csv"].replace("GBP", "x"),
        invoices=FILES["invoices.csv"].replace("2450.00,2450.00", "2450.00,-1"),
    )
    assert len(found) >= 3
    with unit_of_work(engine) as session:
        assert session.exec(select(Customer)).first() is None
        assert session.exec(select(Invoice)).first() is None


def test_missing_and_unreadable_files_are_named(tmp_path: Path) -> None:
    folder = write_ledger(tmp_path / "ledger")
    (folder / "payments.csv").unlink()
    (folder / "customers.csv").write_bytes(FILES["customers.csv"].replace("Joinery", "Joinéry").encode("latin-1"))
    (folder / "documents").mkdir()
    (folder / "documents" / "F-5501.pdf").write_bytes(b"not a pdf")
    (folder / "documents" / "F-9999.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(LedgerFaults) as caught:
        read_ledger(folder)
    text = str(caught.value)
    assert "payments.csv: is missing" in text
    assert "customers.csv:2: is not UTF-8" in text
    assert "documents/F-5501.pdf: is not a PDF" in text
    assert "documents/F-9999.pdf: no such invoice number" in text


def test_what_is_no_file_is_a_fault_like_any_other(tmp_path: Path) -> None:
    folder = write_ledger(tmp_path / "ledger")
    (folder / "documents" / "F-5501.pdf").mkdir(parents=True)
    (folder / "payments.csv").unlink()
    (folder / "payments.csv").mkdir()
    with pytest.raises(LedgerFaults) as caught:
        read_ledger(folder)
    assert [str(fault) for fault in caught.value.faults] == [
        "payments.csv: cannot be read: Is a directory",
        "documents/F-5501.pdf: cannot be read: Is a directory",
    ]


def test_a_line_separator_in_a_cell_ends_no_row(tmp_path: Path) -> None:
    invoices = FILES["invoices.csv"].replace("Saw blades", "Saw\u2028blades\x85")
    ledger = read_ledger(write_ledger(tmp_path / "ledger", invoices=invoices))
    assert ledger.invoices[1].description == "Saw\u2028blades"


def test_an_amount_that_a_database_cannot_hold_is_a_fault_of_its_line(engine: Engine, tmp_path: Path) -> None:
    """On PostgreSQL it would break the import in the middle."""
    line = "F-9,K1,2026-01-20,2026-02-19,GBP,{0},{0},,Router cutters\n"
    (fault, _) = faults(tmp_path / "a", invoices=FILES["invoices.csv"] + line.format("9999999999999999"))
    assert fault.startswith("invoices.csv:6: amount: '9999999999999999'")
    most = "99999999999999.99"
    ledger = read_ledger(write_ledger(tmp_path / "b", invoices=FILES["invoices.csv"] + line.format(most)))
    with unit_of_work(engine) as session:
        import_ledger(session, ledger, actor="test", now=NOW)
    with unit_of_work(engine) as session:
        assert session.get_one(Invoice, "F-9").amount == Decimal(most)


# --- credit notes -----------------------------------------------------------------------------------------------------

CREDIT = "CN-77,K1,2026-03-30,2026-03-30,GBP,-320.25,{balance},,two blades short on F-5502\n"


def with_credit(folder: Path, balance: str = "-320.25", row: str = CREDIT) -> Path:
    return write_ledger(folder, invoices=FILES["invoices.csv"] + row.format(balance=balance))


def test_a_credit_note_is_money_that_no_invoice_took_and_never_an_open_invoice(engine: Engine, tmp_path: Path) -> None:
    folder = with_credit(tmp_path / "ledger")
    (folder / "documents").mkdir()
    (folder / "documents" / "CN-77.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    with unit_of_work(engine) as session:
        changed = import_ledger(session, read_ledger(folder), actor="test", now=NOW)
        assert (changed["credits"], changed["invoices"], changed["payments"]) == (1, 4, 2)
    with unit_of_work(engine) as session:
        assert set(import_ledger(session, read_ledger(folder), actor="test", now=NOW).values()) == {0}
        facts = customer_facts(session, "K1", now=NOW)
    assert [i.number for i in facts.invoices] == ["F-5501", "F-5502"]
    (credit,) = [p for p in facts.payments if p.invoice_number is None]
    assert (credit.id, credit.amount, credit.is_credit) == ("CN-77", Decimal("320.25"), True)
    assert credit.reference == "Credit note CN-77: two blades short on F-5502"
    assert not any(p.is_credit for p in facts.payments if p.id != "CN-77")
    for balance, left in (("-20.25", [Decimal("20.25")]), ("0.00", [])):
        with unit_of_work(engine) as session:
            changed = import_ledger(session, read_ledger(with_credit(folder, balance)), actor="test", now=NOW)
            assert changed["credits"] == 1
            facts = customer_facts(session, "K1", now=NOW)
        assert [p.amount for p in facts.payments if p.invoice_number is None] == left


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (CREDIT.format(balance="-320.26"), "invoices.csv:6: balance: -320.26 does not lie between"),
        (CREDIT.format(balance="1.00"), "invoices.csv:6: balance: 1.00 does not lie between"),
        (CREDIT.format(balance="-1").replace("K1", "K9"), "invoices.csv:6: customer_id: 'K9' is not in customers.csv"),
        (
            CREDIT.format(balance="-1").replace("CN-77", "P1"),
            "'P1' is a credit note here and a payment in payments.csv",
        ),
        (CREDIT.format(balance="-1").replace("-320.25", "10"), "bring what was paid too much as a row of payments.csv"),
    ],
)
def test_a_credit_note_that_cannot_be_is_named(tmp_path: Path, row: str, told: str) -> None:
    found = faults(tmp_path / "ledger", invoices=FILES["invoices.csv"] + row)
    assert len(found) == 1
    assert told in found[0]


def test_a_reversal_among_the_receipts_is_told_what_to_do(tmp_path: Path) -> None:
    (told,) = faults(tmp_path / "ledger", payments=FILES["payments.csv"] + "P3,K1,F-5502,2026-03-25,GBP,-320.25,BACK\n")
    assert told.startswith(
        "payments.csv:4: amount: '-320.25': a reversal is no receipt: leave this row and the payment"
    )


def test_an_invoice_never_turns_into_a_credit_note(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    turned = FILES["invoices.csv"].replace("1800.00,1800.00", "-1800.00,-1800.00")
    with (
        unit_of_work(engine) as session,
        pytest.raises(LedgerFaults, match="'F-5501' was imported as an invoice before"),
    ):
        import_ledger(session, read_ledger(write_ledger(tmp_path / "turned", invoices=turned)), actor="test", now=NOW)
