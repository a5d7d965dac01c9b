"""The demo: the whole way on a sample company, with a frozen start of the clock and a local folder instead of SMTP."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from agent.cli.home import actor, desk_of
from agent.cli.output import CommandFailed, errors, print_json, say
from agent.cli.show import item_json, queue_table
from agent.config import build_alone
from agent.daemon import Daemon
from agent.installation import Installation
from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger

SAMPLE = Path(__file__).parent.parent / "demo"
#: An afternoon on which every sample customer can be written to: in Berlin it is four, in Denver nine in the morning.
STARTS_AT = "2026-03-10T15:00:00Z"
_MARK = "this folder belongs to dunwell demo and is emptied at each start\n"


def run_demo(*, serve: bool, as_json: bool, port: int, folder: Path | None) -> None:
    """Import the sample ledger, remind who is due, read the sample mailbox, show what was understood, serve the queue."""
    from agent.cli.demo_round import begin
    from risk.scoring import score_now

    home = prepare(folder or Path(".dunwell-demo"))
    with errors().status("importing the sample ledger") as status:
        ledger = read_ledger(SAMPLE / "ledger")
        with unit_of_work(home.engine) as session:
            import_ledger(session, ledger, actor="demo", now=home.clock())
        daemon, desk = Daemon(home), desk_of(home)
        status.update("reminding whom the cadence finds due")
        reminded = begin(home, daemon, desk, ledger=SAMPLE / "outreach")
        daemon.run_once(status.update)
        status.update("working out who will pay late")
        score_now(home.engine, now=home.clock(), settings=home.settings.risk)
    held = sorted(desk.held(), key=lambda item: (item.message.received_at, item.message.id))
    items = [item for item in held if item.row.followup_id is None]
    if as_json:
        messages = [item_json(item) | {"id": item.message.id, "proposal": item.row.id} for item in items]
        print_json({"outreach": reminded.document(), "messages": messages})
    else:
        queue_table(held)
        say(reminded.told())
        say(
            f"{len(items)} replies wait for you. Approved mail goes into {home.settings.data_dir / 'sent'}, never to the outside."
        )
    if serve:
        _serve(home, daemon, port=port)


def prepare(folder: Path) -> Installation:
    """Make the demo's folder anew and give its installation. Raises CommandFailed for a folder of somebody else."""
    mark = folder / "DUNWELL-DEMO"
    try:
        if folder.exists():
            if not folder.is_dir() or (not mark.exists() and any(folder.iterdir())):
                raise CommandFailed(f"{folder} is not a folder of the demo: name an empty one with --dir", code=2)
            shutil.rmtree(folder)
        for part in ("new", "cur", "tmp"):
            (folder / "inbox" / part).mkdir(parents=True)
        mark.write_text(_MARK, "utf-8")
        for mail in sorted((SAMPLE / "mailbox" / "new").iterdir()):
            shutil.copyfile(mail, folder / "inbox" / "new" / mail.name)
    except OSError as error:
        raise CommandFailed(f"{folder} cannot be used: {error.strerror}: name another folder with --dir") from None
    # Whoever runs dunwell for real may have its variables set: the sample company must not end up in their database.
    return Installation(build_alone(settings_of(folder), source="demo"))


def settings_of(folder: Path) -> dict[str, object]:
    """Give the demo's settings: everything local."""
    return {
        "profile": "demo",
        "data_dir": folder,
        "clock_starts_at": STARTS_AT,
        "company": {
            "name": "Nordholt Industrial Supply B.V.",
            "address": "Kadeweg 14, 3089 Havenstad, The Netherlands",
            "team": "Accounts Receivable",
            "email": "ar@nordholt-supply.example",
        },
        "store": {"url": f"sqlite:///{folder.resolve() / 'demo.db'}"},
        "outreach": {"enabled": True, "starts_on": "2026-02-25"},
        # Whoever tries it decides everything alone, and sees mail leave at once.
        "roles": {"local": "manager", actor(): "manager"},
        "policy": {"jurisdictions": {"default-strict": {"contact": {"opens": "08:00", "closes": "21:00"}}}},
        "mailboxes": [
            {
                "name": "ar",
                "kind": "maildir",
                "address": "ar@nordholt-supply.example",
                "path": folder / "inbox",
                "authserv_id": ["mx.nordholt-supply.example"],
                "poll_seconds": 2,
                "smtp": {"kind": "maildir", "path": folder / "sent"},
            }
        ],
    }


def _serve(home: Installation, daemon: Daemon, *, port: int) -> None:
    from agent.cli.serve import serve
    from review.app import create_app

    # The daemon goes on behind the page, so that an approval is carried out while one looks.
    worker = threading.Thread(target=daemon.run, name="daemon", daemon=True)
    worker.start()
    try:
        serve(create_app(desk_of(home), profile=home.settings.profile), host="127.0.0.1", port=port)
    finally:
        daemon.stop()
        worker.join(timeout=15)
