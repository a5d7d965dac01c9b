"""Recognise automatic answers (RFC 3834): by headers, by subject, by stock phrases in thirteen languages, weighed together.

Every sign has a weight and a reason in one table; DECISIVE ones suffice alone, the others are added up, and what only a
person would write counts against. A person who mentions a holiday in a sentence about an invoice is no robot: in doubt a
mail is a reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message

from mail.headers import sender
from mail.robot_fold import fold
from mail.robot_headers import header_marks, is_bulk
from mail.robot_moves import says_above
from mail.robot_text import text_marks

__all__ = ["SIGNS", "THRESHOLD", "Judged", "is_auto_reply", "is_bulk", "judge"]

#: From this weight on a mail is a robot's.
THRESHOLD = 8
DECISIVE = 12
#: Longer texts are read up to here: robots are short, and reading stays linear.
_LONGEST = 4000

#: The signs, what each weighs, and why.
SIGNS: dict[str, tuple[int, str]] = {
    "auto_replied": (DECISIVE, "its header says that it was sent automatically (RFC 3834)"),
    "precedence_reply": (DECISIVE, "its Precedence header says that it is an automatic reply"),
    "x_autoreply": (DECISIVE, "a header of an automatic responder"),
    "receipt": (DECISIVE, "a report that a mail was read (RFC 8098)"),
    "null_sender": (DECISIVE, "it has no envelope sender, as reports and robots have none (RFC 3834)"),
    "subject_robot": (DECISIVE, "its subject begins as mail servers begin automatic replies"),
    "receipt_text": (DECISIVE, "it reports that a mail was read or delivered"),
    "auto_generated": (9, "its header says that a program made it; people write through such programs too"),
    "subject_away": (6, "its subject is the one of an absence note"),
    "subject_system": (3, "its subject is the one of a ticket system or of a receipt"),
    "automatic": (10, "it says that it is automatic"),
    "challenge": (DECISIVE, "it asks the sender to prove to be a person"),
    "unmonitored": (7, "it says that nobody reads this address"),
    "ticket": (6, "it tells the number of a ticket that was made"),
    "received": (3, "it says in stock words that a mail came in"),
    "will_answer": (2, "it says in stock words that an office will see to it"),
    "to_anybody": (2, "it greets a sender or customer without a name"),
    "away": (4, "its writer is away"),
    "closed": (4, "the house is closed"),
    "part_time": (5, "it tells the days and hours at which its writer works"),
    "left": (3, "somebody is no longer there"),
    "names_itself": (4, "it speaks of its own sender as of a third person"),
    "away_other": (2, "somebody else is away"),
    "unread": (3, "it says when mail will be read, or that it is not"),
    "substitute": (2, "it names whom to write to instead"),
    "hands_over": (2, "it gives an address or a number for the time that somebody is not there"),
    "urgent": (1, "it speaks of urgent matters"),
    "service_level": (3, "it promises an answer within a time that an office sets itself"),
    "desk": (3, "it says which mailbox or desk has been reached"),
    "house_rules": (2, "it tells in general how invoices are to be sent and when they are paid"),
    "many_rules": (3, "it tells several such rules"),
    "above_line": (3, "it asks to answer above a line, as ticket systems do"),
    "system_form": (2, "it has the form lines of a ticket system"),
    "contacting": (3, "it speaks as offices do: thanks for the contact, help pages, many enquiries"),
    "thanks": (1, "it thanks for a mail"),
    "until": (2, "it says until when or from when"),
    "only_stock": (2, "it says nothing else"),
    "nothing_of_the_matter": (2, "it says such a thing and nothing about the matter itself"),
    "suppresses_replies": (2, "it asks robots not to answer"),
    "sent_by_rule": (2, "a rule or a list program sent it"),
    "ticket_system": (1, "it came through a ticket system"),
    "no_reply_sender": (3, "its address takes no answers"),
    "no_thread": (0, "it answers no mail by its headers"),
    "typed_in": (-3, "it was written in a program that people type in"),
    "subject_re": (-1, "its subject is the one of a person's answer"),
    "quotes": (-2, "it quotes the mail that it answers"),
    "by_name": (-4, "it greets somebody by name"),
    "own_words": (-1, "a sentence in it is no robot's"),
    "mostly_own_words": (-4, "most of it is no robot's words"),
    "about_money": (-4, "it speaks of invoices, orders or payments in words of its own"),
    "about_ours": (-7, "it says something of one invoice or of a sum"),
    "asks": (-3, "it asks something"),
    "acts": (-4, "its writer did, will do or wants something"),
    "another_writes": (-4, "another person than the one who left writes"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found: the signs in the order of the table, their weight, and the verdict."""

    signs: tuple[str, ...]
    weight: int
    robot: bool

    @property
    def reasons(self) -> tuple[str, ...]:
        """Give the signs in words."""
        return tuple(SIGNS[name][1] for name in self.signs)


def is_auto_reply(top: Message, *, subject: str, new_text: str, quoted_text: str = "") -> bool:
    """Say whether a robot answered. X-Auto-Response-Suppress alone proves nothing: Exchange sets it on people's mail too."""
    return judge(top, subject=subject, new_text=new_text, quoted_text=quoted_text).robot


def judge(top: Message, *, subject: str, new_text: str, quoted_text: str = "") -> Judged:
    """Weigh all signs of one mail. Decisive ones suffice; the rest must reach THRESHOLD together."""
    found = set(header_marks(top)) | set(_subject_marks(subject))
    # Ticket systems write "reply above this line", which sets all that follows apart as quoted.
    text = new_text if new_text.strip() else quoted_text
    above = says_above(quoted_text) or says_above(new_text)
    who = sender(top)
    found |= set(text_marks(text[:_LONGEST], writer=who.name, address=who.address or "", ticket=above))
    if above:
        found.add("above_line")
    elif quoted_text.strip() and new_text.strip() and not found & {"ticket", "system_form"}:
        found.add("quotes")
    return _weighed(found)


def _weighed(found: Iterable[str]) -> Judged:
    signs = tuple(name for name in SIGNS if name in set(found))
    weight = sum(SIGNS[name][0] for name in signs)
    # A program's header and words that say the same are no person's, whatever else is said.
    decisive = any(SIGNS[name][0] >= DECISIVE for name in signs) or {"auto_generated", "automatic"} <= set(signs)
    return Judged(signs, weight, decisive or weight >= THRESHOLD)


_TAGS = r"^(?:\[[^\[\]]{1,30}\] ?)*"
_MACHINE_SUBJECT = re.compile(
    _TAGS
    + r"(?:automatic reply|auto(?:matic|mated)?[- ]?(?:reply|response|respond)|automatische (?:antwort|rückantwort)|autoantwort|"
    r"réponse automatique|respuesta automática|risposta automatica|automatisch antwoord|resposta automática|autosvar|automatiskt? svar|"
    r"automatyczna odpowiedź|odpowiedź automatyczna|automaattinen vastaus|automatická odpověď|自動(?:返信|応答)|自动(?:答复|回复)|자동 회신|otomatik yanıt|automatikus válasz|răspuns automat|автоматический ответ|автоматична відповідь|αυτόματη απάντηση|automatsk[ia] odgovor|automatické? odpove[ďd]|samodejni odgovor|automaatvastus|automātiska atbilde|automatinis atsakymas|auto) ?(?::|$|-|–|\(|：)",
    re.IGNORECASE,
)
_AWAY_SUBJECT = re.compile(
    _TAGS + r"(?:re|aw|sv|vs|res|ynt|antw|odp|rif|r): ?",
    re.IGNORECASE,
)
_AWAY_WORDS = re.compile(
    r"^(?:(?:i am |i'm )?out of (?:the )?office|ooo|on (?:annual |maternity |parental )?(?:leave|vacation|holiday)|away(?: from (?:the office|my desk))?|vacation (?:reply|response|notice)|(?:absence|leave|holiday) notice|"
    r"abwesenheit\w*|abwesend|(?:ich bin )?(?:nicht im (?:buro|hause?)|im urlaub)|urlaub\w*|betriebsferien|absence(?: du bureau)?|message d'absence|absente?(?: du bureau)?|en conges?|fermeture\b|"
    r"fuera de (?:la )?oficina|ausencia(?: de la oficina)?|ausente|de vacaciones|fuori (?:sede|ufficio)|assen(?:te|za)|in ferie|chiusura\b|afwezig\w*|niet (?:op kantoor|aanwezig)|met (?:vakantie|verlof)|"
    r"fora do escritorio|ausencia|de ferias|franvaro\w*|semester\w*|inte pa kontoret|nieobecnosc\w*|urlop|poza biurem|ude af kontoret|fravaer\w*|fravaersbesked|ute av kontoret|ferie|poissa\w*|lomalla|nepritomnost|dovolena|mimo kancelar|不在|休暇)"
    r"(?: ?(?::|$|-|\(|,|until|till|bis|vom|from|jusqu|hasta|fino|tot|ate|till|do|from|du|del|dal|van|de|fran)|\b.{0,60}$)"
)
_SYSTEM_WORDS = re.compile(
    r"(?:ticket|case|request|incident|enquiry|anfrage|vorgang|demande|solicitud|incidencia|richiesta|segnalazione|melding|pedido|zgloszenie|arende)[^a-z]{0,6}(?:#|no|nr|id|n)?[^a-z]{0,4}\d{3,}|\[[#a-z]{0,8}[-#: ]?\d{3,}\]|##? ?\d{4,} ?##?|"
    r"(?:request|ticket|case|message|e-?mail|enquiry|invoice|submission) (?:has been )?(?:received|created|opened|registered|confirmation)|we(?:'ve| have)? received your|acknowledge?ment|eingangsbestatigung|empfangsbestatigung|accuse de reception|acuse de recibo|"
    r"conferma di (?:ricezione|ricevimento)|ontvangstbevestiging|aviso de rece[pc]|confirmacao de rece|potwierdzenie (?:otrzymania|przyjecia)|mottagningsbekraftelse|kvittering for|"
    r"^(?:read|gelesen|lu|leido|letto|gelezen|lida?|last|przeczytan\w*|laest|lest|luettu|precteno|delivered|displayed|not read|ungelesen|zugestellt)(?: \([^)]{1,20}\))? ?:|(?:read|delivery) receipt|lesebestatigung|"
    r"undisclosed|sender verification|confirm your (?:message|e-?mail)|message (?:on hold|held)"
)


def _subject_marks(subject: str) -> Iterable[str]:
    plain = re.sub(_TAGS, "", subject.strip(), count=1)
    if _MACHINE_SUBJECT.match(subject.strip()):
        yield "subject_robot"
    if _AWAY_SUBJECT.match(plain):
        yield "subject_re"
        return
    folded = fold(plain)
    if _AWAY_WORDS.match(folded):
        yield "subject_away"
    if _SYSTEM_WORDS.search(folded[:200]):
        yield "subject_system"
