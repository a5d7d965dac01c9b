"""Long-running commands: the daemon and the review page, with a clean end on SIGTERM."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from agent.chosen_company import chosen
from agent.cli.errands import connected_of, errands_of
from agent.cli.home import desk_of, open_home, people_of, provider_of
from agent.cli.output import CommandFailed, console, errors, print_json, say

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from agent.daemon import Daemon
    from agent.fleet.worker import Worker
    from agent.installation import Installation
    from review.readiness import Expected


def run_daemon(config: Path, *, once: bool, as_json: bool) -> None:
    """Run the daemon, or one round of it."""
    from agent.daemon import Daemon
    from agent.extras import ExtraMissing
    from agent.logs import log_as
    from agent.metrics import MetricsUnavailable
    from agent.only_one import AlreadyRunning, DataFolderUnusable
    from agent.tracing import tracing

    home = open_home(config)
    log_as(home.settings.log.format, level=logging.INFO, company=chosen.get())
    alone = desk_of(home).answer_alone
    daemon = Daemon(home, errands=errands_of(home), connected=connected_of(home), alone=alone)
    try:
        with tracing(home.settings.traces, company=chosen.get()):
            if not once:
                until_told(home, daemon)
                return
            with errors().status("starting") as status:
                done = daemon.run_once(status.update)
    except (AlreadyRunning, DataFolderUnusable, ExtraMissing, MetricsUnavailable) as error:
        raise CommandFailed(str(error)) from None
    if as_json:
        print_json(
            {"new": done.new, "proposed": done.proposed, "sent": done.sent, "failed": list(done.failed_mailboxes)}
        )
    else:
        say(f"{done.new} new mails, {done.proposed} understood, {done.sent} outgoing mails worked on")
    if done.failed_mailboxes:
        raise CommandFailed("\n".join(done.failed_mailboxes))


def until_told(home: Installation, daemon: Daemon | Worker) -> None:
    """Let a daemon or a worker run until a signal ends it, with its metrics served meanwhile."""
    from agent.draining import Drain
    from agent.metrics import Scrape, serving

    settings = home.settings
    drain = Drain(home.engine, daemon.worker)

    def end(number: int) -> None:
        logging.getLogger(__name__).info("signal %s: finishing what was begun", signal.Signals(number).name)
        drain.begin()
        daemon.stop()

    def stop(number: int, _frame: FrameType | None) -> None:
        # The handler interrupts this very thread, which may hold a lock that stopping needs: another thread can wait for it.
        threading.Thread(target=end, args=(number,), name="ending", daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    boxes = [m.name for m in settings.mailboxes]
    scrape = Scrape(home.engine, daemon.mails, mailboxes=boxes, clock=home.clock, company=chosen.get())
    with serving(settings.metrics, scrape):
        daemon.run()


def run_review(config: Path, *, port: int | None, socket: Path | None = None) -> None:
    """Serve the queue until told to stop; at a `socket` for whoever serves several companies at one address."""
    from agent.logs import log_as
    from review.app import create_app
    from review.inviting import first_link

    home = open_home(config)
    log_as(home.settings.log.format, level=logging.WARNING, company=chosen.get())
    settings = home.settings.review
    wanted = port or settings.port
    hosts = [settings.public_host] if settings.public_host else []
    if socket is not None and not hosts:
        raise CommandFailed("review.public_url: is missing: each company's pages are served under a host of its own")
    people = people_of(home, port=wanted) if settings.sign_in == "on" else None
    provider = provider_of(home, people) if people is not None else None
    app = create_app(
        desk_of(home),
        profile=home.settings.profile,
        hosts=hosts,
        people=people,
        provider=provider,
        ready=_expected(home),
    )
    if people is not None and (link := first_link(people)) is not None:
        whose = f"{chosen.get()}: " if chosen.get() is not None else ""
        say(
            f"{whose}Nobody has an account yet. Whoever opens this link becomes the admin; it works once, for 24 hours:"
        )
        console().print(link, markup=False, soft_wrap=True)
    if socket is not None:
        # Only whoever started us can open it, and says who asks.
        _serve(app, ending=app.state.pulse.end, uds=str(socket), proxy_headers=True, forwarded_allow_ips="*")
        return
    serve(app, host=settings.host, port=wanted, proxies=settings.proxies if settings.public_url else ())


def _expected(home: Installation) -> Expected:
    """Say when this installation is ready: everything may be as old as it takes, and a while more."""
    from review.readiness import Expected
    from store.engine import folder_of
    from store.heartbeats import WORK

    settings = home.settings
    longest = settings.model.deadline_seconds if settings.model is not None else 0
    fresh = {m.name: settings.health.fresh_seconds + 2 * m.poll_seconds for m in settings.mailboxes}
    return Expected(
        fresh={WORK: settings.health.fresh_seconds + longest, **fresh},
        data_dir=settings.data_dir,
        free_bytes=settings.health.free_mb * 1_000_000,
        database_dir=folder_of(settings.store.url),
    )


def serve(app: FastAPI, *, host: str, port: int, proxies: Sequence[str] = ()) -> None:
    """Serve the pages; a port that is taken is one plain line. What `proxies` say of the browser's address is believed."""
    serve_any(app, host=host, port=port, proxies=proxies, ending=app.state.pulse.end)


def serve_any(app: ASGIApp, *, host: str, port: int, proxies: Sequence[str], ending: Callable[[], None]) -> None:
    """Serve an application; `ending` is called at the signal, and lets go who would be waited for."""
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandFailed(
                f"review.port: {host}:{port} cannot be used ({error.strerror}): choose another with --port"
            ) from None
    say(f"review queue on http://{host}:{port} (Ctrl-C ends it)")
    _serve(app, ending=ending, host=host, port=port, proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies))


def _serve(app: ASGIApp, *, ending: Callable[[], None], **where: Any) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """Lets the pages go that listen for news, before it waits for what is under way."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            ending()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,
        log_level="warning",
        log_config=None,  # as the rest of the process logs
        server_header=False,
        timeout_graceful_shutdown=3,
        **where,
    )
    server = Server(config)
    server.run()
    if not server.started:
        raise CommandFailed("the review page did not start: the lines above say why")
