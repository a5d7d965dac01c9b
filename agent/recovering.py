"""Takes back what a process held when it died. Done twice it does nothing more; nothing is sent.

Mails and wakings are thought about again; an approved mail that had not begun to leave waits again, one that was leaving is
uncertain.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from mail import settling
from store import followups, messages


def take_back(session: Session, worker: str, *, now: datetime) -> int:
    """Take back what a worker of this name has in hand, in the caller's transaction; give how many things can be begun again."""
    released = messages.release_claims(session, worker=worker)
    released += followups.release_claims(session, worker=worker)
    return released + settling.take_back(session, worker=worker, now=now)
