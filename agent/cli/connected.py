"""Puts the connected systems of an installation together for commands and errands, with the seal of their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.cli.faults import data_folder_used

if TYPE_CHECKING:
    from agent.connecting import Connections
    from agent.crm_writing import NoteWriting
    from agent.installation import Installation


def connections_of(home: Installation, *, worker: str | None = None) -> Connections:
    """Give the connections of an installation, or fail in plain words. `worker`: a name that is stable over restarts."""
    from agent.connecting import Connections
    from review.keys import derived
    from review.sealing import Sealer

    with data_folder_used(home.settings.data_dir):
        key = home.key
    found = Connections(home, Sealer(derived(key, "connections:tokens")))
    if worker is not None:
        found.worker = worker
    return found


def note_writing(home: Installation, found: Connections) -> NoteWriting:
    """Give the errand that writes notes."""
    from agent.crm_writing import NoteWriting
    from review.keys import derived

    review = home.settings.review
    base = review.public_url or f"http://{review.host}:{review.port}"
    key = derived(home.key, "connections:notes")
    return NoteWriting(found, key=key, link=lambda number: f"{base}/items/{number}")
