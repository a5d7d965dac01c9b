"""Says in one line which extra is missing where a setting asks for a library that is not installed."""

from __future__ import annotations

from importlib.util import find_spec


class ExtraMissing(RuntimeError):
    """A setting needs libraries that are not installed. The text says which, and how to get them."""


def need_workers() -> None:
    """Insist on the extra `workers`. Raises ExtraMissing."""
    if find_spec("procrastinate") is None:
        raise ExtraMissing(
            "dunwell worker: needs the extra workers: pip install 'dunwell[workers]', or run one daemon: dunwell run"
        )


def need_risk() -> None:
    """Insist on the extra `risk`. Raises ExtraMissing."""
    if find_spec("sklearn") is None:
        raise ExtraMissing("dunwell risk train: needs the extra risk: pip install 'dunwell[risk]'")


def need_telemetry(setting: str, package: str) -> None:
    """Insist on a package of the extra `telemetry`. Raises ExtraMissing."""
    try:
        there = find_spec(package) is not None
    except ModuleNotFoundError:  # the folder above it is missing
        there = False
    if not there:
        raise ExtraMissing(
            f"{setting}: needs the extra telemetry: pip install 'dunwell[telemetry]', or remove the setting"
        )
