"""Passwords: what is refused, what is allowed, and how they are kept."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import pytest
from argon2 import extract_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from review.passwords import CEILING, FLOOR, Passwords, read_refused


@cache
def passwords() -> Passwords:
    return Passwords(company="Nordholt Industrial Supply B.V.", refused=("Blue Kettle",))


def fault(password: str) -> str | None:
    return passwords().fault(password, login="mona.berg", name="Mona Berg")


@pytest.mark.parametrize(
    "password",
    [
        *("Password1!", "P@ssw0rd2026", "passw0rd", "Summer2026!", "!!Dragon99", "blue kettle 7", "LETMEIN123"),
        *("12345678", "123456789012", "qwertyuiop", "1q2w3e4r5t", "asdfghjk", "0987654321", "abcdefgh1"),
        *("aaaaaaaa", "abcabcabc", "20262026", "        ", "........"),
        *("nordholt2026", "Nordholt-2026", "mona.berg1", "MonaBerg2026", "supply!!industrial"),
        *("short", "", "1234567"),
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert fault(password) is not None


@pytest.mark.parametrize(
    "password",
    [
        *("four teapots on the roof", "Tr0ub4dor&3", "correct horse battery staple", "nordholt kettle on the hob"),
        *(
            "ünïcødé-schlüssel",
            "пароль на крыше",
            "屋根の上の四つの急須",
            "🫖🫖 on the 🏠 roof",
            "x" * 40 + "abcdefg 12345 !?" + "y" * 20,
        ),
    ],
)
def test_any_characters_are_allowed_and_no_kinds_are_asked_for(password: str) -> None:
    assert fault(password) is None
    assert passwords().verify(passwords().hash(password), password)


def test_the_hash_is_argon2id_with_what_owasp_asks_for() -> None:
    kept = extract_parameters(passwords().hash("four teapots on the roof"))
    assert kept.type.name == "ID"
    assert kept.memory_cost >= 19 * 1024
    assert kept.time_cost >= 2
    assert kept.parallelism == 1
    assert kept.salt_len >= 16
    assert not passwords().outdated(passwords().hash("four teapots on the roof"))


@settings(max_examples=20, deadline=None)
@given(st.text(min_size=FLOOR, max_size=200))
def test_a_password_is_itself_and_no_other(password: str) -> None:
    kept = passwords().hash(password)
    assert passwords().verify(kept, password)
    assert passwords().verify(kept, unicodedata.normalize("NFD", unicodedata.normalize("NFKC", password)))
    assert not passwords().verify(kept, password + "x")
    assert not passwords().verify(kept, password[:-1])
    assert not passwords().verify(None, password)


def test_nothing_is_cut() -> None:
    long = "teapot " * 150
    assert len(long) > CEILING
    assert "longer than" in (fault(long) or "")
    kept = passwords().hash(long[:CEILING])
    assert passwords().verify(kept, long[:CEILING])
    assert not passwords().verify(kept, long)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "refused.txt"
    path.write_text("# ours\n\nBlue Kettle \n", "utf-8")
    assert read_refused(path) == ("Blue Kettle",)
    with pytest.raises(ValueError, match="cannot be read"):
        read_refused(tmp_path / "none.txt")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="not UTF-8"):
        read_refused(path)
