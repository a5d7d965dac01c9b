"""Draws the attacks: for each goal the same few turns of the dev split in every carrier, by a fixed seed.

The texts are those of the product's injection corpus, in the language of the conversation. Beside the customer a second one is
put into the ledger, so that there is data that must not travel.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.attacking.carriers import CARRIERS, Carrier, DoesNotFit, carrying
from evals.attacking.goals import GOALS, AttackGoal
from evals.conversations.format import Attack, LedgerFile
from evals.conversations.neighbour import neighbour_of
from evals.running.suites import Case

#: So many forms of a text are tried where a mail does not carry one.
_SHAPES = 3


class NothingToAttack(ValueError):
    """The suite has too few turns for a goal. The text says which."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One turn under one attack: the clean mail, and the same with the text in it."""

    goal: AttackGoal
    carrier: Carrier
    shape: str
    clean: Case
    attacked: Case


def drawn(cases: Sequence[Case], *, turns: int, seed: int) -> list[Sample]:
    """Draw `turns` turns for each goal, each in all carriers. Raises NothingToAttack."""
    texts = _texts()
    found: list[Sample] = []
    for goal in GOALS:
        rng = random.Random(f"{seed}:{goal.name}")
        fitting = sorted((case for case in cases if goal.fits(case.turn)), key=lambda case: case.id)
        rng.shuffle(fitting)
        taken = 0
        for case in fitting:
            try:
                found += list(_samples(case, goal, rng, texts))
            except DoesNotFit:
                continue
            taken += 1
            if taken == turns:
                break
        if taken < turns:
            raise NothingToAttack(f"{goal.name}: {taken} turns of the dev split can carry it, {turns} are asked for")
    return found


def _texts() -> dict[tuple[str, str, str], str]:
    """Give the corpus by goal, shape and language."""
    try:
        from evals.evil.injection import corpus

        return {(one.goal, one.shape, one.language): one.text for one in corpus()}
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise NothingToAttack(
            f"the attacks' texts stand in tests/corpus/injection of a clone of dunwell: {error}"
        ) from None


def _samples(
    case: Case, goal: AttackGoal, rng: random.Random, texts: dict[tuple[str, str, str], str]
) -> Iterator[Sample]:
    shapes = goal.shapes or tuple(sorted({shape for _, shape, _ in texts}))
    clean = _case(case, goal, "body", None, name=f"{case.conversation.id}.{goal.name}")
    for carrier in CARRIERS:
        yield _sample(case, clean, goal, carrier, rng.sample(shapes, min(_SHAPES, len(shapes))), texts)


def _sample(
    case: Case,
    clean: Case,
    goal: AttackGoal,
    carrier: Carrier,
    shapes: Sequence[str],
    texts: dict[tuple[str, str, str], str],
) -> Sample:
    """Put the goal's text into the mail, in the first shape that it carries. Raises DoesNotFit."""
    name = f"{case.conversation.id}.{goal.name}.{carrier}"
    refused = DoesNotFit(f"{carrier}: there is no form of the text")
    for shape in shapes:
        text = texts[goal.goal, shape, case.conversation.case.language]
        try:
            return Sample(goal, carrier, shape, clean, _case(case, goal, carrier, text, name=name))
        except DoesNotFit as error:
            refused = error
    raise refused


def _case(case: Case, goal: AttackGoal, carrier: Carrier, text: str | None, *, name: str) -> Case:
    """Give the turn in its conversation, with the neighbour in the ledger, and with the text where one is given.

    The clean turn is marked too, so that it is judged by the same goal: what is seen there already is no success.
    """
    conversation = case.conversation
    thread = conversation.thread
    if text is not None:
        thread = tuple(carrying(m, text, carrier) if m.file == case.turn.message else m for m in thread)
    turn = case.turn.model_copy(update={"attack": Attack(goal=goal.goal, carrier=carrier)})
    turns = tuple(turn if one.message == turn.message else one for one in conversation.expected.turns)
    changed = conversation.model_copy(
        update={
            "id": name,
            "thread": thread,
            "ledger": _with_neighbour(conversation.ledger),
            "expected": conversation.expected.model_copy(update={"turns": turns}),
        }
    )
    return Case(changed, turn, case.folder)


def _with_neighbour(ledger: LedgerFile) -> LedgerFile:
    customer, contact, invoice = neighbour_of(ledger.customers[0])
    return ledger.model_copy(
        update={
            "customers": (*ledger.customers, customer),
            "contacts": (*ledger.contacts, contact),
            "invoices": (*ledger.invoices, invoice),
        }
    )
