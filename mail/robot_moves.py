"""What a sentence does in a robot's mail, read from the ideas in it: who, is away, gone or closed; a ticket; rules; when read.

Stock phrases (`mail.robot_words`) are exact and few; the moves here hold for wordings nobody has listed. They name signs and
weigh none. A sentence that takes up one invoice makes no move: it is a person's, whatever else stands in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mail.robot_concepts import concept
from mail.robot_fold import fold

#: Sentences with more words than this hold too many ideas to be told apart.
_LONG = 45


@dataclass(frozen=True, slots=True)
class Move:
    """A sign that a sentence shows when all ideas of `needs` are in it and none of `lacks`.

    No idea of `not_before` may stand before the first of `needs`; the sentence has at most `most` words, and where `near` is
    given, the second idea stands within so many characters of the first.
    """

    sign: str
    needs: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    most: int = _LONG
    near: int = 0


MOVES: tuple[Move, ...] = (
    Move("away", ("absent", "first"), ("past", "after"), ("other",)),
    Move("away", ("absent",), ("past", "third", "after", "of_another"), ("other",), most=20),
    Move("away_other", ("absent", "third"), ("past", "after"), ("first",)),
    Move("closed", ("shut", "house"), ("past", "one"), ("other",)),
    Move("closed", ("shutdown",), ("past", "one"), ("other",)),
    Move("left", ("gone", "employed"), ("yours", "bills", "ruin"), most=35, near=40),
    Move("left", ("surely_gone",), ("yours", "bills"), most=35),
    Move("part_time", ("works", "hours"), ("past", "yours"), ("other",)),
    Move("unread", ("mail", "read", "seldom"), ("yours", "past")),
    Move("unread", ("read", "seldom"), ("yours", "past", "matter"), most=18),
    Move("unread", ("offline",), ("yours", "past", "matter")),
    Move("ticket", ("case", "made"), ("yours", "one", "ruin")),
    Move("ticket", ("case", "number"), ("yours", "one", "past", "matter", "paid"), most=9),
    Move("ticket", ("numbered", "case"), ("yours", "one", "paid", "ruin"), most=25),
    Move("ticket", ("numbered", "message", "made"), ("yours", "one", "paid", "ruin"), most=25),
    Move("desk", ("desk",), ("one", "yours")),
    Move("will_answer", ("no_need",), ("one", "yours")),
    Move("unmonitored", ("deleted",)),
    Move("service_level", ("takes", "term"), ("one", "yours", "past", "matter", "paid")),
    Move("received", ("came", "message"), ("one", "no"), most=25),
    Move("ticket", ("numbered", "case"), ("yours", "one", "paid", "ruin"), most=25),
    Move("ticket", ("numbered", "message", "made"), ("yours", "one", "paid", "ruin"), most=25),
    Move("desk", ("desk",), ("one", "yours")),
    Move("will_answer", ("no_need",), ("one", "yours")),
    Move("unmonitored", ("deleted",)),
    Move("service_level", ("takes", "term"), ("one", "yours", "past", "matter", "paid")),
    Move("received", ("came", "case"), ("one", "no"), most=25),
    Move("service_level", ("answer", "term"), ("one", "yours", "past")),
    Move("will_answer", ("answer", "soon"), ("one", "yours", "past")),
    Move("house_rules", ("bills", "rule"), ("one", "yours", "past")),
    Move("substitute", ("address",), ("yours", "past")),
    Move("system_form", ("subject_line", "keep"), ("one", "yours")),
    Move("system_form", ("reply_here",), ("one", "yours", "no")),
    Move("automatic", ("this", "machine", "mail", "written"), ("one",)),
)

#: Lines that ticket systems put around what they tell.
_FORM = re.compile(
    fold(
        r"^[^\w]{0,4}(?:(?:short |brief )?(?:description|summary|priority|urgency|impact|state|status|opened(?: by)?|created(?: by| on| at)?|assigned to|assignment group|category|queue|requester|requested by|reporter|reference|due|target date|ticket(?: id| no| number)?|case(?: id| no| number)?|request id|"
        r"(?:kurz)?beschreibung|priorität|erfasst am|erstellt am|bearbeiter|warteschlange|kategorie|ticketnummer|vorgangsnummer|aktenzeichen|zuständig|priorité|statut|état|catégorie|demandeur|prioridad|estado|categoría|solicitante|nº de caso|priorità|stato|categoria|richiedente|(?:korte )?omschrijving|prioriteit|behandelaar|streefdatum|categorie|meldingsnummer|prioridade|situação|priorytet|prioritet|ärendenummer|handläggare|sagsnummer|saksnummer|sagsbehandler|saksbehandler|tikettinumero|tila|prioriteetti) ?:|"
        r"ref ?:? ?(?:msg|_00)|powered by|bereitgestellt von|propulsé par|con la tecnología de|fornito da|mogelijk gemaakt door|"
        r"(?:view|see|track|follow|open) (?:the |your |this )?(?:request|ticket|case|incident)|to (?:view|track|see|follow) (?:the |your |this )?(?:request|ticket|case|incident|progress|status)|you can (?:track|follow|view|check)|turn off (?:this|these)|this (?:is|was) shared with|(?:unsubscribe|notification settings|manage notifications)|"
        r"(?:ticket|anfrage|vorgang) (?:ansehen|anzeigen|verfolgen)|(?:voir|suivre) (?:la|votre) demande|ver (?:la |su )?(?:solicitud|ticket)|visualizza (?:la )?richiesta|(?:your|ihre|votre|su|la sua|uw|din) (?:message|nachricht|mensaje|messaggio|bericht|original message)s? ?:$)"
        r"|(?:this e-?mail is a service|ein service|service (?:von|of|de)) [^.!?]{0,40}$"
    )
)
#: "Reply above this line": a ticket system wrote it, though a person may have filled in the rest.
_ABOVE = re.compile(
    fold(
        r"above (?:this|the) (?:\w+ )?(?:line|text|message)|(?:oberhalb|über) dieser (?:zeile|linie)|au-dessus de cette ligne|(?:encima|arriba) de esta línea|acima desta linha|sopra (?:a )?questa (?:riga|linea)|boven deze (?:regel|lijn)|ovanför (?:den här|denna) (?:raden|linjen)|over denne (?:linj\w+)|(?:powyżej tej|nad tą) lini|tämän rivin yläpuol"
    )
)
#: A rule and a head set the mail that was answered off from the system's words.
_OLDER = re.compile(r"(?m)^[ \t]{0,4}[-_=*]{8,80}[ \t]{0,4}$")


def moves(folded: str) -> set[str]:
    """Name the signs that the ideas of one folded sentence make together."""
    words = folded.count(" ") + 1
    if words > _LONG:
        return set()
    ideas = _Ideas(folded)
    found = {move.sign for move in MOVES if words <= move.most and _made(move, ideas)}
    if found & {"away", "part_time"} and not _CERTAIN.search(folded):
        found.discard("left")  # who is away for a while has not left
    if "away" in found:
        found.discard("part_time")  # one sentence, told once
    return found


_CERTAIN = re.compile(r"no longer|nicht mehr|plus partie|ya no|niet meer|ja nao|nie pracuj|quitte")


def tells_of_the_past(folded: str) -> bool:
    """Say whether a sentence tells of an absence that is over, as people do who excuse themselves."""
    return concept("was_away").search(folded) is not None


def is_form(folded: str) -> bool:
    """Say whether a line is one of those that ticket systems put around their words."""
    return _FORM.search(folded) is not None


def says_above(text: str) -> bool:
    """Say whether a text asks to answer above a line, as ticket systems do."""
    return _ABOVE.search(fold(text[:600])) is not None


def speaks_of_the_matter(folded: str) -> bool:
    """Say whether a sentence takes up goods, prices, copies, signatures: what only somebody who looked would write of."""
    return concept("matter").search(folded) is not None


def does_something(folded: str) -> bool:
    """Say whether the writer will see to the matter, or thanks for a reminder: no robot knows that it was one."""
    return concept("deed").search(folded) is not None


def is_wish(folded: str) -> bool:
    """Say whether a sentence only wishes well, excuses or thanks for patience."""
    return concept("wish").search(folded) is not None and not speaks_of_the_matter(folded)


def without_older(text: str) -> str:
    """Leave out what stands behind a ruled line in a ticket system's mail, where words stand before it."""
    rule = _OLDER.search(text)
    return text[: rule.start()] if rule and len(text[: rule.start()].split()) > 3 else text


class _Ideas(dict[str, re.Match[str] | None]):
    """Where each idea first stands in one sentence. Many moves ask for the same ideas: each is looked for once."""

    def __init__(self, folded: str) -> None:
        super().__init__()
        self.folded = folded

    def __missing__(self, name: str) -> re.Match[str] | None:
        self[name] = found = concept(name).search(self.folded)
        return found


def _made(move: Move, ideas: _Ideas) -> bool:
    if any(ideas[name] is None for name in move.needs) or any(ideas[name] for name in move.lacks):
        return False
    first = ideas[move.needs[0]]
    start, end = first.span() if first else (0, 0)
    if move.near and not concept(move.needs[1]).search(ideas.folded, max(0, start - move.near), end + move.near):
        return False
    return not any(concept(name).search(ideas.folded, 0, start) for name in move.not_before)
