"""The conversation of a packet: letters and calls stand in it by their time, and every label is in the company's language."""

from __future__ import annotations

import csv
import io
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files as package
from pathlib import Path
from string import Formatter

import pypdf
import pytest

from outreach.channels.outcome import Called
from outreach.handing_off_strangers import Looking
from prompts.wording import LOCALES
from store.cases import customer_facts
from store.engine import unit_of_work
from store.last_resort import propose_last_resort
from store.last_resort_loading import Strangers
from store.last_resort_thread import PacketMail
from store.last_resort_words import Ground
from store.outreach_words import CallOutcome, Channel, LastResort, OutreachStep
from store.tables import Customer
from tests.channel_house import agreed, reachable_house, task_of
from tests.factories import COMPANY, House
from tests.outreach_house import CUSTOMER, TODAY, day, empty_books, reminded


def handed_off(house: House) -> int:
    with unit_of_work(house.engine) as session:
        number = propose_last_resort(
            session,
            kind=LastResort.HAND_OFF,
            customer_id=CUSTOMER,
            invoices=("F-1",),
            why=Ground.NO_ANSWER,
            actor="ines",
            now=house.now,
        )
    assert number is not None
    return number


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, int]]:
    """An account with a mail of ours, then a posted letter and a call that nobody answered, whose claim is handed off."""
    folder = tmp_path_factory.mktemp("thread")
    house = reachable_house(folder, empty_books(folder))
    reminded(house, OutreachStep.BEFORE_DUE, "F-2", days=20)
    letter = agreed(house, folder, Channel.LETTER)
    house.desk.post_task(letter.id or 0, day=TODAY, actor="ines")
    yield house, handed_off(house)
    house.engine.dispose()


def contents(house: House, number: int, language: str = "en") -> dict[str, bytes]:
    desk = house.desk
    desk.company = COMPANY.model_copy(update={"language": language})
    with zipfile.ZipFile(io.BytesIO(desk.packet_of_step(number).content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def read(pdf: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_posted_letter_stands_in_the_thread_with_its_paper(told: tuple[House, int]) -> None:
    found = contents(*told)
    rows = list(csv.DictReader(io.StringIO(found["thread/mails.csv"].decode("utf-8-sig"))))
    assert [(row["way"], row["direction"]) for row in rows] == [("mail", "from us"), ("letter", "from us")]
    stem = rows[1]["text_file"].removesuffix(".txt")
    assert stem == "thread/0002-2026-04-14-letter-from-us"
    assert found[f"{stem}.pdf"] == task_of(told[0]).paper
    claim = read(found["claim.pdf"])
    assert claim.count("Letter posted on 14 April 2026") == 2, "among the reminders, and in the conversation"
    assert "4 Saw Mill Road" in claim


def test_a_letter_was_posted_on_the_day_that_was_noted_wherever_the_customer_is(tmp_path: Path) -> None:
    """Half around the world it is the next day already: the paper says the day of posting all the same."""
    house = reachable_house(tmp_path, empty_books(tmp_path))
    letter = agreed(house, tmp_path, Channel.LETTER)
    with unit_of_work(house.engine) as session:
        session.get_one(Customer, CUSTOMER).timezone = "Pacific/Auckland"
    house.now = house.now.replace(hour=14)
    house.desk.post_task(letter.id or 0, day=TODAY, actor="ines")
    day(house)
    claim = read(contents(house, handed_off(house))["claim.pdf"])
    assert claim.count("Letter posted on 14 April 2026") == 2
    assert "15 April 2026, 02:00" not in claim
    house.engine.dispose()


def test_a_letter_is_not_left_out_for_an_offset_within_its_pdf(told: tuple[House, int]) -> None:
    """Somebody else's invoice may have the number at which the table of a PDF begins."""
    house, _ = told
    with unit_of_work(house.engine) as session:
        facts = customer_facts(session, CUSTOMER, now=house.now)
    looking = Looking(Strangers(names=frozenset(), addresses=frozenset(), numbers=frozenset({"42831"})), facts)
    paper = b"%PDF-1.4\nstartxref\n42831\n%%EOF"
    letter = PacketMail(
        house.now, ours=True, who="Bracken", subject="", text="About F-1.", raw=paper, way=Channel.LETTER
    )
    assert not looking.mail(letter)
    assert looking.mail(replace(letter, text="About F-1 and 42831."))


@pytest.mark.parametrize("language", LOCALES)
def test_every_label_is_in_the_companys_language(told: tuple[House, int], language: str) -> None:
    texts = {
        code: tomllib.loads(package("prompts").joinpath(f"papers/{code}.toml").read_text("utf-8"))["claim"]
        for code in (language, "en")
    }
    w, english = texts[language], texts["en"]
    assert w.keys() == english.keys()
    for key, text in w.items():
        assert _places(text) == _places(english[key]), key
    claim = read(contents(*told, language)["claim.pdf"])
    shown = (
        "title",
        "contacts",
        "basis",
        "known",
        "reminders",
        "agreed",
        "none",
        "disputes",
        "conversation",
        "claimed",
    )
    for key in shown:
        assert w[key] in claim, key
        if w[key] != english[key]:
            assert english[key] not in claim, key


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_what_came_of_a_call_stands_in_the_thread_by_its_time(tmp_path: Path) -> None:
    house = reachable_house(tmp_path, empty_books(tmp_path))
    call = agreed(house, tmp_path, Channel.CALL)
    house.desk.call_task(call.id or 0, Called(outcome=CallOutcome.NOT_REACHED), actor="ines")
    day(house)
    house.desk.call_task(call.id or 0, Called(outcome=CallOutcome.REACHED, note="They look into it."), actor="ines")
    house.now += timedelta(hours=1)
    found = contents(house, handed_off(house), "de")
    rows = list(csv.DictReader(io.StringIO(found["thread/mails.csv"].decode("utf-8-sig"))))
    assert [(row["way"], row["outcome"], row["at"][:10]) for row in rows] == [
        ("call", "not_reached", "2026-04-14"),
        ("call", "reached", "2026-04-15"),
    ]
    assert "They look into it." in found[rows[1]["text_file"]].decode()
    claim = read(found["claim.pdf"])
    talk = claim.partition("Der Schriftwechsel")[2]
    assert 0 < talk.index("Anruf: nicht erreicht") < talk.index("Anruf: gesprochen")
    house.engine.dispose()
