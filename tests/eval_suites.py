"""Small suites of real conversations, a model that answers anything, and the command line, for tests of the evals."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.model_server import Answer, reply

ROOT = Path(__file__).parent.parent
CORE = ROOT / "evals" / "suites" / "core"
#: Conversations of the part that everybody may read: an Italian form, a payment found, a contract that ended.
NAMES = (
    "acquedotto-murgiana-conto-dedicato",
    "adebare-cold-stores-swift-copy",
    "algskar-travel-hoists-keys-handed",
)
#: The command line, in a process that tells of every stranger whom it asks.
GUARD = """
import sys
def watch(event, args):
    if event == "socket.getaddrinfo" and args[0] not in ("127.0.0.1", "localhost", "::1", None):
        sys.stderr.write(f"LOOKED UP {args[0]}\\n")
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in ("127.0.0.1", "::1"):
        sys.stderr.write(f"CONNECTED {args[1]}\\n")
sys.addaudithook(watch)
from agent.cli import main
main()
"""
#: A promise that was recorded, and after it a mail that asks for another account.
PROMISE = "valdossel-bank-confirmation-by-return"


def small_suite(folder: Path, names: tuple[str, ...] = NAMES) -> Path:
    """Copy conversations into a suite of their own."""
    suite = folder / "small"
    for name in names:
        shutil.copytree(CORE / name, suite / name)
    return suite


def break_expected(suite: Path, name: str) -> int:
    """Make a conversation name a tool that there is not. Gives the line of the fault."""
    path = suite / name / "expected.yaml"
    lines = path.read_text("utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if "one_of: [{name: " in line or "must: [{name: " in line)
    lines[place] = lines[place].replace("[{name: ", "[{name: no_such_", 1)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return place + 1


def answers(request: dict[str, Any]) -> Answer:
    """Answer as a model of few words: it reads nothing, chooses nothing, and writes one sentence."""
    form = request["response_format"]["json_schema"]["name"]
    if form == "ReadReply":
        claim = {"reason": "question", "invoices": [], "evidence": "nowhere in the mail", "confidence": 0.5}
        nothing = ["date", "amount", "reference", "dispute_kind", "po_number", "contact_name", "contact_email"]
        nothing += ["portal", "document", "instalments", "stance"]
        return reply({"claims": [{**claim, **dict.fromkeys(nothing)}]})
    if form == "_Ready":
        return reply({"ready": True})
    if form == "Choices":
        return reply({"choices": []})
    return reply({"body": "{{ contact.salutation }},\n\nWe have your message and come back to it."})


def break_history(suite: Path, name: str) -> int:
    """Let the company have done something that cannot be. Gives the line of the mail that comes after it."""
    path = suite / name / "expected.yaml"
    text = path.read_text("utf-8")
    assert "hold_until: 2026-08-06" in text
    path.write_text(text.replace("hold_until: 2026-08-06", "hold_until: never"), "utf-8")
    return next(number for number, line in enumerate(text.splitlines(), 1) if "004-in.eml" in line)
