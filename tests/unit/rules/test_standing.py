"""R-STA and R-TIM: whether this is a customer and a moment to write at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

from agent.rules.base import Outbound
from store.aftermath import FollowupKind, InstalmentStatus
from store.facts import CaseFacts, ContactFacts
from store.matter_facts import (
    CheckFacts,
    DisputeFacts,
    EscalationFacts,
    FollowupFacts,
    InstalmentFacts,
    PlanFacts,
    PromiseFacts,
)
from store.vocabulary import ContactStatus, Reason, Register
from tests.cases import TODAY, claim, facts, invoice
from tests.unit.rules.drafts import (
    AT,
    Case,
    action,
    approved,
    breaks,
    check,
    handing_over,
    keeps,
    leaving,
    letter,
    of,
    words_of,
)
from tools.windows import Written

DEMAND = "Please pay the open amount."
DEMANDS = {
    "en": DEMAND,
    "de": "Bitte überweisen Sie den offenen Betrag.",
    "fr": "Veuillez régler le montant dû.",
    "es": "Le rogamos que pague el importe pendiente.",
    "nl": "Wij verzoeken u het bedrag te betalen.",
    "it": "La preghiamo di saldare l'importo.",
    "pt": "Solicitamos que pague o montante.",
}


def stopped(reason: str) -> CaseFacts:
    case = facts()
    assert case.customer is not None
    return case.model_copy(
        update={"customer": case.customer.model_copy(update={"stopped": True, "stopped_reason": reason})}
    )


def open_matter(reason: Reason) -> CaseFacts:
    return facts(escalations=(EscalationFacts(id=1, reason=reason.value, role="legal", proposal_id=7),))


def lawyer(**fields: object) -> CaseFacts:
    case = facts()
    contact = ContactFacts(
        id=2, name="Ada Quill", email="quill@law.example", role="lawyer", status=ContactStatus.VERIFIED
    )
    return facts(contacts=(*case.contacts, contact.model_copy(update=fields)))


def disputed(part: str | None) -> CaseFacts:
    amount = Decimal(part) if part else Decimal("1800.00")
    return facts(
        invoice(disputed=amount),
        disputes=(
            DisputeFacts(invoice_number="F-5501", kind="pricing", amount=amount if part else None, status="open"),
        ),
    )


def agreed_plan(
    *, status: InstalmentStatus = InstalmentStatus.OPEN, due: date = TODAY + timedelta(days=9)
) -> CaseFacts:
    parts = (InstalmentFacts(due=due, amount=Decimal("900.00"), status=status),)
    plan = PlanFacts(invoices=("F-5501",), total=Decimal("1800.00"), currency="GBP", status="agreed", instalments=parts)
    return facts(plans=(plan,))


def woken(kind: FollowupKind, *, due: int = -40, **fields: object) -> CaseFacts:
    said = claim(Reason.PROMISE_TO_PAY, invoices=("F-5501",))
    followup = FollowupFacts(
        kind=kind, subject_id=1, invoices=("F-5501",), claim=said, day=TODAY - timedelta(days=1), since=TODAY
    )
    return facts(invoice(due_date=TODAY + timedelta(days=due)), followup=followup, **fields)


CASES: list[Case] = [
    breaks("R-STA-01", "stopped for insolvency", lambda: letter(case=stopped("insolvency"))),
    breaks("R-STA-01", "a matter is open", lambda: letter(case=open_matter(Reason.INSOLVENCY))),
    breaks(
        "R-STA-01",
        "edited words",
        lambda: letter(claims=[claim(Reason.INSOLVENCY)], actions=[handing_over(reason=Reason.INSOLVENCY)]),
    ),
    keeps(
        "R-STA-01",
        "the fixed words",
        lambda: letter(
            by="template", claims=[claim(Reason.INSOLVENCY)], actions=[handing_over(reason=Reason.INSOLVENCY)]
        ),
    ),
    keeps(
        "R-STA-01",
        "what this very answer handed over",
        lambda: leaving(
            letter(
                by="template",
                claims=[claim(Reason.INSOLVENCY)],
                actions=[handing_over(reason=Reason.INSOLVENCY)],
                case=stopped("insolvency").model_copy(
                    update={"escalations": open_matter(Reason.INSOLVENCY).escalations}
                ),
            )
        ),
    ),
    breaks("R-STA-02", "stopped", lambda: letter(case=stopped("stop_contact"))),
    breaks("R-STA-02", "stopped since the approval by another", lambda: leaving(letter(case=stopped("stop_contact")))),
    breaks("R-STA-02", "edited confirmation", lambda: letter(claims=[claim(Reason.STOP_CONTACT)])),
    keeps(
        "R-STA-02",
        "the confirmation itself",
        lambda: leaving(
            letter(
                by="template",
                claims=[claim(Reason.STOP_CONTACT)],
                actions=[action("stop_contact")],
                case=stopped("stop_contact"),
            )
        ),
    ),
    breaks("R-STA-03", "represented", lambda: letter(case=lawyer())),
    breaks("R-STA-03", "a legal matter is open", lambda: letter(case=open_matter(Reason.LEGAL_THREAT))),
    keeps("R-STA-03", "to the lawyer", lambda: letter(case=lawyer(), recipients=("quill@law.example",))),
    *(
        breaks(
            "R-STA-04",
            f"{lang}: demanded",
            partial(letter, w + ' {{ inv["F-5501"].balance }}', language=lang, case=disputed("300.00")),
        )
        for lang, w in DEMANDS.items()
    ),
    breaks(
        "R-STA-04",
        "a demand in an answer to a dispute",
        lambda: letter(DEMAND, claims=[claim(Reason.DISPUTE, invoices=("F-5501",))]),
    ),
    breaks(
        "R-STA-04",
        "interest in an answer to a dispute",
        lambda: letter("Verzugszinsen fallen an.", language="de", claims=[claim(Reason.DISPUTE, invoices=("F-5501",))]),
    ),
    keeps(
        "R-STA-04",
        "the rest is demanded",
        lambda: letter("Please pay the part that is not contested, GBP 1,500.00.", case=disputed("300.00")),
    ),
    keeps("R-STA-04", "an answer to a dispute", lambda: letter(claims=[claim(Reason.DISPUTE, invoices=("F-5501",))])),
    breaks("R-STA-05", "open", lambda: letter(case=open_matter(Reason.PAYMENT_FRAUD_RISK))),
    breaks("R-STA-05", "edited warning", lambda: letter(claims=[claim(Reason.PAYMENT_FRAUD_RISK)])),
    keeps(
        "R-STA-05",
        "the fixed warning",
        lambda: letter(
            by="template", claims=[claim(Reason.PAYMENT_FRAUD_RISK)], case=open_matter(Reason.PAYMENT_FRAUD_RISK)
        ),
    ),
    breaks("R-STA-06", "a demand", lambda: letter(DEMAND, claims=[claim(Reason.HARDSHIP, invoices=("F-5501",))])),
    breaks(
        "R-STA-06",
        "ein Todesfall",
        lambda: letter(
            language="de", claims=[claim(Reason.QUESTION, "Mein Mann ist verstorben.", invoices=("F-5501",))]
        ),
    ),
    breaks(
        "R-STA-06",
        "firm",
        lambda: letter(register=Register.FIRM, claims=[claim(Reason.HARDSHIP, invoices=("F-5501",))]),
    ),
    keeps(
        "R-STA-06",
        "gentle",
        lambda: letter("We are sorry to hear that.", claims=[claim(Reason.HARDSHIP, invoices=("F-5501",))]),
    ),
    *(
        breaks("R-STA-07", f"{lang}: dunned", partial(letter, w, language=lang, case=agreed_plan()))
        for lang, w in (("en", DEMAND), ("de", DEMANDS["de"]))
    ),
    keeps(
        "R-STA-07",
        "an instalment was missed",
        lambda: letter(DEMAND, case=agreed_plan(status=InstalmentStatus.MISSED, due=TODAY - timedelta(days=9))),
    ),
    keeps("R-STA-07", "no demand", lambda: letter(case=agreed_plan())),
    breaks("R-STA-08", "four years", lambda: letter(case=facts(invoice(due_date=TODAY - timedelta(days=4 * 366))))),
    breaks(
        "R-STA-08",
        "three years and a day",
        lambda: letter(language="fr", case=facts(invoice(due_date=date(2023, 4, 13)))),
    ),
    keeps("R-STA-08", "three years", lambda: letter(case=facts(invoice(due_date=date(2023, 4, 14))))),
    breaks("R-STA-09", "a newer mail", lambda: letter(case=facts(overtaken_by=(2,)))),
    breaks("R-STA-09", "another answer waits", lambda: replace(approved(letter()), waiting=(frozenset({"F-5501"}),))),
    keeps("R-STA-09", "another matter waits", lambda: replace(approved(letter()), waiting=(frozenset({"F-9"}),))),
    # --- time
    breaks("R-TIM-01", "in the evening", lambda: approved(letter(), moment=AT.replace(hour=17))),
    breaks("R-TIM-01", "on a Sunday", lambda: leaving(letter(), moment=AT - timedelta(days=2))),
    breaks("R-TIM-01", "on a holiday", lambda: leaving(letter(), moment=datetime(2026, 12, 25, 11, tzinfo=UTC))),
    breaks("R-TIM-01", "nobody knows the zone", lambda: approved(letter(case=_zone("Mars/Olympus")))),
    breaks("R-TIM-01", "night in Denver", lambda: leaving(letter(case=_zone("America/Denver")))),
    keeps("R-TIM-01", "in the morning", lambda: leaving(letter())),
    breaks("R-TIM-02", "three answers in a day", lambda: _after(letter(), hours=(2, 4, 6), answer=True)),
    breaks(
        "R-TIM-02",
        "a second reminder in two days",
        lambda: _after(letter(case=woken(FollowupKind.HOLD_OVER)), hours=(30,)),
    ),
    breaks("R-TIM-02", "seven in a week", lambda: _after(letter(), hours=(30, 40, 50, 60, 70, 80, 90), answer=True)),
    keeps("R-TIM-02", "an answer after a reminder", lambda: _after(letter(), hours=(30,))),
    keeps(
        "R-TIM-02",
        "a reminder after two days",
        lambda: _after(letter(case=woken(FollowupKind.QUESTION_UNANSWERED)), hours=(49,)),
    ),
    breaks("R-TIM-03", "not due", lambda: letter(case=woken(FollowupKind.HOLD_OVER, due=5))),
    breaks("R-TIM-03", "in the grace", lambda: letter(case=woken(FollowupKind.HOLD_OVER, due=-3))),
    *words_of(
        "R-TIM-03",
        bad={},
        good={"en": ["It is overdue."], "de": ["Sie ist überfällig."], "nl": ["Het bedrag is achterstallig."]},
    ),
    breaks("R-TIM-03", "called overdue", lambda: letter("It is overdue.", case=facts(invoice(due_date=TODAY)))),
    breaks(
        "R-TIM-03",
        "überfällig genannt",
        lambda: letter("Sie ist überfällig.", language="de", case=facts(invoice(due_date=TODAY))),
    ),
    keeps("R-TIM-03", "after the grace", lambda: letter(case=woken(FollowupKind.HOLD_OVER, due=-4))),
    breaks("R-TIM-04", "promised", lambda: letter(DEMAND, case=facts(promises=(_promise(3),)))),
    breaks(
        "R-TIM-04", "versprochen", lambda: letter(DEMANDS["de"], language="de", case=facts(promises=(_promise(3),)))
    ),
    breaks(
        "R-TIM-04",
        "they say that they paid",
        lambda: letter(
            DEMAND,
            case=facts(
                checks=(
                    CheckFacts(
                        invoices=("F-5501",), outcome="not_found", status="open", pause_until=TODAY + timedelta(days=2)
                    ),
                )
            ),
        ),
    ),
    breaks(
        "R-TIM-04",
        "a pause is not over",
        lambda: letter(
            case=woken(FollowupKind.HOLD_OVER).model_copy(
                update={"invoices": (invoice(held_until=TODAY + timedelta(days=2)),)}
            )
        ),
    ),
    keeps("R-TIM-04", "the day is over", lambda: letter(DEMAND, case=facts(promises=(_promise(-1),)))),
    keeps("R-TIM-04", "no demand", lambda: letter(case=facts(promises=(_promise(3),)))),
    keeps("R-TIM-04", "the promise that this very answer records", lambda: leaving(_recording(3, promised=3))),
    breaks("R-TIM-04", "another than this answer records", lambda: leaving(_recording(4, promised=3))),
    *words_of(
        "R-TIM-05",
        bad={
            "en": ["Please answer within 3 days.", "Please reply within 48 hours.", "You must pay within two days."],
            "de": ["Bitte antworten Sie binnen 5 Tagen."],
            "fr": ["Merci de répondre sous 48 heures."],
            "es": ["Le rogamos que responda en un plazo de 3 días."],
            "nl": ["Wij verzoeken u binnen 3 dagen te antwoorden."],
            "it": ["La preghiamo di rispondere entro 3 giorni."],
            "pt": ["Solicitamos que responda no prazo de 3 dias."],
        },
        good={
            "en": ["Please answer within 14 days.", "We will reply within 2 days."],
            "de": ["Wir werden uns binnen 2 Tagen melden.", "Bitte antworten Sie binnen 10 Tagen."],
            "fr": ["Nous vous répondrons sous 48 heures."],
        },
    ),
    keeps("R-TIM-05", "seven days from when it leaves", lambda: _asked(AT)),
    breaks("R-TIM-05", "the mail was held up", lambda: _asked(AT + timedelta(days=3))),
]


def _zone(name: str) -> CaseFacts:
    case = facts()
    assert case.customer is not None
    return case.model_copy(update={"customer": case.customer.model_copy(update={"timezone": name})})


def _after(out: Outbound, *, hours: tuple[int, ...], answer: bool = False) -> Outbound:
    past = tuple(Written(at=AT - timedelta(hours=h), case_id=1, answer=answer) for h in hours)
    return replace(leaving(out), written=past)


def _promise(days: int) -> PromiseFacts:
    return PromiseFacts(invoices=("F-5501",), due=TODAY + timedelta(days=days), amount=None, status="open")


def _recording(day: int, *, promised: int) -> Outbound:
    """An answer that records one promise and speaks of paying, to a customer of whom a promise is known."""
    due = (TODAY + timedelta(days=day)).isoformat()
    return letter(
        DEMAND,
        claims=[claim(Reason.PROMISE_TO_PAY, invoices=("F-5501",), date=TODAY + timedelta(days=day))],
        actions=[action("record_promise", invoices=["F-5501"], due=due, currency="GBP", hold_until=due)],
        case=facts(promises=(_promise(promised),)),
    )


def _asked(moment: datetime) -> Outbound:
    """A letter that asks the customer for an answer by the deadline of the policy, which leaves at this moment."""
    out = letter(
        "Please let us know by {{ deadline.date }}.",
        claims=[claim(Reason.UNCLEAR)],
        actions=[handing_over(reason=Reason.UNCLEAR)],
    )
    return replace(leaving(out), moment=moment)


@of(CASES)
def test_standing_and_time(case: Case) -> None:
    check(case)
