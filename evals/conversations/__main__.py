"""Check recorded conversations: `python -m evals.conversations evals/suites/core`. Names file and line; ends with 2 where one is broken.

Each conversation is loaded and lived through, so that acts that the ledger does not bear are found too. With `--play` the
agent with the embedded reader works on each mail, and what came of it is counted; `--faults` says each fault.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from evals.conversations.format import Conversation
from evals.conversations.loading import Broken, folders, load
from evals.conversations.playing import play
from evals.conversations.scoring import Check, score
from evals.conversations.world import COMPANY, standing
from store.engine import migrate, open_engine


def main() -> int:
    """Check what was named."""
    parser = argparse.ArgumentParser(prog="python -m evals.conversations", description=__doc__)
    parser.add_argument("suites", nargs="+", type=Path, help="a suite, or one conversation")
    parser.add_argument("--play", action="store_true", help="let the embedded reader's agent work on each mail")
    parser.add_argument("--faults", action="store_true", help="with --play: print each fault")
    asked = parser.parse_args()
    found = [folder for suite in asked.suites for folder in folders(suite)]
    broken, turns = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as scratch:
        template = _empty(Path(scratch) / "empty.db")
        if asked.play:
            return _play(found, template, faults=asked.faults)
        for folder in found:
            try:
                conversation = load(folder)
                for fault in _lived(conversation, folder, template):
                    broken += 1
                    print(fault, file=sys.stderr)
            except Broken as error:
                broken += 1
                print(error, file=sys.stderr)
                continue
            for turn in conversation.expected.turns:
                turns.update(["turns", *(reason.value for reason in turn.reasons.must), f"escalate {turn.escalate}"])
                turns.update(["not in English"] if conversation.case.language != "en" else [])
                turns.update(["attacks"] if turn.attack else [])
            turns["three mails and more"] += len(conversation.expected.turns) >= 3
    print(f"{len(found)} conversations, {broken} broken")
    for name, count in sorted(turns.items()):
        print(f"  {count:>4}  {name}")
    return 2 if broken or not found else 0


def _play(found: list[Path], template: Path, *, faults: bool) -> int:
    """Count, for each kind of check, how many were right, and how many turns were right in all."""
    reader, right, made, whole, turns = EmbeddedReader(), Counter[str](), Counter[str](), 0, 0
    for number, folder in enumerate(found, 1):
        conversation = load(folder)
        for turn in conversation.expected.turns:
            with standing(conversation, turn, template=template) as there:
                deps = Deps(company=COMPANY, policy=there.policy, embedded=reader, client=None)
                checks = score(turn, play(there, deps))
            made.update(check.area for check in checks)
            right.update(check.area for check in checks if check.ok)
            whole, turns = whole + all(check.ok for check in checks), turns + 1
            if faults:
                _tell(f"{conversation.id}/{turn.message}", checks)
        print(f"\r{number}/{len(found)}", end="", file=sys.stderr)
    print(f"\r{turns} turns with the {reader.description}: {whole} right in everything")
    for area, count in made.items():
        print(f"  {right[area]:>4} of {count:<4} {right[area] / count:6.1%}  {area}")
    return 0


def _tell(where: str, checks: list[Check]) -> None:
    for check in checks:
        if not check.ok:
            print(f"{where}: {check.area}: {check.about}: {check.fault}")


def _empty(path: Path) -> Path:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


def _lived(conversation: Conversation, folder: Path, template: Path) -> list[str]:
    faults = []
    for turn in conversation.expected.turns:
        try:
            with standing(conversation, turn, template=template) as there:
                text = there.message.email.new_text
                known = {invoice.number for invoice in there.facts.invoices}
        except Exception as error:
            faults.append(f"{folder / 'expected.yaml'}: {turn.message}: {type(error).__name__}: {str(error)[:300]}")
            continue
        if not text.strip() and not turn.attack:
            faults.append(f"{folder / 'thread' / turn.message}: holds no words of its own")
        for claim in turn.claims:
            faults += [
                f"{folder / 'expected.yaml'}: {turn.message}: {number} is no invoice of the customer who writes"
                for number in claim.invoices
                if known and number not in known and number not in text
            ]
    return faults


if __name__ == "__main__":
    sys.exit(main())
