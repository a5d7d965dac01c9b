"""`dunwell retention`: off unless it is stated, shows by itself and erases when told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from agent.cli.app import app
from agent.config import load
from agent.installation import Installation
from agent.new_day import NewDay
from store.engine import open_engine
from tests.e2e.installations import maildir_mailbox
from tests.factories import open_house

OLD = "UPDATE message SET received_at = '2020-01-01 00:00:00.000000', state = 'closed', customer_id = NULL"


def configured(folder: Path, more: str) -> Path:
    box, config = maildir_mailbox(folder / "box"), folder / "dunwell.toml"
    config.write_text(
        f'data_dir = "{folder}/data"\n[company]\nname = "N"\naddress = "S"\nemail = "ar@fernhill.example"\n'
        f'[store]\nurl = "sqlite:///{folder}/house.db"\n[[mailboxes]]\nname = "ar"\naddress = "ar@fernhill.example"\n'
        f'kind = "maildir"\npath = "{box.path}"\n{more}'
    )
    return config


def run(config: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["retention", *words, "--config", str(config)])
    assert done.exit_code == 0, done.exception
    return done.output


def test_it_shows_and_erases(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    house.receive("the quokka", sender="x@nobody.example")
    with house.engine.begin() as connection:
        connection.execute(text(OLD))
    house.engine.dispose()
    config = configured(tmp_path, "[retention]\nunrelated_days = 60\n")
    shown = json.loads(run(config, "--json"))
    assert shown == {"on": True, "erased": False, "mails": {"unrelated": 1}, "kept": {}, "messages": [1]}
    assert "would go: 1 mails, 1 unrelated" in run(config)
    assert "erased: 1 mails" in run(config, "--now")
    assert json.loads(run(config, "--json"))["messages"] == []
    engine = open_engine(f"sqlite:///{tmp_path}/house.db")
    with engine.connect() as connection:
        assert "quokka" not in str(connection.execute(text("SELECT parsed FROM message")).all())
    engine.dispose()


def test_the_daemons_new_day_erases(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    house.receive("the quokka", sender="x@nobody.example")
    with house.engine.begin() as connection:
        connection.execute(text(OLD))
    house.engine.dispose()
    home = Installation(load(configured(tmp_path, "[retention]\nunrelated_days = 60\nhour = 0\n")))
    NewDay(home).judge()
    with home.engine.connect() as connection:
        assert "quokka" not in str(connection.execute(text("SELECT parsed FROM message")).all())
    home.engine.dispose()


def test_it_is_off_unless_it_is_stated(tmp_path: Path) -> None:
    assert "nothing is erased by its age" in run(configured(tmp_path, ""))


@pytest.mark.parametrize("setting", ["messages_days = 29", "hour = 24", "everything_days = 60"])
def test_a_wrong_setting_is_refused(tmp_path: Path, setting: str) -> None:
    done = CliRunner().invoke(app, ["retention", "--config", str(configured(tmp_path, f"[retention]\n{setting}\n"))])
    assert done.exit_code == 1
    assert "retention" in str(done.exception)
