"""The role that dunwell works as: what escapes row-level security is told; backups hold everybody; the migration goes both ways."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, text
from sqlalchemy.engine import make_url
from sqlmodel import select

import store.engine
from agent.backing_up import back_up
from agent.cli import doctor
from agent.membership import at_work
from agent.restoring import restore
from store.engine import migrate, open_engine, unit_of_work
from store.row_security import GUARDED
from store.scoping import narrowed, why_unguarded
from store.snapshot import SnapshotFailed, contents, take
from store.tables import Customer
from tests.canary_house import (
    CONTACT,
    AsSuperuser,
    B,
    marked,
    whose,
)
from tests.database.test_backup import installation
from tests.factories import NOW, House
from tests.postgres import Postgres

pytestmark = pytest.mark.servers


@pytest.fixture
def house(canaries: House) -> House:
    """The installation with the canaries, made once."""
    return canaries


def test_a_default_that_names_a_customer_hides_nothing(house: House, postgres: Postgres) -> None:
    """Somebody set it for the whole database: neither the program nor a backup sees less for that."""
    database = house.engine.url.database
    superuser = f"postgresql://postgres@127.0.0.1:{postgres.port}/postgres"
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {database} SET dunwell.customer = 'CANARY-B'")
    engine = open_engine(str(house.engine.url))
    try:
        with unit_of_work(engine) as session:
            assert session.execute(select(func.count()).select_from(Customer)).scalar_one() > 1
    finally:
        engine.dispose()
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {database} RESET dunwell.customer")


def test_a_backup_holds_every_customer(house: House, postgres: Postgres, tmp_path: Path) -> None:
    home = installation(tmp_path / "here", str(house.engine.url))
    manifest = back_up(home, tmp_path / "backup.tar.gz")
    other = installation(tmp_path / "there", postgres.plain_database())
    restore(tmp_path / "backup.tar.gz", other.settings, clock=lambda: NOW, actor="cli:ines")
    with other.engine.connect() as connection:
        found = contents(connection)[1]
        assert all(found[table] == manifest.counts[table] >= 1 for table in GUARDED)
    with unit_of_work(other.engine) as session, narrowed(session, B):
        assert [c.id for c in session.exec(select(Customer))] == [B]
    other.engine.dispose()
    home.engine.dispose()


def test_a_backup_is_refused_where_others_may_hide_rows(house: House, tmp_path: Path) -> None:
    with house.engine.begin() as connection:
        connection.execute(text("CREATE POLICY theirs ON contact AS RESTRICTIVE USING (false)"))
    try:
        with pytest.raises(SnapshotFailed, match="not dunwell's"):
            take(house.engine, tmp_path / "dump")
    finally:
        with house.engine.begin() as connection:
            connection.execute(text("DROP POLICY theirs ON contact"))


def test_roles_that_escape_are_told(house: House) -> None:
    with unit_of_work(house.engine) as session:
        assert why_unguarded(session) is None
    with AsSuperuser(house) as every, unit_of_work(every) as session:
        why = why_unguarded(session)
        assert why is not None
        assert "'postgres'" in why
        assert "\n" not in why
        with narrowed(session, whose(house)):
            # This is what the line is about.
            assert marked(session.execute(CONTACT.select()))


def test_doctor_and_the_start_say_it_in_one_line(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with AsSuperuser(house) as every:
        told = doctor._database(installation(tmp_path, every.url.render_as_string(hide_password=False)).settings)
        with at_work(every, "w", clock=lambda: NOW):
            pass
    assert "customers; warning: row-level security does not hold for the database role 'postgres'" in told
    (line,) = [r.getMessage() for r in caplog.records if "row-level security" in r.getMessage()]
    assert line in told
    caplog.clear()
    assert "warning" not in doctor._database(installation(tmp_path, str(house.engine.url)).settings)
    with at_work(house.engine, "w", clock=lambda: NOW):
        pass
    assert "row-level" not in caplog.text


def test_the_recipe_makes_a_role_that_is_held_to_it(postgres: Postgres, tmp_path: Path) -> None:
    """deploy/database-role.sh, as the container of compose.yaml runs it: as the superuser, in the new database."""
    new = make_url(postgres.new_database())
    (tmp_path / "password").write_text('o\'Hara: \\ "x"\n')
    said = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "POSTGRES_USER": "postgres"}
    said |= {"POSTGRES_DB": str(new.database), "DUNWELL_PASSWORD_FILE": str(tmp_path / "password")}
    script = Path(__file__).parents[2] / "deploy" / "database-role.sh"
    subprocess.run(["sh", str(script)], env={**os.environ, **said}, check=True, capture_output=True)
    engine = open_engine(new.set(username="dunwell").render_as_string(hide_password=False))
    migrate(engine)
    with unit_of_work(engine) as session:
        assert why_unguarded(session) is None
        owner = text("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        assert session.execute(owner).scalar_one() == "dunwell"
    engine.dispose()


def test_the_migration_goes_back_and_forth(postgres: Postgres) -> None:
    engine = open_engine(postgres.plain_database())
    migrate(engine)
    forced = text("SELECT count(*) FROM pg_class WHERE relrowsecurity OR relforcerowsecurity")
    policies = text("SELECT count(*) FROM pg_policies")
    for revision, expected in (("0010", 0), ("head", len(GUARDED))):
        config = Config()
        config.set_main_option("script_location", str(Path(store.engine.__file__).parent / "migrations"))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            (command.downgrade if revision == "0010" else command.upgrade)(config, revision)
        with engine.connect() as connection:
            assert connection.execute(forced).scalar_one() == expected
            assert connection.execute(policies).scalar_one() == expected
    engine.dispose()
