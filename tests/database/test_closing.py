"""Settled invoices close with their cause, cases with their last invoice; on both databases, over imports."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from typer.testing import CliRunner

from agent.cli.app import app
from agent.cli.output import CommandFailed
from mail.thread import assign, match
from store import audit, messages
from store.aftermath import Cause, DisputeStatus
from store.closing import Closed, close_after_import, close_settled, open_leaks, set_cause, settled_leaks
from store.company import CompanyProfile
from store.engine import unit_of_work
from store.matters import Closure
from store.proposed import Claim, Slots
from store.tables import AuditEntry, Case, Contact, Dispute, Invoice, Message, Outgoing, ProposalRow
from store.vocabulary import Delivery, ProposalStatus, Reason, SendState
from tests.database.test_keeping import Books
from tests.ledgers import NOW, email

TODAY = NOW.date()
PAID_F5501 = "K1,F-5501,2026-04-20,GBP,1800.00,BACS"


@pytest.fixture
def books(engine: Engine, tmp_path: Path) -> Books:
    books = Books(engine, tmp_path / "ledger")
    books.bring_in()
    return books


def claim(reason: Reason, *numbers: str, **slots: Any) -> Claim:
    return Claim(
        reason=reason, invoices=numbers, evidence="as they wrote", confidence=0.9, slots=Slots.model_validate(slots)
    )


def settle(books: Books, *paid: str, on: date = TODAY + timedelta(days=7), **balances: str) -> Closed:
    """Bring in a ledger with payments, and close what is settled, as `dunwell import` does."""
    books.paid += paid
    books.balances |= {number.replace("_", "-"): balance for number, balance in balances.items()}
    books.on(on).bring_in()
    with unit_of_work(books.engine) as session:
        return close_settled(session, now=books.now)


def closure(books: Books, number: str = "F-5501") -> Closure | None:
    with unit_of_work(books.engine) as session:
        return session.exec(select(Closure).where(Closure.invoice_number == number)).first()


def cases(books: Books) -> list[str]:
    with unit_of_work(books.engine) as session:
        return list(session.exec(select(Case.status).order_by(col(Case.id))))


def test_an_invoice_that_is_paid_closes_with_what_was_said_and_the_days(books: Books) -> None:
    books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    assert closure(books) is None
    done = settle(books, PAID_F5501, F_5501="0.00")
    assert (done.written, done.cases) == (1, 1)
    found = closure(books)
    assert found is not None
    assert (found.cause, found.set_by, found.closed_on) == (Cause.APPROVAL_CHAIN, "code", date(2026, 4, 20))
    assert (found.days_late, found.amount, found.currency) == (60, Decimal("1800.00"), "GBP")
    assert cases(books) == ["closed"]
    with unit_of_work(books.engine) as session:
        assert close_settled(session, now=books.now) == Closed(), "a second time it changes nothing"
        assert audit.verify(session)[1] is None


def test_what_was_paid_in_time_and_never_spoken_of_has_no_closure(books: Books) -> None:
    assert settle(books) == Closed()
    assert closure(books, "F-5504") is None


def test_what_was_late_and_never_spoken_of_is_unknown(books: Books) -> None:
    settle(books, PAID_F5501, F_5501="0.00")
    found = closure(books)
    assert found is not None
    assert (found.cause, found.because) == (Cause.UNKNOWN, "nothing was said about it")


def test_what_is_settled_without_any_money_listed_is_dated_only_where_we_saw_it_open(books: Books) -> None:
    books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    settle(books, F_5501="0.00", F_5503="0.00")
    found = closure(books)
    assert found is not None
    assert found.closed_on == TODAY + timedelta(days=7)
    assert closure(books, "F-5503") is None
    settle(books, on=TODAY + timedelta(days=30))
    again = closure(books)
    assert again is not None
    assert again.closed_on == TODAY + timedelta(days=7), "the day on which it was noticed stays"


@pytest.mark.parametrize("status", [ProposalStatus.REJECTED, ProposalStatus.VOID, ProposalStatus.HELD])
def test_a_claim_that_nobody_approved_does_not_count(books: Books, status: ProposalStatus) -> None:
    books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    with unit_of_work(books.engine) as session:
        session.exec(select(ProposalRow)).one().status = status
    settle(books, PAID_F5501, F_5501="0.00")
    found = closure(books)
    assert found is not None
    assert found.cause == Cause.UNKNOWN
    assert cases(books) == (["open"] if status is ProposalStatus.HELD else ["closed"])


def test_an_act_that_was_left_out_does_not_count(books: Books) -> None:
    books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    with unit_of_work(books.engine) as session:
        row = session.exec(select(ProposalRow)).one()
        content = json.loads(json.dumps(row.content))
        content["actions"][0]["declined"] = True
        row.content = content
    settle(books, PAID_F5501, F_5501="0.00")
    found = closure(books)
    assert found is not None
    assert found.cause == Cause.UNKNOWN


def test_a_claim_from_after_the_payment_does_not_count(books: Books) -> None:
    books.on(TODAY + timedelta(days=20)).answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    settle(books, PAID_F5501, on=TODAY + timedelta(days=21), F_5501="0.00")
    found = closure(books)
    assert found is not None
    assert (found.closed_on, found.cause) == (date(2026, 4, 20), Cause.UNKNOWN)


def test_a_dispute_that_ended_with_a_credit_is_the_cause_and_dates_the_end(books: Books) -> None:
    effect_id = books.effect("open_dispute")
    with unit_of_work(books.engine) as session:
        session.add(
            Dispute(
                customer_id="K1", invoice_number="F-5501", kind="pricing", statement="too dear", effect_id=effect_id,
                status=DisputeStatus.CREDITED, credit=Decimal("800.00"), ended_on=date(2026, 4, 25), ended_by="ines",
            )
        )  # fmt: skip
    settle(books, "K1,F-5501,2026-04-20,GBP,1000.00,BACS", on=date(2026, 4, 27), F_5501="0.00")
    found = closure(books)
    assert found is not None
    assert (found.cause, found.closed_on) == (Cause.PRICE_MISMATCH, date(2026, 4, 25))
    assert found.because == "a dispute, credited: pricing"


def test_mail_that_came_back_is_the_cause_where_nobody_spoke(books: Books) -> None:
    with unit_of_work(books.engine) as session:
        contact = session.exec(select(Contact).where(Contact.email == "moira@bracken.example")).one()
        contact.delivery, contact.delivery_since = Delivery.BOUNCING, NOW
    settle(books, PAID_F5501, F_5501="0.00")
    found = closure(books)
    assert found is not None
    assert found.cause == Cause.CONTACT_OUTDATED


def test_a_case_stays_open_while_anything_in_it_is(books: Books) -> None:
    books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501", "F-5502"))
    assert settle(books, PAID_F5501, F_5501="0.00").cases == 0
    books.mail(invoices=("F-5502",))
    assert settle(books, "K1,F-5502,2026-04-21,GBP,320.25,BACS", F_5502="0.00").cases == 0, "a mail is still to be read"
    with unit_of_work(books.engine) as session:
        for row in session.exec(select(Message)):
            row.state = "closed"
    assert settle(books).cases == 1
    assert cases(books) == ["closed"]


def test_a_later_mail_takes_the_case_up_again_or_opens_a_new_one(books: Books) -> None:
    books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    with unit_of_work(books.engine) as session:
        proposal = session.exec(select(ProposalRow)).one()
        session.add(
            Outgoing(
                proposal_id=proposal.id or 0, case_id=proposal.case_id, customer_id="K1", mailbox="ar",
                message_id_header="<ours-1@fernhill.example>", sender="ar@fernhill.example", mime=b"x", mime_sha256="x",
                ledger_digest="", newest_message=1, state=SendState.FILED, next_attempt_at=NOW, created_at=NOW, sent_at=NOW,
            )
        )  # fmt: skip
    settle(books, PAID_F5501, F_5501="0.00")
    assert cases(books) == ["closed"]
    ours = CompanyProfile(name="Fernhill Tooling", email="ar@fernhill.example")

    def arrives(uid: int, **fields: object) -> int | None:
        mail = email("One more thing.", message_id=f"<late-{uid}@bracken.example>", subject="Hello", **fields)
        with unit_of_work(books.engine) as session:
            recorded = messages.record(
                session, mailbox="ar", folder="INBOX", uidvalidity=1, uid=uid, raw=f"late {uid}".encode(), email=mail,
                received_at=books.now,
            )  # fmt: skip
            return assign(session, recorded.message_id, match(session, mail, company=ours, now=books.now), books.now)

    new = arrives(901)
    assert cases(books) == ["closed", "open"]
    old = arrives(902, in_reply_to="<ours-1@fernhill.example>")
    assert cases(books) == ["open", "open"]
    assert new != old


def test_a_person_corrects_the_cause_and_imports_leave_it(books: Books) -> None:
    settle(books, PAID_F5501, F_5501="0.00")
    with unit_of_work(books.engine) as session:
        for number, why in (("F-1", "no such invoice"), ("F-5503", "still open"), ("F-5504", "paid in time")):
            with pytest.raises(ValueError, match=why):
                set_cause(session, number, Cause.PO_MISSING, actor="ines", now=books.now)
        assert set_cause(session, "F-5501", Cause.PO_MISSING, actor="ines", now=books.now) is Cause.UNKNOWN
        entry = session.exec(select(AuditEntry).where(AuditEntry.event == "closure.cause_set")).one()
        assert (entry.actor, entry.subject) == ("ines", "invoice:F-5501")
    books.paid = ["K1,F-5501,2026-04-18,GBP,1800.00,BACS"]
    settle(books, on=TODAY + timedelta(days=9))
    found = closure(books)
    assert found is not None
    assert (found.cause, found.set_by, found.days_late) == (Cause.PO_MISSING, "ines", 58)


def test_an_invoice_that_is_open_again_is_no_longer_closed(books: Books) -> None:
    settle(books, PAID_F5501, F_5501="0.00")
    assert settle(books, F_5501="1800.00").reopened == 1
    assert closure(books) is None


def test_the_report_adds_up_to_the_closures_and_shows_the_open_apart(books: Books) -> None:
    books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    books.answer("hold_outreach", claim(Reason.PAYMENT_IN_PROCESS, "F-5503"), customer="K2")
    settle(books, PAID_F5501, F_5501="0.00")
    with unit_of_work(books.engine) as session:
        closed = session.exec(select(Closure)).all()
        settled = settled_leaks(session)
        assert sum(leak.money for leak in settled) == sum(c.amount for c in closed) == Decimal("1800.00")
        assert settled_leaks(session, since=date(2026, 4, 21)) == []
        still = {leak.customer: leak for leak in open_leaks(session, now=books.now)}
        owed = sum(i.balance for i in session.exec(select(Invoice)) if i.balance > 0)
    assert still["K2 Zimmerei Halder"].cause is Cause.PAYMENT_RUN
    assert sum(leak.money for leak in still.values()) == owed


def test_the_commands_say_where_cash_leaks(tmp_path: Path) -> None:
    from store.engine import migrate, open_engine
    from tests.ledgers import FILES, write_ledger

    url = f"sqlite:///{tmp_path / 'cli.db'}"
    config = tmp_path / "dunwell.toml"
    config.write_text(
        f"""
[company]
name = "Fernhill Tooling"
address = "3 Kiln Lane"
email = "ar@fernhill.example"
[store]
url = "{url}"
[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@fernhill.example"
path = "box"
""",
        "utf-8",
    )
    paid = FILES["invoices.csv"].replace("1800.00,1800.00,PO-311", "1800.00,0.00,PO-311")
    write_ledger(tmp_path / "in", invoices=paid, payments=FILES["payments.csv"] + "P9," + PAID_F5501 + "\n")

    def run(*words: str) -> str:
        got = CliRunner().invoke(app, [*words, "--config", str(config)])
        assert got.exit_code == 0, got.output + str(got.exception)
        return got.stdout

    assert "1 invoices closed with their cause" in run("import", str(tmp_path / "in"))
    assert json.loads(run("import", str(tmp_path / "in"), "--json"))["closed"]["written"] == 0
    document = json.loads(run("report", "causes", "--by", "customer", "--json"))
    (line,) = document["settled"]
    assert line == {
        "key": "K1 Bracken Joinery Ltd", "cause": "unknown", "currency": "GBP", "invoices": 1, "money": "1800.00",
        "average_days_late": "60.0", "money_days": "108000.00",
    }  # fmt: skip
    assert {n["key"] for n in document["open"]} == {"K1 Bracken Joinery Ltd", "K2 Zimmerei Halder"}
    assert "F-5501: po_missing (before: unknown)" in run(
        "report", "cause", "F-5501", "--set", "po_missing", "--as", "ines"
    )
    shown = run("report", "causes", "--by", "month", "--since", "2026-01-01")
    assert "po missing" in shown
    assert "still open, so far" in shown
    assert run("report", "causes", "--csv").splitlines()[1] == "settled,,po_missing,GBP,1,1800.00,60.0,108000.00"
    for words, told in (
        (("report", "cause", "F-5503", "--set", "po_missing"), "still open"),
        (("report", "causes", "--since", "yesterday"), "write it like"),
    ):
        got = CliRunner().invoke(app, [*words, "--config", str(config)])
        assert isinstance(got.exception, CommandFailed)
        assert told in str(got.exception)
    engine = open_engine(url)
    migrate(engine)
    with unit_of_work(engine) as session:
        assert session.exec(select(Closure)).one().set_by == "ines"
    engine.dispose()


def test_what_is_wrong_with_one_customer_keeps_no_other_from_being_closed(books: Books) -> None:
    bad = books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    books.paid += [PAID_F5501, "K2,F-5503,2026-04-20,EUR,2450.00,HALDER"]
    books.balances |= {"F-5501": "0.00", "F-5503": "0.00"}
    books.on(TODAY + timedelta(days=7)).bring_in()
    with unit_of_work(books.engine) as session:
        row = session.exec(select(ProposalRow)).one()
        whole, row.content = row.content, {"written": "by another version"}
    assert bad
    done = close_after_import(books.engine, now=books.now)
    assert (done.written, done.failed) == (1, 1)
    assert (closure(books), closure(books, "F-5503") is not None) == (None, True)
    with unit_of_work(books.engine) as session:
        session.exec(select(ProposalRow)).one().content = whole
    again = close_after_import(books.engine, now=books.now)
    assert (again.written, again.failed, again.cases) == (1, 0, 1)
    assert close_after_import(books.engine, now=books.now) == Closed()


def test_a_closure_follows_its_invoice_to_the_customer_that_it_belongs_to(books: Books) -> None:
    settle(books, PAID_F5501, F_5501="0.00")
    with unit_of_work(books.engine) as session:
        session.get_one(Invoice, "F-5501").customer_id = "K2"
    assert close_after_import(books.engine, now=books.now).failed == 0
    found = closure(books)
    assert found is None or found.customer_id == "K2"


def test_money_that_came_twice_or_in_another_currency_makes_nothing_late(books: Books) -> None:
    books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    settle(books, PAID_F5501, "K1,F-5501,2026-06-20,GBP,1800.00,BACS AGAIN", on=date(2026, 6, 22), F_5501="0.00")
    found = closure(books)
    assert found is not None
    assert (found.closed_on, found.days_late) == (date(2026, 4, 20), 60)


def test_money_of_a_day_that_has_not_come_makes_no_invoice_late_by_years(books: Books) -> None:
    day = TODAY + timedelta(days=7)
    settle(books, "K1,F-5501,2062-04-20,GBP,1800.00,A SLIP", on=day, F_5501="0.00")
    for later in (day, day + timedelta(days=30)):
        books.on(later)
        close_after_import(books.engine, now=books.now)
        found = closure(books)
        assert found is not None
        assert (found.closed_on, found.days_late) == (day, (day - date(2026, 2, 19)).days)


def test_what_is_wrong_with_one_customer_is_told_by_the_report_and_hides_no_other(books: Books) -> None:
    books.answer("hold_outreach", claim(Reason.AWAITING_APPROVAL, "F-5501"))
    with unit_of_work(books.engine) as session:
        session.exec(select(ProposalRow)).one().content = {"written": "by another version"}
    skipped: list[str] = []
    with unit_of_work(books.engine) as session:
        found = open_leaks(session, now=books.now, skipped=skipped)
    assert ([leak.customer for leak in found], skipped) == (["K2 Zimmerei Halder"], ["K1"])
