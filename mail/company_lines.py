"""Tell the names of companies by their legal form, and the lines by which a company says where it is registered.

The rest of a registration line must be names and numbers: "VAT is wrong on INV-1" is what a customer says.
"""

from __future__ import annotations

import re

from mail.person_lines import are_capitals, denies

_FORM = (
    r"ltd|limited|llp|plc|llc|l\.l\.c|inc|incorporated|corp|corporation|co|company|dac|clg|teoranta|pty|ulc|lp|l\.p|pc|cic|"
    r"gmbh|ggmbh|mbh|g?ges\.?m\.?b\.?h|ag|kg|kgaa|ohg|ug(?: \(haftungsbeschränkt\))?|gbr|e\.k|e\.kfm|ek|se|e\.v|eg|partg|partgmbb|kommanditgesellschaft|"
    r"sarl|s\.à ?r\.l|s\.a\.r\.l|sàrl|sas|s\.a\.s|sasu|eurl|snc|sci|scop|sa|s\.a|"
    r"bv|b\.v|nv|n\.v|vof|v\.o\.f|bvba|cv|c\.v|cvba|srl|s\.r\.l|s\.r\.l\.s|spa|s\.p\.a|s\.a\.s|s\.n\.c|scarl|soc\. coop|"
    r"s\.?a\.? de c\.?v|s\.? de r\.?l\.? de c\.?v|s\.?a\.?s\.? de c\.?v|sl|s\.l|slu|s\.l\.u|sau|s\.a\.u|s\.coop|s\.c|cb|c\.b|lda|l\.da|unipessoal,? lda|ltda|eireli|epp|me|s/a|"
    r"sp\. ?z ?o\.? ?o|sp\.? ?j|sp\.? ?k|spółka z o\.o|s\.k\.a|ab|aktiebolag|hb|kb|as|a/s|aps|oy|oyj|s\.r\.o|a\.s|kft|zrt|nyrt|d\.o\.o|gruppe|group|holding|holdings|& sons|& söhne|& co|et fils|hnos|"
    r"hermanos|& figli|& zonen|e figli|& filhos"
)
_COMPANY = re.compile(
    rf"(?P<name>[^\s,].{{1,60}}?),? \(?(?P<form>(?:{_FORM})\.?(?:,? ?(?:&|and|und|et)? ?\(?(?:{_FORM})\.?\)?){{0,3}})\)?(?P<more>(?:,? (?:t/a|trading as|dba|zweigniederlassung|niederlassung|filiale) .{{2,50}})?)",
    re.IGNORECASE,
)
_FORM_FIRST = re.compile(
    r"(?:SAS|SASU|SARL|EURL|SCI|SNC|SCEA|GAEC|EARL|SCOP|Stichting|Fa\.|Firma|Ditta|VOF|UAB|OOO|PT|P\.H\.U\.|PHU) [A-ZÀ-Þ].{1,60}"
)
_LABEL = (
    r"vat(?: ?(?:reg(?:istration)?|no|number|id|gb))*|ust\.?-?(?:id)?\.?-?(?:nr)?|uid(?:-nr)?|che|steuer-?(?:nr|nummer)|st\.?-?nr|hr[ab]|gnr|handelsregister|genossenschaftsregister|vereinsregister|partnerschaftsregister|registergericht|amtsgericht|firmenbuch(?:nummer|gericht)?|"
    r"fn|ag|fbn|handelsgericht|siret|siren|rcs|r\.c\.s|ape|naf|tva(?: intracom(?:munautaire)?)?|n° ?tva|capital(?: social)?(?: de)?|sarl au capital de|sas au capital de|sa au capital de|au capital de|kvk(?:-?nr|-?nummer)?|k\.v\.k|btw(?:-?nr|-?nummer)?|"
    r"be|rpr|rpm|cif|nif|c\.i\.f|n\.i\.f|r\.m\.|registro mercantil|inscrita en el|p\.? ?iva|partita iva|c\.? ?f\.?|cod(?:ice)?\.? fisc(?:ale)?\.?|rea|r\.e\.a|cap\. ?soc|capitale sociale|reg\. ?imp|"
    r"cnpj|c\.n\.p\.j|nipc|matrícula|crc|krs|nip|regon|org\.? ?(?:nr|nummer)|organisationsnummer|momsreg\w*|vat-?nr|cvr|y-tunnus|abn|acn|ein|duns|d-u-n-s|gst|hst|pst|eori|"
    r"registered(?: in| office| address| number| no| company)?|reg\.?(?: ?(?:office|no|number|in))?|incorporated in|company(?: ?(?:reg(?:istration)?|no|number))*|directors?|chairman|"
    r"geschäftsführ(?:er|erin|erinnen|ung)|gf|vorstand|vorsitzende[rn]?(?: des aufsichtsrate?s)?|aufsichtsrat(?:svorsitzende[rn]?)?|sitz(?: der gesellschaft)?|managing directors?|firmensitz|gerichtsstand|"
    r"pers(?:\.|önlich) haft(?:\.|ende) gesellschafterin|komplementärin|siège(?: social)?|sede(?: legale| social| operativa)?|domicilio social|statutaire zetel|maatschappelijke zetel|kamer van koophandel|"
    r"capital social|zarząd|sąd rejonowy|kapitał zakładowy|authorised and regulated by|licen[cs]e(?: no)?|numéro? d['’]entreprise|inscrite?(?: au rcs)?|gérante?|organisationsnr|säte"
)
_REGISTER = re.compile(rf"(?:{_LABEL})(?:[.:/°ºn ]|nr\b|no\b|number\b|[-–] ){{0,8}}(?P<tail>.{{0,160}})", re.IGNORECASE)
_IS_REGISTERED = re.compile(
    r"(?P<name>[^\s].{1,70}?)(?:,| is| are| ist| est| is een)? (?:a (?:limited )?company |a trading name of .{2,50} )?(?:registered|incorporated|eingetragen|immatriculée|ingeschreven|inscrita)"
    r"(?: office)?(?: in| im| beim| bij| au| en)?(?P<tail>.{0,160})",
    re.IGNORECASE,
)
_REGISTER_WORD = re.compile(
    r"(?:in|is|no|number|nr|office|company|registered|registration|under|with|at|and|und|et|y|e|en|wales|the|of|de|du|la|le|des|con|da|do|das|beim|bei|im|am|unter|der|nummer|mit|sitz|"
    r"number:|no\.|nr\.|vat|iva|btw|ust|id|tva|rcs|cf|rea|fully|paid|up|share|capital|social|eur|euros?|€|i\.?v\.?|au|sous|numéro|n°|tomo|folio|hoja|sección|libro|inscripción|tom|vol|reg|imp|partially|"
    r"geschäftsführer|geschäftsführerin|amtsgericht|handelsregister|registergericht|hrb|hra|sitz|st|dr|whose|address|a|limited|office:|sąd|dla|wydział|gospodarczy|krajowego|rejestru|sądowego|zł|"
    r"säte|godkänd|för|f-skatt|postal|code|\W{1,3})[.,:;)]{0,2}",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"\b(?:wrong|incorrect|missing|not|falsch|fehlt|nicht|invoice|rechnung|facture|factura|fattura|factuur|please|bitte|new|changed|instead|iban|bic|swift)\b|[?!]",
    re.IGNORECASE,
)


def is_company(piece: str) -> bool:
    """Say whether a piece is the name of a company with its legal form, in capitals."""
    if len(piece) > 120 or piece.endswith(("?", "!", ":", ";")):
        return False
    if _FORM_FIRST.fullmatch(piece):
        return are_capitals(piece.split()) and not denies(piece)
    found = _COMPANY.fullmatch(piece)
    if not found or denies(found["name"]):
        return False
    words = found["name"].split()
    capital = found["form"][:1].isupper() or found["form"].lower().startswith(
        ("e.", "s.", "sp", "&", "et", "e ", "plc", "eg", "ek")
    )
    return capital and len(words) <= 8 and words[0][:1].isalnum() and not words[0].isdigit() and are_capitals(words)


def is_register(line: str) -> bool:
    """Say whether a line or piece tells nothing but where a company is registered, under which numbers, and who leads it."""
    bare = line.strip(" .")
    if len(bare) > 260 or _SPEAKS.search(bare):
        return False
    found = _REGISTER.fullmatch(bare)
    if found and _is_entry(found["tail"]) and any(char.isupper() or char.isdigit() for char in found["tail"]):
        return True
    told = _IS_REGISTERED.fullmatch(bare)
    if told is None:
        return False
    return are_capitals(told["name"].replace("a trading name of", "").split()) and _is_entry(told["tail"])


def _is_entry(tail: str) -> bool:
    return all(_REGISTER_WORD.fullmatch(word) or are_capitals([word]) for word in tail.split())
