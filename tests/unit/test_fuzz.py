"""1,000 hostile mails: no exception, every mail ends in a terminal kind, within 5 seconds of processor time and 512 MB each.

Each is parsed in the sandbox as the daemon does it, and the child's own processor time and memory are measured, not the clock.
CI runs all of them, a run at a desk 200, and `make fuzz N=5000` as many as it is told.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail.parse import parse
from mail.sandbox import Parser
from store.inbound import InboundEmail
from store.vocabulary import MessageKind
from tests.fuzzing import LIMITS, fuzzed, heavy, seeds, spoil

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
MX = "mx.nordholt-supply.example"
MAILS = int(os.environ.get("DUNWELL_FUZZ") or ("1000" if os.environ.get("CI") else "200"))
SHARE = 50
SECONDS, MEGABYTES = 5.0, 512.0
_TICKS = os.sysconf("SC_CLK_TCK")


def check(found: InboundEmail) -> None:
    stored = found.model_dump_json()
    stored.encode("utf-8")
    assert "\\u0000" not in stored
    assert InboundEmail.model_validate_json(stored) == found
    assert found.kind in MessageKind
    assert (found.unreadable_reason is not None) == (found.kind is MessageKind.UNREADABLE)
    # The reason that stands for an exception that nobody foresaw: a fault of ours, even though it does no harm.
    assert "could not be read (" not in (found.unreadable_reason or ""), found.unreadable_reason


@dataclass(frozen=True, slots=True)
class Cost:
    """What a child has used so far: processor seconds, and its greatest memory in MB."""

    seconds: float
    megabytes: float


def cost(pid: int) -> Cost:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    peak = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return Cost((int(fields[11]) + int(fields[12])) / _TICKS, int(peak.split()[1]) / 1024)


@pytest.mark.timeout(0 if MAILS > 1000 else 600)
@pytest.mark.parametrize("first", range(0, MAILS, SHARE))
def test_hostile_mails_end_well_in_the_sandbox(first: int) -> None:
    slowest = largest = 0.0
    with Parser(wall_seconds=60) as parser:  # the machine may be busy; what is limited is the processor time
        parser.parse(b"From: a@b.example\n\nx", received_at=AT)
        for number in range(first, min(first + SHARE, MAILS)):
            pid = parser.pid
            assert pid is not None
            before = cost(pid).seconds
            found = parser.parse(fuzzed(number), received_at=AT, authserv_ids=(MX,))
            check(found)
            assert parser.pid == pid, f"mail {number} cost a child: {found.unreadable_reason}"
            after = cost(pid)
            slowest, largest = max(slowest, after.seconds - before), max(largest, after.megabytes)
    print(f"\nmails {first} to {first + SHARE - 1}: at most {slowest:.2f} s of processor time, {largest:.0f} MB")
    assert slowest < SECONDS
    assert largest < MEGABYTES


def test_mails_over_a_limit_and_mails_of_much_of_one_thing_cost_little() -> None:
    slowest = largest = 0.0
    with Parser(wall_seconds=60) as parser:
        some = list(heavy().items())[:: 1 if MAILS >= 1000 else 5]
        for name, raw in [*((name, raw) for name, (raw, _) in LIMITS.items()), *some]:
            parser.parse(b"From: a@b.example\n\nx", received_at=AT)
            pid = parser.pid
            assert pid is not None
            before = cost(pid).seconds
            check(parser.parse(raw, received_at=AT))
            assert parser.pid in (pid, None), name
            if parser.pid is None:
                continue  # it was ended by the limit of processor time, and the next mail starts another
            took, largest = cost(pid).seconds - before, max(largest, cost(pid).megabytes)
            slowest = max(slowest, took)
            assert took < SECONDS, name
    print(f"\nover a limit, and heavy: at most {slowest:.2f} s of processor time, {largest:.0f} MB")
    assert largest < MEGABYTES


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_give_a_message(raw: bytes) -> None:
    check(parse(raw, received_at=AT))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(range(len(seeds()))), st.integers(0, 2**32), st.integers(1, 40))
def test_spoilt_mails_give_a_message(which: int, seed: int, times: int) -> None:
    check(parse(spoil(seeds()[which], random.Random(seed), times), received_at=AT))


_WORDS = st.text(st.characters(codec=None), max_size=40)
_HEADER = st.sampled_from(
    ("From", "To", "Subject", "Date", "Message-ID", "References", "Reply-To", "Content-Type", "Authentication-Results")
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(_HEADER, _WORDS), max_size=8), _WORDS, st.sampled_from(("plain", "html")))
def test_any_headers_and_words_give_a_message(headers: list[tuple[str, str]], words: str, kind: str) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in headers)
    raw = f"{head}Content-Type: text/{kind}; charset=utf-8\n\n{words}".encode("utf-8", "surrogatepass")
    check(parse(raw, received_at=AT, authserv_ids=(MX,)))
