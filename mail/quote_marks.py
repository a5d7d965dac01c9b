"""The marks by which mail programs set off older mail: attribution lines, header blocks, separators, in many languages.

Only recognition; nothing is cut here. `quotequail` knows more attribution lines and is asked by `mail.quotes` at the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WROTE = (
    r"wrote|writes|schrieb(?:en)?|a écrit|écrit|escribió|ha escrito|schreef|heeft\b.{0,200}\bgeschreven|ha scritto|scrive|"
    r"escreveu|skrev|napisał(?:\(?a\)?)?|pisze|kirjoitti|написал(?:\(а\))?|yazdı"
)
_OPENERS = r"On|Am|Le|El|Op|Il|Em|A|Den|På|W dniu|Dnia|Il giorno|Em|No dia"
_ATTRIBUTION = re.compile(rf"(?:{_OPENERS})\b.{{3,400}}?\b(?:{_WROTE})\b.{{0,200}}:", re.IGNORECASE)
_NAMED_FIRST = re.compile(
    rf".{{0,150}}<[^<>\s]{{1,64}}@[^<>\s]{{1,253}}>.{{0,60}}\b(?:{_WROTE})\b.{{0,120}}:", re.IGNORECASE
)
_DATED = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\b.{0,200}<[^<>\s]{1,64}@[^<>\s]{1,253}>:?")
_OPENS = re.compile(rf"(?:{_OPENERS})\b|\d{{4}}[-/]\d|.{{0,150}}<", re.IGNORECASE)
#: What a program writes and a person quoting from memory does not: an address, or a full date with the time of day.
_ADDRESS = re.compile(r"[^\s<>]{1,64}@[^\s<>]{1,253}")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_FULL_DATE = re.compile(r"\b\d{4}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2}")

_NAMES: dict[str, tuple[str, ...]] = {
    "from": (
        "from",
        "von",
        "de",
        "da",
        "van",
        "från",
        "fra",
        "od",
        "expéditeur",
        "absender",
        "remitente",
        "mittente",
        "afzender",
    ),
    "date": (
        *(
            "sent",
            "date",
            "gesendet",
            "datum",
            "envoyé",
            "envoyé le",
            "enviado",
            "enviado el",
            "enviada",
            "enviada em",
            "enviado em",
        ),
        *("fecha", "data", "verzonden", "inviato", "skickat", "sendt", "dato", "wysłano", "wysłane", "data di invio"),
    ),
    "to": (
        "to",
        "an",
        "à",
        "pour",
        "para",
        "aan",
        "a",
        "till",
        "til",
        "do",
        "destinataire",
        "empfänger",
        "destinatario",
    ),
    "cc": (
        "cc",
        "kopie",
        "kopia",
        "copie à",
        "copie",
        "con copia",
        "bcc",
        "dw",
        "reply-to",
        "antwort an",
        "attachments",
        "importance",
    ),
    "subject": (
        "subject",
        "betreff",
        "objet",
        "sujet",
        "asunto",
        "onderwerp",
        "oggetto",
        "assunto",
        "ämne",
        "emne",
        "temat",
    ),
}
_KIND = {name: kind for kind, names in _NAMES.items() for name in names}
_HEADER = re.compile(r"[ \t]{0,8}[*_]{0,2}([^\W\d_][\w -]{0,18})[*_]{0,2} ?:[*_]{0,2}(.*)")

_ORIGINAL = re.compile(
    r"-{2,} ?(?:original message|original appointment|ursprüngliche nachricht|originalnachricht|message d['’]origine|message original|"
    r"mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|ursprungligt meddelande|originalmeddelande|"
    r"oryginalna wiadomość|wiadomość oryginalna|oprindelig meddelelse|opprinnelig melding) ?-{2,}",
    re.IGNORECASE,
)
_FORWARDED = (
    r"forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht|"
    r"mensagem (?:re)?encaminhada|vidarebefordrat meddelande|wiadomość przekazana|przekazana wiadomość|videresendt meddelelse"
)
_FORWARD = re.compile(
    rf"-{{2,}} ?(?:{_FORWARDED})(?: from .{{1,100}}| by .{{1,100}})? ?-{{2,}}|"
    r"(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:transféré|réexpédié)|"
    r"inizio messaggio inoltrato|inicio del mensaje reenviado|begin doorgestuurd bericht|início da mensagem (?:re)?encaminhada|"
    r"vidarebefordrat brev) ?:",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_-]{5,}")
_FORWARD_SUBJECT = re.compile(
    r"(?:\[[^\[\]]{1,30}\] ?)*(?:fwd?|wg|tr|rv|doorst|i|enc|vs|vb|pd)(?:\[\d+\])? ?:", re.IGNORECASE
)
_PREFIX = re.compile(r"(?:> ?)+")


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines `start` up to `end` announce older mail. `kind`: attribution, headers, original, forward."""

    kind: str
    start: int
    end: int
    sender: str = ""


def is_forward_subject(subject: str) -> bool:
    """Say whether the outermost prefix of a subject says that the mail is passed on."""
    return bool(_FORWARD_SUBJECT.match(subject.strip()))


def unprefixed(line: str) -> str:
    """Give a line without its quote prefix and outer spaces."""
    return _PREFIX.sub("", line.strip(), count=1).strip() if line.lstrip().startswith(">") else line.strip()


def is_quoted(line: str) -> bool:
    """Say whether a line is quoted with `>`."""
    return line.lstrip(" ").startswith(">")


def mark_at(lines: Sequence[str], index: int) -> Mark | None:
    """Give the mark that begins on this line, None where there is none."""
    line = unprefixed(lines[index])
    if not line:
        return None
    if _FORWARD.fullmatch(line):
        return _with_headers(lines, index, "forward")
    if _ORIGINAL.fullmatch(line):
        return _with_headers(lines, index, "original")
    if _RULE.fullmatch(line):
        following = _skip_blank(lines, index + 1)
        headers = _headers(lines, following)
        return Mark("headers", index, headers.end, headers.sender) if headers else None
    return _headers(lines, index) or _attribution(lines, index)


def _with_headers(lines: Sequence[str], index: int, kind: str) -> Mark:
    following = _skip_blank(lines, index + 1)
    headers = _headers(lines, following, least=2)
    return Mark(kind, index, headers.end if headers else index + 1, headers.sender if headers else "")


def _skip_blank(lines: Sequence[str], index: int) -> int:
    while index < len(lines) and not unprefixed(lines[index]):
        index += 1
    return index


def _headers(lines: Sequence[str], start: int, *, least: int = 3) -> Mark | None:
    """Recognise a block of mail headers as text: a sender, and enough of date, recipient and subject."""
    if start >= len(lines) or not _kind(lines[start])[0]:
        return None
    found: dict[str, str] = {}
    end, blanks, open_kind = start, 0, ""
    for index in range(start, min(len(lines), start + 24)):
        kind, value = _kind(lines[index])
        bare = unprefixed(lines[index])
        if kind and kind not in found:
            found[kind] = value
            open_kind, blanks, end = kind, 0, index + 1
        elif not bare:
            blanks += 1
            if blanks > 1 or len(found) >= 4 or "subject" in found:
                break
        elif blanks == 0 and open_kind in ("to", "cc", "subject", "from") and _continues(bare, open_kind):
            end = index + 1
        else:
            break
    sure = "from" in found and len(found.keys() - {"cc"}) >= least and ("subject" in found or "@" in found["from"])
    return Mark("headers", start, end, found["from"]) if sure else None


def _kind(line: str) -> tuple[str, str]:
    match = _HEADER.fullmatch(unprefixed(line)[:2000])
    if match is None or not match[2].strip():
        return "", ""
    return _KIND.get(match[1].strip().lower(), ""), match[2].strip()


def _continues(line: str, kind: str) -> bool:
    if kind == "subject":
        return False
    return "@" in line or line.endswith((";", ">"))


def _attribution(lines: Sequence[str], start: int) -> Mark | None:
    """Recognise "On ... wrote:", also when it is wrapped over up to four lines."""
    if not _OPENS.match(unprefixed(lines[start])):
        return None
    joined = ""
    for index in range(start, min(len(lines), start + 4)):
        bare = unprefixed(lines[index])
        if not bare or len(joined) + len(bare) > 700:
            return None
        joined = f"{joined} {bare}" if joined else bare
        ends = joined.endswith(":") or (index == start and _DATED.fullmatch(joined))
        if ends and (_ATTRIBUTION.fullmatch(joined) or _NAMED_FIRST.fullmatch(joined) or _DATED.fullmatch(joined)):
            dated = re.search(r"\d", joined) or "@" in joined
            return Mark("attribution", start, index + 1, joined) if dated else None
        if joined.endswith(":"):
            return None
    return None


def by_program(mark: Mark) -> bool:
    """Say whether an attribution was surely written by a mail program."""
    written = mark.sender
    return bool(_ADDRESS.search(written) or (_TIME.search(written) and _FULL_DATE.search(written)))
