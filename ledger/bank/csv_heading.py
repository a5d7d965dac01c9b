"""What banks call the columns of their tables, in the languages of Europe and of banks elsewhere. Guesses by name; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

#: Our names of columns, with how banks call them, surest first; all folded by `folded`.
NAMES: Mapping[str, tuple[str, ...]] = {
    "booked": (
        "booking date", "buchungstag", "buchungsdatum", "buchung", "boekdatum", "boekingsdatum", "datum", "date", "date operation",
        "date de comptabilisation", "date comptable", "dateop", "fecha", "fecha operacion", "f operativa", "data", "data operazione",
        "data contabile", "data operacji", "data ksiegowania", "data transakcji", "transaction date", "transactiedatum", "posting date", "bogfort", "bokforingsdag",
        "bokforingsdatum", "bokfort", "bokfort dato", "kirjauspaiva", "completed date", "completed date utc", "rentedatum", "details posting date", "data lancamento",
    ),
    "value": ("value date", "valuta", "valutadatum", "wertstellung", "valuta datum", "date valeur", "date de valeur", "dateval", "fecha valor", "data valuta", "arvopaiva", "valutadag", "rentedatum", "data waluty"),
    "amount": (
        "amount", "betrag", "betrag eur", "bedrag", "bedrag eur", "montant", "montant eur", "importe", "importe eur", "importo", "kwota", "kwota operacji", "umsatz", "belop", "belopp",
        "bokfort belopp", "summa", "transactiebedrag", "transaction amount", "transactiebedrag eur", "amount eur", "umsatz in eur", "valor", "maara euroa", "maara",
    ),
    "credit": ("credit", "haben", "credit amount", "paid in", "money in", "betrag haben", "gutschrift", "bij", "abono", "abonos", "avere", "accrediti", "uznania", "entrees", "in", "ind", "insattning", "inn pa konto", "inn"),
    "debit": ("debit", "soll", "debit amount", "paid out", "money out", "betrag soll", "lastschrift", "af", "cargo", "cargos", "dare", "addebiti", "obciazenia", "sorties", "out", "ud", "uttag", "ut fra konto", "ut"),
    "sign": ("af bij", "debit credit", "credit debit", "soll haben", "s h", "d c", "dc", "cr dr", "bij af", "sens", "debet credit", "debit credit indicator", "code debet credit"),
    "currency": ("currency", "wahrung", "waehrung", "munt", "valuta code", "devise", "divisa", "moneda", "waluta", "muntsoort", "mutatievaluta", "ccy", "valutta", "valuta"),
    "account": ("account", "account number", "auftragskonto", "rekening", "rekeningnummer", "iban bban", "iban auftragskonto", "eigene iban", "konto", "compte", "cuenta", "own account", "your account", "rachunek"),
    "name": (
        "payer", "name", "payer name", "auftraggeber", "beguenstigter zahlungspflichtiger", "beguenstigter auftraggeber", "zahlungspflichtiger", "name zahlungsbeteiligter", "zahlungsbeteiligter", "auftraggeber empfanger",
        "empfanger auftraggeber", "begunstigter auftraggeber", "naam tegenpartij", "naam omschrijving", "tegenpartij", "counterparty", "counterparty name", "contrepartie", "nom contrepartie", "tiers", "nom", "ordenante", "beneficiario ordenante",
        "ordinante", "nadawca", "nadawca odbiorca", "kontrahent", "afsender", "avsandare", "maksaja", "saaja maksaja", "partner name", "from",
    ),
    "iban": ("counterparty iban", "payer iban", "iban", "kontonummer iban", "iban zahlungsbeteiligter", "tegenrekening", "tegenrekening iban bban", "iban tegenpartij", "compte contrepartie", "iban ordenante", "iban ordinante", "rachunek kontrahenta", "numer rachunku nadawcy odbiorcy", "kontonummer", "partner account number", "counterparty account"),
    "bic": ("bic", "bic swift code", "bic swift", "bic tegenpartij", "swift"),
    "text": (
        "remittance", "remittance information", "reference", "verwendungszweck", "buchungstext", "omschrijving", "omschrijving 1", "mededelingen", "mededeling", "libelle", "description", "details", "communication", "concepto",
        "causale", "descrizione", "opis", "opis operacji", "tytul", "tytul operacji", "tekst", "text", "beskrivning", "viesti", "memo", "narrative", "transaction description", "betalingskenmerk", "vrije mededeling", "libelle operation", "observaciones", "payment reference", "particulars",
    ),
    "structured": ("structured reference", "creditor reference", "gestructureerde mededeling", "viite", "viitenumero", "kid", "ocr", "referenz", "qr referenz", "betalingskenmerk", "communication structuree"),
    "end_to_end": ("end to end id", "end to end reference", "kundenreferenz end to end", "kundenreferenz", "endtoendid", "e2e"),
    "bank_reference": ("bank reference", "transaction id", "transactiereferentie", "id", "volgnr", "sequence number", "transaktions id", "numer transakcji", "reference number"),
    "balance": ("balance", "saldo", "saldo na mutatie", "saldo na trn", "solde", "saldo eur", "saldo nach buchung", "running balance", "saldo po operacji", "resulting balance", "kontostand"),
    "status": ("status", "state", "statut", "estado", "stato"),
}  # fmt: skip


def folded(name: str) -> str:
    """Write a column's name without accents, capitals and punctuation."""
    plain = unicodedata.normalize(
        "NFKD", name.casefold().replace("ß", "ss").replace("ø", "o").replace("ł", "l").replace("æ", "ae")
    )
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c))))


def guessed(heading: Sequence[str]) -> dict[str, int]:
    """Say which column is what, by its name; a name that could be two things is the first of them that has no better one."""
    names = [folded(cell) for cell in heading]
    found: dict[str, int] = {}
    for what, words in NAMES.items():
        place = next(
            (names.index(word) for word in words if word in names and names.index(word) not in found.values()), None
        )
        if place is not None:
            found[what] = place
    return found


def is_heading(cells: Sequence[str]) -> bool:
    """Say whether a row is the heading of a table of movements: it names a day, and an amount or two sides."""
    found = guessed(cells)
    return "booked" in found and ("amount" in found or {"credit", "debit"} <= set(found))
