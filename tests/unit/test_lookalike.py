"""Domains made to be mistaken for one we know are told; unrelated ones are left alone."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.address import is_plain, registrable, same_organisation
from mail.lookalike import distance, looks_like

KNOWN = ["harrowfinch.example", "kessler-anlagenbau.example", "nordholt-supply.example", "pinecrest.co.uk"]
LOOKS = {"a": "а", "e": "е", "o": "о", "c": "с", "i": "і", "p": "р", "r": "г", "k": "к", "s": "ѕ", "h": "һ", "n": "ո"}


def variants(domain: str) -> Iterator[str]:
    """Make look-alikes in the manner of dnstwist."""
    label, suffix = registrable(domain)
    for i in range(len(label)):
        yield f"{label[:i]}{label[i + 1 :]}.{suffix}"
        yield f"{label[:i]}{label[i]}{label[i:]}.{suffix}"
        yield f"{label[:i]}z{label[i + 1 :]}.{suffix}"
        yield f"{label[:i]}x{label[i:]}.{suffix}"
        if i:
            yield f"{label[: i - 1]}{label[i]}{label[i - 1]}{label[i + 1 :]}.{suffix}"
        if label[i] in LOOKS:
            fake = label[:i] + LOOKS[label[i]] + label[i + 1 :]
            yield f"xn--{fake.encode('punycode').decode()}.{suffix}"
    for before, after in (("rn", "m"), ("m", "rn"), ("w", "vv"), ("o", "0"), ("l", "1"), ("i", "l"), ("-", "")):
        if before in label:
            yield f"{label.replace(before, after)}.{suffix}"
    for addition in ("-ap", "-payments", "inc", "online"):
        yield f"{label}{addition}.{suffix}"
    yield f"my{label}.{suffix}"
    yield f"{label}.test"
    yield f"{domain}.billing.test"
    yield f"{label}.login.test"


def test_every_variant_of_a_known_domain_is_told() -> None:
    missed = [
        v
        for known in KNOWN
        for v in variants(known)
        if registrable(v) != registrable(known) and not looks_like(v, KNOWN)
    ]
    assert sum(1 for known in KNOWN for _ in variants(known)) > 300
    assert missed == []


def test_unrelated_domains_are_left_alone() -> None:
    random.seed(7)
    words = [
        "".join(random.choice("bcdfglmnprst") + random.choice("aeiou") for _ in range(random.randint(2, 6)))
        + random.choice(["", "-group", "tec", "works", "bau", "sons"])
        for _ in range(1000)
    ]
    flagged = [w for w in words if looks_like(f"{w}.example", KNOWN)]
    assert len(flagged) <= 10, flagged


@pytest.mark.parametrize(
    "domain", ["harrowfinch.example", "mail.harrowfinch.example", "HarrowFinch.example", "eu.pinecrest.co.uk"]
)
def test_the_known_domains_themselves_are_not_look_alikes(domain: str) -> None:
    assert looks_like(domain, KNOWN) is None


def test_short_names_are_near_each_other_by_chance() -> None:
    assert looks_like("abd.example", ["abc.example"]) is None
    assert looks_like("abc.test", ["abc.example"]) == "abc.example"


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abc", "axc", 1),
        ("ca", "abc", 3),
        ("abcdef", "badcef", 2),
    ],
)
def test_distance(one: str, other: str, steps: int) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) == min(steps, 3)


@given(st.text(alphabet=string.ascii_lowercase, max_size=12), st.text(alphabet=string.ascii_lowercase, max_size=12))
def test_distance_is_symmetric_and_zero_only_for_equals(one: str, other: str) -> None:
    assert distance(one, other, 2) == distance(other, one, 2)
    assert (distance(one, other, 2) == 0) == (one == other)


@given(st.text(max_size=40))
def test_any_domain_can_be_asked_about(domain: str) -> None:
    looks_like(domain, KNOWN)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a.example", "a.example", True),
        ("mail.a.example", "A.example", True),
        ("a.example", "b.example", False),
        ("evil-a.example", "a.example", False),
        ("example", "a.example", False),
        ("co.uk", "x.co.uk", False),
        ("m.x.co.uk", "x.co.uk", True),
        ("", "", False),
    ],
)
def test_same_organisation(one: str, other: str, same: bool) -> None:
    assert same_organisation(one, other) is same_organisation(other, one) is same


@pytest.mark.parametrize("address", ["a@b.example", "a.b+c@d-e.example", "o'neil@x.co.uk", "a@xn--bcher-kva.example"])
def test_plain_addresses(address: str) -> None:
    assert is_plain(address)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a@@b.example", ".a@b.example", "a.@b.example", "a..b@c.example", "a b@c.example", '"a"@b.example', "a@-b.example",
     "a@b.example ", "a@b.example\n", "a@[10.0.0.1]", "a(c)@b.example", "ä@b.example", "a@bücher.example", "<a@b.example>", "a" * 65 + "@b.example"],
)  # fmt: skip
def test_addresses_that_are_not_plain(address: str) -> None:
    assert not is_plain(address)
