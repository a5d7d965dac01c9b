"""Long-running commands: the daemon and the review page, with a clean end on SIGTERM."""

from __future__ import annotations

import logging
import signal
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from agent.cli.errands import errands_of
from agent.cli.home import desk_of, open_home, people_of, provider_of
from agent.cli.output import CommandFailed, console, errors, print_json, say

if TYPE_CHECKING:
    from fastapi import FastAPI

    from agent.daemon import Daemon
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
    log_as(home.settings.log.format, level=logging.INFO)
    daemon = Daemon(home, errands=errands_of(home), alone=desk_of(home).answer_alone)
    try:
        with tracing(home.settings.traces):
            if not once:
                _until_told(home, daemon)
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


def _until_told(home: Installation, daemon: Daemon) -> None:
    from agent.draining import Drain
    from agent.metrics import Scrape, serving

    settings = home.settings
    drain = Drain(home.engine, daemon.worker)

    def stop(number: int, _frame: FrameType | None) -> None:
        logging.getLogger(__name__).info("signal %s: finishing what was begun", signal.Signals(number).name)
        drain.begin()
        daemon.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scrape = Scrape(home.engine, daemon.mails, mailboxes=[m.name for m in settings.mailboxes], clock=home.clock)
    with serving(settings.metrics, scrape):
        daemon.run()


def run_review(config: Path, *, port: int | None) -> None:
    """Serve the queue until told to stop."""
    from agent.logs import log_as
    from review.app import create_app
    from review.inviting import first_link

    home = open_home(config)
    log_as(home.settings.log.format, level=logging.WARNING)
    settings = home.settings.review
    wanted = port or settings.port
    hosts = [settings.public_host] if settings.public_host else []
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
        say("Nobody has an account yet. Whoever opens this link becomes the admin; it works once, for 24 hours:")
        console().print(link, markup=False, soft_wrap=True)
    serve(app, host=settings.host, port=wanted, proxies=settings.proxies if settings.public_url else ())


def _expected(home: Installation) -> Expected:
    """Say when this installation is ready: everything may be as old as it takes, and a while more."""
    from review.readiness import Expected
    from store.heartbeats import WORK

    settings = home.settings
    longest = settings.model.deadline_seconds if settings.model is not None else 0
    fresh = {m.name: settings.health.fresh_seconds + 2 * m.poll_seconds for m in settings.mailboxes}
    return Expected(
        fresh={WORK: settings.health.fresh_seconds + longest, **fresh},
        data_dir=settings.data_dir,
        free_bytes=settings.health.free_mb * 1_000_000,
    )


def serve(app: FastAPI, *, host: str, port: int, proxies: Sequence[str] = ()) -> None:
    """Serve the pages; a port that is taken is one plain line. What `proxies` say of the browser's address is believed."""
    import socket

    import uvicorn

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandFailed(
                f"review.port: {host}:{port} cannot be used ({error.strerror}): choose another with --port"
            ) from None
    say(f"review queue on http://{host}:{port} (Ctrl-C ends it)")

    class Server(uvicorn.Server):
        """Lets the pages go that listen for news, before it waits for what is under way."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            app.state.pulse.end()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        log_config=None,  # as the rest of the process logs
        server_header=False,
        timeout_graceful_shutdown=3,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
    )
    server = Server(config)
    server.run()
    if not server.started:
        raise CommandFailed("the review page did not start: the lines above say why")
