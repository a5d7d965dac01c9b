"""Forgets a person in the lines of the bank: account, bank and references of payments that they made. Sums and days stay, as tax law wants.

Their name and address in the words of a line go as everywhere (`store.sweeping`); an account number names nobody, so it goes here.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, col, select

from store.bank_tables import BankLine, BankPart
from store.person_words import GONE, naming


def forget_payer(session: Session, *, email: str, names: Collection[str], customers: Collection[str]) -> None:
    """Blank the account where a line of these customers, or one supposed to be theirs, names the person; the address anywhere."""
    tells_address, tells = naming({email}), naming({email, *names})
    theirs = set(session.exec(select(BankPart.bank_line_id).where(col(BankPart.customer_id).in_(customers))))
    for line in session.exec(select(BankLine).execution_options(yield_per=500)):
        words = f"{line.payer_name}\n{line.remittance}\n{line.end_to_end}"
        mine = line.customer_id in customers or line.id in theirs
        if (tells if mine else tells_address)(words):
            line.payer_name, line.payer_iban, line.payer_bic = GONE, "", ""
            line.remittance, line.end_to_end = GONE, ""
            session.add(line)
    session.flush()
