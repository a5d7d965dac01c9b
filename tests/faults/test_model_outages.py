"""The language model at its worst, over real HTTP: every mail is on somebody's desk at once, and nothing of a bad answer is in a draft.

The daemon's own rounds on a real mailbox folder and a real SMTP server; the clock and the client's patience are moved, not waited for.
"""

from __future__ import annotations

import json
import os
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from agent.config import build
from agent.daemon import Daemon
from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.importing import take_ledger
from agent.llm import DailyBudget, ModelClient
from agent.llm_away import IN_VAIN, LONGEST_PAUSE
from agent.llm_failure import UNCOUNTED
from evals.model_server import Answer, Behaviour, ModelServer, broken, cut, envelope, hang, html, huge, refusal, status
from evals.model_server import reply as answer
from mail.sandbox import Parser
from mail.settings import MailboxSettings
from store import audit
from store.engine import unit_of_work
from store.ledger import read_ledger
from store.proposals import content
from store.proposed import Proposal
from store.tables import Message, ModelCallRow, ProposalRow
from store.vocabulary import MessageState, ProposalStatus
from tests.e2e.installations import deliver, maildir_mailbox, reply
from tests.e2e.moving import Moving
from tests.faults.checker import check
from tests.ledgers import write_ledger
from tests.mail.smtp_fixtures import PASSWORD, USER, SmtpServer

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
WIDE = bool(os.environ.get("DUNWELL_FAULTS"))
START = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
DAY = "20 April 2026"
#: What no bad answer may bring into a draft.
MARK = "zanzibar"
OPEN_SLOTS = (
    *("amount", "reference", "dispute_kind", "po_number", "contact_name", "contact_email", "portal", "document"),
    *("instalments", "stance"),
)


@dataclass
class Patience:
    """The client's time: it sleeps without sleeping."""

    slept: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.slept += seconds

    def monotonic(self) -> float:
        return time.monotonic() + self.slept


@dataclass
class World:
    """An installation with a model, and customers of whom each writes once."""

    home: Moving
    box: MailboxSettings
    smtp: SmtpServer
    daemon: Daemon
    patience: Patience
    arrived: list[str] = field(default_factory=list)

    def arrives(self, count: int = 1) -> None:
        for _ in range(count):
            number = len(self.arrived)
            name = f"<m{number}@k{number}.example>"
            said = f"Morning,\n\nF-{6000 + number} will be paid in full on {DAY}.\n\nMoira\n"
            mail = reply(f"Moira Tate <moira@k{number}.example>", said, to=self.box.address, message_id=name)
            deliver(self.box, f"m{number}", mail)
            self.arrived.append(name)

    def proposals(self) -> tuple[list[ProposalRow], list[Proposal]]:
        """Give the proposals in the order of their mails."""
        with unit_of_work(self.home.engine) as session:
            rows = list(session.exec(select(ProposalRow).order_by(col(ProposalRow.message_id))))
        return rows, [content(row) for row in rows]

    def last(self) -> tuple[ProposalRow, Proposal]:
        """Give the newest proposal, which must wait for a person."""
        with unit_of_work(self.home.engine) as session:
            row = session.exec(select(ProposalRow).order_by(col(ProposalRow.id).desc()).limit(1)).one()
            return row, content(row)

    def all_held(self) -> bool:
        """Say whether each mail is read, and waits on a desk with its proposal."""
        with unit_of_work(self.home.engine) as session:
            states = session.exec(select(Message.state)).all()
            held = session.exec(select(ProposalRow.message_id).where(ProposalRow.status == ProposalStatus.HELD)).all()
        return states == [MessageState.PROPOSED] * len(self.arrived) and len(set(held)) == len(held)

    def calls(self) -> list[ModelCallRow]:
        with unit_of_work(self.home.engine) as session:
            return list(session.exec(select(ModelCallRow).order_by(col(ModelCallRow.id))))


@dataclass(frozen=True)
class Loaded:
    """What takes long to load, and is loaded once."""

    parser: Parser
    reader: EmbeddedReader


@pytest.fixture(scope="module")
def loaded() -> Iterator[Loaded]:
    made = Loaded(Parser(), EmbeddedReader())
    yield made
    made.parser.close()


@dataclass(frozen=True)
class Ground:
    """Where installations with a model are made."""

    folder: Path
    smtp: SmtpServer
    model: ModelServer
    loaded: Loaded

    def at_work(self, *, name: str = "one", **changed: Any) -> AbstractContextManager[World]:
        """Make one."""
        given = {"base_url": self.model.base_url, "customers": 8, **changed}
        return at_work(self.folder / name, self.smtp, self.loaded, **given)


@pytest.fixture
def ground(tmp_path: Path, smtp: SmtpServer, model_server: ModelServer, loaded: Loaded) -> Ground:
    return Ground(tmp_path, smtp, model_server, loaded)


@contextmanager
def at_work(
    folder: Path, smtp: SmtpServer, loaded: Loaded, *, base_url: str, customers: int, workers: int = 4, **model: Any
) -> Iterator[World]:
    folder.mkdir(exist_ok=True)
    box = maildir_mailbox(folder / "box")
    out = {"host": "localhost", "port": smtp.port, "ca_file": smtp.ca_file, "user": USER, "password": PASSWORD}
    raw: dict[str, Any] = {
        "data_dir": folder / "data",
        "company": {"name": "Fernhill Tooling Ltd", "address": "3 Kiln Lane, Fernhill", "email": box.address},
        "store": {"url": f"sqlite:///{folder / 'dunwell.db'}"},
        "mailboxes": [box.model_dump(exclude_none=True) | {"smtp": out}],
        "model": {"base_url": base_url, "model": "m", "timeout_seconds": 5, **model},
        "review": {"undo_seconds": 0},
        "workers": workers,
    }
    home = Moving(build(raw, source="test"))
    home.moment = START
    take_ledger(home, read_ledger(_ledger(folder / "ledger", customers)), actor="erp")
    patience = Patience()
    settings = home.settings.model
    assert settings is not None
    daily = DailyBudget(home.clock, max_calls=settings.daily_budget_calls)
    client = ModelClient(settings, daily=daily, clock=home.clock, sleep=patience.sleep, monotonic=patience.monotonic)
    home.__dict__["deps"] = Deps(home.settings.company, home.settings.policy, loaded.reader, client)
    daemon = Daemon(home, worker="model")
    daemon._parser = loaded.parser
    try:
        yield World(home, box, smtp, daemon, patience)
    finally:
        client.close()
        home.engine.dispose()


def _ledger(folder: Path, count: int) -> Path:
    customers = "customer_id,name,currency,language,timezone,tier,owner\n" + "".join(
        f"K{n},Joinery {n} Ltd,GBP,en,Europe/London,standard,Ines Roth\n" for n in range(count)
    )
    contacts = "customer_id,name,email,role\n" + "".join(
        f"K{n},Moira Tate,moira@k{n}.example,ap\n" for n in range(count)
    )
    head = "invoice_number,customer_id,issue_date,due_date,currency,amount,balance,po_number,description\n"
    invoices = head + "".join(
        f"F-{6000 + n},K{n},2026-01-20,2026-02-19,GBP,1800.00,1800.00,,Cutters\n" for n in range(count)
    )
    payments = "payment_id,customer_id,invoice_number,received_on,currency,amount,reference\n"
    return write_ledger(folder, customers=customers, contacts=contacts, invoices=invoices, payments=payments)


def good(request: dict[str, Any]) -> Answer:
    """Be a good model."""
    said = request["messages"][-1]["content"]
    number = said.rpartition("F-")[2][:4] if "F-" in said else "6000"
    if "You read replies" in request["messages"][0]["content"]:
        number = said.split(" will be paid")[0][-4:]
        claim = {
            "reason": "promise_to_pay",
            "invoices": [f"F-{number}"],
            "evidence": f"F-{number} will be paid in full on {DAY}.",
            "confidence": 0.97,
            "date": DAY,
        }
        asked = request["response_format"]["json_schema"]["schema"] if "response_format" in request else {}
        fields = _claim_fields(asked) or OPEN_SLOTS
        return answer({"claims": [dict.fromkeys(fields) | claim]})
    return answer({"body": "Dear {{ contact.salutation }},\n\nThank you for letting us know.\n\nKind regards"})


def _claim_fields(schema: Any) -> list[str]:
    """Find the fields that a claim must have, in the schema that was asked for."""
    if isinstance(schema, dict):
        if "evidence" in schema.get("properties", {}):
            return list(schema["properties"])
        return next((found for one in schema.values() if (found := _claim_fields(one))), [])
    return []


def claim_of(**changed: Any) -> dict[str, Any]:
    """Give a claim as the good model makes it, but for what is changed."""
    made: dict[str, Any] = json.loads(json.loads(good(_asked()).body)["choices"][0]["message"]["content"])["claims"][0]
    return made | changed


def _asked() -> dict[str, Any]:
    return {"messages": [{"content": "You read replies"}, {"content": "F-6000 will be paid"}]}


def worded(text: str) -> Callable[[dict[str, Any]], Answer]:
    """Be a model that reads well and writes this."""
    return lambda request: good(request) if "You read replies" in request["messages"][0]["content"] else answer(text)


AWAY: dict[str, Behaviour] = {
    "429 with Retry-After": lambda _: status(429, headers={"Retry-After": "30"}),
    "429 for longer than a mail may take": lambda _: status(429, headers={"Retry-After": "86400"}),
    "500": lambda _: status(500),
    "503 with a page": lambda _: Answer(b"<h1>zanzibar</h1>", status=503, media_type="text/html"),
    "cut body": lambda _: cut(),
}
ODD: dict[str, Behaviour] = {
    "cut JSON": lambda _: broken(),
    "cut answer": lambda _: answer('{"claims": [{"reason": "dispute", "evidence": "zanzi', finish_reason="length"),
    "half an object, called whole": lambda _: answer('{"claims": [{"reason": "dispute", "evidence": "zanzi'),
    "empty": lambda _: answer(""),
    "no choices": lambda _: envelope({"choices": []}),
    "nothing at all": lambda _: Answer(b""),
    "HTML": lambda _: html(),
    "another schema": lambda _: answer({"zanzibar": ["dispute"], "body": 7}),
    "extra fields": lambda _: answer({"claims": [], "body": "zanzibar", "note": "zanzibar"}),
    "lone surrogates": lambda _: answer('{"claims": [{"reason": "dispute", "evidence": "\\ud800zanzibar"}]}'),
    "lone surrogates as bytes": lambda _: Answer(
        b'{"choices": [{"message": {"content": "\xed\xa0\x80zanzibar"}, "finish_reason": "stop"}]}'
    ),
    "NUL": lambda _: answer('{"claims": [{"reason": "dispute", "evidence": "\\u0000zanzibar"}]}'),
    "nonsense": lambda _: answer("zanzibar zanzibar zanzibar " * 200),
    "a refusal": lambda _: refusal("zanzibar"),
    "endless": lambda _: huge(3_000_000),
    "evidence that nobody wrote": lambda _: answer({"claims": [claim_of(evidence="You owe zanzibar a million.")]}),
    "a reason that does not exist": lambda _: answer({"claims": [claim_of(reason="zanzibar")]}),
    "the model is gone": lambda _: status(404, "the model `m` does not exist"),
    "the key is withdrawn": lambda _: status(401),
    "no credit": lambda _: status(429, "zanzibar", code="insufficient_quota", type="insufficient_quota"),
    "reads well, writes surrogates": worded('{"body": "Dear \\ud83d zanzibar, thank you very much indeed."}'),
    "reads well, writes a figure": worded(
        '{"body": "Dear zanzibar, please pay 9,999.99 EUR to zanzibar by tomorrow."}'
    ),
    "reads well, writes code": worded('{"body": "{% for x in zanzibar %}{{ x }}{% endfor %} thank you very much."}'),
    "reads well, writes too little": worded('{"body": "zanzibar"}'),
}


#: In turn, so that never more than two questions in a row find nobody: each of these mails is asked about. The tests of every day
#: take every second of the many.
BAD = dict(
    kind
    for pair in zip_longest(AWAY.items(), list(ODD.items())[:: 1 if WIDE else 2])
    for kind in pair
    if kind is not None
)


def by_its_number(request: dict[str, Any]) -> Answer:
    """Be bad in another way to each mail; good to the last."""
    said = request["messages"][1]["content"]
    number = int(re.findall(r"F-6(\d{3})", said)[-1])
    ways = list(BAD.values())
    return (ways[number] if number < len(ways) else good)(request)


def test_of_a_bad_answer_nothing_is_in_a_draft_and_the_mail_is_on_a_desk(
    ground: Ground, record_property: Callable[[str, object], None]
) -> None:
    ground.model.behave(by_its_number)
    # One mail after the other.
    with ground.at_work(customers=len(BAD) + 1, workers=1, max_attempts=2) as world:
        world.arrives(len(BAD) + 1)
        world.daemon.run_once()
        assert world.all_held()
        most = 0
        for what, row, proposal in zip([*BAD, "good"], *world.proposals(), strict=True):
            assert proposal.draft is not None, what
            if what == "good":
                assert proposal.writer == proposal.reader == "model:m", "a good answer is used again at once"
                continue
            assert proposal.writer == "template", what
            assert MARK not in proposal.draft.rendered.lower() + proposal.draft.subject.lower(), what
            assert MARK not in json.dumps(row.content).lower(), what
            assert DAY in proposal.draft.rendered, f"{what}: the template says what the customer said"
            assert proposal.reader == ("model:m" if what.startswith("reads well") else "embedded"), what
            if not what.startswith("reads well"):
                assert "language model" in (proposal.needs_person or ""), what
            calls = [call.outcome for call in world.calls() if call.message_id == row.message_id]
            counted = [outcome for outcome in calls if outcome not in UNCOUNTED]
            assert len(counted) <= 4, f"{what}: more than a mail may cost"
            assert calls, f"{what}: it was asked"
            most = max(most, len(calls))
        with unit_of_work(world.home.engine) as session:
            assert audit.verify(session)[1] is None
        found = check(world.home.settings.store.url, arrived=world.arrived, left=[], kills=0)
        assert found.faults == []
    record_property(
        "told",
        f"model, {len(BAD)} kinds of bad answers: 0 in a draft, each mail on a desk after at most {most} requests",
    )


def test_a_model_that_was_exchanged_is_asked_in_its_own_way(ground: Ground) -> None:
    """The server's new model knows no schemas: the ladder is gone down once, and mails are read by the model all the same."""
    model_server = ground.model
    with ground.at_work(max_attempts=2) as world:
        model_server.behave(good)
        world.arrives()
        world.daemon.run_once()
        assert world.last()[1].reader == "model:m"

        def older(request: dict[str, Any]) -> Answer:
            return status(400, "response_format is not supported") if "response_format" in request else good(request)

        model_server.behave(older)
        for _ in range(2):
            world.arrives()
            world.daemon.run_once()
            assert world.last()[1].reader == "model:m"
        asked = len(model_server.requests)
        world.arrives()
        world.daemon.run_once()
        assert len(model_server.requests) - asked == 2, "reading and writing, without trying what it refused before"


def test_a_hang_and_a_reset_in_the_middle_of_an_answer(ground: Ground) -> None:
    model_server = ground.model
    with ground.at_work(timeout_seconds=0.2, max_attempts=2) as world:
        model_server.behave(lambda _: hang())
        world.arrives()
        world.daemon.run_once()
        assert world.all_held()
        assert len(model_server.requests) <= 4
    address = "http://127.0.0.1:{}/v1"
    with _resetting() as port, ground.at_work(name="two", base_url=address.format(port), max_attempts=2) as world:
        world.arrives()
        world.daemon.run_once()
        assert world.all_held()
        assert {call.outcome for call in world.calls()} == {"interrupted"}


@contextmanager
def _resetting() -> Iterator[int]:
    """Run a server that begins each answer and resets the connection in the middle of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                with one:
                    one.recv(65536)
                    one.sendall(
                        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n" + b'{"choi'
                    )
                    time.sleep(0.05)
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


# --- a day -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["refused", "hang", "500"] if WIDE else ["hang"])
def test_a_day_without_the_model(ground: Ground, kind: str, record_property: Callable[[str, object], None]) -> None:
    """Mails come all day and are on a desk at once, a person answers one in the middle, and afterwards all goes on as before."""
    many, hours, model_server, smtp = 60 if WIDE else 4, 24 if WIDE else 5, ground.model, ground.smtp
    with ground.at_work(customers=1 + hours + 3 * many, timeout_seconds=0.2, max_attempts=3) as world:
        model_server.behave(good)
        world.arrives()
        world.daemon.run_once()  # what is loaded at the first mail counts for nobody
        normal = rate(world, many)
        assert readers(world) == {"model:m"}

        began, asked = len(world.calls()), len(model_server.requests)
        client = world.home.deps.client
        assert client is not None
        if kind == "refused":
            _address(client, "http://127.0.0.1:9/v1")
        model_server.behave(lambda _: hang() if kind == "hang" else status(500))
        for hour in range(hours):
            world.home.moment += timedelta(hours=24 / hours)
            world.patience.sleep(86400 / hours)
            world.arrives()
            world.daemon.run_once()
            assert world.all_held() or hour > 2, f"hour {hour}: not all is on a desk"
            if hour == 2:
                _answer_one(world)
        down = [row for row in world.calls()[began:] if row.outcome != "ok"]
        # With each mail one question looks whether the server is back; the first three have their retries.
        most = 3 * (IN_VAIN * 3 + hours)
        assert len(down) <= most, "the server is not asked again and again"
        assert len(model_server.requests) - asked <= most

        # All at once, while it is known to be away: they wait for nobody.
        world.arrives(many)
        away = rate_of(world, many)
        if kind == "refused":
            _address(client, model_server.base_url)
        model_server.behave(good)
        world.patience.sleep(LONGEST_PAUSE)
        after = rate(world, many)
        assert readers(world, last=many // 2) == {"model:m"}
        # Of the processor's time: what else the machine does is nobody's fault here.
        share = after / normal
        record_property(
            "told",
            f"a day without the model ({kind}): {hours} mails on a desk within their round, {len(down)} calls in vain; "
            f"mails a CPU second before {normal:.1f}, while away {away:.1f}, after {after:.1f} ({share:.0%} of before)",
        )
        assert share >= 0.8
        with unit_of_work(world.home.engine) as session:
            assert audit.verify(session)[1] is None
        left = [taken.content for taken in smtp.sink.taken]
        assert len(left) == 1
        assert check(world.home.settings.store.url, arrived=world.arrived, left=left, kills=0).faults == []


def _address(client: ModelClient, url: str) -> None:
    """Have the model server go away and come back at its address: a port is not to be had again for certain."""
    client.close()
    client._settings = client._settings.model_copy(update={"base_url": url})


def rate(world: World, many: int) -> float:
    world.arrives(many)
    return rate_of(world, many)


def rate_of(world: World, many: int) -> float:
    """Give how many mails are read, proposed for and held in a second of the processor's time."""
    began = time.process_time()
    done = world.daemon.run_once().proposed
    assert done == many
    return many / (time.process_time() - began)


def readers(world: World, *, last: int = 0) -> set[str]:
    with unit_of_work(world.home.engine) as session:
        rows = session.exec(select(ProposalRow).order_by(col(ProposalRow.id))).all()
    return {content(row).reader for row in rows[-last:]}


def _answer_one(world: World) -> None:
    from agent.cli.home import desk_of

    desk = desk_of(world.home)
    item = desk.held()[0]
    world.home.moment = world.home.moment.replace(hour=13)
    assert desk.approve(item.row.id or 0, version=desk.show(item.row.id or 0).row.version, actor="ines")  # type: ignore[union-attr]
    world.daemon.run_once()
    assert len(world.smtp.sink.taken) == 1


def test_an_outage_eats_no_budget_over_a_restart(ground: Ground) -> None:
    model_server = ground.model
    with ground.at_work(daily_budget_calls=6, max_attempts=3) as world:
        model_server.behave(lambda _: status(503))
        for _ in range(3):
            world.arrives()
            world.daemon.run_once()
        assert len(world.calls()) > 6
        model_server.behave(good)
        del world.home.__dict__["deps"]
        again = Daemon(world.home, worker="model")
        again._parser = ground.loaded.parser
        world.arrives()
        again.run_once()
        assert world.last()[1].reader == "model:m", (
            "calls that no model answered cost nothing, for a new process neither"
        )
