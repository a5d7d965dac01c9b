"""Tell closing formulas, "Kind regards", in some fifteen languages, alone on a line or with the name behind them."""

from __future__ import annotations

import re

from mail.person_lines import is_name, is_title

_FORMULA = (
    r"(?:(?:with |my |our |very |most |all (?:the |my )?)?(?:best|kind(?:est)?|warm(?:est)?|many|sincere|friendly|cordial|good)? ?(?:regards|rgds|wishes|thanks)"
    r"(?: (?:and|&) (?:best |kind |warm )?(?:regards|thanks))?|regards|best|all (?:the|my) best|cheers|ta|take care|"
    r"thanks(?: (?:again|a million|a bunch|a ton|so much|very much|in advance|a lot|for (?:your|the) (?:help|patience|understanding)))?(?: (?:and|&) (?:kind |best )?regards)?|"
    r"thank you(?: (?:again|very much|in advance|so much|and (?:kind |best )?regards|for your (?:help|patience|understanding)))?|have a (?:good|great|nice|lovely) (?:one|day|weekend|week|evening)|"
    r"(?:yours )?(?:sincerely|faithfully|truly|cordially|respectfully)(?: yours)?|yours|br|kr|rgds|speak soon|talk soon|looking forward to hearing from you|"
    r"(?:mit )?(?:den )?(?:besten|freundlich(?:en|em)?|lieben?|schönen|herzlichen?|viele[n]?|liebe|beste|freundliche|herzliche|schöne|sonnige|kollegialen)n? "
    r"(?:grü(?:ß|ss)en?|gruß|gruss|dank|empfehlungen)(?: (?:aus|vom|von der|nach) .{1,30})?|"
    r"hochachtungsvoll|mfg|lg|vg|gruß|gruss|grü(?:ß|ss)e|schönen tag(?: noch)?|schönes wochenende|vielen dank(?: im voraus)?(?: und (?:viele|freundliche|beste) grü(?:ß|ss)e)?|danke|"
    r"(?:bien )?cordialement(?: vôtre)?|très cordialement|(?:avec )?(?:(?:mes|nos) )?(?:bien )?(?:sincères|meilleures|cordiales|respectueuses) salutations|salutations(?: distinguées| cordiales)?|"
    r"bien à vous|cdlt|crdlt|merci(?: d['’]avance| beaucoup| bien)?|amicalement|bonne (?:journée|réception|semaine)|sincèrement|"
    r"(?:un |reciba un |recibe un )?(?:saludos?|cordial saludo|atentamente|atte|saludos cordiales|muchas gracias|gracias|abrazo)(?: cordial(?:es)?| atentos?| y gracias)?|un cordial saludo|"
    r"(?:le saluda )?(?:muy )?atentamente|quedo a (?:su|tu) disposición|"
    r"(?:con i (?:migliori|più cordiali) )?(?:cordiali|distinti|cari|migliori)? ?saluti|un cordiale saluto|cordialmente|grazie(?: mille)?|buona giornata|buon lavoro|"
    r"(?:com os )?(?:melhores |nossos melhores )?cumprimentos|atenciosamente|att|obrigad[oa]|um abraço|abraços?|cordiais saudações|"
    r"(?:met )?(?:vriendelijke|hartelijke|beste) groet(?:en)?|mvg|groet(?:en|jes)?|hoogachtend|bedankt|alvast bedankt|"
    r"(?:med )?(?:vänliga?|bästa|venlig|vennlig|vennlige|varma) ?(?:hälsning(?:ar)?|hilsen|hilsener)|hälsningar|hilsen|mvh|"
    r"pozdrawiam(?: serdecznie)?|serdecznie pozdrawiam|z poważaniem|z pozdrowieniami|z wyrazami szacunku|ystävällisin terveisin|terveisin|s pozdravem|üdvözlettel|saygılarımla|с уважением)"
)
_CLOSING = re.compile(rf"{_FORMULA}(?: ?/ ?{_FORMULA})?[ ,.!;:–-]{{0,4}}", re.IGNORECASE)
_SIGNED = re.compile(rf"{_FORMULA},? {{1,2}}[-–—]? ?(?P<name>[A-ZÀ-Þ].{{1,40}})", re.IGNORECASE)
_LONGEST = 80


def is_closing(line: str) -> bool:
    """Say whether a line is a closing formula and nothing else."""
    return len(line) <= _LONGEST and bool(_CLOSING.fullmatch(line))


def is_signed_closing(line: str) -> bool:
    """Say whether a line is a closing formula with a name of three words at most: "Thanks, Ana"."""
    found = _SIGNED.fullmatch(line) if len(line) <= _LONGEST else None
    name = found["name"].rstrip(" ,.") if found else ""
    return bool(name) and len(name.split()) <= 3 and is_name(name) and not is_title(name)
