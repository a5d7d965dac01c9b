"""Says when an approved mail leaves, in the recipient's own time. Words only."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from store.facts import CaseFacts
from store.tables import Outgoing
from store.vocabulary import SendState
from tools.windows import known_zone


def leaves(outgoing: Outgoing | None, facts: CaseFacts, *, now: datetime) -> str | None:
    """Say when a mail that waits in the outbox leaves, as in "leaves Mon 09:00 (recipient's time)"; None when that is now."""
    if outgoing is None or outgoing.state != SendState.QUEUED or outgoing.next_attempt_at <= now:
        return None
    known = known_zone(facts.customer.timezone) if facts.customer else None
    zone = known or ZoneInfo("UTC")
    there, today = outgoing.next_attempt_at.astimezone(zone), now.astimezone(zone).date()
    day = (
        "today"
        if there.date() == today
        else f"{there:%a}"
        if (there.date() - today).days < 7
        else f"{there:%a} {there.day} {there:%b}"
    )
    whose = "recipient's time" if known is not None else "UTC"
    return f"leaves {day} {there:%H:%M} ({whose})"
