"""`python -m agent.cli`: the `dunwell` command, for processes that dunwell starts itself."""

from __future__ import annotations

from agent.cli.app import main

if __name__ == "__main__":
    main()
