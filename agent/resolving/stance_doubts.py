"""Tell a word of consent that is about something else, or about a part only, from a yes to the plan. On folded text, all languages.

It can only take a yes away, never make one: what is doubtful goes to a person.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: Words that can hardly mean anything but consent: beside them, a receipt or a "please confirm" takes nothing away.
_STRONG = r"\b(?:accept\w*|agree\w*|einverstanden|zustimm\w*|stimmen|akzeptier\w*|nehmen|d'accord|acept\w+|acuerdo|akkoord|aanvaard\w*|instem\w*|accett\w+|d'accordo|aceit\w+|concord\w+)\b"
#: "Yes, we received your plan", "please confirm the plan".
_ONLY_RECEIVED = (
    r"\b(?:received|receipt|got|erhalten|erhielten|bekommen|eingang|eingegangen|recu|recue|recus|reception|recib\w+|recepcion|ontvangen|ontvangst|ontvingen|ricevut\w+|ricezione|ricevimento|receb\w+|rececao|recepcao)\b"
    r"|\b(?:please|kindly|pls|(?:could|can|would|will) you)\b[^.!?,]{0,12}\bconfirm|\bbestatigen sie\b|\bbitte bestatig\w+|\b(?:veuillez|merci de|pouvez-vous) (?:nous )?confirmer\b"
    r"|\b(?:por favor|ruego|rogamos|agradecemos|agradeco|queiram?|podem?|pueden?)\b[^.!?,]{0,15}\bconfirm\w*|\bconfirm\w{1,3},? por favor\b|\b(?:gelieve|kunt u|wilt u|graag)\b[^.!?,]{0,30}\bbevestig\w*|\b(?:prego|preghiamo|vogliate|potete|potreste)\b[^.!?,]{0,20}\bconferm\w*"
    r"|\bconfirm\w* (?:that )?(?:we|i) (?:have|hold)\b|\bconfirm\w* (?:\w+ ){0,2}invoices?\b|\bbestatig\w+ (?:\w+ ){0,2}rechnung\w*|\bconfirm\w+ (?:\w+ ){0,2}(?:facture|factura|fatura)s?\b|\bbevestig\w+ (?:\w+ ){0,2}factu\w+|\bconferm\w+ (?:\w+ ){0,2}fattur\w+"
)
#: "I agree that the goods were late", "de acuerdo con la ley".
_OF_SOMETHING_ELSE = (
    r"\b(?:agree[ds]?|accept(?:s|ed)?)\b(?: with you| too| also| fully)? that (?:the|we|our|your|this|it|they|you|i|there|these|those|some)\b"
    r"|\b(?:stimm\w*|zustimm\w*|nehmen?|annehmen?|einverstanden|akzeptier\w*)\b[^.!?]{0,30},? dass\b|\b(?:akkoord|eens|aanvaarden?|accepteren?)\b[^.!?]{0,20} dat\b"
    r"|\b(?:acept\w+|aceit\w+|accett\w+|accept\w+|de acuerdo|de acordo|d'accord|d'accordo)(?: (?:con|com|avec) (?:usted\w*|vos|voces|vous|voi|lei|loro))?(?: en)? (?:que|qu'|che)\b"
    r"|\bde acuerdo con (?:la|el|las|los|lo|su|nuestr\w+) (?:ley|contrato|normativa|codigo|condiciones|pedido|legislacion)\b|\bde acordo com (?:o|a|os|as|nosso|nossa) (?:contrato|lei|encomenda|condicoes|codigo|legislacao)\b|\bd'accord avec (?:la loi|le contrat)\b|\bd'accordo con (?:la legge|il contratto)\b"
    r"|\bagreed? to (?:\d|forward|pass|meet|look|review|consider|think)|\blast (?:year|month|week|time)\b|\bletztes jahr\b|\bim vorjahr\b|\bl'an(?:nee)? dernier\w*|\bano pasado\b|\bvorig jaar\b|\banno scorso\b|\bano passado\b"
    r"|\b(?:you|sie|vous|ustedes|u|voi) (?:have |had |haben |avez |han |hebt |avete )?(?:already )?(?:agreed|accepted|zugestimmt|accepte|aceptado|ingestemd|accettato)\b|\b(?:nobody|no one|none of us|niemand|nadie|nessuno|ninguem)\b"
    r"|\bgo ahead,? (?:and )?(?:sue|take|with (?:court|legal|your (?:court|law|legal|claim)))|\bpasst auf\b|\b(?:gut gemeint|well meant|goed bedoeld)\b|\bc'est bon de\b|\bbien intencion\w+"
)
#: "Perfect, then we wait for your credit note", "yes please send the plan again", "accepted at our warehouse".
_OF_ANOTHER_MATTER = (
    r"\bcredit notes?\b|\bgutschrift\w*|\b(?:votre|un|l'|cet) ?avoir\b|\babono\b|\bnot[ae] d[ei] credi\w+|\bcreditnot\w+|\b(?:disputed|contested|strittig\w*|bestritten\w*|conteste\w*|betwist\w*|contestat\w+)\b"
    r"|\b(?:goods|warehouse|delivery|delivered|lieferung\w*|ware|livraison\w*|entrega\w*|levering\w*|consegna\w*|payment terms)\b|\bonce (?:it is |they are )?(?:corrected|credited|fixed|resolved|replaced|settled)\b"
    r"|\b(?:send|resend|re-send) (?:\w+ ){1,4}?again\b|\bresend\b|\b(?:send|schick)\w*[^.!?]{0,30}\b(?:nochmals?|noch einmal|erneut)\b|\brenvoy\w+|\b(?:envi\w+|invi\w+|mand\w+)[^.!?]{0,30}\b(?:otra vez|de nuevo|di nuovo|nuovamente|outra vez|de novo|novamente)\b|\breenvi\w+|\bstu(?:ur|ren)\b[^.!?]{0,30}\b(?:nog eens|opnieuw|nogmaals)\b"
)
#: "Fine, we will talk about it on Monday".
_FIRST_TALKED_OF = (
    r"\b(?:to|will|'ll|must|should|let's|let us|can|could) (?:\w+ )?(?:talk|speak|discuss)\b|\bsigns? (?:it |this |that )?off\b|\bcome back\b|\bon paper\b|\bmeldet sich\b|\bmelden uns\b|\b(?:sprechen wir|wir sprechen|besprechen|reden wir|zu sprechen|zu reden|telefonieren)\b|\b(?:pour|de|d'en|en) (?:discuter|parler)\b|\ben parle\b"
    r"|\b(?:hablarlo|lo hablo|lo hablamos|hablemos|para hablar|comentarlo)\b|\b(?:leg het voor|bespreken|bespreek)\b|\b(?:ne parlo|parlarne|parliamone)\b|\b(?:vou falar|para falar|falarmos|vou ver)\b"
)
#: "We accept the plan except for the first date", "agreed, minus the discount".
_IN_PART = (
    r"\bonly\b|\bexcept\w*|\bapart from\b|\bminus\b|\bless (?:the|any|our|a|your|\d)|\b(?:one|two|three|four|five|\d) of (?:the |these |those |them\b|(?:two|three|four|five|six|\d)\b)"
    r"|\bnur\b|\bausser\b|\bbis auf\b|\babgesehen\b|\babzuglich\b|\bausgenommen\b|\bseulement\b|\buniquement\b|\bsauf\b|\bexcept[eo]\b|\bhormis\b|(?<!au )\bmoins\b|\bsolo\b|\bsolamente\b|\bunicamente\b|\bsalvo\b|(?<!al )(?<!lo )\bmenos\b|\bdescont\w+"
    r"|\balleen\b|\bslechts\b|\bbehalve\b|\buitgezonderd\b|\bonder aftrek\b|\bsoltanto\b|\btranne\b|\beccetto\b|\bal netto\b|\bapenas\b|\bsomente\b|\bexceto\b"
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Compile on first use."""
    elsewhere = f"{_OF_SOMETHING_ELSE}|{_OF_ANOTHER_MATTER}|{_FIRST_TALKED_OF}"
    return tuple(re.compile(pattern) for pattern in (_STRONG, _ONLY_RECEIVED, elsewhere, _IN_PART))


def is_about_something_else(sentence: str) -> bool:
    """Say whether a sentence's word of consent is none to the plan: a receipt, a fact, a talk that is yet to come."""
    strong, received, elsewhere, _ = _patterns()
    if elsewhere.search(sentence):
        return True
    return received.search(sentence) is not None and not strong.search(sentence)


def is_in_part(sentence: str) -> bool:
    """Say whether a sentence takes something out of what it consents to."""
    return _patterns()[3].search(sentence) is not None
