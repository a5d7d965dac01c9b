"""A small year with a moved clock: it holds every rule, and the checker notices each one that is broken, in the record and in dunwell itself."""

from __future__ import annotations

import copy
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from evals.year import rules_time
from evals.year.checker import check
from evals.year.days import FIRST, LAST
from evals.year.debtors import debtors
from evals.year.evidence import FIRST as WRITES_FIRST
from evals.year.figures import without_outreach
from evals.year.kinds import Kind
from evals.year.truth import Booked, Matter, Sent, Span, Truth
from evals.year.year import Shard, Year

pytestmark = pytest.mark.timeout(240)


def reminders(truth: Truth) -> list[Sent]:
    return [sent for sent in truth.sent if any(tool == "remind" for tool, _ in sent.acts)]


#: A leap day, both changes of clocks, the turn of the year and six months of every cadence lie before it.
_UNTIL = date(2028, 3, 31)


def test_forty_customers_hold_every_rule_and_each_broken_one_would_be_noticed(tmp_path: Path) -> None:
    shard = Year(debtors(40, seed=3), tmp_path, seed=3, real=0.1, last=_UNTIL).run()
    assert check(shard, until=_UNTIL) == []
    mails = reminders(shard.truth)
    assert len(mails) >= 25
    assert shard.counts["replies"] >= 5
    assert {tool for sent in shard.truth.sent for tool, _ in sent.acts} > WRITES_FIRST
    for rule, spoil in SPOILT.items():
        spoilt = Shard(copy.deepcopy(shard.truth), copy.deepcopy(shard.debtors), shard.database)
        spoil(spoilt)
        assert rule in {violation.rule for violation in check(spoilt, until=_UNTIL)}, rule
    assert set(SPOILT) == set(_RULE.findall(_checker())), "every rule has a record that breaks it"


def _late(shard: Shard) -> None:
    sent = reminders(shard.truth)[0]
    shard.truth.sent[shard.truth.sent.index(sent)] = replace(sent, at=sent.at + timedelta(hours=12))


def _again(shard: Shard) -> None:
    sent = reminders(shard.truth)[0]
    shard.truth.sent.append(replace(sent, at=sent.at + timedelta(minutes=3)))


def _too_many(shard: Shard) -> None:
    sent = reminders(shard.truth)[0]
    shard.truth.sent += [replace(sent, at=sent.at + timedelta(hours=49 * n)) for n in (1, 2, 3)]


def _span(matter: Matter) -> Callable[[Shard], None]:
    def spoil(shard: Shard) -> None:
        sent = reminders(shard.truth)[0]
        shard.truth.spans.append(Span(matter, sent.customer_id, sent.at - timedelta(hours=1)))

    return spoil


def _booked(shard: Shard) -> None:
    for books in shard.truth.books.values():
        books[:] = [Booked(one.at, one.balance + 1 if one.balance else 0) for one in books]


def _stranger(shard: Shard) -> None:
    sent = reminders(shard.truth)[0]
    shard.truth.contacts[sent.customer_id] = {}


def _unread(shard: Shard) -> None:
    shard.truth.sent = [
        replace(sent, mime=sent.mime.replace(b"- R", b"* R")) if sent in reminders(shard.truth) else sent
        for sent in shard.truth.sent
    ]


def _lost(shard: Shard) -> None:
    shard.truth.sent.remove(reminders(shard.truth)[0])


def _forgotten(shard: Shard) -> None:
    truth = shard.truth
    whose = next(sent.customer_id for sent in truth.sent if any(a.get("step") == "overdue" for _, a in sent.acts))
    truth.sent = [sent for sent in truth.sent if sent.customer_id != whose]
    truth.reasons = [reason for reason in truth.reasons if reason.customer_id != whose]
    truth.spans = [span for span in truth.spans if span.customer_id != whose]
    for number in (number for number, owner in truth.owners.items() if owner == whose):
        del truth.books[number][1:]


def _a_cent(shard: Shard) -> None:
    bill = next(bill for debtor in shard.debtors for bill in debtor.bills if bill.booked)
    bill.credited += 1


def _sold(shard: Shard) -> None:
    number = next(number for _, numbers, _ in _steps(shard) for number in numbers)
    shard.truth.owners[number] = "C99999"


def _step(*steps: str) -> Callable[[Shard], None]:
    """Let the first steps that were taken for one invoice, each with its mail, have been these."""

    def spoil(shard: Shard) -> None:
        taken: dict[str, list[int]] = {}
        for row, numbers, left in _steps(shard):
            for number in numbers if left else ():
                taken.setdefault(number, []).append(row)
        number, rows = next((number, rows) for number, rows in taken.items() if len(rows) >= len(steps))
        with _other_books(shard) as books:
            for row, step in zip(rows, steps, strict=False):
                books.execute("update outreach_step set taken = ? where id = ?", (json.dumps({number: step}), row))

    return spoil


def _steps(shard: Shard) -> list[tuple[int, list[str], bool]]:
    """List the steps in the order of their mails: key, invoices, whether the mail left."""
    with closing(sqlite3.connect(shard.database)) as books:
        rows = books.execute(
            """select s.id, s.taken, o.state in ('sent', 'filed') from outreach_step s
               join followup f on f.kind = 'outreach' and f.subject_id = s.id
               join proposal p on p.followup_id = f.id join outgoing o on o.proposal_id = p.id
               where s.internal = 0 order by o.sent_at, s.id"""
        ).fetchall()
    return [(row, list(json.loads(taken)), bool(left)) for row, taken, left in rows]


def _invoice(change: str) -> Callable[[Shard], None]:
    def spoil(shard: Shard) -> None:
        number = next(bill.number for debtor in shard.debtors for bill in debtor.bills if bill.booked)
        with _other_books(shard) as books:
            books.execute(f"{change} where number = ?", (number,))

    return spoil


@contextmanager
def _other_books(shard: Shard) -> Iterator[sqlite3.Connection]:
    """Give a copy of the database to spoil, which the shard has from then on."""
    spoilt = shard.database.with_name("spoilt.db")
    with closing(sqlite3.connect(spoilt)) as copied, closing(sqlite3.connect(shard.database)) as books:
        books.backup(copied)
        yield copied
        copied.commit()
    shard.database = spoilt


_RULE = re.compile(r'Violation\(\s*"([^"]+)"')


def _checker() -> str:
    """Give the text of all rules of the checker."""
    folder = Path(rules_time.__file__).parent
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("rules_*.py")))


SPOILT: dict[str, Callable[[Shard], None]] = {
    "outside the contact window": _late,
    "two mails within 48 hours": _again,
    "two mails on one day": _again,
    "more mails in seven days than allowed": _too_many,
    "asks for a disputed part": _span(Matter.DISPUTE),
    "writes after a stop": _span(Matter.STOP),
    "reminds of what is promised": _span(Matter.PROMISE),
    "writes past a mail of theirs": _span(Matter.MAIL),
    "says other figures than the books": _booked,
    "writes to the wrong person": _stranger,
    "a reminder without figures": _unread,
    "a step without a mail": _lost,
    "forgotten": _forgotten,
    "a cent is missing": _a_cent,
    "names another customer's invoice": _sold,
    "a step twice": _step("overdue", "overdue"),
    "steps out of order": _step("firmer", "before_due"),
    "a final notice out of the blue": _step("final_notice"),
    "an invoice is lost": _invoice("delete from invoice"),
    "the books differ": _invoice("update invoice set balance = '0.07'"),
}


def test_a_product_that_forgets_disputes_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disputing = [one for one in debtors(150, seed=6) if one.kind is Kind.DISPUTING][:5]
    until = date(2028, 1, 31)
    monkeypatch.setattr("store.cases.disputes_of", lambda *_: ())
    shard = Year(disputing, tmp_path, seed=6, real=0, last=until).run()
    assert shard.counts["replies"]
    found = {violation.rule for violation in check(shard, until=until)}
    assert "asks for a disputed part" in found


def test_the_same_seed_makes_the_same_customers_whatever_the_shard() -> None:
    whole, half = debtors(60, seed=9), debtors(60, seed=9, first=30)
    assert [(d.id, d.kind, d.bills) for d in whole[30:]] == [(d.id, d.kind, d.bills) for d in half]
    assert set(Kind) == {d.kind for d in debtors(400, seed=9)}
    assert {d.zone for d in debtors(400, seed=9)} > {"Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"}
    assert FIRST <= date(2028, 2, 29) <= LAST


def test_without_outreach_every_cent_is_accounted_for() -> None:
    for debtor in without_outreach(80, seed=4, first=0, last=80):
        for bill in debtor.bills:
            assert bill.amount == bill.booked + bill.credited + bill.written_off + bill.balance
