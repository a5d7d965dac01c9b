"""What `--model` means: which model thinks in a run, where it is reached, and what the run may therefore be called.

    embedded          the reader that comes along; no language model
    config            the [model] of dunwell.toml
    NAME              that model at --base-url
    NAME@URL          that model at that address

`--cassette DIR` replays the model that was recorded there instead; `--record DIR` records the one that is asked. A key comes from an environment variable alone, and goes to the one server that it is for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from agent.llm_settings import ModelSettings
from evals.results import Mode

EMBEDDED = "embedded"
CONFIG = "config"


class NoModel(ValueError):
    """A model that was named cannot be used. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model of a run. `cassette`: where recorded answers come from (replay) or go to (live)."""

    name: str
    mode: Mode
    settings: ModelSettings | None = None
    cassette: Path | None = None

    @property
    def label(self) -> str:
        """The name as part of a file name."""
        return re.sub(r"[^A-Za-z0-9._-]+", "-", self.name).strip("-.") or "model"


def models_named(
    names: Sequence[str],
    *,
    config: Path,
    base_url: str | None = None,
    key_env: Sequence[str] = (),
    record: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> list[Model]:
    """Give the models of a run, in the order named. Raises NoModel."""
    found = [_settings(name, config=config, base_url=base_url) for name in names]
    keys = _keys(key_env, found, base_url=base_url, environment=os.environ if environment is None else environment)
    models = []
    for settings in found:
        if settings is None:
            models.append(Model(EMBEDDED, Mode.EMBEDDED))
            continue
        if settings.base_url in keys:
            settings = _checked({**settings.model_dump(), "api_key": keys[settings.base_url], "api_key_file": None})
        models.append(Model(settings.model, Mode.LIVE, settings))
    _all_different(models)
    if record is None:
        return models
    if any(model.mode is Mode.EMBEDDED for model in models):
        raise NoModel("--record: the embedded reader gives no answers to record")
    return [replace(model, cassette=record if len(models) == 1 else record / model.label) for model in models]


def models_recorded(cassettes: Sequence[Path]) -> list[Model]:
    """Give the models that were recorded in these folders. Raises NoModel where one is no recording of these prompts."""
    from evals.cassettes.format import CassetteError
    from evals.cassettes.replaying import Replay

    models = []
    for folder in cassettes:
        try:
            models.append(Model(Replay(folder).model, Mode.REPLAY, cassette=folder))
        except CassetteError as error:
            raise NoModel(str(error)) from None
    _all_different(models)
    return models


def _all_different(models: Sequence[Model]) -> None:
    labels = [model.label for model in models]
    for label in labels:
        if labels.count(label) > 1:
            raise NoModel(f"--model: {label} is named twice")


def _settings(name: str, *, config: Path, base_url: str | None) -> ModelSettings | None:
    if name == EMBEDDED:
        return None
    if name == CONFIG:
        return _configured(config)
    model, at, url = name.partition("@http")
    if at:
        return _checked({"model": model, "base_url": f"http{url}"})
    if base_url is None and "@" in name:
        raise NoModel(
            f"--model {name}: an address begins with http:// or https://, as in NAME@http://localhost:8000/v1"
        )
    if base_url is None:
        raise NoModel(f"--model {name}: say where it is, with --base-url URL or as {name}@URL")
    return _checked({"model": name, "base_url": base_url})


def _configured(config: Path) -> ModelSettings:
    from agent.companies import load_chosen
    from agent.config import ConfigError

    try:
        settings = load_chosen(config).model
    except ConfigError as error:
        raise NoModel(str(error)) from None
    if settings is None:
        raise NoModel(f"--model config: {config} has no [model]")
    return settings


def _checked(values: Mapping[str, object]) -> ModelSettings:
    try:
        return ModelSettings.model_validate(values)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
        raise NoModel("--model: " + "; ".join(faults)) from None


def _keys(
    given: Sequence[str], found: Sequence[ModelSettings | None], *, base_url: str | None, environment: Mapping[str, str]
) -> dict[str, str]:
    """Give each server its key: `VARIABLE`, or `VARIABLE@URL` where several servers are asked."""
    servers = {settings.base_url for settings in found if settings is not None}
    keys = {}
    for one in given:
        variable, at, url = one.partition("@http")
        if at:
            server = f"http{url}".rstrip("/")
        elif base_url is not None:
            server = base_url.rstrip("/")
        elif len(servers) == 1:
            server = next(iter(servers))
        else:
            raise NoModel(f"--key-env {variable}: say for which server it is, as {variable}@URL")
        if server not in servers:
            raise NoModel(f"--key-env {variable}: no model is asked at {server}")
        value = environment.get(variable)
        if not value:
            raise NoModel(f"--key-env {variable}: this environment variable is not set")
        keys[server] = value
    return keys
