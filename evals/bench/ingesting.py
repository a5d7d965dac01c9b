"""Mails taken in from a real Dovecot, against a bare FETCH of the same mails and against bare commits of them.

The floors only move bytes: they do not parse, match, log, or look whether a mail is known. One mail is fifty to a FETCH and
fifty to a transaction in dunwell; the bare FETCH takes fifty as well, the bare SQLite commits each mail by itself, with FULL.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path

from evals.bench import sample
from evals.bench.house import AUTHSERV_ID, COMPANY, NOW, House
from evals.bench.racing import Benchmark, Contender, at_most_times
from evals.bench.stopwatch import Stopwatch
from mail.imap_fetch import BATCH_MAILS
from mail.inbox import ingest
from mail.open import open_mailbox
from mail.sandbox import Parser
from mail.settings import MailboxSettings
from store.engine import open_engine
from tests.apt import installed
from tests.mail.servers import Dovecot
from tests.mail.token_server import TokenServer

SIZE = 500
OURS = "ingest"


def benchmark(*, size: int = SIZE) -> Benchmark:
    """Start a Dovecot with `size` mails in a mailbox. Raises RuntimeError where there is no Dovecot."""
    stack = ExitStack()
    try:
        server = _started(stack)
        user = server.new_user()
        raws = list(sample.mails(size))
        server.deliver(user, *raws)
        settings = server.settings(user, name="ar", address=COMPANY.email, authserv_id=[AUTHSERV_ID], mark="")
        return _contest(server, user, settings, raws, stack)
    except BaseException:
        stack.close()
        raise


def _started(stack: ExitStack) -> Dovecot:
    binary = installed("dovecot-imapd", "dovecot")
    if binary is None:
        raise RuntimeError("there is no Dovecot: install the Debian package dovecot-imapd")
    tokens = TokenServer()
    tokens.start()
    stack.callback(tokens.stop)
    server = Dovecot(binary, tokens)
    stack.callback(server.remove)
    server.start()
    return server


def _contest(server: Dovecot, user: str, settings: MailboxSettings, raws: list[bytes], stack: ExitStack) -> Benchmark:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dunwell-bench-")))
    house, watch = House(folder, copies=sample.copies_for(len(raws))), Stopwatch()
    parser = stack.enter_context(Parser())
    numbers = count(1)

    def fetched() -> int:
        client = server.person(user)
        with watch.running():
            uids = client.search("ALL")
            for start in range(0, len(uids), BATCH_MAILS):
                client.fetch(uids[start : start + BATCH_MAILS], ["BODY.PEEK[]"])
        client.logout()
        return len(uids)

    def committed() -> int:
        connection = sqlite3.connect(folder / f"bare-{next(numbers)}.db", isolation_level=None)
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.execute("create table mail (id integer primary key, raw blob not null)")
        with watch.running():
            for raw in raws:
                connection.execute("insert into mail (raw) values (?)", (raw,))
        connection.close()
        return len(raws)

    def taken_in() -> int:
        engine, mailbox = open_engine(house.new_url()), open_mailbox(settings)
        with watch.running():
            result = ingest(
                mailbox,
                settings,
                engine=engine,
                parser=parser,
                company=COMPANY,
                clock=lambda: NOW + timedelta(hours=1),
            )
        mailbox.close()
        engine.dispose()
        assert result.new == len(raws), f"{len(raws)} mails lie there, {result.new} were taken in"
        return result.new

    return Benchmark(
        name="ingest",
        about=f"{len(raws):,} mails of {sum(map(len, raws)) / len(raws) / 1000:.0f} KB from a real Dovecot into SQLite (FULL)",
        unit="mail",
        contenders=(
            Contender("a bare FETCH by imapclient", fetched),
            Contender("a bare commit in SQLite", committed),
            Contender(OURS, taken_in),
        ),
        floors=2,
        aims={OURS: at_most_times(1.25, note=" (0.8 of the slower floor's speed)")},
        clock=watch.seconds,
        close=stack.close,
        most_rounds=3,
        warm=len(raws) <= 1_000,
    )
