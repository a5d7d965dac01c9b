"""Read delivery failures, with or without the fields of RFC 3464: whom our mail did not reach, why, and which mail it was.

A report says nothing about an account: it can be forged. Whoever acts on it must find `original_message_id` among our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

from mail import bounce_text
from mail.bounce_fields import Failure, failures, first_field
from mail.bounce_reasons import Judgement, judge, speaks
from mail.bounce_report import Report, open_report
from mail.bounce_signs import is_failure, is_warning, wrapped
from mail.cleaning import clean_line
from mail.complaint import read_complaint
from mail.headers import message_ids, references, values
from store.inbound import Bounce

__all__ = ["read_bounce", "read_complaint"]

MAX_DIAGNOSTIC = 400
MAX_RECIPIENTS = 50
MAX_JUDGED = 5


@dataclass(frozen=True, slots=True)
class _Found:
    recipient: str | None
    words: str
    verdict: Judgement
    also: list[str]


def read_bounce(top: Message) -> Bounce | None:
    """Give what a delivery report says; None for any other mail, and for reports that a mail did arrive."""
    report = open_report(top)
    if not is_failure(top, report):
        return None
    if not report.fields and (inner := wrapped(top, report)) is not None:
        return read_bounce(inner) or Bounce(original_message_id=_original_id(top, report))
    listed = failures(report.fields)[:MAX_RECIPIENTS] if report.fields else []
    failed = [failure for failure in listed if not failure.succeeded]
    if listed and not failed:
        return None
    return _bounce(top, report, failed)


def _bounce(top: Message, report: Report, failed: list[Failure]) -> Bounce:
    warning = is_warning(top, report) and not any(failure.action.startswith(("fail", "error")) for failure in failed)
    named = [failure for failure in failed if failure.recipient]
    found = _from_fields(report, named, warning=warning) if named else _from_words(top, report, failed, warning=warning)
    return Bounce(
        recipient=found.recipient,
        status=found.verdict.status,
        hard=found.verdict.hard,
        reason=found.verdict.reason.value,
        diagnostic=clean_line(found.words, limit=MAX_DIAGNOSTIC) or None,
        original_message_id=_original_id(top, report),
        original_subject=report.original_subject,
        also=tuple(address for address in dict.fromkeys(found.also) if address != found.recipient),
    )


def _from_fields(report: Report, named: list[Failure], *, warning: bool) -> _Found:
    """Judge each recipient by its fields. One that is of no more use is told first, as the others pass."""
    also = [address for failure in named for address in (failure.recipient, *failure.others) if address]
    found = []
    for failure in named:
        words = failure.diagnostic
        if not speaks(words):
            words = bounce_text.diagnostic(report, failure.recipient) or words
        delayed = failure.delayed or (warning and not failure.action)
        recipient = bounce_text.alias_of(report, failure.recipient) or failure.recipient
        found.append(_Found(recipient, words, judge(words, status=failure.status, delayed=delayed), also))
    return next((one for one in found if one.verdict.hard), found[0])


def _from_words(top: Message, report: Report, failed: list[Failure], *, warning: bool) -> _Found:
    """Judge by the report's text: each recipient by what is said of it, else all by what is said at all."""
    also = bounce_text.recipients(top, report)
    status = failed[0].status if failed else None
    delayed = warning or any(failure.delayed for failure in failed)
    for recipient in also[1:2] and also[:MAX_JUDGED]:
        words = bounce_text.said_of(report, recipient)
        verdict = judge(words, status=status, delayed=delayed)
        if words and verdict.hard:
            return _Found(recipient, words, verdict, also)
    first_named = next(iter(also), None)
    stated = failed[0].diagnostic if failed else ""
    words = stated or bounce_text.diagnostic(report, first_named)
    return _Found(first_named, words, judge(words, status=status, delayed=delayed, context=report.words), also)


def _original_id(top: Message, report: Report) -> str | None:
    """Give the Message-ID of our mail: from the copy, the report's fields or words, else what the report says it answers."""
    if found := report.original_id:
        return found
    stated = first_field(report.fields, "original-message-id", "x-original-message-id")
    answered = [found for value in values(top, "in-reply-to") for found in message_ids(value)]
    return next(iter([*message_ids(stated), *answered, *reversed(references(top))]), None)
