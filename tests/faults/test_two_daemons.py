"""Two daemons on one mailbox and one database: started twice by mistake, or one on a machine that was thought dead.

In one data directory the second is refused (`tests/e2e/test_daemon.py`). Here each has its own, so that nothing keeps them apart
but the database.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import asked
from tests.faults.lives import Lives
from tests.faults.places import Ground, Place
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import SmtpServer

pytestmark = [pytest.mark.servers, pytest.mark.timeout(0 if asked.DEATHS else 300)]


def twin(place: Place, folder: Path) -> Path:
    """Give the configuration of a second installation of the same database and mailbox."""
    second = folder / f"{place.installed.home.name}-beside"
    second.mkdir()
    config = second / "dunwell.toml"
    own = f'data_dir = "{place.installed.home}/data"'
    text = place.installed.config.read_text("utf-8")
    assert own in text
    config.write_text(text.replace(own, f'data_dir = "{second}/data"'), "utf-8")
    return config


def test_nothing_is_done_twice(
    dovecot: Dovecot, smtp: SmtpServer, lives: Lives, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    there = Ground(tmp_path, dovecot, smtp, lives)
    chance, tally = random.Random(asked.SEED), asked.Tally(asked.wanted(3, one_in=20))
    instants = asked.Instants(chance, seconds=there.live(there.place()).seconds)
    while tally.goes_on():
        place = there.place()
        # In the first neither dies; afterwards one does, in the middle, and the other goes on.
        end = there.live(place, beside=twin(place, tmp_path), kill_after=instants.next() if tally.done else 0)
        assert end.code in (0, -9), there.log()
        tally.done += 1
        tally.add(there.settled(place))
    record_property("told", f"two daemons on one mailbox: {tally.done} times; {tally}")
    assert tally.faults == []
