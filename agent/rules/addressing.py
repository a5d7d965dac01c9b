"""Whether a mail greets the right person in the right language, and is signed by us (R-GND-06, R-PRO-06)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.focus import is_closing
from agent.language import language_of
from agent.rules.base import Outbound, block, warn
from agent.rules.reading import folded
from store.outreach_words import Channel
from store.proposed import Finding
from tools.remind_ground import way_of

_GREETING = re.compile(
    r"^(?:dear|hello|hi|good (?:morning|afternoon|day)|guten (?:tag|morgen)|hallo|liebe[rs]?|sehr geehrte[rs]?|werte[rs]?|bonjour|cher|chere|chers|madame|monsieur|"
    r"estimad[oa]s?(?:/[oa])?|buen(?:os|as)? (?:dias|tardes)|hola|geachte|beste|goede(?:morgen|middag|dag)|gentil[ei]|egregi[oa]?|spettabile|spett\.?le|buongiorno|caro|cara|"
    r"exm[oa]s?\.?(?:\([oa]\))?|car[oa]s?|bom dia|boa tarde|prezad[oa]s?)\b"
)
#: What stands in a greeting beside a name.
_BESIDE_NAMES = (
    "dear hello hi good morning afternoon day sir madam sirs madams or and mr mrs ms miss dr prof all team teams everyone "
    "colleagues customer customers accounts account payable finance department ladies gentlemen guten tag morgen hallo liebe "
    "lieber liebes sehr geehrte geehrter geehrtes damen und herren herr frau kundin kunde kunden zusammen kollegen "
    "kolleginnen buchhaltung werte werter bonjour cher chere chers madame monsieur mesdames messieurs et mme m mlle service "
    "comptabilite equipe client cliente clients estimado estimada estimados estimadas a o senor senora senores senoras sr sra "
    "srs sres buenos buenas dias tardes hola clientes equipo departamento contabilidad administracion y geachte beste heer "
    "mevrouw of dhr mw meneer collega collegas goedemorgen goedemiddag goedendag klant gentile gentili signor signora signore "
    "signori sig sigg ra egregio egregia spettabile spett le buongiorno caro cara cari dott dottor dottoressa ufficio "
    "amministrazione contabilita e exmo exma exmos exmas senhor senhora senhores senhoras caros caras bom dia boa tarde "
    "prezado prezada prezados equipa again the your our de la el da do van von der den dos"
)
_NOT_NAMES = frozenset(_BESIDE_NAMES.split())


def right_person(out: Outbound) -> Iterator[Finding]:
    """R-GND-06: the names of the salutation are those of the contact that the mail goes to."""
    first = next((line for line in out.draft.rendered.splitlines() if line.strip()), "")
    greeting = folded(first).strip(" ,:!.")
    if not _GREETING.match(greeting) or len(greeting) > 120:
        return
    facts = out.scope.facts
    people = [c for c in facts.contacts if c.email in out.draft.recipients or c.id == facts.sender_contact]
    if way_of(facts) is not Channel.MAIL and out.scope.contact is not None:
        people.append(out.scope.contact)
    known = " ".join([*(c.name for c in people), facts.customer.name if facts.customer else "", out.scope.company.team])
    parts = set(re.findall(r"[^\W\d_]+", folded(known)))
    said = [word for word in re.findall(r"[^\W\d_]+", greeting) if word not in _NOT_NAMES]
    strange = [word for word in said if word not in parts and len(word) > 1]
    if strange and len(said) <= 6:
        yield block("R-GND-06", f"The mail greets {' '.join(strange).title()}, who is not the contact that it goes to.")


def right_language(out: Outbound) -> Iterator[Finding]:
    """R-GND-06: the words are in the language that the answer is meant to be in."""
    found = language_of(out.literal, default=out.draft.language)
    if found != out.draft.language:
        make = warn if out.by_hand else block
        yield make("R-GND-06", f"The text reads as {found}, the answer should be {out.draft.language}.")


def signed_by_us(out: Outbound) -> Iterator[Finding]:
    """R-PRO-06: our company's name stands under the mail, and the name above it is one of ours."""
    company = out.scope.company
    text = out.draft.rendered
    if company.name not in text:
        yield block("R-PRO-06", "The mail is not signed with the company's name.")
        return
    lines = [line.strip() for line in text[: text.rindex(company.name)].splitlines()]
    paragraph: list[str] = []
    for line in reversed(lines):
        if not line:
            break
        paragraph.insert(0, line)
    owner = out.scope.facts.customer.owner if out.scope.facts.customer else ""
    ours = {folded(n) for n in (out.scope.sender_name, company.team, owner, company.name, *out.people) if n}
    signed = [
        line
        for line in paragraph
        if 0 < len(line) <= 40 and line == line.title() and not line.endswith((",", ".", ":")) and not is_closing(line)
    ]
    for line in signed:
        if folded(line) not in ours and len(line.split()) >= 2 and out.by_hand:
            yield block("R-PRO-06", f"The mail is signed by {line}, who is nobody of ours: sign with the slots.")
