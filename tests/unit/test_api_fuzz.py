"""Schemathesis against the whole API, over a real database: nothing breaks, and every answer is as its description says.

Some seconds by default. DUNWELL_API_FUZZ sets how many requests of each kind every operation gets.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from review.app import create_app
from review.matrix import MATRIX
from review.viewer import LOCAL
from store.api_tokens import Scope
from store.vocabulary import Reason
from tests.factories import House, claim, open_house
from tests.unit.test_review_app import stored

REQUESTS = int(os.environ.get("DUNWELL_API_FUZZ") or "8")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PATHS = sorted((method, path) for method, path in MATRIX if path.startswith("/api/") and not path.endswith(".json"))


@dataclass
class Target:
    """The application with its description, and what it answered so far."""

    house: House
    schema: Any
    headers: dict[str, str]
    answers: Counter[int] = field(default_factory=Counter)

    def operation(self, method: str, path: str) -> Any:
        return self.schema[path][method.lower()]

    def send(self, case: Case[Any]) -> None:
        # As fast as one person may ask, by the clock of the house.
        slow = "/exports/" in case.operation.path or "/reports/month" in case.operation.path
        self.house.now += timedelta(minutes=13) if slow else timedelta(milliseconds=700)
        response = case.call_and_validate(headers=self.headers, checks=CHECKS)
        self.answers[response.status_code] += 1
        if response.status_code >= 400:
            assert "\n" not in response.json()["detail"]
            assert response.status_code != 429


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    house = open_house(tmp_path_factory.mktemp("fuzz"))
    for number in range(12):
        sender = "p.kershaw@harrowfinch.example" if number % 4 else f"somebody{number}@unknown.example"
        words = "We pay INV-20421 on 20 March."
        message = house.receive(words, sender=sender, flags=("hidden_text",) if number % 3 == 0 else ())
        house.hold(message, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date="2026-03-20"))
    _, token = house.desk.make_token(LOCAL, name="fuzz", scopes={Scope.READ, Scope.DECIDE}, days=30)
    app, headers = create_app(house.desk, hosts=[asgi.HOST]), {"authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=headers)
    yield Target(house, schema, headers)
    house.engine.dispose()


def aim(case: Case[Any], draw: Any) -> None:
    """Let a good part of the requests meet what is there, so that they go beyond "there is no such thing"."""
    if "number" in (case.path_parameters or {}) and draw(st.booleans()):
        case.path_parameters["number"] = draw(st.integers(1, 14))
    if isinstance(case.body, dict) and "version" in case.body and draw(st.booleans()):
        case.body["version"] = draw(st.integers(1, 3))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), PATHS, ids=[f"{m} {re.sub('/api/v1', '', p)}" for m, p in PATHS])
def test_an_operation_answers_as_it_is_described(target: Target, method: str, path: str, mode: GenerationMode) -> None:
    operation = target.operation(method, path)
    if mode is GenerationMode.NEGATIVE and not (operation.path_parameters or operation.query or operation.body):
        return

    @settings(
        max_examples=REQUESTS,
        deadline=None,
        database=None,
        derandomize="DUNWELL_API_FUZZ" not in os.environ,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def sent(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        aim(case, data.draw)
        target.send(case)

    sent()


def test_what_was_sent_reached_the_desk(target: Target) -> None:
    """Were everything turned away, the tests above would show nothing."""
    if sum(target.answers.values()) < REQUESTS * len(PATHS):
        pytest.skip("the operations were not all run in this process")
    assert target.answers[200] > REQUESTS * 3
    assert {404, 409, 422} <= set(target.answers)


def test_looking_changes_nothing(target: Target) -> None:
    before = stored(target.house)
    for method, path in PATHS:
        if method == "GET":
            case = target.operation(method, path).Case(
                path_parameters={
                    "number": 1,
                    "customer_id": "C-1001",
                    "kind": "promises",
                    "place": 0,
                    "plot": "ageing",
                    "name": "books",
                    "currency": "EUR",
                }
            )
            # As fast as one person may ask, by the clock of the house.
            target.house.now += timedelta(milliseconds=700)
            answer = case.call(headers=target.headers)
            # 409: what stands there gives no paper as things are.
            assert answer.status_code in (200, 404, 409), (path, answer.status_code, answer.text[:300])
    assert stored(target.house) == before
