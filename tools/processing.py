"""How long money is under way, by the means of payment: the policy's figures, and the customer's own words about it.

What is read here only ever decides how long is waited. Where the words are not plain, it is a transfer.
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from store.aftermath import PaymentMethod
from store.keeping_days import PROCESSING

#: Longer evidence is not read for this: one sentence of a mail is shorter.
_LONGEST = 2000

_M = PaymentMethod

#: Words of seven languages. English "check" alone is a verb: only a check that is sent, cut, written or numbered is one.
_WORDS: dict[PaymentMethod, str] = {
    _M.TRANSFER: (
        r"bank transfers?|transfers?|transferred|wires?|wired|wiring|remit\w{0,6}|bacs|chaps|ach|eft|sepa|swift|faster payments?"
        r"|überweis\w{0,8}|ueberweis\w{0,8}|virements?|virer|virons|transferencias?|transferir\w{0,4}|overboek\w{0,6}"
        r"|overschrijving\w{0,2}|overmaken|bonific[oi]|transferências?|giro"
    ),
    _M.CHEQUE: (
        r"cheques?|chèques?|schecks?|verrechnungsscheck|assegn[io]|talón|talones"
        r"|(?:a|the|our|your|by|per|via|paper|this|that|company|mail(?:ed|ing)?|sen[dt]|cut(?:ting)?|issued?|wrote|write) checks?"
        r"|checks? (?:is|was|will be|has been|went|goes|in the (?:mail|post)|run|no|number|no\.? ?\d{1,12}|# ?\d{1,12})"
    ),
    _M.CARD: (
        r"(?:credit|debit|company|corporate|payment|purchasing) cards?|(?:by|per|with|on) (?:our |my |the )?card"
        r"|kreditkarten?|firmenkarte|ec-karte|(?:per|mit) karte|cartes? (?:bancaires?|bleues?|de crédit)|par carte"
        r"|tarjetas?|creditcards?|betaalpas|pinpas|cart[ae] di credito|carta aziendale|con carta|cartão|cartões"
    ),
    _M.DIRECT_DEBIT: (
        r"direct debits?|(?:bank)?lastschrift\w{0,9}|bankeinzug|sepa-lastschrift\w{0,9}|prélèvements?|adeudos?|domiciliación|domiciliado"
        r"|recibo domiciliado|automatische incasso|incasso|addebit[oi] dirett[oi]|addebito in conto|rid|sdd"
        r"|débitos? diret?[ct]os?|débito automático"
    ),
}
_PATTERNS = {method: re.compile(rf"\b(?:{words})(?!\w)", re.IGNORECASE) for method, words in _WORDS.items()}

#: Just before a means of payment: it is the one that is not used.
_NOT = re.compile(
    r"\b(?:not?|never|cannot|can't|don't|won't|without|no longer|instead of|nicht|kein\w{0,2}|ohne|statt|pas|plus|sans|jamais|au lieu d\w"
    r"|sin|nunca|en lugar de|niet|geen|zonder|in plaats van|non|senza|invece d\w{1,4}|não|sem|em vez de)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
_BEFORE = 40


class ProcessingDays(BaseModel):
    """Banking days from the customer's order to the money on our account, by the means of payment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transfer: int = Field(default=PROCESSING[_M.TRANSFER], ge=0, le=15)
    cheque: int = Field(default=PROCESSING[_M.CHEQUE], ge=0, le=30, description="with the post and the bank's clearing")
    card: int = Field(default=PROCESSING[_M.CARD], ge=0, le=15)
    direct_debit: int = Field(default=PROCESSING[_M.DIRECT_DEBIT], ge=0, le=15)

    def by_method(self) -> dict[PaymentMethod, int]:
        """Give the days of every method."""
        return {method: getattr(self, method.value) for method in PaymentMethod}


def method_said(text: str) -> PaymentMethod:
    """Read by which means a customer says that they pay; a transfer where they name none, or more than one."""
    said = {method for method in PaymentMethod if _mentions(text[:_LONGEST], method)}
    if _M.DIRECT_DEBIT in said:
        # "SEPA" stands in the name of both.
        said -= {_M.TRANSFER} if not _besides_sepa(text[:_LONGEST]) else set()
    return said.pop() if len(said) == 1 else _M.TRANSFER


def _mentions(text: str, method: PaymentMethod) -> bool:
    return any(not _NOT.search(text[max(0, m.start() - _BEFORE) : m.start()]) for m in _PATTERNS[method].finditer(text))


def _besides_sepa(text: str) -> bool:
    return any(m.group().lower() != "sepa" for m in _PATTERNS[_M.TRANSFER].finditer(text))
