"""Tell whose mailbox it is that tells of somebody who left or is away: theirs, or a colleague's who writes."""

from __future__ import annotations

import re

from mail.robot_concepts import concept
from mail.robot_fold import fold
from mail.robot_moves import moves
from mail.robot_words import family

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
#: Verbs of the one who left, where the language needs no "I".
_ENDED = re.compile(
    fold(
        r"(?<!\w)(?:formo parte|trabajo|he dejado|dejé|lavoro|faccio parte|ho lasciato|faço|trabalho|deixei|saí|pracuję|zakończył[ae]m|odszedłem|odeszłam|rozstał[ae]m|työskentele|olen|työsuhteeni)(?!\w)"
    )
)


def whose_absence(folded: list[str], said: set[str], *, writer: str, address: str) -> str | None:
    """Name the sign: `names_itself` or `another_writes`; None where the sentences (folded) do not tell."""
    what = "left" if "left" in said else "away_other"
    names = set(re.findall(r"[^\W\d_]{3,}", fold(f"{writer} {address.partition('@')[0]}")))
    gone = [sentence for sentence in folded if family(what).search(sentence) or what in moves(sentence)]
    all_gone = " ".join(gone)
    if (
        _MYSELF.search(all_gone)
        or _SOMEBODY.search(all_gone)
        or (what == "left" and any(_of_oneself(sentence) for sentence in gone))
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
