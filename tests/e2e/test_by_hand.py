"""A collector answers from their own mail program, over real IMAP: dunwell's draft does not go out beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.e2e.installations import Installed, in_daylight, reply
from tests.ledgers import write_ledger
from tests.mail.servers import Dovecot

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]

DUE = datetime.now(UTC).date() + timedelta(days=6)
WORDS = f"F-5501 is in the run that leaves on {DUE.day} {DUE:%B %Y}."


def by_hand(address: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Rosa Lind <{address}>"
    mail["To"] = "moira@bracken.example"
    mail["Subject"] = "Re: F-5501"
    mail["Message-ID"] = "<typed-by-rosa@desk.example>"
    mail["In-Reply-To"] = "<p1@bracken.example>"
    mail["References"] = "<p1@bracken.example>"
    mail.set_content("Thanks Moira, noted.\n\nRosa\n")
    return mail.as_bytes()


@pytest.mark.parametrize("approved", [False, True])
def test_a_colleagues_answer_overtakes_the_draft(dovecot: Dovecot, tmp_path: Path, approved: bool) -> None:
    user = dovecot.new_user()
    installed = Installed(tmp_path / "home", dovecot.settings(user))
    installed.run("import", str(write_ledger(tmp_path / "ledger", customers=in_daylight())))
    address = installed.mailbox.address
    mail = reply(
        "Moira Tate <moira@bracken.example>", WORDS, to=address, subject="Re: F-5501", message_id="<p1@bracken.example>"
    )
    dovecot.deliver(user, mail)
    installed.run("run", "--once")
    (item,) = installed.json("queue", "list")
    assert item["draft"] is not None
    if approved:
        installed.run("queue", "approve", str(item["id"]))
    person = dovecot.person(user)
    folder = person.find_special_folder(b"\\Sent")
    person.append(folder, by_hand(address), flags=(b"\\Seen",))
    person.logout()

    told = installed.json("run", "--once")
    assert told["sent"] == 0
    (anew,) = installed.json("queue", "list")
    assert anew["id"] != item["id"]
    assert "answered_by_hand" in anew["flags"]
    assert anew["draft"] is None
    assert [action["tool"] for action in anew["actions"]] == ["record_promise"]
    assert not list((tmp_path / "home" / "sent").glob("*/*"))

    installed.run("queue", "approve", str(anew["id"]))
    assert installed.json("run", "--once")["sent"] == 0
