"""Check labelled replies before they are trained on or measured against.

Reads JSON-lines files and reports every line that breaks the format. It must never repair
a line: a label that needs a guess is the author's to mend.

    python evals/reader/validate.py evals/reader/train/*.jsonl
"""

from __future__ import annotations

import collections
import json
import pathlib
import sys
from typing import Any

REASONS = [
    "promise_to_pay",
    "payment_in_process",
    "awaiting_approval",
    "already_paid",
    "deduction",
    "dispute",
    "po_mismatch",
    "wrong_contact",
    "invoice_missing",
    "portal_submission",
    "document_request",
    "question",
    "hardship",
    "plan_request",
    "settlement_offer",
    "insolvency",
    "refusal",
    "legal_threat",
    "stop_contact",
    "payment_fraud_risk",
    "acknowledgement",
    "auto_reply",
    "unrelated",
    "unclear",
]
LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt")
SLOTS = [
    "date",
    "amount",
    "reference",
    "dispute_kind",
    "po_number",
    "contact_name",
    "contact_email",
    "portal",
    "document",
    "instalments",
]


def problems(row: dict[str, Any]) -> list[str]:
    """Every rule of the format that one row breaks, in words."""
    found = []
    if not row.get("id") or not isinstance(row.get("body"), str) or not row["body"].strip():
        found.append("needs a non-empty id and body")
    if row.get("lang") not in LANGUAGES:
        found.append(f"lang {row.get('lang')!r} is not one of {', '.join(LANGUAGES)}")
    if not row.get("claims"):
        found.append("has no claims")
    for claim in row.get("claims") or []:
        if claim.get("reason") not in REASONS:
            found.append(f"unknown reason {claim.get('reason')!r}")
        if not claim.get("evidence") or claim["evidence"] not in row.get("body", ""):
            found.append(f"evidence is not a verbatim piece of the body: {claim.get('evidence')!r}")
        for slot in claim.get("slots") or {}:
            if slot not in SLOTS:
                found.append(f"unknown slot {slot!r}")
    return found


def main(paths: list[str]) -> int:
    """Print each fault as file:line and a count a reason; return 1 on any fault."""
    counts: collections.Counter[str] = collections.Counter()
    languages: collections.Counter[str] = collections.Counter()
    seen: set[str] = set()
    faults = rows = 0
    for path in paths:
        for number, line in enumerate(pathlib.Path(path).read_text("utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                print(f"{path}:{number}: not JSON: {error}")
                faults += 1
                continue
            found = problems(row)
            if row.get("id") in seen:
                found.append(f"id {row['id']!r} is used twice")
            seen.add(row.get("id"))
            for problem in found:
                print(f"{path}:{number}: {problem}")
            faults += len(found)
            rows += 1
            languages[row.get("lang", "?")] += 1
            counts.update({claim.get("reason") for claim in row.get("claims") or []})
    print(f"{rows} replies, {sum(counts.values())} claims, {faults} faults; {dict(languages)}")
    print("  ".join(f"{reason} {counts[reason]}" for reason in REASONS))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
