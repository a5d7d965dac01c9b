"""The marks by which mail programs set off older mail: attribution lines, header blocks, separators, in many languages.

Only recognition; nothing is cut here. `quotequail` knows more attribution lines and is asked by `mail.quotes` at the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mail.attributions import attribution
from mail.header_blocks import header_block, notes_columns, notes_table
from mail.quote_lines import Mark, is_quoted, next_words, unprefixed

_ORIGINALS = (
    "original|original (?:message|appointment|e-?mail|mail|text)|reply message|replied message|previous message|ursprüngliche (?:nachricht|mail|e-?mail)|"
    "original-?nachricht|message d['’]origine|message original|message initial|mail original|courriel d['’]origine|mensaje original|correo original|"
    "messaggio originale|oorspronkelijk bericht|origineel bericht|originele bericht|mensagem original|ursprungligt meddelande|originalmeddelande|"
    "oryginalna wiadomość|wiadomość oryginalna|oprindelig meddelelse|original meddelelse|opprinnelig melding|alkuperäinen viesti|původní (?:zpráva|e-?mail)|"
    "pôvodná správa|eredeti üzenet|mesaj original|mesajul original|özgün ileti|orijinal mesaj|исходное сообщение|оригинальное сообщение|"
    "первоначальное сообщение|вихідне повідомлення|αρχικό μήνυμα|izvorna poruka|originalna poruka|izvorno sporočilo|元のメッセージ|原始邮件|"
    "原始郵件|邮件原件|原文|원본 메시지|원본메시지|הודעה מקורית|الرسالة الأصلية|thư gốc|pesan asli"
)
_FORWARDS = (
    "forwarded message|forwarded mail|forwarded e-?mail|weitergeleitete (?:nachricht|mail|e-?mail)|message transféré|message réexpédié|"
    "mensaje reenviado|messaggio inoltrato|doorgestuurd bericht|mensagem (?:re)?encaminhada|vidarebefordrat (?:meddelande|mail)|"
    "wiadomość przekazana|przekazana wiadomość|treść przekazanej wiadomości|videresendt (?:meddelelse|melding|besked)|edelleenlähetetty viesti|"
    "välitetty viesti|přeposlaná zpráva|preposlaná správa|továbbított (?:üzenet|levél)|mesaj redirecționat|mesaj transmis|iletilen mesaj|yönlendirilmiş ileti|"
    "пересылаемое сообщение|пересланное сообщение|переслане повідомлення|προωθημένο μήνυμα|proslijeđena poruka|転送されたメッセージ|"
    "転送メッセージ|转发的邮件|转发邮件|轉寄郵件|전달된 메시지|전달된 메일"
)
_PASSED_BY = (
    "forwarded by|weitergeleitet von|transféré par|reenviado por|inoltrato da|doorgestuurd door|encaminhado por"
)
_BEGIN_FORWARD = (
    "begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|début du (?:message|courriel) (?:transféré|réexpédié)|"
    "inizio (?:del )?messaggio inoltrato|inicio del mensaje reenviado|begin doorgestuurd bericht|início da mensagem (?:re)?encaminhada|"
    "vidarebefordrat brev|start på videresendt besked|videresendt melding|początek przekazywanej wiadomości|välitetty viesti alkaa|"
    "začátek přeposílané zprávy|начало переадресованного сообщения|başlangıç yönlendirilmiş ileti|転送されたメッセージ|下面是被转发的邮件|"
    "開始轉寄郵件|전달된 메시지 시작"
)
_DASH = r"[-=*_~‐–—]"
_ORIGINAL = re.compile(rf">{{0,3}} ?{_DASH}{{2,60}} ?(?:{_ORIGINALS}) ?:? ?{_DASH}{{2,60}}", re.IGNORECASE)
_BARE_ORIGINAL = re.compile(rf"{_DASH}{{0,40}} ?(?:{_ORIGINALS}) ?:?", re.IGNORECASE)
_FORWARD = re.compile(
    rf"{_DASH}{{2,60}} ?(?:(?:{_FORWARDS})(?: from .{{1,100}}| by .{{1,100}})?|(?:{_PASSED_BY}) .{{1,120}}?) ?{_DASH}{{2,60}}|"
    rf"(?:{_BEGIN_FORWARD}) ?[:：]",
    re.IGNORECASE,
)
#: Words of some unknown language between dashes, which count where headers follow.
_LABELLED_RULE = re.compile(rf"{_DASH}{{3,60}} ?[^\W\d_][^-=*_~‐–—]{{2,50}} ?{_DASH}{{3,60}}")
_RULE = re.compile(r"[_=*~‐–—-]{3,}|(?:- ){3,}-?|(?:_ ){3,}_?")
#: GroupWise begins older mail with `>>> Name <address> date time >>>` and then does not quote it.
_GROUPWISE = re.compile(r">>> {0,2}(?=.{0,200}\d{1,2}[:.]\d{2}).{3,250}>>>(?: .{0,20})?")
#: Notes puts the first words of the older mail behind the sender and the date: `Name ---03/03/2026 09:05:12---Dear`.
_NOTES = re.compile(r".{2,120}? ?-{2,3} ?\d{1,4}[./-]\d{1,2}[./-]\d{2,4} .{4,24}-{2,3}.{0,300}")
_ABOVE = re.compile(
    r"above (?:this|the dotted|this dotted) (?:line|text|message)|(?:oberhalb|über) dieser (?:zeile|linie)|au-dessus de cette ligne|"
    r"(?:por encima|encima|arriba) de esta línea|acima desta linha|sopra (?:a )?questa (?:riga|linea)|al di sopra di questa (?:riga|linea)|"
    r"boven deze (?:regel|lijn)|ovanför (?:den här|denna) (?:raden|rad|linje)|over denne (?:linjen?|linje)|powyżej tej linii|nad tą linią|"
    r"tämän rivin yläpuolelle|nad tímto řádkem|выше этой (?:строки|линии)",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\b(?:reply|respond|response|type|write|answer|comment|antwort\w*|schreib\w*|répon\w*|écri\w*|respon\w*|respuesta|escrib\w*|escrev\w*|"
    r"resposta|digit\w*|scriv\w*|risp\w*|antwoord\w*|typ|reageer|svar\w*|skriv\w*|odpow\w*|napisz|vasta\w*|odpov\w*|ответ\w*|пишите)\b",
    re.IGNORECASE,
)
#: Ticket systems set older comments off by a rule, a name and a date: "Ana Castro, Apr 9, 2026, 09:12".
_COMMENT_HEAD = re.compile(
    r"(?=.{0,120}\b\d{1,2}[:.]\d{2})[A-ZÀ-Þ][\w.'’-]{0,25}(?: [\w.'’()&-]{1,25}){0,6},? (?:[A-Z][a-z]{2,8}\.? \d{1,2},? |\d{1,2}[./ -]\w{1,9}[./ -])"
    r"(?:\d{2,4},? )?(?:at |um )?\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[APap]\.?[Mm]\.?)?(?: (?:[A-Z]{2,5}|[+-]\d{2}:?\d{2}))?"
)
_FORWARD_SUBJECT = re.compile(
    r"(?:\[[^\[\]]{1,30}\] ?)*(?:fwd?|wg|tr|rv|doorst|i|enc|vs|vb|pd|vl|tov|fs|ilt|yml)(?:\[\d+\])? ?:", re.IGNORECASE
)

__all__ = ["Mark", "is_forward_subject", "is_quoted", "is_rule", "mark_at", "unprefixed"]


def is_forward_subject(subject: str, *, finnish: bool = False) -> bool:
    """Say whether the outermost prefix of a subject says that the mail is passed on; VS is an answer in Finnish only."""
    bare = subject.strip()[:200]
    return bool(_FORWARD_SUBJECT.match(bare)) and not (finnish and bare.lower().startswith("vs"))


def is_rule(line: str) -> bool:
    """Say whether a line is nothing but a rule of dashes, underscores or stars."""
    return bool(_RULE.fullmatch(line.strip()[:200]))


def mark_at(lines: Sequence[str], index: int) -> Mark | None:
    """Give the mark that begins on this line, None where there is none."""
    if _GROUPWISE.fullmatch(lines[index].strip()[:300]):
        return Mark("original", index, index + 1, lines[index])
    line = unprefixed(lines[index][:700])
    if not line:
        return None
    if line[0] in "-=*_~‐–—" and is_rule(line):
        return _below_rule(lines, index)
    separator = _separator(lines, index, line)
    if separator:
        return separator
    blocks = header_block(lines, index) or attribution(lines, index)
    return blocks or notes_columns(lines, index) or notes_table(lines, index)


def _below_rule(lines: Sequence[str], index: int) -> Mark | None:
    """Let a mark begin with the rule above it: a rule alone is none."""
    following = next_words(lines, index + 1)
    if following >= len(lines) or following > index + 3 or is_rule(unprefixed(lines[following])):
        return None
    found = mark_at(lines, following)
    if found is None and _COMMENT_HEAD.fullmatch(unprefixed(lines[following])[:200]):
        return Mark("original", index, following + 1)
    return replace(found, start=index) if found else None


def _separator(lines: Sequence[str], index: int, line: str) -> Mark | None:
    bare = line.strip("* ") if line.startswith("*") and "-" in line else line
    if _FORWARD.fullmatch(bare):
        return _with_headers(lines, index, "forward")
    if _ORIGINAL.fullmatch(bare):
        return _with_headers(lines, index, "original")
    if _NOTES.fullmatch(bare[:500]):
        return Mark("original", index, index + 1, bare)
    if _is_above(bare):
        return Mark("above", index, index + 1)
    if _BARE_ORIGINAL.fullmatch(bare) or _LABELLED_RULE.fullmatch(bare):
        following = next_words(lines, index + 1)
        headers = header_block(lines, following, least=2)
        return Mark("original", index, headers.end, headers.sender) if headers else None
    return None


def _with_headers(lines: Sequence[str], index: int, kind: str) -> Mark:
    following = next_words(lines, index + 1)
    headers = header_block(lines, following, least=2) if following <= index + 4 else None
    return Mark(kind, index, headers.end if headers else index + 1, headers.sender if headers else "")


def _is_above(line: str) -> bool:
    """Recognise "reply above this line" of a ticket system; a customer's own sentence has no marks around it, nor a command first."""
    if len(line) > 160 or not _ABOVE.search(line) or not _ANSWER.search(line):
        return False
    words = line.strip("#-=*_~[](){}<>|:.!‐–— ")
    before, after = line.find(words), len(line) - line.find(words) - len(words)
    set_off = len(words.split()) <= 20 and (before >= 2 or (before and after))
    shouts = sum(char.isupper() for char in words) > len(words) // 3
    commands = re.match(r"(?:please |bitte |)(?:reply|respond|type|write|answer|antworten)\b", words, re.IGNORECASE)
    return bool(set_off or shouts or (commands and len(words.split()) <= 12))
