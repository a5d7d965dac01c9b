"""Plans one day: for every customer whose day was not looked at yet, the step that is due, or why nothing is. Sends nothing.

What is planned is a waking: the agent thinks about it, a person decides about it, the outbox sends it, as with every mail. Done twice
on a day it plans nothing more; one customer that cannot be planned keeps no other from their day.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from outreach import by_channel
from outreach.cadence import Cadences, read_cadences
from outreach.deciding import Decision, Internal, Rules, decide
from outreach.segments import cadence_for
from outreach.settings import OutreachSettings
from outreach.sieving import Sieve
from store import audit, outreach, written
from store.cases import customer_facts
from store.clock import day_in
from store.engine import looking, unit_of_work
from store.facts import CaseFacts
from store.last_resort import propose_last_resort
from store.last_resort_words import Ground
from store.outage import is_outage
from store.outreach_around import Around
from store.outreach_candidates import candidates
from store.outreach_loading import around
from store.outreach_occasion import begin, note_internal
from store.outreach_sieve import standings
from store.outreach_words import LastResort, OutreachStep
from store.scoping import narrowed
from tools.limits import Policy
from tools.remind import ACTOR
from tools.windows import NoMoment, Written, known_zone, may_write, next_moment

log = logging.getLogger(__name__)

_PROPOSES = {OutreachStep.REVIEW: LastResort.REVIEW, OutreachStep.HAND_OFF: LastResort.HAND_OFF}


@dataclass(frozen=True, slots=True)
class Planned:
    """What was planned. `planned`: steps that write to a customer; `internal`: those for people of ours; `silent`: by customer, why not."""

    planned: int = 0
    internal: int = 0
    failed: int = 0
    decisions: tuple[Decision, ...] = ()
    silent: dict[str, str] = field(default_factory=dict)


def plan_day(
    engine: Engine,
    *,
    now: datetime,
    settings: OutreachSettings,
    policy: Policy,
    mailbox: str,
    cadences: Cadences | None = None,
    only: Iterable[str] | None = None,
    dry: bool = False,
    texts: bool = False,
) -> Planned:
    """Plan the day of everybody whose day it is. Nothing while `settings.enabled` is False, but for a `dry` run.

    `mailbox`: the name of the mailbox from which it goes out. `only`: these customers, looked at today or not. `dry`: say what would
    be done, and do nothing. `texts`: an SMS provider is set up. Raises CadenceFault for a file of cadences that cannot be used.
    """
    if not settings.enabled and not dry:
        return Planned()
    table = cadences or read_cadences(settings.cadences)
    named = list(only) if only is not None else None
    with looking(engine) as session:
        found = candidates(session, now=now, starts_on=settings.starts_on, ahead=_ahead(table), only=named)
        sieve = Sieve(
            table=table,
            profile=policy.profile(),
            now=now,
            grace=policy.sending.reminder_grace_days,
            starts_on=settings.starts_on,
        )
        # Whoever is asked about by name, or in a dry run, wants to hear everything.
        standing = standings(session, found.due) if named is None and not dry else {}
    passed = {c: why for c, one in standing.items() if (why := sieve.passes_over(one)) is not None}
    if passed:
        with unit_of_work(engine) as session:
            outreach.note_all_looked(session, {customer: found.days[customer] for customer in passed})
    decisions: list[Decision] = []
    planned = internal = failed = 0
    for customer in (one for one in found.due if one not in passed):
        try:
            decision = _one(
                engine,
                customer,
                now=now,
                settings=settings,
                policy=policy,
                mailbox=mailbox,
                table=table,
                dry=dry,
                texts=texts,
            )
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("outreach: the day of a customer could not be planned: %s", type(error).__name__)
            failed += 1
            continue
        decisions.append(decision)
        planned += decision.outward is not None
        internal += decision.internal is not None
    return Planned(planned, internal, failed, tuple(decisions), dict(found.silent) | passed)


def explain(
    session: Session, customer_id: str, *, now: datetime, settings: OutreachSettings, policy: Policy, cadences: Cadences
) -> Decision:
    """Say what would be decided for one customer now, with a line an invoice. Changes nothing. Raises NoResultFound."""
    return _decided(session, customer_id, now=now, settings=settings, policy=policy, table=cadences, full=True)[0]


def rules_of(settings: OutreachSettings, policy: Policy) -> Rules:
    """Give what holds for every customer."""
    return Rules(
        starts_on=settings.starts_on,
        grace=policy.sending.reminder_grace_days,
        answer=policy.reply_deadline_days,
        limitation_years=policy.profile().limitation_years,
    )


def _ahead(table: Cadences) -> int:
    return max(0, *(-one.day for cadence in table.cadence for one in cadence.steps))


def _one(
    engine: Engine,
    customer: str,
    *,
    now: datetime,
    settings: OutreachSettings,
    policy: Policy,
    mailbox: str,
    table: Cadences,
    dry: bool,
    texts: bool,
) -> Decision:
    if dry:
        with looking(engine) as session:
            return _decided(
                session, customer, now=now, settings=settings, policy=policy, table=table, full=True, texts=texts
            )[0]
    with unit_of_work(engine) as session:
        # Nobody writes, and nothing is imported, between what is read here and what follows from it.
        audit.take_turn(session)
        decision, facts, beside = _decided(
            session, customer, now=now, settings=settings, policy=policy, table=table, full=False, texts=texts
        )
        with narrowed(session, customer):
            _put(session, decision, beside, mailbox=mailbox, now=now)
            outreach.note_looked(session, customer, facts.today)
        return decision


def _decided(
    session: Session,
    customer: str,
    *,
    now: datetime,
    settings: OutreachSettings,
    policy: Policy,
    table: Cadences,
    full: bool,
    texts: bool = False,
) -> tuple[Decision, CaseFacts, Around]:
    facts = customer_facts(session, customer, now=now)
    assert facts.customer is not None
    with narrowed(session, customer):
        beside = around(session, customer, zone=facts.customer.timezone, today=facts.today)
        closed = _closed(session, facts, policy, now=now)
    cadence = cadence_for(table, facts)
    decision = decide(facts, beside, cadence=cadence, rules=rules_of(settings, policy), closed=closed, explain=full)
    return by_channel.reached(decision, facts, texts=texts), facts, beside


def _closed(session: Session, facts: CaseFacts, policy: Policy, *, now: datetime) -> str | None:
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


def _put(session: Session, decision: Decision, beside: Around, *, mailbox: str, now: datetime) -> None:
    if (outward := decision.outward) is not None:
        begin(
            session,
            decision.customer_id,
            step=outward.step,
            channel=outward.channel,
            day=decision.day,
            invoices=outward.invoices,
            taken=outward.taken,
            why=outward.why,
            mailbox=mailbox,
            newest_message=beside.newest_message,
            now=now,
        )
    if decision.internal is not None:
        _propose(session, decision, decision.internal, now=now)


def _propose(session: Session, decision: Decision, internal: Internal, *, now: datetime) -> None:
    noted = note_internal(
        session,
        decision.customer_id,
        step=internal.step,
        day=decision.day,
        taken=internal.taken,
        why={},
        now=now,
    )
    if noted is not None:
        propose_last_resort(
            session,
            kind=_PROPOSES[internal.step],
            customer_id=decision.customer_id,
            invoices=tuple(internal.taken),
            why=Ground.CADENCE,
            actor=ACTOR,
            now=now,
        )
