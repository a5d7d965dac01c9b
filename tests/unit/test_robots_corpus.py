"""Automatic answers on samples of two other authors, who did not see the code. Prints its figures with -s.

Both are learnt from now: the floors keep what was reached and say nothing of mails nobody has seen. First looks, before anything
was learnt: the first author's, 32 of 50 robots found and 1 of 60 people taken for one; the second's (words and subject only),
42 of 60 and 3 of 80.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mail.parse import parse
from mail.robots import judge
from store.inbound import InboundEmail
from store.vocabulary import MessageKind

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "tests" / "corpus" / "robots"
#: Words and subject only: no header says anything.
BARE = ROOT / "tests" / "corpus" / "robots2.jsonl"
#: Notes of the second author that tell only the day of return: there `until` is that day, and ours is the day before.
RETURNS = {
    "r2-001",
    "r2-005",
    "r2-015",
    "r2-022",
    "r2-024",
    "r2-029",
    "r2-036",
    "r2-039",
    "r2-045",
    "r2-047",
    "r2-054",
    "r2-056",
}
EVALS = ROOT / "evals" / "reader"


def samples() -> list[tuple[dict[str, Any], InboundEmail]]:
    rows = [json.loads(line) for line in (CORPUS / "expected.jsonl").read_text("utf-8").splitlines() if line.strip()]
    return [(row, _read(row)) for row in rows]


def _read(row: dict[str, Any]) -> InboundEmail:
    noon = datetime.fromisoformat(f"{row['received']}T12:00:00").replace(tzinfo=UTC)
    return parse((CORPUS / row["file"]).read_bytes(), received_at=noon)


@pytest.fixture(scope="module")
def read() -> list[tuple[dict[str, Any], InboundEmail]]:
    return samples()


def test_robots_are_found_and_people_are_not_taken_for_them(read: list[tuple[dict[str, Any], InboundEmail]]) -> None:
    robots = [(row, email) for row, email in read if row["kind"] == MessageKind.AUTO_REPLY]
    people = [(row, email) for row, email in read if row["kind"] == MessageKind.REPLY]
    missed = [row["file"] for row, email in robots if email.kind is not MessageKind.AUTO_REPLY]
    taken = [row["file"] for row, email in people if email.kind is MessageKind.AUTO_REPLY]
    print(
        f"\nrobots found {len(robots) - len(missed)} of {len(robots)}; people taken for robots {len(taken)} of {len(people)}"
    )
    assert len(robots) >= 50
    assert len(people) >= 60
    assert len(missed) <= len(robots) * 0.06, missed
    assert not taken


def test_last_day_and_substitute_are_read(read: list[tuple[dict[str, Any], InboundEmail]]) -> None:
    found = [
        (row, email.auto_reply) for row, email in read if row["kind"] == MessageKind.AUTO_REPLY and email.auto_reply
    ]
    days = [row["file"] for row, said in found if (said.until.isoformat() if said.until else None) != row["until"]]
    whom = [row["file"] for row, said in found if said.contact != row["contact"]]
    print(f"\nlast day right in {len(found) - len(days)} of {len(found)}, substitute in {len(found) - len(whom)}")
    assert len(found) >= 45
    assert len(days) <= len(found) * 0.05, days
    assert len(whom) <= len(found) * 0.05, whom


@pytest.fixture(scope="module")
def bare() -> list[tuple[dict[str, Any], InboundEmail]]:
    rows = [json.loads(line) for line in BARE.read_text("utf-8").splitlines() if line.strip()]
    return [(row, _read_bare(row)) for row in rows]


def _read_bare(row: dict[str, Any]) -> InboundEmail:
    mail = EmailMessage()
    mail["From"] = "Anna Weber <anna@kunde.example>"
    mail["To"] = "ar@fernhill.example"
    mail["Subject"] = row["subject"]
    mail.set_content(row["body"])
    noon = datetime.fromisoformat(f"{row['received']}T12:00:00").replace(tzinfo=UTC)
    return parse(mail.as_bytes(), received_at=noon)


def test_robots_without_any_header_are_found_by_their_words(bare: list[tuple[dict[str, Any], InboundEmail]]) -> None:
    robots = [(row["id"], email.kind) for row, email in bare if row["kind"] == MessageKind.AUTO_REPLY]
    people = [(row["id"], email.kind) for row, email in bare if row["kind"] == MessageKind.REPLY]
    missed = [name for name, kind in robots if kind is not MessageKind.AUTO_REPLY]
    taken = [name for name, kind in people if kind is MessageKind.AUTO_REPLY]
    print(
        f"\nbare: robots found {len(robots) - len(missed)} of {len(robots)}; people taken {len(taken)} of {len(people)}"
    )
    assert (len(robots), len(people)) == (60, 80)
    assert len(missed) <= 2, missed
    assert len(taken) <= 1, taken


def test_last_day_and_substitute_without_any_header(bare: list[tuple[dict[str, Any], InboundEmail]]) -> None:
    found = [
        (row, email.auto_reply) for row, email in bare if row["kind"] == MessageKind.AUTO_REPLY and email.auto_reply
    ]
    days = [row["id"] for row, said in found if said.until != _last_day(row)]
    whom = [row["id"] for row, said in found if said.contact != row["contact"]]
    print(f"\nbare: last day right in {len(found) - len(days)} of {len(found)}, substitute in {len(found) - len(whom)}")
    assert len(found) >= 58
    assert len(days) <= 1, days
    assert len(whom) <= 1, whom


def _last_day(row: dict[str, Any]) -> date | None:
    if row["until"] is None:
        return None
    return date.fromisoformat(row["until"]) - timedelta(days=row["id"] in RETURNS)


@pytest.mark.parametrize(
    ("split", "every", "fewest", "most_taken"), [("train", 4, 0.90, 0.008), ("test", 1, 0.80, 0.005)]
)
def test_the_replies_of_the_readers_splits_are_people(split: str, every: int, fewest: float, most_taken: float) -> None:
    """Replies of many authors and voices, by their words alone: none has headers here but subject and sender.

    Of the thousands to train with, every fourth is read, which is enough to see a change. About half of the "people" that are
    taken there are systems that tell something of one invoice, or notes of somebody who left.
    """
    rows = [
        json.loads(line)
        for path in sorted((EVALS / split).glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ][::every]
    verdicts = [(_is_robot(row), any(claim["reason"] == "auto_reply" for claim in row["claims"])) for row in rows]
    robots = [found for found, meant in verdicts if meant]
    people = [found for found, meant in verdicts if not meant]
    print(
        f"\n{split}: robots found {sum(robots)} of {len(robots)}; people taken for robots {sum(people)} of {len(people)}"
    )
    assert sum(robots) >= fewest * len(robots)
    assert sum(people) <= most_taken * len(people)


def _is_robot(row: dict[str, Any]) -> bool:
    mail = EmailMessage()
    mail["From"] = "Moira Tate <moira@bracken.example>"
    return judge(mail, subject=row["subject"], new_text=row["body"]).robot
