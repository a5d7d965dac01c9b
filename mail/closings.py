"""Find a closing signature that no dash sets off: "Kind regards," then a name, then contact lines, and nothing else below.

Only a block with a telephone number, an address of mail or a web page counts, since "Regards, Anna" alone costs nothing, and only where
each line is a name, a title or contact details. A line that tells something new ("new number:") keeps the whole block in the text.
"""

from __future__ import annotations

import re

_CLOSING = re.compile(
    r"(?:(?:with |my |our |very |most |all (?:the |my )?)?(?:best|kind(?:est)?|warm(?:est)?|many|sincere|friendly|cordial|good)? ?(?:regards|rgds|wishes|thanks)"
    r"(?: (?:and|&) (?:best |kind |warm )?(?:regards|thanks))?|regards|best|cheers|thanks(?: (?:again|so much|very much|in advance|a lot))?|thank you(?: (?:again|very much|in advance|so much))?|"
    r"(?:yours )?(?:sincerely|faithfully|truly|cordially|respectfully)(?: yours)?|br|kr|rgds|"
    r"(?:mit )?(?:den )?(?:besten|freundlichen?|lieben?|schönen|herzlichen?|viele[n]?|liebe|beste|freundliche|herzliche|schöne)n? (?:grü(?:ß|ss)en?|dank)(?: aus .{1,30})?|"
    r"mfg|lg|vg|gruß|grüße|(?:bien )?cordialement|(?:bien )?(?:sincères|meilleures) salutations|salutations(?: distinguées)?|bien à vous|cdlt|merci(?: d['’]avance)?|"
    r"(?:un )?(?:saludos?|cordial saludo|atentamente|atte|saludos cordiales|muchas gracias|gracias)(?: cordial(?:es)?)?|un cordial saludo|(?:le saluda )?atentamente|"
    r"(?:cordiali|distinti|cari) saluti|saluti|cordialmente|grazie(?: mille)?|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|att|obrigad[oa]|abraços?|"
    r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|mvg|groet(?:en|jes)?|bedankt|(?:med )?(?:vänlig|bästa|vennlig|venlig) ?(?:a )?(?:hälsning(?:ar)?|hilsen)|mvh|"
    r"pozdrawiam|z poważaniem|ystävällisin terveisin|terveisin|s pozdravem|üdvözlettel|saygılarımla|с уважением)[ ,.!;:–-]{0,4}",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?:(?:tel|phone|mobile|cell|fax|office|direct|telefon|telefax|mobil|handy|tél|téléphone|móvil|teléfono|cel|telefono|tlf|tfn|ph|fon|durchwahl|work|home|dir|main|"
    r"t|m|p|f|o|d|c|w)\b[.:)]{0,2} {0,3})?[+(]{0,2}\d[\d ()./+-]{6,28}(?: ?(?:ext|x|dw)\.? ?\d{1,6})?(?: ?\([\w ]{1,12}\))?",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?:e-?mail|mail|e|m|correo)?[:. ]{0,3}<?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}>?(?:<mailto:\S{1,200}>)?",
    re.IGNORECASE,
)
_WEB = re.compile(
    r"(?:(?:web|website|internet|url|w|visit us(?: at)?)[:. ]{0,3})?<?(?:https?://\S{3,200}|www\.\S{3,200}|[a-z0-9-]{2,63}(?:\.[a-z0-9-]{2,63}){0,3}\.[a-z]{2,12}(?:/\S{0,100})?)>?",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}")
_SEPARATED = re.compile(r" {0,3}(?:[|•·/–—]| {3,}|, | - ) {0,3}")
_POSTAL = re.compile(
    r"(?:[A-Z]{1,2}-)?\d{4,6},? [A-ZÀ-Þ][\w .'/-]{1,40}|[\w .'ß-]{3,40}(?:str(?:aße|asse|\.)?|straat|street|st\.?|road|rd\.?|avenue|ave\.?|lane|drive|weg|allee|platz|gasse|laan|plein)"
    r",? ?\d{0,5} ?[a-z]?|\d{1,5},? (?:rue|avenue|av\.|bd|boulevard|place|[A-Z]\w{1,20}) [\w .'-]{2,40}|(?:calle|c/|via|piazza|rua|ul\.|p\.?o\.? box|postfach|suite|floor) .{1,40}",
    re.IGNORECASE,
)
_REGISTER = re.compile(
    r"(?:vat|ust-?id|hrb|handelsregister|amtsgericht|siret|rcs|kvk|btw|cif|nif|p\.? ?iva|registered (?:in|office)|company (?:no|number)|geschäftsführer|managing director|sitz der gesellschaft)\b.{0,120}",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"\b(?:new|changed?|now|please|from now|neue[rsn]?|geändert|jetzt|bitte|nouve(?:au|lle)|changé|nuev[oa]s?|nuov[oa]|nov[oa]s?|nieuwe?|gewijzigd|invoice|inv|rechnung|"
    r"facture|factura|fattura|fatura|factuur|paid|pay|iban|bic|swift|eur|usd|gbp|chf|po|order)\b|[€$£]",
    re.IGNORECASE,
)
_PARTICLE = re.compile(
    r"de|da|di|do|dos|das|del|della|la|le|van|von|der|den|zu|zur|und|and|y|e|i|et|of|for|the|&|ter|ten|bin|al",
    re.IGNORECASE,
)
#: By order of, by proxy: before the name of whoever signs for a German company.
_FOR_OTHERS = re.compile(r"(?:i\. ?[AV]\.|ppa\.?|im Auftrag|p\.p\.) ")
_MAX_LINES = 14


def closing_block(lines: list[str]) -> int:
    """Give the line where a closing signature begins; 0 where none surely does."""
    last = max((n for n, line in enumerate(lines) if line.strip()), default=-1)
    floor = max(0, last - 2 * _MAX_LINES)
    for start in range(last, floor, -1):
        if not _CLOSING.fullmatch(lines[start].strip()[:80]):
            continue
        block = [line.strip() for line in lines[start + 1 : last + 1] if line.strip()]
        return start if _is_sure(block) else 0
    return 0


def _is_sure(block: list[str]) -> bool:
    if not 2 <= len(block) <= _MAX_LINES or not is_name(block[0]):
        return False
    if any(_NEWS.search(line) and not _REGISTER.fullmatch(line) for line in block):
        return False
    return all(is_contact(line) or is_name(line) or is_title(line) for line in block) and any(map(is_contact, block))


def is_contact(line: str) -> bool:
    """Say whether a line is nothing but telephone numbers, addresses of mail, web pages, postal addresses or register entries."""
    bare = line.strip()[:300].replace("*", "")
    if not bare or _REGISTER.fullmatch(bare):
        return bool(bare)
    parts = [part.strip() for part in _SEPARATED.split(bare) if part.strip(" |•·")]
    whole = _one_contact(bare)
    return whole or (
        bool(parts) and all(_one_contact(part) or is_name(part) for part in parts) and any(map(_one_contact, parts))
    )


def _one_contact(text: str) -> bool:
    if _DATE.fullmatch(text):
        return False
    if _PHONE.fullmatch(text):
        return sum(char.isdigit() for char in text) >= 7
    return bool(_MAIL.fullmatch(text) or _WEB.fullmatch(text) or _POSTAL.fullmatch(text))


def is_name(line: str) -> bool:
    """Say whether a line may be the name of a person or company: a few words in capitals, no digits, no sentence."""
    words = _FOR_OTHERS.sub("", line.strip().strip("*_,|- "), count=1).split()
    if (
        not 1 <= len(words) <= 6
        or len(line) > 60
        or any(char.isdigit() for char in line)
        or line.rstrip().endswith(("?", "!", ":", ";"))
    ):
        return False
    return (
        all(word[:1].isupper() or _PARTICLE.fullmatch(word) or not word[:1].isalpha() for word in words)
        and words[0][:1].isalpha()
    )


def is_title(line: str) -> bool:
    """Say whether a line may be a job title, a department or a placeholder of a picture."""
    bare = line.strip().strip("*_|")
    if re.fullmatch(r"\[(?:cid|image|logo)[^\[\]]{0,200}\]|<image\d{0,4}\.\w{3,4}>", bare, re.IGNORECASE):
        return True
    words = bare.split()
    if (
        not 1 <= len(words) <= 9
        or len(bare) > 80
        or bare.endswith(("?", "!", ".", ":", ";"))
        or any(char.isdigit() for char in bare)
    ):
        return False
    capitals = sum(word[:1].isupper() for word in words)
    return bare[:1].isupper() and capitals * 2 >= len(words)
