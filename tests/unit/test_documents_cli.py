"""`dunwell documents` and `dunwell export reissues`, as a person types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sqlmodel import select

from store.engine import unit_of_work
from store.matters import CompanyDocument
from store.tables import Effect, ProposalRow, Resubmission
from tests.ledgers import NOW, write_ledger
from tests.unit.test_cli import Dunwell, configure, home_of, one_line
from tests.unit.test_cli import dunwell as dunwell
from tests.unit.test_cli import held as held

PDF = b"%PDF-1.4\n% signed\n%%EOF\n"


@pytest.fixture
def config(dunwell: Dunwell, tmp_path: Path) -> str:
    made = configure(tmp_path)
    assert dunwell("import", str(write_ledger(tmp_path / "ledger")), "-c", made).code == 0
    (tmp_path / "paper.pdf").write_bytes(PDF)
    return made


def test_a_document_is_kept_listed_and_withdrawn(dunwell: Dunwell, config: str) -> None:
    assert "document 1: w9 is kept" in dunwell("documents", "add", "w9", "paper.pdf", "-c", config).out
    assert "was kept already" in dunwell("documents", "add", "w9", "paper.pdf", "-c", config).out
    more = ("documents", "add", "proof_of_delivery", "paper.pdf", "--invoice", "F-5501", "--json", "-c", config)
    told = json.loads(dunwell(*more).out)
    assert (told["id"], told["invoice"], told["new"]) == (2, "F-5501", True)
    listed = json.loads(dunwell("documents", "list", "--json", "-c", config).out)
    assert [(d["id"], d["kind"], d["invoice"], d["bytes"]) for d in listed] == [
        (1, "w9", None, len(PDF)),
        (2, "proof_of_delivery", "F-5501", len(PDF)),
    ]
    assert "withdrawn" in dunwell("documents", "withdraw", "1", "-c", config).out
    one_line(dunwell("documents", "withdraw", "1", "-c", config), "document 1 was withdrawn", code=2)
    one_line(dunwell("documents", "withdraw", "9", "-c", config), "there is no document 9", code=2)
    assert "F-5501" in dunwell("documents", "list", "-c", config).out
    assert len(json.loads(dunwell("documents", "list", "--withdrawn", "--json", "-c", config).out)) == 2
    assert "holds" in dunwell("audit", "-c", config).out


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("passport", "paper.pdf"), "is no kind of document"),
        (("w9", "none.pdf"), "is no file"),
        (("w9", "."), "is no file"),
        (("w9", "dunwell.toml"), "is not a PDF"),
        (("proof_of_delivery", "paper.pdf"), "name the invoice"),
        (("proof_of_delivery", "paper.pdf", "--invoice", "F-1"), "no invoice in the ledger"),
        (("statement", "paper.pdf"), "made from the ledger"),
    ],
)
def test_a_document_that_cannot_be_kept(dunwell: Dunwell, config: str, words: tuple[str, ...], fault: str) -> None:
    one_line(dunwell("documents", "add", *words, "-c", config), fault, code=2)
    assert json.loads(dunwell("documents", "list", "--json", "-c", config).out) == []


def test_a_ledger_brings_proofs_of_delivery_and_the_same_one_again_changes_nothing(
    dunwell: Dunwell, config: str, tmp_path: Path
) -> None:
    folder = tmp_path / "ledger" / "documents" / "delivery"
    folder.mkdir(parents=True)
    (folder / "F-5501.pdf").write_bytes(PDF)
    first = json.loads(dunwell("import", str(tmp_path / "ledger"), "--json", "-c", config).out)
    assert (first["read"]["deliveries"], first["changed"]["deliveries"]) == (1, 1)
    assert (
        json.loads(dunwell("import", str(tmp_path / "ledger"), "--json", "-c", config).out)["changed"]["deliveries"]
        == 0
    )
    with unit_of_work(home_of(config).engine) as session:
        row = session.exec(select(CompanyDocument)).one()
        assert (row.kind, row.invoice_number, row.withdrawn_at) == ("proof_of_delivery", "F-5501", None)
    (folder / "F-9999.pdf").write_bytes(PDF)
    (folder / "F-5502.pdf").write_bytes(b"%PDF-1.4 cut short")
    done = dunwell("import", str(tmp_path / "ledger"), "-c", config)
    assert done.code == 2
    assert "documents/delivery/F-9999.pdf: no such invoice number" in done.err
    assert "documents/delivery/F-5502.pdf: is not a PDF" in done.err


def requested(config: str, *orders: str) -> None:
    """Note re-issues as the tool does, of a proposal that was approved."""
    with unit_of_work(home_of(config).engine) as session:
        message = _message(session)
        for number, order in enumerate(orders):
            proposal = ProposalRow(
                message_id=message,
                followup_id=number + 1,
                customer_id="K1",
                newest_message=message,
                created_at=NOW,
                decided_by="ines",
            )
            session.add(proposal)
            session.flush()
            assert proposal.id is not None
            effect = Effect(proposal_id=proposal.id, position=0, tool="resubmit_invoice", text="", applied_at=NOW)
            session.add(effect)
            session.flush()
            assert effect.id is not None
            session.add(
                Resubmission(
                    customer_id="K1", invoice_number="F-5501", po_number=order, kind="reissue", effect_id=effect.id
                )
            )


def _message(session: object) -> int:
    from sqlmodel import Session

    from store.tables import Message

    assert isinstance(session, Session)
    row = Message(mailbox="ar", sha256="x", content_key="x", received_at=NOW)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def test_a_reissue_is_exported_once(dunwell: Dunwell, config: str, tmp_path: Path) -> None:
    one_line(dunwell("export", "reissues", "-c", config), "name a file", code=2)
    assert "nothing waits" in dunwell("export", "reissues", "out.csv", "-c", config).out
    assert not (tmp_path / "out.csv").exists()
    requested(config, "HF-9", "=1+1")
    assert "2 re-issues" in dunwell("export", "reissues", "out.csv", "-c", config).out
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(r["request"], r["invoice_number"], r["po_before"], r["po_number"]) for r in rows] == [
        ("reissue-1", "F-5501", "PO-311", "HF-9"),
        ("reissue-2", "F-5501", "PO-311", "'=1+1"),
    ]
    assert (rows[0]["amount"], rows[0]["currency"], rows[0]["approved_by"]) == ("1800.00", "GBP", "ines")
    assert "nothing waits" in dunwell("export", "reissues", "more.csv", "-c", config).out
    again = json.loads(dunwell("export", "reissues", "--again", "--json", "-c", config).out)
    assert [(r["request"], r["po_number"]) for r in again] == [("reissue-1", "HF-9"), ("reissue-2", "=1+1")]
    assert "holds" in dunwell("audit", "-c", config).out


def test_what_could_not_be_written_is_not_told(dunwell: Dunwell, config: str, tmp_path: Path) -> None:
    requested(config, "HF-9")
    (tmp_path / "there.csv").write_text("mine")
    one_line(dunwell("export", "reissues", "there.csv", "-c", config), "exists already", code=2)
    one_line(dunwell("export", "reissues", "no/where.csv", "-c", config), "cannot be written", code=2)
    one_line(dunwell("export", "reissues", "a.csv", "--folder", ".", "-c", config), "not both", code=2)
    assert (tmp_path / "there.csv").read_text() == "mine"
    (tmp_path / "erp").mkdir()
    told = json.loads(dunwell("export", "reissues", "--folder", "erp", "--json", "-c", config).out)
    assert told["requests"] == ["reissue-1"]
    (written,) = (tmp_path / "erp").iterdir()
    assert written == tmp_path / told["written"]
    assert json.loads(written.read_text("utf-8"))[0]["po_number"] == "HF-9"


def test_the_queue_names_what_goes_along(dunwell: Dunwell, held: tuple[str, int]) -> None:
    config, number = held
    assert "Attached: F-5501.pdf" in dunwell("queue", "show", str(number), "-c", config).out


def test_what_a_person_withdrew_or_replaced_no_import_brings_back(
    dunwell: Dunwell, config: str, tmp_path: Path
) -> None:
    folder = tmp_path / "ledger" / "documents" / "delivery"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "F-5501.pdf").write_bytes(PDF + b"% of another customer\n%%EOF\n")
    (folder / "F-5502.pdf").write_bytes(PDF + b"% the first page only\n%%EOF\n")

    def brought_in() -> int:
        done = dunwell("import", str(tmp_path / "ledger"), "--json", "-c", config)
        return int(json.loads(done.out)["changed"]["deliveries"])

    def in_force() -> list[tuple[int, str]]:
        listed = json.loads(dunwell("documents", "list", "--json", "-c", config).out)
        return [(d["id"], d["invoice"]) for d in listed]

    assert (brought_in(), in_force()) == (2, [(1, "F-5501"), (2, "F-5502")])
    dunwell("documents", "withdraw", "1", "-c", config)
    dunwell("documents", "add", "proof_of_delivery", "paper.pdf", "--invoice", "F-5502", "-c", config)
    assert (brought_in(), in_force()) == (0, [(3, "F-5502")])
    (folder / "F-5501.pdf").write_bytes(PDF + b"% the right one\n%%EOF\n")
    assert (brought_in(), in_force()) == (1, [(3, "F-5502"), (4, "F-5501")])
