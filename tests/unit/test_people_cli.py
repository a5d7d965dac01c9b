"""People on the command line, what the settings allow, and that a live queue is never served without sign-in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from agent.cli import serve
from agent.cli.app import app
from agent.cli.output import CommandFailed
from agent.cli.people import app as people_app
from agent.config import ConfigError, build_alone, load
from tests.signing import PAGE

MAILBOX = {"name": "ar", "kind": "maildir", "address": "ar@nordholt-supply.example", "path": "inbox"}
COMPANY = {"name": "Nordholt", "address": "Kadeweg 14", "email": "ar@nordholt-supply.example"}


def settings(**review: Any) -> dict[str, Any]:
    return {"company": COMPANY, "mailboxes": [MAILBOX], "review": review}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "dunwell.toml"
    path.write_text(
        f"""
data_dir = "{tmp_path / "data"}"
[company]
name = "Nordholt"
address = "Kadeweg 14"
email = "ar@nordholt-supply.example"
[store]
url = "sqlite:///{tmp_path / "live.db"}"
[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@nordholt-supply.example"
path = "{tmp_path}"
[review]
refused_passwords = "{tmp_path / "refused.txt"}"
""",
        "utf-8",
    )
    (tmp_path / "refused.txt").write_text("# ours\nthe kettle is on\n", "utf-8")
    return path


def run(*arguments: str, config: Path, code: int = 0) -> str:
    done = CliRunner().invoke(people_app, [*arguments, "-c", str(config)])
    if code:
        assert isinstance(done.exception, CommandFailed), done.output
        return str(done.exception)
    assert done.exit_code == 0, done.output
    return done.output


def served(config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[FastAPI, str]:
    """Start `dunwell review` up to the point where it would listen."""
    caught: dict[str, Any] = {}
    monkeypatch.setattr(serve, "serve", lambda app, **how: caught.update(app=app, **how))
    serve.run_review(config, port=None)
    return caught["app"], capsys.readouterr().out


def test_the_first_start_prints_a_link_and_lets_nobody_in_without(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, said = served(config, monkeypatch, capsys)
    found = re.search(r"http://127\.0\.0\.1:8765(/invitations/[\w-]{43})\n", said)
    assert found, said
    with TestClient(page, base_url="http://127.0.0.1:8765") as client:
        for path in ("/", "/unmatched", "/people", "/api/v1/counts"):
            assert client.get(path, headers=PAGE).status_code == 401, path
        assert client.get(found.group(1)).status_code == 200
        secret = "the kettle is on"
        csrf = re.search(r'name="csrf" value="(\w+)"', client.get(found.group(1)).text)
        assert csrf
        fields = {"csrf": csrf.group(1), "name": "Ada", "login": "ada", "password": secret, "again": secret}
        assert "tried first" in client.post(found.group(1), data=fields, headers=PAGE).text, "the file of one's own"


def test_inviting_listing_and_taking_away(config: Path) -> None:
    assert "nobody has an account" in run("list", config=config)
    said = run("invite", "mona", "--name", "Mona Berg", "--role", "manager", config=config)
    assert re.search(r"http://127\.0\.0\.1:8765/invitations/[\w-]{43}\n", said)
    assert "mona  manager  invited  Mona Berg" in run("list", config=config)
    assert "/invitations/" in run("reset", "mona", config=config)
    run("role", "mona", "auditor", config=config)
    run("disable", "mona", config=config)
    assert '"state": "no access"' in run("list", "--json", config=config)
    assert "enable them first" in run("reset", "mona", config=config, code=2)
    run("enable", "mona", config=config)
    assert "is taken" in run("invite", "Mona", "--name", "M", config=config, code=2)
    assert "nobody with the login" in run("disable", "max", config=config, code=2)
    assert "there is no role king" in run("role", "mona", "king", config=config, code=2)


def test_the_command_is_known() -> None:
    assert "Who may use the review queue" in CliRunner().invoke(app, ["--help"]).output


@pytest.mark.parametrize(
    ("review", "profile", "said"),
    [
        ({"sign_in": "off"}, "live", "only the demo profile may do without sign-in"),
        ({"sign_in": "off", "host": "0.0.0.0"}, "demo", "https only"),
        ({"sign_in": "off", "public_url": "https://q.example"}, "demo", "on this machine only"),
        ({"host": "0.0.0.0"}, "live", "off this machine the queue is served under https only"),
        ({"public_url": "http://q.example"}, "live", "must be https://"),
        ({"public_url": "https://q.example/queue"}, "live", "must be https://"),
        ({"oidc": {"issuer": "http://id.example", "client_id": "x"}}, "live", "must begin with https://"),
        ({"oidc": {"issuer": "https://id.example", "client_id": "x", "algorithms": ["none"]}}, "live", "algorithms"),
        ({"oidc": {"issuer": "https://id.example", "client_id": "x", "algorithms": ["HS256"]}}, "live", "algorithms"),
        ({"oidc": {"issuer": "https://id.example", "client_id": "x", "algorithms": []}}, "live", "algorithms"),
    ],
)
def test_what_would_be_unsafe_is_no_setting(review: dict[str, Any], profile: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        build_alone(settings(**review) | {"profile": profile}, source="test")


def test_the_demo_may_do_without(tmp_path: Path) -> None:
    made = build_alone(settings(sign_in="off") | {"profile": "demo"}, source="test")
    assert made.review.sign_in == "off"
    assert (
        build_alone(settings(host="0.0.0.0", public_url="https://q.example/"), source="x").review.public_host
        == "q.example"
    )


def test_a_secret_stands_in_no_configuration_file(config: Path) -> None:
    block = '[review.oidc]\nissuer = "https://id.example"\nclient_id = "x"\nclient_secret = "s"\n'
    config.write_text(config.read_text("utf-8") + block, "utf-8")
    with pytest.raises(ConfigError, match=r"review\.oidc\.client_secret: a secret does not belong"):
        load(config)
