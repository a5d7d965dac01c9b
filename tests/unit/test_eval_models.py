"""What `--model` means, and that a key goes to the one server that it is for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.llm_failure import FailureKind, ModelFailure
from evals.results import Mode
from evals.running.models import Model, NoModel, models_named
from evals.running.thinking import Asked, Thinking

ONE, TWO = "https://one.example/v1", "https://two.example/v1"
KEYS = {"ONE_KEY": "first-key", "TWO_KEY": "second-key"}


def named(*names: str, config: Path = Path("none.toml"), **more: Any) -> list[Model]:
    return models_named(names, config=config, environment=KEYS, **more)


def key_of(model: Model) -> str | None:
    assert model.settings is not None
    return model.settings.key()


def test_the_embedded_reader_needs_nothing() -> None:
    assert named("embedded") == [Model("embedded", Mode.EMBEDDED)]


def test_models_at_addresses() -> None:
    at, plain = named(f"big/model-1@{ONE}", "small", base_url=TWO)
    assert at.settings is not None
    assert plain.settings is not None
    assert (at.name, at.label, at.settings.base_url) == ("big/model-1", "big-model-1", ONE)
    assert (plain.name, plain.settings.base_url) == ("small", TWO)
    assert {at.mode, plain.mode} == {Mode.LIVE}


def test_a_name_may_hold_an_at_sign() -> None:
    (model,) = named("org@v2", base_url=ONE)
    assert model.name == "org@v2"


def test_a_key_goes_to_its_own_server_alone() -> None:
    first, second = named(f"a@{ONE}", f"b@{TWO}", key_env=[f"TWO_KEY@{TWO}"])
    assert key_of(first) is None
    assert key_of(second) == "second-key"
    (alone,) = named(f"a@{ONE}", key_env=["ONE_KEY"])
    assert key_of(alone) == "first-key"
    first, second = named("a", f"b@{TWO}", base_url=ONE, key_env=["ONE_KEY"])
    assert (key_of(first), key_of(second)) == ("first-key", None)


@pytest.mark.parametrize(
    ("names", "more", "told"),
    [
        ([f"a@{ONE}", f"b@{TWO}"], {"key_env": ["ONE_KEY"]}, "say for which server"),
        ([f"a@{ONE}"], {"key_env": [f"ONE_KEY@{TWO}"]}, "no model is asked at"),
        ([f"a@{ONE}"], {"key_env": ["NO_KEY"]}, "is not set"),
        (["embedded"], {"key_env": ["ONE_KEY"]}, "say for which server"),
        (["a"], {}, "say where it is"),
        ([f"a@{ONE}", f"a@{TWO}"], {}, "named twice"),
        ([f"a/b@{ONE}", f"a b@{TWO}"], {}, "named twice"),
        (["a@http://10.0.0.1/v1"], {}, "must be https"),
        (["a@http://169.254.169.254/v1"], {}, "refused"),
        ([f"@{ONE}"], {}, "model"),
        (["embedded"], {"record": Path("tape")}, "no answers to record"),
        (["config"], {}, "does not exist"),
    ],
)
def test_what_cannot_be_is_one_line(names: list[str], more: dict[str, Any], told: str) -> None:
    with pytest.raises(NoModel, match=told) as caught:
        named(*names, **more)
    assert "key" not in str(caught.value).replace("--key-env", "").replace("_KEY", "").lower()


def test_recordings_of_several_models_go_to_folders_of_their_own() -> None:
    first, second = named(f"a@{ONE}", f"b@{ONE}", record=Path("tape"))
    assert (first.cassette, second.cassette) == (Path("tape/a"), Path("tape/b"))
    (alone,) = named(f"a@{ONE}", record=Path("tape"))
    assert alone.cassette == Path("tape")


class Failing(Asked):
    """A client whose questions ended so."""

    def __init__(self, *kinds: FailureKind, answers: int = 0, text: str = "no") -> None:
        self.failures = [("read", ModelFailure(kind, text)) for kind in kinds]
        self.answers = answers


@pytest.mark.parametrize("kind", ["timeout", "connection", "rate_limited", "unauthorized", "not_found", "bad_body"])
def test_a_server_that_is_away_is_no_result(kind: str) -> None:
    thinking = Thinking(named(f"a@{ONE}")[0])
    assert f"read: {kind}" in str(thinking.trouble(Failing(FailureKind(kind), answers=1)))


@pytest.mark.parametrize("kind", ["invalid", "refusal", "length", "empty", "too_long", "content_filter", "budget"])
def test_what_the_model_does_is_a_result(kind: str) -> None:
    assert Thinking(named(f"a@{ONE}")[0]).trouble(Failing(FailureKind(kind))) is None


def test_a_server_that_takes_no_request_is_set_up_wrongly_but_may_turn_one_down() -> None:
    thinking = Thinking(named(f"a@{ONE}")[0])
    assert thinking.trouble(Failing(FailureKind.REJECTED)) is not None
    assert thinking.trouble(Failing(answers=1)) is None
    assert thinking.trouble(Failing(FailureKind.REJECTED)) is None


def test_a_day_that_is_used_up_is_no_result() -> None:
    thinking = Thinking(named(f"a@{ONE}")[0])
    assert thinking.trouble(Failing(FailureKind.BUDGET, text="today's model budget is used up: 1 of 1 model calls"))
