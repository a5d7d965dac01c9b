"""Who waits for their turn at this moment, because as many steps are begun today as may be; for the worklist. Reads only."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from outreach.cadence import Cadences, read_cadences
from outreach.settings import OutreachSettings
from outreach.sieving import sieve_of
from outreach.turns import Turns
from store.outreach_candidates import candidates
from store.outreach_sieve import standings
from tools.limits import Policy


def waiting_now(
    session: Session, *, now: datetime, settings: OutreachSettings, policy: Policy, cadences: Cadences | None = None
) -> dict[str, str]:
    """Give the customers that may be due and get nothing more today, with why. Raises CadenceFault."""
    turns = Turns(settings.per_day)
    # Somewhere it is yesterday still, or tomorrow already.
    turns.refresh(session, since=(now - timedelta(days=1)).date())
    if not settings.enabled or not turns.any_full:
        return {}
    table = cadences or read_cadences(settings.cadences)
    found = candidates(session, now=now, starts_on=settings.starts_on, ahead=table.ahead)
    full = [customer for customer in found.due if turns.left(found.days[customer]) == 0]
    standing, sieve = standings(session, full), sieve_of(table, settings, policy, now=now)
    return {c: turns.words(found.days[c]) for c in full if c in standing and sieve.passes_over(standing[c]) is None}
