"""Tests of faults use the same real servers as the mail tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.lives import Lives, running
from tests.faults.places import ENVIRONMENT
from tests.mail.conftest import dovecot, running_dovecot, token_server, tokens
from tests.mail.smtp_fixtures import SmtpServer, smtp_server
from tests.postgres import Postgres, running_postgres

__all__ = ["dovecot", "running_dovecot", "token_server", "tokens"]


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[SmtpServer]:
    """Give a server that takes every mail and keeps a journal of them."""
    with smtp_server(tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a running PostgreSQL."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    """Give the process that forks lives."""
    with running(tmp_path_factory.mktemp("lives"), ENVIRONMENT) as made:
        yield made
