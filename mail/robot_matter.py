"""Word stems of the matter itself, which no robot takes up: goods, prices, payments, deeds. Words only; see `mail.robot_concepts`."""

from __future__ import annotations

from collections.abc import Mapping

MATTER: Mapping[str, tuple[str, ...]] = {
    "matter": (
        r"(?:missing|short(?:age)?|damaged|broken|wrong|incorrect|correct(?:ed|ion)?|attachment|money|has to|needs to|must first|pallets?|faulty|goods|boxes|price|quantity|because|so that|dispute[ds]?|disagree|copy|copies|signature|sign(?:ed|s)?\b(?! in)|release[ds]?|authori[sz]\w+|due date|terms|bank details|vat|proof|agreed|budget|second run|next run|payment run is|resolve[ds]?|sort (?:it|this)|sorted|deal with it|nothing to do with|remove me|take me off|(?:the|our) (?:buyer|purchasing)|site manager|impossible|so (?:it|nothing|can't|i can't|we can't|this|that one))\b",
        r"(?:kümmere|kümmer) (?:ich )?mich (?:\w+ )?(?:darum|drum)|muss (?:noch|erst)|ich muss|einarbeit\w+|übernommen habe|(?:der|den|im|beim|unser\w*) einkauf\b|bauleiter|geschäftsleitung|unterlagen|weiß ich|also erst|so dass|prüfung\b|prüfe\b|vereinbart\w*|fehl(?:t|en|te|ten)\b|falsch\w*|defekt|beschädigt|ware\b|lieferschein|preis\w*|menge\b|weil\b|deshalb|deswegen|freigabe|freigeb\w*|unterschrift|unterschreib\w*|kopie|korrig\w+|stimm\w+ nicht|klär\w+|skonto|konto\b|reklam\w+|storn\w+|ergänzen sie (?:sie|die|das)|anweis\w*|vorleg\w*|lege (?:es|sie)",
        r"doit (?:encore|d'abord)|je dois|retirez-moi|enlevez-moi|quíteme|acheteur|chef de chantier|il attend|elle attend|donc (?:ce|il|elle|le|la|je ne)\b|manqu\w+|convenu\w*|incompl[eè]t\w*|livraison|erreur|erroné\w*|marchandise\w*|prix\b|quantité|car\b(?! wash)|parce que|puisque|double\b|duplicata|signature|signer|litige|conteste\w*|corrig\w+|trace de|valid\w+|bloqué\w*|faltan?\b|faltaban|faltó|mercanc\w+|precio|cantidad|porque\b|tiene que|tengo que|copia\b|error\w*|incompleto|sillas|cajas|confirm[ea]\b|así que|imposible|lo miro|la miro",
        r"deve (?:ancora|prima)|devo\b|mi tolga|toglietemi|ufficio acquisti|quindi (?:la|il|non|lo)\b|manca\w*|merce\b|prezzo|quantità|perché|copia\b|errat\w+|sbagliat\w+|contest\w+ la|contabile\b|la verifico|lo verifico|moet (?:nog|eerst)|ik moet|directie\b|projectleider|dus (?:het|dat|ik|de)\b|então\b|por isso|afgesproken|combinad[oa]|acordad[oa]|concordat[oa]|ontbreek\w*|ontbrak|goederen|prijs\b|aantal\b|omdat\b|kopie|goedkeur\w*|klopt|onjuist|handtekening|faltam?\b|mercadoria\w*|preço|cópia|assin\w+|incorret\w+|corrigir|errad\w+",
        r"muszę|musi\b|brak(?:uje|owało)|towar\w*|cen[ay]\b|ilość|ponieważ|dlatego|kopi[ęai]|podpis\w*|popraw\w+|korekt\w*|nie zgadza|bo\b(?= \w)|kierownik\w*|działu zakupów|różni\w*|akcepta\w+|więc\b|så (?:det|den|jag|jeg|vi)\b|joten\b|umówi\w+|aftalt|avtalt|avtalat|saknas\b|varorna|varor\b|priset\b|eftersom|därför|stämmer|attest\w*|godkän\w+|rätta|kopia\b|mangler|varene|varerne|prisen|fordi\b|derfor\b|godkend\w*|godkjenn\w*|stemmer|kopi\b|puuttu\w*|tavara\w*|hinta\b|koska\b|hyväksy\w*|selvit\w+|selvitt\w+|varasto\w*|tarkist\w+|kopio\w*|asiaan",
    ),
    "ruin": (
        r"liquidat\w+|insolven\w+|bankrupt\w*|administrator|receiver\b|konkurs\w*|bilan\b|redressement|sauvegarde|faillite|concurso\b|fallimento|concordato|faillissement|upadłoś\w+|falência|recuperação judicial|ombudsman|court\b|gericht\w*|tribunal\w*|liquidazione|geschäftsbetrieb",
    ),
    "paid": (
        r"(?:paid|pay|pays|payment|transfer\w*)\b|bezahlt|überw\w+|angewiesen|réglée?s?\b|payée?s?\b|virement|pagad[oa]s?\b|pagat[oaie]\b|bonifico|transferencia|betaald|overgemaakt|pag[oa]s?\b|zapłac\w+|przelew\w*|betal\w+|maksettu|maksamme",
    ),
    "no": (r"(?:not|don't|nicht|ne|no|non|niet|não|nie|inte|ej|ikke|älä|älkää)\b",),
    "deed": (
        r"(?:ich schaue|schaue ich|ich frage|frage ich|kläre|überweise|zahle|erledige|mache das|je vois|je regarde|je demande|je règle|je m'en occupe|lo veo|lo paso|lo miro|la miro|pregunto|la vedo|lo vedo|la giro|la passo|chiedo|ci penso|ik kijk|kijk (?:er|ik)|ik regel|ik vraag|vejo|verei|resolvo|trato disso|falo com|peço|zobaczę|sprawdzę|zapytam|zapłacę|jag (?:kollar|fixar|frågar|tar det)|kollar (?:jag|på den|det)|jeg (?:kigger|ordner|spørger|sjekker|ser på|tar det)|katson|hoidan|maksan|kysyn|tarkistan)\b",
        r"(?:thanks|thank you|danke|dank|merci|gracias|grazie|bedankt|obrigad[oa]|dziękuję|tack|tak|takk|kiitos)[^.!?]{0,10} (?:for|für|pour|por|per|del|voor|pelo|za|för)? ?(?:the|your|die|ihre|le|votre|la|il|el|su|uw|je|o)? ?(?:reminder|nudge|chaser|erinnerung|rappel|relance|sollecito|recordatorio|herinnering|påminnelse\w*|przypomnieni\w+|lembrete|rykker\w*|purring\w*|muistutu\w+)",
    ),
    "yours": (
        r"(?:your (?:\w+ )?(?:invoice|bill|statement|order)|yours|this (?:one|invoice|bill|order)|that (?:one|invoice)|the (?:invoice|bill|order)\b(?! number))\b|(?:ihre|diese|die) (?:\w+ )?rechnung\b|ihre (?:forderung|mahnung)\b|(?:votre|cette|la) facture\b|la vôtre|(?:su|esta|la) factura\b|(?:la|vostra|sua|questa) fattura\b|(?:uw|deze|de) factuur\b|(?:a|sua|essa|esta) fatura\b|(?:er|din|denna|den här) faktura\b|fakturan\b|(?:din|jeres|deres|denne) faktura\b|fakturaen\b|(?:ta|państwa|tę) faktur[aę]\b|lasku(?:nne|si)\b",
    ),
    "wish": (
        r"wish\w*|wünsch\w*|souhait\w*|dese(?:a|amos|o)\b|augur\w*|wens(?:en|t)?\b|desej\w+|życz\w+|önskar|ønsk\w+|toivo\w+|hyvää \w+|god (?:\w+)\b|trevlig|buon[eai]?\b|bon(?:ne)?\b|have a (?:good|nice|great|lovely)|felices|feliz|fijne|bonnes?\b|bel été|schöne\w*|season's|merry|happy|sunny|boas\b|wesołych|miłeg\w+|greetings|merci pour ces|thank(?:s| you) for (?:all|the (?:good|great|past))|gracias por (?:todo|estos)|grazie per (?:questi|gli anni)|patience|geduld|verständnis|compréhension|comprensi\w+|begrip|compreensão|wyrozumiał\w+|förståelse|forståelse|ymmärry\w+|inconvenience|unannehmlichkeit\w*|molestias|disagio|ongemak|incómodo|incomod\w+|utrudnien\w+",
    ),
}
