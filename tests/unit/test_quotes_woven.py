"""Real-looking replies in seven languages, put into mail as programs write it: not a word of theirs goes, and none of ours stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mail.quotes import split

TRAIN = Path(__file__).parents[2] / "evals" / "reader" / "train"
STEP = 12

OURS = "Dear Ana,\n\nINV-1 over EUR 300 is open since 3 March.\n\nKind regards,\nNordholt Receivables"
PREFIXED = "\n".join(f"> {line}".rstrip() for line in OURS.split("\n"))
HEADERS = "From: Nordholt AR <ar@nordholt.example>\nSent: Tuesday, 3 March 2026 09:05\nTo: Ana\nSubject: Overdue"
SIGNED = "-- \nAna Castro\nMolinos S.A.\n+34 600 100 200"
WAYS = {
    "plain": "{reply}",
    "gmail": f"{{reply}}\n\nOn Tue, Mar 3, 2026 at 9:05 AM Nordholt AR <ar@nordholt.example> wrote:\n\n{PREFIXED}\n",
    "wrapped": f"{{reply}}\nOn Tue, Mar 3, 2026 at 9:05 AM Nordholt Accounts Receivable <\nar@nordholt.example> wrote:\n{PREFIXED}\n",
    "german": f"{{reply}}\n\nAm 03.03.26 um 09:05 schrieb Nordholt AR:\n{PREFIXED}\n",
    "outlook": f"{{reply}}\n\n{HEADERS}\n\n{OURS}\n",
    "outlook with a rule": f"{{reply}}\n________________________________\n{HEADERS}\n\n{OURS}\n",
    "original": f"{{reply}}\n\n-----Original Message-----\n{HEADERS}\n\n{OURS}\n",
    "yahoo": f"{{reply}}\n\n    On Tuesday, 3 March 2026 at 09:05:07 GMT, AR <ar@nordholt.example> wrote:\n\n {OURS}\n",
    "signed": f"{{reply}}\n\n{SIGNED}\n\nOn 3 Mar 2026 at 09:05, AR <ar@nordholt.example> wrote:\n{PREFIXED}\n",
    "phone": f"{{reply}}\n\nSent from my iPhone\n\n> On 3 Mar 2026, at 09:05, AR <ar@nordholt.example> wrote:\n>\n{PREFIXED}\n",
    "below": f"On 3 Mar 2026 at 09:05, AR <ar@nordholt.example> wrote:\n{PREFIXED}\n\n{{reply}}\n",
    "below and signed": f"On 3 Mar 2026 at 09:05, AR <ar@nordholt.example> wrote:\n{PREFIXED}\n\n{{reply}}\n\n{SIGNED}\n",
}
#: What may go with the signature: lines that a telephone wrote into the reply itself.
ADDED = ("Sent from my phone", "*** Do not reply above this line ***")


def replies() -> list[str]:
    bodies = [
        str(json.loads(line)["body"]).replace("\r\n", "\n")
        for path in sorted(TRAIN.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]
    return [body for body in bodies[::STEP] if not any(added in body for added in ADDED)]


@pytest.mark.parametrize("way", WAYS)
def test_a_reply_comes_out_as_it_was_written(way: str) -> None:
    known = replies()
    assert len(known) >= 200
    for reply in known:
        found = split(WAYS[way].format(reply="{reply}").replace("{reply}", reply), subject="Re: Overdue")
        assert found.new_text.split() == reply.split(), (reply, found)
