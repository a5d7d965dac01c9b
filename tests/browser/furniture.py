"""A morning's queue at Nordholt: replies of several kinds, as a collector would find them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from store.inbound import Attachment
from store.vocabulary import Reason
from tests.factories import House, claim

KERSHAW = """Hi Maren,

I've found what the hold-up is. INV-20413 quotes PO HF-77041, and that order was closed in November, so the system bounces the invoice every time it's scanned. The gearboxes were called off against PO HF-78263.

Could you reissue it with HF-78263 on it and send it straight to me? The small one, INV-20421, goes out with the run on 20 March, that is GBP 448.00.

Kind regards
Priya"""

QUOTED = """From: Nordholt Accounts Receivable <ar@nordholt-supply.example>
Sent: 04 March 2026 08:31
Subject: Overdue: INV-20413, GBP 11,482.50

Dear Priya,
Our records show that the invoice below is still open."""


@dataclass(frozen=True)
class Furniture:
    """The numbers of the proposals."""

    kershaw: int
    morvan: int
    stranger: int
    moss: int


def furnish(house: House) -> Furniture:
    """Fill the queue."""
    kershaw = house.receive(
        KERSHAW,
        from_name="Priya Kershaw",
        subject="RE: Overdue: INV-20413, GBP 11,482.50",
        quoted_text=QUOTED,
        signature="Priya Kershaw\nPurchase Ledger\nHarrow & Finch Engineering Ltd",
        attachments=(
            Attachment(filename="PO HF-78263.pdf", content_type="application/pdf", size=48211, sha256="0" * 64),
        ),
    )
    morvan = house.receive(
        "Bonjour,\n\nNous ne pouvons pas régler les trois factures en une fois. Nous proposons quatre mensualités.\n\n"
        "Élodie Vasseur",
        sender="e.vasseur@morvan-bi.example",
        from_name="Élodie Vasseur",
        subject="Re: Relance : factures INV-20401, INV-20414 et INV-20422 échues",
    )
    stranger = house.receive(
        "Our bank has changed. Please confirm the open balance of INV-20411 and we pay to the new account.",
        sender="accounts@pinecrest-pack.example",
        from_name="Pinecrest Accounts",
        subject="New bank details, INV-20411",
        reply_to="desk@freemail.example",
        auth={},
        flags=("hidden_text",),
    )
    moss = house.receive(
        "Got your reminder, will have a look.", sender="books@redstonequarry.example", subject="Re: Past due: INV-20417"
    )
    third = Furniture(
        kershaw=house.hold(
            kershaw,
            claim(
                Reason.PO_MISMATCH,
                "INV-20413 quotes PO HF-77041, and that order was closed in November",
                invoices=["INV-20413"],
                confidence=0.94,
                po_number="HF-78263",
            ),
            claim(
                Reason.PROMISE_TO_PAY,
                "The small one, INV-20421, goes out with the run on 20 March, that is GBP 448.00.",
                invoices=["INV-20421"],
                confidence=0.88,
                date="2026-03-20",
                amount="448.00",
                currency="GBP",
            ),
        ),
        morvan=house.hold(
            morvan,
            claim(Reason.HARDSHIP, "Nous ne pouvons pas régler les trois factures en une fois.", confidence=0.81),
            claim(Reason.PLAN_REQUEST, "Nous proposons quatre mensualités.", confidence=0.9, instalments=4),
        ),
        stranger=house.hold(
            stranger,
            claim(Reason.PAYMENT_FRAUD_RISK, "Our bank has changed.", confidence=0.97),
            needs_person="the sender is not surely the customer (identity C): no figures are given",
        ),
        moss=house.hold(moss, claim(Reason.ACKNOWLEDGEMENT, "will have a look", confidence=0.92)),
    )
    house.now += timedelta(hours=3)
    return third
