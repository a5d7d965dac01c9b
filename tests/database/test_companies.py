"""Companies on PostgreSQL: a database each, and one database under two names of its host is found out."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from agent.cli.companies_serve import _starting
from agent.company_clashes import clashes_of, live_clashes, met_on_server
from agent.supervising import CannotStart
from tests.postgres import Postgres
from tests.tenants import CommandLine, found, tenants, words_in

pytestmark = pytest.mark.servers


def by_socket(url: str) -> str:
    """Give another way to the same database: the server's socket instead of its address."""
    user, _, rest = url.partition("://")[2].partition("@")
    place, _, name = rest.partition("/")
    with psycopg.connect(f"postgresql://postgres@{place}/postgres") as connection:
        (folder,) = connection.execute("show unix_socket_directories").fetchone() or ("",)
    return f"postgresql://{user}@/{name}?host={folder}&port={place.rpartition(':')[2]}"


def test_one_database_under_two_names_is_found_out(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgres.plain_database()
    one, other = tenants(found(tmp_path, databases={"acme": url, "bolt": by_socket(url)}))
    assert clashes_of("acme", one.home.settings, one.companies) == [], "the addresses differ"
    line = "store.url: is the database of the company bolt: each needs its own"
    assert met_on_server("acme", one.home.settings, one.companies) == [line]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    code, said, _ = CommandLine(monkeypatch, capsys)("companies", "check")
    assert code == 2
    assert f"acme: {line}" in said
    with pytest.raises(CannotStart, match="is the database of the company acme"):
        _starting(other.companies, lambda _name, _settings: ["run"])("bolt")


def test_two_databases_of_one_server_are_apart(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    urls = {name: postgres.plain_database() for name in ("acme", "bolt")}
    both = tenants(found(tmp_path, databases=urls))
    assert live_clashes({t.name: t.home.settings for t in both}) == {}
    for tenant in both:
        tenant.take_ledger(tmp_path / "ledger")
    monkeypatch.chdir(tmp_path)
    dunwell = CommandLine(monkeypatch, capsys)
    for tenant in both:
        code, out, said = dunwell("--company", tenant.name, "account", "K1", "--json")
        assert (code, words_in(out)) == (0, {tenant.name}), said
        archive = tmp_path / f"{tenant.name}.backup"
        assert dunwell("--company", tenant.name, "backup", str(archive))[0] == 0
        tenant.home.engine.dispose()
    # A server that is away tells nothing, and keeps nobody waiting for long.
    (tmp_path / "x").mkdir()
    dead = tenants(found(tmp_path / "x", databases=dict.fromkeys(urls, "postgresql://a@127.0.0.1:1/x")))[0]
    assert met_on_server("acme", dead.home.settings, dead.companies) == []
