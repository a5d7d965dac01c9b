"""Two living companies on one installation, alike in every number and name: nothing of one is ever seen by, for or from the other.

One test, as its stage is eight processes: mail in for both, a model that journals who asks what, pages, API, metrics and logs;
then what breaks for one while the other works on; then the end of all.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from agent.companies import prefix_of
from review.listing import Kind
from review.matrix import MATRIX, PUBLIC
from tests.mail.servers import free_port
from tests.model_server import Answer, ModelServer
from tests.model_server import reply as model_reply
from tests.tenants import CANARIES, MOIRA, CommandLine, Tenant, found, tenants, with_key, words_in

DUNWELL = str(Path(sys.executable).parent / "dunwell")
PROMISE = "We will pay F-5501 on Friday, as promised to {word}."
FORM = {"sec-fetch-site": "same-origin"}
NOWHERE = {
    "number": "1",
    "place": "0",
    "customer_id": "K1",
    "login": "ines",
    "what": "queue",
    "link": "none",
    "plot": "ageing",
    "name": "none",
    "currency": "GBP",
}


def until(true: Callable[[], object], *, seconds: float, what: str) -> None:
    """Poll until something is true; seldom, as each look asks a server or a database."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.4)


def answers(request: dict[str, Any]) -> Answer:
    """Play a model that hands back whatever company's word it was shown."""
    asked = json.dumps(request)
    if "You read replies" in asked:
        evidence = next(PROMISE.format(word=word) for word in CANARIES.values() if PROMISE.format(word=word) in asked)
        claim = {"reason": "promise_to_pay", "invoices": ["F-5501"], "evidence": evidence, "confidence": 0.97}
        others = ("date", "amount", "reference", "dispute_kind", "po_number", "contact_name", "contact_email", "portal")
        return model_reply({"claims": [claim | dict.fromkeys((*others, "document", "instalments"))]})
    words = " ".join(CANARIES[name] for name in sorted(words_in(asked)))
    return model_reply({"body": f"Dear {{{{ contact.salutation }}}},\n\nThank you, {words}.\n\nKind regards"})


@dataclass
class Stage:
    """The living installation."""

    config: Path
    acme: Tenant
    bolt: Tenant
    port: int
    metrics: Mapping[str, int]
    sockets: Path
    logs: Mapping[str, Path]
    processes: Mapping[str, subprocess.Popen[bytes]]
    client: httpx2.Client

    @property
    def both(self) -> tuple[tuple[Tenant, Tenant], tuple[Tenant, Tenant]]:
        return (self.acme, self.bolt), (self.bolt, self.acme)

    def ask(
        self, host: str, path: str, *, method: str = "GET", cookie: str = "", token: str = "", **more: Any
    ) -> httpx2.Response:
        """Ask as the proxy in front would pass it on."""
        headers = {"host": host, "x-forwarded-proto": "https", **FORM, **more.pop("headers", {})}
        headers |= {"cookie": f"__Host-dunwell={cookie}"} if cookie else {}
        headers |= {"authorization": f"Bearer {token}"} if token else {}
        return self.client.request(method, path, headers=headers, **more)

    def said(self, which: str) -> list[str]:
        return self.logs[which].read_text("utf-8").splitlines()

    def processes_of(self, company: str, which: str) -> list[int]:
        """Give the numbers of the processes that were started for a company, the newest last."""
        found = re.findall(rf"company {company}: process (\d+) is started", "\n".join(self.said(which)))
        return [int(number) for number in found]


@pytest.fixture
def stage(model_server: ModelServer, tmp_path: Path) -> Iterator[Stage]:
    model_server.behave(answers)
    metrics = {name: free_port() for name in CANARIES}
    model = f'[model]\nbase_url = "{model_server.base_url}"\nmodel = "m"\nmax_attempts = 2\ntimeout_seconds = 30\n'
    blocks = {name: f'{model}\n[metrics]\nlisten = "127.0.0.1:{port}"\n' for name, port in metrics.items()}
    config = found(tmp_path, more=blocks)
    # A company whose configuration is none, from the beginning to the end.
    (tmp_path / "companies" / "crook").mkdir()
    (tmp_path / "companies" / "crook" / "dunwell.toml").write_text("not = [toml", "utf-8")
    keys = with_key("acme") | with_key("bolt")
    acme, bolt = tenants(config, keys)
    for tenant in (acme, bolt):
        tenant.take_ledger(tmp_path / "ledger")
        assert tenant.session
        assert tenant.api_token
        tenant.deliver(1, PROMISE.format(word=tenant.word))
    sockets = Path(tempfile.mkdtemp(prefix="dw-"))  # a socket's path must be short
    environment = {**os.environ, **keys, "TMPDIR": str(sockets)}
    port, logs = free_port(), {which: tmp_path / f"{which}.log" for which in ("run", "review")}
    with contextlib.ExitStack() as ends:
        ends.callback(shutil.rmtree, sockets, ignore_errors=True)
        processes = {}
        for which, more in (("run", []), ("review", ["--port", str(port)])):
            log = ends.enter_context(logs[which].open("wb"))
            words = [DUNWELL, which, *more, "--config", str(config)]
            processes[which] = subprocess.Popen(words, env=environment, stdout=log, stderr=log, cwd=tmp_path)
            ends.callback(_ended, processes[which])
        client = ends.enter_context(httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False))
        yield Stage(config, acme, bolt, port, metrics, sockets, logs, processes, client)


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.mark.timeout(900)
def test_two_companies_never_meet(
    stage: Stage,
    model_server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    until(lambda: stage.acme.held() and stage.bolt.held(), seconds=180, what="the first proposals")
    until(lambda: _up(stage), seconds=120, what="the pages")
    prompts_hold_one_word_each(model_server)
    pages_open_to_their_own_people_alone(stage)
    nothing_is_done_with_anothers_keys(stage)
    links_lead_nowhere_in_another_house(stage)
    no_name_leads_to_another_company(stage)
    news_and_tables_are_of_one(stage)
    what_breaks_for_one_stops_no_other(stage)
    metrics_and_logs_say_whose_they_are(stage)
    all_end_in_time(stage)
    monkeypatch.chdir(stage.config.parent)
    monkeypatch.setenv("COLUMNS", "300")
    commands = CommandLine(monkeypatch, capsys)
    what_leaves_one_holds_nothing_of_the_other(stage, commands)
    erasing_and_restoring_stay_in_one(stage, commands)


def _up(stage: Stage) -> bool:
    with contextlib.suppress(httpx2.HTTPError):
        return all(stage.ask(t.host, "/", cookie=t.session).status_code == 200 for t in (stage.acme, stage.bolt))
    return False


# --- nothing crosses ----------------------------------------------------------------------------------------------


def prompts_hold_one_word_each(model_server: ModelServer) -> None:
    seen = {
        headers["authorization"]: words_in(json.dumps([r for r, h in zip(*kept, strict=True) if h == headers]))
        for kept in [(model_server.requests, model_server.headers)]
        for headers in model_server.headers
    }
    assert seen == {f"Bearer key-of-{name}": {name} for name in CANARIES}


def _addresses(method: str, *, link: str = "none") -> list[str]:
    """Give every address of the application; each number names something in both companies."""
    paths = sorted(path for asked, path in {*MATRIX, *PUBLIC} if asked == method)
    filled = []
    for path in paths:
        for kind in Kind if "{kind}" in path else ("",):
            named = NOWHERE | {"kind": str(kind), "link": link}
            filled.append(re.sub(r"\{(\w+)\}", lambda m, named=named: named[m.group(1)], path))  # type: ignore[misc]
    return filled


def pages_open_to_their_own_people_alone(stage: Stage) -> None:
    open_to_all = {path for method, path in PUBLIC if method == "GET"}
    for (ours, other), every in zip(stage.both, (1, 5), strict=True):
        shown = 0
        for path in _addresses("GET")[::every]:  # one of them whole, the other in places: they are the same program
            own = stage.ask(ours.host, path, cookie=ours.session)
            assert words_in(_whole(own)) <= {ours.name}, path
            shown += ours.name in words_in(own.content)
            for cookie, token in ((other.session, ""), ("", other.api_token))[: 1 + path.startswith("/api/")]:
                theirs = stage.ask(ours.host, path, cookie=cookie, token=token)
                assert path in open_to_all or "/invitations/" in path or theirs.status_code == 401, path
                # The page for signing in may name the company that it is of.
                assert words_in(_whole(theirs)) <= {ours.name}, path
                assert not re.search(rf"{ours.word}.{{0,3}}(Lane|joinery)|F-5501|{MOIRA}", theirs.text), path
        assert shown >= 12 // every, "the sweep saw pages that hold the company's word"
        api = stage.ask(ours.host, "/api/v1/queue", token=ours.api_token)
        assert (api.status_code, words_in(api.text)) == (200, {ours.name})


def _whole(answer: httpx2.Response) -> bytes:
    return repr(answer.headers.raw).encode() + answer.content


def nothing_is_done_with_anothers_keys(stage: Stage) -> None:
    ours, other = stage.both[0]
    before = _standing(ours), _standing(other)
    for path in _addresses("POST"):
        if ("POST", path) in PUBLIC or "invitations" in path:
            continue
        fields = {"csrf": other.form, "reason": "other", "text": other.word, "seq": "1", "version": "1"}
        tried: list[dict[str, Any]] = [{"cookie": other.session}, {"cookie": ours.session}]
        if path.startswith("/api/"):
            tried = [{"token": other.api_token, "json": {"reason": "other"}}, {"cookie": ours.session, "json": {}}]
        for keys in tried:
            body: dict[str, Any] = {} if "json" in keys else {"data": fields}
            answer = stage.ask(ours.host, path, method="POST", **body, **keys)
            expected = {401} if keys.get("cookie") != ours.session else {401, 403, 422}
            assert answer.status_code in expected, (path, sorted(keys), answer.status_code)
    assert (_standing(ours), _standing(other)) == before


def _standing(tenant: Tenant) -> list[Any]:
    """Give what a deed would change: proposals, what goes out, people, and the log, but for signs of refusal."""
    asked = (
        "select status || id from proposal order by id",
        "select count(*) from outgoing",
        "select count(*) from person_session where ended_at is null",
        "select login || role from person order by id",
        "select count(*) from audit where event not like 'person.refused'",
    )
    return [tenant.numbers(query) for query in asked]


def links_lead_nowhere_in_another_house(stage: Stage) -> None:
    for ours, other in stage.both:
        (item,) = ours.held()
        at_home = stage.ask(ours.host, ours.link(item), cookie=ours.session)
        assert (at_home.status_code, at_home.headers["location"]) == (303, f"/items/{item}")
        assert stage.ask(ours.host, other.link(item), cookie=ours.session).status_code == 404
        assert stage.ask(ours.host, other.link(item), cookie=other.session).status_code == 401
        assert not set(stage.ask(ours.host, "/", cookie=other.session).cookies) & {"__Host-dunwell"}


def no_name_leads_to_another_company(stage: Stage) -> None:
    acme, bolt = stage.acme, stage.bolt
    for host in (
        "unknown.example",
        f"{acme.host}.evil.example",
        f"x.{acme.host}",
        "crook.dunwell.example",
        f"{acme.host}.",
    ):
        assert stage.ask(host, "/", cookie=acme.session).status_code == 421, host
    for sly in ("x-forwarded-host", "x-host", "forwarded", "x-original-host"):
        value = f"host={bolt.host}" if sly == "forwarded" else bolt.host
        answer = stage.ask(acme.host, "/", cookie=acme.session, headers={sly: value})
        assert words_in(answer.text) == {"acme"}, sly
    assert stage.ask(acme.host.upper(), "/", cookie=acme.session).status_code == 200
    # Who comes without the proxy that speaks https is not let in, and cannot say whom it comes from.
    plain = stage.client.get("/", headers={"host": acme.host, "cookie": f"__Host-dunwell={acme.session}"})
    assert plain.status_code == 403
    # Even past the common door, each house answers to its own name alone.
    (folder,) = stage.sockets.glob("dunwell-*")
    assert folder.stat().st_mode & 0o077 == 0
    with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(folder / "0"))) as inside:
        for host, status in ((acme.host, 401), (bolt.host, 421)):
            answer = inside.get("http://x/", headers={"host": host, "x-forwarded-proto": "https"})
            assert answer.status_code == status


def news_and_tables_are_of_one(stage: Stage) -> None:
    for ours, other in stage.both:
        table = stage.ask(
            ours.host, "/exports/queue", method="POST", cookie=ours.session, data={"csrf": ours.form, "days": "30"}
        )
        assert (table.status_code, words_in(table.content)) == (200, {ours.name})
        events = {"accept": "text/event-stream"}
        assert stage.ask(ours.host, "/queue/events", cookie=other.session, headers=events).status_code == 401
    ours, other = stage.both[0]
    headers = {"host": ours.host, "x-forwarded-proto": "https", "cookie": f"__Host-dunwell={ours.session}", **FORM}
    with stage.client.stream("GET", "/queue/events", headers=headers | {"accept": "text/event-stream"}) as stream:
        lines = stream.iter_lines()
        assert "listening" in next(lines), "a stream passes through the common door line by line"


# --- what breaks for one ------------------------------------------------------------------------------------------


def what_breaks_for_one_stops_no_other(stage: Stage) -> None:
    acme, bolt = stage.acme, stage.bolt
    ready = stage.ask("localhost", "/readyz")
    assert (ready.status_code, ready.json()["reasons"]) == (503, ["1 of 3 companies not ready"])
    assert stage.ask("localhost", "/healthz").status_code == 200
    for tenant in (acme, bolt):
        assert stage.ask(tenant.host, "/readyz").status_code == 200

    # Its database is locked: only its own mail waits.
    lock = sqlite3.connect(acme.path / "dunwell.db", isolation_level=None, timeout=30)
    lock.execute("begin immediate")
    acme.deliver(2, PROMISE.format(word=acme.word))
    bolt.deliver(2, PROMISE.format(word=bolt.word))
    until(lambda: _messages(bolt) == 2, seconds=120, what="the other's second mail")
    assert stage.ask(bolt.host, "/", cookie=bolt.session).status_code == 200
    assert _messages(acme) == 1
    lock.execute("rollback")
    lock.close()
    until(lambda: _messages(acme) == 2, seconds=120, what="the first's mail after the lock")

    # Its mailbox is gone and its daemon killed: the other's goes on, its own comes back.
    (acme.path / "box").rename(acme.path / "away")
    others = stage.processes_of("bolt", "run")
    os.kill(stage.processes_of("acme", "run")[-1], signal.SIGKILL)
    bolt.deliver(3, PROMISE.format(word=bolt.word))
    until(lambda: _messages(bolt) == 3, seconds=120, what="the other's third mail")
    (acme.path / "away").rename(acme.path / "box")
    acme.deliver(3, PROMISE.format(word=acme.word))
    until(lambda: _messages(acme) == 3, seconds=180, what="the first's third mail")
    until(lambda: not (_on_their_way(acme) or _on_their_way(bolt)), seconds=120, what="understanding all mails")
    assert len(stage.processes_of("acme", "run")) == 2
    assert stage.processes_of("bolt", "run") == others
    assert any("crook" in line and "not valid TOML" in line for line in stage.said("run"))


def _on_their_way(tenant: Tenant) -> list[Any]:
    return tenant.numbers("select id from message where state in ('stored', 'proposing')")


def _messages(tenant: Tenant) -> int:
    return int(tenant.numbers("select count(*) from message")[0])


# --- whose it is --------------------------------------------------------------------------------------------------


def metrics_and_logs_say_whose_they_are(stage: Stage) -> None:
    for ours, _ in stage.both:
        text = httpx2.get(f"http://127.0.0.1:{stage.metrics[ours.name]}/metrics", trust_env=False).text
        samples = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert len(samples) > 10
        assert all(f'company="{ours.name}"' in line for line in samples)
        assert words_in(text) == set()
    whose: set[str | None] = set()
    for which in ("run", "review"):
        for line in stage.said(which):
            assert MOIRA not in line
            if line.startswith("{"):
                assert words_in(line) == set(), line
                whose.add(json.loads(line).get("company"))
    assert whose == {"acme", "bolt", None}
    environment = Path(f"/proc/{stage.processes_of('bolt', 'run')[-1]}/environ").read_bytes().decode()
    assert f"{prefix_of('bolt')}MODEL_API_KEY=key-of-bolt" in environment
    assert "key-of-acme" not in environment


def all_end_in_time(stage: Stage) -> None:
    numbers = {which: [stage.processes_of(c, which)[-1] for c in CANARIES] for which in ("run", "review")}
    stage.processes["review"].send_signal(signal.SIGTERM)
    assert stage.processes["review"].wait(15) == 0
    assert not any(map(_lives, numbers["review"]))
    # Killed, it can tell nobody: its daemons see that it is gone.
    stage.processes["run"].kill()
    until(lambda: not any(map(_lives, numbers["run"])), seconds=30, what="the end of the daemons")
    assert not any("Fatal" in line or "Traceback" in line for which in numbers for line in stage.said(which))


def _lives(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# --- what leaves --------------------------------------------------------------------------------------------------


def what_leaves_one_holds_nothing_of_the_other(stage: Stage, dunwell: CommandLine) -> None:
    folder = stage.config.parent
    for ours, _ in stage.both:
        item, *others = ours.held()
        for words in (
            ["queue", "list", "--json"],
            ["queue", "show", str(item), "--json"],
            ["account", "K1", "--json"],
            ["contacts", "list"],
            ["export", "applications", "--json"],
        ):
            code, out, said = dunwell("--company", ours.name, *words)
            assert code == 0, (words, said)
            assert words_in(out + said) <= {ours.name}, words
        assert words_in(dunwell("--company", ours.name, "account", "K1", "--json")[1]) == {ours.name}
        archive = folder / f"{ours.name}.backup"
        assert dunwell("--company", ours.name, "backup", str(archive))[0] == 0
        assert words_in(_unpacked(archive)) == {ours.name}
        for number in (item, *others):
            assert dunwell("--company", ours.name, "queue", "reject", str(number), "--reason", "other")[0] == 0
        suite = folder / f"suite-{ours.name}"
        code, _, said = dunwell("--company", ours.name, "eval", "capture", "--out", str(suite), "--json")
        assert code == 0, said
        files = [one for one in suite.rglob("*") if one.is_file()]
        assert files
        assert words_in(b"".join(one.read_bytes() for one in files)) <= {ours.name}


def _unpacked(archive: Path) -> bytes:
    """Give all bytes of a backup, packed or not."""
    whole = archive.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        members = [one for one in tar.getmembers() if one.isfile()]
        return whole + b"".join(reader.read() for one in members if (reader := tar.extractfile(one)) is not None)


def erasing_and_restoring_stay_in_one(stage: Stage, dunwell: CommandLine) -> None:
    ours, other = stage.both[0]
    for tenant in (ours, other):
        tenant.home.engine.dispose()
    before = _bytes_of(other.path)
    assert MOIRA.encode() in before
    code, _, said = dunwell("--company", ours.name, "erase", MOIRA)
    assert code == 0, said
    ours.home.engine.dispose()
    assert MOIRA.encode() not in b"".join(one.read_bytes() for one in ours.path.glob("dunwell.db*"))
    code, _, said = dunwell("--company", other.name, "restore", str(stage.config.parent / f"{ours.name}.backup"))
    assert code != 0, "its place is not empty"
    other.home.engine.dispose()
    assert _bytes_of(other.path) == before, said


def _bytes_of(folder: Path) -> bytes:
    """Give the bytes of all files that hold something of a company."""
    files = sorted(one for one in folder.rglob("*") if one.is_file() and not one.name.endswith("-shm"))
    return b"".join(one.read_bytes() for one in files)
