"""Postal addresses of records: whatever a system says where, a letter has its town."""

from __future__ import annotations

import pytest

from ledger.postal import postal


@pytest.mark.parametrize(
    ("street", "town", "written"),
    [
        ("York Road 1", {"city": "York"}, "York Road 1\nYork"),
        ("Hessenstr. 4", {"city": "Essen"}, "Hessenstr. 4\nEssen"),
        ("5 Main St, New York, NY", {"city": "New York", "state": "NY"}, "5 Main St, New York, NY"),
        ("5 Main St; Dublin", {"city": "Dublin"}, "5 Main St\nDublin"),
        ("Berliner Str. 1, 10115 Berlin", {"postcode": "10115", "city": "Berlin"}, "Berliner Str. 1, 10115 Berlin"),
        ("Berliner Str. 1", {"postcode": "10115", "city": "Berlin"}, "Berliner Str. 1\n10115 Berlin"),
        ("Lane 1", {}, "Lane 1"),
    ],
)
def test_a_town_is_left_out_only_where_it_stands_there(street: str, town: dict[str, str], written: str) -> None:
    assert postal([street], **town) == written
