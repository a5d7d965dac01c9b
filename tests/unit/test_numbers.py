"""Invoice numbers in whatever way people write them, and digits that are something else."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.numbers import digit_runs, ending_in, find_invoices, foreign_numbers

KNOWN = ["INV-20419", "INV-20420", "INV-20422", "RE-2024-0117", "INV-2024", "INV-117", "45001234"]


@pytest.mark.parametrize(
    "text",
    [
        "INV-20419",
        "inv 20419",
        "inv#20419",
        "INV20419",
        "Inv. no. 20419",
        "INV–20419",
        "INV\u201120419",
        "INV-\n> 20419",
        "ＩＮＶ－２０４１９",
        "invoice 20419",
        "Rechnung Nr. 20419,",
        "facture n° 20419",
        "20419",
        "(20419)",
        "#20419",
        "Re: 20419",
        "our ref 20419",
        "paid 20419, sorry for the delay",
        "INV-20419.",
        "INV-20419-related",
        "20419 1,250.00",
        "20419 (EUR 1,250.00)",
        "Invoice: 20419",
    ],
)
def test_finds_one_however_it_is_written(text: str) -> None:
    assert find_invoices(text, KNOWN) == ["INV-20419"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("invoices 20419, 20420 and 20422", ["INV-20419", "INV-20420", "INV-20422"]),
        ("20420/20419", ["INV-20420", "INV-20419"]),
        ("20420,20419", ["INV-20420", "INV-20419"]),
        ("INV-20419/20420", ["INV-20419", "INV-20420"]),
        ("INV-20419 and inv 20419", ["INV-20419"]),
        ("Relance : factures INV-20420, INV-20419 échues", ["INV-20420", "INV-20419"]),
        ("RE20240117", ["RE-2024-0117"]),
        ("2024-0117", ["RE-2024-0117"]),
        ("no. 0117", ["RE-2024-0117"]),
        ("INV-2024", ["INV-2024"]),
        ("invoice 2024", ["INV-2024"]),
        ("inv 117", ["INV-117"]),
        ("45001234", ["45001234"]),
    ],
)
def test_finds_several_and_odd_shapes(text: str, numbers: list[str]) -> None:
    assert find_invoices(text, KNOWN) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "paid 20419.00 today",
        "20,419.00",
        "20419,50",
        "EUR 20419",
        "€ 20419",
        "$20419",
        "20419 EUR",
        "20419 €",
        "20419%",
        "+31 20419 123",
        "tel 20419",
        "Phone: 20419 33",
        "020 20419 1",
        "(020) 20419",
        "415 555 0117",
        "555-0117",
        "in 2024",
        "12.03.2024",
        "2024-03-12",
        "03/2024",
        "PO 20419",
        "PO-20419",
        "PO no. 20419",
        "order number 20419",
        "A20419",
        "20419A",
        "120419",
        "204190",
        "INV-20419-2",
        "INV-204190",
        "XINV-20419",
        "117",
        "DE89 3704 0044 0117 0130 00",
        "https://portal.example/p/20419",
        "see a.20419@mail.example",
        "20 419",
        "",
    ],
)
def test_digits_that_are_something_else_are_no_invoice(text: str) -> None:
    assert find_invoices(text, KNOWN) == []


def test_a_compact_date_is_no_invoice_unless_it_is_said_to_be_one() -> None:
    known = ["INV-20240117"]
    assert find_invoices("on 20240117", known) == []
    assert find_invoices("invoice 20240117", known) == known
    assert find_invoices("INV20240117", known) == known


def test_digits_that_mean_two_invoices_mean_none() -> None:
    known = ["INV-20419", "CN-20419"]
    assert find_invoices("20419", known) == []
    assert find_invoices("CN 20419", known) == ["CN-20419"]


def test_a_number_written_exactly_wins_over_one_that_ends_so() -> None:
    assert find_invoices("20419", ["INV-20419", "20419"]) == ["20419"]


def test_leading_zeros_may_be_dropped() -> None:
    assert find_invoices("INV 20419", ["INV-0020419"]) == ["INV-0020419"]
    assert find_invoices("please see 20419", ["INV-0020419"]) == ["INV-0020419"]
    assert find_invoices("INV-020", ["INV-020", "INV-20"]) == ["INV-020"]


def test_the_longest_number_wins() -> None:
    assert find_invoices("INV-20419-2", ["INV-20419", "INV-20419-2"]) == ["INV-20419-2"]


def test_digit_runs_for_a_look_up() -> None:
    assert digit_runs("INV 20419 and 12 and 20419, 333") == ["20419", "333"]


_NUMBER = st.integers(10_000, 999_999).map(lambda n: f"INV-{n}")


@given(number=_NUMBER, gap=st.sampled_from(["", " ", "-", "#", "/", " # ", "–", "_", ".", ": "]), upper=st.booleans())
def test_any_separator_is_found(number: str, gap: str, upper: bool) -> None:
    word = "INV" if upper else "inv"
    assert find_invoices(f"About {word}{gap}{number[4:]} please.", [number]) == [number]


@given(text=st.text(max_size=300), known=st.lists(_NUMBER, max_size=5))
def test_only_known_numbers_ever_come_out(text: str, known: list[str]) -> None:
    found = find_invoices(text, known)
    assert set(found) <= set(known)
    assert len(found) == len(set(found))
    digits = "".join(c for c in text if c.isdigit())
    assert digits or not found


@given(
    number=_NUMBER,
    before=st.text(alphabet="0123456789", min_size=1, max_size=3),
    after=st.text(alphabet="0123456789", min_size=1, max_size=3),
)
def test_a_part_of_a_longer_number_is_never_found(number: str, before: str, after: str) -> None:
    digits = number[4:]
    for text in (
        before + digits,
        digits + after,
        f"INV-{digits}{after}",
        f"{digits}.{after[:2]}",
        f"{before},{digits}.00",
    ):
        assert find_invoices(text, [number]) == [] or text.strip("INV-").lstrip("0") == digits


@pytest.mark.parametrize("text", ["1 " * 100_000, "INV-" * 50_000, "1." * 100_000, "a" * 200_000, "0-" * 100_000])
def test_hostile_text_takes_linear_time(text: str) -> None:
    assert find_invoices(text, KNOWN) == []


def test_a_wall_of_numbers_takes_linear_time() -> None:
    assert find_invoices("0117 " * 40_000, KNOWN) == []


def test_many_strange_numbers_are_looked_up_quickly_and_not_without_end() -> None:
    known = [f"INV-{20000 + i}" for i in range(2000)]
    text = " ".join(f"INV-{90000 + i}" for i in range(240)) + " INV-20007"
    started = time.process_time()
    found = foreign_numbers(text, known)
    assert time.process_time() - started < 1.5, "the index of the known numbers is made once, not for each word"
    assert found == [f"INV-{90000 + i}" for i in range(100)]
    assert foreign_numbers("INV-20007 INV-99999", known) == ["INV-99999"]


def test_an_index_is_kept_for_the_numbers_that_it_was_made_of() -> None:
    assert foreign_numbers("INV-20419", ["INV-1111"]) == ["INV-20419"]
    assert foreign_numbers("INV-20419", ["INV-1111", "INV-20419"]) == []
    assert find_invoices("INV-20419", ["INV-1111"]) == []


WAYS = (
    str,
    str.lower,
    lambda n: n.replace("-", ""),
    lambda n: n.replace("-", " "),
    lambda n: f"{n[:-3]} {n[-3:]}",
    lambda n: f"invoice no. {n.lstrip('INVRE-0')}",
)
NUMBERS = st.lists(st.from_regex(r"(INV|RE)-?(2026-)?[0-9]{3,7}(-[0-9]{1,2})?", fullmatch=True), min_size=1, max_size=5)


@given(NUMBERS, st.lists(st.tuples(st.integers(0, 4), st.sampled_from(WAYS)), min_size=1, max_size=4))
def test_what_is_left_out_before_the_search_could_not_be_found(
    numbers: list[str], written: list[tuple[int, Callable[[str], str]]]
) -> None:
    text = " ".join(way(numbers[at % len(numbers)]) for at, way in written)
    near = [number for number in numbers if any(run in number for run in digit_runs(text))]
    assert set(find_invoices(text, near)) <= set(find_invoices(text, ending_in(text, near)))


def test_a_year_alone_leaves_few_numbers_to_search_for() -> None:
    numbers = [f"R-2026-{i:05d}" for i in range(5000)]
    assert ending_in("An offer, valid through 2026.", numbers) == ["R-2026-00006", "R-2026-00026", "R-2026-02026"]
