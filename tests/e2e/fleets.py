"""An installation that several hosts share: PostgreSQL, two mailboxes in a real Dovecot, real SMTP, a model beside each host.

Every customer has one conversation. The models play good ones, and keep which host asked about which mail, and when.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlmodel import col, select, text

from agent.cli.home import desk_of
from agent.config import load
from agent.importing import take_ledger
from agent.installation import Installation
from evals.model_server import Answer, ModelServer, hang
from review.desk import Blocked
from store.engine import looking
from store.fleet import Lease
from store.ledger import read_ledger
from store.proposals import Stale
from store.tables import Message, Outgoing, ProposalRow
from tests.e2e import promises
from tests.e2e.hosts import SERVERS, Host
from tests.mail.servers import PASSWORD, Dovecot
from tests.mail.smtp_fixtures import PASSWORD as SMTP_PASSWORD
from tests.mail.smtp_fixtures import USER as SMTP_USER
from tests.mail.smtp_fixtures import SmtpServer

#: In seconds: how long a model takes for an answer.
THINKS = 0.2
_TOML = """
data_dir = "data"

[company]
name = "Fernhill Tooling Ltd"
address = "3 Kiln Lane, Fernhill"
email = "{first}"

[store]
url = "{database}"

[model]
base_url = "http://127.0.0.1:9/v1"
model = "test-model"
timeout_seconds = 60

[review]
undo_seconds = 0

[policy.jurisdictions.default-strict.contact]
opens = "08:00"
closes = "21:00"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""
_MAILBOX = """
[[mailboxes]]
name = "{name}"
address = "{address}"
host = "{host}"
port = {port}
user = "{user}"
ca_file = "{ca_file}"
poll_seconds = 2

[mailboxes.smtp]
host = "{host}"
port = {smtp}
tls = "starttls"
ca_file = "{smtp_ca_file}"
user = "{smtp_user}"
"""


@dataclass(frozen=True)
class Asked:
    """One question of a worker to read a mail."""

    host: str
    customer: int
    mail: int
    at: float


@dataclass
class Model:
    """The model beside a host. About a mail of a conversation that it is to hang at it says nothing."""

    host: Host
    asked: list[Asked] = field(default_factory=list)
    hangs_at: set[int] = field(default_factory=set)

    def behave(self, request: dict[str, Any]) -> Answer:
        """Play a good model, or one that hangs."""
        customer, mail = promises.about(request)
        answer = promises.answered(request)
        if mail is None:
            return answer
        self.asked.append(Asked(self.host.name, customer, mail, time.monotonic()))
        if customer in self.hangs_at:
            return hang()
        return dataclasses.replace(answer, chunks=2, pause=THINKS / 2)


class Fleet:
    """The installation, its servers and its hosts."""

    def __init__(
        self, home: Path, *, database: str, dovecot: Dovecot, smtp: SmtpServer, customers: int, hosts: list[Host]
    ) -> None:
        self.home, self.database, self.dovecot, self.smtp, self.customers = home, database, dovecot, smtp, customers
        self.models = {host.name: Model(host) for host in hosts}
        self._servers: dict[str, ModelServer] = {}
        home.mkdir()
        self.users = [dovecot.new_user() for _ in range(2)]
        self.addresses = [user.replace(".test", ".example") for user in self.users]
        inside = database.replace("127.0.0.1", SERVERS)
        self.config.write_text(_TOML.format(first=self.addresses[0], database=inside) + "".join(self._mailboxes()))
        self._import()

    @property
    def config(self) -> Path:
        return self.home / "dunwell.toml"

    def _mailboxes(self) -> Iterator[str]:
        for number, user in enumerate(self.users):
            yield _MAILBOX.format(
                name=f"box{number}",
                address=self.addresses[number],
                host=SERVERS,
                port=self.dovecot.imaps_port,
                user=user,
                ca_file=self.dovecot.ca_file,
                smtp=self.smtp.port,
                smtp_ca_file=self.smtp.ca_file,
                smtp_user=SMTP_USER,
            )

    # --- this machine ---------------------------------------------------------------------------------------------

    @cached_property
    def installation(self) -> Installation:
        """The installation as this machine sees it, where the servers are on loopback."""
        found = load(self.config, environment={"DUNWELL_DATABASE_URL": self.database})
        return Installation(found.model_copy(update={"data_dir": self.home / "first"}))

    def _import(self) -> None:
        ledger = promises.write_ledger(self.home / "ledger", customers=self.customers)
        take_ledger(self.installation, read_ledger(ledger), actor="test")
        _ = self.installation.key

    def write(self, customer: int, mail: int) -> None:
        """Have a customer write the next mail of its conversation; half of them write to each mailbox."""
        box = customer % 2
        self.dovecot.deliver(self.users[box], promises.mail_of(customer, mail, to=self.addresses[box]))

    def approve(self, customers: set[int]) -> None:
        """Approve the newest proposal of these customers, as a collector does who agrees."""
        desk = desk_of(self.installation)
        wanted = {f"K{n}" for n in customers}
        for item in sorted(desk.held(), key=lambda item: -(item.row.id or 0)):
            if item.row.customer_id not in wanted:
                continue
            again = desk.show(item.row.id or 0)
            assert again is not None
            with contextlib.suppress(Stale, Blocked):
                desk.approve(item.row.id or 0, version=again.row.version, actor="ines")
                wanted.discard(item.row.customer_id)
        assert not wanted, f"nothing of {wanted} can be approved"

    # --- the hosts ------------------------------------------------------------------------------------------------

    def start(self, host: Host, log: Path, *, key: bool = True) -> subprocess.Popen[bytes]:
        """Start a worker on a host: the same dunwell.toml, the same key, a data folder and a model of its own."""
        if host.name not in self._servers:
            server = self._servers[host.name] = host.on(ModelServer)
            server.behave(self.models[host.name].behave)
            server.__enter__()
        data = self.home / f"data-{host.name}"
        data.mkdir(exist_ok=True)
        if key:
            shutil.copy(self.home / "first" / "installation.key", data)
        environment = {
            **os.environ,
            "DUNWELL_DATA_DIR": str(data),
            "DUNWELL_MODEL__BASE_URL": self._servers[host.name].base_url,
            **{f"DUNWELL_MAILBOX_BOX{n}_PASSWORD": PASSWORD for n in range(2)},
            **{f"DUNWELL_SMTP_BOX{n}_PASSWORD": SMTP_PASSWORD for n in range(2)},
        }
        words = [str(Path(sys.executable).parent / "dunwell"), "worker", "--config", str(self.config)]
        with log.open("ab") as file:
            return subprocess.Popen(host.command(words), env=environment, stdout=file, stderr=file, cwd=self.home)

    @contextlib.contextmanager
    def in_the_middle_of_writing(self, host: Host) -> Iterator[None]:
        """Have a process on a host hold its turn among all writers, in a transaction that it does not end."""
        program = (
            "import sys, time; from agent.fleet.lines import keep_short; from store import audit; "
            "from store.engine import open_engine, unit_of_work; engine = open_engine(sys.argv[1]); keep_short(engine)\n"
            "with unit_of_work(engine) as session: audit.take_turn(session); print('mine', flush=True); time.sleep(600)"
        )
        words = host.command([sys.executable, "-c", program, self.database.replace("127.0.0.1", SERVERS)])
        root = Path(__file__).parents[2]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root) as writer:
            try:
                assert writer.stdout is not None
                assert writer.stdout.readline() == b"mine\n"
                yield
            finally:
                writer.kill()

    def close(self) -> None:
        """Stop the models."""
        for server in self._servers.values():
            server.__exit__()
        self.installation.engine.dispose()

    # --- what is seen ---------------------------------------------------------------------------------------------

    def leases(self) -> dict[str, str]:
        """Give which worker holds what."""
        with looking(self.installation.engine) as session:
            return {row.name: row.worker for row in session.exec(select(Lease))}

    def mails(self) -> list[Message]:
        """Give all mails, in the order of arrival."""
        with looking(self.installation.engine) as session:
            return list(session.exec(select(Message).order_by(col(Message.id))))

    def mail_of(self, customer: int, mail: int) -> Message | None:
        """Give one mail, once it has come in."""
        header = promises.header(customer, mail)
        return next((row for row in self.mails() if row.message_id_header == header), None)

    def proposals(self) -> list[ProposalRow]:
        """Give all proposals, in the order in which they were made."""
        with looking(self.installation.engine) as session:
            return list(session.exec(select(ProposalRow).order_by(col(ProposalRow.id))))

    def outgoing(self) -> list[Outgoing]:
        """Give all mails of ours."""
        with looking(self.installation.engine) as session:
            return list(session.exec(select(Outgoing).order_by(col(Outgoing.id))))

    def workers(self) -> list[str]:
        """Name the workers that the database counts as living."""
        with looking(self.installation.engine) as session:
            return list(session.execute(text("SELECT name FROM worker")).scalars())

    def asked(self) -> list[Asked]:
        """Give all questions of all hosts, in the order of time."""
        return sorted((one for model in self.models.values() for one in model.asked), key=lambda one: one.at)
