"""Read the signs in a mail's words: which sentences are a robot's stock, and what only a person would write.

It names signs and weighs none; `mail.robots` does. It never looks at quoted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from mail.absence_days import find_days
from mail.robot_against import against, gives_contact, is_asked, is_question, touches_the_matter
from mail.robot_concepts import concept
from mail.robot_fold import fold, sentences, without_points
from mail.robot_moves import is_form, is_wish, moves, tells_of_the_past, without_older
from mail.robot_owner import whose_absence
from mail.robot_words import FAMILIES, family

#: Whether a day is named does not hang on the day of the mail.
_ANY_DAY = date(2026, 1, 1)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,100}")
_FORWARDED = re.compile(
    r"(?mi)^[>* ]{0,6}(?:-{2,30}[^\n-]{1,60}(?:-[^\n-]{1,60})?-{2,30} {0,9}\n{1,3})?[>* ]{0,6}(?:from|von|de|från|fra|van|da|od|lähettäjä|差出人)\*? ?: ?[^\n]{1,200}\n(?:[^\n]{0,200}\n){0,2}?[>* ]{0,6}(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|fecha|para|asunto|inviato|data|a|oggetto|verzonden|aan|onderwerp|assunto|wysłano|do|temat|skickat|till|ämne|sendt|til|emne)\*? ?:"
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
#: What a robot answers with. Where nothing else is said, it is an automatic answer, whoever typed it.
_STATES = frozenset({"away", "away_other", "closed", "left", "part_time", "ticket", "unmonitored", "service_level"})
_NOT_THERE = frozenset({"away", "away_other", "left", "closed", "part_time"})


@dataclass(slots=True)
class _Read:
    """What the sentences of one mail said so far: signs, signs against a robot, and what no robot's words are."""

    said: set[str] = field(default_factory=set)
    against: set[str] = field(default_factory=set)
    #: Signs that count as the state which a robot tells; a ticket's number alone may be a person's.
    states: set[str] = field(default_factory=set)
    #: Sentences that are no robot's.
    own: list[str] = field(default_factory=list)
    words: int = 0
    rules: int = 0
    dated: bool = False
    hands_over: bool = False
    touched: bool = False


def text_marks(text: str, *, writer: str, address: str, ticket: bool = False) -> Iterator[str]:
    """Name the signs in the new text of one mail. `writer` is the sender's display name; `ticket`: a ticket system's form."""
    text = _without_forwarded(without_older(text) if ticket else text)
    text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    pieces = [(piece, _plain(piece)) for piece in sentences(text)]
    read = _Read()
    for piece, folded in pieces:
        if _by_name(piece):
            yield "by_name"
        if _TO_SENDER.match(folded):
            yield "to_anybody"
        _take(read, folded)
    yield from read.said - {"receipt", "challenge"}
    yield from _whole(text, pieces)
    folded_pieces = [folded for _, folded in pieces]
    if read.dated or (read.said & {"away", "closed", "away_other"} and any(map(_SPAN.search, folded_pieces))):
        yield "until"
    if read.said & {"left", "away_other"}:
        whose = whose_absence(folded_pieces, read.said, writer=writer, address=address)
        # Who only tells of a colleague's absence, and where to write, does what a robot does.
        if whose and (whose != "another_writes" or "left" in read.said or read.against or read.own):
            yield whose
    yield from _together(read)


def _take(read: _Read, folded: str) -> None:
    """Add one sentence to what was read."""
    if is_form(folded):
        read.said.add("system_form")
        return
    made = moves(folded)
    found = _signs(folded, made)
    if not found and _GREETING.match(folded) and len(folded.split()) <= 6:
        return
    read.rules += "house_rules" in found
    if found & {"away", "closed"} and not read.dated:
        read.dated = bool(_SPAN.search(folded)) or bool(find_days(folded, received_on=_ANY_DAY))
    read.said |= found
    read.against |= set(against(folded, found, made))
    read.states |= found - ({"ticket"} - made)
    read.touched |= touches_the_matter(folded, found, made)
    read.hands_over |= "substitute" in found and gives_contact(folded)
    if not found and not _idle(folded):
        read.own.append(folded)
    read.words += len(folded.split())


def _signs(folded: str, made: set[str]) -> set[str]:
    """Join the stock phrases and the moves of a sentence, so that nothing counts twice."""
    found = {name for name in FAMILIES if family(name).search(folded)}
    if "part_time" in made and not concept("shut").search(folded):
        found.discard("closed")  # hours of work, not a closing
    if is_asked(folded) or tells_of_the_past(folded):
        found -= {"away", "away_other", "closed"}
        made = made - {"away", "away_other", "closed"}
    doubled = ({"unread"} if "unmonitored" in found else set()) | ({"part_time"} if "away" in found else set())
    return found | (made - doubled)


def _together(read: _Read) -> Iterator[str]:
    """Name the signs that the sentences show together."""
    system = read.said & {"automatic", "unmonitored"}
    rest = set(_rest(read.own, read.words, read.said))
    yield from read.against - ({"about_money"} if system else set())
    yield from rest & {"only_stock"} if system else rest  # a system may say anything, and of invoices in general
    if read.rules > 1:
        yield "many_rules"
    if read.hands_over and read.said & _NOT_THERE:
        yield "hands_over"
    told = read.states & _STATES or {"received", "will_answer"} <= read.said
    if told and not read.against and not read.touched and "mostly_own_words" not in rest:
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
    few = len(folded.split()) <= 4 and not is_question(folded)
    plain = any(pattern.match(folded) for pattern in (_GREETING, _CLOSING, _POLITE, _CONTACT_LINE))
    return few or plain or is_wish(folded)


def _by_name(piece: str) -> bool:
    """Say whether a sentence begins by greeting somebody by name: "Hi Tom," but not "Dear Sir or Madam,"."""
    head = re.split(r"[,!:\-–]|\.(?= )", piece, maxsplit=1)[0]
    folded = fold(head)
    match = _GREETING.match(folded)
    if match is None or len(folded.split()) > 5:
        return False
    names = [word for word in re.findall(r"[^\W\d_]+", head[match.end() :]) if word[:1].isupper()]
    return any(_TO_ANYBODY.fullmatch(fold(word)) is None for word in names)
