"""The fixtures of tests of money on the account: `pytest_plugins = ("tests.bank_fixtures",)` takes them into a module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from review.app import create_app
from store.engine import open_engine
from tests.factories import House, open_house
from tests.signing import BASE


@pytest.fixture(scope="session")
def bank_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample ledger in a database, made once."""
    folder = tmp_path_factory.mktemp("bank-ledger")
    open_house(folder).engine.dispose()
    return folder / "house.db"


@pytest.fixture
def house(tmp_path: Path, bank_ledger: Path) -> Iterator[House]:
    """A copy of it, for one test."""
    shutil.copy(bank_ledger, tmp_path / "house.db")
    made = House(open_engine(f"sqlite:///{tmp_path / 'house.db'}"))
    yield made
    made.engine.dispose()


@pytest.fixture
def bank_config(house: House, tmp_path: Path) -> Path:
    """The settings of this installation, for the command line."""
    path = tmp_path / "dunwell.toml"
    path.write_text(
        f"""
[company]
name = "Nordholt Industrial Supply B.V."
address = "Kadeweg 14"
email = "ar@nordholt-supply.example"
[store]
url = "sqlite:///{tmp_path / "house.db"}"
[bank]
accounts = ["NL91 ABNA 0417 1643 00", "DE75512108001245126199"]
[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@nordholt-supply.example"
path = "box"
""",
        "utf-8",
    )
    return path


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser at its pages."""
    with TestClient(create_app(house.desk), base_url=BASE, headers={"sec-fetch-site": "same-origin"}) as opened:
        yield opened
