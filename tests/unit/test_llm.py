"""The model client against a scripted server: every odd answer is a ModelFailure, nothing is asked or spent beyond a budget."""

from __future__ import annotations

import gc
import gzip
import json
import logging
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from agent.llm import Budget, DailyBudget, FailureKind, ModelClient, ModelFailure, ModelSettings
from agent.llm_answer import MAX_BODY_BYTES, WrongAnswer, read_answer, read_envelope
from tests import model_server as says
from tests.model_server import Answer, ModelServer

KEY = "sk-canary-3f9a71"
NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
GOOD = {"reason": "dispute", "note": "the price is wrong", "amount": "12.50"}


class Why(StrEnum):
    """Why it is unpaid."""

    DISPUTE = "dispute"
    PROMISE = "promise"


class Reading(BaseModel):
    """What a reply says."""

    model_config = ConfigDict(extra="forbid")

    reason: Why
    note: str = Field(max_length=40)
    amount: Decimal | None = None


class Patience:
    """A sleep that takes no time but is remembered, and moves the monotonic clock that goes with it."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.slept)


@pytest.fixture
def patience() -> Patience:
    return Patience()


Make = Callable[..., ModelClient]


@pytest.fixture
def make(model_server: ModelServer, patience: Patience) -> Make:
    def build(daily: DailyBudget | None = None, **changes: Any) -> ModelClient:
        given: dict[str, Any] = {"base_url": model_server.base_url, "model": "small", "timeout_seconds": 5, **changes}
        return ModelClient(
            ModelSettings(**given),
            daily=daily,
            clock=lambda: NOW,
            sleep=patience.sleep,
            monotonic=patience.monotonic,
        )

    return build


def ask(client: ModelClient, budget: Budget | None = None) -> Reading:
    return client.ask(
        Reading, purpose="read", system="You read replies.", user="We dispute it.", budget=budget or client.budget()
    )


def fail(client: ModelClient, budget: Budget | None = None) -> ModelFailure:
    with pytest.raises(ModelFailure) as caught:
        ask(client, budget)
    return caught.value


def rungs(server: ModelServer) -> list[str]:
    return [request.get("response_format", {}).get("type", "plain") for request in server.requests]


# --- a good answer -------------------------------------------------------------------------------------------------


def test_a_good_answer_is_a_validated_value_and_is_recorded(make: Make, model_server: ModelServer) -> None:
    model_server.say(says.reply(GOOD))
    client = make(input_price=Decimal("2.50"), output_price=Decimal(10))
    budget = client.budget()
    assert ask(client, budget) == Reading(reason=Why.DISPUTE, note="the price is wrong", amount=Decimal("12.50"))
    (call,) = budget.records
    assert (call.purpose, call.base_url, call.model) == ("read", model_server.base_url, "small")
    assert (call.rung, call.outcome) == ("json_schema", "ok")
    assert (call.prompt_tokens, call.completion_tokens) == (100, 20)
    assert call.cost == Decimal("0.000450")
    assert len(call.prompt_sha256) == 64
    assert budget.used == (1, 120)


def test_the_request_is_deterministic_strict_and_has_the_static_text_first(
    make: Make, model_server: ModelServer
) -> None:
    model_server.say(says.reply(GOOD))
    ask(make(max_tokens=300))
    (request,) = model_server.requests
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert request["messages"][1]["content"] == "We dispute it."
    assert (request["temperature"], request["max_tokens"], request["stream"]) == (0, 300, False)
    shape = request["response_format"]["json_schema"]
    assert (shape["name"], shape["strict"]) == ("Reading", True)
    assert shape["schema"]["required"] == ["reason", "note", "amount"]
    assert shape["schema"]["additionalProperties"] is False


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{json.dumps(GOOD)}\n```",
        f"Here you are: {json.dumps(GOOD)} Anything else?",
        f"<think>maybe {{x}}?</think>\n{json.dumps(GOOD)}",
    ],
)
def test_fences_prose_and_thoughts_around_the_object_are_taken_off(
    make: Make, model_server: ModelServer, text: str
) -> None:
    model_server.say(says.reply(text))
    assert ask(make()).reason is Why.DISPUTE


def test_two_objects_are_not_guessed_between() -> None:
    assert isinstance(read_answer(Reading, json.dumps(GOOD) * 2), WrongAnswer)


def test_equal_questions_have_equal_digests_and_others_do_not(make: Make, model_server: ModelServer) -> None:
    model_server.behave(lambda _: says.reply(GOOD))
    client, budget = make(), Budget(max_calls=9)
    for user in ("a", "a", "b"):
        client.ask(Reading, purpose="read", system="s", user=user, budget=budget)
    first, second, third = (call.prompt_sha256 for call in budget.records)
    assert first == second != third


# --- odd answers: the measured table -------------------------------------------------------------------------------

ODD: dict[str, tuple[Answer, FailureKind]] = {
    "200 text/html": (says.html(), FailureKind.BAD_BODY),
    "200 broken JSON": (says.broken(), FailureKind.BAD_BODY),
    "200 empty body": (Answer(b""), FailureKind.BAD_BODY),
    "200 null": (Answer(b"null"), FailureKind.BAD_BODY),
    "200 list": (Answer(b"[]"), FailureKind.BAD_BODY),
    "200 not UTF-8": (Answer(b'{"choices": "\xff\xfe"}'), FailureKind.BAD_BODY),
    "200 lone surrogate in the body": (
        Answer(rb'{"choices":[{"message":{"content":"\ud800"},"finish_reason":"stop"}]}'),
        FailureKind.BAD_BODY,
    ),
    "200 deep nesting": (Answer(b'{"choices":' + b"[" * 100_000), FailureKind.BAD_BODY),
    "200 compressed": (
        Answer(gzip.compress(says.reply(GOOD).body), headers={"Content-Encoding": "gzip"}),
        FailureKind.BAD_BODY,
    ),
    "200 with an error inside": (Answer(b'{"error": {"message": "overloaded"}}'), FailureKind.EMPTY),
    "choices empty": (says.envelope({"choices": []}), FailureKind.EMPTY),
    "choices missing": (says.envelope({}), FailureKind.EMPTY),
    "choices null": (says.envelope({"choices": None}), FailureKind.EMPTY),
    "choice without message": (says.envelope({"choices": [{"finish_reason": "stop"}]}), FailureKind.EMPTY),
    "content null": (says.reply(None), FailureKind.EMPTY),
    "content blank": (says.reply(" \n"), FailureKind.EMPTY),
    "content in parts": (
        says.envelope({"choices": [{"message": {"content": [{"type": "text"}]}, "finish_reason": "stop"}]}),
        FailureKind.BAD_BODY,
    ),
    "refusal": (says.refusal(), FailureKind.REFUSAL),
    "length": (says.reply('{"reason": "disp', finish_reason="length"), FailureKind.LENGTH),
    "length with a whole object": (says.reply(GOOD, finish_reason="length"), FailureKind.LENGTH),
    "content filter": (says.reply(GOOD, finish_reason="content_filter"), FailureKind.CONTENT_FILTER),
    "tool call": (says.reply(GOOD, finish_reason="tool_calls"), FailureKind.UNFINISHED),
    "no finish_reason": (says.reply(GOOD, finish_reason=None), FailureKind.UNFINISHED),
    "10 MB": (says.huge(), FailureKind.TOO_LARGE),
    "10 MB without a length": (says.huge(announced=False), FailureKind.TOO_LARGE),
    "good, but 2 MB of blanks behind": (Answer(says.reply(GOOD).body + b" " * 2_000_000), FailureKind.TOO_LARGE),
    "900 kB of text": (says.huge(900_000), FailureKind.TOO_LARGE),
    "401": (says.status(401, f"Incorrect API key provided: {KEY}"), FailureKind.UNAUTHORIZED),
    "402": (says.status(402), FailureKind.QUOTA),
    "403": (says.status(403), FailureKind.UNAUTHORIZED),
    "404": (says.status(404, code="model_not_found"), FailureKind.NOT_FOUND),
    "413": (says.status(413), FailureKind.TOO_LONG),
    "429 without credit": (says.status(429, code="insufficient_quota"), FailureKind.QUOTA),
    "400 context": (says.status(400, "exceeds the available context size"), FailureKind.TOO_LONG),
    "400 content filter": (says.status(400, code="content_filter"), FailureKind.CONTENT_FILTER),
    "302": (says.status(302, headers={"Location": "http://169.254.169.254/"}), FailureKind.REDIRECT),
    "307": (says.status(307, headers={"Location": "/v1/elsewhere"}), FailureKind.REDIRECT),
    "redirect to nonsense": (says.status(302, headers={"Location": "http://[:"}), FailureKind.REDIRECT),
}


@pytest.mark.parametrize("case", ODD)
def test_an_odd_answer_is_a_typed_failure_after_one_request(make: Make, model_server: ModelServer, case: str) -> None:
    answer, kind = ODD[case]
    model_server.say(answer)
    client = make()
    budget = client.budget()
    failure = fail(client, budget)
    assert failure.kind is kind
    assert [call.outcome for call in budget.records] == [kind.value]
    assert len(model_server.requests) == 1


WRONG: dict[str, str] = {
    "prose": "I'll pay you 1001 dollars today",
    "truncated": '{"reason": "dispute", "note": "th',
    "empty object": "{}",
    "unknown enum": '{"reason": "tired", "note": "x", "amount": null}',
    "extra key": '{"reason": "dispute", "note": "x", "amount": null, "bank": "DE00"}',
    "number for text": '{"reason": "dispute", "note": 7, "amount": null}',
    "a list": "[1, 2]",
    "lone surrogate": r'{"reason": "dispute", "note": "\ud800", "amount": null}',
    "NUL": r'{"reason": "dispute", "note": "\u0000", "amount": null}',
    "too long a note": json.dumps({"reason": "dispute", "note": "x" * 41, "amount": None}),
    "endless number": json.dumps({"reason": "dispute", "note": "x"})[:-1] + ', "amount": ' + "1" * 9000 + "}",
    "NaN": '{"reason": "dispute", "note": "x", "amount": NaN}',
    "deep": '{"a":' * 20_000,
}


@pytest.mark.parametrize("case", WRONG)
def test_an_answer_that_is_not_the_schema_is_repaired_once_and_then_given_up(
    make: Make, model_server: ModelServer, case: str
) -> None:
    model_server.say(says.reply(GOOD))
    client = make()
    ask(client)  # the rung is proven
    model_server.say(says.reply(WRONG[case]), says.reply(WRONG[case]))
    budget = client.budget()
    failure = fail(client, budget)
    assert failure.kind is FailureKind.INVALID
    assert [call.outcome for call in budget.records] == ["invalid", "invalid"]
    assert rungs(model_server) == ["json_schema"] * 3


def test_the_repair_turn_names_the_problem_and_its_answer_counts(make: Make, model_server: ModelServer) -> None:
    model_server.say(says.reply({**GOOD, "note": "x" * 50}), says.reply(GOOD))
    client = make()
    budget = client.budget()
    assert ask(client, budget).note == GOOD["note"]
    repair = model_server.requests[1]["messages"]
    assert [message["role"] for message in repair] == ["system", "user", "assistant", "user"]
    assert "note: String should have at most 40 characters" in repair[3]["content"]
    assert '"additionalProperties":false' in repair[3]["content"]
    assert [call.outcome for call in budget.records] == ["invalid", "ok"]
    assert rungs(model_server) == ["json_schema"] * 2


def test_a_validator_that_breaks_is_a_wrong_answer_too() -> None:
    class Fragile(BaseModel):
        number: int

        def model_post_init(self, _: object) -> None:
            raise ZeroDivisionError("12345")

    answer = read_answer(Fragile, '{"number": 1}')
    assert isinstance(answer, WrongAnswer)
    assert "12345" not in str(answer.failure)


class Lenient(BaseModel):
    number: int = 0
    sure: bool = False


@pytest.mark.parametrize("text", ['{"bank": "DE00"}', '{"number": "3"}', '{"number": 3.0}', '{"sure": "yes"}'])
def test_a_schema_that_forgot_to_be_strict_is_read_strictly(text: str) -> None:
    assert isinstance(read_answer(Lenient, text), WrongAnswer)
    assert Lenient.model_validate_json(text)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.binary(max_size=300))
def test_no_body_whatever_raises(body: bytes) -> None:
    assert read_envelope(body).failure is not None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.integers(0, 60).map(lambda cut: json.dumps(GOOD)[:cut]))
def test_no_text_whatever_raises_and_no_partial_object_passes(text: str) -> None:
    assert isinstance(read_answer(Reading, text), WrongAnswer)


# --- texts that cannot be sent -------------------------------------------------------------------------------------


def test_lone_surrogates_of_a_mail_do_not_stop_the_question(make: Make, model_server: ModelServer) -> None:
    model_server.say(says.reply(GOOD))
    client = make()
    client.ask(Reading, purpose="read", system="s", user="we \udcff\ud800 pay\x00", budget=client.budget())
    assert model_server.requests[0]["messages"][1]["content"] == "we ?? pay?"


# --- the ladder ----------------------------------------------------------------------------------------------------


def picky(*refused: str, code: int = 400, text: str = "response_format.type is not supported") -> says.Behaviour:
    """Behave like a server that knows only some formats, and answer well otherwise."""

    def behave(request: dict[str, Any]) -> Answer:
        kind = request.get("response_format", {}).get("type", "plain")
        return says.status(code, text) if kind in refused else says.reply(GOOD)

    return behave


@pytest.mark.parametrize("code", [400, 422, 500, 501])
@pytest.mark.parametrize(
    ("refused", "path"),
    [
        (["json_schema"], ["json_schema", "json_object"]),
        (["json_schema", "json_object"], ["json_schema", "json_object", "plain"]),
    ],
)
def test_a_format_that_the_server_refuses_is_left_and_the_working_rung_remembered(
    make: Make, model_server: ModelServer, patience: Patience, code: int, refused: list[str], path: list[str]
) -> None:
    model_server.behave(picky(*refused, code=code))
    client = make()
    budget = client.budget()
    ask(client, budget)
    assert rungs(model_server) == path
    assert budget.used[0] == 1  # what was refused cost nothing
    ask(client)
    assert rungs(model_server) == [*path, path[-1]]
    assert patience.slept == []  # a refused format is no reason to wait


def test_a_refused_format_is_remembered_even_where_the_rung_below_gives_no_answer(
    make: Make, model_server: ModelServer
) -> None:
    model_server.say(says.status(400, "response_format"), says.refusal(), says.reply(GOOD))
    client = make()
    assert fail(client).kind is FailureKind.REFUSAL
    ask(client)
    assert rungs(model_server) == ["json_schema", "json_object", "json_object"]


def test_below_strict_schemas_the_schema_is_told_in_words_before_the_message(
    make: Make, model_server: ModelServer
) -> None:
    model_server.behave(picky("json_schema"))
    ask(make())
    request = model_server.requests[-1]
    assert request["response_format"]["schema"]["required"] == ["reason", "note", "amount"]
    assert '"enum":["dispute","promise"]' in request["messages"][0]["content"]
    assert "schema" not in request["messages"][1]["content"]


def test_a_400_without_words_about_the_format_steps_down_too(make: Make, model_server: ModelServer) -> None:
    model_server.behave(picky("json_schema", text="Bad Request"))
    client = make()
    ask(client)
    ask(client)
    assert rungs(model_server) == ["json_schema", "json_object", "json_object"]


def test_a_request_that_no_rung_can_cure_fails_as_rejected(make: Make, model_server: ModelServer) -> None:
    model_server.behave(lambda _: says.status(400, "bad", code="some_reason"))
    failure = fail(make())
    assert (failure.kind, failure.status) == (FailureKind.REJECTED, 400)
    assert "HTTP 400, some_reason" in failure.text
    assert rungs(model_server) == ["json_schema", "json_object", "plain"]


def test_a_bare_500_is_retried_and_then_taken_for_the_format_while_no_rung_is_proven(
    make: Make, model_server: ModelServer, patience: Patience
) -> None:
    model_server.behave(picky("json_schema", code=500, text="Internal Server Error"))
    ask(make(max_attempts=2))
    assert rungs(model_server) == ["json_schema", "json_schema", "json_object"]
    assert len(patience.slept) == 1


def test_an_outage_of_a_proven_server_does_not_lower_its_rung(make: Make, model_server: ModelServer) -> None:
    model_server.say(says.reply(GOOD), says.status(500), says.status(500), says.reply(GOOD))
    client = make(max_attempts=2)
    ask(client)
    assert fail(client).kind is FailureKind.SERVER_ERROR
    ask(client)
    assert rungs(model_server) == ["json_schema"] * 4


def test_a_server_that_ignores_formats_is_found_out_and_asked_plainly_from_then_on(
    make: Make, model_server: ModelServer
) -> None:
    def behave(request: dict[str, Any]) -> Answer:
        return says.reply("Sure! He disputes it." if "response_format" in request else GOOD)

    model_server.behave(behave)
    client = make()
    budget = client.budget()
    ask(client, budget)
    ask(client)
    assert rungs(model_server) == ["json_schema", "json_object", "plain", "plain"]
    assert [call.outcome for call in budget.records] == ["invalid", "invalid", "ok"]


def test_the_plain_rung_has_one_repair(make: Make, model_server: ModelServer) -> None:
    model_server.behave(picky("json_schema", "json_object"))
    client = make()
    ask(client)
    model_server.say(says.reply("no JSON at all"), says.reply("still none"))
    assert fail(client).kind is FailureKind.INVALID
    assert rungs(model_server)[-2:] == ["plain", "plain"]


def test_two_models_of_one_address_have_their_own_rungs(make: Make, model_server: ModelServer) -> None:
    from agent.llm_habits import Habits

    def behave(request: dict[str, Any]) -> Answer:
        return picky("json_schema")(request) if request["model"] == "old" else says.reply(GOOD)

    model_server.behave(behave)
    habits = Habits()
    for model in ("old", "new", "old"):
        client = ModelClient(ModelSettings(base_url=model_server.base_url, model=model), habits=habits)
        ask(client)
    assert rungs(model_server) == ["json_schema", "json_object", "json_schema", "json_object"]


def test_parameters_that_a_model_rejects_by_name_are_left_out_from_then_on(
    make: Make, model_server: ModelServer
) -> None:
    def behave(request: dict[str, Any]) -> Answer:
        if "max_tokens" in request:
            return says.status(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        if "temperature" in request:
            return says.status(400, "Unsupported value: 'temperature' does not support 0 with this model.")
        return says.reply(GOOD)

    model_server.behave(behave)
    client = make(max_tokens=500)
    ask(client)
    ask(client)
    assert rungs(model_server) == ["json_schema"] * 4
    assert model_server.requests[-1]["max_completion_tokens"] == 500


@pytest.mark.parametrize("words", ["max_tokens, max_completion_tokens", "temperature"])
def test_a_server_that_goes_on_complaining_about_parameters_ends(
    make: Make, model_server: ModelServer, words: str
) -> None:
    model_server.behave(lambda _: says.status(400, words))
    assert fail(make()).kind is FailureKind.REJECTED


# --- retries and the deadline --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_with_growing_waits(
    make: Make, model_server: ModelServer, patience: Patience, code: int
) -> None:
    model_server.say(says.status(code), says.status(code), says.reply(GOOD))
    client = make()
    budget = client.budget()
    ask(client, budget)
    assert [call.outcome for call in budget.records][2] == "ok"
    first, second = patience.slept
    assert 0.5 <= first <= 1
    assert 1 <= second <= 1.5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "-3"}, 0.0),
        ({"retry-after-ms": "1500", "Retry-After": "9"}, 1.5),
        ({"Retry-After": "Mon, 09 Mar 2026 08:00:20 GMT"}, 20.0),
        ({"Retry-After": "Mon, 09 Mar 2026 07:00:00 GMT"}, 0.0),
    ],
)
def test_retry_after_is_honoured(
    make: Make, model_server: ModelServer, patience: Patience, headers: dict[str, str], seconds: float
) -> None:
    model_server.say(says.status(429, headers=headers), says.reply(GOOD))
    ask(make())
    assert patience.slept == [seconds]


@pytest.mark.parametrize("nonsense", ["soon", "nan", "", "Mon, 99 Foo 2026"])
def test_a_retry_after_without_sense_is_an_ordinary_wait(
    make: Make, model_server: ModelServer, patience: Patience, nonsense: str
) -> None:
    model_server.say(says.status(429, headers={"Retry-After": nonsense}), says.reply(GOOD))
    ask(make())
    assert 0.5 <= patience.slept[0] <= 1


@pytest.mark.parametrize("wait", ["3600", "inf", "1e300", "Mon, 09 Mar 2026 10:00:00 GMT"])
def test_a_wait_beyond_the_deadline_is_not_begun(
    make: Make, model_server: ModelServer, patience: Patience, wait: str
) -> None:
    model_server.say(says.status(429, headers={"Retry-After": wait}))
    failure = fail(make(deadline_seconds=60))
    assert failure.kind is FailureKind.RATE_LIMITED
    assert patience.slept == []


def test_retries_end_at_max_attempts(make: Make, model_server: ModelServer, patience: Patience) -> None:
    model_server.behave(lambda _: says.status(503))
    assert fail(make(max_attempts=3)).kind is FailureKind.SERVER_ERROR
    assert len(model_server.requests) == 3
    assert len(patience.slept) == 2


def test_the_deadline_is_for_all_questions_of_a_message(
    make: Make, model_server: ModelServer, patience: Patience
) -> None:
    model_server.say(says.status(429, headers={"Retry-After": "50"}), says.reply(GOOD))
    client = make(deadline_seconds=60, max_calls_per_message=9)
    budget = client.budget()
    ask(client, budget)
    patience.sleep(20)
    assert fail(client, budget).kind is FailureKind.DEADLINE
    assert len(model_server.requests) == 2


def test_a_server_that_hangs_is_left_at_the_timeout_and_counts_as_a_call(make: Make, model_server: ModelServer) -> None:
    model_server.say(says.hang())
    client = make(timeout_seconds=0.3, max_attempts=1)
    budget = client.budget()
    started = time.monotonic()
    assert fail(client, budget).kind is FailureKind.TIMEOUT
    assert time.monotonic() - started < 30
    assert budget.used[0] == 1


def test_the_timeout_of_an_attempt_is_never_more_than_the_time_left(make: Make, model_server: ModelServer) -> None:
    model_server.say(says.hang())
    started = time.monotonic()
    assert fail(make(timeout_seconds=60, deadline_seconds=0.3)).kind is FailureKind.TIMEOUT
    assert time.monotonic() - started < 60


def test_a_body_that_drips_does_not_hold_a_worker(make: Make, model_server: ModelServer) -> None:
    model_server.say(says.drip())
    started = time.monotonic()
    assert fail(make(timeout_seconds=0.4, max_attempts=1)).kind is FailureKind.TIMEOUT
    assert time.monotonic() - started < 60


def test_a_connection_that_breaks_in_the_body_is_tried_again(make: Make, model_server: ModelServer) -> None:
    model_server.say(says.cut(), says.reply(GOOD))
    client = make()
    budget = client.budget()
    ask(client, budget)
    assert [call.outcome for call in budget.records] == ["interrupted", "ok"]
    assert budget.used[0] == 2


def test_a_closed_port_is_tried_again_and_costs_nothing(patience: Patience) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    client = ModelClient(
        ModelSettings(base_url=f"http://127.0.0.1:{port}/v1", model="m", max_attempts=3), sleep=patience.sleep
    )
    budget = client.budget()
    assert fail(client, budget).kind is FailureKind.CONNECTION
    assert [call.outcome for call in budget.records] == ["connection"] * 3
    assert budget.used == (0, 0)


# --- budgets and cost ----------------------------------------------------------------------------------------------


def test_a_message_has_so_many_calls_and_no_more(make: Make, model_server: ModelServer) -> None:
    model_server.behave(lambda _: says.reply(GOOD))
    client = make(max_calls_per_message=2)
    budget = client.budget()
    ask(client, budget)
    ask(client, budget)
    failure = fail(client, budget)
    assert failure.kind is FailureKind.BUDGET
    assert "2 of 2 model calls" in failure.text
    assert len(model_server.requests) == len(budget.records) == 2


def test_a_repair_that_the_budget_does_not_allow_is_not_made(make: Make, model_server: ModelServer) -> None:
    model_server.say(says.reply({**GOOD, "note": "x" * 50}))
    assert fail(make(max_calls_per_message=1)).kind is FailureKind.BUDGET


def test_tokens_of_a_message_are_limited_before_the_call(make: Make, model_server: ModelServer) -> None:
    client = make(max_tokens=1000, max_tokens_per_message=900)
    assert fail(client).kind is FailureKind.BUDGET
    assert model_server.requests == []


def test_a_day_has_a_budget_across_messages_and_a_new_day_a_new_one(make: Make, model_server: ModelServer) -> None:
    model_server.behave(lambda _: says.reply(GOOD))
    now = [NOW]
    daily = DailyBudget(lambda: now[0], max_calls=3, used_calls=1)
    client = make(daily=daily)
    ask(client)
    ask(client)
    budget = client.budget()
    assert fail(client, budget).kind is FailureKind.BUDGET
    assert budget.used == (0, 0)
    assert daily.used == (3, 240)
    now[0] += timedelta(hours=16)
    ask(client)
    assert daily.used == (1, 120)


def test_the_days_tokens_are_limited(make: Make, model_server: ModelServer) -> None:
    model_server.behave(lambda _: says.reply(GOOD))
    client = make(max_tokens=100, daily_budget_tokens=400)
    ask(client)
    ask(client)
    assert fail(client).kind is FailureKind.BUDGET
    assert len(model_server.requests) == 2


def test_a_call_reserved_yesterday_does_not_lower_todays_count() -> None:
    now = [NOW]
    daily = DailyBudget(lambda: now[0], max_calls=5)
    reserved = daily.reserve(1000)
    now[0] += timedelta(days=1)
    daily.settle(reserved, tokens=10, counted=False)
    assert daily.used == (0, 0)


def test_threads_cannot_overspend_together(make: Make, model_server: ModelServer) -> None:
    model_server.behave(lambda _: says.reply(GOOD))
    daily = DailyBudget(lambda: NOW, max_calls=7)
    client = make(daily=daily)
    outcomes: list[str] = []

    def work() -> None:
        for _ in range(3):
            try:
                ask(client)
                outcomes.append("ok")
            except ModelFailure as failure:
                outcomes.append(failure.kind.value)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["budget"] * 11 + ["ok"] * 7
    assert len(model_server.requests) == 7
    assert daily.used == (7, 840)


@pytest.mark.parametrize(
    "usage", [None, {"prompt_tokens": -5, "completion_tokens": 2}, {"prompt_tokens": 10**30, "completion_tokens": 0}]
)
def test_usage_that_is_missing_or_absurd_is_estimated_for_the_budget_and_not_recorded(
    make: Make, model_server: ModelServer, usage: dict[str, int] | None
) -> None:
    model_server.say(says.reply(GOOD, usage=usage))
    client = make(input_price=Decimal(1), output_price=Decimal(1))
    budget = client.budget()
    ask(client, budget)
    assert 50 < budget.used[1] < 1000
    assert (budget.records[0].prompt_tokens, budget.records[0].cost) == (0, None)


# --- the key, the mail and the logs --------------------------------------------------------------------------------


def everything_about(error: BaseException) -> str:
    """Give all texts of an exception, of those behind it, and of its report."""
    seen: list[str] = []
    one: BaseException | None = error
    while one is not None:
        seen += [repr(one), str(one), str(vars(one))]
        one = one.__cause__ or one.__context__
    return "\n".join([*seen, *traceback.format_exception(error)])


@pytest.mark.parametrize(
    "answer",
    [
        says.status(401, f"Incorrect API key provided: {KEY}. We dispute it."),
        says.status(400, f"{KEY} We dispute it.", code=KEY),
        says.html(),
        says.reply("We dispute it."),
        says.cut(),
        says.status(302, headers={"Location": "http://127.0.0.1:1/"}),
    ],
)
def test_neither_key_nor_mail_is_in_a_failure_a_log_or_a_record(
    make: Make, model_server: ModelServer, caplog: pytest.LogCaptureFixture, answer: Answer
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.DEBUG)  # as OPENAI_LOG=debug does
    model_server.behave(lambda _: answer)
    client = make(api_key=SecretStr(KEY), max_attempts=2)
    budget = client.budget()
    text = everything_about(fail(client, budget)) + caplog.text + repr(budget.records) + repr(vars(client))
    assert model_server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in text
    assert "We dispute it" not in text
    assert "HTTP Request" not in text
    assert caplog.text.count("model call for read") == len(budget.records)


def test_settings_never_show_the_key() -> None:
    good = ModelSettings(base_url="https://models.example/v1", model="m", api_key=SecretStr(KEY))
    assert KEY not in f"{good!r} {good} {good.model_dump()} {good.model_dump_json()}"
    with pytest.raises(ValueError, match="api_key") as caught:
        ModelSettings.model_validate(
            {"base_url": "https://models.example/v1", "model": "m", "api_key": KEY, "api_key_file": "x"}
        )
    assert KEY not in str(caught.value)


def test_the_key_may_be_in_a_file(make: Make, model_server: ModelServer, tmp_path: Any) -> None:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    model_server.say(says.reply(GOOD))
    ask(make(api_key_file=path))
    assert model_server.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("content", [None, b"", b"two\nlines", b"\xff\xfe", "schlüssel".encode()])
def test_a_key_file_that_cannot_be_used_is_a_failure_without_its_content(
    make: Make, model_server: ModelServer, tmp_path: Any, content: bytes | None
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    failure = fail(make(api_key_file=path))
    assert failure.kind is FailureKind.SETTINGS
    assert failure.text.startswith(f"model.api_key_file {path} ")
    assert "lines" not in everything_about(failure).replace("lineno", "")
    assert model_server.requests == []


def test_the_environment_lends_no_identity(
    make: Make, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer from-the-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    model_server.behave(lambda _: says.reply(GOOD))
    ask(make())
    ask(make(api_key=SecretStr(KEY)))
    assert "authorization" not in model_server.headers[0]
    assert model_server.headers[1]["authorization"] == f"Bearer {KEY}"
    assert "from-the-environment" not in repr(model_server.headers)


def test_a_malformed_proxy_of_the_environment_is_a_failure_that_hides_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"gopher://user:{KEY}@proxy.example:1")
    client = ModelClient(ModelSettings(base_url="https://models.example/v1", model="m"))
    failure = fail(client)
    assert failure.kind is FailureKind.SETTINGS
    assert KEY not in everything_about(failure)


# --- the address ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example/v1",
        "http://10.0.0.5/v1",
        "http://192.168.1.9:8000/v1",
        "http://localhost.example/v1",
        "http://127.0.0.1.example/v1",
        "https://169.254.169.254/latest",
        "http://169.254.169.254/latest",
        "https://169.254.1.1/v1",
        "https://[fe80::1]/v1",
        "https://[fe80::1%25eth0]/v1",
        "https://[::ffff:169.254.169.254]/v1",
        "https://[64:ff9b::a9fe:a9fe]/v1",
        "https://[2002:a9fe:a9fe::1]/v1",
        "https://[fd00:ec2::254]/v1",
        "https://100.100.100.200/v1",
        "https://168.63.129.16/v1",
        "https://metadata.google.internal/v1",
        "https://METADATA.google.internal./v1",
        "https://0.0.0.0/v1",
        "http://0.0.0.0:8000/v1",
        "https://[::]/v1",
        "https://224.0.0.1/v1",
        "http://0x7f.1/v1",
        "http://2130706433/v1",
        "https://0xa9fea9fe/v1",
        "https://2852039166/v1",
        "http://127.1/v1",
        "https://１６９.254.169.254/v1",
        "https://user:secret@models.example/v1",
        "https://models.example@169.254.169.254/v1",
        "https://models.example/v1?key=1",
        "https://models.example/v1#x",
        "https://models.example\\@evil.example/v1",
        "https://models.example:0/v1",
        "https://models.example:99999/v1",
        "https://[::1/v1",
        "https:///v1",
        "file:///etc/passwd",
        "ftp://127.0.0.1/v1",
        "models.example/v1",
        "https://models.example/v1\r\nHost: evil.example",
        "",
    ],
)
def test_an_unsafe_address_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(ValueError, match="base_url\n") as caught:
        ModelSettings(base_url=url, model="m")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example/v1",
        "https://models.example:8443/openai/v1/",
        "https://10.0.0.5/v1",
        "https://[2001:db8::1]/v1",
        "http://localhost:11434/v1",
        "http://127.0.0.1:8080/v1",
        "http://127.8.8.8:8080/v1",
        "http://[::1]:8080/v1",
    ],
)
def test_a_safe_address_is_taken_without_its_closing_slash(url: str) -> None:
    assert ModelSettings(base_url=url, model="m").base_url == url.rstrip("/")


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://models.example/v1", "169.254.169.254"),
        ("https://models.example/v1", "fe80::1%eth0"),
        ("https://models.example/v1", "::ffff:169.254.169.254"),
        ("http://localhost:8080/v1", "10.0.0.5"),
    ],
)
def test_a_name_that_leads_to_a_forbidden_address_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, url: str, leads_to: str
) -> None:
    family = socket.AF_INET6 if ":" in leads_to else socket.AF_INET
    monkeypatch.setattr(
        "agent.llm_http.socket.getaddrinfo", lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", (leads_to, 443))]
    )
    client = ModelClient(ModelSettings(base_url=url, model="m"))
    budget = client.budget()
    assert fail(client, budget).kind is FailureKind.BLOCKED_ADDRESS
    assert budget.used == (0, 0)


def test_a_redirect_is_not_followed_and_takes_no_key_along(make: Make, model_server: ModelServer) -> None:
    with ModelServer() as other:
        model_server.say(says.status(307, headers={"Location": f"{other.base_url}/chat/completions"}))
        assert fail(make(api_key=SecretStr(KEY))).kind is FailureKind.REDIRECT
        assert other.requests == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"modell": "m"},
        {"model": ""},
        {"timeout_seconds": 0},
        {"max_attempts": 0},
        {"temperature": 3},
        {"input_price": Decimal(1)},
        {"input_price": Decimal("NaN"), "output_price": Decimal(1)},
        {"input_price": Decimal(-1), "output_price": Decimal(1)},
        {"api_key": ""},
        {"api_key": "two words"},
        {"api_key": "line\nbreak"},
    ],
)
def test_settings_without_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        ModelSettings(**{"base_url": "https://models.example/v1", "model": "m", **wrong})


# --- housekeeping --------------------------------------------------------------------------------------------------


def test_nothing_heavy_is_loaded_before_the_first_question() -> None:
    code = (
        "import sys; from agent.llm import ModelClient, ModelSettings;"
        "ModelClient(ModelSettings(base_url='https://models.example/v1', model='m')).budget();"
        "print([m for m in ('openai', 'httpx2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_closed_client_connects_again(make: Make, model_server: ModelServer) -> None:
    model_server.behave(lambda _: says.reply(GOOD))
    client = make()
    ask(client)
    client.close()
    client.close()
    ask(client)
    gc.collect()
    assert len(model_server.requests) == 2


def test_a_large_but_allowed_answer_is_read(make: Make, model_server: ModelServer) -> None:
    padded = json.dumps(GOOD) + " " * 150_000
    assert len(padded) < MAX_BODY_BYTES
    model_server.say(says.reply(padded))
    assert ask(make()).reason is Why.DISPUTE


def test_a_request_beyond_the_script_fails_the_test() -> None:
    with ModelServer() as server:
        client = ModelClient(ModelSettings(base_url=server.base_url, model="m"))
        fail(client)
        with pytest.raises(AssertionError, match="beyond the script"):
            server.check()
