"""Finds names that no ledger knows where a letter has them: in greetings, after titles, before addresses, below the text.

What looks like a name elsewhere is not replaced but told to the person who looks through the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from evals.capturing.folding import fold, listed, words_of
from evals.capturing.made_up import GENERIC, LEGAL, TITLES
from evals.capturing.spans import Cut
from mail.formulas import is_closing
from mail.person_lines import is_full_name, is_name, is_title, says_news
from mail.signature_lines import Kind, bare_of, kinds_of

_CAP = r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:[-'’][A-ZÀ-ÖØ-Þ]?[^\W\d_]+)*\.?"
_SMALL = r"(?:de|da|do|dos|di|del|della|van|von|der|den|la|le|ter|zu|du|el)"
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Sir|Dr|Prof|Herrn?|Frau|Hr|Fr|Dipl\.-\w+|Mag|Mme|Mlle|Monsieur|Madame|Maître|Me|M|Sra?|Sr\(a\)|Señora?|Srta|Don|Doña|D|Dª|"
    r"Sig(?:\.ra|nora|nor)?|Signora?|Dott(?:\.ssa|oressa|or)?|Ing|Avv|Rag|Geom|Dhr|Mevr(?:ouw)?|Mw|Meneer|[Hh]eer|[Mm]evrouw|Senhora?|Exm[oa]|Eng)\b\.?"
)
_AFTER_TITLE = re.compile(rf"\b(?:{_TITLE}\s){{1,3}}((?:{_CAP}|{_SMALL})(?:[ ](?:{_CAP}|{_SMALL})){{0,3}})")
_GREETING = re.compile(
    r"^[ \t>*]*(?:dear|hi|hello|hallo|hey|good (?:morning|afternoon|day)|morning|liebe[rs]?|sehr geehrte[rs]?|guten (?:tag|morgen)|moin|servus|grüezi|grüß gott|"
    r"bonjour|bonsoir|cher|chère|salut|estimad[oa]s?|hola|buenos días|buenas(?: tardes)?|apreciad[oa]|gentil[ei](?:ssim[oa])?|egregi[oa]|car[oa]|buongiorno|buonasera|ciao|salve|"
    r"beste|geachte|goede(?:morgen|middag|ndag|n?avond)|dag|prezad[oa]s?|bom dia|boa (?:tarde|noite)|olá|ola|exm[oa]s?\.?|"
    r"thanks|thank you|danke|merci|gracias|grazie|bedankt|obrigad[oa])[ ,]+"
    rf"((?:(?:{_TITLE}|{_CAP}|{_SMALL}|and|und|et|y|e|en|&|/)[ ]?){{1,6}})",
    re.IGNORECASE | re.MULTILINE,
)
_INITIALED = re.compile(rf"(?<![\w.])(?:[A-ZÀ-ÖØ-Þ]\.[ -]?){{1,2}}({_CAP}(?:[ -]{_CAP})?)")
_BEFORE_ADDRESS = re.compile(r"([^\n<>;:\"“”]{2,80}?)[\"”']?\s*[<\[(](?:mailto:)?[^<>@\s]{1,64}@")
_NOBODY = (
    GENERIC
    | LEGAL
    | TITLES
    | listed("""original message nachricht ursprungliche ursprungl weitergeleitete weitergeleitet forwarded mensaje messaggio mensagem bericht oorspronkelijk
    doorgestuurd origine messagerie rechtsanwalt rechtsanwaltin notar notarin steuerberater steuerberaterin avocat avocate abogado abogada avvocato advocaat curator advogado sir sirs madam all team everyone everybody colleagues colleague damen herren kollegen kollegin zusammen alle messieurs mesdames mesdames tous
    toutes equipe senores senoras equipo companeros todos todas signori signore colleghi tutti spettabile spett ditta allemaal collega collegas
    heer mevrouw dames heren senhores senhoras equipa caros there partner customer kunde client cliente klant again very much you im fur vielen
    beaucoup d avance pour votre por su sua mille per la vostra alvast voor uw pela nuevamente advance morgen tag mahnwesen beleg the your our my
    subject betreff objet asunto oggetto onderwerp assunto date from to von an cc sent gesendet wrote schrieb""")
)
#: So many lines of a signature are looked at above the end of a text.
_HIGHEST = 8
_SENTENCE = re.compile(r"(?:^|[.!?:;…\"“„»)\]>*\u2022-]|\n)\s*$")


class Guesser:
    """Finds names in the texts of a conversation. `person` and `firm` are told what was found."""

    def __init__(self, *, person: Callable[[str], None], firm: Callable[[str], None]) -> None:
        """Keep whom to tell."""
        self._person, self._firm = person, firm

    def listen(self, text: str) -> None:
        """Find names in a text."""
        for found in _AFTER_TITLE.finditer(text):
            self._tell(found[1])
        for found in _GREETING.finditer(text):
            self._tell(found[1])
        for found in _INITIALED.finditer(text):
            self._tell(found[1])
        for found in _BEFORE_ADDRESS.finditer(text):
            self._tell(_last_capitals(found[1]))
        self._sign_offs([re.sub(r"^[>\s]+", "", line) for line in text.split("\n")])

    def name(self, name: str) -> None:
        """Take a display name of a header."""
        bare = name.strip(" \"'")
        if "@" in bare or not bare or is_title(bare):
            return
        if Kind.COMPANY in kinds_of(bare) or re.search(
            r"\b(?:GmbH|Ltd|S\.?A\.?|S\.?L\.?|B\.?V\.?|S\.?r\.?l\.?|AG|KG|SAS|SARL|Lda|PLC|Inc)\b", bare
        ):
            self._firm(bare)
        else:
            self._tell(re.sub(r"\(.*?\)", "", bare))

    def _tell(self, name: str) -> None:
        words = [
            w.text for w in words_of(name) if fold(w.text) not in _NOBODY and w.text[:1].isupper() and len(w.text) > 1
        ]
        if words:
            self._person(" ".join(words[:4]))

    def _sign_offs(self, lines: list[str]) -> None:
        """Look below closing formulas, and at the end of a text for as far up as its lines are of a signature."""
        closed = -99
        below = self._ends(lines)
        for number, line in enumerate(lines):
            bare = bare_of(line)
            if not bare:
                continue
            if is_closing(bare) or re.fullmatch(r"--?\s?", line):
                closed = number
                continue
            if number - closed > 8 and number not in below:
                continue
            if Kind.COMPANY in kinds_of(bare):
                self._firm(bare.split(" - ")[0])
            else:
                self._sign_off(re.split(r"\s[|·–-]\s|,|/", bare)[0])

    @staticmethod
    def _ends(lines: list[str]) -> set[int]:
        found: set[int] = set()
        for number in (n for n in range(len(lines)) if lines[n].strip() and _last(lines, n)):
            height = 0
            for above in range(number, -1, -1):
                bare = bare_of(lines[above])
                if not bare:
                    continue
                if height == _HIGHEST or not kinds_of(bare) or says_news(bare):
                    break
                found.add(above)
                height += 1
        return found

    def _sign_off(self, piece: str) -> None:
        if is_name(piece) and not is_title(piece) and (len(piece.split()) <= 2 or is_full_name(piece)):
            self._tell(piece)


def doubts(cut: Cut) -> Iterator[tuple[int, str]]:
    """Give what may still be a name: words in capitals inside a sentence that nothing replaced. In German two of them in a row."""
    words = list(words_of(cut.text))
    german = len({word.text for word in words} & _GERMAN) >= 2
    skip = -1
    for place, word in enumerate(words):
        if place <= skip or not _may_be_name(cut, word.text, word.start, word.end):
            continue
        row = [word]
        for other in words[place + 1 : place + 4]:
            if cut.text[row[-1].end : other.start] != " " or not _may_be_name(cut, other.text, other.start, other.end):
                break
            row.append(other)
        opens = bool(_SENTENCE.search(cut.text[: word.start]))
        skip = place + len(row) - 1
        if len(row) > (1 if opens or german else 0) and not (german and len(row) < 2):
            yield word.start, cut.text[word.start : row[-1].end]


def _may_be_name(cut: Cut, word: str, start: int, end: int) -> bool:
    return (
        len(word) > 2
        and word[0].isupper()
        and cut.free(start, end)
        and fold(word) not in _NOBODY
        and fold(word) not in _CALENDAR
        and not (word.isupper() and len(word) <= 4)
    )


#: Small words that no other language of ours has: in German every noun has a capital.
_GERMAN = listed("der und ist nicht wir Sie ich mit für den dem auf wird bitte haben sich eine einer unsere Ihre wurde")
_CALENDAR = listed("""january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday
    sunday jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun januar februar marz mai juni juli oktober dezember montag
    dienstag mittwoch donnerstag freitag samstag sonntag janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre enero
    febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre
    ottobre dicembre januari februari maart mei augustus january janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro
    invoice rechnung facture factura fattura factuur fatura statement reminder mahnung iban bic swift pdf excel euro english deutsch sepa re fw fwd aw wg""")


def _last_capitals(text: str) -> str:
    words = text.strip(" ,").split()
    kept: list[str] = []
    for word in reversed(words):
        if not (word[:1].isupper() or re.fullmatch(_SMALL, word)) or any(char.isdigit() for char in word):
            break
        kept.insert(0, word)
    return " ".join(kept[-4:])


def _last(lines: list[str], number: int) -> bool:
    """Say whether a line is the last of a text, or of what stands above a quotation."""
    below = [line for line in lines[number + 1 :] if line.strip()]
    return not below or bool(re.match(r"(?:On|Am|Le|El|Il|Op|Em|Von|From|De|Da|Van)\b.*[:@]|-{3,}|_{5,}", below[0]))
