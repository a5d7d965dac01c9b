"""When a mail may go out and how often: in the recipient's time, over changes of clocks, leap days and year ends."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tools.holidays_of_a_year import is_holiday
from tools.windows import ContactRules, NoMoment, Written, may_write, next_moment

RULES = ContactRules(opens=time(8), closes=time(18))
NOW = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
# Bounds of a strategy are naive by its contract; what it gives is in UTC.
moments = st.datetimes(
    datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2032-01-01"), timezones=st.just(UTC)
)
ZONES = (
    "Europe/London",
    "America/New_York",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # the parts of a date, by place


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        (utc(2026, 4, 14, 9, 30), "Europe/London", utc(2026, 4, 14, 9, 30)),
        (utc(2026, 4, 14, 6, 59, 59), "Europe/London", utc(2026, 4, 14, 7)),
        (utc(2026, 4, 14, 7), "Europe/London", utc(2026, 4, 14, 7)),
        (utc(2026, 4, 14, 16, 59, 59), "Europe/London", utc(2026, 4, 14, 16, 59, 59)),
        (utc(2026, 4, 14, 17), "Europe/London", utc(2026, 4, 15, 7)),
        # Friday evening to Monday, over the change to summer time on 29 March 2026 and back on 25 October.
        (utc(2026, 3, 27, 18), "Europe/London", utc(2026, 3, 30, 7)),
        (utc(2026, 10, 23, 17), "Europe/London", utc(2026, 10, 26, 8)),
        (utc(2026, 3, 6, 23), "America/New_York", utc(2026, 3, 9, 12)),
        # 29 February 2028 is a Tuesday; 2026 has none.
        (utc(2028, 2, 28, 18), "Europe/London", utc(2028, 2, 29, 8)),
        (utc(2026, 2, 27, 18), "Europe/London", utc(2026, 3, 2, 8)),
        # New Year's Day 2027 is a Friday.
        (utc(2026, 12, 31, 18), "Europe/London", utc(2027, 1, 4, 8)),
        # Where it is already tomorrow, or still yesterday.
        (utc(2026, 4, 12, 18), "Pacific/Kiritimati", utc(2026, 4, 12, 18)),
        (utc(2026, 4, 11, 3), "Pacific/Honolulu", utc(2026, 4, 11, 3)),
        (utc(2026, 4, 11, 4), "Pacific/Honolulu", utc(2026, 4, 13, 18)),
    ],
)
def test_the_window_is_the_recipients(now: datetime, zone: str, expected: datetime) -> None:
    assert next_moment(now, zone, RULES, ("01-01",)) == expected


@pytest.mark.parametrize("zone", ["Middle/Earth", "", None, "../etc/passwd", "\0"])
def test_without_a_zone_it_must_be_day_in_all_that_it_could_be(zone: str | None) -> None:
    candidates = ("America/New_York", "Pacific/Honolulu")
    # 08:00 in Honolulu is 18:00 UTC, 18:00 in New York is 22:00 UTC (summer).
    assert next_moment(NOW, zone, RULES, candidates=candidates) == utc(2026, 4, 14, 18)
    assert next_moment(utc(2026, 4, 14, 22), zone, RULES, candidates=candidates) == utc(2026, 4, 15, 18)
    with pytest.raises(NoMoment, match="set the customer's time zone"):
        next_moment(NOW, zone, RULES)


def test_zones_whose_days_never_meet_are_said_and_not_searched_for_ever() -> None:
    with pytest.raises(NoMoment, match="400 days"):
        next_moment(NOW, None, RULES, candidates=("Asia/Tokyo", "America/New_York"))
    every_day = tuple(f"{m:02d}-{d:02d}" for m in range(1, 13) for d in range(1, 32))
    with pytest.raises(NoMoment, match="400 days"):
        next_moment(NOW, "Europe/London", RULES, every_day)


def test_the_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_moment(NOW.replace(tzinfo=None), "Europe/London", RULES)


def open_in(moment: datetime, zone: str, holidays: tuple[str, ...]) -> bool:
    local = moment.astimezone(ZoneInfo(zone))
    return (
        RULES.opens <= local.time() < RULES.closes
        and local.weekday() in RULES.weekdays
        and not is_holiday(local.date(), holidays)
    )


@settings(deadline=None)
@given(
    now=moments,
    zones=st.lists(st.sampled_from(["Europe/London", "Europe/Helsinki", "America/New_York"]), min_size=1, unique=True),
    holidays=st.sets(st.sampled_from(["01-01", "12-25", "02-29", "2026-04-14"])).map(tuple),
)
def test_the_moment_is_open_everywhere_and_none_before_it_is(
    now: datetime, zones: list[str], holidays: tuple[str, ...]
) -> None:
    moment = next_moment(now, None, RULES, holidays, candidates=zones)
    assert moment >= now
    assert all(open_in(moment, zone, holidays) for zone in zones)
    probe = now
    while probe < moment:
        assert not all(open_in(probe, zone, holidays) for zone in zones)
        probe += timedelta(minutes=15)


@given(now=moments, zone=st.sampled_from(ZONES))
def test_never_outside_the_hard_limit(now: datetime, zone: str) -> None:
    local = next_moment(now, zone, ContactRules(opens=time(8), closes=time(21))).astimezone(ZoneInfo(zone))
    assert time(8) <= local.time() < time(21)


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"opens": "07:59"}, "hard limit 08:00 to 21:00"),
        ({"closes": "21:01"}, "hard limit"),
        ({"opens": "12:00", "closes": "12:00"}, "opens before closes"),
        ({"opens": "09:00Z"}, "leave out the zone"),
        ({"days": []}, "days"),
        ({"per_customer_7_days": 8}, "per_customer_7_days"),
        ({"hard_per_customer_7_days": 8}, "hard_per_customer_7_days"),
        ({"per_customer_7_days": 5, "hard_per_customer_7_days": 4}, "is below per_customer_7_days"),
        ({"answers_per_day": 4}, "answers_per_day"),
    ],
)
def test_unsafe_rules_are_refused(given_: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ContactRules.model_validate(given_)


def ago(case_id: int | None = 1, *, answer: bool = False, **back: float) -> Written:
    return Written(at=NOW - timedelta(**back), case_id=case_id, answer=answer)


@pytest.mark.parametrize(
    ("history", "case_id", "answer", "free_in"),
    [
        ([], 1, False, None),
        ([ago(hours=47)], 1, False, timedelta(hours=1)),
        ([ago(hours=48)], 1, False, None),
        ([ago(hours=47)], 2, False, None),
        ([ago(None, hours=47)], 2, False, timedelta(hours=1)),
        ([ago(hours=47)], None, False, timedelta(hours=1)),
        ([ago(hours=1)], 1, True, None),
        ([ago(3, days=3), ago(4, days=4), ago(5, days=5)], 1, False, timedelta(days=2)),
        ([ago(3, days=3), ago(4, days=4), ago(5, days=5)], 1, True, None),
        ([ago(3, days=3), ago(4, days=4), ago(5, days=7)], 1, False, None),
        ([ago(n, hours=n, answer=True) for n in (1, 2, 3)], 9, True, timedelta(hours=21)),
        ([ago(n, days=n * 0.9) for n in range(1, 8)], 9, True, timedelta(days=0.7)),
        ([ago(2, days=-1)], 2, False, timedelta(days=3)),
    ],
)
def test_the_caps(history: list[Written], case_id: int | None, answer: bool, free_in: timedelta | None) -> None:
    pause = may_write(history, NOW, RULES, case_id=case_id, answer=answer)
    assert (pause.until - NOW if pause else None) == free_in


@given(
    hours=st.lists(st.tuples(st.floats(-10, 300), st.integers(1, 3), st.booleans()), max_size=20),
    case_id=st.integers(1, 3),
    answer=st.booleans(),
)
def test_after_the_pause_one_may_write_and_just_before_not(
    hours: list[tuple[float, int, bool]], case_id: int, answer: bool
) -> None:
    history = [Written(at=NOW - timedelta(hours=h), case_id=c, answer=a) for h, c, a in hours]
    pause = may_write(history, NOW, RULES, case_id=case_id, answer=answer)
    if pause is None:
        return
    assert pause.until > NOW
    assert may_write(history, pause.until, RULES, case_id=case_id, answer=answer) is None
    assert may_write(history, pause.until - timedelta(microseconds=1), RULES, case_id=case_id, answer=answer)


def test_however_one_calls_it_never_more_than_seven_in_seven_days() -> None:
    sent: list[Written] = []
    for hour in range(24 * 21):
        at = NOW + timedelta(hours=hour)
        if may_write(sent, at, RULES, case_id=hour, answer=hour % 2 == 0) is None:
            sent.append(Written(at=at, case_id=hour, answer=hour % 2 == 0))
    most = max(sum(m.at - timedelta(days=7) < other.at <= m.at for other in sent) for m in sent)
    assert most == 7
