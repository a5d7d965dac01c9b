"""The way of a step of a cadence: planned, thought about, held, approved, sent, answered; and what stops it on each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlmodel import col, select

from outreach.cadence import Cadences
from outreach.planning import plan_day
from outreach.settings import OutreachSettings
from review.desk import RejectReason
from store import decisions, messages, outreach
from store.decisions import Decided
from store.engine import unit_of_work
from store.last_resort_deciding import refuse
from store.last_resort_tables import LastResortRow
from store.matters import Followup
from store.measured import Outcome
from store.outreach import OutreachStepRow
from store.outreach_words import Channel, OutreachStep
from store.proposals import Stale
from store.tables import Case, Contact, Dispute, Effect, Hold, Message, Outgoing
from store.vocabulary import MessageState, ProposalStatus, Reason, Register, SendState, Severity
from tests.factories import House, claim
from tests.outreach_house import (
    CUSTOMER,
    MOIRA,
    ON,
    START,
    TODAY,
    an_effect,
    approve,
    bill,
    day,
    empty_books,
    explained,
    held,
    internally,
    outgoing,
    paid,
    plan,
    quiet_house,
    reminded,
    send,
    silent,
    words,
)
from tests.wakings import think, why_closed
from tools.autonomy import Band, Cell, Reminder
from tools.jurisdiction import STRICT
from tools.limits import Policy
from tools.remind import MOST_INVOICES


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_books(tmp_path_factory.mktemp("books"))


@pytest.fixture
def house(tmp_path: Path, books: Path) -> House:
    return quiet_house(tmp_path, books)


def test_an_overdue_invoice_is_reminded_of(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    item = held(house)
    assert item.proposal.claims == ()
    assert [a.tool for a in item.proposal.actions] == ["remind"]
    assert item.proposal.draft is not None
    assert [f for f in item.proposal.findings if f.severity is Severity.BLOCK] == []
    assert "F-1, due on 8 April 2026: GBP 1,800.00" in item.proposal.draft.rendered
    (mail,) = approve(house, item)
    assert mail["Subject"] == "Our open invoices"
    assert mail["In-Reply-To"] is None
    assert "F-1" in words(mail)
    assert plan(house).planned == 0


def test_the_whole_cadence_is_one_thread_and_ends_with_people(house: House) -> None:
    bill(house, "F-1", TODAY + timedelta(days=3))
    mails: list[EmailMessage] = []
    steps: list[tuple[str, int]] = []
    for _ in range(80):
        planned = plan(house)
        since = (house.now.date() - TODAY).days - 3
        steps += [(d.internal.step.value, since) for d in planned.decisions if d.internal is not None]
        for item in think(house):
            steps.append((item.proposal.actions[0].arguments["step"], since))
            mails += approve(house, item)
        if ("review", 30) in steps and since == 34:
            assert ("final_notice", 37) not in steps
            _reviewed(house)
        day(house)
    assert steps == [
        ("before_due", -3),
        ("due_today", 0),
        ("overdue", 5),
        ("firmer", 10),
        ("hold_ahead", 15),
        ("plan_offer", 20),
        ("still_open", 25),
        ("review", 30),
        ("final_notice", 37),
        ("hand_off", 45),
    ]
    chain = [str(mail["Message-ID"]) for mail in mails]
    assert len(set(chain)) == 8
    assert [mail["In-Reply-To"] for mail in mails] == [None, *chain[:-1]]
    assert str(mails[-1]["References"]).split() == chain[:-1]
    assert {str(mail["Subject"]) for mail in mails[1:]} == {"Re: Our open invoices"}
    with unit_of_work(house.engine) as session:
        assert [row.kind for row in session.exec(select(LastResortRow).order_by("id"))] == [
            "hold",
            "review",
            "hand_off",
        ]
        assert len(session.exec(select(Message)).all()) == 1, "all of a case hangs on one note of ours"


def _dispute(number: str, effect: int, *, amount: Decimal | None) -> Dispute:
    return Dispute(
        customer_id=CUSTOMER,
        invoice_number=number,
        kind="pricing",
        amount=amount,
        statement="too much",
        effect_id=effect,
    )


def _reviewed(house: House) -> None:
    with unit_of_work(house.engine) as session:
        review = session.exec(select(LastResortRow).where(LastResortRow.kind == "review")).one()
        refuse(session, review.id or 0, version=review.version, actor="ines", now=house.now, note="asked again first")


def test_the_final_notice_is_firm_and_names_a_day(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=36))
    reminded(house, OutreachStep.STILL_OPEN, "F-1", days=10)
    internally(house, OutreachStep.REVIEW, "F-1", days=5)
    day(house)
    item = held(house)
    assert item.proposal.actions[0].arguments["step"] == "final_notice"
    assert item.proposal.tone.register_ is Register.FINAL
    assert [f for f in item.proposal.findings if f.severity is Severity.BLOCK] == []
    (mail,) = approve(house, item)
    assert "Please let us know by" in words(mail)


def test_a_late_start_begins_gently_and_sends_one_step(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=60))
    seen = []
    for _ in range(12):
        plan(house)
        for item in think(house):
            seen.append((item.proposal.actions[0].arguments["step"], (house.now.date() - TODAY).days))
            approve(house, item)
        day(house)
    assert seen == [("overdue", 0), ("still_open", 5)]


def test_one_mail_for_all_invoices_in_the_voice_of_the_most_advanced(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=11), "500.00")
    bill(house, "F-2", TODAY - timedelta(days=5), "250.00")
    bill(house, "F-3", TODAY - timedelta(days=4), "125.00")
    bill(house, "F-4", TODAY + timedelta(days=3), "60.00")
    reminded(house, OutreachStep.OVERDUE, "F-1", days=5)
    item = held(house)
    arguments = item.proposal.actions[0].arguments
    assert (arguments["step"], arguments["invoices"]) == ("firmer", ["F-1", "F-2", "F-3"])
    assert item.proposal.draft is not None
    assert "GBP 875.00" in item.proposal.draft.rendered
    with unit_of_work(house.engine) as session:
        row = session.exec(select(OutreachStepRow).order_by(col(OutreachStepRow.id).desc())).first()
        assert row is not None
        assert row.taken == {"F-1": "firmer", "F-2": "overdue"}


def test_only_the_undisputed_part_is_asked_for(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6), "1000.00")
    bill(house, "F-2", TODAY - timedelta(days=6), "400.00")
    with unit_of_work(house.engine) as session:
        effect = an_effect(session, house)
        session.add(_dispute("F-1", effect, amount=Decimal("300.00")))
        session.add(_dispute("F-2", effect, amount=None))
    item = held(house)
    assert item.proposal.draft is not None
    text = item.proposal.draft.rendered
    assert "GBP 700.00" in text
    assert "1,000.00" not in text
    assert "F-2" not in text
    assert [f for f in item.proposal.findings if f.severity is Severity.BLOCK] == []
    approve(house, item)


def test_money_that_comes_before_the_approval_ends_it(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    item = held(house)
    paid(house, "F-1")
    with pytest.raises(Stale, match="the ledger changed"):
        approve(house, item)
    assert think(house) == []
    assert "nothing is left to write about" in why_closed(house)
    assert outgoing(house) == []


def test_money_that_comes_after_the_approval_holds_the_mail_back(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    item = held(house)
    house.desk.approve(item.row.id or 0, version=1, actor="ines")
    paid(house, "F-1")
    assert send(house, recheck=True) == []
    assert think(house) == []
    assert [row.state for row in outgoing(house)] == [SendState.VOID]


def test_a_part_that_is_paid_is_not_asked_for_again(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6), "1000.00")
    item = held(house)
    paid(house, "F-1", "900.00")
    with pytest.raises(Stale):
        approve(house, item)
    (anew,) = think(house)
    assert anew.proposal.draft is not None
    assert "GBP 100.00" in anew.proposal.draft.rendered
    assert "1,000.00" not in anew.proposal.draft.rendered


def test_a_reply_finds_the_case_and_stops_the_cadence(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    (mail,) = approve(house, held(house))
    day(house, 6)
    message = house.receive(
        "We will pay F-1 on 30 April 2026.",
        sender=MOIRA,
        in_reply_to=str(mail["Message-ID"]),
        references=(str(mail["Message-ID"]),),
        subject="Re: Our open invoices",
    )
    with unit_of_work(house.engine) as session:
        came, step = session.get_one(Message, message), session.exec(select(OutreachStepRow)).one()
        assert (came.customer_id, came.case_id, came.from_customer) == (CUSTOMER, step.case_id, True)
        assert came.invoices == ["F-1"]
        assert came.identity in ("A", "B")
    assert "the customer wrote" in silent(house)
    proposal = house.hold(
        message, claim(Reason.PROMISE_TO_PAY, "We will pay F-1", invoices=("F-1",), date="2026-04-30")
    )
    day(house)
    assert plan(house).planned == 0
    shown = house.desk.show(proposal)
    assert shown is not None
    (answer,) = approve(house, shown)
    assert str(answer["References"]).split()[0] == str(mail["Message-ID"])
    day(house, 5)
    assert "promised for 2026-04-30" in explained(house).lines[0].why


def test_a_reply_voids_what_is_held(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    item = held(house)
    house.receive("What is F-1 for?", sender=MOIRA)
    shown = house.desk.show(item.row.id or 0)
    assert shown is not None
    assert shown.row.status == ProposalStatus.VOID
    with pytest.raises(Stale):
        approve(house, item)
    house.now += timedelta(hours=1)
    with unit_of_work(house.engine) as session:
        messages.finish(session, 2, state=MessageState.PROPOSED)
    assert think(house) == []
    assert "the customer wrote" in why_closed(house)


def test_a_rejected_step_is_not_made_up_for(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    item = held(house)
    house.desk.reject(item.row.id or 0, version=1, actor="ines", reason=RejectReason.OTHER)
    day(house)
    assert plan(house).planned == 0
    day(house, 4)
    assert plan(house).planned == 0, "no firm word before a plain one has gone out"


def test_the_manager_gets_the_firm_ones_too(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.add(
            Contact(
                customer_id=CUSTOMER,
                name="Gwyn Bracken",
                email="gwyn@bracken.example",
                role="Finance Manager",
                verified_at=START - timedelta(days=90),
                created_at=START,
            )
        )
    bill(house, "F-1", TODAY - timedelta(days=11))
    reminded(house, OutreachStep.OVERDUE, "F-1", days=5)
    (mail,) = approve(house, held(house))
    assert str(mail["To"]) == f"{MOIRA}, gwyn@bracken.example"
    assert words(mail).startswith("Dear Moira Tate,")
    assert mail["Cc"] is None


@pytest.mark.parametrize("changes", [{"status": "to_verify"}, {"delivery": "bouncing"}])
def test_nobody_unconfirmed_is_written_to(house: House, changes: dict[str, str]) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    with unit_of_work(house.engine) as session:
        contact = session.exec(select(Contact)).one()
        for name, value in changes.items():
            setattr(contact, name, value)
        session.add(contact)
    assert "no contact can be written to" in silent(house)


def test_a_mail_that_left_since_it_was_planned_ends_it(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    item = held(house)
    with unit_of_work(house.engine) as session:
        effect = an_effect(session, house)
        case = Case(customer_id=CUSTOMER, status="closed", opened_at=house.now - timedelta(days=40))
        session.add(case)
        session.flush()
        proposal = session.get_one(Effect, effect).proposal_id
        mail = {"mailbox": "ar", "sender": "ar@nordholt-supply.example", "recipients": [MOIRA], "mime": b""}
        log = {"mime_sha256": "", "ledger_digest": "", "newest_message": 0, "message_id_header": "<word@x.example>"}
        times = dict.fromkeys(("next_attempt_at", "created_at", "sent_at"), house.now)
        whose = {"proposal_id": proposal, "case_id": case.id, "customer_id": CUSTOMER, "state": SendState.SENT}
        session.add(Outgoing(**mail, **log, **times, **whose))  # type: ignore[arg-type]  # values of several kinds
    with pytest.raises(Stale, match="we have written to the customer since"):
        approve(house, item)
    think(house)
    assert send(house) == []
    assert explained(house).silent.startswith("we wrote on 2026-04-14")


def test_an_invoice_that_the_mail_left_out_was_not_reminded_of(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=8))
    bill(house, "F-2", TODAY - timedelta(days=8))
    plan(house)
    with unit_of_work(house.engine) as session:
        rests = {"customer_id": CUSTOMER, "invoice_number": "F-2", "kind": "hold_outreach", "until": TODAY}
        session.add(Hold.model_validate(rests | {"effect_id": an_effect(session, house)}))
    (item,) = think(house)
    (mail,) = approve(house, item)
    assert "F-2" not in words(mail)
    day(house, 6)
    outward = explained(house).outward
    assert outward is not None
    assert outward.taken == {"F-1": OutreachStep.FIRMER, "F-2": OutreachStep.OVERDUE}
    assert outward.invoices == ("F-1", "F-2")
    assert plan(house).planned == 1, "the sieve sees it too"


def test_no_mail_names_more_than_it_may_and_the_others_get_their_turn(house: House) -> None:
    for number in range(60):
        bill(house, f"F-{number:03d}", TODAY - timedelta(days=70 - number))
    (mail,) = approve(house, held(house))
    assert "F-049" in words(mail)
    assert "F-050" not in words(mail)
    day(house, 3)
    outward = explained(house).outward
    assert outward is not None
    assert outward.taken == {f"F-{number:03d}": OutreachStep.OVERDUE for number in range(50, 60)}
    assert len(outward.invoices) == MOST_INVOICES
    (mail,) = approve(house, held(house))
    assert "F-059" in words(mail)


def test_planned_once_a_day_however_often_it_is_asked(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    assert plan(house, dry=True).planned == 1
    assert [plan(house).planned for _ in range(3)] == [1, 0, 0]
    with unit_of_work(house.engine) as session:
        assert len(session.exec(select(OutreachStepRow)).all()) == 1
        assert len(session.exec(select(Followup)).all()) == 1


def test_two_planners_at_once_plan_one_step(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = list(pool.map(lambda _: plan(house).planned, range(4)))
    assert sum(found) >= 1
    with unit_of_work(house.engine) as session:
        assert len(session.exec(select(OutreachStepRow)).all()) == 1


def test_off_means_nothing_is_written(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    assert plan(house, settings=OutreachSettings()).planned == 0
    assert think(house) == []


def test_old_debt_is_left_alone(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    from_today = OutreachSettings(enabled=True, starts_on=TODAY - timedelta(days=5))
    planned = plan(house, settings=from_today)
    assert planned.planned == 0
    assert "no invoice is due" in planned.silent[CUSTOMER]


def test_a_pause_of_a_person_holds_and_is_told(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    item = held(house)
    with unit_of_work(house.engine) as session:
        outreach.pause(session, CUSTOMER, until=TODAY + timedelta(days=3), actor="ines", now=house.now)
    with pytest.raises(Stale, match="a colleague paused the cadence"):
        approve(house, item)
    assert think(house) == []
    day(house)
    assert silent(house) == "a colleague paused the cadence until 2026-04-17"
    day(house, 3)
    assert plan(house).planned == 1


def test_nothing_leaves_on_a_closed_day(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    house.policy = Policy.model_validate({"manager_above": "50000.00"})
    day(house, 4)  # a Saturday
    assert "the window opens on 2026-04-20" in silent(house)


def test_a_step_that_comes_as_a_letter_needs_its_way(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    posted = Cadences.model_validate(
        {"cadence": [{"name": "by post", "steps": [{"step": "overdue", "day": 5, "channel": "letter"}]}]}
    )
    planned = plan_day(
        house.engine, now=house.now, settings=ON, policy=house.policy, mailbox="ar", cadences=posted, dry=True
    )
    assert planned.decisions[0].outward is not None
    assert planned.decisions[0].outward.channel is Channel.MAIL, "no postal address is known"


# --- without a person -----------------------------------------------------------------------------------------------


def _tells_of_a_program(house: House, *cells: Cell) -> None:
    """Take a policy under which something could go out by itself."""
    given = house.policy.model_dump()
    given["jurisdictions"][STRICT]["notices"]["ai"] = "always"
    given["autonomy"]["open"] = [cell.model_dump() for cell in cells]
    house.policy = Policy.model_validate(given)


def _decided(house: House, number: int, *, times: int) -> None:
    about = Decided(("remind_overdue",), "standard", Decimal("1800.00"), "rules", "template")
    with unit_of_work(house.engine) as session:
        for _ in range(times):
            decisions.note(session, number, about, outcome=Outcome.UNEDITED, actor="ines", now=house.now)


def test_a_reminder_waits_for_a_person_until_its_cell_is_open_and_proven(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=6))
    cell = Cell(reason=Reminder.OVERDUE, band=Band.MEDIUM, tier="standard")
    _tells_of_a_program(house)
    number = held(house).row.id or 0
    assert house.desk.answer_alone(number) == "the policy opens no such cell"
    assert cell in [view.cell for view in house.desk.autonomy_table()]
    _tells_of_a_program(house, cell)
    with pytest.raises(Stale, match="the policy changed"):
        house.desk.approve(number, version=1, actor="ines")
    (anew,) = think(house)
    number = anew.row.id or 0
    assert house.desk.answer_alone(number) == "the record does not allow it yet"
    _decided(house, number, times=60)
    assert house.desk.answer_alone(number) is None
    assert len(send(house)) == 1
    assert [view.record.decided for view in house.desk.autonomy_table() if view.cell == cell] == [60]


def test_a_firm_word_is_always_a_persons(house: House) -> None:
    bill(house, "F-1", TODAY - timedelta(days=11))
    reminded(house, OutreachStep.OVERDUE, "F-1", days=5)
    _tells_of_a_program(house)
    assert (
        house.desk.answer_alone(held(house).row.id or 0)
        == "this step of the cadence, or the way that it goes, is always a person's"
    )
    with pytest.raises(ValueError, match="remind_firmer"):
        Cell.model_validate({"reason": "remind_firmer", "band": "small", "tier": "standard"})
