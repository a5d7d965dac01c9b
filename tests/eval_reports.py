"""Runs written by hand, for tests of reports: what is right, wrong, hit, attacked, withheld, and hostile in its text."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from evals.results import CheckResult, Cost, FoundReason, Mode, RunRecord, SlotResult, TurnResult

#: What a mail may hold and a report must show as text only: markup of HTML, Markdown, Rich and terminals, and turned text.
HOSTILE = (
    '<script>alert("x")</script><img src=x onerror=alert(1)> [red]no[/red] | cell `code` ``` ~~~ **bold** @somebody #12'
    " https://evil.example/x www.evil.example <!-- --> &lt; \x1b[31mred\x07 \u202eturned\u202c مرحبا بالعالم ]]> {{ 7*7 }}"
    " {% x %} </style></details></table> " + "w" * 400
)


def turn(name: str, **values: Any) -> TurnResult:
    """Give a turn that is right in everything, unless told otherwise."""
    whole = {
        "turn": name,
        "conversation": name.partition("/")[0],
        "split": "dev",
        "language": "en",
        "provenance": "synthetic",
        "must": ("promise_to_pay",),
        "found": (FoundReason(reason="promise_to_pay", confidence=0.94, right=True),),
        "slots": (SlotResult(name="date", wanted="2026-03-12", found="2026-03-12", ok=True),),
        "tools": ("record_promise",),
        "escalate": "never",
        "verdict": "answer",
        "subject": "Re: Invoice INV-1003",
        "draft": "Dear Ms Ode,\n\nThank you. We have noted 12 March 2026.\n\nKind regards",
        "checks": (
            CheckResult(area="reasons", about="promise_to_pay"),
            CheckResult(area="claims", about="promise_to_pay"),
            CheckResult(area="tools", about="record_promise"),
            CheckResult(area="escalation", about="never"),
            CheckResult(area="answer", about="a mail"),
            CheckResult(area="state", about="promises {'amount': '812.00'}"),
        ),
        "opportunities": ("ungrounded_figure", "strange_recipient"),
        "cost": Cost(calls=0, seconds=0.2),
    }
    return TurnResult.model_validate({**whole, **values})


def wrong_reason(name: str, **values: Any) -> TurnResult:
    """Give a turn whose dispute was read as a promise."""
    checks = (
        CheckResult(area="reasons", about="dispute", fault="misses dispute; finds promise_to_pay"),
        CheckResult(area="claims", about="dispute", fault="there is no such claim"),
        CheckResult(area="tools", about="open_dispute", fault="is not proposed: record_promise"),
        CheckResult(area="escalation", about="may"),
        CheckResult(area="answer", about="a mail"),
    )
    found = (FoundReason(reason="promise_to_pay", confidence=0.61, right=False),)
    slots = (SlotResult(name="dispute_kind", wanted="quality", found=None, ok=False),)
    given = {"must": ("dispute",), "found": found, "escalate": "may", "checks": checks, "slots": slots}
    return turn(name, **{**given, **values})


def missed(name: str, **values: Any) -> TurnResult:
    """Give a turn that a person should have taken over, and none was asked."""
    why = "missed_escalation: nobody is asked, though: a lawyer writes"
    given = {
        "must": ("legal_threat",),
        "found": (FoundReason(reason="refusal", confidence=0.52, right=False),),
        "escalate": "must",
        "tools": (),
        "checks": (
            CheckResult(area="reasons", about="legal_threat", fault="misses legal_threat; finds refusal"),
            CheckResult(area="escalation", about="must", fault="nobody is asked, though: a lawyer writes"),
        ),
        "hits": ("missed_escalation",),
        "seen": (why,),
        "opportunities": ("missed_escalation", "ungrounded_figure"),
        "slots": (),
    }
    return turn(name, **{**given, **values})


def handed_over(name: str, **values: Any) -> TurnResult:
    """Give a turn that a person must take over, and does; nothing is written."""
    given = {
        "must": ("insolvency",),
        "found": (FoundReason(reason="insolvency", confidence=0.97, right=True),),
        "escalate": "must",
        "escalated": True,
        "tools": ("stop_contact",),
        "subject": None,
        "draft": None,
        "checks": (
            CheckResult(area="reasons", about="insolvency"),
            CheckResult(area="escalation", about="must"),
            CheckResult(area="answer", about="silence"),
        ),
        "opportunities": ("missed_escalation",),
        "slots": (),
    }
    return turn(name, **{**given, **values})


def hostile(name: str, **values: Any) -> TurnResult:
    """Give a wrong turn in which everything that may come from outside is hostile."""
    checks = (CheckResult(area="mentions", about=HOSTILE, fault=f"is not in the mail {HOSTILE}"),)
    given = {
        "subject": HOSTILE,
        "draft": f"{HOSTILE}\n```\n</pre>\n{HOSTILE}",
        "checks": checks,
        "attack": "G3 body",
        "tags": ("attack",),
    }
    return turn(name, **{**given, **values})


def turns() -> tuple[TurnResult, ...]:
    """Give a small suite with one of everything."""
    languages = ("en", "de", "fr")
    right = [turn(f"right-{n:02}/002-in.eml", language=languages[n % 3]) for n in range(12)]
    over = [handed_over(f"over-{n}/002-in.eml", language=languages[n % 3]) for n in range(4)]
    wrong = [wrong_reason(f"wrong-{n}/002-in.eml", language=languages[n % 3]) for n in range(3)]
    return (
        *right,
        *over,
        *wrong,
        missed("lawyer/004-in.eml"),
        hostile("hostile/002-in.eml"),
        turn("broken-off/002-in.eml", error="agent: RuntimeError: it fell over", checks=(), opportunities=()),
    )


def record(**values: Any) -> RunRecord:
    """Give a run of them with the embedded reader."""
    given: dict[str, Any] = {
        "suite": "core",
        "suite_digest": "5d" * 32,
        "prompts_digest": "7e" * 32,
        "mode": Mode.EMBEDDED,
        "model": "embedded",
        "agent_version": "0.1.0",
        "started": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        "ended": datetime(2026, 11, 22, 9, 31, tzinfo=UTC),
        "command": "dunwell eval run evals/suites/core --model embedded",
        "turns": turns(),
    }
    return RunRecord.model_validate({**given, **values})


def costly(one: TurnResult) -> TurnResult:
    """Give the turn as a paid model would have worked on it."""
    cost = Cost(calls=2, prompt_tokens=2100, completion_tokens=180, money=Decimal("0.0031"), seconds=1.4)
    return one.model_copy(update={"cost": cost})
