"""Files of cadences, and which cadence fits a customer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from outreach.cadence import CadenceFault, History, read_cadences
from outreach.segments import cadence_for, history_of
from store.aftermath import (
    PromiseStatus,
)
from store.facts import (
    PaymentFacts,
    PromiseFacts,
)
from tests.cases import TODAY, facts, invoice
from tests.outreach_accounts import owed


def cadence(*steps: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {"name": "mine", "steps": [{"step": step, "day": day} for step, day in steps], **more}


FAULTS: list[tuple[dict[str, Any], str]] = [
    (cadence(("firmer", 10)), "firmer: needs overdue before it"),
    (cadence(("overdue", 5), ("final_notice", 30)), "final_notice: needs a firm step before it"),
    (cadence(("overdue", 5), ("final_notice", 20), ("firmer", 30)), "firmer: stands after final_notice"),
    (cadence(("overdue", 5), ("firmer", 20), ("final_notice", 24)), "comes less than 7 days after the last firm step"),
    (cadence(("overdue", 5), ("firmer", 7)), "is less than gap_days (3) after overdue"),
    (cadence(("before_due", 2)), "is not before the due date"),
    (cadence(("overdue", -1)), "nobody is reminded before it"),
    (cadence(("due_today", 1)), "is for day 0"),
    (cadence(("overdue", 5), ("overdue", 9)), "overdue: stands twice"),
    (cadence(("overdue", 5), ("hand_off", 40)), "hand_off: needs final_notice before it"),
    (
        cadence(("overdue", 5), ("firmer", 10), ("final_notice", 20), ("hand_off", 24)),
        "within its own deadline",
    ),
    (cadence(("shout", 5)), "step 1: step: Input should be 'verify', 'before_due'"),
    (cadence(("overdue", 900)), "step 1: day: Input should be less than or equal to 365"),
    (cadence(("overdue", 5), tiers=["key"]), "it must fit everybody"),
    (cadence(("overdue", 5), colour="red"), "colour: Extra inputs are not permitted"),
]


@pytest.mark.parametrize(("raw", "told"), FAULTS, ids=[told for _, told in FAULTS])
def test_a_faulty_cadence_is_refused_in_words(raw: dict[str, Any], told: str, tmp_path: Any) -> None:
    steps = ", ".join(f'{{ step = "{one["step"]}", day = {one["day"]} }}' for one in raw["steps"])
    more = "".join(f"{key} = {value!r}\n" for key, value in raw.items() if key not in ("name", "steps"))
    path = tmp_path / "mine.toml"
    path.write_text(f'[[cadence]]\nname = "{raw["name"]}"\n{more}steps = [{steps}]\n')
    with pytest.raises(CadenceFault) as fault:
        read_cadences(path)
    assert told in str(fault.value)
    assert "'mine'" in str(fault.value) or "mine: " in str(fault.value)
    assert str(path) in str(fault.value)


@pytest.mark.parametrize("text", ["[[cadence", "", "cadence = 3"])
def test_a_file_that_is_none_is_refused(text: str, tmp_path: Any) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(CadenceFault, match=r"mine\.toml"):
        read_cadences(tmp_path / "mine.toml")
    with pytest.raises(CadenceFault, match="cannot be read"):
        read_cadences(tmp_path / "none.toml")


def test_the_cadences_that_come_along_are_sound_and_fit() -> None:
    table = read_cadences()
    paid = [invoice(f"P-{n}", "0.00", amount=Decimal(100)) for n in range(3)]
    came = tuple(
        PaymentFacts(
            id=f"P{n}",
            invoice_number=f"P-{n}",
            received_on=TODAY - timedelta(days=41),
            currency="GBP",
            amount=Decimal(100),
            reference="",
        )
        for n in range(3)
    )
    reliable = facts(owed(), *paid, payments=came)
    assert history_of(reliable) is History.RELIABLE
    assert cadence_for(table, reliable).name == "reliable payers"
    assert cadence_for(table, facts(owed(balance="90.00"))).name == "small sums"
    assert cadence_for(table, facts(owed())).name == "everybody else"
    key = facts(owed())
    assert key.customer is not None
    key = key.model_copy(update={"customer": key.customer.model_copy(update={"tier": "key"})})
    assert cadence_for(table, key).name == "key customers"
    broken = PromiseFacts(invoices=(), due=TODAY, amount=None, status=PromiseStatus.BROKEN)
    assert history_of(reliable.model_copy(update={"promises": (broken,)})) is History.LATE
