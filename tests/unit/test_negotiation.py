"""A payment plan is negotiated over several mails: real database, real tools, templates and rules."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from agent.claiming import read_embedded
from agent.deps import Deps
from agent.effects import apply_effects
from agent.embedded.reader import EmbeddedReader
from agent.language import LANGUAGES
from agent.negotiating import negotiated
from agent.policy import allowed_tools
from prompts.replies import ReplyPart, write_reply
from prompts.slots import fill
from store.aftermath import PlanStance
from store.cases import facts_for
from store.engine import unit_of_work
from store.facts import CaseFacts, PlanFacts
from store.matter_facts import InstalmentFacts
from store.proposals import content
from store.proposed import Claim, Proposal, Tone
from store.tables import Hold, Instalment, Invoice, Payment, Plan, Promise, ProposalRow
from store.vocabulary import IdentityLevel, Reason
from tests.cases import TODAY, ask, facts, invoice
from tests.cases import claim as bare
from tests.factories import COMPANY, House, claim, open_house
from tests.unit.letter_scope import letter_scope
from tools.approval import Approver
from tools.base import NotAllowed
from tools.limits import PlanLimits, Policy
from tools.plan_arguments import Move
from tools.propose_payment_plan import ProposePaymentPlan

PLAN = ProposePaymentPlan()
NUMBER = "INV-20427"  # GBP 3,118.00 of Harrow & Finch


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def write(house: House, text: str, *reasons: Reason, **slots: Any) -> tuple[int, Proposal]:
    """Let the customer write; give the held proposal. Reasons and evidence are given, the stance is read from the words."""
    message = house.receive(text)
    with unit_of_work(house.engine) as session:
        seen = facts_for(session, message, now=house.now)
    read = [claim(reason, text, invoices=[NUMBER], **slots) for reason in reasons or (Reason.PLAN_REQUEST,)]
    held = house.hold(message, *negotiated(read, text=text, facts=seen, language="en", policy=house.policy))
    with unit_of_work(house.engine) as session:
        return held, content(session.get_one(ProposalRow, held))


def carry_out(house: House, held: int) -> None:
    """Approve at the desk, and do what the sender does once the mail is out."""
    house.desk.approve(held, version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        apply_effects(session, held, house.now)


def rows(house: House, table: Any) -> list[Any]:
    with unit_of_work(house.engine) as session:
        return list(session.exec(select(table).order_by(table.id)))


def act(proposal: Proposal) -> dict[str, Any]:
    assert [a.tool for a in proposal.actions] == ["propose_payment_plan"], proposal.actions
    return proposal.actions[0].arguments


def test_three_mails_to_an_agreement(house: House) -> None:
    first, proposal = write(house, f"Could we pay {NUMBER} in six instalments?", instalments=6)
    assert act(proposal)["move"] == "counter"
    assert "A manager could grant what they ask for: 6 instalments" in proposal.actions[0].preview
    assert proposal.draft is not None
    assert "quite as you ask" in proposal.draft.rendered
    assert proposal.draft.rendered.count("GBP 1,039.3") == 3
    assert "manager" not in proposal.draft.rendered
    carry_out(house, first)
    (plan,) = rows(house, Plan)
    assert (plan.status, plan.round, plan.total) == ("proposed", 1, Decimal("3118.00"))

    house.now += timedelta(days=1)
    second, proposal = write(house, "Thanks. Could the first one be on 20 March, and then every two weeks?")
    assert proposal.claims[0].slots.stance is PlanStance.COUNTERS
    assert act(proposal)["move"] == "asked"
    assert [part["due"] for part in act(proposal)["instalments"]] == ["2026-03-20", "2026-04-03", "2026-04-17"]
    carry_out(house, second)
    older, newer = rows(house, Plan)
    assert (older.status, older.ended_on) == ("replaced", date(2026, 3, 11))
    assert (newer.status, newer.round) == ("proposed", 2)

    house.now += timedelta(days=1)
    words = "Agreed, thank you. The first payment goes out on 20 March."
    third, proposal = write(house, words, Reason.PROMISE_TO_PAY, Reason.ACKNOWLEDGEMENT, date=date(2026, 3, 20))
    assert act(proposal)["move"] == "agreed"
    assert proposal.actions[0].claims == (0, 1)
    assert proposal.draft is not None
    letter = proposal.draft.rendered
    assert "now agreed" in letter
    assert letter.count("20 March 2026") == letter.count("3 April 2026") == letter.count("17 April 2026") == 1
    assert "answer" not in letter, "an agreed plan asks for nothing but payment"
    carry_out(house, third)
    older, newer = rows(house, Plan)
    assert (newer.status, newer.ended_on) == ("agreed", None)
    assert rows(house, Promise) == []
    assert len(rows(house, Instalment)) == 6
    # Until the last payment and its grace nobody is reminded; what is missed lets go of it (store.keeping).
    assert max(h.until for h in rows(house, Hold)) == date(2026, 4, 20)


def test_no_then_a_promise(house: House) -> None:
    first, _ = write(house, f"Could we pay {NUMBER} in instalments?")
    carry_out(house, first)
    house.now += timedelta(days=1)
    second, proposal = write(house, "No thanks, the plan does not work for us.")
    assert act(proposal)["move"] == "declined"
    assert proposal.draft is not None
    assert "does not suit you" in proposal.draft.rendered
    assert "by 18 March 2026" in proposal.draft.rendered
    carry_out(house, second)
    assert [(p.status, p.ended_on) for p in rows(house, Plan)] == [("declined", date(2026, 3, 11))]
    house.now += timedelta(days=1)
    text = "We agree to pay the full amount on Friday."
    _, proposal = write(house, text, Reason.PROMISE_TO_PAY, date=date(2026, 3, 13))
    assert [a.tool for a in proposal.actions] == ["record_promise"]


def test_after_the_last_round_a_person_goes_on(house: House) -> None:
    asked = [
        "Could we pay in six instalments?",
        "Could it be five instalments?",
        "How about 400 a month?",
        "300 a month then?",
    ]
    tools_used = []
    for text in asked:
        held, proposal = write(
            house, f"{text} It is about {NUMBER}.", **({"instalments": 6} if text == asked[0] else {})
        )
        tools_used.append(proposal.actions[0].tool)
        if proposal.actions[0].tool == "propose_payment_plan":
            carry_out(house, held)
        house.now += timedelta(days=1)
    # What comes nearest to five, or to 400 a month, is on the table already: the same offer is not made twice.
    assert tools_used == ["propose_payment_plan", "escalate_to_human", "escalate_to_human", "escalate_to_human"]
    house.policy = Policy(plan=PlanLimits(rounds=1))
    _, proposal = write(house, "Could the first one be on 15 March?")
    assert proposal.actions[0].tool == "escalate_to_human"
    assert "the customer had 1 offers" in proposal.actions[0].why


def test_a_payment_between_offer_and_yes_makes_the_plan_anew(house: House) -> None:
    first, _ = write(house, f"Could we pay {NUMBER} in instalments?")
    carry_out(house, first)
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, NUMBER).balance = Decimal("2000.00")
    second, proposal = write(house, "Yes, we agree to the plan.", Reason.ACKNOWLEDGEMENT)
    assert act(proposal)["move"] == "renewed"
    assert act(proposal)["total"] == "2000.00"
    assert proposal.draft is not None
    assert "brought the plan" in proposal.draft.rendered
    carry_out(house, second)
    assert [p.status for p in rows(house, Plan)] == ["replaced", "proposed"]


def test_the_first_instalment_may_come_with_the_yes(house: House) -> None:
    first, _ = write(house, f"Could we pay {NUMBER} in instalments?")
    carry_out(house, first)
    came = rows(house, Instalment)[0].amount
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, NUMBER).balance -= came
    _, proposal = write(house, "Agreed, the first payment is with you already.", Reason.ACKNOWLEDGEMENT)
    assert act(proposal)["move"] == "agreed"


def test_a_ledger_that_changes_before_the_approval_voids_it(house: House) -> None:
    first, _ = write(house, f"Could we pay {NUMBER} in instalments?")
    with unit_of_work(house.engine) as session:
        session.add(
            Payment(
                id="P-1",
                customer_id="C1001",
                invoice_number=NUMBER,
                received_on=date(2026, 3, 10),
                currency="GBP",
                amount=Decimal(500),
                reference="",
            )
        )
        session.get_one(Invoice, NUMBER).balance -= 500
    with pytest.raises(Exception, match="the ledger changed"):
        house.desk.approve(first, version=1, actor="ines")
    assert rows(house, Plan) == []


# --- one reply against the plan on the table ----------------------------------------------------------------------


def table(**changed: object) -> PlanFacts:
    values: dict[str, Any] = {
        "id": 7,
        "invoices": ("F-5501",),
        "total": Decimal("1800.00"),
        "currency": "GBP",
        "status": "proposed",
        "instalments": tuple(
            InstalmentFacts(due=date(2026, 4 + n, 28), amount=Decimal("600.00"), id=n) for n in range(3)
        ),
        "offered_on": TODAY,
    }
    return PlanFacts.model_validate(values | changed)


def heard(text: str, *reasons: Reason, case: CaseFacts | None = None, **slots: Any) -> tuple[Claim, ...]:
    case = case or facts(plans=(table(),))
    read = [bare(reason, evidence=text, **slots) for reason in reasons or (Reason.PLAN_REQUEST,)]
    return negotiated(read, text=text, facts=case, language="en", policy=Policy())


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Yes, the plan works for us: three payments of 600 a month.", PlanStance.AGREES),
        ("Yes, agreed, in three instalments of 600.", PlanStance.AGREES),
        ("Agreed, but in six instalments please.", PlanStance.COUNTERS),
        ("Agreed, we pay 300 a month.", PlanStance.COUNTERS),
        ("We accept the plan, every two weeks suits us.", PlanStance.COUNTERS),
        ("Three payments is too steep, could you make it five?", PlanStance.COUNTERS),
        ("We agree to pay the full amount on Friday.", None),
        ("Thanks, we will look at the plan and let you know.", None),
        ("No, we do not want a plan.", PlanStance.DECLINES),
    ],
)
def test_the_words_are_weighed_against_the_plan(text: str, stance: PlanStance | None) -> None:
    assert heard(text)[0].slots.stance is stance


def test_a_model_s_yes_falls_where_the_plan_says_otherwise() -> None:
    text = "Six lots of 300 each month it is, as we said on the telephone."
    assert heard(text, stance=PlanStance.AGREES)[0].slots.stance is PlanStance.COUNTERS
    assert heard("That will do.", stance=PlanStance.AGREES)[0].slots.stance is PlanStance.AGREES
    assert (
        heard("That will do if you waive the fees.", stance=PlanStance.AGREES)[0].slots.stance is not PlanStance.AGREES
    )


def test_without_a_plan_on_the_table_there_is_no_stance() -> None:
    assert heard("Agreed.", case=facts(), stance=PlanStance.AGREES)[0].slots.stance is None
    ended = facts(plans=(table(status="declined"),))
    assert heard("Agreed.", case=ended, stance=PlanStance.AGREES)[0].slots.stance is None


def test_claims_that_cannot_be_about_the_plan_carry_no_stance() -> None:
    read = heard("Agreed. The price on line 2 is wrong.", Reason.ACKNOWLEDGEMENT, Reason.DISPUTE)
    assert [c.slots.stance for c in read] == [PlanStance.AGREES, None]
    other = negotiated(
        [bare(Reason.PROMISE_TO_PAY, invoices=("F-9",), evidence="Agreed.")],
        text="Agreed.",
        facts=facts(plans=(table(),)),
        language="en",
        policy=Policy(),
    )
    assert other[0].slots.stance is None


@pytest.mark.parametrize(
    "reason", [Reason.PLAN_REQUEST, Reason.HARDSHIP, Reason.PROMISE_TO_PAY, Reason.ACKNOWLEDGEMENT]
)
def test_a_yes_is_the_plan_s_agreement_under_every_reason(reason: Reason) -> None:
    case = facts(plans=(table(),))
    agreed = bare(reason, stance=PlanStance.AGREES, date=TODAY + timedelta(days=14))
    allowed = allowed_tools(agreed, claims=[agreed], facts=case, policy=Policy())
    assert allowed.tools == ("propose_payment_plan", "escalate_to_human")
    plan = PLAN.fill(ask(agreed, case=case))
    PLAN.check(plan, ask(agreed, case=case))
    assert (plan.move, plan.plan_id, plan.total, len(plan.instalments)) == (Move.AGREED, 7, Decimal("1800.00"), 3)
    with pytest.raises(NotAllowed):
        PLAN.check(plan.model_copy(update={"instalments": plan.instalments[:2]}), ask(agreed, case=case))


@pytest.mark.parametrize(
    ("case", "slots", "why"),
    [
        ({"plans": (table(status="agreed"),)}, {}, "a plan is running already"),
        ({"plans": (table(status="broken", ended_on=TODAY - timedelta(days=179)),)}, {}, "an earlier plan was broken"),
        ({"plans": (table(status="broken"),)}, {}, "an earlier plan was broken"),
        ({"plans": (table(),)}, {}, "not plain"),
        ({"plans": (table(),)}, {"stance": PlanStance.COUNTERS}, "not a schedule"),
        ({"plans": (table(),)}, {"stance": PlanStance.COUNTERS, "instalments": 3}, "already the nearest"),
        ({"plans": (table(round=3),)}, {"stance": PlanStance.DECLINES}, "had 3 offers"),
        ({"plans": (table(round=3),)}, {"stance": PlanStance.COUNTERS, "instalments": 2}, "had 3 offers"),
        ({"plans": (table(instalments=()),)}, {"stance": PlanStance.DECLINES}, "no schedule"),
        ({}, {"amount": Decimal(300), "currency": "EUR"}, "speaks of EUR"),
    ],
)
def test_what_is_refused_says_why(case: dict[str, Any], slots: dict[str, Any], why: str) -> None:
    said = PLAN.refusal(ask(bare(Reason.PLAN_REQUEST, **slots), case=facts(**case)))
    assert said is not None
    assert why in said


def test_after_the_pause_a_new_plan_may_be_offered() -> None:
    over = facts(plans=(table(status="broken", ended_on=TODAY - timedelta(days=180)),))
    assert PLAN.refusal(ask(bare(Reason.PLAN_REQUEST), case=over)) is None


def test_days_that_are_over_are_not_agreed_to_but_brought_up_to_date() -> None:
    old = table(
        instalments=tuple(p.model_copy(update={"due": p.due - timedelta(days=20)}) for p in table().instalments)
    )
    plan = PLAN.fill(ask(bare(Reason.ACKNOWLEDGEMENT, stance=PlanStance.AGREES), case=facts(plans=(old,))))
    assert plan.move is Move.RENEWED
    assert len(plan.instalments) == 3
    assert plan.instalments[0].due > TODAY
    assert plan.plan_id == 7


def test_disputed_invoices_stay_out_and_currencies_are_not_mixed() -> None:
    mixed = facts(invoice(), invoice("F-5502", currency="EUR"))
    asked = ask(bare(Reason.PLAN_REQUEST, invoices=("F-5501", "F-5502")), case=mixed)
    assert PLAN.refusal(asked) == "the invoices are in several currencies"
    disputed = facts(invoice(), invoice("F-5502", disputed=Decimal("1.00")))
    plan = PLAN.fill(ask(bare(Reason.PLAN_REQUEST, invoices=("F-5501", "F-5502")), case=disputed))
    assert plan.invoices == ("F-5501",)
    whole = facts(invoice(), invoice("F-5502"), mentioned=())
    assert PLAN.fill(ask(bare(Reason.HARDSHIP, invoices=()), case=whole)).invoices == ("F-5501", "F-5502")


def test_a_counter_keeps_what_it_does_not_speak_of() -> None:
    case = facts(plans=(table(),))
    first = TODAY + timedelta(days=10)
    plan = PLAN.fill(ask(bare(Reason.PLAN_REQUEST, stance=PlanStance.COUNTERS, date=first), case=case))
    assert (plan.move, len(plan.instalments), plan.instalments[0].due) == (Move.ASKED, 3, first)
    assert (plan.round, plan.plan_id) == (2, 7)


def test_what_only_a_manager_may_grant_is_refused_unless_it_is_marked_so() -> None:
    asked = ask(bare(Reason.PLAN_REQUEST, instalments=2))
    plan = PLAN.fill(asked)
    late = plan.instalments[-1].model_copy(update={"due": TODAY + timedelta(days=120)})
    wide = plan.model_copy(update={"instalments": (*plan.instalments[:-1], late)})
    with pytest.raises(NotAllowed, match="last instalment is later"):
        PLAN.check(wide, asked)
    marked = wide.model_copy(update={"level": Approver.MANAGER})
    PLAN.check(PLAN.parse(marked.model_dump(mode="json")), asked)
    assert "Needs a manager" in PLAN.preview(PLAN.parse(marked.model_dump(mode="json")), asked.facts)


@pytest.mark.parametrize(
    ("reason", "confidence", "text", "becomes"),
    [
        (Reason.UNCLEAR, 0.9, "That works for us.", Reason.PLAN_REQUEST),
        (Reason.UNRELATED, 1.0, "We accept your offer.", Reason.PLAN_REQUEST),
        (Reason.DISPUTE, 0.2, "That works for us.", Reason.PLAN_REQUEST),
        (Reason.PROMISE_TO_PAY, 0.3, "That works for us.", Reason.PROMISE_TO_PAY),
        (Reason.REFUSAL, 0.9, "No, we do not want to pay by instalments.", Reason.PLAN_REQUEST),
        (Reason.REFUSAL, 0.9, "No. We are not paying this.", Reason.REFUSAL),
        (Reason.DISPUTE, 0.9, "That works for us.", Reason.DISPUTE),
        (Reason.LEGAL_THREAT, 0.1, "That works for us.", Reason.LEGAL_THREAT),
        (Reason.UNCLEAR, 0.9, "We will think about it.", Reason.UNCLEAR),
    ],
)
def test_a_plain_answer_is_taken_for_one_where_the_reader_was_at_a_loss(
    reason: Reason, confidence: float, text: str, becomes: Reason
) -> None:
    case = facts(plans=(table(),))
    read = bare(reason, evidence=text).model_copy(update={"confidence": confidence})
    (claim,) = negotiated([read], text=text, facts=case, language="en", policy=Policy())
    assert claim.reason is becomes
    assert (claim.slots.stance is not None) is (becomes in (Reason.PLAN_REQUEST, Reason.PROMISE_TO_PAY))
    (untouched,) = negotiated([read], text=text, facts=facts(), language="en", policy=Policy())
    assert untouched == read


def test_the_whole_reading_finds_a_yes_and_a_no() -> None:
    case = facts(plans=(table(),))
    deps = Deps(company=COMPANY, policy=Policy(), embedded=EmbeddedReader())
    for text, move in (
        ("Confirmed. Please take this e-mail as our acceptance of the instalment arrangement.", Move.AGREED),
        ("Thanks but no. A payment plan is not something our board will sign up to.", Move.DECLINED),
    ):
        read = read_embedded(deps, text=text, subject="Re: Your payment plan", facts=case, language="en")
        claims = negotiated(read, text=text, facts=case, language="en", policy=Policy())
        assert PLAN.fill(ask(*claims, case=case)).move is move


# --- the letters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", [Reason.PLAN_REQUEST, Reason.HARDSHIP, Reason.ACKNOWLEDGEMENT])
def test_every_move_has_its_own_words(language: str, reason: Reason) -> None:
    letters = {}
    for move in Move:
        part = ReplyPart(reason=reason, tool=PLAN.name, invoices=("INV-20419",), variant=move.value)
        body = write_reply([part], language=language, tone=Tone(), figures=True)
        letters[move] = body
        filled = fill(body, letter_scope(language))
        assert not filled.faults, filled.faults
        assert ("plan.schedule" in body) is (move is not Move.DECLINED)
        assert ("deadline.date" in body) is (move is not Move.AGREED)
    assert len(set(letters.values())) == len(Move)


def test_a_payment_that_came_before_the_yes_is_not_asked_for_again(house: House) -> None:
    first, _ = write(house, f"Could we pay {NUMBER} in instalments?")
    carry_out(house, first)
    came = rows(house, Instalment)[0].amount
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, NUMBER).balance -= came
    second, proposal = write(house, "Agreed, the first payment is with you already.", Reason.ACKNOWLEDGEMENT)
    assert proposal.draft is not None
    letter = proposal.draft.rendered
    assert "24 March 2026" not in letter
    assert "GBP 2,078.66 in all" in letter
    assert letter.count("GBP 1,039.33") == 2
    assert not proposal.findings
    carry_out(house, second)
    assert [p.status for p in rows(house, Plan)] == ["agreed"]


def test_less_first_than_an_equal_share_is_not_called_what_they_ask(house: House) -> None:
    text = f"Could we pay GBP 500 now and the rest of {NUMBER} in two instalments?"
    _, proposal = write(house, text, instalments=2, down_payment=Decimal(500))
    assert act(proposal)["move"] == "counter"
    assert act(proposal)["instalments"][0]["amount"] == "1039.34"
    text = f"Could we pay GBP 2000 now and the rest of {NUMBER} in two instalments?"
    _, proposal = write(house, text, instalments=2, down_payment=Decimal(2000))
    assert (act(proposal)["move"], act(proposal)["instalments"][0]["amount"]) == ("asked", "2000.00")


def test_a_yes_that_a_person_goes_on_with_is_no_sign_of_life(house: House) -> None:
    first, _ = write(house, f"Could we pay {NUMBER} in instalments?")
    carry_out(house, first)
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, NUMBER).balance = Decimal(150)
    _, proposal = write(house, "Agreed, we accept the plan.", Reason.ACKNOWLEDGEMENT)
    assert [a.tool for a in proposal.actions] == ["escalate_to_human"]
    assert proposal.draft is not None
    assert "passed your message on" in proposal.draft.rendered
    assert "tell us more" not in proposal.draft.rendered


def test_a_yes_of_somebody_unproven_is_not_passed_over() -> None:
    case = facts(plans=(table(),), identity=IdentityLevel.C)
    (agreed,) = heard("Agreed.", Reason.ACKNOWLEDGEMENT, case=case)
    assert agreed.slots.stance is PlanStance.AGREES
    assert allowed_tools(agreed, claims=[agreed], facts=case, policy=Policy()).tools == ("escalate_to_human",)
