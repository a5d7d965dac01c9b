"""`dunwell policy`: what it writes is valid, what it checks it explains, and a fault is one plain line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.cli import main
from tools.limits import Policy

Run = Callable[..., tuple[int, str, str]]


def flat(said: str) -> str:
    """Undo the wrapping, which depends on the width that the first console of this process found."""
    return " ".join(said.split())


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command in a folder of its own: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dunwell", "policy", *words])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return command


def test_what_init_writes_is_the_default_and_named(run: Run) -> None:
    code, out, _ = run("init")
    assert (code, 'policy_file = "policy.toml"' in out) == (0, True)
    code, out, _ = run("check", "policy.toml")
    assert code == 0
    assert "version default-1" in out
    assert Policy().digest() in out
    code, _, err = run("init")
    assert (code, "exists already" in err) == (2, True)
    assert run("init", "--force")[0] == 0


def test_a_reason_is_explained_in_words_and_json(run: Run) -> None:
    run("init")
    words = ("--reason", "plan_request", "--amount", "25000", "--tier", "key", "--role", "manager")
    code, out, _ = run("check", "policy.toml", *words)
    assert code == 0
    for told in (
        "propose_payment_plan",
        "a manager, because the open balance is 25000",
        "up to 6 instalments",
        "nothing is sent by itself",
    ):
        assert told in flat(out)
    code, out, _ = run("check", "policy.toml", *words, "--profile", "uk-b2b", "--json")
    told_json = json.loads(out)
    assert told_json["digest"] == Policy().digest()
    assert told_json["explained"]["profile"] == "uk-b2b"
    assert "08:00 to 18:00" in told_json["explained"]["window"]


def test_an_open_cell_says_what_it_needs(run: Run, tmp_path: Path) -> None:
    cell = '[autonomy]\nopen = [{ reason = "invoice_missing", band = "small", tier = "standard" }]\n'
    (tmp_path / "p.toml").write_text(cell, "utf-8")
    _, out, _ = run("check", "p.toml", "--reason", "invoice_missing", "--amount", "10")
    assert "open for template answers (small, standard) once persons decided 50" in flat(out)
    _, out, _ = run("check", "p.toml", "--reason", "invoice_missing", "--amount", "10", "--tier", "key")
    assert "does not open the cell invoice_missing, small, key" in flat(out)


def test_the_policy_in_force_is_that_of_the_configuration(run: Run, tmp_path: Path) -> None:
    from agent.cli.setup import write_config

    write_config(tmp_path / "dunwell.toml", force=False)
    code, out, _ = run("check", "--json")
    assert (code, json.loads(out)["digest"]) == (0, Policy().digest())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("check", "none.toml"), "none.toml does not exist"),
        (("check",), "run `dunwell init`"),
        (("check", "policy.toml", "--profile", "mars"), "mars is none of this policy's"),
        (("check", "policy.toml", "--reason", "question", "--amount", "lots"), "lots is no amount"),
        (("check", "policy.toml", "--reason", "question", "--amount", "nan"), "nan is no amount"),
        (("check", "policy.toml", "--reason", "question", "--amount=-1"), "-1 is no amount"),
        (("check", "bad.toml"), "bad.toml: promise_max_days"),
        (("init", "no/such/folder/p.toml"), "cannot be written"),
    ],
)
def test_a_fault_is_one_line(run: Run, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    run("init")
    (tmp_path / "bad.toml").write_text("promise_max_days = 9999", "utf-8")
    code, out, err = run(*words)
    assert code in (1, 2)
    assert out == ""
    assert told in flat(err)
    assert len(err.strip().splitlines()) == 1
