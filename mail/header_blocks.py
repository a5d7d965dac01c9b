"""Recognise the header block of an older mail written as text (From, Sent, To, Subject) in some thirty languages.

A block counts only as a whole: one line that begins with "From:" is prose. Nothing is cut here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mail.quote_lines import Mark, next_words, unprefixed

#: Labels as Outlook, Apple Mail, Gmail, Notes and the big web mailers write them, lower case.
_LABELS = {
    "from": "from|from address|sender|von|absender|de|expéditeur|da|mittente|van|afzender|remitente|remetente|från|avsändare|fra|afsender|avsender|"
    "lähettäjä|od|nadawca|odesílatel|odosielateľ|feladó|de la|expeditor|kimden|gönderen|от|от кого|отправитель|від|від кого|από|šalje|saatja|no|"
    "nuo|sūtītājs|差出人|送信者|送信元|发件人|寄件者|寄件人|보낸 사람|보낸사람|발신|מאת|من|từ|người gửi|dari|จาก|desde",
    "date": "sent|date|date sent|sent on|sent at|sent date|gesendet|gesendet am|datum|versendet|envoyé|envoyé le|date d'envoi|enviado|enviado el|"
    "enviado a las|enviada|enviada em|enviado em|enviada el|fecha|fecha de envío|data|data de envio|data di invio|inviato|inviato il|inviata|"
    "verzonden|verstuurd|verzonden op|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|pvm|wysłano|wysłane|data wysłania|odesláno|odoslané|"
    "dátum|küldve|elküldve|küldés dátuma|trimis|trimisă|gönderildi|gönderme tarihi|gönderilme tarihi|tarih|отправлено|дата|дата отправки|"
    "надіслано|изпратено|στάλθηκε|ημερομηνία|poslano|poslato|saadetud|kuupäev|nosūtīts|išsiųsta|送信日時|日時|日付|送信日|发送时间|"
    "寄件日期|日期|發送日期|时间|傳送時間|보낸 날짜|날짜|נשלח|תאריך|تاريخ|التاريخ|تم الإرسال|ngày|đã gửi|dikirim|tanggal|ส่ง|วันที่",
    "to": "to|an|empfänger|à|a|pour|destinataire|para|destinatario|destinatário|per|aan|ontvanger|till|til|modtager|mottaker|vastaanottaja|do|"
    "adresat|komu|címzett|către|kime|alıcı|кому|получатель|до|προς|prima|za|kam|adressaat|宛先|收件人|收件者|받는 사람|받는사람|수신|אל|"
    "إلى|đến|tới|kepada|ถึง",
    "cc": "cc|bcc|cco|ccn|cci|kopie|kopie (cc)|kopia|kopi|kopio|copie|copie à|con copia|copia|copia a|dw|udw|másolatot kap|másolat|bilgi|копия|копія|κοιν|"
    "抄送|副本|참조|עותק|reply-to|reply to|replyto|antwort an|répondre à|responder a|rispondi a|antwoord aan|attachments|attachment|anlagen|"
    "pièces jointes|adjuntos|allegati|bijlagen|anexos|importance|wichtigkeit|priority|priorität|organization|organisation|mailed-by|cc to",
    "subject": "subject|subj|betreff|betr|objet|sujet|asunto|onderwerp|betreft|oggetto|assunto|ämne|emne|aihe|temat|tytuł|předmět|predmet|vec|"
    "tárgy|subiect|konu|тема|относно|θέμα|naslov|zadeva|teema|temats|tēma|tema|件名|主题|主題|主旨|标题|제목|נושא|الموضوع|موضوع|chủ đề|"
    "tiêu đề|subjek|perihal|เรื่อง",
}
_KIND = {label: kind for kind, labels in _LABELS.items() for label in labels.split("|")}
_LINE = re.compile(r"[*_]{0,3}\s{0,3}([^\W\d_][\w '()-]{0,23})\s{0,3}[*_]{0,3}\s{0,3}[:：][*_]{0,3}(.*)")
_INSIDE = re.compile(r"(?:^|[\s*_])([^\W\d_]{1,14}(?: [^\W\d_]{1,8})?)[*_]{0,3}[:：][*_]{0,3}(?=\s)")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_DATE = re.compile(r"\b\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\d年|\d월")
_SENT = re.compile(r"[*_ ]{0,3}(?:sent|gesendet|envoy|envia|invia|verzond|skickat|sendt|wysłan|odes)", re.IGNORECASE)
_MAX_LINES = 24


def header_block(lines: Sequence[str], start: int, *, least: int = 3) -> Mark | None:
    """Give the mark of the header block that begins on this line: a sender and at least `least` kinds of header in all."""
    if start >= len(lines):
        return None
    first, _ = _labelled(lines[start])
    if not first:
        return None
    return _one_line(lines, start) or _block(lines, start, least)


def _block(lines: Sequence[str], start: int, least: int) -> Mark | None:
    found: dict[str, str] = {}
    end, blanks, open_kind, date_label = start, 0, "", ""
    for index in range(start, min(len(lines), start + _MAX_LINES)):
        kind, value = _labelled(lines[index])
        bare = unprefixed(lines[index])
        if kind and (kind not in found or kind == "cc"):
            date_label = bare if kind == "date" else date_label
            found[kind] = value
            open_kind, blanks, end = kind, 0, index + 1
        elif not bare:
            blanks += 1
            if blanks > 1 or len(found) >= 4 or "subject" in found:
                break
        elif open_kind and not found[open_kind] and len(bare) < 300:
            found[open_kind], blanks, end = bare, 0, index + 1  # the value stands below its label
        elif blanks == 0 and open_kind and _continues(bare, open_kind):
            end = index + 1
        else:
            break
    return Mark("headers", start, end, found["from"]) if _is_sure(found, least, date_label) else None


def _is_sure(found: dict[str, str], least: int, date_label: str) -> bool:
    if not found.get("from") or len(found.keys() - {"cc"}) < least:
        return False
    if "subject" in found or "@" in found["from"]:
        return True
    sent = found.get("date", "")  # a transfer has a date too, but nobody labels it as sent
    return bool(_TIME.search(sent) and _DATE.search(sent)) and bool(_SENT.match(date_label))


def _labelled(line: str) -> tuple[str, str]:
    """Give the kind of header that a line is, and its value; an empty kind where it is none."""
    match = _LINE.fullmatch(unprefixed(line[:2000]))
    if match is None:
        return "", ""
    return _KIND.get(match[1].strip().lower(), ""), match[2].strip(" \t*_")


def _continues(line: str, kind: str) -> bool:
    """Say whether a line goes on with a long header: more addresses, never the first words of the mail."""
    if kind not in ("to", "cc", "from"):
        return False
    return "@" in line or line.endswith((";", ">"))


def _one_line(lines: Sequence[str], start: int) -> Mark | None:
    """Recognise headers that were run together into one line."""
    line = unprefixed(lines[start][:1000])
    if _labelled(line)[0] != "from" or "@" not in line:
        return None
    kinds = set()
    for match in _INSIDE.finditer(line):
        words = match[1].lower()
        kinds.add(_KIND.get(words) or _KIND.get(words.rpartition(" ")[2], ""))
    return Mark("headers", start, start + 1, line) if {"from", "date", "subject"} <= kinds else None


_COLUMN = {
    "to": frozenset({"to", "an", "à", "a", "para", "aan"}),
    "subject": frozenset({"subject", "thema", "betreff", "objet", "asunto", "oggetto", "onderwerp"}),
}


def notes_columns(lines: Sequence[str], start: int) -> Mark | None:
    """Recognise the head of an IBM Notes mail, whose labels stand alone above their values, below sender and date."""
    sender = unprefixed(lines[start][:200])
    dated = start if _is_dated(sender) else start + 1
    if dated >= len(lines) or not _is_dated(unprefixed(lines[dated][:200])) or len(sender.split()) > 8:
        return None
    wanted = ["to", "subject"]
    for index in range(dated + 1, min(len(lines), start + _MAX_LINES)):
        bare = unprefixed(lines[index][:200]).lower()
        if bare in _COLUMN[wanted[0]]:
            wanted.pop(0)
            if not wanted:
                after = next_words(lines, index + 1)
                return Mark("headers", start, min(after + 1, len(lines)), sender)
        elif len(wanted) == 2 and bare and index > dated + 3:
            return None
    return None


def notes_table(lines: Sequence[str], start: int) -> Mark | None:
    """Recognise the head of an old Notes mail: sender and date in a left column, "To", "cc" and "Subject" at the right."""
    if not lines[start].startswith("     "):
        return None
    wanted, dated, end = ["to", "subject"], False, start
    for index in range(start, min(len(lines), start + _MAX_LINES)):
        line = lines[index][:300].rstrip()
        if line and not line.startswith("    "):
            break
        label = line.rpartition("   ")[2].strip().lower()
        if wanted and label in _COLUMN[wanted[0]]:
            wanted.pop(0)
        dated = dated or bool(_TIME.search(line) and _DATE.search(line))
        end = index + 1 if line else end
    return Mark("headers", start, end, lines[start].strip()) if not wanted and dated else None


def _is_dated(line: str) -> bool:
    return len(line) <= 120 and bool(_TIME.search(line) and _DATE.search(line))
