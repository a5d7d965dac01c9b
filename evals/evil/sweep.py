"""Every hand-made payload by itself, each in a letter that could pass otherwise. It must leave none of them out."""

from __future__ import annotations

from collections.abc import Iterator

from evals.evil.attacks import Attack, honest
from evals.evil.fragments import fragments
from evals.evil.mails import LETTERS


def sweep() -> Iterator[Attack]:
    """Give every hand-made payload once in a letter that could pass otherwise, in a paragraph of its own and in the midst."""
    for number, fragment in enumerate(fragments()):
        language = fragment.language if fragment.language in LETTERS else "en"
        lines = LETTERS[language]
        for body in (
            (*lines[:2], fragment.text, *lines[2:]),
            (lines[0], f"{lines[1]} {fragment.text} {lines[2]}", lines[3]),
        ):
            reason = ("promise_to_pay", "invoice_missing", "dispute", "plan_request")[number % 4]
            yield {
                "customer": tuple(LETTERS).index(language),
                "identity": "A",
                "reason": reason,
                "variant": 0,
                "place": "none",
                "inject": "",
                "sender": 0,
                "said_in": language,
                "read": [{"kind": "json", "value": honest(reason)}],
                "decide": [{"kind": "json", "value": {"choices": []}}],
                "write": [{"kind": "json", "value": {"body": "\n\n".join(body)}}],
                "carried": [{"goal": fragment.goal, "text": fragment.text}],
            }
