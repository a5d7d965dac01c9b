"""Hears that somebody may come to harm: words of self-harm or violence, and of accidents and unsafe goods.

No reason of the vocabulary is about this, and no template may answer it: a person must. What is heard here only brings
one in; it makes no claim, chooses no tool, and must never be used to find that nobody is in danger.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Danger(StrEnum):
    """What is heard, as the flag of the mail says it."""

    PERSON = "person_in_danger"
    SAFETY = "safety_matter"


#: Why a person must look, as the proposal says it.
NEEDS_PERSON = "somebody may come to harm, or has: a person answers this"

_SELF = (
    r"\b(?:kill|hang|shoot|harm|hurt|drown|cut) myself\b|\bend (?:it all|my (?:own )?life)\b|\b(?:take|taking|took) (?:my|his|her|their) own life\b"
    r"|\bsuicid\w*|\b(?:do not|don't|no longer|not) (?:want|wish) to (?:live|be alive|wake up)\b|\bbetter off (?:dead|without me)\b|\bno (?:reason|strength|will) (?:left )?to live\b|\bcan(?:'t|not) go on living\b|\bjump(?:ing)? off (?:a|the) (?:bridge|roof)\b"
    r"|\bselbstmord\w*|\bsuizid\w*|\bbring\w* mich um(?=[.,;!?]|$)|\bmich (?:um(?:zu)?bringen|erhängen|erschießen|aufhängen)\b|\bmir das leben nehmen\b|\b(?:nicht|nimmer) (?:mehr|länger) leben\b|\bdas leben genommen\b|\bvor den zug\b"
    r"|\bme (?:suicider|tuer|pendre|foutre en l'air|jeter sous)\b|\bmettre fin à mes jours\b|\ben finir avec la vie\b|\bplus envie de vivre\b|\bs'est (?:suicidé|donné la mort|pendu)\w*"
    r"|\b(?:me voy a matar|matarme|suicidarme|quitarme la vida|ahorcarme|quitarse la vida)\b|\bno quiero (?:seguir viviendo|vivir)\b|\bse (?:suicidó|quitó la vida)\b|\bsuicidio\b"
    r"|\bzelfmoord\w*|\bzelfdoding\w*|\b(?:maak|maken) (?:er )?een einde? aan (?:mijn|het) leven\b|\bmezelf (?:iets aandoen|van kant|ophangen|verhangen)\b|\bniet meer (?:willen )?leven\b|\bvoor de trein\b"
    r"|\b(?:mi ammazzo|ammazzarmi|uccidermi|togliermi la vita|impiccarmi|farla finita con la vita)\b|\bnon voglio più vivere\b|\bsi è (?:tolto|tolta) la vita\b"
    r"|\b(?:me matar|matar-me|me mato|suicidar-me|me suicidar|tirar a minha (?:própria )?vida|pôr fim à vida|acabar com a minha vida)\b|\bnão quero (?:mais )?viver\b|\bsuicídio\b"
)
_VIOLENCE = (
    r"\b(?:i|we)(?:'ll| will|'m going to| am going to) (?:kill|shoot|stab|beat|hurt) (?:you|him|her|somebody|someone|your)\b|\bknow where you (?:live|park)\b|\bbreak (?:your|his|her) (?:legs?|neck|bones|arms?)\b|\bburn (?:your|the) (?:office|house|place|building)\b|\bwith (?:a|my) (?:gun|shotgun|rifle|knife|axe|baseball bat)\b|\bdeath threats?\b"
    r"|\bbring\w* (?:sie|euch|dich|ihn) um(?=[.,;!?]|$)|\b(?:weiß|wissen|weiss) wo (?:sie|du|ihr) wohn\w+|\bschlag\w* (?:sie|euch|dich|ihn) (?:zusammen|tot)\b|\bmit (?:der|einer|dem|einem) (?:flinte|pistole|gewehr|messer|axt)\b|\bmorddrohung\w*"
    r"|\bje (?:vais vous|vous) (?:tuer|tue|casser la gueule)\b|\bsais où vous habitez\b|\bavec (?:un|mon) (?:fusil|couteau|pistolet)\b|\bmenaces de mort\b"
    r"|\b(?:los|le|lo|te) voy a matar\b|\bsé dónde (?:vive|viven|vives)\b|\bcon (?:una|mi|la) (?:escopeta|pistola|navaja)\b|\bamenazas? de muerte\b"
    r"|\b(?:maak|sla|schiet) (?:je|jullie|u|hem|haar) (?:dood|neer|kapot)\b|\bweet waar (?:je|jullie|u) woon\w*|\bmet (?:een|mijn) (?:geweer|mes|pistool)\b|\bdoodsbedreiging\w*"
    r"|\b(?:vi|ti|la) ammazzo\b|\bso dove (?:abit\w+|viv\w+)\b|\bcon (?:il|un) (?:fucile|coltello)\b|\bminacce di morte\b"
    r"|\b(?:vou|vamos) (?:te|vos|vocês|o|a) matar\b|\bsei onde (?:mora|moras|moram|vive|vivem)\b|\bcom (?:uma|a) (?:espingarda|pistola|faca)\b|\bameaças? de morte\b"
)
_SAFETY = (
    r"\binjur(?:y|ies|ed)\b|\b(?:was|were|got|nobody|someone|somebody|anybody|badly|been) hurt\b|\b(?:accident|accidents) (?:at work|on site|in (?:our|the) (?:yard|warehouse|workshop|plant|factory))\b|\bnear[- ]miss\b|\bhealth (?:and|&) safety\b|\bsafety (?:inspector|inspectorate|officer|hazard|defect|risk|incident)\b|\belectric(?:al)? shock\b|\belectrocut\w+|\bcaught fire\b|\bgas leak\b|\bcarbon monoxide\b|\bexplo(?:ded|sion)\b|\bfood poisoning\b|\b(?:product|safety) recall\b|\b(?:is|are|was|were|it's) (?:\w+ )?(?:unsafe|dangerous)\b|\bdanger to life\b|\bbrakes? (?:\w+ ){0,4}(?:fail\w*|gave way|slip\w*|did(?:n't| not) (?:hold|work|grip))\b|\b(?:scaffold\w*|shelf|shelv\w+|rack\w*|ladder|crane|hoist|lift|ceiling|harness|cable|chain) (?:\w+ ){0,6}(?:collapsed|gave way|snapped|fell|dropped|slipped|tore)\b"
    r"|\bverletzt\w*\b(?! (?:die|den|das|unsere|ihre) (?:pflicht|vertrag|frist))|\bverletzung(?:en)? (?:an|am|der hand|des)\b|\b(?:arbeits|betriebs|bei)unf[aä]ll\w*|\bstromschlag\w*|\bin brand\b|\bfeuer gefangen\b|\bgasaustritt\b|\bexplodiert\w*|\bexplosion\b|\blebensgefahr\w*|\blebensgefährlich\w*|\bberufsgenossenschaft\w*|\brückrufaktion\w*|\bgewerbeaufsicht\w*|\barbeitssicherheit\w*|\bbremsen? (?:\w+ ){0,4}(?:versag\w*|nicht gehalten|rutsch\w*|durchgerutscht)\b|\b(?:gerüst|regal|leiter|kran|seil|kette|gurt)\w* (?:\w+ ){0,4}(?:eingestürzt|zusammengebrochen|gerissen|umgestürzt|abgestürzt)\b"
    r"|\bblessé(?:e|s|es)?\b|\bblessures?\b|\baccident du travail\b|\bélectrocut\w+|\ba pris feu\b|\bfuite de gaz\b|\bexplos(?:é|ion)\b|\bdanger de mort\b|\binspection du travail\b|\brappel (?:de produit|du lot)\b|\bdangereu(?:x|se)s?\b|\bfreins? (?:\w+ ){0,4}(?:lâch\w+|patin\w+)\b"
    r"|\bherid[oa]s?\b|\blesionad[oa]s?\b|\bquemaduras?\b|\baccidente (?:laboral|de trabajo)\b|\bdescarga eléctrica\b|\belectrocut\w+|\bse incendió\b|\bfuga de gas\b|\bexplotó\b|\bexplosión\b|\bpeligro de muerte\b|\binspección de trabajo\b|\bpeligros[oa]s?\b|\bfrenos? (?:\w+ ){0,4}(?:fall\w+|patin\w+)\b"
    r"|\bgewond\w*\b|\bletsel\b|\barbeidsongeval\w*|\bbedrijfsongeval\w*|\bstroomstoot\b|\bvlam gevat\b|\bin brand (?:gevlogen|geraakt)\b|\bgaslek\b|\bontplof\w+|\blevensgevaar\w*|\blevensgevaarlijk\w*|\barbeidsinspectie\b|\bterugroepactie\b|\bgevaarlijk\w*|\bremmen? (?:\w+ ){0,4}(?:weiger\w*|slip\w*)\b"
    r"|\bferit[oaie]\b|\binfortun(?:io|i) sul lavoro\b|\binfortunat[oaie]\b|\bscossa elettrica\b|\bfolgorat\w+|\bha preso fuoco\b|\bfuga di gas\b|\besplos[oaie]\b|\besplosione\b|\bpericolo di (?:vita|morte)\b|\bispettorato del lavoro\b|\bpericolos[oaie]\b|\bfren[oi] (?:\w+ ){0,4}(?:cedut\w+|slitta\w*)\b"
    r"|\bferid[oa]s?\b|\bferimentos?\b|\bacidente (?:de|no) trabalho\b|\bchoque eléc?trico\b|\bpegou fogo\b|\bfuga de gás\b|\bvazamento de gás\b|\bexplodiu\b|\bexplosão\b|\bperigo de (?:vida|morte)\b|\binspec?ção do trabalho\b|\bperigos[oa]s?\b|\bfre(?:ios?|ão|ões) (?:\w+ ){0,4}(?:falh\w+|escorreg\w+)\b"
)
_WORDS: dict[Danger, re.Pattern[str]] = {
    Danger.PERSON: re.compile(f"{_SELF}|{_VIOLENCE}", re.IGNORECASE),
    Danger.SAFETY: re.compile(_SAFETY, re.IGNORECASE),
}


def in_danger(text: str) -> tuple[Danger, ...]:
    """Name what is heard in a text, however its lines are broken; people first."""
    flat = " ".join(text.replace("’", "'").split())
    return tuple(danger for danger, words in _WORDS.items() if words.search(flat))
