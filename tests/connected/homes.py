"""An installation that is connected to emulated systems; its clock stands still until it is moved, and it sleeps without waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from joserfc.jwk import RSAKey
from sqlalchemy import Engine, event
from sqlmodel import select

from agent.config import build_alone
from agent.connecting import Connections, Synced
from agent.installation import Installation
from ledger.connectors.kinds import sign_in_of
from ledger.connectors.tokens import sealed
from review.keys import derived
from review.sealing import Sealer
from store import connections
from store.connections import Connection
from store.engine import migrate, open_engine, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.tables import AuditEntry, Contact, Customer, Invoice, Payment
from tests.connected.books import REALM, STRIPE_KEY, NetSuite, QuickBooks, Stripe, Xero
from tests.connected.crm import HUBSPOT_TOKEN, HubSpot, Salesforce
from tests.connected.server import CLIENT, SECRET, Emulator, Servers
from tests.connected.world import World, a_world
from tests.factories import LEDGER

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
BOOKS = ("quickbooks", "xero", "stripe", "netsuite")
CRMS = ("salesforce", "hubspot")


@cache
def a_key() -> RSAKey:
    return RSAKey.generate_key(2048)


@cache
def empty_database(*, sample: bool = False) -> bytes:
    """Make the tables once (with the sample ledger in them, where it is wanted): that takes longer than most tests."""
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/dunwell.db")
        migrate(engine)
        if sample:
            with unit_of_work(engine) as session:
                import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
        engine.dispose()  # the last connection takes what is in the WAL into the file
        assert not (Path(folder) / "dunwell.db-wal").exists()
        return (Path(folder) / "dunwell.db").read_bytes()


#: The database of the home that was made last.
_HERE: dict[str, str] = {}


@cache
def _engine() -> Engine:
    """Open one engine for the homes of all tests, one after the other: statements are compiled once, and no migration is looked for."""
    engine = open_engine("sqlite:///of-the-last-home.db")

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, places: list[Any], _more: dict[str, Any]) -> None:
        places[:] = [_HERE["database"]]

    return engine


def _engine_at(database: Path) -> Engine:
    """Give the engine with a home's database behind it."""
    _engine().dispose()
    _HERE["database"] = str(database)
    return _engine()


def block(kind: str, base: str, folder: Path, **more: Any) -> dict[str, Any]:
    """Give the settings of a connection to an emulated system."""
    address = f"{base}/{kind}"
    found: dict[str, Any] = {"kind": kind, "name": "books", "base_url": address, "currency": "EUR", "page_size": 2}
    if kind in ("quickbooks", "xero"):
        found |= {"client_id": CLIENT, "secret": SECRET, "login_url": address, "authorize_url": f"{address}/authorize"}
    elif kind == "stripe":
        found |= {"secret": STRIPE_KEY}
    elif kind == "netsuite":
        key = folder / "netsuite.pem"
        key.write_bytes(a_key().as_pem(private=True))
        found |= {
            "client_id": CLIENT,
            "private_key_file": key,
            "key_id": "cert-1",
            "account": "1234567_SB1",
            "login_url": address,
        }
    else:
        found |= {"name": "crm", "customers_of": "import"}
        del found["currency"]
        if kind == "hubspot":
            found |= {"secret": HUBSPOT_TOKEN, "customer_field": "erp_id"}
        else:
            key = folder / "salesforce.pem"
            key.write_bytes(a_key().as_pem(private=True))
            found |= {"client_id": CLIENT, "private_key_file": key, "user": "integration@ours.example"}
            found |= {"login_url": address, "customer_field": "Erp_Id__c", "page_size": 200}
    return found | more


def emulator(kind: str, servers: Servers, world: World) -> Emulator:
    """Start an emulated system anew."""
    made: dict[str, Any] = {
        "quickbooks": lambda: QuickBooks(servers.base, world),
        "xero": lambda: Xero(servers.base, world),
        "stripe": lambda: Stripe(servers.base, world),
        "netsuite": lambda: NetSuite(servers.base, world, a_key()),
        "salesforce": lambda: Salesforce(servers.base, a_key()),
        "hubspot": lambda: HubSpot(servers.base),
    }
    servers.systems[kind] = found = made[kind]()
    return found  # type: ignore[no-any-return]


@dataclass
class Home:
    """An installation, and what it slept."""

    folder: Path
    blocks: list[dict[str, Any]]
    now: datetime = NOW
    sample: bool = False
    url: str = ""
    slept: list[float] = field(default_factory=list)
    installation: Installation = field(init=False)

    def __post_init__(self) -> None:
        database = self.folder / "dunwell.db"
        if not self.url and not database.exists():
            database.write_bytes(empty_database(sample=self.sample))
        raw = {
            "company": {
                "name": "Nordholt",
                "address": "Kadeweg 14, Havenstad",
                "team": "AR",
                "email": "ar@nordholt-supply.example",
            },
            "data_dir": str(self.folder / "data"),
            "store": {"url": self.url or f"sqlite:///{self.folder}/dunwell.db"},
            "mailboxes": [
                {
                    "name": "ar",
                    "kind": "maildir",
                    "path": str(self.folder / "mail"),
                    "address": "ar@nordholt-supply.example",
                }
            ],
            "connections": self.blocks,
        }
        self.installation = Installation(build_alone(raw, source="test"))
        self.installation.__dict__["clock"] = lambda: self.now
        if not self.url:
            self.installation.__dict__["engine"] = _engine_at(database)

    @property
    def engine(self) -> Any:
        return self.installation.engine

    @property
    def seals(self) -> Sealer:
        return Sealer(derived(self.installation.key, "connections:tokens"))

    def connections(self, **more: Any) -> Connections:
        return Connections(self.installation, self.seals, sleep=self.slept.append, **more)

    def sync(self, name: str = "books", **more: Any) -> Synced:
        done = self.connections().sync(name, actor="test", **more)
        assert done is not None
        return done

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)

    def signed_in(self, system: Emulator, name: str = "books", *, access: bool = True) -> None:
        """Sign in as a person did: the tokens are kept sealed."""
        found = self.connections()
        settings = found.named(name)
        found.row(settings, actor="test")
        given = system.tokens()
        tokens = sign_in_of(settings, lambda: self.now)._tokens(given, refresh="")
        if not access:
            system.access = set()
        with unit_of_work(self.engine) as session:
            connections.sign_in(
                session, name, sealed=sealed(tokens, name, self.seals), account=REALM, actor="test", now=self.now
            )

    # --- what is in the ledger ------------------------------------------------------------------------------------

    def rows(self, table: Any) -> list[Any]:
        with unit_of_work(self.engine) as session:
            return list(session.exec(select(table)))

    def invoices(self) -> dict[str, Invoice]:
        return {row.number: row for row in self.rows(Invoice)}

    def payments(self) -> dict[str, Payment]:
        return {row.id: row for row in self.rows(Payment)}

    def customers(self) -> dict[str, Customer]:
        return {row.id: row for row in self.rows(Customer)}

    def contacts(self) -> set[tuple[str, str]]:
        return {(row.customer_id, row.email) for row in self.rows(Contact)}

    def log(self) -> list[AuditEntry]:
        return self.rows(AuditEntry)

    def row(self, name: str = "books") -> Connection:
        with unit_of_work(self.engine) as session:
            return session.get_one(Connection, name)


@contextmanager
def connected(
    kind: str, servers: Servers, folder: Path, world: World | None = None, **more: Any
) -> Iterator[tuple[Home, Any]]:
    """Give an installation connected to one accounting system, signed in where that is needed; check what was asked of it."""
    system = emulator(kind, servers, world or a_world())
    home = Home(
        folder, [block(kind, servers.base, folder, **({"account": REALM} if kind == "quickbooks" else {}) | more)]
    )
    if kind in ("quickbooks", "xero"):
        if kind == "xero":
            home.blocks[0].pop("account", None)
        home.signed_in(system)
        if kind == "xero":
            with unit_of_work(home.engine) as session:
                session.get_one(Connection, "books").account = ""
    yield home, system
    home.engine.dispose()
    system.check()
