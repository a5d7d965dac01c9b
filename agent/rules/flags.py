"""Flags of a mail that a person must answer for one by one: somebody may be pretending, speaking to the machine, or in danger."""

from __future__ import annotations

from collections.abc import Iterable

HIGH: frozenset[str] = frozenset(
    {
        "addressed_to_machine",
        "auth_failed",
        "auth_injected",
        "auth_mismatch",
        "double_from",
        "hidden_text",
        "look_alike",
        "malformed_from",
        "misleading_name",
        "person_in_danger",
        "reply_to_elsewhere",
        "safety_matter",
        "unreported",
        "warning_words",
    }
)


def high_flags(flags: Iterable[str]) -> tuple[str, ...]:
    """List the serious ones, each once."""
    return tuple(dict.fromkeys(name for flag in flags if (name := flag.partition(":")[0]) in HIGH))
