"""Many companies on one installation: names, homes, environments, what two may not share, and what commands do for one alone."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.cli.companies_serve import run_all
from agent.cli.output import CommandFailed
from agent.companies import companies_at, environment_for, environment_of, fault_of_name, prefix_of
from agent.company_clashes import clashes, clashes_of
from agent.config import Settings, load_alone
from tests.tenants import CANARIES, CommandLine, found, tenants

Dunwell = Callable[..., tuple[int, str, str]]
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,3}", fullmatch=True)


@pytest.fixture
def dunwell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Dunwell:
    """Run commands in a folder that is nobody's home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    return CommandLine(monkeypatch, capsys)


# --- names and environments ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Acme",
        "acme corp",
        "../bolt",
        "a/b",
        "acme--x",
        "-acme",
        "acme-",
        "acmé",
        "9acme",
        "a" * 33,
        "a.b",
        ".",
        "acme\n",
    ],
)
def test_a_bad_name_is_refused_and_nothing_is_written(name: str, dunwell: Dunwell, tmp_path: Path) -> None:
    code, _, said = dunwell("companies", "add", "--", name)
    assert code == 2
    assert "is no name for a company" in said
    assert list(tmp_path.iterdir()) == []


@given(one=NAMES, other=NAMES, variable=st.from_regex(r"[A-Z_]{1,20}", fullmatch=True))
def test_no_variable_of_one_company_is_ever_read_for_another(one: str, other: str, variable: str) -> None:
    assert fault_of_name(one) is None or len(one) > 32
    given_ = {f"{prefix_of(one)}{variable}": "secret", f"DUNWELL_{variable}": "of nobody", "PATH": "p"}
    assert environment_of(one, given_) == {f"DUNWELL_{variable}": "secret"}
    for another in {other, f"{one}-{other}", f"{one}{other}"} - {one}:
        assert environment_of(another, given_) == {}
        assert environment_for(another, given_) == {"PATH": "p"}


def test_the_variables_of_a_company_count_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = tenants(found(tmp_path))
    mine = prefix_of("acme")
    for name, value in (
        (f"{mine}REVIEW__UNDO_SECONDS", "7"),
        (f"{mine}MAILBOX_AR_PASSWORD", "of acme"),
        ("DUNWELL_WORKERS", "9"),
        ("DUNWELL_DATABASE_URL", "sqlite:///everybodys.db"),
        ("DUNWELL_POLICY__VERSION", "x"),
    ):
        monkeypatch.setenv(name, value)
    acme, bolt = (t.companies.settings_of(t.name) for t in (one, other))
    assert (acme.review.undo_seconds, bolt.review.undo_seconds) == (7, 30)
    assert acme.mailboxes[0].secret() == "of acme"
    assert bolt.mailboxes[0].password is None
    assert {acme.workers, bolt.workers} == {4}
    assert acme.store.url == f"sqlite:///{one.path}/dunwell.db"


# --- homes --------------------------------------------------------------------------------------------------------


def test_add_makes_homes_whose_examples_load_and_do_not_meet(dunwell: Dunwell, tmp_path: Path) -> None:
    for name in ("acme", "north-2"):
        assert dunwell("companies", "add", name)[0] == 0
    home = tmp_path / "companies" / "north-2"
    assert home.stat().st_mode & 0o777 == 0o700
    assert prefix_of("north-2") in (home / "dunwell.toml").read_text()
    code, out, _ = dunwell("companies", "check", "--json")
    assert code == 0, out
    assert [one["page"] for one in json.loads(out)["companies"]] == [
        "https://acme.dunwell.example",
        "https://north-2.dunwell.example",
    ]
    code, _, said = dunwell("companies", "add", "acme")
    assert (code, "exists already" in said) == (2, True)


def test_check_tells_every_fault_of_every_company(
    dunwell: Dunwell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tenants(found(tmp_path))
    file = one.companies.file("acme")
    file.write_text(
        file.read_text().replace('public_url = "https://acme.dunwell.example"', "").replace("email", "mail")
    )
    (tmp_path / "companies" / "Old Company").mkdir()
    (tmp_path / "companies" / "empty").mkdir()
    for variable in ("DUNWELL_MODEL_API_KEY", "DUNWELL_COMPANY_ACME_MODEL_API_KEY", f"{prefix_of('bolt')}WORKERS"):
        monkeypatch.setenv(variable, "4")
    code, out, said = dunwell("companies", "check")
    assert (code, "not fit to work: acme, Old Company, empty" in said) == (2, True)
    assert sum(line.startswith("acme: ") and str(file) in line for line in out.splitlines()) == 2, out
    for line in (
        "bolt: well",
        "empty: is no company: there is no dunwell.toml in it",
        "environment: DUNWELL_MODEL_API_KEY: belongs to no company and counts for none",
        "environment: DUNWELL_COMPANY_ACME_MODEL_API_KEY: belongs to no company and counts for none",
    ):
        assert line in out.splitlines(), out
    assert "BOLT__WORKERS" not in out
    code, out, _ = dunwell("companies", "list", "--json")
    assert [(seen["name"], len(seen["faults"])) for seen in json.loads(out)] == [("acme", 2), ("bolt", 0)]
    assert other.companies.names() == ("acme", "bolt")


def test_every_relative_path_begins_at_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = found(tmp_path)
    one, other = tenants(config)
    text = one.companies.file("acme").read_text().replace('path = "box"', 'path = "box"\npassword_file = "secret"')
    one.companies.file("acme").write_text(text)
    monkeypatch.chdir(other.path)  # wherever we are
    settings = one.companies.settings_of("acme")
    box = settings.mailboxes[0]
    assert box.smtp is not None
    assert (box.path, box.password_file, box.smtp.path) == (one.path / "box", one.path / "secret", one.path / "sent")
    assert settings.data_dir == one.path / "data"
    assert settings.store.url.removeprefix("sqlite:///") == str(one.path / "dunwell.db")


def test_an_installation_of_one_company_stays_what_it_is(dunwell: Dunwell, tmp_path: Path) -> None:
    assert dunwell("init")[0] == 0
    (tmp_path / "companies" / "stray").mkdir(parents=True)
    before = (tmp_path / "dunwell.toml").read_text()
    assert companies_at(tmp_path / "dunwell.toml") is None
    for words in (["companies", "add", "acme"], ["companies", "list"], ["--company", "acme", "audit"]):
        code, _, said = dunwell(*words)
        assert code == 2
        assert "one company's own" in said
        assert len(said.splitlines()) == 1
    assert dunwell("audit")[0] == 0, "without --company as ever"
    assert (tmp_path / "dunwell.toml").read_text() == before
    assert sorted(one.name for one in (tmp_path / "companies").iterdir()) == ["stray"]


def test_commands_ask_for_which_company_and_say_whose_fault_it_is(dunwell: Dunwell, tmp_path: Path) -> None:
    found(tmp_path)
    for words, named in (
        (["queue", "list"], "holds several companies"),
        (["--company", "nope", "queue", "list"], "there is no company nope: acme, bolt"),
        (["--company", "acme", "demo"], "for no single company"),
        (["--company", "../bolt", "audit"], "there is no company ../bolt"),
    ):
        code, _, said = dunwell(*words)
        assert code == 2
        assert named in said
        assert len(said.splitlines()) == 1
    (tmp_path / "companies/acme/dunwell.toml").write_text("not = [toml")
    code, _, said = dunwell("--company", "acme", "audit")
    assert (code, said.startswith("dunwell: acme: ")) == (2, True)
    assert dunwell("--company", "bolt", "audit")[0] == 0, "another's broken file is none of its business"


# --- what two may not share ---------------------------------------------------------------------------------------

IMAP = 'kind = "imap"\nhost = "imap.group.example"\nuser = "{user}"\nfolder = "{folder}"'
PG = "postgresql://{user}@{host}/{name}"


def _acme_and_bolt(folder: Path, change: Mapping[str, tuple[str, str]]) -> tuple[Settings, Settings]:
    one, other = tenants(found(folder))
    for tenant in (one, other):
        file = tenant.companies.file(tenant.name)
        text = file.read_text()
        for old, new in change.items():
            assert old in text or not old
            text = text.replace(old, new[CANARIES[tenant.name] == CANARIES["bolt"]])
        file.write_text(text)
    return one.companies.settings_of("acme"), one.companies.settings_of("bolt")


DATABASE = '"sqlite:///dunwell.db"'
SAME = {
    "data folder": ({'"data"': ('"../x"', '"../x"')}, "data_dir"),
    "data folder within": ({'"data"': ('"../x"', '"../x/y"')}, "data_dir"),
    "database file": ({DATABASE: ('"sqlite:///../x.db"', '"sqlite:///../../companies/x.db"')}, "store.url"),
    "database in its data": ({DATABASE: ('"sqlite:///dunwell.db"', '"sqlite:///../acme/data/x.db"')}, "data_dir"),
    "database server": (
        {DATABASE: ('"postgresql://a@DB.example/x"', '"postgresql://b:secret@db.example.:5432/x"')},
        "store.url",
    ),
    "schemas of one database": (
        {DATABASE: ('"postgresql://db/x?options=-csearch_path%3Da"', '"postgresql://db/x?options=-csearch_path%3Db"')},
        "store.url",
    ),
    "maildir": ({'"box"': ('"../acme/box"', '"../acme/box"')}, "mailboxes.ar.path"),
    "outgoing maildir": ({'"sent"': ('"../acme/box"', '"../acme/box"')}, "mailboxes.ar.smtp.path"),
    "address": (
        {"zorvathel.example": ("same.example", ""), "kelmundir.example": ("", "Same.example")},
        "mailboxes.ar.address",
    ),
    "account": (
        {
            'kind = "maildir"\naddress': ("address", "address"),
            'path = "box"': (
                IMAP.format(user="Clerk", folder="INBOX"),
                IMAP.format(user="clerk", folder="Other").replace("imap.group", "IMAP.group"),
            ),
        },
        "mailboxes.ar.user",
    ),
    "host": (
        {"acme.dunwell.example": ("x.example", ""), "bolt.dunwell.example": ("", "X.example")},
        "review.public_url",
    ),
    "metrics": ({"[log]": ('[metrics]\nlisten="127.0.0.1:9464"\n[log]',) * 2}, "metrics.listen"),
}


@pytest.mark.parametrize("what", SAME)
def test_what_two_companies_share_is_refused_in_one_line(what: str, tmp_path: Path, dunwell: Dunwell) -> None:
    change, setting = SAME[what]
    if what in ("address", "host"):
        acme, bolt = _one_word(tmp_path, change)
    else:
        acme, bolt = _acme_and_bolt(tmp_path, change)
    lines = clashes(acme, bolt, other="bolt")
    assert any(line.startswith(f"{setting}: ") and "of the company bolt" in line for line in lines), lines
    assert "secret" not in str(lines)
    for name in CANARIES:
        code, _, said = dunwell("--company", name, "audit")
        assert code == 2
        assert "each needs its own" in said
    assert not (tmp_path / "companies/acme/dunwell.db").exists(), "nothing was opened"
    assert dunwell("companies", "check")[0] == 2


def _one_word(folder: Path, change: Mapping[str, tuple[str, str]]) -> tuple[Settings, Settings]:
    one, _ = tenants(found(folder))
    for name in CANARIES:
        file = one.companies.file(name)
        text = file.read_text()
        for old, new in change.items():
            text = text.replace(old, new[name == "bolt"])
        file.write_text(text)
    return one.companies.settings_of("acme"), one.companies.settings_of("bolt")


def test_what_is_apart_is_not_refused(tmp_path: Path) -> None:
    acme, bolt = _acme_and_bolt(
        tmp_path, {DATABASE: ('"postgresql://db.example/acme"', '"postgresql://db.example/bolt"')}
    )
    assert clashes(acme, bolt, other="bolt") == []


@pytest.mark.parametrize("url", ["postgresql://x:notaport/y", "postgresql://[/y", "sqlite:////proc/self/mem/x"])
def test_a_company_with_a_wrong_setting_costs_another_nothing(url: str, tmp_path: Path, dunwell: Dunwell) -> None:
    acme, bolt = _acme_and_bolt(tmp_path, {DATABASE: (f'"{url}"', DATABASE)})
    assert clashes(bolt, acme, other="acme") == []
    assert dunwell("--company", "bolt", "audit")[0] == 0
    code, _, said = dunwell("--company", "acme", "audit")
    assert (code, said.startswith("dunwell: acme: store.url: ")) == (1, True), said


def test_a_link_to_another_companys_files_is_seen_through(tmp_path: Path) -> None:
    one, other = tenants(found(tmp_path))
    assert one.home.engine
    one.home.engine.dispose()
    os.link(one.path / "dunwell.db", other.path / "dunwell.db")
    (other.path / "data").symlink_to(one.path / "data")
    lines = clashes_of("bolt", other.home.settings, other.companies)
    assert [line.partition(":")[0] for line in lines] == ["store.url", "data_dir"]
    shutil.copytree(one.path, tmp_path / "companies" / "copied")
    assert clashes_of("copied", one.companies.settings_of("copied"), one.companies), "a copied home is refused as well"


def test_the_loaded_settings_are_those_of_the_file(tmp_path: Path) -> None:
    one, _ = tenants(found(tmp_path))
    alone = load_alone(one.companies.file("acme"), environment={})
    assert alone.model_dump(exclude={"data_dir", "store", "mailboxes"}) == one.home.settings.model_dump(
        exclude={"data_dir", "store", "mailboxes"}
    )


def test_one_round_of_all_goes_on_past_whoever_cannot(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    companies = tenants(found(tmp_path))[0].companies
    for name in companies.names():
        companies.file(name).write_text(f"{name} = [no toml")

    with pytest.raises(CommandFailed, match="not done for acme, bolt: the lines above say why"):
        run_all(companies, once=True, as_json=True)
    said = capfd.readouterr()
    assert json.loads(said.out) == {"acme": None, "bolt": None}
    for name in companies.names():
        assert f"dunwell: {name}: " in said.err
