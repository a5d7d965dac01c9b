"""Serves all companies of an installation: a process for each, and one address for all their pages. Opens nothing of any of them."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from agent.chosen_company import chosen
from agent.cli.output import CommandFailed, errors, fail, input_refused, print_json, say

if TYPE_CHECKING:
    from agent.companies import Companies
    from agent.config import Settings

log = logging.getLogger(__name__)


def run_whoever(config: Path, *, once: bool, as_json: bool) -> None:
    """Run the daemon of the one company that a command is for, or those of all."""
    if (companies := _several(config)) is not None:
        run_all(companies, once=once, as_json=as_json)
        return
    from agent.cli.serve import run_daemon

    run_daemon(config, once=once, as_json=as_json)


def review_whoever(config: Path, *, port: int | None, socket: Path | None) -> None:
    """Serve the queue of the one company that a command is for, or those of all."""
    if (companies := _several(config)) is not None:
        review_all(companies, port=port)
        return
    from agent.cli.serve import run_review

    run_review(config, port=port, socket=socket)


def _several(config: Path) -> Companies | None:
    """Give the companies that a command is for, where it names none of them; None where it is for one."""
    from agent.companies import companies_at
    from agent.config import ConfigError

    if chosen.get() is not None or not config.is_file():
        return None
    with input_refused(ConfigError):
        return companies_at(config)


def run_all(companies: Companies, *, once: bool, as_json: bool) -> None:
    """Run the daemons of all companies, or one round of each."""
    from agent.supervising import Children

    names = _known(companies)
    if once:
        _one_round(companies, names, as_json=as_json)
        return
    _log_as(companies)
    children = Children(names, _starting(companies, lambda _name, _settings: ["run"]))
    _ends_with_signal(children.stop)
    children.watch()


def review_all(companies: Companies, *, port: int | None) -> None:
    """Serve the pages of all companies at one address until told to stop."""
    from agent.cli.serve import serve_any
    from agent.supervising import CannotStart, Children
    from review.front_door import FrontDoor, known_hosts

    names = _known(companies)
    _log_as(companies)
    hosts: dict[str, str | None] = {}
    with tempfile.TemporaryDirectory(prefix="dunwell-") as folder:  # nobody else can look into it
        sockets = {name: Path(folder) / f"{number}" for number, name in enumerate(names)}

        def words(name: str, settings: Settings) -> list[str]:
            hosts[name] = settings.review.public_host
            if hosts[name] is None:
                raise CannotStart("review.public_url: is missing: its pages are served under a host of its own")
            return ["review", "--socket", str(sockets[name])]

        children = Children(names, _starting(companies, words))
        keeping = threading.Thread(target=children.watch, name="children", daemon=True)
        # Ours when the server has restored what was there before it, and passes the signal on.
        _ends_with_signal(children.stop)
        settings = companies.settings.review
        keeping.start()
        try:
            serve_any(
                FrontDoor(sockets, known_hosts(hosts)),
                host=settings.host,
                port=port or settings.port,
                proxies=settings.proxies,
                ending=children.stop,
            )
        finally:
            children.stop()
            keeping.join()


def _one_round(companies: Companies, names: Sequence[str], *, as_json: bool) -> None:
    from agent.companies import environment_for
    from agent.supervising import command

    done: dict[str, str] = {}
    failed = []
    for name in names:
        with errors().status(f"company {name}"):
            one = subprocess.run(  # noqa: S603 (our own command)
                command(["--company", name, "run", "--once", "--json", "--config", str(companies.config)]),
                env=environment_for(name, os.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
        done[name] = one.stdout
        failed += [name] if one.returncode else []
    _tell(done, as_json=as_json)
    if failed:
        raise CommandFailed(f"not done for {', '.join(failed)}: the lines above say why")


def _tell(done: dict[str, str], *, as_json: bool) -> None:
    import json

    found = {name: json.loads(text) if text.strip() else None for name, text in done.items()}
    if as_json:
        print_json(found)
        return
    for name, one in found.items():
        if one is not None:
            say(f"{name}: {one['new']} new mails, {one['proposed']} understood, {one['sent']} outgoing mails worked on")


def _known(companies: Companies) -> tuple[str, ...]:
    from agent.companies import strange_variables
    from agent.config import ConfigError

    with input_refused(ConfigError):
        names = companies.names()
    if not names:
        raise CommandFailed(f"{companies.config}: there is no company yet: `dunwell companies add NAME`", code=2)
    for name in strange_variables(companies, os.environ):
        fail(f"environment: {name}: belongs to no company and counts for none (docs/companies.md)")
    return names


def _starting(
    companies: Companies, words: Callable[[str, Settings], list[str]]
) -> Callable[[str], subprocess.Popen[bytes]]:
    from agent.companies import environment_for, fit_settings
    from agent.company_clashes import met_on_server
    from agent.config import ConfigError
    from agent.supervising import CannotStart, started

    def start(name: str) -> subprocess.Popen[bytes]:
        try:
            # Its process looks by itself as well; here, what cannot work costs no process each time.
            settings = fit_settings(companies, name)
        except ConfigError as error:
            raise CannotStart(str(error)) from None
        if faults := met_on_server(name, settings, companies):
            raise CannotStart("\n".join(faults))
        return started(
            ["--company", name, "--supervised", *words(name, settings), "--config", str(companies.config)],
            environment=environment_for(name, os.environ),
        )

    return start


def _log_as(companies: Companies) -> None:
    from agent.logs import log_as

    log_as(companies.settings.log.format, level=logging.INFO)


def _ends_with_signal(stop: Callable[[], None]) -> None:
    def end(number: int, _frame: FrameType | None) -> None:
        log.info("signal %s: every company's process ends", signal.Signals(number).name)
        stop()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
