"""Tell names, titles and departments, and the words that make a line more than a part of a signature.

A title is known by a word for a role or department, never by capitals alone; a name by capitals and by what it does not hold.
"""

from __future__ import annotations

import re

_PARTICLE = re.compile(
    r"de|da|di|do|dos|das|del|della|dello|dei|degli|delle|la|le|les|des|du|van|von|vom|der|den|het|zu|zur|zum|am|im|an|and|und|y|e|i|et|en|och|of|for|für|the|in|&|\+|/|-|ter|ten|bin|el|al|bis|por|a/c"
    r"d['’]\w{1,20}|l['’]\w{1,20}|dell['’]\w{1,20}|t/a|c/o|a|à|au|aux|près|sur|sous|op|aan|bij|na|nad|s/|w|z",
    re.IGNORECASE,
)
#: By order of, by proxy: before the name of whoever signs for a company.
_FOR_OTHERS = re.compile(r"(?:i\. ?[AV]\.|ppa\.?|im Auftrag|p\.p\.|p/o|p\.o\.|pour|per) ")
_PRONOUNS = re.compile(
    r" ?\((?:she|he|they|sie|er|elle|il|ella|él|lei|lui|hij|zij)(?:[/, ][\w/ ]{1,16})?\)", re.IGNORECASE
)
_ROLE = re.compile(
    r"(?:accounts?|accountant|accounting|payables?|receivables?|ledgers?|controller|comptroller|controlling|finance|financial|treasury|treasurer|manager|director|officer|"
    r"head|chief|ceo|cfo|coo|cto|vp|svp|president|partner|owner|founder|co-founder|proprietor|assistant|associate|analyst|clerk|administrator|admin|administration|specialist|"
    r"supervisor|co-?ordinator|executive|secretary|bookkeeper|bookkeeping|buyer|purchasing|purchase|procurement|operations|office|department|dept|team|lead|credit|vendor|supplier|"
    r"sales|payroll|billing|logistics|compliance|receptionist|solicitor|attorney|paralegal|trustee|liquidator|administrators?|engineer|foreman|workshop|"
    r"\w*buchhaltung|\w*buchhalter(?:in)?|\w*leiter(?:in)?|\w*leitung|geschäftsführ\w+|prokurist(?:in)?|\w*einkauf|einkäufer(?:in)?|rechnungswesen|kreditoren\w*|debitoren\w*|"
    r"\w*sachbearbeit\w+|assistenz|assistent(?:in)?|abteilung|finanzen|finanz\w+|vertrieb|\w*verwaltung|inhaber(?:in)?|sekretariat|vorstand|rechtsanw\w+|steuerberat\w+|"
    r"disponent(?:in)?|werkstatt\w*|rechnungsprüfung|mitarbeiter(?:in)?|kaufm\w+|verwalter(?:in)?|\w*controller(?:in)?|"
    r"comptab\w+|fournisseurs?|directeur|directrice|direction|gérante?|responsable|service|assistante|achats?|acheteu\w+|trésor\w+|cheffe?|secrétaire|secrétariat|"
    r"présidente?|administrati(?:f|ve|on)|financi(?:er|ère|eel|eële|ële)|"
    r"contabil\w*|contable|administración|administrativ[oa]|gerente|gerencia|jef[ea]|compras|proveedores|tesorería|departamento|dpto|apoderad[oa]|auxiliar|directora|"
    r"responsabile|direttore|direttrice|ufficio|acquisti|fornitori|titolare|tesoreria|segreteria|amministrazione|amministrat\w+|impiegat[oa]|legale rappresentante|"
    r"diretora?|financeir[oa]|fornecedores|tesouraria|sóci[oa]|administrador\w*|chefe|"
    r"contas|cuentas|comptes|crediteuren\w*|debiteuren\w*|administratie|administrateur|boekhoud\w+|inkoop|inkoper|hoofd|medewerk\w+|eigenaar|eigenaresse|afdeling|"
    r"księgow\w+|dział\w*|dyrektor|kierownik|prezes|specjalist\w+|właściciel\w*|finansow\w+|zakup\w*|rozliczeń|"
    r"ekonomi\w*|redovisning\w*|inköp\w*|inköpare|chef|vd|leverantör\w*|reskontra\w*|handläggare|konsult|ansvarig)[.,:]?",
    re.IGNORECASE,
)
#: Words of what is said now. A block with one of them stays with what the customer says.
_NEWS = re.compile(
    r"\b(?:new|changed?|changes|now|please|kindly|from now|as of|instead|until|neue[rsnm]?|neu|geändert|jetzt|bitte|ab sofort|statt|künftig|bis|nouve(?:au|lle|aux)|changé|désormais|"
    r"à partir|svp|merci de|nuev[oa]s?|ahora|cambi\w{1,6}|por favor|a partir|nuov[oaie]|adesso|d'ora|per favore|nov[oa]s?|agora|a partir|nieuwe?|gewijzigd|voortaan|graag|vanaf|"
    r"now(?:y|a|ego|ej)|proszę|nya?|nytt|vänligen|från och med|invoices?|inv|rechnung(?:en|snummer)?|factures?|facturas?|fattur[ae]|faturas?|factu(?:ur|ren)|faktur[ay]?|"
    r"paid|pay|paying|pays|payments?|zahl(?:en|t|ung|ungen)|bezahlt|überwiesen|überweis\w+|pay[ée]e?s?|payer|réglée?|virement|pagad[oa]s?|pagar|pagamos|pago|pagat[oa]|pagare|"
    r"pagamento|bonifico|pag[ao]s?|betaal\w*|betaling|zapłac\w+|betal\w+|iban|bic|swift|bank|banco|banque|banca|konto|kontonummer|sort code|amount|betrag|montant|importe|importo|"
    r"bedrag|eur|euros?|usd|gbp|chf|pln|sek|dollars?|pounds?|po|order|send|resend|confirm|let me know|call me|ring me|reply|forward|ask|contact me|write to)\b|[€$£?!]",
    re.IGNORECASE,
)
_PLACES = re.compile(
    r"\bnew (?:york|zealand|jersey|mexico|hampshire|orleans|delhi|south wales|haven|brunswick|castle|town|road|street|square|bridge|bond|park|mill|oxford|cross)\b|"
    r"\bneue?[rsnm]? (?:straße|str|gasse|markt|platz|weg|mühle|\w{1,20}(?:straße|str|weg|gasse))\b|\b(?:via|calle|rua|rue|piazza|plaza|place|villa|porta|terra) (?:nuova|nueva|nova|neuve|nouvelle)\b|"
    r"\bnieuwe \w{1,30}|\bnova scotia\b|\b(?:p\.? ?o\.?|gpo) ?box\b|\bsteuernummer\b|\bno[.:]? ?\d|\b\d{1,4},? (?:bis|ter)\b|\bcontas a pagar\b|\bcuentas (?:a|por) pagar\b|\baccounts? payable\b",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"\b(?:yes|no|not|never|ok|okay|none|nothing|wrong|damaged|broken|missing|late|short|refused?|rejected|declined|disputed?|cancel\w*|return(?:ed|s)?|received|approved|done|sorry|goods|price|"
    r"quantity|delivery|delivered|duplicate|closed|open|pending|blocked|tomorrow|today|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|month|"
    r"hi|hello|dear|morning|afternoon|thanks|thank|yours?|we|you|i|it|they|is|are|was|were|will|"
    r"ja|nein|nicht|kein\w*|falsch|defekt|beschädigt|fehlt|storniert|gesperrt|erledigt|heute|morgen|gestern|montag|dienstag|mittwoch|donnerstag|freitag|hallo|danke|wir|sie|ich|ist|sind|"
    r"oui|non|pas|jamais|rien|faux|manquant|refusée?|annulée?|aujourd\w*|demain|hier|lundi|mardi|mercredi|jeudi|vendredi|bonjour|nous|vous|je|"
    r"sí|nunca|nada|falta|roto|rechazad[oa]|hoy|mañana|ayer|lunes|martes|miércoles|jueves|viernes|hola|gracias|nosotros|"
    r"sì|niente|sbagliat[oa]|rifiutat[oa]|oggi|domani|ieri|lunedì|martedì|mercoledì|giovedì|venerdì|buongiorno|grazie|"
    r"sim|não|errad[oa]|hoje|amanhã|ontem|sexta|obrigad[oa]|nee|niet|geen|fout|vandaag|gisteren|maandag|dinsdag|woensdag|donderdag|vrijdag|bedankt|wij|"
    r"january|february|march|april \d|june|july|september|october|november|december|januar|februar|märz|juni|juli|oktober|dezember|janvier|février|juin|juillet|septembre|"
    r"pcs|pieces|units|stück|pallets?|boxes|kg)\b",
    re.IGNORECASE,
)
_MAX_NAME, _MAX_TITLE = 60, 80


def says_news(text: str) -> bool:
    """Say whether a line holds a word of what is said now, in a place where no street or town bears it."""
    return bool(_NEWS.search(_PLACES.sub(" ", text)))


def is_name(text: str) -> bool:
    """Say whether a piece may be the name of a person, a firm or a place: a few words in capitals, no digits, no sentence."""
    bare = _PRONOUNS.sub("", _FOR_OTHERS.sub("", text.strip("*_,|- "), count=1))
    words = bare.split()
    if not 1 <= len(words) <= 7 or len(bare) > _MAX_NAME or any(char.isdigit() for char in bare):
        return False
    if bare.endswith(("?", "!", ":", ";")) or (bare.endswith(".") and len(words[-1]) > 5) or _NOT_A_NAME.search(bare):
        return False
    if not words[0][:1].isalpha() or "@" in bare or "<" in bare:
        return False
    return all(word.lstrip("(\"'“„«")[:1].isupper() or _PARTICLE.fullmatch(word) for word in words)


def is_full_name(text: str) -> bool:
    """Say whether a piece may be a first and a last name, and no role."""
    bare = text.strip("*_,|- ")
    return is_name(bare) and 2 <= len(bare.split()) <= 6 and not is_title(bare)


def is_title(text: str) -> bool:
    """Say whether a piece is a role or a department: one of their words, the others with capitals, particles or such words too."""
    bare = _PRONOUNS.sub("", text.strip("*_|()- "))
    words = bare.replace("/", " ").replace("(", " ").replace(")", " ").split()
    if not 1 <= len(words) <= 10 or len(bare) > _MAX_TITLE or bare.endswith(("?", "!", ":", ";")):
        return False
    roles = [bool(_ROLE.fullmatch(word)) for word in words]
    if not any(roles) or _NOT_A_NAME.search(bare) or any(char.isdigit() for char in bare):
        return False
    if bare.endswith(".") and len(words[-1]) > 6:
        return False
    return all(
        role or word[:1].isupper() or _PARTICLE.fullmatch(word.rstrip(","))
        for word, role in zip(words, roles, strict=True)
    )


def are_capitals(words: list[str]) -> bool:
    """Say whether each word has a capital, is a number or a particle, as in addresses and register entries."""
    return all(
        word.lstrip("(\"'.-–")[:1].isupper()
        or any(map(str.isdigit, word))
        or _PARTICLE.fullmatch(word)
        or not any(map(str.isalpha, word))
        for word in words
    )


def denies(text: str) -> bool:
    """Say whether a piece holds a word that no name, street or town has."""
    return bool(_NOT_A_NAME.search(text))
