"""Decide whether a mail is a delivery failure: who wrote, the subject, the opening words and the structure are looked at together.

A person who writes about a bounce, pastes one or forwards one writes a reply. In doubt a mail is a reply: a person reads it.
"""

from __future__ import annotations

import re
from email.message import Message

from mail.bounce_openings import OPENING, SUBJECT, SUCCESS, WARNING
from mail.bounce_reasons import has_code, speaks
from mail.bounce_report import Report
from mail.headers import first, text_of, values

_DAEMON = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|maildaemon|mailer|mail[-_.]?delivery[\w.-]{0,30}|delivery[-_.]?(?:system|agent|failure|status)?|"
    r"microsoftexchange\w{0,60}|mailsystem|mail[-_.]system|mmdf|bounces?[\w.+-]{0,40}|dsn|ndr|smtpd?|qmail[\w-]{0,10}|bounce-notification)@|^\"?mailer[- _]daemon|^<>$",
    re.IGNORECASE,
)
_POST = re.compile(
    r"(?:postmaster|mailmaster|listserv\w{0,10}|amavis|mailgateway|virus\w{0,10}|antispam|exchange)@|"
    r"mail (?:delivery|administrator|system|gateway|router)|delivery (?:sub)?system|system ?administrator|postmaster|e-?mail delivery|message delivery|mail server",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"(?:administrator|system|root|hostmaster|no-?reply|do-?not-?reply|notification\w{0,3}|daemon|alerts?|robot)@",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"e-?mail|\bmails?\b|message|recipient|nachricht|empfänger|courriel|courrier|destinat|correo|mensaje|messaggio|posta\b|bericht|ontvanger|mensagem|meddeland|mottagar|wiadomo|poczt|odbiorc|письм|сообщ|メール|メッセージ|邮件|郵件",
    re.IGNORECASE,
)
#: Goods are delivered too, and invoices rejected.
_GOODS = re.compile(
    r"parcel|shipment|consignment|\bpackages?\b|courier|tracking|carrier|warehouse|pallet|driver|goods|paket|sendung\b|spedition|lieferschein|\bware\b|colis|livraison|marchandise|paquete|mercanc|pacco|merce\b|pakket|zending|encomenda|mercadoria|przesyłk|towar|посылк|груз|荷物|包裹",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\s{0,5}(?:\[[^\[\]]{1,30}\]\s{0,5})?(?:re|aw|fwd?|wg|tr|rv|sv|vs|vb|antw|odp|pd|enc|res|rif|i|r|ref|doorst|ответ|回复|转发)\s?(?:\[\d\])?\s?[:：]",
    re.IGNORECASE,
)
#: How people begin and end. Machines that write "Hi. This is the qmail-send program" or "Dear user" stay machines.
_PERSON = re.compile(
    r"(?im)^[ \t]{0,8}(?:(?:hi|hello|hey|dear|hallo|liebe[rs]?|sehr geehrte[rs]?|guten tag|bonjour|chère?|hola|estimad[oa]s?|buongiorno|gentile|beste|olá|prezad[oa]|hej|cześć|dzień dobry)"
    r" (?![^\n]{0,20}(?:sender|user|sir|customer|there|this is|nutzer|absender|kunde|client|usuario|utente|afzender|expéditeur|remitente|mittente|remetente|nadawc|avsändare))[^\n]{2,40}[,!]\s*$|"
    r"(?:best|kind|warm|many)?\s?(?:regards|wishes|thanks|thank you|cheers|best),?\s*$|(?:mit )?(?:freundliche|viele|beste|liebe|schöne)[nr]? gr(?:ü|ue)(?:ß|ss)en?|mfg|cordialement|bien à vous|saludos|un saludo|atentamente|"
    r"cordiali saluti|distinti saluti|met vriendelijke groet|atenciosamente|cumprimentos|med vänlig|vänliga|pozdrawiam|sent from my|von meinem)"
)


def is_failure(top: Message, report: Report) -> bool:
    """Say whether the mail reports that a mail was not, or not yet, delivered. Reports of success are none."""
    subject = text_of(first(top, "subject"))
    if _is_report(top) and report.has_part:
        return True  # whom it failed for, if anybody, the fields say
    words = report.words.lstrip()
    sender = _machine(top)
    if wrapped(top, report) is not None:
        return not _ANSWER.match(subject)
    answer = bool(_ANSWER.match(subject))
    # Most mails end here: what costs more is asked only where the answer hangs on it.
    if sender != 3 and (answer or _PERSON.search(words[:6000])):
        return False
    subject_tells = bool(SUBJECT.search(subject)) and not answer
    if sender == 0 and not subject_tells:
        return False
    if SUCCESS.search(f"{subject}\n{words[:600]}") and not WARNING.search(subject) and not has_code(words[:4000]):
        return False
    structure = report.returns or bool(report.fields) or report.original_id is not None
    if sender == 3:
        return subject_tells or _opens(words) or ((structure or speaks(words[:4000])) and not answer)
    if sender and report.has_part:
        return True
    if not (structure or has_code(words[:4000])) and (_GOODS.search(words[:4000]) or not _MAIL.search(words[:4000])):
        return False
    if sender == 2:
        starts = _starts(words)
        signs = subject_tells + (starts or _opens(words)) + structure + speaks(words[:4000])
        return (subject_tells or starts) and signs >= 2
    if sender == 1:
        return subject_tells and _opens(words) and (structure or speaks(words[:4000]))
    first_words = OPENING.match(words.lstrip(" \t\n*#-=_|[]")) is not None
    return subject_tells and first_words and (structure or has_code(words[:4000]))


def _starts(words: str) -> bool:
    """Say whether the first lines, as they stand or on one line, open as reports do."""
    return any(OPENING.search(text) for text in (words[:450], " ".join(words[:450].split())))


def _opens(words: str) -> bool:
    """Say whether anything in the words opens as reports do."""
    return _starts(words) or OPENING.search(words[:4000]) is not None


def wrapped(top: Message, report: Report) -> Message | None:
    """Give the report inside, where some router of ours passed a report on unchanged; a person who does so is no machine."""
    if len(report.headers) != 1 or _machine(top) == 0:
        return None
    inner = report.headers[0]
    return inner if inner.get_content_type() == "multipart/report" and _machine(inner) else None


def _machine(top: Message) -> int:
    """Weigh the sender: 3 a mail system beyond doubt, 2 one that may be a person's role, 1 some robot, 0 a person."""
    sender = text_of(first(top, "from"))
    null_path = bool(values(top, "return-path")) and first(top, "return-path").strip() in ("<>", "")
    if _DAEMON.search(sender) or values(top, "x-failed-recipients"):
        return 3
    post = bool(_POST.search(sender))
    if null_path or not sender.strip():
        return 3 if post else 2
    if post:
        return 2
    submitted = first(top, "auto-submitted").strip().lower().startswith("auto")
    return 1 if submitted or _ROBOT.search(sender) or _is_report(top) else 0


def _is_report(top: Message) -> bool:
    if top.get_content_type() == "multipart/report":
        return True
    return any(
        part.get_content_type() == "multipart/report"
        for part in (top.get_payload() if top.get_content_maintype() == "multipart" and top.is_multipart() else [])
        if isinstance(part, Message)
    )


def is_warning(top: Message, report: Report) -> bool:
    """Say whether a report without fields is only a delay: the mail is still being tried."""
    return bool(WARNING.search(f"{text_of(first(top, 'subject'))}\n{report.words[:3000]}"))
