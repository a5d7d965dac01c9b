"""The agent on a case that woke by itself, as a pure function: no database, and a model that may only word the mail."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.deps import Deps
from agent.embedded.reader import FoundClaim
from agent.graph import propose
from agent.llm import ModelClient, ModelSettings
from agent.policy import allowed_tools
from store.aftermath import (
    DisputeStatus,
    FollowupKind,
    InstalmentStatus,
    PlanStatus,
    Portal,
    PortalStatus,
    PromiseStatus,
    ResubmissionStatus,
)
from store.facts import (
    CaseFacts,
    CheckFacts,
    DisputeFacts,
    FollowupFacts,
    InvoiceFacts,
    PaymentFacts,
    PlanFacts,
    PortalFacts,
    PromiseFacts,
    ResubmissionFacts,
)
from store.inbound import InboundEmail, StoredMessage
from store.matter_facts import InstalmentFacts
from store.proposed import Claim, Proposal
from store.vocabulary import MessageKind, MissingPiece, Reason, Register, Verdict
from tests.cases import NOW, TODAY, facts, invoice
from tests.model_server import ModelServer, reply
from tests.unit.test_graph import COMPANY
from tools.autonomy import Autonomy, Record, why_a_person
from tools.base import NotAllowed
from tools.follow_up import FollowUp
from tools.followup_ground import gone
from tools.followup_money import left_after_credit
from tools.limits import Policy

DAY, SINCE = TODAY - timedelta(days=5), TODAY - timedelta(days=12)
WORDS = "We pay F-5501 on the ninth."
BROKEN_WORD = (FollowupKind.PROMISE_BROKEN, FollowupKind.INSTALMENT_MISSED)


class Deaf:
    """A reader that must not be asked."""

    name = "deaf"

    def read(self, text: str, *, subject: str = "") -> list[FoundClaim]:
        raise AssertionError("the old mail was read again")

    def listen(self, text: str, **asked: object) -> list[FoundClaim]:
        raise AssertionError("the old mail was listened to again")


#: The wakings that go back to a mail of the customer, with what it said; the others have tests of their own.
SAID = {
    FollowupKind.PROMISE_BROKEN: Reason.PROMISE_TO_PAY,
    FollowupKind.INSTALMENT_DUE: Reason.PLAN_REQUEST,
    FollowupKind.INSTALMENT_MISSED: Reason.REFUSAL,
    FollowupKind.PLAN_UNANSWERED: Reason.SETTLEMENT_OFFER,
    FollowupKind.RESUBMISSION_UNANSWERED: Reason.INVOICE_MISSING,
    FollowupKind.QUESTION_UNANSWERED: Reason.UNCLEAR,
    FollowupKind.CASH_NOT_FOUND: Reason.ALREADY_PAID,
    FollowupKind.HOLD_OVER: Reason.AWAITING_APPROVAL,
    FollowupKind.DISPUTE_CREDITED: Reason.DISPUTE,
    FollowupKind.DISPUTE_REJECTED: Reason.DISPUTE,
    FollowupKind.DISPUTE_WITHDRAWN: Reason.DEDUCTION,
    FollowupKind.CONTACT_VERIFIED: Reason.WRONG_CONTACT,
    FollowupKind.PORTAL_REJECTED: Reason.PORTAL_SUBMISSION,
    FollowupKind.SETTLEMENT: Reason.SETTLEMENT_OFFER,
}


def woken(kind: FollowupKind, *, reason: Reason | None = None, **changes: Any) -> CaseFacts:
    """Make the case of a waking whose ground holds."""
    ahead = {FollowupKind.INSTALMENT_DUE: TODAY + timedelta(days=3), FollowupKind.SETTLEMENT: TODAY + timedelta(days=9)}
    due = ahead.get(kind, DAY)
    missed = kind is FollowupKind.INSTALMENT_MISSED
    part = InstalmentFacts(
        id=7, due=due, amount=Decimal("600.00"), status=InstalmentStatus.MISSED if missed else InstalmentStatus.OPEN
    )
    offered = kind is FollowupKind.PLAN_UNANSWERED
    plan = PlanFacts(
        id=7,
        invoices=("F-5501",),
        total=Decimal("1800.00"),
        currency="GBP",
        status=PlanStatus.PROPOSED if offered else PlanStatus.AGREED,
        instalments=(part,),
    )
    ends = {
        FollowupKind.DISPUTE_CREDITED: DisputeStatus.CREDITED,
        FollowupKind.DISPUTE_REJECTED: DisputeStatus.REJECTED,
    }
    ended = DisputeFacts(
        id=7,
        invoice_number="F-5501",
        kind="pricing",
        amount=None,
        status=ends.get(kind, DisputeStatus.WITHDRAWN),
        credit=Decimal("100.00") if kind is FollowupKind.DISPUTE_CREDITED else None,
    )
    sum_of = {
        FollowupKind.PROMISE_BROKEN: "500.00",
        FollowupKind.INSTALMENT_DUE: "600.00",
        FollowupKind.INSTALMENT_MISSED: "600.00",
        FollowupKind.DISPUTE_CREDITED: "100.00",
        FollowupKind.SETTLEMENT: "900.00",
    }
    followup = FollowupFacts(
        id=3,
        kind=kind,
        subject_id=1 if kind is FollowupKind.CONTACT_VERIFIED else 7,
        invoices=("F-5501",),
        claim=Claim(reason=reason or SAID[kind], invoices=("F-5501",), evidence=WORDS, confidence=0.9),
        day=due,
        since=SINCE,
        amount=Decimal(sum_of[kind]) if kind in sum_of else None,
        currency="GBP",
        contact_id=1 if kind is FollowupKind.CONTACT_VERIFIED else None,
        question=MissingPiece.PAYMENT_DATE,
    )
    promise = PromiseFacts(
        id=7,
        invoices=("F-5501",),
        due=DAY,
        amount=Decimal("500.00"),
        status=PromiseStatus.BROKEN,
        said_on=SINCE,
        currency="GBP",
    )
    values: dict[str, Any] = {
        "followup": followup,
        "received_on": SINCE,
        "promises": (promise,) if kind is FollowupKind.PROMISE_BROKEN else (),
        "plans": (plan,),
        "disputes": (ended,),
        "resubmissions": (
            ResubmissionFacts(id=7, invoice_number="F-5501", kind="copy", status=ResubmissionStatus.OPEN),
        ),
        "checks": (CheckFacts(id=7, invoices=("F-5501",), outcome="not_found", status="lapsed"),),
        "portal_items": (
            PortalFacts(id=7, invoice_number="F-5501", portal=Portal.ARIBA, status=PortalStatus.REJECTED),
        ),
    }
    return facts(invoice(), invoice("F-5502", "320.25")).model_copy(update=values | changes)


def run(case: CaseFacts, client: ModelClient | None = None) -> Proposal:
    email = InboundEmail(
        kind=MessageKind.REPLY, message_id="<m@b.example>", from_address="moira@bracken.example", new_text=WORDS
    )
    mail = StoredMessage(id=1, mailbox="ar", received_at=NOW, email=email)
    return propose(mail, case, Deps(company=COMPANY, policy=Policy(), embedded=Deaf(), client=client))


@pytest.mark.parametrize("kind", SAID)
def test_every_kind_comes_to_one_clean_mail(kind: FollowupKind) -> None:
    got = run(woken(kind))
    assert (got.verdict, got.followup_id, got.message_id) == (Verdict.FOLLOW_UP, 3, 1)
    assert [(a.tool, a.claims) for a in got.actions] == [("follow_up", (0,))]
    assert [c.evidence for c in got.claims] == [WORDS]
    assert got.draft is not None
    assert got.findings == (), got.draft.rendered
    assert got.draft.written_by == "template"
    assert got.needs_person is None
    firm = got.tone.register_ is Register.FIRM
    assert firm == (kind in BROKEN_WORD)


@pytest.mark.parametrize("kind", SAID)
def test_hardship_keeps_every_kind_warm(kind: FollowupKind) -> None:
    old = [PromiseFacts(id=n, invoices=(), due=DAY, amount=None, status=PromiseStatus.BROKEN) for n in (1, 2, 3)]
    case = woken(kind, reason=Reason.HARDSHIP)
    assert run(case.model_copy(update={"promises": (*case.promises, *old)})).tone.register_ is Register.WARM


@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize("end", ["stopped", "overtaken", "by_hand", "persons"])
def test_what_comes_in_between_leaves_nothing_to_propose(kind: FollowupKind, end: str) -> None:
    case = woken(kind)
    assert case.customer is not None
    assert case.followup is not None
    legal = case.followup.model_copy(
        update={"claim": case.followup.claim.model_copy(update={"reason": Reason.LEGAL_THREAT})}
    )
    changes: dict[str, dict[str, Any]] = {
        "stopped": {"customer": case.customer.model_copy(update={"stopped": True})},
        "overtaken": {"overtaken_by": (9,)},
        "by_hand": {"answered_by_hand": NOW},
        "persons": {"followup": legal},
    }
    got = run(case.model_copy(update=changes[end]))
    assert (got.verdict, got.actions, got.draft, got.claims) == (Verdict.FOLLOW_UP, (), None, ())


@pytest.mark.parametrize("kind", sorted(set(SAID) - {FollowupKind.DISPUTE_CREDITED}))
def test_paid_invoices_leave_nothing_to_propose(kind: FollowupKind) -> None:
    assert run(woken(kind, invoices=(invoice(balance="0.00"),))).actions == ()
    contested = invoice(disputed=Decimal("1800.00"))
    assert run(woken(kind, invoices=(contested,))).actions == ()


@pytest.mark.parametrize(
    ("kind", "field", "status"),
    [
        (FollowupKind.PROMISE_BROKEN, "promises", PromiseStatus.REPLACED),
        (FollowupKind.INSTALMENT_DUE, "plans", PlanStatus.REPLACED),
        (FollowupKind.INSTALMENT_MISSED, "plans", PlanStatus.KEPT),
        (FollowupKind.PLAN_UNANSWERED, "plans", PlanStatus.AGREED),
        (FollowupKind.RESUBMISSION_UNANSWERED, "resubmissions", ResubmissionStatus.CONFIRMED),
        (FollowupKind.CASH_NOT_FOUND, "checks", "applied"),
        (FollowupKind.DISPUTE_REJECTED, "disputes", DisputeStatus.CREDITED),
        (FollowupKind.PORTAL_REJECTED, "portal_items", PortalStatus.SUBMITTED),
    ],
)
def test_a_matter_that_moved_on_leaves_nothing_to_propose(kind: FollowupKind, field: str, status: str) -> None:
    case = woken(kind)
    assert gone(case) is None
    (row,) = getattr(case, field)
    assert run(case.model_copy(update={field: (row.model_copy(update={"status": status}),)})).actions == ()
    assert run(case.model_copy(update={field: ()})).actions == ()


def test_arguments_that_differ_from_the_books_are_refused() -> None:
    from agent.policy import ask_for

    case, tool = woken(FollowupKind.PROMISE_BROKEN), FollowUp()
    assert case.followup is not None
    ask = ask_for([case.followup.claim], claims=[case.followup.claim], facts=case, policy=Policy())
    own = tool.fill(ask)
    tool.check(own, ask)
    for changes in ({"amount": Decimal("501.00")}, {"day": TODAY}, {"invoices": ("F-5502",)}, {"copies": ("F-5501",)}):
        with pytest.raises(NotAllowed):
            tool.check(own.model_copy(update=changes), ask)
    with pytest.raises(NotAllowed):
        tool.fill(ask_for([case.followup.claim], claims=[], facts=facts(), policy=Policy()))


@given(reason=st.sampled_from(Reason), kind=st.sampled_from(list(SAID)))
def test_no_reply_is_ever_offered_a_follow_up(reason: Reason, kind: FollowupKind) -> None:
    said = Claim(reason=reason, evidence="x", confidence=1)
    for case in (facts(), woken(kind)):
        offered = allowed_tools(said, claims=[said], facts=case, policy=Policy()).tools
        assert not {"follow_up", "remind"} & set(offered)


def test_no_follow_up_ever_goes_out_by_itself() -> None:
    why = why_a_person(
        reasons=[Reason.INVOICE_MISSING],
        amount=Decimal("1.00"),
        case=woken(FollowupKind.RESUBMISSION_UNANSWERED, plans=(), disputes=()),
        template=True,
        ways=(),
        record=Record(decided=1000, unedited=1000),
        table=Autonomy(),
    )
    assert why == "nobody wrote: the case woke by itself"


@given(
    amount=st.integers(1, 500_000),
    paid=st.integers(0, 500_000),
    credit=st.integers(1, 500_000),
    disputed=st.integers(0, 1000),
    booked=st.booleans(),
)
def test_what_is_left_after_a_credit_is_the_same_before_and_after_the_erp_books_it(
    amount: int, paid: int, credit: int, disputed: int, booked: bool
) -> None:
    cents = Decimal("0.01")
    paid, credit = min(paid, amount), min(credit, amount)
    balance = max(0, amount - paid - (credit if booked else 0))
    row: InvoiceFacts = invoice(
        amount=amount * cents, balance=str(balance * cents), disputed=min(disputed, balance) * cents
    )
    money = PaymentFacts(
        id="P", invoice_number="F-5501", received_on=DAY, currency="GBP", amount=paid * cents, reference=""
    )
    case = woken(
        FollowupKind.DISPUTE_CREDITED,
        invoices=(row,),
        payments=(money,),
        disputes=(
            DisputeFacts(
                invoice_number="F-5501", kind="x", amount=None, status=DisputeStatus.CREDITED, credit=credit * cents
            ),
        ),
    )
    left = left_after_credit(case, row)
    assert left == max(0, max(0, amount - paid - credit) * cents - row.disputed)
    assert 0 <= left <= row.balance


# --- a model ------------------------------------------------------------------------------------------------------


def model(server: ModelServer) -> ModelClient:
    return ModelClient(ModelSettings(base_url=server.base_url, model="m", max_attempts=1, timeout_seconds=5))


BODY = (
    "{{ contact.salutation }},\n\nOn {{ said.date }} you wrote that the payment would come on {{ missed.date }}. It has not "
    'arrived, and {{ inv["F-5501"].balance }} is open.\n\nPlease let us know by {{ deadline.date }} when it will reach us.'
    " If you see it differently, please reply to this message.\n\nKind regards"
)


def test_a_model_words_the_mail_once_and_reads_nothing(model_server: ModelServer) -> None:
    seen: list[str] = []

    def writer(request: dict[str, Any]) -> Any:
        seen.append(str(request["messages"]))
        return reply({"body": BODY})

    model_server.behave(writer)
    got = run(woken(FollowupKind.PROMISE_BROKEN), model(model_server))
    assert got.draft is not None
    assert got.draft.written_by == "model:m"
    assert got.findings == ()
    assert f"{DAY.day} {DAY:%B %Y}" in got.draft.rendered
    assert len(seen) == 1
    assert WORDS in seen[0], "the customer's own words go to the writer"
    assert "500.00" not in seen[0], "and no figure"


@pytest.mark.parametrize("words", ["We waive the rest.", "Our lawyer will write.", "Pay 12 GBP.", "{{ promise.date }}"])
def test_a_hijacked_writer_gives_way_to_the_template(model_server: ModelServer, words: str) -> None:
    model_server.behave(lambda _: reply({"body": BODY.replace("Kind", f"{words}\n\nKind")}))
    got = run(woken(FollowupKind.PROMISE_BROKEN), model(model_server))
    assert got.writer == "template"
    assert got.findings == ()


def test_how_a_dispute_ended_is_told_in_fixed_words(model_server: ModelServer) -> None:
    def nobody(request: dict[str, Any]) -> Any:
        raise AssertionError("the model was asked")

    model_server.behave(nobody)
    got = run(woken(FollowupKind.DISPUTE_CREDITED), model(model_server))
    assert got.writer == "template"


def test_a_promise_without_a_sum_names_what_is_open_and_contested_by_nobody() -> None:
    case = woken(FollowupKind.PROMISE_BROKEN, invoices=(invoice(disputed=Decimal("300.00")),))
    assert case.followup is not None
    unnamed = case.followup.model_copy(update={"amount": None})
    got = run(case.model_copy(update={"followup": unnamed}))
    assert got.draft is not None
    assert got.findings == ()
    assert "The payment has not reached us, and GBP 1,500.00 is open." in got.draft.rendered.replace("\xa0", " ")
    assert "would pay invoice F-5501" in got.draft.rendered
