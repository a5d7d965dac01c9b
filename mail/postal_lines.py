"""Tell the pieces of postal addresses: streets, units, post office boxes, postcodes with their towns, of some twenty countries.

Known by their parts and not by whole patterns of countries, so that each test takes time in proportion to the piece. A number with a word
that could be anything ("Draaibank 12") is only a possible street: it counts beside a postcode.
"""

from __future__ import annotations

import re

from mail.person_lines import are_capitals, denies

_STREET_WORD = re.compile(
    r"(?:street|st|road|rd|avenue|ave?|lane|ln|drive|dr|way|court|close|place|pl|square|sq|boulevard|blvd|bd|parkway|pkwy|highway|hwy|terrace|quays?|hill|row|mews|crescent|cres|"
    r"gardens|gate|wharf|yard|broadway|pike|turnpike|circle|loop|trail|plaza|mall|walk|esplanade|parade|rue|chemin|route|impasse|allée|quai|cours|passage|sentier|faubourg|"
    r"calle|c/|avda|avenida|paseo|camino|carretera|ctra|ronda|travesía|glorieta|via|viale|piazza|piazzale|corso|vicolo|largo|strada|rua|praça|travessa|estrada|alameda|"
    r"ul|ulica|aleja|aleje|os|straße|strasse|str|weg|allee|platz|gasse|ring|damm|ufer|chaussee|straat|laan|plein|gracht|kade|dijk|singel|"
    r"\w{2,40}(?:str|straße|strasse|weg|allee|platz|gasse|ring|damm|ufer|hof|markt|steig|graben|chaussee|straat|laan|plein|gracht|kade|dijk|singel|steeg|dreef|gatan|gata|vägen|väg|gränd|"
    r"torget|vej|gade|gate|veien|katu|tie)|[\w-]{2,40}-(?:straße|strasse|str|weg|allee|platz|ring|damm|ufer))\.?",
    re.IGNORECASE,
)
#: A street that begins so needs no number.
_PREFIX = re.compile(
    r"(?:rue|avenue|av|boulevard|bd|chemin|route|impasse|allée|quai|calle|c/|avda|avenida|paseo|camino|carretera|ctra|viale|piazza|corso|vicolo|strada|loc|"
    r"rua|praça|travessa|estrada|ul|ulica|al|aleja|plaza|polígono|z\.?[ai]\.?(?:c\.?)?|zone|zona|lieu-dit|parc|co)\.?",
    re.IGNORECASE,
)
_ESTATE = re.compile(
    r"(?:park|estate|house|works|mill|mills|centre|center|building|tower|towers|court|industrial|business|trading|campus|farm|barn|quarry|depot|haus|hof|gewerbepark|gewerbegebiet|"
    r"industriegebiet|industriepark|industriestraße|zone|zona|industrielle|industriale|industrial|pol|ind|bedrijvenpark|bedrijventerrein|industrieterrein|bâtiment|immeuble|edificio|"
    r"edifício|palazzo|co|county|co\.)[.,]?",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:unit|suite|ste|floor|level|building|bldg|block|apt|room|rm|nave|local|planta|piso|piano|scala|interno|int|étage|bâtiment|bât|bus|hal|halle|gebäude|haus|etage|lok|lokal|entrée|shop|"
    r"warehouse|hangar|lot|lote|plot|bay|gate|dock|stand|tor|andar|sala|loja|porte|esc|esq|km|bureau|porte|despacho|oficina|scuola|kancelaria|pok)\.?[: ]{0,2}#?[A-Z]?[\d]{1,5}[\w/-]{0,6}|(?:unit|suite|block|nave|halle|gebäude|building|bât\.?|floor) [A-Z]\d{0,3}|"
    r"\d{1,3}(?:st|nd|rd|th|e|er|ème|º|ª|\.)? ?(?:floor|étage|og|stock|verdieping|piso|piano|planta|andar|tr)|(?:ground|first|second|third|fourth|top) floor|#\d{1,5}|s/n|\d{1,3}[ºª°] ?[A-Z]?(?: ?(?:izq|dcha|dta|esq)\.?)?",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"(?:p\.? ?o\.? ?box|gpo box|postfach|postbus|boîte postale|case postale|b\.? ?p\.?|c\.? ?s\.?|apartado(?: de correos)?|apdo\.?|casella postale|caixa postal|skr\. ?poczt\.?|skrytka pocztowa|"
    r"box|locked bag|private bag|c\.p\.)[: ]{0,2}\d[\d ]{0,9}\d?",
    re.IGNORECASE,
)
_CODE_FIRST = re.compile(
    r"(?:(?:[A-Z]{1,3}[- ]{1,2})?\d{4,5}|\d{5}-\d{3}|\d{4}-\d{3}|\d{2}-\d{3}|(?:SE?-|CZ-|SK-)?\d{3} \d{2}|\d{4} ?[A-Z]{2})(?: ?[-–,])? (?P<town>.{2,60})"
)
_CODE_LAST = re.compile(
    r"(?P<town>.{2,60}?[ ,]{1,2})?(?:GIR 0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[\dW] [A-Z\d]{4}|[A-Z]\d[A-Z] ?\d[A-Z]\d|"
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\.? \d{5}(?:-\d{4})?|"
    r"(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT),? \d{4})"
)
_COUNTRY_AFTER = re.compile(
    r",? (?:UK|U\.K\.|United Kingdom|England|Ireland|Éire|USA|U\.S\.A\.|Canada|Australia|Deutschland|Germany|Österreich|Austria|Schweiz|Suisse|Switzerland|France|Belgi(?:um|ë|que)|"
    r"Nederland|The Netherlands|España|Spain|Itali[ae]|Italy|Portugal|Polska|Poland|Sverige|Sweden|Brasil)\.?$"
)
_HOUSE_NUMBER = re.compile(r"\d{1,4} ?[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?")
_SHORT_POSTCODE = re.compile(r"(?:[A-Z]{1,3}-)?\d{4,5}|\d{5}-\d{4}|[A-Z]{2} \d{5}(?:-\d{4})?")


def is_street(piece: str) -> bool:
    """Say whether a piece is a street with its number, one that begins with a word for street, a unit or a post office box."""
    if _UNIT.fullmatch(piece) or _BOX.fullmatch(piece):
        return True
    words = piece.replace(",", " ").split()
    if not _addressed(words, piece):
        return False
    if len(words) >= 2 and _PREFIX.fullmatch(words[0]) and words[1][:1].isupper():
        return True
    numbered = any(word[:1].isdigit() for word in words)
    lower_too = bool(_PREFIX.fullmatch(words[0]))
    return numbered and (lower_too or any(_STREET_WORD.fullmatch(word) for word in words))


def is_estate(piece: str) -> bool:
    """Say whether a piece names a park, a house or a county, in capitals."""
    words = piece.split()
    return (
        2 <= len(words) <= 6
        and _addressed(words, piece)
        and any(_ESTATE.fullmatch(w) or _STREET_WORD.fullmatch(w) for w in words)
    )


def is_postcode(piece: str) -> bool:
    """Say whether a piece is a postcode with its town, or one whose form says its country."""
    bare = _COUNTRY_AFTER.sub("", piece)
    found = _CODE_LAST.fullmatch(bare) or _CODE_FIRST.fullmatch(bare)
    if found:
        if found.re is _CODE_FIRST and _STREET_WORD.fullmatch(bare.split()[-1]):
            return False  # 2200 Depot Road
        town = (found["town"] or "").strip(" ,")
        words = town.split()
        return len(words) <= 7 and not denies(town) and are_capitals(words) and (not words or not words[0].isdigit())
    return bool(re.fullmatch(r"[A-Z]{1,3}-\d{4,5}", bare))


def may_be_street(piece: str) -> bool:
    """Say whether a piece could be a house number with the name of its street, or a town with a bare postcode."""
    words = piece.replace(",", " ").split()
    if _SHORT_POSTCODE.fullmatch(piece):
        return True
    if not 2 <= len(words) <= 6 or not _addressed(words, piece):
        return False
    return any(_HOUSE_NUMBER.fullmatch(word) for word in (words[0], words[-1])) and sum(map(str.isalpha, piece)) >= 3


def _addressed(words: list[str], piece: str) -> bool:
    if not 1 <= len(words) <= 9 or len(piece) > 90 or piece.endswith(("?", "!", ":", ";")) or denies(piece):
        return False
    return all(_STREET_WORD.fullmatch(word) or are_capitals([word]) for word in words)
