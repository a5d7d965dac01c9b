"""What servers say, to a reason: one line a saying. And that no text makes the judging slow or fail."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.bounce_reasons import best_status, judge
from store.vocabulary import DEAD_ADDRESS, BounceReason
from tests.unit.bounce_samples import DATA


def sayings() -> list[tuple[str, bool, str]]:
    lines = (DATA / "bounce_replies.txt").read_text("utf-8").splitlines()
    split = [line.split(" | ", 2) for line in lines if not line.startswith("#")]
    return [(reason, hard == "hard", words) for reason, hard, words in split]


@pytest.mark.parametrize(("reason", "hard", "words"), sayings())
def test_a_servers_words_tell_the_reason(reason: str, hard: bool, words: str) -> None:
    found = judge(words)
    assert (found.reason.value, found.hard) == (reason, hard)


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        ("5.0.0", "550 5.1.1 unknown", "5.1.1"),
        ("5.1.1", "550 5.7.1 no", "5.1.1"),
        ("4.0.0", "550 5.1.1 unknown", "5.1.1"),
        (None, "host 5.1.1.9 said 554 Exim 4.92.3", None),
        (None, "550 5.7.1 and again 550 5.7.26", "5.7.26"),
        ("5.2.2 (Over quota)", "", "5.2.2"),
    ],
)
def test_the_most_telling_code_counts(status: str | None, words: str, expected: str | None) -> None:
    assert best_status(status, words) == expected


def test_a_clear_word_decides_over_a_code_and_a_code_over_a_vague_word() -> None:
    assert judge("550 5.1.1 blocked using zen.spamhaus.example").reason is BounceReason.BLOCKED
    assert judge("550 5.1.1 access denied").reason is BounceReason.USER_UNKNOWN
    assert judge("550 5.7.1 mailbox is full").reason is BounceReason.MAILBOX_FULL


def test_an_unexplained_refusal_of_the_recipient_is_an_unknown_user() -> None:
    refused = judge("550 Rejected", context="host said: 550 Rejected (in reply to RCPT TO command)")
    assert (refused.reason, refused.hard) == (BounceReason.USER_UNKNOWN, True)
    assert judge("550 Rejected (in reply to end of DATA command)").hard is False


def test_a_delay_is_never_hard() -> None:
    assert judge("550 5.1.1 user unknown", status="5.1.1", delayed=True).hard is False
    assert judge("450 4.1.1 user unknown").hard is False


@given(st.text(max_size=300), st.sampled_from([None, "5.1.1", "4.2.2", "x", "9.9.9"]), st.booleans())
def test_judging_never_fails_and_only_dead_addresses_are_hard(words: str, status: str | None, delayed: bool) -> None:
    found = judge(words, status=status, delayed=delayed)
    assert not found.hard or (found.reason in DEAD_ADDRESS and not delayed)
    assert found.status[0] in "245"


@pytest.mark.parametrize(
    "piece", ["mailbox ", "user unknow ", "exceed message ", "a@", ",<", "550 ", "host domain ", "メール"]
)
def test_no_text_makes_judging_slow(piece: str) -> None:
    words = piece * 100_000
    started = process_time()
    judge(words, context=words)
    assert process_time() - started < 5
