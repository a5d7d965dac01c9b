"""What comes along is listed, may come in, and is never called sound because nobody could look."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

import pytest

from evals.supply import ALLOWED, PAGE, audited, hashed, licence_of, listed, locked, main, page, rows_of

ROOT = Path(__file__).parents[2]
LOCK = locked((ROOT / "requirements.lock").read_text())
TWO = locked(
    "a==1.0 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\nB.c==2 ; python_version < '3.12' \\\n    --hash=sha256:3\n"
)


def test_the_page_lists_what_is_locked() -> None:
    rows = rows_of((ROOT / PAGE).read_text())
    versions: dict[str, list[str]] = {}
    for one in LOCK:
        versions.setdefault(one.name, []).append(one.version)
    assert {name: row[0] for name, row in rows.items()} == {n: ", ".join(v) for n, v in versions.items()}, (
        "the lock changed: `make licences`"
    )
    for name, (_, licence) in rows.items():
        assert licence_of(name, licence) == licence
        try:
            stated = metadata(name).json.get("license_expression")
        except PackageNotFoundError:
            continue
        assert stated in (None, licence), f"{name} states {stated}: `make licences`"


def test_everything_is_locked_with_hashes() -> None:
    dev = locked((ROOT / "requirements-dev.lock").read_text())
    assert hashed([*LOCK, *dev]) == []
    assert {(one.name, one.version) for one in LOCK} <= {(one.name, one.version) for one in dev}
    assert hashed(locked("a==1\n")) == ["a 1 has no hash"]


@pytest.mark.parametrize("line", ["a>=1", "-e .", "https://example.test/a.whl", "a @ file:a.whl"])
def test_a_line_that_pins_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="pins nothing"):
        locked(line)


@pytest.mark.parametrize(
    "stated",
    [
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "MIT AND GPL-2.0-only",
        "UNKNOWN",
        "",
        None,
        "BSD License",
        "SSPL-1.0",
        "Other",
    ],
)
def test_no_other_licence_comes_in(stated: str | None) -> None:
    with pytest.raises(ValueError, match="newcomer"):
        licence_of("newcomer", stated)
    with pytest.raises(ValueError, match="b-c"):
        page(TWO, {"a": "MIT", "b-c": stated or ""})


def test_a_choice_may_hold_what_may_not_come_in() -> None:
    assert licence_of("x", "GPL-2.0-only OR MIT") == "GPL-2.0-only OR MIT"
    assert "MIT" in ALLOWED
    assert rows_of(page(TWO, {"a": "MIT License", "b-c": "MIT OR Apache-2.0"})) == {
        "a": ("1.0", "MIT"),
        "b-c": ("2", "MIT OR Apache-2.0"),
    }


def answer(name: str, version: str, *vulns: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": version, "vulns": list(vulns)}


def test_only_an_answer_for_each_package_is_a_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound = {"dependencies": [answer("a", "1.0"), answer("b-c", "2")]}
    assert audited(sound, TWO) == []
    skipped = {"name": "b_c", "skip_reason": "not found"}
    silent: tuple[dict[str, Any], ...] = (
        {"dependencies": [answer("a", "1.0"), skipped]},
        {"dependencies": [answer("a", "1.0")]},
        {"dependencies": [answer("a", "1.0"), answer("b-c", "1")]},
        {"dependencies": []},
        {},
    )
    for report in silent:
        assert any("This is no pass" in line for line in audited(report, TWO)), report
    bad = {"id": "X-2026-1", "fix_versions": ["1.1"]}
    assert audited({"dependencies": [answer("a", "1.0", bad), answer("b-c", "2")]}, TWO) == [
        "a 1.0: X-2026-1; mended in: 1.1"
    ]
    lock, report_file = tmp_path / "lock", tmp_path / "report"
    lock.write_text("a==1.0 --hash=sha256:1\n")
    assert main(["audit", str(report_file), str(lock)]) == 1
    assert "no report" in capsys.readouterr().err
    report_file.write_text(json.dumps(sound))
    assert main(["audit", str(report_file), str(lock)]) == 0
    lock.write_text("a==1.0 --hash=sha256:1\nz==1 --hash=sha256:1\n")
    assert main(["audit", str(report_file), str(lock)]) == 1


def test_the_bill_holds_every_package_with_its_hashes() -> None:
    def part(name: str, version: str, hashes: int) -> dict[str, Any]:
        return {"name": name, "version": version, "externalReferences": [{"hashes": [{}] * hashes}]}

    assert listed({"components": [part("a", "1.0", 2), part("B.c", "2", 1)]}, TWO) == []
    assert listed({"components": [part("a", "1.0", 2)]}, TWO) == ["b-c 2 is not in it"]
    assert listed({"components": [part("a", "1.0", 1), part("b-c", "2", 1), part("d", "1", 0)]}, TWO) == [
        "d 1 is not locked",
        "a 1.0: 1 of 2 hashes",
    ]
