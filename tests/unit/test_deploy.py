"""The recipes in deploy/: that they parse, that what they name is there, and that they hold what docs/operations.md promises."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.draining import GRACE, PUTTING_BACK
from review.matrix import PUBLIC
from tests.mail.servers import free_port

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("dunwell.service", "dunwell-review.service", "dunwell-worker@.service")
COMMANDS = {"run", "review", "worker"}


def unit(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / name).read_text().splitlines():
        key, mark, value = line.partition("=")
        if mark and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_valid_hardened_and_gives_time_to_end(name: str) -> None:
    said = unit(name)
    ((program, command, option, _),) = [line.split() for line in said["ExecStart"]]
    assert (Path(program).name, option) == ("dunwell", "--config")
    assert command in COMMANDS
    assert said["User"] != ["root"]
    for wall in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "RestrictSUIDSGID"):
        assert said[wall] == ["yes"], wall
    assert said["ProtectSystem"] == ["strict"]
    assert said["CapabilityBoundingSet"] == [""]
    assert int(said["TimeoutStopSec"][0]) > GRACE + PUTTING_BACK


@pytest.mark.parametrize("name", UNITS)
def test_systemd_itself_accepts_a_unit(name: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    # The program is not installed here; everything else is checked as it stands.
    copy = tmp_path / name
    copy.write_text((DEPLOY / name).read_text().replace("/opt/dunwell/bin/dunwell", "/bin/true"))
    done = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    copy.write_text(copy.read_text().replace("ProtectSystem=strict", "ProtectSystem=strictly"))
    bad = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True, check=False)
    assert "protect system" in bad.stderr.lower(), "it can say no"


def test_the_commands_of_the_recipes_exist() -> None:
    for command in COMMANDS:
        words = [str(Path(sys.executable).parent / "dunwell"), command, "--help"]
        assert "--config" in subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_the_compose_file_locks_its_services_in() -> None:
    said: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    ours = {name: one for name, one in said["services"].items() if one.get("image") == "dunwell"}
    assert {one["command"][0] for one in ours.values()} == COMMANDS
    for one in ours.values():
        assert one["read_only"] is True
        assert one["user"] == "10001:10001"
        assert one["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in one["security_opt"]
        assert int(one["stop_grace_period"].removesuffix("s")) > GRACE + PUTTING_BACK
        assert "ports" not in one, "nothing is published without a proxy that speaks https"
        assert (DEPLOY / one["build"]["context"] / one["build"]["dockerfile"]).is_file()
        named = {v.partition(":")[0] for v in one["volumes"]} - {"./dunwell.toml"}
        assert named <= set(said["volumes"])
    for one in said["services"].values():
        assert set(one.get("secrets", [])) <= set(said["secrets"])
        assert not re.search(r"password: *\S", yaml.safe_dump(one.get("environment", {})).lower())


def test_the_container_runs_without_root_from_files_that_are_there() -> None:
    lines = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith(("#", " "))]
    users = [rest for step, rest in steps if step == "USER"]
    assert users == ["10001:10001"]
    order = [step for step, _ in steps]
    assert order.index("USER") < order.index("ENTRYPOINT")
    packages = set()
    for step, rest in steps:
        if step == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources), sources
            packages |= set(sources)
    assert {"agent", "mail", "prompts", "review", "store", "tools", "evals"} <= packages, "as the wheel has them"
    (check,) = [rest for step, rest in steps if step == "HEALTHCHECK"]
    assert ("GET", "/healthz") in PUBLIC
    assert "/healthz" in check


def test_the_health_check_tells_a_page_that_lives_from_one_that_does_not() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 503)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    def code(address: str) -> int:
        words = [sys.executable, str(DEPLOY / "healthcheck.py"), address]
        return subprocess.run(words, check=False, timeout=30).returncode

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    assert code(f"{base}/healthz") == 0
    assert code(f"{base}/readyz") == 1
    server.shutdown()
    server.server_close()
    assert code(f"http://127.0.0.1:{free_port()}/healthz") == 1
