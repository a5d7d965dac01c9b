"""`dunwell tokens` and the daemon's errands from a real configuration file: what is made works, and faults are one plain line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.cli import main
from agent.cli.errands import errands_of
from agent.cli.home import open_home
from agent.cli.output import CommandFailed
from agent.config import load
from store import api_tokens
from store.engine import unit_of_work

Run = Callable[..., tuple[int, str, str]]
CONFIG = """
[company]
name = "Nordholt"
address = "Kadeweg 14"
email = "ar@nordholt-supply.example"
[store]
url = "sqlite:///house.db"
[[mailboxes]]
name = "ar"
kind = "maildir"
path = "inbox"
address = "ar@nordholt-supply.example"
"""
IMAP = CONFIG.replace(
    'kind = "maildir"\npath = "inbox"', "host = 'imap.example'\nuser = 'ar'\ndrafts_folder = '\\Drafts'"
)
SMTP = '[mailboxes.smtp]\nkind = "maildir"\npath = "out"\n'
#: Those of every installation.
ALWAYS = ("scoring of open invoices", "letters, calls and SMS", "remittance advices in mails")
DIGEST = '[review.digest]\nto = ["ines@nordholt-supply.example"]\n'


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command in a folder of its own: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")
    (tmp_path / "dunwell.toml").write_text(CONFIG)

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dunwell", "tokens", *words])
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


def test_a_token_is_made_listed_and_revoked(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("create", "ERP", "--decide", "--days", "3")
    assert code == 0
    text = out.splitlines()[-1]
    assert text.startswith("dw_")
    assert len(text) == 46, "in one piece on a narrow terminal"
    home = open_home(tmp_path / "dunwell.toml")
    with unit_of_work(home.engine) as session:
        found = api_tokens.find(session, text, now=home.clock())
        assert found is not None
        assert (found.login, found.scopes) == ("local", ["decide", "read"])
    told = json.loads(run("list", "--json")[1])
    assert [row["name"] for row in told] == ["ERP"]
    assert "sha256" not in told[0]
    assert run("revoke", "1")[0] == 0
    assert "ended" in run("list")[1]
    code, _, err = run("revoke", "1")
    assert (code, "there is no token 1" in " ".join(err.split())) == (2, True)


def test_a_token_for_nobody_is_refused(run: Run) -> None:
    code, _, err = run("create", "ERP", "--for", "nobody")
    assert code == 2
    assert "there is nobody named nobody" in " ".join(err.split())


def test_errands_are_only_those_that_the_configuration_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "dunwell.toml"
    for text, names in (
        (CONFIG, []),
        (IMAP, ["filing drafts"]),
        (CONFIG + SMTP + DIGEST, ["mailing digests"]),
        (IMAP + SMTP + DIGEST, ["filing drafts", "mailing digests"]),
    ):
        path.write_text(text)
        assert [errand.name for errand in errands_of(open_home(path))] == [*names, *ALWAYS]
    path.write_text(CONFIG + DIGEST)
    with pytest.raises(CommandFailed, match=r"review\.digest\.mailbox"):
        errands_of(open_home(path))


def test_the_example_states_the_settings_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    example = (Path(__file__).parents[2] / "agent" / "cli" / "dunwell.toml.example").read_text()
    for line in ("drafts_folder", "[review.digest]", "to =", "people =", "hour =", "timezone =", "working_days_only ="):
        assert f"# {line}" in example, line
        example = example.replace(f"# {line}", line, 1)
    (tmp_path / "dunwell.toml").write_text(example)
    settings = load(tmp_path / "dunwell.toml")
    assert settings.review.digest is not None
    assert settings.review.digest.timezone == "Europe/Amsterdam"
    assert settings.mailboxes[0].drafts_folder == "\\Drafts"
