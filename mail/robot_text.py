"""Read the signs in a mail's words: which sentences are a robot's stock, and what only a person would write.

It names signs and weighs none; `mail.robots` does. It never looks at quoted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from mail.absence_days import find_days
from mail.robot_concepts import concept
from mail.robot_fold import fold, sentences, without_points
from mail.robot_moves import is_form, is_wish, moves, speaks_of_the_matter, without_older
from mail.robot_words import FAMILIES, family

#: Whether a day is named does not hang on the day of the mail.
_ANY_DAY = date(2026, 1, 1)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,100}")
_PHONE = re.compile(r"\+?\(?\d{2,}[\d /()-]{5,}")
_FORWARDED = re.compile(
    r"(?mi)^[>* ]{0,6}(?:-{2,}[^\n]{0,40}-{2,}[ ]*\n{1,3})?[>* ]{0,6}(?:from|von|de|från|fra|van|da|od|lähettäjä|差出人)\*? ?: ?[^\n]{1,200}\n(?:[^\n]{0,200}\n){0,2}?[>* ]{0,6}(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|fecha|para|asunto|inviato|data|a|oggetto|verzonden|aan|onderwerp|assunto|wysłano|do|temat|skickat|till|ämne|sendt|til|emne)\*? ?:"
)
#: How a challenge is answered.
_ANSWER_IT = re.compile(
    r"https?://|click|link|klick|cliqu|clic|klik|reply to this|antwort|code|respond|conferm|confirm"
)
_SPAN = re.compile(
    r"(?<!\w)(?:until|till|through|from|back|return\w*|starting|as of|bis|ab|vom|von|wieder|zuruck|jusqu|du|des|retour|partir|hasta|desde|del?|vuelvo|regres\w*|fino|dal|rientr\w*|tot|t/m|vanaf|van|ate|entre|de|od|do|dniach|till|t\.o\.m|fran|tillbaka|ater|til|fra|tilbage|tilbake|saakka|palaan|asti|まで|から|以降|kw|week|this|next|today|heute|diese|tomorrow|morgen|am|el|le|il|op|em|w|am|den|on)(?!\w)[^.!?]{0,25}?"
    r"(?:\d|monday|tuesday|wednesday|thursday|friday|week|tomorrow|today|january|february|march|april|may|june|july|august|september|october|november|december|montag|dienstag|mittwoch|donnerstag|freitag|woche|janvier|fevrier|mars|avril|juin|juillet|aout|lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miercoles|jueves|viernes|enero|marzo|abril|mayo|junio|julio|agosto|lunedi|martedi|giovedi|venerdi|gennaio|maggio|giugno|luglio|maandag|dinsdag|donderdag|vrijdag|segunda|terca|quarta|quinta|sexta|janeiro|mandag|tisdag|torsdag|fredag|poniedzialk|christmas|new year|easter)"
)
_GREETING = re.compile(
    r"^(?:dear|hi|hello|hey|good (?:morning|afternoon|day|evening)|greetings|morning|sehr geehrte[rs]?|liebe[rs]?|hallo|guten (?:tag|morgen)|moin|servus|gruss gott|bonjour|bonsoir|cher|chere|madame|monsieur|salut|estimad[oa]s?|hola|buen[oa]s?(?: dias| tardes)?|querid[oa]|gentile|gentili|egregi[oa]|buongiorno|salve|ciao|spett\.?(?:le)?|geachte|beste|goedendag|goedemorgen|dag|car[oa]s?|prezad[oa]s?|ol[a]|bom dia|boa tarde|exm[oa]s?\.?|szanown[iay]\w*|dzien dobry|witam|hej|hejsan|basta|god (?:dag|morgon)|kaere|kjaere|hyva|hei|dobry den|vazen\w+)\b"
)
#: Greetings that fit everybody.
_TO_ANYBODY = re.compile(
    "sir|madam|sirs|all|everyone|everybody|sender|customer|customers|colleague|colleagues|supplier|suppliers|vendor|vendors|partner|partners|"
    "client|clients|team|there|user|requester|requestor|friend|friends|business|valued|recipient|correspondent|and|or|ladies|gentlemen|together|"
    "both|damen|herren|zusammen|kunde|kundin|kunden|absender|lieferant|lieferanten|geschaftspartner|partnerin|geschaftsfreunde|interessent|und|"
    "oder|mesdames|messieurs|madame|monsieur|tous|toutes|cliente|fournisseur|fournisseurs|expediteur|partenaire|et|a|senores|senor|senora|senoras|"
    "clientes|proveedor|proveedores|todos|todas|amigo|remitente|y|o|signori|signore|signora|tutti|clienti|fornitore|fornitori|mittente|e|heer|"
    "mevrouw|heren|dames|klant|relatie|leverancier|allemaal|lezer|afzender|en|iedereen|senhor|senhora|senhores|fornecedor|panstwo|panie|panowie|"
    "panstwa|kliencie|alla|kund|leverantor|avsandare|hello|hi|dag|tag|morning|afternoon|day|evening|good|guten|dias|tardes|dia|tarde|morgen|alle|"
    "kunder|dem|afsender|our|geehrte|geehrter|your|mr|mrs|ms|dr|this|we|i|thank|you|thanks|for|is|the"
)
_TO_SENDER = re.compile(
    r"^(?:dear|hello|hi|liebe[rs]?|sehr geehrte[rs]?|cher|chere|estimad[oa]|gentile|geachte|beste|prezad[oa]|car[oa]|szanown\w+|basta|kaere|kjaere) (?:valued )?(?:sender|customer|supplier|vendor|partner|client|user|requester|correspondent|colleague/supplier|absender\w*|kunde|lieferant\w*|geschaftspartner\w*|expediteur|fournisseur|client|remitente|proveedor|cliente|fornitore|mittente|afzender|leverancier|klant|relatie|remetente|fornecedor|nadawco|kliencie|dostawco|avsandare|leverantor|kund|afsender|leverandor|kunde)(?!\w)"
)
_CLOSING = re.compile(
    r"^(?:(?:with )?(?:kind|best|warm|many thanks|yours|regards|thanks|thank you|cheers|sincerely|cordially)|best wishes|mit (?:freundlichen|besten|herzlichen)|freundliche|viele|beste|liebe|herzliche|mfg|vg|lg|gruss|cordialement|bien (?:cordialement|a vous)|salutations|sinceres|meilleures|(?:un )?(?:cordial )?saludos?|atentamente|atte|cordiali|distinti|un saluto|saluti|met (?:vriendelijke|hartelijke)|vriendelijke|groet|mvg|com os melhores|cumprimentos|atenciosamente|obrigad|pozdrawiam|z (?:powazaniem|pozdrowieniami)|serdecznie|med (?:vanliga|venlig|vennlig)|(?:van)?liga halsningar|mvh|halsningar|(?:med )?venlig|hilsen|ystavallisin|terveisin|s pozdravem|dekuji)\b"
)
#: Polite words that robots and people share.
_POLITE = re.compile(
    r"^(?:[#*=~_ -]*(?:please )?(?:type|write|enter) your reply above|please note that\b.{0,12}$|(?:we |i )?(?:wish|hope)\b.{0,100}|(?:thank you|thanks)(?: \w+){0,4} (?:for your )?(?:patience|understanding|cooperation|interest)|(?:we |i )?apologi[sz]e for|sorry for (?:any|the) inconvenience|(?:vielen dank|wir danken|danke) (?:\w+ )?(?:fur|ihnen)|wir (?:wunschen|bitten)|frohe|schone|(?:nous vous|je vous|merci) (?:souhait|remerci|de votre compreh|pour votre compreh|prions)|excelente|feliz|les desea|disculpe|lamentamos|gracias por su compren|(?:le|vi) (?:auguriamo|ringraziamo)|buone|ci scusiamo|wij wensen|fijne|prettige|excuses|desejamos|boas ferias|pedimos desculpa|zyczymy|przepraszamy|vi onskar|god jul|glad sommar|trevlig|tack for (?:visad|ditt tal|din for)|merry|happy|season's greetings|(?:please )?do not hesitate|(?:this|diese|questo|este) .{0,30}(?:confidential|vertraulich|confidentiel)|best|have a (?:nice|great|good)|enjoy|bel ete|bonnes|profitez|einen schonen|danke fur die gute|alles gute|(?:ihr|euer|your|votre|su|il|uw|het)(?: \w+)? (?:team|equipe|equipo)|all the best|take care|why not|have a look)"
)
_CONTACT_LINE = re.compile(
    r"^[^.!?]{0,70}(?:@[a-z0-9-]+\.|\+?\(?\d{2,}[\d /().-]{5,})|^(?:https?://|www\.)|^[-*•·]? ?[^.!?]{1,40}:$"
)
#: A sum or the number of an invoice.
_SUM = re.compile(
    r"(?:€|£|\$|\b(?:eur|gbp|usd|chf|sek|pln|dkk|nok|euros?|pounds|dollars|kr|zl|zloty)\b) ?\d|\d[\d., ']*(?:€|£|\$| ?(?:eur|gbp|usd|chf|sek|pln|dkk|nok|euros?|pounds|dollars|kr|zl)\b)|"
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
#: The one who left says so.
_MYSELF = re.compile(
    r"(?<!\w)(?:i(?:'ve| have)? (?:now |recently |since )?(?:left|retired|resigned)|i(?:'m| am) no longer (?:with|at|employed|working)|i no longer work|my (?:last (?:working )?day|employment)|mein arbeitsverhaltnis|ich [^.!?]{0,50}(?:verlass\w+|ausgeschieden|nicht mehr|ruhestand)|(?:habe|bin|arbeite) ich|"
    r"je ne (?:fais|travaille|suis) plus|j'ai quitte|ya no (?:trabajo|formo|estoy)|he dejado|me he jubilado|non (?:lavoro|faccio|sono) piu|ho lasciato|ik (?:ben|werk)|heb ik|ja nao (?:trabalho|faco)|deixei|sai da|juz nie pracuje|jag (?:har slutat|arbetar inte|jobbar inte)|jeg (?:er|har|arbejder|jobber))(?!\w)"
)
#: A mail system speaks of whom it holds the mailbox for.
_SOMEBODY = re.compile(
    r"(?<!\w)(?:the|this|diese[r]?|der|die|cette|la|le|esta|el|il|questa|de|deze|o|a|ta|den|denne) (?:\w+ )?(?:person|colleague|employee|recipient|user|addressee|mitarbeiter\w*|empfanger\w*|personne|collaborat\w+|destinataire|persona|emplead[oa]|destinatari[oa]|persoon|medewerker|ontvanger|pessoa|colaborador\w*|osoba|pracownik|mottagaren|personen|medarbejder\w*)"
)
_ROLE = re.compile(
    r"account|payable|billing|invoice|finance|team|support|service|office|info|department|helpdesk|buchhaltung|rechnung|compta|admin|desk|contab|amministr|factur|fatur|ekonomi|ksieg|mail|ap$"
)


#: What a robot answers with. Where nothing else is said, it is an automatic answer, whoever typed it.
_STATES = frozenset(
    {"away", "away_other", "closed", "left", "part_time", "ticket", "unmonitored", "service_level"}
)


def text_marks(text: str, *, writer: str, address: str, ticket: bool = False) -> Iterator[str]:
    """Name the signs in the new text of one mail. `writer` is the sender's display name; `ticket`: a ticket system's form."""
    text = _without_forwarded(without_older(text) if ticket else text)
    text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    pieces = [(piece, _plain(piece)) for piece in sentences(text)]
    said: set[str] = set()
    own: list[str] = []
    against: set[str] = set()
    states: set[str] = set()
    words, rules = 0, 0
    until = money = hands = acts = False
    for piece, folded in pieces:
        if is_form(folded):
            said.add("system_form")
            continue
        if _by_name(piece):
            yield "by_name"
        if _TO_SENDER.match(folded):
            yield "to_anybody"
        made = moves(folded)
        found = {name for name in FAMILIES if family(name).search(folded)}
        if "part_time" in made and not concept("shut").search(folded):
            found.discard("closed")
        found |= made - ({"unread"} if "unmonitored" in found else set()) - ({"part_time"} if "away" in found else set())
        if folded.endswith("?") and not _LATER.search(folded):
            found -= {"away", "away_other", "closed", "left"}  # asked, not told
        rules += "house_rules" in found
        if found & {"away", "closed"} and not until:
            until = bool(_SPAN.search(folded)) or bool(find_days(folded, received_on=_ANY_DAY))
        if not found and _GREETING.match(folded) and len(folded.split()) <= 6:
            continue
        said |= found
        against |= set(_against(folded, found, made))
        states |= found - ({"ticket"} - made)
        acts = acts or bool(_ACTS.search(folded)) and not found & {"unmonitored", "automatic", "left"}
        money = money or bool("@" not in folded and not made & {"house_rules", "ticket"} and (_MONEY.search(folded) or _SUM.search(folded)))
        hands |= "substitute" in found and ("@" in folded or bool(_PHONE.search(folded)))
        if not found and not _idle(folded):
            own.append(folded)
        words += len(folded.split())
    yield from said - {"receipt", "challenge"}
    if rules > 1:
        yield "many_rules"
    yield from _whole(text, pieces)
    if until or (said & {"away", "closed", "away_other"} and any(_SPAN.search(folded) for _, folded in pieces)):
        yield "until"
    if said & {"left", "away_other"} and (whose := _whose(pieces, said, writer, address)):
        # Who only tells of a colleague's absence, and where to write, does what a robot does.
        if whose != "another_writes" or "left" in said or against or own:
            yield whose
    system = said & {"automatic", "unmonitored"}
    yield from against - ({"about_money"} if system else set())
    rest = set(_rest(own, words, said))
    yield from rest & {"only_stock"} if system else rest  # a system may say anything, and of invoices in general
    if hands and said & {"away", "away_other", "left", "closed", "part_time"}:
        yield "hands_over"
    if (states & _STATES or {"received", "will_answer"} <= said) and not against and not money and not acts and "mostly_own_words" not in rest:
        yield "nothing_of_the_matter"


def _without_forwarded(text: str) -> str:
    """Leave out what somebody passed on with words of their own: a robot's note inside it is not theirs."""
    block = _FORWARDED.search(text)
    return text[: block.start()] if block and len(text[: block.start()].split()) > 2 else text


def _whole(text: str, pieces: list[tuple[str, str]]) -> Iterator[str]:
    """Name what shows only in the text as a whole: receipts run over lines, and a challenge says how to answer it."""
    if family("receipt").search(_plain(" ".join(text[:600].split()))):
        yield "receipt_text"
    if _ANSWER_IT.search(fold(text)) and any(family("challenge").search(folded) for _, folded in pieces):
        yield "challenge"


def _against(folded: str, found: set[str], made: set[str]) -> Iterator[str]:
    """Name what only a person would write in this sentence. An office's stock words may speak of invoices."""
    office = found & {"ticket", "received", "will_answer", "desk", "unmonitored", "automatic", "challenge", "receipt"}
    if "ticket" not in made and _BILL.search(folded):
        office = office - {"ticket"}  # the number that a person takes up, not one that a system gave
    contact = "@" in folded or _PHONE.search(folded) or "house_rules" in found
    if not office and _SUM.search(folded):
        yield "about_ours"
    elif not office and not contact and _MONEY.search(folded) and not ("substitute" in found and not concept("myself").search(folded)):
        yield "about_money"
    elif not found & _GENERAL and speaks_of_the_matter(folded):
        yield "about_money"
    elif not office and not contact and concept("yours").search(folded):
        yield "about_money"
    if _QUESTION.search(folded) and not _LATER.search(folded):
        yield "asks"
    if _ACTS.search(folded) and not found & {"unmonitored", "automatic", "challenge", "receipt", "unread", "left"}:
        yield "acts"


#: Sentences of an office that may name goods and copies in general.
_GENERAL = frozenset({"house_rules", "unmonitored", "automatic", "challenge", "ticket"})


def _rest(own: list[str], words: int, said: set[str]) -> Iterator[str]:
    if not said - {"thanks", "urgent", "contacting"}:
        return
    mine = sum(len(sentence.split()) for sentence in own)
    if mine * 2 > max(words, 1):
        yield "mostly_own_words"
    elif own:
        yield "own_words"
    else:
        yield "only_stock"


def _plain(piece: str) -> str:
    """Fold a sentence; addresses become one sign and points in dates and numbers a stroke, so that no point is left inside."""
    return without_points(fold(_ADDRESS.sub("@", piece)))


def _idle(folded: str) -> bool:
    """Say whether a sentence carries nothing: greeting, closing, a name, a contact, kind wishes."""
    few = len(folded.split()) <= 4 and not _QUESTION.search(folded)
    return few or any(pattern.match(folded) for pattern in (_GREETING, _CLOSING, _POLITE, _CONTACT_LINE)) or is_wish(folded)


def _by_name(piece: str) -> bool:
    """Say whether a sentence begins by greeting somebody by name: "Hi Tom," but not "Dear Sir or Madam,"."""
    head = re.split(r"[,!:\-–]|\.(?= )", piece, maxsplit=1)[0]
    folded = fold(head)
    match = _GREETING.match(folded)
    if match is None or len(folded.split()) > 5:
        return False
    names = [word for word in re.findall(r"[^\W\d_]+", head[match.end() :]) if word[:1].isupper()]
    return any(_TO_ANYBODY.fullmatch(fold(word)) is None for word in names)


def _whose(pieces: list[tuple[str, str]], said: set[str], writer: str, address: str) -> str | None:
    """Tell whether the one who left is the one whose mailbox answers, or a colleague writes."""
    what = "left" if "left" in said else "away_other"
    names = set(re.findall(r"[^\W\d_]{3,}", fold(f"{writer} {address.partition('@')[0]}")))
    gone = [folded for _, folded in pieces if family(what).search(folded) or what in moves(folded)]
    all_gone = " ".join(gone)
    if (
        _MYSELF.search(all_gone)
        or _SOMEBODY.search(all_gone)
        or (what == "left" and any(_of_oneself(folded) for folded in gone))
        or any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", all_gone) for name in names)
    ):
        return "names_itself"
    if names and not any(_ROLE.search(name) for name in names) and not concept("one").search(all_gone):
        return "another_writes"
    return None


def _of_oneself(folded: str) -> bool:
    """Say whether a sentence about leaving has its writer before the leaving, and nobody else."""
    gone = concept("gone").search(folded) or concept("surely_gone").search(folded)
    before = folded[: gone.end()] if gone else ""
    return bool(concept("myself").search(before) or _ENDED.search(before)) and not concept("other").search(before)


#: Verbs of the one who left, where the language needs no "I".
_ENDED = re.compile(
    fold(
        r"(?<!\w)(?:formo parte|trabajo|he dejado|dejé|lavoro|faccio parte|ho lasciato|faço|trabalho|deixei|saí|pracuję|zakończył[ae]m|odszedłem|odeszłam|rozstał[ae]m|työskentele|olen|työsuhteeni)(?!\w)"
    )
)
