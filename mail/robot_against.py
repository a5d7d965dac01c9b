"""What only a person would write in a mail: sums, goods, what they did or will do, questions. Names signs and weighs none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mail.robot_concepts import concept
from mail.robot_moves import does_something, speaks_of_the_matter

_PHONE = re.compile(r"\+?\(?\d{2,}[\d /()-]{5,}")
#: A sum or the number of an invoice.
_SUM = re.compile(
    r"(?:€|£|\$|\b(?:eur|gbp|usd|chf|sek|pln|dkk|nok|euros?|pounds|dollars|kr|zl|zloty)\b) ?\d|\d[\d., ']{0,14}(?:€|£|\$| ?(?:eur|gbp|usd|chf|sek|pln|dkk|nok|euros?|pounds|dollars|kr|zl)\b)|"
    r"\b(?:inv|re|rg|fa|fac|f|ft|rech|faktura|bill)[-. ]?(?:nr\.?|no\.?|#)? ?-?\d{3,}|\b(?:po|p/o|order|bestellung|commande|pedido|ordine|bestelling|zamowieni\w+|ordernummer) ?(?:no\.?|nr\.?|n\.?|#)? ?\d{4,}"
)
_MONEY = re.compile(
    r"\b(?:pay(?:s|ing|ment|ments)?|(?<!accounts )payable|paid|remittance|remit|transfer(?:red)?|cheque|invoices?|credit(?:ed)? note|approv\w+|overdue|reminders?|deliver(?:y|ed)|goods|purchase order|order number|statement|settle\w*|"
    r"zahl(?:e|en|ung|ungen|t|te)|bezahl\w*|uberw[ie]\w*|rechnung(?:en)?|beglich\w*|gutschrift|mahnung|lieferung|freigabe|freigeben|angewiesen|reklamation|bestell\w+|bestellnummer|"
    r"paiements?|pa(?:ye|yer|yons|yee)|virements?|regle(?:ment|r)?|factures?|relances?|avoir|livraison|bon de commande|"
    r"pagos?|pagar\w*|pagad\w*|transferencias?|facturas?|abono|albaran|importe|pedido|"
    r"pagament[oi]|paga(?:re|to|ta|no|mo)?|pagh\w+|bonifico|fattur[ae]|nota di credito|merce|sollecit\w+|"
    r"betal(?:ing|ingen|en|d|t|as|ar|ade|er|te)?|betaald|facturen|factuur|overmak\w*|overgemaakt|creditnota|herinnering|"
    r"pagamentos?|pag(?:ar\w*|o|a|amos|uei)|transferencia|faturas?|encomenda|nota de credito|"
    r"faktur\w*|platnos\w*|przelew\w*|zaplac\w*|oplac\w*|zamowien\w*|betalning\w*|attest\w*|kredit(?:nota|era|faktur)\w*|pamminnelse|paminnelse|regning\w*|lasku\w*|maks\w*|zaplat\w*|uhrad\w*)\b|請求|振込|振り込|支払|入金|納品|注文"
)
_ACTS = re.compile(
    r"(?<!\w)(?:(?:i|we)(?:'ve| have|'ll| will| can| did| had| just| already| also|'d| would| could| should| do| never| still)?(?: not| never| just| already| now| also| only| still)? (?:check(?:ed)?|spoke|talked|pa(?:y|id)|sent?|ask(?:ed)?|forward(?:ed)?|found|notice[d]?|attach(?:ed)?|look(?:ed)?|book(?:ed)?|approve[d]?|sign(?:ed)?|told|tell|need(?:ed)?|want|disagree|dispute|received the|got the|saw|called|ring|rang|opened|wrote|write|agree[d]?|confirm(?:ed)?|believe|think|thought|know|understand|promise|ordered|order|return(?:ed)? the|cannot (?:release|pay|approve|find|confirm)|can't|handed|hear[d]?|release[d]?|sort(?:ed)?|arrange[d]?|took|take)|me charge d|m.a charge|hat mich (?:gebeten|beauftragt)|ich muss|ich soll|ich darf|ich versuche|ich habe (?:die|den|das|ihre|es|sie) |je (?:regarde|m.en occupe|reviens vers|paie|regle|fais suivre|demande|relance)|(?:ja )?(?:pedi|tratei|mandei|enviei|paguei) |je ne sais|(?:on|from|saw|see) (?:this |it )?(?:on |from )?my phone|asked me|asks me|told me|tells? me|between us|as (?:discussed|agreed)|i'm sorry|i am sorry|sorry[, ]|fed up|poi controllo|le faccio sapere|merci de m'appeler|m'appeler|le decimos|kom (?:er|ik)[^.!?]{0,10} terug|will (?:look|check|pay|call|ring|sort|chase|send|ask|find|sign|approve) |(?:call|ring|phone|give|let|tell) me (?!on |at |know if|under )|let's|bear with|bel me|ruf(?:en sie)? mich an|rufen sie (?:vorher|bitte|noch)|appelez-moi|llameme|mi chiami|zadzwonie|ringer dig|you (?:keep|never|still|owe|have not|haven't|did not|didn't)|"
    r"(?:ich habe|habe ich|haben wir|wir haben)[^.!?]{0,60}(?:bezahlt|uberwiesen|gesendet|geschickt|gebeten|gefragt|angewiesen|gepruft|gesprochen|veranlasst|gefunden|bestellt|notiert|ubergeben|gebucht|reklamiert|moniert)(?!\w)|kann ich|zahle ich|konnen wir|wir (?:konnen|wundern|brauchen|bitten um (?!verstandnis|ihr verstandnis|etwas geduld|geduld))|ich (?:kummere|zahle|schicke|prufe|brauche|kann|finde|sehe|melde mich|suche|verstehe|bin erst seit)|mein chef|unser chef|"
    r"j'ai (?!pas acc)|nous avons (?!(?:bien )?(?:recu|pris|ete|enregistre|receptionne|note))|je (?:rentre|vais|dois|peux|decouvre|verifie|vous confirme|transmets|pense)|pouvez-vous|ma collegue est|mon patron|"
    r"he (?:hablado|enviado|visto|pagado|pedido|revisado)|hemos (?!recibido)|(?:le|les) hago|necesito|puede[ns]? (?:enviar|esperar|mandar)|estoy revisando|"
    r"ho (?:girato|inviato|parlato|visto|chiesto|pagato|controllato)|abbiamo (?!ricevuto)|ci serve|mi serve|puo (?:inviar|mandar)|"
    r"ik (?:zoek|heb (?!geen|beperkt|vakantie|verlof)|ga|kan|wil|betaal|stuur|vraag)|wij (?:hebben (?!uw|je)|betalen|wachten)|mijn (?:baas|collega is)|"
    r"enviei|falei|paguei|preciso|precisamos|pode(?:m)? (?:enviar|aguardar)|(?:ja )?tratei|"
    r"sprawdz\w+|wyslal\w+|zrobimy|potrzebuj\w+|zaplacili|jag (?:har (?!semester|ledigt|begransad|ingen)|ska (?!vara)|kollar|behover|skickar)|min chef|vi saknar|vi behover)"
)
_BILL = re.compile(
    r"\b(?:invoices?|inv|nf|nfe|bill|rechnung|re|rg|factures?|facturas?|fatt\w*|fattur[ae]|factuur|faturas?|faktur\w*|fv|lasku\w*)[-. ]{0,2}(?:nr|no|n)?[-.:# ]{0,3}[a-z]{0,4}[-/]?\d{2,}"
)
_QUESTION = re.compile(r"\?\s*$")
_LATER = re.compile(
    r"urgent|dringend|wait|wacht|wart|attendre|esper|aspett|czeka|vanta|vent|eil|faq|hast|pilne|spoed|brad|question|frage|pregunta|domande|vragen|duvida|help|need"
)
#: Families of an office's stock words, which may speak of invoices.
_OFFICE = frozenset({"ticket", "received", "will_answer", "desk", "unmonitored", "automatic", "challenge", "receipt"})
#: Sentences that may name goods and copies in general.
_GENERAL = frozenset({"house_rules", "unmonitored", "automatic", "challenge"})
#: Sentences in which "I" does nothing about the matter.
_NO_DEED = frozenset({"unmonitored", "automatic", "challenge", "receipt", "unread", "left"})


def against(folded: str, found: set[str], made: set[str]) -> Iterator[str]:
    """Name what only a person would write in this sentence. `found`: all its signs; `made`: those of `mail.robot_moves`."""
    if _sum_of_ours(folded, found, made):
        yield "about_ours"
    elif _of_the_matter(folded, found, made):
        yield "about_money"
    if is_asked(folded):
        yield "asks"
    if _ACTS.search(folded) and not found & _NO_DEED:
        yield "acts"


def is_question(folded: str) -> bool:
    """Say whether a sentence ends as a question does."""
    return _QUESTION.search(folded) is not None


def is_asked(folded: str) -> bool:
    """Say whether a sentence asks the reader something; "Urgent?" does not."""
    return is_question(folded) and _LATER.search(folded) is None


def gives_contact(folded: str) -> bool:
    """Say whether an address or a telephone number stands in a sentence."""
    return "@" in folded or _PHONE.search(folded) is not None


def touches_the_matter(folded: str, found: set[str], made: set[str]) -> bool:
    """Say whether a sentence leaves any doubt that it keeps off the matter: money is named, or its writer does something."""
    money = (
        "@" not in folded and not made & {"house_rules", "ticket"} and (_MONEY.search(folded) or _SUM.search(folded))
    )
    return bool(money or (_ACTS.search(folded) and not found & {"unmonitored", "automatic", "left"}))


def _office(folded: str, found: set[str], made: set[str]) -> bool:
    office = found & _OFFICE
    if "ticket" not in made and _BILL.search(folded):
        office = office - {"ticket"}  # the number that a person takes up, not one that a system gave
    return bool(office)


def _sum_of_ours(folded: str, found: set[str], made: set[str]) -> bool:
    return _SUM.search(folded) is not None and not _office(folded, found, made)


def _of_the_matter(folded: str, found: set[str], made: set[str]) -> bool:
    elsewhere = _office(folded, found, made) or gives_contact(folded) or "house_rules" in found
    sent_on = "substitute" in found and not concept("myself").search(folded)
    if not elsewhere and (concept("yours").search(folded) or (not sent_on and _MONEY.search(folded))):
        return True
    if (not found & _NO_DEED and does_something(folded)) or concept("ruin").search(folded):
        return True  # that a company is insolvent must be read, whoever says it
    return not found & _GENERAL and speaks_of_the_matter(folded)
