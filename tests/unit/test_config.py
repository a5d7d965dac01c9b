from __future__ import annotations

from pathlib import Path

import pytest

from agent.config import ConfigError, load

GOOD = """
[company]
name = "Fernhill Tooling Ltd"
email = "ar@fernhill.example"

[[mailboxes]]
name = "ar"
address = "ar@fernhill.example"
host = "imap.fernhill.example"
user = "ar"

[mailboxes.smtp]
host = "smtp.fernhill.example"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "dunwell.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_file_that_init_writes_is_valid(tmp_path: Path) -> None:
    from agent.cli.setup import write_config

    write_config(tmp_path / "dunwell.toml", force=False)
    settings = load(tmp_path / "dunwell.toml", environment={})
    assert settings.mailboxes[0].tls == "implicit"


def test_secrets_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "DUNWELL_MAILBOX_AR_PASSWORD": "imap secret",
        "DUNWELL_SMTP_AR_PASSWORD": "smtp secret",
        "DUNWELL_DATABASE_URL": "postgresql://db.internal/dunwell",
    }
    settings = load(write(tmp_path, GOOD), environment=environment)
    assert settings.mailboxes[0].secret() == "imap secret"
    assert settings.mailboxes[0].smtp is not None
    assert settings.mailboxes[0].smtp.secret() == "smtp secret"
    assert settings.store.url == "postgresql+psycopg://db.internal/dunwell"
    assert "secret" not in repr(settings)
    monkeypatch.setenv("DUNWELL_WORKERS", "9")
    assert load(write(tmp_path, GOOD), environment={}).workers == 9


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('host = "imap.fernhill.example"', "", "mailboxes.0: host: is missing"),
        ('user = "ar"', 'user = "ar"\ntls = "none"', 'mailboxes.0: tls: "none" is allowed on loopback only'),
        ('user = "ar"', 'user = "ar"\npassword = "hunter2"', "mailboxes.0.password: a secret does not belong"),
        ('user = "ar"', 'user = "ar"\ncolour = "red"', "mailboxes.0.colour: is not a setting of dunwell"),
        ('email = "ar@fernhill.example"', 'email = "nobody"', "company.email"),
        ("[company]", "[company", "is not valid TOML"),
        ("[company]", 'clock_starts_at = "2026-01-01T00:00:00Z"\n[company]', "clock_starts_at: only the demo profile"),
        ("[company]", 'profile = "demo"\n[company]', "the demo profile never sends to the outside"),
        ("[company]", '[store]\nurl = "mysql://x"\n[company]', "store.url: must start with"),
        ("[company]", '[review]\nhost = "0.0.0.0"\n[company]', "review: host: this version has no sign-in"),
        (
            "[company]",
            '[model]\nbase_url = "http://models.example/v1"\nmodel = "m"\n[company]',
            "base_url: must be https",
        ),
        ("[company]", '[policy]\nmanager_above = "-1"\n[company]', "policy.manager_above"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, GOOD.replace(old, new, 1)), environment={})
    lines = str(caught.value).splitlines()
    assert any(told in line for line in lines), lines
    assert all("hunter2" not in line for line in lines)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="run `dunwell init`"):
        load(tmp_path / "dunwell.toml", environment={})
