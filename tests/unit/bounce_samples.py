"""Read our own sample reports: compact mails in the forms of many mail systems, written for these tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
OURS = "<reminder-1.aa@nordholt.example>"
HEAD = f"From: Nordholt AR <ar@nordholt.example>\nTo: Ana Soto <ana@molinos.example>\nMessage-ID: {OURS}\nSubject: Reminder INV-20413\n"


@dataclass(frozen=True)
class Sample:
    """One mail and, for a report, what it says."""

    name: str
    raw: bytes
    recipient: str = ""
    hard: bool = False
    reason: str = ""


def samples(*files: str) -> list[Sample]:
    """Give the samples of these files."""
    return [sample for file in files for sample in _samples((DATA / file).read_text("utf-8"))]


def _samples(text: str) -> list[Sample]:
    found = []
    for piece in re.split(r"(?m)^### ", text)[1:]:
        title, _, mail = piece.partition("\n")
        mail = mail.replace("@@COPY@@", f"{HEAD}\nDear Ana, please pay INV-20413.\n").replace("@@HEAD@@", HEAD)
        names = [word.strip() for word in title.split("|")]
        raw = mail.replace("@@ID@@", OURS).encode("utf-8")
        if len(names) == 1:
            found.append(Sample(names[0], raw))
        else:
            found.append(Sample(names[0], raw, names[1], names[2] == "hard", names[3]))
    return found
