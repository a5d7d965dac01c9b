"""A real PostgreSQL on a loopback port, started for the tests and thrown away after them."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from tests.apt import installed
from tests.servers_policy import need

_NUMBERS = itertools.count(1)


class Postgres:
    """A running server; every test gets a database of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def new_database(self) -> str:
        """Make an empty database and give its URL."""
        name = f"dunwell_{next(_NUMBERS)}"
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def plain_database(self) -> str:
        """Make an empty database whose owner is an ordinary role, as an installation's should be, and give its URL.

        Row security holds for that role: the superuser of `new_database` escapes it.
        """
        name = self.new_database().rpartition("/")[2]
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            with contextlib.suppress(psycopg.errors.DuplicateObject):
                connection.execute("CREATE ROLE plain LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB")
            connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO plain").format(sql.Identifier(name)))
        return f"postgresql+psycopg://plain@127.0.0.1:{self.port}/{name}"

    def copied(self, url: str) -> str:
        """Make a database that holds what another one holds, which nobody may have open, and give its URL."""
        name, model = f"dunwell_{next(_NUMBERS)}", url.rpartition("/")[2]
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(model))
            )
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def restart(self, *, mode: str = "immediate") -> None:
        """Stop the server (immediate: as a crash) and start it on the same port."""
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres") as connection:
            (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        programs = _programs()
        assert programs is not None
        log = Path(data).parent / "log"
        _run([programs / "pg_ctl", "-D", data, "-m", mode, "-l", log, "-w", "restart"], _unprivileged())


@contextlib.contextmanager
def running_postgres(*, also: Sequence[str] = ()) -> Iterator[Postgres]:
    """Install PostgreSQL where that can be done, start it, give it, stop it. Skips or fails as `need` decides.

    `also`: addresses of this machine besides loopback at which the hosts of their networks (/30) may use it too.
    """
    programs = _programs()
    if programs is None:
        installed("postgresql", "pg_ctl_is_not_on_the_path")
        programs = _programs()
    need("PostgreSQL", programs is not None, "install the Debian package postgresql, or run as root with apt")
    assert programs is not None
    home = Path(tempfile.mkdtemp(prefix="dunwell-pg-"))
    user = _unprivileged()
    try:
        if user is not None:
            shutil.chown(home, user)
        home.chmod(0o755)
        port = _free_port()
        _run(
            [
                programs / "initdb",
                "-D",
                home / "data",
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            user,
        )
        with (home / "data" / "pg_hba.conf").open("a") as trusted:
            trusted.writelines(f"host all all {address}/30 trust\n" for address in also)
        addresses = ",".join(["127.0.0.1", *also])
        options = (
            f"-c listen_addresses={addresses} -c port={port} -c unix_socket_directories={home} -c max_connections=60"
        )
        _run([programs / "pg_ctl", "-D", home / "data", "-l", home / "log", "-w", "-o", options, "start"], user)
        try:
            yield Postgres(port)
        finally:
            _run([programs / "pg_ctl", "-D", home / "data", "-m", "immediate", "-w", "stop"], user)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _unprivileged() -> str | None:
    """Name the user to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _run(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        user=user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]}: {done.stderr.decode(errors='replace')[-500:]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
