"""From the queue to a case: the demo's own mails by the real daemon, decided at the real desk, captured, looked through, accepted."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from sqlmodel import col, select

from agent.cli import main
from agent.cli.demo import SAMPLE, prepare
from agent.cli.home import desk_of
from agent.cli.output import CommandFailed
from agent.daemon import Daemon
from agent.installation import Installation
from evals.capturing.capture import Captured, Source, capture
from evals.capturing.history import books_of
from evals.capturing.items import How
from evals.capturing.labels import TO_LABEL, turn_of
from evals.capturing.names import Names
from evals.capturing.quarantine import TO_REVIEW, Refused, accept, waiting
from evals.cli.capture import capture as capture_command
from evals.conversations.format import Escalate
from evals.conversations.loading import folders, load
from review.desk import Desk
from review.item import Blocked, RejectReason
from store.decisions import AUTONOMY
from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger
from store.ledger_rows import PaymentRow
from store.proposals import Stale
from store.tables import Invoice, Payment, ProposalRow
from store.vocabulary import Reason
from tests.factories import House, claim, open_house

SALT = b"a secret of the tests, no other"
#: Whatever could be told from the demo's ledger must not be in what is captured.
NAMES = ("Kershaw", "Harrow", "Nordholt", "nordholt", "Quarles", "INV-204")


@dataclass
class Queue:
    """The demo's installation after a day's work."""

    home: Installation
    desk: Desk
    decided: dict[int, str]
    all: list[Captured] = field(default_factory=list)

    @property
    def source(self) -> Source:
        settings = self.home.settings
        return Source(
            engine=self.home.engine,
            company=settings.company,
            policy=settings.policy,
            roles=settings.roles,
            addresses=tuple(str(mailbox.address) for mailbox in settings.mailboxes),
            authserv_ids=tuple(name for mailbox in settings.mailboxes for name in mailbox.trusted_results),
        )


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue]:
    home = prepare(tmp_path_factory.mktemp("queue") / "home")
    with unit_of_work(home.engine) as session:
        import_ledger(session, read_ledger(SAMPLE / "ledger"), actor="test", now=home.clock())
    daemon = Daemon(home)
    daemon.run_once()
    made = Queue(home, desk_of(home), {})
    for item in sorted(made.desk.held(), key=lambda item: item.message.id):
        _decide(made, item.row.id or 0)
    daemon.run_once()
    yield made
    home.engine.dispose()


def _decide(queue: Queue, number: int) -> None:
    """Work through the queue as a day would: every third rejected, every third edited, the others approved."""
    item = queue.desk.show(number)
    assert item is not None
    version, kind = item.row.version, number % 3
    try:
        if kind == 0:
            reason = list(RejectReason)[number // 3 % len(RejectReason)]
            queue.desk.reject(number, version=version, actor="ines", reason=reason, note="not for Priya Kershaw")
            queue.decided[number] = reason.value
            return
        if (kind == 1 or number % 2) and item.proposal.draft is not None:
            body = f"{item.proposal.draft.body}\n\nSorry for the trouble."
            queue.desk.edit(number, version=version, actor="ines", body=body)
            version += 1
        known = dict.fromkeys(item.proposal.flags, "known to us")
        queue.desk.approve(number, version=version, actor="ines", acknowledged=known, at_once=True)
        queue.decided[number] = "edited" if version > item.row.version else "approved"
    except (Blocked, Stale):
        return  # some need a manager, some were overtaken: those stay undecided, as in life


def taken(queue: Queue, out: Path, **options: object) -> list[Captured]:
    """Capture as asked; what is asked of all items is captured once and copied."""
    if options:
        return list(capture(queue.source, out, salt=SALT, **options))  # type: ignore[arg-type]
    if not queue.all:
        queue.all = list(capture(queue.source, queue.home.settings.data_dir / "captured", salt=SALT))
    shutil.copytree(queue.home.settings.data_dir / "captured", out, dirs_exist_ok=True)
    return [replace(one, folder=out / TO_REVIEW / one.folder.name if one.folder else None) for one in queue.all]


def approved_and_kept(queue: Queue, tmp_path: Path) -> int:
    """Give an item that was approved and is captured by itself: another one may have been overtaken before its time was over."""
    captured = [one.items for one in taken(queue, tmp_path / "all") if one.folder is not None]
    return next(items[0] for items in captured if len(items) == 1 and queue.decided.get(items[0]) == "approved")


def test_decided_items_become_cases_that_wait(queue: Queue, tmp_path: Path) -> None:
    found = taken(queue, tmp_path)
    assert set(queue.decided.values()) >= {"approved", "edited"}
    assert [one.why for one in found if one.folder is None] == []
    assert {number for one in found for number in one.items} <= set(queue.decided)
    assert len(found) >= 5
    assert len(waiting(tmp_path)) == len(found)
    assert folders(tmp_path) == [], "a case that nobody looked through is no case"
    for one in found:
        assert one.folder is not None
        assert {path.name for path in one.folder.iterdir()} == {
            "case.draft.yaml",
            "expected.yaml",
            "ledger.json",
            "review.md",
            "thread",
        }
        for path in one.folder.rglob("*"):
            assert stat.S_IMODE(os.stat(path).st_mode) & 0o077 == 0, path


def test_nothing_of_the_books_is_left_in_any_file(queue: Queue, tmp_path: Path) -> None:
    taken(queue, tmp_path)
    with unit_of_work(queue.home.engine) as session:
        numbers = list(session.exec(select(Invoice.number)))
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        text = path.read_bytes().decode("utf-8", "replace")
        for gone in (*NAMES, *numbers):
            assert gone not in text, f"{gone} in {path.name}"


def test_what_was_decided_is_what_is_expected(queue: Queue, tmp_path: Path) -> None:
    for one in taken(queue, tmp_path):
        assert one.folder is not None
        turns = yaml.safe_load((one.folder / "expected.yaml").read_text("utf-8"))["turns"]
        notes = [turn["note"] for turn in turns]
        for number in one.items:
            how = queue.decided[number]
            word = how if how in ("approved", "edited") else f"rejected by a collector: {how}"
            assert any(word in note for note in notes), (word, notes)
        for turn in turns:
            if "edited by" in turn["note"]:
                assert "wrong_register" in turn["note"]
        assert "ines" not in (one.folder / "case.draft.yaml").read_text("utf-8")


def test_accepting_moves_it_and_leaves_the_notes_behind(queue: Queue, tmp_path: Path) -> None:
    accepted = []
    for one in taken(queue, tmp_path):
        assert one.folder is not None
        marks = TO_LABEL in (one.folder / "expected.yaml").read_text("utf-8")
        if marks:
            with pytest.raises(Refused, match=TO_LABEL):
                accept(one.folder, by="Ines Vogt")
            assert one.folder.exists()
            continue
        target = accept(tmp_path / one.folder.name, by="Ines Vogt")
        accepted.append(target)
        assert not one.folder.exists()
        conversation = load(target)
        assert conversation.case.provenance.kind == "redacted"
        assert conversation.case.provenance.licence == "unlicensed"
        assert conversation.case.provenance.labelled_by == ("collector", "looked through by Ines Vogt")
        assert conversation.case.split == "dev"
        assert not (target / "review.md").exists()
    assert accepted
    assert folders(tmp_path) == sorted(accepted)


def test_a_case_that_breaks_is_not_accepted(queue: Queue, tmp_path: Path) -> None:
    folder = next(
        p
        for p in (one.folder for one in taken(queue, tmp_path))
        if p and TO_LABEL not in (p / "expected.yaml").read_text("utf-8")
    )
    expected = folder / "expected.yaml"
    whole = expected.read_text("utf-8")
    expected.write_text(whole.replace("escalate: ", "escalate: sometimes-", 1), "utf-8")
    with pytest.raises(Refused, match=r"expected\.yaml:\d+"):
        accept(folder, by="Ines")
    expected.write_text(whole, "utf-8")
    with pytest.raises(Refused, match="who looked"):
        accept(folder, by=" ")
    with pytest.raises(Refused, match="no captured conversation"):
        accept(tmp_path / "nothing-here", by="Ines")
    assert folders(tmp_path) == []
    accept(folder, by="Ines")
    with pytest.raises(Refused, match="no captured conversation"):
        accept(folder, by="Ines")


def test_the_review_shows_no_original_and_says_what_is_lacking(queue: Queue, tmp_path: Path) -> None:
    for one in taken(queue, tmp_path):
        assert one.folder is not None
        review = (one.folder / "review.md").read_text("utf-8")
        assert "worked back" in review
        assert "Dates, times, amounts" in review
        assert re.search(r"name, \d+ times: .… \(\d+\) -> `\w+`", review)


def test_one_item_and_one_kind_and_one_day(queue: Queue, tmp_path: Path) -> None:
    number = approved_and_kept(queue, tmp_path)
    (one,) = taken(queue, tmp_path / "a", item=number)
    assert one.items == (number,)
    rejected = taken(queue, tmp_path / "b", how=[How.REJECTED])
    assert {queue.decided[n] for one in rejected for n in one.items} <= {r.value for r in RejectReason}
    assert taken(queue, tmp_path / "c", since=datetime.now(UTC) + timedelta(days=4000)) == []
    assert len(taken(queue, tmp_path / "d", limit=2)) == 2


def test_the_same_people_are_the_same_over_the_whole_capture(queue: Queue, tmp_path: Path) -> None:
    owners: dict[str, set[str]] = {}
    for one in taken(queue, tmp_path):
        assert one.folder is not None
        ledger = json.loads((one.folder / "ledger.json").read_text("utf-8"))
        for row in ledger["customers"]:
            owners.setdefault(row["customer_id"], set()).add(row["name"])
    assert all(len(names) == 1 for names in owners.values())


def test_what_no_person_decided_is_no_label(queue: Queue, tmp_path: Path) -> None:
    number = approved_and_kept(queue, tmp_path)
    with unit_of_work(queue.home.engine) as session:
        row = session.get_one(ProposalRow, number)
        row.decided_by = AUTONOMY
        session.add(row)
    try:
        assert taken(queue, tmp_path, item=number) == []
    finally:
        with unit_of_work(queue.home.engine) as session:
            row = session.get_one(ProposalRow, number)
            row.decided_by = "ines"
            session.add(row)


def test_a_known_value_that_is_left_stops_the_case(
    queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Names, "find", lambda self, cut: iter(()))
    found = taken(queue, tmp_path, limit=4)
    assert found
    assert all(one.folder is None and "is left after replacing" in one.why for one in found)
    assert waiting(tmp_path) == []
    assert not any("Kershaw" in one.why for one in found)


def test_the_command_names_bad_input(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="choose of approved, edited, rejected"):
        capture_command(out=tmp_path, status="approved,maybe")
    with pytest.raises(CommandFailed, match="is no day"):
        capture_command(out=tmp_path, since="yesterday")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


def promised(house: House) -> int:
    words = "We pay INV-20421 on 20 March."
    return house.hold(
        house.receive(words), claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date="2026-03-20")
    )


def turn(house: House, number: int):  # type: ignore[no-untyped-def]
    with unit_of_work(house.engine) as session:
        return turn_of(session, session.get_one(ProposalRow, number), file="001-in.eml", sent=None, role="manager")


def test_an_unedited_approval_is_reasons_tools_answer_and_rows(house: House) -> None:
    number = promised(house)
    house.desk.approve(number, version=1, actor="ines", at_once=True)
    from tests.unit.test_desk import Wire, send

    send(house, Wire())
    found = turn(house, number)
    assert found.reasons.must == (Reason.PROMISE_TO_PAY,)
    assert found.claims[0].slots.date == date(2026, 3, 20)
    (call,) = found.tools.must
    assert call.name == "record_promise"
    assert call.args["invoices"] == ["INV-20421"]
    assert found.escalate is Escalate.NEVER
    assert (found.answer.wanted, found.answer.language) == ("yes", "en")
    assert found.answer.mentions == ("INV-20421",)
    assert found.state["promises"][0]["due"] == "2026-03-20"
    assert found.done is not None
    assert found.done.actions[0].name == "record_promise"
    assert found.note == "approved by a manager"


@pytest.mark.parametrize("reason", list(RejectReason))
def test_a_rejection_says_no_more_than_its_typed_reason(house: House, reason: RejectReason) -> None:
    number = promised(house)
    house.desk.reject(number, version=1, actor="ines", reason=reason, note="words of a colleague")
    found = turn(house, number)
    taken_away = reason in (RejectReason.WRONG_REASON, RejectReason.WRONG_ACTION, RejectReason.OTHER)
    assert found.tools.never == (("record_promise",) if taken_away else ())
    assert bool(found.tools.must) == (reason is RejectReason.WRONG_WORDS)
    assert (found.note or "").startswith(TO_LABEL) == taken_away
    assert reason.value in (found.note or "")
    assert "colleague" not in (found.note or "")
    assert found.answer.wanted == ("no" if reason is RejectReason.NO_ANSWER_NEEDED else "may")
    assert found.state == {}
    assert found.done is not None
    assert found.done.actions == ()


def test_books_are_worked_back_from_payments(house: House) -> None:
    first = house.now - timedelta(days=10)
    with unit_of_work(house.engine) as session:
        invoice = session.exec(select(Invoice).where(col(Invoice.balance) > Decimal(100))).first()
        assert invoice is not None
        owner, number, before = invoice.customer_id, invoice.number, invoice.balance
        came = PaymentRow(
            payment_id="P-late", customer_id=owner, invoice_number=number, received_on=(house.now - timedelta(days=3)).date(),
            currency=invoice.currency, amount=Decimal("60.00"), reference="",
        )  # fmt: skip
        session.add(Payment(id=came.payment_id, **came.model_dump(exclude={"payment_id"})))
        invoice.balance = before - 60
        session.add(invoice)
        session.flush()
        books = books_of(session, owner, first=first, last=house.now)
    then = {row.invoice_number: row.balance for row in books.ledger.invoices}
    assert then[number] == before
    assert "P-late" not in {row.payment_id for row in books.ledger.payments}
    (update,) = [u for u in books.ledger.updates if u.payments]
    assert {row.invoice_number: row.balance for row in update.invoices}[number] == before - 60
    assert update.at == replace_morning(house.now - timedelta(days=2))
    assert "worked back" in books.lacks[0]


def replace_morning(moment: datetime) -> datetime:
    return moment.replace(hour=6, minute=0, second=0, microsecond=0)


def test_where_it_is_put_is_never_committed(queue: Queue, tmp_path: Path) -> None:
    taken(queue, tmp_path, limit=1)
    assert (tmp_path / TO_REVIEW / ".gitignore").read_text("utf-8").splitlines()[-1] == "*"
    assert replace(queue.source, roles={}).roles == {}


def test_the_command_captures_and_accepts(
    queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, company = queue.home.settings.data_dir, queue.home.settings.company
    config = tmp_path / "dunwell.toml"
    config.write_text(
        f'data_dir = "{tmp_path}/data"\n[company]\nname = "{company.name}"\naddress = "{company.address}"\nemail = "{company.email}"\n'
        f'[store]\nurl = "{queue.home.settings.store.url}"\n'
        f'[[mailboxes]]\nname = "ar"\nkind = "maildir"\naddress = "{company.email}"\npath = "{home}/inbox"\n'
        'authserv_id = ["mx.nordholt-supply.example"]\n',
        "utf-8",
    )

    def dunwell(*words: object) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["dunwell", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().out

    code, out = dunwell("report", "edits", "--config", config, "--json")
    edited = sum(how == "edited" for how in queue.decided.values())
    assert (code, json.loads(out)["whole"]["edited"]) == (0, edited)
    assert json.loads(out)["whole"]["kinds"]["wrong_register"] == edited
    assert "wrong tone 100%" in " ".join(dunwell("report", "edits", "--config", config)[1].split())
    number = approved_and_kept(queue, tmp_path)
    code, out = dunwell("eval", "capture", "--config", config, "--out", tmp_path / "suite", "--item", number, "--json")
    assert code == 0
    (told,) = json.loads(out)
    assert told["items"] == [number]
    expected = Path(told["folder"]) / "expected.yaml"
    turns = yaml.safe_load(expected.read_text("utf-8"))
    for turn in turns["turns"]:
        turn["note"] = turn["note"].removeprefix(f"{TO_LABEL}: ")
    expected.write_text(yaml.safe_dump(turns), "utf-8")
    code, out = dunwell("eval", "accept", tmp_path / "suite" / expected.parent.name, "--by", "Ines")
    assert (code, "counts from now on" in out) == (0, True)
    assert dunwell("eval", "validate", tmp_path / "suite", "--quick")[0] == 0
    assert dunwell("eval", "capture", "--config", config, "--out", tmp_path / "suite", "--item", 999)[0] == 2
