"""From a claim's words to its slots: what each reason owns, where it is looked for, and when it stays empty."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.resolving.slots import OWNED, resolve
from store.aftermath import PlanRhythm
from store.proposed import Slots
from store.vocabulary import DisputeKind, DocumentKind, Reason

THURSDAY = date(2026, 3, 5)


def read(
    reason: Reason,
    evidence: str,
    text: str | None = None,
    *,
    on: date = THURSDAY,
    currency: str | None = "EUR",
    language: str | None = "en",
    known: Sequence[str] = (),
    hints: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Resolve and give only the slots that are filled."""
    slots = resolve(
        reason,
        evidence=evidence,
        text=text if text is not None else evidence,
        received_on=on,
        currency=currency,
        language=language,
        known_numbers=known,
        hints=hints,
    )
    return slots.model_dump(exclude_none=True)


def test_a_reason_fills_only_its_own_slots() -> None:
    text = "We pay 500 EUR on Friday against PO HF-78263, write to Karin Berg, k.berg@firm.example, via Coupa."
    for reason in Reason:
        owned = OWNED.get(reason, frozenset()) | {"currency"}
        assert set(read(reason, text)) <= owned
    assert read(Reason.ACKNOWLEDGEMENT, text) == {}
    assert {slot for slots in OWNED.values() for slot in slots} <= set(Slots.model_fields)


def test_a_promise_has_its_day_and_amount() -> None:
    evidence = "Den unstrittigen Rest in Höhe von 17.760,00 EUR überweisen wir im Zahllauf am Freitag, 13.03.2026"
    text = f"8 Stück zu je 84,00 EUR, zusammen 672,00 EUR, erkennen wir nicht an. {evidence}. Danke."
    assert read(Reason.PROMISE_TO_PAY, evidence, text, language="de") == {
        "date": date(2026, 3, 13),
        "amount": Decimal("17760.00"),
        "currency": "EUR",
    }


def test_a_dispute_has_its_ground_and_its_total() -> None:
    evidence = "Die fehlenden 8 Stück zu je 84,00 EUR, zusammen 672,00 EUR, erkennen wir nicht an"
    assert read(Reason.DISPUTE, evidence, language="de") == {
        "dispute_kind": DisputeKind.QUANTITY,
        "amount": Decimal("672.00"),
        "currency": "EUR",
    }


def test_a_payment_that_was_made_lies_in_the_past() -> None:
    text = (
        "le virement de CHF 7'904.30 pour INV-20419 a été exécuté le 4 mars par notre banque, référence TD-20260304-117"
    )
    assert read(Reason.ALREADY_PAID, text, language="fr", on=date(2026, 3, 9), known=["INV-20419"]) == {
        "date": date(2026, 3, 4),
        "amount": Decimal("7904.30"),
        "currency": "CHF",
        "reference": "TD-20260304-117",
    }
    assert read(Reason.ALREADY_PAID, "Value date Tuesday")["date"] == date(2026, 3, 3)
    assert read(Reason.PROMISE_TO_PAY, "yours went into Friday's run")["date"] == date(2026, 3, 6)


def test_a_plan_has_its_first_day_its_rate_and_its_count() -> None:
    text = (
        "Ce que je peux vous proposer pour les 14 000,00 EUR restant dus : quatre \nmensualités de 3 500,00 EUR, la première le"
        " 31 mars, les suivantes à la \nfin de chaque mois jusqu'à fin juin."
    )
    assert read(Reason.PLAN_REQUEST, text, language="fr") == {
        "date": date(2026, 3, 31),
        "amount": Decimal("3500.00"),
        "currency": "EUR",
        "instalments": 4,
        "rhythm": PlanRhythm.MONTHLY,
        "pay_day": 31,
    }


def test_an_absence_ends_on_its_last_day() -> None:
    text = (
        "ich bin bis einschließlich Freitag, 13.03.2026 im Urlaub und ab Montag, 16.03.2026 wieder für Sie da. In dringenden Fällen"
        " wenden Sie sich bitte an meine Vertretung, Herrn Lukas Feder (l.feder@firm.example, Durchwahl -318)."
    )
    assert read(Reason.AUTO_REPLY, text.split(". In ")[0], text, language="de") == {
        "date": date(2026, 3, 16),
        "contact_name": "Lukas Feder",
        "contact_email": "l.feder@firm.example",
    }
    assert "date" not in read(Reason.AUTO_REPLY, "we will answer within five working days")


def test_the_right_order_is_found_in_the_whole_mail() -> None:
    evidence = "INV-20413 quotes PO HF-77041, and that order was closed in November"
    text = f"{evidence}. The gearboxes were called off against PO HF-78263."
    assert read(Reason.PO_MISMATCH, evidence, text, known=["INV-20413"]) == {"po_number": "HF-78263"}
    assert read(Reason.PO_MISMATCH, evidence, known=["INV-20413"]) == {}


def test_a_new_contact_may_stand_in_the_next_sentence() -> None:
    text = "Ingrid Solberg left us. Please write to Karin Åhlgren from now on: karin@firm.example. She has taken over."
    assert read(Reason.WRONG_CONTACT, "Ingrid Solberg left us", text) == {
        "contact_name": "Karin Åhlgren",
        "contact_email": "karin@firm.example",
    }


def test_two_addresses_stay_open_unless_the_evidence_names_one() -> None:
    text = "Not a.old@firm.example any more. Bills go to b.new@firm.example now."
    assert "contact_email" not in read(Reason.WRONG_CONTACT, "nothing of the mail", text)
    assert read(Reason.INVOICE_MISSING, "Bills go to b.new@firm.example now", text) == {
        "contact_email": "b.new@firm.example"
    }


def test_a_help_desk_is_no_intake_address() -> None:
    text = "Submit through our Coupa portal. If you need an invite, write to enablement@firm.example."
    assert read(Reason.PORTAL_SUBMISSION, "Submit through our Coupa portal", text) == {"portal": "Coupa"}
    only = "Invoices must go to intake@firm.example, one PDF each."
    assert read(Reason.PORTAL_SUBMISSION, only) == {"contact_email": "intake@firm.example"}


def test_documents_are_named() -> None:
    text = "Please send us a signed Form W-9 or the W-8BEN-E"
    assert read(Reason.DOCUMENT_REQUEST, text) == {"document": DocumentKind.W9}


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Reason.PROMISE_TO_PAY, "either on the 20th or on the 27th"),
        (Reason.PROMISE_TO_PAY, "in the next run, very soon"),
        (Reason.PROMISE_TO_PAY, "the invoice dated 20 March is fine"),
        (Reason.PROMISE_TO_PAY, "we pay on 12 February 2025"),
        (Reason.PROMISE_TO_PAY, "it will go in the run of 3 March"),
        (Reason.DISPUTE, "Keith quoted 6.20 a bag and you billed 7.95"),
        (Reason.DISPUTE, "you sent 3.500 but billed 5.000"),
        (Reason.DEDUCTION, "we kept 200 EUR or maybe 300 EUR"),
        (Reason.PROMISE_TO_PAY, "the rest, less the 480 EUR for storage, follows"),
        (Reason.PROMISE_TO_PAY, "our client pays on the 27th and yours is forwarded the day after"),
        (Reason.SETTLEMENT_OFFER, "he lends me 900, it is 1,480 I know"),
        (Reason.AWAITING_APPROVAL, "anything above 10k EUR on Friday"),
        (Reason.PAYMENT_IN_PROCESS, "cheques over £500 need two signatures"),
    ],
)
def test_what_is_open_stays_empty(reason: Reason, text: str) -> None:
    filled = read(reason, text)
    assert "date" not in filled
    assert "amount" not in filled
    assert "currency" not in filled


def test_a_share_is_no_sum() -> None:
    text = "Received in full (7.410,00 EUR), with the 5% tax held back."
    assert read(Reason.DEDUCTION, "with the 5% tax held back", text) == {}


def test_an_amount_of_another_claim_is_not_taken() -> None:
    text = "The $185 freight should not be there. Rest of it is lined up for Tuesday."
    assert read(Reason.PROMISE_TO_PAY, "Rest of it is lined up for Tuesday", text) == {"date": date(2026, 3, 10)}


def test_invoice_and_order_numbers_are_never_money() -> None:
    text = "we pay 20419 on Friday"
    assert read(Reason.PROMISE_TO_PAY, text)["amount"] == 20419
    assert read(Reason.PROMISE_TO_PAY, text, known=["20419"]) == {"date": date(2026, 3, 6)}
    assert "amount" not in read(Reason.PROMISE_TO_PAY, "we pay PO 450026 on Friday")


def test_the_currency_is_the_written_one_else_the_given_one() -> None:
    assert read(Reason.DEDUCTION, "we kept £448.00", currency="EUR")["currency"] == "GBP"
    assert read(Reason.DEDUCTION, "we kept 448.00", currency="GBP")["currency"] == "GBP"
    assert "currency" not in read(Reason.DEDUCTION, "we kept 448.00", currency=None)


def test_a_hint_points_at_one_of_several_things() -> None:
    text = "either on the 20th or on the 27th, 500 EUR or 700 EUR"
    hints = {"date": "the 27th", "amount": "700 EUR"}
    assert read(Reason.PROMISE_TO_PAY, text, hints=hints) == {
        "date": date(2026, 3, 27),
        "amount": Decimal(700),
        "currency": "EUR",
    }


def test_a_hint_makes_a_bare_number_money_but_not_a_piece_of_another_number() -> None:
    text = "the 720 went over, see INV-20419"
    assert "amount" not in read(Reason.ALREADY_PAID, text)
    assert read(Reason.ALREADY_PAID, text, hints={"amount": "720"})["amount"] == 720
    assert "amount" not in read(Reason.ALREADY_PAID, text, hints={"amount": "20419"})
    assert "amount" not in read(Reason.ALREADY_PAID, text, hints={"amount": "20419"}, known=["INV-20419"])


@pytest.mark.parametrize(
    ("reason", "hints"),
    [
        (Reason.PROMISE_TO_PAY, {"date": "the 21st", "amount": "900 EUR"}),
        (Reason.WRONG_CONTACT, {"contact_email": "mallory@evil.example", "contact_name": "Mallory"}),
        (Reason.PO_MISMATCH, {"po_number": "XX-999"}),
        (Reason.ALREADY_PAID, {"reference": "REF-1"}),
        (Reason.PORTAL_SUBMISSION, {"portal": "Ariba"}),
        (Reason.DOCUMENT_REQUEST, {"document": "your certificate"}),
        (Reason.PLAN_REQUEST, {"instalments": "four instalments"}),
        (Reason.PROMISE_TO_PAY, {"date": ""}),
    ],
)
def test_a_hint_that_is_not_in_the_text_is_ignored(reason: Reason, hints: dict[str, str]) -> None:
    text = "Thank you for your mail, we will see."
    assert read(reason, text, hints=hints) == {}


@pytest.mark.parametrize(
    ("reason", "slot", "kind"),
    [(Reason.DISPUTE, "dispute_kind", "tax"), (Reason.DOCUMENT_REQUEST, "document", "contract")],
)
def test_a_kind_from_the_list_needs_no_word_in_the_text(reason: Reason, slot: str, kind: str) -> None:
    assert read(reason, "That is not what we signed.", hints={slot: kind}) == {slot: kind}


def test_a_hint_never_overrules_that_an_order_is_closed() -> None:
    text = "PO HF-77041 was closed in November"
    assert read(Reason.PO_MISMATCH, text, hints={"po_number": "HF-77041"}) == {}


def test_evidence_that_is_not_in_the_text_does_no_harm() -> None:
    assert read(Reason.PROMISE_TO_PAY, "made up words on the 21st", "We pay on the 20th.")["date"] == date(2026, 3, 20)


TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            [
                "We",
                "pay",
                "500",
                "EUR",
                "on",
                "the",
                "20th",
                "next",
                "Friday",
                "before",
                "by",
                "ref",
                "PO",
                "HF-1",
                "not",
                "but",
                "a@b.example",
                "Karin",
                ".",
                "\n",
                "1.234,50",
                "3x",
                "am",
                "20.",
                "\x00",
                "İ",
            ]
        ),
        max_size=30,
    ).map(" ".join),
)


@given(
    reason=st.sampled_from(Reason),
    evidence=st.text(max_size=30),
    text=TEXTS,
    on=st.dates(),
    language=st.sampled_from([None, "en", "de", "fr", "es", "nl", "it", "pt", "sv"]),
    hints=st.dictionaries(st.sampled_from(sorted(Slots.model_fields)), st.text(max_size=20), max_size=4),
    cut=st.tuples(st.integers(0, 200), st.integers(0, 200)),
)
def test_any_text_any_evidence_and_any_hint_are_read_without_an_exception(
    reason: Reason,
    evidence: str,
    text: str,
    on: date,
    language: str | None,
    hints: dict[str, str],
    cut: tuple[int, int],
) -> None:
    for piece in (evidence, text[min(cut) : max(cut)], text):
        once = read(reason, piece, text, on=on, language=language, hints=hints)
        assert once == read(reason, piece, text, on=on, language=language, hints=hints)
        assert set(once) <= OWNED.get(reason, frozenset()) | {"currency"}


@pytest.mark.parametrize(
    "piece", ["1 ", "1.", "A.", "Friday 13 ", "- ", "po: 4500012345 ", "write to Karin ", "a@b.", "paid on "]
)
def test_a_hostile_mail_takes_no_time(piece: str) -> None:
    text = piece * 20_000
    read(Reason.INSOLVENCY, "warm up")
    started = time.process_time()
    for reason in (Reason.ALREADY_PAID, Reason.PO_MISMATCH, Reason.INSOLVENCY):
        read(reason, text[:100], text, language=None)
    assert time.process_time() - started < 5
