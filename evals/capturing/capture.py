"""Captures conversations: takes them out of the queue, replaces what could tell who somebody is, checks, and puts them into quarantine.

A conversation in which a known value is left is not written. The secret by which values are replaced is made here and never kept.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from evals.capturing.comparing import differences
from evals.capturing.conversation import Redacted, redact
from evals.capturing.folding import fold, words_of
from evals.capturing.items import How, Taken, chosen, take
from evals.capturing.leaks import forbidden, leaks
from evals.capturing.mails import Way
from evals.capturing.quarantine import put
from evals.capturing.redactor import Creditor, Redactor
from evals.capturing.telling import review_of
from evals.capturing.threads import Unfit
from evals.conversations.world import AUTHSERV_ID, COMPANY
from store.company import CompanyProfile
from store.engine import looking
from tools.approval import Approver
from tools.limits import Policy


@dataclass(frozen=True, slots=True)
class Source:
    """The installation that conversations are captured from."""

    engine: Engine
    company: CompanyProfile
    policy: Policy
    roles: Mapping[str, Approver]
    addresses: tuple[str, ...] = ()
    authserv_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of one conversation: its folder in quarantine, or why there is none."""

    items: tuple[int, ...]
    folder: Path | None
    why: str = ""


def capture(
    source: Source,
    out: Path,
    *,
    since: datetime | None = None,
    how: Sequence[How] = tuple(How),
    limit: int = 50,
    item: int | None = None,
    salt: bytes | None = None,
) -> Iterator[Captured]:
    """Capture decided items, a conversation each. `salt` is for tests: by itself it is random and nobody ever learns it."""
    redactor = Redactor(salt or secrets.token_bytes(32), Creditor(source.company, COMPANY, source.addresses))
    with looking(source.engine) as session:
        for rows in chosen(session, since=since, how=how, limit=limit, item=item):
            numbers = tuple(row.id or 0 for row in rows)
            try:
                taken = take(session, rows, roles=source.roles)
                folder = _put(out, taken, redactor, source)
            except (Unfit, ValueError) as error:
                # The text of a ValueError may hold what stood in the conversation: its kind is told alone.
                told = (
                    str(error)
                    if isinstance(error, Unfit)
                    else f"it cannot be put into the format ({type(error).__name__})"
                )
                yield Captured(numbers, None, told)
                continue
            yield Captured(numbers, folder)


def _put(out: Path, taken: Taken, redactor: Redactor, source: Source) -> Path:
    way = Way(source.authserv_ids, AUTHSERV_ID, taken.pdf_words)
    redacted = redact(
        redactor,
        mails=taken.mails,
        ledger=taken.ledger,
        expected=taken.expected,
        known=taken.known,
        language=taken.language,
        way=way,
    )
    case = _case(taken, source.policy)
    _refuse_leaks(taken, redacted, case, source)
    invoices = [row.invoice_number for part in (taken.ledger, *taken.ledger.updates) for row in part.invoices]
    differs = list(differences(taken.mails, redacted.mails, redactor, way, invoices=list(dict.fromkeys(invoices))))
    return put(
        out,
        _name(taken, redacted, redactor),
        case=case,
        ledger=redacted.ledger,
        expected=redacted.expected,
        mails=redacted.mails,
        review=review_of(taken, redacted, differs=differs),
    )


def _case(taken: Taken, policy: Policy) -> dict[str, Any]:
    reasons = sorted({r.value for turn in taken.expected.turns for r in turn.reasons.must})
    how = ", ".join(sorted({how.value for how in taken.how}))
    return {
        "schema": 1,
        "title": f"From a queue: {', '.join(reasons)} ({how})"[:400],
        "language": taken.language,
        "split": "dev",
        "tags": [],
        "provenance": {
            "kind": "redacted",
            "written_by": "people at work",
            "labelled_by": [taken.role],
            "licence": "unlicensed",
        },
        "policy": _settings(policy),
    }


def _settings(policy: Policy) -> dict[str, Any]:
    """Give the settings that differ from those of every case, as they are today."""
    told = _other(policy.model_dump(mode="json"), Policy().model_dump(mode="json"))
    if told and Policy.model_validate(told).model_dump() != policy.model_dump():
        told = policy.model_dump(mode="json")
    told.pop("version", None)
    return told


def _other(value: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _other(inner, usual[key]) if isinstance(inner, dict) and isinstance(usual.get(key), dict) else inner
        for key, inner in value.items()
        if key not in usual or usual[key] != inner
    }


def _refuse_leaks(taken: Taken, redacted: Redacted, case: dict[str, Any], source: Source) -> None:
    documents = [
        ("ledger.json", redacted.ledger.model_dump_json()),
        ("expected.yaml", redacted.expected.model_dump_json()),
        ("case.yaml", json.dumps(case)),
    ]
    ours = (str(source.company.email), *source.addresses)
    known = replace(
        taken.known, firms=(*taken.known.firms, source.company.name), addresses=(*taken.known.addresses, *ours)
    )
    found = leaks(redacted.mails, documents, forbidden(known, becomes=COMPANY))
    if found:
        where = "; ".join(f"a {leak.kind} in {leak.where}" for leak in found[:5])
        raise Unfit(f"something that is known is left after replacing, so nothing was written: {where}")


def _name(taken: Taken, redacted: Redacted, redactor: Redactor) -> str:
    """Name a case by its made-up customer and what it is about; what tells two apart comes from the secret."""
    firm = [fold(w.text) for w in words_of(redacted.ledger.customers[0].name) if len(w.text) > 3][:2]
    about = redacted.expected.turns[-1].reasons.must[0].value.split("_")
    mark = redactor.salted.stream("case", str(taken.items)).hex()[:6]
    words = [word for word in (*firm, *about, mark) if word.isascii() and word.isalnum()]
    return "-".join(words)[-80:].strip("-")
