"""A crowd of proposals, as the benchmark makes it: every page asks the database the same number of questions, however many wait."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from evals.bench.crowd import FIRST, Crowd, fill
from review.app import create_app
from store.engine import migrate, open_engine

PAGES = ("/", "/?owner=Collector+3&reason=hardship", "/?q=harrow", "/?after=6818000000.0", f"/items/{FIRST + 1}")


def asked(crowd: Crowd) -> dict[str, int]:
    """Count what each page asks, once it is warm."""
    found: dict[str, int] = {}
    counted = [0]

    def note(*_: Any) -> None:
        counted[0] += 1

    with TestClient(create_app(crowd.house.desk), base_url="http://127.0.0.1:8765") as client:
        for path in PAGES:
            assert client.get(path).status_code == 200, path
            event.listen(crowd.house.engine, "before_cursor_execute", note)
            counted[0] = 0
            page = client.get(path)
            event.remove(crowd.house.engine, "before_cursor_execute", note)
            found[path] = counted[0]
            assert path.startswith("/items") or page.text.count("data-row") <= 50
    return found


def test_a_long_queue_costs_no_more_questions_than_a_short_one(
    engine: Engine, request: pytest.FixtureRequest, tmp_path: Any
) -> None:
    short = asked(fill(engine, held=60, closed=30))
    if engine.dialect.name == "postgresql":
        other = open_engine(request.getfixturevalue("postgres").new_database())
    else:
        other = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(other)
    long = asked(fill(other, held=600, closed=900))
    other.dispose()
    assert short == long
    assert max(count for path, count in long.items() if not path.startswith("/items")) <= 20
