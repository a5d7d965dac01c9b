"""Hidden text on mails of independent writers: 60 that hide words, 100 clean ones, and the clean mails of the other corpora.

Run with -s to see the figures.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from mail.parse import parse
from store.inbound import InboundEmail

CORPUS = Path(__file__).parents[1] / "corpus"
ALARMS = {"hidden_text", "invisible_characters", "plain_html_differ"}
AT = datetime(2026, 3, 10, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not (CORPUS / "hidden/expected.jsonl").exists(), reason="the corpus is not here")


def cases() -> list[dict[str, str]]:
    lines = (CORPUS / "hidden/expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


@cache
def read(path: Path) -> InboundEmail:
    return parse(path.read_bytes(), received_at=AT)


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def alarmed(path: Path) -> bool:
    return bool(ALARMS & set(read(path).flags))


def test_all_hidden_text_is_said() -> None:
    hiding = [case["file"] for case in cases() if case["hidden"]]
    missed = [name for name in hiding if not alarmed(CORPUS / "hidden" / name)]
    print(f"\nhidden text: {len(hiding) - len(missed)} of {len(hiding)} said; missed: {missed}")
    assert len(hiding) >= 60
    assert not missed


def test_clean_mails_raise_no_alarm() -> None:
    clean = [CORPUS / "hidden" / case["file"] for case in cases() if not case["hidden"]]
    clean += [path for name in ("quotes", "robots", "bounces") for path in sorted((CORPUS / name).rglob("*.eml"))]
    false = [path.name for path in clean if alarmed(path)]
    print(f"\nclean mails: {len(false)} of {len(clean)} said; falsely: {false}")
    assert len(clean) >= 100
    assert len(false) <= len(clean) // 50


def test_hidden_words_are_not_read_and_seen_words_are() -> None:
    faults = []
    for case in cases():
        found = read(CORPUS / "hidden" / case["file"])
        shown = words("\n".join((found.subject, found.new_text, found.quoted_text, found.signature)))
        if (hidden := words(case.get("hidden_words") or "")) and hidden in shown:
            faults.append(f"{case['file']}: hidden words are read")
        if (seen := words(case.get("seen_words") or "")) and seen not in shown:
            faults.append(f"{case['file']}: seen words are not read")
    print(f"\nwords: {len(faults)} faults in {len(cases())} mails: {faults}")
    assert not faults
