"""Find who stands in for somebody who is away: an address, and the name beside it or alone.

Names are taken only where the words around them say so; nothing found here is a contact before a person verifies it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mail.robot_fold import fold, sentences
from mail.robot_words import family
from store.no_reply import is_no_reply

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_WORD = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]+(?:[-'’][^\W\d_]+)?"
_SMALL = r"(?:van der|van den|van de|von der|van|von|de la|de|der|den|di|da|del|della|dos|das|do|zu|af|el|le|la|O')"
_NAME = re.compile(rf"{_WORD}(?: (?:{_SMALL} )?{_WORD}){{1,2}}")
_TITLED = re.compile(
    rf"(?:Frau|Herrn?|Hr\.|Fr\.|Mr\.?|Mrs\.?|Ms\.?|Mme|Madame|Monsieur|M\.|Sra?\.|Sig\.ra|Sig\.|Dott\.|Dr\.?|dhr\.|mevr\.) (?:Dr\.? )?({_WORD}(?: (?:{_SMALL} )?{_WORD}){{0,2}})"
)
_SENTENCE = re.compile(r"(?<=[^\W\d]{3}[.!?]) (?=[^\Wa-z])")
_CUE = re.compile(
    r"(?<!\w)(?:contact\w*|reach(?: out to)?|get in touch with|write to|call|speak to|ask for|turn to|colleagues?|assistant|deputy|manager|supervisor|boss|team leader|vorgesetzt\w+|chef|llam\w+|appel\w+|ligue|ring|substitute|cover(?:ed|ing)?(?: by)?|vertret\w+|wenden sie sich\w*|kolleg\w+|kontaktier\w+|erreichen|"
    r"collegue|collega|colega|contacter|joindre|adress\w+|contacto con|dirigirse a|rivolger\w+|contattar\w+|contact opnemen met|terecht bij|contactar|kontakt\w*|sijaise\w+|zastep\w+|sustitu\w+|sostitu\w+|remplac\w+|vervang\w+|substitu\w+|kollega)(?!\w)"
)
#: Capitalised words that are no names.
_NO_NAMES = re.compile(
    "please|kindly|try|ask|use|ping|dear|thank|thanks|should|for|in|on|at|the|my|our|if|your|i|we|you|contact|email|mail|phone|tel|telephone|mobile|office|out|"
    "accounts|payable|payables|receivable|department|team|support|service|customer|finance|urgent|until|monday|tuesday|wednesday|thursday|friday|"
    "best|kind|regards|hello|hi|from|and|all|during|meanwhile|mme|mlle|mr|mrs|ms|dr|sr|sra|sig|dott|dhr|mevr|hr|fr|ltd|gmbh|limited|inc|bv|nv|sa|"
    "srl|spa|ltda|ab|as|aps|oy|kg|ag|co|sarl|sas|llc|plc|bitte|zwischenzeit|abwesenheit|notfall|ruckfragen|fragen|frau|herr|herrn|meine|mein|meiner|meinem|meinen|ihrem|ihren|ihrer|ihres|verteiler|adresse|"
    "vertretung|kollegin|kollege|kollegen|dringenden|fallen|ihre|ihr|sie|ich|bin|am|bis|montag|dienstag|mittwoch|donnerstag|freitag|buchhaltung|"
    "kreditorenbuchhaltung|abteilung|rechnungen|telefon|merci|veuillez|vous|mon|ma|en|pour|cas|urgence|madame|monsieur|bonjour|cordialement|"
    "comptabilite|votre|je|por|favor|para|con|mi|su|estoy|gracias|departamento|contabilidad|per|la|il|mio|collega|ufficio|amministrazione|gentile|"
    "cordiali|voor|mijn|afdeling|administratie|o|meu|minha|w|pani|pan|panem|pania|prosze|vid|min|kollega|kontakta|ekonomi|ved|shared|services|"
    "business|partner|holdings|company|account|manager"
)


def find_contact(text: str, *, from_address: str | None) -> tuple[str | None, str | None]:
    """Give (address, name) of the substitute; the name may stand without an address, and the other way round."""
    others = [hit for hit in _ADDRESS.finditer(text) if _usable(_tidy(hit[0]), from_address)]
    chosen = next((hit for hit in others if _introduced(text, hit)), next(iter(others), None))
    if chosen is not None:
        return _tidy(chosen[0]), _beside(text, chosen)
    return None, _alone(text)


def _tidy(address: str) -> str:
    return address.lower().rstrip(".-")


def _usable(address: str, from_address: str | None) -> bool:
    return address != from_address and not is_no_reply(address)


def _introduced(text: str, hit: re.Match[str]) -> bool:
    """Say whether the words before an address send somebody there."""
    before = fold(text[max(0, hit.start() - 160) : hit.start()])
    return bool(family("substitute").search(before + " @") or _CUE.search(before))


def _beside(text: str, hit: re.Match[str]) -> str | None:
    """Take the last name that stands close before an address, on its line and in its sentence, or on the line above."""
    before = text[max(0, hit.start() - 110) : hit.start()]
    lines = before.split("\n")
    part = lines[-1] if lines[-1].strip(" -*•<(") or len(lines) < 2 else lines[-2] + " "
    part = _SENTENCE.split(part)[-1]
    names = list(_names(part))
    near = names and len(part) - part.rfind(names[-1]) - len(names[-1]) <= 45
    return names[-1] if near else None


def _alone(text: str) -> str | None:
    """Take the first name after a word that sends somebody to a person."""
    for sentence in sentences(text):
        cue = _CUE.search(_same_length(sentence))
        if cue is None:
            continue
        if name := next(_names(sentence[cue.end() :]), None):
            return name
        if re.search(r"colleague|kolleg|collegue|collega|colega|vertr|assistant", cue[0]) and (
            name := next(_names(sentence[: cue.start()]), None)
        ):
            return name
    return None


def _same_length(sentence: str) -> str:
    folded = "".join(fold(letter)[:1] or " " for letter in sentence)
    return folded


def _names(text: str) -> Iterator[str]:
    """Give the names in a text, in order: two capitalised words or more, or one after a title."""
    titled = {match.start(1): match[1] for match in _TITLED.finditer(text)}
    plain = {match.start(): match[0] for match in _NAME.finditer(text)}
    past = 0
    for start, written in sorted((plain | titled).items()):
        words = written.split()
        while words and _NO_NAMES.fullmatch(fold(words[0])):
            start += len(words.pop(0)) + 1
        while words and _NO_NAMES.fullmatch(fold(words[-1])):
            words.pop()
        if start < past or any(_NO_NAMES.fullmatch(fold(word)) for word in words):
            continue
        if len(words) > 1 or (words and start in titled):
            past = start + len(" ".join(words))
            yield " ".join(words)
