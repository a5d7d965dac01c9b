"""A house whose overdue step goes by a way other than mail: the customer has an address and a mobile number."""

from __future__ import annotations

from datetime import timedelta
from filecmp import cmp
from functools import cache
from pathlib import Path
from shutil import copy

from sqlmodel import select

from outreach.planning import plan_day
from outreach.settings import OutreachSettings
from review.item import Item
from store.channel_tasks import ChannelTask
from store.engine import open_engine, unit_of_work
from store.outreach_words import Channel
from store.tables import Contact, Customer
from tests.factories import House, wide
from tests.outreach_house import CUSTOMER, ON, START, TODAY, bill, quiet_house
from tests.wakings import think

PHONE = "+447400123456"
_CADENCE = """
[[cadence]]
name = "everybody"
steps = [{{ step = "overdue", day = 5, channel = "{channel}" }}]
"""


def settings_for(folder: Path, channel: Channel) -> OutreachSettings:
    path = folder / "cadences.toml"
    path.write_text(_CADENCE.format(channel=channel.value), "utf-8")
    return ON.model_copy(update={"cadences": path})


#: Of which built file the database of a house is a copy.
_COPY_OF: dict[Path, Path] = {}


def reachable_house(folder: Path, books: Path) -> House:
    """Make a house with two overdue invoices, and a customer whom every way reaches: a copy of one that is built once beside `books`."""
    built, own = _reachable(books), folder / "outreach.db"
    copy(built, own)
    _COPY_OF[own] = built
    return House(open_engine(f"sqlite:///{own}"), now=START)


@cache
def _reachable(books: Path) -> Path:
    folder = books.parent / "reachable"
    folder.mkdir()
    house = quiet_house(folder, books)
    with unit_of_work(house.engine) as session:
        customer = session.get_one(Customer, CUSTOMER)
        customer.address, customer.country = "4 Saw Mill Road\nLeeds LS1 4AB", "GB"
        contact = session.exec(select(Contact)).one()
        contact.phone = PHONE
    bill(house, "F-1", TODAY - timedelta(days=8))
    bill(house, "F-2", TODAY - timedelta(days=6), "240.50")
    house.engine.dispose()
    return folder / "outreach.db"


def waiting(house: House, folder: Path, channel: Channel) -> Item:
    """Plan the day and think; give the item that waits."""
    settings = settings_for(folder, channel)
    plan_day(house.engine, now=house.now, settings=settings, policy=house.policy, mailbox="ar", texts=True)
    (item,) = think(house)
    return item


def agreed(house: House, folder: Path, channel: Channel, *, texts: bool = True) -> ChannelTask:
    """Approve the step; give the task that came about. In a house to which nothing was done yet: a copy of one where it was done once."""
    if not (texts and _as_agreed(house, channel)):
        _agree(house, folder, channel, texts=texts)
    settings_for(folder, channel)
    return task_of(house)


def _agree(house: House, folder: Path, channel: Channel, *, texts: bool) -> None:
    item, desk = waiting(house, folder, channel), house.desk
    desk.texts = texts
    desk.approve(item.row.id or 0, version=item.row.version, actor="ines", opened=True)


def _as_agreed(house: House, channel: Channel) -> bool:
    """Put the built house in place of this one, where this one is as it was built; say whether."""
    own = Path(house.engine.url.database or "")
    built = _COPY_OF.get(own)
    house.engine.dispose()
    if built is None or (house.now, house.policy) != (START, wide()) or not cmp(own, built, shallow=False):
        return False
    copy(_agreed(built, channel), own)
    return True


@cache
def _agreed(built: Path, channel: Channel) -> Path:
    folder = built.parent / channel.value
    folder.mkdir()
    own = folder / "outreach.db"
    copy(built, own)
    house = House(open_engine(f"sqlite:///{own}"), now=START)
    _agree(house, folder, channel, texts=True)
    house.engine.dispose()
    return own


def task_of(house: House) -> ChannelTask:
    with unit_of_work(house.engine) as session:
        task = session.exec(select(ChannelTask)).one()
        session.expunge(task)
        return task
