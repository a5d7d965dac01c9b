"""Recognise the line by which a mail program says who wrote what follows: "On ... wrote:", in some thirty languages.

It is taken apart (a date, an address, a verb of writing, a colon at the end) rather than compared with whole sentences, since every
program and version words it a little differently. What only looks like one is told apart by `sure`. Nothing is cut here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mail.quote_lines import Mark, unprefixed

_MAX_LINES = 5
_MAX_LENGTH = 600

_VERB = re.compile(
    r"\b(?:wrote|writes|a écrit|écrit|schrieb(?:en)?|schreibt|geschrieben|escribió|escribio|ha escrito|va escriure|schreef|geschreven|"
    r"ha scritto|scrive|scritto|escreveu|skrev|har skrevet|skrifaði|kirjoitti|napisał(?:a|\(a\))?|napisana przez|pisze|napsal(?:a|\(a\))?|napísal(?:a|\(a\))?|"
    r"ezt írta|írta|a scris|yazdı|şunları yazdı|написал(?:а|\(а\))?|писал(?:а)?|пишет|написав|написала|пише|написа|έγραψε|"
    r"napisao(?:/la)?|napisala|je napisal(?:/a)?|rašė|rakstīja|kirjutas|đã viết|menulis)(?!\w)|"
    r"写道|寫道|写到|写了|のメール|書きました|書いた|님이 작성|작성:|썼습니다|כתב|كتب|เขียน",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"(?:On|At|Am|Vom|Le|El|Op|Il|Em|A|No|Den|På|Dana|Dne|Dňa|W dniu|Dnia|Il giorno|No dia|În|Pe|Στις|На|В|Vào|Pada|U|Wiadomość|In (?:message|article)|"
    r"In (?:a )?message dated|Quoting|Zitat von|Citando|Citat från|Citation de|Selon)\b|在|於|于|בתאריך|في",
    re.IGNORECASE,
)
_QUOTING = re.compile(
    r"(?:Quoting|Zitat von|Citando a?|Citat från|Citation de|Missatge de|Message from|Mensaje de|Nachricht von) \S.{0,250}",
    re.IGNORECASE,
)
#: "tir. 3. mar. 2026", "2026-03-03", "вт, 3 мар. 2026 г.", "2026年3月3日": a number among the first words.
_DATE_FIRST = re.compile(r"[(\[]?(?:[^\W\d_]{1,14}[.,]{0,2} {1,2}){0,3}\d{1,4}(?:[ ./年년-]|[a-z]{2}\b)", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\]:]{1,64}@[^\s<>()\[\],;]{1,253}")
_SET_OFF = re.compile(r"[<(\[]\s?(?:mailto:)?[^\s<>()\[\]:]{1,64}@[^\s<>()\[\],;]{1,253}\s?[>)\]]")
_TIME = re.compile(r"\d{1,2} ?[:.hH：] ?\d{2}|\d{1,2} ?[AaPp]\.?[Mm]\b|\d[时時시]")
_FULL_DATE = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?\d{2}")
_SENTENCE = re.compile(r"[^\W\d_]{5}[.!?] [A-ZÀ-Þ]|[!?] ")
_DASHED = re.compile(r"[-=*_~‐–—]{2,}")
_PRONOUN = re.compile(
    r"(?:you|he|she|they|we|i|it|who|er|sie|ihr|wir|ich|du|vous|il|elle|ils|nous|tu|usted|ellos|él|ella|lui|lei|voi|hij|zij|jullie|wij|você|eles|as|so|here|this|that)",
    re.IGNORECASE,
)


def attribution(lines: Sequence[str], start: int) -> Mark | None:
    """Give the mark of the attribution that begins on this line, also when it is wrapped over up to five lines."""
    first = unprefixed(lines[start][: _MAX_LENGTH + 100])
    if not _may_begin(first):
        return None
    joined = ""
    for index in range(start, min(len(lines), start + _MAX_LINES)):
        bare = unprefixed(lines[index][: _MAX_LENGTH + 100])
        if not bare or len(joined) + len(bare) > _MAX_LENGTH:
            return None
        joined = f"{joined} {bare}" if joined else bare
        if _runs_on(bare, joined):
            return Mark("attribution", start, index + 1, joined)
        ended = _ends(joined)
        if ended and (sure := _recognised(ended)) is not None:
            return Mark("attribution", _latest_start(lines, start, index), index + 1, ended, sure)
        if _is_end(joined) or _ends_sentence(bare):
            return None
    return None


def _runs_on(line: str, joined: str) -> bool:
    """Say whether the older words begin in the same line, right behind the attribution."""
    verb = next(
        (found for found in _VERB.finditer(line[:_MAX_LENGTH]) if line[found.end() :].lstrip()[:1] in (":", "：")), None
    )
    if verb is None or not line[verb.end() :].strip(" :："):
        return False
    head = joined[: len(joined) - len(line) + verb.end()]
    return bool((_OPENER.match(head) or _DATE_FIRST.match(head)) and _SET_OFF.search(head) and _recognised(head))


def is_sure(written: str) -> bool:
    """Say whether an attribution was surely written by a mail program: it has an address, or a full date with the time."""
    return bool(_ADDRESS.search(written) or (_TIME.search(written) and _FULL_DATE.search(written)))


def _may_begin(line: str) -> bool:
    if not line:
        return False
    bare = _DASHED.sub("", line, count=1).strip() if line[0] in "-=*_~‐–—" else line
    head = bare.lstrip("\"'*")
    return bool(_OPENER.match(head) or _DATE_FIRST.match(head) or "@" in bare[:200] or _VERB.search(bare[:300]))


def _is_end(text: str) -> bool:
    return text.endswith((":", "："))


def _ends(joined: str) -> str:
    """Give the attribution without the dashes, stars and colon around it; empty where the text does not end like one."""
    text = joined.strip()
    if text[:1] in "-=*_~‐–—" and (dashes := _DASHED.match(text)):
        text = text[dashes.end() :].strip()
    bare = text.rstrip("*_ ")
    if _is_end(bare) or bare.endswith(":-"):
        return bare.strip("*").rstrip(":：- ")
    stripped = bare.rstrip("-=~‐–—: ")
    if len(bare) - len(stripped) >= 2 and (_VERB.search(stripped[-40:]) or _SET_OFF.search(stripped[-260:])):
        return stripped
    bare_date = _DATE_FIRST.match(text) and re.match(r"\d{4}[-/]\d", text) and text.endswith(">")
    ended_by_verb = _OPENER.match(text) and is_sure(text) and (verb := _last_verb(text)) and verb.end() == len(text)
    return text if bare_date or ended_by_verb else ""


def _last_verb(text: str) -> re.Match[str] | None:
    found = list(_VERB.finditer(text))
    return found[-1] if found else None


def _recognised(text: str) -> bool | None:
    """Say whether this is an attribution: None where it is none, else whether it is sure."""
    verb = _VERB.search(text)
    address = _SET_OFF.search(text) or _ADDRESS.search(text)
    digits = any(char.isdigit() for char in text)
    if _SENTENCE.search(text) and not (
        _SET_OFF.search(text) and len(text) < 250 and not _SENTENCE.search(text.partition("<")[0])
    ):
        return None
    if verb:
        opened = _OPENER.match(text) or _DATE_FIRST.match(text.lstrip("\"'"))
        if opened and (digits or address):
            return is_sure(text) or _ends_with_name_and_verb(text, verb)
        if address and address.start() <= 160:
            return True
        if _FULL_DATE.search(text) and _TIME.search(text) and len(text) <= 200:
            return True
        return False if _is_name_and_verb(text, verb) else None
    if _QUOTING.fullmatch(text) and (address or (len(text) < 100 and text.startswith(("Quoting", "Zi", "Ci")))):
        return bool(address)
    dated = _FULL_DATE.search(text)
    if _SET_OFF.search(text) and dated and len(text) <= 300 and _DATE_FIRST.match(text.lstrip("\"'")):
        return True
    timed = dated and _TIME.search(text) and len(text) <= 200
    if address and timed and _DATE_FIRST.match(text):
        return True
    return False if _SET_OFF.search(text) and timed else None  # whatever the language: it counts before a quotation


def _ends_with_name_and_verb(text: str, verb: re.Match[str]) -> bool:
    """Recognise a full date, set off from the name, and the verb at the very end: people who quote by hand are not so formal."""
    dated = _FULL_DATE.search(text)
    if not dated or verb.end() != len(text):
        return False
    return bool(_DATE_FIRST.match(text)) or "," in text[dated.end() : verb.start()]


def _is_name_and_verb(text: str, verb: re.Match[str]) -> bool:
    """Recognise "Ana Castro wrote:", which counts only before a quotation."""
    name = text[: verb.start()].strip(" ,\"'*")
    words = name.split()
    if not 1 <= len(words) <= 6 or _PRONOUN.fullmatch(words[0]) or len(text) - verb.end() > 60:
        return False
    return all(word[:1].isupper() or word.lower() in ("de", "van", "von", "der", "hat", "has", "via") for word in words)


def _ends_sentence(line: str) -> bool:
    return bool(re.search(r"[^\W\d_]{5}[.!?]$", line[-40:])) and not line.endswith(("Sept.", "sept."))


def _latest_start(lines: Sequence[str], start: int, end: int) -> int:
    """Leave out sentences of the customer's that stand directly above the attribution and happen to begin like one."""
    for later in range(end, start, -1):
        text = _ends(" ".join(unprefixed(line) for line in lines[later : end + 1]))
        above = unprefixed(lines[later - 1])
        begins = _OPENER.match(text) and _DATE_FIRST.search(text[:60]) and _FULL_DATE.search(text)
        if text and (begins or _ends_sentence(above)) and _recognised(text):
            return later
    return start
