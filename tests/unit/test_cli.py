"""The command line: whatever is wrong, a person reads one line that says what and where, never a traceback."""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from agent.cli import main
from agent.cli.replies import read_replies
from agent.config import load
from agent.installation import Installation
from store.engine import unit_of_work
from store.tables import Document, Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, SendState
from tests.ledgers import NOW, write_ledger
from tests.model_server import Answer, ModelServer, reply, status

TOML = """
data_dir = "{home}/data"
{more}
[company]
name = "Fernhill Tooling Ltd"
address = "3 Kiln Lane, Fernhill"
email = "ar@fernhill.example"

[store]
url = "{url}"

[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@fernhill.example"
path = "{home}/box"

[mailboxes.smtp]
kind = "maildir"
path = "{home}/sent"
"""


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


Dunwell = Callable[..., Done]


@pytest.fixture
def dunwell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Dunwell:
    """Run a command in this process; what it does not turn into an exit code fails the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["dunwell", *words])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Done(code, said.out, said.err)

    return run


def configure(home: Path, *, url: str = "", more: str = "") -> str:
    for part in ("new", "cur", "tmp"):
        (home / "box" / part).mkdir(parents=True, exist_ok=True)
    path = home / "dunwell.toml"
    path.write_text(TOML.format(home=home, url=url or f"sqlite:///{home}/dunwell.db", more=more), "utf-8")
    return str(path)


def one_line(done: Done, *words: str, code: int = 1) -> None:
    """Check that a command failed with one line that holds these words; its log may say more beside it."""
    lines = [line for line in done.err.strip().splitlines() if not re.match(r"\d{4}-\d\d-\d\d [\d:,]+ [A-Z]+ ", line)]
    assert done.code == code, done
    assert len(lines) == 1, lines
    assert lines[0].startswith("dunwell: ")
    for word in words:
        assert word in lines[0], lines[0]


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- configuration and surroundings -------------------------------------------------------------------------------


def test_a_folder_for_a_configuration(dunwell: Dunwell, tmp_path: Path) -> None:
    one_line(dunwell("audit", "-c", "."), "cannot be read", "--config", code=2)
    one_line(dunwell("audit", "-c", str(tmp_path / "none.toml")), "run `dunwell init`", code=2)


def test_a_variable_that_cannot_be_read(dunwell: Dunwell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configure(tmp_path)
    monkeypatch.setenv("DUNWELL_MAILBOXES", "foo")
    one_line(dunwell("audit", "-c", config), "DUNWELL_MAILBOXES", code=2)


@pytest.mark.parametrize("command", [["queue", "list"], ["run", "--once"], ["review"], ["audit"], ["contacts", "list"]])
def test_a_database_folder_that_cannot_be_made(dunwell: Dunwell, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("no folder")
    config = configure(tmp_path, url=f"sqlite:///{tmp_path}/file/dunwell.db")
    one_line(dunwell(*command, "-c", config), "store.url: the database cannot be opened", "file")


@pytest.mark.parametrize("command", [["queue", "list"], ["run", "--once"], ["run"], ["review"]])
def test_a_data_folder_that_cannot_be_made(dunwell: Dunwell, tmp_path: Path, command: list[str]) -> None:
    config = Path(configure(tmp_path))
    (tmp_path / "file").write_text("no folder")
    config.write_text(config.read_text().replace(f"{tmp_path}/data", f"{tmp_path}/file/data"))
    one_line(dunwell(*command, "-c", str(config)), "data_dir: ", "cannot be used")


def test_a_file_that_is_no_database(dunwell: Dunwell, tmp_path: Path) -> None:
    config = configure(tmp_path)
    (tmp_path / "dunwell.db").write_bytes(b"this is a letter and no database" * 100)
    one_line(dunwell("queue", "list", "-c", config), "store.url", "file is not a database")


def test_postgresql_addresses_that_lead_nowhere(dunwell: Dunwell, tmp_path: Path) -> None:
    port = a_free_port()
    for url, words in (
        (f"postgresql://u:hunter2@127.0.0.1:{port}/d", ("cannot be opened", "onnection refused")),
        (f"postgresql://u:hunter2@127.0.0.1:{port}/d?colour=red", ("cannot be opened", "colour")),
        ("postgresql://u:hunter2@127.0.0.1:hunter2/d", ("store.url", "DUNWELL_DATABASE_URL")),
        ("sqlite:///x.db?timeout=hunter2", ("store.url", "wrong option")),
    ):
        done = dunwell("queue", "list", "-c", configure(tmp_path, url=url))
        one_line(done, *words)
        assert "hunter2" not in done.err


def test_a_damaged_key(dunwell: Dunwell, tmp_path: Path) -> None:
    config = configure(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "installation.key").write_bytes(b"short")
    one_line(dunwell("queue", "list", "-c", config), "installation.key is damaged", "backup")


def test_a_key_is_made_although_a_crash_left_a_draft_of_this_process(tmp_path: Path) -> None:
    import os

    home = Installation(load(Path(configure(tmp_path)), environment={}))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / f"installation.key.{os.getpid()}").write_bytes(b"")
    assert len(home.key) == 32
    assert (tmp_path / "data" / "installation.key").stat().st_mode & 0o777 == 0o600


def test_the_demo_on_a_file(dunwell: Dunwell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    one_line(dunwell("demo", "--no-serve", "--dir", str(tmp_path / "file")), "is not a folder of the demo", code=2)
    one_line(dunwell("demo", "--no-serve", "--dir", str(tmp_path / "file" / "x")), "cannot be used")
    assert (tmp_path / "file").read_text() == "no folder"


def test_a_folder_among_the_documents(dunwell: Dunwell, tmp_path: Path) -> None:
    (write_ledger(tmp_path / "ledger") / "documents" / "F-5501.pdf").mkdir(parents=True)
    done = dunwell("import", str(tmp_path / "ledger"), "-c", configure(tmp_path))
    assert done.code == 2
    assert done.err.splitlines()[0] == "dunwell: documents/F-5501.pdf: cannot be read: Is a directory"


# --- the queue ----------------------------------------------------------------------------------------------------


@pytest.fixture
def held(dunwell: Dunwell, tmp_path: Path) -> tuple[str, int]:
    """An installation with one promise that waits: its configuration, and the proposal's number."""
    config = configure(tmp_path)
    ledger = write_ledger(tmp_path / "ledger")
    (ledger / "documents").mkdir()
    (ledger / "documents" / "F-5501.pdf").write_bytes(b"%PDF-1.4\n% router cutters\n%%EOF\n")
    assert dunwell("import", str(ledger), "-c", config).code == 0
    (tmp_path / "box" / "new" / "1").write_text(
        "From: moira@bracken.example\nTo: ar@fernhill.example\nSubject: Re: F-5501\nMessage-ID: <p@bracken.example>\n\n"
        "Could you please send us a copy of F-5501 again? We never received it.\n"
    )
    assert dunwell("run", "--once", "-c", config).code == 0
    (item,) = json.loads(dunwell("queue", "list", "--json", "-c", config).out)
    return config, item["id"]


def home_of(config: str) -> Installation:
    return Installation(load(Path(config), environment={}))


def test_settling_what_is_not_uncertain(dunwell: Dunwell, held: tuple[str, int]) -> None:
    config, proposal_id = held
    one_line(dunwell("queue", "settle", "99", "--sent", "-c", config), "outgoing 99", "fate is unknown")
    one_line(dunwell("queue", "settle", "99", "--not-sent", "-c", config), "outgoing 99", "fate is unknown")
    outgoing_id = uncertain(home_of(config), proposal_id)
    assert dunwell("queue", "settle", str(outgoing_id), "--sent", "-c", config).code == 0
    one_line(dunwell("queue", "settle", str(outgoing_id), "--sent", "-c", config), "settled it before you")


def uncertain(home: Installation, proposal_id: int) -> int:
    """Put a mail into the outbox whose sender died in the body."""
    with unit_of_work(home.engine) as session:
        row = session.get_one(ProposalRow, proposal_id)
        row.status = ProposalStatus.UNCERTAIN
        outgoing = Outgoing(
            proposal_id=proposal_id,
            case_id=row.case_id,
            customer_id="K1",
            mailbox="ar",
            message_id_header="<o@fernhill.example>",
            sender="ar@fernhill.example",
            recipients=["moira@bracken.example"],
            mime=b"x",
            mime_sha256="x",
            ledger_digest="x",
            newest_message=row.newest_message,
            state=SendState.UNCERTAIN,
            next_attempt_at=NOW,
            created_at=NOW,
        )
        session.add(outgoing)
        session.flush()
        assert outgoing.id is not None
        return outgoing.id


def test_a_mail_that_cannot_be_made_is_not_approved(dunwell: Dunwell, held: tuple[str, int]) -> None:
    config, proposal_id = held
    with unit_of_work(home_of(config).engine) as session:
        assert session.get_one(ProposalRow, proposal_id).content["draft"]["attachments"] == ["F-5501"]
        session.exec(select(Document)).one().content = b"%PDF-1.4 with another IBAN"
    done = dunwell("queue", "approve", str(proposal_id), "-c", config)
    one_line(done, f"proposal {proposal_id} cannot be approved", "F-5501 is missing or was changed")
    (item,) = json.loads(dunwell("queue", "list", "--json", "-c", config).out)
    assert item["status"] == "held"


# --- classify -----------------------------------------------------------------------------------------------------


@pytest.fixture
def classify(dunwell: Dunwell, tmp_path: Path) -> Dunwell:
    ledger = write_ledger(tmp_path / "ledger")

    def run(lines: list[Any] | bytes, *more: str, out: str = "out.jsonl") -> Done:
        raw = lines if isinstance(lines, bytes) else "\n".join(map(json.dumps, lines)).encode()
        (tmp_path / "in.jsonl").write_bytes(raw)
        words = ["--ledger", str(ledger), "--in", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / out)]
        return dunwell("classify", *words, *more)

    return run


def line(number: int, body: str | None = "We pay F-5501 on Friday.", **fields: object) -> dict[str, object]:
    known = {"id": number, "from": "moira@bracken.example", "subject": "Re: F-5501", "received": "2026-04-14T09:00:00Z"}
    return known | {"body": body} | fields


def written(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in (folder / "out.jsonl").read_text("utf-8").split("\n") if one]


def test_each_reply_gives_a_line_that_says_who_read_it(classify: Dunwell, tmp_path: Path) -> None:
    done = classify(
        [
            line(1),
            line(2, subject=None, **{"from": None}),
            line(3, None),
            line(4, customer_id="K404"),
            line(5, customer_id="K2"),
            line(6, "We pay\u2028F-5501\u0085on Friday. \ud83d \ud83d\ude4f \x00"),
        ]
    )
    assert done.code == 0, done.err
    found = written(tmp_path)
    assert [one["id"] for one in found] == [1, 2, 3, 4, 5, 6]
    assert {one["reader"] for one in found} == {"embedded"}
    assert found[0]["claims"][0]["reason"] == "promise_to_pay"
    assert found[5]["claims"]
    assert sorted(p.name for p in tmp_path.iterdir() if ".part" in p.name) == []


def test_only_a_newline_ends_a_line_of_input(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    raw = json.dumps(line(1, "a\u2028b\u0085c\u2029d"), ensure_ascii=False) + "\r\n\n" + json.dumps(line(2))
    path.write_bytes(b"\xef\xbb\xbf" + raw.encode())
    assert [one.body for one in read_replies(path)] == ["a\u2028b\u0085c\u2029d", "We pay F-5501 on Friday."]
    path.write_bytes(raw.encode().replace(b'"body": "', b'"body": "\xed\xa0\x80', 1))
    assert read_replies(path)[0].body.startswith("\ufffd")


@given(body=st.text(st.characters(codec=None, categories=None)))
def test_every_text_that_json_can_carry_is_read_and_can_be_written(
    body: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("replies") / "in.jsonl"
    path.write_text(json.dumps(line(1, body)))
    (one,) = read_replies(path)
    one.body.encode("utf-8")
    assert one.body == body.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"{", "is not a line of JSON"),
        (b"[1]", "Input should be"),
        (b'{"id": 2, "body": "x"}', "received: Field required"),
        (b'{"id": 2, "body": "x", "received": null}', "received: Input should be"),
        (b'{"id": 2, "body": "x", "received": "yesterday"}', "received: Invalid isoformat"),
        (b'{"id": 2, "body": "x", "received": "0001-01-01T00:00:00+14:00"}', "received: 1 is not a year"),
        (b'{"id": 2, "received": "2026-04-14"}', "body: Field required"),
        (b"[" * 100_000, "is not a line of JSON"),
        (b'{"id": "\xff"}', "is not UTF-8"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(classify: Dunwell, tmp_path: Path, bad: bytes, told: str) -> None:
    good = json.dumps(line(1)).encode()
    (tmp_path / "out.jsonl").write_text("of yesterday")
    one_line(classify(good + b"\n" + bad + b"\n" + good), "in.jsonl:2: ", told, code=2)
    assert (tmp_path / "out.jsonl").read_text() == "of yesterday"


def test_an_output_that_cannot_be_written(classify: Dunwell, tmp_path: Path) -> None:
    one_line(classify([line(1)], out="nodir/x"), "nodir/x cannot be written", code=2)
    (tmp_path / "folder").mkdir()
    one_line(classify([line(1)], out="folder"), "cannot be written", code=2)
    done = classify([line(1)], out="../../../../../../../dev/null")
    assert done.code == 0
    assert not Path("/dev/null").is_file()


def by_model(server: ModelServer, home: Path) -> list[str]:
    model = f'[model]\nbase_url = "{server.base_url}"\nmodel = "test-model"\nmax_attempts = 1\ntimeout_seconds = 5\n'
    return ["--reader", "llm", "--config", configure(home, more=model)]


def good_reading(body: str) -> Answer:
    empty = ("date", "amount", "reference", "dispute_kind", "po_number", "contact_name", "contact_email")
    more = ("portal", "document", "instalments")
    claim = {"reason": "promise_to_pay", "invoices": ["F-5501"], "evidence": body, "confidence": 0.9}
    return reply({"claims": [claim | dict.fromkeys((*empty, *more))]})


def test_what_the_model_could_not_read_does_not_pass_for_its_reading(
    classify: Dunwell, model_server: ModelServer, tmp_path: Path
) -> None:
    def sometimes(request: dict[str, Any]) -> Answer:
        return status(500) if "SECOND" in json.dumps(request) else good_reading("We pay F-5501 on Friday.")

    model_server.behave(sometimes)
    lines = [line(1), line(2, "SECOND: we pay F-5501 on Friday."), line(3)]
    done = classify(lines, *by_model(model_server, tmp_path))
    assert done.code == 0
    assert "1 of 3 replies were read by the embedded reader because the model failed" in done.err
    assert [one["reader"] for one in written(tmp_path)] == ["model:test-model", "embedded", "model:test-model"]


def test_a_model_that_reads_nothing_is_a_failure(classify: Dunwell, model_server: ModelServer, tmp_path: Path) -> None:
    model_server.behave(lambda _: status(500))
    done = classify([line(1), line(2)], *by_model(model_server, tmp_path))
    assert done.code == 1
    assert "2 of 2 replies were read by the embedded reader because the model failed" in done.err
    assert [one["reader"] for one in written(tmp_path)] == ["embedded", "embedded"]
