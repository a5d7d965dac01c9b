"""Words that are for us alone (R-PRV-01), in `reading.folded` form."""

from __future__ import annotations

from agent.rules.words import Words

INTERNAL: Words = {
    "en": (
        r"internal(?:ly)? (?:note|notes|comment|remark|only|use|policy|limit|memo|score|rating)s?|(?:risk|credit|payment|collection) (?:score|class|category|tier|grade)s?|dunning level|"
        r"(?:our|the) policy (?:allows|limit|permits|says)|(?:approval|credit) limits?|do not (?:send|forward|share) (?:this )?to the customer|not for the customer|todo|fixme|xxx|"
        r"(?:system|model|the) prompts?|language model|as an ai|chatbot|our other customers?|another customer(?:'s)?|other debtors?|(?:the )?manager (?:must|has to|needs to) approve"
    ),
    "de": (
        r"intern(?:e|er|en|es)? (?:notiz\w*|vermerk\w*|anmerkung\w*|richtlinie\w*|grenz\w*|bewertung\w*)|nur (?:fur den )?intern\w*|(?:risiko|bonitats|zahlungs)(?:klasse|score|stufe|bewertung)|"
        r"mahnstufe|unsere richtlinie (?:erlaubt|lasst)|freigabegrenze|kreditlimit intern|nicht an (?:den )?kunden|andere[rn]? kunden?|sprachmodell|als ki|systemprompt"
    ),
    "fr": (
        r"(?:note|remarque|commentaire|consigne|limite|politique)s? internes?|(?:a )?usage interne|(?:score|classe|categorie|niveau) de (?:risque|credit)|niveau de relance|"
        r"notre politique (?:autorise|permet)|ne pas (?:envoyer|transmettre) au client|(?:un|nos) autres? clients?|modele de langage|en tant qu'ia"
    ),
    "es": (
        r"(?:nota|comentario|observacion|politica|limite)s? interna?o?s?|uso interno|(?:puntuacion|clase|categoria|nivel) de (?:riesgo|credito)|nivel de reclamacion|"
        r"nuestra politica (?:permite|autoriza)|no enviar al cliente|(?:otro|otros|nuestros otros) clientes?|modelo de lenguaje|como ia"
    ),
    "nl": (
        r"interne (?:notitie|opmerking|aantekening|richtlijn|limiet|beoordeling)\w*|intern gebruik|(?:risico|krediet)(?:score|klasse|niveau|beoordeling)|aanmaanniveau|"
        r"ons beleid (?:staat toe|laat)|niet naar de klant|(?:een )?andere klant(?:en)?|taalmodel|als ai"
    ),
    "it": (
        r"(?:nota|note|commento|osservazione|politica|limite) intern[aeo]|uso interno|(?:punteggio|classe|categoria|livello) di (?:rischio|credito)|livello di sollecito|"
        r"la nostra politica (?:consente|permette)|non inviare al cliente|(?:un altro|altri|altro) client[ei]|modello linguistico|come ia"
    ),
    "pt": (
        r"(?:nota|comentario|observacao|politica|limite)s? intern[ao]s?|uso interno|(?:pontuacao|classe|categoria|nivel) de (?:risco|credito)|nivel de cobranca|"
        r"a nossa politica (?:permite|autoriza)|nao enviar ao cliente|(?:outro|outros) clientes?|modelo de linguagem|como ia"
    ),
}
