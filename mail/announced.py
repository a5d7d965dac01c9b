"""Say whether a letter points at the block below it, so that the block is what it tells: a new address, or somebody else's contact.

In doubt it does: then the block stays in the text, which costs nothing.
"""

from __future__ import annotations

import re

_BELOW = re.compile(
    r"\b(?:below|underneath|beneath|as follows|following|overleaf|signature|at the (?:bottom|foot)|unten|untenstehend\w*|nachstehend\w*|folgend\w*|signatur|ci-dessous|ci-après|plus bas|"
    r"suivante?s?|abajo|siguientes?|al pie|a continuación|firma|sotto|di seguito|seguent[ei]|in calce|hieronder|onderstaand\w*|volgende|handtekening|abaixo|seguintes?|rodapé|assinatura|"
    r"poniżej|następując\w+|stopce|nedan|följande)\b",
    re.IGNORECASE,
)
_NEW = r"new|changed?|updated?|different|neue\w?|geändert\w*|nouve(?:au|lle|aux)|nuev[oa]s?|nuov[oaie]|nov[oa]s?|nieuwe?|gewijzigde?|nowy|nowa|nya?"
_DETAIL = (
    r"(?:\w{1,20}-?)?(?:address|phone|telephone|mobile|number|contact|adresse|anschrift|telefon\w{0,8}|rufnummer|nummer|kontaktdaten|dirección|teléfono|número|contacto|indirizzo|numero|telefono|"
    r"recapit[oi]|adres|telefoonnummer|gegevens|morada|endereço|telefone|numéro|téléphone|coordonnées|adress|telefonnummer|numer)"
)
_MOVED = re.compile(
    rf"\b(?:{_NEW})\W{{1,3}}(?:\w{{1,20}}\W{{1,3}}){{0,2}}{_DETAIL}\b|\b{_DETAIL}\W{{1,3}}(?:\w{{1,20}}\W{{1,3}}){{0,3}}(?:{_NEW})\b|"
    r"\b(?:we|i|office|have|has|had|are|we're|we've)\W{1,2}(?:just |now |recently )?mov(?:ed|ing)\b|\bumgezogen\b|\bdéménag\w+|\bnos hemos mudado\b|\btrasferit\w\b|\bverhuisd\b|\bmudámos\b",
    re.IGNORECASE,
)
_HANDED = re.compile(
    r"\b(?:no longer|anymore|any more|has left|have left|left (?:us|the|our)|retired|resigned|successor|replace[sd]?|replacing|colleagues?|contact (?:person|him|her|them|me|us|my|our|the|mr|ms|mrs|details)|"
    r"get in touch|reach out|in touch with|write to|speak (?:to|with)|talk to|in charge|responsible|handle[sd]? (?:by|this|it|these)|deals? with|dealt with|looks? after|takes? over|taken over|passed (?:it |this |on )?to|"
    r"forward(?:ed|ing)?|pass(?:ed)? (?:\w{1,10} )?(?:on|along)|requested|asked for|you asked|here (?:is|are|you)|this is|these are|right person|wrong (?:person|address|department|company)|address(?:ed)? (?:it|them|to)|"
    r"send (?:it|them|this|these|all|everything|your|any|invoices)|cc|in copy|copied in|maternity|bookkeeper|accountant|administrator|liquidator|trustee|solicitor|lawyer|attorney|"
    r"ansprechpartner\w*|kolleg\w+|nachfolg\w+|zuständig\w*|wenden|richten sie|weitergeleitet|weiterleit\w+|nicht mehr|ausgeschieden|verantwortlich\w*|übernommen|kontaktier\w+|kontakt|schreiben sie|anbei|"
    r"steuerberat\w+|insolvenzverwalt\w+|rechtsanw\w+|verwalter\w*|"
    r"interlocut\w+|collègues?|successeur|remplac\w+|responsable|chargée?|adresse[rz]|contacte[rz]|écrire|écrivez|transmis\w*|transfér\w+|ne (?:travaille|fait|suis|gère) plus|quitté|comptable|mandataire|avocat\w*|"
    r"compañer[oa]|encargad[oa]|sucesor\w*|sustitu\w+|diríj\w+|dirigirse|contact[ea]\w*|póngase|escrib\w+|reenvi\w+|ya no|gestor\w*|administrador\w*|abogad[oa]|"
    r"collegh?[ai]|referente|sostitu\w+|rivolg\w+|contatt\w+|scriv\w+|inoltr\w+|non (?:lavora|seguo|sono) più|commercialista|curatore|avvocato|"
    r"collega\w*|opvolger|vervang\w+|verantwoordelijk\w*|neem contact|contactpersoon|doorgestuurd|stuur\w*|niet meer|boekhouder|curator|"
    r"colega|sucessor\w*|substitu\w+|responsável|dirij\w+|contactar|escrev\w+|encaminh\w+|já não|contabilista|advogad[oa]|"
    r"następc\w+|kontakt\w*|odpowiedzialn\w+|już nie|kollega|efterträdare|ansvarig|kontakta|inte längre)\b",
    re.IGNORECASE,
)
_LONGEST = 6000


def announces_block(above: list[str]) -> bool:
    """Say whether the last paragraph points below, or the letter tells of a new address or number."""
    text = "\n".join(above).strip()[-_LONGEST:]
    return bool(_BELOW.search(text.rpartition("\n\n")[2])) or tells_of_new(text)


def tells_of_new(text: str) -> bool:
    """Say whether a text tells of a new address or number, or of a move."""
    return bool(_MOVED.search(text[-_LONGEST:]))


def hands_over(words: list[str]) -> bool:
    """Say whether the letter may name somebody else to write to, so that a block without a closing may be theirs."""
    return bool(_HANDED.search(" ".join(words)[-_LONGEST:]))
