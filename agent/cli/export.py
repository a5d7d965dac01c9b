"""Exports for other systems: what the ERP is asked to do. One module an export; nothing here changes the ledger."""

from __future__ import annotations

import typer

from agent.cli.export_applications import applications
from agent.cli.export_last_resort import agency_payments, holds, write_offs
from agent.cli.export_reissues import reissues

app = typer.Typer(no_args_is_help=True, help="Files that other systems pick up.")
app.command()(applications)
app.command()(reissues)
app.command()(holds)
app.command()(write_offs)
app.command()(agency_payments)
