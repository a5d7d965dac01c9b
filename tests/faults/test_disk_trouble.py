"""A disk that is full, out of inodes, locked against writing, broken: nothing is lost or marked, people are told, and it goes on alone.

The daemon is the real command; everything that it keeps lies on the disk that ails.
"""

from __future__ import annotations

import html
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from starlette.testclient import TestClient

from agent.cli.home import desk_of
from agent.cli.serve import _expected
from agent.config import load
from agent.installation import Installation
from review.app import create_app
from store.engine import looking, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.tables import Message, Outgoing
from store.vocabulary import MessageState, SendState
from tests.e2e.installations import Installed, in_daylight, reply
from tests.faults.checker import check
from tests.faults.disk import Ail, Disk, disk
from tests.faults.places import ENVIRONMENT, SMTP
from tests.faults.power import marked
from tests.ledgers import write_ledger
from tests.mail.servers import Dovecot, until
from tests.mail.smtp_fixtures import USER, SmtpServer

pytestmark = [pytest.mark.servers, pytest.mark.timeout(400)]
BASE = "http://127.0.0.1:8765"
#: What each says of itself. Out of inodes, all goes on: what is written has its file already.
SAID: dict[Ail, str] = {
    "full": "No space left on device",
    "readonly": "Read-only file system",
    "io": "Input/output error",
    "inodes": "No space left on device",
}
#: How a page names it to whoever wanted to approve.
NAMED: dict[Ail, tuple[str, ...]] = {"full": ("is full",), "readonly": ("cannot be written", "fails"), "io": ("fails",)}


@dataclass
class House:
    """An installation on the disk, its daemon, its page and its mailbox."""

    disk: Disk
    installed: Installed
    home: Installation
    page: TestClient
    dovecot: Dovecot
    log: Path
    arrived: list[str] = field(default_factory=list)

    def writes(self, sender: str = "Moira Tate <moira@bracken.example>", invoice: str = "F-5501") -> str:
        """Have a customer write; give the Message-ID."""
        name = f"<trouble{len(self.arrived)}@customers.example>"
        text = f"We will pay {invoice} on Friday. This is mail {len(self.arrived)}."
        mail = reply(sender, text, to=self.installed.mailbox.address, message_id=name)
        self.dovecot.deliver(str(self.installed.mailbox.user), mail)
        self.arrived.append(name)
        return name

    def state(self, name: str) -> str | None:
        """Give the state of a mail; None where it is not stored, or the disk does not say."""
        with suppress(DBAPIError), looking(self.home.engine) as session:
            return session.exec(select(Message.state).where(Message.message_id_header == name)).first()
        return None

    def proposed(self, name: str) -> bool:
        return self.state(name) == MessageState.PROPOSED

    def ready(self) -> tuple[bool, str]:
        """Say whether it is ready, and why not."""
        answer = self.page.get("/readyz")
        said = answer.json()
        assert (answer.status_code == 200) == said["ready"]
        return said["ready"], "; ".join(said["reasons"])

    def form(self, number: int) -> dict[str, str]:
        """Open an item and give what its form of approval holds."""
        page = self.page.get(f"/items/{number}").text
        form = next(
            f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="/items/{number}/approve"' in f
        )
        area = re.search(r'<textarea id="body".*?>\n(.*?)</textarea>', form, re.DOTALL)
        assert area is not None
        values = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        return values | {"body": html.unescape(area.group(1)).replace("\n", "\r\n")}

    def approves(self, number: int, form: dict[str, str]) -> tuple[int, str]:
        answer = self.page.post(
            f"/items/{number}/approve", data=form, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False
        )
        return answer.status_code, answer.text

    def complaints(self) -> int:
        """Count how often the daemon could not go on with the mailbox."""
        return self.log.read_text("utf-8").count("next try in")


@pytest.fixture
def house(dovecot: Dovecot, smtp: SmtpServer, tmp_path: Path) -> Iterator[House]:
    with disk(tmp_path / "disk") as mounted:
        installed = Installed(
            mounted.folder / "home",
            dovecot.settings(dovecot.new_user()),
            smtp=SMTP.format(port=smtp.port, ca_file=smtp.ca_file, user=USER),
            more="[review]\nundo_seconds = 0\n",
            environment=ENVIRONMENT,
        )
        home = Installation(load(installed.config, environment=installed.env))
        ledger = read_ledger(write_ledger(tmp_path / "ledger", customers=in_daylight()))
        with unit_of_work(home.engine) as session:
            import_ledger(session, ledger, actor="erp", now=datetime.now(UTC))
        log = tmp_path / "daemon.log"
        daemon = installed.start(log)
        try:
            with TestClient(create_app(desk_of(home), ready=_expected(home)), base_url=BASE) as page:
                yield House(mounted, installed, home, page, dovecot, log)
        finally:
            ended(daemon)
            home.engine.dispose()


def ended(daemon: subprocess.Popen[bytes]) -> None:
    daemon.kill()
    daemon.wait()


def test_it_loses_nothing_says_so_and_goes_on_alone(
    house: House, smtp: SmtpServer, record_property: Callable[[str, object], None]
) -> None:
    # Of another customer than all that follow: no newer mail overtakes what is approved here.
    first = house.writes("Uwe Halder <buero@halder.example>", "F-5503")
    took: dict[Ail, float] = {}
    until(lambda: house.proposed(first), seconds=120, what="the first proposal")
    until(lambda: house.ready()[0], seconds=60, what="readiness")
    number = desk_of(house.home).held_ids()[0]
    form = house.form(number)
    for kind in SAID:
        took[kind] = recovered(house, kind, number, form)
    record_property("told", "after disk trouble: " + ", ".join(f"{k} read again in {s:.1f} s" for k, s in took.items()))

    assert number in desk_of(house.home).held_ids(), "what could not be approved still waits"
    status, _ = house.approves(number, house.form(number))
    assert status == 303
    until(lambda: filed(house) == 1, seconds=60, what="the mail that was approved at last")
    left = [taken.content for taken in smtp.sink.taken]
    assert check(house.installed.database, arrived=house.arrived, left=left, kills=0).faults == []


def recovered(house: House, kind: Ail, number: int, form: dict[str, str]) -> float:
    """Let the disk ail while a mail comes and somebody approves; give how many seconds after its end the mail was worked on."""
    before = house.complaints()
    house.disk.ail(kind)
    name = house.writes()
    if kind == "inodes":
        until(lambda: house.proposed(name), seconds=60, what="a proposal without a new file")
    else:
        until(lambda: house.complaints() > before, seconds=90, what=f"a complaint of a disk that is {kind}")
        assert name not in marked(house.dovecot, str(house.installed.mailbox.user))
        status, said = house.approves(number, form)
        assert status == 503, said
        named = [fault for fault in NAMED[kind] if f"The disk that the database lies on {fault}: whoever" in said]
        assert named, said[-900:]
    until(lambda: SAID[kind] in house.ready()[1], seconds=20, what=f"the reason of a disk that is {kind}")
    house.disk.ail("")
    began = time.monotonic()
    until(lambda: house.proposed(name), seconds=60, what=f"the mail that came while it was {kind}")
    took = time.monotonic() - began
    until(lambda: house.ready()[0], seconds=60, what="readiness")
    return took


def filed(house: House) -> int:
    with looking(house.home.engine) as session:
        return len(session.exec(select(Outgoing).where(col(Outgoing.state) == SendState.FILED)).all())
