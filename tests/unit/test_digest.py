"""The mail digest over a real database: once a day, to the company only, with links that lead somewhere and decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from starlette.testclient import TestClient

from agent.config import ConfigError, build_alone
from agent.digest_settings import DigestSettings
from mail.notice import compose_notice
from mail.transport import ClaimLost, Lost, MaildirTransport, TryLater
from review.app import create_app
from review.digest import AGAIN, Digests
from review.signed_links import LASTS, LinkSigner
from store.clients import DigestSent
from store.engine import unit_of_work
from store.people import Person
from store.vocabulary import ProposalStatus, Reason
from tests.factories import COMPANY, House, claim, open_house

INES = "ines@nordholt-supply.example"
MONDAY = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
WORDS = "We pay INV-20421 on 20 March."


class Breaks:
    """A server that fails in one of the two ways."""

    def __init__(self, error: Exception, *, before: bool) -> None:
        self.error, self.before, self.tries = error, before, 0

    def probe(self) -> str:
        return "breaks"

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        self.tries += 1
        if self.before:
            raise self.error
        if not before_body():
            raise ClaimLost("taken")
        raise self.error


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    made.now = MONDAY
    yield made
    made.engine.dispose()


def hold(house: House, **fields: Any) -> int:
    message = house.receive(f"Hi,\n\n{WORDS}\n\nPriya", **fields)
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20421"], date="2026-03-20"))


def errand(house: House, transport: object = None, **settings: object) -> Digests:
    wanted = DigestSettings.model_validate({"to": [INES], "timezone": "Europe/Amsterdam"} | settings)
    folder = Path(str(house.engine.url.database)).parent / "out"
    return Digests(
        house.desk,
        wanted,
        transport=transport or MaildirTransport(folder),  # type: ignore[arg-type]
        sender=COMPANY.email,
        base_url="https://queue.nordholt-supply.example",
    )


def mails(house: House) -> list[EmailMessage]:
    folder = Path(str(house.engine.url.database)).parent / "out" / "new"
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*")]
    return sorted(found, key=lambda mail: (str(mail["Date"]), str(mail["To"])))


def text(mail: EmailMessage) -> str:
    return str(mail.get_content()).replace("\r\n", "\n")


def test_one_mail_a_day_says_what_waits_and_links_to_it(house: House) -> None:
    number = hold(house, subject="Re: secret subject")
    digest = errand(house)
    assert digest.run() == 1
    (mail,) = mails(house)
    assert (mail["To"], mail["Subject"]) == (INES, "dunwell: 1 answer waits")
    assert mail["From"].addresses[0].addr_spec == COMPANY.email
    assert mail["Auto-Submitted"] == "auto-generated"
    said = text(mail)
    assert "Harrow & Finch Engineering Ltd, GBP" in said
    assert f"https://queue.nordholt-supply.example/from-mail/{number}." in said
    for private in ("Priya", "INV-", "secret subject", "We pay", "kershaw", "Approving"):
        assert private not in said
    for _ in range(3):
        house.now += timedelta(hours=3)
        assert errand(house).run() == 0, "also after a restart"
    house.now = MONDAY + timedelta(days=1)
    assert digest.run() == 1
    assert len(mails(house)) == 2


@pytest.mark.parametrize(
    ("at", "settings", "due"),
    [
        (datetime(2026, 3, 9, 5, 59, tzinfo=UTC), {}, 0),
        (datetime(2026, 3, 9, 6, 0, tzinfo=UTC), {}, 1),
        (datetime(2026, 7, 6, 5, 0, tzinfo=UTC), {}, 1),  # summer: two hours ahead
        (datetime(2026, 3, 14, 9, 0, tzinfo=UTC), {}, 0),  # a Saturday
        (datetime(2026, 3, 14, 9, 0, tzinfo=UTC), {"working_days_only": False}, 1),
        (datetime(2026, 3, 8, 23, 30, tzinfo=UTC), {"hour": 0}, 1),  # Monday has begun in Amsterdam
        (datetime(2026, 3, 9, 22, 59, tzinfo=UTC), {"hour": 23}, 1),
    ],
)
def test_it_leaves_at_its_hour_of_a_working_day(
    house: House, at: datetime, settings: dict[str, object], due: int
) -> None:
    hold(house)
    house.now = at
    assert errand(house, **settings).run() == due


def test_nothing_is_mailed_on_a_day_on_which_nothing_waits(house: House) -> None:
    digest = errand(house)
    assert digest.run() == 0
    hold(house)
    assert digest.run() == 0, "the morning is over"
    house.now += timedelta(days=1)
    assert digest.run() == 1


def test_it_goes_to_each_person_who_decides_and_to_nobody_outside(house: House) -> None:
    def person(login: str, role: str, email: str, **fields: Any) -> Person:
        values: dict[str, Any] = {
            "login": login,
            "name": login,
            "role": role,
            "email": email,
            "created_by": "x",
            "created_at": MONDAY,
            "joined_at": MONDAY,
        }
        return Person(**(values | fields))

    with unit_of_work(house.engine) as session:
        session.add_all(
            [
                person("a", "collector", "a@nordholt-supply.example"),
                person("b", "admin", "b@nordholt-supply.example"),
                person("c", "manager", "c@elsewhere.example"),
                person("d", "manager", "d@nordholt-supply.example", disabled_at=MONDAY),
                person("e", "manager", INES.upper()),
                person("f", "collector", "f@nordholt-supply.example", joined_at=None),
            ]
        )
    hold(house)
    assert errand(house, people=True).run() == 2
    assert {mail["To"] for mail in mails(house)} == {"a@nordholt-supply.example", INES}
    links = {line for mail in mails(house) for line in text(mail).split() if "/from-mail/" in line}
    assert len(links) == 2, "each person's links are their own"


def test_what_did_not_leave_is_tried_again_and_what_may_have_is_not(house: House) -> None:
    hold(house)
    busy = Breaks(TryLater("busy"), before=True)
    digest = errand(house, busy)
    assert digest.run() == 0
    assert digest.run() == 0
    assert busy.tries == 1, "not at once"
    house.now += AGAIN
    digest.run()
    assert busy.tries == 2
    lost = errand(house, Breaks(Lost("gone"), before=False))
    assert lost.run() == 1
    assert errand(house).run() == 0
    with unit_of_work(house.engine) as session:
        assert [(d.address, d.day) for d in session.exec(select(DigestSent))] == [(INES, date(2026, 3, 9))]


def test_two_processes_mail_it_once(house: House) -> None:
    hold(house)
    first, second = errand(house), errand(house)
    second._was_sent = lambda address, day: False  # type: ignore[method-assign]  # it asked just before the other one noted it
    assert (first.run(), second.run()) == (1, 0)
    assert len(mails(house)) == 1


# --- links ----------------------------------------------------------------------------------------------------------


def test_a_link_leads_to_the_item_decides_nothing_and_ends(house: House) -> None:
    number = hold(house)
    path = LinkSigner(house.desk).path(number, person=INES)
    with TestClient(create_app(house.desk), base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{number}")
        item = house.desk.show(number)
        assert item is not None
        assert item.row.status == ProposalStatus.HELD
        for wrong in (
            path[:-1],
            path[:-1] + ("0" if path[-1] != "0" else "1"),
            path.replace(f"/{number}.", f"/{number + 1}."),
        ):
            assert client.get(wrong).status_code == 404
        house.now += LASTS - timedelta(seconds=1)
        assert client.get(path).status_code == 303
        house.now += timedelta(seconds=1)
        assert client.get(path).status_code == 404


@given(st.text(max_size=120))
def test_no_other_text_is_a_link(tmp_path_factory: pytest.TempPathFactory, link: str) -> None:
    class NoDesk:
        def secret(self, purpose: str) -> bytes:
            return purpose.encode() * 4

        def clock(self) -> datetime:
            return MONDAY

    assert LinkSigner(NoDesk()).read(link) is None  # type: ignore[arg-type]


# --- settings and bytes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["x@elsewhere.example", COMPANY.email])
def test_the_configuration_refuses_addresses_outside_and_mailboxes_that_we_read(tmp_path: Path, address: str) -> None:
    raw = {
        "company": COMPANY.model_dump(),
        "mailboxes": [{"name": "ar", "kind": "maildir", "address": COMPANY.email, "path": str(tmp_path)}],
        "review": {"digest": {"to": [address]}},
    }
    with pytest.raises(ConfigError, match=r"review\.digest\.to"):
        build_alone(raw, source="test")


def test_a_time_zone_that_nobody_knows_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Europe/Amsterdam"):
        DigestSettings(timezone="Mars/Base")


@given(st.text(max_size=300))
def test_whatever_a_customer_is_called_no_header_is_added(name: str) -> None:
    raw = compose_notice(
        to=INES, sender=COMPANY.email, company=COMPANY, subject="dunwell: 1", text=f"- {name}\n", message_id="<dw.digest.1@nordholt-supply.example>", now=MONDAY
    )  # fmt: skip
    assert len(text(message_from_bytes(raw, policy=policy.default)).splitlines()) <= len(f"- {name}\n".splitlines())
    assert sorted(message_from_bytes(raw).keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    )  # fmt: skip


def test_a_notice_leaves_the_company_never() -> None:
    with pytest.raises(ValueError, match="own address"):
        compose_notice(
            to="x@elsewhere.example", sender=COMPANY.email, company=COMPANY, subject="x", text="x", message_id="<1@x.example>", now=MONDAY
        )  # fmt: skip
