"""Whether a mail could still leave on a customer's day: their window, and the caps of what they get."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from store import written
from store.clock import day_in
from store.facts import CaseFacts
from tools.limits import Policy
from tools.windows import NoMoment, Written, known_zone, may_write, next_moment


def closed_today(session: Session, facts: CaseFacts, policy: Policy, *, now: datetime) -> str | None:
    """Say why the recipient's window or the caps let nothing go on this day of theirs; None where a mail could still leave."""
    assert facts.customer is not None
    profile, zone = policy.profile(), facts.customer.timezone
    try:
        opens = next_moment(now, zone, profile.contact, profile.holidays, candidates=profile.zones)
    except NoMoment as none:
        return str(none)
    if known_zone(zone) is not None and day_in(zone, opens) != facts.today:
        return f"no mail leaves on this day any more: the window opens on {day_in(zone, opens)}"
    past = [
        Written(at=mail.at, case_id=mail.case_id, answer=mail.answer)
        for mail in written.written_to(session, facts.customer.id, now=now)
    ]
    pause = may_write(past, opens, profile.contact, case_id=None)
    return pause.why if pause is not None else None
