"""A house whose overdue step goes by a way other than mail: the customer has an address and a mobile number."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from outreach.planning import plan_day
from outreach.settings import OutreachSettings
from review.item import Item
from store.channel_tasks import ChannelTask
from store.engine import unit_of_work
from store.outreach_words import Channel
from store.tables import Contact, Customer
from tests.factories import House
from tests.outreach_house import CUSTOMER, ON, TODAY, bill, quiet_house
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


def reachable_house(folder: Path, books: Path) -> House:
    """Make a house with two overdue invoices, and a customer whom every way reaches."""
    house = quiet_house(folder, books)
    with unit_of_work(house.engine) as session:
        customer = session.get_one(Customer, CUSTOMER)
        customer.address, customer.country = "4 Saw Mill Road\nLeeds LS1 4AB", "GB"
        contact = session.exec(select(Contact)).one()
        contact.phone = PHONE
    bill(house, "F-1", TODAY - timedelta(days=8))
    bill(house, "F-2", TODAY - timedelta(days=6), "240.50")
    return house


def waiting(house: House, folder: Path, channel: Channel) -> Item:
    """Plan the day and think; give the item that waits."""
    settings = settings_for(folder, channel)
    plan_day(house.engine, now=house.now, settings=settings, policy=house.policy, mailbox="ar", texts=True)
    (item,) = think(house)
    return item


def agreed(house: House, folder: Path, channel: Channel, *, texts: bool = True) -> ChannelTask:
    """Approve the step; give the task that came about."""
    item, desk = waiting(house, folder, channel), house.desk
    desk.texts = texts
    desk.approve(item.row.id or 0, version=item.row.version, actor="ines", opened=True)
    return task_of(house)


def task_of(house: House) -> ChannelTask:
    with unit_of_work(house.engine) as session:
        task = session.exec(select(ChannelTask)).one()
        session.expunge(task)
        return task
