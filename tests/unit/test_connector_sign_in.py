"""Signing in at a system, tokens that rotate, settings that are refused, and what a person sees of it all at the command line."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from agent import connecting
from agent.cli.app import app
from agent.cli.errands import connected_of
from agent.cli.output import CommandFailed
from agent.config import ConfigError, load
from agent.errands import Errands
from agent.pulling import Pulling
from ledger.connectors.failures import ConnectorError, SignInNeeded
from ledger.connectors.kinds import sign_in_of, wire_of
from ledger.connectors.oauth import Tokens
from ledger.connectors.tokens import Bearer, opened, sealed
from ledger.settings import ConnectionSettings, checked_secret
from store import connections
from store.engine import unit_of_work
from store.remote_records import records_of
from tests.connected.books import REALM, STRIPE_KEY
from tests.connected.homes import NOW, Home, block, connected, emulator
from tests.connected.server import CLIENT, SECRET, Servers, said, too_many
from tests.connected.world import Invoice, a_world


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as found:
        yield found


def bearer(home: Home, worker: str) -> Bearer:
    settings = home.connections().named("books")
    return Bearer(
        "books", home.engine, sign_in_of(settings, lambda: home.now), home.seals, lambda: home.now, worker=worker
    )


def kept(home: Home) -> Tokens:
    return opened(home.row().sealed, "books", home.seals)


# --- tokens -------------------------------------------------------------------------------------------------------


def test_of_several_processes_one_renews_and_the_others_take_what_it_got(servers: Servers, tmp_path: Path) -> None:
    with connected("xero", servers, tmp_path) as (home, system):
        home.later(hours=1)
        given = system.given
        found: list[str] = []
        threads = [threading.Thread(target=lambda n=n: found.append(bearer(home, f"w{n}").header())) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(found) == 4
        assert len(set(found)) == 1
        assert system.given == given + 1
        assert system.refreshes == 1


def test_a_rotated_refresh_token_is_kept_before_the_new_access_token_is_used(servers: Servers, tmp_path: Path) -> None:
    with connected("quickbooks", servers, tmp_path) as (home, system):
        home.later(hours=2)
        seen = []

        def first_use(asked: Any) -> bool:
            if asked.path.endswith("/query"):
                seen.append((asked.headers["authorization"].removeprefix("Bearer "), kept(home)))
            return False

        system.then(said({}), when=first_use)
        home.sync()
        used, tokens = seen[0]
        assert (used, tokens.access) == ("access-quickbooks-2", "access-quickbooks-2")
        assert tokens.refresh == "refresh-quickbooks-2"
        assert home.row().account == REALM


def test_a_renewal_whose_process_died_is_taken_over_when_its_time_is_up(servers: Servers, tmp_path: Path) -> None:
    with connected("xero", servers, tmp_path) as (home, system):
        home.later(hours=1)
        with unit_of_work(home.engine) as session:
            row = connections.sealed_tokens(session, "books")
            assert row is not None
            lease = timedelta(seconds=90)
            assert connections.claim_refresh(session, "books", worker="dead", version=row[1], now=home.now, lease=lease)
        waits: list[float] = []
        waiting = bearer(home, "alive")

        def sleep(seconds: float) -> None:
            waits.append(seconds)
            home.later(seconds=30)

        waiting.sleep = sleep
        assert waiting.header() == f"Bearer access-xero-{system.given}"
        assert len(waits) == 3
        # The dead one comes back: it can keep nothing any more.
        with unit_of_work(home.engine) as session:
            text = sealed(Tokens("stale", NOW, "stale"), "books", home.seals)
            assert not connections.keep_tokens(session, "books", sealed=text, version=row[1], worker="dead")


def test_a_token_server_that_is_away_costs_nothing(servers: Servers, tmp_path: Path) -> None:
    with connected("xero", servers, tmp_path) as (home, system):
        home.later(hours=1)
        before = kept(home)
        system.then(said({}, 503), when=lambda asked: asked.path.endswith("/token"))
        with pytest.raises(Exception, match="token server"):
            bearer(home, "a").header()
        assert kept(home) == before
        assert home.row().refreshing_by is None
        assert bearer(home, "a").header().startswith("Bearer access-xero-")


def test_a_seal_cannot_be_moved_to_another_connection(servers: Servers, tmp_path: Path) -> None:
    with connected("xero", servers, tmp_path) as (home, _):
        with pytest.raises(SignInNeeded):
            opened(home.row().sealed, "another", home.seals)
        assert "access-xero" not in repr(kept(home))


# --- pulls --------------------------------------------------------------------------------------------------------


def test_two_processes_never_read_a_system_at_once_and_a_dead_one_is_followed(servers: Servers, tmp_path: Path) -> None:
    with connected("stripe", servers, tmp_path) as (home, _):
        other = home.connections()
        other.row(other.named("books"), actor="test")
        with unit_of_work(home.engine) as session:
            lease = timedelta(minutes=10)
            assert connections.claim_pull(session, "books", worker="dead", now=home.now, lease=lease, only_due=True)
        assert other.sync("books", actor="daemon", only_due=True) is None
        home.later(minutes=11)
        assert other.sync("books", actor="daemon", only_due=True) is not None
        assert other.sync("books", actor="daemon", only_due=True) is None  # not its time yet


def test_a_crash_between_the_ledger_and_the_cursor_costs_a_repeat(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected("quickbooks", servers, tmp_path) as (home, _):

        def dies(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as broken:
            broken.setattr(connecting, "end_pull", dies)
            with pytest.raises(KeyboardInterrupt):
                home.sync()
        assert len(home.invoices()) == 7
        assert home.row().read_to is None
        payments = home.payments()
        with unit_of_work(home.engine) as session:
            told = {ledger_id for known in records_of(session, "books").values() for ledger_id in known.ledger_ids}
        assert set(payments) <= told, "whose a row is goes in with the row: else it is taken for a file's for ever"
        home.later(minutes=20)
        done = home.sync()
        assert done.full
        assert not any(done.changed.values())
        assert home.payments() == payments


def test_what_does_not_add_up_stops_a_pull_and_no_name_is_logged(
    servers: Servers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = a_world()
    with connected("quickbooks", servers, tmp_path, world) as (home, _):
        world.invoices.append(Invoice("109", "1060", "11", "10.00", "12.00"))
        found = home.connections()
        with caplog.at_level(logging.DEBUG):
            assert Pulling(found).run() == 0
        assert home.invoices() == {}
        assert "1 records do not add up" in caplog.text
        for name in ("Harrow", "harrowfinch", "access-", "refresh-", SECRET):
            assert name not in caplog.text
        row = home.row()
        assert row.last_code == "faults"
        assert "dunwell connect sync books --dry-run" in row.last_error
        assert row.due_at > home.now
        world.invoices.pop()
        home.later(hours=1)
        assert Pulling(found).run() > 0
        assert len(home.invoices()) == 7


def test_an_outage_keeps_no_other_system_from_being_read(
    servers: Servers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    emulator("stripe", servers, a_world())
    away = block(
        "stripe", servers.base, tmp_path, name="away", base_url="http://127.0.0.1:9", prefix="a-", max_wait_seconds=0
    )
    home = Home(tmp_path, [away, block("stripe", servers.base, tmp_path)])
    with caplog.at_level(logging.WARNING):
        assert Pulling(home.connections()).run() > 0
    assert len(home.invoices()) == 7
    assert "connection away: unreachable" in caplog.text
    assert home.row("away").failures == 1


def test_customers_that_were_merged_there_are_merged_here(servers: Servers, tmp_path: Path) -> None:
    world = a_world()
    with connected("xero", servers, tmp_path, world) as (home, _):
        home.sync()
        home.later(days=1)
        world.customers[1].merged_into, world.customers[1].changed = "11", home.now
        world.invoices[2].customer, world.invoices[2].changed = "11", home.now
        world.payments[1].customer, world.payments[1].changed = "11", home.now
        done = home.sync()
        assert done.merged == 1
        assert "books-12" not in home.customers()
        assert home.invoices()["1047"].customer_id == "books-11"
        assert ("books-11", "rechnung@bremer.example") in home.contacts()
        home.later(days=8)
        again = home.sync()
        assert again.full
        assert again.merged == 0
        assert not any(again.changed.values())


def test_another_company_is_never_read_under_the_name_of_one(servers: Servers, tmp_path: Path) -> None:
    """Ids of two companies are the same small numbers: the one's invoices would become the other's."""
    with connected("quickbooks", servers, tmp_path, account="") as (home, _):
        home.sync()
        before = home.invoices()
        settings = home.connections().named("books")
        with unit_of_work(home.engine) as session:
            with pytest.raises(connections.AnotherOne, match=f"was read from account {REALM}, and this is 777"):
                connections.sign_in(session, "books", sealed="x", account="777", actor="test", now=home.now)
            session.rollback()
        other = settings.model_copy(update={"account": "777"})
        home.installation.settings = home.installation.settings.model_copy(update={"connections": (other,)})
        home.later(hours=1)
        with pytest.raises(ConnectorError, match="give this one another name"):
            home.sync()
        assert home.row().last_code == "other_account"
        assert home.invoices() == before
        # Taken away and made anew it is still known whose its records are.
        with unit_of_work(home.engine) as session:
            assert connections.forget(session, "books", actor="test", now=home.now)
            assert not connections.forget(session, "books", actor="test", now=home.now)
            with pytest.raises(connections.AnotherOne):
                connections.sign_in(session, "books", sealed="x", account="777", actor="test", now=home.now)
        xero = settings.model_copy(update={"kind": "xero", "account": ""})
        home.installation.settings = home.installation.settings.model_copy(update={"connections": (xero,)})
        with pytest.raises(ConnectorError, match="give xero another name"):
            home.sync()


def test_the_daemon_gets_its_errands(servers: Servers, tmp_path: Path) -> None:
    emulator("hubspot", servers, a_world())
    emulator("stripe", servers, a_world())
    crm = block("hubspot", servers.base, tmp_path, write_back=["sent"])
    home = Home(tmp_path, [block("stripe", servers.base, tmp_path), crm])
    ours = ["reading connected systems", "noting in the CRM what happened"]
    found = [each for each in connected_of(home.installation) if each.name in ours]
    assert [each.name for each in found] == ours
    assert Errands(found).run_once() > 0
    assert len(home.invoices()) == 7
    assert not [each for each in connected_of(Home(tmp_path, []).installation) if each.name in ours]


# --- settings -----------------------------------------------------------------------------------------------------

GOOD = {"kind": "xero", "name": "books", "client_id": CLIENT}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"base_url": "http://api.xero.example"}, "must begin with https"),
        ({"login_url": "http://10.0.0.3/login"}, "must begin with https"),
        ({"base_url": "https://user:pw@api.xero.example"}, "an address alone"),
        ({"secret": "changeme"}, "placeholder"),
        ({"secret": "your-secret-here"}, "placeholder"),
        ({"secret": "two words of it"}, "holds a space"),
        ({"secret": SECRET, "secret_file": "x"}, "not both"),
        ({"client_id": ""}, "needs client_id"),
        ({"kind": "netsuite"}, "netsuite needs account"),
        ({"kind": "salesforce"}, "salesforce needs base_url"),
        ({"kind": "hubspot"}, "customers_of is missing"),
        ({"write_back": ["sent"]}, "notes go to salesforce or hubspot"),
        ({"name": "Books Of Ours"}, "pattern"),
        ({"customer_field": "x FROM y"}, "the name of a field"),
    ],
)
def test_settings_that_are_unsafe_or_incomplete_are_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told) as error:
        ConnectionSettings.model_validate(GOOD | changed)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("blocks", "told"),
    [
        ([GOOD, GOOD], "the same name"),
        ([GOOD, GOOD | {"name": "other", "prefix": "books-"}], "the same prefix"),
        ([GOOD, {"kind": "stripe", "name": "cards", "customers_of": "nowhere"}], "'nowhere' is no connection"),
    ],
)
def test_connections_that_do_not_fit_together_are_refused(
    blocks: list[dict[str, Any]], told: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=told):
        Home(tmp_path, blocks)


def test_a_secret_comes_from_the_environment_or_a_file_and_stands_in_no_configuration(tmp_path: Path) -> None:
    config = write(tmp_path, 'kind = "stripe"\nname = "cards"\n')
    found = load(config, environment={"DUNWELL_CONNECTION_CARDS_SECRET": STRIPE_KEY}).connections[0]
    assert found.secret_text() == STRIPE_KEY
    assert STRIPE_KEY not in repr(found)
    with pytest.raises(ValueError, match="DUNWELL_CONNECTION_CARDS_SECRET"):
        load(config, environment={}).connections[0].secret_text()
    (tmp_path / "key").write_text("<your key>\n")
    filed = write(tmp_path, f'kind = "stripe"\nname = "cards"\nsecret_file = "{tmp_path}/key"\n')
    with pytest.raises(ValueError, match="is a placeholder"):
        load(filed, environment={}).connections[0].secret_text()
    with pytest.raises(ConfigError, match="a secret does not belong into this file"):
        load(write(tmp_path, f'kind = "stripe"\nname = "cards"\nsecret = "{STRIPE_KEY}"\n'), environment={})
    assert checked_secret(STRIPE_KEY) == STRIPE_KEY


# --- the command line ---------------------------------------------------------------------------------------------


def write(folder: Path, connection: str) -> Path:
    path = folder / "dunwell.toml"
    path.write_text(
        f"""data_dir = "{folder}/data"
[company]
name = "Nordholt"
address = "Kadeweg 14, Havenstad"
team = "AR"
email = "ar@nordholt-supply.example"
[store]
url = "sqlite:///{folder}/dunwell.db"
[[mailboxes]]
name = "ar"
kind = "maildir"
path = "{folder}/mail"
address = "ar@nordholt-supply.example"
[[connections]]
{connection}"""
    )
    return path


def run(config: Path, *arguments: str, **more: Any) -> Any:
    done = CliRunner().invoke(app, ["connect", *arguments, "-c", str(config)], **more)
    if isinstance(done.exception, CommandFailed):
        return f"{done.output}{done.exception}"
    assert done.exception is None, done.exception
    return done.output


def quickbooks(servers: Servers, folder: Path) -> tuple[Path, Any]:
    from tests.connected.homes import empty_database

    system = emulator("quickbooks", servers, a_world())
    (folder / "dunwell.db").write_bytes(empty_database())
    (folder / "secret").write_text(SECRET)
    base = f"{servers.base}/quickbooks"
    connection = (
        f'kind = "quickbooks"\nname = "books"\nclient_id = "{CLIENT}"\nsecret_file = "{folder}/secret"\n'
        f'base_url = "{base}"\nlogin_url = "{base}"\nauthorize_url = "{base}/authorize"\n'
    )
    return write(folder, connection), system


def test_a_person_signs_in_with_a_browser_and_reads(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, system = quickbooks(servers, tmp_path)
    (before,) = json.loads(run(config, "list", "--json"))
    assert (before["signed_in"], before["state"]) == ("no", "run `dunwell connect add books`")
    assert "which company it is (realm id) is not known" in run(config, "test", "books")

    from ledger.connectors import loopback

    class Browsing(loopback.Listener):
        """A browser: it goes where the page says, and is sent back here. A stranger comes first."""

        def wait(self, seconds: float) -> str | None:
            stranger = httpx2.get(f"http://127.0.0.1:{self.port}/connected?code=evil&state=forged")
            assert stranger.status_code == 404
            came = httpx2.get(shown[0], follow_redirects=True)
            assert came.status_code == 200
            return super().wait(seconds)

    shown: list[str] = []
    start = sign_in_of.__globals__["SignIn"].start

    def remembered(self: Any, redirect: str) -> Any:
        started = start(self, redirect)
        shown.append(started.address)
        return started

    monkeypatch.setattr(loopback, "Listener", Browsing)
    monkeypatch.setattr("ledger.connectors.oauth.SignIn.start", remembered)
    told = run(config, "add", "books")
    assert "books is connected: 5 customers can be read" in told
    assert "code_challenge=" in told.replace("\n", "")
    tried = json.loads(run(config, "sync", "books", "--dry-run", "--json"))
    assert (tried["dry_run"], tried["changed"]["invoices"]) == (True, 7)
    assert "invoices: 7 read, 7 are new or changed" in run(config, "sync", "books")
    (standing,) = json.loads(run(config, "list", "--json"))
    assert (standing["signed_in"], standing["state"]) == ("yes", "works")
    assert "is forgotten" in run(config, "remove", "books")
    assert "there is nothing to forget" in run(config, "remove", "books")
    system.check()


def test_a_person_without_a_browser_here_pastes_the_address(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, system = quickbooks(servers, tmp_path)

    def pasted(*_: Any, **__: Any) -> str:
        address = re.sub(r"\s", "", system.shown)
        return str(httpx2.get(address, follow_redirects=False).headers["location"])

    monkeypatch.setattr("typer.prompt", pasted)
    start = sign_in_of.__globals__["SignIn"].start

    def remembered(self: Any, redirect: str) -> Any:
        started = start(self, redirect)
        system.shown = started.address
        return started

    monkeypatch.setattr("ledger.connectors.oauth.SignIn.start", remembered)
    told = run(config, "add", "books", "--paste")
    assert "books is connected" in told
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "http://127.0.0.1/connected?code=evil&state=another")
    assert "belongs to another sign-in" in run(config, "add", "books", "--paste")
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "http://127.0.0.1/connected?error=access_denied&state=x")
    assert "the sign-in was not given (access_denied)" in run(config, "add", "books", "--paste")
    for secret in ("access-", "refresh-", SECRET):
        assert secret not in told
    system.check()


def test_the_doctor_names_what_is_wrong_with_a_connection(servers: Servers, tmp_path: Path) -> None:
    from agent.cli.doctor import _check, _connection

    with connected("stripe", servers, tmp_path) as (home, system):
        settings = home.installation.settings

        def look() -> Any:
            return _check("connection books", lambda: _connection(settings, "books"))

        assert look().good
        assert "invoices can be read; not read yet" in look().text
        home.sync()
        assert "last read 2026-03-10" in look().text
        system.access = set()
        found = look()
        assert not found.good
        assert "refuses the token or key (HTTP 401)" in found.text
        assert STRIPE_KEY not in found.text


def test_a_name_that_is_not_configured_is_told(servers: Servers, tmp_path: Path) -> None:
    config, _ = quickbooks(servers, tmp_path)
    assert "nothere is no connection of the configuration (books)" in run(config, "sync", "nothere")


def test_errors_hold_no_token_and_no_body(servers: Servers, tmp_path: Path) -> None:
    with connected("stripe", servers, tmp_path) as (home, system):
        settings = home.connections().named("books")
        system.then(
            said({"error": {"message": f"{STRIPE_KEY} of Harrow Finch is bad"}}, 400), too_many("1"), said({}, 403)
        )
        for _ in range(2):
            wire = wire_of(settings, home.connections().around())
            with pytest.raises(Exception, match=r"books: 127\.0\.0\.1") as error:
                wire.get("/v1/invoices")
            wire.close()
            assert STRIPE_KEY not in f"{error.value!r} {error.value.__context__!r}"
            assert "Harrow" not in str(error.value)
