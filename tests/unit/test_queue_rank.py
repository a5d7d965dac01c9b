"""The order of the queue: whatever else is equal, more money, more urgency and more age never stand further back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.queue_rank import LEAD, most_urgent, rank
from store.vocabulary import PRECEDENCE, Reason, Verdict

_FIRST, _LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (2020, 2099))
moments = st.datetimes(_FIRST, _LAST).map(lambda m: m.replace(tzinfo=UTC))
stakes = st.integers(0, 10**14)
days = st.none() | st.dates(date(2015, 1, 1), date(2105, 1, 1))
reasons = st.sampled_from([*(r.value for r in Reason), *(v.value for v in Verdict)])
currencies = st.sampled_from(["EUR", "USD", "JPY", ""])


@given(reasons, currencies, stakes, stakes, moments, days)
def test_more_money_never_stands_further_back(
    reason: str, currency: str, one: int, other: int, came: datetime, due: date | None
) -> None:
    less, more = sorted((one, other))
    ranks = [rank(reason=reason, stake=s, currency=currency, came_at=came, due=due) for s in (less, more)]
    assert ranks[0] <= ranks[1]


@given(reasons, currencies, stakes, moments, st.timedeltas(timedelta(0), timedelta(days=3000)), days)
def test_the_older_never_stands_further_back(
    reason: str, currency: str, stake: int, came: datetime, older: timedelta, due: date | None
) -> None:
    later = rank(reason=reason, stake=stake, currency=currency, came_at=came, due=due)
    assert rank(reason=reason, stake=stake, currency=currency, came_at=came - older, due=due) >= later


@given(reasons, currencies, stakes, moments, st.dates(date(2015, 1, 1), date(2105, 1, 1)), st.integers(0, 4000))
def test_an_earlier_date_never_stands_further_back_and_none_comes_last(
    reason: str, currency: str, stake: int, came: datetime, due: date, earlier: int
) -> None:
    def at(day: date | None) -> int:
        return rank(reason=reason, stake=stake, currency=currency, came_at=came, due=day)

    assert at(due - timedelta(days=earlier)) >= at(due) >= at(None)


@given(reasons, reasons, currencies, stakes, moments, days)
def test_the_more_urgent_never_stands_further_back(
    one: str, other: str, currency: str, stake: int, came: datetime, due: date | None
) -> None:
    from store.queue_rank import lead_hours

    less, more = sorted((one, other), key=lead_hours)
    assert rank(reason=less, stake=stake, currency=currency, came_at=came, due=due) <= rank(
        reason=more, stake=stake, currency=currency, came_at=came, due=due
    )


@given(reasons, currencies, stakes, moments, days)
def test_a_rank_is_a_positive_number_that_both_databases_hold(
    reason: str, currency: str, stake: int, came: datetime, due: date | None
) -> None:
    assert 0 < rank(reason=reason, stake=stake, currency=currency, came_at=came, due=due) < 2**62


def test_what_must_be_seen_first_goes_ahead_of_all_else_in_that_order() -> None:
    named = [LEAD[reason] for reason in PRECEDENCE]
    assert named == sorted(named, reverse=True)
    assert len(set(named)) == len(named)
    assert min(named) > max(hours for reason, hours in LEAD.items() if reason not in PRECEDENCE)
    assert set(LEAD) == set(Reason)


@given(st.lists(st.sampled_from(list(Reason)), max_size=5))
def test_the_main_reason_is_the_most_careful_one(read: list[Reason]) -> None:
    main = most_urgent(read)
    assert (main is None) == (not read)
    assert main is None or (main in read and LEAD[main] == max(LEAD[reason] for reason in read))


def test_a_fraud_of_today_stands_before_a_million_that_waits_a_week() -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    fraud = rank(reason="payment_fraud_risk", stake=0, currency="EUR", came_at=now, due=None)
    large = rank(reason="question", stake=10**8, currency="EUR", came_at=now - timedelta(days=7), due=None)
    assert fraud > large


def test_yen_are_not_taken_for_euros() -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    yen = rank(reason="question", stake=10_000_000, currency="JPY", came_at=now, due=None)
    euros = rank(reason="question", stake=1_000_000, currency="EUR", came_at=now, due=None)
    assert yen < euros
