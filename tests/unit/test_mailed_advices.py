"""Remittance advices inside of mails: taken up by the daemon in its sandbox, believed of who surely wrote, harmless whatever they say."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from openpyxl import Workbook
from reportlab.pdfgen import canvas
from sqlalchemy import text
from sqlmodel import Session, select
from starlette.testclient import TestClient

from agent import bank_advising
from agent.bank_advising import EVERY, Advising
from agent.cli.home import open_home
from mail.file_words import DAMAGED, TOO_LARGE
from mail.sandbox import Parser
from mail.thread import assign, match
from store import bank, erasing, messages, retention
from store.bank_advices import CODE
from store.bank_tables import AdviceLook, BankAdvice, BankLine
from store.bank_words import LineState
from store.cases import facts_for
from store.engine import unit_of_work
from store.erasing_mails import erase_messages
from store.mailed_advices import MOST_A_DAY, Looked, MailToLook
from store.retention_rules import Kind, Rules
from store.tables import AuditEntry, Invoice, Message
from store.vocabulary import MessageState
from tests.bank_house import ONE, PAYER, WHOSE, banking, line, run, statement, take
from tests.factories import COMPANY, NOW, House

pytest_plugins = ("tests.bank_fixtures",)

TWO = "INV-20412"
OTHERS = "INV-20415"
AP = "buchhaltung@metallbau-sonnleitner.example"
#: Part payments: nothing but an advice can say what they are for.
WORDS = f"Zahlungsavis Nr.: ZA-77001\n\n{ONE}   2.000,00\n{TWO}   1.165,00\nSumme   3.165,00 EUR\n"
SUM = "3165.00"
KNOWN = {"payer_name": "Metallbau Sonnleitner GmbH", "payer_iban": PAYER}


def pdf(text: str) -> bytes:
    made = io.BytesIO()
    page = canvas.Canvas(made)
    for at, row in enumerate(text.splitlines()):
        page.drawString(72, 780 - 16 * at, row)
    page.save()
    return made.getvalue()


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as made:
        yield made


class Post:
    """The customer's mail program, our mail server and the daemon's errand."""

    def __init__(self, house: House, config: Path, parser: Parser) -> None:
        self.house, self._parser, self._number = house, parser, 0
        self.home = open_home(config)
        self.home.clock = lambda: house.now
        self.errand = Advising(self.home, sandbox=parser)

    def comes(self, words: str, *files: tuple[str, str, bytes], sender: str = AP, verdict: str = "pass") -> int:
        """Record and match a mail as the daemon does, from its bytes."""
        self._number += 1
        mail = EmailMessage()
        domain = sender.partition("@")[2]
        mail["Authentication-Results"] = f"mx.nordholt-supply.example; dmarc={verdict} header.from={domain}"
        mail["From"], mail["To"], mail["Subject"] = sender, COMPANY.email, "Zahlung"
        mail["Message-ID"] = f"<{self._number}.{self.house.now:%d%H}@{domain}>"
        mail.set_content(words)
        for name, kind, content in files:
            major, _, minor = kind.partition("/")
            mail.add_attachment(content, maintype=major, subtype=minor, filename=name)
        raw, at = mail.as_bytes(), self.house.now - timedelta(hours=1)
        email = self._parser.parse(raw, received_at=at, authserv_ids=("mx.nordholt-supply.example",))
        with unit_of_work(self.house.engine) as session:
            place = {"mailbox": "ar", "folder": "INBOX", "uidvalidity": 1, "uid": self._number + 100}
            stored = messages.record(session, raw=raw, email=email, received_at=at, **place)  # type: ignore[arg-type]
            assign(session, stored.message_id, match(session, email, company=COMPANY, now=at), at)
        return stored.message_id

    def taken(self) -> int:
        """Let the errand run."""
        self.house.now += EVERY
        return self.errand.run()

    def facts(self, mail: int) -> str:
        """Give all that the agent knows when it answers a mail."""
        with unit_of_work(self.house.engine) as session:
            return facts_for(session, mail, now=NOW).model_dump_json()


@pytest.fixture
def post(house: House, bank_config: Path, parser: Parser) -> Iterator[Post]:
    made = Post(house, bank_config, parser)
    yield made
    made.home.engine.dispose()


def advices(house: House) -> list[BankAdvice]:
    with unit_of_work(house.engine) as session:
        return list(session.exec(select(BankAdvice).order_by(BankAdvice.id)))  # type: ignore[arg-type]  # a column


def looked(house: House, message: int) -> str:
    with unit_of_work(house.engine) as session:
        return session.get_one(AdviceLook, message).outcome


def the_line(house: House, number: int = 1) -> BankLine:
    with unit_of_work(house.engine) as session:
        return session.get_one(BankLine, number)


@pytest.mark.parametrize(
    ("words", "files"),
    [
        ("See attached.", [("avis.pdf", "application/pdf", pdf(WORDS))]),
        ("See attached.", [("avis.csv", "text/csv", f"Rechnung;Betrag\n{ONE};2.000,00\n{TWO};1.165,00\nSumme;3.165,00".encode())]),
        ("See attached.", [("avis.txt", "application/octet-stream", WORDS.encode("cp1252"))]),
        ("See attached.", [("a.xlsx", "application/octet-stream", workbook(("Invoice", "Paid"), (ONE, 2000), (TWO, 1165.0), ("Total", 3165.00), ("", 0.5)))]),
        (f"Guten Tag,\nwir haben heute überwiesen:\n{ONE}  2.000,00\n{TWO}  1.165,00\nViele Grüße", []),
        (f"We have paid {ONE} (2,000.00) and {TWO} (1,165.00) today.", []),
    ],
    ids=["pdf", "csv", "text", "excel", "lines", "sentence"],
)  # fmt: skip
def test_an_advice_in_a_mail_is_taken_up_and_says_what_money_is_for(
    house: House, post: Post, words: str, files: list[tuple[str, str, bytes]]
) -> None:
    take(house, statement(line(SUM, "Zahlung", **KNOWN)))
    assert the_line(house).state != LineState.SUGGESTED
    mail = post.comes(words, *files)
    assert post.taken() == 1
    (advice,) = advices(house)
    assert (advice.customer_id, advice.total, advice.message_id, advice.created_by) == (WHOSE, Decimal(SUM), mail, CODE)
    row = the_line(house)
    assert (row.state, row.match) == (LineState.SUGGESTED, "advice")
    assert [(p["invoice"], p["amount"]) for p in row.ways[0]["pieces"]] == [(ONE, "2000.00"), (TWO, "1165.00")]
    assert not post.taken(), "each mail once"


def test_a_mail_that_came_before_its_money_and_the_same_advice_twice(house: House, post: Post) -> None:
    first = post.comes("", ("avis.pdf", "application/pdf", pdf(WORDS)))
    again = post.comes("resent", ("avis-2.pdf", "application/pdf", pdf(WORDS)))
    assert post.taken() == 1
    assert (looked(house, first), looked(house, again)) == (Looked.TAKEN, Looked.KNOWN)
    take(house, statement(line(SUM, "Zahlung", **KNOWN)))
    assert the_line(house).state == LineState.SUGGESTED
    with unit_of_work(house.engine) as session:
        assert session.get_one(Invoice, ONE).balance == Decimal("2380.00"), "no advice books anything"


def test_two_that_contradict_each_other_are_a_persons(house: House, post: Post) -> None:
    post.comes(WORDS + "bezahlt")
    post.comes(WORDS.replace("2.000,00", "1.900,00").replace("1.165,00", "1.265,00") + "bezahlt, korrigiert")
    assert post.taken() == 2
    take(house, statement(line(SUM, "Zahlung", **KNOWN)))
    row = the_line(house)
    assert (row.state, len(row.ways)) == (LineState.UNCLEAR, 2)
    with unit_of_work(house.engine) as session:
        assert bank.seen_money(session, WHOSE) == {}


@pytest.mark.parametrize(
    ("sender", "verdict", "outcome"),
    [
        (AP, "fail", Looked.STRANGER),
        (AP, "none", Looked.STRANGER),
        ("zahlungslauf@metallbau-sonnleitner.example", "pass", Looked.TAKEN),
        ("zahlungslauf@metallbau-sonnleitner.example.evil.test", "pass", Looked.STRANGER),
        ("somebody@elsewhere.test", "pass", Looked.STRANGER),
    ],
)
def test_only_who_surely_writes_for_the_customer_is_believed(
    house: House, post: Post, sender: str, verdict: str, outcome: Looked
) -> None:
    mail = post.comes(f"bezahlt\n{WORDS}", sender=sender, verdict=verdict)
    with unit_of_work(house.engine) as session:
        assert session.get_one(Message, mail).customer_id == WHOSE
    assert post.taken() == (outcome == Looked.TAKEN)
    assert looked(house, mail) == outcome


@pytest.mark.parametrize(
    "words",
    [
        f"paid\n{ONE} 2,000.00\n{OTHERS} 1,165.00\nTotal 3,165.00",
        f"paid\n{OTHERS} 3,165.00",
        f"paid\n{ONE} 99999999999999999.00\nTotal 99999999999999999.00",
        f"paid\n{ONE} 100.00\n{ONE} 100.00\nTotal 200.00",
        f"paid\n{ONE} -100.00\nTotal -100.00",
        "paid\n" + "\n".join(f"{ONE} 1.00" for _ in range(6000)),
        f"Please send us {ONE} over 2,380.00 once more.",
    ],
    ids=["others", "others-alone", "absurd", "twice", "negative", "huge", "no payment"],
)
def test_what_cannot_be_is_not_taken(house: House, post: Post, words: str) -> None:
    post.comes(words)
    assert post.taken() == 0
    assert advices(house) == []


def test_hostile_files_cost_themselves_alone(house: House, post: Post) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 40_000_000)
    files = {
        "bomb.xlsx": bomb.getvalue(),
        "no.xlsx": b"PK\x03\x04 nothing",
        "no.csv": b"\x00\x01\x02",
        "long.txt": b"x " * 40_000,
    }
    with Parser() as own:
        mail = EmailMessage()
        mail.set_content("x")
        for name, content in files.items():
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        email = own.parse(mail.as_bytes(), received_at=house.now)
        named = {file.sha256: file.filename for file in email.attachments}
        said = own.words_of_files(mail.as_bytes(), list(named))
    assert {named[digest]: (words.note, words.text) for digest, words in said.items()} == {
        "bomb.xlsx": (TOO_LARGE, ""),
        "no.xlsx": (DAMAGED, ""),
        "no.csv": (DAMAGED, ""),
        "long.txt": (TOO_LARGE, ""),
    }
    post.comes(
        "", *[(n, "application/octet-stream", c) for n, c in files.items()], ("a.csv", "text/csv", WORDS.encode())
    )
    assert post.taken() == 1


def test_nobody_takes_more_than_a_days_share(house: House, post: Post) -> None:
    for each in range(8):
        files = [(f"{n}.csv", "text/csv", f"{ONE};x;{each}{n}.10\nTotal;x;{each}{n}.10".encode()) for n in range(1, 6)]
        post.comes("", *files)
    assert post.taken() == MOST_A_DAY
    assert len(advices(house)) == MOST_A_DAY


def test_an_advice_alone_makes_nobodys_money_theirs_and_changes_nothing_that_is_said(house: House, post: Post) -> None:
    """A sum that came from nobody known: a wish of a customer for it is a hint for a person, and no fact."""
    take(house, statement(line(SUM, "Zahlung", payer_name="Somebody Else")))
    mail = post.comes(f"bezahlt\n{WORDS}")
    before = post.facts(mail)
    assert post.taken() == 1
    row = the_line(house)
    assert (row.state, row.confidence) == (LineState.UNCLEAR, 0.5)
    assert post.facts(mail) == before
    with unit_of_work(house.engine) as session:
        assert bank.seen_money(session, WHOSE) == {}
        assert bank.bank_receipts(session, WHOSE) == ()


def test_what_they_say_they_kept_back_hides_no_debt(house: House, post: Post) -> None:
    take(house, statement(line("10.00", "Zahlung", **KNOWN)))
    post.comes(f"paid\nInvoice Gross Discount Net\n{ONE} 2,380.00 2,370.00 10.00\nTotal 10.00")
    assert post.taken() == 1
    with unit_of_work(house.engine) as session:
        assert bank.seen_money(session, WHOSE) == {}, "a discount of 99 % is a wish"
    assert the_line(house).state == LineState.UNCLEAR


def test_a_persons_advice_is_believed_more_and_none_stands_in_its_way(
    house: House, post: Post, bank_config: Path, tmp_path: Path
) -> None:
    post.comes(f"bezahlt\n{WORDS}")
    assert post.taken() == 1
    take(house, statement(line(SUM, "ZA-77001")))
    assert the_line(house).state == LineState.UNCLEAR
    file = tmp_path / "avis.txt"
    file.write_text(WORDS, "utf-8")
    assert run(bank_config, "bank", "advice", str(file)).exit_code == 0
    assert the_line(house).state == LineState.SUGGESTED


def test_it_goes_with_its_mail(house: House, post: Post) -> None:
    """Given to another customer it is theirs no more; forgotten or old it loses its words; numbers and sums stay."""
    mail = post.comes(
        f"bezahlt\n{WORDS}", ("Avis K. Sonnleitner.csv", "text/csv", f"payment ref: KS-1234\n{ONE};1;55.00".encode())
    )
    assert post.taken() == 2
    with unit_of_work(house.engine) as session:
        session.get_one(Message, mail).state = MessageState.CLOSED
    with unit_of_work(house.engine) as session:
        erasing.erase(session, erasing.find(session, AP), actor="dpo", now=house.now)
    kept = advices(house)
    assert {(a.reference, a.total) for a in kept} == {("", Decimal(SUM)), ("", Decimal("55.00"))}
    assert "onnleitner" not in "".join(a.file for a in kept)


def test_old_mails_lose_the_words_of_their_advices(house: House, post: Post) -> None:
    mail = post.comes("", ("Avis K. Sonnleitner.csv", "text/csv", f"payment ref: KS-1234\n{ONE};1;55.00".encode()))
    assert post.taken() == 1
    assert advices(house)[0].reference == "KS-1234"
    with unit_of_work(house.engine) as session:
        session.get_one(Message, mail).state = MessageState.CLOSED
        for invoice in session.exec(select(Invoice).where(Invoice.customer_id == WHOSE)):
            invoice.balance = Decimal(0)
    with unit_of_work(house.engine) as session:
        rules = Rules({Kind.CORRESPONDENCE: 30})
        assert retention.erase_due(session, [mail], rules, now=house.now + timedelta(days=90)) == 1
    assert (advices(house)[0].reference, advices(house)[0].file) == ("", "(erased)")


def test_a_mail_given_to_another_customer_takes_its_advice_along(house: House, post: Post) -> None:
    mail = post.comes(f"bezahlt\n{WORDS}")
    assert post.taken() == 1
    with unit_of_work(house.engine) as session:
        session.get_one(Message, mail).customer_id = "C1012"
    take(house, statement(line(SUM, "Zahlung", **KNOWN)))
    assert the_line(house).match == "payer_alone", "at once, before anybody looked again"
    assert post.taken() == 0
    assert advices(house) == []


def test_what_a_mail_said_of_money_goes_with_it_at_once(house: House, post: Post) -> None:
    mail = post.comes(f"bezahlt\n{WORDS}")
    assert post.taken() == 1
    take(house, statement(line(SUM, "Zahlung", **KNOWN)))
    assert the_line(house).match == "advice"
    with unit_of_work(house.engine) as session:
        session.get_one(Message, mail).customer_id = "C1012"
    assert post.taken() == 0
    assert the_line(house).match == "payer_alone", "its line does not wait for the next file of the bank"
    with unit_of_work(house.engine) as session:
        assert session.exec(select(AuditEntry).where(AuditEntry.event == "bank.advice_taken_back")).one()


def test_what_a_person_brought_too_stays_where_its_mail_goes(
    house: House, post: Post, bank_config: Path, tmp_path: Path
) -> None:
    mail = post.comes(f"bezahlt\n{WORDS}")
    assert post.taken() == 1
    file = tmp_path / "avis.txt"
    file.write_text(WORDS, "utf-8")
    assert run(bank_config, "bank", "advice", str(file)).exit_code == 0
    with unit_of_work(house.engine) as session:
        session.get_one(Message, mail).customer_id = "C1012"
    take(house, statement(line(SUM, "ZA-77001")))
    assert the_line(house).state == LineState.SUGGESTED
    post.taken()
    assert [(a.message_id, a.file) for a in advices(house)] == [(None, "")]


def test_a_look_that_breaks_off_leaves_no_line_behind(
    house: House, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(house, statement(line(SUM, "Zahlung", **KNOWN)))
    post.comes(f"bezahlt\n{WORDS}")
    post.comes("", ("a.csv", "text/csv", f"{ONE};1;55.00".encode()))
    real = messages.raw

    def raw(session: Session, number: int) -> bytes:
        if number == second:
            raise OSError(24, "too many open files")
        return real(session, number)

    second = max(m.id or 0 for m in all_messages(house))
    monkeypatch.setattr(messages, "raw", raw)
    with pytest.raises(OSError, match="too many"):
        post.taken()
    assert the_line(house).match == "advice"


def test_weeks_of_mail_keep_no_other_errand_waiting(house: House, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank_advising, "_BATCH", 1)
    monkeypatch.setattr(bank_advising, "_AT_ONCE", 2)
    for amount in ("51.00", "52.00", "53.00"):
        post.comes(f"bezahlt\n{ONE}  {amount}")
    assert (post.taken(), post.errand.run(), post.errand.run()) == (2, 1, 0), (
        "it goes on before its time, and no longer"
    )


def test_what_is_erased_while_it_is_read_is_not_kept(house: House, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = post.comes("", ("Avis K. Sonnleitner.csv", "text/csv", f"payment ref: KS-1234\n{ONE};1;55.00".encode()))
    real = Advising._read

    def read(self: Advising, looked_at: MailToLook) -> Any:
        found = real(self, looked_at)
        with unit_of_work(house.engine) as session:
            session.get_one(Message, mail).state = MessageState.CLOSED
            erase_messages(session, [mail])
        return found

    monkeypatch.setattr(Advising, "_read", read)
    assert post.taken() == 0
    assert advices(house) == []
    assert looked(house, mail) == Looked.NOTHING


def test_the_words_before_believe_no_mail_and_know_no_doubt(house: House, post: Post) -> None:
    """Taken back to the tables before, what stands in doubt counts as it did, and a mail's word is no person's."""
    post.comes(f"bezahlt\n{WORDS}")
    assert post.taken() == 1
    take(house, statement(line("10.00", "a"), line("20.00", "b"), line("30.00", "c")))
    with unit_of_work(house.engine) as session:
        session.get_one(BankLine, 1).state = LineState.MAYBE_BOOKED
        session.get_one(BankLine, 2).state = LineState.MAYBE_KNOWN
    config = Config()
    config.set_main_option("script_location", "store/migrations")
    with house.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0020")
        found = connection.execute(text("SELECT state FROM bank_line ORDER BY id")).scalars().all()
        assert found == ["confirmed", "dismissed", "open"]
        assert connection.execute(text("SELECT count(*) FROM bank_advice")).scalar_one() == 0


def all_messages(house: House) -> list[Message]:
    with unit_of_work(house.engine) as session:
        return list(session.exec(select(Message)))


def test_it_is_shown_beside_the_line_with_its_mail(
    house: House, post: Post, bank_config: Path, client: TestClient
) -> None:
    take(house, statement(line(SUM, "Zahlung", **KNOWN)))
    mail = post.comes("", ("avis <b>.csv", "text/csv", WORDS.encode()))
    post.comes(f"paid\n{ONE} 55.00")
    assert post.taken() == 2
    page = client.get("/cash/1").text
    assert f'<a href="/messages/{mail}">' in page
    assert "<b>.csv" not in page
    assert "another sum" in page
    assert "word, no money" in page
    shown: Any = json.loads(run(bank_config, "bank", "show", "1", "--json").stdout)["advices"]
    assert [shown[0][name] for name in ("total", "message_id", "proven")] == [SUM, mail, False]
    assert "in mail 1" in run(bank_config, "bank", "show", "1").stdout
    banking(house).confirm(1, actor="ines", now=house.now)
    assert "avis" in client.get("/cash/1").text, "afterwards too"


def test_without_a_bank_account_nothing_is_looked_at(house: House, post: Post) -> None:
    post.home.settings = post.home.settings.model_copy(update={"bank": type(post.home.settings.bank)()})
    post.comes(f"bezahlt\n{WORDS}")
    assert post.taken() == 0
    with unit_of_work(house.engine) as session:
        assert session.exec(select(AdviceLook)).all() == []
