"""check_payment: what it may propose, what it says, what it leaves behind, and that it never touches the ledger."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select
from typer.testing import CliRunner

from agent.cli.app import app
from agent.cli.csv_out import safe_cell
from agent.effects import apply_effects
from agent.letter import parts_of
from agent.policy import allowed_tools, ask_for
from prompts.next_step import NextStep, next_step_for
from store import applications
from store.aftermath import CheckOutcome
from store.cases import customer_facts
from store.engine import unit_of_work
from store.facts import CaseFacts, CheckFacts, PaymentFacts
from store.matters import PaymentCheck
from store.proposed import ProposedAction
from store.tables import Hold, Invoice, Payment
from store.vocabulary import IdentityLevel, ProposalStatus, Reason
from tests.cases import TODAY, ask, claim, facts, invoice
from tests.factories import House, open_house
from tests.factories import claim as said
from tools.base import NotAllowed
from tools.check_payment import CheckPayment, CheckPaymentArguments
from tools.limits import CashLimits, Policy

TOOL = CheckPayment()
ANNE = "anne.clerc@troisdents.example"


def paid(
    amount: str, reference: str = "", *, of: str | None = None, on: date = TODAY, number: str = "R1"
) -> PaymentFacts:
    return PaymentFacts(
        id=number, invoice_number=of, received_on=on, currency="GBP", amount=Decimal(amount), reference=reference
    )


def checked(case: CaseFacts, **slots: Any) -> CheckPaymentArguments:
    asked = ask(claim(Reason.ALREADY_PAID, **slots), case=case)
    arguments = TOOL.fill(asked)
    TOOL.check(arguments, asked)
    assert TOOL.parse(json.loads(arguments.model_dump_json())) == arguments
    return arguments


@pytest.mark.parametrize(
    ("case", "slots", "variant", "rest"),
    [
        (facts(payments=(paid("1800.00"),)), {}, "found", "0"),
        (facts(payments=(paid("800.00", "F-5501"),)), {}, "found_part", "1000.00"),
        (facts(payments=(paid("1793.00", "F-5501"),)), {}, "found", "0"),
        (facts(payments=(paid("1800.00"), paid("1800.00", number="R2"))), {}, "possible", "0"),
        (facts(), {}, "not_found", "0"),
        (facts(payments=(paid("200.00", of="F-5501"),)), {"amount": Decimal("200.00")}, "applied_part", "1800.00"),
        (facts(payments=(paid("200.00", of="F-5501"),)), {}, "not_found", "0"),
        (
            facts(invoice(disputed=Decimal("1000.00")), payments=(paid("800.00", "F-5501"),)),
            {},
            "found",
            "0",
        ),
    ],
)
def test_each_outcome_has_its_wording_and_says_what_stays_open(
    case: CaseFacts, slots: dict[str, Any], variant: str, rest: str
) -> None:
    arguments = checked(case, **slots)
    assert (TOOL.variant(arguments), arguments.rest) == (variant, Decimal(rest))
    assert arguments.pause_until == TODAY + timedelta(days=5)
    assert TOOL.says(arguments)
    terms = TOOL.terms(arguments, case)
    assert ("payment.amount" in terms) is (variant.split("_")[0] in ("found", "applied"))
    assert ("undisputed.balance" in terms) is variant.endswith("_part")
    preview = TOOL.preview(arguments, case)
    assert "F-5501" in preview
    assert "2026-04-19" in preview
    step = NextStep.NONE if variant == "found" else NextStep.YOUR_ANSWER
    action = ProposedAction(tool=TOOL.name, arguments=arguments.model_dump(mode="json"), claims=(0,), preview=preview)
    parts = parts_of(facts=case, claims=[claim(Reason.ALREADY_PAID)], actions=[action])
    assert next_step_for(parts) is step


def test_an_invoice_that_is_settled_needs_no_pause_and_no_paper() -> None:
    case = facts(
        invoice(balance="0.00", amount=Decimal("1800.00")), invoice("F-5502"), payments=(paid("1800.00", of="F-5501"),)
    )
    asked = ask(claim(Reason.ALREADY_PAID, invoices=("F-5501",)), case=case)
    arguments = TOOL.fill(asked)
    assert (arguments.outcome, arguments.invoices, arguments.pause_until) == (CheckOutcome.APPLIED, ("F-5501",), None)
    assert TOOL.terms(arguments, case) == {}
    assert "R1 of GBP 1,800.00" in TOOL.preview(arguments, case)


def test_nobody_learns_of_receipts_that_they_did_not_speak_of() -> None:
    case = facts(payments=(paid("1800.00"), paid("1800.00", number="R2"), paid("77.00", number="R3")))
    for arguments in (checked(case), checked(facts(payments=(paid("55.00"),)))):
        assert arguments.outcome in (CheckOutcome.POSSIBLE, CheckOutcome.NOT_FOUND)
        assert TOOL.terms(arguments, case) == {}
    found = checked(case, amount=Decimal("1800.00"))
    assert found.outcome is CheckOutcome.POSSIBLE


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("RE F-5501", True),
        ("see www.pay-here.example/55 F-5501", False),
        ("DE89 3704 0044 0532 0130 00 F-5501", False),
        ("{{ account.balance }} F-5501", False),
        ("F-5501\nnew account", False),
    ],
)
def test_only_a_plain_reference_goes_into_a_letter(reference: str, shown: bool) -> None:
    case = facts(payments=(paid("1800.00", reference),))
    assert ("payment.reference" in TOOL.terms(checked(case), case)) is shown


def test_the_advice_is_asked_for_once_and_the_pause_never_grows() -> None:
    old = CheckFacts(invoices=("F-5501",), outcome="not_found", status="open", pause_until=TODAY + timedelta(days=1))
    again = ask(claim(Reason.ALREADY_PAID), case=facts(checks=(old,)))
    assert TOOL.refusal(again) == "this payment was looked for before, and nothing new is found"
    with pytest.raises(NotAllowed):
        TOOL.fill(again)
    arrived = checked(facts(checks=(old,), payments=(paid("1800.00"),)))
    assert (arrived.outcome, arrived.pause_until) == (CheckOutcome.FOUND, TODAY + timedelta(days=1))
    waiting = old.model_copy(update={"outcome": "found", "payments": ("R1",)})
    assert TOOL.refusal(ask(claim(Reason.ALREADY_PAID), case=facts(checks=(waiting,))))


def test_a_receipt_that_was_proposed_for_another_invoice_is_not_proposed_again() -> None:
    other = CheckFacts(invoices=("F-5502",), outcome="found", status="open", payments=("R1",))
    case = facts(invoice(), invoice("F-5502", "1800.00"), checks=(other,), payments=(paid("1800.00"),))
    asked = ask(claim(Reason.ALREADY_PAID, invoices=("F-5501",)), case=case)
    assert TOOL.fill(asked).outcome is CheckOutcome.NOT_FOUND


def test_what_somebody_bent_is_refused() -> None:
    asked = ask(claim(Reason.ALREADY_PAID), case=facts(payments=(paid("1800.00"), paid("20.00", number="R2"))))
    arguments = TOOL.fill(asked)
    bends: list[dict[str, object]] = [
        {"pause_until": TODAY + timedelta(days=90)},
        {"payments": ("R2",)},
        {"outcome": CheckOutcome.APPLIED},
        {"invoices": ("F-9999",)},
        {"paid": Decimal("9999.00")},
    ]
    for bent in bends:
        with pytest.raises(NotAllowed):
            TOOL.check(arguments.model_copy(update=bent), asked)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (facts(invoice(balance="0.00")), None),
        (facts(invoice(), invoice("F-5502", currency="EUR")), "several currencies"),
        (facts(*(invoice(f"F-6{n:03d}") for n in range(51))), "more than 50"),
    ],
)
def test_what_cannot_be_searched_goes_to_a_person(case: CaseFacts, why: str | None) -> None:
    got = TOOL.refusal(ask(claim(Reason.ALREADY_PAID), case=case))
    assert (why or "no invoice of this customer is meant") in (got or "")


def test_an_unknown_number_and_an_unproven_sender_are_no_search() -> None:
    one = claim(Reason.ALREADY_PAID, invoices=("F-1",))
    assert TOOL.refusal(ask(one)) == "no invoice of this customer is meant"
    for level in (IdentityLevel.C, IdentityLevel.D):
        allowed = allowed_tools(one, claims=[one], facts=facts(identity=level), policy=Policy())
        assert allowed.tools == ("escalate_to_human",)
    fraud = claim(Reason.PAYMENT_FRAUD_RISK)
    both = [fraud, claim(Reason.ALREADY_PAID)]
    assert "check_payment" not in allowed_tools(both[1], claims=both, facts=facts(), policy=Policy()).tools


# --- the whole way


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def sender_of(house: House, customer_id: str) -> str:
    with unit_of_work(house.engine) as session:
        return customer_facts(session, customer_id, now=house.now).contacts[0].email


def rows(house: House) -> list[PaymentCheck]:
    with unit_of_work(house.engine) as session:
        return list(session.exec(select(PaymentCheck).order_by(col(PaymentCheck.id))))


def ledger(house: House) -> str:
    with unit_of_work(house.engine) as session:
        every = [
            *session.exec(select(Invoice).order_by(col(Invoice.number))).all(),
            *session.exec(select(Payment).order_by(col(Payment.id))).all(),
        ]
        return json.dumps([row.model_dump(mode="json") for row in every])


def test_a_payment_that_is_here_is_found_told_and_proposed(house: House) -> None:
    before = ledger(house)
    message = house.receive("INV-20419: paid on 4 March, TD-20260304-117.", sender=sender_of(house, "C1009"))
    words = "INV-20419: paid on 4 March, TD-20260304-117."
    held = house.hold(
        message,
        said(
            Reason.ALREADY_PAID, words, invoices=["INV-20419"], date="2026-03-04", amount="7904.30",
            currency="CHF", reference="TD-20260304-117",
        ),
    )  # fmt: skip
    item = house.desk.show(held)
    assert item is not None
    (action,) = item.proposal.actions
    assert action.tool == "check_payment"
    assert "PAY-9011 of CHF 7,904.30, received 2026-03-05: exactly INV-20419" in action.preview
    assert item.proposal.draft is not None
    letter = item.proposal.draft.rendered
    assert "7\u00a0904,30 CHF" in letter
    assert "5 mars 2026" in letter
    assert not item.proposal.blocked, item.proposal.findings
    assert "deadline.date" not in item.proposal.draft.body, "nothing is asked of somebody who has paid"
    house.desk.approve(held, version=item.row.version, actor="test")
    with unit_of_work(house.engine) as session:
        from agent.effects import apply_effects

        apply_effects(session, held, house.now)
        apply_effects(session, held, house.now)
    (row,) = rows(house)
    assert (row.outcome, row.status, row.payments, row.pause_until) == (
        "found",
        "open",
        ["PAY-9011"],
        date(2026, 3, 15),
    )
    assert row.applications == [{"payment": "PAY-9011", "invoice": "INV-20419", "amount": "7904.30"}]
    assert ledger(house) == before
    with unit_of_work(house.engine) as session:
        (ready,) = applications.proposed(session)
        assert (ready.fault, ready.amount, ready.currency) == ("", Decimal("7904.30"), "CHF")
        session.get_one(Payment, "PAY-9011").invoice_number = "INV-20419"
    with unit_of_work(house.engine) as session:
        (stale,) = applications.proposed(session)
        assert stale.fault == "the receipt is applied to INV-20419 meanwhile"


def test_the_same_cash_at_another_customer_is_never_looked_at(house: House) -> None:
    sender = sender_of(house, "C1001")
    with unit_of_work(house.engine) as session:
        mine = customer_facts(session, "C1001", now=house.now).open_invoices[0]
        session.add(
            Payment(
                id="PAY-X", customer_id="C1008", received_on=date(2026, 3, 5), currency=mine.currency,
                amount=mine.balance, reference=f"{mine.number} TRX-4711",
            )
        )  # fmt: skip
    words = f"{mine.number} is paid, TRX-4711."
    held = house.hold(
        house.receive(words, sender=sender),
        said(Reason.ALREADY_PAID, words, invoices=[mine.number], amount=str(mine.balance), reference="TRX-4711"),
    )
    item = house.desk.show(held)
    assert item is not None
    (action,) = item.proposal.actions
    assert (action.tool, action.arguments["outcome"], action.arguments["payments"]) == (
        "check_payment",
        "not_found",
        [],
    )
    assert "PAY-X" not in json.dumps(item.proposal.model_dump(mode="json"))
    assert item.proposal.draft is not None
    assert "remittance advice" in item.proposal.draft.rendered
    assert "deadline.date" in item.proposal.draft.body


def test_the_pause_ends_by_the_clock_and_a_dismissal_ends_it_at_once(house: House, tmp_path: Path) -> None:
    from agent.effects import apply_effects

    house.policy = Policy(cash=CashLimits(claimed_paid_pause_days=3))
    words = "INV-20421 has been paid."
    held = house.hold(house.receive(words), said(Reason.ALREADY_PAID, words, invoices=["INV-20421"]))
    house.desk.approve(held, version=1, actor="test")
    with unit_of_work(house.engine) as session:
        apply_effects(session, held, house.now)

    def pause() -> date | None:
        with unit_of_work(house.engine) as session:
            found = customer_facts(session, "C1001", now=house.now).invoice("INV-20421")
            assert found is not None
            return found.held_until

    assert pause() == date(2026, 3, 13)
    (row,) = rows(house)
    assert (row.outcome, row.pause_until) == ("not_found", date(2026, 3, 13))
    with unit_of_work(house.engine) as session:
        with pytest.raises(ValueError, match="say why"):
            applications.dismiss(session, row.id or 0, actor="mv", note=" ", now=house.now)
        applications.dismiss(session, row.id or 0, actor="mv", note="they meant 20411", now=house.now)
        with pytest.raises(ValueError, match="no open payment search"):
            applications.dismiss(session, row.id or 0, actor="mv", note="again", now=house.now)
        assert session.exec(select(Hold.released_at).where(Hold.kind == "already_paid")).one() is not None
    assert pause() is None


def test_the_export_is_csv_that_no_spreadsheet_calculates(house: House, tmp_path: Path) -> None:
    with unit_of_work(house.engine) as session:
        session.get_one(Payment, "PAY-9011").reference = "=HYPERLINK(1) INV-20419"
    words = "INV-20419 is paid."
    held = house.hold(
        house.receive(words, sender=sender_of(house, "C1009")),
        said(Reason.ALREADY_PAID, words, invoices=["INV-20419"]),
    )
    house.desk.approve(held, version=1, actor="test")
    with unit_of_work(house.engine) as session:
        from agent.effects import apply_effects

        apply_effects(session, held, house.now)
    config = tmp_path / "dunwell.toml"
    config.write_text(
        f"""
[company]
name = "Nordholt Industrial Supply B.V."
address = "Kadeweg 14"
email = "ar@nordholt-supply.example"
[store]
url = "sqlite:///{tmp_path / "house.db"}"
[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@nordholt-supply.example"
path = "box"
""",
        "utf-8",
    )
    run = CliRunner().invoke(app, ["export", "applications", "--config", str(config), "--csv"])
    assert run.exit_code == 0, run.output
    heading, line = run.stdout.strip().splitlines()
    assert heading.startswith("check_id,customer_id,customer,payment_id")
    assert "'=HYPERLINK(1) INV-20419" in line
    assert ",7904.30,CHF," in line
    run = CliRunner().invoke(app, ["export", "applications", "--config", str(config)])
    assert "PAY-9011" in run.stdout
    run = CliRunner().invoke(app, ["export", "applications", "--config", str(config), "--json"])
    assert json.loads(run.stdout)["applications"][0]["fault"] == ""
    run = CliRunner().invoke(
        app, ["export", "applications", "--config", str(config), "--dismiss", "1", "--note", "not theirs", "--as", "mv"]
    )
    assert "is dismissed" in run.stdout
    with unit_of_work(house.engine) as session:
        assert applications.proposed(session) == []


def test_a_decided_row_is_done(house: House) -> None:
    words = "INV-20402 was paid in December."
    held = house.hold(
        house.receive(words, sender=sender_of(house, "C1012")),
        said(Reason.ALREADY_PAID, words, invoices=["INV-20402"]),
    )
    item = house.desk.show(held)
    assert item is not None
    assert item.proposal.actions[0].arguments["outcome"] == "applied"
    assert item.proposal.draft is not None
    assert "INV-20402 is fully paid" in item.proposal.draft.rendered
    house.desk.approve(held, version=1, actor="test")
    shown = house.desk.show(held)
    assert shown is not None
    assert shown.row.status == ProposalStatus.APPROVED


# --- several claims of one mail

_SUMS = st.sampled_from(["100.00", "200.00", "300.00", "600.00", "50.00"])


@settings(max_examples=300, deadline=None)
@given(
    balances=st.lists(_SUMS, min_size=2, max_size=5),
    made=st.lists(
        st.tuples(_SUMS, st.sampled_from(["", "TRX-4711", "F-7000", "F-7001", "F-7000 TRX-4711"])), max_size=4
    ),
    told=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([None, "TRX-4711"]), st.none() | _SUMS), min_size=2, max_size=3
    ),
)
@example(
    balances=["200.00", "100.00", "100.00"],
    made=[("300.00", "TRX-4711")],
    told=[(1, "TRX-4711", None), (2, "TRX-4711", None)],
)
@example(
    balances=["60.00", "60.00", "45.00", "75.00"],
    made=[("120.00", "TRX-4711")],
    told=[(0, "TRX-4711", None), (2, "TRX-4711", None)],
)
def test_claims_of_one_mail_never_spend_a_receipt_twice(
    balances: list[str], made: list[tuple[str, str]], told: list[tuple[int, str | None, str | None]]
) -> None:
    case = facts(
        *(invoice(f"F-700{n}", balance) for n, balance in enumerate(balances)),
        payments=tuple(paid(amount, reference, number=f"R{n}") for n, (amount, reference) in enumerate(made)),
    )
    numbers = dict.fromkeys(f"F-700{n % len(balances)}" for n, _, _ in told)
    claims = [
        claim(Reason.ALREADY_PAID, invoices=(number,), reference=reference, amount=amount and Decimal(amount))
        for number, (_, reference, amount) in zip(numbers, told, strict=False)
    ]
    spent: dict[str, dict[str, Decimal]] = {}
    for one in claims:
        arguments = TOOL.fill(ask_for([one], claims=claims, facts=case, policy=Policy()))
        for part in arguments.parts:
            spent.setdefault(part.payment, {})[part.invoice] = part.amount
    for payment in case.payments:
        assert sum(spent.get(payment.id, {}).values()) <= payment.amount


def test_a_newer_search_for_one_invoice_leaves_what_was_found_for_the_other(house: House) -> None:
    """Money that was found must still be applied, whatever the customer says of the other invoice."""
    numbers = ("INV-20413", "INV-20427")
    with unit_of_work(house.engine) as session:
        customer = session.get_one(Invoice, numbers[0]).customer_id
        owed = {n: session.get_one(Invoice, n).balance for n in numbers}
        currency = session.get_one(Invoice, numbers[0]).currency
        for place, number in enumerate(numbers):
            session.add(
                Payment(
                    id=f"TWO-{place}",
                    customer_id=customer,
                    received_on=date(2026, 3, 9),
                    currency=currency,
                    amount=owed[number],
                    reference=number,
                )
            )
    for named in (numbers, numbers[:1]):
        message = house.receive(f"{', '.join(named)}: paid.", sender=sender_of(house, customer))
        held = house.hold(message, *(said(Reason.ALREADY_PAID, "paid", invoices=list(named)),))
        item = house.desk.show(held)
        assert item is not None
        assert item.proposal.actions[0].tool == "check_payment"
        house.desk.approve(held, version=item.row.version, actor="test")
        with unit_of_work(house.engine) as session:
            apply_effects(session, held, house.now)
    with unit_of_work(house.engine) as session:
        found = applications.proposed(session)
    assert sorted((row.payment, row.invoice, row.fault) for row in found) == [
        ("TWO-0", numbers[0], ""),
        ("TWO-1", numbers[1], ""),
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("RF 17;=HYPERLINK(A1)", "RF 17;'=HYPERLINK(A1)"),
        ("RF 17; @SUM(A1)", "RF 17; '@SUM(A1)"),
        ("RF\r\n=1", "RF\r\n'=1"),
        ("RF 17; INV-4; 5", "RF 17; INV-4; 5"),
        ("A-1", "A-1"),
    ],
)
def test_no_part_of_a_cell_becomes_a_formula_where_cells_end_at_a_semicolon(text: str, cell: str) -> None:
    """A bank's reference is written by whoever pays: half of Europe's spreadsheets part the line there."""
    assert safe_cell(text) == cell
