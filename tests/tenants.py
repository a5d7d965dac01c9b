"""Two companies on one installation that are alike in every number, name and address, and differ in one word each: the canary.

Customer ids, invoice numbers, contacts, logins, mailbox names and row numbers are the same in both, so that whatever crosses from
one to the other fits there; the word says whose it was.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from agent.cli import main
from agent.cli.home import people_of
from agent.companies import Companies, companies_at, prefix_of
from agent.importing import take_ledger
from agent.installation import Installation
from mail.settings import MailboxSettings
from review.desk import Desk
from review.people import hashed
from review.signed_links import LinkSigner
from review.viewer import Viewer
from store import persons
from store.api_tokens import Scope
from store.engine import looking, unit_of_work
from store.ledger import read_ledger
from store.roles import Role
from tests.e2e.installations import deliver, in_daylight, reply
from tests.ledgers import FILES, write_ledger
from tests.signing import session_for

#: The company's name and the one word that stands in all that is its own.
CANARIES = {"acme": "zorvathel", "bolt": "kelmundir"}
MOIRA = "moira@bracken.example"

_TOML = """
data_dir = "data"

[company]
name = "Fernhill {word} Ltd"
address = "3 {word} Lane, Fernhill"
team = "Team {word}"
email = "ar@{word}.example"

[store]
url = "{database}"

[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@{word}.example"
path = "box"
poll_seconds = 0.5

[mailboxes.smtp]
kind = "maildir"
path = "sent"

[review]
public_url = "https://{host}"

[log]
format = "json"
{more}
[policy.jurisdictions.default-strict.contact]
opens = "08:00"
closes = "21:00"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""


@dataclass
class Tenant:
    """One of the companies, seen from outside: its files, and the keys of its people."""

    name: str
    companies: Companies
    environment: Mapping[str, str]

    @property
    def word(self) -> str:
        return CANARIES[self.name]

    @property
    def host(self) -> str:
        return f"{self.name}.dunwell.example"

    @property
    def path(self) -> Path:
        return self.companies.home(self.name)

    @cached_property
    def home(self) -> Installation:
        return Installation(self.companies.settings_of(self.name, self.environment))

    @property
    def mailbox(self) -> MailboxSettings:
        return self.home.settings.mailboxes[0]

    @cached_property
    def desk(self) -> Desk:
        from agent.cli.home import desk_of

        return desk_of(self.home)

    def deliver(self, number: int, text: str) -> None:
        """Put a mail of the same customer into its mailbox."""
        subject, name = f"Re: F-5501 {self.word}", f"<m{number}@bracken.example>"
        raw = reply(f"Moira {self.word} <{MOIRA}>", text, to=self.mailbox.address, subject=subject, message_id=name)
        deliver(self.mailbox, f"{number}", raw)

    def take_ledger(self, folder: Path) -> None:
        customers = in_daylight().replace("Bracken Joinery", f"Bracken {self.word}")
        invoices = FILES["invoices.csv"].replace("Router cutters", f"Cutters {self.word}").replace("PO-311", self.word)
        contacts = FILES["contacts.csv"].replace("Moira Tate", f"Moira {self.word}")
        found = write_ledger(folder / self.name, customers=customers, invoices=invoices, contacts=contacts)
        take_ledger(self.home, read_ledger(found), actor="test")

    @cached_property
    def person(self) -> int:
        """Make the person, of the same login in both companies."""
        with unit_of_work(self.home.engine) as session:
            one = persons.add(
                session, login="ines", name=f"Ines {self.word}", role=Role.CONTROLLER, by="test", now=datetime.now(UTC)
            )
            one.joined_at = datetime.now(UTC)
            session.add(one)
            session.flush()
            assert one.id is not None
            return one.id

    @cached_property
    def session(self) -> str:
        """Begin a session; give its cookie."""
        assert self.person
        return session_for(people_of(self.home), "ines").token

    @cached_property
    def form(self) -> str:
        """Give the token that forms of that session carry."""
        key = self.desk.secret("form tokens")
        return hmac.new(key, f"session:{hashed(self.session)}".encode(), hashlib.sha256).hexdigest()

    @cached_property
    def api_token(self) -> str:
        """Make a token of the person."""
        who = Viewer(login="ines", name="Ines", role=Role.CONTROLLER, person_id=self.person)
        return self.desk.make_token(who, name=self.word, scopes=list(Scope), days=1)[1]

    def link(self, item: int) -> str:
        """Sign a link to an item, as a digest would."""
        return LinkSigner(self.desk).path(item, person=f"ines@{self.word}.example")

    def numbers(self, query: str) -> list[Any]:
        """Ask its database."""
        with looking(self.home.engine) as session:
            return list(session.connection().exec_driver_sql(query).scalars())

    def held(self) -> list[int]:
        """Give the numbers of the proposals that wait."""
        return self.numbers("select id from proposal where status = 'held' order by id")


@dataclass
class CommandLine:
    """The `dunwell` command in this process; what it does not turn into an exit code fails the test."""

    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Run a command; give its exit code and what it said."""
        self.patch.setattr(sys, "argv", ["dunwell", *words])
        self.capture.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = self.capture.readouterr()
        return code, said.out, said.err


def found(folder: Path, *, more: Mapping[str, str] | None = None, databases: Mapping[str, str] | None = None) -> Path:
    """Write an installation with both companies; give its configuration. `more`: further blocks of a company's own."""
    config = folder / "dunwell.toml"
    config.write_text('[companies]\nfolder = "companies"\n[log]\nformat = "json"\n', "utf-8")
    for name, word in CANARIES.items():
        home = folder / "companies" / name
        for part in ("box/new", "box/cur", "box/tmp"):
            (home / part).mkdir(parents=True)
        text = _TOML.format(
            word=word,
            host=f"{name}.dunwell.example",
            database=(databases or {}).get(name, "sqlite:///dunwell.db"),
            more=(more or {}).get(name, ""),
        )
        (home / "dunwell.toml").write_text(text, "utf-8")
    return config


def tenants(config: Path, environment: Mapping[str, str] | None = None) -> tuple[Tenant, Tenant]:
    """Give both companies of an installation."""
    companies = companies_at(config)
    assert companies is not None
    one, other = (Tenant(name, companies, environment or {}) for name in CANARIES)
    return one, other


def with_key(name: str) -> dict[str, str]:
    """Give the variable that holds a company's key to the model."""
    return {f"{prefix_of(name)}MODEL_API_KEY": f"key-of-{name}"}


def words_in(text: str | bytes) -> set[str]:
    """Say which companies' words stand in a text."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return {name for name, word in CANARIES.items() if re.search(word, plain, re.IGNORECASE)}


__all__ = ["CANARIES", "MOIRA", "CommandLine", "Tenant", "found", "tenants", "with_key", "words_in"]
