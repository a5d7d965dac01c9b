"""The command line. Prints for people by default, JSON on request; decides nothing that the parts behind it do not."""

from __future__ import annotations

from agent.cli.app import main

__all__ = ["main"]
