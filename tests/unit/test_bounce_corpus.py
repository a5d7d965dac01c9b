"""Floors on reports and look-alikes that independent writers made. `pytest -s tests/unit/test_bounce_corpus.py` prints the figures."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from mail.bounce import read_bounce
from mail.caps import children, read_tree
from mail.parse import parse

CORPUS = Path(__file__).parent.parent / "corpus" / "bounces"
AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
FIELDS = ("recipient", "hard", "reason", "status", "original_message_id")


def _same(one: object, other: object) -> bool:
    return str(one).lower() == str(other).lower()


def measured() -> tuple[Counter[str], list[tuple[dict[str, Any], dict[str, Any]]]]:
    """Give the counts and every mail that was read otherwise than expected."""
    counts: Counter[str] = Counter()
    misses = []
    for line in (CORPUS / "expected.jsonl").read_text("utf-8").splitlines():
        expected = json.loads(line)
        found = parse((CORPUS / expected["file"]).read_bytes(), received_at=AT)
        told = found.bounce.model_dump() if found.bounce else {}
        got = {"kind": found.kind.value} | {field: told.get(field) for field in FIELDS}
        if expected["kind"] in ("bounce", "complaint"):
            kind = expected["kind"]
            counts[f"{kind}s"] += 1
            counts[f"{kind}s found"] += got["kind"] == kind
            for field in FIELDS if kind == "bounce" else ("recipient", "original_message_id"):
                if field != "status" or expected[field]:  # a mail without a code has a derived one here
                    counts[f"{kind} {field} of"] += 1
                    counts[f"{kind} {field}"] += got["kind"] == kind and _same(got[field], expected[field])
        else:
            counts["others"] += 1
            counts["others taken for one"] += got["kind"] in ("bounce", "complaint")
        if any(not _same(got[field], expected.get(field)) for field in ("kind", *FIELDS) if field in expected):
            misses.append((expected, got))
    return counts, misses


def without_fields() -> Counter[str]:
    """Read the same reports with their delivery-status part taken out, as half of all real ones have none."""
    counts: Counter[str] = Counter()
    for line in (CORPUS / "expected.jsonl").read_text("utf-8").splitlines():
        expected = json.loads(line)
        top = read_tree((CORPUS / expected["file"]).read_bytes())
        if expected["kind"] != "bounce" or not _take_out(top):
            continue
        told = read_bounce(top)
        counts["stripped"] += 1
        counts["stripped recipient"] += told is not None and _same(told.recipient, expected["recipient"])
        counts["stripped hard"] += told is not None and told.hard == expected["hard"]
    return counts


def _take_out(part: Message) -> int:
    if part.get_content_maintype() != "multipart":
        return 0
    kept = [child for child in children(part) if child.get_content_type() != "message/delivery-status"]
    taken = len(children(part)) - len(kept)
    part.set_payload([*kept])
    if part.get_content_type() == "multipart/report":
        part.replace_header("Content-Type", "multipart/mixed")
    return taken + sum(_take_out(child) for child in kept)


@pytest.mark.skipif(not (CORPUS / "expected.jsonl").exists(), reason="the corpus is not there")
def test_reports_written_by_others_are_read() -> None:
    counts, _ = measured()
    counts += without_fields()
    print("\n" + "\n".join(f"{name:30} {count}" for name, count in sorted(counts.items())))
    total = counts["bounces"]
    assert total > 0
    assert counts["others taken for one"] == 0
    assert counts["bounce recipient"] >= 0.95 * total
    assert counts["bounce hard"] >= 0.9 * total
    assert counts["bounce original_message_id"] >= 0.95 * total
    assert counts["bounce reason"] >= 0.9 * total
    assert counts["complaint recipient"] >= 0.9 * counts["complaints"]
    assert counts["stripped recipient"] >= 0.9 * counts["stripped"]
    assert counts["stripped hard"] >= 0.85 * counts["stripped"]
