"""Reads the policy file. A file that is wrong anywhere is refused as a whole, one line a fault; nothing is guessed or left out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tools.limits import Policy

#: The commented default that comes with dunwell: equal to a policy without any setting.
SHIPPED_FILE = Path(__file__).with_name("policy.toml")


class PolicyError(ValueError):
    """The policy is wrong. The text names the file and the setting and what to do, a line each."""


def read_policy(path: Path) -> Policy:
    """Read and check a policy file. Raises PolicyError."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise PolicyError(f"{path} does not exist: run `dunwell policy init` to write one") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} is not valid TOML: {error}") from None
    except (OSError, ValueError) as error:
        raise PolicyError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error})") from None
    return policy_from(raw, source=str(path))


def policy_from(raw: Mapping[str, Any], *, source: str) -> Policy:
    """Check the settings of a policy. Raises PolicyError, which names `source`."""
    try:
        return Policy(**raw)
    except ValidationError as error:
        raise PolicyError("\n".join(f"{source}: {plain_fault(detail)}" for detail in error.errors())) from None


def plain_fault(detail: Any) -> str:
    """Put one fault of pydantic into a plain line: the setting, then what is wrong with it."""
    where = ".".join(str(part) for part in detail["loc"])
    message = str(detail["msg"]).removeprefix("Value error, ")
    message = {"Field required": "is missing", "Extra inputs are not permitted": "is not a setting of dunwell"}.get(
        message, message
    )
    return f"{where}: {message}" if where else message
