"""Each accounting system, emulated over real HTTP, is read into the ledger: whole, what changed, and never half."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.connectors.failures import BadAnswer, ConnectorError, PagingFault, RateLimited, SignInNeeded, Unreachable
from ledger.connectors.kinds import connector_of, wire_of
from store.audit import verify
from store.engine import unit_of_work
from store.tables import Contact
from tests.connected.homes import BOOKS, Home, connected
from tests.connected.server import Asked, Bend, Servers, cut_off, said, too_many, web_page
from tests.connected.world import Customer, Invoice, Payment, a_world


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as found:
        yield found


def prefix_of(kind: str) -> str:
    return "books-cus_" if kind == "stripe" else "books-"


def is_list(asked: Asked) -> bool:
    """Tell a request for data from one for a token."""
    return not asked.path.endswith(("/token", "/bearer", "/Organisation", "/connections"))


def everything(home: Home) -> tuple[Any, ...]:
    return home.invoices(), home.payments(), home.customers(), home.contacts()


@pytest.mark.parametrize("kind", BOOKS)
def test_all_is_read_over_several_pages_and_again_it_changes_nothing(
    kind: str, servers: Servers, tmp_path: Path
) -> None:
    with connected(kind, servers, tmp_path) as (home, _):
        done = home.sync()
        assert done.full
        assert not done.left_out
        prefix = prefix_of(kind)
        assert set(home.customers()) == {f"{prefix}{n}" for n in range(11, 16)}
        found = home.invoices()
        assert {n: (i.amount, i.balance, i.customer_id) for n, i in found.items()} == {
            "1045": (Decimal("1200.00"), Decimal("1200.00"), f"{prefix}11"),
            "1046": (Decimal("350.50"), Decimal("0.00"), f"{prefix}11"),
            "1047": (Decimal("99.99"), Decimal("49.99"), f"{prefix}12"),
            "1048": (Decimal("10000.00"), Decimal("10000.00"), f"{prefix}13"),
            "1049": (Decimal("75.10"), Decimal("75.10"), f"{prefix}14"),
            "1050": (Decimal("640.00"), Decimal("640.00"), f"{prefix}15"),
            "1051": (Decimal("20.00"), Decimal("0.00"), f"{prefix}15"),
        }
        assert [str(found["1048"].issue_date), str(found["1048"].due_date)] == ["2026-01-10", "2026-02-09"]
        assert (f"{prefix}12", "rechnung@bremer.example") in home.contacts()
        money = {
            (p.invoice_number, p.amount) for p in home.payments().values() if not p.reference.startswith("Credit note")
        }
        applied = {("1046", Decimal("350.50")), ("1047", Decimal("50.00")), ("1051", Decimal("20.00"))}
        assert money == applied | {(None, Decimal("30.00"))}
        credit = home.payments()["CN-7"]
        # In Stripe a credit note has lowered its invoice, or lies in the customer's balance: nothing is left on it.
        left = (None, Decimal("120.00")) if kind != "stripe" else ("CN-7", Decimal("500.00"))
        assert (credit.invoice_number, credit.amount) == left

        before = everything(home)
        for full in (False, True):
            home.later(hours=1)
            again = home.sync(full=full)
            assert again.full is full
            assert not any(again.changed.values()), again
            assert everything(home) == before
        with unit_of_work(home.engine) as session:
            assert verify(session)[1] is None


@pytest.mark.parametrize("kind", BOOKS)
def test_where_customers_are_and_how_they_are_called(kind: str, servers: Servers, tmp_path: Path) -> None:
    world = a_world()
    abroad = "Deutschland" if kind != "stripe" else "DE"  # of which the API gives codes alone
    for customer, stated in zip(
        world.customers,
        (
            {
                "street": "4 Saw Mill Road",
                "postcode": "LS1 4AB",
                "city": "Leeds",
                "country": "GB",
                "phone": "+44 113 4960000",
            },
            {
                "street": "Kadeweg 14",
                "postcode": "01067",
                "city": "Dresden",
                "country": abroad,
                "phone": "0351 5550188",
            },
            {"street": "Calle Olmo 3", "city": "Olmeda", "country": "Ruritania", "phone": "ask at the desk"},
            {"phone": "(212) 555-0123"},
            {},
        ),
        strict=True,
    ):
        for name, value in stated.items():
            setattr(customer, name, value)
    with connected(kind, servers, tmp_path, world) as (home, _):
        done = home.sync()
        prefix = prefix_of(kind)
        found = {key.removeprefix(prefix): (c.address, c.country) for key, c in home.customers().items()}
        assert found == {
            "11": ("4 Saw Mill Road\nLeeds\nLS1 4AB", "GB"),
            "12": ("Kadeweg 14\n01067 Dresden", "DE"),
            "13": ("Calle Olmo 3\nOlmeda", ""),
            "14": ("", ""),
            "15": ("", ""),
        }
        numbers = {c.customer_id.removeprefix(prefix): c.phone for c in home.rows(Contact)}
        assert numbers == {"11": "+441134960000", "12": "+493515550188", "13": "", "14": "", "15": ""}
        told = " ".join(done.left_out)
        assert len(done.left_out) == 3
        assert "its country is none that is known here" in told
        assert "has no country code, and no country is known" in told
        assert "Ruritania" not in told
        assert "555" not in told
        # What the system does not say any more is not taken away: another source, or one of ours, may have given it.
        for customer in world.customers:
            customer.street = customer.postcode = customer.city = customer.country = customer.phone = ""
        home.later(hours=1)
        assert not any(home.sync(full=True).changed.values())
        assert {c.customer_id.removeprefix(prefix): c.phone for c in home.rows(Contact)} == numbers


def test_a_role_that_sees_no_addresses_reads_all_else(servers: Servers, tmp_path: Path) -> None:
    with connected("netsuite", servers, tmp_path) as (home, system):
        system.then(
            said({"title": "Record 'EntityAddress' was not found"}, 400),
            when=lambda a: b"EntityAddress" in a.body,
        )
        done = home.sync()
        assert len(home.customers()) == 5
        assert done.left_out == ("books: addresses and telephone numbers cannot be read with this role: left out",)


@pytest.mark.parametrize("kind", BOOKS)
def test_what_changed_is_read_alone(kind: str, servers: Servers, tmp_path: Path) -> None:
    world = a_world()
    with connected(kind, servers, tmp_path, world, page_size=4) as (home, system):
        home.sync()
        home.later(days=2)
        prefix, at = prefix_of(kind), home.now
        world.invoices[0].balance, world.invoices[0].changed = "0", at
        world.payments.append(Payment("304", "11", {"101": "1200.00"}, reference="wire 9001", changed=at))
        world.customers.append(Customer("16", "Newcomer GmbH", "ap@newcomer.example", changed=at))
        world.invoices.append(Invoice("108", "1052", "16", "88.00", "88.00", changed=at))
        world.invoices[4].void, world.invoices[4].changed = True, at
        world.payments[1].void, world.payments[1].changed = True, at
        world.invoices[2].balance, world.invoices[2].changed = "99.99", at
        home.later(minutes=5)
        asked_before = len(system.asked)
        done = home.sync()
        assert not done.full
        assert not done.left_out
        asked = system.asked[asked_before:]
        assert len([each for each in asked if is_list(each)]) < 30
        found = home.invoices()
        assert found["1045"].balance == 0
        assert found["1047"].balance == Decimal("99.99")
        assert (found["1052"].customer_id, found["1052"].balance) == (f"{prefix}16", Decimal("88.00"))
        # A voided invoice stands at nothing open; money that was taken back stands at nothing.
        assert (found["1049"].amount, found["1049"].balance) == (Decimal("75.10"), Decimal("0.00"))
        sums: dict[str | None, Decimal] = {}
        for paid in home.payments().values():
            sums[paid.invoice_number] = sums.get(paid.invoice_number, Decimal(0)) + paid.amount
        assert sums["1045"] == Decimal("1200.00")
        assert sums.get("1047", Decimal(0)) == 0
        home.later(hours=1)
        assert not any(home.sync(full=True).changed.values())


@pytest.mark.parametrize("kind", ["quickbooks", "xero", "netsuite"])
def test_a_token_that_ran_out_is_renewed_once(kind: str, servers: Servers, tmp_path: Path) -> None:
    with connected(kind, servers, tmp_path, page_size=4) as (home, system):
        found = home.connections()
        found.probe("books", actor="test")
        given = system.given
        home.later(hours=3)
        found.probe("books", actor="test")
        found.probe("books", actor="test")
        assert system.given == given + 1
        # One that the system takes back before its time is renewed as well.
        system.access = set()
        home.later(minutes=5)
        found.probe("books", actor="test")
        assert system.given == given + 2


@pytest.mark.parametrize("kind", BOOKS)
def test_a_system_that_asks_to_slow_down_is_waited_for(kind: str, servers: Servers, tmp_path: Path) -> None:
    with connected(kind, servers, tmp_path, page_size=4) as (home, system):
        system.then(too_many("7"), too_many("11"), said({}, 503), when=is_list)
        home.sync()
        assert home.slept[:2] == [7.0, 11.0]
        assert len(home.slept) == 3
        assert len(home.invoices()) == 7
        # A wait that is longer than a pull may take is not slept through: the next pull comes after it.
        system.then(too_many("86400"), when=is_list)
        home.later(hours=1)
        with pytest.raises(RateLimited, match="asks to slow down"):
            home.sync()
        assert len(home.slept) == 3
        row = home.row()
        assert (row.due_at - home.now).total_seconds() == 86400
        assert row.last_code == "rate_limited"


FAULTS = ("repeats", "loses", "empty", "total")


@pytest.mark.parametrize("kind", BOOKS)
def test_pages_that_do_not_fit_together_are_never_believed(kind: str, servers: Servers, tmp_path: Path) -> None:
    with connected(kind, servers, tmp_path, page_size=4) as (home, system):
        for how in FAULTS:
            if (kind, how) == ("stripe", "total"):
                continue  # it states none: each page overlaps the one before instead
            system.bend = Bend(how)
            with pytest.raises(PagingFault) as told:
                home.sync()
            assert told.value.code == "paging"
            assert everything(home) == ({}, {}, {}, set())
            assert home.row().read_to is None
            # Once is read over: the list is read anew.
            system.bend = Bend(how, times=1)
            settings = home.connections().named("books")
            wire = wire_of(settings, home.connections().around())
            pages = [*connector_of(settings, wire, account=home.row().account).pull(None)]
            wire.close()
            assert len({each.id for page in pages for each in page.invoices}) == 8
        system.bend = Bend()
        assert home.sync().full
        assert len(home.invoices()) == 7


@pytest.mark.parametrize("kind", BOOKS)
def test_a_list_that_moves_while_it_is_read_is_read_anew(kind: str, servers: Servers, tmp_path: Path) -> None:
    world = a_world()
    with connected(kind, servers, tmp_path, world) as (home, system):
        moved: list[Invoice] = []

        def second_page(asked: Asked) -> bool:
            """Delete an invoice of the first page when the second one is asked for."""
            text = f"{asked.path} {asked.query} {asked.body!r}"
            is_second = ("from Invoice" in text and "startposition 2" in text) or (
                "Invoices" in text and asked.query.get("page") == "2"
            )
            is_second = is_second or ("CustInvc" in text and asked.query.get("offset") == "2")
            is_second = is_second or (asked.path == "/v1/invoices" and "starting_after" in asked.query)
            if is_second and not moved:
                moved.append(world.invoices.pop(1))
                world.payments.pop(0)
            return False

        system.then(said({}), when=second_page)
        home.sync()
        assert moved
        assert set(home.invoices()) == {"1045", "1047", "1048", "1049", "1050", "1051"}


@pytest.mark.parametrize("kind", BOOKS)
def test_a_damaged_answer_is_explained_and_nothing_is_taken(kind: str, servers: Servers, tmp_path: Path) -> None:
    with connected(kind, servers, tmp_path, page_size=4) as (home, system):
        system.then(cut_off(), when=is_list)
        assert home.sync(dry_run=True).changed["invoices"] == 7  # once is tried again
        assert everything(home) == ({}, {}, {}, set())
        system.then(web_page(), when=is_list)
        with pytest.raises(BadAnswer, match="a web page instead of data"):
            home.sync()
        system.then(*[cut_off()] * 6, when=is_list)
        with pytest.raises(Unreachable, match=r"broke off|cut off"):
            home.sync()
        system.then(said({"what": "is this"}), when=is_list)
        with pytest.raises(ConnectorError):
            home.sync()
        assert everything(home) == ({}, {}, {}, set())
        row = home.row()
        assert (row.read_to, row.failures) == (None, 3)
        assert row.due_at > home.now
        assert "127.0.0.1" in row.last_error or "books" in row.last_error


def test_what_was_deleted_stands_at_nothing(servers: Servers, tmp_path: Path) -> None:
    """QuickBooks tells of deletions by its change data capture alone; the next full reading would find them too."""
    world = a_world()
    with connected("quickbooks", servers, tmp_path, world) as (home, system):
        home.sync()
        home.later(days=1)
        world.invoices.pop(0)
        world.payments.pop(2)
        world.credits.pop(0)
        world.deleted += [("invoice", "101", home.now), ("payment", "303", home.now), ("credit", "201", home.now)]
        assert not home.sync().full
        assert any(path.endswith("/cdc") for path in system.paths())
        assert (home.invoices()["1045"].amount, home.invoices()["1045"].balance) == (
            Decimal("1200.00"),
            Decimal("0.00"),
        )
        found = home.payments()
        assert {p.amount for key, p in found.items() if key.startswith("books-303")} == {Decimal("0.00")}
        assert found["CN-7"].invoice_number == "CN-7"  # used up: nothing of it counts
        after = everything(home)
        home.later(days=40)
        assert home.sync().full
        assert everything(home) == after


def test_what_is_sealed_stands_nowhere_in_the_database(servers: Servers, tmp_path: Path) -> None:
    with connected("quickbooks", servers, tmp_path) as (home, system):
        home.sync()
        home.later(hours=2)
        home.sync()
        given = [f"{what}-quickbooks-{n}" for what in ("access", "refresh") for n in range(1, system.given + 1)]
        assert system.given == 2
        home.engine.dispose()
        written = b"".join(path.read_bytes() for path in tmp_path.glob("dunwell.db*"))
        assert b"connection.signed_in" in written
        for token in given:
            assert token.encode() not in written
        key = home.installation.key
        assert key not in written


def test_a_seal_of_another_key_asks_for_a_new_sign_in(servers: Servers, tmp_path: Path) -> None:
    with connected("quickbooks", servers, tmp_path) as (home, _):
        (tmp_path / "data" / "installation.key").write_bytes(b"x" * 32)
        home.installation.__dict__.pop("key")
        with pytest.raises(SignInNeeded, match="dunwell connect add books"):
            home.sync()


def test_a_refresh_token_that_is_void_asks_for_a_new_sign_in(servers: Servers, tmp_path: Path) -> None:
    with connected("xero", servers, tmp_path) as (home, system):
        system.refresh = {"another"}
        home.later(hours=2)
        with pytest.raises(SignInNeeded, match=r"invalid_grant.*dunwell connect add books") as told:
            home.sync()
        assert "refresh-xero" not in str(told.value)
        assert home.row().last_code == "sign_in_needed"


def test_two_organisations_are_not_chosen_between(servers: Servers, tmp_path: Path) -> None:
    with connected("xero", servers, tmp_path) as (home, system):
        both = [{"tenantId": f"t-{n}", "tenantType": "ORGANISATION"} for n in (1, 2)]
        system.then(said(both), when=lambda asked: asked.path == "/connections")
        with pytest.raises(SignInNeeded, match="2 organisations: name one by `account`"):
            home.sync()


def test_netsuite_is_read_in_windows_where_one_query_gives_no_more(servers: Servers, tmp_path: Path) -> None:
    with connected("netsuite", servers, tmp_path) as (home, system):
        settings = home.connections().named("books")
        home.connections().row(settings, actor="test")
        wire = wire_of(settings, home.connections().around())
        connector = connector_of(settings, wire, account="")
        connector._window = 4  # type: ignore[attr-defined]
        found = [each.id for page in connector.pull(None) for each in page.invoices]
        wire.close()
        assert found == ["101", "102", "103", "104", "105", "106", "107", "201"]
        assert any("t.id > 104" in asked.body.decode() for asked in system.asked)


def test_a_pull_makes_no_more_requests_than_it_may(servers: Servers, tmp_path: Path) -> None:
    with connected("stripe", servers, tmp_path, max_requests=10) as (home, system):
        with pytest.raises(ConnectorError, match="max_requests"):
            home.sync()
        assert len(system.asked) == 10
        assert everything(home) == ({}, {}, {}, set())


def test_money_in_whole_units_and_in_thousandths(servers: Servers, tmp_path: Path) -> None:
    world = replace(
        a_world(),
        customers=[Customer("1", "Hoshi KK", "ap@hoshi.example", currency="JPY")],
        invoices=[Invoice("1", "S-1", "1", "123456", "123456", currency="JPY")],
        credits=[],
        payments=[],
    )
    with connected("stripe", servers, tmp_path, world) as (home, _):
        home.sync()
        assert (home.invoices()["S-1"].amount, home.invoices()["S-1"].currency) == (Decimal("123456.00"), "JPY")
