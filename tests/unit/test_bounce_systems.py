"""Reports of many mail systems, and mail of people and robots that only look alike."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.bounce import read_bounce
from mail.caps import read_tree
from mail.parse import parse
from store.vocabulary import BounceReason, MessageKind
from tests.unit.bounce_samples import OURS, Sample, samples

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def name(sample: Sample) -> str:
    return sample.name


@pytest.mark.parametrize("sample", samples("bounces_one.txt", "bounces_two.txt", "bounces_three.txt"), ids=name)
def test_a_report_tells_whom_and_why(sample: Sample) -> None:
    found = parse(sample.raw, received_at=AT)
    assert found.kind is MessageKind.BOUNCE
    assert found.bounce is not None
    told = found.bounce
    assert (told.recipient, told.hard, told.reason) == (sample.recipient, sample.hard, sample.reason)
    assert told.reason in set(BounceReason)
    assert told.status is not None
    if OURS.encode() in sample.raw:
        assert told.original_message_id == OURS


@pytest.mark.parametrize("sample", samples("no_bounces.txt"), ids=name)
def test_what_is_no_report_is_none(sample: Sample) -> None:
    found = parse(sample.raw, received_at=AT)
    assert found.kind in (MessageKind.REPLY, MessageKind.AUTO_REPLY)
    assert found.bounce is None
    if sample.name.startswith("person"):
        assert found.kind is MessageKind.REPLY


@given(st.binary(max_size=400), st.sampled_from(samples("bounces_one.txt")), st.integers(0, 4000))
@settings(max_examples=150, deadline=None)
def test_no_damage_to_a_report_makes_reading_fail(damage: bytes, sample: Sample, place: int) -> None:
    top = read_tree((sample.raw[:place] + damage + sample.raw[place + len(damage) :]) or b"x")
    told = read_bounce(top)
    assert told is None or told.hard in (True, False, None)


def test_a_report_of_a_report_passed_on_by_our_router_is_read() -> None:
    inner = next(sample for sample in samples("bounces_one.txt") if sample.name == "postfix-unknown-user").raw.decode()
    head = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=O\n\n--O\nContent-Type: text/plain\n\nA report arrived.\n"
    mail = f"{head}--O\nContent-Type: message/rfc822\n\n{inner}\n--O--\n"
    router = f"From: bounces@gw.nordholt.example\nSubject: Returned\nAuto-Submitted: auto-generated\n{mail}"
    told = parse(router.encode(), received_at=AT).bounce
    assert told is not None
    assert (told.recipient, told.hard, told.original_message_id) == ("ana@molinos.example", True, OURS)
    person = f"From: Ana <ana@molinos.example>\nSubject: this came back\n{mail}"
    assert parse(person.encode(), received_at=AT).kind is MessageKind.REPLY


def test_all_failed_recipients_are_named_and_the_dead_one_first() -> None:
    sample = next(sample for sample in samples("bounces_two.txt") if sample.name == "dsn-multi")
    told = parse(sample.raw, received_at=AT).bounce
    assert told is not None
    assert (told.recipient, told.also) == ("ben@molinos.example", ("ana@molinos.example",))


COMPLAINT = """From: feedback@provider.example
Subject: FW: Reminder
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is an email abuse report for a mail received from IP 192.0.2.1.
--b
Content-Type: message/feedback-report
{encoding}
{fields}
--b
Content-Type: {returned}

From: Nordholt AR <ar@nordholt.example>
To: Ana Soto <ana@molinos.example>
Message-ID: {ours}
Subject: Reminder INV-20413
--b--
"""
FIELDS = "Feedback-Type: Abuse\nUser-Agent: x/1\nVersion: 1\n"


@pytest.mark.parametrize(
    ("fields", "encoding"),
    [
        (f"{FIELDS}Original-Rcpt-To: rfc822;Ana@molinos.example", ""),
        (f"{FIELDS}Original-Rcpt-To: <ana@molinos.example>", ""),
        (f"{FIELDS}Removal-Recipient: ana@molinos.example", ""),
        (f"{FIELDS}Original-Rcpt-To: redacted", ""),
        (FIELDS, ""),
        (base64.b64encode(FIELDS.encode()).decode(), "Content-Transfer-Encoding: base64\n"),
    ],
)
@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_complaint_tells_whom_and_which_mail(fields: str, encoding: str, returned: str) -> None:
    raw = COMPLAINT.format(fields=fields, encoding=encoding, returned=returned, ours=OURS)
    found = parse(raw.encode(), received_at=AT)
    assert found.kind is MessageKind.COMPLAINT
    assert found.bounce is not None
    assert (found.bounce.recipient, found.bounce.reason) == ("ana@molinos.example", "abuse")
    assert (found.bounce.original_message_id, found.bounce.original_subject) == (OURS, "Reminder INV-20413")


def test_a_complaint_that_a_person_attaches_is_a_reply() -> None:
    inner = COMPLAINT.format(fields=FIELDS, encoding="", returned="message/rfc822", ours=OURS)
    head = "From: Ana <ana@molinos.example>\nSubject: spam?\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=O\n\n"
    raw = f"{head}--O\nContent-Type: text/plain\n\nWe got this from you.\n--O\nContent-Type: message/rfc822\n\n{inner}\n--O--\n"
    assert parse(raw.encode(), received_at=AT).kind is MessageKind.REPLY
