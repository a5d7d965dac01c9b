from __future__ import annotations

from pathlib import Path

import pytest

from agent.config import ConfigError, build, build_alone, load

GOOD = """
[company]
name = "Fernhill Tooling Ltd"
address = "3 Kiln Lane, Fernhill"
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
        ("[company]", '[review]\nhost = "0.0.0.0"\n[company]', "review: host: off this machine"),
        (
            "[company]",
            '[model]\nbase_url = "http://models.example/v1"\nmodel = "m"\n[company]',
            "base_url: must be https",
        ),
        ("[company]", 'store = "x"\n[company]', "store: "),
        ("[company]", 'model = "x"\n[company]', "model: "),
        (GOOD[GOOD.index("[[mailboxes]]") :], "", "mailboxes: is missing"),
        ("\n[company]", "\nmailboxes = 5\n[company]", "is not valid TOML"),
        ('address = "3 Kiln Lane, Fernhill"', 'address = " "', "company.address: is missing"),
        (
            'address = "ar@fernhill.example"',
            'address = "ar@fernhil.example"',
            "mailboxes.ar.address: ar@fernhil.example is not at a domain of the company (fernhill.example)",
        ),
        (
            'address = "ar@fernhill.example"',
            'address = "bücher@fernhill.example"',
            "mailboxes.ar.address: bücher@fernhill.example cannot stand in a mail as it is",
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


RAW = {
    "company": {"name": "Fernhill Tooling Ltd", "address": "3 Kiln Lane", "email": "ar@fernhill.example"},
    "store": {"url": "sqlite:///mine.db"},
    "mailboxes": [{"name": "ar", "kind": "maildir", "address": "ar@fernhill.example", "path": "box"}],
}


def test_what_stands_alone_takes_nothing_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNWELL_STORE__URL", "postgresql://production.example/dunwell")
    monkeypatch.setenv("DUNWELL_MODEL__BASE_URL", "https://models.example/v1")
    monkeypatch.setenv("DUNWELL_MODEL__MODEL", "m")
    assert "production" in build(RAW, source="t").store.url, "the variables do win elsewhere"
    alone = build_alone(RAW, source="t")
    assert (alone.store.url, alone.model) == ("sqlite:///mine.db", None)
    monkeypatch.setenv("DUNWELL_MAILBOXES", "foo")
    assert build_alone(RAW, source="t") == alone


def test_the_demo_ignores_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.cli.demo import prepare

    for name, value in (
        ("DUNWELL_STORE__URL", f"sqlite:///{tmp_path / 'production.db'}"),
        ("DUNWELL_DATABASE_URL", f"sqlite:///{tmp_path / 'production.db'}"),
        ("DUNWELL_PROFILE", "live"),
        ("DUNWELL_DATA_DIR", str(tmp_path / "production")),
    ):
        monkeypatch.setenv(name, value)
    home = prepare(tmp_path / "demo")
    assert home.settings.profile == "demo"
    assert home.settings.store.url == f"sqlite:///{tmp_path / 'demo' / 'demo.db'}"
    assert home.settings.data_dir == tmp_path / "demo"


@pytest.mark.parametrize("name", ["DUNWELL_MAILBOXES", "DUNWELL_STORE", "DUNWELL_POLICY__PLAN"])
def test_a_variable_that_is_no_json_is_named_without_its_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "hunter2 {")
    with pytest.raises(ConfigError) as caught:
        build(RAW, source="t")
    assert name.split("__")[0] in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("changed", "told"), [({"store": "x"}, "store: "), ({"mailboxes": 5}, "mailboxes: "), ({"model": 3}, "model: ")]
)
def test_environment_over_a_setting_of_the_wrong_shape(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    lines = "\n".join(f"{name} = {value!r}" for name, value in changed.items())
    text = GOOD[: GOOD.index("[[mailboxes]]")] if "mailboxes" in changed else GOOD
    environment = {"DUNWELL_DATABASE_URL": "sqlite:///x.db", "DUNWELL_MODEL_API_KEY": "k"}
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, f"{lines}\n{text}"), environment=environment)
    assert any(told in line for line in str(caught.value).splitlines())


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, environment={})
