"""A house in which we write first: one customer with invoices that the test names, the agent's half, and a clock that it moves."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session, select

from outreach.cadence import read_cadences
from outreach.deciding import Decision
from outreach.planning import Planned, explain, plan_day
from outreach.settings import OutreachSettings
from review.item import Item
from store import audit, outreach_occasion
from store.engine import migrate, open_engine, unit_of_work
from store.matters import Followup
from store.outreach_words import Channel, OutreachStep
from store.tables import AuditEntry, Contact, Customer, Effect, Invoice, Message, Outgoing, Payment, ProposalRow
from store.vocabulary import ProposalStatus, SendState
from tests import wakings
from tests.factories import COMPANY, House
from tests.wakings import think

#: A Tuesday, in office hours of the customer's zone.
START = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
TODAY = START.date()
ON = OutreachSettings(enabled=True, starts_on=date(2026, 1, 1))
CUSTOMER = "K1"
MOIRA = "moira@bracken.example"


def empty_books(folder: Path) -> Path:
    """Give the tables alone, for houses that are built on copies of them: made once in this process."""
    path = folder / "empty.db"
    shutil.copy(Path(_empty().name) / path.name, path)
    return path


@cache
def _empty() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="dunwell-empty-")
    engine = open_engine(f"sqlite:///{Path(folder.name) / 'empty.db'}")
    migrate(engine)
    engine.dispose()
    return folder


def quiet_house(folder: Path, books: Path) -> House:
    """Make an installation with one customer, one clerk there whom we know, and no invoice."""
    shutil.copy(books, folder / "outreach.db")
    house = House(open_engine(f"sqlite:///{folder / 'outreach.db'}"), now=START)
    add_customer(house, CUSTOMER, "Bracken Joinery Ltd", contacts=((MOIRA, "Moira Tate", "ap"),))
    imported(house)
    return house


def add_customer(
    house: House, number: str, name: str, *, contacts: Sequence[tuple[str, str, str]], tier: str = "standard"
) -> None:
    with unit_of_work(house.engine) as session:
        session.add(
            Customer(
                id=number,
                name=name,
                currency="GBP",
                language="en",
                timezone="Europe/London",
                tier=tier,
                owner="Ines Roth",
            )
        )
        session.flush()
        for email, person, role in contacts:
            # Verified long ago: nothing is asked about them, and no manager has to approve.
            at = house.now - timedelta(days=90)
            session.add(Contact(customer_id=number, name=person, email=email, role=role, verified_at=at, created_at=at))


def imported(house: House) -> None:
    """Note in the log that the ledger is of now, as an import does."""
    with unit_of_work(house.engine) as session:
        audit.append(session, at=house.now, actor="erp", event="ledger.imported", subject="ledger")


def bill(house: House, number: str, due: date, amount: str = "1800.00", *, po: str = "PO-311", **more: object) -> None:
    values: dict[str, object] = {
        "number": number,
        "customer_id": CUSTOMER,
        "issue_date": due - timedelta(days=30),
        "due_date": due,
        "currency": "GBP",
        "amount": Decimal(amount),
        "balance": Decimal(amount),
        "po_number": po,
        "description": "Router cutters",
    }
    with unit_of_work(house.engine) as session:
        session.add(Invoice.model_validate(values | more))


def paid(house: House, number: str, amount: str | None = None) -> None:
    with unit_of_work(house.engine) as session:
        invoice = session.get_one(Invoice, number)
        came = Decimal(amount) if amount else invoice.balance
        invoice.balance -= came
        session.add(
            Payment(
                id=f"P-{number}-{house.now:%j}",
                customer_id=invoice.customer_id,
                invoice_number=number,
                received_on=house.now.date(),
                currency=invoice.currency,
                amount=came,
                reference=number,
            )
        )


def plan(house: House, *, settings: OutreachSettings = ON, dry: bool = False) -> Planned:
    return plan_day(house.engine, now=house.now, settings=settings, policy=house.policy, mailbox="ar", dry=dry)


def day(house: House, number: int = 1) -> None:
    """Let days go by; the ledger is imported each morning."""
    house.now += timedelta(days=number)
    imported(house)


def held(house: House) -> Item:
    """Plan the day and think; give the one item that waits."""
    plan(house)
    (item,) = think(house)
    return item


def approve(house: House, item: Item) -> list[EmailMessage]:
    """Approve what waits and send it; give the mails that left."""
    desk = house.desk
    now = desk.show(item.row.id or 0)
    assert now is not None
    desk.approve(item.row.id or 0, version=now.row.version, actor="ines", opened=True)
    return [read(raw) for raw in send(house)]


def send(house: House, *, recheck: bool = True) -> list[bytes]:
    """Send what is due as the daemon does, asking each mail once more whether it may leave."""
    return wakings.send(house, recheck=recheck)


def explained(house: House) -> Decision:
    with unit_of_work(house.engine) as session:
        return explain(
            session, CUSTOMER, now=house.now, settings=ON, policy=house.policy, cadences=read_cadences(), texts=False
        )


def reminded(house: House, step: OutreachStep, *numbers: str, days: int) -> None:
    """Note a step that went out so many days ago, as its waking, proposal and mail would."""
    at = house.now - timedelta(days=days)
    with unit_of_work(house.engine) as session:
        number = outreach_occasion.begin(
            session,
            CUSTOMER,
            step=step,
            channel=Channel.MAIL,
            day=at.date(),
            invoices=numbers,
            taken=dict.fromkeys(numbers, step),
            why={},
            mailbox="ar",
            newest_message=0,
            now=at,
        )
        waking = session.exec(select(Followup).where(Followup.subject_id == number)).one()
        waking.state = "proposed"
        session.add(waking)
        row = ProposalRow(
            message_id=waking.message_id,
            followup_id=waking.id,
            case_id=waking.case_id,
            customer_id=CUSTOMER,
            newest_message=0,
            status=ProposalStatus.SENT,
            content={"claims": [], "actions": [], "verdict": "follow_up", "message_id": 1, "identity": "B"},
            created_at=at,
            decided_at=at,
            came_at=at,
        )
        session.add(row)
        session.flush()
        session.add(
            Outgoing(
                proposal_id=row.id or 0,
                case_id=waking.case_id,
                customer_id=CUSTOMER,
                mailbox="ar",
                message_id_header=f"<sent-{number}@nordholt-supply.example>",
                sender=COMPANY.email,
                recipients=[MOIRA],
                mime=b"",
                mime_sha256="",
                ledger_digest="",
                newest_message=0,
                state=SendState.SENT,
                next_attempt_at=at,
                created_at=at,
                sent_at=at,
            )
        )


def internally(house: House, step: OutreachStep, *numbers: str, days: int) -> None:
    at = house.now - timedelta(days=days)
    with unit_of_work(house.engine) as session:
        outreach_occasion.note_internal(
            session, CUSTOMER, step=step, day=at.date(), taken=dict.fromkeys(numbers, step), why={}, now=at
        )


def an_effect(session: Session, house: House) -> int:
    """Give an act that rows can hang on: some earlier mail's."""
    note = Message(
        mailbox="ar",
        sha256=f"{house.now}",
        content_key=f"{house.now}",
        received_at=house.now,
        parsed={"kind": "reply"},
        state="closed",
        customer_id=CUSTOMER,
    )
    session.add(note)
    session.flush()
    row = ProposalRow(
        message_id=note.id or 0,
        customer_id=CUSTOMER,
        newest_message=0,
        status=ProposalStatus.DONE,
        content={"claims": [], "actions": []},
        created_at=house.now,
        came_at=house.now,
    )
    session.add(row)
    session.flush()
    effect = Effect(proposal_id=row.id or 0, position=0, tool="open_dispute", text="", applied_at=house.now)
    session.add(effect)
    session.flush()
    return effect.id or 0


def read(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def silent(house: House) -> str:
    """Plan, and say why the customer gets nothing."""
    planned = plan(house)
    assert planned.planned == 0
    return next((d.silent for d in planned.decisions), "") or planned.silent[CUSTOMER]


def outgoing(house: House) -> list[Outgoing]:
    with unit_of_work(house.engine) as session:
        return list(session.exec(select(Outgoing)))


def events(house: House, name: str) -> list[AuditEntry]:
    with unit_of_work(house.engine) as session:
        return list(session.exec(select(AuditEntry).where(AuditEntry.event == name)))
