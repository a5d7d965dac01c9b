"""Tell telephone numbers, addresses of mail, web pages, social networks and office hours that stand alone, as in a signature.

Each function is asked about one piece of a line. A piece with a word more than such a detail is none: it may be what the customer says.
"""

from __future__ import annotations

import re

_LABELS = (
    r"tel(?:ephone|efon|efoon|éfono|efono|efone)?|tél(?:éphone)?|telefax|phone|mobile?|mob|mobiel|mobilní|mobil(?:nummer|telefon)?|cell(?:ulare|phone)?|cel(?:ular)?|"
    r"handy|natel|gsm|portable|port|móvil|telemóvel|tlm|tlf|tfn?|tfno|kom|komórka|fon|fax|faks|facsimile|office|direct(?:e|o)?(?: (?:line|dial))?|dir|ligne directe|linea diretta|"
    r"línea directa|durchwahl|dw|direktwahl|zentrale|main|switchboard|standard|centralino|centralita|reception|work|home|whats ?app|ph|toll[ -]?free|freephone|hotline|"
    r"rechtstreeks|doorkiesnummer|växel|direktnummer|call(?: us)?|t|m|p|f|o|d|c|w|h"
)
_LABEL = rf"(?:(?:{_LABELS})\b\.?(?: ?[/&+] ?(?:{_LABELS})\b\.?)?(?: ?\([\w ]{{1,12}}\))? ?[:.)]?:? {{0,3}})"
_NUMBER = r"[+(]{0,2}\d[\d ()./\u2010\u2011\u2013-]{5,26}\d\)?"
_EXTENSION = r"(?:,? ?(?:ext(?:ension)?|x|dw|durchwahl|poste|int(?:erno)?|anexo|ramal|toestel|wew|anknytning)\b[.:]? ?-?\d{1,6})?"
_PHONE = re.compile(
    rf"{_LABEL}?(?P<number>{_NUMBER}){_EXTENSION}(?: ?\((?:[\w ]{{1,12}})\)| (?:{_LABELS})| r\.?a\.?)?", re.IGNORECASE
)
_EXTENSION_ALONE = re.compile(
    r"(?:ext(?:ension)?|durchwahl|dw|poste|interno|ramal|toestel)\b[.:]? {0,2}[-\u2013]? ?\d{1,6}", re.IGNORECASE
)
_LABELLED = re.compile(rf"{_LABEL}[+(]{{0,2}}\d", re.IGNORECASE)
_GROUPED = re.compile(r"\d{2,5}(?:[ /.-]\(?\d{1,6}\)?){2,6}|\d{3}[ .-]\d{4}|\d{3,5}[ /-]\d{5,8}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[. ]000)+|\d{1,3}(?:\.\d{3})+")
_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?: \d{1,2}[:.]\d{2}.{0,8})?|\d{4}[-/.]\d{2}[-/.]\d{2}(?: \d{1,2}[:.]\d{2}.{0,8})?"
)

_MAIL = re.compile(
    r"(?:(?:e-?mails?|mail|e|m|correo(?: electrónico)?|courriel|mél|e-mail address|posta|pec|email us)\b)?[:. ]{0,3}<?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}>?"
    r" ?(?:[<\[]mailto:[^\s<>\[\]]{1,200}[>\]])?",
    re.IGNORECASE,
)
_WEB = re.compile(
    r"(?:(?:web(?:site|seite)?|internet|url|w|i|site|home ?page|sito|visit us(?: at| on)?)\b[:. ]{0,3})?<?(?:https?://\S{3,300}|www\.\S{3,300}|"
    r"[a-z0-9-]{2,63}(?:\.[a-z0-9-]{2,63}){0,3}\.(?!pdf|docx?|xlsx?|jpe?g|png|gif|zip|csv|txt|xml|eml|msg|html?\b)[a-z]{2,12}(?:/\S{0,100})?(?: ?<https?://\S{3,300})?)>?|"
    r"(?:our )?(?:website|web|homepage|internet|map|anfahrt) ?<https?://\S{3,300}>",
    re.IGNORECASE,
)
_NETWORK = (
    r"linked-?in|facebook|instagram|twitter|x(?: \(twitter\))?|xing|you ?tube|tik ?tok|mastodon|bluesky|threads|pinterest|vimeo|skype|teams|signal|telegram|wechat|whats ?app|"
    r"blog|newsletter|podcast"
)
_SOCIAL = re.compile(
    rf"(?:(?:follow|find|join|like|visit|connect with|folgen sie|besuchen sie|suivez|retrouvez|síg[ua](?:e)?nos|seguici|siga|volg)(?:[ -](?:us|me|our|uns|nous|ons|o|a|auch|y))*"
    rf"(?: ?(?:on|at|auf|bei|sur|en|su|op|no|in))? ?:? )?(?:{_NETWORK})"
    rf"(?:(?:,| and| und| et| y| e| en| or| &| /) ?(?:{_NETWORK}))*(?: ?[:@] ?@?[\w./-]{{1,60}}| ?<https?://\S{{3,300}}>|: ?https?://\S{{3,300}})?",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"@[A-Za-z][\w.]{2,30}")
_PICTURE = re.compile(
    r"\[?(?:cid:[^\s\[\]]{1,200}|(?:image|logo|bild|picture|photo)(?::? ?[^\[\]]{0,60})?\.(?:png|jpe?g|gif|bmp))\]?|\[(?:cid|image|logo|bild|picture|photo|banner)[^\[\]]{0,200}\]|"
    r"<image\d{0,4}\.\w{3,4}>",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(?:(?:office|opening|working|business) (?:hours|days)|bürozeiten|öffnungszeiten|geschäftszeiten|sprechzeiten|horaires?|horario|orari[oi]?|openingstijden|bereikbaar|"
    r"werkdagen|arbeitstage|horário) ?:? (?P<times>.{2,80})",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?|mo|di|mi|do|fr|sa|so|ma|wo|vr|za|lun|mar|mer|miér?|mié|jeu|jue|gio|ven|vie|vier|sex|seg|ter|qua|qui|l|v|"
    r"(?:mon|diens|donners|frei)tag|mittwoch|lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miércoles|jueves|viernes|maandag|dinsdag|woensdag|donderdag|vrijdag|"
    r"\d{1,2}(?:[:.h]\d{0,2})?(?:am|pm|h)?|am|pm|a\.m\.|p\.m\.|uhr|uur|h|to|bis|à|a|alle|tot|en|und|and|et|y|e|from|von|van|de|das|às",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;|/&()\u2013-]+")


def is_phone(text: str) -> bool:
    """Say whether a piece is one telephone number, which has seven digits at least, or an extension with its label."""
    if _EXTENSION_ALONE.fullmatch(text):
        return True
    if _DATE.fullmatch(text):
        return False
    found = _PHONE.fullmatch(text)
    if not found:
        return False
    number = found["number"]
    if not 7 <= sum(char.isdigit() for char in number) <= 17:
        return False
    if _LABELLED.match(text) or number.startswith(("+", "(", "0")):
        return True
    return bool(_GROUPED.fullmatch(number)) and not _THOUSANDS.fullmatch(number)


def is_mail(text: str) -> bool:
    """Say whether a piece is one address of mail, with or without a label."""
    return bool(_MAIL.fullmatch(text))


def is_web(text: str) -> bool:
    """Say whether a piece is one web page; the name of a file is none."""
    return bool(_WEB.fullmatch(text))


def is_social(text: str) -> bool:
    """Say whether a piece names social networks, or one of them with a page."""
    return bool(_SOCIAL.fullmatch(text) or _HANDLE.fullmatch(text))


def is_picture(text: str) -> bool:
    """Say whether a piece is what stands for a picture where pictures cannot be shown."""
    return bool(_PICTURE.fullmatch(text))


def is_hours(text: str) -> bool:
    """Say whether a piece gives office hours with their label."""
    found = _HOURS.fullmatch(text)
    times = [piece for piece in _BETWEEN.split(found["times"]) if piece] if found else []
    return bool(times) and all(_TIME.fullmatch(piece) for piece in times)
