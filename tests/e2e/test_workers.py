"""Two workers on two hosts, one of them killed: its work goes on elsewhere, in order, nothing twice."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest

from store import audit
from store.engine import looking
from store.vocabulary import MessageState, ProposalStatus, SendState
from tests.e2e.fleets import THINKS, Fleet
from tests.e2e.hosts import hosts, relayed
from tests.mail.servers import Dovecot, until
from tests.mail.smtp_fixtures import smtp_server
from tests.postgres import running_postgres

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]

EVERYONE = range(1, 6)
#: The promise: a dead worker's work goes on within this many seconds.
TAKEN_OVER = 30
#: The conversation at which the models hang.
STUCK = 3


@pytest.fixture
def fleet(dovecot: Dovecot, tmp_path: Path) -> Iterator[Fleet]:
    with ExitStack() as stack:
        made = stack.enter_context(hosts(2))
        gateways = [host.gateway for host in made]
        server = stack.enter_context(running_postgres(also=gateways))
        smtp = stack.enter_context(smtp_server(tmp_path, hostname="mail.fernhill.test"))
        for port in (dovecot.imaps_port, smtp.port):
            stack.enter_context(relayed(gateways, port))
        found = Fleet(
            tmp_path / "home",
            database=server.plain_database(),
            dovecot=dovecot,
            smtp=smtp,
            customers=len(EVERYONE),
            hosts=made,
        )
        stack.callback(found.close)
        yield found


@dataclass
class Stage:
    """Two workers at work, one of them in the middle of a mail at which its model hangs."""

    workers: dict[str, subprocess.Popen[bytes]]
    logs: dict[str, Path]
    #: The host of the one that has that mail, and the other host.
    victim: str
    other: str
    #: A customer who writes into a mailbox that the victim reads.
    customer: int

    def end(self) -> None:
        """See that those who live end well, and that nobody is left."""
        for worker in self.workers.values():
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
        for name, worker in self.workers.items():
            assert worker.wait(timeout=30) in (0, -signal.SIGKILL), self.logs[name].read_text()


@pytest.fixture
def stage(fleet: Fleet, tmp_path: Path) -> Iterator[Stage]:
    logs = {name: tmp_path / f"{name}.log" for name in fleet.models}
    workers: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, model in fleet.models.items():
            model.hangs_at = {STUCK}
            workers[name] = fleet.start(model.host, logs[name])
        until(lambda: len(set(fleet.leases().values())) == 2, seconds=120, what="a share of the mailboxes for each")
        for customer, mail in itertools.product(EVERYONE, (1, 2)):
            fleet.write(customer, mail)
        until(lambda: proposed(fleet, set(EVERYONE) - {STUCK}, mail=2), seconds=120, what="the proposals")
        fleet.approve({1})
        until(lambda: all_filed(fleet, 1), seconds=60, what="the sending")
        held = fleet.mail_of(STUCK, 1)
        assert held is not None
        assert held.state == MessageState.PROPOSING
        victim = next(name for name, worker in workers.items() if f":{worker.pid}:" in str(held.claimed_by))
        (other,) = workers.keys() - {victim}
        holds = [name for name, holder in fleet.leases().items() if holder == held.claimed_by]
        box = next(int(name[-1]) for name in holds if name[-1].isdigit())  # beside what belongs to no mailbox
        customer = max(n for n in EVERYONE if n not in (1, STUCK) and n % 2 == box)
        yield Stage(workers, logs, victim, other, customer)
    finally:
        for worker in workers.values():
            worker.kill()
            worker.wait()
    assert "Traceback" not in logs[other].read_text()


def test_a_worker_dies_and_the_other_host_takes_over(fleet: Fleet, stage: Stage) -> None:
    stage.workers[stage.victim].send_signal(signal.SIGKILL)
    taken_over(fleet, stage)
    check(fleet, stage)
    stage.end()
    assert fleet.workers() == [], "one ended well, the other was buried"


@pytest.mark.skipif("DUNWELL_LONG" not in os.environ, reason="minutes long: make workers")
def test_a_host_is_cut_off_and_comes_back(fleet: Fleet, stage: Stage) -> None:
    host = fleet.models[stage.victim].host
    with fleet.in_the_middle_of_writing(host):
        host.plug(into=False)
        taken_over(fleet, stage)
    host.plug(into=True)
    # What it had thought about is nobody's any more; it is one of two again, with a share of the mailboxes.
    until(lambda: len(set(fleet.leases().values())) == 2, seconds=120, what="its return")
    fleet.write(1, 3)
    until(lambda: proposed(fleet, {1}, mail=3), seconds=120, what="the next mail")
    check(fleet, stage)
    stage.end()
    assert fleet.workers() == []


def taken_over(fleet: Fleet, stage: Stage) -> None:
    """See that what a host had in hand goes on at the other one, and how soon."""
    died = time.monotonic()
    for model in fleet.models.values():
        model.hangs_at = set()
    fleet.write(stage.customer, 3)  # into the mailbox that the victim read
    until(lambda: proposed(fleet, {stage.customer}, mail=3), seconds=120, what="the mailbox being read again")
    reading = time.monotonic() - died
    until(lambda: proposed(fleet, {STUCK}, mail=2), seconds=120, what="the mail that was in hand")
    thinking = time.monotonic() - died
    print(f"taken over: the mailbox after {reading:.1f} s, what was in hand after {thinking:.1f} s")
    assert max(reading, thinking) < TAKEN_OVER, stage.logs[stage.other].read_text()
    fleet.approve(set(EVERYONE) - {1})
    until(lambda: all_filed(fleet, len(EVERYONE)), seconds=60, what="the sending")


def all_filed(fleet: Fleet, count: int) -> bool:
    """Say whether so many mails of ours left, and none is on its way."""
    states = [row.state for row in fleet.outgoing()]
    return states.count(SendState.FILED) == count and set(states) <= {SendState.FILED, SendState.VOID}


def proposed(fleet: Fleet, customers: set[int], *, mail: int) -> bool:
    """Say whether a mail of each of these customers, and so all before it, was understood."""
    found = [fleet.mail_of(customer, mail) for customer in customers]
    return all(row is not None and row.state == MessageState.PROPOSED for row in found)


def check(fleet: Fleet, stage: Stage) -> None:
    """See that nothing was lost, nothing done twice, and that each conversation kept its order."""
    made = fleet.proposals()
    # What was held is thought about anew when the customer writes again; it is void for nothing else.
    assert {row.void_reason for row in made if row.status == ProposalStatus.VOID} <= {"the customer wrote again"}
    made = [row for row in made if row.status != ProposalStatus.VOID]
    assert Counter(row.message_id for row in made) == Counter(row.id for row in fleet.mails()), "one for each mail"
    # Two mails of a conversation are never thought about at the same time, on whatever host.
    asked = fleet.asked()
    for customer in {one.customer for one in asked}:
        mails = list(dict.fromkeys(one.mail for one in asked if one.customer == customer))
        assert mails == sorted(mails), "in the order of the mails"
        times = [one.at for one in asked if one.customer == customer]
        assert all(later - earlier >= THINKS for earlier, later in itertools.pairwise(times))
    assert len({one.host for one in asked}) == 2, "both hosts worked"
    again = {key for key, count in Counter((one.customer, one.mail) for one in asked).items() if count > 1}
    overtaken = {(customer, mail) for customer in (1, stage.customer) for mail in (1, 2)}
    assert again <= {(STUCK, 1), *overtaken}, "only what died in hand, or was overtaken, is read anew"
    headers = [message_from_bytes(taken.content)["Message-ID"] for taken in fleet.smtp.sink.taken]
    assert len(headers) == len(set(headers)) == sum(row.state == SendState.FILED for row in fleet.outgoing())
    with looking(fleet.installation.engine) as session:
        assert audit.verify(session)[1] is None
