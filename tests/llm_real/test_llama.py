"""The model client against a real llama.cpp server: protocol and schema, never the quality of a 135M model's answers."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from agent.llm import FailureKind, ModelClient, ModelFailure, ModelSettings
from agent.llm_habits import Habits
from agent.llm_schema import Rung
from store.vocabulary import Reason

pytestmark = [pytest.mark.llm_real, pytest.mark.timeout(600)]

SYSTEM = "You read replies to overdue invoices. Say why the invoice is unpaid."
REPLIES = (
    "We will pay INV-20419 on Friday.",
    "The price on INV-20419 is wrong, we ordered at 90.00.",
    "Bitte senden Sie uns die Rechnung noch einmal.",
)


class Pay(BaseModel):
    """The customer will pay."""

    kind: Literal["pay"]
    on: dt.date | None = Field(description="the day, if one is named")


class Refuse(BaseModel):
    """The customer will not pay."""

    kind: Literal["refuse"]
    disputed: bool


class Reading(BaseModel):
    """What the reply says."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    invoices: list[str]
    intent: Annotated[Pay | Refuse, Field(discriminator="kind")]


class Label(BaseModel):
    """One word about the reply."""

    reason: Reason


def client_of(base_url: str, **changes: Any) -> ModelClient:
    given = {"model": os.environ.get("LLM_TEST_MODEL", "smollm2"), "max_tokens": 200, **changes}
    prices = {"input_price": Decimal(1), "output_price": Decimal(2)}
    return ModelClient(ModelSettings(base_url=base_url, timeout_seconds=120, deadline_seconds=300, **prices, **given))


def test_the_strict_rung_works_and_is_recorded(llama: str) -> None:
    client = client_of(llama)
    for reply in REPLIES:
        budget = client.budget()
        label = client.ask(Label, purpose="read", system=SYSTEM, user=reply, budget=budget)
        assert label.reason in Reason
        (call,) = budget.records
        assert (call.rung, call.outcome) == ("json_schema", "ok")
        assert call.prompt_tokens > 20
        assert call.completion_tokens > 2
        assert call.cost == Decimal(call.prompt_tokens + 2 * call.completion_tokens) / 1_000_000
        assert call.latency_ms > 0


def test_a_schema_with_a_union_dates_and_lists_is_accepted_and_ends_typed(llama: str) -> None:
    client = client_of(llama)
    for reply in REPLIES:
        budget = client.budget()
        # A small model may run on or name no real date; neither it nor the server may break the protocol.
        with contextlib.suppress(ModelFailure):
            value = client.ask(Reading, purpose="read", system=SYSTEM, user=reply, budget=budget)
            assert isinstance(value.intent, Pay | Refuse)
        assert {call.outcome for call in budget.records} <= {"ok", "invalid", "length"}
        assert {call.rung for call in budget.records} == {"json_schema"}


def test_the_rung_below_works_too(llama: str) -> None:
    settings = ModelSettings(base_url=llama, model=os.environ.get("LLM_TEST_MODEL", "smollm2"), timeout_seconds=120)
    habits = Habits()
    habits.refused((settings.base_url, settings.model), Rung.JSON_SCHEMA)
    client = ModelClient(settings, habits=habits)
    budget = client.budget()
    assert client.ask(Label, purpose="read", system=SYSTEM, user=REPLIES[0], budget=budget).reason in Reason
    assert budget.records[0].rung == "json_object"


def test_an_answer_that_runs_on_is_a_length_failure(llama: str) -> None:
    class Essay(BaseModel):
        text: str

    client = client_of(llama, max_tokens=16)
    with pytest.raises(ModelFailure) as caught:
        client.ask(Essay, purpose="write", system="Write a long essay.", user="About rivers.", budget=client.budget())
    assert caught.value.kind is FailureKind.LENGTH


def test_a_prompt_beyond_the_context_is_said_to_be_too_long(llama: str) -> None:
    if os.environ.get("LLM_TEST_BASE_URL"):
        pytest.skip("the context of the server that was given is not known")
    client = client_of(llama)
    with pytest.raises(ModelFailure) as caught:
        client.ask(Label, purpose="read", system=SYSTEM, user="we pay soon " * 3000, budget=client.budget())
    assert caught.value.kind is FailureKind.TOO_LONG
