"""Plans one day: for every customer whose day was not looked at yet, the step that is due, or why nothing is. Sends nothing.

What is planned is a waking: the agent thinks about it, a person decides about it, the outbox sends it, as with every mail. Done twice
on a day it plans nothing more; one customer that cannot be planned keeps no other from their day.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from outreach import by_channel
from outreach.beginning import put
from outreach.cadence import Cadences, read_cadences
from outreach.deciding import Decision, Rules, decide
from outreach.segments import cadence_for
from outreach.settings import OutreachSettings
from outreach.sieving import sieve_of
from outreach.turns import Turns, in_turn
from outreach.window import closed_today
from risk.settings import RiskSettings
from store import audit, outreach
from store.cases import customer_facts
from store.engine import looking, unit_of_work
from store.facts import CaseFacts
from store.outage import is_outage
from store.outreach_around import Around
from store.outreach_candidates import candidates
from store.outreach_loading import around
from store.outreach_sieve import standings
from store.scoping import narrowed
from tools.limits import Policy

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Planned:
    """What was planned. `planned`: steps that write to a customer; `internal`: those for people of ours; `silent`: by customer, why not.

    `waiting`: customers who may be due, and for whom nothing more is begun on this day of theirs.
    """

    planned: int = 0
    internal: int = 0
    failed: int = 0
    decisions: tuple[Decision, ...] = ()
    silent: dict[str, str] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()


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
    risk: RiskSettings | None = None,
) -> Planned:
    """Plan the day of everybody whose day it is. Nothing while `settings.enabled` is False, but for a `dry` run.

    `mailbox`: the name of the mailbox from which it goes out. `only`: these customers, looked at today or not. `dry`: say what would
    be done, and do nothing. `texts`: an SMS provider is set up. `risk`: by which the worklist is ranked, where not everybody can have
    their turn. Raises CadenceFault for a file of cadences that cannot be used.
    """
    if not settings.enabled and not dry:
        return Planned()
    table = cadences or read_cadences(settings.cadences)
    named = list(only) if only is not None else None
    turns = Turns(settings.per_day)
    with looking(engine) as session:
        found = candidates(session, now=now, starts_on=settings.starts_on, ahead=table.ahead, only=named)
        if found.days:
            turns.refresh(session, since=min(found.days.values()))
        sieve = sieve_of(table, settings, policy, now=now)
        # Whoever is asked about by name, or in a dry run, wants to hear everything.
        standing = standings(session, found.due) if named is None and not dry else {}
        passed = {c: why for c, one in standing.items() if (why := sieve.passes_over(one)) is not None}
        due = [customer for customer in found.due if customer not in passed]
        turn: Iterable[str] = due
        # Whose day is full already waits, in whatever order.
        room = [left for one in due if (left := turns.left(found.days[one]))]
        if len(room) > min(room, default=0):
            known = standing or standings(session, due)
            turn = in_turn(session, {one: known[one] for one in due}, turns=turns, now=now, risk=risk)
    if passed:
        with unit_of_work(engine) as session:
            outreach.note_all_looked(session, {customer: found.days[customer] for customer in passed})
    decisions: list[Decision] = []
    waiting: list[str] = []
    planned = internal = failed = 0
    for customer in turn:
        day = found.days[customer]
        if not dry and turns.left(day) == 0:
            waiting.append(customer)
            continue
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
                turns=turns,
            )
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("outreach: the day of a customer could not be planned: %s", type(error).__name__)
            failed += 1
            continue
        if decision.silent == turns.words(day):
            waiting.append(customer)
        decisions.append(decision)
        planned += decision.outward is not None
        internal += decision.internal is not None
    return Planned(planned, internal, failed, tuple(decisions), dict(found.silent) | passed, tuple(waiting))


def explain(
    session: Session,
    customer_id: str,
    *,
    now: datetime,
    settings: OutreachSettings,
    policy: Policy,
    cadences: Cadences,
    texts: bool,
) -> Decision:
    """Say what would be decided for one customer now, with a line an invoice. Changes nothing. Raises NoResultFound.

    `texts`: an SMS provider is set up.
    """
    made = _decided(
        session, customer_id, now=now, settings=settings, policy=policy, table=cadences, full=True, texts=texts
    )[0]
    turns = Turns(settings.per_day)
    turns.refresh(session, since=made.day)
    return _in_its_turn(made, turns)


def _in_its_turn(made: Decision, turns: Turns) -> Decision:
    """Let a step wait where no more are begun on its day; what is for people of ours does not."""
    if made.outward is None or turns.left(made.day):
        return made
    return replace(made, outward=None, silent=turns.words(made.day))


def rules_of(settings: OutreachSettings, policy: Policy) -> Rules:
    """Give what holds for every customer."""
    return Rules(
        starts_on=settings.starts_on,
        grace=policy.sending.reminder_grace_days,
        answer=policy.reply_deadline_days,
        limitation_years=policy.profile().limitation_years,
    )


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
    turns: Turns,
) -> Decision:
    if dry:
        with looking(engine) as session:
            decision = _decided(
                session, customer, now=now, settings=settings, policy=policy, table=table, full=True, texts=texts
            )[0]
        decision = _in_its_turn(decision, turns)
        if decision.outward is not None:
            turns.take(decision.day)
        return decision
    with unit_of_work(engine) as session:
        # Nobody writes, and nothing is imported, between what is read here and what follows from it.
        audit.take_turn(session)
        decision, facts, beside = _decided(
            session, customer, now=now, settings=settings, policy=policy, table=table, full=False, texts=texts
        )
        if decision.outward is not None:
            turns.refresh(session)
            decision = _in_its_turn(decision, turns)
        with narrowed(session, customer):
            put(session, decision, beside, mailbox=mailbox, now=now)
            outreach.note_looked(session, customer, facts.today)
        if decision.outward is not None:
            turns.refresh(session)
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
    texts: bool,
) -> tuple[Decision, CaseFacts, Around]:
    facts = customer_facts(session, customer, now=now)
    assert facts.customer is not None
    with narrowed(session, customer):
        beside = around(session, customer, zone=facts.customer.timezone, today=facts.today)
        closed = closed_today(session, facts, policy, now=now)
    cadence = cadence_for(table, facts)
    decision = decide(
        facts,
        beside,
        cadence=cadence,
        rules=rules_of(settings, policy),
        closed=closed,
        explain=full,
        unreached=by_channel.instead(facts, cadence),
    )
    return by_channel.reached(decision, facts, cadence, texts=texts), facts, beside
