"""The configuration file as it stands, and what the environment and a policy file put into it. Checks no setting.

No secret may stand in the file: it is refused before anything else is looked at.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.policy_file import PolicyError, read_policy

_SECRETS = ("password", "api_key", "secret", "token", "client_secret")


class ConfigError(ValueError):
    """The configuration is wrong. The text names the setting and what to do, a line each."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a configuration file as it stands. Raises ConfigError, also where a secret stands in it."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist: run `dunwell init` to write one") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{path} cannot be read ({why}): name the configuration file with --config") from None
    _refuse_secrets(raw, path)
    return raw


def complete(raw: dict[str, Any], path: Path, environment: Mapping[str, str], *, beside: Mapping[str, str]) -> None:
    """Put in what the given variables and the policy file say; `beside` holds variables that may not state a policy as well."""
    _overlay(raw, environment)
    _connection_secrets(raw, environment)
    _policy_from_its_file(raw, path, environment, beside=beside)


def _refuse_secrets(raw: Any, path: Path, where: str = "") -> None:
    pairs = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in pairs:
        name = f"{where}.{key}" if where else str(key)
        if str(key) in _SECRETS and isinstance(value, str):
            raise ConfigError(
                f"{path}: {name}: a secret does not belong into this file; use {name}_file or the environment"
            )
        _refuse_secrets(value, path, name)


def _overlay(raw: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Put the named environment variables in their places. What has the wrong shape is left for the check to name."""
    if (url := environment.get("DUNWELL_DATABASE_URL")) and isinstance(raw.setdefault("store", {}), dict):
        raw["store"]["url"] = url
    if (key := environment.get("DUNWELL_MODEL_API_KEY")) and isinstance(raw.get("model"), dict):
        raw["model"]["api_key"] = key
    channels = raw.get("channels")
    sms = channels.get("sms") if isinstance(channels, dict) else None
    if isinstance(sms, dict) and (secret := environment.get("DUNWELL_SMS_SECRET")):
        sms["secret"] = secret
    mailboxes = raw.get("mailboxes")
    for mailbox in mailboxes if isinstance(mailboxes, list) else []:
        if not isinstance(mailbox, dict):
            continue
        name = str(mailbox.get("name", "")).upper().replace("-", "_").replace(".", "_")
        if password := environment.get(f"DUNWELL_MAILBOX_{name}_PASSWORD"):
            mailbox["password"] = password
        if (password := environment.get(f"DUNWELL_SMTP_{name}_PASSWORD")) and isinstance(mailbox.get("smtp"), dict):
            mailbox["smtp"]["password"] = password


def _connection_secrets(raw: dict[str, Any], environment: Mapping[str, str]) -> None:
    connections = raw.get("connections")
    for connection in connections if isinstance(connections, list) else []:
        if isinstance(connection, dict):
            name = str(connection.get("name", "")).upper()
            if secret := environment.get(f"DUNWELL_CONNECTION_{name}_SECRET"):
                connection["secret"] = secret


def _policy_from_its_file(
    raw: dict[str, Any], path: Path, environment: Mapping[str, str], *, beside: Mapping[str, str]
) -> None:
    """Read the policy file where one is named. There is one source of the policy: a block or a variable beside it is refused."""
    named = environment.get("DUNWELL_POLICY_FILE") or raw.pop("policy_file", None)
    raw.pop("policy_file", None)
    if named is None:
        return
    if not isinstance(named, str) or not named.strip():
        raise ConfigError(f"{path}: policy_file: must be the path of a policy file")
    if "policy" in raw:
        raise ConfigError(f"{path}: policy: is stated twice: keep either policy_file ({named}) or the block [policy]")
    for name in {*environment, *beside}:
        if name.upper() == "DUNWELL_POLICY" or name.upper().startswith("DUNWELL_POLICY__"):
            raise ConfigError(f"environment: {name}: the policy stands in {named} alone: remove the variable")
    try:
        raw["policy"] = read_policy(path.parent / named)
    except PolicyError as error:
        raise ConfigError(str(error)) from None
